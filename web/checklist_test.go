package web

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// pick is the n-th item of a stage that is a must or a should for a project of
// tier 1, from 0.
func (f *fixture) pick(stage int, level plan.Level, n int) (plan.StageKey, plan.ItemKey) {
	f.t.Helper()
	s := &f.tmpl.Stages[stage]
	for i := range s.Items {
		d := &s.Items[i]
		if d.LevelFor(plan.TierCritical, nil) != level {
			continue
		}
		if n == 0 {
			return s.Key, d.Key
		}
		n--
	}
	f.t.Fatalf("stage %s has too few items of level %s", s.Key, level)
	return "", ""
}

// answerOf is an item's answer as it stands.
func (f *fixture) answerOf(p review.ProjectKey, sk plan.StageKey, ik plan.ItemKey) review.Answer {
	f.t.Helper()
	return f.stage(p, sk).Item(ik).Answer
}

// tick answers an item past the web.
func (f *fixture) tick(name string, p review.ProjectKey, sk plan.StageKey, ik plan.ItemKey, to review.State, note string) {
	f.t.Helper()
	f.change(name, p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, sk, ik, to, note, r.Stage(sk).Item(ik).Answer.Version, at)
	})
}

func rowSelector(ik plan.ItemKey) string { return "li#item-" + string(ik) + "[data-row]" }

func TestChecklistListsTheStage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	f.tick("member", p, sk, ik, review.Met, "See the wiki")
	b := f.browse("owner")
	r := b.get(page.StageURL(p, sk)).want(200)
	if got, want := r.find(".items > li").Length(), applying(f.stage(p, sk)); got != want {
		t.Errorf("%d rows, want %d", got, want)
	}
	row := r.one(rowSelector(ik))
	if !row.HasClass("s-warn") || !strings.Contains(words(row), "Needs evidence") || !strings.Contains(words(row), "See the wiki") {
		t.Errorf("row: %s", words(row))
	}
	if got := row.Find("[aria-pressed=true]").AttrOr("value", ""); got != "met" {
		t.Errorf("pressed button: %q", got)
	}
	if got := row.Find("form").AttrOr("action", ""); got != page.AnswerURL(p, sk, ik)+"?version=1" {
		t.Errorf("action: %q", got)
	}
	if r.one("a[rel=next]").AttrOr("href", "") != page.StageURL(p, f.tmpl.Stages[1].Key) || r.find("a[rel=prev]").Length() != 0 {
		t.Error("neighbouring stages")
	}
	r.one(`.stagehead a[href="` + page.GateURL(p, sk) + `"]`)
}

func applying(s *review.Stage) int {
	n := 0
	for i := range s.Items {
		if s.Items[i].Level != plan.LevelNone {
			n++
		}
	}
	return n
}

func TestChecklistFilters(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	f.tick("member", p, sk, ik, review.Met, "")
	f.change("owner", p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, sk, ik, f.person("member"), "", at)
	})
	for query, want := range map[string]int{
		"": applying(f.stage(p, sk)), "?show=open": applying(f.stage(p, sk)) - 1, "?show=needs-evidence": 1, "?show=mine": 1, "?show=approval": 0,
		"?q=" + string(ik): 1, "?q=zzzz": 0, "?show=mine&q=" + string(ik): 1, "?q=%00%ff": applying(f.stage(p, sk)),
	} {
		r := f.browse("member").get(page.StageURL(p, sk) + query).want(200)
		if got := r.find(".items > li").Length(); got != want {
			t.Errorf("%q lists %d rows, want %d", query, got, want)
		}
		if want == 0 {
			r.one(".empty a[href='" + page.StageURL(p, sk) + "']")
		}
	}
	r := f.browse("member").get(page.StageURL(p, sk) + "?show=mine&q=x%22%3E").want(200)
	if got := r.one("input[name=q]").AttrOr("value", ""); got != `x">` {
		t.Errorf("query comes back as %q", got)
	}
	if got := r.one(".chips [aria-current]").Text(); !strings.Contains(got, "Mine") {
		t.Errorf("current chip %q", got)
	}
	r.one(".filters input[type=hidden][name=show][value=mine]")
}

