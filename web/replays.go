package web

import (
	"context"
	"sync"

	"github.com/slipway-prr/slipway/internal/review"
)

// replaysAtOnce is how many requests of one person may at the same time make a
// project anew from its trail. Further ones wait, so that one reader with many
// tabs, or signed in often, leaves the processors to others.
const replaysAtOnce = 2

// replays are those that run or wait. Its zero value is ready to use.
type replays struct {
	mu  sync.Mutex
	all map[review.PersonID]*turns
}

// turns are a person's.
type turns struct {
	places chan struct{}
	wanted int // how many hold or wait for a place
}

// enter waits for a place; whoever gets one has to call leave.
func (p *replays) enter(ctx context.Context, who review.PersonID) (leave func(), err error) {
	t := p.want(who)
	select {
	case t.places <- struct{}{}:
		return func() { <-t.places; p.done(who, t) }, nil
	case <-ctx.Done():
		p.done(who, t)
		return nil, ctx.Err()
	}
}

func (p *replays) want(who review.PersonID) *turns {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.all[who]
	if t == nil {
		if p.all == nil {
			p.all = map[review.PersonID]*turns{}
		}
		t = &turns{places: make(chan struct{}, replaysAtOnce)}
		p.all[who] = t
	}
	t.wanted++
	return t
}

func (p *replays) done(who review.PersonID, t *turns) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.wanted--; t.wanted == 0 {
		delete(p.all, who)
	}
}
