package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// listed are the keys that a filter lists, in order.
func (f *fixture) listed(name string, filter store.PortfolioFilter) string {
	f.t.Helper()
	v, err := f.Portfolio(context.Background(), f.as(name), filter)
	if err != nil {
		f.t.Fatal(err)
	}
	keys := make([]string, len(v.Rows))
	for i, r := range v.Rows {
		keys[i] = string(r.Key)
	}
	return strings.Join(keys, " ")
}

func (f *fixture) start(key string, in func(*review.NewProject)) {
	f.t.Helper()
	p := review.NewProject{Key: key, Name: "Project " + key, Team: "Blue", Tier: 2, Exposure: review.ExposurePilot, Owner: f.people["olga"]}
	in(&p)
	if _, err := f.Create(context.Background(), f.as("olga"), f.ref, p); err != nil {
		f.t.Fatal(err)
	}
}

// fleet is a portfolio in which each project stands elsewhere.
func (f *fixture) fleet() {
	f.start("late", func(p *review.NewProject) { p.Target = "2020-02-03" })
	f.start("soon", func(p *review.NewProject) { p.Target, p.Tier, p.Deputy = "2190-02-03", 1, f.people["mike"] })
	f.start("held", func(p *review.NewProject) { p.Target, p.Team = "2020-02-04", "Red" })
	f.start("free", func(p *review.NewProject) { p.Owner = f.people["eng"] })
	f.create("asked")
	f.answerIdea("asked")
	f.change("olga", store.Target{Project: "held"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusOnHold, "Budget", at)
	})
	f.change("eng", store.Target{Project: "free", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.PlanStage(who, r.Project.StagePlan("idea").Digest(), review.StagePlan{Stage: "idea", Owner: f.people["eng"]}, at)
	})
	f.change("olga", store.Target{Project: "asked", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	f.change("olga", store.Target{Project: "soon", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "idea", "risks-listed", f.people["mike"], "", at)
	})
}

func TestPortfolioFilters(t *testing.T) {
	f := newFixture(t)
	f.fleet()
	for what, k := range map[string]struct {
		store.PortfolioFilter
		want string
	}{
		"late":                  {store.PortfolioFilter{Late: true}, "late"},
		"without deputy":        {store.PortfolioFilter{NoDeputy: true}, "late free held"},
		"without owner":         {store.PortfolioFilter{NoOwner: true}, "late soon asked held"},
		"owner by name":         {store.PortfolioFilter{Owner: "PERSON ENG"}, "free"},
		"on it by name":         {store.PortfolioFilter{Anyone: "person MIKE"}, "soon asked"},
		"owner nobody has":      {store.PortfolioFilter{Owner: "zzz"}, ""},
		"a gate waits":          {store.PortfolioFilter{Gate: []review.GateState{review.GateWaiting}}, "asked"},
		"a gate was returned":   {store.PortfolioFilter{Gate: []review.GateState{review.GateReturned}}, ""},
		"on a seat":             {store.PortfolioFilter{Seat: plan.SeatProduct}, "asked"},
		"on an optional seat":   {store.PortfolioFilter{Seat: plan.SeatSRE}, "asked"},
		"on a person":           {store.PortfolioFilter{Person: "mike"}, "soon"},
		"on the owner":          {store.PortfolioFilter{Person: "olga"}, "late soon"},
		"on a wildcard":         {store.PortfolioFilter{Person: "%"}, ""},
		"everything at once":    {store.PortfolioFilter{Owner: "olga", Late: true, NoDeputy: true, Person: "olga", Search: "LATE"}, "late"},
		"a team, without case":  {store.PortfolioFilter{Search: "ＰＲＯＪＥＣＴ   held"}, "held"},
		"a search that is none": {store.PortfolioFilter{Search: "\u200b"}, "late soon asked free held"},
	} {
		if got := f.listed("mona", k.PortfolioFilter); got != k.want {
			t.Errorf("%s: %q, want %q", what, got, k.want)
		}
	}
	for name, want := range map[string]string{"mike": "soon asked", "eng": "free", "mona": ""} {
		if got := f.listed(name, store.PortfolioFilter{On: true}); got != want {
			t.Errorf("%s is on %q, want %q", name, got, want)
		}
	}
	// Who asks: olga has items, pat holds the product seat.
	for name, want := range map[string]string{"olga": "late soon", "pat": "asked", "mike": "soon", "mona": ""} {
		if got := f.listed(name, store.PortfolioFilter{Me: true}); got != want {
			t.Errorf("%s is waited for in %q, want %q", name, got, want)
		}
	}
}

