package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/record"
)

// maxReadings is how often something can be read of one record.
const maxReadings = 2000

// Reading is a figure that was read of a record at a moment, such as the share of
// requests that were good. Gates show the latest; signatures do not bind to it,
// since what runs is read again while a gate waits.
type Reading struct {
	No    int            `json:"no"`
	Value record.Decimal `json:"value"`
	At    string         `json:"at"` // the moment of which it is true, as in [record.MomentLayout]
	Note  string         `json:"note,omitempty"`
	URL   SafeURL        `json:"url,omitempty"`
	By    PersonID       `json:"by"`
	Noted time.Time      `json:"noted"`
	// Who struck it out, when, and why; 0 while it counts.
	StruckBy PersonID  `json:"struck_by,omitempty"`
	Struck   time.Time `json:"struck,omitzero"`
	Why      string    `json:"why,omitempty"`
}

// Moment is the moment of which the figure is true.
func (re *Reading) Moment() time.Time {
	at, _ := time.Parse(record.MomentLayout, re.At) // as it was checked when it was noted
	return at
}

// latest finds the reading of the latest moment that counts; nil: none. Of two of
// one moment it is the one that was noted later.
func (rec *Record) latest() *Reading {
	var last *Reading
	for i := range rec.Readings {
		if re := &rec.Readings[i]; re.StruckBy == 0 && (last == nil || re.At >= last.At) {
			last = re
		}
	}
	if last == nil {
		return nil
	}
	own := *last
	return &own
}

// Series are the readings that count, in the order of their moments.
func (rec *Record) Series() []Reading {
	out := slices.DeleteFunc(slices.Clone(rec.Readings), func(re Reading) bool { return re.StruckBy != 0 })
	slices.SortStableFunc(out, func(a, b Reading) int { return cmp.Compare(a.At, b.At) })
	return out
}

// Verdict is how what was read last compares with what the record aims at.
func (rec *Record) Verdict() record.Verdict {
	reads := rec.Def().Reads
	if reads == nil || rec.Latest == nil {
		return record.NoTarget
	}
	return reads.Verdict(rec.Values, rec.Latest.Value)
}

// Alarm is why the record asks for attention wherever its project is listed.
func (rec *Record) Alarm() record.Alarm {
	k := rec.Def()
	switch {
	case rec.Closed():
		return record.NoAlarm
	case rec.Verdict() == record.Misses:
		return record.OffTarget
	case k.Alarm != nil:
		return k.Alarm(rec.State, rec.Values)
	}
	return record.NoAlarm
}

// NewReading is what a person types about a figure that was read.
type NewReading struct {
	Value, At, Note, URL string
	Rules                LinkRules
}

// aheadOfUs is how far a moment that was typed may lie in the future: clocks differ.
const aheadOfUs = 5 * time.Minute

// NoteReading keeps a figure that was read of a record. The same form sent twice
// keeps one.
func (r *Review) NoteReading(by Actor, no int, in NewReading, at time.Time) error {
	rec, err := r.recordToChange(by, no)
	if err != nil {
		return err
	}
	reads := rec.Def().Reads
	if reads == nil {
		return refuse("No values are noted for %s.", rec.Def().Many)
	}
	re, err := rec.reading(in, at)
	if err != nil {
		return err
	}
	for i := range rec.Readings {
		if same := &rec.Readings[i]; same.StruckBy == 0 && same.By == by.Person && same.Value == re.Value && same.At == re.At && same.Note == re.Note && same.URL == re.URL {
			return nil
		}
	}
	if rec.Closed() {
		return refuse("%s is %s. Bring it back first, and note the value then.", rec.Name(), strings.ToLower(rec.Standing().Label))
	}
	if len(rec.Readings) >= maxReadings {
		return refuse("%s has %d values, which is the most that are kept.", rec.Name(), maxReadings)
	}
	return r.record(by, at, ReadingNoted{
		No: no, Type: rec.Kind, Stage: rec.Stage, Reading: len(rec.Readings) + 1, Value: re.Value, At: re.At, Note: re.Note, URL: re.URL,
	})
}

// reading checks what was typed about a figure.
func (rec *Record) reading(in NewReading, at time.Time) (Reading, error) {
	var c input
	var re Reading
	reads := rec.Def().Reads
	c.require("value", strings.TrimSpace(in.Value), "write the figure")
	d, ok := c.decimal("value", reads.Bare(rec.Values, in.Value))
	if re.Value = d; ok && reads.Check != nil {
		if wrong := reads.Check(rec.Values, d); wrong != "" {
			c.problems.Add("value", wrong)
		}
	}
	re.At = c.moment("at", in.At)
	c.require("at", strings.TrimSpace(in.At), "say when that was")
	if re.At != "" && re.Moment().After(at.Add(aheadOfUs)) {
		c.problems.Add("at", "lies in the future")
	}
	re.Note = c.text("note", in.Note, MaxReason)
	re.URL = c.link("url", in.URL, in.Rules)
	return re, c.problems.Err()
}

// StrikeReading strikes out a figure that was wrong. It stays readable, and counts
// no longer.
func (r *Review) StrikeReading(by Actor, no, reading int, reason string, at time.Time) error {
	rec, err := r.recordToChange(by, no)
	if err != nil {
		return err
	}
	if reading < 1 || reading > len(rec.Readings) {
		return ErrNotFound
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	c.require("reason", reason, "say what is wrong with it")
	if err := c.problems.Err(); err != nil {
		return err
	}
	if rec.Readings[reading-1].StruckBy != 0 {
		return nil // somebody was quicker
	}
	return r.record(by, at, ReadingStruck{No: no, Type: rec.Kind, Stage: rec.Stage, Reading: reading, Reason: reason})
}

func (e ReadingNoted) fold(r *Review, en Entry) error {
	rec, err := r.recordOf(e.No, e.Type)
	if err != nil {
		return err
	}
	if e.Reading != len(rec.Readings)+1 {
		return fmt.Errorf("reading %d of record %d follows %d", e.Reading, e.No, len(rec.Readings))
	}
	// what others hold of the record does not change
	rec.Readings = append(slices.Clip(rec.Readings), Reading{No: e.Reading, Value: e.Value, At: e.At, Note: e.Note, URL: e.URL, By: en.Actor, Noted: en.At})
	rec.Latest = rec.latest()
	return nil
}

func (e ReadingStruck) fold(r *Review, en Entry) error {
	rec, err := r.recordOf(e.No, e.Type)
	if err != nil {
		return err
	}
	if e.Reading < 1 || e.Reading > len(rec.Readings) {
		return fmt.Errorf("record %d has no reading %d", e.No, e.Reading)
	}
	rec.Readings = slices.Clone(rec.Readings)
	re := &rec.Readings[e.Reading-1]
	re.StruckBy, re.Struck, re.Why = en.Actor, en.At, e.Reason
	rec.Latest = rec.latest()
	return nil
}
