package review

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Bounds on the environments of a project.
const (
	MaxEnvironments    = 12 // that are not retired
	maxRetired         = 50
	MaxEnvironmentName = 60 // characters
)

// NewEnvironment is an environment as somebody typed it in.
type NewEnvironment struct {
	Name string
	Key  string // empty: it is made of the name
	Kind string
}

// Adding checks an environment that is to be added, and completes it.
func (r *Review) Adding(in NewEnvironment) (plan.Environment, error) {
	var c input
	e := plan.Environment{Name: r.environmentName(&c, in.Name, ""), Kind: plan.EnvironmentKind(strings.TrimSpace(in.Kind))}
	key := strings.TrimSpace(in.Key)
	made := key == ""
	if made {
		key = keyOf(e.Name)
	}
	e.Key = plan.EnvironmentKey(key)
	switch had := r.Plan.Origin.Environment(e.Key); {
	case made && c.problems.Err() != nil: // of a name that is wrong itself
	case made && !plan.ValidKey(key):
		c.problems.Add("key", "none can be made of that name; type one, such as tokyo")
	case !plan.ValidKey(key):
		c.problems.Add("key", plan.KeyForm)
	case had != nil && !had.Retired:
		c.problems.Add("key", "is that of “"+had.Name+"” already")
	case had != nil && had.Kind != e.Kind:
		c.problems.Add("key", "was that of “"+had.Name+"”, which was of another kind; choose another, or what was said there would be taken for this")
	}
	if !r.Plan.Adds.HasEnvironment(e.Kind) {
		c.problems.Add("kind", "choose one of "+kindNames(r.Plan.Adds))
	}
	if len(r.Plan.Origin.Present()) >= MaxEnvironments {
		c.problems.Add("name", fmt.Sprintf("there are %d environments already, which is as many as a project can have", MaxEnvironments))
	} else if len(r.Plan.Origin.Environments) >= MaxEnvironments+maxRetired {
		c.problems.Add("name", "as many environments were removed as a project can remember; bring one of them back by its key")
	}
	return e, c.problems.Err()
}

// environmentName checks a name; key is that of the environment which is to have it.
func (r *Review) environmentName(c *input, name string, key plan.EnvironmentKey) string {
	name = c.line("name", name, MaxEnvironmentName)
	c.require("name", name, "say what it is called, such as Production, Frankfurt")
	for _, e := range r.Plan.Origin.Present() {
		if e.Key != key && strings.EqualFold(e.Name, name) {
			c.problems.Add("name", "is that of another environment already")
		}
	}
	return name
}

func kindNames(w plan.Words) string {
	kinds := w.AllEnvironments()
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Label()
	}
	return strings.Join(names, ", ")
}

// keyOf makes a key of a name.
func keyOf(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') })
	key := strings.TrimLeft(strings.Join(words, "-"), "-0123456789")
	if len(key) > 30 {
		key = key[:30]
	}
	return strings.Trim(key, "-")
}

func (r *Review) withEnvironment(e plan.Environment) []plan.Environment {
	all := slices.Clone(r.Plan.Origin.Environments)
	if at := slices.IndexFunc(all, func(o plan.Environment) bool { return o.Key == e.Key }); at >= 0 {
		all[at] = e
	} else {
		all = append(all, e)
	}
	return all
}

// PreviewAdding is the review as it would be with one more environment, with the answers
// marked that have to be said again.
func (r *Review) PreviewAdding(e plan.Environment) (*Review, error) {
	return r.previewWithin(r.withEnvironment(e))
}

// PreviewRemoving is the review as it would be without an environment.
func (r *Review) PreviewRemoving(k plan.EnvironmentKey) (*Review, error) {
	return r.previewWithin(r.withoutEnvironment(k))
}

func (r *Review) withoutEnvironment(k plan.EnvironmentKey) []plan.Environment {
	all := slices.Clone(r.Plan.Origin.Environments)
	for i := range all {
		if all[i].Key == k {
			all[i].Retired = true
		}
	}
	return all
}

func (r *Review) previewWithin(all []plan.Environment) (*Review, error) {
	then, err := r.Preview(r.Plan.Origin.Within(all))
	if err != nil {
		return nil, err
	}
	return then, then.reattest(elsewhere(then), true)
}

