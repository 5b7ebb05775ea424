package page

import (
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// SettingsData is a project's own fields, to be changed.
type SettingsData struct {
	Actor     review.Actor
	Project   *review.Project
	Confirm   Confirmation
	AskedBack AskedBack
	Template  *plan.Lifecycle
	Names     Names
	Form      ProjectForm
	Was       review.Digest // of the fields as they are shown
	Theirs    []Difference  // what somebody else changed since the form was opened
}

// Difference is a field whose value differs from what was typed.
type Difference struct{ Field, Now, Typed string }

func (d *SettingsData) mayManage() bool {
	return review.May(d.Actor, review.ManageMembers, d.Project) == nil
}

func (d *SettingsData) mayLowerTier() bool {
	return review.May(d.Actor, review.LowerTier, d.Project) == nil
}

// Differences compares a project with what was typed about it.
func Differences(p *review.Project, typed *ProjectForm, tmpl *plan.Lifecycle) []Difference {
	now := FormOf(p, tmpl)
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
	for _, q := range tmpl.Flags {
		if now, typed := now.answerOf(q.Key), typed.answerOf(q.Key); now != typed {
			out = append(out, Difference{q.Label, answerWord(now), answerWord(typed)})
		}
	}
	note("tier", now.Tier, typed.Tier)
	note("target", now.Target, typed.Target)
	note("restricted", strconv.FormatBool(now.Restricted), strconv.FormatBool(typed.Restricted))
	return out
}

func (d *SettingsData) tierHint() string {
	if d.mayLowerTier() {
		return "The numbers follow the answers as they were when the page was opened."
	}
	return "You can move the project to a more critical tier; to a less critical one a manager or an admin moves it."
}

// errors are the problems of the form, for the summary above it.
func (d *SettingsData) errors() []ui.FieldError { return d.Form.summary() }
