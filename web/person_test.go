package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/devstack"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

func TestBlockingAPerson(t *testing.T) {
	f := newFixture(t)
	admin, holder := f.browse("admin"), f.browse("sre")
	id := f.person("sre")
	for _, name := range []string{"manager", "auditor", "viewer"} {
		f.browse(name).post(page.BlockURL(id), "reason", "x").want(403)
		f.browse(name).post(page.EraseURL(id), "reason", "x", "sure", "yes").want(403)
		if n := f.browse(name).get(page.PersonURL(id)).want(200).find("#account").Length(); n != 0 {
			t.Errorf("a %s is offered to block people", name)
		}
	}
	admin.post(page.BlockURL(f.person("admin")), "reason", "Me.").want(403)
	shown := admin.get(page.PersonURL(id)).want(200)
	if got := words(shown.one("#account")); !strings.Contains(got, "Signed in, in 1 session.") {
		t.Errorf("the account says %q", got)
	}
	empty := shown.submit(page.BlockURL(id), "reason", " ").want(422)
	if empty.find(`.errors a[href="#f-block-reason"]`).Length() != 1 || empty.one("#f-block-reason").AttrOr("aria-invalid", "") != "true" {
		t.Error("a missing reason is not said at its field")
	}
	holder.get("/people").want(200)
	after := shown.submit(page.BlockURL(id), "reason", "Left the <company>.").follow().want(200)
	if got := after.text(); !strings.Contains(got, "Blocked since") || !strings.Contains(got, "by "+f.name("admin")) || !strings.Contains(got, "Left the <company>.") {
		t.Errorf("the page says %q", got)
	}
	holder.get("/people").want(303)
	holder.get("/account").want(303)
	if got := f.browse("viewer").get(page.PersonURL(id)).text(); strings.Contains(got, "<company>") || !strings.Contains(got, "Blocked since") {
		t.Errorf("others read %q", got)
	}
	if n := f.browse("manager").get("/projects/new").want(303).follow(); strings.Contains(n.text(), f.name("sre")) {
		t.Error("a blocked person is offered for a project")
	}
	after.submit(page.UnblockURL(id), "reason", "Came back.").want(303)
	f.browse("sre").get("/people").want(200)
	trail := admin.get(page.RightsURL).text()
	for _, want := range []string{"blocked Sre Person and ended all their sessions", "unblocked Sre Person", "Came back."} {
		if !strings.Contains(trail, want) {
			t.Errorf("the trail of rights does not say %q: %s", want, trail)
		}
	}
}

// Whom an admin has blocked the provider still vouches for; Slipway does not let
// them in.
func TestABlockedPersonCannotSignIn(t *testing.T) {
	c, _ := newCompany(t, false)
	b := c.surf(t)
	b.signIn("hana", "/")
	v := b.who()
	_, err := c.Store.ChangeRights(context.Background(), c.as("admin"), v.Actor.Person, func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Block(who, "Left.", at)
	})
	if err != nil {
		t.Fatal(err)
	}
	again := c.surf(t)
	last := again.get(again.atProvider("hana", "/"))
	if last.StatusCode != 403 || !strings.Contains(last.body, "An admin has blocked your account") || again.cookie(c.cookies.sessionName) != "" {
		t.Errorf("status %d: %s", last.StatusCode, last.body)
	}
	b.get("/people").to(t)
}

func TestErasingAPerson(t *testing.T) {
	f := newFixture(t)
	admin := f.browse("admin")
	key := f.create("ledger")
	id := f.person("member")
	item := f.tmpl.Stages[0].Items[0].Key
	f.change("member", key, f.tmpl.Stages[0].Key, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, f.tmpl.Stages[0].Key, item, review.Met, "Look here.", 0, at)
	})
	shown := admin.get(page.PersonURL(id)).want(200)
	unsure := shown.submit(page.EraseURL(id), "reason", "Asked <by> mail.").want(422)
	if got := unsure.one("#f-erase-reason").Text(); got != "Asked <by> mail." || unsure.find(`.errors a[href="#f-erase-sure"]`).Length() != 1 {
		t.Errorf("the reason came back as %q", got)
	}
	former := store.FormerMember(id)
	after := admin.post(page.EraseURL(id), "reason", "Asked by mail.", "sure", "yes").follow().want(200)
	if got := after.text(); !strings.Contains(got, former) || strings.Contains(got, "member@example.test") || strings.Contains(got, f.name("member")) {
		t.Errorf("the page says %q", got)
	}
	if after.find("#account, #grant").Length() != 0 {
		t.Error("an erased person can be changed")
	}
	for _, path := range []string{page.ItemURL(key, f.tmpl.Stages[0].Key, item), page.HistoryURL(key), page.ReportURL(key), page.RightsURL, "/people"} {
		if got := admin.get(path).want(200); !strings.Contains(got.Body, former) || strings.Contains(got.Body, f.name("member")) {
			t.Errorf("%s still has the name, or not the number", path)
		}
	}
	if again := f.join("member"); again == id {
		t.Error("the same account is the erased person again")
	}
	admin.post(page.EraseURL(id), "reason", "Again.", "sure", "yes").want(404)
}

