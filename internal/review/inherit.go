package review

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Offer says that other projects may take over the answer of an item, with its
// evidence.
type Offer struct {
	Text string    `json:"text"` // for whom the answer holds
	By   PersonID  `json:"by"`
	At   time.Time `json:"at"`
}

// Inherited says that an item's answer is that of an item of another project, and
// follows it.
type Inherited struct {
	From ProjectID    `json:"from"`
	Of   plan.ItemKey `json:"of"`             // the item there
	Seal Digest       `json:"seal"`           // of what was offered when it was last taken over
	Lost WhyLost      `json:"lost,omitempty"` // why nothing is taken over at present
	By   PersonID     `json:"by"`             // who took it over, and stands for it here
	At   time.Time    `json:"at"`
}

// Follows reports whether the answer is that of another project at present.
func (in *Inherited) Follows() bool { return in != nil && in.Lost == "" }

// Behind reports whether something else is offered now than what was taken over.
func (in *Inherited) Behind(o *Offering) bool {
	a := o.Answer(in.Of)
	return in.Lost != a.Lost || a.Lost == "" && in.Seal != a.Seal()
}

// WhyLost says why an offered answer cannot be taken over. Empty: it can.
type WhyLost string

const (
	LostUnmet     WhyLost = "not-met"   // the item there is not met, or has no evidence any more
	LostWithdrawn WhyLost = "withdrawn" // it is not offered any more
	LostGone      WhyLost = "gone"      // the project there is no longer asked it
	LostStopped   WhyLost = "stopped"   // the project there is stopped
)

// Because says it after "The answer is no longer taken over, because ".
func (l WhyLost) Because() string {
	switch l {
	case LostUnmet:
		return "the other project no longer says with evidence that it is met"
	case LostWithdrawn:
		return "the other project no longer offers it"
	case LostGone:
		return "the other project is no longer asked this"
	case LostStopped:
		return "the other project is stopped"
	}
	return ""
}

// OfferedAnswer is an answer of another project as it can be taken over.
type OfferedAnswer struct {
	Item  plan.ItemKey
	Was   []plan.ItemKey // other names of the item in earlier versions of its plan
	Title string
	Offer Offer
	Note  string
	Links []OfferedLink
	Lost  WhyLost
}

// OfferedLink is a piece of its evidence. Dates are written out.
type OfferedLink struct {
	URL       SafeURL           `json:"url"`
	Title     string            `json:"title"`
	Type      plan.EvidenceKind `json:"type"`
	Effective string            `json:"effective"`
	Expires   string            `json:"expires,omitempty"`
	Commit    string            `json:"commit,omitempty"`
}

// LacksOffered says what an item would lack with the evidence of another project: none
// of a kind that it demands, or only such that has expired. Empty: nothing.
func (it *Item) LacksOffered(links []OfferedLink, at time.Time) BlockerKind {
	if it.Level != plan.LevelMust || len(it.Def.Evidence) == 0 {
		return ""
	}
	need := EvidenceMissing
	for _, l := range links {
		if !slices.Contains(it.Def.Evidence, l.Type) {
			continue
		}
		if !Over(parseDate(l.Expires), at) {
			return ""
		}
		need = EvidenceExpired
	}
	return need
}

// Seal tells whether what is offered is still what was taken over.
func (o *OfferedAnswer) Seal() Digest {
	return digestOf(struct {
		Note  string        `json:"note"`
		Links []OfferedLink `json:"links"`
	}{o.Note, o.Links})
}

// Offering is what one project offers at a moment.
type Offering struct {
	From    ProjectID
	Stopped bool
	Answers []OfferedAnswer
}

// Offers gathers what the project offers. All stages have to be loaded.
func (r *Review) Offers() Offering {
	o := Offering{From: r.Project.ID, Stopped: r.Project.Status == StatusStopped}
	for i := range r.Stages {
		s := &r.Stages[i]
		for j := range s.Items {
			if it := &s.Items[j]; it.Offer != nil {
				o.Answers = append(o.Answers, s.offered(it))
			}
		}
	}
	return o
}