func TestItemsThatDoNotApplyAreOneClickAway(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("starter", func(in *review.NewProject) { in.Tier = plan.TierStarter })
	sk := f.tmpl.Stages[0].Key
	s := f.stage(p, sk)
	outside := len(s.Items) - applying(s)
	if outside == 0 {
		t.Fatal("every item of the first stage applies at tier 3; choose another stage")
	}
	r := f.browse("owner").get(page.StageURL(p, sk)).want(200)
	link := r.one(`main a[href$="?show=not-applicable-list"]`)
	if !strings.HasPrefix(words(link.Parent()), fmt.Sprint(outside)+" item") {
		t.Errorf("says %q, %d do not apply", words(link.Parent()), outside)
	}
	r = f.browse("owner").get(link.AttrOr("href", "")).want(200)
	if got := r.find("#outside tbody tr").Length(); got != outside {
		t.Errorf("lists %d, want %d", got, outside)
	}
}

func TestTickWithoutScript(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	b := f.browse("member")
	r := b.post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met").want(303)
	if got := r.Header.Get("Location"); got != page.StageURL(p, sk)+"#item-"+string(ik) {
		t.Errorf("leads to %q", got)
	}
	r.follow().want(200).one("main[data-saved]")
	if a := f.answerOf(p, sk, ik); a.State != review.Met || a.By != f.person("member") || a.Version != 1 {
		t.Errorf("answer %+v", a)
	}
	b.post(page.AnswerURL(p, sk, ik), "answer", "not-met", "note", "Broken since June.", "version", "1").want(303)
	b.post(page.AnswerURL(p, sk, ik)+"?version=2", "answer", "met").want(303)
	if a := f.answerOf(p, sk, ik); a.State != review.Met || a.Note != "Broken since June." {
		t.Errorf("a tick without a note has to keep it: %+v", a)
	}
	r = b.post(page.AnswerURL(p, sk, ik)+"?from=item", "answer", "met", "note", "", "version", "3").want(303)
	if got := r.Header.Get("Location"); got != page.ItemURL(p, sk, ik) {
		t.Errorf("the item's form leads to %q", got)
	}
	if a := f.answerOf(p, sk, ik); a.Note != "" {
		t.Errorf("an empty note has to take it away: %+v", a)
	}
}

// Whoever ticks in a filtered list comes back to it, by an address of ours
// whatever the form's says.
func TestTickKeepsTheFilter(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	b := f.browse("member")
	for filter, want := range map[string]string{
		"":                         "",
		"?show=must":               "?show=must",
		"?q=a%26b%22%23":           "?q=a%26b%22%23&show=",
		"?show=open&q=the":         "?q=the&show=open",
		"?show=//evil.example/":    "",
		"?show=x%0d%0aSet-Cookie:": "",
		"?to=https://evil.example": "",
	} {
		back := page.StageURL(p, sk) + want + "#item-" + string(ik)
		version := fmt.Sprint(f.answerOf(p, sk, ik).Version)
		r := b.post(page.AnswerURL(p, sk, ik)+"?version="+version+"&"+strings.TrimPrefix(filter, "?"), "answer", "met").want(303)
		if got := r.Header.Get("Location"); got != back {
			t.Errorf("from %q the answer leads to %q", filter, got)
		}
	}
	row := b.get(page.StageURL(p, sk) + "?show=must&q=" + string(ik)).want(200).one(rowSelector(ik) + " form")
	if got := b.post(row.AttrOr("action", ""), "answer", "not-met").want(303).Header.Get("Location"); got != page.StageURL(p, sk)+"?q="+string(ik)+"&show=must#item-"+string(ik) {
		t.Errorf("the form of a row leads to %q", got)
	}
	swapped := b.htmx().post(page.AnswerURL(p, sk, ik)+"?version="+fmt.Sprint(f.answerOf(p, sk, ik).Version)+"&show=must", "answer", "met").want(200)
	if got := swapped.one(rowSelector(ik)+" form").AttrOr("action", ""); !strings.HasSuffix(got, "&show=must") {
		t.Errorf("the row that is swapped in forgets the filter: %s", got)
	}
}

