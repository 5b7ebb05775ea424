package web

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/proof"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// withKey gives the server a key and returns what verifies it.
func (f *fixture) withKey() proof.Keys {
	f.t.Helper()
	k, err := proof.NewKey("test")
	if err != nil {
		f.t.Fatal(err)
	}
	f.Key = k
	keys, err := proof.ParseKeys(k.Verifier())
	if err != nil {
		f.t.Fatal(err)
	}
	return keys
}

// decided is a project whose first gate has passed.
func (f *fixture) decided(key string) (review.ProjectKey, plan.StageKey) {
	f.t.Helper()
	p, stage := f.create(key), f.tmpl.Stages[0].Key
	f.fill("member", p, stage)
	f.requestSignOff("owner", p, stage)
	for f.stage(p, stage).OpenRound() != nil {
		open := f.stage(p, stage).OpenRound()
		seat := open.Policy.Seats[len(open.SignOffs)]
		f.signGo(string(seat), p, stage, seat)
	}
	return p, stage
}

func TestAProofIsDownloadedAndVerifies(t *testing.T) {
	f := newFixture(t)
	keys := f.withKey()
	p, stage := f.decided("payments")
	f.create("other")
	for _, c := range []struct{ path, name string }{
		{page.BundleURL(p), "slipway-payments-"},
		{page.GateBundleURL(p, stage), "slipway-payments-" + string(stage) + "-"},
		{page.WithRights(page.GateBundleURL(p, stage)), "slipway-payments-" + string(stage) + "-with-rights-"},
	} {
		r := f.browse("auditor").get(c.path).want(http.StatusOK)
		if got := r.Header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="`+c.name) || r.Header.Get("Content-Type") != "application/zip" {
			t.Errorf("%s: %v", c.path, r.Header)
		}
		found := proof.Verify([]byte(r.Body), keys, nil)
		if !found.OK() || len(found.Decisions) != 1 || !strings.Contains(found.Decisions[0], "passed on") || !strings.Contains(found.Decisions[0], "Signed by") {
			t.Errorf("%s:\n%s", c.path, found)
		}
		spoiled := []byte(r.Body)
		at := bytes.Index(spoiled, []byte(`"kind":"GateSigned"`)) + 10
		spoiled[at] ^= 1
		if found := proof.Verify(spoiled, keys, nil); found.OK() {
			t.Errorf("%s: tampered with, it is accepted", c.path)
		}
	}
}

// Who may read the trail of rights can have it in the bundle, which then shows
// that the signers held their seats; nobody else is offered it, or gets it.
func TestAProofWithRights(t *testing.T) {
	f := newFixture(t)
	keys := f.withKey()
	p, stage := f.decided("payments")
	for _, bundle := range []string{page.BundleURL(p), page.GateBundleURL(p, stage)} {
		f.browse("viewer").get(page.WithRights(bundle)).want(http.StatusForbidden)
		f.browse("owner").get(page.WithRights(bundle)).want(http.StatusForbidden)
		r := f.browse("auditor").get(page.WithRights(bundle)).want(http.StatusOK)
		found := proof.Verify([]byte(r.Body), keys, nil)
		if !found.OK() || !slices.ContainsFunc(found.Holds, func(s string) bool { return strings.HasPrefix(s, "Everybody who signed held the seat then") }) {
			t.Errorf("%s:\n%s", bundle, found)
		}
	}
	for _, c := range []struct{ page, bundle string }{{page.ReportURL(p), page.BundleURL(p)}, {page.GateURL(p, stage), page.GateBundleURL(p, stage)}} {
		link := `main a[href="` + page.WithRights(c.bundle) + `"]`
		f.browse("auditor").get(c.page).want(http.StatusOK).one(link)
		if n := f.browse("viewer").get(c.page).want(http.StatusOK).find(link).Length(); n != 0 {
			t.Errorf("%s offers a viewer the rights", c.page)
		}
	}
}

// A bundle has the last thing that happened before it was asked for.
func TestAProofIsUpToDate(t *testing.T) {
	f := newFixture(t)
	keys := f.withKey()
	p, stage := f.decided("payments")
	b := f.browse("viewer")
	before := b.get(page.BundleURL(p)).want(http.StatusOK).Body
	if again := b.get(page.BundleURL(p)).want(http.StatusOK).Body; proofEntries(t, again) != proofEntries(t, before) {
		t.Error("nothing happened, but the proof has other entries")
	}
	f.change("member", p, stage, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Discuss(who, stage, r.Stage(stage).Items[0].Def.Key, "One more word.", "", at)
	})
	after := b.get(page.BundleURL(p)).want(http.StatusOK).Body
	if !strings.Contains(after, "One more word.") || !proof.Verify([]byte(after), keys, nil).OK() {
		t.Error("the last entry is missing")
	}
}

func proofEntries(t *testing.T, body string) int {
	t.Helper()
	return strings.Count(body, `,"kind":"`)
}

func TestWhoMayNotSeeAProjectGetsNoProof(t *testing.T) {
	f := newFixture(t)
	f.withKey()
	p, stage := f.decided("payments")
	f.create("secret", func(in *review.NewProject) { in.Restricted = true })
	f.browse("outsider").get(page.BundleURL(p)).want(http.StatusNotFound)
	f.browse("viewer").get(page.BundleURL("secret")).want(http.StatusNotFound)
	f.browse("auditor").get(page.BundleURL("secret")).want(http.StatusOK)
	f.browse("viewer").get(page.BundleURL("ghost")).want(http.StatusNotFound)
	f.browse("viewer").get(page.GateBundleURL(p, "ghost")).want(http.StatusNotFound)
	f.stranger().get(page.GateBundleURL(p, stage)).want(http.StatusSeeOther)
}

func TestWithoutAKeyTheAnswerIsPolite(t *testing.T) {
	f := newFixture(t)
	p := f.create("payments")
	r := f.browse("viewer").get(page.BundleURL(p)).want(http.StatusConflict)
	if !strings.Contains(r.text(), "SLIPWAY_CHECKPOINT_KEY_FILE") {
		t.Errorf("it says %q", r.text())
	}
	f.browse("outsider").get(page.BundleURL(p)).want(http.StatusNotFound)
}

// Many ask at once, while others work: each gets a bundle that verifies.
func TestManyProofsAtOnce(t *testing.T) {
	f := newFixture(t)
	keys := f.withKey()
	p, _ := f.decided("payments")
	browsers := make([]*browser, 6)
	for i := range browsers {
		browsers[i] = f.browse("viewer")
	}
	bodies := make([]string, len(browsers))
	var wg sync.WaitGroup
	for i, b := range browsers {
		wg.Go(func() {
			if r := b.get(page.BundleURL(p)); r.Status == http.StatusOK {
				bodies[i] = r.Body
			}
		})
	}
	for i := range 5 {
		f.create("more-" + string(rune('a'+i)))
	}
	wg.Wait()
	for i, body := range bodies {
		if found := proof.Verify([]byte(body), keys, nil); !found.OK() {
			t.Errorf("download %d:\n%s", i, found)
		}
	}
	if slices.Contains(bodies, "") {
		t.Error("somebody got none")
	}
}