func (s *Stage) offered(it *Item) OfferedAnswer {
	o := OfferedAnswer{Item: it.Def.Key, Was: it.Def.Formerly(), Title: it.Def.Title, Offer: *it.Offer, Note: it.Answer.Note}
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if e.Item != it.Def.Key || e.Removed() {
			continue
		}
		o.Links = append(o.Links, OfferedLink{e.URL, e.Title, e.Type, FormatDate(e.Effective), FormatDate(e.Expires), e.Commit})
	}
	switch {
	case it.Level == plan.LevelNone:
		o.Lost = LostGone
	case it.Answer.State != Met || len(o.Links) == 0:
		o.Lost = LostUnmet
	}
	return o
}

// Answer finds an offered answer by its item, also by an earlier name of that.
func (o *Offering) Answer(k plan.ItemKey) OfferedAnswer {
	at := slices.IndexFunc(o.Answers, func(a OfferedAnswer) bool { return a.Item == k })
	if at < 0 {
		at = slices.IndexFunc(o.Answers, func(a OfferedAnswer) bool { return slices.Contains(a.Was, k) })
	}
	switch {
	case at < 0:
		return OfferedAnswer{Item: k, Lost: LostWithdrawn}
	case o.Stopped:
		a := o.Answers[at]
		a.Lost = LostStopped
		return a
	}
	return o.Answers[at]
}

