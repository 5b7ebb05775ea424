package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// unzipped is the page of a compressed answer.
func (r *reply) unzipped() string {
	r.Browser.f.t.Helper()
	if got := r.Header.Get("Content-Encoding"); got != "gzip" {
		r.Browser.f.t.Fatalf("%s: Content-Encoding %q, want gzip", r.what, got)
	}
	z, err := gzip.NewReader(strings.NewReader(r.Body))
	if err != nil {
		r.Browser.f.t.Fatal(err)
	}
	page, err := io.ReadAll(z)
	if err != nil {
		r.Browser.f.t.Fatal(err)
	}
	return string(page)
}

// kept is a fixture with a project, and the address of its first checklist.
func kept(t *testing.T) (f *fixture, path string) {
	t.Helper()
	f = newFixture(t)
	f.create("payments")
	return f, "/projects/payments/stages/" + string(f.tmpl.Stages[0].Key)
}

func (f *fixture) moveOn(name string) {
	f.t.Helper()
	stage := f.tmpl.Stages[0]
	f.change(name, "payments", stage.Key, func(r *review.Review, who review.Actor, at time.Time) error {
		it := r.Stage(stage.Key).Item(stage.Items[0].Key)
		return r.Answer(who, stage.Key, it.Def.Key, review.NotMet, "Round "+strconv.Itoa(it.Answer.Version), it.Answer.Version, at)
	})
}

func TestUnchangedChecklistIsNotSentAgain(t *testing.T) {
	f, path := kept(t)
	plain := f.browse("owner")
	zipped := plain.with("Accept-Encoding", "gzip, br")
	whole := plain.get(path).want(200)
	first := zipped.get(path).want(200)
	if first.unzipped() != whole.Body {
		t.Error("the compressed page is another than the plain one")
	}
	again := zipped.get(path).want(200)
	if again.Body != first.Body {
		t.Error("the kept page is another")
	}
	tags := map[string]string{"plain": whole.Header.Get("ETag"), "gzip": first.Header.Get("ETag")}
	if tags["plain"] == tags["gzip"] || !strings.HasPrefix(tags["plain"], `"`) || !strings.HasPrefix(tags["gzip"], `"`) {
		t.Errorf("tags %v: want two strong ones, for two forms of the page", tags)
	}
	for _, r := range []*reply{whole, first, again} {
		if cc, vary := r.Header.Get("Cache-Control"), r.Header.Get("Vary"); cc != "private, no-cache" || vary != "Accept-Encoding, Cookie" {
			t.Errorf("Cache-Control %q, Vary %q", cc, vary)
		}
	}
	for name, tag := range tags {
		for _, header := range []string{tag, "W/" + tag, `"other", ` + tag} {
			r := zipped.with("If-None-Match", header).get(path).want(http.StatusNotModified)
			if r.Body != "" || r.Header.Get("ETag") != tags["gzip"] || r.Header.Get("Cache-Control") != "private, no-cache" {
				t.Errorf("%s: body of %d bytes, headers %v", name, len(r.Body), r.Header)
			}
		}
	}
	zipped.with("If-None-Match", `"other"`).get(path).want(200)
	if r := plain.with("If-None-Match", tags["plain"]).get(path).want(http.StatusNotModified); r.Header.Get("ETag") != tags["plain"] {
		t.Errorf("a client that takes no gzip got the tag %s", r.Header.Get("ETag"))
	}
}

