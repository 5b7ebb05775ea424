package page

import (
	"net/url"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// EnvironmentsURL is the page of a project's environments.
func EnvironmentsURL(p review.ProjectKey) string { return ProjectURL(p) + "/environments" }

// What the forms of the page do.
const (
	EnvironmentAdd    = "add"
	EnvironmentRename = "rename"
	EnvironmentRemove = "remove"
)

// EnvironmentChangeURL is where a change is looked at before it is made.
func EnvironmentChangeURL(p review.ProjectKey, do string, e plan.Environment) string {
	v := url.Values{"do": {do}, "key": {string(e.Key)}}
	if do == EnvironmentAdd {
		v.Set("name", e.Name)
		v.Set("kind", string(e.Kind))
	}
	return EnvironmentsURL(p) + "?" + v.Encode() + "#change"
}

// EnvironmentsData is the page of a project's environments at a moment.
type EnvironmentsData struct {
	Plan PlanData // with the review as it would be, where a change is looked at
	Do   string
	Form EnvironmentForm
	Past bool
	// Asks is the newest version of the project's lifecycle, where that asks something of
	// environments and the plan does not; 0: there is none.
	Asks int
}

// EnvironmentForm is what was typed in.
type EnvironmentForm struct {
	Name, Key, Kind, Reason string
	Errors                  map[string]string
	Problem                 string
}

// idle says that the plan asks nothing of environments; empty: it does.
func (d *EnvironmentsData) idle() string {
	p := d.review().Plan
	if p.Situated() {
		return ""
	}
	text := "Version " + strconv.Itoa(p.Ref().Version) + " of " + p.Base.Name + ", which this project follows, asks nothing of an environment by itself: what it asks is answered once for the project."
	if d.Asks > 0 {
		text += " Version " + strconv.Itoa(d.Asks) + " asks some of it for each environment."
	}
	return text + " Environments that are named all the same can be chosen in releases."
}

func (d *EnvironmentsData) review() *review.Review { return d.Plan.Review }

func (d *EnvironmentsData) key() review.ProjectKey { return d.review().Project.Key }

func (d *EnvironmentsData) may() bool { return !d.Past && d.Plan.MayPlan() }

// mayDo reports whether the person may do what is looked at.
func (d *EnvironmentsData) mayDo() bool {
	return d.Do != EnvironmentRemove || !d.lessens() || review.May(d.Plan.Actor, review.DropSeat, &d.review().Project) == nil
}

func (d *EnvironmentsData) lessens() bool {
	return d.Do == EnvironmentRemove && d.review().AsksLess(d.Plan.Then)
}

// field is one of the form that adds an environment.
func (d *EnvironmentsData) field(name, label, hint, value string) ui.Field {
	f := ui.Field{Name: name, Label: label, Hint: hint, Value: value}
	if d.Do == EnvironmentAdd && d.Form.Errors[name] != "" {
		f.Error = FieldSentence(label, d.Form.Errors[name])
	}
	return f
}

func (d *EnvironmentsData) nameField() ui.Field {
	return d.field("name", "Name", "Such as Production, Frankfurt.", d.Form.Name)
}

func (d *EnvironmentsData) keyField() ui.Field {
	f := d.field("key", "Key", "Stands in addresses and on the trail, and stays when the name changes. Made of the name where it is left empty.", d.Form.Key)
	f.Optional = true
	return f
}

func (d *EnvironmentsData) kindField() ui.Field {
	return d.field("kind", "Kind", "Says what is asked of it.", d.Form.Kind)
}

func (d *EnvironmentsData) reasonField(do string) ui.Field { return d.reason(do+"-reason", d.Do == do) }

// reason is the field of a form that says why; typed reports whether that form was
// refused.
func (d *EnvironmentsData) reason(id string, typed bool) ui.Field {
	f := ui.Field{Name: "reason", ID: id, Label: "Why", Hint: "People who come later read it in the history."}
	if typed {
		f.Value = d.Form.Reason
		if d.Form.Errors["reason"] != "" {
			f.Error = FieldSentence("Why", d.Form.Errors["reason"])
		}
	}
	return f
}

// renaming are the fields that give an environment another name.
func (d *EnvironmentsData) renaming(e plan.Environment) (name, reason ui.Field) {
	name = ui.Field{Name: "name", ID: "name-" + string(e.Key), Label: "Name", Value: e.Name}
	if d.renames(e) {
		name.Value = d.Form.Name
		if text := d.Form.Errors["name"]; text != "" {
			name.Error = FieldSentence("Name", text)
		}
	}
	return name, d.reason("reason-"+string(e.Key), d.renames(e))
}

// renames reports whether the form that renames an environment was refused.
func (d *EnvironmentsData) renames(e plan.Environment) bool {
	return d.Do == EnvironmentRename && d.Form.Key == string(e.Key)
}

// problems are those of the form that was refused.
func (d *EnvironmentsData) problems() []ui.FieldError {
	var fields []ui.Field
	switch d.Do {
	case EnvironmentAdd:
		fields = []ui.Field{d.nameField(), d.keyField(), d.kindField(), d.reasonField(EnvironmentAdd)}
	case EnvironmentRemove:
		fields = []ui.Field{d.reasonField(EnvironmentRemove)}
	case EnvironmentRename:
		for _, e := range d.review().Plan.Origin.Present() {
			if d.renames(e) {
				name, reason := d.renaming(e)
				fields = []ui.Field{name, reason}
			}
		}
	}
	return summary(fields)
}

// kindOptions offer the kinds that the plan knows, and say of each whether anything is
// asked of it.
func (d *EnvironmentsData) kindOptions() []ui.Option {
	out := []ui.Option{{Label: "Choose"}}
	for _, k := range d.review().Plan.Adds.AllEnvironments() {
		label := k.Label()
		if n := d.asks(k); n > 0 {
			label += ": " + CountOf(n, "item") + " to answer"
		} else {
			label += ": nothing is asked of it"
		}
		out = append(out, ui.Option{Value: string(k), Label: label, Selected: d.Form.Kind == string(k)})
	}
	return out
}

// asks counts the items that are answered for each environment of a kind.
func (d *EnvironmentsData) asks(k plan.EnvironmentKind) int {
	seen := map[plan.ItemKey]bool{}
	r := d.review()
	for i := range r.Stages {
		for j := range r.Stages[i].Items {
			it := &r.Stages[i].Items[j]
			for _, kind := range it.Def.Environments {
				if kind == k && it.Level != plan.LevelNone {
					seen[it.Def.Key.Bare()] = true
				}
			}
		}
	}
	return len(seen)
}

func (d *EnvironmentsData) situations() []review.Situation { return d.review().Situations(d.Plan.Now) }

// readyWords say how ready an environment is.
func readyWords(n *review.Situation) string {
	switch {
	case n.Items == 0:
		return "Nothing is asked of it by itself."
	case n.Must == 0:
		return CountOf(n.Items, "item") + ", none of them required."
	case n.Ready():
		return "Ready: all " + CountOf(n.Must, "required item") + " satisfied."
	}
	return strconv.Itoa(n.Done) + " of " + CountOf(n.Must, "required item") + " ready."
}

func readyLook(n *review.Situation) ui.State {
	switch {
	case n.Must == 0:
		return ui.NA
	case n.Ready():
		return ui.Met
	case n.Done > 0:
		return ui.Part
	}
	return ui.Open
}

func readyWord(n *review.Situation) string {
	switch {
	case n.Must == 0:
		return "Nothing required"
	case n.Ready():
		return "Ready"
	}
	return strconv.Itoa(n.Done) + " of " + strconv.Itoa(n.Must) + " ready"
}

// readyStage is the same where the numbers stand beside it.
func readyStage(n *review.Situation) string {
	switch {
	case n.Must == 0 || n.Ready():
		return readyWord(n)
	case n.Done > 0:
		return "Under way"
	}
	return "Open"
}

// gatesOn are the gates that decide on an environment.
func (d *EnvironmentsData) gatesOn(e plan.Environment) []*review.Stage {
	var out []*review.Stage
	r := d.review()
	for i := range r.Stages {
		for _, n := range r.SituationsAt(&r.Stages[i], d.Plan.Now) {
			if n.Environment.Key == e.Key {
				out = append(out, &r.Stages[i])
			}
		}
	}
	return out
}

// retired are the environments that are no longer there.
func (d *EnvironmentsData) retired() []plan.Environment {
	var out []plan.Environment
	for _, e := range d.review().Plan.Origin.Environments {
		if e.Retired {
			out = append(out, e)
		}
	}
	return out
}

// situatedRow is an item with how it stands in each environment.
type situatedRow struct {
	title, level string
	cells        []situatedCell
}

type situatedCell struct {
	state      ui.State
	word, href string
	name       string // the environment's
}

// matrix is what is asked for environments, an item a row.
func (d *EnvironmentsData) matrix() []situatedRow {
	present := d.review().Plan.Origin.Present()
	at := map[plan.ItemKey]int{}
	column := map[plan.EnvironmentKey]int{}
	for i, e := range present {
		column[e.Key] = i
	}
	var out []situatedRow
	r := d.review()
	for i := range r.Stages {
		s := &r.Stages[i]
		for j := range s.Items {
			it := &s.Items[j]
			if it.Def.Environment == nil || !applies(it) {
				continue
			}
			row, there := at[it.Def.Key.Bare()]
			if !there {
				row = len(out)
				at[it.Def.Key.Bare()] = row
				out = append(out, situatedRow{title: it.Def.Claim(), level: it.Level.Label(), cells: make([]situatedCell, len(present))})
			}
			state, word := situated(s, it, d.Plan.Now)
			out[row].cells[column[it.Def.Environment.Key]] = situatedCell{state, word, ItemURL(d.key(), s.Def.Key, it.Def.Key), it.Def.Environment.Name}
		}
	}
	return out
}

func (d *EnvironmentsData) columns() []ui.Column {
	out := []ui.Column{{Label: "Item"}}
	for _, e := range d.review().Plan.Origin.Present() {
		out = append(out, ui.Column{Label: e.Name})
	}
	return out
}

// situated is how an item stands in its environment.
func situated(s *review.Stage, it *review.Item, now time.Time) (ui.State, string) {
	lacks := s.Lacks(it, now)
	switch {
	case s.Waived(it.Def.Key, now) != nil && it.Answer.State != review.Met:
		return ui.Waived, "Waived"
	case it.Reattest:
		return ui.Warn, "To confirm"
	case lacks == review.EvidenceExpired:
		return ui.Bad, "Evidence expired"
	case lacks == review.EvidenceMissing:
		return ui.Warn, "Needs evidence"
	case lacks == review.NAUnapproved:
		return ui.Wait, "Waits for approval"
	}
	return AnswerLook(it.Answer.State, false), AnswerWord(&it.Answer)
}

// title says what is looked at.
func (d *EnvironmentsData) title() string {
	if d.Do == EnvironmentRemove {
		return "Remove “" + d.Form.Name + "”"
	}
	return "Add “" + d.Form.Name + "”"
}

// situationLines say of each environment on which a gate decides how ready it is, in the
// middle of a sentence.
func situationLines(r *review.Review, s *review.Stage, at time.Time) []string {
	var out []string
	for _, n := range r.SituationsAt(s, at) {
		out = append(out, n.Environment.Name+": "+readyInLine(&n))
	}
	return out
}

func readyInLine(n *review.Situation) string {
	switch {
	case n.Items == 0:
		return "nothing asked"
	case n.Must == 0:
		return "nothing required"
	}
	return strconv.Itoa(n.Done) + " of " + strconv.Itoa(n.Must) + " ready"
}

// environmentNames are what a project's environments are called.
func environmentNames(r *review.Review) []string {
	var out []string
	for _, e := range r.Plan.Origin.Present() {
		out = append(out, e.Name)
	}
	return out
}
