package review

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Bounds on what a project makes of its plan itself.
const (
	maxOwnItems = 200
	maxOwnTitle = 80  // characters
	maxOwnText  = 500 // characters, of each part
)

// Wish is that an item weigh less, or not apply, which waits for approval.
type Wish struct {
	Stage  plan.StageKey `json:"stage"`
	Item   plan.ItemKey  `json:"item"`
	To     plan.Level    `json:"to,omitempty"`
	Reason string        `json:"reason"`
	By     PersonID      `json:"by"`
	At     time.Time     `json:"at"`
}

// Wish finds the one about an item; nil when there is none.
func (r *Review) Wish(k plan.ItemKey) *Wish {
	i := slices.IndexFunc(r.Wishes, func(w Wish) bool { return w.Item == k })
	if i < 0 {
		return nil
	}
	return &r.Wishes[i]
}

// NewItem is an item that a project adds itself.
type NewItem struct {
	Title, Why, Done, Show string
	Level                  plan.Level
	Evidence               []plan.EvidenceKind
	Seats                  []plan.Seat
}

// AddItem adds an item of the project's own to a stage. Adding the same again
// changes nothing.
func (r *Review) AddItem(by Actor, sk plan.StageKey, in NewItem, at time.Time) error {
	if err := May(by, ChangePlan, &r.Project); err != nil {
		return err
	}
	if err := r.wholly(); err != nil {
		return err
	}
	s := r.Stage(sk)
	if s == nil {
		return ErrNotFound
	}
	item, err := in.check(r.Plan.Adds)
	if err != nil {
		return err
	}
	own := r.Plan.Origin.Tailoring.Own
	for i := range own {
		same := own[i].Item
		same.Key = ""
		if own[i].Stage == sk && sameOwn(&same, &item) {
			return nil
		}
	}
	if err := r.Project.stopped(); err != nil {
		return err
	}
	if len(own) >= maxOwnItems {
		return refuse("A project can add %d items of its own at most.", maxOwnItems)
	}
	item.Key = r.ownKey(item.Title)
	if err := r.record(by, at, ItemAdded{Stage: sk, Item: item.Key, Added: item}); err != nil {
		return err
	}
	return r.dropOutdatedRounds(by, at)
}

func sameOwn(a, b *plan.Item) bool {
	return a.Title == b.Title && a.Why == b.Why && a.Done == b.Done && a.Show == b.Show && a.Levels == b.Levels &&
		slices.Equal(a.Evidence, b.Evidence) && slices.Equal(a.Seats, b.Seats)
}

// check cleans and checks what was typed, with the words that the plan knows.
func (in NewItem) check(words plan.Words) (plan.Item, error) {
	var c input
	item := plan.Item{
		Title: c.line("title", in.Title, maxOwnTitle), Why: c.line("why", in.Why, maxOwnText), Done: c.text("done", in.Done, maxOwnText),
		Show: c.line("show", in.Show, maxOwnText), Levels: [3]plan.Level{in.Level, in.Level, in.Level}, Quality: []string{"governance"},
	}
	c.require("title", item.Title, "say what has to be true")
	c.require("why", item.Why, "say which harm it prevents")
	c.require("done", item.Done, "say what a reviewer checks")
	if in.Level == plan.LevelNone || in.Level.Rank() < 0 {
		c.problems.Add("level", "choose required, recommended or optional")
	}
	for _, k := range words.AllEvidence() {
		if slices.Contains(in.Evidence, k) {
			item.Evidence = append(item.Evidence, k)
		}
	}
	for _, seat := range words.AllSeats() {
		if slices.Contains(in.Seats, seat) {
			item.Seats = append(item.Seats, seat)
		}
	}
	if len(item.Evidence) == 0 {
		c.problems.Add("evidence", "choose what kind of link can show it")
	}
	if len(item.Seats) == 0 {
		c.problems.Add("seats", "choose who judges it")
	}
	return item, c.problems.Err()
}

// ownKey makes a key that no item of the review has or had out of a title.
func (r *Review) ownKey(title string) plan.ItemKey {
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(title), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') }) {
		if len(words) < 4 && len(w) <= 12 {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		words = []string{"item"}
	}
	base := plan.OwnPrefix + strings.Join(words, "-")
	if len(base) > 36 {
		base = strings.TrimRight(base[:36], "-")
	}
	for n := 1; ; n++ {
		k := plan.ItemKey(base)
		if n > 1 {
			k = plan.ItemKey(fmt.Sprintf("%s-%d", base, n))
		}
		if !r.knows(k) {
			return k
		}
	}
}

