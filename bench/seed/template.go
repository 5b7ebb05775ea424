package seed

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/store"
)

// LongStage is the stage of 120 items that the speed goals speak of.
const (
	LongStage = plan.StageKey("long-list")
	longItems = 120
)

// templates are what patterns are made from.
type templates struct {
	builtIn *plan.Lifecycle // ten stages as they come
	long    *plan.Lifecycle // the same items, 120 of them in the first stage
}

func publish(ctx context.Context, owner *pgx.Conn) (templates, error) {
	first, err := catalog.Version("prototype-to-production", 1) // always the same, so that figures can be compared
	if err != nil {
		return templates{}, err
	}
	t := templates{builtIn: first}
	if t.long, err = lengthen(t.builtIn); err != nil {
		return templates{}, err
	}
	for _, tmpl := range []*plan.Lifecycle{t.builtIn, t.long} {
		if err := store.Publish(ctx, owner, plan.Document{Lifecycle: tmpl}); err != nil {
			return templates{}, err
		}
	}
	return t, nil
}

// lengthen moves a template's first 120 items into its first stage and deals the rest out to the others. The new key sorts
// behind the old one, so that the template people know stays the first.
func lengthen(t *plan.Lifecycle) (*plan.Lifecycle, error) {
	long := t.Draft()
	long.Key, long.Name = t.Key+"-long", t.Name+", long list"
	var items []plan.Item
	for i := range long.Stages {
		items = append(items, long.Stages[i].Items...)
		long.Stages[i].Items = nil
	}
	if len(items) < longItems+len(long.Stages) {
		return nil, fmt.Errorf("seed: template %s has only %d items", t.Key, len(items))
	}
	long.Stages[0].Key, long.Stages[0].Items = LongStage, items[:longItems]
	for i, item := range items[longItems:] {
		s := &long.Stages[1+i%(len(long.Stages)-1)]
		s.Items = append(s.Items, item)
	}
	return long, nil
}

// largest is the stage with the most items.
func largest(t *plan.Lifecycle) plan.StageKey {
	most := 0
	for i := range t.Stages {
		if len(t.Stages[i].Items) > len(t.Stages[most].Items) {
			most = i
		}
	}
	return t.Stages[most].Key
}
