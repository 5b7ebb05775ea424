package faults

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/slipway-prr/slipway/e2e/faults/gatemodel"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

const (
	quickHistories = 160
	worlds         = 3                // databases with two servers each that work side by side
	spoiltAtMost   = 3                // recordings of one history
	tellTime       = time.Minute      // to find out how far an order goes
	checkTime      = 20 * time.Minute // for a verdict, which takes milliseconds; a loaded machine may take its time
)

// history is what some people did at once in one project, and what came back.
type history struct {
	*world
	seed    uint64
	project review.ProjectKey
	begin   time.Time
	start   [2]*gatemodel.State // of each stage when the people came
	apart   bool                // nobody touches the second stage
	lent    bool                // flo was given a seat, and adam is there to take it away
	took    time.Duration       // to find the verdict on a stage, at most

	mu     sync.Mutex
	ops    []porcupine.Operation
	marks  int
	broken error // what the program never may do
}

// mark is a word that nothing else in the history carries.
func (h *history) mark() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.marks++
	return fmt.Sprintf("m%d", h.marks)
}

func (h *history) now() int64 { return time.Since(h.begin).Nanoseconds() }

// note keeps an operation. One without an answer may take effect at any time
// from its call on; a look without one tells nothing.
func (h *history) note(client int, in gatemodel.Input, call int64, out gatemodel.Output) {
	op := porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: h.now()}
	if out.Unknown {
		if in.Op == gatemodel.ReadGate || in.Op == gatemodel.ReadItem {
			return
		}
		op.Return = math.MaxInt64
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, op)
	h.left = h.left || in.Op == gatemodel.SignOut
}

func (h *history) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken == nil {
		h.broken = err
	}
}

// record lets people loose on a new project: two rounds of work, between which
// days pass by the database's clock.
func (w *world) record(ctx context.Context, seed uint64) (*history, error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	w.made++
	h := &history{world: w, seed: seed, project: review.ProjectKey(fmt.Sprintf("trial-%d", w.made)), begin: time.Now(), apart: seed%10 == 0}
	if err := h.prepare(ctx, rng); err != nil {
		return nil, err
	}
	people := []int{olga, dave, pat, sam, sue, flo, adam, lee, vic}
	rng.Shuffle(len(people)-1, func(i, j int) { people[i+1], people[j+1] = people[j+1], people[i+1] })
	if h.lent {
		i := slices.Index(people, adam)
		people[1], people[i] = people[i], people[1]
	}
	clients := make([]*client, 4+rng.IntN(3))
	for i := range clients {
		clients[i] = &client{who: people[i], rng: rand.New(rand.NewPCG(seed, uint64(i)+1)), mark: h.mark, day: w.day}
	}
	h.work(ctx, clients)
	days := 1 + rng.IntN(2)
	if h.apart {
		days = 1
	}
	if err := h.passDays(ctx, days); err != nil {
		return nil, err
	}
	for _, c := range clients {
		c.day = w.day
	}
	h.work(ctx, clients)
	if err := h.readEnd(ctx); err != nil {
		return nil, err
	}
	return h, h.broken
}

// prepare makes the project and brings its stages into some situation.
func (h *history) prepare(ctx context.Context, rng *rand.Rand) error {
	_, err := h.stores[0].Create(ctx, h.by(olga), h.ref, review.NewProject{
		Key: string(h.project), Name: "Trial", Team: "Blue", Tier: plan.TierCritical, Exposure: review.ExposurePilot, Owner: h.people[olga], Deputy: h.people[dave],
	})
	if err != nil {
		return fmt.Errorf("starting %s: %w", h.project, err)
	}
	h.lent = rng.IntN(3) == 0
	lend := gatemodel.Input{Op: gatemodel.GrantSeat, Who: adam, Whom: flo, Seat: "sre"}
	if h.lent {
		out, err := h.do(ctx, 0, h.project, lend)
		switch {
		case err != nil:
			return fmt.Errorf("preparing %s: %w", h.project, err)
		case out.Unknown:
			return fmt.Errorf("preparing %s: %s: %w", h.project, lend.Op, errNoAnswer)
		case out.Result != gatemodel.OK:
			return fmt.Errorf("preparing %s: %s", h.project, h.rules.Tell(lend, out))
		}
	}
	for stage := range stages {
		h.start[stage] = h.rules.Start(h.day)
		if h.lent {
			if h.start[stage], err = h.rules.Apply(h.start[stage], lend); err != nil {
				return fmt.Errorf("preparing the model: %w", err)
			}
		}
		var did []gatemodel.Input
		if stage == 1 && h.apart {
			did = settledOpening(h.day+int(h.seed/10)%2, h.mark)
		} else {
			did = opening(rng, stage, h.day, h.lent, h.mark)
		}
		for _, turn := range turns(did) {
			_, err := h.stores[0].Change(ctx, h.by(turn[0].Who), store.Target{Project: h.project, Stage: stages[stage]},
				func(r *review.Review, who review.Actor, at time.Time) error {
					for i := range turn {
						turn[i].Digest = string(r.Digest(r.Stage(stages[stage])))
						if err := h.command(turn[i])(r, who, at); err != nil {
							return err
						}
					}
					return nil
				})
			if err != nil {
				return fmt.Errorf("preparing %s: %w", h.project, err)
			}
		}
		for _, in := range did {
			if in.Op == gatemodel.Request || in.Op == gatemodel.Sign {
				_, h.start[stage] = h.start[stage].Saw(in.Digest)
			}
			if h.start[stage], err = h.rules.Apply(h.start[stage], in); err != nil {
				return fmt.Errorf("preparing the model: %w", err)
			}
		}
	}
	return nil
}

