package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// PortfolioPlan runs the statement of a list and tells how PostgreSQL went about
// it, for those who measure.
func (s *Store) PortfolioPlan(ctx context.Context, by By, f PortfolioFilter) (string, error) {
	tmpl, err := s.lifecycle(ctx)
	if err != nil {
		return "", err
	}
	if err := s.foldNames(ctx); err != nil {
		return "", err
	}
	if err := s.whatIsUsed(ctx, &f); err != nil {
		return "", err
	}
	f.Page = max(f.Page, 1)
	sql, args := s.portfolioSQL(by, f, tmpl, fromFirst)
	rows, err := s.pool.Query(ctx, `explain (analyze, buffers, timing off) `+sql, args...)
	if err != nil {
		return "", fmt.Errorf("explaining a list: %w", err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", fmt.Errorf("explaining a list: %w", err)
	}
	return strings.Join(lines, "\n") + "\n", nil
}
