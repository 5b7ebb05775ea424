package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// A day is over in Kiribati while it still is that day on an island in the west:
// between them, everything that ends on it has ended, on every page and in every
// list, and nothing on the other side.
func TestADayEndsWhereTheOrganisationIs(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	zones := map[bool]*store.Store{} // by whether the day is over there
	var date time.Time
	for over, name := range map[bool]string{false: "Etc/GMT+12", true: "Pacific/Kiritimati"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(ctx, f.db.AppURL, store.Options{Zone: zone})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		zones[over] = s
		if !over {
			date = review.Today(time.Now().In(zone))
		}
	}
	day := review.FormatDate(date)
	then := time.Now().AddDate(0, 0, -10)
	early, err := f.Join(ctx, store.Identity{Issuer: issuer, Subject: "early", Name: "Early", Rights: []review.Right{{Role: review.RoleViewer}, {Seat: plan.SeatSRE}}}, then)
	if err != nil {
		t.Fatal(err)
	}
	f.people["early"] = early
	as := func(name string) store.By {
		then = then.Add(time.Second)
		return store.ByPerson(f.people[name], then)
	}
	do := func(name string, stage plan.StageKey, decide store.Decide) {
		t.Helper()
		if _, err := f.Change(ctx, as(name), store.Target{Project: "edge", Stage: stage}, decide); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if _, err := f.Create(ctx, as("olga"), f.ref, review.NewProject{
		Key: "edge", Name: "Edge", Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: f.people["olga"], Deputy: f.people["mike"], Target: day,
	}); err != nil {
		t.Fatal(err)
	}
	do("mike", "", func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Answer(who, "live", "restore-tested", review.Met, "", 0, at); err != nil {
			return err
		}
		ev := review.NewEvidence{URL: "https://wiki.example.test/restore", Title: "Restore", Type: "test-report", Expires: day}
		if err := r.AddEvidence(who, "live", "restore-tested", ev, at); err != nil {
			return err
		}
		return r.Request(who, "live", "", "First.", at)
	})
	do("early", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "live", review.NewSignOff{
			Seat: plan.SeatSRE, Decision: review.Conditional, Digest: r.Digest(r.Stage("live")),
			Conditions: []review.NewCondition{{Text: "Test it.", Owner: f.people["mike"], Due: day}},
		}, at)
	})
	do("olga", "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RequestWaiver(who, "idea", "risks-listed", review.NewWaiver{Reason: "Late.", Risk: "Small.", Measure: "By hand.", Until: day}, at)
	})
	do("mona", "idea", grantFirst)

	do("olga", "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "idea", "scope-set", f.people["mike"], day, at)
	})
	if _, err := f.Create(ctx, as("olga"), f.ref, review.NewProject{
		Key: "burns", Name: "Burns", Team: "Red", Tier: 1, Exposure: review.ExposurePilot, Owner: f.people["olga"], Deputy: f.people["mike"], Target: day,
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Change(ctx, as("mona"), store.Target{Project: "burns", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Force(who, "idea", r.Digest(r.Stage("idea")), "It burns.", day, at)
	}); err != nil {
		t.Fatal(err)
	}
	for over, name := range map[bool]string{false: "sre", true: "early"} { // each in their own zone's days
		if _, err := zones[over].ChangeRights(ctx, as(name), f.people[name], func(e *review.Entitlements, who review.Actor, at time.Time) error {
			return e.Delegate(who, review.NewDelegation{To: f.people["pat"], Seat: plan.SeatSRE, Ends: day}, at)
		}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	// Whoever named the stand-in, a last day is over where the one who named them is.
	taken, err := f.Delegations(ctx, f.as("pat"))
	if err != nil || len(taken.Taken) != 1 || taken.Taken[0].Person != f.people["sre"] {
		t.Errorf("pat stands in as %+v, %v", taken.Taken, err)
	}

	for _, over := range []bool{false, true} { // the second finds what the first has written
		s := zones[over]
		if _, err := s.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		is := func(what string, got bool) {
			t.Helper()
			if got != over {
				t.Errorf("in %s: %s is over: %t", s.Zone(), what, got)
			}
		}
		v, err := s.Project(ctx, f.as("mike"), "edge")
		if err != nil {
			t.Fatal(err)
		}
		if _, offset := v.Now.Zone(); offset == 0 {
			t.Errorf("the moment is told in %s", v.Now.Location())
		}
		live := v.Review.Stage("live")
		is("the evidence", live.Evidence[0].Expired(v.Now))
		is("the condition", live.Conditions[0].Overdue(v.Now))
		is("the gate", v.Review.Standing(live, v.Now) == review.GateLapsed)
		is("the waiver", v.Review.Stage("idea").Waivers[0].State(v.Now) == review.WaiverExpired)
		g, err := s.Gate(ctx, f.as("mike"), "edge", "live")
		if err != nil {
			t.Fatal(err)
		}
		is("the gate on its page", slices.ContainsFunc(g.Review.Blockers(g.Stage, g.Now), func(b review.Blocker) bool { return b.Kind == review.ConditionOverdue }))
		for kind, listed := range map[store.WaiverKind]bool{store.WaiversInForce: !over, store.WaiversExpiring: !over, store.WaiversExpired: over} {
			w, err := s.Waivers(ctx, f.as("mona"), store.WaiverFilter{Kind: kind})
			if err != nil || len(w.Rows) == 1 != listed {
				t.Errorf("in %s the register has %d under %q: %v", s.Zone(), len(w.Rows), kind, err)
			}
		}
		late, err := s.Portfolio(ctx, f.as("mona"), store.PortfolioFilter{Late: true})
		if err != nil {
			t.Fatal(err)
		}
		// A service that is live has no target to miss; the other project has one.
		is("the target in the portfolio", len(late.Rows) == 1 && late.Rows[0].Key == "burns")
		if len(late.Rows) > 1 {
			t.Errorf("in %s a live service is late", s.Zone())
		}
		row, err := s.Portfolio(ctx, f.as("mona"), store.PortfolioFilter{Team: "Blue"})
		if err != nil || len(row.Rows) != 1 {
			t.Fatal(err, row)
		}
		burns, err := s.Gate(ctx, f.as("sre"), "burns", "idea")
		if err != nil || len(burns.Review.Forced()) != 1 {
			t.Fatal(err, burns)
		}
		is("the review after break-glass", burns.Review.Forced()[0].Overdue(burns.Now))
		judge, err := s.MyWork(ctx, f.as("sre"))
		if err != nil || len(judge.Forced) != 1 {
			t.Fatal(err, judge)
		}
		is("the review after break-glass on my work", review.Over(judge.Forced[0].Due, judge.Now))
		is("the gate in the portfolio", row.Rows[0].Stages[1].Gate == review.GateLapsed)
		is("the service in the portfolio", row.Rows[0].Live == review.LiveLapsed)
		work, err := s.MyWork(ctx, f.as("mike"))
		if err != nil {
			t.Fatal(err)
		}
		is("the gate on my work", len(work.Fallen) == 1 && work.Fallen[0].State == review.GateLapsed)
		if len(work.Expiring) != 1 || len(work.Owed) != 1 {
			t.Errorf("in %s my work lists %d links and %d conditions", s.Zone(), len(work.Expiring), len(work.Owed))
		}
		is("the link on my work", review.Over(work.Expiring[0].Expires, work.Now))
		is("the condition on my work", review.Over(work.Owed[0].Due, work.Now))
		i := slices.IndexFunc(work.Items, func(it store.AssignedItem) bool { return it.Item == "scope-set" })
		if i < 0 {
			t.Fatalf("in %s my work lists %+v", s.Zone(), work.Items)
		}
		is("the assigned item on my work", review.Over(work.Items[i].Due, work.Now))
		verified, err := s.VerifyStream(ctx, v.Review.Project.ID)
		if err != nil || len(verified.Problems) > 0 {
			t.Errorf("in %s: %v, %+v", s.Zone(), err, verified)
		}
		// What the other zone's sweep wrote is put right by this one's.
		if _, err := f.owner(t).Exec(ctx, `update portfolio set next_change_at = now()`); err != nil {
			t.Fatal(err)
		}
	}
}

// owner is a connection that may do what the server may not.
func (f *fixture) owner(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), f.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// Whoever stands in does so for whole days of the organisation, whatever its
// time zone is set to afterwards.
func TestStandInsForDaysOfTheirZone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Pacific/Honolulu", "Europe/Berlin", "Pacific/Kiritimati"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			standInFor(t, name)
		})
	}
}

