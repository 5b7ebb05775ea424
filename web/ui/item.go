package ui

import (
	"context"
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/a-h/templ"
)

// Answer values as they travel in forms.
const (
	AnswerOpen          = "open"
	AnswerMet           = "met"
	AnswerNotMet        = "not-met"
	AnswerNotApplicable = "not-applicable"
)

// How a question is answered: by what is ticked in the same form, by none of the choices, or by those that the value
// itself lists after Chosen, with spaces between.
const (
	AnswerChoices = "choices"
	AnswerNone    = "none"
	Chosen        = "="
	ChosenNone    = "=-"
)

// NoteShown is how many bytes of a note the checklist shows. A longer one is cut, and is edited on the item's
// own page instead of in the row.
const NoteShown = 240

// ItemRow is one item of a checklist as its row shows it.
type ItemRow struct {
	Key      string       // short stable key, unique in the stage: letters, digits, hyphens
	Href     string       // address of the item's page; the answer is posted to Href + "/answer"
	Version  int          // the item's version that this row shows; sent back with an answer
	Filter   string       // query of the list that the row stands in, as "show=open"; sent back with an answer; may be empty
	State    State        // look of the row: Open, Met, Bad, NA, Waived or Warn
	Answer   string       // one of the Answer values; the pressed button
	Question *RowQuestion // of an item that is answered by choosing; nil for a statement
	Level    string       // must, should or may
	Title    string
	Note     string
	NoteFor  string       // the answer that the note was written for, where another one stands now; empty where the note belongs to it
	Assignee string       // name, empty when nobody
	Due      string       // "due 9 Dec", empty without a date or where a flag says it
	Picked   bool         // the row's box is ticked
	Evidence []ItemLink   // in order of addition; the row shows the first two and counts the rest
	Flags    []ItemFlag   // what needs attention, the gravest first
	ReadOnly bool         // the viewer may not answer: the answer is shown as a word, without buttons
	Follows  bool         // the answer is another project's: it is shown as a word, and the row can be picked
	Conflict *RowConflict // set only in the answer to a post that met another's change
	Problem  *RowProblem  // set only in the answer to a post that was refused
	Paste    *RowPaste    // set only in the answer to pasted lines that were no links
}

// RowQuestion is what an item asks that is answered by choosing, and how that stands.
type RowQuestion struct {
	Choices []RowChoice // at least one
	Word    string      // the answer and its risk in words
	Value   string      // the choices as a form gives them again; empty while nothing was chosen
	Rules   []string    // what decides, a sentence each
}

// RowChoice is something that may be true. Its key is unique in the item: letters, digits, hyphens, underscores.
type RowChoice struct {
	Key, Title string
	On         bool // it was chosen
}

// ItemLink is one piece of evidence. URL is https and already checked by the domain.
type ItemLink struct {
	Title, URL string
	Kind       string // in words
	No         int    // within the stage, where the viewer may change title and kind; 0 elsewhere
}

// RowPaste gives pasted lines back that were not added, to be mended and sent again.
type RowPaste struct {
	Text  string // why, a plain sentence or several
	Lines string // as they were pasted
}

// ItemFlag says in a word or two what an item lacks; it leads to Href + "#" + Anchor.
type ItemFlag struct {
	State  State
	Text   string
	Anchor string // "evidence", "waiver", "answer"; may be empty
}

// RowConflict shows both sides when somebody else changed the item first. The row itself carries the other's
// values and the current version; Mine is what this person chose on the version they saw.
type RowConflict struct {
	By         string // who changed it meanwhile
	Own        bool   // that was the reader, in another tab
	When       string // "2 minutes ago"
	MineAnswer string // an Answer value, or a question's Value
	MineWord   string // in words, where it is a question's; empty elsewhere
	MineNote   string
	MineNoted  bool // a note was sent along; without one, "Use mine" leaves the note as it is
}

// title is who answered meanwhile.
func (c *RowConflict) title() string { return AnsweredMeanwhile(c.By, c.Own, c.When) }

// AnsweredMeanwhile says who was quicker, which may be the reader in another tab.
func AnsweredMeanwhile(by string, own bool, when string) string {
	if own {
		return "You answered in another tab " + when
	}
	return by + " answered " + when
}

// KeepWord is on the button that leaves the answer which was given meanwhile.
func KeepWord(own bool) string {
	if own {
		return "Keep that"
	}
	return "Keep theirs"
}

