package store

import (
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/lru"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Whoever fills a checklist changes the same stage again and again, and reading
// it is most of what a change costs. So the stages that were changed last are
// kept, each with the hash of its project's stream and the transaction that wrote
// the project's row of the portfolio, as the change left them. A change locks the
// head of the stream first, as always, and takes what is kept only when both are
// still the same. The hash stands for all that happened to the project, whichever
// server did it; the transaction for what was written without anything having
// happened: by the sweep, once time has changed something. Everything else is
// read, and so are, each time, who asks and their rights.

const (
	keptReviewBytes = 8 << 20 // of all that is kept
	keptReviewMost  = 1 << 20 // of one stage
	keptReviewExtra = 1200    // that one costs beside its packed rows and its people
	keptRecords     = 20      // of a project of which stages are kept
)

// keptPlace says of which stage something is kept.
type keptPlace struct {
	project review.ProjectID
	stage   plan.StageKey
}

// keptReview is a review with one stage as a change left it. It never changes.
type keptReview struct {
	hash         review.Hash
	written      uint32
	seq          int64
	project      review.Project
	no           int
	plan         *plan.Plan
	upgraded     *review.Upgrade
	wishes       []review.Wish
	asked        []review.Asked
	records      []review.Record // on which gates decide
	started      time.Time
	passedBefore time.Time
	rollups      rollupArrays // a third of what they take as rollups
	stage        int
	gone         review.Numbers // of that stage
	packed       []byte
}

// only is the one stage that is loaded, if it is one.
func (l *loaded) only() (*review.Stage, bool) {
	var only *review.Stage
	for i := range l.review.Stages {
		if s := &l.review.Stages[i]; s.Loaded {
			if only != nil {
				return nil, false
			}
			only = s
		}
	}
	return only, only != nil
}

// keep makes what is to be kept after a change of a stage; nil when the stage is
// of a kind that is not.
func keep(l *loaded, s *review.Stage) *keptReview {
	r := l.review
	if !plain(s) || len(r.Records) > keptRecords {
		return nil
	}
	packed, ok := pack(s)
	if !ok {
		return nil
	}
	return &keptReview{
		hash: l.hash, written: l.writing, seq: l.seq, project: r.Project, no: r.No, plan: r.Plan, upgraded: r.Upgraded, wishes: r.Wishes, asked: r.Asked, records: r.Records,
		started: r.Started, passedBefore: r.PassedBefore, rollups: arraysOf(l.rollups), stage: r.Plan.StageIndex(s.Def.Key), gone: s.Gone, packed: packed,
	}
}

// plain reports whether a stage has only what most of them have while their
// checklist is filled. Rounds and what belongs to them are read each time:
// signatures rest on rights, which have a stream of their own.
func plain(s *review.Stage) bool {
	return len(s.Aside) == 0 && len(s.Rounds) == 0 && len(s.Findings) == 0 && len(s.Waivers) == 0 && len(s.Conditions) == 0
}

// load makes a review of its own out of what is kept, as if it had been read.
func (k *keptReview) load() (*loaded, error) {
	p := k.project
	p.Members, p.Profile, p.Unanswered = slices.Clone(p.Members), slices.Clone(p.Profile), slices.Clone(p.Unanswered)
	r := review.Blank(p, k.no, k.plan)
	rollups, err := k.rollups.stages(len(k.plan.Stages))
	if err != nil {
		return nil, fmt.Errorf("project %s: %w", p.Key, err)
	}
	r.Upgraded, r.Wishes, r.Asked, r.Records = k.upgraded, k.wishes, k.asked, k.records
	r.Started, r.PassedBefore = k.started, k.passedBefore
	r.Holders = map[review.PersonID][]review.SeatHeld{}
	for i := range r.Stages {
		r.Stages[i].Gate, r.Stages[i].Passed = rollups[i].Gate, rollups[i].Passed
	}
	s := r.Load(k.stage)
	s.Gone = k.gone
	if err := unpack(k.packed, s); err != nil {
		return nil, err
	}
	return &loaded{review: r, seq: k.seq, hash: k.hash, rollups: rollups}, nil
}

// holds reports whether what is kept is how the project is now, its stream
// being locked.
func (k *keptReview) holds(head review.Hash, written uint32) bool {
	return k.hash == head && k.written == written
}

func (k *keptReview) size() int {
	return len(k.packed) + 24*len(k.project.Members) + 64*len(k.rollups.waits) + len(k.rollups.qualities) + len(k.project.Summary) + keptReviewExtra
}

// keptReviews are the stages that were changed last.
type keptReviews = lru.Cache[keptPlace, *keptReview]

func newKeptReviews() *keptReviews {
	return lru.New(keptReviewBytes, keptReviewMost, func(_ keptPlace, k *keptReview) int { return k.size() })
}
