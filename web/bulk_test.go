package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// bulkForm fills in the form of several items as a browser would: the boxes of
// the rows named, as the page shows them, and what else is said.
func bulkForm(r *reply, items []plan.ItemKey, fields ...string) []string {
	r.Browser.f.t.Helper()
	for _, k := range items {
		box := r.one(rowSelector(k) + " > input[name=pick][form=bulk]")
		fields = append(fields, "pick", box.AttrOr("value", ""))
	}
	return fields
}

func (f *fixture) musts(stage, n int) (plan.StageKey, []plan.ItemKey) {
	sk := plan.StageKey("")
	items := make([]plan.ItemKey, n)
	for i := range items {
		sk, items[i] = f.pick(stage, plan.LevelMust, i)
	}
	return sk, items
}

func TestSeveralAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 3)
	b := f.browse("member")
	list := b.get(page.StageURL(p, sk) + "?show=must").want(200)
	action := list.one("form#bulk").AttrOr("action", "")
	if action != page.BulkURL(p, sk)+"?show=must" {
		t.Errorf("posts to %q", action)
	}
	seq := f.seq(p)
	r := b.post(action, bulkForm(list, items, "do", "met")...).want(303)
	if got := r.Header.Get("Location"); got != page.StageURL(p, sk)+"?show=must" {
		t.Errorf("leads to %q", got)
	}
	if got := f.seq(p) - seq; got != 3 {
		t.Errorf("%d entries on the trail, want one a change", got)
	}
	after := r.follow().want(200)
	after.one("main[data-saved]")
	if got := words(after.one("#said")); got != "The selected items are changed. Undo" {
		t.Errorf("says %q", got)
	}
	undo := after.one("#said form")
	b.post(undo.AttrOr("action", ""), "entries", undo.Find("button").AttrOr("value", "")).want(303)
	for _, k := range items {
		if a := f.answerOf(p, sk, k); a.State != review.Open || a.Version != 2 {
			t.Errorf("%s after undo: %+v", k, a)
		}
	}
	if got := f.seq(p) - seq; got != 6 {
		t.Errorf("%d entries: an undo is an ordinary change on the trail", got)
	}
}

func TestSeveralAreSwappedInPlace(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 3)
	b := f.browse("member")
	form := bulkForm(b.get(page.StageURL(p, sk)).want(200), items, "do", "not-met", "note", "Planned.")
	f.tick("owner", p, sk, items[1], review.Met, "Mine.")
	r := b.htmx().post(page.BulkURL(p, sk), form...).want(200)
	if got := r.find("template[hx][type=partial]").Length(); got != 3 {
		t.Errorf("%d rows come back, want all that were selected: %s", got, r.Body)
	}
	if got := words(r.find("li:not([data-row])").First()); !strings.Contains(got, "changed it") {
		t.Errorf("the conflict is told as %q", got)
	}
	if !strings.Contains(r.text(), "Not met: 2 items. Not changed: 1 item.") {
		t.Errorf("says %q", r.text())
	}
	if a := f.answerOf(p, sk, items[1]); a.State != review.Met || a.Note != "Mine." {
		t.Errorf("a colleague's answer is overwritten: %+v", a)
	}
	for _, id := range []string{"#stage-progress", "#stage-gate", "#chips"} {
		r.one(id + "[hx-swap-oob]")
	}
}

func TestWhatIsLeftIsListedWithoutScriptsToo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 2)
	b := f.browse("member")
	form := bulkForm(b.get(page.StageURL(p, sk)).want(200), items, "do", "met")
	_, elsewhere := f.pick(1, plan.LevelMust, 0)
	form = append(form, "pick", string(elsewhere)+".0")
	f.tick("owner", p, sk, items[1], review.NotMet, "")
	r := b.post(page.BulkURL(p, sk), form...).want(409)
	said := words(r.one("#said"))
	for _, want := range []string{"Met: ", "Not changed: 2 items.", "changed it", string(elsewhere)[:10], "is not an item of this stage"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %q", want, said)
		}
	}
	r.one("#said [data-undo]")
	if a := f.answerOf(p, sk, items[0]); a.State != review.Met {
		t.Errorf("the rest has to be done: %+v", a)
	}
}

func TestSeveralAreAssignedAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 3)
	b := f.browse("owner")
	list := b.get(page.StageURL(p, sk)).want(200)
	var offered []string
	list.find("#bulk button[name=assign]").Each(func(_ int, s *goquery.Selection) { offered = append(offered, words(s)) })
	if len(offered) != len(f.projectOf(p).Members)+1 || offered[len(offered)-1] != "Unassign" {
		t.Errorf("offers %v: the people of the project", offered)
	}
	due := time.Now().UTC().AddDate(0, 1, 0).Format(review.DateLayout)
	b.post(page.BulkURL(p, sk), bulkForm(list, items, "assign", fmt.Sprint(f.person("member")), "due", due, "note", "")...).want(303)
	for _, k := range items {
		if it := f.stage(p, sk).Item(k); it.Assignee != f.person("member") || review.FormatDate(it.Due) != due {
			t.Errorf("%s: %d, %v", k, it.Assignee, it.Due)
		}
	}
	if got := words(b.get(page.StageURL(p, sk)).one(rowSelector(items[0]))); !strings.Contains(got, ", due ") {
		t.Errorf("the row does not say until when: %s", got)
	}
	b.post(page.BulkURL(p, sk), bulkForm(list, items[:1], "do", "due", "due", "2199-01-02")...).want(303)
	if it := f.stage(p, sk).Item(items[0]); it.Assignee != f.person("member") || review.FormatDate(it.Due) != "2199-01-02" {
		t.Errorf("a new date: %d, %v", it.Assignee, it.Due)
	}
	b.post(page.BulkURL(p, sk), bulkForm(list, items, "assign", "0")...).want(303)
	if it := f.stage(p, sk).Item(items[0]); it.Assignee != 0 || !it.Due.IsZero() {
		t.Errorf("taken away: %d, %v", it.Assignee, it.Due)
	}
}

func (f *fixture) projectOf(p review.ProjectKey) review.Project {
	f.t.Helper()
	v, err := f.Store.Project(f.t.Context(), f.as("admin"), p)
	if err != nil {
		f.t.Fatal(err)
	}
	return v.Review.Project
}