// RowProblem says under a row why its answer was not saved. With an Answer, it asks for the note that the answer needs: the
// choice and what was typed are kept.
type RowProblem struct {
	Text   string // a plain sentence
	Answer string // one of the Answer values, or a question's Value; empty when there is nothing to send again
	Note   string // what was typed
	Asks   bool   // nothing is wrong: the answer only needs a note
}

// ItemList is the checklist's list. Forms in it post through htmx when scripts run and swap their own row; links stay plain links.
func ItemList(label string, rows []ItemRow) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		return writePooled(w, func(b []byte) []byte {
			b = append(b, `<ol class="items" aria-label="`...)
			b = appendText(b, label)
			b = append(b, `" hx-boost:inherited="true" hx-target:inherited="closest li" hx-swap:inherited="outerHTML show:none">`...)
			for i := range rows {
				b = appendItemRow(b, &rows[i])
			}
			return append(b, "</ol>"...)
		})
	})
}

// Row is one row alone: the answer to a tick, together with StageProgress out of band.
func Row(r ItemRow) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		return writePooled(w, func(b []byte) []byte { return appendItemRow(b, &r) })
	})
}

// appendItemRow writes the row in plain Go because a page has up to two hundred of them; the reference package
// holds the same row as a template, and a test keeps both equal byte for byte.
func appendItemRow(b []byte, r *ItemRow) []byte {
	b = append(b, `<li id="item-`...)
	b = appendText(b, r.Key)
	b = append(b, `" class="`...)
	b = append(b, r.State.class()...)
	b = append(b, `" data-row>`...)
	b = appendBox(b, r)
	b = appendLevel(b, r.Level)
	b = append(b, `<a href="`...)
	b = appendURL(b, r.Href)
	b = append(b, `">`...)
	b = appendText(b, r.Title)
	b = append(b, `</a><p>`...)
	b = appendRowMeta(b, r)
	b = append(b, `</p>`...)
	b = appendAnswerForm(b, r)
	if r.NoteFor != "" {
		b = appendOldNote(b, r)
	}
	if r.Conflict != nil {
		b = appendConflict(b, r)
	}
	if r.Problem != nil {
		b = appendProblem(b, r)
	}
	if r.Paste != nil {
		b = appendPaste(b, r)
	}
	return append(b, `</li>`...)
}

// appendBox writes the box that picks the row for the form of several, which stands elsewhere on the page.
func appendBox(b []byte, r *ItemRow) []byte {
	if r.ReadOnly {
		return b
	}
	b = append(b, `<input type="checkbox" form="bulk" name="pick" value="`...)
	b = appendText(b, r.Key)
	b = append(b, '.')
	b = strconv.AppendInt(b, int64(r.Version), 10)
	b = append(b, `" aria-label="Select: `...)
	b = appendText(b, r.Title)
	if r.Picked {
		return append(b, `" checked>`...)
	}
	return append(b, `">`...)
}

// appendLevel writes the level as a pill.
func appendLevel(b []byte, level string) []byte {
	b = append(b, `<b class="`...)
	b = appendText(b, level)
	b = append(b, `">`...)
	b = appendText(b, LevelWord(level))
	return append(b, `</b> `...)
}

// LevelWord is a level as pages call it.
func LevelWord(level string) string {
	switch level {
	case "must":
		return "Required"
	case "should":
		return "Recommended"
	case "may":
		return "Optional"
	}
	return level
}

// appendRowMeta writes what stands beside the title: flags, evidence, assignee, note. The script adds buttons for what is
// missing; without it, the title leads to the page that has all of it.
func appendRowMeta(b []byte, r *ItemRow) []byte {
	for i := range r.Flags {
		f := &r.Flags[i]
		b = append(b, `<a class="badge `...)
		b = append(b, f.State.class()...)
		b = append(b, `" href="`...)
		b = appendURL(b, r.Href)
		if f.Anchor != "" {
			b = append(b, '#')
			b = appendText(b, f.Anchor)
		}
		b = append(b, `">`...)
		b = appendText(b, f.Text)
		b = append(b, `</a> `...)
	}
	b = appendEvidence(b, r)
	b = appendText(b, r.Assignee)
	if r.Assignee != "" && r.Due != "" {
		b = append(b, ", "...)
	}
	b = appendText(b, r.Due)
	b = append(b, ' ')
	if note, cut := cutNote(r.Note); note != "" {
		b = append(b, `<a class="`...)
		if cut {
			b = append(b, `nt cut`...)
		} else {
			b = append(b, `nt`...)
		}
		b = append(b, `" href="`...)
		b = appendURL(b, r.Href)
		b = append(b, `#note">`...)
		b = appendText(b, note)
		b = append(b, `</a>`...)
	}
	return b
}

