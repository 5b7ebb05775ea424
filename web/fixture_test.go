package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
	"github.com/slipway-prr/slipway/web/static"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const testIssuer = "http://127.0.0.1:9"

// fixture is a server on a database of its own, with the built-in template and
// a person for every role and seat. Nothing listens: requests go straight to
// the handler.
type fixture struct {
	*Server
	t      testing.TB
	db     *storetest.DB
	ref    plan.Ref
	tmpl   *plan.Lifecycle
	people map[string]review.PersonID
}

// cast is who exists in every test, by first name. The owner's, deputy's and
// member's parts are set by [fixture.create]; "member" has no right but that.
// Beside them there is one holder for every seat, named as the seat.
func cast() map[string][]review.Right {
	viewer := review.Right{Role: review.RoleViewer}
	people := map[string][]review.Right{
		"owner": {viewer}, "deputy": {viewer}, "member": nil,
		"viewer": {viewer}, "manager": {{Role: review.RoleManager}}, "admin": {{Role: review.RoleAdmin}}, "auditor": {{Role: review.RoleAuditor}},
		"two-seats": {viewer, {Seat: plan.SeatSRE}, {Seat: plan.SeatSecurity}},
		"outsider":  nil,
		"librarian": {{Role: review.RoleLibrary}},
	}
	for _, s := range plan.Seats() {
		people[string(s)] = []review.Right{viewer, {Seat: s}}
	}
	return people
}

// builtIn is the template with which every test works.
var builtIn = sync.OnceValues(func() (*plan.Lifecycle, error) { return catalog.Version(store.UsualLifecycle, 2) })

// files are read, squeezed and compressed once for all tests: that took as long as half a fixture.
var files = sync.OnceValues(static.Load)

// newFixture is a server at a plain loopback address.
func newFixture(t testing.TB) *fixture { return newFixtureAt(t, "http://127.0.0.1:8080") }

// newFixtureAt is a server at a public address, which decides on its cookies.
func newFixtureAt(t testing.TB, origin string) *fixture {
	t.Helper()
	tmpl, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	return newFixtureWith(t, origin, tmpl)
}