// AddEnvironment adds an environment to the project, or brings one back. Items that are
// answered for its kind are asked for it from then on. Adding what is there already
// changes nothing. shown is [Review.PlanDigest] as the person saw it.
func (r *Review) AddEnvironment(by Actor, in NewEnvironment, shown Digest, reason string, at time.Time) error {
	if err := May(by, ChangePlan, &r.Project); err != nil {
		return err
	}
	if has := r.Plan.Origin.Environment(plan.EnvironmentKey(in.Key)); has != nil && *has == (plan.Environment{Key: has.Key, Name: in.Name, Kind: plan.EnvironmentKind(in.Kind)}) {
		return nil
	}
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	e, err := r.Adding(in)
	if err != nil {
		return err
	}
	then, err := r.Preview(r.Plan.Origin.Within(r.withEnvironment(e)))
	if err != nil {
		return err
	}
	return r.replanned(by, at, EnvironmentAdded{e, elsewhere(then), reason})
}

// RenameEnvironment gives an environment another name. What was said for it, and what
// was signed, stays.
func (r *Review) RenameEnvironment(by Actor, k plan.EnvironmentKey, name string, shown Digest, reason string, at time.Time) error {
	if err := May(by, ChangePlan, &r.Project); err != nil {
		return err
	}
	has := r.Plan.Origin.Environment(k)
	if has == nil || has.Retired {
		return ErrNotFound
	}
	var c input
	name = r.environmentName(&c, name, k)
	if has.Name == name {
		return nil
	}
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	if err := c.problems.Err(); err != nil {
		return err
	}
	return r.record(by, at, EnvironmentRenamed{k, has.Name, name, reason})
}

// RemoveEnvironment takes an environment away. What was said for it is set aside, and
// returns with it. Where that takes a required item away, it needs who may do that.
func (r *Review) RemoveEnvironment(by Actor, k plan.EnvironmentKey, shown Digest, reason string, at time.Time) error {
	if err := May(by, ChangePlan, &r.Project); err != nil {
		return err
	}
	has := r.Plan.Origin.Environment(k)
	if has == nil || has.Retired {
		return nil
	}
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	then, err := r.Preview(r.Plan.Origin.Within(r.withoutEnvironment(k)))
	if err != nil {
		return err
	}
	if r.AsksLess(then) {
		if err := May(by, DropSeat, &r.Project); err != nil {
			return err
		}
	}
	return r.replanned(by, at, EnvironmentRemoved{k, has.Name, r.spokenOf(k), elsewhere(then), reason})
}

// elsewhere are the answered items of a plan to be whose answers were given for the
// project as a whole, or for one environment of it, and are for another now.
func elsewhere(then *Review) []plan.ItemKey {
	var out []plan.ItemKey
	for _, m := range then.Moves.Items {
		it := then.item(m.To.Item)
		if it != nil && m.From.Item.Environment() != m.To.Item.Environment() && it.Answer.State != Open && !it.Reattest {
			out = append(out, m.To.Item)
		}
	}
	return out
}

// spokenOf reports whether anything was said for an environment.
func (r *Review) spokenOf(k plan.EnvironmentKey) bool {
	for _, s := range r.All() {
		if slices.ContainsFunc(s.Known(), func(it *Item) bool { return it.Def.Key.Environment() == k && !it.blank() }) ||
			slices.ContainsFunc(s.Evidence, func(e Evidence) bool { return e.Item.Environment() == k }) ||
			slices.ContainsFunc(s.Waivers, func(w Waiver) bool { return w.Item.Environment() == k }) {
			return true
		}
	}
	t := r.Plan.Origin.Tailoring
	return slices.ContainsFunc(t.Raised, func(i plan.RaisedItem) bool { return i.Item.Environment() == k }) ||
		slices.ContainsFunc(t.Lowered, func(i plan.LoweredItem) bool { return i.Item.Environment() == k }) ||
		slices.ContainsFunc(t.Core, func(i plan.ItemKey) bool { return i.Environment() == k }) ||
		slices.ContainsFunc(r.Wishes, func(w Wish) bool { return w.Item.Environment() == k })
}

