package bench

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/slipway-prr/slipway/bench/load"
	"github.com/slipway-prr/slipway/bench/seed"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// acceptGzip is what every browser says.
var acceptGzip = load.Header{Name: "Accept-Encoding", Value: "gzip, deflate, br, zstd"}

// checklists are the pages of one stage of all copies of a pattern.
func checklists(pattern seed.Pattern, stage plan.StageKey) []string {
	paths := make([]string, pattern.Copies)
	for i := range paths {
		paths[i] = page.StageURL(seed.CopyKey(pattern.Key, i+1), stage)
	}
	return paths
}

// member is the person as whom a client works.
func (p *product) member(client int) seed.Person { return p.world.Team[client%len(p.world.Team)] }

// pages asks for whole pages each time, each client as a different person.
func (p *product) pages(name string, clients int, people []seed.Person, paths []string, check func(int, *load.Response) error,
	headers ...load.Header) Contender {
	requests := make([][][]byte, len(people))
	for i, person := range people {
		for _, path := range paths {
			requests[i] = append(requests[i], load.Get(path, append(headers, p.server.cookie(person))...))
		}
	}
	order := orders()
	return overHTTP(name, clients, p.server, Traffic{Check: check, Next: func(client int) []byte {
		mine := requests[client%len(requests)]
		return mine[order[client].IntN(len(mine))]
	}})
}

// sameAgain asks for pages that the client has seen before and that have not changed: each client has a few of its own that it
// keeps open. As in a browser, the first look at each is a whole page.
type sameAgain struct {
	paths    []string
	header   func(client int) []load.Header
	known    bool // the client still has the page and sends its tag along
	requests [load.MaxClients][][]byte
	tags     [load.MaxClients][]string
	last     [load.MaxClients]int
	order    []*rand.Rand
}

// openPages is how many pages each client keeps open.
const openPages = 20

func (p *product) sameAgain(name string, clients int, paths []string, known bool) Contender {
	s := &sameAgain{paths: paths, known: known, order: orders(), header: func(client int) []load.Header {
		return []load.Header{acceptGzip, p.server.cookie(p.member(client))}
	}}
	return overHTTP(name, clients, p.server, Traffic{Next: s.next, Check: s.check})
}

func (s *sameAgain) next(client int) []byte {
	if s.requests[client] == nil {
		s.tags[client] = make([]string, openPages)
		for i := range openPages {
			s.requests[client] = append(s.requests[client], load.Get(s.path(client, i), s.header(client)...))
		}
	}
	s.last[client] = s.order[client].IntN(openPages)
	return s.requests[client][s.last[client]]
}

// path gives clients pages of their own, as far as there are enough.
func (s *sameAgain) path(client, i int) string { return s.paths[(client*openPages+i)%len(s.paths)] }

func (s *sameAgain) check(client int, r *load.Response) error {
	i := s.last[client]
	tag := string(r.Header("ETag"))
	switch {
	case s.known && r.Status == http.StatusNotModified:
		return nil
	case r.Status != http.StatusOK:
		return fmt.Errorf("status %d: %.100q", r.Status, r.Body)
	case tag == "":
		return errors.New("a page without an ETag")
	case string(r.Header("Content-Encoding")) != "gzip" || len(r.Body) < 2000:
		return fmt.Errorf("%d bytes, not a compressed page", len(r.Body))
	case s.known && tag == s.tags[client][i]:
		return errors.New("a whole page although the tag is the one that was sent")
	}
	s.tags[client][i] = tag // the page is new to the client, or changed with the time of day
	if s.known {
		s.requests[client][i] = load.Get(s.path(client, i), append(s.header(client), load.Header{Name: "If-None-Match", Value: tag})...)
	}
	return nil
}

// example fetches one page and keeps its body.
func (p *product) example(path string, headers ...load.Header) (body []byte, err error) {
	err = p.get(path, p.world.Team[0], func(_ int, r *load.Response) error {
		if r.Status != http.StatusOK {
			return fmt.Errorf("status %d: %.200q", r.Status, r.Body)
		}
		body = bytes.Clone(r.Body)
		return nil
	}, headers...)
	return body, err
}

// shapeOf says how many items a stage's checklist lists, and how large its page is.
func (p *product) shapeOf(key review.ProjectKey, stage plan.StageKey) (items, bytes int, err error) {
	body, err := p.example(page.StageURL(key, stage))
	if err != nil {
		return 0, 0, err
	}
	items = strings.Count(string(body), `<li id="item-`)
	if items == 0 {
		return 0, 0, fmt.Errorf("the checklist of %s lists no items", key)
	}
	return items, len(body), nil
}
