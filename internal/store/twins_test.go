package store_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// said is a project as a list names it.
type said struct {
	key  review.ProjectKey
	name string
}

func collect[T any](rows []T, of func(*T) said) []said {
	var out []said
	for i := range rows {
		if s := of(&rows[i]); s.key != "" { // a seat everywhere has no project
			out = append(out, s)
		}
	}
	return out
}

// busy makes projects that stand on every list that names projects.
func (f *fixture) busy() (keys []review.ProjectKey) {
	f.t.Helper()
	for _, key := range []review.ProjectKey{"one", "two"} {
		f.conditional(key)
		f.askWaiver("olga", key, "scope-set", time.Now().UTC().AddDate(0, 0, 20))
		f.change("olga", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Assign(who, "idea", "risks-listed", f.people["mike"], "", at)
		})
		mention := store.Target{Project: key, Stage: "idea", Others: []review.PersonID{f.people["mike"]}}
		f.change("olga", mention, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Discuss(who, "idea", "scope-set", "@person mike, look.", "k", at, f.people["mike"])
		})
		f.change("mike", store.Target{Project: key, Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
			if err := r.MeetCondition(who, "live", 1, shown(r.Stage("live").Conditions, 1), "Done.", at); err != nil {
				return err
			}
			return r.Answer(who, "live", "restore-tested", review.Met, "Another way.", r.Stage("live").Item("restore-tested").Answer.Version, at)
		})
	}
	for _, key := range []review.ProjectKey{"three", "four"} {
		f.requested(key)
		f.change("mona", store.Target{Project: key, Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Force(who, "live", r.Digest(r.Stage("live")), "It burns.", at.AddDate(0, 0, 3).Format(time.DateOnly), at)
		})
		scope, err := f.Scope(f.t.Context(), f.as("adam"), key)
		if err != nil {
			f.t.Fatal(err)
		}
		f.entitle("adam", "eng", func(e *review.Entitlements, who review.Actor, at time.Time) error {
			return e.Grant(who, review.Right{Seat: plan.SeatSecurity, Scope: scope}, at)
		})
		f.entitle("eng", "eng", func(e *review.Entitlements, who review.Actor, at time.Time) error {
			ends := at.AddDate(0, 0, 9).Format(review.DateLayout)
			return e.Delegate(who, review.NewDelegation{To: f.people["both"], Seat: plan.SeatSecurity, Scope: scope, Ends: ends}, at)
		})
	}
	f.leave("pat", (*review.Entitlements).Block)
	f.exec(`update evidence set effective = current_date - 30, expires = current_date + 5 where stage = 'live'`)
	return []review.ProjectKey{"one", "two", "three", "four"}
}

// entitle changes somebody's rights.
func (f *fixture) entitle(by, whose string, decide func(*review.Entitlements, review.Actor, time.Time) error) {
	f.t.Helper()
	if _, err := f.ChangeRights(f.t.Context(), f.as(by), f.people[whose], decide); err != nil {
		f.t.Fatal(err)
	}
}

