package page

import (
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// SettingsData is a project's own fields and its people, to be changed.
type SettingsData struct {
	Actor    review.Actor
	Project  *review.Project
	Template *review.Template
	Names    Names
	Form     ProjectForm
	Was      string       // stands for the fields as they are shown
	Theirs   []Difference // what somebody else changed since the form was opened

	Member   MemberForm
	Find     string   // what people are searched by
	People   []Choice // found
	Many     bool     // there are more than are listed
	NoPeople bool     // the reader may not look people up
}

// Difference is a field whose value is another than what was typed.
type Difference struct{ Field, Now, Typed string }

// MemberForm is what was posted about a person's part, and what is wrong with
// it by field.
type MemberForm struct {
	Person review.PersonID
	Duty   string
	Errors map[string]string
}

// NoDuty is what the form posts to take a person off a project.
const NoDuty = ""

func (d *SettingsData) mayEdit() bool {
	return review.May(d.Actor, review.EditProject, d.Project) == nil
}

func (d *SettingsData) mayManage() bool {
	return review.May(d.Actor, review.ManageMembers, d.Project) == nil
}

func (d *SettingsData) mayLowerTier() bool {
	return review.May(d.Actor, review.LowerTier, d.Project) == nil
}

// errors are the problems of both forms, for the summary above them.
func (d *SettingsData) errors() []ui.FieldError {
	out := d.Form.summary()
	for _, name := range []string{"person", "duty", "form"} {
		if d.Member.Errors[name] != "" {
			out = append(out, ui.FieldError{Name: name, Text: FieldSentence(fieldName(name), d.Member.Errors[name])})
		}
	}
	return out
}

// members are the people on the project by duty: owner, deputy, the others.
func (d *SettingsData) members() []review.Member {
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

func (d *SettingsData) memberField(name, label, hint string) ui.Field {
	f := ui.Field{Name: name, Label: label, Hint: hint}
	if d.Member.Errors[name] != "" {
		f.Error = FieldSentence(label, d.Member.Errors[name])
	}
	return f
}

// Differences compares a project with what was typed about it.
func Differences(p *review.Project, typed *ProjectForm, tmpl *review.Template) []Difference {
	now := FormOf(p)
	var out []Difference
	note := func(field, now, typed string) {
		if now != typed {
			out = append(out, Difference{fieldName(field), OrNone(now), OrNone(typed)})
		}
	}
	note("name", now.Name, strings.TrimSpace(typed.Name))
	note("summary", now.Summary, strings.TrimSpace(typed.Summary))
	note("team", now.Team, strings.TrimSpace(typed.Team))
	note("exposure", now.Exposure, typed.Exposure)
	note("profile", flagList(tmpl, now.profile()), flagList(tmpl, typed.profile()))
	note("tier", now.Tier, typed.Tier)
	note("target", now.Target, typed.Target)
	note("restricted", strconv.FormatBool(now.Restricted), strconv.FormatBool(typed.Restricted))
	return out
}

// flagList are flags as their labels say them.
func flagList(tmpl *review.Template, flags review.Profile) string {
	words := make([]string, len(flags))
	for i, f := range flags {
		words[i] = flagWords(tmpl, []review.Flag{f})
	}
	return strings.Join(words, "; ")
}

func (d *SettingsData) chosenDuty() review.Duty {
	if d.Member.Duty == "" {
		return review.DutyMember
	}
	return review.Duty(d.Member.Duty)
}

func (d *SettingsData) tierHint() string {
	if d.mayLowerTier() {
		return "The numbers follow what was ticked when the page was opened."
	}
	return "You can move the project to a more critical tier; to a less critical one a manager or an admin moves it."
}

func (d *SettingsData) foundHint() string {
	if d.Many {
		return "There are more people than fit here; find them by a part of their name."
	}
	return ""
}