// turns splits inputs into runs by the same person, which are part of them.
func turns(did []gatemodel.Input) [][]gatemodel.Input {
	var out [][]gatemodel.Input
	first := 0
	for i := range did {
		if i+1 == len(did) || did[i+1].Who != did[i].Who {
			out = append(out, did[first:i+1])
			first = i + 1
		}
	}
	return out
}

// work has every client act a few times, all at once.
func (h *history) work(ctx context.Context, clients []*client) {
	var wg sync.WaitGroup
	for i, c := range clients {
		wg.Go(func() {
			for range 1 + c.rng.IntN(3) {
				stage := c.rng.IntN(4) / 3
				if h.apart {
					stage = 0
				}
				item := c.rng.IntN(gatemodel.Items)
				for _, op := range c.act() {
					if op == gatemodel.RemoveEvidence {
						item = gatemodel.Proved
					}
					if op == gatemodel.Sign && c.idle[stage] && c.rng.IntN(4) > 0 {
						continue // most people do not sign what nobody asks them to
					}
					h.one(ctx, i, c, c.input(op, stage, item))
				}
			}
		})
	}
	wg.Wait()
}

// one sends a request to either replica. Once in a while the client goes away
// before the answer.
func (h *history) one(ctx context.Context, no int, c *client, in gatemodel.Input) {
	if in.Op == gatemodel.ReadItem && in.Who == dave && in.Item != gatemodel.Proved && c.rng.IntN(2) == 0 {
		in.Item = gatemodel.Proved
	}
	if c.rng.IntN(25) == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(200+c.rng.IntN(6000))*time.Microsecond)
		defer cancel()
	}
	replica := c.rng.IntN(len(h.servers))
	call := h.now()
	out, err := h.do(ctx, replica, h.project, in)
	if err != nil {
		h.fail(err)
		return
	}
	h.note(no, in, call, out)
	c.learn(in, out)
}

// passDays moves the database's clock on while nobody is at work.
func (h *history) passDays(ctx context.Context, days int) error {
	if err := h.settled(ctx); err != nil {
		return err
	}
	call := h.now()
	if err := h.setDay(ctx, h.day+days); err != nil {
		return fmt.Errorf("moving the clock: %w", err)
	}
	h.note(0, gatemodel.Input{Op: gatemodel.PassDays, Days: days}, call, gatemodel.Output{Result: gatemodel.OK})
	_, err := h.stores[1].Refresh(ctx)
	return err
}

// readEnd reads all that the database holds once nothing happens any more.
func (h *history) readEnd(ctx context.Context) error {
	if err := h.settled(ctx); err != nil {
		return err
	}
	call := h.now()
	all, err := h.readAll(ctx, h.project)
	if err != nil {
		return err
	}
	for stage, said := range all {
		h.note(0, gatemodel.Input{Op: gatemodel.ReadAll, Stage: stage}, call, gatemodel.Output{All: said})
	}
	return nil
}

// of are the operations that concern a stage.
func (h *history) of(stage int) []porcupine.Operation {
	var out []porcupine.Operation
	for _, op := range h.ops {
		in := op.Input.(gatemodel.Input)
		switch in.Op {
		case gatemodel.PassDays, gatemodel.GrantSeat, gatemodel.RevokeSeat, gatemodel.Restrict, gatemodel.SignOut: // these concern every stage
		default:
			if in.Stage != stage {
				continue
			}
		}
		out = append(out, op)
	}
	return out
}

