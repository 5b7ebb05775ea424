package web

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// itemAt is a place to test: a project with its first must.
func (f *fixture) itemAt(key string) (review.ProjectKey, plan.StageKey, plan.ItemKey) {
	f.t.Helper()
	p := f.create(key)
	sk, ik := f.pick(0, plan.LevelMust, 0)
	return p, sk, ik
}

// def is an item's definition.
func (f *fixture) def(sk plan.StageKey, ik plan.ItemKey) *plan.Item {
	f.t.Helper()
	s := &f.tmpl.Stages[f.tmpl.StageIndex(sk)]
	for i := range s.Items {
		if s.Items[i].Key == ik {
			return &s.Items[i]
		}
	}
	f.t.Fatalf("no item %s", ik)
	return nil
}

func TestItemPageSaysWhatIsAsked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	d := f.def(sk, ik)
	r := f.browse("member").get(page.ItemURL(p, sk, ik)).want(200)
	if words(r.one("h1")) != d.Title || !strings.Contains(r.text(), strings.Join(strings.Fields(d.Guidance), " ")) {
		t.Errorf("page: %s", r.text())
	}
	for _, form := range []string{page.AnswerURL(p, sk, ik) + "?from=item", page.EvidenceURL(p, sk, ik), page.AssignURL(p, sk, ik), page.CommentsURL(p, sk, ik)} {
		r.one(`form[method=post][action="` + form + `"]:not(#paste)`)
	}
	r.one(`form#paste[method=post][action="` + page.EvidenceURL(p, sk, ik) + `"] textarea[name=links]`)
	if got := r.find("#answer input[checked]").AttrOr("value", ""); got != "open" {
		t.Errorf("chosen: %q", got)
	}
	if r.find("a[rel=prev]").Length() != 0 || r.find("a[rel=next]").First().AttrOr("href", "") == "" {
		t.Error("neighbours of the first item")
	}
	first := string(d.Evidence[0])
	if got := r.find("#f-kind option").First().AttrOr("value", ""); got != first {
		t.Errorf("the first kind offered is %q, the item demands %q", got, first)
	}
}

func TestReadersOfAnItemGetNoForms(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	f.tick("member", p, sk, ik, review.NotMet, "Two lines\nof reasons")
	r := f.browse("auditor").get(page.ItemURL(p, sk, ik)).want(200)
	if n := r.find("main form").Length(); n != 0 {
		t.Errorf("an auditor sees %d forms", n)
	}
	if got := r.one("#note").Text(); got != "Two lines\nof reasons" {
		t.Errorf("note: %q", got)
	}
	r = f.browse("viewer").get(page.ItemURL(p, sk, ik)).want(200)
	r.one(`main form[action="` + page.CommentsURL(p, sk, ik) + `"]`)
	if r.find("#answer form, #evidence form, #assign").Length() != 0 {
		t.Error("a viewer may only comment")
	}
}

func TestItemThatDoesNotApply(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("starter", func(in *review.NewProject) { in.Tier = plan.TierStarter })
	s := f.stage(p, f.tmpl.Stages[0].Key)
	for i := range s.Items {
		if s.Items[i].Level != plan.LevelNone {
			continue
		}
		r := f.browse("owner").get(page.ItemURL(p, s.Def.Key, s.Items[i].Def.Key)).want(200)
		if r.find("main form").Not("#level form").Length() != 0 || !strings.Contains(r.text(), "Does not apply") {
			t.Errorf("page: %s", r.text())
		}
		f.browse("owner").post(page.AnswerURL(p, s.Def.Key, s.Items[i].Def.Key)+"?version=0", "answer", "met").want(409)
		return
	}
	t.Fatal("every item applies")
}

