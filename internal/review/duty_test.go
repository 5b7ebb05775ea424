package review_test

import (
	"errors"
	"maps"
	"testing"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// One press notes that somebody was told, now; it can be put right afterwards, and a
// second press changes nothing.
func TestTheyWereTold(t *testing.T) {
	w := newWorld(t)
	start := w.tick().Format(record.MomentLayout)
	values := record.Values{
		"severity": "2", "started": start, "authority": "The DPA", "deadline": "2027-01-01T10:00",
		"authority-2": "The DPA", "deadline-2": "2027-01-02T10:00",
	}
	no := w.add(member, record.Incident, review.NewRecord{RecordFields: review.RecordFields{Title: "Cards", Values: values}})
	other := w.add(member, "risk", aRisk("1", "1"))
	told := func(p review.PersonID, no int, whom string) error { return w.r.Told(w.actor(p), no, whom, w.tick()) }
	w.refused(told(viewer, no, "The DPA"), "denied")
	w.refused(told(member, no, "Somebody"), "outdated")
	w.refused(told(member, no, ""), "outdated")
	if err := told(member, other, "The DPA"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("of a risk: %v", err)
	}
	w.ok(told(member, no, "The DPA"))
	if v := w.r.Records[no-1].Values; v["notified"] != w.now.Format(record.MomentLayout) || v["notified-2"] != "" {
		t.Errorf("noted are %v", v)
	}
	w.ok(told(member, no, "The DPA")) // the second of that name
	before := len(w.r.Recorded())
	w.ok(told(member, no, "The DPA"))
	if v := w.r.Records[no-1].Values; v["notified-2"] == "" || len(w.r.Recorded()) != before {
		t.Errorf("noted are %v", v)
	}
	at := func(moment string) func(*review.NewRecord) {
		return func(in *review.NewRecord) {
			in.Values = maps.Clone(in.Values)
			in.Values["notified"] = moment
		}
	}
	w.ok(w.rewrite(member, no, at(start)))
	w.refused(w.rewrite(member, no, at("2020-01-01T10:00")), "invalid")
	w.replays()
}