func TestBadFormsOfSeveralChangeNothingAndComeBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 2)
	b := f.browse("member")
	good := string(items[0]) + ".0"
	many := []string{"do", "met"}
	for i := range 5000 {
		many = append(many, "pick", fmt.Sprintf("item-%d.0", i))
	}
	seq := f.seq(p)
	for name, c := range map[string]struct {
		fields []string
		says   string
	}{
		"nothing selected":   {[]string{"do", "met"}, "at least one"},
		"5,000 items":        {many, "5000 items"},
		"no why":             {[]string{"do", "not-applicable", "pick", good}, "do not apply"},
		"no answer":          {[]string{"pick", good}, "met, not met"},
		"another answer":     {[]string{"do", "done", "pick", good}, "met, not met"},
		"no version":         {[]string{"do", "met", "pick", string(items[0])}, "reload"},
		"a strange version":  {[]string{"do", "met", "pick", string(items[0]) + ".-1"}, "reload"},
		"a huge version":     {[]string{"do", "met", "pick", string(items[0]) + ".99999999999999999999"}, "reload"},
		"no key":             {[]string{"do", "met", "pick", ".0"}, "reload"},
		"nobody to assign":   {[]string{"do", "assign", "pick", good}, "whom"},
		"no number":          {[]string{"assign", "x", "pick", good}, "whom"},
		"no date":            {[]string{"do", "due", "pick", good}, "date"},
		"a day that is none": {[]string{"do", "due", "due", "2026-02-30", "pick", good}, "date"},
		"a field too many":   {[]string{"do", "met", "pick", good, "admin", "1"}, "does not know"},
	} {
		fields := c.fields
		if name != "no why" {
			fields = append(fields, "note", "kept text")
		}
		r := b.post(page.BulkURL(p, sk), fields...)
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(words(r.one("#said")), c.says) || !strings.Contains(words(r.one("#said")), "Nothing was changed") {
			t.Errorf("%s: %d, %q", name, r.Status, words(r.find("#said")))
			continue
		}
		if name != "no why" && r.one("#bulk input[name=note]").AttrOr("value", "") != "kept text" {
			t.Errorf("%s: the note is lost", name)
		}
		if strings.Contains(strings.Join(c.fields, " "), good) && name != "a field too many" && r.find(rowSelector(items[0])+" > input[checked]").Length() != 1 {
			t.Errorf("%s: the selection is lost", name)
		}
		if x := b.htmx().post(page.BulkURL(p, sk), c.fields...); x.Status != 422 || !strings.Contains(x.Body, "Nothing was changed") {
			t.Errorf("%s by script: %d %s", name, x.Status, x.Body)
		}
	}
	for _, path := range []string{page.BulkURL(p, "nowhere"), page.BulkURL("nothing", sk), page.UndoURL(p, "nowhere"), page.UndoURL("nothing", sk)} {
		b.post(path, "do", "met", "pick", good).want(404)
	}
	f.browse("viewer").post(page.BulkURL(p, sk), "do", "met", "pick", good).want(403)
	f.stranger().post(page.BulkURL(p, sk), "do", "met", "pick", good).want(401)
	if f.seq(p) != seq {
		t.Error("a refused form changed something")
	}
}

func TestUndoIsForOnesOwnChanges(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, other := f.create("ledger-api"), f.create("other")
	sk, items := f.musts(0, 1)
	f.tick("owner", p, sk, items[0], review.Met, "")
	span := fmt.Sprintf("%d-%d", f.seq(p), f.seq(p))
	seq := f.seq(p)
	b := f.browse("member")
	b.post(page.UndoURL(p, sk), "entries", span).want(403)
	f.browse("viewer").post(page.UndoURL(p, sk), "entries", span).want(403)
	for _, bad := range []string{"", "x", "1", "2-1", "0-3", "1-100000", "9223372036854775807-9223372036854775807", "1-99999999999999999999"} {
		if r := b.htmx().post(page.UndoURL(p, sk), "entries", bad); r.Status != 422 && r.Status != 404 {
			t.Errorf("%q: %d", bad, r.Status)
		}
	}
	b.post(page.UndoURL(other, sk), "entries", "1-1").want(404) // how the project was created
	if f.seq(p) != seq {
		t.Error("something was undone")
	}
	o := f.browse("owner")
	f.tick("member", p, sk, items[0], review.NotMet, "")
	r := o.htmx().post(page.UndoURL(p, sk), "entries", span).want(200)
	if !strings.Contains(r.text(), "Nothing was changed.") || !strings.Contains(r.text(), "changed it") {
		t.Errorf("says %q", r.text())
	}
	if a := f.answerOf(p, sk, items[0]); a.State != review.NotMet {
		t.Errorf("a colleague's answer was undone: %+v", a)
	}
}