// Each part of the tag: when it changes, the page is sent anew.
func TestKeptChecklistShowsEveryChange(t *testing.T) {
	for name, change := range map[string]func(f *fixture, b *browser){
		"somebody's answer": func(f *fixture, _ *browser) { f.moveOn("deputy") },
		"the look":          func(f *fixture, b *browser) { b.setCookie(f.cookies.themeName, "dark") },
		"one's rights": func(f *fixture, _ *browser) {
			f.join("viewer", review.Right{Role: review.RoleViewer}, review.Right{Seat: plan.SeatSRE})
		},
		"the program": func(f *fixture, _ *browser) { f.Server.tagKey[0]++ },
		"what time has done": func(f *fixture, _ *browser) {
			if _, err := f.db.OwnerPool(f.t).Exec(context.Background(), `update portfolio set next_change_at = clock_timestamp()`); err != nil {
				f.t.Fatal(err)
			}
			if n, err := f.Store.Refresh(context.Background()); err != nil || n != 1 {
				f.t.Fatalf("%d rollups refreshed, %v", n, err)
			}
		},
		"being put on the project": func(f *fixture, _ *browser) {
			f.change("owner", "payments", "", func(r *review.Review, who review.Actor, at time.Time) error {
				return r.SetDuty(who, f.person("viewer"), review.DutyMember, at)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, path := kept(t)
			b := f.browse("viewer").with("Accept-Encoding", "gzip")
			tag := b.get(path).want(200).Header.Get("ETag")
			change(f, b)
			for _, again := range []*reply{b.with("If-None-Match", tag).get(path).want(200), b.get(path).want(200)} {
				if got := again.Header.Get("ETag"); got == tag {
					t.Errorf("the tag is still %s", tag)
				}
			}
			f.moveOn("deputy")
			if page := b.get(path).want(200).unzipped(); !strings.Contains(page, "Round ") {
				t.Error("an answer does not show")
			}
		})
	}
}

func TestNobodyGetsSomebodyElsesPage(t *testing.T) {
	f, path := kept(t)
	names := []string{"owner", "viewer", "admin", "sre"}
	tags := map[string]string{}
	for range 2 {
		for _, name := range names {
			b := f.browse(name).with("Accept-Encoding", "gzip")
			for range 2 {
				r := b.get(path).want(200)
				page := r.unzipped()
				for _, other := range names {
					if who := strings.ToUpper(other[:1]) + other[1:] + " Person"; strings.Contains(page, who) != (other == name) {
						t.Errorf("the page for %s names %s: %v", name, who, other != name)
					}
				}
				tags[r.Header.Get("ETag")] = name
			}
		}
	}
	if len(tags) != 2*len(names) {
		t.Errorf("%d tags for %d sessions: %v", len(tags), 2*len(names), tags)
	}
	for tag, name := range tags {
		for _, other := range names {
			if other != name {
				f.browse(other).with("If-None-Match", tag).get(path).want(200)
			}
		}
	}
}

// Whoever may not see the project any more is not told that nothing changed.
func TestKeptPageEndsWithTheRight(t *testing.T) {
	f, path := kept(t)
	b := f.browse("viewer").with("Accept-Encoding", "gzip")
	known := b.with("If-None-Match", b.get(path).want(200).Header.Get("ETag"))
	known.get(path).want(http.StatusNotModified)
	f.join("viewer")
	for _, again := range []*browser{known, b} {
		if r := again.get(path).want(http.StatusNotFound); r.Header.Get("ETag") != "" || strings.Contains(r.Body, "Project payments") {
			t.Errorf("without the right: %v", r.Header)
		}
	}
	f.join("viewer", review.Right{Role: review.RoleViewer})
	known.get(path).want(200)
	f.change("owner", "payments", "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Edit(who, review.ProjectFields{Name: "Payments", Team: "Blue", Tier: plan.TierCritical, Exposure: review.ExposurePilot, Restricted: true}, at)
	})
	for _, again := range []*browser{known, b} {
		again.get(path).want(http.StatusNotFound)
	}
}

func TestKeptPageEndsWithTheSession(t *testing.T) {
	f, path := kept(t)
	b := f.stranger().with("Accept-Encoding", "gzip")
	secret := rand.Text()
	if _, err := f.Store.SignIn(context.Background(), identity("owner", cast()["owner"]), store.HashToken(secret), time.Hour); err != nil {
		t.Fatal(err)
	}
	b.setCookie(f.cookies.sessionName, secret)
	known := b.with("If-None-Match", b.get(path).want(200).Header.Get("ETag"))
	if _, err := f.Store.SignOut(context.Background(), store.BySession(store.HashToken(secret))); err != nil {
		t.Fatal(err)
	}
	for _, again := range []*browser{known, b, f.stranger().with("If-None-Match", "*").with("Accept-Encoding", "gzip")} {
		if to := again.get(path).want(http.StatusSeeOther).Header.Get("Location"); !strings.HasPrefix(to, "/login") {
			t.Errorf("leads to %s", to)
		}
	}
}

