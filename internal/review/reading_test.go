package review_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// anObjective is what somebody types of an objective.
func anObjective(share string) review.NewRecord {
	return review.NewRecord{RecordFields: review.RecordFields{
		Title: "Payments are confirmed", Owner: member, Values: record.Values{"indicator": "confirmed within a second", "objective": share, "window": "28d"},
	}}
}

func (w *world) read(p review.PersonID, no int, value, at string) error {
	return w.r.NoteReading(w.actor(p), no, review.NewReading{Value: value, At: at}, w.tick())
}

// What was read counts by its moment, not by when it was noted, until it is struck out.
func TestTheLatestReadingCounts(t *testing.T) {
	w := newWorld(t)
	no := w.add(mate, "objective", anObjective("99,5"))
	rec := func() *review.Record { return &w.r.Records[no-1] }
	if rec().Values["objective"] != "99.5" || rec().Verdict() != record.NoTarget {
		t.Errorf("it begins as %+v", rec())
	}
	seen := w.seen(no)
	w.ok(w.read(member, no, "99.62", "2025-11-02T10:00"))
	w.ok(w.read(mate, no, "99.1", "2025-11-01T10:00")) // noted later, and older
	if rec().Latest.Value.String() != "99.62" || rec().Verdict() != record.Meets {
		t.Errorf("the latest is %+v", rec().Latest)
	}
	w.ok(w.read(mate, no, "99.1", "2025-11-01T10:00")) // the same form again
	w.ok(w.read(mate, no, "98", "2025-11-02T10:00"))   // of two of one moment the second is right
	if rec().Latest.Value.String() != "98" || rec().Verdict() != record.Misses || len(rec().Readings) != 3 {
		t.Errorf("the latest is %+v of %d", rec().Latest, len(rec().Readings))
	}
	w.refused(w.r.StrikeReading(w.actor(mate), no, 3, " ", w.tick()), "invalid")
	w.refused(w.r.StrikeReading(w.actor(mate), no, 4, "Wrong.", w.tick()), "not found")
	w.refused(w.r.StrikeReading(w.actor(viewer), no, 3, "Wrong.", w.tick()), "denied")
	w.ok(w.r.StrikeReading(w.actor(mate), no, 3, "The wrong line.", w.tick()))
	w.ok(w.r.StrikeReading(w.actor(member), no, 3, "Too late.", w.tick()))
	if rec().Latest.Value.String() != "99.62" || rec().Readings[2].Why != "The wrong line." || rec().Version != 1 {
		t.Errorf("the latest is %+v, and what was struck out %+v", rec().Latest, rec().Readings[2])
	}
	if series := rec().Series(); len(series) != 2 || series[0].Value.String() != "99.1" {
		t.Errorf("the series is %+v", series)
	}
	if w.seen(no) != seen {
		t.Error("whoever edits the record would be told that it has changed")
	}
	w.replays()
}

// What is wrong with a figure is said by field, and nothing is kept of it.
func TestReadingsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	no, risk := w.add(mate, "objective", anObjective("99.5")), w.add(mate, "risk", aRisk("1", "1"))
	for _, c := range []struct{ value, at, want string }{
		{"", "2025-11-01T10:00", "invalid"},
		{"much", "2025-11-01T10:00", "invalid"},
		{"1,500", "2025-11-01T10:00", "invalid"},
		{"100.1", "2025-11-01T10:00", "invalid"},
		{"-1", "2025-11-01T10:00", "invalid"},
		{"99", "", "invalid"},
		{"99", "yesterday", "invalid"},
		{"99", "2199-01-01T10:00", "invalid"},
	} {
		w.refused(w.read(member, no, c.value, c.at), c.want)
	}
	in := review.NewReading{Value: "99", At: "2025-11-01T10:00", URL: "javascript:alert(1)"}
	w.refused(w.r.NoteReading(w.actor(member), no, in, w.tick()), "invalid")
	w.refused(w.read(member, risk, "3", "2025-11-01T10:00"), "refused")
	w.refused(w.read(viewer, no, "99", "2025-11-01T10:00"), "denied")
	w.ok(w.move(member, no, "retired", "Another one is in force."))
	w.refused(w.read(member, no, "99", "2025-11-01T10:00"), "refused")
	for _, bad := range []string{"0", "100", "100.5", "-3", "most", "99.1234567"} {
		_, err := w.r.OpenRecord(w.actor(mate), "objective", anObjective(bad), w.tick())
		w.refused(err, "invalid")
	}
	if n := len(w.r.Records[no-1].Readings); n != 0 {
		t.Errorf("%d were kept", n)
	}
	again := w.add(mate, "objective", anObjective("99,6 %"))
	w.ok(w.read(mate, again, "99,9 %", "2025-10-01T10:00"))
	if rec := w.r.Records[again-1]; rec.Values["objective"] != "99.6" || rec.Latest.Value.String() != "99.9" {
		t.Errorf("99,6 %% and 99,9 %% are read as %s and %s", rec.Values["objective"], rec.Latest.Value)
	}
}

// A signature binds to what is promised, and not to how it was last: figures are
// read while a gate waits.
func TestAReadingTakesNoSignatureBack(t *testing.T) {
	w := newWorld(t)
	no := w.add(mate, "objective", anObjective("99.5"))
	signed := func() review.Digest { return w.r.Digest(w.r.Stage(design)) }
	before := signed()
	w.ok(w.read(member, no, "97", "2025-11-01T10:00"))
	if signed() != before {
		t.Error("a reading changed what is signed")
	}
	w.ok(w.rewrite(member, no, func(in *review.NewRecord) { in.Values = anObjective("95").Values }))
	if signed() == before {
		t.Error("another objective did not")
	}
}
