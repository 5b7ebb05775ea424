package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// row is the line of the directory about somebody.
func (r *reply) row(name string) *goquery.Selection {
	return r.find("main table.pin tbody tr").FilterFunction(func(_ int, tr *goquery.Selection) bool {
		return strings.HasPrefix(words(tr.Find("th")), name)
	})
}

// actor reads somebody's rights.
func (f *fixture) actor(name string) review.Actor {
	f.t.Helper()
	v, err := f.Store.Who(f.t.Context(), f.as(name))
	if err != nil {
		f.t.Fatal(err)
	}
	return v.Actor
}

func TestPeopleSaysWhoMayDoWhat(t *testing.T) {
	f := newFixture(t)
	r := f.browse("viewer").get("/people").want(200)
	if got := words(r.row(f.name("two-seats"))); !strings.Contains(got, "viewer Security, SRE") {
		t.Errorf("two-seats: %q", got)
	}
	if n := r.one("#permissions").Find("tbody tr").Length(); n != len(review.PermissionTable()) {
		t.Errorf("%d rows of permissions, want %d", n, len(review.PermissionTable()))
	}
	for i, rule := range review.PermissionTable() {
		cells := r.find("#permissions tbody tr").Eq(i).Find("td")
		if got := cells.Last().Text() == "yes"; got != rule.AnySeat {
			t.Errorf("%s: seat holders %v", rule.Action, got)
		}
		if cells.FilterFunction(func(_ int, c *goquery.Selection) bool { return c.Text() == "yes" }).Length() == 0 {
			t.Errorf("%s: nobody may", rule.Action)
		}
	}
	gates := r.one("#seats").Find("tbody tr")
	if gates.Length() != len(f.tmpl.Stages) {
		t.Errorf("%d gates", gates.Length())
	}
	for i := range f.tmpl.Stages {
		g := &f.tmpl.Stages[i].Gate
		signs := gates.Eq(i).Find("td").FilterFunction(func(_ int, c *goquery.Selection) bool {
			return strings.HasPrefix(c.Text(), "required") || strings.HasPrefix(c.Text(), "optional")
		})
		if n := signs.Length(); n != len(g.Seats) {
			t.Errorf("gate %s: %d seats, want %d", g.Name, n, len(g.Seats))
		}
	}
	if r.find(`a[href="/people/trail"]`).Length() != 0 || r.find("form[action$=grant], form[action$=revoke]").Length() != 0 {
		t.Error("a viewer is offered what only an admin may do")
	}
}

func TestPeopleFilter(t *testing.T) {
	f := newFixture(t)
	f.join("zoe <b>")
	b := f.browse("viewer")
	for _, k := range []struct {
		query string
		want  int
	}{
		{"q=zoe", 1}, {"q=ZOE+%3Cb", 1}, {"q=%25", 0}, {"q=%00nobody", 0}, {"q=owner%40example", 1},
		{"right=auditor", 1}, {"right=sre", 2}, {"right=nonsense", len(f.people)}, {"page=7", 0}, {"page=x", len(f.people)},
	} {
		r := b.get("/people?" + k.query).want(200)
		if n := r.find("main table.pin tbody tr").Length(); n != k.want {
			t.Errorf("?%s: %d people, want %d", k.query, n, k.want)
		}
		if k.want == 0 && r.find(`.empty a[href="/people"]`).Length() != 1 {
			t.Errorf("?%s: no way out of an empty list", k.query)
		}
	}
	b.get("/people?person=99999").want(404)
}

func TestPeoplePages(t *testing.T) {
	f := newFixture(t)
	for i := range 100 {
		f.join(fmt.Sprintf("x%03d", i))
	}
	b := f.browse("viewer")
	r := b.get("/people").want(200)
	if n := r.find("main table.pin tbody tr").Length(); n != 100 {
		t.Fatalf("%d rows", n)
	}
	r = b.get(r.one("a[rel=next]").AttrOr("href", "")).want(200)
	if n := r.find("main table.pin tbody tr").Length(); n != len(f.people)-100 {
		t.Errorf("%d rows on the second page", n)
	}
}

func TestPeopleIsForThoseWhoMay(t *testing.T) {
	f := newFixture(t)
	for name, want := range map[string][2]int{
		"admin": {200, 200}, "auditor": {200, 200}, "manager": {200, 403}, "viewer": {200, 403}, "sre": {200, 403}, "outsider": {403, 403},
	} {
		b := f.browse(name)
		b.get("/people").want(want[0])
		b.get("/people/trail").want(want[1])
		if name != "admin" {
			b.post(page.GrantURL(f.person("outsider")), "right", "role:admin", "project", "").want(403)
			b.post(page.RevokeURL(f.person("admin")), "right", "role:admin", "project", "", "reason", "x").want(403)
		}
	}
	if a := f.actor("outsider"); len(a.Roles) != 0 {
		t.Errorf("rights given by those who may not: %+v", a)
	}
}

