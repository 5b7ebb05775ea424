package review

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Events of a project's stream that change its plan.
type (
	// ModuleAttached adds a module to the plan, or puts another version of it in
	// the place of the present one.
	ModuleAttached struct {
		Module plan.Ref    `json:"module"`
		Asks   []plan.Flag `json:"asks,omitempty"` // questions about the project that are new with it, and not answered yet
		Reason string      `json:"reason"`
	}
	// ModuleDetached takes a module off the plan, and with it the questions that
	// only it asked and nobody answered.
	ModuleDetached struct {
		Module plan.Ref `json:"module"`
		Reason string   `json:"reason"`
	}
	// DefinitionPinned says which version of a readiness definition holds for the
	// project from then on.
	DefinitionPinned struct {
		Definition plan.Ref `json:"definition"`
		Reason     string   `json:"reason"`
	}
	// ItemAdded adds an item of the project's own.
	ItemAdded struct {
		Stage plan.StageKey `json:"stage"`
		Item  plan.ItemKey  `json:"item"`
		Added plan.Item     `json:"added"` // of that key
	}
	// ItemDropped takes an item of the project's own away.
	ItemDropped struct {
		Stage  plan.StageKey `json:"stage"`
		Item   plan.ItemKey  `json:"item"`
		Reason string        `json:"reason"`
	}
	// LevelRaised has an item weigh more than the plan's documents say.
	LevelRaised struct {
		Stage  plan.StageKey `json:"stage"`
		Item   plan.ItemKey  `json:"item"`
		From   plan.Level    `json:"from"`
		To     plan.Level    `json:"to"`
		Reason string        `json:"reason"`
	}
	// LevelLowered has an item weigh less, or not apply. It was asked for by one
	// person and approved by the entry's actor.
	LevelLowered struct {
		Stage  plan.StageKey `json:"stage"`
		Item   plan.ItemKey  `json:"item"`
		From   plan.Level    `json:"from"`
		To     plan.Level    `json:"to,omitempty"`
		Tier   plan.Tier     `json:"tier"`
		Reason string        `json:"reason"`
		Asked  PersonID      `json:"asked"`
		For    PersonID      `json:"for,omitempty"` // in whose place a stand-in approved
	}
	// LoweringAsked asks that an item weigh less, or not apply.
	LoweringAsked struct {
		Stage  plan.StageKey `json:"stage"`
		Item   plan.ItemKey  `json:"item"`
		From   plan.Level    `json:"from"`
		To     plan.Level    `json:"to,omitempty"`
		Reason string        `json:"reason"`
	}
	// LoweringRefused turns such a wish down, or takes it back.
	LoweringRefused struct {
		Stage  plan.StageKey `json:"stage"`
		Item   plan.ItemKey  `json:"item"`
		Reason string        `json:"reason"`
	}
	// CoreMarked marks an item that the project wants to keep whatever comes, or
	// takes that back.
	CoreMarked struct {
		Stage  plan.StageKey `json:"stage"`
		Item   plan.ItemKey  `json:"item"`
		Core   bool          `json:"core"`
		Reason string        `json:"reason"`
	}
	// PlanUpgraded moves the plan to another version of its lifecycle, of its
	// modules and of its readiness definition.
	PlanUpgraded struct {
		Lifecycle  plan.Ref       `json:"lifecycle"`
		Modules    []plan.Ref     `json:"modules,omitempty"`
		Definition plan.Ref       `json:"definition,omitzero"` // zero: it stays as it is
		Reconfirm  []plan.ItemKey `json:"reconfirm,omitempty"` // answered items that ask something else now
		Asks       []plan.Flag    `json:"asks,omitempty"`      // questions about the project that are new with it, and not answered yet
		Reason     string         `json:"reason"`
	}
	// UpgradeUndone takes the last upgrade back.
	UpgradeUndone struct {
		Confirmed []plan.ItemKey `json:"confirmed,omitempty"` // items that need not be said again after all
		Reason    string         `json:"reason"`
	}
)

