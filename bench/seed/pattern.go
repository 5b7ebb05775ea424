package seed

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// Long makes a pattern from the long template: 120 items in LongStage, three in five of them met on evidence, and the whole
// team on it.
func (w *World) Long(ctx context.Context, key review.ProjectKey) error {
	if err := w.create(ctx, key, w.templates.long, w.Team); err != nil {
		return err
	}
	return w.work(ctx, key, func(r *review.Review, who review.Actor, at time.Time) error {
		return answerSome(r, who, r.Stage(LongStage), at)
	})
}

// Fresh makes a pattern of a project on its first day, with nothing answered: for lists of very many projects, which read nothing
// else of them than a row each.
func (w *World) Fresh(ctx context.Context, key review.ProjectKey) error {
	return w.create(ctx, key, w.templates.builtIn, w.Team[:SmallTeam])
}

// Moduled makes a pattern like [World.Fresh] with a module, of the version of the built-in template that has a place for it.
// Both have to be published.
func (w *World) Moduled(ctx context.Context, key review.ProjectKey, t *plan.Lifecycle, module plan.Ref) error {
	if err := w.create(ctx, key, t, w.Team[:SmallTeam]); err != nil {
		return err
	}
	return w.work(ctx, key, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachModule(who, module, r.PlanDigest(), "it holds personal data", at)
	})
}

// Launch makes a pattern from the built-in template with so many gates passed, the stage after them half done, and nothing
// waiting for a signature.
func (w *World) Launch(ctx context.Context, key review.ProjectKey, passed int) error {
	if err := w.create(ctx, key, w.templates.builtIn, w.Team[:SmallTeam]); err != nil {
		return err
	}
	for i := range min(passed, len(w.templates.builtIn.Stages)) {
		if err := w.request(ctx, key, w.templates.builtIn.Stages[i].Key); err != nil {
			return err
		}
		if err := w.pass(ctx, key, w.templates.builtIn.Stages[i].Key); err != nil {
			return err
		}
	}
	return w.work(ctx, key, func(r *review.Review, who review.Actor, at time.Time) error {
		if passed >= len(r.Stages) {
			return nil
		}
		return answerSome(r, who, &r.Stages[passed], at)
	})
}

// Largest makes a pattern from the built-in template whose largest stage, which it returns, is three fifths done.
func (w *World) Largest(ctx context.Context, key review.ProjectKey) (plan.StageKey, error) {
	stage := largest(w.templates.builtIn)
	if err := w.create(ctx, key, w.templates.builtIn, w.Team[:SmallTeam]); err != nil {
		return "", err
	}
	return stage, w.work(ctx, key, func(r *review.Review, who review.Actor, at time.Time) error {
		return answerSome(r, who, r.Stage(stage), at)
	})
}

