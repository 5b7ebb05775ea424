package review

import (
	"errors"
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"time"
)

// State is the answer to the question whether an item is true.
type State string

const (
	Open          State = "open"
	Met           State = "met"
	NotMet        State = "not-met"
	NotApplicable State = "not-applicable"
)

// States lists every answer in the order in which pages offer them.
func States() []State { return []State{Met, NotMet, NotApplicable, Open} }

// Valid reports whether s is a known answer.
func (s State) Valid() bool { return slices.Contains(States(), s) }

// Label is the answer's name on pages.
func (s State) Label() string {
	switch s {
	case Met:
		return "Met"
	case NotMet:
		return "Not met"
	case NotApplicable:
		return "Not applicable"
	}
	return "Open"
}

// Answer is what is said of an item, by whom and when.
type Answer struct {
	State      State
	Note       string
	By         PersonID
	At         time.Time
	Version    int      // 0: never answered
	ApprovedBy PersonID // of a must that does not apply
	ApprovedAt time.Time
	NoteFor    State // the answer that the note was written for; empty without a note
	// Choices are what was chosen of a question, and Risk what its rules made of
	// that; both are empty for what is no answer by choices.
	Choices plan.Chosen
	Risk    plan.Risk
}

// OldNote reports whether the note was written for an answer that no longer
// stands. A note on an open item is no reason, and goes with any answer.
func (a *Answer) OldNote() bool {
	return a.Note != "" && a.NoteFor != "" && a.NoteFor != Open && a.NoteFor != a.State
}

// noteFor is the answer that the note belongs to once an answer is given: this
// one, unless the note stood before.
func (a *Answer) noteFor(e ItemAnswered) State {
	switch {
	case e.Note == "":
		return ""
	case e.Note == a.Note:
		return a.NoteFor
	}
	return e.To
}

// Item is one thing that has to be true, and how it stands.
type Item struct {
	Def      *plan.Item
	Level    plan.Level // for this project's tier and profile
	Answer   Answer
	Assignee PersonID
	Due      time.Time // date; zero: none
	Comments int32     // how many; beside the next field, so that 120 items stay below what Go takes for a large object
	Reattest bool      // carried over from an earlier review: to be said again
	// Earlier are the people whose answers the present one replaced since its
	// round began, sorted; see [Stage.Excluded].
	Earlier []PersonID
	Was     plan.ItemKey // the item whose answer this one took over when the plan changed; empty: none
	// Offer lets other projects take over the answer, and Inherited says of which
	// other project's item it is; nil: neither. They are replaced, never changed.
	Offer     *Offer
	Inherited *Inherited
}

// Evidence is a link that shows that an item is met.
type Evidence struct {
	No        int // within the stage
	Item      plan.ItemKey
	URL       SafeURL
	Title     string
	Type      plan.EvidenceKind
	Effective time.Time // the date on which it was true
	Expires   time.Time // the first moment at which it no longer counts; zero: never
	Commit    string    // commit, version or digest that it speaks of
	By        PersonID
	At        time.Time
	RemovedBy PersonID
	RemovedAt time.Time
	Home      Position  // where it was linked, if the plan has moved it since
	Renews    int       // the round under which it was linked without a change of what was signed; 0: none
	From      ProjectID // with whose answer it was taken over; 0: it was linked here
}

// nextEvidence is the number of what is linked next. The numbers have gaps where
// the plan has moved evidence to other stages.
func (s *Stage) nextEvidence() int {
	if len(s.Evidence) == 0 {
		return s.Gone.Evidence + 1
	}
	return max(s.Gone.Evidence, s.Evidence[len(s.Evidence)-1].No) + 1
}

// link finds evidence by its number; nil when there is none.
func (s *Stage) link(no int) *Evidence {
	i, found := slices.BinarySearchFunc(s.Evidence, no, func(e Evidence, no int) int { return e.No - no })
	if !found {
		return nil
	}
	return &s.Evidence[i]
}

// Removed reports whether the link was taken away.
func (e *Evidence) Removed() bool { return !e.RemovedAt.IsZero() }

// Expiring reports whether evidence that still counts expires within 14 days.
func (e *Evidence) Expiring(at time.Time) bool {
	return Soon(e.Expires, at)
}

// Expired reports whether the evidence no longer counts at a moment.
func (e *Evidence) Expired(at time.Time) bool { return Over(e.Expires, at) }