func (ModuleAttached) Kind() string   { return "ModuleAttached" }
func (ModuleDetached) Kind() string   { return "ModuleDetached" }
func (DefinitionPinned) Kind() string { return "DefinitionPinned" }
func (ItemAdded) Kind() string        { return "ItemAdded" }
func (ItemDropped) Kind() string      { return "ItemDropped" }
func (LevelRaised) Kind() string      { return "LevelRaised" }
func (LevelLowered) Kind() string     { return "LevelLowered" }
func (LoweringAsked) Kind() string    { return "LoweringAsked" }
func (LoweringRefused) Kind() string  { return "LoweringRefused" }
func (CoreMarked) Kind() string       { return "CoreMarked" }
func (PlanUpgraded) Kind() string     { return "PlanUpgraded" }
func (UpgradeUndone) Kind() string    { return "UpgradeUndone" }

func (ModuleAttached) Subject() (plan.StageKey, plan.ItemKey)    { return "", "" }
func (ModuleDetached) Subject() (plan.StageKey, plan.ItemKey)    { return "", "" }
func (DefinitionPinned) Subject() (plan.StageKey, plan.ItemKey)  { return "", "" }
func (e ItemAdded) Subject() (plan.StageKey, plan.ItemKey)       { return e.Stage, e.Item }
func (e ItemDropped) Subject() (plan.StageKey, plan.ItemKey)     { return e.Stage, e.Item }
func (e LevelRaised) Subject() (plan.StageKey, plan.ItemKey)     { return e.Stage, e.Item }
func (e LevelLowered) Subject() (plan.StageKey, plan.ItemKey)    { return e.Stage, e.Item }
func (e LoweringAsked) Subject() (plan.StageKey, plan.ItemKey)   { return e.Stage, e.Item }
func (e LoweringRefused) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, e.Item }
func (e CoreMarked) Subject() (plan.StageKey, plan.ItemKey)      { return e.Stage, e.Item }
func (PlanUpgraded) Subject() (plan.StageKey, plan.ItemKey)      { return "", "" }
func (UpgradeUndone) Subject() (plan.StageKey, plan.ItemKey)     { return "", "" }

func (ModuleAttached) People() []PersonID   { return nil }
func (ModuleDetached) People() []PersonID   { return nil }
func (DefinitionPinned) People() []PersonID { return nil }
func (ItemAdded) People() []PersonID        { return nil }
func (ItemDropped) People() []PersonID      { return nil }
func (LevelRaised) People() []PersonID      { return nil }
func (e LevelLowered) People() []PersonID   { return []PersonID{e.Asked, e.For} }
func (LoweringAsked) People() []PersonID    { return nil }
func (LoweringRefused) People() []PersonID  { return nil }
func (CoreMarked) People() []PersonID       { return nil }
func (PlanUpgraded) People() []PersonID     { return nil }
func (UpgradeUndone) People() []PersonID    { return nil }

// Documents are those that the plan is made of from then on.
func (e ModuleAttached) Documents() []plan.Ref { return []plan.Ref{e.Module} }

// Documents are those that the plan is made of from then on.
func (e DefinitionPinned) Documents() []plan.Ref { return []plan.Ref{e.Definition} }

// Documents are those that the plan is made of from then on.
func (e PlanUpgraded) Documents() []plan.Ref {
	all := append([]plan.Ref{e.Lifecycle}, e.Modules...)
	if e.Definition != (plan.Ref{}) {
		all = append(all, e.Definition)
	}
	return all
}

func (e ModuleAttached) fold(r *Review, en Entry) error {
	if err := r.asking(e.Asks, r.Plan.Origin.With(e.Module), en.At); err != nil {
		return err
	}
	r.doubtAnswers()
	return nil
}

func (e ModuleDetached) fold(r *Review, en Entry) error {
	if r.Plan.Origin.Module(e.Module.Key) != e.Module {
		return fmt.Errorf("the plan does not have version %d of module %s", e.Module.Version, e.Module.Key)
	}
	return r.replan(r.Plan.Origin.Without(e.Module.Key), en.At)
}

func (e DefinitionPinned) fold(r *Review, en Entry) error {
	return r.replan(r.Plan.Origin.Defined(e.Definition), en.At)
}

// asking is replan to a plan that asks new questions about the project.
func (r *Review) asking(questions []plan.Flag, o plan.Origin, at time.Time) error {
	r.Project.ask(questions)
	if err := r.replan(o, at); err != nil {
		return err
	}
	for _, f := range questions {
		if !r.Plan.HasFlag(f) {
			return fmt.Errorf("the plan does not ask %s", f)
		}
	}
	return nil
}

// tailored gives the review the same plan with another tailoring, from a moment on.
func (r *Review) tailored(t plan.Tailoring, at time.Time) error {
	o := r.Plan.Origin
	o.Tailoring = t
	return r.replan(o, at)
}

