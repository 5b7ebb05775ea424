package records

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// ValuePrefix stands in forms before the keys of the fields that a kind has itself.
const ValuePrefix = "value-"

// Form is what was typed about a record.
type Form struct {
	Title, Text, Owner, Due, Stage, Item, Links string
	Values                                      record.Values
	Shown                                       string // digest of what the person read
	Source                                      string // what the address says that a new record comes from
	Errors                                      map[string]string
	Problem                                     string
}

// Typed is the form of what a record says now.
func Typed(rec *review.Record, others review.Others) Form {
	f := Form{
		Title: rec.Title, Text: rec.Text, Due: rec.Due, Stage: string(rec.Stage), Item: string(rec.Item), Links: rec.PastedLinks(),
		Values: rec.Values, Shown: string(rec.Digest()),
	}
	if rec.OtherProject() != 0 {
		f.Values = f.Values.With(nil) // the record's own stay as they are
		for i := range rec.Def().Fields {
			if field := &rec.Def().Fields[i]; field.Type == record.Project {
				f.Values[field.Key] = typedProject(rec.Values[field.Key], others)
			}
		}
	}
	if rec.Owner != 0 {
		f.Owner = strconv.FormatInt(int64(rec.Owner), 10)
	}
	return f
}

// typedProject is how a form says which project a record is about.
func typedProject(value string, others review.Others) string {
	if o := others.Named(value); o != nil {
		return o.Name
	}
	return review.KeptProject(value)
}

// Record is what the form asks for; owner is the person whom it names.
func (f *Form) Record(owner review.PersonID, rules review.LinkRules) review.NewRecord {
	return review.NewRecord{
		RecordFields: review.RecordFields{
			Title: f.Title, Text: f.Text, Owner: owner, Due: f.Due, Stage: plan.StageKey(f.Stage), Item: plan.ItemKey(f.Item), Values: f.Values,
		},
		Links: f.Links, Rules: rules,
	}
}

// FormData is the page on which a record is written, new or not.
type FormData struct {
	View
	Kind   *record.Kind
	Record *review.Record // nil: a new one
	People []page.Somebody
	// Projects are those of which the reader may name one, where the kind asks for it.
	Projects []page.ProjectChoice
	Form     Form
}

// Name is the page's heading.
func (d *FormData) Name() string {
	if d.Record == nil {
		return "Add " + page.Article(d.Kind.One)
	}
	return "Change " + d.Record.Name()
}

// Title is the page's.
func (d *FormData) Title() string { return d.Name() + ", " + d.Review.Project.Name }

func (d *FormData) action() string {
	if d.Record == nil {
		return page.RecordKindURL(d.key(), d.Kind.Key)
	}
	return page.EditRecordURL(d.key(), d.Kind.Key, d.Record.No)
}

// back is where the form is left without saving.
func (d *FormData) back() string {
	if d.Record == nil {
		return page.RecordKindURL(d.key(), d.Kind.Key)
	}
	return page.RecordURL(d.key(), d.Kind.Key, d.Record.No)
}

func (d *FormData) field(name, label, hint, value string, optional bool) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Value: value, Optional: optional, Error: d.Form.Errors[name]}
}

func (d *FormData) titleField() ui.Field {
	hint := ""
	if d.Kind.Example != "" {
		hint = "Such as: " + d.Kind.Example + "."
	}
	return d.field("title", d.Kind.Title, hint, d.Form.Title, false)
}

func (d *FormData) textField() ui.Field {
	return d.field("text", d.Kind.Text, "", d.Form.Text, true)
}

// value is one of the kind's own fields.
func (d *FormData) value(f *record.Field) ui.Field {
	field := valueField(f, d.Form.Values, d.Form.Errors)
	if f.Type == record.Project {
		field.List, field.Auto = projectList, "off"
	}
	if f.Type == record.Environment {
		field.List, field.Auto = environmentList, "off"
	}
	if d.placed(f) {
		field.Hint = joined("Left empty, it follows from the environment.", field.Hint)
	}
	return d.told(f, field)
}

// environmentList is the id of the list of environments to choose from.
const environmentList = "environments"

// environments are the names of those that the project has.
func (d *FormData) environments() []string {
	var names []string
	for _, e := range d.Review.Plan.Origin.Present() {
		names = append(names, e.Name)
	}
	return names
}

// placed reports whether what a field asks follows from the environment that another
// one names.
func (d *FormData) placed(f *record.Field) bool {
	return len(d.environments()) > 0 && slices.ContainsFunc(d.Kind.Fields, func(other record.Field) bool { return other.Sort == f.Key })
}

// projectList is the id of the list of projects to choose from.
const projectList = "projects"

// AsksProject reports whether the form asks for another project.
func (d *FormData) AsksProject() bool {
	return slices.ContainsFunc(d.Kind.Fields, func(f record.Field) bool { return f.Type == record.Project })
}

// asksEnvironment reports whether the form asks for an environment.
func (d *FormData) asksEnvironment() bool {
	return slices.ContainsFunc(d.Kind.Fields, func(f record.Field) bool { return f.Type == record.Environment })
}

