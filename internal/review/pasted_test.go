package review_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func says(item plan.ItemKey, version int, to review.State, note, links string) review.Pasted {
	return review.Pasted{Picked: review.Picked{Item: item, Version: version}, To: to, Note: note, Links: links}
}

func TestEachItemIsAnsweredAsPasted(t *testing.T) {
	w := newWorld(t)
	w.ok(w.answer(owner, build, "load", review.NotMet, "Not yet."))
	before := len(w.r.Recorded())
	ls, err := w.r.AnswerEach(w.actor(member), build, []review.Pasted{
		says("tests", 0, review.Met, "All green.", "https://wiki.example.com/tests\nhttps://wiki.example.com/more"),
		says("load", 0, review.Met, "", "https://wiki.example.com/load"),
		says("style", 0, review.NotApplicable, "", ""),
		says("nonsense", 0, review.Met, "", ""),
		says("tests", 0, review.NotMet, "twice", ""),
	}, review.LinkRules{}, w.tick())
	w.ok(err)
	if got := left(ls); got != "load:conflict style:invalid nonsense:absent " {
		t.Errorf("left %q", got)
	}
	if n := len(w.r.Recorded()) - before; n != 3 {
		t.Errorf("%d entries, want an answer and two links", n)
	}
	if a := w.stage(build).Item("tests").Answer; a.State != review.Met || a.Note != "All green." {
		t.Errorf("answered %+v", a)
	}
	if a := w.stage(build).Item("load").Answer; a.State != review.NotMet {
		t.Errorf("a colleague's answer was overwritten: %+v", a)
	}
	// What one takes back, one takes back as a whole.
	ls, err = w.r.Undo(w.actor(member), build, w.r.Recorded()[before:], w.tick())
	w.ok(err)
	if len(ls) > 0 || w.stage(build).Item("tests").Answer.State != review.Open {
		t.Errorf("not undone: %v", ls)
	}
}

func TestAnEmptyCellLeavesWhatIsThere(t *testing.T) {
	w := newWorld(t)
	w.ok(w.answer(member, build, "load", review.NotMet, "Own."))
	_, err := w.r.AnswerEach(w.actor(member), build, []review.Pasted{says("load", 1, review.Met, "", "")}, review.LinkRules{}, w.tick())
	w.ok(err)
	_, err = w.r.AnswerEach(w.actor(member), build, []review.Pasted{says("load", 2, "", "New.", "")}, review.LinkRules{}, w.tick())
	w.ok(err)
	if a := w.stage(build).Item("load").Answer; a.State != review.Met || a.Note != "New." {
		t.Errorf("answered %+v", a)
	}
}

func TestWhatIsWrongWithAllRowsChangesNothing(t *testing.T) {
	w := newWorld(t)
	many := make([]review.Pasted, review.MaxPicked+1)
	long := says("tests", 0, review.Met, "", strings.Repeat("https://wiki.example.com/a\n", review.MaxPicked+1))
	for name, rows := range map[string][]review.Pasted{"none": nil, "too many": many, "too many links": {long}} {
		before := len(w.r.Recorded())
		_, err := w.r.AnswerEach(w.actor(member), build, rows, review.LinkRules{}, w.tick())
		var invalid *review.Invalid
		if !errors.As(err, &invalid) || len(w.r.Recorded()) != before {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLinksAreToldFromOtherLines(t *testing.T) {
	good, bad := review.SortLinks("Plan https://wiki.example.com/a\n\nsee the wiki\nhttp://intranet/x", review.LinkRules{})
	if good != "Plan https://wiki.example.com/a" || len(bad) != 2 || bad[0].No != 3 || bad[1].No != 4 {
		t.Errorf("%q and %+v", good, bad)
	}
}
