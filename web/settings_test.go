package web

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// id is somebody's id as forms carry it.
func (f *fixture) id(name string) string { return strconv.FormatInt(int64(f.person(name)), 10) }

// project reads a project as an admin sees it.
func (f *fixture) project(key review.ProjectKey) *review.Project {
	f.t.Helper()
	v, err := f.Store.Project(f.t.Context(), f.as("admin"), key)
	if err != nil {
		f.t.Fatal(err)
	}
	return &v.Review.Project
}

func TestSettingsAreSaved(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger")
	open := f.browse("deputy").get("/projects/ledger/settings").want(200)
	form := open.form("/projects/ledger/settings")
	if form.Get("name") != "Project ledger" || form.Get("team") != "Blue" || form.Get("tier") != "1" || form.Get("exposure") != "pilot" {
		t.Fatalf("the form holds %v", form)
	}
	r := open.fillIn("/projects/ledger/settings", url.Values{
		"name": {"  Ledger 2 "}, "team": {"Red"}, "summary": {"New"}, "target": {"2030-01-02"}, "profile-database": {"yes"}, "exposure": {"general"}, "restricted": {"yes"},
	}).want(303)
	if got := r.Header.Get("Location"); got != "/projects/ledger" {
		t.Errorf("led to %s", got)
	}
	p := f.project(key)
	if p.Name != "Ledger 2" || p.Team != "Red" || p.Summary != "New" || review.FormatDate(p.Target) != "2030-01-02" || !p.Restricted ||
		p.Exposure != review.ExposureGeneral || len(p.Profile) != 1 {
		t.Errorf("saved: %+v", p)
	}
	before := f.seq(key)
	again := f.browse("owner").get("/projects/ledger/settings").want(200)
	again.fillIn("/projects/ledger/settings", nil).want(303)
	if f.seq(key) != before {
		t.Error("saving without a change wrote something")
	}
}

func TestSettingsOverwriteNothing(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger")
	mine := f.browse("manager").get("/projects/ledger/settings").want(200)
	theirs := f.browse("deputy").get("/projects/ledger/settings").want(200)
	theirs.fillIn("/projects/ledger/settings", url.Values{"name": {"Theirs"}, "profile-database": {"yes"}}).want(303)

	r := mine.fillIn("/projects/ledger/settings", url.Values{"name": {"Mine"}}).want(409)
	if got := f.project(key).Name; got != "Theirs" {
		t.Fatalf("overwritten: the name is %q", got)
	}
	box := words(r.one(".note-box table tbody"))
	if !strings.Contains(box, "Name Theirs Mine") || !strings.Contains(box, "It uses a database or stores data in one Yes No") {
		t.Errorf("the difference: %s", box)
	}
	if got := r.form("/projects/ledger/settings").Get("name"); got != "Mine" {
		t.Errorf("what was typed came back as %q", got)
	}
	// Having seen both, mine may be put in place, with a word on the answer that it takes back.
	r = r.fillIn("/projects/ledger/settings", nil).want(422)
	why := url.Values{"reason": {"It keeps nothing."}}
	r.fillIn("/projects/ledger/settings", why).want(303)
	if got := f.project(key).Name; got != "Mine" {
		t.Errorf("the name is %q", got)
	}
	// The same form twice has its effect once.
	before := f.seq(key)
	r.fillIn("/projects/ledger/settings", why).want(303)
	if f.seq(key) != before {
		t.Error("the second press wrote something")
	}
}

func TestSettingsRefuseBadInput(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger")
	before := f.seq(key)
	open := f.browse("owner").get("/projects/ledger/settings").want(200)
	for _, k := range []struct{ field, value, says string }{
		{"name", "", "Enter a name"},
		{"name", strings.Repeat("x", 10_000), "10000 characters"},
		{"name", "a\u2066b", "U+2066"},
		{"summary", strings.Repeat("y", 1<<20), "1048576 characters"},
		{"summary", "a\x00b", "U+0000"},
		{"team", "\u200b", "team"},
		{"tier", "4", "tier"},
		{"exposure", "", "sandbox"},
		{"target", "10000-01-01", "date"},
		{"target", "1969-12-31", "1970"},
		{"profile-admin", "yes", "not a question"},
	} {
		r := open.fillIn("/projects/ledger/settings", url.Values{"team": {"Typed"}, k.field: {k.value}}).want(422)
		if !strings.Contains(r.text(), k.says) || r.find(`.errors a[href="#f-`+strings.TrimSuffix(k.field, "-admin")+`"]`).Length() != 1 {
			t.Errorf("%s=%.20q: %.300s", k.field, k.value, r.text())
		}
		if got := r.form("/projects/ledger/settings").Get("team"); k.field != "team" && got != "Typed" {
			t.Errorf("%s: what was typed is lost: %q", k.field, got)
		}
	}
	if f.seq(key) != before {
		t.Error("a refused form changed the project")
	}
}

