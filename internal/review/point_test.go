package review_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

func from(in review.NewRecord, source string) review.NewRecord {
	in.Values = in.Values.With(record.Values{record.CameFrom: source})
	return in
}

func aDebt() review.NewRecord {
	return review.NewRecord{RecordFields: review.RecordFields{Title: "By hand", Due: "2099-01-02", Values: record.Values{"cost": "An hour a week"}}}
}

// A record remembers the waiver it came up with, and finds it wherever a change of the
// plan has moved the item since.
func TestARecordOfAWaiver(t *testing.T) {
	w := newWorld(t)
	w.ok(w.waive(member, build, "tests", "2027-01-01"))
	no := w.add(member, "risk", from(aRisk("1", "1"), "1/build/w1"))
	w.add(member, "debt", from(aDebt(), "1/build/w1"))
	if got := w.r.CameFrom("1/build/w1"); len(got) != 2 || got[0].No != no {
		t.Errorf("%d records came from it", len(got))
	}
	w.replays()
	refused := func(kind record.Key, in review.NewRecord, source string) {
		t.Helper()
		w.refused(w.silent(func() error {
			_, err := w.r.OpenRecord(w.actor(member), kind, from(in, source), w.tick())
			return err
		}), "invalid")
	}
	for _, source := range []string{"1/build/w2", "1/design/w1", "2/build/w1", "1/build/f1", "1/build/1"} {
		refused("risk", aRisk("2", "2"), source)
	}
	wv := w.stage(build).Waivers[0]
	w.stage(build).Waivers = nil
	wv.Home, wv.No = review.Position{Stage: build, Item: "tests", No: 1}, 4
	w.stage(design).Waivers = append(w.stage(design).Waivers, wv)
	if s, got := w.r.WaiverAt(record.SplitPoint("1/build/w1")); got == nil || s.Def.Key != design {
		t.Errorf("moved, it is not found")
	}
	refused("risk", aRisk("2", "2"), "1/design/w4")
}

// What there is of a kind that the lifecycle no longer uses goes on; nothing is added.
func TestKindsThatTheLifecycleDoesNotUse(t *testing.T) {
	w := newWorld(t)
	no := w.add(member, "debt", aDebt())
	p := *w.r.Plan
	p.Keeps = []record.Key{"risk"}
	w.r.Plan = &p
	w.refused(w.silent(func() error {
		_, err := w.r.OpenRecord(w.actor(member), "debt", aDebt(), w.tick())
		return err
	}), "refused")
	w.ok(w.rewrite(member, no, func(in *review.NewRecord) { in.Title = "Still by hand" }))
	w.ok(w.move(member, no, "paid", ""))
	w.add(member, "risk", aRisk("1", "1"))
}

func TestARecordOfAFinding(t *testing.T) {
	w := newWorld(t)
	w.fill(build)
	w.ok(w.request(owner, build))
	w.ok(w.sendBack(quinn, build, plan.SeatQA, "Too thin."))
	w.add(member, "debt", from(aDebt(), "1/build/f1"))
	w.add(member, "lesson", aLesson(record.Values{"from": "return", record.CameFrom: "1/build/f1"}))
	for _, source := range []string{"1/build/f2", "1/build/1"} {
		w.refused(w.silent(func() error {
			_, err := w.r.OpenRecord(w.actor(member), "debt", from(aDebt(), source), w.tick())
			return err
		}), "invalid")
	}
	w.replays()
}
