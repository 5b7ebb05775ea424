package gate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// ConditionsAtOnce is the most conditions that one form takes.
const ConditionsAtOnce = 20

// conditionsFolded is how many more rows the form has folded, one in another, so
// that the next can be added without asking the server.
const conditionsFolded = 3

// ConditionField names a field of a row of the form of a conditional go, from
// 1: its text, owner or due.
func ConditionField(part string, no int) string { return "condition-" + part + "-" + strconv.Itoa(no) }

func conditionFieldID(part string, no int) string {
	return FormSign + "-" + ConditionField(part, no)
}

// conditionRow is one row of that form.
type conditionRow struct {
	no               int // from 1
	title            string
	text, owner, due ui.Field
	owners           []ui.Option
}

// conditionRows are the rows that were filled in or asked for, at least one; and
// after them a few that are folded. Who signs again finds what they asked for
// the last time.
func (v *view) conditionRows() (open, folded []conditionRow) {
	typed := v.Form.Typed
	if v.Form.Action != FormSign {
		typed = nil
	}
	before := v.conditionsBefore()
	n := max(1, v.Form.Rows, len(before))
	for no := 1; no <= ConditionsAtOnce && typed != nil; no++ {
		if typed.Get(ConditionField("text", no))+typed.Get(ConditionField("owner", no))+typed.Get(ConditionField("due", no)) != "" {
			n = max(n, no)
		}
	}
	n = min(n, ConditionsAtOnce)
	rows := make([]conditionRow, min(n+conditionsFolded, ConditionsAtOnce))
	for i := range rows {
		field := func(part, label string) ui.Field {
			name := ConditionField(part, i+1)
			return ui.Field{ID: conditionFieldID(part, i+1), Name: name, Label: label, Value: typed.Get(name)}
		}
		row := conditionRow{
			no: i + 1, title: "Condition " + strconv.Itoa(i+1), text: field("text", "What has to be done"), owner: field("owner", "By whom"),
			due: field("due", "By when"),
		}
		if i < len(before) {
			c := before[i]
			row.text.Value, row.owner.Value, row.due.Value = c.Text, strconv.FormatInt(int64(c.Owner), 10), review.FormatDate(c.Due)
		}
		if typed != nil {
			row.text.Error, row.owner.Error, row.due.Error = v.Form.Errors[row.problem("")], v.Form.Errors[row.problem("-owner")], v.Form.Errors[row.problem("-due")]
		}
		row.owners = v.ownerOptions(row.owner.Value)
		rows[i] = row
	}
	return rows[:n], rows[n:]
}

// problem is what the domain calls a part of the condition when it is wrong.
func (r *conditionRow) problem(part string) string { return "conditions-" + strconv.Itoa(r.no) + part }

// conditionErrors are what is wrong with the rows, in their order.
func (v *view) conditionErrors() []ui.FieldError {
	var out []ui.FieldError
	rows, _ := v.conditionRows()
	for _, row := range rows {
		for _, f := range []ui.Field{row.text, row.owner, row.due} {
			if f.Error != "" {
				out = append(out, ui.FieldError{Name: f.ID, Text: row.title + ", " + strings.ToLower(f.Label) + ": " + f.Error})
			}
		}
	}
	return out
}

// conditionsBefore are those that the reader set in the open round when they
// signed earlier content, unless the form holds something newer.
func (v *view) conditionsBefore() []review.Condition {
	if s := v.signing(); v.Form.Action == FormSign || s.stale == nil || s.stale.Decision != review.Conditional {
		return nil
	}
	return slices.DeleteFunc(v.conditionsOf(v.open), func(c review.Condition) bool { return c.By != v.Actor.Person })
}

// unfolded reports whether a part of the form that belongs to one decision stays
// in sight whatever is chosen: it holds what is wrong.
func (v *view) unfolded(d review.Decision) bool {
	if d == review.Conditional {
		return len(v.conditionErrors()) > 0 || v.Form.Rows > 0
	}
	return v.findingsField().Error != ""
}

// ownerOptions are the people who can be given a condition: those of the
// project first.
func (v *view) ownerOptions(chosen string) []ui.Option {
	options := []ui.Option{{Label: "Choose"}}
	var rest []ui.Option
	for _, p := range v.People {
		o := ui.Option{Value: strconv.FormatInt(int64(p.ID), 10), Label: p.Name}
		o.Selected = o.Value == chosen
		if d := v.Review.Project.Duty(p.ID); d != "" {
			o.Label += " (" + string(d) + ")"
			options = append(options, o)
		} else {
			rest = append(rest, o)
		}
	}
	return append(options, rest...)
}

func (v *view) findField() ui.Field {
	f := v.field(FormSign, "find", "Part of the name")
	f.Optional = true
	return f
}

// moreRows is how many rows the button asks for that adds some.
func (v *view) moreRows() string {
	open, folded := v.conditionRows()
	return strconv.Itoa(len(open) + len(folded))
}

// sameRows is how many rows stay when people are looked for.
func (v *view) sameRows() string {
	open, _ := v.conditionRows()
	return strconv.Itoa(len(open))
}

