package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// Somebody is a person to choose from a list.
type Somebody struct {
	ID          review.PersonID
	Name, Email string
}

// Comment is one contribution to an item's discussion.
type Comment struct {
	Person   review.PersonID
	At       time.Time
	Text     string            // Markdown
	Mentions []review.PersonID // those who find it on their work
}

// ItemData is what the page of an item shows.
type ItemData struct {
	StageView
	Item     *review.Item
	Comments []Comment
	Entries  []review.Entry // what happened to it, newest first
	People   []Somebody     // who can be given the item
	More     bool           // there are more people than these
	Who      string         // the search that People answers
	Once     string         // key of the comment form
	Seq      int64          // the project's version that the page shows
	Form     ItemForm
	Offers   []OfferFound // of other projects
}

// ItemForm is a form of the item's page that was sent and could not be carried
// out. It is shown again with all that was typed.
type ItemForm struct {
	Name     string // one of the Form constants; empty when none was sent
	State    review.State
	Choosing bool        // by choices, and not by State
	Chosen   plan.Chosen // what was ticked; nothing was said while it is zero
	Note     string
	Noted    bool // a note came along with the answer
	Version  int  // of the answer that the person was shown
	Evidence review.NewEvidence
	Links    string // pasted lines that were not added
	Person   string
	Due      string
	Text     string
	Once     string
	Errors   map[string]string // by field
	Problem  string            // why nothing was changed, where no field is at fault
	Conflict *review.Answer    // the answer as it now stands
	Waiver   review.NewWaiver
	Decision WaiverForm // on a waiver
	Level    LevelForm
}

// JoinValue of the field "join" makes whom an item is assigned to a member of
// the project.
const JoinValue = "member"

// The forms of the item's page.
const (
	FormAnswer   = "answer"
	FormApprove  = "approve"
	FormAssign   = "assign"
	FormComment  = "comment"
	FormEvidence = "evidence"
	FormRemove   = "remove"
	FormLinks    = "links"
	FormRevise   = "revise"
)

// HistoryShown is how many entries of its history an item's page shows.
const HistoryShown = 50

// Title is the page's.
func (d *ItemData) Title() string { return d.Item.Def.Title + ", " + d.Review.Project.Name }

// ErrorCount is how many fields are at fault.
func (d *ItemData) ErrorCount() int { return len(d.Form.Errors) }

func (d *ItemData) key() review.ProjectKey { return d.Review.Project.Key }
func (d *ItemData) applies() bool          { return d.Item.Level != plan.LevelNone }

// can reports whether the viewer would be let change the item.
func (d *ItemData) can(a review.Action) bool { return d.applies() && d.may(a) }

func (d *ItemData) at(url func(review.ProjectKey, plan.StageKey, plan.ItemKey) string) string {
	return url(d.key(), d.Stage, d.Item.Def.Key)
}

// sibling is the item so many steps away among those that apply; without an
// address beyond the ends.
func (d *ItemData) sibling(step int) (url, title string) {
	items := d.stage().Items
	for i := d.place() + step; i >= 0 && i < len(items); i += step {
		if items[i].Level != plan.LevelNone {
			return ItemURL(d.key(), d.Stage, items[i].Def.Key), items[i].Def.Title
		}
	}
	return "", ""
}

func (d *ItemData) place() int {
	return slices.IndexFunc(d.stage().Items, func(it review.Item) bool { return it.Def == d.Item.Def })
}

// look is the item's shape and colour.
func (d *ItemData) look() ui.State {
	if !d.applies() {
		return ui.NA
	}
	e := d.entry()
	return e.look(d.Now)
}

// entry works out what the item's row would show.
func (d *ItemData) entry() *entry {
	need, _ := d.stage().Need(d.Item, d.Now)
	e := &entry{item: d.Item, need: need, late: d.stage().Overdue(d.Item, d.Now)}
	for _, ev := range d.evidence() {
		e.note(ev)
	}
	for _, w := range d.waivers() {
		e.noteWaiver(w, d.Now)
	}
	return e
}

// word is what the item's badge says.
func (d *ItemData) word() string {
	if !d.applies() {
		return "Does not apply to this project"
	}
	word := AnswerWord(&d.Item.Answer)
	if need, _ := d.stage().Need(d.Item, d.Now); need == review.EvidenceExpired {
		word += ", evidence expired"
	}
	return word
}

