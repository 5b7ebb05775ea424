package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// PlanView is a project with what its plan could be made of.
type PlanView struct {
	*ProjectView
	Newest []plan.Ref // the newest version of each document that is not retired, by key
	lib    map[plan.Ref]plan.Document
}

// Document is one of the newest.
func (v *PlanView) Document(ref plan.Ref) plan.Document { return v.lib[ref] }

// newestSQL lists the newest version of each document that new plans can have.
const newestSQL = `
	select distinct on (v.key) v.key, v.version, v.digest from template_version v where ` + currentSQL + ` order by v.key, v.version desc`

// ProjectPlan reads a project's plan, and what is published that it could have.
// The review composes plans on a connection of its own, so previews work.
func (s *Store) ProjectPlan(ctx context.Context, by By, key review.ProjectKey) (*PlanView, error) {
	v, err := s.Project(ctx, by, key)
	if err != nil {
		return nil, err
	}
	v.Review.Plans = s.Plans(ctx)
	rows, err := s.pool.Query(ctx, newestSQL)
	if err != nil {
		return nil, batchError("reading what plans can be made of", err)
	}
	out := &PlanView{ProjectView: v, lib: map[plan.Ref]plan.Document{}}
	if out.Newest, err = pgx.CollectRows(rows, pgx.RowToStructByName[plan.Ref]); err != nil {
		return nil, batchError("reading what plans can be made of", err)
	}
	for _, ref := range out.Newest {
		if out.lib[ref], err = s.documentOn(ctx, s.pool, ref); err != nil {
			return nil, fmt.Errorf("reading what plans can be made of: %w", err)
		}
	}
	return out, nil
}