func TestEvidenceIsLinkedAndRemoved(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	b := f.browse("member")
	kind := string(f.def(sk, ik).Evidence[0])
	fields := []string{"url", "https://wiki.example.test/a?b=1&c=2", "title", "Scope & <plan>", "kind", kind, "effective", "2026-01-31", "expires", "", "commit", "abc123"}
	r := b.post(page.EvidenceURL(p, sk, ik), fields...).want(303)
	if !strings.HasPrefix(r.Header.Get("Location"), page.ItemURL(p, sk, ik)) {
		t.Errorf("leads to %s", r.Header.Get("Location"))
	}
	r = r.follow().want(200)
	r.one("main[data-saved]")
	link := r.one("#evidence td a")
	if link.AttrOr("href", "") != "https://wiki.example.test/a?b=1&c=2" || link.AttrOr("rel", "") != "noopener noreferrer nofollow" || link.Text() != "Scope & <plan>" {
		t.Errorf("link: %s", words(link))
	}
	if row := words(r.one("#evidence tbody tr")); !strings.Contains(row, f.name("member")) || !strings.Contains(row, "31 Jan 2026") || !strings.Contains(row, "abc123") {
		t.Errorf("row: %s", row)
	}
	seq := f.seq(p)
	b.post(page.EvidenceURL(p, sk, ik), fields...).want(303)
	if f.seq(p) != seq {
		t.Error("the same link twice is a change")
	}
	remove := r.one(`#evidence form[action$="/remove"]`).AttrOr("action", "")
	if r = b.post(remove).want(303).follow().want(200); r.find("#evidence td a").Length() != 0 || !strings.Contains(words(r.one("#history")), "removed evidence 1") {
		t.Error("the link is still there, or its removal left no trace")
	}
	b.post(remove).want(303)
	b.post(page.RemoveEvidenceURL(p, sk, ik, 9)).want(404)
	b.post(page.EvidenceURL(p, sk, ik) + "/zero/remove").want(404)
	b.post(remove, "sure", "yes").want(422)
}

func TestBadEvidenceComesBackWithItsFaults(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	b := f.browse("member")
	seq := f.seq(p)
	cases := []struct{ name, field, url, kind, title, effective, expires string }{
		{"javascript", "url", "javascript:alert(1)", "doc", "T", "", ""},
		{"data", "url", "data:text/html,x", "doc", "T", "", ""},
		{"http", "url", "http://wiki.example.test/", "doc", "T", "", ""},
		{"file", "url", "file:///etc/passwd", "doc", "T", "", ""},
		{"credentials", "url", "https://me:secret@wiki.example.test/", "doc", "T", "", ""},
		{"no link", "url", "", "doc", "T", "", ""},
		{"markup as a host", "url", `https://"><script>/`, "doc", "T", "", ""},
		{"kind", "kind", "https://wiki.example.test/", "gossip", "T", "", ""},
		{"long title", "title", "https://wiki.example.test/", "doc", strings.Repeat("t", 10_000), "", ""},
		{"before 1970", "effective", "https://wiki.example.test/", "doc", "T", "1969-12-31", ""},
		{"year 10000", "expires", "https://wiki.example.test/", "doc", "T", "", "10000-01-01"},
		{"future", "effective", "https://wiki.example.test/", "doc", "T", "2190-01-01", ""},
		{"expires first", "expires", "https://wiki.example.test/", "doc", "T", "2026-02-02", "2026-02-01"},
		{"no date", "expires", "https://wiki.example.test/", "doc", "T", "", "soon"},
	}
	for _, c := range cases {
		r := b.post(page.EvidenceURL(p, sk, ik), "url", c.url, "title", c.title, "kind", c.kind, "effective", c.effective, "expires", c.expires, "commit", "kept")
		if r.Status != 422 {
			t.Errorf("%s: status %d", c.name, r.Status)
			continue
		}
		if r.find(`.errors a[href="#f-`+c.field+`"]`).Length() != 1 || r.find("#f-"+c.field+"[aria-invalid]").Length() != 1 {
			t.Errorf("%s: no fault at %s: %s", c.name, c.field, words(r.find(".errors")))
		}
		for name, want := range map[string]string{"url": c.url, "title": c.title, "effective": c.effective, "expires": c.expires, "commit": "kept"} {
			if got := r.find("#f-"+name).AttrOr("value", ""); got != want {
				t.Errorf("%s: %s comes back as %.80q", c.name, name, got)
			}
		}
		if r.find("title").Text()[:6] != "Error:" || r.find("#evidence details[open]").Length() != 1 {
			t.Errorf("%s: the form is folded or the title quiet", c.name)
		}
	}
	b.post(page.EvidenceURL(p, sk, ik), "url", "https://wiki.example.test/", "kind", "doc", "owner", "1").want(422)
	if f.seq(p) != seq {
		t.Error("refused evidence changed something")
	}
}

func TestCommentsAreAddedOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	b := f.browse("viewer")
	once := b.get(page.ItemURL(p, sk, ik)).one("#discussion input[name=once]").AttrOr("value", "")
	if again := b.get(page.ItemURL(p, sk, ik)).one("#discussion input[name=once]").AttrOr("value", ""); once == "" || once == again {
		t.Errorf("keys %q and %q", once, again)
	}
	for range 2 {
		b.post(page.CommentsURL(p, sk, ik), "text", "Is it so?\n<b>Really</b>?", "once", once).want(303)
	}
	r := b.get(page.ItemURL(p, sk, ik))
	if got := strings.TrimSpace(r.one(".comments li .md").Text()); got != "Is it so?\n<b>Really</b>?" {
		t.Errorf("comment: %q", got)
	}
	r = b.post(page.CommentsURL(p, sk, ik), "text", " \u200b ", "once", "k2").want(422)
	r.one(`.errors a[href="#f-text"]`)
	r = b.post(page.CommentsURL(p, sk, ik), "text", "bad \u202e text", "once", "k2").want(422)
	if r.one("#f-text").Text() != "bad \u202e text" || r.one("#discussion input[name=once]").AttrOr("value", "") != "k2" {
		t.Error("the comment or its key is lost")
	}
	r = f.browse("auditor").post(page.CommentsURL(p, sk, ik), "text", "my long thought", "once", "k3").want(403)
	if got := r.one("#f-kept-comment").Text(); got != "my long thought" {
		t.Errorf("the comment is lost: %q", got)
	}
}

func TestAssignment(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	b := f.browse("manager")
	r := b.get(page.ItemURL(p, sk, ik)).want(200)
	if got := r.find("#f-person option").Length(); got != len(f.people)+1 {
		t.Errorf("%d people to choose from, want %d and nobody", got-1, len(f.people))
	}
	member := strconv.FormatInt(int64(f.person("member")), 10)
	r = b.post(page.AssignURL(p, sk, ik), "person", member, "due", "2026-12-04").follow().want(200)
	if !strings.Contains(r.text(), f.name("member")+", due 4 Dec 2026") {
		t.Errorf("page: %s", r.text())
	}
	if got := r.one("#f-person option[selected]").AttrOr("value", ""); got != member {
		t.Errorf("chosen: %q", got)
	}
	seq := f.seq(p)
	for field, form := range map[string][]string{
		"person": {"person", "nobody-known", "due", ""}, "due": {"person", member, "due", "1969-01-01"},
	} {
		r := b.post(page.AssignURL(p, sk, ik), form...).want(422)
		r.one(`.errors a[href="#f-` + field + `"]`)
		r.one("#assign details[open]")
	}
	r = b.post(page.AssignURL(p, sk, ik), "person", "999999", "due", "").want(422)
	r.one(`.errors a[href="#f-person"]`)
	r = b.post(page.AssignURL(p, sk, ik), "person", "", "due", "2026-12-05").want(422)
	if r.one("#f-due").AttrOr("value", "") != "2026-12-05" {
		t.Error("the date is lost")
	}
	f.browse("viewer").post(page.AssignURL(p, sk, ik), "person", member, "due", "").want(403)
	if f.seq(p) != seq {
		t.Error("a refused assignment changed something")
	}
	b.post(page.AssignURL(p, sk, ik), "person", "", "due", "").want(303)
	if it := f.stage(p, sk).Item(ik); it.Assignee != 0 {
		t.Errorf("still assigned to %d", it.Assignee)
	}
}

