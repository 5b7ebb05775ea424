package page

import (
	"errors"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// What the form of several items, and the forms of a row, can do; an answer
// stands for itself.
const (
	BulkAssign = "assign"
	BulkDue    = "due"
	BulkLinks  = "links"
	BulkRevise = "revise"
	BulkUndo   = "undo"
	BulkRedo   = "redo"
	BulkPaste  = "paste"
)

// BulkForm is the form of several items as it was sent.
type BulkForm struct {
	Do, Note, Person, Due string
	Picked                map[plan.ItemKey]bool
}

// Said is what the list says of the change that was made last.
type Said struct {
	Do      string         // what was done; see BulkAssign
	Noted   bool           // a note came along with the answer
	Changed []plan.ItemKey // once for each entry of the trail
	Events  []review.Entry
	Entries string // those entries' numbers, for undoing them; empty: nothing was changed
	Undone  bool   // it was an undo, so the button says Redo
	Left    []review.Left
	Pasted  PasteRefusals
	Text    string // instead of all this, in words
	Problem string // why nothing was changed, in words
}

// failed reports whether anything stayed undone.
func (s Said) failed() bool { return s.Problem != "" || len(s.Left) > 0 }

// text is the line; empty when there is nothing to say.
func (s Said) text(c *Checked) string {
	switch {
	case s.Problem != "":
		return s.Problem
	case s.Text != "":
		return s.Text
	case len(s.Events) == 0 && len(s.Left) > 0:
		return "Nothing was changed."
	case len(s.Events) == 0:
		return ""
	}
	text := s.done(c)
	if len(s.Left) > 0 {
		text += " Not changed: " + CountOf(len(s.Left), "item") + "."
	}
	return text + s.Pasted.Words() + s.lost(c)
}

// done says what was changed.
func (s Said) done(c *Checked) string {
	what := s.subject(c)
	switch s.Do {
	case BulkUndo:
		return "Undone: " + ended(what)
	case BulkRedo:
		return "Done again: " + ended(what)
	case BulkDue:
		return "Due date set: " + ended(what)
	case BulkPaste:
		return "Pasted: " + ended(what)
	case BulkLinks:
		return s.linked() + ": " + ended(what)
	case BulkRevise:
		return "Link changed: " + ended(what)
	case BulkAssign:
		if e, ok := s.Events[0].Event.(review.ItemAssigned); ok && e.Person != 0 {
			return "Assigned to " + c.view.Names(e.Person) + ": " + ended(what)
		}
		return "Nobody is assigned now: " + ended(what)
	}
	e, ok := s.Events[0].Event.(review.ItemAnswered)
	switch {
	case ok && s.Noted && e.From == e.To && e.FromChoices == e.Choices:
		return "Note saved: " + ended(what)
	case ok && !e.Choices.IsZero():
		return stateWord(e.To, e.Risk) + ": " + ended(what)
	}
	return review.State(s.Do).Label() + ": " + ended(what)
}

// ended is a title at the end of a sentence; one that asks ends it itself.
func ended(title string) string {
	if strings.HasSuffix(title, "?") {
		return title
	}
	return title + "."
}

// subject names the item that was changed, or says how many were.
func (s Said) subject(c *Checked) string {
	items := map[plan.ItemKey]bool{}
	for _, k := range s.Changed {
		items[k] = true
	}
	if len(items) == 1 {
		return c.itemTitle(s.Changed[0])
	}
	return CountOf(len(items), "item")
}

// linked says which kinds of evidence were added.
func (s Said) linked() string {
	var kinds []string
	renewals := 0
	for _, e := range s.Events {
		if added, ok := e.Event.(review.EvidenceAdded); ok {
			kinds = append(kinds, KindWord(added.Type))
			renewals += min(added.Renews, 1)
		}
	}
	text := CountOf(len(kinds), "link") + " added"
	if len(kinds) == 1 {
		text = "Link added as " + kinds[0]
	}
	if renewals > 0 && renewals == len(kinds) {
		text += ", signatures stay in force"
	}
	return text
}

// lost says what an undo does not bring back.
func (s Said) lost(c *Checked) string {
	if s.Do != BulkUndo {
		return ""
	}
	text := ""
	for _, e := range s.Events {
		a, ok := e.Event.(review.ItemAnswered)
		if ok && a.To == review.NotApplicable && text == "" {
			text = " If it had been approved that it does not apply, that has to be approved again."
		}
	}
	if g := c.gate(); g == review.GateChanged || g == review.GateWaiting {
		text += " Signatures given before the change stay out of date."
	}
	return text
}

// itemTitle is an item's title, or its key where the stage has none of it.
func (c *Checked) itemTitle(k plan.ItemKey) string {
	if it := c.view.stage().Item(k); it != nil {
		return it.Def.Title
	}
	return Cut(string(k), 40)
}

// leftLine says why an item was left as it was.
func (c *Checked) leftLine(l review.Left) string {
	return c.itemTitle(l.Item) + ": " + c.leftWhy(l.Why)
}

func (c *Checked) leftWhy(why error) string {
	var conflict *review.AnswerConflict
	var refused *review.Refused
	var invalid *review.Invalid
	switch {
	case errors.As(why, &conflict) && conflict.Current.By == c.view.Actor.Person:
		return "you answered it in another tab " + ui.Ago(conflict.Current.At, c.view.Now) + ". Look at it again."
	case errors.As(why, &conflict) && conflict.Current.By != 0:
		return c.view.Names(conflict.Current.By) + " changed it " + ui.Ago(conflict.Current.At, c.view.Now) + ". Look at it again."
	case errors.As(why, &conflict):
		return "it was changed since you opened the page. Look at it again."
	case errors.As(why, &refused):
		return refused.Why
	case errors.As(why, &invalid):
		return BulkProblem(invalid)
	}
	return "is not an item of this stage."
}

// leftProblem is the same under the item's row.
func (c *Checked) leftProblem(l review.Left) *ui.RowProblem {
	return &ui.RowProblem{Text: "Not changed: " + c.leftWhy(l.Why)}
}

// BulkProblem says why nothing was changed.
func BulkProblem(e *review.Invalid) string {
	words := make([]string, len(e.Fields))
	labels := map[string]string{
		"pick": "The selection", "note": "The note", "due": "The due date", "person": "The person", "do": "The answer", "form": "The form",
	}
	for i, f := range e.Fields {
		label := labels[f.Field]
		if label == "" {
			label = f.Field
		}
		words[i] = FieldSentence(label, f.Message) + "."
	}
	return strings.Join(words, " ") + " Nothing was changed."
}

// NoteProblem asks for the note that an answer needs, or says what is wrong with
// the one that came.
func NoteProblem(state review.State, chosen plan.Chosen, note, message string) *ui.RowProblem {
	p := &ui.RowProblem{Text: FieldSentence("The note", message) + ".", Answer: AnswerValue(state, chosen), Note: note}
	if state == review.NotApplicable && strings.TrimSpace(note) == "" {
		p.Text, p.Asks = "Why does it not apply?", true
	}
	return p
}

// BadLines gives back what was pasted and is no link; nil when all of it was.
func BadLines(bad []review.BadLine, added int) *ui.RowPaste {
	if len(bad) == 0 {
		return nil
	}
	lines, why := make([]string, len(bad)), make([]string, len(bad))
	for i, l := range bad {
		lines[i] = l.Text
		why[i] = "line " + strconv.Itoa(l.No) + " (" + Cut(l.Text, 30) + ") " + l.Why
	}
	text := "Nothing was added: "
	if added > 0 {
		text = CountOf(added, "link") + " added. Not added: "
	}
	if len(why) > 5 {
		why = append(why[:5], "and "+CountOf(len(bad)-5, "more line"))
	}
	return &ui.RowPaste{Text: text + strings.Join(why, "; ") + ".", Lines: strings.Join(lines, "\n")}
}

// swapped works out a checklist and the rows that a change concerns, as the
// list shows them.
func swapped(v StageView, touched []plan.ItemKey, show Show, query string, said Said) (*Checked, []ui.ItemRow) {
	c := Check(v)
	filter := show.Query(query)
	why := map[plan.ItemKey]review.Left{}
	for _, l := range said.Left {
		why[l.Item] = l
	}
	rows := make([]ui.ItemRow, 0, len(touched))
	seen := map[plan.ItemKey]bool{}
	for _, k := range touched {
		i := c.of(v.stage(), k)
		if i < 0 || seen[k] {
			continue
		}
		seen[k] = true
		row := c.rows[i]
		row.Filter = filter
		if l, ok := why[k]; ok {
			row.Problem = c.leftProblem(l)
		}
		rows = append(rows, row)
	}
	return c, rows
}

// mayAddItem reports whether the viewer would be let add an item to the stage.
func (d ChecklistData) mayAddItem() bool {
	return d.view.may(review.ChangePlan) && d.view.Review.Project.Status != review.StatusStopped
}

// canChange reports whether the viewer can change several items at once.
func (d ChecklistData) canChange() bool {
	return !d.view.Past && d.view.may(review.AnswerItem) && len(d.entries) > 0
}

// kinds are the kinds of evidence to choose from in a row, as the script reads
// them: "doc:Document;ticket:Ticket". Empty for whoever may link none.
func (d ChecklistData) kinds() string {
	if d.view.Past || !d.canLink {
		return ""
	}
	words := []string{}
	for _, k := range d.view.Review.Plan.Adds.AllEvidence() {
		words = append(words, string(k)+":"+k.Label())
	}
	return strings.Join(words, ";")
}

func (d ChecklistData) bulkURL() string {
	u := BulkURL(d.view.Review.Project.Key, d.view.Stage)
	if q := d.Show.Query(d.Query); q != "" {
		u += "?" + q
	}
	return u
}

// assignButtons is up to how many people each have a button of their own.
const assignButtons = 6

// assignable are those who can do the project's items: its people. Nil for
// somebody who may not assign.
func (d ChecklistData) assignable() []Somebody {
	if !d.view.may(review.AssignItem) {
		return nil
	}
	out := []Somebody{}
	for _, m := range d.view.Review.Project.Members {
		if d.view.Review.CanAnswer(m.Person) {
			out = append(out, Somebody{ID: m.Person, Name: d.view.Names(m.Person)})
		}
	}
	return out
}

func personValue(p review.PersonID) string { return strconv.FormatInt(int64(p), 10) }
