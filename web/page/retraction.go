package page

import (
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// What the forms of the page of a retraction do.
const (
	RetractionApprove = "approve"
	RetractionRefuse  = "refuse" // or take it back
)

// RetractionData is the page on which somebody decides whether answers about a
// project are taken back.
type RetractionData struct {
	Review *review.Review
	Actor  review.Actor
	Now    time.Time
	Names  Names
	Form   RetractionForm
}

// RetractionForm is what was typed into a form that was refused.
type RetractionForm struct {
	Reason  string
	Errors  map[string]string
	Problem string
}

func (d *RetractionData) asked() *review.Retraction { return d.Review.Project.Retraction }

func (d *RetractionData) key() review.ProjectKey { return d.Review.Project.Key }

// lines are the answers that are to be taken back.
func (d *RetractionData) lines() []string { return backLines(&d.Review.Plan.Lifecycle, d.asked().Back) }

// mayApprove reports whether the viewer decides on it.
func (d *RetractionData) mayApprove() bool { return d.Review.MayDecideRetraction(d.Actor) == nil }

// mayRefuse reports whether the viewer can turn it down or take it back.
func (d *RetractionData) mayRefuse() bool {
	p := &d.Review.Project
	return p.Status != review.StatusStopped && (d.mayApprove() || review.May(d.Actor, review.EditProject, p) == nil)
}

// why says what keeps the viewer from approving.
func (d *RetractionData) why() string {
	if err := d.Review.Outgrown(); err != nil {
		return err.Error()
	}
	return "A holder of the " + SeatWords(d.Review.RetractionSeats(), "or") + " seat decides on it, somebody else than " + d.Names(d.asked().By) + "."
}

// refuseWord is what turning it down is called.
func (d *RetractionData) refuseWord() string {
	if d.asked().By == d.Actor.Person {
		return "Take the request back"
	}
	return "Turn it down"
}

func (d *RetractionData) reason() ui.Field {
	return ui.Field{
		Name: "reason", Label: "Why", Hint: "People who come later read it in the history.", Value: d.Form.Reason, Error: d.Form.Errors["reason"],
	}
}

// loss is what one gate would lose.
type loss struct {
	stage, href string
	words       string
	items       []lostItem
}

type lostItem struct{ title, href string }

func (d *RetractionData) losses() []loss {
	var out []loss
	for _, l := range d.Review.RetractionLosses() {
		def := d.Review.Stage(l.Stage).Def
		one := loss{stage: def.Name, href: GateURL(d.key(), l.Stage), words: lossWords(l)}
		for _, k := range l.Items {
			one.items = append(one.items, lostItem{def.Items[def.Place(k)].Title, ItemURL(d.key(), l.Stage, k)})
		}
		out = append(out, one)
	}
	return out
}

// lossWords say in a sentence what a gate would no longer ask.
func lossWords(l review.Loss) string {
	var parts []string
	if n := len(l.Seats); n > 0 {
		parts = append(parts, SeatWords(l.Seats, "and")+" no longer "+plural(n, "has", "have")+" to sign")
	}
	if l.Fewer > 0 {
		parts = append(parts, "it passes with "+CountOf(l.Fewer, "signature")+" fewer")
	}
	if n := len(l.Items); n > 0 {
		parts = append(parts, CountOf(n, "required item")+" "+plural(n, "goes", "go"))
	}
	words := Enumerate(parts, "and")
	return strings.ToUpper(words[:1]) + words[1:] + "."
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// backLines say which answers are to be what instead of yes.
func backLines(tmpl *plan.Lifecycle, back []review.TakenBack) []string {
	lines := make([]string, len(back))
	for i, b := range back {
		lines[i] = QuestionLabel(tmpl, b.Question) + ": " + string(review.ReplyYes) + " → " + string(b.To)
	}
	return lines
}

// AskedBack says on other pages that answers are to be taken back.
type AskedBack struct {
	review *review.Review
	name   Names
	now    time.Time
	past   bool
	stage  plan.StageKey // whose gate shows it; empty: the project's page
}

// NewAskedBack is that of a project as it is now, or as it was.
func NewAskedBack(r *review.Review, name Names, now time.Time, past bool) AskedBack {
	return AskedBack{review: r, name: name, now: now, past: past}
}

// At is the same at the gate of a stage, where it shows only if that would ask less.
func (a AskedBack) At(stage plan.StageKey) AskedBack {
	a.stage = stage
	return a
}

func (a AskedBack) shows() bool {
	return a.review.Project.Retraction != nil && (a.stage == "" || a.here() != "")
}

// here is what the gate that shows it would lose.
func (a AskedBack) here() string {
	for _, l := range a.review.RetractionLosses() {
		if l.Stage == a.stage {
			return lossWords(l)
		}
	}
	return ""
}

func (a AskedBack) words() string {
	asked := a.review.Project.Retraction
	return a.name(asked.By) + " asked on " + ShortDate(asked.At, a.now) + " to take " + plural(len(asked.Back), "an answer", "answers") + " about the project back."
}

func (a AskedBack) href() string { return RetractionURL(a.review.Project.Key) }

// AskedBackLine is such a request in the approver's work.
type AskedBackLine struct {
	Project review.ProjectKey
	Name    string // of the project
	By      string
	At      time.Time
	Stages  []string // by name
}

func (l *AskedBackLine) words() string { return l.By + ", " + Enumerate(l.Stages, "and") }
