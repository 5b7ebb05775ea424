package page

import (
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// NewItemData is the page on which a project adds an item of its own to a stage.
type NewItemData struct {
	Project *review.Project
	Stage   *plan.Stage   // that it joins; nil: it is chosen
	Stages  []*plan.Stage // to choose from
	Words   plan.Words    // that the plan adds
	Form    NewItemForm
}

// NewItemForm is what was typed.
type NewItemForm struct {
	Stage, Title, Why, Done, Show, Level string
	Evidence, Seats                      []string
	Errors                               map[string]string
	Problem                              string
}

// Item is what the form asks for.
func (f *NewItemForm) Item() review.NewItem {
	in := review.NewItem{Title: f.Title, Why: f.Why, Done: f.Done, Show: f.Show, Level: plan.Level(f.Level)}
	for _, k := range f.Evidence {
		in.Evidence = append(in.Evidence, plan.EvidenceKind(k))
	}
	for _, s := range f.Seats {
		in.Seats = append(in.Seats, plan.Seat(s))
	}
	return in
}

// URL is where the form is, and where it is sent.
func (d *NewItemData) URL() string {
	if d.Stage == nil {
		return NewPlanItemURL(d.Project.Key)
	}
	return NewItemURL(d.Project.Key, d.Stage.Key)
}

func (d *NewItemData) back() string {
	if d.Stage == nil {
		return PlanURL(d.Project.Key)
	}
	return StageURL(d.Project.Key, d.Stage.Key)
}

// crumb is the page that the form was opened from.
func (d *NewItemData) crumb() ui.Crumb {
	if d.Stage == nil {
		return ui.Crumb{Text: "Plan", Href: d.back()}
	}
	return ui.Crumb{Text: d.Stage.Name, Href: d.back()}
}

func (d *NewItemData) stages() []ui.Option {
	out := []ui.Option{{Label: "Choose a stage"}}
	for _, s := range d.Stages {
		out = append(out, ui.Option{Value: string(s.Key), Label: s.Name, Selected: string(s.Key) == d.Form.Stage})
	}
	return out
}

func (d *NewItemData) field(name, label, hint, value string) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Value: value, Error: d.Form.Errors[name]}
}

func (d *NewItemData) fields() []ui.Field {
	f := &d.Form
	show := d.field("show", "Show", "What to link, such as the signed checklist.", f.Show)
	show.Optional = true
	return []ui.Field{
		d.field("title", "What has to be true", "At most 80 characters.", f.Title),
		d.field("why", "Why", "Which harm it prevents.", f.Why),
		d.field("done", "Done when", "What a reviewer checks.", f.Done),
		show,
		d.field("level", "How much does it weigh?", "", ""),
		d.field("evidence", "What can show it?", "Any one of these is enough.", ""),
		d.field("seats", "Who judges it?", "", ""),
		d.field("stage", "Stage", "Its gate asks for the item.", d.Form.Stage),
	}
}

func (d *NewItemData) levels() []ui.Option {
	var out []ui.Option
	for _, l := range []plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay} {
		out = append(out, ui.Option{Value: string(l), Label: l.Label(), Selected: string(l) == d.Form.Level})
	}
	return out
}

func (d *NewItemData) kinds() []ui.Option {
	var out []ui.Option
	for _, k := range d.Words.AllEvidence() {
		out = append(out, ui.Option{Value: string(k), Label: k.Label(), Selected: slices.Contains(d.Form.Evidence, string(k))})
	}
	return out
}

func (d *NewItemData) seats() []ui.Option {
	var out []ui.Option
	for _, s := range d.Words.AllSeats() {
		out = append(out, ui.Option{Value: string(s), Label: s.Label(), Selected: slices.Contains(d.Form.Seats, string(s))})
	}
	return out
}