func (e ItemAdded) fold(r *Review, en Entry) error {
	if e.Added.Key != e.Item {
		return fmt.Errorf("item %s is added as %s", e.Item, e.Added.Key)
	}
	return r.tailored(r.Plan.Origin.Tailoring.Add(e.Stage, e.Added), en.At)
}

func (e ItemDropped) fold(r *Review, en Entry) error {
	r.dropWish(e.Item)
	return r.tailored(r.Plan.Origin.Tailoring.Drop(e.Item), en.At)
}

func (e LevelRaised) fold(r *Review, en Entry) error {
	r.dropWish(e.Item)
	return r.tailored(r.Plan.Origin.Tailoring.Raise(e.Item, e.To), en.At)
}

func (e LevelLowered) fold(r *Review, en Entry) error {
	r.dropWish(e.Item)
	return r.tailored(r.Plan.Origin.Tailoring.Lower(e.Item, e.To, e.Tier), en.At)
}

func (e LoweringAsked) fold(r *Review, en Entry) error {
	r.dropWish(e.Item)
	r.Wishes = append(r.Wishes, Wish{Stage: e.Stage, Item: e.Item, To: e.To, Reason: e.Reason, By: en.Actor, At: en.At})
	return nil
}

func (e LoweringRefused) fold(r *Review, _ Entry) error {
	if r.Wish(e.Item) == nil {
		return fmt.Errorf("nobody asked to lower item %s", e.Item)
	}
	r.dropWish(e.Item)
	return nil
}

func (e CoreMarked) fold(r *Review, en Entry) error {
	return r.tailored(r.Plan.Origin.Tailoring.Keep(e.Item, e.Core), en.At)
}

func (e PlanUpgraded) fold(r *Review, en Entry) error {
	was, asked, open := r.Plan.Origin, r.Asked, r.Project.Unanswered
	o := plan.Origin{
		Lifecycle: e.Lifecycle, Modules: e.Modules, Tailoring: was.Tailoring, Definition: cmp.Or(e.Definition, was.Definition), Policies: was.Policies,
		Environments: was.Environments,
	}
	if err := r.asking(e.Asks, o, en.At); err != nil {
		return err
	}
	r.Upgraded = &Upgrade{
		From: was, To: o, By: en.Actor, At: en.At, Reconfirm: e.Reconfirm, Moves: r.Moves, Asked: asked, Forgotten: without(open, r.Project.Unanswered),
	}
	return r.reattest(e.Reconfirm, true)
}

func (e UpgradeUndone) fold(r *Review, en Entry) error {
	u := r.Upgraded
	if u == nil {
		return errors.New("there is no upgrade to undo")
	}
	for _, k := range u.Reconfirm { // also those that are set aside again
		if it := r.item(k); it != nil {
			it.Reattest = false
		}
	}
	r.Project.ask(u.Forgotten)
	if err := r.replanBack(u.From, u, en.At); err != nil {
		return err
	}
	r.Upgraded = nil
	if err := r.reattest(e.Confirmed, false); err != nil {
		return err
	}
	r.doubtAnswers()
	return nil
}

// doubtAnswers has said again what was chosen of questions that are others now: an
// item that returns may have been answered as another version asked it. An
// upgrade lists these itself.
func (r *Review) doubtAnswers() {
	for i := range r.Stages {
		for j := range r.Stages[i].Items {
			it := &r.Stages[i].Items[j]
			if !it.Follows() {
				it.Reattest = true
			}
		}
	}
}

// reattest has items said again, or takes that back.
func (r *Review) reattest(items []plan.ItemKey, again bool) error {
	if len(items) == 0 {
		return nil
	}
	for _, k := range items {
		it := r.item(k)
		if it == nil {
			return fmt.Errorf("the plan has no item %s", k)
		}
		it.Reattest = again
	}
	for i := range r.Stages {
		r.Stages[i].restand(r)
	}
	return nil
}

// item finds an item wherever the plan has it.
func (r *Review) item(k plan.ItemKey) *Item {
	for i := range r.Stages {
		if it := r.Stages[i].Item(k); it != nil {
			return it
		}
	}
	return nil
}

func (r *Review) dropWish(k plan.ItemKey) {
	r.Wishes = slices.DeleteFunc(slices.Clone(r.Wishes), func(w Wish) bool { return w.Item == k })
}