func TestGrantAndRevoke(t *testing.T) {
	f := newFixture(t)
	key := f.create("secret", func(p *review.NewProject) { p.Restricted = true })
	b := f.browse("admin")
	target := f.person("outsider")
	show := b.get(page.PersonURL(target)).want(200)
	show.fillIn(page.GrantURL(target), map[string][]string{"right": {"role:manager"}}).want(303)
	show.fillIn(page.GrantURL(target), map[string][]string{"right": {"seat:security"}, "project": {string(key)}}).want(303)
	a := f.actor("outsider")
	if !a.HasRole(review.RoleManager) || !a.Sits(plan.SeatSecurity, f.project(key).ID) || a.Sits(plan.SeatSecurity, 999) {
		t.Fatalf("rights: %+v", a)
	}
	show = b.get(page.PersonURL(target)).want(200)
	if got := words(show.one("#rights tbody")); !strings.Contains(got, "granted by "+f.name("admin")) || !strings.Contains(got, "Project secret") {
		t.Errorf("rights as shown: %s", got)
	}
	// The project's name is hidden from those who may not see it.
	if got := f.browse("viewer").get("/people").want(200); strings.Contains(got.Body, "secret") {
		t.Error("the directory names a restricted project")
	}
	b.post(page.RevokeURL(target), "right", "seat:security", "project", string(key), "reason", "Left the <team>").want(303)
	b.post(page.RevokeURL(target), "right", "role:manager", "project", "", "reason", "").want(303)
	if a := f.actor("outsider"); len(a.Roles)+len(a.Seats) != 0 {
		t.Errorf("rights after revoking: %+v", a)
	}
	trail := b.get("/people/trail").want(200)
	first := trail.find(".time-line li").Eq(1)
	if got := words(first); !strings.Contains(got, "Security seat in the project "+f.project(key).Name) || !strings.Contains(got, "Left the <team>") {
		t.Errorf("trail: %s", got)
	}
	if href := first.Find("a").AttrOr("href", ""); href != "/projects/secret" {
		t.Errorf("trail leads to %q", href)
	}
	// A second press changes nothing more.
	before := trail.find(".time-line li").Length()
	b.post(page.RevokeURL(target), "right", "role:manager", "project", "", "reason", "").want(303)
	if n := b.get("/people/trail").find(".time-line li").Length(); n != before {
		t.Error("revoking twice wrote twice")
	}
}

func TestGrantRefusesBadInput(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	b := f.browse("admin")
	target := f.person("viewer")
	for _, k := range []struct {
		url    string
		fields []string
		status int
		says   string
	}{
		{page.GrantURL(target), []string{"right", "", "project", ""}, 422, "Choose a role or a seat"},
		{page.GrantURL(target), []string{"right", "role:emperor"}, 422, "Choose a role or a seat"},
		{page.GrantURL(target), []string{"right", "admin"}, 422, "Choose a role or a seat"},
		{page.GrantURL(target), []string{"right", "role:admin", "project", "ledger"}, 422, "everywhere"},
		{page.GrantURL(target), []string{"right", "seat:sre", "project", "nothing"}, 422, "not the name or key of one project"},
		{page.GrantURL(target), []string{"right", "seat:sre", "project", "a\x00b"}, 422, "not the name or key of one project"},
		{page.GrantURL(999999), []string{"right", "role:admin"}, 404, ""},
		{"/people/0/grant", []string{"right", "role:admin"}, 404, ""},
		{"/people/x/grant", []string{"right", "role:admin"}, 404, ""},
		{page.GrantURL(f.person("admin")), []string{"right", "role:manager"}, 403, "own rights"},
		{page.RevokeURL(f.person("admin")), []string{"right", "role:admin", "reason", "x"}, 403, "own rights"},
		{page.RevokeURL(target), []string{"right", "role:viewer", "reason", "x"}, 409, "group"},
		{page.RevokeURL(target), []string{"right", "role:viewer", "reason", strings.Repeat("x", 5000)}, 422, "5000 characters"},
		{page.RevokeURL(target), []string{"right", "role:viewer", "reason", "a\u202eb"}, 422, "U+202E"},
	} {
		r := b.post(k.url, k.fields...).want(k.status)
		if !strings.Contains(r.text(), k.says) {
			t.Errorf("%s %.60v: %.300s", k.url, k.fields, r.text())
		}
	}
	r := b.post(page.GrantURL(target), "right", "seat:sre", "project", "nothing").want(422)
	if got := r.form(page.GrantURL(target)); got.Get("right") != "seat:sre" || got.Get("project") != "nothing" {
		t.Errorf("what was typed is lost: %v", got)
	}
	if a := f.actor("viewer"); len(a.Roles) != 1 || len(a.Seats) != 0 {
		t.Errorf("rights after refusals: %+v", a)
	}
}

func TestRevokedSeatSignsNothing(t *testing.T) {
	f := newFixture(t)
	admin, holder := f.browse("admin"), f.browse("outsider")
	admin.post(page.GrantURL(f.person("outsider")), "right", "seat:sre").want(303)
	holder.get("/people").want(200)
	admin.post(page.RevokeURL(f.person("outsider")), "right", "seat:sre", "reason", "Moved").want(303)
	holder.get("/people").want(403) // at once, in the session that is open
}

func TestOwnRightsShowNoForms(t *testing.T) {
	f := newFixture(t)
	r := f.browse("admin").get(page.PersonURL(f.person("admin"))).want(200)
	if r.find("form[action$=grant], form[action$=revoke]").Length() != 0 || !strings.Contains(r.text(), "own rights") {
		t.Errorf("an admin's own page: %s", r.text())
	}
}

func TestRevokeKeepsTheReason(t *testing.T) {
	f := newFixture(t)
	b := f.browse("admin")
	target := f.person("viewer")
	b.post(page.GrantURL(target), "right", "seat:qa").want(303)
	long := strings.Repeat("x", review.MaxReason+1)
	r := b.post(page.RevokeURL(target), "right", "seat:qa", "project", "", "reason", long).want(422)
	if got := r.one("#f-reason").AttrOr("value", ""); got != long {
		t.Errorf("%d characters came back", len(got))
	}
	if r.find(`.errors a[href="#f-reason"]`).Length() != 1 {
		t.Error("the summary does not lead to the reason")
	}
}
