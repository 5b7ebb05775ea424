package web

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// The canary is a project that most people may not know of. It and a key that
// nobody has have names of one length that no page says otherwise, so that answers
// can be compared.
const canary, absent = "c-nary", "a-sent"

func (f *fixture) restrict(key review.ProjectKey) {
	f.t.Helper()
	f.change("owner", key, "", func(r *review.Review, who review.Actor, at time.Time) error {
		p := r.Project
		return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: true}, at)
	})
}

// hostile is what no page expects; KEY stands for the canary's key, or the absent one.
var hostile = []string{
	"2147483648", "-1", "1e9", "a\x00b", "\xff\xfe", strings.Repeat("long", 2000), "[object Object]", "<script>alert(1)</script>", "", "9223372036854775807",
	"KEY", "KEY.idea.1", "/projects/KEY", "%00", "2026-02-30T25:61",
}

// fieldless are the forms that consist of a button alone.
var fieldless = []string{
	"/people/{person}/delegations/{no}/end", "/account/sessions/end-others", "/account/calendar", "/account/calendar/end", "/projects/{key}/stages/{stage}/items/{item}/evidence/{no}/remove",
	"/templates/{template}/draft/stages/{stage}/remove", "/portfolio/views/{view}/remove",
}

// formFields are those of a route's form, as its handler says itself.
func (f *fixture) formFields(e route, path string) []string {
	f.t.Helper()
	seen := &facts{}
	r := chi.NewRouter()
	r.Method(e.method, e.pattern, f.guard(e, func(next http.Handler) http.Handler { return next }))
	req := httptest.NewRequest(e.method, f.Origin+path, strings.NewReader("no-such-field=1"))
	req = req.WithContext(context.WithValue(req.Context(), factsKey{}, seen))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", f.Origin)
	at, err := url.Parse(f.Origin)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, c := range f.browse("owner").jar.Cookies(at) {
		req.AddCookie(c)
	}
	r.ServeHTTP(httptest.NewRecorder(), req)
	if (seen.fields == nil) != slices.Contains(fieldless, e.pattern) {
		f.t.Errorf("%s %s does not say which fields its form has", e.method, e.pattern)
	}
	names := []string{"no-such"}
	for _, name := range seen.fields {
		names = append(names, strings.TrimSuffix(strings.TrimSuffix(name, several), each))
	}
	return names
}

// parameters are sent in an address's path and query and in a form.
type parameters struct {
	path        string // with KEY for a project's key
	query, form url.Values
}

func (p parameters) send(b *browser, method, key string) *reply {
	put := func(s string) string { return strings.ReplaceAll(s, "KEY", key) }
	fill := func(in url.Values) string {
		out := url.Values{}
		for name, values := range in {
			for _, v := range values {
				out.Add(name, put(v))
			}
		}
		return out.Encode()
	}
	b.setCookie(b.f.cookies.flashName, "") // what the last request did is not of this one
	path := put(p.path)
	if len(p.query) > 0 {
		path += "?" + fill(p.query)
	}
	if method == http.MethodGet {
		return b.send(method, path, "", "")
	}
	return b.send(method, path, "application/x-www-form-urlencoded", fill(p.form))
}

var draftID = regexp.MustCompile(`/(new|calendar)/[a-z2-7]{26}`) // each new one is another

// outcome is all of an answer that its reader could tell apart.
func (r *reply) outcome(key string) string {
	h := r.Header.Clone()
	id := h.Get("X-Request-Id")
	h.Del("X-Request-Id")
	var b strings.Builder
	fmt.Fprintln(&b, r.Status, len(r.Body))
	_ = h.Write(&b)
	b.WriteString(r.Body)
	text := strings.ReplaceAll(b.String(), id, "ID")
	if strings.Contains(text, "/new/") || strings.Contains(text, "/calendar/") { // patterns are slow, and most answers have neither
		text = draftID.ReplaceAllString(text, "/$1/DRAFT")
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, key, "KEY"), plan.Seat(key).Label(), "KEY") // a seat that is shown again has its name
}

// variations are what is tried with a route: each parameter that its handler reads by
// itself, with one hostile value after the other, and all that any handler reads with
// the same.
func variations(e route, reads, queries, fields []string) (all []parameters) {
	clean := strings.NewReplacer("payments.idea.1", "KEY.idea.1", "payments", "KEY").Replace(concrete(e.pattern))
	all = append(all, parameters{path: clean})
	turn := 0
	next := func() string { turn++; return hostile[turn%len(hostile)] }
	for _, name := range paramNames(e.pattern) {
		if name == "key" || name == "id" {
			continue
		}
		for _, v := range hostile {
			if v == "" || strings.Contains(v, "/") {
				continue
			}
			path := strings.Replace(e.pattern, "{"+name+"}", url.PathEscape(v), 1)
			path = strings.NewReplacer("payments.idea.1", "KEY.idea.1", "payments", "KEY").Replace(concrete(path))
			all = append(all, parameters{path: path, form: url.Values{}})
		}
	}
	each := func(alone, together []string, put func(url.Values) parameters) {
		for _, name := range alone {
			all = append(all, put(url.Values{name: {next()}}), put(url.Values{name: {"x", "KEY"}}))
		}
		for _, v := range hostile {
			values := url.Values{}
			for _, name := range together {
				values.Set(name, v)
			}
			all = append(all, put(values))
		}
	}
	each(append([]string{"no-such"}, reads...), queries, func(v url.Values) parameters { return parameters{path: clean, query: v} })
	if e.method == http.MethodPost {
		each(fields, fields, func(v url.Values) parameters { return parameters{path: clean, form: v} })
	}
	return all
}