// headWord is what the badge beside the title says: a waiver before the answer
// that it makes up for.
func (d *ItemData) headWord() string {
	if e := d.entry(); d.applies() && e.waived != nil && !e.settled(d.Now) {
		return "Waived until " + ShortDate(e.waived.Until, d.Now)
	}
	return d.word()
}

// evidence are the item's live links, in order of addition.
func (d *ItemData) evidence() []*review.Evidence {
	var out []*review.Evidence
	s := d.stage()
	for i := range s.Evidence {
		if e := &s.Evidence[i]; e.Item == d.Item.Def.Key && !e.Removed() {
			out = append(out, e)
		}
	}
	return out
}

// records are those that came up with the item and on which a gate decides.
func (d *ItemData) records() []*review.Record {
	var out []*review.Record
	for i := range d.Review.Records {
		if rec := &d.Review.Records[i]; (rec.Item == d.Item.Def.Key || rec.Item == d.Item.Def.Key.Bare()) && rec.Standing().AtGate {
			out = append(out, rec)
		}
	}
	return out
}

// lacks says what keeps the item from letting the gate pass, beyond what the
// answer itself says.
func (d *ItemData) lacks() string {
	switch kind, what := d.stage().Need(d.Item, d.Now); kind {
	case review.MustOpen, review.MustNotMet, review.NAUnapproved: // the badge and the approval say so
		return ""
	default:
		return what
	}
}

// facts are the item's demands in words.
func (d *ItemData) facts() []ui.Fact {
	def := d.Item.Def
	fs := []ui.Fact{{Term: "Level", Text: d.levelText()}}
	if d.applies() && len(def.When) > 0 {
		if open := d.Review.Project.AppliesUntil(def.When); len(open) > 0 {
			fs = append(fs, ui.Fact{Term: "Applies until somebody answers", Text: strings.Join(flagLabels(&d.Review.Plan.Lifecycle, open), "; "), Href: d.answersURL()})
		} else {
			fs = append(fs, ui.Fact{Term: "Applies because", Text: strings.Join(flagLabels(&d.Review.Plan.Lifecycle, d.holding(def.When)), "; ")})
		}
	}
	if len(def.Evidence) > 0 {
		fs = append(fs, ui.Fact{Term: "Evidence", Text: Enumerate(kindWords(def.Evidence), "or")})
	}
	if def.ValidDays > 0 {
		fs = append(fs, ui.Fact{Term: "Renew", Text: "every " + CountOf(def.ValidDays, "day")})
	}
	if len(def.Seats) > 0 {
		fs = append(fs, ui.Fact{Term: "Seats", Text: SeatWords(def.Seats, "and")})
	}
	if len(def.Quality) > 0 {
		fs = append(fs, ui.Fact{Term: "Quality", Text: strings.Join(def.Quality, ", ")})
	}
	if !d.can(review.AssignItem) { // whoever may change it finds it in the form
		fs = append(fs, ui.Fact{Term: "Assigned to", Text: d.assignedTo()})
	}
	return fs
}

// answersURL is where the questions about the project are answered; empty for those
// who may not, and of the past.
func (d *ItemData) answersURL() string {
	if !d.can(review.EditProject) {
		return ""
	}
	return ProfileURL(d.Review.Project.Key)
}

// assignedTo is who works on the item, and until when.
func (d *ItemData) assignedTo() string {
	if d.Item.Assignee == 0 {
		return "Nobody"
	}
	if d.Item.Due.IsZero() {
		return d.Names(d.Item.Assignee)
	}
	return d.Names(d.Item.Assignee) + ", due " + d.Item.Due.Format("2 Jan 2006")
}

// none is the line to which a part without content folds.
func none(n int, word string) string {
	if n > 0 {
		return ""
	}
	return word
}

func (d *ItemData) historyCount() string {
	if n := len(d.Entries); n < HistoryShown {
		return CountOf(n, "change")
	}
	return "the last " + strconv.Itoa(HistoryShown) + " changes"
}

// levelText says what the item weighs here, and at which other tiers it is
// asked.
func (d *ItemData) levelText() string {
	def := d.Item.Def
	if !d.applies() {
		return whyOutside(d.Review, d.stage(), def)
	}
	return levelWords(def, d.Item.Level)
}

