package portfolio

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

const (
	// platform is a project of the demo portfolio that offers its answers.
	platform review.ProjectKey = "session-store"
	// platformHolds says for whom they hold.
	platformHolds string = "everything that signs people in through the session store"
	// withdrawn is the one that it offers no longer.
	withdrawn plan.ItemKey = "failed-checks-block"
)

// platformStages are those in which the platform answers for others.
var platformStages = []plan.StageKey{"pipeline"}

// takers are the projects that take answers over, and how many.
var takers = []struct {
	project review.ProjectKey
	who     string
	most    int
}{{"passkey-enrolment", "kofi", 3}, {"account-recovery", "kofi", 5}}

// share has one project offer answers and two take some over, of which one is
// withdrawn again; those who took it over lose it once a server follows. Told twice,
// it happens once.
func (f *filler) share(ctx context.Context) error {
	by := f.by("kofi", f.day.Add(-4*time.Hour))
	view, err := f.st.Project(ctx, by, platform)
	if err != nil {
		return err
	}
	var offers []plan.ItemKey
	begun, kept := false, false
	for _, sk := range platformStages {
		s := view.Review.Stage(sk)
		for i := range s.Items {
			it := &s.Items[i]
			begun, kept = begun || it.Offer != nil, kept || it.Offer != nil && it.Def.Key == withdrawn
			if it.Level != plan.LevelNone && s.Offerable(it) == nil {
				offers = append(offers, it.Def.Key)
			}
		}
	}
	if begun && !kept {
		return nil
	}
	at := store.Target{Project: platform}
	if _, err = f.st.Change(ctx, by, at, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.OfferAnswers(who, offers, platformHolds, at)
	}); err != nil {
		return fmt.Errorf("offering answers of %s: %w", platform, err)
	}
	for _, t := range takers {
		if err := f.takeOver(ctx, t.project, t.who, offers, t.most); err != nil {
			return fmt.Errorf("taking over answers in %s: %w", t.project, err)
		}
	}
	if _, err = f.st.Change(ctx, by, at, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.WithdrawOffers(who, []plan.ItemKey{withdrawn}, at)
	}); err != nil {
		return fmt.Errorf("withdrawing an offer of %s: %w", platform, err)
	}
	return nil
}

// takeOver has a project take over what the platform offers for items that it has
// not answered.
func (f *filler) takeOver(ctx context.Context, project review.ProjectKey, who string, offers []plan.ItemKey, most int) error {
	by := f.by(who, f.day.Add(-3*time.Hour))
	o, err := f.st.Offering(ctx, by, platform)
	if err != nil {
		return err
	}
	_, err = f.st.Change(ctx, by, store.Target{Project: project}, func(r *review.Review, who review.Actor, at time.Time) error {
		var items []plan.ItemKey
		for i := range r.Stages {
			for j := range r.Stages[i].Items {
				it := &r.Stages[i].Items[j]
				if it.Level != plan.LevelNone && (it.Answer.State == review.Open || it.Inherited != nil) && slices.Contains(offers, it.Def.Key) && len(items) < most {
					items = append(items, it.Def.Key)
				}
			}
		}
		return r.InheritAnswers(who, items, o, at)
	})
	return err
}