func TestPortfolioSortsByWhatItShows(t *testing.T) {
	f := newFixture(t)
	f.fleet()
	for by, want := range map[store.PortfolioSort]string{
		store.SortDue:   "late soon asked free held",
		store.SortName:  "asked free held late soon",
		store.SortTeam:  "asked free late soon held",
		store.SortOwner: "free asked held late soon", // "Person eng", "Person olga"
		store.SortTier:  "asked soon free held late",
	} {
		if got := f.listed("mona", store.PortfolioFilter{Sort: by}); got != want {
			t.Errorf("by %s: %q, want %q", by, got, want)
		}
	}
	for by, want := range map[store.PortfolioSort]string{
		store.SortDue:   "soon late held free asked",
		store.SortName:  "soon late held free asked",
		store.SortOwner: "soon late held asked free",
		store.SortTier:  "late held free soon asked",
		store.SortReady: "asked free held late soon",
	} {
		got := f.listed("mona", store.PortfolioFilter{Sort: by, Desc: true})
		if by == store.SortReady {
			got, want = strings.Fields(got)[0], "asked"
		}
		if got != want {
			t.Errorf("by %s, the other way: %q, want %q", by, got, want)
		}
	}
	blocked := strings.Fields(f.listed("mona", store.PortfolioFilter{Sort: store.SortBlocked}))
	if blocked[0] != "free" || blocked[3] != "asked" || blocked[4] != "held" { // Person eng, Person mike or olga, SRE, nobody
		t.Errorf("by whom: %q", blocked)
	}
	since := strings.Fields(f.listed("mona", store.PortfolioFilter{Sort: store.SortSince}))
	if since[0] != "late" || since[4] != "held" {
		t.Errorf("by since when: %q", since)
	}
}

// A project that began long ago and came to its stage just now keeps nobody waiting longer
// than that; also where the stages before it are not loaded.
func TestAProjectWaitsSinceItReachedItsStage(t *testing.T) {
	f := newFixture(t)
	for _, key := range []string{"began", "went"} {
		f.create(key)
	}
	f.exec(`update project set created_at = created_at - interval '40 days'`)
	f.exec(`update review set started_at = started_at - interval '40 days'`)
	f.exec(`update portfolio set next_change_at = now()`)
	if _, err := f.Refresh(context.Background()); err != nil {
		t.Fatal(err)
	}
	f.answerIdea("went")
	idea := store.Target{Project: "went", Stage: "idea"}
	f.change("mike", idea, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	for name, seat := range map[string]plan.Seat{"pat": plan.SeatProduct, "sre": plan.SeatSRE} {
		if _, err := f.sign(name, "went", "idea", seat); err != nil {
			t.Fatal(err)
		}
	}
	f.change("mike", store.Target{Project: "went", Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "live", "restore-tested", f.people["mike"], "", at)
	})
	v, err := f.Portfolio(context.Background(), f.as("mona"), store.PortfolioFilter{Sort: store.SortSince})
	if err != nil || len(v.Rows) != 2 {
		t.Fatal(err, len(v.Rows))
	}
	if r := v.Rows[0]; r.Key != "began" || time.Since(r.Since) < 39*24*time.Hour || time.Since(r.Entered) < 39*24*time.Hour {
		t.Errorf("first %s, which waits since %s and came to its stage at %s", r.Key, r.Since, r.Entered)
	}
	if r := v.Rows[1]; r.Key != "went" || time.Since(r.Since) > time.Minute || time.Since(r.Entered) > time.Minute {
		t.Errorf("then %s, which waits since %s and came to its stage at %s", r.Key, r.Since, r.Entered)
	}
}

