package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// captured is a log that a test can read. Requests may write to it at once.
type captured struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (c *captured) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.Write(b)
}

// take gives what was logged since the last time.
func (c *captured) take() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.buf.Reset()
	return c.buf.String()
}

// logged has the server log into memory, everything.
func (f *fixture) logged() *captured {
	c := &captured{}
	f.Log = slog.New(slog.NewTextHandler(c, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return c
}

// limited has the server limit requests.
func (f *fixture) limited(l Limits) {
	f.Limits = l
	f.router = f.routes()
}

// lines are those that have all the parts.
func linesWith(log string, parts ...string) (out []string) {
next:
	for line := range strings.Lines(log) {
		for _, p := range parts {
			if !strings.Contains(line, p) {
				continue next
			}
		}
		out = append(out, line)
	}
	return out
}

// Anybody may send methods and paths that nobody has heard of. They are
// answered, and leave nothing behind.
func TestUnknownMethodsLeaveNothing(t *testing.T) {
	f := newFixture(t)
	log := f.logged()
	before := len(f.stranger().get("/metrics").Body)
	send := func(i int) {
		r := httptest.NewRequest("GET", "/portfolio", nil)
		r.Method = fmt.Sprintf("M%d", i) + strings.Repeat("A", 30<<10)
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD, POST" {
			t.Fatalf("status %d, Allow %q", w.Code, w.Header().Get("Allow"))
		}
	}
	send(0)
	log.take()
	held := heap()
	for i := range 3000 {
		send(i + 1)
	}
	if grown := int64(heap()) - int64(held); grown > 4<<20 {
		t.Errorf("%d bytes stay in memory", grown)
	}
	if said := log.take(); said != "" {
		t.Errorf("the log grew by %d bytes, such as %.200s", len(said), said)
	}
	after := f.stranger().get("/metrics").Body
	if len(after) > before+2000 {
		t.Errorf("/metrics grew from %d to %d bytes", before, len(after))
	}
	if !strings.Contains(after, `method="other"`) {
		t.Error("they are not counted")
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A long or nasty path is in the log only as far as it helps.
func TestLoggedPathsAreShort(t *testing.T) {
	f := newFixture(t)
	log := f.logged()
	f.stranger().get("/x%00%0a%1b[31m%e2%80%ae%ff" + strings.Repeat("y", 20_000)).want(http.StatusNotFound)
	said := log.take()
	if len(said) > 1000 || !strings.Contains(said, "/x???[31m??yyy") {
		t.Errorf("%d bytes: %.300q", len(said), said)
	}
}

// HEAD is GET without the body.
func TestHead(t *testing.T) {
	f := newFixture(t)
	for path, want := range map[string]int{"/healthz": 200, "/readiness": 200, "/portfolio": 303, "/nothing": 404, "/logout": 405} {
		f.stranger().send("HEAD", path, "", "").want(want)
	}
}

// Every parameter of an address has a form, and whatever has another is not
// found; without a session it is asked to sign in, as everywhere.
func TestMalformedAddresses(t *testing.T) {
	f := newFixture(t)
	f.create("payments")
	nasty := []string{"%00", "a%00b", "%ff", "A", "-", "x", "%3Cscript%3E", "0", "-1", "1e9", "99999999999999999999", strings.Repeat("k", 5000), "a%2Fb", "%20"}
	stranger, owner := f.stranger(), f.browse("owner")
	for _, e := range f.table() {
		if e.access != signedIn {
			continue
		}
		for _, name := range paramNames(e.pattern) {
			for _, value := range nasty {
				if rule := params[name]; rule == nil || rule(value) {
					continue
				}
				path := concrete(strings.Replace(e.pattern, "{"+name+"}", value, 1))
				if e.method == http.MethodGet {
					stranger.get(path).want(http.StatusSeeOther)
					owner.get(path).want(http.StatusNotFound)
					continue
				}
				stranger.post(path, "x", "y").want(http.StatusUnauthorized)
				owner.post(path, "x", "y").want(http.StatusNotFound)
			}
		}
	}
	for _, query := range []string{"stage=%00", "stage=%ff", "person=-1", "from=%00", "before=99999999999999999999"} {
		stranger.get("/projects/payments/history?" + query).want(http.StatusSeeOther)
		owner.get("/projects/payments/history?" + query).want(http.StatusUnprocessableEntity)
	}
	stranger.get("/projects/payments/compare?from=x").want(http.StatusSeeOther)
	// What is wrong with a form is nobody's business who has not signed in.
	stranger.send("POST", "/projects/payments/settings", "text/plain", "x").want(http.StatusUnauthorized)
}

// Each kind of route has its own limit: people who sign in, or fetch pages, keep
// nobody from watching the server nor the provider from ending sessions.
func TestLimitsByAccess(t *testing.T) {
	f := newFixture(t)
	f.limited(Limits{Address: 40, Session: 20, SignIn: 10})
	b := f.stranger()
	until := func(n int, ask func() *reply) *reply {
		t.Helper()
		for i := range n {
			if r := ask(); r.Status == http.StatusTooManyRequests {
				t.Fatalf("refused after %d of %d", i, n)
			}
		}
		return ask()
	}
	r := until(10, func() *reply { return b.get("/login") }).want(http.StatusTooManyRequests)
	if r.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	b.get("/auth/callback").want(http.StatusTooManyRequests)
	signedIn := f.browse("owner")
	until(20, func() *reply { return signedIn.get("/readiness") }).want(http.StatusTooManyRequests)
	until(19, func() *reply { return b.get("/nothing") })
	b.get("/readiness").want(http.StatusTooManyRequests)
	b.get("/static/nothing.css").want(http.StatusTooManyRequests)
	for range 100 {
		for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
			b.get(path).want(http.StatusOK)
		}
	}
	until(40, func() *reply { return b.post("/auth/backchannel-logout", "logout_token", "x") }).want(http.StatusTooManyRequests)
}

// A script in somebody's session changes only so much a minute, however many
// addresses it uses; reading goes on, and so do others.
func TestChangesAreLimited(t *testing.T) {
	f := newFixture(t)
	p, sk, ik := f.itemAt("payments")
	f.limited(Limits{Address: 1000, Session: 500, SignIn: 10, Changes: 5})
	owner, member := f.browse("owner"), f.browse("member")
	send := func(b *browser, n int) *reply {
		return b.post(page.CommentsURL(p, sk, ik), "text", "A word", "once", strconv.Itoa(n))
	}
	for n := range 4 {
		send(owner, n).want(http.StatusSeeOther)
	}
	owner.post("/projects").want(http.StatusUnprocessableEntity) // all kinds count together, what fails too
	before := f.seq(p)
	r := send(owner, 5).want(http.StatusTooManyRequests)
	if r.Header.Get("Retry-After") == "" || f.seq(p) != before {
		t.Error("no Retry-After, or recorded all the same")
	}
	owner.get(page.ItemURL(p, sk, ik)).want(http.StatusOK)
	send(member, 6).want(http.StatusSeeOther)
}

// Who is refused for asking too often, or from another site, is not looked up.
func TestRefusalsAskTheDatabaseNothing(t *testing.T) {
	f := newFixture(t)
	b := f.browse("owner")
	f.limited(Limits{Address: 100, Session: 1, SignIn: 1})
	b.get("/readiness").want(http.StatusOK)
	before := f.Store.Pool().AcquireCount()
	b.get("/portfolio").want(http.StatusTooManyRequests)
	f.limited(Limits{})
	b.postFrom("https://evil.example", "/logout").want(http.StatusForbidden)
	if n := f.Store.Pool().AcquireCount() - before; n != 0 {
		t.Errorf("%d connections were taken", n)
	}
}

// Request lines and events say who did it and from where.
func TestLogsTellWhoAndWhere(t *testing.T) {
	f := newFixture(t)
	f.create("payments")
	log := f.logged()
	b := f.browse("owner")
	who := fmt.Sprintf(" person=%d", f.person("owner"))
	const where = " address=192.0.2.1"
	check := func(what string, parts ...string) {
		t.Helper()
		if said := log.take(); len(linesWith(said, parts...)) != 1 {
			t.Errorf("%s: want one line with %q:\n%s", what, parts, said)
		}
	}
	b.get("/portfolio").want(200)
	check("a list", "msg=request", "route=/portfolio", who, where)
	kept := b.get("/projects/payments/stages/idea").want(200)
	check("a checklist", "msg=request", who, where)
	b.with("If-None-Match", kept.Header.Get("ETag")).get("/projects/payments/stages/idea").want(304)
	check("one that the browser has", "msg=request", "status=304", who, where)
	b.post("/projects/payments/stages/idea/items/scope-agreed/comments", "text", "Fine", "once", "1").want(303)
	check("a change", "msg=request", who, where)
	f.stranger().get("/portfolio").want(303)
	if said := log.take(); strings.Contains(said, "person=") || len(linesWith(said, "msg=request", where)) != 1 {
		t.Errorf("nobody: %s", said)
	}
	b.post("/people/1/grant", "right", "role:admin").want(403)
	check("what is not allowed", "msg=refused", `why="not allowed"`, who, where)
	b.postFrom("https://evil.example", "/logout").want(403)
	check("another site", "msg=refused", `why="another site"`, where)
	b.post("/logout").want(303)
	check("signing out", `msg="signed out"`, who, where)
	f.stranger().get("/auth/callback?state=x&code=y").want(400)
	check("signing in in vain", `msg="sign-in failed"`, where)

	f.limited(Limits{Address: 1, Session: 1, SignIn: 1})
	s := f.stranger()
	s.get("/readiness")
	log.take()
	s.get("/readiness").want(429)
	check("too much", "msg=refused", `why="too many requests"`, where)
	for range 500 {
		s.get("/readiness").want(429)
	}
	said := log.take()
	if n := len(linesWith(said, "level=WARN")) + len(linesWith(said, "level=INFO")); n > 2*floodLines {
		t.Errorf("a flood writes %d lines", n)
	}
	if !strings.Contains(said, "msg=request") {
		t.Error("not even at the level of debug")
	}
}

// An outage says in the log what broke, and nothing of what people typed.
func TestLogsHoldNothingPrivate(t *testing.T) {
	f := newFixture(t)
	p, sk, ik := f.itemAt("payments")
	log := f.logged()
	b := f.browse("owner")
	at, err := url.Parse(f.Origin)
	if err != nil {
		t.Fatal(err)
	}
	secret := b.jar.Cookies(at)[0].Value
	const typed = "Zanzibar-typed"
	form := func(path string, fields ...string) { b.post(path, append(fields, "text", typed)...) }
	b.post(page.CommentsURL(p, sk, ik), "text", typed, "once", typed).want(303)
	b.post(page.AnswerURL(p, sk, ik), "answer", "met", "note", typed, "version", "0")
	b.post(page.AnswerURL(p, sk, ik), "answer", typed, "note", typed, "version", typed)
	b.post(page.EvidenceURL(p, sk, ik), "url", "javascript:"+typed, "title", typed, "kind", typed)
	form("/people/1/grant", "right", typed)
	form("/projects", "name", typed, typed, typed)
	form(page.GateURL(p, sk)+"/sign", "seat", typed, "decision", typed, "note", typed, "digest", typed)
	b.postFrom("https://"+typed+".example", page.CommentsURL(p, sk, ik), "text", typed)
	f.browse("viewer").post(page.GateURL(p, sk)+"/status", "status", "on hold", "reason", typed)
	f.stranger().get("/auth/callback?state=" + typed + "&code=" + typed + "&error_description=" + typed)
	f.stranger().get("/login?to=/" + typed)
	f.stranger().post("/auth/backchannel-logout", "logout_token", typed)
	b.get("/portfolio?q=" + typed)
	nowhere, err := store.Open(t.Context(), "postgres://app@127.0.0.1:9/slipway?sslmode=disable", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nowhere.Close)
	here := f.Store
	f.Store = nowhere
	b.post(page.CommentsURL(p, sk, ik), "text", typed, "once", typed).want(503)
	b.get("/portfolio?q=" + typed).want(503)
	f.Store = here
	b.post("/logout")
	said := log.take()
	if len(linesWith(said, "msg=request")) < 10 || !strings.Contains(said, "request failed") {
		t.Fatalf("the log is not what it should be:\n%s", said)
	}
	for _, private := range []string{typed, secret, "owner@example.test", "@example.test", f.name("owner"), f.name("viewer")} {
		if lines := linesWith(said, private); len(lines) > 0 {
			t.Errorf("%q is in the log: %s", private, lines[0])
		}
	}
}

// The form that puts a project on hold can arrive twice.
func TestHoldSentTwice(t *testing.T) {
	f := newFixture(t)
	p, sk, _ := f.itemAt("payments")
	b := f.browse("owner")
	hold := func() string {
		return b.post(page.GateURL(p, sk)+"/status", "status", "on hold", "reason", "Money").follow().want(200).Body
	}
	if said := hold(); !strings.Contains(said, "status is changed") {
		t.Error("the first one has no effect")
	}
	before := f.seq(p)
	if said := hold(); !strings.Contains(said, flashTexts[flashAlready]) || f.seq(p) != before {
		t.Error("the second one is an error, or was recorded")
	}
}

// What nobody has signed in to send is not sent back without bound.
func TestALostFormIsShownWithinBounds(t *testing.T) {
	f := newFixture(t)
	p, sk, ik := f.itemAt("payments")
	long := strings.Repeat("x", 3<<20)
	r := f.stranger().post(page.CommentsURL(p, sk, ik), "text", long, "once", "1").want(401)
	if len(r.Body) > 32<<10 || !strings.Contains(r.text(), "too long to be shown") {
		t.Errorf("%d bytes: %.300s", len(r.Body), r.text())
	}
	r = f.stranger().post(page.CommentsURL(p, sk, ik), "text", strings.Repeat("\u00e9", 20_000), "once", "1").want(401)
	if got := r.one(`textarea[name="text"]`).Text(); len(got) != 40_000 {
		t.Errorf("%d bytes of a text that people type", len(got))
	}
	nowhere, err := store.Open(t.Context(), "postgres://app@127.0.0.1:9/slipway?sslmode=disable", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nowhere.Close)
	b := f.browse("owner")
	f.Store = nowhere
	r = b.post(page.CommentsURL(p, sk, ik), "text", long, "once", "1").want(503)
	if len(r.Body) > 32<<10 || !strings.Contains(r.text(), "too long to be shown") {
		t.Errorf("%d bytes: %.300s", len(r.Body), r.text())
	}
}

// Forms are taken from our public address alone, whatever name a request came in by.
func TestOriginIsOurs(t *testing.T) {
	f := newFixtureAt(t, "https://slipway.example.test")
	b := f.browse("owner")
	b.post("/theme", "theme", "dark", "to", "/").want(303)
	r := b.with("Origin", "https://other.example.test").post("/theme", "theme", "dark", "to", "/").want(403)
	if !strings.Contains(r.text(), "https://slipway.example.test") {
		t.Errorf("page: %s", r.text())
	}
	for origin, want := range map[string]string{"https://A.example:443": "https://a.example", "http://127.0.0.1:80": "http://127.0.0.1", "https://a.example:8443": "https://a.example:8443"} {
		if got := canonicalOrigin(origin); got != want {
			t.Errorf("%s: %s, want %s", origin, got, want)
		}
	}
}

// Nothing but what is meant to be kept may be kept: pages, redirects, refusals.
func TestNothingIsStoredElsewhere(t *testing.T) {
	f := newFixtureAt(t, "https://slipway.example.test")
	f.create("payments")
	f.Key = nil
	b := f.browse("owner")
	for _, path := range []string{"/", "/portfolio", "/projects/payments/history", "/projects/payments/bundle", "/nothing", "/login", "/logout", "/readiness", "/projects/new", "/auth/callback"} {
		if got := b.get(path).Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
	}
	r := b.post("/theme", "theme", "dark", "to", "/").want(303)
	set := r.Header.Get("Set-Cookie")
	for _, part := range []string{"__Host-slipway-theme=dark", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(set, part) {
			t.Errorf("theme cookie %q lacks %s", set, part)
		}
	}
	if got := r.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("a redirect: Cache-Control %q", got)
	}
}

// A form's address opened as a page says what it is and leads to its page.
func TestAFormsAddressOpened(t *testing.T) {
	f := newFixture(t)
	p, sk, ik := f.itemAt("payments")
	b := f.browse("owner")
	for path, want := range map[string]string{
		page.AnswerURL(p, sk, ik): page.ItemURL(p, sk, ik), page.EvidenceURL(p, sk, ik) + "/1/edit": page.ItemURL(p, sk, ik),
		page.GateURL(p, sk) + "/sign": page.GateURL(p, sk), page.GateURL(p, sk) + "/findings/1/accept": page.GateURL(p, sk),
		page.StageURL(p, sk) + "/bulk": page.StageURL(p, sk), "/projects": page.PortfolioURL, "/waivers/payments.idea.1/grant": page.WaiversURL,
		"/people/1/grant": page.PeopleURL, "/account/sessions/end": page.AccountURL, "/templates/gdpr/1/retire": "/templates/gdpr", "/templates/house/draft/head": page.DraftURL("house"), "/templates/house/draft/items/a/remove": "/templates/house/draft/items/a",
		page.DraftStageURL("house", "work") + "/gate": page.DraftStageURL("house", "work"), "/templates/import/ABC/draft": "/templates/import/ABC",
		"/logout": page.WorkURL, "/auth/backchannel-logout": page.WorkURL,
	} {
		r := b.get(path).want(405)
		if r.find("h1").Text() != "This page cannot be opened directly" || r.one("main a.btn").AttrOr("href", "") != want {
			t.Errorf("%s: want a way to %s: %s", path, want, r.text())
		}
	}
}

// One session makes only so many projects anew at once; another has its own turns,
// and nothing is left of those that have ended.
func TestReplaysTakeTurns(t *testing.T) {
	var p replays
	one, other := review.PersonID(1), review.PersonID(2)
	enter := func(who review.PersonID) func() {
		t.Helper()
		leave, err := p.enter(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		return leave
	}
	leave := []func(){enter(one), enter(one), enter(other)}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.enter(over, one); !errors.Is(err, context.Canceled) {
		t.Errorf("a third one: %v", err)
	}
	came := make(chan func())
	go func() {
		next, err := p.enter(context.Background(), one)
		if err != nil {
			t.Error(err)
		}
		came <- next
	}()
	leave[0]()
	next := <-came
	next()
	leave[1]()
	leave[2]()
	if len(p.all) != 0 {
		t.Errorf("%d people are remembered", len(p.all))
	}
}

// However often somebody is signed in, it is one person's turn.
func TestReplaysTakeTurnsOverAllSessions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	key := f.create("payments")
	sessions := []*browser{f.browse("owner"), f.browse("owner")}
	var leave []func()
	for range replaysAtOnce {
		done, err := f.replays.enter(t.Context(), f.person("owner"))
		if err != nil {
			t.Fatal(err)
		}
		leave = append(leave, done)
	}
	f.browse("viewer").get(page.CompareURL(key)).want(200) // somebody else does not wait
	came := make(chan int)
	for _, b := range sessions {
		go func() { came <- b.get(page.CompareURL(key)).Status }()
	}
	select {
	case code := <-came:
		t.Errorf("another session of theirs was served at once: %d", code)
	case <-time.After(200 * time.Millisecond):
	}
	leave[0]()
	leave[1]()
	for range sessions {
		if code := <-came; code != 200 {
			t.Errorf("afterwards: %d", code)
		}
	}
}

// Nothing that takes one value is given twice, neither in an address nor in a
// form: the first would win, and nobody could tell.
func TestNothingIsGivenTwice(t *testing.T) {
	f := newFixture(t)
	key := f.create("payments")
	owner, stranger := f.browse("owner"), f.stranger()
	for _, e := range f.table() {
		if e.access == operator || e.access == provider {
			continue
		}
		path := concrete(e.pattern) + "?status=active&status=stopped"
		if e.method == http.MethodPost {
			owner.post(path, "x", "y").want(http.StatusBadRequest)
			continue
		}
		r := owner.get(path).want(http.StatusBadRequest)
		if !strings.Contains(r.text(), "The address has “status” more than once") {
			t.Errorf("%s: %.200s", path, r.text())
		}
		if e.access == signedIn {
			stranger.get(path).want(http.StatusSeeOther)
		}
	}
	before := f.seq(key)
	const item = "/projects/payments/stages/idea/items/scope-agreed"
	for path, form := range map[string]string{
		item + "/answer":                           "answer=met&answer=not-met&version=0",
		item + "/answer?version=0":                 "answer=met&note=a&note=b",
		item + "/comments":                         "text=a&text=b&once=x",
		"/projects/payments/settings":              "name=a&name=b",
		"/projects/payments/members":               "person=1&person=2&duty=",
		"/projects/payments/stages/idea/bulk":      "pick=scope-agreed.0&do=met&do=open",
		"/projects/payments/stages/idea/gate/sign": "seat=sre&seat=qa",
	} {
		r := owner.send("POST", path, "application/x-www-form-urlencoded", form).want(http.StatusBadRequest)
		if !strings.Contains(r.text(), "more than once") {
			t.Errorf("%s: %.300s", path, r.text())
		}
	}
	if f.seq(key) != before {
		t.Error("one of them was taken")
	}
	// Several may be picked.
	owner.send("POST", "/projects/payments/stages/idea/bulk", "application/x-www-form-urlencoded", "pick=scope-agreed.0&pick=x.0&do=met").want(http.StatusConflict)
}