func appendEvidence(b []byte, r *ItemRow) []byte {
	for i := range r.Evidence {
		if i == 2 {
			b = append(b, `<a href="`...)
			b = appendURL(b, r.Href)
			b = append(b, `#evidence">`...)
			b = strconv.AppendInt(b, int64(len(r.Evidence)-2), 10)
			return append(b, ` more</a> `...)
		}
		b = append(b, `<a href="`...)
		b = appendURL(b, r.Evidence[i].URL)
		b = append(b, `" title="`...)
		b = appendText(b, r.Evidence[i].Kind)
		if no := r.Evidence[i].No; no > 0 {
			b = append(b, `" data-no="`...)
			b = strconv.AppendInt(b, int64(no), 10)
		}
		b = append(b, `" rel="noopener noreferrer nofollow">`...)
		b = appendText(b, r.Evidence[i].Title)
		b = append(b, `</a> `...)
	}
	return b
}

// appendAnswerForm writes the choice of three. The button for the current answer is pressed. To reopen an item, the
// script adds a button; without it there is the form of several, and the item's page.
func appendAnswerForm(b []byte, r *ItemRow) []byte {
	if r.Question != nil {
		return appendQuestion(b, r)
	}
	if r.ReadOnly || r.Follows {
		b = append(b, `<em>`...)
		b = append(b, AnswerWord(r.Answer)...)
		return append(b, `</em> `...)
	}
	b = append(b, `<form class="seg" method="post" action="`...)
	b = appendPostURL(b, r)
	b = append(b, `">`...)
	for _, answer := range [...]string{AnswerMet, AnswerNotMet, AnswerNotApplicable} {
		b = append(b, `<button name="answer" value="`...)
		b = append(b, answer...)
		b = append(b, `" aria-label="`...)
		b = append(b, buttonWord(answer)...)
		b = append(b, ": "...)
		b = appendText(b, r.Title)
		if answer == r.Answer {
			b = append(b, `" aria-pressed="true">`...)
		} else {
			b = append(b, `" aria-pressed="false">`...)
		}
		b = append(b, buttonWord(answer)...)
		b = append(b, `</button> `...)
	}
	return append(b, `</form>`...)
}

// appendQuestion writes the choices, the buttons that answer with them, and the rules. With none of the boxes ticked it
// takes the button that says so: nothing is taken for an answer that may only be unfinished.
func appendQuestion(b []byte, r *ItemRow) []byte {
	q := r.Question
	b = append(b, `<em>`...)
	b = appendText(b, q.Word)
	b = append(b, `</em> `...)
	if r.ReadOnly {
		b = append(b, `<ul class="choose small" aria-label="Choices: `...)
		b = appendText(b, r.Title)
		b = append(b, `">`...)
		for i := range q.Choices {
			b = append(b, `<li>`...)
			b = append(b, q.Choices[i].mark()...)
			b = appendText(b, q.Choices[i].Title)
			b = append(b, `</li>`...)
		}
		b = append(b, `</ul>`...)
		return appendRules(b, q)
	}
	b = append(b, `<form class="seg choose" id="choose-`...)
	b = appendText(b, r.Key)
	b = append(b, `" method="post" action="`...)
	b = appendPostURL(b, r)
	b = append(b, `" data-draft data-now="`...)
	b = appendText(b, q.Value)
	b = append(b, `"><fieldset><legend class="vh">Which are true? `...)
	b = appendText(b, r.Title)
	b = append(b, `</legend> `...)
	for i := range q.Choices {
		b = append(b, `<label><input type="checkbox" name="choice" value="`...)
		b = appendText(b, q.Choices[i].Key)
		if q.Choices[i].On {
			b = append(b, `" checked> `...)
		} else {
			b = append(b, `"> `...)
		}
		b = appendText(b, q.Choices[i].Title)
		b = append(b, `</label>`...)
	}
	b = append(b, `</fieldset>`...)
	for _, by := range [...]string{AnswerChoices, AnswerNone, AnswerNotApplicable} {
		b = append(b, `<button name="answer" value="`...)
		b = append(b, by...)
		b = append(b, `" aria-label="`...)
		b = append(b, buttonWord(by)...)
		b = append(b, ": "...)
		b = appendText(b, r.Title)
		if by == r.pressed() {
			b = append(b, `" aria-pressed="true">`...)
		} else {
			b = append(b, `" aria-pressed="false">`...)
		}
		b = append(b, buttonWord(by)...)
		b = append(b, `</button> `...)
	}
	b = append(b, `</form>`...)
	return appendRules(b, q)
}