// saidByAll is what every list says to somebody who has something on it.
func (f *fixture) saidByAll() map[string][]said {
	f.t.Helper()
	ctx := f.t.Context()
	must := func(err error) {
		f.t.Helper()
		if err != nil {
			f.t.Fatal(err)
		}
	}
	queue, err := f.Queue(ctx, f.as("sre"))
	must(err)
	waivers, err := f.Waivers(ctx, f.as("mona"), store.WaiverFilter{Kind: store.WaiversCurrent})
	must(err)
	person, err := f.Person(ctx, f.as("olga"), f.people["mike"])
	must(err)
	people, err := f.People(ctx, f.as("olga"), store.PeopleFilter{Person: f.people["eng"]})
	must(err)
	choices, err := f.ProjectChoices(ctx, f.as("olga"), "", 50)
	must(err)
	standIns, err := f.Delegations(ctx, f.as("eng"))
	must(err)
	_, err = f.Snapshot(ctx)
	must(err)
	past, err := f.Past(ctx, f.as("olga"), store.PastFilter{})
	must(err)
	owner, mike, sre, both := f.work("olga"), f.work("mike"), f.work("sre"), f.work("both")
	gate := func(g *store.WaitingGate) said { return said{g.Project, g.Name} }
	condition := func(c *store.OpenCondition) said { return said{c.Project, c.Name} }
	waiver := func(w *store.WaiverRow) said { return said{w.Project, w.Name} }
	standIn := func(s *store.StandIn) said { return said{s.Project, s.ProjectName} }
	return map[string][]said{
		"queue":       collect(queue.Gates, gate),
		"items":       collect(mike.Items, func(i *store.AssignedItem) said { return said{i.Project, i.Name} }),
		"to take":     collect(owner.ToTake, func(u *store.Untaken) said { return said{u.Project, u.Name} }),
		"fallen":      collect(owner.Fallen, func(g *store.FallenGate) said { return said{g.Project, g.Name} }),
		"expiring":    collect(mike.Expiring, func(e *store.ExpiringEvidence) said { return said{e.Project, e.Name} }),
		"own":         collect(owner.Projects, func(p *store.OwnProject) said { return said{p.Key, p.Name} }),
		"to decide":   collect(f.work("mona").Waivers, waiver),
		"stand-ins":   collect(both.StandIns, standIn),
		"break-glass": collect(sre.Forced, func(g *store.ForcedGate) said { return said{g.Project, g.Name} }),
		"owed":        collect(mike.Owed, condition),
		"to confirm":  collect(sre.Confirm, condition),
		"mentions":    collect(mike.Mentions, func(m *store.Mention) said { return said{m.Project, m.Name} }),
		"vacancies":   collect(owner.Vacancies, func(v *store.Vacancy) said { return said{v.Project, v.Name} }),
		"waivers":     collect(waivers.Rows, waiver),
		"a person":    collect(person.Left, func(l *store.LeftWith) said { return said{l.Project.Key, l.Name} }),
		"rights":      collect(people.People[0].Granted, func(g *store.GrantedRight) said { return said{g.Project, g.ProjectName} }),
		"choices":     collect(choices, func(c *store.ProjectChoice) said { return said{c.Key, c.Name} }),
		"own seats":   collect(standIns.Seats, func(s *store.OwnSeat) said { return said{s.Project, s.ProjectName} }),
		"given":       collect(standIns.Given, standIn),
		"past":        collect(past.Rows, func(r *store.PastRow) said { return said{r.Key, r.Name} }),
	}
}

func TestEveryListTellsTwinsApart(t *testing.T) {
	f := newFixture(t)
	f.busy()
	f.exec(`update portfolio set name = 'Twin', search = 'twin'`)
	lists := f.saidByAll()
	trail, err := f.DirectoryTrail(t.Context(), f.as("adam"), 0)
	if err != nil {
		t.Fatal(err)
	}
	for key, name := range trail.Titles {
		lists["trail of rights"] = append(lists["trail of rights"], said{key, name})
	}
	for _, list := range slices.Sorted(maps.Keys(lists)) {
		if len(lists[list]) == 0 {
			t.Errorf("%s: nothing is listed", list)
		}
		for _, s := range lists[list] {
			if want := "Twin (" + string(s.key) + ")"; s.name != want {
				t.Errorf("%s says %q of %s", list, s.name, s.key)
			}
		}
	}
}

// Who sees but one project of a name learns nothing of the others.
func TestAHiddenTwinChangesNoList(t *testing.T) {
	f := newFixture(t)
	viewer := []review.Right{{Role: review.RoleViewer}}
	ida, err := f.Join(t.Context(), store.Identity{Issuer: issuer, Subject: "ida", Name: "Ida", Rights: viewer}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range f.busy() {
		if _, err := f.Create(t.Context(), store.ByPerson(ida, time.Time{}), f.ref, review.NewProject{
			Key: "hidden-" + string(key), Name: "Only " + string(key), Team: "Red", Tier: 1,
			Exposure: review.ExposurePilot, Owner: ida, Restricted: true,
		}); err != nil {
			t.Fatal(err)
		}
	}
	f.exec(`update portfolio set name = 'Only ' || key, search = 'only ' || key where key not like 'hidden-%'`)
	lists := f.saidByAll()
	for _, list := range slices.Sorted(maps.Keys(lists)) {
		if len(lists[list]) == 0 {
			t.Errorf("%s: nothing is listed", list)
		}
		for _, s := range lists[list] {
			if want := "Only " + string(s.key); s.name != want {
				t.Errorf("%s says %q of %s", list, s.name, s.key)
			}
		}
	}
}

// A new list asks for names as all others do.
func TestNoListNamesProjectsByItself(t *testing.T) {
	bare := regexp.MustCompile(`select [^\n]*\b(?:f|found)\.key\b[^\n]*, ?(?:coalesce\()?(?:f|found)\.name\b`)
	allowed := map[string]string{
		"draft.go":     "says the key of each",
		"portfolio.go": "says the key of twins beside their name",
		"waivers.go":   "reads what nameSQL asks for",
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(bare.FindAll(text, -1)); n > 0 && allowed[file] == "" || n > 1 {
			t.Errorf("%s: names projects %d times without nameSQL", file, n)
		}
	}
}