// check looks for an order of the operations of each stage in which one after
// another would have had just these answers.
func (h *history) check() error {
	for stage := range stages {
		ops := h.of(stage)
		model := h.rules.Model(h.start[stage])
		begin := time.Now()
		verdict := porcupine.CheckOperationsTimeout(model, ops, checkTime)
		h.took = max(h.took, time.Since(begin))
		switch verdict {
		case porcupine.Illegal:
			return fmt.Errorf("not linearizable: history %d, stage %s\n%s", h.seed, stages[stage], h.tell(stage, ops, farthest(model, ops)))
		case porcupine.Unknown:
			return fmt.Errorf("history %d, stage %s: no verdict within %v", h.seed, stages[stage], checkTime)
		}
	}
	return nil
}

// farthest is how many operations at most can be put in order, and which
// come first in one such order.
func farthest(model porcupine.Model, ops []porcupine.Operation) []porcupine.Operation {
	_, info := porcupine.CheckOperationsVerbose(model, ops, tellTime)
	var longest []porcupine.Operation
	for _, partition := range info.PartialLinearizationsOperations() {
		for _, order := range partition {
			if len(order) > len(longest) {
				longest = order
			}
		}
	}
	return longest
}

// tell writes a history down by the time of the calls, then the longest order
// of its operations that the rules allow.
func (h *history) tell(stage int, ops, order []porcupine.Operation) string {
	var b strings.Builder
	state := h.start[stage]
	fmt.Fprintf(&b, "from day %d: %s\n", state.Day, state.Describe(state.Standing()))
	line := func(op porcupine.Operation) {
		until := "never"
		if op.Return != math.MaxInt64 {
			until = fmt.Sprintf("%.3f", float64(op.Return)/1e6)
		}
		fmt.Fprintf(&b, "%9.3f – %9s ms  client %d  %s\n", float64(op.Call)/1e6, until, op.ClientId,
			h.rules.Tell(op.Input.(gatemodel.Input), op.Output.(gatemodel.Output)))
	}
	for _, op := range slices.SortedFunc(slices.Values(ops), func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) }) {
		line(op)
	}
	fmt.Fprintf(&b, "%d of %d operations can be put in order; after\n", len(order), len(ops))
	for i, op := range order {
		if i >= len(order)-8 {
			line(op)
		}
		_, state = h.rules.Step(state, op.Input.(gatemodel.Input), op.Output.(gatemodel.Output))
	}
	fmt.Fprintf(&b, "the gate has to be on day %d: %s\n", state.Day, state.Describe(state.Standing()))
	return b.String()
}

// Many people work on one gate at once, at two servers: whatever they are
// answered, they could have been answered one after another.
func TestHistoriesAreLinearizable(t *testing.T) {
	want := setting(t, historiesVar, quickHistories)
	first := uint64(setting(t, seedVar, 1))
	var tally tally
	var wg sync.WaitGroup
	begin := time.Now()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for i := range worlds {
		w := newWorld(t)
		wg.Go(func() {
			for n := i; n < want && ctx.Err() == nil; n += worlds {
				if err := w.try(ctx, t, first+uint64(n), &tally); err != nil {
					if ctx.Err() == nil {
						t.Error(err)
					}
					stop()
				}
			}
			if !t.Failed() {
				w.verify(t)
			}
		})
	}
	wg.Wait()
	t.Logf("%s in %v", tally.String(), time.Since(begin).Round(time.Millisecond))
	tally.enough(t)
}

// errNoAnswer means that the database was too busy to prepare a history.
var errNoAnswer = errors.New("no answer")

// try records a history and checks it. One that could not be prepared or read
// on a busy machine, see [driverTimeout], is recorded again; what is left
// of it is still verified in the end.
func (w *world) try(ctx context.Context, t *testing.T, seed uint64, tally *tally) error {
	var h *history
	var err error
	for range spoiltAtMost {
		if w.left {
			w.signIn(t, lee)
			w.left = false
		}
		if h, err = w.record(ctx, seed); err == nil || !errors.Is(err, errNoAnswer) && !driverTimeout(err.Error()) {
			break
		}
		tally.spoil()
	}
	if err != nil {
		return fmt.Errorf("history %d: %w", seed, err)
	}
	if err := h.check(); err != nil {
		return err
	}
	if n := tally.add(h); n%1000 == 0 {
		t.Logf("%d histories", n)
	}
	return nil
}
