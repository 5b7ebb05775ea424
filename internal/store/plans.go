package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/slipway-prr/slipway/internal/lru"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Plans never change, so what is composed once is kept by the digest of what it
// is made of. Bounded, since every project may tailor its own.
const (
	keptPlanBytes = 64 << 20
	keptPlanItem  = 700 // bytes that an item of a composed plan takes
)

type planCache = lru.Cache[string, *plan.Plan]

func newPlanCache() *planCache {
	return lru.New(keptPlanBytes, keptPlanBytes, func(_ string, p *plan.Plan) int {
		if len(p.Modules) == 0 && p.Origin.Tailoring.IsZero() {
			return keptPlanItem // its stages are the lifecycle's
		}
		n := 1
		for i := range p.Stages {
			n += len(p.Stages[i].Items)
		}
		return n * keptPlanItem
	})
}

// planOn composes a plan, or finds it, over a connection that is held already.
func (s *Store) planOn(ctx context.Context, db rowSource, o plan.Origin) (*plan.Plan, error) {
	digest, err := o.Digest()
	if err != nil {
		return nil, err
	}
	if p, ok := s.plans.Get(digest); ok {
		return p, nil
	}
	p, err := plan.ComposeFrom(o, func(ref plan.Ref) (plan.Document, error) { return s.documentOn(ctx, db, ref) })
	if err != nil {
		return nil, fmt.Errorf("composing plan %.12s: %w", digest, err)
	}
	s.plans.Put(digest, p)
	return p, nil
}

// plansOn composes plans for a review, see [review.Review.Plans].
func (s *Store) plansOn(ctx context.Context, db rowSource) review.Plans {
	return func(o plan.Origin) (*plan.Plan, error) { return s.planOn(ctx, db, o) }
}

// Plans composes plans for what only looks.
func (s *Store) Plans(ctx context.Context) review.Plans { return s.plansOn(ctx, s.pool) }

// planned finds the plan that a review's row names.
func (s *Store) planned(ctx context.Context, db rowSource, digest string) (*plan.Plan, error) {
	if p, ok := s.plans.Get(digest); ok {
		return p, nil
	}
	var origin []byte
	if err := db.QueryRow(ctx, `select origin from plan where digest = $1`, digest).Scan(&origin); err != nil {
		return nil, fmt.Errorf("reading what plan %.12s is made of: %w", digest, err)
	}
	var o plan.Origin
	if err := json.Unmarshal(origin, &o); err != nil {
		return nil, fmt.Errorf("reading what plan %.12s is made of: %w", digest, err)
	}
	got, err := o.Digest()
	if err != nil {
		return nil, err
	}
	if got != digest {
		return nil, fmt.Errorf("plan %.12s is made of something else than its digest says", digest)
	}
	return s.planOn(ctx, db, o)
}

// documentsOf finds what a project's plan was made of at one time or another.
func (s *Store) documentsOf(ctx context.Context, db rowSource, records []review.Sealed) ([]plan.Document, error) {
	entries := make([]review.Entry, len(records))
	for i := range records {
		var err error
		if entries[i], err = records[i].Entry(); err != nil {
			return nil, fmt.Errorf("entry %d: %w", records[i].Seq, err)
		}
	}
	var out []plan.Document
	for _, ref := range review.DocumentsIn(entries) {
		d, err := s.documentOn(ctx, db, ref)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}
