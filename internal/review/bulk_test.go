package review_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func picked(version int, keys ...plan.ItemKey) []review.Picked {
	out := make([]review.Picked, len(keys))
	for i, k := range keys {
		out[i] = review.Picked{Item: k, Version: version}
	}
	return out
}

// left is what a change of several left, as "key: why".
func left(ls []review.Left) string {
	out := ""
	for _, l := range ls {
		kind := "other"
		var conflict *review.AnswerConflict
		var refused *review.Refused
		var bad *review.Invalid
		switch {
		case errors.As(l.Why, &conflict):
			kind = "conflict"
		case errors.As(l.Why, &refused):
			kind = "refused"
		case errors.As(l.Why, &bad):
			kind = "invalid"
		case errors.Is(l.Why, review.ErrNotFound):
			kind = "absent"
		}
		out += string(l.Item) + ":" + kind + " "
	}
	return out
}

func TestAnswerAllDoesTheRestAndListsConflicts(t *testing.T) {
	w := newWorld(t)
	w.ok(w.answer(owner, build, "load", review.NotMet, "Not yet."))
	before := len(w.r.Recorded())
	ls, err := w.r.AnswerAll(w.actor(member), build, picked(0, "tests", "load", "style", "tests", "adr", "nonsense"), review.Met, "", w.tick())
	w.ok(err)
	if got := left(ls); got != "load:conflict adr:absent nonsense:absent " {
		t.Errorf("left %q", got)
	}
	if n := len(w.r.Recorded()) - before; n != 2 {
		t.Errorf("%d entries, want one for each of two items", n)
	}
	if a := w.stage(build).Item("load").Answer; a.State != review.NotMet || a.Note != "Not yet." || a.By != owner {
		t.Errorf("a colleague's answer was overwritten: %+v", a)
	}
}

func TestAnswerAllKeepsNotesUnlessOneIsGiven(t *testing.T) {
	w := newWorld(t)
	w.ok(w.answer(member, build, "load", review.NotMet, "Own."))
	_, err := w.r.AnswerAll(w.actor(member), build, []review.Picked{{Item: "load", Version: 1}, {Item: "style"}}, review.Met, "", w.tick())
	w.ok(err)
	if n := w.stage(build).Item("load").Answer.Note; n != "Own." {
		t.Errorf("note %q", n)
	}
	_, err = w.r.AnswerAll(w.actor(member), build, []review.Picked{{Item: "load", Version: 2}, {Item: "style", Version: 1}}, review.NotApplicable, "No such thing.", w.tick())
	w.ok(err)
	for _, k := range []plan.ItemKey{"load", "style"} {
		if n := w.stage(build).Item(k).Answer.Note; n != "No such thing." {
			t.Errorf("%s: note %q", k, n)
		}
	}
}