// levelWords says what an item weighs at which tiers, one level before the others.
func levelWords(def *plan.Item, first plan.Level) string {
	levels := []plan.Level{first}
	tiers := map[plan.Level][]plan.Tier{}
	for i, l := range def.Levels {
		tiers[l] = append(tiers[l], plan.Tier(i+1))
		if l != plan.LevelNone && !slices.Contains(levels, l) { // that it is not asked there goes without saying
			levels = append(levels, l)
		}
	}
	if len(tiers[first]) == len(def.Levels) {
		return first.Label() + " at every tier"
	}
	words := make([]string, len(levels))
	for i, l := range levels {
		words[i] = strings.ToLower(l.Label()) + " at " + tierWords(tiers[l])
	}
	return Capital(strings.Join(words, ", "))
}

// holding are those of the flags that somebody answered with yes.
func (d *ItemData) holding(flags []plan.Flag) []plan.Flag {
	var out []plan.Flag
	for _, f := range flags {
		if d.Review.Project.Reply(f) == review.ReplyYes {
			out = append(out, f)
		}
	}
	return out
}

// kindWords are kinds of evidence inside a sentence.
func kindWords(kinds []plan.EvidenceKind) []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = KindWord(k)
	}
	return out
}

// KindWord is a kind of evidence within a sentence.
func KindWord(k plan.EvidenceKind) string {
	label := k.Label()
	if len(label) > 1 && label[1] != ' ' && strings.ToUpper(label[:2]) == label[:2] { // an abbreviation
		return label
	}
	return strings.ToLower(label)
}

// answerShown is what the answer form holds: what was sent, else the answer as
// it stands.
func (d *ItemData) answerShown() (state review.State, note string, version int) {
	a := d.Item.Answer
	if d.Form.Name != FormAnswer {
		return a.State, a.Note, a.Version
	}
	state, note, version = d.Form.State, d.Form.Note, d.Form.Version
	if !d.Form.Noted {
		note = a.Note
	}
	return state, note, version
}

func (d *ItemData) answerField() ui.Field {
	return ui.Field{Name: "answer", Label: "Is this done?", Error: d.Form.Errors["answer"]}
}

func (d *ItemData) answerOptions(state review.State) []ui.Option {
	options := make([]ui.Option, 0, 4)
	for _, s := range review.States() {
		options = append(options, ui.Option{Value: string(s), Label: s.Label(), Selected: s == state})
	}
	return options
}

func (d *ItemData) noteField(note string) ui.Field {
	f := ui.Field{Name: "note", Label: "Note", Value: note, Error: d.Form.Errors["note"]}
	switch d.Item.Level {
	case plan.LevelMust:
		f.Hint = "Not applicable needs a reason, which a seat holder then approves. Otherwise optional."
	case plan.LevelShould:
		f.Hint = "Say why if this is not met or not applicable. Otherwise optional."
	default:
		f.Hint = "Not applicable needs a reason. Otherwise optional."
	}
	return f
}

// answeredBy names who answered, for those who cannot change it.
func (d *ItemData) answeredBy() string { return d.Names(d.Item.Answer.By) }

// approval is how it stands with a must that was answered not applicable.
type approval struct {
	waits bool
	mine  bool   // the viewer may give it
	who   string // else: who may, in a sentence
}

func (d *ItemData) approval() approval {
	if kind, _ := d.stage().Need(d.Item, d.Now); kind != review.NAUnapproved {
		return approval{}
	}
	seats := d.stage().Def.Gate.Policy(d.Review.Project.Tier, d.Review.Project.Profile).Seats
	sits := slices.ContainsFunc(seats, func(s plan.Seat) bool { return d.Actor.Sits(s, d.Review.Project.ID) })
	a := approval{waits: true, mine: sits && d.can(review.ApproveNA) && d.Item.Answer.By != d.Actor.Person}
	a.who = "A holder of the " + SeatWords(seats, "or") + " seat has to approve this"
	if d.Item.Answer.By != 0 {
		a.who += ", but not " + d.answeredBy()
	}
	a.who += "."
	return a
}

// ownConflict reports whether the viewer was quicker than themselves, in another tab.
func (d *ItemData) ownConflict() bool { return d.Form.Conflict.By == d.Actor.Person }