// newFixtureWith is a server whose projects follow a template of the test's own.
func newFixtureWith(t testing.TB, origin string, tmpl *plan.Lifecycle) *fixture {
	t.Helper()
	ref, err := tmpl.Ref()
	if err != nil {
		t.Fatal(err)
	}
	db, people := storetest.NewFilled(t, fmt.Sprint("web ", ref), func(db *storetest.DB) (map[string]review.PersonID, error) { return employ(db, tmpl) })
	f := &fixture{t: t, db: db, ref: ref, tmpl: tmpl, people: maps.Clone(people)}
	assets, err := files()
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(context.Background(), f.db.AppURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.Close)
	client, err := auth.NewLazy(auth.Config{Issuer: testIssuer, ClientID: "slipway", Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	f.Server, err = New(Config{
		Store: st, Auth: client, Origin: origin, Session: time.Hour, Ready: st.Ready, Metrics: prometheus.NewRegistry(), Static: assets,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// employ publishes the template in a database and has everybody of the cast join.
func employ(db *storetest.DB, tmpl *plan.Lifecycle) (people map[string]review.PersonID, err error) {
	ctx := context.Background()
	owner, err := pgx.Connect(ctx, db.OwnerURL)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, owner.Close(ctx)) }()
	if err := store.Publish(ctx, owner, plan.Document{Lifecycle: tmpl}); err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, db.AppURL, store.Options{})
	if err != nil {
		return nil, err
	}
	defer st.Close()
	people = map[string]review.PersonID{}
	for name, rights := range cast() {
		if people[name], err = st.Join(ctx, identity(name, rights), time.Time{}); err != nil {
			return nil, err
		}
	}
	return people, nil
}

func (f *fixture) publishDocument(d plan.Document) {
	f.t.Helper()
	ctx := context.Background()
	owner, err := pgx.Connect(ctx, f.db.OwnerURL)
	if err != nil {
		f.t.Fatal(err)
	}
	defer owner.Close(ctx)
	if err := store.Publish(ctx, owner, d); err != nil {
		f.t.Fatal(err)
	}
}

func identity(name string, rights []review.Right) store.Identity {
	return store.Identity{Issuer: testIssuer, Subject: name, Name: strings.ToUpper(name[:1]) + name[1:] + " Person", Email: name + "@example.test", Rights: rights}
}

// join makes one more person, or gives one exactly these rights.
func (f *fixture) join(name string, rights ...review.Right) review.PersonID {
	f.t.Helper()
	id, err := f.Store.Join(context.Background(), identity(name, rights), time.Time{})
	if err != nil {
		f.t.Fatal(err)
	}
	f.people[name] = id
	return id
}

// person is somebody's id.
func (f *fixture) person(name string) review.PersonID {
	f.t.Helper()
	id, ok := f.people[name]
	if !ok {
		f.t.Fatalf("no person %q", name)
	}
	return id
}

// name is what pages call somebody.
func (f *fixture) name(name string) string { return identity(name, nil).Name }

// as is somebody acting now, past the web.
func (f *fixture) as(name string) store.By { return store.ByPerson(f.person(name), time.Time{}) }

// create starts a tier 1 project, unless a function changes that, with an
// owner, a deputy and a member.
func (f *fixture) create(key string, with ...func(*review.NewProject)) review.ProjectKey {
	f.t.Helper()
	in := review.NewProject{
		Key: key, Name: "Project " + key, Team: "Blue", Tier: plan.TierCritical, Exposure: review.ExposurePilot,
		Owner: f.person("owner"), Deputy: f.person("deputy"),
	}
	for _, w := range with {
		w(&in)
	}
	if _, err := f.Store.Create(context.Background(), f.as("owner"), f.ref, in); err != nil {
		f.t.Fatal(err)
	}
	f.change("owner", review.ProjectKey(key), "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.person("member"), review.DutyMember, at)
	})
	return review.ProjectKey(key)
}

// change runs domain commands as somebody and fails the test on an error. An
// empty stage loads them all.
func (f *fixture) change(name string, p review.ProjectKey, stage plan.StageKey, decide store.Decide) *store.Changed {
	f.t.Helper()
	c, err := f.Store.Change(context.Background(), f.as(name), store.Target{Project: p, Stage: stage}, decide)
	if err != nil {
		f.t.Fatalf("%s: %v", name, err)
	}
	return c
}

// fill answers every item of a stage that applies as met, with a piece of
// evidence of each kind that it demands, so that its sign-off can be requested.
func (f *fixture) fill(name string, p review.ProjectKey, stage plan.StageKey) {
	f.t.Helper()
	f.change(name, p, stage, func(r *review.Review, who review.Actor, at time.Time) error {
		for i := range r.Stage(stage).Items {
			it := &r.Stage(stage).Items[i]
			if it.Level == plan.LevelNone {
				continue
			}
			if err := r.Answer(who, stage, it.Def.Key, review.Met, "", it.Answer.Version, at); err != nil {
				return err
			}
			for _, kind := range it.Def.Evidence {
				ev := review.NewEvidence{URL: "https://wiki.example.test/" + string(it.Def.Key) + "/" + string(kind), Title: kind.Label(), Type: kind}
				if err := r.AddEvidence(who, stage, it.Def.Key, ev, at); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// requestSignOff opens a round at a stage's gate.
func (f *fixture) requestSignOff(name string, p review.ProjectKey, stage plan.StageKey) {
	f.t.Helper()
	f.change(name, p, stage, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, stage, r.Digest(r.Stage(stage)), "It can go first.", at)
	})
}

// signGo signs what a gate now shows in a seat.
func (f *fixture) signGo(name string, p review.ProjectKey, stage plan.StageKey, seat plan.Seat) {
	f.t.Helper()
	f.change(name, p, stage, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, stage, review.NewSignOff{Seat: seat, Decision: review.Go, Digest: r.Digest(r.Stage(stage))}, at)
	})
}

// stage reads a stage as somebody sees it, rounds and all.
func (f *fixture) stage(p review.ProjectKey, stage plan.StageKey) *review.Stage {
	f.t.Helper()
	v, err := f.Store.Project(context.Background(), f.as("admin"), p)
	if err != nil {
		f.t.Fatal(err)
	}
	return v.Review.Stage(stage)
}

// seq is a project's version: it grows with every change, and only then.
func (f *fixture) seq(p review.ProjectKey) int64 {
	f.t.Helper()
	v, err := f.Store.Checklist(context.Background(), f.as("admin"), p, f.tmpl.Stages[0].Key)
	if err != nil {
		f.t.Fatal(err)
	}
	return v.Seq
}

// browser is one person's browser, with its cookies.
type browser struct {
	f      *fixture
	jar    *cookiejar.Jar
	header http.Header // sent with every request, over what a browser sends by itself
}

// stranger is a browser without a session.
func (f *fixture) stranger() *browser {
	f.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	return &browser{f: f, jar: jar, header: http.Header{}}
}

// browse is a browser in which somebody has just signed in.
func (f *fixture) browse(name string) *browser {
	f.t.Helper()
	secret := rand.Text()
	if _, err := f.Store.SignIn(context.Background(), identity(name, cast()[name]), store.HashToken(secret), time.Hour); err != nil {
		f.t.Fatal(err)
	}
	b := f.stranger()
	b.setCookie(f.cookies.sessionName, secret)
	return b
}

func (b *browser) setCookie(name, value string) {
	u, _ := url.Parse(b.f.Origin)
	b.jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/", Secure: b.f.cookies.secure}})
}

// htmx is the same browser as its page's script posts from it.
func (b *browser) htmx() *browser {
	h := b.header.Clone()
	h.Set("HX-Request", "true")
	return &browser{b.f, b.jar, h}
}

// with is the same browser with one more header.
func (b *browser) with(name, value string) *browser {
	h := b.header.Clone()
	h.Set(name, value)
	return &browser{b.f, b.jar, h}
}

// get asks for a page.
func (b *browser) get(path string) *reply {
	b.f.t.Helper()
	return b.send(http.MethodGet, path, "", "")
}

// post sends a form, given as names and values in turn.
func (b *browser) post(path string, fields ...string) *reply {
	b.f.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.send(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
}

// postFrom sends a form that a page of another site holds.
func (b *browser) postFrom(origin, path string, fields ...string) *reply {
	b.f.t.Helper()
	return b.with("Origin", origin).with("Sec-Fetch-Site", "cross-site").post(path, fields...)
}

func (b *browser) send(method, path, contentType, body string) *reply {
	b.f.t.Helper()
	u, err := url.Parse(b.f.Origin + path)
	if err != nil {
		b.f.t.Fatal(err)
	}
	r := httptest.NewRequest(method, u.String(), strings.NewReader(body))
	if method != http.MethodGet {
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Origin", b.f.Origin)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, values := range b.header {
		r.Header[name] = values
	}
	for _, c := range b.jar.Cookies(u) {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.f.ServeHTTP(w, r)
	res := w.Result()
	defer res.Body.Close()
	b.jar.SetCookies(u, res.Cookies())
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.f.t.Fatal(err)
	}
	return &reply{Browser: b, Status: res.StatusCode, Header: res.Header, Body: string(raw), what: method + " " + path}
}

// reply is what the server answered.
type reply struct {
	Browser *browser
	Status  int
	Header  http.Header
	Body    string
	what    string
	doc     *goquery.Document
}

// want fails the test unless the status is as said.
func (r *reply) want(status int) *reply {
	r.Browser.f.t.Helper()
	if r.Status != status {
		r.Browser.f.t.Fatalf("%s: status %d, want %d\n%s", r.what, r.Status, status, r.text())
	}
	return r
}

// follow asks for the page to which a change leads.
func (r *reply) follow() *reply {
	r.Browser.f.t.Helper()
	r.want(http.StatusSeeOther)
	to, _, _ := strings.Cut(r.Header.Get("Location"), "#")
	return r.Browser.get(to)
}

// find selects parts of the page.
func (r *reply) find(selector string) *goquery.Selection {
	r.Browser.f.t.Helper()
	if r.doc == nil {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.Body))
		if err != nil {
			r.Browser.f.t.Fatal(err)
		}
		r.doc = doc
	}
	return r.doc.Find(selector)
}

// one selects the single part of the page that there has to be.
func (r *reply) one(selector string) *goquery.Selection {
	r.Browser.f.t.Helper()
	s := r.find(selector)
	if s.Length() != 1 {
		r.Browser.f.t.Fatalf("%s: %d elements match %q, want one\n%s", r.what, s.Length(), selector, r.text())
	}
	return s
}

// text is what a reader of the page's main part reads, with single spaces.
func (r *reply) text() string {
	r.Browser.f.t.Helper()
	s := r.find("main")
	if s.Length() == 0 {
		s = r.find("body")
	}
	return words(s)
}

// words is the text of a part of a page, with a space between its pieces.
func words(s *goquery.Selection) string { return strings.Join(wordList(nil, s), " ") }

func wordList(list []string, s *goquery.Selection) []string {
	s.Contents().Each(func(_ int, c *goquery.Selection) {
		if goquery.NodeName(c) == "#text" {
			list = append(list, strings.Fields(c.Text())...)
			return
		}
		list = wordList(list, c)
	})
	return list
}