// knows reports whether the review has or had an item.
func (r *Review) knows(k plan.ItemKey) bool {
	if r.item(k) != nil {
		return true
	}
	has := func(it Item) bool { return it.Def.Key == k }
	return slices.ContainsFunc(r.All(), func(s *Stage) bool {
		return slices.ContainsFunc(s.Aside, has) || slices.ContainsFunc(s.Evidence, func(e Evidence) bool { return e.Item == k }) ||
			slices.ContainsFunc(s.Waivers, func(w Waiver) bool { return w.Item == k })
	})
}

// DropItem takes an item of the project's own away. What was said of it is set
// aside.
func (r *Review) DropItem(by Actor, k plan.ItemKey, shown Digest, reason string, at time.Time) error {
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	item, stage := r.Plan.Find(k)
	if item == nil {
		return ErrNotFound
	}
	if !item.Own {
		return refuse("This item comes from the library. It can be lowered, not dropped.")
	}
	if item.Core {
		return refuse("The project marked this item as one to keep whatever comes. Take that back first.")
	}
	if err := r.CanDrop(k); err != nil {
		return err
	}
	return r.record(by, at, ItemDropped{Stage: stage.Key, Item: k, Reason: reason})
}

// CanDrop says why an item of the project's own takes approval to be left out; nil
// when it does not: it is not required, or nobody asked for sign-off or signed since
// it was added.
func (r *Review) CanDrop(k plan.ItemKey) error {
	it := r.item(k)
	if it == nil || it.Level != plan.LevelMust {
		return nil
	}
	_, def := r.Plan.Find(k)
	if added := r.askedLater(k); added != nil && !added.Earlier && !r.Stage(def.Key).decidedSince(added.Since) {
		return nil
	}
	return refuse("The item is required, and people rely on that. Ask that it be left out; somebody who sits at the gate has to approve.")
}

// decidedSince reports whether anybody asked for sign-off of the stage, or said
// anything in a round, at a moment or after it.
func (s *Stage) decidedSince(at time.Time) bool {
	return slices.ContainsFunc(s.Rounds, func(ro Round) bool {
		return !ro.RequestedAt.Before(at) || !ro.ClosedAt.Before(at) ||
			slices.ContainsFunc(ro.SignOffs, func(so SignOff) bool { return !so.At.Before(at) })
	})
}

// RaiseLevel has an item weigh more.
func (r *Review) RaiseLevel(by Actor, k plan.ItemKey, to plan.Level, shown Digest, reason string, at time.Time) error {
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	it, stage, err := r.tailorable(k)
	if err != nil {
		return err
	}
	if to == plan.LevelNone || to.Rank() < 0 {
		return invalid("level", "choose required, recommended or optional")
	}
	if to.Rank() <= it.Level.Rank() {
		return refuse("The item weighs that much already. To have it weigh less, ask for approval.")
	}
	return r.record(by, at, LevelRaised{Stage: stage, Item: k, From: it.Level, To: to, Reason: reason})
}

// tailorable finds an item whose level a project can set.
func (r *Review) tailorable(k plan.ItemKey) (*Item, plan.StageKey, error) {
	d, stage := r.Plan.Find(k)
	if d == nil {
		return nil, "", ErrNotFound
	}
	if !r.Project.Profile.HasAny(d.When) {
		return nil, "", refuse("The item does not apply by the project's profile. Change the profile instead.")
	}
	return r.item(k), stage.Key, r.unneeded(r.Stage(stage.Key))
}

// AskLowering asks that an item weigh less; none: that it does not apply.
// Somebody in a seat of its gate who did not ask has to approve.
func (r *Review) AskLowering(by Actor, k plan.ItemKey, to plan.Level, shown Digest, reason string, at time.Time) error {
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	it, stage, err := r.tailorable(k)
	if err != nil {
		return err
	}
	if to.Rank() < 0 {
		return invalid("level", "choose recommended, optional or does not apply")
	}
	if to.Rank() >= it.Level.Rank() {
		return refuse("The item weighs that little already.")
	}
	if it.Def.Core {
		return refuse("This item is core: it cannot be lowered or left out. It can be waived for a time.")
	}
	if w := r.Wish(k); w != nil && w.To == to && w.Reason == reason && w.By == by.Person {
		return nil // the same form sent twice
	}
	return r.record(by, at, LoweringAsked{Stage: stage, Item: k, From: it.Level, To: to, Reason: reason})
}

// Digest stands for the wish that somebody was shown.
func (w *Wish) Digest() Digest { return digestOf(w) }

