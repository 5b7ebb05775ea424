package bench

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/bench/load"
)

// Contender is something whose speed is measured: a page of the product, or a yardstick.
type Contender struct {
	Name    string
	Clients int
	Share   float64 // of the time that the others get; 0: all of it
	Run     func(ctx context.Context, clients int, d time.Duration) (load.Sample, error)

	server *process // whose processor time it costs; nil: only the database's
}

// part is the contender's part of a time.
func (c Contender) part(d time.Duration) time.Duration {
	if c.Share == 0 {
		return d
	}
	return time.Duration(c.Share * float64(d))
}

func (c Contender) key() string { return fmt.Sprintf("%s@%d", c.Name, c.Clients) }

// Traffic is what clients of an HTTP contender send, and what they accept.
type Traffic struct {
	Next  func(client int) []byte
	Check func(client int, answer *load.Response) error
}

// overHTTP is a contender that is a server.
func overHTTP(name string, clients int, server *process, t Traffic) Contender {
	return Contender{Name: name, Clients: clients, server: server,
		Run: func(ctx context.Context, clients int, d time.Duration) (load.Sample, error) {
			return load.Run(ctx, load.Plan{Addr: server.addr, Clients: clients, Duration: d, Next: t.Next, Check: t.Check})
		}}
}

// Timing says how long to measure.
type Timing struct {
	Rounds int           // at least 3, or a median means nothing
	Each   time.Duration // one contender's part of a round
	Warmup time.Duration // for each contender, once, not counted
}

// Summary is one contender's figures: medians over the rounds.
type Summary struct {
	Name          string
	Clients       int
	Rate          float64 // per second
	P50, P75, P99 time.Duration
	Spread        float64 // (highest - lowest) / median of the rates: how far to trust them
	MeanBody      float64 // bytes
	// Processor time of an answer. It tells more than a rate where others use the same machine.
	Server, Database time.Duration
	Errors           int
	First            error
}

// measure runs the contenders in turn, round after round, so that what else happens on the machine hits them all alike. Every
// second round goes backwards, so that none is always the one after the busiest.
func measure(ctx context.Context, contenders []Contender, t Timing, meter *meter, progress io.Writer) ([]Summary, error) {
	for _, c := range contenders {
		if _, err := c.Run(ctx, c.Clients, c.part(t.Warmup)); err != nil {
			return nil, fmt.Errorf("warm up %s: %w", c.key(), err)
		}
	}
	samples := make([][]cost, len(contenders))
	for round := range t.Rounds {
		fmt.Fprintf(progress, "round %d of %d\n", round+1, t.Rounds)
		for i := range contenders {
			if round%2 == 1 {
				i = len(contenders) - 1 - i
			}
			c := contenders[i]
			spent := meter.read(c.server)
			s, err := c.Run(ctx, c.Clients, c.part(t.Each))
			if err != nil {
				return nil, fmt.Errorf("measure %s: %w", c.key(), err)
			}
			samples[i] = append(samples[i], cost{s, meter.read(c.server).since(spent).per(s.Requests)})
		}
	}
	summaries := make([]Summary, len(contenders))
	for i, c := range contenders {
		summaries[i] = summarize(c, samples[i])
	}
	return summaries, nil
}

// cost is what a run saw, and the processor time of one of its answers.
type cost struct {
	load.Sample
	spent
}

func summarize(c Contender, samples []cost) Summary {
	s := Summary{
		Name: c.Name, Clients: c.Clients,
		Rate:     medianOf(samples, func(s cost) float64 { return s.Rate() }),
		P50:      medianOf(samples, func(s cost) time.Duration { return s.P50 }),
		P75:      medianOf(samples, func(s cost) time.Duration { return s.P75 }),
		P99:      medianOf(samples, func(s cost) time.Duration { return s.P99 }),
		MeanBody: medianOf(samples, func(s cost) float64 { return s.MeanBody() }),
		Server:   medianOf(samples, func(s cost) time.Duration { return s.server }),
		Database: medianOf(samples, func(s cost) time.Duration { return s.database }),
	}
	lowest, highest := samples[0].Rate(), samples[0].Rate()
	for _, sample := range samples {
		lowest, highest = min(lowest, sample.Rate()), max(highest, sample.Rate())
		s.Errors += sample.Errors
		if s.First == nil {
			s.First = sample.First
		}
	}
	if s.Rate > 0 {
		s.Spread = (highest - lowest) / s.Rate
	}
	return s
}

func medianOf[T float64 | time.Duration](samples []cost, of func(cost) T) T {
	values := make([]T, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	return median(values)
}

// median of an even number of values is the mean of the middle two.
func median[T float64 | time.Duration](values []T) T {
	slices.Sort(values)
	n := len(values)
	if n == 0 {
		return 0
	}
	return (values[(n-1)/2] + values[n/2]) / 2
}
