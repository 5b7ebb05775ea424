package page

import (
	"fmt"
	"strings"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// RecordLook is the shape and colour of a record's state: open ones ask for
// something, closed ones for nothing.
func RecordLook(st *record.State, overdue bool) ui.State {
	switch {
	case overdue:
		return ui.Warn
	case st.Closed && st.AtGate:
		return ui.NA
	case st.Closed:
		return ui.Met
	case st.By == record.Judges:
		return ui.Waived
	case st.AtGate && len(st.Needs) > 0:
		return ui.Part
	}
	return ui.Open
}

// record tells what happened to a record.
func (t Teller) record(out *ui.Entry, ev review.Event) {
	switch e := ev.(type) {
	case review.RecordOpened:
		t.toRecord(out, e.Type, e.No)
		k := kindOf(e.Type)
		out.State, out.What = ui.Open, "added the "+k.One
		out.Why = e.Record.Title
		if e.Record.Owner != 0 {
			out.Why += "\nOwned by " + t.Names(e.Record.Owner)
		}
		for _, f := range k.Fields {
			if f.Type == record.Project && e.Record.Values[f.Key] != "" {
				out.Why += "\n" + f.Label + ": " + OtherName(t.Others, e.Record.Values[f.Key])
			}
		}
		if text := gatesThen(e.Gates); text != "" {
			out.Why += "\n" + text
		}
	case review.RecordEdited:
		t.toRecord(out, e.Type, e.No)
		out.What = "changed the " + kindOf(e.Type).One
		var lines []string
		for _, c := range e.Changes {
			lines = append(lines, t.recordChange(kindOf(e.Type), c))
		}
		if len(e.Changes) == 0 {
			owner := "It has no owner from then on."
			if e.Record.Owner != 0 {
				owner = "Owner: " + t.Names(e.Record.Owner)
			}
			lines = append(lines, owner)
		}
		out.Why = strings.Join(lines, "\n")
	case review.RecordMoved:
		t.toRecord(out, e.Type, e.No)
		k := kindOf(e.Type)
		if to := k.State(e.To); to != nil {
			out.State = RecordLook(to, false)
		}
		out.What = fmt.Sprintf("moved the %s from “%s” to “%s”:", k.One, recordState(k, e.From), recordState(k, e.To))
		out.Why = strings.TrimSpace(strings.Join(append([]string{e.Reason}, append(RecordLines(k, e.Set, t.Others), gatesThen(e.Gates))...), "\n"))
	case review.RecordHandedOn:
		t.toRecord(out, e.Type, e.No)
		out.What = fmt.Sprintf("handed the %s from %s to %s:", kindOf(e.Type).One, t.Names(e.From), t.Names(e.Owner))
		out.Why = e.Reason
	case review.ReadingNoted:
		t.toRecord(out, e.Type, e.No)
		out.What = "noted a value of"
		out.Why = strings.TrimSpace(strings.Join([]string{e.Value.String() + " at " + MomentOf(e.At), e.Note, string(e.URL)}, "\n"))
	case review.ReadingStruck:
		t.toRecord(out, e.Type, e.No)
		out.What, out.Why = fmt.Sprintf("struck out value %d of", e.Reading), e.Reason
	case review.RecordDiscussed:
		t.toRecord(out, e.Type, e.No)
		out.What, out.Why = "commented on", e.Text
	}
}

// kindOf is a kind with which a trail's entry can be told, known or not.
func kindOf(k record.Key) *record.Kind {
	if known := record.Of(k); known != nil {
		return known
	}
	return &record.Kind{Key: k, One: "record"}
}

func recordState(k *record.Kind, s record.StateKey) string {
	if st := k.State(s); st != nil {
		return strings.ToLower(st.Label)
	}
	return string(s)
}

func (t Teller) toRecord(out *ui.Entry, k record.Key, no int) {
	out.Thing, out.Href = fmt.Sprintf("%s%d", kindOf(k).Mark, no), RecordURL(t.Project, k, no)
}

// recordChange says what a field says instead of what it said.
func (t Teller) recordChange(k *record.Kind, c review.Change) string {
	label, from, to := RecordFieldLabel(k, c.Field), c.From, c.To
	if f := k.Field(record.FieldKey(c.Field)); f != nil {
		from, to = RecordValue(f, from, t.Others), RecordValue(f, to, t.Others)
	}
	switch {
	case from == "":
		return label + ": " + to
	case to == "":
		return label + " removed; it was: " + from
	}
	return label + ": " + to + "; it was: " + from
}

// RecordFieldLabel is what pages call a field of records.
func RecordFieldLabel(k *record.Kind, field string) string {
	switch field {
	case "title":
		return "Title"
	case "text":
		return k.Text
	case "due":
		return k.Due
	case "stage":
		return "Gate"
	case "item":
		return "Item"
	case "links":
		return "Links"
	}
	if f := k.Field(record.FieldKey(field)); f != nil {
		return f.Label
	}
	return field
}

// RecordLines say what fields of a kind hold, a line each; fields that hold nothing
// are left out.
func RecordLines(k *record.Kind, values record.Values, others review.Others) []string {
	var lines []string
	for i := range k.Fields {
		if text := RecordValue(&k.Fields[i], values[k.Fields[i].Key], others); text != "" {
			lines = append(lines, k.Fields[i].Label+": "+text)
		}
	}
	return lines
}

// RecordValue is what a field says, in words.
func RecordValue(f *record.Field, v string, others review.Others) string {
	switch f.Type {
	case record.Choice:
		if o := f.Option(v); o != nil {
			return o.Label
		}
	case record.Project:
		return OtherName(others, v)
	case record.Date:
		return day(v)
	case record.Source:
		if p := record.SplitPoint(v); p.No > 0 {
			return fmt.Sprintf("%s %d of the gate of %s in review %d", pointWord(p.What), p.No, p.Stage, p.Review)
		}
	case record.Moment:
		return MomentOf(v)
	}
	return v
}

// pointWord is what something at a gate is called.
func pointWord(w record.What) string {
	switch w {
	case record.AtWaiver:
		return "waiver"
	case record.AtFinding:
		return "finding"
	}
	return "round"
}

// MomentOf is a moment as it is stored, in words; empty: none.
func MomentOf(stored string) string {
	if stored == "" {
		return ""
	}
	return strings.Replace(stored, "T", " ", 1) + " UTC"
}
