package main

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

// BenchmarkVerify checks a database of 200 projects with 72 answers each.
func BenchmarkVerify(b *testing.B) {
	ctx := context.Background()
	db := storetest.New(b)
	owner, err := pgx.Connect(ctx, db.OwnerURL)
	if err != nil {
		b.Fatal(err)
	}
	defer owner.Close(ctx)
	all, err := catalog.BuiltIn()
	if err != nil {
		b.Fatal(err)
	}
	var newest *plan.Lifecycle
	for _, d := range all {
		if err := store.Publish(ctx, owner, d); err != nil {
			b.Fatal(err)
		}
		if l := d.Lifecycle; l != nil && l.Key == "prototype-to-production" && (newest == nil || l.Version > newest.Version) {
			newest = l
		}
	}
	ref, err := newest.Ref()
	if err != nil {
		b.Fatal(err)
	}
	st, err := store.Open(ctx, db.AppURL, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(st.Close)
	join := func(name string) review.PersonID {
		id, err := st.Join(ctx, store.Identity{
			Issuer: "https://id.example.test", Subject: name, Name: name, Rights: []review.Right{{Role: review.RoleViewer}},
		}, time.Time{})
		if err != nil {
			b.Fatal(err)
		}
		return id
	}
	olga, mike := join("olga"), join("mike")
	const projects = 200
	for i := range projects {
		key := review.ProjectKey(fmt.Sprintf("project-%d", i))
		if _, err := st.Create(ctx, store.ByPerson(olga, time.Time{}), ref, review.NewProject{
			Key: string(key), Name: "Project " + string(key), Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: olga, Deputy: mike,
		}); err != nil {
			b.Fatal(err)
		}
		if _, err := st.Change(ctx, store.ByPerson(mike, time.Time{}), store.Target{Project: key}, answerMany); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		c := &check{store: st, out: io.Discard}
		if err := c.streams(ctx); err != nil {
			b.Fatal(err)
		}
		if c.problems > 0 || c.projects != projects {
			b.Fatalf("%d problems, %d projects", c.problems, c.projects)
		}
	}
}

// answerMany says of 72 items that they are not met.
func answerMany(r *review.Review, who review.Actor, at time.Time) error {
	left := 72
	for i := range r.Stages {
		s := &r.Stages[i]
		for j := range s.Items {
			it := &s.Items[j]
			if left == 0 || it.Level == plan.LevelNone || len(it.Def.Choices) > 0 {
				continue
			}
			left--
			if err := r.Answer(who, s.Def.Key, it.Def.Key, review.NotMet, "Not yet.", 0, at); err != nil {
				return err
			}
		}
	}
	return nil
}