func TestTickSwapsItsRow(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelShould, 0)
	r := f.browse("member").htmx().post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met").want(200)
	row := r.one(rowSelector(ik))
	if row.Find("form").AttrOr("action", "") != page.AnswerURL(p, sk, ik)+"?version=1" || !row.HasClass("s-met") {
		t.Errorf("row: %s", r.Body)
	}
	if got := words(r.one("#stage-progress[hx-swap-oob]")); !strings.Contains(got, "1 of") {
		t.Errorf("progress: %q", got)
	}
	r.one("#stage-gate[hx-swap-oob]")
	onPage := f.browse("member").get(page.StageURL(p, sk))
	if got := words(r.one("#said")); !strings.HasPrefix(got, "Met: ") || !strings.HasSuffix(got, ". Undo") {
		t.Errorf("said %q", got)
	}
	r.find("[hx-swap-oob]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if id == "said" { // tells of this change only
			return
		}
		if words(onPage.one("#"+id)) != words(s) {
			t.Errorf("#%s: swapped %q, a reload shows %q", id, words(s), words(onPage.one("#"+id)))
		}
	})
}

func TestSameTickTwiceIsOneChange(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	b := f.browse("member")
	b.post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met").want(303)
	seq := f.seq(p)
	b.post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met").want(303)
	if f.seq(p) != seq {
		t.Error("the second one changed something")
	}
}

func TestConflictShowsBothAnswers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	f.tick("deputy", p, sk, ik, review.NotMet, "The importer fails.")
	seq := f.seq(p)
	b := f.browse("member")

	r := b.htmx().post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met", "note", "All done.").want(409)
	box := r.one(rowSelector(ik) + " .versus")
	for _, part := range []string{f.name("deputy"), "The importer fails.", "Not met", "All done."} {
		if !strings.Contains(words(box), part) {
			t.Errorf("the row's conflict lacks %q: %s", part, words(box))
		}
	}
	mine := box.Find("form")
	if mine.AttrOr("action", "") != page.AnswerURL(p, sk, ik)+"?version=1" || mine.Find("input[name=note]").AttrOr("value", "") != "All done." {
		t.Errorf("use mine: %s", r.Body)
	}

	r = b.post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met", "note", "All done.").want(409)
	box = r.one(".versus")
	for _, part := range []string{f.name("deputy"), "The importer fails.", "All done."} {
		if !strings.Contains(words(box), part) {
			t.Errorf("the page's conflict lacks %q: %s", part, words(box))
		}
	}
	if f.seq(p) != seq {
		t.Error("a conflict changed something")
	}
	form := box.Find("form")
	b.post(form.AttrOr("action", ""), "answer", form.Find("button").AttrOr("value", ""), "note", form.Find("[name=note]").AttrOr("value", ""), "version", form.Find("[name=version]").AttrOr("value", "")).want(303)
	if a := f.answerOf(p, sk, ik); a.State != review.Met || a.Note != "All done." || a.Version != 2 {
		t.Errorf("after use mine: %+v", a)
	}
}

// One's own second tab is nobody else.
func TestConflictWithOnesOwnSecondTab(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	f.tick("member", p, sk, ik, review.NotMet, "The importer fails.")
	b := f.browse("member")
	path := page.AnswerURL(p, sk, ik) + "?version=0"
	for where, box := range map[string]string{
		"row":  words(b.htmx().post(path, "answer", "met").want(409).one(rowSelector(ik) + " .versus")),
		"page": words(b.post(path, "answer", "met").want(409).one("main")),
	} {
		if !strings.Contains(box, "You answered in another tab") || !strings.Contains(box, "Keep that") || strings.Contains(box, "theirs") || strings.Contains(box, "Somebody else changed") {
			t.Errorf("%s: %s", where, box)
		}
	}
}

