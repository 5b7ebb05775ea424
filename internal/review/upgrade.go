package review

import (
	"reflect"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Upgrade is what can be undone.
type Upgrade struct {
	From      plan.Origin    `json:"from"`
	To        plan.Origin    `json:"to"`
	By        PersonID       `json:"by"`
	At        time.Time      `json:"at"`
	Reconfirm []plan.ItemKey `json:"reconfirm,omitempty"` // items that were to be said again
	Moves     Moves          `json:"moves,omitzero"`      // what it moved, and from where
	Asked     []Asked        `json:"asked,omitempty"`     // [Review.Asked] before
	Forgotten []plan.Flag    `json:"forgotten,omitempty"` // unanswered questions that it does not ask
}

// Upgrade moves the plan to other versions of what it is made of. The project's own
// tailoring stays, whatever to says of it.
// Answers stay with their items, wherever these went; those to an item that asks
// something else now have to be said again; those to what is no longer asked are
// set aside. An older version that asks less needs who may do that.
func (r *Review) Upgrade(by Actor, to plan.Origin, shown Digest, reason string, at time.Time) error {
	if err := May(by, ChangePlan, &r.Project); err != nil {
		return err
	}
	o := plan.Origin{Lifecycle: to.Lifecycle, Tailoring: r.Plan.Origin.Tailoring, Definition: to.Definition, Policies: r.Plan.Origin.Policies, Environments: r.Plan.Origin.Environments}
	for _, ref := range to.Modules {
		o = o.With(ref) // in their order
	}
	if reflect.DeepEqual(o, r.Plan.Origin) {
		return nil
	}
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(o.Modules, r.Plan.Origin.Modules, func(a, b plan.Ref) bool { return a.Key == b.Key }) {
		return refuse("An upgrade brings other versions of the modules that the plan has. Attach or detach modules by themselves.")
	}
	if o.Definition.Key != r.Plan.Origin.Definition.Key {
		return refuse("An upgrade brings another version of the readiness definition that the project pins. Pin another one by itself.")
	}
	then, err := r.Preview(o)
	if err != nil {
		return err
	}
	if !newer(r.Plan.Origin, o) && r.AsksLess(then) {
		if err := May(by, DropSeat, &r.Project); err != nil {
			return err
		}
	}
	if err := r.upgradable(then); err != nil {
		return err
	}
	e := PlanUpgraded{
		Lifecycle: o.Lifecycle, Modules: o.Modules, Reconfirm: r.Reconfirm(then), Asks: r.opens(then.Plan), Reason: reason,
	}
	if o.Definition != r.Plan.Origin.Definition {
		e.Definition = o.Definition
	}
	return r.replanned(by, at, e)
}

// PreviewUpgrade is [Review.Preview] of an upgrade, with the answers marked that
// have to be said again. Where the upgrade would be refused, there is a preview
// and the reason.
func (r *Review) PreviewUpgrade(o plan.Origin) (*Review, error) {
	then, err := r.Preview(o)
	if err != nil {
		return nil, err
	}
	if err := then.reattest(r.Reconfirm(then), true); err != nil {
		return nil, err
	}
	return then, r.upgradable(then)
}

// PreviewUndo is [Review.Preview] of taking the last upgrade back, with the answers
// marked that have to be said again. It is what the command does.
func (r *Review) PreviewUndo() (*Review, error) {
	if err := r.CanUndo(); err != nil {
		return nil, err
	}
	e, err := r.undoing("")
	if err != nil {
		return nil, err
	}
	then := *r
	then.Stages, then.Former = withItems(r.Stages), withItems(r.Former)
	return &then, e.fold(&then, Entry{})
}

// withItems copies stages as far as taking an upgrade back changes them in place.
func withItems(stages []Stage) []Stage {
	out := slices.Clone(stages)
	for i := range out {
		out[i].Items, out[i].Aside = slices.Clone(out[i].Items), slices.Clone(out[i].Aside)
	}
	return out
}

// newer reports whether a plan is of the same documents as another, and none of
// them is older: what such a version asks less was decided for everybody.
func newer(now, next plan.Origin) bool {
	older := func(a, b plan.Ref) bool { return a.Key != b.Key || b.Version < a.Version }
	for i, ref := range now.Modules {
		if older(ref, next.Modules[i]) {
			return false
		}
	}
	return !older(now.Lifecycle, next.Lifecycle) && !older(now.Definition, next.Definition)
}

// upgradable refuses what would leave something open without a place.
func (r *Review) upgradable(then *Review) error {
	for i := range r.Stages {
		s := &r.Stages[i]
		if then.Stage(s.Def.Key) != nil {
			continue
		}
		if s.OpenRound() != nil {
			return refuse("The new version has no stage “%s”, and its sign-off is under way. Let it end or withdraw it first.", s.Def.Name)
		}
		last := s.LastRound()
		if len(s.OpenConditions()) > 0 || s.Unanswered() || last != nil && last.Outcome == OutcomeForced && last.ReviewedAt.IsZero() {
			return refuse("The new version has no stage “%s”, and there is something open in it. Close its conditions, findings and reviews first.", s.Def.Name)
		}
	}
	return nil
}

// Reconfirm are the answered items of a plan to be that ask something else than
// what was answered.
func (r *Review) Reconfirm(then *Review) []plan.ItemKey {
	var out []plan.ItemKey
	from := map[plan.ItemKey]plan.ItemKey{}
	for _, m := range then.Moves.Items {
		from[m.To.Item] = m.From.Item
	}
	for i := range then.Stages {
		for j := range then.Stages[i].Items {
			it := &then.Stages[i].Items[j]
			if it.Answer.State == Open || it.Reattest {
				continue
			}
			source := it.Def.Key
			if other, moved := from[source]; moved {
				source = other
			}
			before, _ := r.Plan.Find(source)
			if before == nil || !plan.SameMeaning(before, it.Def) || source.Environment() != it.Def.Key.Environment() {
				out = append(out, it.Def.Key)
			}
		}
	}
	return out
}

// CanUndo says why the last upgrade cannot be undone; nil when it can.
func (r *Review) CanUndo() error {
	u := r.Upgraded
	if u == nil {
		return refuse("There is no upgrade to undo.")
	}
	if !reflect.DeepEqual(u.To, r.Plan.Origin) {
		return refuse("The plan was changed since the upgrade.")
	}
	for i := range r.Stages {
		for j := range r.Stages[i].Rounds {
			if ro := &r.Stages[i].Rounds[j]; ro.RequestedAt.After(u.At) || ro.ClosedAt.After(u.At) {
				return refuse("“%s” was brought to a decision since the upgrade.", r.Stages[i].Def.Name)
			}
		}
	}
	return nil
}

// UndoUpgrade takes the last upgrade back, as long as no gate was brought to a
// decision since. What was answered meanwhile stays, or is set aside where the
// old plan does not ask it.
func (r *Review) UndoUpgrade(by Actor, shown Digest, reason string, at time.Time) error {
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	if err := r.CanUndo(); err != nil {
		return err
	}
	e, err := r.undoing(reason)
	if err != nil {
		return err
	}
	return r.replanned(by, at, e)
}

// undoing is what taking the last upgrade back records: the items that it wanted
// said again, and that nobody has, need not be.
func (r *Review) undoing(reason string) (UpgradeUndone, error) {
	e := UpgradeUndone{Reason: reason}
	before, err := r.compose(r.Upgraded.From)
	if err != nil {
		return e, err
	}
	from := map[plan.ItemKey]plan.ItemKey{}
	for _, m := range r.Upgraded.Moves.Items {
		from[m.To.Item] = m.From.Item
	}
	for _, k := range r.Upgraded.Reconfirm {
		it := r.item(k)
		if it == nil || !it.Reattest {
			continue
		}
		if other, moved := from[k]; moved {
			k = other
		}
		if asked, _ := before.Find(k); asked != nil {
			e.Confirmed = append(e.Confirmed, k)
		}
	}
	return e, nil
}
