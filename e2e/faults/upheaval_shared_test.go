package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// share has a project offer an answer, take one over from a project before it, have
// that one change its mind, or keep what it took; and servers follow meanwhile.
func (u *upheaval) share(ctx context.Context, rng *rand.Rand) {
	items := []plan.ItemKey{hillKey("plan", "plain"), hillKey("plan", "proved"), hillKey("build", "proved"), hillKey("run", "proved")}
	item, word := items[rng.IntN(len(items))], wordFor(rng)
	team := []int{olga, dave, pat}[rng.IntN(3)]
	other := u.other(rng)
	if last := u.platform.Load(); last != 0 && rng.IntN(2) == 0 { // what it took over is what changes
		other = int(last)
	}
	at := func(who int, p review.ProjectKey, decide store.Decide) {
		_, err := u.stores[rng.IntN(2)].Change(ctx, u.by(who), store.Target{Project: p}, decide)
		u.expect(ctx, "sharing an answer", err)
	}
	offer := func(r *review.Review, who review.Actor, at time.Time) error {
		return r.OfferAnswers(who, []plan.ItemKey{item}, word, at)
	}
	switch n := rng.IntN(8); {
	case n == 0:
		at(olga, u.project, offer)
	case n == 1 && other != 0:
		at(olga, hillNo(other), func(r *review.Review, who review.Actor, at time.Time) error {
			return r.WithdrawOffers(who, []plan.ItemKey{item}, at)
		})
	case n == 2 && other != 0:
		at(olga, hillNo(other), func(r *review.Review, who review.Actor, at time.Time) error {
			s, it := itemOf(r, item)
			if it == nil {
				return review.ErrNotFound
			}
			return r.Answer(who, s, item, []review.State{review.Met, review.NotMet}[rng.IntN(2)], word, it.Answer.Version, at)
		})
	case n < 6 && other != 0:
		at(olga, hillNo(other), offer)
		o, err := u.stores[rng.IntN(2)].Offering(ctx, u.by(olga), hillNo(other))
		if err != nil {
			u.expect(ctx, "reading what is offered", err)
			return
		}
		at(team, u.project, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.InheritAnswers(who, []plan.ItemKey{item}, o, at)
		})
		u.platform.Store(int64(other))
	case n == 6:
		at(team, u.project, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.KeepAllInherited(who, []plan.ItemKey{item}, at)
		})
	}
	if rng.IntN(2) == 0 {
		_, err := u.stores[rng.IntN(2)].FollowOffers(ctx)
		u.expect(ctx, "following", err)
	}
}

// other is the number of a project of before; 0 when this is the first.
func (u *upheaval) other(rng *rand.Rand) int {
	if u.made < 2 {
		return 0
	}
	return 1 + rng.IntN(u.made-1)
}

func hillNo(n int) review.ProjectKey { return review.ProjectKey(fmt.Sprintf("hill-%d", n)) }

func itemOf(r *review.Review, k plan.ItemKey) (plan.StageKey, *review.Item) {
	for i := range r.Stages {
		if it := r.Stages[i].Item(k); it != nil {
			return r.Stages[i].Def.Key, it
		}
	}
	return "", nil
}

// followed has all projects follow each other, and holds what one took over against
// what is offered there now.
func (u *upheaval) followed(ctx context.Context) error {
	for n := 1; n > 0; {
		var err error
		if n, err = u.stores[1].FollowOffers(ctx); err != nil {
			return err
		}
	}
	v, err := u.stores[0].Project(ctx, u.by(adam), u.project)
	if err != nil {
		return err
	}
	offerings := map[review.ProjectID]*review.Offering{}
	for n := 1; n < u.made; n++ {
		o, err := u.stores[0].Offering(ctx, u.by(adam), hillNo(n))
		if err != nil {
			return err
		}
		offerings[o.From] = o
	}
	var wrong []error
	for i := range v.Review.Stages {
		s := &v.Review.Stages[i]
		for j := range s.Items {
			it := &s.Items[j]
			in := it.Inherited
			if in == nil {
				continue
			}
			a := offerings[in.From].Answer(in.Of)
			here := 0
			for k := range s.Evidence {
				if e := &s.Evidence[k]; e.Item == it.Def.Key && e.From == in.From && !e.Removed() {
					here++
				}
			}
			u.tally.follow(in.Lost == "")
			switch {
			case in.Lost != a.Lost:
				wrong = append(wrong, fmt.Errorf("item %s of %s is taken over (lost: %q), where what is offered is %q", it.Def.Key, u.project, in.Lost, a.Lost))
			case in.Lost != "" && (it.Answer.State != review.Open || here > 0):
				wrong = append(wrong, fmt.Errorf("item %s of %s is %s with %d links of a project that no longer says so", it.Def.Key, u.project, it.Answer.State, here))
			case in.Lost == "" && (in.Seal != a.Seal() || it.Answer.State != review.Met || it.Answer.Note != a.Note || here != len(a.Links)):
				wrong = append(wrong, fmt.Errorf("item %s of %s does not follow: %+v with %d links, offered %+v", it.Def.Key, u.project, it.Answer, here, a))
			}
		}
	}
	return errors.Join(wrong...)
}

// follow counts answers that follow another project at the end, or have lost it.
func (t *kindTally) follow(holds bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if holds {
		t.follows++
	} else {
		t.lost++
	}
}
