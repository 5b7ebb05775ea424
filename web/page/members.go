package page

import (
	"slices"
	"strconv"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// MembersData are the people of a project, to be changed.
type MembersData struct {
	Actor   review.Actor
	Project *review.Project

	Template *plan.Lifecycle // for the names of the stages
	Names    Names
	Member   MemberForm

	Find     string   // what people are searched by
	People   []Choice // found
	Many     bool     // there are more than are listed
	NoPeople bool     // the reader may not look people up

	Owner  review.PersonID   // asked about: to be the owner; 0: nobody
	Remove review.PersonID   // asked about: to be taken off; 0: nobody
	Away   []review.PersonID // who cannot sign in
	Tasks  []review.Task     // that they would leave behind
	Done   int               // items assigned to them that ask for nothing now
}

// stageName is the name of the stage that a task is in.
func (d *MembersData) stageName(t *review.Task) string {
	if i := d.Template.StageIndex(t.Stage); i >= 0 {
		return stageShort(&d.Template.Stages[i])
	}
	return string(t.Stage)
}

// alsoDone says what is handed over beside the tasks; empty for nothing.
func (d *MembersData) alsoDone() string {
	switch d.Done {
	case 0:
		return ""
	case 1:
		return "1 item that is done or does not apply is assigned to them as well, and changes hands with the rest."
	}
	return CountOf(d.Done, "item") + " that are done or do not apply are assigned to them as well, and change hands with the rest."
}

// ask is the address that asks before something is done with a person.
func (d *MembersData) ask(what string, person review.PersonID) string {
	return MembersURL(d.Project.Key) + "?" + what + "=" + strconv.FormatInt(int64(person), 10)
}

// taskURL is where a task is seen to.
func taskURL(p review.ProjectKey, t *review.Task) string {
	if t.Named {
		return ResponsibilitiesURL(p)
	}
	if t.Leads {
		return StageDatesURL(p, t.Stage)
	}
	if t.Record > 0 {
		return RecordURL(p, t.Type, t.Record)
	}
	if t.Condition > 0 {
		return GateURL(p, t.Stage) + "#" + ConditionID(t.Condition)
	}
	return ItemURL(p, t.Stage, t.Item)
}

// heirs are the people who can go on with the work of somebody who leaves.
func (d *MembersData) heirs() []ui.Option {
	options := []ui.Option{{Label: "Nobody"}}
	for _, m := range d.members() {
		if m.Person != d.Remove && !slices.Contains(d.Away, m.Person) {
			options = append(options, ui.Option{Value: idValue(m.Person), Label: d.Names(m.Person), Selected: m.Person == d.Member.To})
		}
	}
	return options
}

// errors are the problems of the forms, for the summary above them.
func (d *MembersData) errors() []ui.FieldError {
	var out []ui.FieldError
	for _, name := range []string{"person", "duty", "to", "form"} {
		if d.Member.Errors[name] != "" {
			out = append(out, ui.FieldError{Name: name, Text: FieldSentence(fieldName(name), d.Member.Errors[name])})
		}
	}
	return out
}

// MemberForm is what was posted about a person's part, and what is wrong with
// it by field.
type MemberForm struct {
	Person review.PersonID
	Duty   string
	To     review.PersonID // who goes on with the work of somebody who leaves
	Errors map[string]string
}

// NoDuty is what the form posts to take a person off a project.
const NoDuty = ""

// members are the people on the project by duty: owner, deputy, the others.
func (d *MembersData) members() []review.Member {
	var out []review.Member
	for _, duty := range review.Duties() {
		for _, m := range d.Project.Members {
			if m.Duty == duty {
				out = append(out, m)
			}
		}
	}
	return out
}

// dutyOptions offers the parts that a person can have.
func dutyOptions(chosen review.Duty) []ui.Option {
	var options []ui.Option
	for _, duty := range review.Duties() {
		options = append(options, ui.Option{Value: string(duty), Label: Capital(string(duty)), Selected: duty == chosen})
	}
	return options
}

func (d *MembersData) memberField(name, label, hint string) ui.Field {
	f := ui.Field{Name: name, Label: label, Hint: hint}
	if d.Member.Errors[name] != "" {
		f.Error = FieldSentence(label, d.Member.Errors[name])
	}
	return f
}

func (d *MembersData) chosenDuty() review.Duty {
	if d.Member.Duty == "" {
		return review.DutyMember
	}
	return review.Duty(d.Member.Duty)
}

func (d *MembersData) foundHint() string {
	if d.Many {
		return "There are more people than fit here; find them by a part of their name."
	}
	return ""
}
