package portfolio

import (
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// pilotsFirst is the organisation's own lifecycle: what comes with Slipway, with two
// gates that a pilot does not need, and with some items answered for each environment.
func pilotsFirst() (*plan.Lifecycle, error) {
	l, err := catalog.Version(lifecycleKey, lifecycleVersion)
	if err != nil {
		return nil, err
	}
	own := l.Draft()
	own.Key, own.Version, own.Name = "pilots-first", 1, "Pilots first"
	own.Summary = "Prototype to production as we go about it: load is proved and the release rehearsed before more than a few people depend on it."
	for i := range own.Stages {
		s := &own.Stages[i]
		s.Phases = plan.Phases()[i : i+1 : i+1] // the first version names none
		if s.Key == "performance" || s.Key == "release" {
			s.Gate.From = review.ExposureLimited
		}
		switch s.Key {
		case "environments":
			s.Gate.Environments = []plan.EnvironmentKind{"staging"}
		case "release":
			s.Gate.Environments = []plan.EnvironmentKind{"production"}
		}
		s.Items = slices.Clone(s.Items)
		for j := range s.Items {
			switch s.Items[j].Key {
			case "network-default-deny", "secrets-managed-and-rotated", "logs-centralised":
				s.Items[j].Environments = []plan.EnvironmentKind{"staging", "production"}
			case "alerts-reach-on-duty", "disaster-recovery-planned", "rollback-rehearsed":
				s.Items[j].Environments = []plan.EnvironmentKind{"production"}
			}
		}
	}
	return own, nil
}

// runsIn names an environment of a project.
func runsIn(name, key, kind, why string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEnvironment(who, review.NewEnvironment{Name: name, Key: key, Kind: kind}, r.PlanDigest(), why, at)
	}
}

// followPilotsFirst moves a project's plan to that lifecycle.
func followPilotsFirst(why string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		l, err := pilotsFirst()
		if err != nil {
			return err
		}
		ref, err := plan.Document{Lifecycle: l}.Ref()
		if err != nil {
			return err
		}
		return r.Upgrade(who, r.Plan.Origin.On(ref), r.PlanDigest(), why, at)
	}
}

// openTo opens a project to more people, or to fewer with a reason.
func openTo(e review.Exposure, why string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		f := r.Project.Fields()
		f.Exposure, f.Reason = e, why
		return r.Edit(who, f, at)
	}
}

// piloting are the turns of projects that follow the organisation's own lifecycle:
// pilots, and one that is no longer one.
func (s *story) piloting() []turn {
	const why = "Ten people try it. What a crowd needs comes before the crowd."
	switch s.p.key {
	case "chargeback-desk", "room-finder":
		return []turn{{5, "marcus", "", followPilotsFirst(why)}}
	case "metrics-catalogue":
		return []turn{
			{9, "marcus", "", followPilotsFirst(why)}, {1, s.p.owner, "", openTo(review.ExposureLimited, "")},
			{1, s.p.owner, "", runsIn("Staging", "staging", "staging", "Each team has a catalogue of its own to try things in.")},
			{1, s.p.owner, "", runsIn("Production", "production", "production", "The one that people read.")},
		}
	case "incident-notebook":
		const apart = "One answer for both regions hid what Dublin lacks."
		return []turn{
			{1, "marcus", "", followPilotsFirst("It opens in two regions, one after the other, and each is decided on by itself.")},
			{1, "raj", "", runsIn("Staging", "staging", "staging", "What was answered so far was looked at there.")},
			{1, "raj", "", runsIn("Production, Frankfurt", "frankfurt", "production", apart)},
			{1, "raj", "", runsIn("Production, Dublin", "dublin", "production", apart)},
			{1, "raj", "environments", sayAgain("environments", 9)},
			{1, "raj", "environments", answerWith("environments", "network-default-deny@staging", "doc", "Firewall rules of staging", "Only the office and the pipeline get in.")},
			{1, "raj", "environments", answerWith("environments", "logs-centralised@staging", "dashboard", "Logs of staging", "Kept for two weeks.")},
			{1, "raj", "release", answerWith("release", "network-default-deny@frankfurt", "doc", "Firewall rules, Frankfurt", "Closed but for the load balancer.")},
			{1, "raj", "release", answerWith("release", "logs-centralised@frankfurt", "dashboard", "Logs, Frankfurt", "Kept for ninety days.")},
			{1, "raj", "release", answerWith("release", "secrets-managed-and-rotated@frankfurt", "policy", "How secrets are rotated", "Rotated every thirty days.")},
			{1, "raj", "release", answerWith("release", "network-default-deny@dublin", "doc", "Firewall rules, Dublin", "The same rules as in Frankfurt.")},
			{1, "raj", "release", saysNotMet("release", "secrets-managed-and-rotated@dublin", "The store is there; nothing has been rotated in it yet.")},
			{1, "raj", "", s.keep(kept{
				kind: "release", stage: "release", title: "The first teams of Frankfurt", due: 21, goesOut: 8, rehearsed: 12,
				values: record.Values{
					"subject": "service", "version": "1.0.0", "site": "Production, Frankfurt", "because": "Two teams asked to write their incidents there.",
					"expected": "Both teams write the next incident in it.", "rollback": "https://wiki.example.com/incident-notebook/rollback",
				},
			})},
		}
	}
	return nil
}
