package review_test

import (
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// changes is a policy that the tests attach. Of its musts the first is shown by items of
// two stages, the second by one that only a later version of the lifecycle has, the
// third by one of a module, and the fourth by one that is not required.
func changes(version int) *plan.PolicyDocument {
	p := &plan.PolicyDocument{
		Kind: plan.KindPolicy, Key: "changes", Version: version, Name: "Changes", Summary: "S", Issuer: "Us", ReviewBy: "2030-01-01",
		Requirements: []plan.Requirement{
			{Key: "decided", Level: plan.LevelMust, Text: "Changes are decided on.", Items: []plan.ItemKey{"tests", "adr"}},
			{Key: "backed-up", Level: plan.LevelMust, Text: "Backups are read.", Items: []plan.ItemKey{"fresh"}},
			{Key: "mapped", Level: plan.LevelMust, Text: "Data is mapped.", Items: []plan.ItemKey{"gdpr-map", "fresh"}},
			{Key: "advised", Level: plan.LevelShould, Text: "People are advised.", Items: []plan.ItemKey{"nothing"}},
		},
	}
	return p
}

func policyRef(p *plan.PolicyDocument) plan.Ref {
	return plan.Ref{Key: p.Key, Version: p.Version, Digest: "d"}
}

func (k *machine) attachPolicy(by review.PersonID, reason string) {
	if k.m.plan.policy { // nothing is asked of who wants what is there
		k.do("attach the policy again", by, "", k.m.leads(by), verdict{}, func(r *review.Review) error {
			return r.AttachPolicy(k.actor(by), policyRef(changes(1)), "", "", k.now)
		})
		return
	}
	v := verdict{effect: func() { k.m.plan.policy = true }}
	k.planned("attach the policy", by, reason, v, func(r *review.Review, a review.Actor, shown review.Digest) error {
		return r.AttachPolicy(a, policyRef(changes(1)), shown, reason, k.now)
	})
}

func (k *machine) detachPolicy(by review.PersonID, reason string) {
	if !k.m.plan.policy {
		k.do("detach the policy again", by, "", k.m.leads(by), verdict{}, func(r *review.Review) error {
			return r.DetachPolicy(k.actor(by), "changes", "", "", k.now)
		})
		return
	}
	v := verdict{effect: func() { k.m.plan.policy = false }}
	v.refuse("denied", !k.m.hasRole(by, review.RoleManager, review.RoleAdmin)) // a gate passes with less
	k.planned("detach the policy", by, reason, v, func(r *review.Review, a review.Actor, shown review.Digest) error {
		return r.DetachPolicy(a, "changes", shown, reason, k.now)
	})
}

// --- rule: policies

// policies are the words on requirements that keep sign-off of a stage from being
// requested.
func (m *model) policies(st *mStage, at time.Time) []string {
	if !m.plan.policy {
		return nil
	}
	var order []plan.StageKey
	for i := range m.tmpl.Stages {
		order = append(order, m.tmpl.Stages[i].Key)
	}
	here := slices.Index(order, st.def.Key)
	last := len(order) - 1
	if m.stages[order[last]].def.Gate.RepeatsDays > 0 {
		last--
	}
	var words []string
	for _, q := range changes(1).Requirements {
		if q.Level != plan.LevelMust {
			continue
		}
		known, due, applying, holding := 0, 0, 0, 0
		for _, key := range q.Items {
			in, it := m.asking(key)
			if it == nil {
				continue
			}
			known++
			if slices.Index(order, in.def.Key) > here {
				continue
			}
			due++
			if m.level(it) == plan.LevelNone {
				continue
			}
			applying++
			if in.shown(it, at) {
				holding++
			}
		}
		switch {
		case known == 0 && here == last:
			words = append(words, "policy-unshown")
		case due > 0 && applying > 0 && holding == 0:
			words = append(words, "policy-unmet")
		}
	}
	return words
}

// shown reports whether an item shows what a policy asks.
func (st *mStage) shown(it *mItem, at time.Time) bool {
	switch {
	case st.covered(it, at):
		return true
	case it.again:
		return false
	case it.state == review.NotApplicable:
		return it.approver != 0
	}
	return it.state == review.Met && st.evidence(it, at) == ""
}
