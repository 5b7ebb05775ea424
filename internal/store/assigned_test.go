package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

func (f *fixture) work(name string) *store.MyWorkView {
	f.t.Helper()
	v, err := f.MyWork(f.t.Context(), f.as(name))
	if err != nil {
		f.t.Fatal(err)
	}
	return v
}

// asked are the items that ask something of a person, with what they ask.
func (f *fixture) asked(name string) []string {
	f.t.Helper()
	var out []string
	for _, it := range f.work(name).Items {
		out = append(out, fmt.Sprintf("%s %s", it.Item, it.Ask))
	}
	return out
}

// Assigned items are listed by what they need: neither answer nor evidence
// that has run out drops out of the list, and what needs nothing does.
func TestMyWorkListsAssignedItemsByNeed(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	all := store.Target{Project: "alpha"}
	f.change("olga", all, func(r *review.Review, who review.Actor, at time.Time) error {
		for sk, items := range map[plan.StageKey][]plan.ItemKey{"idea": {"scope-set", "risks-listed", "demo-shown"}, "live": {"restore-tested"}} {
			for _, ik := range items {
				if err := r.Assign(who, sk, ik, f.people["mike"], at.AddDate(0, 0, -3).Format(review.DateLayout), at); err != nil {
					return err
				}
			}
		}
		return nil
	})
	expect := func(want ...string) {
		t.Helper()
		if got := f.asked("mike"); !slices.Equal(got, want) {
			t.Errorf("the items ask %q, want %q", got, want)
		}
	}
	expect("demo-shown answer", "risks-listed answer", "scope-set answer", "restore-tested answer")
	f.change("mike", all, func(r *review.Review, who review.Actor, at time.Time) error {
		for ik, to := range map[plan.ItemKey]review.State{"scope-set": review.Met, "risks-listed": review.NotMet, "demo-shown": review.Met} {
			if err := r.Answer(who, "idea", ik, to, "So.", 0, at); err != nil {
				return err
			}
		}
		if err := r.Answer(who, "live", "restore-tested", review.Met, "So.", 0, at); err != nil {
			return err
		}
		in := review.NewEvidence{URL: "https://ci.example.test/restore", Title: "Restore", Type: "test-report"}
		if err := r.AddEvidence(who, "live", "restore-tested", in, at); err != nil {
			return err
		}
		return r.RequestWaiver(who, "idea", "risks-listed", review.NewWaiver{Reason: "x", Risk: "x", Measure: "x", Until: at.AddDate(0, 0, 30).Format(review.DateLayout)}, at)
	})
	expect("risks-listed meet", "scope-set evidence")
	f.exec(`update evidence set effective = current_date - 60, expires = current_date + 5 where stage = 'live'`)
	expect("risks-listed meet", "scope-set evidence", "restore-tested expiring")
	f.exec(`update evidence set expires = current_date - 5 where stage = 'live'`)
	expect("risks-listed meet", "scope-set evidence", "restore-tested renew")
	if n := len(f.work("mike").Expiring); n != 0 {
		t.Errorf("evidence is listed %d times beside the item that asks to renew it", n)
	}

	// Leave to pass asks for nothing while it lasts, and stands at the end.
	f.change("sre", all, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.GrantWaiver(who, "idea", 1, shown(r.Stage("idea").Waivers, 1), "For a month.", at)
	})
	expect("scope-set evidence", "restore-tested renew", "risks-listed waived")
	f.exec(`update waiver set until = now() - interval '1 day'`)
	expect("risks-listed unwaived", "scope-set evidence", "restore-tested renew")
	f.exec(`update item set reattest = true where item = 'demo-shown'`)
	expect("demo-shown reconfirm", "risks-listed unwaived", "scope-set evidence", "restore-tested renew")

	// A project on hold asks for nothing.
	f.change("olga", all, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusOnHold, "Later.", at)
	})
	expect()
}

// Somebody with more items than are read is shown those that wait for an answer,
// however many are met and need nothing.
func TestMyWorkReadsOpenItemsFirst(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	f.change("olga", store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "idea", "scope-set", f.people["mike"], at.AddDate(0, 0, 60).Format(review.DateLayout), at)
	})
	f.exec(`
		insert into item (project_id, review_no, stage, item, state, version, answered_by, answered_at, assignee_id, due)
		select project_id, review_no, stage, 'met-' || n, 'met', 1, assignee_id, now(), assignee_id, current_date
		  from item, generate_series(1, ` + fmt.Sprint(store.WorkWhole) + `) n
		 where item = 'scope-set' and assignee_id is not null`)
	v := f.work("mike")
	if got := f.asked("mike"); !slices.Contains(got, "scope-set answer") || !v.ItemsFull {
		t.Errorf("%d items ask something, the list may go on: %v; the one without an answer is not among them", len(got), v.ItemsFull)
	}
}

// Evidence of a project on hold reminds nobody.
func TestMyWorkForgetsEvidenceOfProjectsOnHold(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	f.change("mike", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, "idea", "scope-set", review.NewEvidence{
			URL: "https://wiki.example.test/scope", Title: "Scope", Type: "doc", Expires: at.AddDate(0, 0, 7).Format(review.DateLayout),
		}, at)
	})
	if n := len(f.work("mike").Expiring); n != 1 {
		t.Fatalf("%d links expire, want 1", n)
	}
	f.change("olga", store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusOnHold, "Later.", at)
	})
	if n := len(f.work("mike").Expiring); n != 0 {
		t.Errorf("%d links of a project on hold expire", n)
	}
}

// A list that is cut says how long it is, and can be had whole.
func TestMyWorkSaysHowManyMore(t *testing.T) {
	f := newFixture(t)
	const projects = store.WorkPage + 3
	for i := range projects {
		f.create(fmt.Sprintf("project-%02d", i))
	}
	v := f.work("olga")
	if len(v.Projects) != store.WorkPage || v.ProjectsAll != projects {
		t.Errorf("%d of %d projects are listed", len(v.Projects), v.ProjectsAll)
	}
	whole, err := f.MyWholeWork(t.Context(), f.as("olga"))
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.Projects) != projects || whole.ProjectsAll != projects {
		t.Errorf("of the whole, %d of %d projects are listed", len(whole.Projects), whole.ProjectsAll)
	}
}

// Whom nothing is assigned to learns where there is work to take: what applies,
// is not answered, and is assigned to nobody.
func TestMyWorkOffersWorkToTake(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	expect := func(name string, want ...store.Untaken) {
		t.Helper()
		if got := f.work(name).ToTake; !slices.Equal(got, want) {
			t.Errorf("%s is offered %+v, want %+v", name, got, want)
		}
	}
	expect("mike", store.Untaken{Project: "alpha", Name: "Project alpha", Stage: "idea", Items: 3})
	expect("sre")
	f.change("mike", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Assign(who, "idea", "scope-set", f.people["olga"], "", at); err != nil {
			return err
		}
		return r.Answer(who, "idea", "demo-shown", review.Met, "", 0, at)
	})
	expect("mike", store.Untaken{Project: "alpha", Name: "Project alpha", Stage: "idea", Items: 1})
	expect("olga")
}
