package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/e2e/faults/gatemodel"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// start makes a project whose stage is ready for sign-off.
func (s *site) start(t *testing.T) review.ProjectKey {
	t.Helper()
	s.made++
	key := review.ProjectKey(fmt.Sprintf("trial-%d", s.made))
	stage := stages[0]
	_, err := s.stores[0].Create(t.Context(), s.by(olga), s.ref, review.NewProject{
		Key: string(key), Name: "Trial", Team: "Blue", Tier: plan.TierCritical, Exposure: review.ExposurePilot, Owner: s.people[olga], Deputy: s.people[dave],
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.stores[0].Change(t.Context(), s.by(olga), store.Target{Project: key, Stage: stage},
		func(r *review.Review, who review.Actor, at time.Time) error {
			for _, item := range items {
				if err := r.Answer(who, stage, item, review.Met, "", 0, at); err != nil {
					return err
				}
			}
			return r.RequestWaiver(who, stage, items[gatemodel.Waivable],
				review.NewWaiver{Reason: "Late.", Risk: "Some.", Measure: "By hand.", Until: at.AddDate(0, 0, 30).Format(review.DateLayout)}, at)
		})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// worker is somebody at work until they are told to stop.
type worker struct {
	*site
	who  int
	key  review.ProjectKey
	book *ledger
	ids  *atomic.Int64
	rng  *rand.Rand
}

// employ puts people to work on a project. The channel closes when all have
// stopped.
func (s *site) employ(ctx context.Context, key review.ProjectKey, book *ledger) <-chan struct{} {
	var wg sync.WaitGroup
	ids := &atomic.Int64{}
	for i, job := range []struct {
		who int
		do  func(*worker, context.Context)
	}{{olga, (*worker).answer}, {olga, (*worker).link}, {dave, (*worker).comment}, {dave, (*worker).comment}, {pat,
		(*worker).sign}, {sam, (*worker).sign}, {sue, (*worker).sign}, {olga, (*worker).request}} {
		w := &worker{s, job.who, key, book, ids, rand.New(rand.NewPCG(uint64(i), 0))}
		wg.Go(func() {
			for ctx.Err() == nil {
				job.do(w, context.WithoutCancel(ctx)) // what was begun is brought to an end
				time.Sleep(time.Duration(w.rng.IntN(6)) * time.Millisecond)
			}
		})
	}
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	return done
}

func (w *worker) mark(what string) string {
	return fmt.Sprintf("%s %d by %s", what, w.ids.Add(1), w.rules.Cast[w.who].Name)
}

// ask makes one request.
func (w *worker) ask(ctx context.Context, method, path string, fields url.Values) (*answer, error) {
	return w.sendTo(ctx, "http://"+w.addr, w.who, method, path, fields)
}

// answer changes an answer, from the version that its page shows.
func (w *worker) answer(ctx context.Context) {
	item := items[gatemodel.Plain]
	a, err := w.ask(ctx, http.MethodGet, page.ItemURL(w.key, stages[0], item), nil)
	if err != nil || a.status != http.StatusOK {
		return
	}
	version := versionOf.FindStringSubmatch(a.body)
	if version == nil {
		return
	}
	mark := w.mark("answer")
	w.write(ctx, mark, page.AnswerURL(w.key, stages[0], item), url.Values{"answer": {"met"}, "note": {mark}, "version": {version[1]}})
	time.Sleep(30 * time.Millisecond) // the signers need time to read
}

// link adds evidence; an attempt without an answer is made again, as a person
// would, and the same link twice counts once.
func (w *worker) link(ctx context.Context) {
	mark := w.mark("evidence")
	path := "https://wiki.example.test/" + url.PathEscape(mark)
	w.insist(ctx, mark, page.EvidenceURL(w.key, stages[0], items[gatemodel.Proved]),
		url.Values{"url": {path}, "title": {mark}, "kind": {"doc"}})
	time.Sleep(100 * time.Millisecond)
}

// comment says something, again and again until it is known to be there.
func (w *worker) comment(ctx context.Context) {
	mark := w.mark("comment")
	w.insist(ctx, mark, page.CommentsURL(w.key, stages[0], items[gatemodel.Plain]), url.Values{"text": {mark}, "once": {mark}})
}

// insist sends the same form until it has an answer, a few seconds at most.
func (w *worker) insist(ctx context.Context, mark, path string, fields url.Values) {
	for range 100 {
		if w.write(ctx, mark, path, fields) != unanswered {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// write sends a form once.
func (w *worker) write(ctx context.Context, mark, path string, fields url.Values) fate {
	return w.book.try(mark, func() fate { return fateOf(w.ask(ctx, http.MethodPost, path, fields)) })
}

// shown is the digest that the gate's page shows; empty when there is no page.
func (w *worker) shown(ctx context.Context) string {
	a, err := w.ask(ctx, http.MethodGet, page.GateURL(w.key, stages[0]), nil)
	if err != nil || a.status != http.StatusOK {
		return ""
	}
	digest := digestOf.FindStringSubmatch(a.body)
	if digest == nil {
		return ""
	}
	return digest[1]
}

func (w *worker) sign(ctx context.Context) {
	digest := w.shown(ctx)
	if digest == "" {
		return
	}
	seat := map[int]string{pat: "product", sam: "sre", sue: "security"}[w.who]
	w.write(ctx, signMark(w.rules.Cast[w.who].Name, digest), page.SignURL(w.key, stages[0]),
		url.Values{"seat": {seat}, "decision": {"go"}, "digest": {digest}})
}

// request asks for a new round whenever there can be one.
func (w *worker) request(ctx context.Context) {
	if digest := w.shown(ctx); digest != "" {
		_, _ = w.ask(ctx, http.MethodPost, page.RequestURL(w.key, stages[0]), url.Values{"digest": {digest}})
	}
	time.Sleep(10 * time.Millisecond)
}

// nameOf is what the cast calls a person.
func (s *site) nameOf(id review.PersonID) string {
	if i := s.place(id); i >= 0 {
		return s.rules.Cast[i].Name
	}
	return "nobody"
}
