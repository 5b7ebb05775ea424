package review_test

import (
	"errors"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

func aLesson(values record.Values) review.NewRecord {
	all := record.Values{"from": "retrospective"}
	for k, v := range values {
		all[k] = v
	}
	return review.NewRecord{RecordFields: review.RecordFields{Title: "A rollback takes an hour", Owner: member, Values: all}}
}

// anItem is some item of the first stage.
func (w *world) anItem() plan.ItemKey { return w.r.Plan.Stages[0].Items[0].Key }

func (w *world) accept(p review.PersonID, no int) error {
	return w.r.MoveRecord(w.actor(p), no, w.seen(no), review.RecordMove{To: "accepted", Given: record.Values{"document": "house", "version": "3"}}, w.tick())
}

// A lesson is noted, proposed, and taken up by somebody else, who may edit the library.
func TestALessonIsTakenUp(t *testing.T) {
	w := newWorld(t)
	no := w.add(mate, "lesson", aLesson(nil))
	if !w.r.Records[no-1].Closed() || len(w.r.AtGate(w.stage(build))) != 0 {
		t.Error("a noted lesson asks for something")
	}
	w.refused(w.move(member, no, "proposed", ""), "invalid")
	propose := review.RecordMove{To: "proposed", Values: record.Values{"part": "done", "wording": "Somebody did it."}}
	w.refused(w.r.MoveRecord(w.actor(member), no, w.seen(no), propose, w.tick()), "invalid") // about no item
	propose.Item = "no-such"
	w.refused(w.r.MoveRecord(w.actor(member), no, w.seen(no), propose, w.tick()), "invalid")
	propose.Item = w.anItem()
	w.ok(w.r.MoveRecord(w.actor(member), no, w.seen(no), propose, w.tick()))
	a, of, ok := w.r.Amendment(&w.r.Records[no-1])
	if want := (plan.Amendment{Item: w.anItem(), Part: plan.PartDone, Text: "Somebody did it."}); !ok || a != want || of != w.r.Plan.Origin.Lifecycle {
		t.Errorf("it proposes %+v to %+v", a, of)
	}
	w.refused(w.accept(member, no), "denied")
	w.refused(w.accept(manager, no), "denied")
	w.refused(w.move(admin, no, "accepted", ""), "refused") // without a document
	w.ok(w.accept(admin, no))
	w.ok(w.r.MoveRecord(w.actor(admin), no, "", review.RecordMove{To: "accepted", Given: record.Values{"document": "house", "version": "3"}}, w.tick())) // sent twice
	if rec := w.r.Records[no-1]; !rec.Closed() || rec.Values["document"] != "house" || rec.Version != 3 {
		t.Errorf("it is %+v", rec)
	}
	w.refused(w.rewrite(member, no, func(in *review.NewRecord) { in.Title = "Other" }), "refused")
	w.ok(w.move(member, no, "proposed", ""))
	if rec := w.r.Records[no-1]; rec.Values["document"] != "" || rec.Values["version"] != "" {
		t.Errorf("proposed again, it is still taken up: %+v", rec.Values)
	}
	w.refused(w.move(admin, no, "declined", ""), "invalid")
	w.ok(w.move(admin, no, "declined", "It says so elsewhere."))
	w.replays()
}

// What the program fills in, nobody types.
func TestNobodyTypesWhoTookALessonUp(t *testing.T) {
	w := newWorld(t)
	no := w.add(mate, "lesson", aLesson(record.Values{"document": "house", "version": "3"}))
	w.ok(w.rewrite(mate, no, func(in *review.NewRecord) {
		in.Title, in.Values = "Other", in.Values.With(record.Values{"document": "house"})
	}))
	if v := w.r.Records[no-1].Values; v["document"] != "" || v["version"] != "" {
		t.Errorf("%+v", v)
	}
}

// Whoever owns a lesson does not decide on it, whatever else they may do.
func TestNobodyDecidesOnTheirOwnLesson(t *testing.T) {
	w := newWorld(t)
	in := aLesson(record.Values{"part": "why", "wording": "Because."})
	in.Owner, in.Item = admin, w.anItem()
	no := w.add(mate, "lesson", in)
	w.ok(w.move(mate, no, "proposed", ""))
	w.refused(w.accept(admin, no), "denied")
	w.refused(w.move(admin, no, "declined", "no"), "denied")
}

func TestLessonsThatAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		values record.Values
		field  string
	}{
		"from nowhere":               {record.Values{"from": ""}, "from"},
		"a record that there is not": {record.Values{"from": "incident", "source": "I7"}, "source"},
		"a record of another kind":   {record.Values{"from": "incident", "source": "R1"}, "source"},
		"a gate that was not sent":   {record.Values{"from": "return", "source": "1/build/1"}, "source"},
		"a gate of another review":   {record.Values{"from": "return", "source": "2/build/1"}, "source"},
		"no gate at all":             {record.Values{"from": "return", "source": "I2"}, "source"},
		"an incident, it says":       {record.Values{"from": "return", "source": "I2"}, "source"},
		"words of nothing":           {record.Values{"wording": "x"}, "part"},
		"nothing but a part":         {record.Values{"part": "why"}, "wording"},
		"a title of two lines":       {record.Values{"part": "title", "wording": "a\nb"}, "wording"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.add(member, "risk", aRisk("1", "1"))
			w.add(member, "incident", review.NewRecord{RecordFields: review.RecordFields{Title: "Cards", Values: record.Values{"severity": "2", "started": "2026-03-01T10:00"}}})
			err := w.silent(func() error {
				_, err := w.r.OpenRecord(w.actor(member), "lesson", aLesson(tt.values), w.tick())
				return err
			})
			var wrong *review.Invalid
			if !errors.As(err, &wrong) || wrong.Fields[0].Field != tt.field || len(wrong.Fields) != 1 {
				t.Errorf("%v", err)
			}
		})
	}
}

// A lesson remembers the gate that it came from when the next review has begun.
func TestALessonOfAReturnedGate(t *testing.T) {
	w := newWorld(t)
	w.fill(build)
	w.ok(w.request(owner, build))
	w.ok(w.sendBack(quinn, build, plan.SeatQA, "Too thin."))
	no := w.add(member, "lesson", aLesson(record.Values{"from": "return", "source": "1/build/1"}))
	w.refused(w.rewrite(member, no, func(in *review.NewRecord) { in.Values = record.Values{"from": "incident", "source": "1/build/1"} }), "invalid")
	w.r.No = 2 // as after the next review has begun
	w.ok(w.rewrite(member, no, func(in *review.NewRecord) { in.Title = "Other" }))
}