// sides are the two answers of a conflict.
func (d *ItemData) sides() (theirs, mine ui.Side) {
	c := d.Form.Conflict
	theirs = ui.Side{Title: ui.AnsweredMeanwhile(d.Names(c.By), d.ownConflict(), ui.Ago(c.At, d.Now)), State: ui.AnswerState(string(c.State)), Word: AnswerWord(c), Text: c.Note}
	mine = ui.Side{Title: "You chose", State: ui.AnswerState(string(d.Form.State)), Word: d.Form.State.Label(), Text: d.Form.Note}
	if chosen := ChosenWords(d.Item.Def, c.Choices); chosen != "" {
		theirs.Word += " (" + chosen + ")"
	}
	if d.Form.Choosing {
		var state review.State
		state, mine.Word = chosenAs(d.Item.Def, d.Form.Chosen)
		mine.State = ui.AnswerState(string(state))
	}
	return theirs, mine
}

// kept is typed text that the page no longer has a form for, because the
// viewer may not send it.
func (d *ItemData) kept() []ui.Field {
	var out []ui.Field
	add := func(label, text string) {
		if text != "" {
			out = append(out, ui.Field{Name: "kept-" + strings.ToLower(label), Label: label, Value: text, Optional: true})
		}
	}
	d.keptWaiver(add)
	switch {
	case d.Form.Name == FormAnswer && !d.can(review.AnswerItem):
		if add("Choices", ChosenWords(d.Item.Def, d.Form.Chosen)); !d.Form.Choosing {
			add("Answer", d.Form.State.Label())
		}
		add("Note", d.Form.Note)
	case d.Form.Name == FormComment && !d.can(review.Comment):
		add("Comment", d.Form.Text)
	case d.Form.Name == FormLinks && !d.can(review.LinkEvidence):
		add("Links", d.Form.Links)
	case d.Form.Name == FormEvidence && !d.can(review.LinkEvidence):
		add("Link", d.Form.Evidence.URL)
		add("Title", d.Form.Evidence.Title)
		add("Commit", d.Form.Evidence.Commit)
	}
	return out
}

// expiry is how the expiry of a link is shown.
type expiry struct {
	state ui.State // empty: as a date
	word  string
}

func expiryOf(e *review.Evidence, now time.Time) expiry {
	switch {
	case e.Expires.IsZero():
		return expiry{ui.None, "never"}
	case e.Expired(now):
		return expiry{ui.Bad, "expired " + dayAway(e.Expires, now)}
	case e.Expiring(now):
		return expiry{ui.Warn, dayAway(e.Expires, now)}
	}
	return expiry{}
}

// evidenceFields are the fields of the form that links evidence.
type evidenceFields struct{ url, title, kind, effective, expires, commit ui.Field }

func (d *ItemData) evidenceFields() evidenceFields {
	in, errs := d.Form.Evidence, d.Form.Errors
	if d.Form.Name != FormEvidence {
		in, errs = review.NewEvidence{}, nil
	}
	fs := evidenceFields{
		url:       ui.Field{Name: "url", Label: "Link", Hint: "Begins with https://", Value: in.URL, Error: errs["url"], Auto: "off"},
		title:     ui.Field{Name: "title", Label: "Title", Optional: true, Value: in.Title, Error: errs["title"], Auto: "off"},
		kind:      ui.Field{Name: "kind", Label: "Kind", Value: string(in.Type), Error: errs["kind"]},
		effective: ui.Field{Name: "effective", Label: "Effective date", Hint: "The day on which it was true. Empty: today", Optional: true, Value: in.Effective, Error: errs["effective"]},
		expires:   ui.Field{Name: "expires", Label: "Expires", Hint: "The last day on which it counts. Empty: never.", Optional: true, Value: in.Expires, Error: errs["expires"]},
		commit:    ui.Field{Name: "commit", Label: "Commit or version", Optional: true, Value: in.Commit, Error: errs["commit"], Auto: "off"},
	}
	if n := d.Item.Def.ValidDays; n > 0 {
		fs.expires.Hint = "Empty: " + CountOf(n, "day") + " after the effective date"
	}
	return fs
}

// renews says that newer evidence leaves signatures in force; empty where it does
// not, or where they count no longer for another reason.
func (d *ItemData) renews() string {
	ro := d.stage().Renewable(d.Item)
	if ro == nil || d.stage().TermOver(d.Now) {
		return ""
	}
	return "This renews the evidence; the signatures of " + DayOf(ro.ClosedAt, d.Now) + " stay in force, and the next sign-off covers it. " +
		"A link of a kind that does not satisfy this item is a change: the gate would have to be signed again."
}

// renewed reports whether a link came after the signatures and left them in force.
func (d *ItemData) renewed(e *review.Evidence) bool {
	return slices.ContainsFunc(d.stage().Renewed(), func(n *review.Evidence) bool { return n.No == e.No })
}

