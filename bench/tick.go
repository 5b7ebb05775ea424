package bench

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"

	"github.com/slipway-prr/slipway/bench/load"
	"github.com/slipway-prr/slipway/bench/seed"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// ticker answers items of checklists, back and forth between met and open. It knows each item's version as somebody who had the
// page open would, so one lost or doubled tick makes the next one fail.
type ticker struct {
	product  *product
	projects []review.ProjectKey
	items    []plan.ItemKey
	marks    [][]mark // one a project and item
	last     [load.MaxClients]place
	order    []*rand.Rand
}

type mark struct {
	version int
	met     bool
}

type place struct{ project, item int }

// ticker starts from the pattern that the projects are copies of.
func (p *product) ticker(ctx context.Context, pattern review.ProjectKey, projects []review.ProjectKey,
	stage plan.StageKey) (*ticker, error) {
	view, err := p.world.Store.Checklist(ctx, seed.By(p.world.Team[0]), pattern, stage)
	if err != nil {
		return nil, fmt.Errorf("ticker: %w", err)
	}
	t := &ticker{product: p, projects: projects, order: orders(), marks: make([][]mark, len(projects))}
	var marks []mark
	for _, it := range view.Review.Stage(stage).Items {
		if it.Level != plan.LevelNone {
			t.items = append(t.items, it.Def.Key)
			marks = append(marks, mark{it.Answer.Version, it.Answer.State == review.Met})
		}
	}
	for i := range t.marks {
		t.marks[i] = append([]mark(nil), marks...)
	}
	return t, nil
}

// request is the tick that a press on a row's button sends.
func (t *ticker) request(client int, stage plan.StageKey, at place) []byte {
	t.last[client] = at
	m := t.marks[at.project][at.item]
	answer := review.Met
	if m.met {
		answer = review.Open
	}
	path := page.AnswerURL(t.projects[at.project], stage, t.items[at.item]) + "?version=" + strconv.Itoa(m.version)
	return load.Post(path, url.Values{"answer": {string(answer)}}, t.product.server.cookie(t.product.member(client)),
		load.Header{Name: "HX-Request", Value: "true"})
}

// check wants the row back, with the next version in it.
func (t *ticker) check(client int, r *load.Response) error {
	m := &t.marks[t.last[client].project][t.last[client].item]
	if want := "?version=" + strconv.Itoa(m.version+1) + `"`; r.Status != http.StatusOK || !bytes.Contains(r.Body, []byte(want)) {
		return fmt.Errorf("tick: status %d, want 200 and a row with %s: %.100q", r.Status, want, r.Body)
	}
	m.version++
	m.met = !m.met
	return nil
}

// tick answers items of different projects: no two clients ever have the same.
func (t *ticker) tick(clients int, stage plan.StageKey) Contender {
	return overHTTP("tick", clients, t.product.server, Traffic{Check: t.check, Next: func(client int) []byte {
		n := len(t.projects) / clients
		return t.request(client, stage, place{client + clients*t.order[client].IntN(n), t.order[client].IntN(len(t.items))})
	}})
}

// shared is many people at work on one project, each on items of their own.
type shared struct {
	*ticker
	before int64 // the project's version at the start
	done   atomic.Int64
}

func (p *product) shared(ctx context.Context, pattern, project review.ProjectKey, stage plan.StageKey) (*shared, error) {
	t, err := p.ticker(ctx, pattern, []review.ProjectKey{project}, stage)
	if err != nil {
		return nil, err
	}
	s := &shared{ticker: t}
	s.before, err = s.version(ctx, stage)
	return s, err
}

func (s *shared) version(ctx context.Context, stage plan.StageKey) (int64, error) {
	view, err := s.product.world.Store.Checklist(ctx, seed.By(s.product.world.Team[0]), s.projects[0], stage)
	if err != nil {
		return 0, fmt.Errorf("shared ticks: %w", err)
	}
	return view.Seq, nil
}

func (s *shared) tick(clients int, stage plan.StageKey) Contender {
	check := func(client int, r *load.Response) error {
		err := s.check(client, r)
		if err == nil {
			s.done.Add(1)
		}
		return err
	}
	return overHTTP("tick-shared", clients, s.product.server, Traffic{Check: check, Next: func(client int) []byte {
		n := len(s.items) / clients
		return s.request(client, stage, place{0, client + clients*s.order[client].IntN(n)})
	}})
}

// lost is how many acknowledged ticks are not on the project's trail.
func (s *shared) lost(ctx context.Context, stage plan.StageKey) (float64, error) {
	now, err := s.version(ctx, stage)
	if err != nil {
		return 0, err
	}
	return float64(s.done.Load() - (now - s.before)), nil
}
