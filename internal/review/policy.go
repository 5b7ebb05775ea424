package review

import (
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// AttachPolicy has the gates ask for a policy, or for a newer version of one that they
// ask for. What was requested or has passed stays as it is. Attaching what is there
// already changes nothing. shown is [Review.PlanDigest] as the person saw it.
func (r *Review) AttachPolicy(by Actor, policy plan.Ref, shown Digest, reason string, at time.Time) error {
	if err := May(by, ChangePlan, &r.Project); err != nil {
		return err
	}
	has := r.Plan.Origin.Policy(policy.Key)
	if has == policy {
		return nil
	}
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	if has.Version > policy.Version {
		return refuse("The project has version %d of this policy, which is newer.", has.Version)
	}
	if _, err := r.Preview(r.Plan.Origin.WithPolicy(policy)); err != nil {
		return err
	}
	return r.record(by, at, PolicyAttached{policy, reason})
}

// DetachPolicy has the gates no longer ask for a policy. Where it requires anything,
// that takes who may let a gate pass with less.
func (r *Review) DetachPolicy(by Actor, key string, shown Digest, reason string, at time.Time) error {
	if err := May(by, ChangePlan, &r.Project); err != nil {
		return err
	}
	has := r.Plan.Origin.Policy(key)
	if has.Key == "" {
		return nil
	}
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	if p := r.Policy(key); p.Musts() > 0 {
		if err := May(by, DropSeat, &r.Project); err != nil {
			return err
		}
	}
	return r.record(by, at, PolicyDetached{has, reason})
}

// Policy is one that the gates ask for; nil when they ask for none of that key.
func (r *Review) Policy(key string) *plan.PolicyDocument {
	for _, p := range r.Plan.Policies {
		if p.Key == key {
			return p
		}
	}
	return nil
}

// asksPolicies reports whether a gate may rest on items of the stages before it.
func (r *Review) asksPolicies() bool { return len(r.Plan.Policies) > 0 }

// RequirementState is how a requirement of a policy stands in a review.
type RequirementState string

// How requirements stand. That one does not apply was decided with the plan: by the
// tier, the answers about the project, or an approved tailoring.
const (
	RequirementHolds   RequirementState = "holds"
	RequirementUnmet   RequirementState = "does-not-hold"
	RequirementUnshown RequirementState = "not-shown"
	RequirementMoot    RequirementState = "does-not-apply"
)

// ShownBy is an item that shows a requirement, and whether it does so now.
type ShownBy struct {
	Stage *Stage
	Item  *Item
	Named plan.ItemKey // by which the policy names it, with those of other environments
	Holds bool
	Moot  bool   // the item does not apply
	Words string // why it does, or what it lacks
}

// ShowsAt goes through the items of the plan that show a requirement, in the order in
// which the policy names them.
func (r *Review) ShowsAt(q *plan.Requirement, at time.Time) []ShownBy {
	var out []ShownBy
	for _, k := range q.Items {
		for _, p := range r.Plan.Showing(k) {
			s := r.Stage(p.Stage.Key)
			it := s.Item(p.Item.Key)
			if it == nil || containsItem(out, it) { // its stage is not loaded, or two names are of one item
				continue
			}
			by := ShownBy{Stage: s, Item: it, Named: k, Moot: it.Level == plan.LevelNone}
			by.Holds, by.Words = s.shows(it, at)
			out = append(out, by)
		}
	}
	return out
}

func containsItem(all []ShownBy, it *Item) bool {
	for i := range all {
		if all[i].Item == it {
			return true
		}
	}
	return false
}

// shows reports whether an item shows what a policy requires: it is met with the
// evidence that it asks for, whatever it weighs in the checklist; or it does not apply,
// which somebody has approved; or a waiver covers it.
func (s *Stage) shows(it *Item, at time.Time) (holds bool, words string) {
	if it.Level == plan.LevelNone {
		return false, "Does not apply to this project."
	}
	if w := s.Waived(it.Def.Key, at); w != nil {
		return true, "Waived until " + w.Until.Format("2 Jan 2006") + "."
	}
	if it.Reattest {
		return false, ReattestDue.inWords(it.Def)
	}
	switch it.Answer.State {
	case Met:
		switch need := s.evidenceNeed(it, at); {
		case need != "":
			return false, need.inWords(it.Def)
		case len(it.Def.Evidence) == 0:
			return true, "Met; it asks for no evidence."
		}
		return true, "Met, with evidence."
	case NotApplicable:
		switch {
		case it.Answer.ApprovedBy != 0:
			return true, "Does not apply, as approved."
		case it.Level == plan.LevelMust:
			return false, NAUnapproved.inWords(it.Def)
		}
		return false, "Said not to apply, which is approved of required items only; raise its level, or meet it."
	case NotMet:
		return false, "Not met."
	}
	return false, "Not answered."
}

// stand is how a requirement stands that these items show: any one that it names is
// enough, in each environment for which that is asked.
func stand(by []ShownBy) RequirementState {
	moot := 0
	lacks, holds := map[plan.ItemKey]bool{}, map[plan.ItemKey]bool{}
	for i := range by {
		switch {
		case by[i].Holds:
			holds[by[i].Named] = true
		case by[i].Moot:
			moot++
		default:
			lacks[by[i].Named] = true
		}
	}
	for k := range holds {
		if !lacks[k] {
			return RequirementHolds
		}
	}
	switch {
	case len(by) == 0:
		return RequirementUnshown
	case moot == len(by):
		return RequirementMoot
	}
	return RequirementUnmet
}

// StandsBy is how a requirement stands in the whole of the review, with the items that
// show it.
func (r *Review) StandsBy(q *plan.Requirement, at time.Time) (RequirementState, []ShownBy) {
	by := r.ShowsAt(q, at)
	return stand(by), by
}

// PolicyBlockers are the required requirements of policies that keep sign-off of a
// stage from being requested. A requirement counts at the gate of the first stage with
// an item that shows it and at each later one, by the items up to there; one that
// nothing shows at the last gate before production, and where a gate names its policy.
// What was requested has been settled: another stage's item that changes meanwhile
// would leave a round that nothing ends.
func (r *Review) PolicyBlockers(s *Stage, at time.Time) []Blocker {
	var bs []Blocker
	for _, key := range s.Def.Gate.Policies {
		if r.Policy(key) == nil {
			bs = append(bs, Blocker{
				Kind: PolicyMissing, Stage: s.Def.Key, Policy: key, Subject: "The policy " + key + " is not attached", What: "This gate asks for it; attach it to the project.",
				Owner: r.leads(s.Def.Key), Since: r.Project.Created,
			})
		}
	}
	here := r.Plan.StageIndex(s.Def.Key)
	for _, p := range r.Plan.Policies {
		for i := range p.Requirements {
			q := &p.Requirements[i]
			if q.Level != plan.LevelMust {
				continue
			}
			if b := r.requires(s, here, p, q, at); b != nil {
				bs = append(bs, *b)
			}
		}
	}
	return bs
}

// requires is why a requirement is in the way of a gate, the stage's by its place; nil
// when it is not.
func (r *Review) requires(s *Stage, here int, p *plan.PolicyDocument, q *plan.Requirement, at time.Time) *Blocker {
	var by []ShownBy
	for _, b := range r.ShowsAt(q, at) {
		if r.Plan.StageIndex(b.Stage.Def.Key) <= here {
			by = append(by, b)
		}
	}
	out := &Blocker{Stage: s.Def.Key, Policy: p.Key, Requirement: q.Key, Subject: p.Name + ": " + q.Text, Owner: r.leads(s.Def.Key), Since: r.Project.Created}
	switch {
	case !r.Plan.Shows(q):
		if !r.closesGap(s, here, p.Key) {
			return nil
		}
		out.Kind, out.What = PolicyUnshown, "Nothing in the plan shows it."
		return out
	case len(by) == 0 || stand(by) != RequirementUnmet:
		return nil
	}
	out.Kind = PolicyUnmet
	for i := range by {
		if by[i].Moot || by[i].Holds { // in one environment and not in another
			continue
		}
		if out.What == "" { // the first decides whose turn it is
			out.Owner = r.Responsible(by[i].Stage, by[i].Item)
			out.Since = latest(r.askedSince(by[i].Item.Def.Key), by[i].Stage.uncoveredSince(by[i].Item, at.Location()))
			out.What = "Not shown yet: "
		} else {
			out.What += ", "
		}
		out.What += "“" + by[i].Item.Def.Title + "” (" + inBrackets(by[i].Words) + ")"
	}
	out.What += "."
	return out
}

// inBrackets is a sentence as it stands within another.
func inBrackets(words string) string {
	return strings.ToLower(words[:1]) + strings.TrimSuffix(words[1:], ".")
}

// AskedFrom is the first stage whose gate asks for a required requirement of a policy;
// nil where none does, or where it is no must.
func (r *Review) AskedFrom(policy string, q *plan.Requirement) *Stage {
	if q.Level != plan.LevelMust {
		return nil
	}
	first, moot := -1, true
	for _, k := range q.Items {
		for _, p := range r.Plan.Showing(k) {
			if at := r.Plan.StageIndex(p.Stage.Key); p.Item.LevelFor(r.Project.Tier, r.Project.Profile) != plan.LevelNone && (moot || at < first) {
				first, moot = at, false
			}
		}
	}
	for i := range r.Stages {
		if i == first || !r.Plan.Shows(q) && r.closesGap(&r.Stages[i], i, policy) {
			return &r.Stages[i]
		}
	}
	return nil
}

// closesGap reports whether a gate asks for what nothing in the plan shows.
func (r *Review) closesGap(s *Stage, here int, policy string) bool {
	for _, key := range s.Def.Gate.Policies {
		if key == policy {
			return true
		}
	}
	last := len(r.Stages) - 1
	if last > 0 && r.Stages[last].Def.Gate.RepeatsDays > 0 { // it decides on what runs already
		last--
	}
	return here == last
}

// SettledByRequest reports whether a blocker keeps sign-off from being requested and no
// longer matters once it was.
func (k BlockerKind) SettledByRequest() bool {
	return k == EarlierGate || k == PolicyMissing || k == PolicyUnmet || k == PolicyUnshown
}
