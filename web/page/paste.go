package page

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// PasteURL is where answers are pasted from a spreadsheet.
func PasteURL(p review.ProjectKey, s plan.StageKey) string { return StageURL(p, s) + PasteEnd }

// PasteEnd is how the address ends.
const PasteEnd = "/paste"

// PastedRow is a row as it stands in the spreadsheet.
type PastedRow struct {
	Line                          int
	Item, Key, Answer, Note, Link string
}

// PasteData is the page on which answers are pasted, with what would come of them.
type PasteData struct {
	View     StageView
	Text     string
	Error    string // what is wrong with the text as a whole
	Problem  string // why nothing was changed
	Previews bool   // there is something to look at
	Shown    string // stands for the text that the preview is of
	Secret   string // what in the text looks like a secret; empty: nothing
	NoSecret string // stands for that
	Said     bool   // that it is none
	Unread   []string
	Rows     []PasteRow
}

// PasteRow is a row with the item that it means, and what will be done to it.
type PasteRow struct {
	PastedRow
	Found   *review.Item // nil: none, or it is not clear which
	Near    *review.Item // what it may mean, where nothing is called so; also once somebody has said that it does
	Problem string       // why nothing of it is done
	version int          // of its answer, before anything was tried
	to      review.State
	note    string
	links   string
	bad     []review.BadLine
	Does    []string // what will be done, in words
}

// Name is the row in one line, as somebody finds it again.
func (r *PasteRow) Name() string {
	if r.Found != nil {
		return r.Found.Def.Title
	}
	if r.Item != "" {
		return Cut(r.Item, 80)
	}
	return Cut(r.Key, 80)
}

// Says is what the rows say of their items: of those that were shown, with the versions
// that were, or else of all as they are now.
func (d *PasteData) Says(shown []review.Picked) []review.Pasted {
	var out []review.Pasted
	for i := range d.Rows {
		r := &d.Rows[i]
		if r.Found == nil || r.Problem != "" {
			continue
		}
		says := review.Pasted{Picked: review.Picked{Item: r.Found.Def.Key, Version: r.version}, To: r.to, Note: r.note, Links: r.links}
		if shown != nil {
			at := slices.IndexFunc(shown, func(p review.Picked) bool { return p.Item == says.Item })
			if at < 0 {
				continue
			}
			says.Picked = shown[at]
		}
		out = append(out, says)
	}
	return out
}

// Pick is how the form names the item with the version that is shown.
func (r *PasteRow) Pick() string {
	return string(r.Found.Def.Key) + "." + strconv.Itoa(r.version)
}

// ReadPaste finds the item and the answer of each row. meant are the [PasteRow.Meaning] of rows
// of which somebody has said what they mean.
func ReadPaste(v StageView, rows []PastedRow, rules review.LinkRules, meant []string) []PasteRow {
	m := newPasteMatch(v)
	out := make([]PasteRow, len(rows))
	first := map[plan.ItemKey]int{}
	for i, in := range rows {
		r := &out[i]
		r.PastedRow = in
		if r.Found, r.Problem = m.find(in); r.Problem == nobodysName {
			m.accept(r, meant)
		}
		if r.Found == nil {
			continue
		}
		key := r.Found.Def.Key
		if line, twice := first[key]; twice {
			r.Problem = fmt.Sprintf("Left out: row %d is about the same item.", line)
			continue
		}
		first[key], r.version = in.Line, r.Found.Answer.Version
		r.read(rules)
	}
	m.suggest(out, first)
	return out
}

// pasteMatch finds items by what people call them.
type pasteMatch struct {
	view    StageView
	byKey   map[string]*review.Item
	byTitle map[string][]*review.Item
}

func newPasteMatch(v StageView) *pasteMatch {
	m := &pasteMatch{v, map[string]*review.Item{}, map[string][]*review.Item{}}
	s := v.stage()
	for i := range s.Items {
		it := &s.Items[i]
		m.byKey[string(it.Def.Key)] = it
		titles := []string{fold.Text(it.Def.Title)}
		if claim := fold.Text(it.Def.Claim()); claim != titles[0] {
			titles = append(titles, claim)
		}
		for _, t := range titles {
			m.byTitle[t] = append(m.byTitle[t], it)
		}
	}
	return m
}

// nobodysName is why a row is left out that nothing in the plan is called like.
const nobodysName = "Left out: no item of this stage has this title or key."

// find is the item that a row means, or why it means none.
func (m *pasteMatch) find(r PastedRow) (*review.Item, string) {
	var names []string
	for _, cell := range []string{r.Key, r.Item} {
		if cell != "" {
			names = append(names, fold.Text(cell), fold.Text(bareTitle(cell)))
		}
	}
	if len(names) == 0 {
		return nil, "Left out: it names no item."
	}
	for _, n := range names {
		if it := m.byKey[n]; it != nil {
			return it, ""
		}
	}
	for _, n := range names {
		found := m.byTitle[n]
		if len(found) > 1 {
			found = slices.DeleteFunc(slices.Clone(found), func(it *review.Item) bool { return it.Level == plan.LevelNone })
		}
		switch {
		case len(found) == 1:
			return found[0], ""
		case len(found) > 1:
			return nil, fmt.Sprintf("Left out: %d items are called so. Name the one you mean by its key, such as %s.", len(found), found[0].Def.Key)
		}
	}
	if stage := m.elsewhere(names); stage != "" {
		return nil, "Left out: it belongs to the stage “" + stage + "”. Paste it there."
	}
	return nil, nobodysName
}