// kindOptions offers the kinds that the item demands first.
func (d *ItemData) kindOptions(chosen string) []ui.Option {
	demanded := d.Item.Def.Evidence
	all := d.Review.Plan.Adds.AllEvidence()
	options := make([]ui.Option, 0, len(all))
	for _, k := range demanded {
		options = append(options, ui.Option{Value: string(k), Label: k.Label(), Selected: string(k) == chosen})
	}
	for _, k := range all {
		if !slices.Contains(demanded, k) {
			label := k.Label()
			if len(demanded) > 0 {
				label += " (does not satisfy this item)"
			}
			options = append(options, ui.Option{Value: string(k), Label: label, Selected: string(k) == chosen})
		}
	}
	return options
}

// linkOpen reports whether the form that links evidence is unfolded.
func (d *ItemData) linkOpen() bool {
	kind, _ := d.stage().Need(d.Item, d.Now)
	return d.Form.Name == FormEvidence || d.Form.Name == FormLinks || kind == review.EvidenceExpired || len(d.evidence()) == 0
}

// linksField is where several links are pasted at once.
func (d *ItemData) linksField() ui.Field {
	f := ui.Field{Name: "links", Label: "Links, one a line", Hint: "Titles and kinds are guessed; you can change them in the list.", Optional: true}
	if d.Form.Name == FormLinks {
		f.Value, f.Error = d.Form.Links, d.Form.Errors["links"]
	}
	return f
}

func (d *ItemData) assignOpen() bool { return d.Form.Name == FormAssign || d.Who != "" }

func (d *ItemData) assignFields() (person, due ui.Field) {
	person = ui.Field{Name: "person", Label: "Person", Value: strconv.FormatInt(int64(d.Item.Assignee), 10)}
	due = ui.Field{Name: "due", Label: "Due", Optional: true, Value: review.FormatDate(d.Item.Due)}
	if d.Form.Name == FormAssign {
		person.Value, person.Error = d.Form.Person, d.Form.Errors["person"]
		due.Value, due.Error = d.Form.Due, d.Form.Errors["due"]
	}
	return person, due
}

func (d *ItemData) personOptions(chosen string) []ui.Option {
	options := []ui.Option{{Value: "", Label: "Nobody"}}
	for _, p := range d.People {
		id := strconv.FormatInt(int64(p.ID), 10)
		label := p.Name
		if p.Email != "" {
			label += " (" + p.Email + ")"
		}
		options = append(options, ui.Option{Value: id, Label: label, Selected: id == chosen})
	}
	return options
}

// named are the names of people in a sentence.
func (d *ItemData) named(people []review.PersonID) string {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = d.Names(p)
	}
	return Enumerate(names, "and")
}

func (d *ItemData) commentField() ui.Field {
	f := ui.Field{Name: "text", Label: "Comment", Hint: "@Name mentions somebody, who finds it on their work. Markdown: **bold**, `code`, - lists, links."}
	if d.Form.Name == FormComment {
		f.Value, f.Error = d.Form.Text, d.Form.Errors["text"]
	}
	return f
}

// summary lists the problems of the form that was sent.
func (d *ItemData) summary() []ui.FieldError {
	switch d.Form.Name {
	case FormAnswer:
		return summary([]ui.Field{{Name: "answer", Label: "Answer", Error: d.Form.Errors["answer"]}, {ID: "choices", Label: "The choices", Error: d.Form.Errors["choices"]}, d.noteField("")})
	case FormEvidence:
		f := d.evidenceFields()
		return summary([]ui.Field{f.url, f.title, f.kind, f.effective, f.expires, f.commit})
	case FormLinks:
		return summary([]ui.Field{d.linksField()})
	case FormAssign:
		person, due := d.assignFields()
		return summary([]ui.Field{person, due})
	case FormComment:
		return summary([]ui.Field{d.commentField()})
	case FormWaiver, FormDecide:
		return d.waiverSummary()
	case FormLevel:
		return d.levelSummary()
	}
	return nil
}

// history tells what happened to the item.
func (d *ItemData) history() []ui.Entry {
	told := Teller{Project: d.key(), Template: &d.Review.Plan.Lifecycle, Names: d.Names}.DescribeAll(d.Entries)
	for i := range told {
		told[i].What += " this item"
		told[i].Href = "" // the reader is there
	}
	return told
}