func TestSeveralAtOnceRefusesWhatIsWrongForAll(t *testing.T) {
	w := newWorld(t)
	many := make([]review.Picked, 5000)
	for i := range many {
		many[i].Item = plan.ItemKey(fmt.Sprint("item-", i))
	}
	do := func(f func() ([]review.Left, error)) error { _, err := f(); return err }
	for name, c := range map[string]struct {
		want string
		do   func() ([]review.Left, error)
	}{
		"5,000 items": {"invalid", func() ([]review.Left, error) {
			return w.r.AnswerAll(w.actor(member), build, many, review.Met, "", w.tick())
		}},
		"none": {"invalid", func() ([]review.Left, error) {
			return w.r.AnswerAll(w.actor(member), build, nil, review.Met, "", w.tick())
		}},
		"n/a, no why": {"invalid", func() ([]review.Left, error) {
			return w.r.AnswerAll(w.actor(member), build, picked(0, "tests"), review.NotApplicable, " ", w.tick())
		}},
		"no answer": {"invalid", func() ([]review.Left, error) {
			return w.r.AnswerAll(w.actor(member), build, picked(0, "tests"), "maybe", "", w.tick())
		}},
		"a reader": {"denied", func() ([]review.Left, error) {
			return w.r.AnswerAll(w.actor(viewer), build, picked(0, "tests"), review.Met, "", w.tick())
		}},
		"a reader assigns": {"denied", func() ([]review.Left, error) {
			return w.r.AssignAll(w.actor(viewer), build, picked(0, "tests"), member, "", w.tick())
		}},
		"no such stage": {"absent", func() ([]review.Left, error) {
			return w.r.AnswerAll(w.actor(member), "nowhere", picked(0, "tests"), review.Met, "", w.tick())
		}},
		"no date": {"invalid", func() ([]review.Left, error) {
			return w.r.DueAll(w.actor(owner), build, picked(0, "tests"), "", w.tick())
		}},
		"no day": {"invalid", func() ([]review.Left, error) {
			return w.r.AssignAll(w.actor(owner), build, picked(0, "tests"), member, "2026-02-30", w.tick())
		}},
	} {
		before := len(w.r.Recorded())
		err := do(c.do)
		if c.want == "absent" {
			if !errors.Is(err, review.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		} else {
			w.refused(err, c.want)
		}
		if len(w.r.Recorded()) != before {
			t.Errorf("%s: something was recorded", name)
		}
	}
}

func TestAssignAllKeepsDatesAndDueAllNeedsSomebody(t *testing.T) {
	w := newWorld(t)
	w.ok(w.r.Assign(w.actor(owner), build, "load", mate, "2026-04-01", w.tick()))
	_, err := w.r.AssignAll(w.actor(owner), build, picked(0, "tests", "load"), member, "", w.tick())
	w.ok(err)
	if it := w.stage(build).Item("load"); it.Assignee != member || review.FormatDate(it.Due) != "2026-04-01" {
		t.Errorf("load: %d, %v", it.Assignee, it.Due)
	}
	ls, err := w.r.DueAll(w.actor(owner), build, picked(0, "tests", "load", "style"), "2026-05-02", w.tick())
	w.ok(err)
	if got := left(ls); got != "style:refused " {
		t.Errorf("left %q", got)
	}
	if it := w.stage(build).Item("tests"); it.Assignee != member || review.FormatDate(it.Due) != "2026-05-02" {
		t.Errorf("tests: %d, %v", it.Assignee, it.Due)
	}
}

// since are the entries recorded by f.
func (w *world) since(f func()) []review.Entry {
	before := len(w.r.Recorded())
	f()
	return w.r.Recorded()[before:]
}

func TestUndoTakesBackWhatWasDone(t *testing.T) {
	w := newWorld(t)
	w.ok(w.answer(owner, build, "load", review.NotMet, "Not yet."))
	w.ok(w.r.Assign(w.actor(owner), build, "load", mate, "2026-04-01", w.tick()))
	es := w.since(func() {
		_, err := w.r.AnswerAll(w.actor(member), build, []review.Picked{{Item: "tests"}, {Item: "load", Version: 1}}, review.Met, "Done.", w.tick())
		w.ok(err)
	})
	es = append(es, w.since(func() { w.ok(w.r.Assign(w.actor(member), build, "load", 0, "", w.tick())) })...)
	es = append(es, w.since(func() { w.ok(w.link(member, build, "tests", "https://ci.example.com/1", "ci-run")) })...)
	ls, err := w.r.Undo(w.actor(member), build, es, w.tick())
	w.ok(err)
	if len(ls) != 0 {
		t.Errorf("left %s", left(ls))
	}
	s := w.stage(build)
	if a := s.Item("tests").Answer; a.State != review.Open || a.Note != "" || a.Version != 2 {
		t.Errorf("tests: %+v", a)
	}
	if a := s.Item("load").Answer; a.State != review.NotMet || a.Note != "Not yet." || a.By != member {
		t.Errorf("load: %+v", a)
	}
	if it := s.Item("load"); it.Assignee != mate || review.FormatDate(it.Due) != "2026-04-01" {
		t.Errorf("load: %d %v", it.Assignee, it.Due)
	}
	if !s.Evidence[0].Removed() {
		t.Error("the link is still there")
	}
}

func TestUndoStopsWhereSomebodyElseWentOn(t *testing.T) {
	w := newWorld(t)
	es := w.since(func() {
		_, err := w.r.AnswerAll(w.actor(member), build, picked(0, "tests", "load", "style"), review.Met, "", w.tick())
		w.ok(err)
	})
	w.ok(w.r.Answer(w.actor(mate), build, "load", review.NotMet, "", 1, w.tick()))
	w.ok(w.r.Answer(w.actor(mate), build, "style", review.NotMet, "", 1, w.tick()))
	w.ok(w.r.Answer(w.actor(mate), build, "style", review.Met, "", 2, w.tick())) // back to the same, but theirs
	ls, err := w.r.Undo(w.actor(member), build, es, w.tick())
	w.ok(err)
	if got := left(ls); got != "style:conflict load:conflict " {
		t.Errorf("left %q", got)
	}
	if s := w.stage(build).Item("load").Answer.State; s != review.NotMet {
		t.Errorf("load: %s", s)
	}
	if s := w.stage(build).Item("tests").Answer.State; s != review.Open {
		t.Errorf("tests: %s", s)
	}
	before := len(w.r.Recorded())
	_, err = w.r.Undo(w.actor(mate), build, es, w.tick())
	w.refused(err, "denied")
	if _, err = w.r.Undo(w.actor(member), design, es, w.tick()); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("another stage: %v", err)
	}
	if _, err = w.r.Undo(w.actor(member), build, nil, w.tick()); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("nothing: %v", err)
	}
	if len(w.r.Recorded()) != before {
		t.Error("something was recorded")
	}
}

// Somebody whose right has ended cannot undo either.
func TestUndoAsksForTheRight(t *testing.T) {
	w := newWorld(t)
	es := w.since(func() { w.ok(w.answer(member, build, "tests", review.Met, "")) })
	w.r.Project.Members = nil
	_, err := w.r.Undo(review.Actor{Person: member, Roles: []review.Role{review.RoleViewer}}, build, es, w.tick())
	w.refused(err, "denied")
	if _, err = w.r.Undo(review.Actor{Person: member}, build, es, w.tick()); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("somebody who may not see the project: %v", err)
	}
}
