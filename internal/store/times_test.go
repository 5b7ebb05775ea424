package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

func TestDecisionTimes(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	times := func(name string) string {
		t.Helper()
		v, err := f.DecisionTimes(ctx, f.as(name))
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, s := range v.Stages {
			lines = append(lines, fmt.Sprintf("%s %s: %d, %s, %d said %q", s.Lifecycle, s.Stage, s.Decisions, s.Median, s.Said, s.Effort))
		}
		return strings.Join(lines, "; ")
	}
	check := func(name, want string) {
		t.Helper()
		if got := times(name); got != want {
			t.Errorf("%s sees %q, want %q", name, got, want)
		}
	}
	check("mona", "")
	decide := func(key review.ProjectKey, hours int, efforts ...review.Effort) {
		t.Helper()
		f.create(string(key))
		f.answerIdea(key)
		f.change("olga", store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Request(who, "idea", "", "", at)
		})
		for i, seat := range []plan.Seat{plan.SeatProduct, plan.SeatSRE} {
			f.change([]string{"pat", "sre"}[i], store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
				return r.SignOff(who, "idea", review.NewSignOff{Seat: seat, Decision: review.Go, Digest: r.Digest(r.Stage("idea")), Effort: efforts[i]}, at)
			})
		}
		back := fmt.Sprintf(`update round set requested_at = closed_at - make_interval(hours => %d) where project_id = (select id from project where key = '%s')`, hours, key)
		if got := exec(t, f.db.OwnerURL, back); got != "" {
			t.Fatal(got)
		}
	}
	decide("one", 10, "under-5", "")
	check("mona", `small idea: 1, 10h0m0s, 1 said "under-5"`)
	decide("two", 20, "15-60", "over-60")
	decide("three", 90, "15-60", "5-15")
	check("mona", `small idea: 3, 20h0m0s, 5 said "15-60"`)
	// Nobody learns of a decision in a project that they may not see.
	f.change("olga", store.Target{Project: "three"}, func(r *review.Review, who review.Actor, at time.Time) error {
		fields := r.Project.Fields()
		fields.Restricted = true
		return r.Edit(who, fields, at)
	})
	check("mona", `small idea: 2, 15h0m0s, 3 said "15-60"`)
	check("olga", `small idea: 3, 20h0m0s, 5 said "15-60"`)
	if got := exec(t, f.db.OwnerURL, `update round set requested_at = requested_at - interval '400 days', closed_at = closed_at - interval '400 days' where project_id = (select id from project where key = 'two')`); got != "" {
		t.Fatal(got)
	}
	check("mona", `small idea: 1, 10h0m0s, 1 said "under-5"`)
	if _, err := f.DecisionTimes(ctx, store.BySession(store.HashToken("nobody"))); err == nil {
		t.Error("somebody without a session learns how long decisions take")
	}
}
