package web

import (
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
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

// step presses a button of a step's form and follows where it leads.
func (r *reply) step(change url.Values) *reply {
	r.Browser.f.t.Helper()
	action := r.one("main form").AttrOr("action", "")
	to, _, _ := strings.Cut(r.fillIn(action, change).want(303).Header.Get("Location"), "#")
	return r.Browser.get(to).want(200)
}

// typed is the form of a step as it stands.
func (r *reply) typed() url.Values {
	r.Browser.f.t.Helper()
	return r.form(r.one("main form").AttrOr("action", ""))
}

// begin opens the first step of a new project.
func (b *browser) begin(query string) *reply {
	b.f.t.Helper()
	return b.get(b.get("/projects/new" + query).want(303).Header.Get("Location")).want(200)
}

// flagsOf are all questions that a lifecycle asks.
func flagsOf(l *plan.Lifecycle) plan.Profile {
	var out plan.Profile
	for _, q := range l.Flags {
		out = append(out, q.Key)
	}
	return out
}

func TestNewProjectInThreeSteps(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	step1 := b.begin("")
	step2 := step1.step(url.Values{"name": {"Wallet API, 2nd"}, "team": {"Red"}, "summary": {"Pays\nthings."}, "go": {"on"}})
	if got := words(step2.one(".facts")); !strings.Contains(got, "/projects/wallet-api-2nd") {
		t.Fatalf("the key is not offered: %s", got)
	}
	all, _ := page.TierCounts(f.tmpl, plan.TierCritical, "", flagsOf(f.tmpl))
	if hint := words(step2.find(`input[name=tier][value="1"]`).Parent()); !strings.Contains(hint, strconv.Itoa(all)+" items") {
		t.Errorf("with no answer, tier 1: %q; counted %d items", hint, all)
	}
	if n := step2.find("#f-profile input[value=not-yet][checked]").Length(); n != len(f.tmpl.Flags) {
		t.Errorf("%d of %d questions are not answered yet in a new form", n, len(f.tmpl.Flags))
	}
	step2 = step2.step(url.Values{"profile-database": {"yes"}, "profile-health-data": {"yes"}, "go": {"rest"}})
	hint := words(step2.find(`input[name=tier][value="1"]`).Parent())
	items, musts := page.TierCounts(f.tmpl, plan.TierCritical, "", plan.Profile{"database", "health-data"})
	bare, _ := page.TierCounts(f.tmpl, plan.TierCritical, "", nil)
	if items <= bare || !strings.Contains(hint, strconv.Itoa(items)+" items, "+strconv.Itoa(musts)+" of them required") {
		t.Errorf("tier 1 with this profile: %q; counted %d items, %d musts", hint, items, musts)
	}
	if n := step2.find("#f-profile [role=radiogroup] input[value=no][checked]").Length(); n != len(f.tmpl.Flags)-2 {
		t.Errorf("%d of %d questions are answered no", n, len(f.tmpl.Flags))
	}
	step3 := step2.step(url.Values{"exposure": {"pilot"}, "tier": {"2"}, "go": {"on"}})
	if got := step3.typed().Get("owner"); got != f.id("viewer") {
		t.Errorf("the owner proposed is %q", got)
	}
	back := step3.step(url.Values{"target": {"2199-05-01"}, "restricted": {"yes"}, "member": {f.id("member"), f.id("sre")}, "go": {"back"}})
	if got := back.typed(); got.Get("tier") != "2" || got.Get("exposure") != "pilot" || got.Get("profile-database") != "yes" || got.Get("profile-users") != "no" {
		t.Errorf("going back loses the profile: %v", got)
	}
	back = back.step(url.Values{"go": {"back"}})
	if got := back.typed(); got.Get("name") != "Wallet API, 2nd" || got.Get("key") != "wallet-api-2nd" || got.Get("summary") != "Pays\nthings." {
		t.Errorf("going back loses what it is: %v", got)
	}
	if _, err := f.Store.Scope(t.Context(), f.as("admin"), "wallet-api-2nd"); err == nil {
		t.Fatal("a project was stored before the last step")
	}
	step3 = back.step(url.Values{"go": {"on"}}).step(url.Values{"go": {"on"}})
	if got := step3.typed(); got.Get("target") != "2199-05-01" || got.Get("restricted") != "yes" || len(got["member"]) != 2 {
		t.Errorf("going back and on loses people and date: %v", got)
	}
	at := step3.one("main form").AttrOr("action", "")
	done := step3.fillIn(at, url.Values{"deputy": {f.id("deputy")}, "go": {"on"}}).want(303)
	if got := done.Header.Get("Location"); got != "/projects/wallet-api-2nd" {
		t.Fatalf("led to %s", got)
	}
	view, err := f.Store.Project(t.Context(), f.as("viewer"), "wallet-api-2nd")
	if err != nil {
		t.Fatal(err)
	}
	p := view.Review.Project
	if p.Name != "Wallet API, 2nd" || p.Team != "Red" || p.Summary != "Pays\nthings." || p.Tier != 2 || p.Exposure != review.ExposurePilot ||
		!p.Restricted || review.FormatDate(p.Target) != "2199-05-01" || len(p.Profile) != 2 || len(p.Unanswered) != 0 ||
		p.Holder(review.DutyOwner) != f.person("viewer") || p.Holder(review.DutyDeputy) != f.person("deputy") ||
		p.Duty(f.person("member")) != review.DutyMember || p.Duty(f.person("sre")) != review.DutyMember || len(p.Members) != 4 {
		t.Errorf("created: %+v", p)
	}
	// Pressed twice, or back again, it leads to the project that it became.
	if got := step3.fillIn(at, url.Values{"go": {"on"}}).want(303).Header.Get("Location"); got != "/projects/wallet-api-2nd" {
		t.Errorf("pressed again, it leads to %s", got)
	}
	if got := b.get(at).want(303).Header.Get("Location"); got != "/projects/wallet-api-2nd" {
		t.Errorf("going back leads to %s", got)
	}
}

func TestNewProjectDraftsAreTheirAuthors(t *testing.T) {
	f := newFixture(t)
	mine := f.browse("viewer").begin("").step(url.Values{"name": {"Very secret"}, "team": {"Red"}, "go": {"stay"}})
	at := mine.one("main form").AttrOr("action", "")
	other := f.browse("manager")
	r := other.get(at).want(200)
	if strings.Contains(r.Body, "Very secret") {
		t.Fatal("somebody else reads a draft")
	}
	r.fillIn(at, url.Values{"name": {"Mine now"}, "go": {"stay"}}).want(404)
	if got := f.browse("viewer").get(at).typed().Get("name"); got != "Very secret" {
		t.Errorf("the draft now says %q", got)
	}
	for _, path := range []string{"/projects/new/x/what", "/projects/new/" + strings.Repeat("a", 26) + "/elsewhere", "/projects/new/" + strings.Repeat("A", 26) + "/what"} {
		other.get(path).want(404)
	}
}

func TestNewProjectShowsWhatIsWrong(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	r := b.begin("").step(url.Values{"team": {"Red"}, "go": {"on"}})
	if got := r.find(".errors a"); got.Length() != 1 || got.AttrOr("href", "") != "#f-name" {
		t.Errorf("an empty name is refused with %q", words(r.find(".errors")))
	}
	if got := r.typed().Get("team"); got != "Red" {
		t.Errorf("what was typed is lost: %q", got)
	}
	// The address is a page of its own: reloaded, it says the same.
	at := r.one("main form").AttrOr("action", "")
	if got := b.get(at + "?check=1").want(200).find(".errors a").Length(); got != 1 {
		t.Errorf("%d errors after reloading", got)
	}
	if got := b.get(at).want(200).find(".errors").Length(); got != 0 {
		t.Error("errors are shown before anything was sent")
	}
	for _, name := range []string{"nul\x00name", "bad\xffname", strings.Repeat("x", 10_000), strings.Repeat("x", 100_000)} {
		reply := r.fillIn(at, url.Values{"name": {name}, "go": {"on"}})
		if reply.Status == 303 {
			reply = b.get(reply.Header.Get("Location"))
		}
		if reply.find(`.errors a[href="#f-name"]`).Length() != 1 {
			t.Errorf("a name of %d bytes, %.10q: %.200s", len(name), name, reply.text())
		}
	}
	r.fillIn(at, url.Values{"go": {"elsewhere"}}).want(422)
}

func TestNewProjectWarns(t *testing.T) {
	f := newFixture(t)
	f.create("groesse", func(p *review.NewProject) { p.Name = "Größe" })
	f.create("hidden", func(p *review.NewProject) { p.Name, p.Restricted = "Secret thing", true })
	b := f.browse("viewer")
	r := b.begin("").step(url.Values{"name": {"GROSSE"}, "team": {"Red"}, "go": {"on"}})
	if got := words(r.find(".note-box")); !strings.Contains(got, "already a project of this name") || r.find(`.note-box a[href="/projects/groesse"]`).Length() != 1 {
		t.Errorf("a twin is not told of: %q", got)
	}
	if got := b.begin("").step(url.Values{"name": {"Secret thing"}, "team": {"Red"}, "go": {"on"}}); got.find(".note-box").Length() != 0 {
		t.Error("a restricted project is told of")
	}
	r = r.step(url.Values{"exposure": {"pilot"}, "tier": {"2"}, "go": {"on"}})
	r = r.step(url.Values{"target": {"2020-01-01"}, "go": {"on"}})
	if got := words(r.one(".errors")); !strings.Contains(got, "in the past") {
		t.Errorf("a target in the past: %q", got)
	}
	at := r.one("main form").AttrOr("action", "")
	if got := r.fillIn(at, url.Values{"target": {"2020-01-02"}, "go": {"on"}}).want(303).Header.Get("Location"); !strings.Contains(got, "check") {
		t.Error("another day in the past is taken without a word")
	}
	if got := r.fillIn(at, url.Values{"go": {"on"}}).want(303).Header.Get("Location"); got != "/projects/grosse" {
		t.Errorf("confirmed, it leads to %s", got)
	}
}

func TestNewProjectKeys(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	for name, want := range map[string]string{"Größe": "groesse", "Платежи": "platezhi", "支付": "project-", "🚀": "project-", "New": "project-"} {
		r := b.begin("").step(url.Values{"name": {name}, "team": {"Red"}, "go": {"on"}})
		if got := words(r.one(".facts")); !strings.Contains(got, "/projects/"+want) {
			t.Errorf("the key offered for %s: %s", name, got)
		}
		back := r.step(url.Values{"go": {"back"}})
		if got := back.typed().Get("key"); !strings.HasPrefix(got, want) || !plan.ValidKey(got) {
			t.Errorf("the key of %s cannot be edited: %q", name, got)
		}
	}
}

func TestNewProjectCopies(t *testing.T) {
	f := newFixture(t)
	f.create("source", func(p *review.NewProject) {
		p.Name, p.Team, p.Tier, p.Profile, p.Exposure = "The source", "Green", 3, []plan.Flag{"database"}, review.ExposureLimited
		p.Unanswered = []plan.Flag{"users"}
	})
	f.create("hidden", func(p *review.NewProject) { p.Restricted = true })
	f.fill("member", "source", "idea")
	b := f.browse("viewer")
	r := b.begin("?from=source")
	if got := r.typed().Get("from"); got != "source" {
		t.Errorf("copying from %q", got)
	}
	for _, from := range []string{"hidden", "nothing", "Project hidden", ""} {
		got := r.step(url.Values{"from": {from}, "go": {"copy"}})
		if text := words(got.one(".errors")); !strings.Contains(text, "no project that you can see") {
			t.Errorf("copying %q: %s", from, text)
		}
	}
	r = r.step(url.Values{"from": {"the SOURCE"}, "go": {"copy"}})
	if got := r.typed(); got.Get("team") != "Green" || got.Get("name") != "" || !strings.Contains(r.text(), "Copied from The source") {
		t.Errorf("copied: %v", got)
	}
	r = r.step(url.Values{"name": {"Copy"}, "from": {"the SOURCE"}, "go": {"on"}}) // a draft of the tab brings back what was copied
	if got := r.typed(); got.Get("tier") != "3" || got.Get("exposure") != "limited" || got.Get("profile-database") != "yes" ||
		got.Get("profile-users") != "not-yet" || got.Get("profile-api") != "no" {
		t.Errorf("copied profile: %v", got)
	}
	r = r.step(url.Values{"go": {"on"}})
	r.fillIn(r.one("main form").AttrOr("action", ""), url.Values{"go": {"on"}}).want(303)
	p := f.project("copy")
	if p.Holder(review.DutyOwner) != f.person("owner") || p.Holder(review.DutyDeputy) != f.person("deputy") || p.Duty(f.person("member")) != review.DutyMember {
		t.Errorf("copied people: %v", p.Members)
	}
	if done := f.stage("copy", "idea"); done.Items[0].Answer.State != review.Open {
		t.Error("answers are copied")
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
		{"profile-no-such-flag", "yes", "profile", "not a question"},
		{"profile-database", "perhaps", "", "yes, no or not yet"},
		{"profile", "database", "", "does not know"},
		{"target", "1969-12-31", "target", "1970"},
		{"target", "10000-01-01", "target", "date"},
		{"target", "tomorrow", "target", "date"},
		{"owner", "", "owner", "accountable"},
		{"owner", "999999", "owner", "nobody we know"},
		{"deputy", "999999", "deputy", "nobody we know"},
		{"deputy", strconv.Itoa(int(f.person("viewer"))), "deputy", "somebody else"},
		{"summary", strings.Repeat("y", 1<<20), "summary", "1048576 characters"},
		{"template", "nope", "", "template"},
		{"member", "999999", "member", "nobody we know"},
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
		at := r.one("main form").AttrOr("action", "")
		if got := b.get(at[:strings.LastIndex(at, "/")] + "/what").typed(); got.Get("team") != "Red" && k.field != "team" {
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
	r := b.post("/projects", f.whole("name", hostile, "team", "")...).want(422)
	if got := r.typed().Get("name"); got != hostile {
		t.Errorf("came back as %q", got)
	}
	if r.find("main script").Length() != 0 {
		t.Error("a script got into the page")
	}
}

func TestNewProjectKeysThatAreTaken(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	b := f.browse("viewer")
	r := b.begin("").step(url.Values{"name": {"Ledger"}, "key": {"ledger"}, "team": {"Red"}, "go": {"on"}})
	if r.one("[aria-current=step]").Text() != "1. What it is" || r.find("#f-key-err").Length() != 1 {
		t.Error("a taken key is not refused at the first step")
	}
	r = r.step(url.Values{"key": {""}, "go": {"on"}})
	if got := words(r.one(".facts")); !strings.Contains(got, "/projects/ledger-2") {
		t.Errorf("suggested key: %s", got)
	}
	r = r.step(url.Values{"go": {"on"}})
	if r.one("[aria-current=step]").Text() != "2. Profile and tier" || r.find(".errors").Length() != 1 {
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

// A press that read the draft before the press before it had made the project
// leads there as well.
func TestNewProjectPressedTwiceAtOnce(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	last := b.begin("").step(url.Values{"name": {"Wallet"}, "key": {"wallet"}, "team": {"Red"}, "go": {"on"}}).
		step(url.Values{"exposure": {"pilot"}, "tier": {"2"}, "go": {"on"}})
	b.post("/projects", f.whole("name", "Wallet")...).want(303) // the first press, of which the draft does not know
	at := last.one("main form").AttrOr("action", "")
	if got := last.fillIn(at, url.Values{"go": {"on"}}).want(303).Header.Get("Location"); got != "/projects/wallet" {
		t.Errorf("it leads to %s", got)
	}
	if n := len(b.get("/portfolio").names()); n != 1 {
		t.Errorf("%d projects", n)
	}
	other := f.browse("manager").begin("").step(url.Values{"name": {"Wallet"}, "key": {"wallet"}, "team": {"Red"}, "go": {"on"}})
	if other.find(".errors").Length() == 0 {
		t.Error("somebody else's project of that key is not in the way")
	}
}

func TestNewProjectIsForThoseWhoMay(t *testing.T) {
	f := newFixture(t)
	for name, status := range map[string]int{"viewer": 200, "manager": 200, "admin": 200, "auditor": 403, "member": 403, "outsider": 403} {
		if status == 200 {
			f.browse(name).begin("")
		} else {
			f.browse(name).get("/projects/new").want(status)
			f.browse(name).get("/projects/new/" + strings.Repeat("a", 26) + "/what").want(status)
			f.browse(name).post("/projects/new/"+strings.Repeat("a", 26)+"/what", "name", "x").want(status)
			f.browse(name).post("/projects", f.whole()...).want(403)
		}
	}
}

func TestNewProjectFindsPeople(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	r := b.begin("").step(url.Values{"name": {"Wallet"}, "team": {"Red"}, "go": {"on"}}).step(url.Values{"exposure": {"pilot"}, "tier": {"2"}, "go": {"on"}})
	r = r.step(url.Values{"deputy": {f.id("deputy")}, "member": {f.id("sre")}, "find": {"MANAG"}, "go": {"find"}})
	var listed []string
	r.find("select[name=owner] option, input[name=member] + span").Each(func(_ int, o *goquery.Selection) { listed = append(listed, words(o)) })
	// The one who is found, and those who are chosen.
	got := strings.Join(listed, "|")
	for _, name := range []string{"manager", "viewer", "deputy", "sre"} {
		if !strings.Contains(got, f.name(name)) {
			t.Errorf("%s is not listed: %s", name, got)
		}
	}
	if strings.Contains(got, f.name("auditor")) {
		t.Errorf("listed: %s", got)
	}
	if got := r.typed(); got.Get("deputy") != f.id("deputy") || got.Get("member") != f.id("sre") || got.Get("find") != "MANAG" {
		t.Errorf("looking for people loses what was typed: %v", got)
	}
}