// Waiting makes a pattern from the built-in template, all 206 items of it answered, whose first gate, which it returns, waits for
// signatures.
func (w *World) Waiting(ctx context.Context, key review.ProjectKey) (plan.StageKey, error) {
	if err := w.create(ctx, key, w.templates.builtIn, w.Team[:SmallTeam]); err != nil {
		return "", err
	}
	first := w.templates.builtIn.Stages[0].Key
	err := w.work(ctx, key, func(r *review.Review, who review.Actor, at time.Time) error {
		for i := range r.Stages[1:] {
			if err := answerSome(r, who, &r.Stages[1+i], at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return first, w.request(ctx, key, first)
}

// Risk adds a risk to a project.
func (w *World) Risk(ctx context.Context, key review.ProjectKey, title string) error {
	return w.work(ctx, key, func(r *review.Review, who review.Actor, at time.Time) error {
		_, err := r.OpenRecord(who, record.Risk, review.NewRecord{RecordFields: review.RecordFields{
			Title: title, Values: record.Values{"likelihood": "2", "impact": "3"},
		}}, at)
		return err
	})
}

// Assigned makes a pattern from the built-in template with so many open items assigned to Busy.
func (w *World) Assigned(ctx context.Context, key review.ProjectKey, items int) error {
	if err := w.create(ctx, key, w.templates.builtIn, w.Team[:SmallTeam]); err != nil {
		return err
	}
	return w.work(ctx, key, func(r *review.Review, who review.Actor, at time.Time) error {
		due := review.FormatDate(at.AddDate(0, 1, 0))
		for i := range r.Stages {
			for j := range r.Stages[i].Items {
				if items == 0 {
					return nil
				}
				items--
				if err := r.AssignJoining(who, r.Stages[i].Def.Key, r.Stages[i].Items[j].Def.Key, w.Busy.ID, due, at); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// create starts a critical project to which every item of the template applies.
func (w *World) create(ctx context.Context, key review.ProjectKey, t *plan.Lifecycle, team []Person) error {
	ref, err := t.Ref()
	if err != nil {
		return err
	}
	in := review.NewProject{
		Key: string(key), Name: "Pattern " + string(key), Team: "Patterns", Tier: plan.TierCritical, Exposure: review.ExposureLimited,
		Summary: "What the copies of this project look like.", Owner: team[0].ID, Deputy: team[1].ID,
		Target: review.FormatDate(time.Now().AddDate(0, 6, 0)),
	}
	for _, f := range t.Flags {
		in.Profile = append(in.Profile, f.Key)
	}
	if _, err := w.Store.Create(ctx, By(team[0]), ref, in); err != nil {
		return fmt.Errorf("seed: create %s: %w", key, err)
	}
	return w.work(ctx, key, func(r *review.Review, who review.Actor, at time.Time) error {
		for _, p := range team[2:] {
			if err := r.SetDuty(who, p.ID, review.DutyMember, at); err != nil {
				return err
			}
		}
		return nil
	})
}

// By is a person as the store knows who asks.
func By(p Person) store.By { return store.BySession(store.HashToken(p.Secret)) }

// work changes a project as its owner.
func (w *World) work(ctx context.Context, key review.ProjectKey, decide store.Decide) error {
	if _, err := w.Store.Change(ctx, By(w.Team[0]), store.Target{Project: key}, decide); err != nil {
		return fmt.Errorf("seed: work on %s: %w", key, err)
	}
	return nil
}

// answerSome answers a stage as one in progress looks: of every ten items six are met, with evidence and a note, one is not
// met, and three are open.
func answerSome(r *review.Review, who review.Actor, s *review.Stage, at time.Time) error {
	for i := range s.Items {
		var err error
		switch n := i * 7 % 10; {
		case n < 6:
			err = meet(r, who, s, &s.Items[i], i, at)
		case n == 6:
			err = r.Answer(who, s.Def.Key, s.Items[i].Def.Key, review.NotMet, "Planned for the next iteration.", 0, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func meet(r *review.Review, who review.Actor, s *review.Stage, it *review.Item, n int, at time.Time) error {
	if it.Level == plan.LevelNone {
		return nil
	}
	if err := r.Answer(who, s.Def.Key, it.Def.Key, review.Met, "Done, and shown in the linked record.", it.Answer.Version, at); err != nil {
		return err
	}
	kind := plan.EvidenceKinds()[0]
	if len(it.Def.Evidence) > 0 {
		kind = it.Def.Evidence[0]
	}
	return r.AddEvidence(who, s.Def.Key, it.Def.Key, review.NewEvidence{
		URL: fmt.Sprintf("https://wiki.example.test/%s/%03d", s.Def.Key, n), Title: fmt.Sprintf("Record %03d", n), Type: kind,
	}, at)
}

// request meets everything of a stage and asks for sign-off.
func (w *World) request(ctx context.Context, key review.ProjectKey, stage plan.StageKey) error {
	return w.work(ctx, key, func(r *review.Review, who review.Actor, at time.Time) error {
		s := r.Stage(stage)
		for i := range s.Items {
			if err := meet(r, who, s, &s.Items[i], i, at); err != nil {
				return err
			}
		}
		return r.Request(who, stage, "", "", at)
	})
}

// pass signs a gate in every seat that is still open.
func (w *World) pass(ctx context.Context, key review.ProjectKey, stage plan.StageKey) error {
	for _, seat := range plan.Seats() {
		_, err := w.Store.Change(ctx, By(w.Signers[seat]), store.Target{Project: key, Stage: stage},
			func(r *review.Review, who review.Actor, at time.Time) error {
				s := r.Stage(stage)
				round := s.OpenRound()
				if round == nil || !slices.Contains(round.Policy.Seats, seat) {
					return nil
				}
				return r.SignOff(who, stage, review.NewSignOff{Seat: seat, Decision: review.Go, Digest: r.Digest(s)}, at)
			})
		if err != nil {
			return fmt.Errorf("seed: sign %s of %s: %w", stage, key, err)
		}
	}
	return nil
}
