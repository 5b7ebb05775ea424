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
	sql, args := s.pageSQL(by, f, tmpl, fromFirst)
	return s.explain(ctx, sql, args)
}

func (s *Store) explain(ctx context.Context, sql string, args []any) (string, error) {
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

// SearchPlan is the same of how the search looks through links, which are the most
// numerous. An explained statement is always planned for its words.
func (s *Store) SearchPlan(ctx context.Context, by By, text string) (string, error) {
	sql, args := s.foundEvidenceSQL(by, readSearch(text))
	return s.explain(ctx, sql, args)
}