func TestPastedLinksAreAddedInTheRow(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	b := f.browse("member").htmx()
	r := b.post(page.EvidenceURL(p, sk, ik)+"?show=must", "links", "https://jira.example.com/browse/PAY-123\nsee the wiki\nhttps://wiki.example.com/Threat-model").want(200)
	row := r.one(rowSelector(ik))
	links := row.Find("a[data-no]")
	if links.Length() != 2 || links.First().Text() != "PAY-123" || links.First().AttrOr("title", "") != "Ticket" || links.Last().Text() != "Threat model" {
		t.Errorf("links: %s", words(row))
	}
	if got := row.Find("textarea[name=links]").Text(); got != "see the wiki" {
		t.Errorf("the line that is no link comes back as %q", got)
	}
	if got := words(row.Find(".ask label")); !strings.Contains(got, "line 2 (see the wiki)") || !strings.Contains(got, "2 links added") {
		t.Errorf("says %q", got)
	}
	if got := row.Find(".ask form").AttrOr("action", ""); !strings.HasSuffix(got, "/evidence?show=must") {
		t.Errorf("posts to %q", got)
	}
	if got := words(r.one("#said")); !strings.HasPrefix(got, "2 links added: ") {
		t.Errorf("said %q", got)
	}

	no := links.First().AttrOr("data-no", "")
	r = b.post(page.EvidenceURL(p, sk, ik)+"/"+no+"/edit", "title", "The <ticket>", "kind", "doc").want(200)
	last := r.one(rowSelector(ik)).Find("a[data-no]").Last()
	if last.Text() != "The <ticket>" || last.AttrOr("title", "") != "Document" {
		t.Errorf("edited: %s", words(r.one(rowSelector(ik))))
	}
	undo := r.one("#said form")
	r = b.post(undo.AttrOr("action", ""), "entries", undo.Find("button").AttrOr("value", "")).want(200)
	if !strings.Contains(r.Body, "PAY-123") || strings.Contains(r.Body, "&lt;ticket&gt;") {
		t.Errorf("undone: %s", r.Body)
	}
	b.post(page.EvidenceURL(p, sk, ik)+"/9/edit", "title", "x", "kind", "doc").want(404)
	b.post(page.EvidenceURL(p, sk, ik)+"/x/edit", "title", "x", "kind", "doc").want(404)
}

func TestTooManyPastedLinesAreRefusedAndKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	seq := f.seq(p)
	b := f.browse("member")
	text := strings.TrimSuffix(strings.Repeat("https://wiki.example.com/a\n", 500), "\n")
	r := b.htmx().post(page.EvidenceURL(p, sk, ik), "links", text).want(422)
	if got := r.one(rowSelector(ik) + " .ask textarea").Text(); got != text {
		t.Errorf("%d bytes come back", len(got))
	}
	if got := words(r.one(rowSelector(ik) + " .ask label")); !strings.Contains(got, "500 lines") || !strings.Contains(got, "Nothing was added") {
		t.Errorf("says %q", got)
	}
	r = b.post(page.EvidenceURL(p, sk, ik), "links", text).want(422)
	if got := r.one("textarea[name=links]").Text(); got != text {
		t.Errorf("without scripts %d bytes come back", len(got))
	}
	if f.seq(p) != seq {
		t.Error("something was added")
	}
	b.post(page.EvidenceURL(p, sk, ik), "links", "https://wiki.example.com/a\nhttps://wiki.example.com/b").want(303).follow().want(200)
	if f.seq(p) != seq+2 {
		t.Error("two links are two entries")
	}
	if r = b.post(page.EvidenceURL(p, sk, ik), "links", "https://wiki.example.com/c\nnonsense").want(422); r.one("textarea[name=links]").Text() != "nonsense" || f.seq(p) != seq+3 {
		t.Errorf("the good line is kept, the other comes back: %s", r.text())
	}
}

// Buttons are told apart by those who hear them one after the other.
func TestButtonsOfARowNameItsItem(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	r := f.browse("member").get(page.StageURL(p, sk)).want(200)
	title := words(r.one(rowSelector(ik) + " > a"))
	seen := map[string]bool{}
	r.find(".items button, .items input").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("aria-label", "")
		if name == "" || seen[name] {
			t.Errorf("name %q is empty or used twice", name)
		}
		seen[name] = true
	})
	for _, want := range []string{"Met: ", "Not met: ", "N/A: ", "Select: "} {
		if !seen[want+title] {
			t.Errorf("no button is called %q", want+title)
		}
	}
}