// ApproveLowering does what was asked for.
func (r *Review) ApproveLowering(by Actor, k plan.ItemKey, shown Digest, at time.Time) error {
	if err := May(by, ApproveLowering, &r.Project); err != nil {
		return err
	}
	if err := r.wholly(); err != nil {
		return err
	}
	w, held, err := r.decidesOn(by, k)
	if err != nil {
		return err
	}
	if err := unchanged("request", shown, w.Digest()); err != nil {
		return err
	}
	if err := r.outgrown(w); err != nil {
		return err
	}
	return r.record(by, at, LevelLowered{
		Stage: r.wishedIn(w), Item: k, From: r.item(k).Level, To: w.To, Tier: r.Project.Tier, Reason: w.Reason, Asked: w.By, For: held.For,
	})
}

// outgrown says why a wish can no longer be approved; nil when it can.
func (r *Review) outgrown(w *Wish) error {
	it := r.item(w.Item)
	switch {
	case it == nil:
		return refuse("The plan has no such item any longer.")
	case it.Def.Core:
		return refuse("This item is core by now: it cannot be lowered or left out. It can be waived for a time.")
	case w.To.Rank() >= it.Level.Rank():
		return refuse("The item weighs that little already.")
	}
	return nil
}

// OpenWishes are those that somebody can approve, sorted by item, each with the stage
// at whose gate that is decided now.
func (r *Review) OpenWishes() []Wish {
	var open []Wish
	for i := range r.Wishes {
		if w := r.Wishes[i]; r.outgrown(&w) == nil {
			w.Stage = r.wishedIn(&w)
			open = append(open, w)
		}
	}
	slices.SortFunc(open, func(a, b Wish) int { return strings.Compare(string(a.Item), string(b.Item)) })
	return open
}

// wishedIn is the stage of the item that a wish is about: an upgrade may have
// moved it since.
func (r *Review) wishedIn(w *Wish) plan.StageKey {
	if _, stage := r.Plan.Find(w.Item); stage != nil {
		return stage.Key
	}
	return w.Stage
}

// decidesOn finds a wish that the actor may decide on, and in which seat.
func (r *Review) decidesOn(by Actor, k plan.ItemKey) (*Wish, SeatHeld, error) {
	w := r.Wish(k)
	if w == nil {
		return nil, SeatHeld{}, ErrNotFound
	}
	s := r.Stage(r.wishedIn(w))
	if s == nil {
		return nil, SeatHeld{}, ErrNotFound
	}
	if err := r.Project.stopped(); err != nil {
		return nil, SeatHeld{}, err
	}
	if by.Person == w.By {
		return nil, SeatHeld{}, &Denied{ApproveLowering, "You asked for it yourself; somebody else has to approve."}
	}
	seats := s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile).Seats
	held, ok := by.sitting(seats, r.Project.ID, apart(w.By))
	if !ok {
		return nil, SeatHeld{}, &Denied{ApproveLowering, "Only who sits at the gate of this stage approves that."}
	}
	return w, held, nil
}

// MayDecideWish checks that the actor may approve or turn down a wish.
func (r *Review) MayDecideWish(by Actor, k plan.ItemKey) error {
	_, _, err := r.decidesOn(by, k)
	return err
}

// RefuseLowering turns a wish down; who may change the plan can take it back.
func (r *Review) RefuseLowering(by Actor, k plan.ItemKey, shown Digest, reason string, at time.Time) error {
	if err := May(by, ViewProject, &r.Project); err != nil {
		return err
	}
	if err := r.wholly(); err != nil {
		return err
	}
	w := r.Wish(k)
	if w == nil {
		return nil // the same form sent twice, or somebody was quicker
	}
	if May(by, ChangePlan, &r.Project) != nil {
		if err := May(by, ApproveLowering, &r.Project); err != nil {
			return err
		}
		if _, _, err := r.decidesOn(by, k); err != nil {
			return err
		}
	}
	if err := r.Project.stopped(); err != nil {
		return err
	}
	reason, err := needReason(reason, "say why")
	if err != nil {
		return err
	}
	if err := unchanged("request", shown, w.Digest()); err != nil {
		return err
	}
	return r.record(by, at, LoweringRefused{Stage: r.wishedIn(w), Item: k, Reason: reason})
}

// MarkCore marks an item that the project wants to keep whatever comes, or takes
// that back.
func (r *Review) MarkCore(by Actor, k plan.ItemKey, core bool, shown Digest, reason string, at time.Time) error {
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	d, stage := r.Plan.Find(k)
	if d == nil {
		return ErrNotFound
	}
	marked := slices.Contains(r.Plan.Origin.Tailoring.Core, k)
	switch {
	case core == marked:
		return nil
	case core && d.Core:
		return refuse("The library calls this item core already.")
	}
	return r.record(by, at, CoreMarked{Stage: stage.Key, Item: k, Core: core, Reason: reason})
}
