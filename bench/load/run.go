// Package load drives an HTTP server on this machine: a fixed number of clients, each sending its next request as soon as it
// has read and checked the answer to the last one. It refuses to leave loopback, and every run has an end.
package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// MaxClients bounds the connections of one run.
	MaxClients = 256
	// MaxDuration bounds the time of one run.
	MaxDuration = 5 * time.Minute
	// MaxRequests bounds the requests of one run.
	MaxRequests = 20_000_000

	// grace is how long the last answers may take after the end of the run.
	grace = 10 * time.Second
	// A client gives up after so many failures in a row: a broken server is noticed at once, not after millions of errors.
	maxFailures = 10
)

// Plan is one run.
type Plan struct {
	Addr     string // a loopback IP and a port
	Clients  int    // 1 to MaxClients
	Duration time.Duration
	Requests int // upper bound for all clients together; 0 means MaxRequests

	// Next gives a client its next request. A client's calls never overlap, clients call side by side.
	Next func(client int) []byte
	// Check refuses an answer: what it returns is counted as an error of the run. It must not keep the answer.
	Check func(client int, answer *Response) error
}

func (p *Plan) validate() error {
	if err := Loopback(p.Addr); err != nil {
		return err
	}
	if p.Requests == 0 {
		p.Requests = MaxRequests
	}
	switch {
	case p.Clients < 1 || p.Clients > MaxClients:
		return fmt.Errorf("load: %d clients: want 1 to %d", p.Clients, MaxClients)
	case p.Duration <= 0 || p.Duration > MaxDuration:
		return fmt.Errorf("load: duration %v: want up to %v", p.Duration, MaxDuration)
	case p.Requests < 0 || p.Requests > MaxRequests:
		return fmt.Errorf("load: %d requests: want up to %d", p.Requests, MaxRequests)
	case p.Next == nil || p.Check == nil:
		return errors.New("load: a plan needs Next and Check")
	}
	return nil
}

// Run carries out a plan. Answers that fail are in the sample; the error is for plans that cannot be carried out at all.
func Run(ctx context.Context, p Plan) (Sample, error) {
	if err := p.validate(); err != nil {
		return Sample{}, err
	}
	conns, err := dialAll(ctx, p)
	if err != nil {
		return Sample{}, err
	}
	clients := make([]client, p.Clients)
	start := time.Now()
	var wg sync.WaitGroup
	for i := range clients {
		quota := p.Requests / p.Clients
		if i < p.Requests%p.Clients {
			quota++
		}
		clients[i] = client{id: i, plan: &p, conn: conns[i], quota: quota, end: start.Add(p.Duration)}
		wg.Go(func() { clients[i].run(ctx) })
	}
	wg.Wait()
	elapsed := time.Since(start)
	if err := ctx.Err(); err != nil {
		return Sample{}, fmt.Errorf("load: %w", err)
	}
	return merge(clients, elapsed), nil
}

// All clients connect before the clock starts.
func dialAll(ctx context.Context, p Plan) ([]*Conn, error) {
	conns := make([]*Conn, p.Clients)
	for i := range conns {
		c, err := Dial(ctx, p.Addr)
		if err != nil {
			for _, open := range conns[:i] {
				_ = open.Close()
			}
			return nil, fmt.Errorf("load: client %d: %w", i, err)
		}
		conns[i] = c
	}
	return conns, nil
}

// client is one connection and what it saw.
type client struct {
	id    int
	plan  *Plan
	conn  *Conn
	stop  func() bool
	quota int
	end   time.Time

	times   []time.Duration
	bytes   int64
	minBody int
	maxBody int
	errors  int
	first   error
}

func (c *client) run(ctx context.Context) {
	c.use(ctx, c.conn)
	defer func() { c.leave() }()
	for failures := 0; c.quota > 0 && failures < maxFailures && ctx.Err() == nil; c.quota-- {
		request := c.plan.Next(c.id)
		sent := time.Now()
		if !sent.Before(c.end) {
			return
		}
		answer, err := c.conn.Do(request)
		took := time.Since(sent)
		broken := err != nil || answer.Close
		if err == nil {
			err = c.plan.Check(c.id, answer)
		}
		if err != nil {
			c.fail(err)
			failures++
		} else {
			c.note(answer, took)
			failures = 0
		}
		if broken && !c.reconnect(ctx) {
			return
		}
	}
}

// use takes a connection into use: one deadline for the whole run instead of one per request, and an end when the context ends.
func (c *client) use(ctx context.Context, conn *Conn) {
	c.conn = conn
	_ = conn.SetDeadline(c.end.Add(grace))
	c.stop = context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
}

func (c *client) leave() {
	c.stop()
	_ = c.conn.Close()
}

func (c *client) note(answer *Response, took time.Duration) {
	n := len(answer.Body)
	if len(c.times) == 0 || n < c.minBody {
		c.minBody = n
	}
	c.maxBody = max(c.maxBody, n)
	c.bytes += int64(n)
	c.times = append(c.times, took)
}

func (c *client) fail(err error) {
	c.errors++
	if c.first == nil {
		c.first = err
	}
}

func (c *client) reconnect(ctx context.Context) bool {
	conn, err := Dial(ctx, c.plan.Addr)
	if err != nil {
		c.fail(err)
		return false
	}
	c.leave()
	c.use(ctx, conn)
	return true
}