// mark says before a choice that nobody can change here whether it was chosen.
func (c *RowChoice) mark() string {
	if c.On {
		return "Chosen: "
	}
	return "Not chosen: "
}

// pressed is the button that gave the answer to a question; empty while it is open.
func (r *ItemRow) pressed() string {
	switch r.Question.Value {
	case "":
		return r.Answer
	case ChosenNone:
		return AnswerNone
	}
	return AnswerChoices
}

func appendRules(b []byte, q *RowQuestion) []byte {
	b = append(b, `<details class="small"><summary>How this is decided</summary><ul>`...)
	for _, rule := range q.Rules {
		b = append(b, `<li>`...)
		b = appendText(b, rule)
		b = append(b, `</li>`...)
	}
	return append(b, `</ul></details>`...)
}

// value is the answer as a form gives it again.
func (r *ItemRow) value() string {
	if r.Question != nil && r.Question.Value != "" {
		return r.Question.Value
	}
	return r.Answer
}

// word is the answer in words.
func (r *ItemRow) word() string {
	if r.Question != nil {
		return r.Question.Word
	}
	return AnswerWord(r.Answer)
}

// mineWord is the other answer of a conflict in words.
func (c *RowConflict) mineWord() string {
	if c.MineWord != "" {
		return c.MineWord
	}
	return AnswerWord(c.MineAnswer)
}

// appendOldNote says for which answer the note was written, and clears it in one press.
func appendOldNote(b []byte, r *ItemRow) []byte {
	b = append(b, `<div class="row small"><p>`...)
	b = appendText(b, OldNoteWords(r.NoteFor))
	b = append(b, `</p>`...)
	if r.ReadOnly {
		return append(b, `</div>`...)
	}
	b = append(b, `<form method="post" action="`...)
	b = appendPostURL(b, r)
	b = append(b, `"><input type="hidden" name="note" value=""> <button class="link" name="answer" value="`...)
	b = appendText(b, r.value())
	b = append(b, `">Clear the note<span class="vh">: `...)
	b = appendText(b, r.Title)
	return append(b, `</span></button></form></div>`...)
}

// OldNoteWords says that a note was written for a different answer.
func OldNoteWords(answer string) string {
	return "The note was written for the earlier answer “" + AnswerWord(answer) + "”."
}

func appendConflict(b []byte, r *ItemRow) []byte {
	c := r.Conflict
	b = append(b, `<div class="versus" role="group" aria-label="Two answers"><div><h2>`...)
	b = appendText(b, c.title())
	b = append(b, `</h2><p class="quote">`...)
	b = appendText(b, r.word())
	b = appendColonText(b, r.Note)
	b = append(b, `</p><a class="btn" href="#item-`...)
	b = appendText(b, r.Key)
	b = append(b, `" data-keep>`...)
	b = append(b, KeepWord(c.Own)...)
	b = append(b, `</a></div><div><h2>You chose</h2><p class="quote">`...)
	b = appendText(b, c.mineWord())
	b = appendColonText(b, c.MineNote)
	b = append(b, `</p><form method="post" action="`...)
	b = appendPostURL(b, r)
	b = append(b, `">`...)
	if c.MineNoted {
		b = append(b, `<input type="hidden" name="note" value="`...)
		b = appendText(b, c.MineNote)
		b = append(b, `"> `...)
	}
	b = append(b, `<button name="answer" value="`...)
	b = appendText(b, c.MineAnswer)
	return append(b, `">Use mine</button></form></div></div>`...)
}

func appendProblem(b []byte, r *ItemRow) []byte {
	p := r.Problem
	if p.Answer == "" {
		b = append(b, `<div class="note-box s-bad" role="alert"><div><p>`...)
		b = appendText(b, p.Text)
		b = append(b, `</p>`...)
		if p.Note != "" { // typed text stays in sight even where it cannot be sent
			b = append(b, `<p class="quote">`...)
			b = appendText(b, p.Note)
			b = append(b, `</p>`...)
		}
		return append(b, `</div></div>`...)
	}
	if p.Asks {
		b = append(b, `<div class="ask"><form method="post" action="`...)
	} else {
		b = append(b, `<div class="ask s-bad" role="alert"><form method="post" action="`...)
	}
	b = appendPostURL(b, r)
	b = append(b, `"><label for="why-`...)
	b = appendText(b, r.Key)
	b = append(b, `">`...)
	b = appendText(b, p.Text)
	b = append(b, `</label> <textarea id="why-`...)
	b = appendText(b, r.Key)
	b = append(b, `" name="note" rows="2"`...)
	if !p.Asks {
		b = append(b, ` aria-invalid="true"`...)
	}
	b = append(b, '>')
	b = appendText(b, p.Note)
	b = append(b, `</textarea> <button class="go" name="answer" value="`...)
	b = appendText(b, p.Answer)
	b = append(b, `">`...)
	b = appendText(b, SaveWord(p.Answer))
	return append(b, `</button></form></div>`...)
}