func TestSettingsTier(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger")
	r := f.browse("owner").get("/projects/ledger/settings").fillIn("/projects/ledger/settings", url.Values{"tier": {"3"}, "team": {"Typed"}}).want(403)
	if r.find(`#f-tier .err, #f-tier-err`).Length() == 0 || r.form("/projects/ledger/settings").Get("team") != "Typed" || f.project(key).Tier != 1 {
		t.Errorf("the owner lowers the tier: %.300s", r.text())
	}
	f.browse("manager").get("/projects/ledger/settings").fillIn("/projects/ledger/settings", url.Values{"tier": {"2"}}).want(303)
	f.browse("owner").get("/projects/ledger/settings").fillIn("/projects/ledger/settings", url.Values{"tier": {"1"}}).want(303)
	if got := f.project(key).Tier; got != 1 {
		t.Errorf("tier %d", got)
	}
}

func TestSettingsPutSignaturesOutOfDate(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger")
	f.fill("member", key, "idea")
	f.requestSignOff("owner", key, "idea")
	f.signGo("product", key, "idea", plan.SeatProduct)
	f.signGo("engineering", key, "idea", plan.SeatEngineering)
	if got := f.stage(key, "idea").Gate; got != review.GatePassed {
		t.Fatalf("gate %v", got)
	}
	open := f.browse("owner").get("/projects/ledger/settings").want(200)
	if !strings.Contains(open.text(), "out of date") {
		t.Error("no warning")
	}
	var flag string
	for i := range f.tmpl.Stages[0].Items {
		if it := &f.tmpl.Stages[0].Items[i]; len(it.When) > 0 {
			flag = string(it.When[0])
			break
		}
	}
	if flag == "" {
		t.Fatal("the first stage has no conditional item")
	}
	open.fillIn("/projects/ledger/settings", url.Values{"profile-" + flag: {"yes"}}).want(303)
	if got := f.stage(key, "idea").Gate; got != review.GateChanged {
		t.Errorf("gate %v", got)
	}
}

func TestSettingsAreForThoseWhoMay(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	f.create("secret", func(p *review.NewProject) { p.Restricted = true })
	for name, want := range map[string][2]int{
		"owner": {200, 200}, "deputy": {200, 200}, "manager": {200, 404}, "admin": {200, 200},
		"member": {403, 403}, "viewer": {403, 404}, "sre": {403, 404}, "auditor": {403, 403}, "outsider": {404, 404},
	} {
		b := f.browse(name)
		for i, key := range []review.ProjectKey{"ledger", "secret"} {
			b.get(page.SettingsURL(key)).want(want[i])
			b.get(page.MembersURL(key)).want(want[i])
			if want[i] != 200 {
				b.post(page.SettingsURL(key), "was", "x", "name", "Taken over").want(want[i])
				b.post(page.MembersURL(key), "person", f.id(name), "duty", "owner").want(want[i])
			}
		}
	}
	f.browse("admin").get("/projects/nothing/settings").want(404)
}

func TestMembers(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger")
	b := f.browse("owner")
	b.post("/projects/ledger/members", "person", f.id("viewer"), "duty", "member").want(303)
	if got := f.project(key).Duty(f.person("viewer")); got != review.DutyMember {
		t.Fatalf("duty %q", got)
	}
	r := b.get("/projects/ledger/members").want(200)
	if want := f.name("viewer") + " was added to the project."; !strings.Contains(r.text(), want) {
		t.Errorf("want %q: %.300s", want, r.text())
	}
	if r.find(`main tbody tr`).Length() != 4 {
		t.Errorf("people: %s", words(r.one("main tbody")))
	}
	b.post("/projects/ledger/members", "person", f.id("viewer"), "duty", "deputy").want(303)
	p := f.project(key)
	if p.Duty(f.person("viewer")) != review.DutyDeputy || p.Duty(f.person("deputy")) != review.DutyMember {
		t.Errorf("members: %v", p.Members)
	}
	b.post("/projects/ledger/members", "person", f.id("viewer"), "duty", "").want(303)
	if got := f.project(key).Duty(f.person("viewer")); got != "" {
		t.Errorf("taken off, and still %q", got)
	}
	before := f.seq(key)
	for _, k := range []struct {
		fields []string
		status int
		says   string
	}{
		{[]string{"person", f.id("owner"), "duty", ""}, 409, "needs an owner"},
		{[]string{"person", f.id("owner"), "duty", "member"}, 409, "needs an owner"},
		{[]string{"person", "", "duty", "member"}, 422, "Choose a person"},
		{[]string{"person", "<b>", "duty", "member"}, 422, "Choose a person"},
		{[]string{"person", "999999", "duty", "member"}, 422, "nobody we know"},
		{[]string{"person", f.id("viewer"), "duty", "king"}, 422, "owner, deputy or member"},
		{[]string{"person", f.id("viewer")}, 422, "owner, deputy or member"},
	} {
		r := b.post("/projects/ledger/members", k.fields...).want(k.status)
		if !strings.Contains(r.text(), k.says) {
			t.Errorf("%v: %.300s", k.fields, r.text())
		}
	}
	if f.seq(key) != before {
		t.Error("a refused form changed the project")
	}
	// A new owner; the former one stays as a member and may manage no more.
	b.post("/projects/ledger/members", "person", f.id("deputy"), "duty", "owner").want(303)
	if got := f.project(key).Holder(review.DutyOwner); got != f.person("deputy") {
		t.Errorf("owner %v", got)
	}
	b.post("/projects/ledger/members", "person", f.id("viewer"), "duty", "member").want(403)
}

