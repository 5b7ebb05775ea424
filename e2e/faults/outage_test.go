package faults

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/e2e/faults/gatemodel"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// What an answer may take: the server's own limit, and what a busy machine adds.
const (
	answered = 10*time.Second + 3*time.Second
	told     = 2*time.Second + time.Second // by /readyz
)

// outage is one way in which a database fails.
type outage struct {
	name       string
	begin, end func(*testing.T)
	reads      bool // pages are still shown
	brief      bool // it is over before anybody could look closely
	hidden     bool // /readyz cannot know of it
}

// A database is read-only, full, stopped, restarted, or hangs while people work.
// Everybody who sends something is answered in time, by a page that holds what they
// typed; monitoring is told at once; nothing that was acknowledged is lost,
// nothing that was refused happens, not even later; and once the database works
// again so does the server, which nobody touches.
func TestADatabaseThatFails(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	disk := smallDisk(t)
	if disk != "" {
		data = filepath.Join(disk, "data")
	}
	s := newSiteOn(t, data)
	full := outage{name: "full", begin: func(t *testing.T) { s.fill(t, disk) }, end: func(t *testing.T) { empty(t, disk) }, reads: true}
	if disk == "" { // the same word from the database, said by a trigger
		full = outage{name: "full", begin: s.refuse, end: s.allow, reads: true, hidden: true}
	}
	for _, o := range []outage{
		{name: "read-only", begin: s.readOnly, end: s.writable, reads: true},
		full,
		{name: "stopped", begin: s.stopPostgres, end: s.restartPostgres},
		{name: "restarted", begin: s.stopPostgres, end: s.restartPostgres, brief: true},
		{name: "hung", begin: s.freeze, end: s.thaw},
	} {
		t.Run(o.name, func(t *testing.T) { s.endure(t, &o) })
	}
	t.Run("hung while a change is written", s.tooLate)
}

// tooLate freezes the database when a change has been read and decided, so that
// the batch that writes it is on its way to a database that does not read. The
// program cannot know what becomes of it. When the database wakes up, after the
// deadline, it finds the batch and has to refuse it.
func (s *site) tooLate(t *testing.T) {
	key := s.start(t)
	s.writeFrozen(t, key, "in time", 5*time.Second, time.Second, true)
	s.writeFrozen(t, key, "too late", 2*time.Second, 3*time.Second, false)
}