func TestPortfolioSaysWhoBlocks(t *testing.T) {
	f := newFixture(t)
	f.fleet()
	row := func(key string) store.PortfolioRow {
		t.Helper()
		v, err := f.Portfolio(context.Background(), f.as("mona"), store.PortfolioFilter{Search: key})
		if err != nil || len(v.Rows) != 1 {
			t.Fatalf("%s: %v", key, err)
		}
		return v.Rows[0]
	}
	asked := row("asked")
	if len(asked.Waited) != 3 || asked.Waited[0] != (review.Party{Seat: plan.SeatSRE}) || time.Since(asked.Since) > time.Minute {
		t.Errorf("a gate that waits: %v since %s", asked.Waited, asked.Since)
	}
	if held := row("held"); len(held.Waited) != 0 || !held.Since.IsZero() {
		t.Errorf("a project on hold waits for %v", held.Waited)
	}
	soon := row("soon")
	if !slices.Contains(soon.Waited, review.Party{Person: f.people["mike"]}) || !slices.Contains(soon.Waited, review.Party{Person: f.people["olga"]}) {
		t.Errorf("open items wait for %v", soon.Waited)
	}
	if _, err := f.sign("pat", "asked", "idea", plan.SeatProduct); err != nil {
		t.Fatal(err)
	}
	if asked = row("asked"); slices.Contains(asked.Waited, review.Party{Seat: plan.SeatProduct}) || len(asked.Waited) != 2 {
		t.Errorf("after the signature: %v", asked.Waited)
	}
	if _, err := f.sign("eng", "asked", "idea", plan.SeatEngineering); err != nil {
		t.Fatal(err)
	}
	if asked = row("asked"); len(asked.Waited) != 1 || asked.Waited[0].Person != f.people["olga"] {
		t.Errorf("in the next stage: %v", asked.Waited)
	}
	if left := f.problems(t); len(left) > 0 {
		t.Errorf("verify finds %s", strings.Join(left, "\n"))
	}
}