// TestTheCanaryIsNotSeen walks every route with every parameter that it reads
// and many values that it does not expect: nobody can tell a project that they may
// not know of from one that does not exist, and nothing breaks. SLIPWAY_CANARY=1
// has everybody send everything, where they otherwise take turns.
func TestTheCanaryIsNotSeen(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Links.Ticket = ""
	f.create(canary)
	f.risk(canary, "", "2", "3")
	if _, err := f.Store.Snapshot(t.Context()); err != nil { // which has it, and says nothing of it
		t.Fatal(err)
	}
	f.restrict(canary)
	source, saved := readSources(t), f.db.Pool(t)
	queries := source.all()
	people := map[string]*browser{"anonymous": f.stranger(), "outsider": f.browse("outsider"), "viewer": f.browse("viewer")}
	names, everybody := slices.Sorted(maps.Keys(people)), os.Getenv("SLIPWAY_CANARY") == "1"
	member := f.browse("member")
	asked := 0
	table := f.table()
	source.check(t, table)
	for no, e := range table {
		if e.access == operator || e.access == provider || e.pattern == "/logout" {
			continue
		}
		var fields []string
		if e.method == http.MethodPost {
			fields = f.formFields(e, strings.NewReplacer("payments", canary).Replace(concrete(e.pattern)))
		}
		for i, p := range variations(e, source.row(no), queries, fields) {
			what := fmt.Sprintf("%s %.120s ?%.120v form %.200v", e.method, p.path, p.query, p.form)
			for turn, name := range names {
				// What one may not tell apart, another may not either: people take turns, but all send each route as it is meant.
				if i > 0 && !everybody && i%len(names) != turn {
					continue
				}
				b := people[name]
				if e.pattern == "/projects" && name == "viewer" {
					continue // who starts a project learns that a key is taken, and leaves a project where it was not
				}
				hidden, none := p.send(b, e.method, canary), p.send(b, e.method, absent)
				asked += 2
				if e.pattern == page.ViewsURL { // their names say what was typed, and every later portfolio lists them
					if _, err := saved.Exec(t.Context(), `delete from saved_view`); err != nil {
						t.Fatal(err)
					}
				}
				if down := e.pattern == "/login" && e.method == http.MethodPost; !down && (hidden.Status >= 500 || none.Status >= 500) { // there is no provider
					t.Errorf("%s, %s: %d and %d", name, what, hidden.Status, none.Status)
				}
				got, want := hidden.outcome(canary), none.outcome(absent)
				if got != want { // a page that tells the time turned its minute between them
					hidden, none = p.send(b, e.method, canary), p.send(b, e.method, absent)
					got, want = hidden.outcome(canary), none.outcome(absent)
				}
				if got != want {
					t.Errorf("%s, %s: they differ\n%s", name, what, firstDifference(got, want))
				}
			}
			if i%5 == 0 {
				asked++
				if r := p.send(member, e.method, canary); r.Status >= 500 {
					t.Errorf("member, %s: %d", what, r.Status)
				}
			}
			if t.Failed() {
				break
			}
		}
	}
	t.Logf("%d requests", asked)
	if asked < 12_000 {
		t.Errorf("only %d requests", asked)
	}
}

func firstDifference(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	cut := func(s string) string { return fmt.Sprintf("%.160q", s[max(0, n-60):]) }
	return cut(a) + "\n" + cut(b)
}

