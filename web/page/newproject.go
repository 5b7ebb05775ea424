package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// The steps of a new project, and what else its form's buttons ask for.
const (
	StepWhat    = "what"
	StepProfile = "profile"
	StepPeople  = "people"
	GoFind      = "find"   // people to choose from
	GoCreate    = "create" // the project; so does a form that names nothing
)

// NewProjectSteps lists the steps in order.
func NewProjectSteps() []string { return []string{StepWhat, StepProfile, StepPeople} }

// StepOf is the step that asks for a field.
func StepOf(field string) string {
	switch field {
	case "exposure", "profile", "tier":
		return StepProfile
	case "owner", "deputy", "target", "restricted", "person":
		return StepPeople
	}
	return StepWhat
}

// NewProjectData is one step of a new project.
type NewProjectData struct {
	Step     string
	Form     ProjectForm
	Template *review.Template
	Find     string   // what people are searched by
	People   []Choice // found, and those who are chosen
	Many     bool     // there are more than are listed
}

func (d *NewProjectData) number() int { return slices.Index(NewProjectSteps(), d.Step) + 1 }

// facts is what has been answered so far.
func (d *NewProjectData) facts() []ui.Fact {
	f := &d.Form
	items, musts := TierCounts(d.Template, f.tier(), f.profile())
	facts := []ui.Fact{{Term: "Name", Text: f.Name}, {Term: "Address", Text: ProjectURL(review.ProjectKey(f.Key))}, {Term: "Team", Text: f.Team}}
	if d.Step == StepPeople {
		facts = append(facts, ui.Fact{Term: "Exposure", Text: f.Exposure}, ui.Fact{Term: "Tier", Text: f.Tier},
			ui.Fact{Term: "Template", Text: d.Template.Name},
			ui.Fact{Term: "Brings", Text: countOf(items, "item") + ", " + strconv.Itoa(musts) + " of them musts"})
	}
	return facts
}

// SuggestKey makes a project key from a name: lower-case words joined by
// hyphens, short enough to take a number behind it. It is empty when the name
// has nothing to make one of.
func SuggestKey(name string) string {
	const longest = 36
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if len(words) == 0 && w[0] <= '9' {
			w = "p" + w
		}
		w = w[:min(len(w), longest)]
		if len(strings.Join(append(words, w), "-")) > longest {
			break
		}
		words = append(words, w)
	}
	key := strings.Join(words, "-")
	if key == "" || key == "new" || len(key) < 2 {
		return ""
	}
	return key
}

func idValue(id review.PersonID) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}
