package portfolio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// secondTerms is how many days ago the second version of the readiness definition
// was published. Projects that began before pinned the first.
const secondTerms = 75

// staysBehind are projects that go on with the first version.
var staysBehind = []review.ProjectKey{"warehouse-loader", "device-registry"}

// terms is a version of the organisation's own readiness definition.
func terms(version int) *plan.Definition {
	d := &plan.Definition{
		Kind: plan.KindDefinition, Key: "ready-here", Version: version, Name: "What ready means here",
		Summary: "What we call a safe deployment and an incident, how long recovery may take, which risks we live with, and what our services have to reach.",
		Deployment: "It goes to one shop or to one percent of the users first, then to a tenth, then to all, with half an hour between. " +
			"Errors and latency are compared after each step. Whoever is on call can take it back alone, within ten minutes, and no order or payment is lost.",
		Incident: "Customers cannot order, pay or reach us, or are shown what is not theirs; or a colleague cannot do their work for more than an hour. " +
			"It begins when that began, not when somebody noticed.",
		Tiers: [3]plan.Terms{
			{Recovery: "2 hours, with at most 5 minutes of data lost", Tolerated: 9, Objectives: []plan.Goal{
				{Indicator: "Availability", Objective: "99.9 % of requests are answered without an error", Window: "28 days"},
			}},
			{Recovery: "8 hours, with at most 1 hour of data lost", Tolerated: 12, Objectives: []plan.Goal{
				{Indicator: "Availability", Objective: "99.5 % of requests are answered without an error", Window: "28 days"},
			}},
			{Recovery: "2 working days, with at most 1 day of data lost", Tolerated: 16, Objectives: []plan.Goal{
				{Indicator: "Availability", Objective: "99 % of requests are answered without an error", Window: "28 days"},
			}},
		},
	}
	if version == 1 {
		return d
	}
	d.Tiers[0].Recovery = "1 hour, with at most 5 minutes of data lost"
	d.Tiers[0].Objectives = append(d.Tiers[0].Objectives, plan.Goal{Indicator: "Latency", Objective: "99 % of requests are answered within 500 ms", Window: "28 days"})
	d.Tiers[1].Recovery = "4 hours, with at most 1 hour of data lost"
	return d
}

// define has Ada publish a version of the definition so many days ago, unless an
// earlier call did, and name it for new projects.
func (f *filler) define(ctx context.Context, version, ago int, why string) error {
	d := plan.Document{Definition: terms(version)}
	if _, err := f.st.Document(ctx, d.Key(), version); err == nil || !errors.Is(err, review.ErrNotFound) {
		return err
	}
	ada := f.by("ada", f.day.AddDate(0, 0, -ago).Add(10*time.Hour))
	if err := f.publishDocument(ctx, ada, d, version-1, why); err != nil {
		return err
	}
	if version > 1 {
		return nil
	}
	return f.st.NameDefault(ctx, ada, d.Key(), true, "So that nobody has to wonder at night what an incident is.")
}

// publishDocument writes and publishes a document, also where an interrupted call left
// a draft of it.
func (f *filler) publishDocument(ctx context.Context, by store.By, d plan.Document, from int, why string) error {
	key := d.Key()
	var there *review.Invalid
	if _, err := f.st.StartDraft(ctx, by, d, from); err != nil && !errors.As(err, &there) {
		return fmt.Errorf("writing the demo's %s: %w", key, err)
	}
	view, err := f.st.DocumentDraft(ctx, by, key)
	if err != nil {
		return fmt.Errorf("reading the demo's %s: %w", key, err)
	}
	if _, err := f.st.PublishDraft(ctx, by, key, view.Saved, review.Publication{Reason: why}, func(plan.Document) error { return nil }); err != nil {
		return fmt.Errorf("publishing the demo's %s: %w", key, err)
	}
	return nil
}

// newTerms has a project that began with the first version of the definition move to
// the second.
func (s *story) newTerms() {
	if s.p.began <= secondTerms || slices.Contains(staysBehind, s.p.key) {
		return
	}
	early := s.workday(s.day.AddDate(0, 0, 14-secondTerms).Truncate(24 * time.Hour)).Add(7*time.Hour + 13*time.Minute)
	s.do(early, s.p.owner, "", func(r *review.Review, who review.Actor, at time.Time) error {
		ref, err := plan.Document{Definition: terms(2)}.Ref()
		if err != nil {
			return err
		}
		return r.PinDefinition(who, ref, r.PlanDigest(), "Recovery in the time that version 2 allows was rehearsed.", at)
	})
}
