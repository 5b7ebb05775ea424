package portfolio

import (
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// aiming are the turns of projects that follow the version of the lifecycle whose
// architecture gate asks for an objective: one has set one and asks for signatures,
// the other has all but that.
func (s *story) aiming() []turn {
	const why = "It asks for an objective before the architecture is approved. We have argued about “fast enough” for too long."
	switch s.p.key {
	case "gift-cards":
		return []turn{
			{1, "marcus", "", upgradeTo(lifecycleKey, 3, why)},
			{1, "rosa", "", runsIn("Staging", "staging", "staging", "The shop tries its campaigns there first.")},
			{1, "rosa", "", runsIn("Production", "production", "production", "Restores, alerts and access are decided on there when it goes live.")},
			{1, "rosa", "architecture", sayAgain("architecture", plan.MaxItems)},
			{1, "jonas", "architecture", settle("architecture")},
			{1, "rosa", "architecture", requestNow("architecture", "The evaluation is asked for again after the upgrade, and the design does not depend on it.")},
			{1, "ines", "architecture", signNow("architecture", plan.SeatArchitecture, "The balance is kept in one place only. Good.")},
		}
	case "warehouse-scanner":
		return []turn{
			{1, "marcus", "", upgradeTo(lifecycleKey, 3, why)},
			{1, "anna", "architecture", sayAgain("architecture", plan.MaxItems)},
			{1, "kofi", "architecture", settle("architecture")},
		}
	}
	return nil
}

// settle links evidence to each item of a stage that is not met yet, and says that it is.
func settle(stage plan.StageKey) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		st := r.Stage(stage)
		for i := range st.Items {
			it := &st.Items[i]
			shown := slices.ContainsFunc(st.Evidence, func(e review.Evidence) bool {
				return e.Item == it.Def.Key && !e.Removed() && slices.Contains(it.Def.Evidence, e.Type)
			})
			if it.Level == plan.LevelNone || it.Level == plan.LevelMay || shown && it.Answer.State == review.Met {
				continue
			}
			err := r.AddEvidence(who, stage, it.Def.Key, review.NewEvidence{
				URL: fmt.Sprintf("https://wiki.example.com/%s/design/%s", r.Project.Key, it.Def.Key), Title: it.Def.Title, Type: it.Def.Evidence[0], Effective: review.FormatDate(at),
			}, at)
			if err != nil {
				return err
			}
			if err := setAnswer(stage, it.Def.Key, review.Met, "")(r, who, at); err != nil {
				return err
			}
		}
		return nil
	}
}

func requestNow(stage plan.StageKey, early string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, stage, r.Digest(r.Stage(stage)), early, at)
	}
}

func signNow(stage plan.StageKey, seat plan.Seat, note string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, stage, review.NewSignOff{Seat: seat, Decision: review.Go, Note: note, Digest: r.Digest(r.Stage(stage))}, at)
	}
}