// requiredThen reports whether another plan still requires what an item asks. One that
// was asked once and is asked for environments then is required in each of them; of the
// last environment, once for the project.
func (r *Review) requiredThen(then *Review, k plan.ItemKey) bool {
	if same := then.item(k); same != nil {
		return same.Level == plan.LevelMust
	}
	if k.Environment() == "" {
		return then.requiredIn(k) > 0
	}
	once := then.item(k.Bare())
	return once != nil && once.Level == plan.LevelMust && r.requiredIn(k.Bare()) == 1
}

// requiredIn counts the environments for which an item is required; 0 where it is not
// required in each for which it is asked.
func (r *Review) requiredIn(k plan.ItemKey) int {
	n := 0
	for i := range r.Stages {
		for j := range r.Stages[i].Items {
			it := &r.Stages[i].Items[j]
			if it.Def.Environment == nil || it.Def.Key.Bare() != k {
				continue
			}
			if it.Level != plan.LevelMust {
				return 0
			}
			n++
		}
	}
	return n
}

// Unplaced is a kind of environment of which the project names none, although items are
// answered for it.
type Unplaced struct {
	Kind    plan.EnvironmentKind
	Nowhere []*Item // asked for other environments alone, and so not for this kind
	Once    []*Item // asked for the project as a whole
}

// Unplaced are the kinds of environment for which items are answered and of which there
// is none, where the project names others.
func (r *Review) Unplaced() []Unplaced {
	present := r.Plan.Origin.Present()
	if len(present) == 0 {
		return nil
	}
	var out []Unplaced
	for _, k := range r.Plan.Adds.AllEnvironments() {
		if slices.ContainsFunc(present, func(e plan.Environment) bool { return e.Kind == k }) {
			continue
		}
		u := Unplaced{Kind: k}
		for i := range r.Stages {
			for j := range r.Stages[i].Items {
				it := &r.Stages[i].Items[j]
				if it.Level == plan.LevelNone || !slices.Contains(it.Def.Environments, k) {
					continue
				}
				if it.Def.Environment == nil {
					u.Once = append(u.Once, it)
				} else if !slices.ContainsFunc(u.Nowhere, func(o *Item) bool { return o.Def.Key.Bare() == it.Def.Key.Bare() }) {
					u.Nowhere = append(u.Nowhere, it)
				}
			}
		}
		if len(u.Nowhere)+len(u.Once) > 0 {
			out = append(out, u)
		}
	}
	return out
}

// Situation is how ready an environment is: how many of the required items that are
// asked for it are satisfied, by the rule of [Review.Rollup].
type Situation struct {
	Environment plan.Environment
	Must, Done  int
	Items       int // that apply, of any level
}

// Ready reports whether nothing required is missing; true too where nothing is asked.
func (n *Situation) Ready() bool { return n.Done == n.Must }

// Situations are the project's environments with how ready each is, over all stages.
func (r *Review) Situations(at time.Time) []Situation {
	out := make([]Situation, 0, len(r.Plan.Origin.Environments))
	for _, e := range r.Plan.Origin.Present() {
		n := Situation{Environment: e}
		for i := range r.Stages {
			n.count(&r.Stages[i], at)
		}
		out = append(out, n)
	}
	return out
}

// SituationsAt are the environments on which the gate of a stage decides: it names their
// kind, or items of the stage are asked for them.
func (r *Review) SituationsAt(s *Stage, at time.Time) []Situation {
	var out []Situation
	for _, e := range r.Plan.Origin.Present() {
		n := Situation{Environment: e}
		n.count(s, at)
		if n.Items > 0 || s.Def.Gate.Decides(e.Kind) {
			out = append(out, n)
		}
	}
	return out
}

func (n *Situation) count(s *Stage, at time.Time) {
	for i := range s.Items {
		it := &s.Items[i]
		if it.Def.Environment == nil || it.Def.Environment.Key != n.Environment.Key || it.Level == plan.LevelNone {
			continue
		}
		n.Items++
		if it.Level != plan.LevelMust {
			continue
		}
		n.Must++
		if s.Satisfied(it, at) {
			n.Done++
		}
	}
}