func TestMemberWhoLeavesLandsSomewhere(t *testing.T) {
	f := newFixture(t)
	f.create("secret", func(p *review.NewProject) { p.Restricted = true })
	f.create("open")
	b := f.browse("deputy")
	if got := b.post("/projects/open/members", "person", f.id("deputy"), "duty", "").want(303).Header.Get("Location"); got != "/projects/open" {
		t.Errorf("led to %s", got)
	}
	if got := b.post("/projects/secret/members", "person", f.id("deputy"), "duty", "").want(303).Header.Get("Location"); got != "/portfolio" {
		t.Errorf("led to %s", got)
	}
	b.get("/projects/secret/settings").want(404)
}

func TestMembersAreFound(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	r := f.browse("owner").get("/projects/ledger/members?find=audit%00").want(200)
	if got := r.find("#f-person option"); got.Length() != 2 || !strings.Contains(got.Last().Text(), f.name("auditor")) {
		t.Errorf("found: %s", words(r.one("#f-person")))
	}
	r = f.browse("owner").get("/projects/ledger/members").want(200)
	if strings.Contains(words(r.one("#f-person")), f.name("owner")) {
		t.Error("somebody on the project is offered to be added")
	}
	if got := f.browse("owner").get("/projects/ledger/members?find=zzz").want(200); !strings.Contains(got.text(), "Nobody matches") {
		t.Error("an empty result is not explained")
	}
}

// One click makes nobody owner and takes nobody off: a page asks first, and says
// what the person leaves behind.
func TestMembersAreAskedAbout(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger")
	f.change("owner", key, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "idea", "scope-agreed", f.person("member"), "", at)
	})
	more := 0
	f.change("owner", key, "architecture", func(r *review.Review, who review.Actor, at time.Time) error {
		for i := range r.Stage("architecture").Items {
			if it := &r.Stage("architecture").Items[i]; it.Level != plan.LevelNone && more < 12 {
				more++
				if err := r.Assign(who, "architecture", it.Def.Key, f.person("member"), "", at); err != nil {
					return err
				}
			}
		}
		return nil
	})
	b := f.browse("owner")
	r := b.get("/projects/ledger/members").want(200)
	if n := r.find(`main tbody button[value=owner], main tbody button[value=""]`).Length(); n != 0 {
		t.Errorf("%d buttons act at once", n)
	}
	r = b.get(r.one(`main tbody a:contains("Make owner: `+f.name("member")+`")`).AttrOr("href", "")).want(200)
	if got := words(r.one(".note-box")); !strings.Contains(got, f.name("owner")+" becomes a member") || r.find(`.note-box button[value=owner]`).Length() != 1 {
		t.Errorf("before somebody becomes owner: %s", got)
	}
	r = b.get("/projects/ledger/members?remove=" + f.id("member")).want(200)
	if got := words(r.one(".note-box")); !strings.Contains(got, "13 tasks behind") || !strings.Contains(got, "item in Idea") || !strings.Contains(got, "item in Architecture") ||
		r.find(`.note-box a[href="/projects/ledger/stages/idea/items/scope-agreed"]`).Length() != 1 || r.find(`.note-box li`).Length() != 13 {
		t.Errorf("before somebody leaves: %s", got)
	}
	for _, query := range []string{"remove=" + f.id("owner"), "owner=" + f.id("viewer"), "remove=x", "owner=-1"} {
		if b.get("/projects/ledger/members?"+query).want(200).find(".note-box").Length() != 0 {
			t.Errorf("%s asks something", query)
		}
	}
	b.post("/projects/ledger/members", "person", f.id("member"), "duty", "", "to", f.id("viewer")).want(422)
	b.post("/projects/ledger/members", "person", f.id("member"), "duty", "", "to", f.id("deputy")).want(303)
	if got := f.stage(key, "idea").Item("scope-agreed").Assignee; got != f.person("deputy") {
		t.Errorf("the item went to %v", got)
	}
	if text := b.get("/projects/ledger/members").text(); !strings.Contains(text, "Removed from the project. 1 item in Idea and 12 items in Architecture went to "+f.name("deputy")+".") {
		t.Errorf("nothing says that somebody was removed: %.200s", text)
	}
}
