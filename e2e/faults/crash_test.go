package faults

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

const (
	quickCrashes = 3
	enoughWork   = 15               // writes acknowledged before a kill, and after it
	recovery     = 60 * time.Second // within which they are, on whatever machine
)

// The server or PostgreSQL, all its processes at once, is killed while people
// answer, comment and sign. Afterwards everything is there that anybody was
// ever told was done, and nothing twice.
func TestKillsLoseNothing(t *testing.T) {
	s := newSite(t)
	t.Run("server", func(t *testing.T) {
		total := s.crash(t, func() {
			s.killServer(t)
			s.startServer(t)
		})
		if total.cut == 0 {
			t.Error("no kill cut anybody off: nothing is proven")
		}
	})
	// The server is left alone now: it has to find back by itself.
	t.Run("database", func(t *testing.T) {
		total := s.crash(t, func() {
			s.killPostgres(t)
			s.restartPostgres(t)
			s.ready(t)
		})
		if total.cut+total.unserved == 0 {
			t.Error("no kill hit anybody at work: nothing is proven")
		}
	})
}

// crash has people work, brings the accident about, has them work on, and
// looks at what is left, several times.
func (s *site) crash(t *testing.T, accident func()) counts {
	t.Helper()
	rounds := setting(t, crashesVar, quickCrashes)
	var total counts
	for range rounds {
		key := s.start(t)
		book := newLedger()
		ctx, stop := context.WithCancel(t.Context())
		done := s.employ(ctx, key, book)
		if !eventually(recovery, func() bool { return book.count().done > enoughWork && book.busy() > 1 }) {
			t.Error("nobody gets anything done")
		}
		accident()
		before := book.count()
		if !eventually(recovery, func() bool { return book.count().done > before.done+enoughWork }) {
			t.Error("after the accident the work does not go on")
		}
		stop()
		<-done
		if t.Failed() {
			return total
		}
		s.examine(t, key, book)
		total.add(book.count())
	}
	t.Logf("%d kills: of %d writes %d were acknowledged, %d refused, %d left without an answer; %d attempts were cut off, %d not served; none lost, none twice",
		rounds, total.all(), total.done, total.refused, total.unknown, total.cut, total.unserved)
	return total
}

// examine compares the trail with what clients were told, and the tables
// against the trail.
func (s *site) examine(t *testing.T, key review.ProjectKey, book *ledger) {
	t.Helper()
	v, err := s.stores[0].Project(t.Context(), s.by(olga), key)
	if err != nil {
		t.Error(err)
		return
	}
	entries, err := trailOf(t.Context(), s.owner, v.Review.Project.ID)
	if err != nil {
		t.Error(err)
		return
	}
	s.verify(t)
	found := map[string]int{}
	for _, en := range entries {
		if mark := s.markOf(en); mark != "" {
			found[mark]++
		}
	}
	for mark, fate := range book.all() {
		switch n := found[mark]; {
		case n > 1:
			t.Errorf("%s was applied %d times", mark, n)
		case n == 0 && fate == acknowledged:
			t.Errorf("%s was acknowledged and is lost", mark)
		case n == 1 && fate < unanswered:
			t.Errorf("%s was refused and has happened", mark)
		}
	}
	for mark := range found {
		if _, known := book.all()[mark]; !known {
			t.Errorf("%s has happened, and nobody asked for it", mark)
		}
	}
}

// markOf is the word by which the ledger knows what an entry tells; empty for
// what came before the people.
func (s *site) markOf(en review.Entry) string {
	switch e := en.Event.(type) {
	case review.ItemAnswered:
		return e.Note
	case review.EvidenceAdded:
		return e.Title
	case review.CommentAdded:
		return e.Text
	case review.GateSigned:
		return signMark(s.nameOf(en.Actor), string(e.Digest))
	}
	return ""
}

func signMark(name, digest string) string { return name + " signed " + digest }

// sure reports whether the page about an outage says for certain that nothing
// was saved.
func sure(a *answer) bool {
	return a.status == http.StatusServiceUnavailable && a.header.Get("X-Slipway-Outcome") == "" &&
		strings.Contains(a.body, "Nothing was saved")
}

// fateOf is what a response says of a write.
func fateOf(a *answer, err error) fate {
	switch {
	case err == nil && sure(a):
		return unserved
	case err != nil || a.status >= http.StatusInternalServerError:
		return unanswered
	case a.status == http.StatusSeeOther:
		return acknowledged
	}
	return turnedDown
}