// InheritedFrom are the projects whose answers the loaded items follow or have the
// evidence of, each once.
func (r *Review) InheritedFrom() []ProjectID {
	var out []ProjectID
	note := func(id ProjectID) {
		if id != 0 && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for i := range r.Stages {
		s := &r.Stages[i]
		for j := range s.Items {
			if in := s.Items[j].Inherited; in != nil {
				note(in.From)
			}
		}
		for j := range s.Evidence {
			note(s.Evidence[j].From)
		}
	}
	return out
}

// Offerable says why an item's answer cannot be offered to other projects; nil when
// it can.
func (s *Stage) Offerable(it *Item) error {
	switch {
	case it.Def.Key.Own():
		return refuse("Only this project has this item, so no other can take its answer over.")
	case it.Def.IsQuestion():
		return refuse("This item is a question about this project. Only answers to statements can be offered.")
	case it.Inherited != nil:
		return refuse("This answer is taken over from another project, which can offer it itself.")
	case it.Answer.State != Met:
		return refuse("Only an answer that is met can be offered.")
	case !slices.ContainsFunc(s.Evidence, func(e Evidence) bool { return e.Item == it.Def.Key && !e.Removed() }):
		return refuse("Link evidence first: an answer is offered together with what shows it.")
	}
	return nil
}

// OfferAnswer lets other projects take over an item's answer with its evidence, as
// long as it is met. text says for whom it holds.
func (r *Review) OfferAnswer(by Actor, sk plan.StageKey, ik plan.ItemKey, text string, at time.Time) error {
	if err := May(by, ShareAnswers, &r.Project); err != nil {
		return err
	}
	s, it, err := r.work(sk, ik)
	if err != nil {
		return err
	}
	var c input
	text = c.line("text", text, MaxTitle)
	c.require("text", text, "say for whom these answers hold")
	if err := c.problems.Err(); err != nil {
		return err
	}
	if it.Offer != nil && it.Offer.Text == text {
		return nil
	}
	if err := s.Offerable(it); err != nil {
		return err
	}
	return r.record(by, at, AnswerOffered{Stage: sk, Item: ik, Text: text})
}

// WithdrawOffer ends that. Projects that took the answer over lose it.
func (r *Review) WithdrawOffer(by Actor, sk plan.StageKey, ik plan.ItemKey, at time.Time) error {
	if err := May(by, ShareAnswers, &r.Project); err != nil {
		return err
	}
	_, it, err := r.place(sk, ik)
	if err != nil {
		return err
	}
	if it.Offer == nil {
		return nil
	}
	return r.record(by, at, OfferWithdrawn{Stage: sk, Item: ik})
}

// InheritAnswer takes over an answer that another project offers, with its
// evidence. From then on it follows the other: see [Review.FollowOffers]. Whoever
// takes it over stands for it like for an answer of their own. Taking over what is
// taken over already changes nothing.
func (r *Review) InheritAnswer(by Actor, sk plan.StageKey, ik plan.ItemKey, from ProjectID, o OfferedAnswer, at time.Time) error {
	if err := May(by, AnswerItem, &r.Project); err != nil {
		return err
	}
	_, it, err := r.work(sk, ik)
	if err != nil {
		return err
	}
	switch {
	case from == r.Project.ID:
		return refuse("This project cannot take over its own answers.")
	case o.Lost != "":
		return refuse("This answer cannot be taken over, because %s.", o.Lost.Because())
	case it.Def.IsQuestion():
		return refuse("This item is a question about this project. Choose what is true here.")
	case it.Offer != nil:
		return refuse("This project offers its own answer to others. Withdraw the offer first.")
	}
	for _, l := range o.Links {
		if !r.Plan.Adds.HasEvidence(l.Type) {
			return refuse("The evidence there is of a kind that this project's plan does not know: %s.", l.Type)
		}
	}
	if in := it.Inherited; in != nil && in.From == from && in.Seal == o.Seal() && in.Lost == "" {
		return nil
	}
	return r.inherit(by, sk, ik, from, o, at)
}

// FollowOffers brings what is inherited from a project up to what that offers now,
// also while this one is stopped: what no longer holds there does not hold here.
// Slipway itself does it, on nobody's behalf; whoever took an answer over goes on
// standing for it.
func (r *Review) FollowOffers(o *Offering, at time.Time) error {
	for i := range r.Stages {
		s := &r.Stages[i]
		for j := range s.Items {
			it := &s.Items[j]
			in := it.Inherited
			if in == nil || in.From != o.From {
				continue
			}
			if !in.Behind(o) {
				continue
			}
			if err := r.inherit(Actor{Person: System}, s.Def.Key, it.Def.Key, o.From, o.Answer(in.Of), at); err != nil {
				return err
			}
		}
	}
	return nil
}

// inherit makes an item's answer and the evidence that came with it what another
// project offers: met with that evidence, or open without.
func (r *Review) inherit(by Actor, sk plan.StageKey, ik plan.ItemKey, from ProjectID, o OfferedAnswer, at time.Time) error {
	s, it, err := r.place(sk, ik)
	if err != nil {
		return err
	}
	stale := s.inherited(ik)
	e := AnswerInherited{Stage: sk, Item: ik, From: from, Of: o.Item, Lost: o.Lost}
	if o.Lost == "" {
		e.Seal = o.Seal()
	}
	if err := r.record(by, at, e); err != nil {
		return err
	}
	for _, l := range o.Links {
		if o.Lost != "" || !r.Plan.Adds.HasEvidence(l.Type) {
			continue
		}
		l = l.within(it.Def.ValidDays)
		kept := slices.IndexFunc(stale, func(e Evidence) bool { return e.From == from && e.offers(l) })
		if kept >= 0 {
			stale = slices.Delete(stale, kept, kept+1)
			continue
		}
		added := EvidenceAdded{
			Stage: sk, Item: ik, No: s.nextEvidence(), URL: l.URL, Title: l.Title, Type: l.Type, Effective: l.Effective, Expires: l.Expires, Commit: l.Commit,
			Renews: s.renews(it, l.Type), From: from,
		}
		if err := r.record(by, at, added); err != nil {
			return err
		}
	}
	for _, gone := range stale {
		if err := r.record(by, at, EvidenceRemoved{Stage: sk, Item: ik, No: gone.No}); err != nil {
			return err
		}
	}
	to, note := Met, o.Note
	if o.Lost != "" {
		to, note = Open, it.Answer.Note
	}
	cur := it.Answer
	if cur.State == to && cur.Note == note && !it.Reattest {
		return nil
	}
	return r.record(by, at, ItemAnswered{
		Stage: sk, Item: ik, Version: cur.Version + 1, From: cur.State, To: to, FromNote: cur.Note, Note: note, FromChoices: cur.Choices,
	})
}

// inherited is the evidence of an item that came from another project and still
// counts: copies.
func (s *Stage) inherited(ik plan.ItemKey) []Evidence {
	var out []Evidence
	for _, e := range s.Evidence {
		if e.Item == ik && e.From != 0 && !e.Removed() {
			out = append(out, e)
		}
	}
	return out
}

// within has the evidence expire no later than the item's validity allows.
func (l OfferedLink) within(validDays int) OfferedLink {
	if validDays == 0 {
		return l
	}
	latest := parseDate(l.Effective).AddDate(0, 0, validDays)
	if exp := parseDate(l.Expires); exp.IsZero() || exp.After(latest) {
		l.Expires = FormatDate(latest)
	}
	return l
}

// offers reports whether the evidence is just what is offered.
func (e *Evidence) offers(l OfferedLink) bool {
	return l == OfferedLink{e.URL, e.Title, e.Type, FormatDate(e.Effective), FormatDate(e.Expires), e.Commit}
}

// KeepInherited ends that an item's answer follows another project's. The answer
// and its evidence stay, and are this project's own from then on.
func (r *Review) KeepInherited(by Actor, sk plan.StageKey, ik plan.ItemKey, at time.Time) error {
	if err := May(by, AnswerItem, &r.Project); err != nil {
		return err
	}
	_, it, err := r.work(sk, ik)
	if err != nil {
		return err
	}
	if it.Inherited == nil {
		return nil
	}
	return r.record(by, at, InheritanceEnded{Stage: sk, Item: ik})
}

// leaveInherited refuses to answer by hand what follows another project's answer. Once
// that is lost, an answer of one's own takes its place.
func (r *Review) leaveInherited(by Actor, sk plan.StageKey, it *Item, at time.Time) error {
	switch {
	case it.Inherited == nil:
		return nil
	case it.Inherited.Lost == "":
		return refuse("This answer is taken over from another project and follows it. Choose “Answer it here” first to change it.")
	}
	return r.record(by, at, InheritanceEnded{Stage: sk, Item: it.Def.Key})
}

// standsFor is who stands for what an entry says of an item: who took the answer
// over, where Slipway followed another project, and else who did it.
func (it *Item) standsFor(en Entry) (PersonID, error) {
	if en.Actor != System {
		return en.Actor, nil
	}
	if it.Inherited == nil {
		return 0, fmt.Errorf("nobody answers for item %s, which follows no other project", it.Def.Key)
	}
	return it.Inherited.By, nil
}

// maxShared is the most answers that one change offers or takes over: more than any
// plan has.
const maxShared = 1000

// OfferAnswers offers the answers of several items: all of them, or none.
func (r *Review) OfferAnswers(by Actor, items []plan.ItemKey, text string, at time.Time) error {
	if err := May(by, ShareAnswers, &r.Project); err != nil {
		return err
	}
	return r.eachShared(items, func(sk plan.StageKey, ik plan.ItemKey) error {
		return r.OfferAnswer(by, sk, ik, text, at)
	})
}

// WithdrawOffers withdraws the offers of several items.
func (r *Review) WithdrawOffers(by Actor, items []plan.ItemKey, at time.Time) error {
	if err := May(by, ShareAnswers, &r.Project); err != nil {
		return err
	}
	return r.eachShared(items, func(sk plan.StageKey, ik plan.ItemKey) error {
		return r.WithdrawOffer(by, sk, ik, at)
	})
}

// InheritAnswers takes over several answers that another project offers: all of
// them, or none.
func (r *Review) InheritAnswers(by Actor, items []plan.ItemKey, o *Offering, at time.Time) error {
	if err := May(by, AnswerItem, &r.Project); err != nil {
		return err
	}
	return r.eachShared(items, func(sk plan.StageKey, ik plan.ItemKey) error {
		return r.InheritAnswer(by, sk, ik, o.From, o.Answer(ik), at)
	})
}

// KeepAllInherited makes several answers the project's own.
func (r *Review) KeepAllInherited(by Actor, items []plan.ItemKey, at time.Time) error {
	if err := May(by, AnswerItem, &r.Project); err != nil {
		return err
	}
	return r.eachShared(items, func(sk plan.StageKey, ik plan.ItemKey) error {
		return r.KeepInherited(by, sk, ik, at)
	})
}

// eachShared does something with items of whatever stage. A refusal names the item.
func (r *Review) eachShared(items []plan.ItemKey, do func(plan.StageKey, plan.ItemKey) error) error {
	switch {
	case len(items) == 0:
		return invalid("item", "choose at least one item")
	case len(items) > maxShared:
		return invalid("item", fmt.Sprintf("%d items were chosen; at most %d can be changed at once", len(items), maxShared))
	}
	for _, k := range items {
		def, stage := r.Plan.Find(k)
		if def == nil {
			return ErrNotFound
		}
		err := do(stage.Key, k)
		var refused *Refused
		if errors.As(err, &refused) {
			return refuse("“%s”: %s", def.Title, refused.Why)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