// elsewhere is the stage that has an item of such a name; empty: none.
func (m *pasteMatch) elsewhere(names []string) string {
	for i := range m.view.Review.Plan.Stages {
		s := &m.view.Review.Plan.Stages[i]
		for j := range s.Items {
			d := &s.Items[j]
			if slices.Contains(names, string(d.Key)) || slices.Contains(names, fold.Text(d.Title)) || slices.Contains(names, fold.Text(d.Claim())) {
				return s.Name
			}
		}
	}
	return ""
}

// bareTitle is a title without the number or box that people put before it.
func bareTitle(s string) string {
	for _, box := range []string{"- [ ] ", "- [x] ", "- [X] ", "[ ] ", "[x] ", "- ", "* ", "• "} {
		if rest, found := strings.CutPrefix(s, box); found {
			return rest
		}
	}
	rest := strings.TrimLeft(s, "0123456789.")
	if rest == s {
		return s
	}
	return strings.TrimSpace(strings.TrimLeft(rest, ".):"))
}

// read takes what the row says of its item.
func (r *PasteRow) read(rules review.LinkRules) {
	it := r.Found
	var known bool
	if r.to, known = readAnswerWord(r.Answer); !known {
		r.Problem = "Left out: “" + Cut(r.Answer, 40) + "” is no answer. Write Met, Not met, N/A or Open."
		return
	}
	r.note = r.Note
	if chosen := ChosenWords(it.Def, it.Answer.Choices); chosen != "" { // as our own file has it
		r.note = strings.TrimSpace(strings.TrimPrefix(r.note, chosen))
	}
	follows := it.Inherited.Follows() && (r.to == "" || r.to == it.Answer.State)
	if follows || sameLines(r.note, it.Answer.Note) {
		r.note = ""
	}
	if follows {
		r.to = ""
	}
	r.links, r.bad = review.SortLinks(linkLines(r.Link), rules)
}

// sameLines reports whether two notes have the same words on the same lines. A spreadsheet
// may have changed the spaces between them.
func sameLines(a, b string) bool {
	words := func(line string) string { return strings.Join(strings.Fields(line), " ") }
	return slices.EqualFunc(strings.Split(a, "\n"), strings.Split(b, "\n"), func(a, b string) bool { return words(a) == words(b) })
}

// readAnswerWord is the answer that a word of a spreadsheet means; empty for none.
func readAnswerWord(cell string) (review.State, bool) {
	word := strings.Trim(fold.Text(cell), " .!")
	word, _, _ = strings.Cut(word, ",") // "Not met, high risk"
	switch word {
	case "":
		return "", true
	case "met", "yes", "y", "x", "true", "1", "done", "ok", "okay", "pass", "passed", "complete", "completed", "fulfilled", "✓", "✔", "✅", "☑", "[x]":
		return review.Met, true
	case "not met", "not-met", "no", "n", "false", "0", "fail", "failed", "not done", "not fulfilled", "✗", "✘", "❌":
		return review.NotMet, true
	case "n/a", "na", "n.a", "not applicable", "not-applicable", "does not apply":
		return review.NotApplicable, true
	case "open", "todo", "to do", "to-do", "not started", "unanswered", "[ ]", "☐":
		return review.Open, true
	}
	return "", false
}