// Somebody without a role may not see the directory, but works on the project.
func TestMembersAssignAmongThemselves(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	b := f.browse("member")
	r := b.get(page.ItemURL(p, sk, ik)).want(200)
	if got := r.find("#f-person option").Length(); got != 4 {
		t.Errorf("%d choices, want nobody, owner, deputy and member", got)
	}
	b.post(page.AssignURL(p, sk, ik), "person", strconv.FormatInt(int64(f.person("owner")), 10), "due", "").want(303)
}

func TestPeopleAreFoundByName(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	r := f.browse("owner").get(page.ItemURL(p, sk, ik) + "?who=sec").want(200)
	if r.find("#f-person option:contains('"+f.name("security")+"')").Length() != 1 || r.find("#f-person option").Length() > 4 {
		t.Errorf("choices: %s", words(r.one("#f-person")))
	}
	if r.one("#assign input[name=who]").AttrOr("value", "") != "sec" {
		t.Error("the search is lost")
	}
}

func TestApprovalOfNotApplicable(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	seats := f.tmpl.Stages[0].Gate.Policy(plan.TierCritical, nil).Seats
	var stranger plan.Seat
	for _, s := range plan.Seats() {
		if !contains(seats, s) {
			stranger = s
		}
	}
	f.tick("member", p, sk, ik, review.NotApplicable, "No such data.")
	approve := `form[action="` + page.ApproveURL(p, sk, ik) + `"]`
	b := f.browse(string(seats[0]))
	form := b.get(page.ItemURL(p, sk, ik)).want(200).one(approve)
	version := form.Find("[name=version]").AttrOr("value", "")
	seq := f.seq(p)
	for _, name := range []string{"member", "admin", string(stranger)} {
		if f.browse(name).get(page.ItemURL(p, sk, ik)).find(approve).Length() != 0 {
			t.Errorf("%s is offered the approval", name)
		}
		f.browse(name).post(page.ApproveURL(p, sk, ik), "version", version).want(403)
	}
	b.post(page.ApproveURL(p, sk, ik), "version", "0").want(409)
	b.post(page.ApproveURL(p, sk, ik), "version", "").want(422)
	b.post(page.ApproveURL(p, sk, ik), "version", version, "note", "x").want(422)
	if f.seq(p) != seq {
		t.Error("a refused approval changed something")
	}
	if got := f.browse("member").get(page.StageURL(p, sk) + "?show=approval").find(".items > li").Length(); got != 1 {
		t.Errorf("%d rows wait for approval", got)
	}
	b.post(page.ApproveURL(p, sk, ik), "version", version).want(303)
	if a := f.answerOf(p, sk, ik); a.ApprovedBy != f.person(string(seats[0])) {
		t.Errorf("approved by %d", a.ApprovedBy)
	}
	r := b.get(page.ItemURL(p, sk, ik)).want(200)
	if r.find(approve).Length() != 0 || !strings.Contains(words(r.one("#answer")), "Approved as not applicable by "+f.name(string(seats[0]))) {
		t.Errorf("page: %s", words(r.one("#answer")))
	}
}

func contains(seats []plan.Seat, s plan.Seat) bool {
	for _, x := range seats {
		if x == s {
			return true
		}
	}
	return false
}

// A seat that was revoked a second ago approves nothing.
func TestRevokedSeatDoesNotApprove(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	seat := f.tmpl.Stages[0].Gate.Policy(plan.TierCritical, nil).Seats[0]
	f.tick("member", p, sk, ik, review.NotApplicable, "No such data.")
	b := f.browse(string(seat))
	b.get(page.ItemURL(p, sk, ik)).one(`form[action="` + page.ApproveURL(p, sk, ik) + `"]`)
	f.join(string(seat), review.Right{Role: review.RoleViewer})
	b.post(page.ApproveURL(p, sk, ik), "version", "1").want(403)
	if a := f.answerOf(p, sk, ik); a.ApprovedBy != 0 {
		t.Error("the approval went through")
	}
}

