package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync/atomic"
	"time"

	"github.com/slipway-prr/slipway/bench/load"
	"github.com/slipway-prr/slipway/bench/seed"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// signer signs gates that wait. A signature can be given once, so they are prepared beforehand, and a run ends early rather than
// using up what the rounds after it need.
type signer struct {
	product *product
	forms   [][]byte
	next    atomic.Int64
	share   int // signatures in one run
}

// shownDigest is the digest that a gate's page shows to be signed.
var shownDigest = regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`)

// signer reads the gates of all copies of a pattern as one of their signers sees them, for so many runs.
func (p *product) signer(ctx context.Context, pattern seed.Pattern, stage plan.StageKey, runs int) (*signer, error) {
	seats, err := p.seats(ctx, pattern.Key, stage)
	if err != nil {
		return nil, err
	}
	c, err := load.Dial(ctx, p.server.addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	digests := make([]string, pattern.Copies)
	for i := range digests {
		gate := page.GateURL(seed.CopyKey(pattern.Key, i+1), stage)
		answer, err := c.Do(load.Get(gate, p.server.cookie(p.world.Signers[seats[0]])))
		if err != nil {
			return nil, fmt.Errorf("signer: %s: %w", gate, err)
		}
		found := shownDigest.FindSubmatch(answer.Body)
		if answer.Status != http.StatusOK || found == nil {
			return nil, fmt.Errorf("signer: %s: status %d and no digest to sign: %.200q", gate, answer.Status, answer.Body)
		}
		digests[i] = string(found[1])
	}
	s := &signer{product: p}
	// One seat after the other, so that a gate's signatures are far apart, the last of them being the one that passes it.
	for _, seat := range seats {
		for i, digest := range digests {
			form := url.Values{"seat": {string(seat)}, "decision": {string(review.Go)}, "note": {""}, "digest": {digest}}
			path := page.SignURL(seed.CopyKey(pattern.Key, i+1), stage)
			s.forms = append(s.forms, load.Post(path, form, p.server.cookie(p.world.Signers[seat])))
		}
	}
	s.share = len(s.forms) / runs
	return s, nil
}

// seats are those in which a gate has to be signed to pass.
func (p *product) seats(ctx context.Context, key review.ProjectKey, stage plan.StageKey) ([]plan.Seat, error) {
	view, err := p.world.Store.Project(ctx, seed.By(p.world.Team[0]), key)
	if err != nil {
		return nil, fmt.Errorf("signer: %w", err)
	}
	round := view.Review.Stage(stage).OpenRound()
	if round == nil {
		return nil, fmt.Errorf("signer: nothing waits at %s of %s", stage, key)
	}
	seats := slices.Clone(round.Policy.Mandatory)
	for _, seat := range round.Policy.Seats {
		if len(seats) < round.Policy.Quorum && !slices.Contains(seats, seat) {
			seats = append(seats, seat)
		}
	}
	return seats, nil
}

func (s *signer) contender(clients int) Contender {
	plan := load.Plan{
		Addr: s.product.server.addr, Clients: clients, Requests: s.share,
		Next: func(int) []byte {
			// Beyond the end only the request that a client asks for and then has no time left to send.
			return s.forms[min(int(s.next.Add(1)), len(s.forms))-1]
		},
		Check: wantBody(http.StatusSeeOther, 0),
	}
	return Contender{Name: "sign", Clients: clients, server: s.product.server,
		Run: func(ctx context.Context, _ int, d time.Duration) (load.Sample, error) {
			plan := plan
			plan.Duration = d
			return load.Run(ctx, plan)
		}}
}
