package web

import (
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// form reads the fields of a form as a browser would send them, without its
// buttons.
func (r *reply) form(action string) url.Values {
	r.Browser.f.t.Helper()
	out := url.Values{}
	r.one(`main form[action="` + action + `"]`).Find("input, textarea, select").Each(func(_ int, in *goquery.Selection) {
		name := in.AttrOr("name", "")
		switch {
		case goquery.NodeName(in) == "textarea":
			out.Add(name, in.Text())
		case goquery.NodeName(in) == "select":
			chosen := in.Find("option[selected]")
			if chosen.Length() == 0 {
				chosen = in.Find("option").First()
			}
			out.Add(name, chosen.First().AttrOr("value", ""))
		case in.AttrOr("type", "") == "checkbox" || in.AttrOr("type", "") == "radio":
			if _, on := in.Attr("checked"); on {
				out.Add(name, in.AttrOr("value", "on"))
			}
		default:
			out.Add(name, in.AttrOr("value", ""))
		}
	})
	return out
}

// fillIn sends a form as it stands on the page, with some fields changed and a
// button pressed.
func (r *reply) fillIn(action string, change url.Values) *reply {
	r.Browser.f.t.Helper()
	form := r.form(action)
	for name, values := range change {
		form[name] = values
	}
	return r.Browser.send("POST", action, "application/x-www-form-urlencoded", form.Encode())
}

func TestNewProjectInThreeSteps(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	step1 := b.get("/projects/new").want(200)
	step2 := step1.fillIn("/projects", url.Values{"name": {"Wallet API, 2nd"}, "team": {"Red"}, "summary": {"Pays\nthings."}, "go": {"profile"}}).want(200)
	if got := step2.form("/projects"); got.Get("key") != "wallet-api-2nd" || got.Get("summary") != "Pays\nthings." {
		t.Fatalf("carried along: %v", got)
	}
	step2 = step2.fillIn("/projects", url.Values{"profile": {"database", "health-data"}, "go": {"profile"}}).want(200)
	hint := words(step2.find(`input[name=tier][value="1"]`).Parent())
	items, musts := page.TierCounts(f.tmpl, review.TierCritical, review.Profile{"database", "health-data"})
	bare, _ := page.TierCounts(f.tmpl, review.TierCritical, nil)
	if items <= bare || !strings.Contains(hint, strconv.Itoa(items)+" items, "+strconv.Itoa(musts)+" of them musts") {
		t.Errorf("tier 1 with this profile: %q; counted %d items, %d musts", hint, items, musts)
	}
	if n := step2.find("input[name=profile]").Length(); n != len(f.tmpl.Flags) {
		t.Errorf("%d profile questions of %d", n, len(f.tmpl.Flags))
	}
	step3 := step2.fillIn("/projects", url.Values{"exposure": {"pilot"}, "tier": {"2"}, "go": {"people"}}).want(200)
	if got := step3.form("/projects").Get("owner"); got != strconv.Itoa(int(f.person("viewer"))) {
		t.Errorf("the owner proposed is %q", got)
	}
	back := step3.fillIn("/projects", url.Values{"target": {"2027-05-01"}, "restricted": {"yes"}, "go": {"profile"}}).want(200)
	back = back.fillIn("/projects", url.Values{"go": {"what"}}).want(200)
	kept := back.form("/projects")
	for name, want := range map[string]string{"name": "Wallet API, 2nd", "tier": "2", "exposure": "pilot", "target": "2027-05-01", "restricted": "yes"} {
		if kept.Get(name) != want {
			t.Errorf("going back loses %s: %q", name, kept.Get(name))
		}
	}
	if len(kept["profile"]) != 2 {
		t.Errorf("going back loses the profile: %v", kept["profile"])
	}
	if _, err := f.Store.Scope(t.Context(), f.as("admin"), "wallet-api-2nd"); err == nil {
		t.Fatal("something was stored before the last step")
	}
	step3 = back.fillIn("/projects", url.Values{"go": {"people"}}).want(200)
	done := step3.fillIn("/projects", url.Values{"deputy": {strconv.Itoa(int(f.person("deputy")))}, "go": {"create"}}).want(303)
	if got := done.Header.Get("Location"); got != "/projects/wallet-api-2nd" {
		t.Fatalf("led to %s", got)
	}
	view, err := f.Store.Project(t.Context(), f.as("viewer"), "wallet-api-2nd")
	if err != nil {
		t.Fatal(err)
	}
	p := view.Review.Project
	if p.Name != "Wallet API, 2nd" || p.Team != "Red" || p.Summary != "Pays\nthings." || p.Tier != 2 || p.Exposure != review.ExposurePilot ||
		!p.Restricted || review.FormatDate(p.Target) != "2027-05-01" || len(p.Profile) != 2 ||
		p.Holder(review.DutyOwner) != f.person("viewer") || p.Holder(review.DutyDeputy) != f.person("deputy") {
		t.Errorf("created: %+v", p)
	}
}

// whole is a form that creates a project at once.
func (f *fixture) whole(change ...string) []string {
	form := map[string]string{
		"name": "Wallet", "key": "wallet", "team": "Red", "tier": "1", "exposure": "pilot", "owner": strconv.Itoa(int(f.person("viewer"))),
	}
	for i := 0; i+1 < len(change); i += 2 {
		form[change[i]] = change[i+1]
	}
	var out []string
	for name, value := range form {
		out = append(out, name, value)
	}
	return out
}

func TestNewProjectFromOneForm(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	if got := b.post("/projects", f.whole()...).want(303).Header.Get("Location"); got != "/projects/wallet" {
		t.Errorf("led to %s", got)
	}
	if got := b.post("/projects", f.whole("key", "", "name", "Other one", "template", f.tmpl.Key)...).want(303).Header.Get("Location"); got != "/projects/other-one" {
		t.Errorf("without a key led to %s", got)
	}
}

func TestNewProjectRefusesBadInput(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	f.create("hidden", func(p *review.NewProject) { p.Restricted = true })
	b := f.browse("viewer")
	for _, k := range []struct{ field, value, at, says string }{
		{"name", "", "name", "Enter a name"},
		{"name", strings.Repeat("x", 10_000), "name", "10000 characters"},
		{"name", "two\nlines", "name", "single line"},
		{"name", "evil\u202ename", "name", "U+202E"},
		{"name", "nul\x00name", "name", "U+0000"},
		{"name", "bad\xffname", "name", "not text"},
		{"key", "ledger", "key", "taken"},
		{"key", "hidden", "key", "taken"},
		{"key", "new", "key", "taken"},
		{"key", "Not A Key", "key", "lower-case"},
		{"key", "../../x", "key", "lower-case"},
		{"team", "", "team", "team"},
		{"tier", "0", "tier", "tier"},
		{"tier", "first", "tier", "tier"},
		{"exposure", "world", "exposure", "sandbox"},
		{"profile", "no-such-flag", "profile", "not a question"},
		{"target", "1969-12-31", "target", "1970"},
		{"target", "10000-01-01", "target", "date"},
		{"target", "tomorrow", "target", "date"},
		{"owner", "", "owner", "accountable"},
		{"owner", "999999", "owner", "nobody we know"},
		{"deputy", "999999", "deputy", "nobody we know"},
		{"deputy", strconv.Itoa(int(f.person("viewer"))), "deputy", "somebody else"},
		{"summary", strings.Repeat("y", 1<<20), "summary", "1048576 characters"},
		{"template", "nope", "", "template"},
		{"go", "elsewhere", "", "step"},
	} {
		r := b.post("/projects", f.whole(k.field, k.value)...).want(422)
		if !strings.Contains(r.text(), k.says) {
			t.Errorf("%s=%.30q: the page does not say %q: %.300s", k.field, k.value, k.says, r.text())
		}
		if k.at == "" {
			continue
		}
		if r.find(`.errors a[href="#f-`+k.at+`"]`).Length() != 1 || r.find("#f-"+k.at).Length() != 1 {
			t.Errorf("%s=%.30q: the summary does not lead to the field", k.field, k.value)
		}
		if got := r.form("/projects"); got.Get("team") != "Red" && k.field != "team" {
			t.Errorf("%s=%.30q: what else was typed is lost: %v", k.field, k.value, got)
		}
	}
	if got := len(b.get("/portfolio").names()); got != 1 {
		t.Errorf("%d projects are visible, want the one from before", got)
	}
}

func TestNewProjectKeepsHostileText(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	hostile := `"><script>alert(1)</script>{{.}}`
	r := b.post("/projects", f.whole("name", hostile, "team", "", "go", "profile")...).want(422)
	if got := r.form("/projects").Get("name"); got != hostile {
		t.Errorf("came back as %q", got)
	}
	if r.find("main script").Length() != 0 {
		t.Error("a script got into the page")
	}
}

func TestNewProjectStepsForwardOnlyWhenRight(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	b := f.browse("viewer")
	r := b.post("/projects", "name", "Ledger", "key", "ledger", "team", "Red", "go", "profile").want(422)
	if r.one("[aria-current=step]").Text() != "1. What it is" || r.find("#f-key-err").Length() != 1 {
		t.Error("a taken key is not refused at the first step")
	}
	r = b.post("/projects", "name", "Ledger", "key", "", "team", "Red", "go", "profile").want(200)
	if got := r.form("/projects").Get("key"); got != "ledger-2" {
		t.Errorf("suggested key %q", got)
	}
	r = b.post("/projects", "name", "Wallet", "team", "Red", "go", "people").want(422)
	if r.one("[aria-current=step]").Text() != "2. Profile and tier" {
		t.Error("the profile can be left out")
	}
}

func TestNewProjectSentTwice(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	var wg sync.WaitGroup
	replies := make([]*reply, 3)
	for i := range replies {
		wg.Add(1)
		go func() {
			defer wg.Done()
			replies[i] = b.post("/projects", f.whole()...)
		}()
	}
	wg.Wait()
	for _, r := range replies {
		if got := r.want(303).Header.Get("Location"); got != "/projects/wallet" {
			t.Errorf("led to %s", got)
		}
	}
	if n := len(b.get("/portfolio").names()); n != 1 {
		t.Errorf("%d projects", n)
	}
	b.post("/projects", f.whole("name", "Another wallet")...).want(422)
	f.browse("manager").post("/projects", f.whole("owner", strconv.Itoa(int(f.person("manager"))))...).want(422)
}

func TestNewProjectIsForThoseWhoMay(t *testing.T) {
	f := newFixture(t)
	for name, status := range map[string]int{"viewer": 200, "manager": 200, "admin": 200, "auditor": 403, "member": 403, "outsider": 403} {
		f.browse(name).get("/projects/new").want(status)
		if status == 403 {
			f.browse(name).post("/projects", f.whole()...).want(403)
		}
	}
}

func TestNewProjectFindsPeople(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	fields := append(f.whole(), "deputy", strconv.Itoa(int(f.person("deputy"))), "find", "manag", "go", "find")
	r := b.post("/projects", fields...).want(200)
	var listed []string
	r.find("select[name=owner] option").Each(func(_ int, o *goquery.Selection) { listed = append(listed, o.Text()) })
	// The one who is found, and those who are chosen.
	if got := strings.Join(listed, "|"); !strings.Contains(got, f.name("manager")) || !strings.Contains(got, f.name("viewer")) ||
		!strings.Contains(got, f.name("deputy")) || strings.Contains(got, f.name("auditor")) {
		t.Errorf("listed: %s", got)
	}
	if got := r.form("/projects"); got.Get("name") != "Wallet" || got.Get("deputy") != strconv.Itoa(int(f.person("deputy"))) {
		t.Errorf("looking for people loses what was typed: %v", got)
	}
}
