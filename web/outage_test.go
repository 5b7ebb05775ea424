package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// wantSendAgain wants a page that holds a form as it was sent, and takes it
// again without scripts.
func (r *reply) wantSendAgain(action string, fields ...string) {
	r.Browser.f.t.Helper()
	r.want(503)
	if r.Header.Get("Retry-After") == "" {
		r.Browser.f.t.Errorf("%s: no Retry-After", r.what)
	}
	form := r.one(`main form[method="post"][action="` + action + `"]`)
	if form.Find("button").Length() == 0 {
		r.Browser.f.t.Errorf("%s: nothing to send it with", r.what)
	}
	for i := 0; i < len(fields); i += 2 {
		in := form.Find(`[name="` + fields[i] + `"]`)
		if in.Is("input") && in.AttrOr("value", "") == fields[i+1] || in.Is("textarea") && in.Text() == fields[i+1] {
			continue
		}
		r.Browser.f.t.Errorf("%s: the field %s is not there as it was sent", r.what, fields[i])
	}
}

// Whoever waited for a lock in vain finds what they typed on the page about it,
// and can send it from there.
func TestALockTimeoutKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	b := f.browse("owner")
	tx, err := f.db.OwnerPool(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(t.Context(), `select from stream for update`); err != nil {
		t.Fatal(err)
	}
	typed := []string{"text", "A long thought,\nin two lines.", "once", "form-1"}
	r := b.post(page.CommentsURL(p, sk, ik), typed...)
	r.wantSendAgain(page.CommentsURL(p, sk, ik), typed...)
	if n := r.find("header nav a").Length(); n != 0 {
		t.Error("the page looked up who asks, in a database that has no time for that")
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if said := b.post(page.CommentsURL(p, sk, ik), typed...).follow().text(); !strings.Contains(said, "A long thought") {
		t.Errorf("sent again: %s", said)
	}
}

// Without a database there is a page, in time, that says so: a form's with all
// its fields, another's with a way back to it. It looks nobody up.
func TestPagesWithoutADatabase(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	b := f.browse("owner")
	nowhere, err := store.Open(t.Context(), "postgres://app@127.0.0.1:9/slipway?sslmode=disable", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nowhere.Close)
	f.Store, f.Ready = nowhere, nowhere.Ready
	typed := []string{"answer", "met", "note", "Shown on Friday.", "version", "0"}
	r := b.post(page.AnswerURL(p, sk, ik)+"?from=item", typed...)
	r.wantSendAgain(page.AnswerURL(p, sk, ik)+"?from=item", typed...)
	if !strings.Contains(r.text(), "Nothing was saved") || !strings.Contains(r.text(), "Answer Met") {
		t.Errorf("page: %s", r.text())
	}
	if r := b.get(page.ItemURL(p, sk, ik) + "?x=1").want(503); r.one("main a").AttrOr("href", "") != page.ItemURL(p, sk, ik)+"?x=1" {
		t.Errorf("page: %s", r.text())
	}
	b.get("/readyz").want(503)
	b.get("/healthz").want(200)
	b.get("/login").want(200)
}

// The page never claims that nothing was saved where that is not known.
func TestAnUncertainOutcomeIsCalledThat(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := httptest.NewRequest("POST", "/projects/ledger/stages/build/items/tests/answer", strings.NewReader(url.Values{"note": {"Typed."}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	f.fail(w, r, fmt.Errorf("writing the change: %w: %w", store.ErrUncertain, io.ErrUnexpectedEOF))
	body := w.Body.String()
	if w.Code != 503 || w.Header().Get("X-Slipway-Outcome") != "unknown" || strings.Contains(body, "Nothing was saved") || !strings.Contains(body, "Typed.") {
		t.Errorf("%d %v\n%s", w.Code, w.Header(), body)
	}
	if !strings.Contains(body, `href="/projects/ledger/stages/build/items/tests"`) {
		t.Error("no way to look whether it was saved")
	}
}

// A page about an outage is made although the request's time is over.
func TestAnOutagePageOutlivesTheDeadline(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	w := httptest.NewRecorder()
	f.fail(w, httptest.NewRequest("GET", "/portfolio", nil).WithContext(ctx), errors.New("whatever broke"))
	if w.Code != 503 || !strings.Contains(w.Body.String(), "Try again") {
		t.Errorf("%d %s", w.Code, w.Body.String())
	}
}

func TestWhichErrorsAreOutages(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]store.Outage{
		"08006": store.Unreachable, "57P01": store.Unreachable, "57P03": store.Unreachable, "53300": store.Unreachable, "58030": store.Unreachable,
		"53100": store.Full, "53200": store.Full, "25006": store.ReadOnly, "57014": store.Busy, "55P03": store.Busy, "40P01": store.Busy,
		"23505": 0, "42P01": 0, "22012": 0,
	} {
		err := fmt.Errorf("doing it: %w", &pgconn.PgError{Code: code})
		if got := store.OutageOf(err); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
		status := 503
		if want == 0 {
			status = 500
		}
		if got := explain(err).status; got != status {
			t.Errorf("%s: status %d, want %d", code, got, status)
		}
	}
}