func TestConflictOverABareTickKeepsTheOthersNote(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	f.tick("deputy", p, sk, ik, review.NotMet, "The importer fails.")
	b := f.browse("member")
	r := b.htmx().post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met").want(409)
	mine := r.one(".versus form")
	if mine.Find("[name=note]").Length() != 0 {
		t.Error("a note is posted that nobody typed")
	}
	b.htmx().post(mine.AttrOr("action", ""), "answer", "met").want(200)
	if a := f.answerOf(p, sk, ik); a.State != review.Met || a.Note != "The importer fails." {
		t.Errorf("answer %+v", a)
	}
}

func TestNotApplicableAsksForTheReason(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	b := f.browse("member")
	seq := f.seq(p)

	r := b.htmx().post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "not-applicable").want(422)
	form := r.one(rowSelector(ik) + " .ask form")
	if got := words(form.Find("label")); got != "Why does it not apply?" || r.find(rowSelector(ik)+" [role=alert]").Length() != 0 {
		t.Errorf("nothing is wrong yet, and it asks %q", got)
	}
	if form.Find("textarea[name=note]").Length() != 1 || form.Find("button[name=answer]").AttrOr("value", "") != "not-applicable" {
		t.Errorf("row: %s", r.Body)
	}

	r = b.post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "not-applicable").want(422)
	r.one(`.errors a[href="#f-note"]`)
	r.one("#f-note[aria-invalid]")
	if got := r.one("#answer input[name=answer][checked]").AttrOr("value", ""); got != "not-applicable" {
		t.Errorf("the choice is lost: %q", got)
	}
	if f.seq(p) != seq {
		t.Error("a refused answer changed something")
	}
	b.htmx().post(form.AttrOr("action", ""), "answer", "not-applicable", "note", "No such data.").want(200)
	if a := f.answerOf(p, sk, ik); a.State != review.NotApplicable {
		t.Errorf("answer %+v", a)
	}
}

func TestBadAnswersChangeNothingAndComeBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	other := f.create("other")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	_, elsewhere := f.pick(1, plan.LevelMust, 0)
	b := f.browse("member")
	url := page.AnswerURL(p, sk, ik)
	huge := strings.Repeat("x", 1<<20)
	seq, otherSeq := f.seq(p), f.seq(other)
	cases := []struct {
		name   string
		url    string
		fields []string
		status int
		typed  string // has to be in the note field of the page
	}{
		{"unknown field", url + "?version=0", []string{"answer", "met", "note", "kept text", "admin", "true"}, 422, "kept text"},
		{"unknown answer", url + "?version=0", []string{"answer", "done", "note", "kept text"}, 422, "kept text"},
		{"no answer", url + "?version=0", []string{"note", "kept text"}, 422, "kept text"},
		{"no version", url, []string{"answer", "met", "note", "kept text"}, 422, "kept text"},
		{"version not a number", url + "?version=1e9", []string{"answer", "met", "note", "kept text"}, 422, "kept text"},
		{"version from the future", url + "?version=7", []string{"answer", "met", "note", "kept text"}, 409, "kept text"},
		{"NUL", url + "?version=0", []string{"answer", "met", "note", "a\x00b"}, 422, ""},
		{"bidi override", url + "?version=0", []string{"answer", "met", "note", "a\u202eb"}, 422, "a\u202eb"},
		{"broken UTF-8", url + "?version=0", []string{"answer", "met", "note", "a\xffb"}, 422, ""},
		{"1 MiB note", url + "?version=0", []string{"answer", "met", "note", huge}, 422, huge},
		{"5 MiB note", url + "?version=0", []string{"answer", "met", "note", strings.Repeat(huge, 5)}, 413, ""},
		{"item of another stage", page.AnswerURL(p, sk, elsewhere) + "?version=0", []string{"answer", "met"}, 404, ""},
		{"unknown item", page.AnswerURL(p, sk, "no-such-item") + "?version=0", []string{"answer", "met"}, 404, ""},
		{"unknown stage", page.AnswerURL(p, "no-such-stage", ik) + "?version=0", []string{"answer", "met"}, 404, ""},
		{"unknown project", page.AnswerURL("no-such-project", sk, ik) + "?version=0", []string{"answer", "met"}, 404, ""},
	}
	for _, c := range cases {
		r := b.post(c.url, c.fields...)
		if r.Status != c.status {
			t.Errorf("%s: status %d, want %d: %.300s", c.name, r.Status, c.status, r.text())
			continue
		}
		if c.typed != "" {
			if got := r.find("#f-note").Text(); got != c.typed {
				t.Errorf("%s: the note comes back as %.60q (%d bytes)", c.name, got, len(got))
			}
		}
		if x := b.htmx().post(c.url, c.fields...); x.Status != c.status {
			t.Errorf("%s by script: status %d, want %d", c.name, x.Status, c.status)
		} else if c.status != 404 && x.find(rowSelector(ik)+" [role=alert]").Length() != 1 {
			t.Errorf("%s by script: no row with the problem: %.300s", c.name, x.Body)
		}
	}
	if f.seq(p) != seq || f.seq(other) != otherSeq {
		t.Error("a refused answer changed something")
	}
}