// linkLines has one link on each line, with the words before it.
func linkLines(cell string) string {
	var out []string
	for line := range strings.Lines(cell) {
		if strings.Count(line, "https://")+strings.Count(line, "http://") < 2 {
			out = append(out, line)
			continue
		}
		var words []string
		for _, w := range strings.Fields(line) {
			words = append(words, strings.TrimRight(w, ",;"))
			if strings.HasPrefix(w, "https://") || strings.HasPrefix(w, "http://") {
				out, words = append(out, strings.Join(words, " ")), nil
			}
		}
		if len(words) > 0 {
			out = append(out, strings.Join(words, " "))
		}
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// Tell says of each row what was done to the item in a trial: what was recorded, and
// what was left.
func (d *PasteData) Tell(events []review.Entry, left []review.Left) {
	does := map[plan.ItemKey][]string{}
	for _, en := range events {
		_, k := en.Event.Subject()
		does[k] = append(does[k], pasteWords(en.Event)...)
	}
	why := map[plan.ItemKey]error{}
	for _, l := range left {
		why[l.Item] = l.Why
	}
	c := &Checked{view: d.View}
	for i := range d.Rows {
		r := &d.Rows[i]
		if r.Found == nil || r.Problem != "" {
			continue
		}
		if err := why[r.Found.Def.Key]; err != nil {
			r.Problem = "Left out: " + pasteWhy(c, err)
			continue
		}
		r.Does = does[r.Found.Def.Key]
	}
}

func pasteWords(e review.Event) []string {
	switch e := e.(type) {
	case review.ItemAnswered:
		var out []string
		switch {
		case e.From != e.To:
			out = append(out, e.From.Label()+" → "+e.To.Label())
		case e.FromNote == e.Note:
			out = append(out, "Reconfirmed as "+strings.ToLower(e.To.Label()))
		}
		if e.FromNote != e.Note {
			what := "Note"
			if n := strings.Count(e.Note, "\n"); n > 0 {
				what = "Note of " + CountOf(n+1, "line")
			}
			out = append(out, what+": “"+Cut(e.Note, 100)+"”")
		}
		return out
	case review.EvidenceAdded:
		return []string{"Link as " + KindWord(e.Type) + ": " + e.Title}
	}
	return nil
}

func pasteWhy(c *Checked, err error) string {
	var invalid *review.Invalid
	if errors.As(err, &invalid) {
		return strings.TrimSuffix(BulkProblem(invalid), " Nothing was changed.")
	}
	return c.leftWhy(err)
}

// BadLinks are the links of the row that are refused, and why.
func (r *PasteRow) BadLinks() []string {
	out := make([]string, len(r.bad))
	for i, b := range r.bad {
		out[i] = "Link refused: “" + Cut(b.Text, 60) + "” " + b.Why + "."
	}
	return out
}

// Wants reports whether anything would be done.
func (r *PasteRow) Wants() bool { return r.Found != nil && r.Problem == "" && len(r.Does) > 0 }

func (d *PasteData) wanted() []*PasteRow {
	var out []*PasteRow
	for i := range d.Rows {
		if d.Rows[i].Wants() {
			out = append(out, &d.Rows[i])
		}
	}
	return out
}

// leftOut counts rows of which nothing is done because something is wrong.
func (d *PasteData) leftOut() int {
	n := 0
	for i := range d.Rows {
		if d.Rows[i].Problem != "" {
			n++
		}
	}
	return n
}

// PasteRefusals is how much of what was pasted came to nothing.
type PasteRefusals struct{ Rows, Links int }

// Refusals counts the rows that are left out, and the links that are refused in the other rows.
func (d *PasteData) Refusals() PasteRefusals {
	n := PasteRefusals{Rows: d.leftOut()}
	for i := range d.Rows {
		if d.Rows[i].Problem == "" {
			n.Links += len(d.Rows[i].bad)
		}
	}
	return n
}

// Words says it after another sentence; empty where all was taken.
func (n PasteRefusals) Words() string {
	text := ""
	if n.Rows > 0 {
		text += " " + CountOf(n.Rows, "row") + were(n.Rows) + " left out."
	}
	if n.Links > 0 {
		text += " " + CountOf(n.Links, "link") + were(n.Links) + " refused."
	}
	return text
}

func were(n int) string {
	if n == 1 {
		return " was"
	}
	return " were"
}

// sum says in one sentence what the preview shows.
func (d *PasteData) sum() string {
	n := len(d.wanted())
	text := CountOf(len(d.Rows), "row") + ": " + CountOf(n, "item") + " will be changed"
	if left := d.leftOut(); left > 0 {
		text += ", " + CountOf(left, "row") + " left out"
	}
	if same := len(d.Rows) - n - d.leftOut(); same > 0 {
		text += ", " + strconv.Itoa(same) + " already as pasted"
	}
	if links := d.Refusals().Links; links > 0 {
		text += "; " + CountOf(links, "link") + " refused"
	}
	return text + "."
}

func (d *PasteData) unread() string {
	if len(d.Unread) == 0 {
		return ""
	}
	return "Columns that are not read: " + Enumerate(d.Unread, "and") + "."
}

func (r *PasteRow) look() (ui.State, string) {
	switch {
	case r.Problem != "":
		return ui.Warn, "Left out"
	case len(r.Does) == 0 && len(r.bad) > 0:
		return ui.Warn, "As it is, a link refused"
	case len(r.bad) > 0:
		return ui.Warn, "Change, a link refused"
	case len(r.Does) == 0:
		return ui.None, "As it is"
	}
	return ui.Met, "Change"
}

// problem is why the row is left out, without saying so again.
func (r *PasteRow) why() string { return Capital(strings.TrimPrefix(r.Problem, "Left out: ")) }

func (d *PasteData) url() string { return PasteURL(d.View.Review.Project.Key, d.View.Stage) }

// StageName is the stage whose items are answered.
func (d *PasteData) StageName() string { return d.View.stage().Def.Name }

func (d *PasteData) field() ui.Field {
	return ui.Field{
		Name: "text", Label: "Rows from a spreadsheet", Value: d.Text, Error: d.Error,
		Hint: "One row for each item, with its title or key, the answer, a note and a link; with or without a row of headings. At most " + strconv.Itoa(review.MaxPicked) + " rows.",
	}
}

func (d *PasteData) summary() []ui.FieldError { return summary([]ui.Field{d.field()}) }