// conditions are those that the page lists first: of the open round, or of the
// round by which the gate passed, and those of earlier rounds and reviews that
// are still to be closed.
func (v *view) conditions() []review.Condition {
	if v.open == nil {
		return v.Stage.GateConditions()
	}
	return append(v.Stage.OpenConditions(), v.conditionsOf(v.open)...)
}

// conditionsOf are a round's conditions, but for those that were replaced.
func (v *view) conditionsOf(ro *review.Round) []review.Condition {
	var out []review.Condition
	for _, c := range v.Stage.Conditions {
		if c.Review == 0 && c.Round == ro.No && c.DroppedAt.IsZero() {
			out = append(out, c)
		}
	}
	return out
}

// conditionLook says how a condition stands. One of a round that is still open
// asks nothing of anybody yet.
func (v *view) conditionLook(c *review.Condition) (ui.State, string) {
	switch {
	case c.Closed():
		return ui.Met, "Confirmed"
	case !v.Stage.Binds(c):
		return ui.Open, "Asked for"
	case c.Overdue(v.Now) && !c.MetAt.IsZero():
		return ui.Bad, "Overdue, reported as met"
	case c.Overdue(v.Now):
		return ui.Bad, "Overdue"
	case !c.MetAt.IsZero():
		return ui.Wait, "Reported as met"
	}
	return ui.Part, "Open"
}

// conditionsOpen is how many are still to close.
func (v *view) conditionsOpen() string {
	open := 0
	for _, c := range v.conditions() {
		if !c.Closed() {
			open++
		}
	}
	return page.CountOf(open, "condition") + " still to close"
}

// conditionsLead says what the conditions mean now.
func (v *view) conditionsLead() string {
	if v.open != nil && len(v.Stage.OpenConditions()) == 0 {
		return "They apply once the gate passes."
	}
	if v.open != nil {
		return "What is open of earlier rounds stays so, whatever this one decides, until it is confirmed or released. What this round asks for applies once the gate passes."
	}
	if !slices.ContainsFunc(v.conditions(), func(c review.Condition) bool { return !c.Closed() }) {
		return "All are closed."
	}
	return v.conditionsOpen() + ". The owner reports it as met; a holder of the seat that set it confirms. One that is overdue reopens the gate."
}

// binding reports whether a condition can be worked on: a round has passed the
// gate on it, and it is still open.
func (v *view) binding(c *review.Condition) bool {
	return v.Stage.Binds(c) && !c.Closed() && v.Review.Project.Status != review.StatusStopped
}

func (v *view) mayMeet(c *review.Condition) bool {
	d := v.Review.Project.Duty(v.Actor.Person)
	return v.binding(c) && v.may(review.CloseCondition) && (c.Owner == v.Actor.Person || d == review.DutyOwner || d == review.DutyDeputy)
}

func (v *view) mayJudgeCondition(c *review.Condition) bool {
	return v.binding(c) && v.Review.MayJudgeCondition(v.Actor, v.stage, c.No)
}

func (v *view) mayRelease(c *review.Condition) bool {
	return v.binding(c) && v.Review.MayReleaseCondition(v.Actor, v.stage, c.No)
}

func (v *view) mayJudgeFinding(f *review.Finding) bool {
	return v.Review.MayJudgeFinding(v.Actor, v.stage, f.No)
}

func (v *view) metField(c *review.Condition) ui.Field {
	f := v.field(FormMet(c.No), "note", "What was done for condition "+strconv.Itoa(c.No)+", or where it can be seen")
	if f.Value == "" && v.Form.Action != FormMet(c.No) {
		f.Value = c.Note
	}
	return f
}

func (v *view) stillMissingField(c *review.Condition) ui.Field {
	return v.field(FormReopen(c.No), "reason", "What is still missing of condition "+strconv.Itoa(c.No))
}

func (v *view) releaseField(c *review.Condition) ui.Field {
	return v.field(FormRelease(c.No), "reason", "Why condition "+strconv.Itoa(c.No)+" is no longer needed, and what takes its place")
}

func (v *view) leftOpenField(f *review.Finding) ui.Field {
	return v.field(FormFindingReopen(f.No), "reason", "What the answer to finding "+strconv.Itoa(f.No)+" leaves open")
}

// setBy says who asked for a condition, in which seat and when it mattered.
func (v *view) setBy(c *review.Condition) string {
	return v.Name(c.By) + " (" + c.Seat.Label() + ") in " + setIn(c)
}

// setIn is the round in which a condition was set.
func setIn(c *review.Condition) string {
	s := "round " + strconv.Itoa(c.Round)
	if c.Review != 0 {
		s += " of review " + strconv.Itoa(c.Review) + ", carried over"
	}
	return s
}

// findingLook says how a finding stands.
func findingLook(f *review.Finding) (ui.State, string) {
	switch {
	case !f.AcceptedAt.IsZero():
		return ui.Met, "Accepted"
	case f.Answered():
		return ui.Part, "Answered, not accepted yet"
	case f.Reopened != "":
		return ui.Bad, "To be answered again"
	}
	return ui.Bad, "To be answered"
}
