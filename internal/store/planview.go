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
	ProjectView
	Newest  []plan.Ref               // the newest version of each document that is not retired, by key
	Entries []review.Entry           // what changed the plan, newest first
	Titles  map[plan.ItemKey]string  // of items that the plan asks, or once asked
	newest  map[string]plan.Document // by key
}

// Document is the newest version of one; false when none of that key is published.
func (v *PlanView) Document(key string) (plan.Document, bool) {
	d, ok := v.newest[key]
	return d, ok
}

// newestSQL lists the newest version of each document that new plans can have.
const newestSQL = `
	select distinct on (v.key) v.key, v.version, v.digest from template_version v where ` + currentSQL + ` order by v.key, v.version desc`

// Newest are the newest versions of all documents that new plans can have.
func (s *Store) Newest(ctx context.Context) ([]plan.Ref, error) {
	var out []plan.Ref
	b := &pgx.Batch{}
	queueNewest(b, &out)
	return out, batchError("listing the newest versions", send(ctx, s.pool, b))
}

func queueNewest(b *pgx.Batch, into *[]plan.Ref) {
	b.Queue(newestSQL).Query(func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, pgx.RowToStructByName[plan.Ref])
		return err
	})
}

// planKinds are the kinds of entry that tell how a plan came to be what it is.
func planKinds() []string {
	var kinds []string
	for _, e := range []review.Event{
		review.ProjectCreated{}, review.ModuleAttached{}, review.ModuleDetached{}, review.DefinitionPinned{}, review.ItemAdded{},
		review.PlanUpgraded{}, review.UpgradeUndone{}, review.PolicyAttached{}, review.PolicyDetached{},
		review.EnvironmentAdded{}, review.EnvironmentRenamed{}, review.EnvironmentRemoved{},
	} {
		kinds = append(kinds, e.Kind())
	}
	return kinds
}

// maxPlanEntries bounds how far back a page looks for how a plan came about.
const maxPlanEntries = 500

// ProjectPlan reads a project's plan, how it came about, and what is published
// that it could have. Plans can be composed for a look ahead.
func (s *Store) ProjectPlan(ctx context.Context, by By, key review.ProjectKey) (*PlanView, error) {
	out := &PlanView{newest: map[string]plan.Document{}}
	view, err := s.projectWith(ctx, by, key, parts{rounds: true}, func(b *pgx.Batch) {
		queueNewest(b, &out.Newest)
		b.Queue(`
			select t.seq, t.at, t.actor_id, t.kind, t.body
			  from trail t
			 where t.stream_id = (select id from project where key = $1) and t.kind = any($2)
			 order by t.seq desc limit $3`, string(key), planKinds(), maxPlanEntries).Query(func(rows pgx.Rows) (err error) {
			out.Entries, err = collectEntries(rows)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	out.ProjectView = *view
	out.Review.Plans = s.Plans(ctx)
	for _, ref := range out.Newest {
		if out.newest[ref.Key], err = s.documentOn(ctx, s.pool, ref); err != nil {
			return nil, fmt.Errorf("reading what plans can be made of: %w", err)
		}
	}
	if err := s.nameItems(ctx, out); err != nil {
		return nil, err
	}
	return out, s.namePlanners(ctx, out)
}

// nameItems finds what items are called, also those that the plan no longer asks:
// in its present documents first, then in those that it had before.
func (s *Store) nameItems(ctx context.Context, v *PlanView) error {
	v.Titles = map[plan.ItemKey]string{}
	note := func(it *plan.Item) {
		if v.Titles[it.Key] == "" {
			v.Titles[it.Key] = it.Title
		}
	}
	for i := range v.Review.Plan.Stages {
		for j := range v.Review.Plan.Stages[i].Items {
			note(&v.Review.Plan.Stages[i].Items[j])
		}
	}
	for _, en := range v.Entries {
		if e, own := en.Event.(review.ItemAdded); own {
			note(&e.Added)
		}
	}
	for _, ref := range review.DocumentsIn(v.Entries) {
		d, err := s.documentOn(ctx, s.pool, ref)
		if err != nil {
			return err
		}
		switch {
		case d.Module != nil:
			for i := range d.Module.Items {
				note(&d.Module.Items[i].Item)
			}
		case d.Lifecycle != nil:
			for i := range d.Lifecycle.Stages {
				for j := range d.Lifecycle.Stages[i].Items {
					note(&d.Lifecycle.Stages[i].Items[j])
				}
			}
		}
	}
	return nil
}

// namePlanners names those who changed the plan, wish to, or said what was set aside.
func (s *Store) namePlanners(ctx context.Context, v *PlanView) error {
	ids := map[review.PersonID]struct{}{}
	for _, w := range v.Review.Wishes {
		ids[w.By] = struct{}{}
	}
	for _, s := range v.Review.All() {
		for i := range s.Aside {
			if p := s.Aside[i].Answer.By; p != 0 {
				ids[p] = struct{}{}
			}
		}
	}
	more, err := s.resolve(ctx, ids)
	if err != nil {
		return err
	}
	for id, name := range more {
		v.Names[id] = name
	}
	return s.nameMore(ctx, v.Names, nil, v.Entries)
}

// Offer is the newest version of a module that new plans can have.
type Offer struct {
	Ref    plan.Ref
	Module *plan.Module
}

// Offers lists them, by key.
func (s *Store) Offers(ctx context.Context) ([]Offer, error) {
	newest, err := s.Newest(ctx)
	if err != nil {
		return nil, err
	}
	var out []Offer
	for _, ref := range newest {
		doc, err := s.documentOn(ctx, s.pool, ref)
		if err != nil {
			return nil, err
		}
		if doc.Module != nil {
			out = append(out, Offer{ref, doc.Module})
		}
	}
	return out, nil
}