func TestItemHistoryIsToldNewestFirst(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	f.tick("member", p, sk, ik, review.Met, "")
	f.tick("deputy", p, sk, ik, review.NotMet, "It broke.")
	var told []string
	r := f.browse("viewer").get(page.ItemURL(p, sk, ik)).want(200)
	r.find("#history .time-line > li").Each(func(_ int, s *goquery.Selection) { told = append(told, words(s)) })
	want := []string{
		f.name("deputy") + " changed the answer from met to not met for this item just now It broke.",
		f.name("member") + " answered met for this item just now",
	}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("told:\n%s", strings.Join(told, "\n"))
	}
}

// The forms of the item's page against another project, another site, an ended
// session and a project that is hidden.
func TestItemFormsKeepStrangersOut(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	hidden := f.create("hidden", func(in *review.NewProject) { in.Restricted = true })
	_, elsewhere := f.pick(1, plan.LevelMust, 0)
	forged := f.stranger()
	forged.setCookie(f.cookies.sessionName, "made-up")
	seq, hiddenSeq := f.seq(p), f.seq(hidden)
	type urlOf func(review.ProjectKey, plan.StageKey, plan.ItemKey) string
	for name, c := range map[string]struct {
		url    urlOf
		fields []string
		typed  string
	}{
		"answer":   {page.AnswerURL, []string{"answer", "met", "note", "typed text", "version", "0"}, "note"},
		"approve":  {page.ApproveURL, []string{"version", "0"}, ""},
		"assign":   {page.AssignURL, []string{"person", "1", "due", ""}, ""},
		"comment":  {page.CommentsURL, []string{"text", "typed text", "once", "k"}, "text"},
		"evidence": {page.EvidenceURL, []string{"url", "https://wiki.example.test/", "title", "typed text", "kind", "doc"}, "title"},
		"remove": {func(p review.ProjectKey, s plan.StageKey, i plan.ItemKey) string {
			return page.RemoveEvidenceURL(p, s, i, 1)
		}, nil, ""},
	} {
		f.browse("member").postFrom("https://evil.example.test", c.url(p, sk, ik), c.fields...).want(403)
		f.browse("outsider").post(c.url(p, sk, ik), c.fields...).want(404)
		f.browse("viewer").post(c.url(hidden, sk, ik), c.fields...).want(404)
		f.browse("owner").post(c.url(p, sk, elsewhere), c.fields...).want(404)
		r := forged.post(c.url(p, sk, ik), c.fields...).want(401)
		if c.typed != "" && r.find("[name="+c.typed+"]").Text() != "typed text" {
			t.Errorf("%s: what was typed is lost: %s", name, r.text())
		}
		if r := f.browse("owner").send("POST", c.url(p, sk, ik), "text/plain", "x"); r.Status != 415 {
			t.Errorf("%s takes text/plain: %d", name, r.Status)
		}
	}
	if f.seq(p) != seq || f.seq(hidden) != hiddenSeq {
		t.Error("a stranger changed something")
	}
}

func TestTwoPeopleOnOneItem(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	old := f.browse("owner").get(page.ItemURL(p, sk, ik)).one("#answer input[name=version]").AttrOr("value", "")
	f.tick("member", p, sk, ik, review.Met, "Theirs")
	r := f.browse("owner").post(page.AnswerURL(p, sk, ik)+"?from=item", "answer", "not-met", "note", "Mine", "version", old).want(409)
	if got := words(r.one(".versus")); !strings.Contains(got, "Theirs") || !strings.Contains(got, "Mine") {
		t.Errorf("conflict: %s", got)
	}
	if r.one(".versus a[data-keep]").AttrOr("href", "") != page.ItemURL(p, sk, ik) {
		t.Error("keep theirs leads elsewhere")
	}
}

