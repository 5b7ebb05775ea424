package store

import (
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// writeShared writes whether an item's answer is offered, and what it follows.
func writeShared(b *pgx.Batch, r *review.Review, en review.Entry) error {
	stage, item := en.Event.Subject()
	it := r.Stage(stage).Item(item)
	offer, err := jsonOrNull(it.Offer)
	if err != nil {
		return err
	}
	inherited, err := jsonOrNull(it.Inherited)
	if err != nil {
		return err
	}
	b.Queue(`
		insert into item (project_id, review_no, stage, item, offer, inherited) values ($1, $2, $3, $4, $5, $6)
		on conflict (project_id, review_no, stage, item) do update set offer = $5, inherited = $6`,
		int64(r.Project.ID), r.No, stage, item, offer, inherited)
	if e, ok := en.Event.(review.AnswerInherited); ok && en.Actor != review.System {
		b.Queue(`
			insert into offering (project_id) values ($1)
			on conflict (project_id) do update set asked = offering.asked + 1`, int64(e.From))
	}
	return nil
}

// jsonOrNull is a document for a column that is null for nothing.
func jsonOrNull[T any](v *T) (any, error) {
	if v == nil {
		return nil, nil
	}
	j, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding what projects share: %w", err)
	}
	return j, nil
}

// standsFor is who stands for what an entry says of an item, as the event has it
// when it changes the review: never Slipway itself.
func standsFor(r *review.Review, en review.Entry, stage plan.StageKey, item plan.ItemKey) int64 {
	if en.Actor == review.System {
		return int64(r.Stage(stage).Item(item).Inherited.By)
	}
	return int64(en.Actor)
}