func TestHostileNoteIsShownAsText(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	note := `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`
	b := f.browse("member")
	b.post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met", "note", note).want(303)
	for _, url := range []string{page.StageURL(p, sk), page.ItemURL(p, sk, ik)} {
		r := b.get(url).want(200)
		if r.find("main script, main img").Length() != 0 || !strings.Contains(r.text(), "<script>alert(1)</script>") {
			t.Errorf("%s: the note is markup", url)
		}
	}
}

func TestWhoMayTick(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	hidden := f.create("hidden", func(in *review.NewProject) { in.Restricted = true })
	sk, ik := f.pick(0, plan.LevelMust, 0)
	seq := f.seq(p)
	for name, status := range map[string]int{"viewer": 403, "manager": 403, "admin": 403, "auditor": 403, "sre": 403, "outsider": 404} {
		b := f.browse(name)
		b.post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met", "note", "typed").want(status)
		b.htmx().post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met").want(status)
		if status == 403 {
			if n := b.get(page.StageURL(p, sk)).want(200).find(".items form").Length(); n != 0 {
				t.Errorf("%s sees %d answer forms", name, n)
			}
		}
	}
	for _, name := range []string{"viewer", "manager", "sre", "outsider"} {
		f.browse(name).get(page.StageURL(hidden, sk)).want(404)
		f.browse(name).get(page.ItemURL(hidden, sk, ik)).want(404)
		f.browse(name).post(page.AnswerURL(hidden, sk, ik)+"?version=0", "answer", "met").want(404)
	}
	f.browse("auditor").get(page.StageURL(hidden, sk)).want(200)
	if f.seq(p) != seq {
		t.Error("a refused answer changed something")
	}
	for i, name := range []string{"owner", "deputy", "member"} {
		f.browse(name).post(fmt.Sprintf("%s?version=%d", page.AnswerURL(p, sk, ik), i), "answer", []string{"met", "not-met", "met"}[i]).want(303)
	}
}

func TestTickNeedsThisSiteAndASession(t *testing.T) {
	t.Parallel()
	for _, origin := range []string{"http://127.0.0.1:8080", "https://slipway.example.test"} {
		f := newFixtureAt(t, origin)
		p := f.create("ledger-api")
		sk, ik := f.pick(0, plan.LevelMust, 0)
		url := page.AnswerURL(p, sk, ik) + "?version=0"
		seq := f.seq(p)
		f.browse("member").postFrom("https://evil.example.test", url, "answer", "met").want(403)
		f.stranger().get(page.StageURL(p, sk)).want(303)
		forged := f.stranger()
		forged.setCookie(f.cookies.sessionName, "made-up")
		r := forged.post(url, "answer", "met", "note", "A long thought.").want(401)
		form := r.one(`form[action="` + url + `"]`)
		if form.Find("[name=note]").Text() != "A long thought." || form.Find("[name=answer]").AttrOr("value", "") != "met" {
			t.Errorf("what was typed is lost: %s", words(form))
		}
		forged.htmx().post(url, "answer", "met").want(401)
		if f.seq(p) != seq {
			t.Error("a refused answer changed something")
		}
		f.browse("member").post(url, "answer", "met").want(303)
	}
}