// Answer sets the answer of an item. version is what the person was shown; if
// the answer has changed since, an [AnswerConflict] carries the present one.
// Sending the present answer again changes nothing and is no error.
func (r *Review) Answer(by Actor, sk plan.StageKey, ik plan.ItemKey, to State, note string, version int, at time.Time) error {
	return r.answer(by, sk, ik, said{to: to, note: &note}, version, at)
}

// AnswerKeepingNote is [Review.Answer] with the note that the item has.
func (r *Review) AnswerKeepingNote(by Actor, sk plan.StageKey, ik plan.ItemKey, to State, version int, at time.Time) error {
	return r.answer(by, sk, ik, said{to: to}, version, at)
}

// Choose answers a question by what is true of its choices; the item's rules
// decide whether that makes it met. It is otherwise like [Review.Answer]. Without
// a note (nil) the item keeps the one that it has.
func (r *Review) Choose(by Actor, sk plan.StageKey, ik plan.ItemKey, chosen plan.Chosen, note *string, version int, at time.Time) error {
	return r.answer(by, sk, ik, said{choosing: true, chosen: chosen, note: note}, version, at)
}

// said is what somebody says of an item: an answer, or choices from which it
// follows.
type said struct {
	to       State
	choosing bool // by choices, and not in so many words
	chosen   plan.Chosen
	risk     plan.Risk // what the choices come to
	note     *string   // nil: the item's stays
}

// follow works out the answer to a question, and refuses what the item cannot be
// answered with.
func (in *said) follow(d *plan.Item) error {
	if !in.choosing {
		if d.IsQuestion() && (in.to == Met || in.to == NotMet) {
			return refuse("This item is a question. Choose what is true; whether it is met follows from that.")
		}
		return nil
	}
	if in.chosen.IsZero() {
		return invalid("choices", "say which are true, or that none is")
	}
	if !d.IsQuestion() {
		return invalid("choices", "cannot be given: this item is no question; reload the page and answer again")
	}
	out, err := d.Outcome(in.chosen)
	if err != nil {
		return invalid("choices", "must all be choices of this question; reload the page and choose again")
	}
	in.to, in.risk = StateOf(out.Risk), out.Risk
	return nil
}

// Follows reports whether the answer is one to what the item asks now; of choices,
// that its rules still make the same of them.
func (it *Item) Follows() bool { return it.Answer.follows(it.Def) == nil }

// follows reports whether the answer is the one that the item's rules make of its
// choices. No trail can say otherwise; only a change of the plan leaves an answer
// behind that does not follow, and has it said again.
func (a *Answer) follows(d *plan.Item) error {
	if a.Choices.IsZero() {
		switch {
		case a.Risk != "":
			return errors.New("has a risk without choices")
		case d.IsQuestion() && (a.State == Met || a.State == NotMet):
			return errors.New("is a question and was answered without choices")
		}
		return nil
	}
	if !d.IsQuestion() {
		return errors.New("has choices and is no question")
	}
	out, err := d.Outcome(a.Choices)
	switch {
	case err != nil:
		return fmt.Errorf("has choices that it is not asked about: %w", err)
	case a.Risk != out.Risk || a.State != StateOf(out.Risk):
		return fmt.Errorf("is said to be %s with risk %q; its rules make its choices risk %q", a.State, a.Risk, out.Risk)
	}
	return nil
}

// StateOf is the answer to a question whose choices come to a risk.
func StateOf(r plan.Risk) State {
	if r == plan.RiskNone {
		return Met
	}
	return NotMet
}

func (r *Review) answer(by Actor, sk plan.StageKey, ik plan.ItemKey, in said, version int, at time.Time) error {
	if err := May(by, AnswerItem, &r.Project); err != nil {
		return err
	}
	_, it, err := r.work(sk, ik)
	if err != nil {
		return err
	}
	if err := in.follow(it.Def); err != nil {
		return err
	}
	if in.note == nil {
		in.note = &it.Answer.Note
	}
	var c input
	note := c.text("note", *in.note, MaxNote)
	if !in.to.Valid() {
		c.problems.Add("answer", "choose met, not met, not applicable or open")
	}
	if in.to == NotApplicable && note == "" {
		c.problems.Add("note", "say why the item does not apply; an approver will read it")
	}
	if err := c.problems.Err(); err != nil {
		return err
	}
	cur := it.Answer
	if cur.State == in.to && cur.Choices == in.chosen && cur.Risk == in.risk && cur.Note == note && !it.Reattest {
		return nil
	}
	if cur.Version != version {
		return &AnswerConflict{Stage: sk, Item: ik, Current: cur}
	}
	if !it.Reattest || cur.State != in.to || cur.Note != note {
		if err := r.leaveInherited(by, sk, it, at); err != nil {
			return err
		}
	}
	return r.record(by, at, ItemAnswered{
		Stage: sk, Item: ik, Version: cur.Version + 1, From: cur.State, To: in.to, FromNote: cur.Note, Note: note,
		FromChoices: cur.Choices, Choices: in.chosen, Risk: in.risk,
	})
}

