package portfolio

import (
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// changePolicy is the policy of the demo: what has to be true of every change of
// production.
func changePolicy() *plan.PolicyDocument {
	return &plan.PolicyDocument{
		Kind: plan.KindPolicy, Key: "production-change", Version: 1, Name: "Production change policy",
		Summary: "What has to be true of every change of what runs in production, however small it is.",
		Issuer:  "Platform operations", Reference: "OPS-12", Source: "https://policies.example.com/ops-12", ReviewBy: "2027-09-30",
		Requirements: []plan.Requirement{
			{Key: "read-by-another", Level: plan.LevelMust, Text: "Somebody who did not write a change has read it.", Items: []plan.ItemKey{"second-person-reviews"}},
			{Key: "tested", Level: plan.LevelMust, Text: "Each change has passed the same tests, without anybody at a keyboard.", Items: []plan.ItemKey{"changes-tested"}},
			{Key: "as-built", Level: plan.LevelMust, Text: "What was tested is what runs: nothing is built again on the way.", Items: []plan.ItemKey{"artefact-promoted-unchanged"}},
			{Key: "one-door", Level: plan.LevelMust, Text: "Production changes by the pipeline, and in no other way.", Items: []plan.ItemKey{"side-door-changes-forbidden"}},
			{Key: "way-back", Level: plan.LevelMust, Text: "A bad change can be taken back, and somebody has tried it.", Items: []plan.ItemKey{"rollback-rehearsed", "rollback-automatic"}},
			{Key: "who-and-why", Level: plan.LevelMust, Text: "Of each change we can say who made it, when, and why.", Items: []plan.ItemKey{"change-reason-recorded", "deployments-traceable"}},
			{Key: "stops-itself", Level: plan.LevelShould, Text: "A change that harms people stops by itself.", Items: []plan.ItemKey{"canary-stop-rules-defined"}},
			{Key: "on-call-told", Level: plan.LevelMay, Text: "Whoever is on call hears of a large change the day before."},
		},
	}
}

// policies are the turns of projects that took on the policy, after everything else.
func (s *story) policies() []turn {
	why := map[review.ProjectKey]string{
		"delivery-slots":   "The auditors want to see it for everything that customers depend on.",
		"fraud-scoring":    "It scores real payments within weeks.",
		"payments-gateway": "Card payments fall under it.",
	}[s.p.key]
	if why == "" {
		return nil
	}
	return []turn{{until: 1, who: s.p.owner, act: attachPolicy(why)}}
}

func attachPolicy(why string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		ref, err := plan.Document{Policy: changePolicy()}.Ref()
		if err != nil {
			return err
		}
		return r.AttachPolicy(who, ref, r.PlanDigest(), why, at)
	}
}
