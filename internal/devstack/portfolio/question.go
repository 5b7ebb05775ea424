package portfolio

import (
	"context"
	"errors"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// failureModule is the module that somebody of the demo wrote: its items are
// questions with choices.
func failureModule() *plan.Module {
	advised := [3]plan.Level{plan.LevelShould, plan.LevelShould, plan.LevelMay}
	return &plan.Module{
		Kind: plan.KindModule, Key: "failure", Version: 1, Name: "How it fails",
		Summary: "Three questions about failures, asked while the code is written.",
		Items: []plan.ModuleItem{
			{Phase: "build", Item: plan.Item{
				Key: "failure-noticed", Title: "How is a failure noticed?", Levels: advised, Seats: []plan.Seat{plan.SeatSRE}, Quality: []string{"operability"},
				Why:  "A failure that customers report first has been going on for an hour.",
				Done: "Each choice that is ticked was tried within the last three months.",
				Show: "The report of the last trial.",
				Choices: []plan.Choice{
					{
						Key: "alert", Title: "An alert reaches whoever is on call within five minutes",
						Help: "By phone or pager, day and night. A channel that nobody has to read does not count.", Do: "Route the alert on the error rate to the on-call schedule.",
					},
					{Key: "slo", Title: "Alerts are tied to an SLO", Help: "They fire on a burn rate of the error budget, not on the load of a machine.", Do: "Agree on an SLO and alert on its burn rate."},
					{Key: "customers", Title: "Customers tell us"},
				},
				Rules: []plan.Rule{{When: "alert && slo", Risk: plan.RiskNone}, {When: "alert", Risk: plan.RiskMedium}, {When: plan.Default, Risk: plan.RiskHigh}},
			}},
			{Phase: "build", Item: plan.Item{
				Key: "failure-dependency", Title: "What happens while a dependency is down?", Levels: advised, Seats: []plan.Seat{plan.SeatEngineering}, Quality: []string{"reliability"},
				Why:  "A service is down as often as the worst of what it waits for.",
				Done: "The team took each dependency away in a test and saw what is ticked here.",
				Show: "The report of the test.",
				Choices: []plan.Choice{
					{Key: "degrades", Title: "It degrades, with cached or partial answers", Do: "Decide what is shown when the answer is missing."},
					{Key: "retries", Title: "It retries with backoff and jitter", Do: "Use the client that the platform team keeps."},
					{Key: "stops", Title: "It stops"},
				},
				Rules: []plan.Rule{{When: "degrades && !stops", Risk: plan.RiskNone}, {When: "retries && !stops", Risk: plan.RiskMedium}, {When: plan.Default, Risk: plan.RiskHigh}},
			}},
			{Phase: "build", Item: plan.Item{
				Key: "failure-undone", Title: "How is a bad release taken back?", Levels: advised, Seats: []plan.Seat{plan.SeatSRE}, Quality: []string{"operability"},
				Why:  "Whoever has to think about it at night takes twice as long.",
				Done: "Somebody who did not write it took a release back in a rehearsal.",
				Show: "The report of the rehearsal.",
				Choices: []plan.Choice{
					{Key: "rollback", Title: "By a rollback to the version before"},
					{Key: "flag", Title: "By a feature flag"},
					{Key: "forward", Title: "By another release"},
				},
				Rules: []plan.Rule{{When: "rollback || flag", Risk: plan.RiskNone}, {When: "forward", Risk: plan.RiskMedium}, {When: plan.Default, Risk: plan.RiskHigh}},
			}},
		},
	}
}

// publish has Ada publish what the organisation wrote itself: a module, a policy, and
// its own lifecycle. What an earlier call did stays.
func (f *filler) publish(ctx context.Context) error {
	l, err := pilotsFirst()
	if err != nil {
		return err
	}
	for _, own := range []struct {
		d   plan.Document
		why string
	}{
		{plan.Document{Module: failureModule()}, "Three questions that we ask after every incident, asked before."},
		{plan.Document{Policy: changePolicy()}, "What the wiki said, in words that a gate can ask for."},
		{plan.Document{Lifecycle: l}, "A pilot of ten people waited six weeks for a load test that nobody needed."},
	} {
		if _, err := f.st.Document(ctx, own.d.Key(), 1); err == nil {
			continue
		} else if !errors.Is(err, review.ErrNotFound) {
			return err
		}
		if err := f.publishDocument(ctx, store.ByPerson(f.people["ada"], f.day), own.d, 0, own.why); err != nil {
			return err
		}
	}
	return nil
}

// attachFailure adds the module to a project's plan.
func attachFailure(why string) act { return attachModule(failureModule(), why) }

// choose answers a question.
func choose(stage plan.StageKey, item plan.ItemKey, chosen plan.Chosen, note string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Choose(who, stage, item, chosen, &note, r.Stage(stage).Item(item).Answer.Version, at)
	}
}