func TestExpiringEvidenceIsMarked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	now := time.Now().UTC()
	f.change("member", p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, sk, ik, review.NewEvidence{URL: "https://wiki.example.test/", Type: f.def(sk, ik).Evidence[0], Effective: review.FormatDate(now.AddDate(0, 0, -9)), Expires: review.FormatDate(now.AddDate(0, 0, 6))}, at)
	})
	f.tick("member", p, sk, ik, review.Met, "")
	if got := words(f.browse("member").get(page.ItemURL(p, sk, ik)).one("#evidence .badge.s-warn")); !strings.HasPrefix(got, "in 6 days") {
		t.Errorf("expiry: %q", got)
	}
	r := f.browse("member").get(page.StageURL(p, sk) + "?show=expiring")
	if got := words(r.one(rowSelector(ik) + " .badge")); got != "Evidence expires in 6 days" {
		t.Errorf("flag: %q", got)
	}
}

// TestExpiredEvidenceTakesTheMetBack: the heading does not say that a must is
// met when its evidence has run out.
func TestExpiredEvidenceTakesTheMetBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	now := time.Now().UTC()
	f.change("member", p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, sk, ik, review.NewEvidence{URL: "https://wiki.example.test/", Type: f.def(sk, ik).Evidence[0], Effective: review.FormatDate(now.AddDate(0, 0, -9)), Expires: review.FormatDate(now.AddDate(0, 0, -2))}, at)
	})
	f.tick("member", p, sk, ik, review.Met, "")
	if got := words(f.browse("member").get(page.ItemURL(p, sk, ik)).one(".head .badge")); got != "Met, evidence expired" {
		t.Errorf("the heading says %q", got)
	}
}

// An item goes only to somebody who can answer it; whoever manages the
// project's people adds somebody with the assignment.
func TestAssignmentToSomebodyOutside(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	viewer := strconv.FormatInt(int64(f.person("viewer")), 10)
	form := []string{"person", viewer, "due", "2026-12-04"}
	if r := f.browse("member").post(page.AssignURL(p, sk, ik), form...).want(422); r.find("#assign button[name=join]").Length() != 0 {
		t.Error("a member is offered to add people")
	}
	r := f.browse("owner").post(page.AssignURL(p, sk, ik), form...).want(422)
	r.one(`.errors a[href="#f-person"]`)
	join := r.one("#assign button[name=join]").AttrOr("value", "")
	f.browse("member").post(page.AssignURL(p, sk, ik), append(form, "join", join)...).want(403)
	f.browse("owner").post(page.AssignURL(p, sk, ik), append(form, "join", join)...).want(303)
	if it := f.stage(p, sk).Item(ik); it.Assignee != f.person("viewer") {
		t.Errorf("assigned to %d", it.Assignee)
	}
	f.browse("viewer").get(page.ItemURL(p, sk, ik)).want(200).one("#answer form")
}

// A name in a comment that reaches nobody is told to whoever wrote it, in the
// same words whether nobody has it or its holder may not see the project.
func TestMentionsOfNobodyAreTold(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	f.restrict("ledger")
	const item = "/projects/ledger/stages/idea/items/scope-agreed"
	b := f.browse("owner")
	text := "@zed, @" + f.name("viewer") + " and @" + f.name("deputy") + ": ask @" + f.name("owner") + " or @zed"
	b.post(item+"/comments", "text", text, "once", "a").want(303)
	said := words(b.get(item).want(200).one(".note-box"))
	viewer, _, _ := strings.Cut(f.name("viewer"), " ")
	const nobody = " matches nobody who can see this project."
	if want := "Your comment is added. @zed" + nobody + " @" + viewer + nobody; !strings.HasSuffix(said, want) {
		t.Errorf("the page says %q, want %q", said, want)
	}
	if r := b.get(item).want(200); strings.Contains(r.text(), nobody) {
		t.Error("it says so again")
	}
}