// ApproveNotApplicable confirms that a must does not apply. It takes a holder
// of one of the gate's seats who did not give the answer.
func (r *Review) ApproveNotApplicable(by Actor, sk plan.StageKey, ik plan.ItemKey, version int, at time.Time) error {
	if err := May(by, ApproveNA, &r.Project); err != nil {
		return err
	}
	s, it, err := r.work(sk, ik)
	if err != nil {
		return err
	}
	a := it.Answer
	switch {
	case a.Version != version:
		return &AnswerConflict{Stage: sk, Item: ik, Current: a}
	case a.State != NotApplicable || it.Level != plan.LevelMust:
		return refuse("Only a must that was answered not applicable needs an approval.")
	case a.ApprovedBy != 0:
		return nil
	case a.By == by.Person:
		return &Denied{ApproveNA, "You gave this answer yourself; another seat holder has to approve it."}
	}
	pol := s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile)
	held, sits := by.sitting(pol.Seats, r.Project.ID, apart(a.By))
	if !sits {
		return &Denied{ApproveNA, "Only holders of a seat at this stage's gate may approve that a required item does not apply, and nobody in the place of who answered: " + seatList(pol.Seats) + "."}
	}
	return r.record(by, at, NotApplicableApproved{Stage: sk, Item: ik, Version: version, For: held.For})
}

// Assign names who works on an item, somebody who may answer it; person 0 takes
// the assignment away.
func (r *Review) Assign(by Actor, sk plan.StageKey, ik plan.ItemKey, person PersonID, due string, at time.Time) error {
	if err := May(by, AssignItem, &r.Project); err != nil {
		return err
	}
	_, it, err := r.work(sk, ik)
	if err != nil {
		return err
	}
	d, err := checkAssignment(person, due)
	if err != nil {
		return err
	}
	switch {
	case person != 0 && r.away(person):
		return invalid("person", isAway)
	case person != 0 && !r.CanAnswer(person):
		return invalid("person", notOnProject)
	}
	if it.Assignee == person && it.Due.Equal(d) {
		return nil
	}
	return r.record(by, at, ItemAssigned{
		Stage: sk, Item: ik, From: it.Assignee, Person: person, Due: FormatDate(d), FromDue: FormatDate(it.Due),
	})
}

// checkAssignment finds the day until which somebody is to do something.
func checkAssignment(person PersonID, due string) (time.Time, error) {
	var c input
	d := c.date("due", due)
	if person == 0 && !d.IsZero() {
		c.problems.Add("person", "choose who is to do it by that date")
	}
	return d, c.problems.Err()
}

// MaxMentions is the most people whom one comment mentions.
const MaxMentions = 20

// Discuss adds a comment to an item. once is a random key that the form
// carries: the store refuses a second comment with it. mentioned are the people
// whose names the text has; those who may not see the project, by
// [Review.Named], are left out without a word, so that nobody learns of it or of
// them.
func (r *Review) Discuss(by Actor, sk plan.StageKey, ik plan.ItemKey, text, once string, at time.Time, mentioned ...PersonID) error {
	if err := May(by, Comment, &r.Project); err != nil {
		return err
	}
	_, it, err := r.work(sk, ik)
	if err != nil {
		return err
	}
	var c input
	text = c.text("text", text, MaxNote)
	c.require("text", text, "write something first")
	once = c.line("once", once, 64)
	if err := c.problems.Err(); err != nil {
		return err
	}
	return r.record(
		by, at, CommentAdded{Stage: sk, Item: ik, No: int(it.Comments) + 1, Text: text, Once: once, Mentions: r.mentioned(by, mentioned)},
	)
}