func standInFor(t *testing.T, name string) {
	f := newFixture(t)
	ctx := context.Background()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, f.db.AppURL, store.Options{Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	var first time.Time
	if _, err := s.ChangeRights(ctx, f.as("sre"), f.people["sre"], func(e *review.Entitlements, who review.Actor, at time.Time) error {
		first = review.Today(at)
		return e.Delegate(who, review.NewDelegation{To: f.people["pat"], Seat: plan.SeatSRE, Ends: review.FormatDate(first.AddDate(0, 0, 4))}, at)
	}); err != nil {
		t.Fatal(err)
	}
	var starts, ends time.Time
	if err := f.owner(t).QueryRow(ctx, `select starts, ends from delegation`).Scan(&starts, &ends); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{starts, ends} {
		if h, m, _ := at.In(zone).Clock(); h != 0 || m != 0 {
			t.Errorf("it turns at %v", at.In(zone))
		}
	}
	for _, st := range []*store.Store{s, f.Store} { // the other one has UTC
		all, err := st.Delegations(ctx, f.as("sre"))
		if err != nil || len(all.Given) != 1 || !all.Given[0].Starts.Equal(starts) || !all.Given[0].Ends.Equal(ends) {
			t.Fatalf("%v, %+v", err, all)
		}
		if g := all.Given[0]; st == s && (!review.Today(g.Starts).Equal(first) || !review.Today(g.Ends).Equal(first.AddDate(0, 0, 5))) {
			t.Errorf("its days are %v up to %v, want %v and four more", g.Starts, g.Ends, first)
		}
		if v, err := st.VerifyStream(ctx, review.Directory); err != nil || len(v.Problems) > 0 {
			t.Errorf("%v, %+v", err, v)
		}
	}
}
