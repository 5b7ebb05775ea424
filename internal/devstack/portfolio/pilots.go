package portfolio

import (
	"time"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// pilotsFirst is the organisation's own lifecycle: what comes with Slipway, with two
// gates that a pilot does not need.
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
	}
	return own, nil
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
		return []turn{{9, "marcus", "", followPilotsFirst(why)}, {1, s.p.owner, "", openTo(review.ExposureLimited, "")}}
	}
	return nil
}