func (s *site) writeFrozen(t *testing.T, key review.ProjectKey, text string, deadline, frozen time.Duration, saved bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	thawed := make(chan struct{})
	changed, err := s.stores[0].Change(ctx, s.by(olga), store.Target{Project: key, Stage: stages[0]},
		func(r *review.Review, who review.Actor, at time.Time) error {
			s.freeze(t)
			time.AfterFunc(frozen, func() {
				s.thaw(t)
				close(thawed)
			})
			return r.Discuss(who, stages[0], items[gatemodel.Plain], text, text, at)
		})
	if saved != (err == nil) || !saved && !errors.Is(err, store.ErrUncertain) {
		t.Errorf("%s: %v", text, err)
	}
	<-thawed
	if !eventually(recovery, func() bool { return s.quiet(t) }) {
		t.Error("the statement is still running")
	}
	if changed == nil {
		v, err := s.stores[0].Project(t.Context(), s.by(olga), key)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := trailOf(t.Context(), s.owner, v.Review.Project.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, en := range entries {
			if s.markOf(en) == text {
				t.Errorf("%s: it was saved when the database woke up", text)
			}
		}
	}
}

// endure has people work before, during and after an outage, and looks at what
// is left.
func (s *site) endure(t *testing.T, o *outage) {
	t.Helper()
	key := s.start(t)
	book := newLedger()
	ctx, stop := context.WithCancel(t.Context())
	done := s.employ(ctx, key, book)
	if !eventually(recovery, func() bool { return book.count().done > enoughWork && book.busy() > 1 }) {
		t.Error("nobody gets anything done")
	}
	o.begin(t)
	if !o.brief {
		s.suffer(t, key, book, o)
	}
	o.end(t)
	ended := time.Now()
	s.ready(t)
	before := book.count()
	if !eventually(recovery, func() bool { return book.count().done > before.done+enoughWork }) {
		t.Error("after the outage the work does not go on")
	}
	t.Logf("at work again after %v", time.Since(ended).Round(time.Millisecond))
	stop()
	<-done
	if !eventually(recovery, func() bool { return s.quiet(t) }) {
		t.Error("statements of before are still running")
	}
	s.owner.Reset() // the test's own connections may be of before a restart, too
	if !eventually(recovery, func() bool { _, err := s.stores[0].Who(t.Context(), s.by(olga)); return err == nil }) {
		t.Error("the database cannot be read")
	}
	s.examine(t, key, book)
	c := book.count()
	t.Logf("of %d writes %d were acknowledged, %d refused, %d left without an answer; none lost, none twice, none late", c.all(), c.done,
		c.refused, c.unknown)
	if c.unserved+c.cut == 0 {
		t.Error("the outage hit nobody: nothing is proven")
	}
}

// suffer looks at what people and monitoring are told meanwhile.
func (s *site) suffer(t *testing.T, key review.ProjectKey, book *ledger, o *outage) {
	var wg sync.WaitGroup
	wg.Go(func() { s.refused(t, key, book, o) })
	wg.Go(func() {
		begun := time.Now()
		a, err := s.sendTo(t.Context(), "http://"+s.addr, vic, http.MethodGet, page.ItemURL(key, stages[0], items[gatemodel.Plain]), nil)
		if err != nil {
			t.Errorf("a page: %v", err)
			return
		}
		want := http.StatusServiceUnavailable
		if o.reads {
			want = http.StatusOK
		}
		if took := time.Since(begun); a.status != want || took > answered {
			t.Errorf("a page: status %d after %v, want %d\n%s", a.status, took, want, words(a.body))
		}
	})
	if !o.hidden {
		wg.Go(func() {
			ready := func() bool { return s.readiness(t) == http.StatusOK }
			if !eventually(5*time.Second, func() bool { return !ready() }) {
				t.Error("/readyz does not notice")
			}
		})
	}
	wg.Wait()
}

// refused sends comments until one is refused, and wants its page to hold it. A
// full disk may have room for a few.
func (s *site) refused(t *testing.T, key review.ProjectKey, book *ledger, o *outage) {
	for i := range 400 {
		text := fmt.Sprintf("typed %d while it is %s: <b>%s", i, o.name, strings.Repeat("a long thought; ", 200))
		text = strings.TrimSpace(text)
		begun := time.Now()
		var got *answer
		book.try(text, func() fate {
			a, err := s.sendTo(t.Context(), "http://"+s.addr, dave, http.MethodPost, page.CommentsURL(key, stages[0], items[gatemodel.Plain]),
				url.Values{"text": {text}, "once": {text[:40]}})
			if err != nil {
				t.Errorf("a form: %v", err)
			}
			got = a
			return fateOf(a, err)
		})
		if got == nil {
			return
		}
		if got.status == http.StatusSeeOther && o.reads {
			continue
		}
		if took := time.Since(begun); got.status != http.StatusServiceUnavailable || took > answered {
			t.Errorf("a form: status %d after %v\n%s", got.status, took, words(got.body))
		}
		if got.header.Get("Retry-After") == "" || !strings.Contains(got.body, html.EscapeString(text)) ||
			!strings.Contains(got.body, "Send again") {
			t.Errorf("what was typed is not on the page: %v\n%s", got.header, words(got.body))
		}
		return
	}
	t.Error("no form was refused")
}

// readiness is what /readyz says, which it has to say soon.
func (s *site) readiness(t *testing.T) int {
	begun := time.Now()
	res, err := s.client.Get("http://" + s.addr + "/readyz")
	if err != nil {
		t.Errorf("/readyz: %v", err)
		return 0
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	if took := time.Since(begun); took > told {
		t.Errorf("/readyz took %v", took)
	}
	return res.StatusCode
}

// order runs statements as the database's superuser, or as its owner.
func order(t *testing.T, address string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, sql := range statements {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// quiet reports whether the server's connections have nothing left to do.
func (s *site) quiet(t *testing.T) bool {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.postgres.SuperuserURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var idle bool
	err = conn.QueryRow(t.Context(), `select not exists (select from pg_stat_activity where application_name = 'slipway' and state <> 'idle')`).Scan(&idle)
	if err != nil {
		t.Fatal(err)
	}
	return idle
}

func (s *site) readOnly(t *testing.T) {
	order(t, s.postgres.SuperuserURL, `alter system set default_transaction_read_only = on`, `select pg_reload_conf()`)
}

func (s *site) writable(t *testing.T) {
	order(t, s.postgres.SuperuserURL, `set default_transaction_read_only = off`, `alter system reset default_transaction_read_only`,
		`select pg_reload_conf()`)
}

func (s *site) stopPostgres(t *testing.T) {
	if err := s.postgres.Stop(); err != nil {
		t.Fatal(err)
	}
}

// freeze stops every process of PostgreSQL where it stands: connections stay
// open, new ones are accepted by the system, and nothing answers.
func (s *site) freeze(t *testing.T) {
	main := s.postmaster(t)
	t.Cleanup(func() { s.thaw(t) })
	for _, pid := range append([]int{main}, childrenOf(main)...) {
		if err := stopProcess(pid); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatal(err)
		}
	}
}

func (s *site) thaw(t *testing.T) {
	main := s.postmaster(t)
	for _, pid := range append(childrenOf(main), main) {
		_ = continueProcess(pid) // one that has ended meanwhile is no news
	}
}

// fill leaves no room on the database's disk. A new file of the write-ahead log
// is begun before: without room for one PostgreSQL would not run at all.
func (s *site) fill(t *testing.T, disk string) {
	order(t, s.postgres.SuperuserURL, `checkpoint`, `select pg_switch_wal()`, `select pg_logical_emit_message(true, 'a', 'b')`)
	f, err := os.Create(filepath.Join(disk, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 4 << 10} {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}

func empty(t *testing.T, disk string) {
	if err := os.Remove(filepath.Join(disk, "ballast")); err != nil {
		t.Fatal(err)
	}
}

func (s *site) refuse(t *testing.T) {
	order(t, s.postgres.OwnerURL,
		`create function no_room() returns trigger language plpgsql as 'begin raise exception using errcode = ''53100'', message = ''no room left''; end'`,
		`create trigger no_room before insert on trail for each row execute function no_room()`)
}

func (s *site) allow(t *testing.T) {
	order(t, s.postgres.OwnerURL, `drop trigger no_room on trail`, `drop function no_room`)
}
