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

// ropes is a policy whose requirements are shown by items of the hill, the second by
// one that only the second version of the lifecycle has, and the third by one of a
// module. Its second version no longer asks for that.
func ropes(version int) *plan.PolicyDocument {
	p := &plan.PolicyDocument{
		Kind: plan.KindPolicy, Key: "ropes", Version: version, Name: "Ropes", Summary: "What holds.", Issuer: "Us", ReviewBy: "2040-01-01",
		Requirements: []plan.Requirement{
			{Key: "held", Level: plan.LevelMust, Text: "Somebody holds.", Items: []plan.ItemKey{hillKey("plan", "proved"), hillKey("build", "proved")}},
			{Key: "simple", Level: plan.LevelShould, Text: "Knots are simple.", Items: []plan.ItemKey{"run-simple"}},
			{Key: "warm", Level: plan.LevelMust, Text: "It is warm.", Items: []plan.ItemKey{"hut-heated", hillKey("run", "plain"), "run-simple"}},
		},
	}
	if version == 2 {
		p.Requirements = p.Requirements[:2]
	}
	return p
}

// slope is a readiness definition, whose second version tolerates less.
func slope(version int) *plan.Definition {
	d := &plan.Definition{
		Kind: plan.KindDefinition, Key: "slope", Version: version, Name: "Slope", Summary: "What ready means.", Deployment: "One that is taken back.", Incident: "One that is felt.",
	}
	for i := range d.Tiers {
		d.Tiers[i] = plan.Terms{Recovery: "A day", Tolerated: 12 - 4*version + i, Objectives: []plan.Goal{{Indicator: availability, Objective: "99 %", Window: "28 days"}}}
	}
	return d
}

const availability = "Availability" // of which some objectives promise too little

// demands are documents that projects attach beside their modules.
func demands() []plan.Document {
	return []plan.Document{{Policy: ropes(1)}, {Policy: ropes(2)}, {Definition: slope(1)}, {Definition: slope(2)}}
}

// demand changes what is asked of the project beside its items, or who has which part
// in it.
func (u *upheaval) demand(ctx context.Context, rng *rand.Rand) {
	who := []int{olga, dave, adam, adam, pat}[rng.IntN(5)]
	what, version, word := rng.IntN(8), rng.IntN(2), wordFor(rng)
	rows := u.parts(rng)
	u.change(ctx, rng, who, "", func(r *review.Review, who review.Actor, at time.Time) error {
		shown := r.PlanDigest()
		switch what {
		case 0, 1:
			return r.AttachPolicy(who, u.policies[version], shown, word, at)
		case 2:
			return r.DetachPolicy(who, u.policies[0].Key, shown, word, at)
		case 3, 4:
			return r.PinDefinition(who, u.definitions[version], shown, word, at)
		}
		return r.SetResponsibilities(who, r.Project.ResponsibilitiesDigest(), rows, at)
	})
}

// parts are rows of a matrix of responsibilities.
func (u *upheaval) parts(rng *rand.Rand) []review.Responsibility {
	var rows []review.Responsibility
	for range rng.IntN(4) {
		row := review.Responsibility{Person: u.people[[]int{olga, dave, pat, sam, flo}[rng.IntN(5)]]}
		if guest := u.guest.Load(); guest != 0 && rng.IntN(3) == 0 {
			row.Person = review.PersonID(guest)
		}
		if rng.IntN(4) == 0 {
			row = review.Responsibility{Team: wordFor(rng)}
		}
		row.Parts = []review.Part{review.Parts()[rng.IntN(len(review.Parts()))]}
		rows = append(rows, row)
	}
	return rows
}

// visit has somebody sign in who was never here, and adam give them a seat in the
// project, withhold all rights of them, give them back, or make them nobody.
func (u *upheaval) visit(ctx context.Context, rng *rand.Rand) {
	guest := review.PersonID(u.guest.Load())
	if guest == 0 || rng.IntN(4) == 0 {
		in := store.Identity{
			Issuer: "http://127.0.0.1:9", Subject: fmt.Sprintf("guest of %s", u.project), Name: "Guest",
			Rights: []review.Right{{Role: review.RoleViewer}, {Seat: plan.SeatSRE}},
		}
		if guest != 0 { // the provider does not know their groups this time
			in.Rights, in.Gap = in.Rights[:1], review.GroupsFailed
		}
		id, err := u.stores[rng.IntN(2)].Join(ctx, in, time.Time{})
		switch {
		case err == nil:
			u.guest.Store(int64(id))
		case !errors.Is(err, review.ErrBlocked):
			u.expect(ctx, "a sign-in", err)
		}
		return
	}
	what, word := rng.IntN(8), wordFor(rng)
	_, err := u.stores[rng.IntN(2)].ChangeRights(ctx, u.by(adam), guest, func(e *review.Entitlements, who review.Actor, at time.Time) error {
		switch what {
		case 0, 1, 2:
			return e.Block(who, word, at)
		case 3, 4, 5:
			return e.Unblock(who, word, at)
		case 6:
			return e.Erase(who, word, at)
		}
		return e.Grant(who, review.Right{Seat: plan.SeatProduct, Scope: review.Scope(u.id)}, at)
	})
	u.expect(ctx, "a change of a guest's rights", err)
}