// TestTheCanaryIsNotTimed asks every route of a project for the hidden one and
// the absent one in turn: both ask the database the same, and how long an answer
// takes does not tell either.
func TestTheCanaryIsNotTimed(t *testing.T) {
	f := newFixture(t)
	f.create(canary)
	asked := &questions{}
	traced, err := store.Open(t.Context(), f.db.AppURL, store.Options{MaxConns: 1, Tracer: asked})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(traced.Close)
	f.Server.Store = traced
	f.browse("viewer").get("/projects/" + canary).want(200) // the server knew it as open
	f.restrict(canary)
	srv := httptest.NewServer(f.Server)
	defer srv.Close()
	people := map[string]string{"anonymous": ""}
	for _, name := range []string{"viewer", "outsider"} {
		people[name] = "a-secret-of-this-test-alone-" + name
		if _, err := f.Store.SignIn(t.Context(), identity(name, cast()[name]), store.HashToken(people[name]), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(e route, key, secret string) time.Duration {
		path := strings.NewReplacer("payments.idea.1", key+".idea.1", "payments", key).Replace(concrete(e.pattern))
		r, err := http.NewRequestWithContext(t.Context(), e.method, srv.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if secret != "" {
			r.AddCookie(&http.Cookie{Name: f.cookies.sessionName, Value: secret})
		}
		began := time.Now()
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		took := time.Since(began)
		_ = res.Body.Close()
		return took
	}
	walked, said := 0, 0
	for _, e := range f.table() {
		if !strings.Contains(e.pattern, "{key}") && !strings.Contains(e.pattern, "{id}") || e.access == operator {
			continue
		}
		walked++
		for name, secret := range people {
			differ := gap(func(key string) time.Duration { return ask(e, key, secret) })
			if differ >= noTell {
				t.Errorf("%s, %s %s: answers differ by %s", name, e.method, e.pattern, differ)
			}
			asked.take()
			ask(e, canary, secret)
			hidden := asked.takeSQL()
			ask(e, absent, secret)
			none := asked.takeSQL()
			said += len(hidden)
			if !slices.Equal(hidden, none) {
				t.Errorf("%s, %s %s: the database is asked\n%q\nand for an absent project\n%q", name, e.method, e.pattern, hidden, none)
			}
		}
	}
	if walked < 40 || said < walked {
		t.Errorf("only %d routes and %d statements", walked, said)
	}
}

// noTell is by how much the median answer about a hidden project may differ from
// that about an absent one.
const noTell = 200 * time.Microsecond

// gap is the median of the differences between answers about the canary and the
// absent project, asked for in turn, less what may be chance. Every run asks as
// long as there seems to be a difference, for up to 100 pairs, and fails when that
// cannot be chance. It looks first after 8 pairs, and is content then with a median of
// less than half of what tells: [TestWhatTheTimesTell] says what it still finds.
// SLIPWAY_TIMING=1 asks up to 600 pairs until it is sure that there is none, which
// takes minutes on a machine that does something else too.
func gap(ask func(key string) time.Duration) time.Duration {
	sure := os.Getenv("SLIPWAY_TIMING") == "1"
	var differ []time.Duration
	for looks := []int{8, 20}; ; {
		until := len(differ) + 20
		if len(looks) > 0 {
			until, looks = looks[0], looks[1:]
		}
		for len(differ) < until {
			hidden, none := ask(canary), ask(absent)
			none2, hidden2 := ask(absent), ask(canary)
			differ = append(differ, hidden-none, hidden2-none2)
		}
		median, chance := medianAndChance(differ)
		least, most := median.Abs()-chance, median.Abs()+chance
		seems := noTell
		if len(differ) < 20 {
			seems = noTell / 2
		}
		switch {
		case len(differ) >= 20 && most < noTell, len(differ) >= 600, !sure && (median.Abs() < seems || len(differ) >= 100):
			return max(0, least)
		case len(differ) >= 100 && least >= noTell:
			return least
		}
	}
}

// TestWhatTheTimesTell tries gap on answers whose difference is known, as noisy as a
// busy machine's: by 0.2 ms, and by several for one in twenty. It cries wolf over none
// that are alike, and finds 0.4 ms for each person and route.
func TestWhatTheTimesTell(t *testing.T) {
	t.Parallel()
	const rounds = 300
	found := func(slower time.Duration) (n int) {
		chance := rand.New(rand.NewPCG(1, uint64(slower)))
		for range rounds {
			differs := gap(func(key string) time.Duration {
				took := 3*time.Millisecond + time.Duration(chance.NormFloat64()*float64(150*time.Microsecond))
				if chance.IntN(40) == 0 {
					took += time.Duration(chance.ExpFloat64() * float64(5*time.Millisecond))
				}
				if key == canary {
					took += slower
				}
				return took
			})
			if differs >= noTell {
				n++
			}
		}
		return n
	}
	if n := found(0); n > 0 {
		t.Errorf("%d of %d times a difference was found where there is none", n, rounds)
	}
	if n := found(2 * noTell); n < rounds*99/100 {
		t.Errorf("only %d of %d times a difference of %v was found", n, rounds, 2*noTell)
	}
}

// medianAndChance is a median and three times its standard error, as the median
// deviation tells it.
func medianAndChance(all []time.Duration) (median, chance time.Duration) {
	sorted := slices.Sorted(slices.Values(all))
	median = sorted[len(sorted)/2]
	for i := range sorted {
		sorted[i] = (sorted[i] - median).Abs()
	}
	slices.Sort(sorted)
	deviation := 1.4826 * float64(sorted[len(sorted)/2])
	return median, time.Duration(3 * 1.2533 * deviation / math.Sqrt(float64(len(sorted))))
}