// mentioned are the people, each once and in order, who may see the project and
// are not the one who writes.
func (r *Review) mentioned(by Actor, people []PersonID) []PersonID {
	var out []PersonID
	for _, p := range people {
		if p != by.Person && r.able(p, ViewProject) && len(out) < MaxMentions {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// NewEvidence is what a person types to link evidence.
type NewEvidence struct {
	URL       string
	Title     string
	Type      plan.EvidenceKind
	Effective string // empty: today
	Expires   string // no later than the item's validity allows; empty: just then
	Commit    string
	Links     LinkRules // of the organisation
}

// AddEvidence links evidence to an item. Linking the same thing again changes
// nothing and is no error. Where [Stage.Renewable] says so, newer evidence leaves
// the signatures in force; it may have the address of the evidence before it.
func (r *Review) AddEvidence(by Actor, sk plan.StageKey, ik plan.ItemKey, in NewEvidence, at time.Time) error {
	if err := May(by, LinkEvidence, &r.Project); err != nil {
		return err
	}
	s, it, err := r.work(sk, ik)
	if err != nil {
		return err
	}
	ev, err := in.check(r.Plan.Adds, it.Def, at)
	if err != nil {
		return err
	}
	ev.Renews = s.renews(it, ev.Type)
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if e.Item != ik || e.Removed() || e.URL != ev.URL || e.Type != ev.Type {
			continue
		}
		switch {
		case e.Title == ev.Title && e.Commit == ev.Commit && FormatDate(e.Effective) == ev.Effective && FormatDate(e.Expires) == ev.Expires:
			return nil
		case ev.Renews > 0 && ev.Effective > FormatDate(e.Effective): // it says something newer at the same address
		default:
			return invalid("url", "is already linked to this item; remove that link first to change its dates")
		}
	}
	ev.Stage, ev.Item, ev.No = sk, ik, s.nextEvidence()
	return r.record(by, at, ev)
}

func (in NewEvidence) check(words plan.Words, def *plan.Item, at time.Time) (EvidenceAdded, error) {
	var c input
	u, err := in.Links.Parse(in.URL)
	if err != nil {
		c.problems.Add("url", err.Error())
	}
	title := c.line("title", in.Title, MaxTitle)
	if title == "" {
		title = c.line("title", u.Host(), MaxTitle)
	}
	if !words.HasEvidence(in.Type) {
		c.problems.Add("kind", "choose what kind of evidence this is")
	}
	today := Today(at)
	eff := c.date("effective", in.Effective)
	if eff.IsZero() {
		eff = today
	} else if eff.After(today.AddDate(0, 0, 1)) {
		c.problems.Add("effective", "lies in the future; give the date on which the evidence was true")
	}
	exp := c.date("expires", in.Expires)
	if latest := eff.AddDate(0, 0, def.ValidDays); def.ValidDays > 0 {
		if exp.After(latest) {
			c.problems.Add("expires", fmt.Sprintf("is later than %s; evidence for this item is good for %d days", FormatDate(latest), def.ValidDays))
		}
		if exp.IsZero() {
			exp = latest
		}
	}
	if !exp.IsZero() && !exp.After(eff) {
		c.problems.Add("expires", "must lie after the effective date")
	}
	commit := c.line("commit", in.Commit, MaxTitle)
	return EvidenceAdded{
		URL: u, Title: title, Type: in.Type, Effective: FormatDate(eff), Expires: FormatDate(exp), Commit: commit,
	}, c.problems.Err()
}

// RemoveEvidence takes a link away from an item.
func (r *Review) RemoveEvidence(by Actor, sk plan.StageKey, ik plan.ItemKey, no int, at time.Time) error {
	if err := May(by, LinkEvidence, &r.Project); err != nil {
		return err
	}
	s, it, err := r.work(sk, ik)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(s.Evidence, func(e Evidence) bool { return e.No == no && e.Item == ik })
	if i < 0 {
		return ErrNotFound
	}
	if s.Evidence[i].Removed() {
		return nil
	}
	if it.Inherited != nil && s.Evidence[i].From != 0 {
		return refuse("This link comes with the answer that is taken over from another project, and goes with it.")
	}
	return r.record(by, at, EvidenceRemoved{Stage: sk, Item: ik, No: no})
}

func seatList(seats []plan.Seat) string {
	ss := make([]string, len(seats))
	for i, s := range seats {
		ss[i] = s.Label()
	}
	return joinOr(ss)
}
