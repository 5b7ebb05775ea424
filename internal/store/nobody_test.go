package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// vacancies are what nobody can do in a project, "kind/seat" each, after all
// pages that show it were found to agree.
func (f *fixture) vacancies(key review.ProjectKey) []string {
	f.t.Helper()
	ctx := context.Background()
	words := func(bs []review.Blocker) (out []string) {
		for _, b := range bs {
			out = append(out, string(b.Kind)+"/"+string(b.Vacant))
		}
		slices.Sort(out)
		return out
	}
	overview, err := f.Overview(ctx, f.as("adam"), key)
	if err != nil {
		f.t.Fatal(err)
	}
	want := words(overview.Nobody)
	same := func(page string, got []string) {
		f.t.Helper()
		if !slices.Equal(got, want) {
			f.t.Errorf("%s shows %q, the overview %q", page, got, want)
		}
	}
	record, err := f.AsOf(ctx, f.as("adam"), key, time.Time{})
	if err != nil {
		f.t.Fatal(err)
	}
	same("the record", words(record.Nobody))
	var gates []review.Blocker
	for i := range f.tmpl.Stages {
		g, err := f.Gate(ctx, f.as("adam"), key, f.tmpl.Stages[i].Key)
		if err != nil {
			f.t.Fatal(err)
		}
		gates = append(gates, g.Nobody...)
		round := g.Stage.OpenRound()
		if round == nil {
			continue
		}
		for _, seat := range g.Review.OpenSeats(g.Stage) { // the table of seats
			vacant := slices.ContainsFunc(g.Nobody, func(b review.Blocker) bool { return b.Kind == review.NobodySigns && b.Vacant == seat })
			if slices.Contains(round.Policy.Mandatory, seat) && vacant != (g.Able[seat].Total == 0) {
				f.t.Errorf("the gate of %s says of %s that %d people could sign, and %v", g.Stage.Def.Key, seat, g.Able[seat].Total, g.Nobody)
			}
		}
	}
	same("the gates", words(gates))
	for _, name := range []string{"olga", "mike", "adam"} { // owner, deputy and an admin
		if slices.Contains(overview.Review.Away, f.people[name]) {
			continue
		}
		w, err := f.MyWork(ctx, f.as(name))
		if err != nil {
			f.t.Fatal(err)
		}
		var got []string
		for _, v := range w.Vacancies {
			if v.Project == key {
				got = append(got, string(v.Duty)+"/"+string(v.Seat))
			}
		}
		slices.Sort(got)
		same("the work of "+name, got)
	}
	if w, err := f.MyWork(ctx, f.as("audit")); err != nil || len(w.Vacancies) > 0 {
		f.t.Errorf("somebody without a part in it is told: %v, %v", w.Vacancies, err)
	}
	list, err := f.Portfolio(ctx, f.as("adam"), store.PortfolioFilter{Search: string(key)})
	if err != nil || len(list.Rows) != 1 {
		f.t.Fatal(err, list)
	}
	var seats, wantSeats []string
	for _, s := range list.Rows[0].Vacant {
		seats = append(seats, string(s))
	}
	for _, b := range overview.Nobody {
		wantSeats = append(wantSeats, string(b.Vacant))
	}
	slices.Sort(seats)
	slices.Sort(wantSeats)
	if !slices.Equal(seats, wantSeats) {
		f.t.Errorf("the portfolio shows %q, the overview %q", seats, wantSeats)
	}
	return want
}

func (f *fixture) expectVacant(when string, key review.ProjectKey, want ...string) {
	f.t.Helper()
	if got := f.vacancies(key); !slices.Equal(got, want) {
		f.t.Errorf("%s: nobody can %q, want %q", when, got, want)
	}
}

// requested has a project ask for the sign-off of its first stage.
func (f *fixture) requested(key review.ProjectKey) {
	f.t.Helper()
	f.create(string(key))
	f.answerIdea(key)
	f.change("mike", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
}

// Who cannot sign: nobody in the seat, its only holder blocked, stepped back, at
// work on the stage, or not let into a restricted project.
func TestNobodyCanSign(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.requested("alpha")
	f.expectVacant("with holders", "alpha")
	f.leave("pat", (*review.Entitlements).Block)
	f.expectVacant("while the only one is blocked", "alpha", "nobody-signs/product")
	f.leave("pat", (*review.Entitlements).Unblock)
	f.expectVacant("when they are back", "alpha")
	f.change("pat", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{Seat: plan.SeatProduct, Decision: review.Recuse, Note: "My brother works there.", Digest: r.Digest(r.Stage("idea"))}, at)
	})
	f.expectVacant("when they stepped back", "alpha", "nobody-signs/product")

	f.requested("beta")
	for _, name := range []string{"eng", "sre", "both"} {
		f.unseat(name)
	}
	f.expectVacant("with too few people", "beta", "nobody-signs/")
	f.unseat("pat")
	f.expectVacant("without holders", "beta", "nobody-signs/product")

	f = newFixture(t)
	f.requested("gamma")
	f.change("olga", store.Target{Project: "gamma"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.people["pat"], review.DutyMember, at)
	})
	f.change("pat", store.Target{Project: "gamma", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "demo-shown", review.Met, "", 1, at)
	})
	f.expectVacant("when they worked on the stage", "gamma", "nobody-signs/product")

	f = newFixture(t)
	f.requested("delta")
	f.change("olga", store.Target{Project: "delta"}, func(r *review.Review, who review.Actor, at time.Time) error {
		p := r.Project
		return r.Edit(who, review.ProjectFields{
			Name: p.Name, Summary: p.Summary, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: true, Profile: p.Profile,
		}, at)
	})
	f.expectVacant("when they may not see the project", "delta", "nobody-signs/product")
}