func TestStoppedProjectIsReadOnly(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusStopped, "Bought instead.", at)
	})
	b := f.browse("member")
	r := b.get(page.StageURL(p, sk)).want(200)
	if r.find(".items form").Length() != 0 || !strings.Contains(r.text(), "stopped") {
		t.Error("a stopped project can be answered")
	}
	r = b.post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met", "note", "too late").want(409)
	if got := r.one("#f-kept-note").Text(); got != "too late" {
		t.Errorf("the note is lost: %q", got)
	}
	r = b.htmx().post(page.AnswerURL(p, sk, ik)+"?version=0", "answer", "met", "note", "too late").want(409)
	if !strings.Contains(words(r.one(".note-box")), "too late") {
		t.Errorf("the note is lost: %s", r.Body)
	}
}

func TestNoticesFollowTheGate(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	s := f.tmpl.Stages[0]
	b := f.browse("member")
	notice := func() string { return words(b.get(page.StageURL(p, s.Key)).want(200).find("main > .note-box").First()) }
	if got := notice(); got != "" {
		t.Errorf("a new stage says %q", got)
	}
	f.fill("member", p, s.Key)
	f.requestSignOff("owner", p, s.Key)
	if got := notice(); !strings.Contains(got, "out of date") {
		t.Errorf("a waiting gate says %q", got)
	}
	for _, seat := range s.Gate.Policy(plan.TierCritical, nil).Seats {
		if f.stage(p, s.Key).Gate == review.GateWaiting {
			f.signGo(string(seat), p, s.Key, seat)
		}
	}
	if got := notice(); !strings.Contains(got, "The gate has passed") {
		t.Errorf("a passed gate says %q", got)
	}
	f.tick("member", p, s.Key, s.Items[0].Key, review.NotMet, "")
	if got := notice(); !strings.Contains(got, "new round") {
		t.Errorf("a changed gate says %q", got)
	}
}

// counter counts round trips and statements.
type counter struct{ trips, statements int }

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.trips, c.statements = c.trips+1, c.statements+1
	return ctx
}
func (c *counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (c *counter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.trips++
	return ctx
}
func (c *counter) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {
	c.statements++
}
func (c *counter) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// A page costs one round trip, a change two, once the names and the template
// are known.
func TestPagesAskTheDatabaseOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	f.fill("member", p, sk)
	c := &counter{}
	traced, err := store.Open(t.Context(), f.db.AppURL, store.Options{MaxConns: 1, Tracer: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(traced.Close)
	b := f.browse("member")
	f.Server.Store = traced
	cases := []struct {
		name              string
		do                func()
		trips, statements int
	}{
		{"checklist", func() { b.get(page.StageURL(p, sk)).want(200) }, 1, 7},
		{"item", func() { b.get(page.ItemURL(p, sk, ik)).want(200) }, 2, 17},
		{"tick", func() {
			a := f.answerOf(p, sk, ik)
			*c = counter{}
			to := map[review.State]string{review.Met: "not-met", review.NotMet: "met"}[a.State]
			b.htmx().post(fmt.Sprintf("%s?version=%d", page.AnswerURL(p, sk, ik), a.Version), "answer", to).want(200)
		}, 2, 7},
	}
	for _, cs := range cases {
		cs.do()
		*c = counter{}
		cs.do()
		t.Logf("%s: %d statements in %d round trips", cs.name, c.statements, c.trips)
		if c.trips > cs.trips || c.statements > cs.statements {
			t.Errorf("%s: %d statements in %d round trips, want at most %d in %d", cs.name, c.statements, c.trips, cs.statements, cs.trips)
		}
	}
}

// Without scripts the list says where a note, links and the assignment are changed.
func TestListsLeadOnWithoutScripts(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	if got, _ := f.browse("member").get("/projects/ledger/stages/idea").want(200).one(`main noscript`).Html(); !strings.Contains(got, "Open an item") {
		t.Errorf("without scripts the list says %q", got)
	}
	if n := f.browse("viewer").get("/projects/ledger/stages/idea").want(200).find(`main noscript`).Length(); n != 0 {
		t.Error("a reader is led to forms that are not there")
	}
}