func TestOwnAccount(t *testing.T) {
	f := newFixture(t)
	here, there := f.browse("outsider"), f.browse("outsider")
	shown := here.get("/account").want(200) // without any right
	if n := shown.find("#sessions tbody tr").Length(); n != 2 {
		t.Fatalf("%d sessions", n)
	}
	shown.one(`.menu a[href="/account"]`)
	stranger := f.browse("viewer")
	other := shown.one(`form[action="/account/sessions/end"] input`).AttrOr("value", "")
	stranger.post("/account/sessions/end", "session", other).want(303)
	there.get("/account").want(200)
	if got := shown.submit("/account/sessions/end").follow().text(); !strings.Contains(got, "The session has ended.") {
		t.Errorf("afterwards %q", got)
	}
	there.get("/account").want(303)
	third := f.browse("outsider")
	here.get("/account").submit("/account/sessions/end-others").want(303)
	third.get("/account").want(303)
	here.get("/account").want(200)
	stranger.get("/account").want(200)
	for _, id := range []string{"", "x", "-1", "0", "99999999999999999999"} {
		here.post("/account/sessions/end", "session", id).want(303)
	}
	here.get("/account").want(200)
}

func TestBrowserOf(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                 "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0":          "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                  "Safari on Mac",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/139.0 Mobile/15E148 Safari/604.1": "Chrome on iPhone",
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36":                  "Chrome on Android",
		"": "", "<script>": "",
	} {
		if got := browserOf(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}

// What hangs on a leaver is listed, each a link, and handed over: where that is
// refused the page says so, and the rest is done.
func TestHandingOver(t *testing.T) {
	f := newFixture(t)
	one, two := f.create("one"), f.create("two")
	stage, item := f.tmpl.Stages[0].Key, f.tmpl.Stages[0].Items[0].Key
	for _, key := range []review.ProjectKey{one, two} {
		f.change("owner", key, stage, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Assign(who, stage, item, f.person("owner"), "2027-01-01", at)
		})
	}
	id := f.person("owner")
	// The deputy manages both; of "two" they are not any more when the form is sent.
	deputy := f.browse("deputy")
	shown := deputy.get(page.PersonURL(id)).want(200)
	left := shown.one("#left")
	if left.Find(`a[href="`+page.ItemURL(one, stage, item)+`"]`).Length() != 1 || left.Find(`a[href="/projects/two"]`).Length() != 1 || !strings.Contains(words(left), "Owner 1 item") {
		t.Errorf("what hangs on the owner: %s", words(left))
	}
	f.change("owner", two, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.person("deputy"), review.DutyMember, at)
	})
	heir := fmt.Sprint(f.person("viewer"))
	bad := shown.fillIn(page.HandOverURL(id), url.Values{"to": {heir}, "reason": {""}}).want(422)
	if bad.find(`.errors a[href="#f-hand-reason"]`).Length() != 1 || bad.one("#f-hand-to option[selected]").AttrOr("value", "") != heir {
		t.Error("a missing reason loses what was typed")
	}
	deputy.post(page.HandOverURL(id), "project", "one", "to", "999999", "reason", "Left.").want(422)
	deputy.post(page.HandOverURL(id), "to", heir, "reason", "Left.").want(422)
	r := shown.fillIn(page.HandOverURL(id), url.Values{"to": {heir}, "reason": {"They left."}, "leave": {"yes"}}).want(409)
	if got := words(r.one("#left")); !strings.Contains(got, "Only the project's owner") {
		t.Errorf("the refusal: %s", got)
	}
	p := f.project(one)
	if p.Holder(review.DutyOwner) != f.person("viewer") || p.Duty(id) != "" {
		t.Errorf("members of one: %+v", p.Members)
	}
	if a := f.stage(one, stage).Item(item).Assignee; a != f.person("viewer") {
		t.Errorf("the item is with %d", a)
	}
	if p := f.project(two); p.Holder(review.DutyOwner) != id {
		t.Errorf("members of two: %+v", p.Members)
	}
	if got := deputy.get(page.HistoryURL(one)).text(); !strings.Contains(got, "They left.") {
		t.Errorf("the trail: %s", got)
	}
	// Nobody learns of a hidden project.
	f.create("secret", func(in *review.NewProject) { in.Restricted = true })
	if got := f.browse("viewer").get(page.PersonURL(id)); strings.Contains(got.Body, "secret") {
		t.Error("what hangs on somebody names a restricted project")
	}
	if got := f.browse("viewer").post(page.HandOverURL(id), "project", "secret", "to", heir, "reason", "x").want(409).text(); !strings.Contains(got, "handed over everywhere") {
		t.Errorf("a hidden project: %s", got)
	}
}