// What was done waits for the seat that asked for it, and a decision by
// break-glass for somebody else to look back at it.
func TestNobodyCanJudge(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.conditional("alpha")
	f.change("mike", store.Target{Project: "alpha", Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.MeetCondition(who, "live", 1, shown(r.Stage("live").Conditions, 1), "Done.", at)
	})
	f.expectVacant("with a holder of the seat", "alpha")
	f.unseat("both")
	f.unseat("sre")
	f.expectVacant("without", "alpha", "nobody-confirms/sre")

	f = newFixture(t)
	f.requested("beta")
	f.change("pat", store.Target{Project: "beta", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{
			Seat: plan.SeatProduct, Decision: review.Return, Note: "No.", Findings: []string{"Who pays?"}, Digest: r.Digest(r.Stage("idea")),
		}, at)
	})
	f.change("mike", store.Target{Project: "beta", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AnswerFinding(who, "idea", 1, shown(r.Stage("idea").Findings, 1), "We do.", at)
	})
	f.expectVacant("with who raised the finding", "beta")
	f.unseat("pat")
	f.expectVacant("without", "beta", "nobody-judges/product")

	f = newFixture(t)
	f.conditional("gamma")
	f.change("mike", store.Target{Project: "gamma"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "live", "restore-tested", review.Met, fmt.Sprint(at), 1, at)
	})
	f.change("mona", store.Target{Project: "gamma"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Force(who, "live", r.Digest(r.Stage("live")), "The house burns.", at.AddDate(0, 0, 2).Format(review.DateLayout), at)
	})
	f.expectVacant("with seat holders to look back", "gamma")
	f.unseat("both")
	f.unseat("sre")
	f.expectVacant("with the one manager who broke the glass", "gamma", "nobody-looks-back/")
}

// Lists and pages wait for somebody else while a member is blocked, and the tables
// stay what the trail says.
func TestNothingWaitsForTheBlocked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("alpha")
	f.change("olga", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "idea", "scope-set", f.people["mike"], "", at)
	})
	olga, mike := review.Party{Person: f.people["olga"]}, review.Party{Person: f.people["mike"]}
	expect := func(when string, want ...review.Party) {
		t.Helper()
		f.sweep(t)
		list, err := f.Portfolio(t.Context(), f.as("adam"), store.PortfolioFilter{Search: "alpha"})
		if err != nil || len(list.Rows) != 1 {
			t.Fatal(err, list)
		}
		overview, err := f.Overview(t.Context(), f.as("adam"), "alpha")
		if err != nil {
			t.Fatal(err)
		}
		record, err := f.AsOf(t.Context(), f.as("adam"), "alpha", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		stage := overview.Review.Stage("idea")
		for page, got := range map[string][]review.Party{
			"the portfolio": list.Rows[0].Waited,
			"the overview":  overview.Review.Rollup(stage, overview.Now).Waits,
			"the record":    record.Review.Rollup(record.Review.Stage("idea"), record.Now).Waits,
		} {
			slices.SortFunc(got, func(a, b review.Party) int { return int(a.Person - b.Person) })
			slices.SortFunc(want, func(a, b review.Party) int { return int(a.Person - b.Person) })
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s waits for %v, want %v", when, page, got, want)
			}
		}
		if found := f.problems(t); len(found) > 0 {
			t.Errorf("%s: %v", when, found)
		}
	}
	expect("with both", olga, mike)
	f.expectVacant("with both", "alpha")
	f.leave("mike", (*review.Entitlements).Block)
	expect("with the deputy blocked", olga)
	_, err := f.Change(t.Context(), f.as("olga"), store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "idea", "risks-listed", f.people["mike"], "", at)
	})
	if err == nil {
		t.Error("an item goes to a blocked person")
	}
	f.leave("mike", (*review.Entitlements).Unblock)
	expect("with both again", olga, mike)
	f.leave("olga", (*review.Entitlements).Block)
	expect("with the owner blocked", mike)
	f.expectVacant("with the owner blocked", "alpha")
	f.leave("mike", (*review.Entitlements).Erase)
	expect("with nobody")
	f.expectVacant("with nobody", "alpha", "nobody-leads/")
}