// appendPaste gives back the lines that were no links.
func appendPaste(b []byte, r *ItemRow) []byte {
	b = append(b, `<div class="ask" role="alert"><form method="post" action="`...)
	b = appendURL(b, r.Href)
	b = append(b, `/evidence`...)
	if r.Filter != "" {
		b = append(b, '?')
		b = appendText(b, r.Filter)
	}
	b = append(b, `"><label for="links-`...)
	b = appendText(b, r.Key)
	b = append(b, `">`...)
	b = appendText(b, r.Paste.Text)
	b = append(b, `</label> <textarea id="links-`...)
	b = appendText(b, r.Key)
	b = append(b, `" name="links" rows="2" aria-invalid="true">`...)
	b = appendText(b, r.Paste.Lines)
	return append(b, `</textarea> <button class="go">Add links</button></form></div>`...)
}

// appendPostURL writes where the row's answer is posted. The version and the list's filter travel in the address so
// that a row needs no hidden field.
func appendPostURL(b []byte, r *ItemRow) []byte {
	b = appendURL(b, r.Href)
	b = append(b, `/answer?version=`...)
	b = strconv.AppendInt(b, int64(r.Version), 10)
	if r.Filter != "" {
		b = append(b, `&amp;`...)
		b = appendText(b, r.Filter)
	}
	return b
}

// SaveWord is on the button that saves an answer together with its note.
func SaveWord(answer string) string {
	if strings.HasPrefix(answer, Chosen) {
		return "Save choices"
	}
	return "Save as " + strings.ToLower(AnswerWord(answer))
}

func appendColonText(b []byte, s string) []byte {
	if s == "" {
		return b
	}
	b = append(b, ": "...)
	return appendText(b, s)
}

// appendURL writes an address for an href or action. What is neither relative nor of a harmless scheme is
// replaced, as templ does; the domain has refused such evidence long before.
func appendURL(b []byte, s string) []byte {
	if strings.HasPrefix(s, "/") || strings.HasPrefix(s, "https://") { // nearly all, and harmless
		return appendText(b, s)
	}
	return appendText(b, string(templ.URL(s)))
}

// AnswerWord is the answer in words.
func AnswerWord(answer string) string {
	switch answer {
	case AnswerMet:
		return "Met"
	case AnswerNotMet:
		return "Not met"
	case AnswerNotApplicable:
		return "Not applicable"
	}
	return "Open"
}

// AnswerState is the look of a plain answer, before evidence and waivers have their say.
func AnswerState(answer string) State {
	switch answer {
	case AnswerMet:
		return Met
	case AnswerNotMet:
		return Bad
	case AnswerNotApplicable:
		return NA
	}
	return Open
}

func buttonWord(answer string) string {
	switch answer {
	case AnswerNotApplicable:
		return "N/A"
	case AnswerChoices:
		return "Answer"
	case AnswerNone:
		return "None of these"
	}
	return AnswerWord(answer)
}

// cutNote shortens a long note at a rune's edge.
func cutNote(note string) (shown string, cut bool) {
	if len(note) <= NoteShown {
		return note, false
	}
	end := NoteShown
	for end > 0 && !utf8.RuneStart(note[end]) {
		end--
	}
	return strings.TrimRight(note[:end], " \n") + "\u2026", true
}

// rowBuffers keeps the bytes of finished lists for the next request. 64 KiB holds a list of 120 rows.
var rowBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 64<<10); return &b }}

// keepAtMost stops one giant list from pinning memory in the pool, in bytes.
const keepAtMost = 512 << 10

func writePooled(w io.Writer, fill func([]byte) []byte) error {
	p := rowBuffers.Get().(*[]byte)
	b := fill((*p)[:0])
	_, err := w.Write(b)
	if cap(b) <= keepAtMost {
		*p = b
		rowBuffers.Put(p)
	}
	return err
}
