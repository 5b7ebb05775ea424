package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// editPlaced edits the kind of project and where it begins.
func editPlaced(kind plan.Origination, start plan.StageKey) store.Decide {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		f := r.Project.Fields()
		f.Kind, f.Start = kind, start
		return r.Edit(who, f, at)
	}
}

// The kind and the start that are edited later are in the tables as on the trail, one
// without the other, and an edit of something else leaves them.
func TestKindAndStartAreKept(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	all := store.Target{Project: "ledger"}
	last := f.tmpl.Stages[len(f.tmpl.Stages)-1].Key
	is := func(kind plan.Origination, start plan.StageKey) {
		t.Helper()
		v, err := f.Project(t.Context(), f.as("olga"), "ledger")
		if err != nil {
			t.Fatal(err)
		}
		if p := v.Review.Project; p.Kind != kind || p.Start != start {
			t.Errorf("it is %q and begins with %q, want %q, %q", p.Kind, p.Start, kind, start)
		}
		if found := f.problems(t); len(found) > 0 {
			t.Errorf("verifying finds %s", strings.Join(found, "\n"))
		}
	}
	is(plan.Migration, f.tmpl.Stages[1].Key)
	f.change("olga", all, editPlaced(plan.InternalTool, ""))
	is(plan.InternalTool, f.tmpl.Stages[1].Key)
	f.change("olga", all, editPlaced("", last))
	is(plan.InternalTool, last)
	f.change("olga", all, answerYes("database"))
	is(plan.InternalTool, last)
	for _, sql := range []string{`update project set origination = 'growth'`, `update project set start = ''`} {
		t.Run(sql, func(t *testing.T) {
			f.spoil(t, sql)
			if len(f.problems(t)) == 0 {
				t.Error("verifying finds nothing")
			}
		})
	}
}

func askLower(k plan.ItemKey) store.Decide {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AskLowering(who, k, plan.LevelMay, r.PlanDigest(), "It is small.", at)
	}
}

// Whose work has a wish that an item weigh less is whom the domain lets approve it,
// and hidden projects stay hidden.
func TestWishesAgreeWithTheDomain(t *testing.T) {
	f := newFixture(t)
	const item = "data-sketched"
	keys := []review.ProjectKey{"open-one", "secret-one", "eng-asks", "outgrown", "stopped", "refused"}
	for _, key := range keys {
		f.create(string(key))
		all := store.Target{Project: key}
		f.change("olga", all, answerYes("database"))
		asks := "olga"
		if key == "eng-asks" {
			asks = "eng"
			f.change("olga", all, func(r *review.Review, who review.Actor, at time.Time) error {
				return r.SetDuty(who, f.people["eng"], review.DutyDeputy, at)
			})
		}
		f.change(asks, all, askLower(item))
	}
	f.change("olga", store.Target{Project: "secret-one"}, func(r *review.Review, who review.Actor, at time.Time) error {
		fields := r.Project.Fields()
		fields.Restricted = true
		return r.Edit(who, fields, at)
	})
	f.change("olga", store.Target{Project: "outgrown"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.MarkCore(who, item, true, r.PlanDigest(), "It matters.", at)
	})
	f.change("olga", store.Target{Project: "stopped"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusStopped, "No money.", at)
	})
	f.change("sre", store.Target{Project: "refused"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RefuseLowering(who, item, r.Wish(item).Digest(), "It matters.", at)
	})
	errTried := errors.New("only tried")
	some := 0
	for name := range f.people {
		v, err := f.MyWork(t.Context(), f.as(name))
		if err != nil {
			t.Fatal(err)
		}
		var listed, may []review.ProjectKey
		for _, a := range v.AskedLower {
			listed = append(listed, a.Project)
			by := "olga"
			if a.Project == "eng-asks" {
				by = "eng"
			}
			if a.By != f.people[by] || v.Names.Of(a.By) != "Person "+by || a.Stage != "idea" || a.Item != item || a.Title == "" || a.At.IsZero() {
				t.Errorf("%s reads %+v", name, a)
			}
		}
		for _, key := range keys {
			_, err := f.Change(t.Context(), f.as(name), store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
				w := r.Wish(item)
				if w == nil {
					return review.ErrNotFound
				}
				return errors.Join(r.ApproveLowering(who, item, w.Digest(), at), errTried)
			})
			var denied *review.Denied
			var refused *review.Refused
			if !errors.As(err, &denied) && !errors.As(err, &refused) && !errors.Is(err, review.ErrNotFound) {
				may = append(may, key)
			}
		}
		if !slices.Equal(listed, may) || v.AskedLowerAll != len(may) {
			t.Errorf("%s may approve %v; listed are %v, counted %d", name, may, listed, v.AskedLowerAll)
		}
		if name == "eng" && !slices.Equal(may, []review.ProjectKey{"open-one"}) {
			t.Errorf("engineering decides on %v", may)
		}
		some += len(may)
	}
	if some == 0 {
		t.Error("nobody decides on anything")
	}
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("verifying finds %s", strings.Join(found, "\n"))
	}
}

// Wishes of a database from before they were listed are listed by the sweep.
func TestTheSweepListsWishes(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	f.change("olga", store.Target{Project: "ledger"}, answerYes("database"))
	f.change("olga", store.Target{Project: "ledger"}, askLower("data-sketched"))
	for name, sql := range map[string]string{
		"lost":  `delete from wish`,
		"moved": `update wish set stage = 'live'`,
		"late":  `update wish set asked_at = asked_at + interval '1 microsecond'`,
		"other": `update wish set asked_by = (select min(id) from person where id <> asked_by)`,
	} {
		t.Run(name, func(t *testing.T) {
			f.spoil(t, sql)
			if found := strings.Join(f.problems(t), "\n"); !strings.Contains(found, "wishes to lower items") {
				t.Errorf("verifying finds %q", found)
			}
		})
	}
	f.spoil(t, `delete from wish; update portfolio set next_change_at = now()`)
	if _, err := f.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("after the sweep: %s", strings.Join(found, "\n"))
	}
}