func TestPortfolioTellsTwinsApart(t *testing.T) {
	f := newFixture(t)
	f.start("one", func(p *review.NewProject) { p.Name = "Größe  API" })
	f.start("two", func(p *review.NewProject) { p.Name = "GROSSE API" })
	f.start("hidden", func(p *review.NewProject) { p.Name, p.Restricted = "Alone", true })
	f.start("alone", func(p *review.NewProject) { p.Name = "Alone" })
	for name, want := range map[string]string{"olga": "one two hidden alone", "mona": "one two"} {
		v, err := f.Portfolio(context.Background(), f.as(name), store.PortfolioFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range v.Rows {
			if r.Twin != strings.Contains(want, string(r.Key)) {
				t.Errorf("%s sees %s as a twin: %v", name, r.Key, r.Twin)
			}
		}
	}
}

func TestPortfolioBeyondItsEnd(t *testing.T) {
	f := newFixture(t)
	f.start("one", func(*review.NewProject) {})
	for page := range 4 {
		v, err := f.Portfolio(context.Background(), f.as("mona"), store.PortfolioFilter{Page: page})
		if err != nil || len(v.Rows) != 1 || v.Page != 1 || v.More {
			t.Errorf("page %d: %d rows, page %d: %v", page, len(v.Rows), v.Page, err)
		}
	}
}

// A name that changed, by whatever way, is found under the new one only.
func TestSearchFollowsNames(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	found := func(text string) int {
		t.Helper()
		people, err := f.FindPeople(ctx, f.as("mona"), text, 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(people)
	}
	if found("PERSON OLGA") != 1 || found("person  olga") != 1 {
		t.Error("a person is not found without case or with two spaces")
	}
	owner, err := pgx.Connect(ctx, f.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(ctx)
	if _, err := owner.Exec(ctx, `update person set name = 'Ágnes Strauß' where id = $1`, int64(f.people["olga"])); err != nil {
		t.Fatal(err)
	}
	if found("olga") != 0 || found("agnes strauss") != 1 || found("A\u0301GNES") != 1 {
		t.Error("search knows the old name, or not the new one")
	}
	f.create("alpha")
	if _, err := owner.Exec(ctx, `update portfolio set search = null`); err != nil {
		t.Fatal(err)
	}
	if got := f.listed("mona", store.PortfolioFilter{Search: "project ALPHA"}); got != "alpha" {
		t.Errorf("after an upgrade a search lists %q", got)
	}
}

// An upgrade leaves the new columns to the sweep, which fills them in.
func TestSweepFillsInWhoBlocks(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	f.create("alpha")
	owner, err := pgx.Connect(ctx, f.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(ctx)
	const upgraded = `
		update portfolio set waits = array_fill(''::text, array[cardinality(gates)]), waits_since = array_fill(0::bigint, array[cardinality(gates)]),
		       waited = '{}', blocked_by = null, blocked_since = null, search = null, next_change_at = now()`
	if _, err := owner.Exec(ctx, upgraded); err != nil {
		t.Fatal(err)
	}
	if n, err := f.Refresh(ctx); err != nil || n != 1 {
		t.Fatalf("%d refreshed: %v", n, err)
	}
	if got := f.listed("mona", store.PortfolioFilter{Person: "olga"}); got != "alpha" {
		t.Errorf("waiting for the owner: %q", got)
	}
	if left := f.problems(t); len(left) > 0 {
		t.Errorf("verify finds %s", strings.Join(left, "\n"))
	}
}

// What a project keeps is counted in its row, and projects are found by it.
func TestPortfolioTellsWhatProjectsKeep(t *testing.T) {
	f := newFixture(t)
	for _, key := range []string{"calm", "loud", "off"} {
		f.create(key)
	}
	f.record("mike", "calm", "risk", aRisk("2", "2"))
	f.record("mike", "calm", "document", review.NewRecord{RecordFields: review.RecordFields{
		Title: "Architecture", Due: "2099-01-02", Values: record.Values{"place": "architecture", "link": "https://wiki.example.test/a"},
	}})
	f.record("mike", "loud", "incident", review.NewRecord{RecordFields: review.RecordFields{Title: "It is down", Values: record.Values{"severity": "1", "started": "2025-11-01T10:00"}}})
	f.record("mike", "loud", "risk", aRisk("5", "5"))
	f.record("mike", "loud", "document", review.NewRecord{RecordFields: review.RecordFields{
		Title: "Architecture", Due: "2020-01-02", Values: record.Values{"place": "architecture", "link": "https://wiki.example.test/a"},
	}})
	for i, share := range []string{"99", "90"} {
		f.record("mike", "off", "objective", review.NewRecord{RecordFields: review.RecordFields{
			Title: "Paid " + share, Values: record.Values{"indicator": "of all", "objective": share, "window": "7d"},
		}})
		f.change("mike", store.Target{Project: "off"}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.NoteReading(who, i+1, review.NewReading{Value: "95", At: "2025-11-01T10:00"}, at)
		})
	}
	for _, c := range []struct {
		filter store.PortfolioFilter
		want   string
	}{
		{store.PortfolioFilter{Alarm: record.GoingOn}, "loud"},
		{store.PortfolioFilter{Alarm: record.HighRisk}, "loud"},
		{store.PortfolioFilter{Alarm: record.OffTarget}, "off"},
		{store.PortfolioFilter{Stale: true}, "loud"},
	} {
		if got := f.listed("mona", c.filter); got != c.want {
			t.Errorf("%+v lists %q, want %q", c.filter, got, c.want)
		}
	}
	v, err := f.Portfolio(t.Context(), f.as("mona"), store.PortfolioFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range v.Rows {
		got := fmt.Sprint(row.Kept.Alarms[record.GoingOn], row.Kept.Alarms[record.HighRisk], row.Kept.Alarms[record.OffTarget], row.Kept.Read, row.Kept.Stale)
		if want := map[review.ProjectKey]string{"calm": "0 0 0 0 0", "loud": "1 1 0 0 1", "off": "0 0 1 2 0"}[row.Key]; got != want {
			t.Errorf("of %s it counts %s, want %s", row.Key, got, want)
		}
	}
	f.moveRecord("mike", "loud", 2, "closed", "Gone.")
	if got := f.listed("mona", store.PortfolioFilter{Alarm: record.HighRisk}); got != "" {
		t.Errorf("closed, it is still listed in %q", got)
	}
	f.holds(t, "what lists say")
}
