package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// forced lists a project's gates that were passed by break-glass and wait for
// review, in all stages however much of the review was loaded. It costs a
// statement only where the rollup says that there is such a gate.
func (s *Store) forced(ctx context.Context, l *loaded, p parts) ([]review.Forced, error) {
	if p.stage == "" && p.rounds {
		return l.review.Forced(), nil
	}
	if !slices.ContainsFunc(l.rollups, func(r review.StageRollup) bool { return r.Forced > 0 }) {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `
		select stage, no as round, closed_by as by, closed_at as at, why as reason, review_due
		  from round
		 where project_id = $1 and review_no = $2 and outcome = 'break-glass' and reviewed_at is null
		 order by closed_at, stage`, int64(l.review.Project.ID), l.review.No)
	if err != nil {
		return nil, fmt.Errorf("reading break-glass decisions: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[review.Forced])
	if err != nil {
		return nil, fmt.Errorf("reading break-glass decisions: %w", err)
	}
	for i := range out {
		out[i].At, out[i].ReviewDue = out[i].At.UTC(), out[i].ReviewDue.UTC()
	}
	return out, nil
}