func TestSignOutEmptiesTheBrowser(t *testing.T) {
	f, _ := kept(t)
	if got := f.browse("owner").post("/logout").want(http.StatusSeeOther).Header.Get("Clear-Site-Data"); got != `"cache"` {
		t.Errorf("Clear-Site-Data: %q", got)
	}
}

func TestPageAfterAChangeIsShownOnce(t *testing.T) {
	f, path := kept(t)
	b := f.browse("owner").with("Accept-Encoding", "gzip")
	tag := b.get(path).want(200).Header.Get("ETag")
	item := string(f.tmpl.Stages[0].Items[0].Key)
	told := b.with("If-None-Match", tag).post(path+"/items/"+item+"/answer?version=0", "answer", "met").follow().want(200)
	if told.Header.Get("ETag") != "" || told.Header.Get("Cache-Control") != "private, no-store" || !strings.Contains(told.Body, flashTexts[flashAnswered]) {
		t.Errorf("after a change: %v", told.Header)
	}
	if next := b.get(path).want(200); strings.Contains(next.unzipped(), flashTexts[flashAnswered]) || next.Header.Get("ETag") == tag {
		t.Error("the next look still tells of the change, or has the old tag")
	}
}

func TestPageCacheIsBounded(t *testing.T) {
	c := newPageCache()
	key := func(i int) keptKey { return keptKey{uri: fmt.Sprintf("/%05d", i)} }
	body := bytes.Repeat([]byte("x"), 64<<10)
	const many = 2 * keptBytes / (64 << 10)
	for i := range many {
		c.Put(key(i), keptPage{"t", body})
		if _, ok := c.Get(key(0)); !ok {
			t.Fatalf("after %d pages the one in use is gone", i)
		}
	}
	if _, ok := c.Get(key(1)); ok {
		t.Error("a page that nobody used is still kept")
	}
	before, size := c.Holds()
	if size > keptBytes || size != before*(len(body)+6+keptExtra) {
		t.Errorf("%d pages take %d bytes by its own count", before, size)
	}
	c.Put(key(0), keptPage{"u", body[:10]})
	if p, _ := c.Get(key(0)); p.tag != "u" {
		t.Errorf("a newer page does not take the place of the old: %q", p.tag)
	}
	c.Put(key(many+1), keptPage{"t", make([]byte, keptMost+1)})
	if after, _ := c.Holds(); after != before {
		t.Error("an oversized page was kept")
	}
}

// What is kept costs one statement; a first look does not ask twice.
func TestKeptPageCostsOneStatement(t *testing.T) {
	f, path := kept(t)
	c := &counter{}
	traced, err := store.Open(t.Context(), f.db.AppURL, store.Options{MaxConns: 1, Tracer: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(traced.Close)
	f.Server.Store = traced
	plain := f.browse("owner")
	tag := plain.get(path).Header.Get("ETag") // and statements are prepared
	zipped := plain.with("Accept-Encoding", "gzip")
	for _, look := range []struct {
		name string
		do   func()
		want counter
	}{
		{"without compression", func() { plain.get(path).want(200) }, counter{1, 7}},
		{"first", func() { zipped.get(path).want(200) }, counter{1, 7}},
		{"kept by the server", func() { zipped.get(path).want(200) }, counter{1, 1}},
		{"kept by the browser", func() { zipped.with("If-None-Match", tag).get(path).want(304) }, counter{1, 1}},
		{"kept by the browser, changed", func() { zipped.with("If-None-Match", `"old"`).get(path + "?show=open").want(200) }, counter{2, 8}},
	} {
		*c = counter{}
		look.do()
		if *c != look.want {
			t.Errorf("%s look: %d statements in %d round trips, want %d in %d", look.name, c.statements, c.trips, look.want.statements, look.want.trips)
		}
	}
}

// A kept page does not outlive the day, also where midnight is at half past in UTC.
func TestKeptPagesEndWithTheDay(t *testing.T) {
	for _, name := range []string{"UTC", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Honolulu"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		s := &Server{}
		r := httptest.NewRequest("GET", "/projects/ledger", nil)
		midnight := time.Date(2026, time.June, 1, 0, 0, 0, 0, zone)
		if s.tag(r, store.Stamp{}, midnight.Add(-time.Second)) == s.tag(r, store.Stamp{}, midnight) {
			t.Errorf("in %s a page of yesterday is shown", name)
		}
	}
}