func valueField(f *record.Field, values record.Values, errors map[string]string) ui.Field {
	hint := f.Help
	if f.Type == record.Moment {
		hint = joined(hint, "In UTC.")
	}
	if f.Type == record.Project && strings.HasPrefix(values[f.Key], "#") {
		hint = joined(hint, "It is one that you may not see; leave "+values[f.Key]+" to keep it.")
	}
	return ui.Field{
		Name: ValuePrefix + string(f.Key), Label: f.Label, Hint: hint, Value: values[f.Key], Optional: !f.Required, Error: errors[string(f.Key)],
	}
}

// later are the fields that are seldom known when a record is added; open reports
// whether one of them says something, or is wrong.
func (d *FormData) later() (fields []*record.Field, open bool) {
	for i := range d.Kind.Fields {
		f := &d.Kind.Fields[i]
		if !f.Later || f.Given || !d.asks(f) {
			continue
		}
		fields = append(fields, f)
		open = open || d.Form.Values[f.Key] != "" || d.Form.Errors[string(f.Key)] != ""
	}
	return fields, open
}

// laterTitle is what stands above them.
func (d *FormData) laterTitle() string { return cmp.Or(d.Kind.Later, "What is known later") }

// first are the fields that are known when a record is added.
func (d *FormData) first() []*record.Field {
	var out []*record.Field
	for i := range d.Kind.Fields {
		if f := &d.Kind.Fields[i]; !f.Later && !f.Given && d.asks(f) {
			out = append(out, f)
		}
	}
	return out
}

// asks reports whether there is an answer to what a field asks: a project without
// incidents has no record that came from one, and one without environments need not
// say which.
func (d *FormData) asks(f *record.Field) bool {
	if f.After != "" {
		return d.Form.Values[f.After] != "" || d.Form.Values[f.Key] != "" || d.Form.Errors[string(f.Key)] != ""
	}
	if f.Type == record.Environment {
		return len(d.environments()) > 0 || d.Form.Values[f.Key] != ""
	}
	return f.Type != record.Source || len(d.sources(f, d.Form.Values[f.Key])) > 1
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

// options are what a field can hold that is chosen from a list.
func (v *View) options(f *record.Field, chosen string) []ui.Option {
	var out []ui.Option
	if f.Type == record.Source {
		return v.sources(f, chosen)
	}
	if !f.Required || chosen == "" {
		out = append(out, ui.Option{Value: "", Label: "Choose", Selected: chosen == ""})
	}
	for _, o := range f.Choices {
		out = append(out, ui.Option{Value: o.Key, Label: o.Label, Selected: o.Key == chosen})
	}
	return out
}

func (d *FormData) dueField() ui.Field {
	return d.field("due", d.Kind.Due, "", d.Form.Due, !d.dated())
}

// dated reports whether the record needs its date where it stands.
func (d *FormData) dated() bool {
	if d.Record != nil {
		return d.Record.Standing().Dated
	}
	return d.Kind.States[0].Dated
}

func (d *FormData) ownerField() ui.Field {
	return d.field("owner", "Owner", "Who sees to it. Without one, it is whoever leads the project.", "", true)
}

func (d *FormData) owners() []ui.Option {
	out := []ui.Option{{Value: "", Label: "Nobody in particular", Selected: d.Form.Owner == ""}}
	for _, p := range d.People {
		id := strconv.FormatInt(int64(p.ID), 10)
		out = append(out, ui.Option{Value: id, Label: p.Name, Selected: id == d.Form.Owner})
	}
	return out
}

func (d *FormData) stageField() ui.Field {
	return d.field("stage", "Which gate decides on it?", "Whoever signs there sees it, and signs with it.", "", false)
}

func (d *FormData) itemField() ui.Field {
	return d.field("item", d.Kind.Item, d.Kind.ItemFor, d.Form.Item, true)
}

func (d *FormData) linksField() ui.Field {
	return d.field("links", "Links", "One a line, with a title beside it if you like.", d.Form.Links, true)
}

// about is the item that the form's record came up with.
func (d *FormData) about() string {
	text, _ := d.item(&review.Record{RecordFields: review.RecordFields{Item: plan.ItemKey(d.Form.Item)}})
	return text
}

// summary lists what is wrong, in the order of the form.
func (d *FormData) summary() []ui.FieldError {
	fields := []ui.Field{d.titleField(), d.textField(), d.tellField()}
	for i := range d.Kind.Fields {
		fields = append(fields, d.value(&d.Kind.Fields[i]))
	}
	fields = append(fields, d.ownerField(), d.dueField(), d.stageField(), d.field("item", cmp.Or(d.Kind.Item, "Item"), "", "", false), d.linksField())
	var out []ui.FieldError
	for _, f := range fields {
		if f.Error != "" {
			out = append(out, ui.FieldError{Name: f.Name, Text: page.FieldSentence(f.Label, f.Error)})
		}
	}
	return out
}

// ErrorCount is how many fields are at fault.
func (d *FormData) ErrorCount() int { return len(d.Form.Errors) }