// Documents go to whoever takes over with the rest, from those who may give them.
func TestDocumentsAreHandedOver(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	librarian, owned := f.browse("librarian"), "House rules"
	librarian.post(page.LibraryURL, "key", "house", "name", owned, "from", f.ref.Key, "version", fmt.Sprint(f.ref.Version)).want(303)
	saved := librarian.get(page.DraftURL("house")+"/publish").want(200).one("[name=saved]").AttrOr("value", "")
	librarian.post(page.DraftURL("house")+"/publish", "saved", saved, "reason", "Ours.").want(303)
	id, heir := f.person("librarian"), fmt.Sprint(f.person("viewer"))
	if got := f.browse("viewer").get(page.PersonURL(id)).want(200).one("#left"); !strings.Contains(words(got), owned) || got.Find("input").Length() != 0 {
		t.Errorf("a reader sees %s", words(got))
	}
	admin := f.browse("admin")
	form := admin.get(page.PersonURL(id)).want(200)
	form.fillIn(page.HandOverURL(id), url.Values{"to": {""}, "reason": {"Left."}}).want(422)
	f.browse("viewer").post(page.HandOverURL(id), "document", "house", "to", heir, "reason", "Mine.").want(403)
	form.fillIn(page.HandOverURL(id), url.Values{"to": {heir}, "reason": {"Left."}}).want(303)
	if got := words(admin.get(page.PersonURL(f.person("viewer"))).want(200).one("#left")); !strings.Contains(got, owned) {
		t.Errorf("the successor answers for %s", got)
	}
	admin.post(page.HandOverURL(id), "document", "house", "to", fmt.Sprint(f.person("owner")), "reason", "Late.").want(303)
	if got := words(admin.get(page.PersonURL(f.person("owner"))).want(200).one("#left")); strings.Contains(got, owned) {
		t.Error("a form from before takes a document from whoever has it now")
	}
}

func TestNamesakes(t *testing.T) {
	f := newFixture(t)
	ids := []review.PersonID{}
	for _, subject := range []string{"hana-1", "hana-2"} {
		id, err := f.Store.Join(t.Context(), store.Identity{Issuer: testIssuer, Subject: subject, Name: "Hana Sato", Email: "hana@example.test", Rights: []review.Right{{Seat: plan.SeatQA}}}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	key := f.create("ledger")
	f.change("manager", key, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, ids[0], review.DutyOwner, at)
	})
	admin := f.browse("admin")
	want := fmt.Sprintf("Hana Sato (person %d)", ids[0])
	for _, path := range []string{"/people", page.ProjectURL(key), page.HistoryURL(key)} {
		if got := admin.get(path).text(); !strings.Contains(got, want) {
			t.Errorf("%s does not tell the two apart", path)
		}
	}
	if got := admin.get(page.PersonURL(ids[0])).text(); !strings.Contains(got, "may be one person") || !strings.Contains(got, fmt.Sprintf("Hana Sato (person %d)", ids[1])) {
		t.Errorf("an admin is not warned: %s", got)
	}
	if n := admin.get("/people").find(".note-box a").Length(); n != 2 {
		t.Errorf("%d accounts to look at", n)
	}
	if f.browse("viewer").get("/people").find(".note-box").Length() != 0 {
		t.Error("others are told of unclear accounts")
	}
}

// The person and the admins are told why rights do not count.
func TestUnknownGroupsAreTold(t *testing.T) {
	c, _ := newCompany(t, false)
	b := c.surf(t)
	b.signIn("hana", "/")
	if !b.who().Actor.Sits(plan.SeatSRE, 1) {
		t.Fatal("no seat from the group")
	}
	hana := devstack.Person{ID: "hana", Name: "Hana Sato", Email: "hana@slipway.example"}
	for i := range 1001 {
		hana.Groups = append(hana.Groups, fmt.Sprintf("g%04d", i))
	}
	c.employ(hana)
	late := c.surf(t)
	late.signIn("hana", "/")
	if late.who().Actor.Sits(plan.SeatSRE, 1) || !b.who().Actor.Sits(plan.SeatSRE, 1) {
		t.Error("the seat counts in the wrong session")
	}
	if got := late.get("/account").want(t, 200); !strings.Contains(got.body, "named more than 1,000 groups") {
		t.Error("the person is not told")
	}
	admin := c.browse("admin")
	id := late.who().Actor.Person
	if got := admin.get(page.PersonURL(id)).text(); !strings.Contains(got, "Nothing was revoked") {
		t.Errorf("the admin is not told: %s", got)
	}
	trail := admin.get(page.RightsURL).text()
	if strings.Contains(trail, "no longer in the group") || !strings.Contains(trail, "signed in without rights from groups, because the sign-in service named more than 1,000 groups") {
		t.Errorf("the trail says %s", trail)
	}
}
