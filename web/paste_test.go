package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// applied presses the button of a preview.
func (r *reply) applied() *reply {
	r.Browser.f.t.Helper()
	form := []string{"do", "apply", "text", r.one("#f-text").Text()}
	r.find("input[form=paste]:not([name=means]), input[name=means][checked]").Each(func(_ int, s *goquery.Selection) { form = append(form, s.AttrOr("name", ""), s.AttrOr("value", "")) })
	return r.Browser.post(r.one("#paste").AttrOr("action", ""), form...)
}

// sendFile chooses a file in a form that takes one.
func (b *browser) sendFile(path, name, body string) *reply {
	b.f.t.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	file, err := form.CreateFormFile("file", name)
	if err != nil {
		b.f.t.Fatal(err)
	}
	_, _ = file.Write([]byte(body))
	_ = form.Close()
	return b.send(http.MethodPost, path, form.FormDataContentType(), buf.String())
}

// previewed are the lines of a preview, by their item.
func (r *reply) previewed() map[string]string {
	out := map[string]string{}
	r.find("#preview tbody tr").Each(func(_ int, s *goquery.Selection) {
		out[words(s.Find("th"))] += words(s.Find("td").Last())
	})
	return out
}

func TestAnswersArePastedFromASpreadsheet(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 3)
	_, elsewhere := f.pick(1, plan.LevelMust, 0)
	title := func(k plan.ItemKey) string { return f.stage(p, sk).Item(k).Def.Title }
	b := f.browse("member")
	link := b.get(page.StageURL(p, sk)).want(200).one(`a[href="` + page.PasteURL(p, sk) + `"]`)
	if words(link) != "Paste answers from a spreadsheet" {
		t.Errorf("the list leads here by %q", words(link))
	}
	b.get(page.PasteURL(p, sk)).want(200).one("form#paste")
	text := "Item\tStatus\tComment\tEvidence\tColour\n" +
		strings.ToUpper(title(items[0])) + "\tyes\t'=1+1 is \"two\"\tPlan: https://wiki.example.com/plan\tred\n" +
		string(items[1]) + "\tN/A\n" +
		string(items[2]) + "\tMet\t\tsee the wiki\n" +
		string(elsewhere) + "\tMet\n" +
		"Nothing like this\tMet\n" +
		string(items[0]) + "\tNot met\n"
	seq := f.seq(p)
	r := b.post(page.PasteURL(p, sk), "do", "preview", "text", text).want(200)
	lines := r.previewed()
	for item, want := range map[string][]string{
		title(items[0]):     {"Open → Met", "Note: “=1+1", "Link as document: Plan", "row 2 is about the same item"},
		title(items[1]):     {"Left out", "say why"},
		title(items[2]):     {"Change, a link refused", "Open → Met", "Link refused: “see the wiki”"},
		string(elsewhere):   {"belongs to the stage"},
		"Nothing like this": {"no item of this stage"},
	} {
		for _, w := range want {
			if !strings.Contains(lines[item], w) && !strings.Contains(lines[item], page.Capital(w)) {
				t.Errorf("of %q it says %q, not %q", item, lines[item], w)
			}
		}
	}
	if got := words(r.find("#preview > p").First()); !strings.Contains(got, "6 rows: 2 items will be changed, 4 rows left out; 1 link refused.") || !strings.Contains(got, "Colour") {
		t.Errorf("sums up %q", got)
	}
	if f.seq(p) != seq {
		t.Error("a preview changed something")
	}
	list := r.applied().want(303).follow().want(200)
	if got := words(list.one("#said")); got != "What you pasted is saved. 4 rows were left out. 1 link was refused. Undo" {
		t.Errorf("says %q", got)
	}
	a := f.answerOf(p, sk, items[0])
	if a.State != review.Met || a.Note != `=1+1 is "two"` || f.answerOf(p, sk, items[2]).State != review.Met || f.seq(p) != seq+3 {
		t.Errorf("%+v, %d entries", a, f.seq(p)-seq)
	}
	undo := list.one("#said form")
	b.post(undo.AttrOr("action", ""), "entries", undo.Find("button").AttrOr("value", "")).want(303)
	if f.answerOf(p, sk, items[0]).State != review.Open || f.answerOf(p, sk, items[2]).State != review.Open {
		t.Error("not undone")
	}
}

func TestWhatChangedSinceThePreviewIsListed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 2)
	b := f.browse("member")
	r := b.post(page.PasteURL(p, sk), "do", "preview", "text", string(items[0])+"\tMet\n"+string(items[1])+"\tMet").want(200)
	f.tick("owner", p, sk, items[1], review.NotMet, "Mine.")
	said := words(r.applied().want(409).one("#said"))
	if !strings.Contains(said, "Pasted: ") || !strings.Contains(said, "Not changed: 1 item.") || !strings.Contains(said, "changed it") {
		t.Errorf("says %q", said)
	}
	if f.answerOf(p, sk, items[0]).State != review.Met || f.answerOf(p, sk, items[1]).Note != "Mine." {
		t.Error("the rest is to be done, and a colleague's answer kept")
	}
	// Rows that are no longer those of the preview are shown first.
	seq := f.seq(p)
	form := []string{"do", "apply", "text", string(items[0]) + "\tNot met", "shown", r.one("input[name=shown]").AttrOr("value", ""), "pick", string(items[0]) + ".1"}
	r = b.post(page.PasteURL(p, sk), form...).want(409)
	if !strings.Contains(words(r.one("main")), "no longer those of the preview") || f.seq(p) != seq {
		t.Errorf("says %s", r.text())
	}
	r.applied().want(303)
	if f.answerOf(p, sk, items[0]).State != review.NotMet {
		t.Error("not changed")
	}
	// The same again is nothing to do.
	if r = b.post(page.PasteURL(p, sk), "do", "preview", "text", string(items[0])+"\tNot met").want(200); r.find("button[value=apply]").Length() != 0 || !strings.Contains(words(r.one("#preview")), "1 already as pasted") {
		t.Errorf("says %s", words(r.one("#preview")))
	}
}

func TestAFileOfAnswersIsReadLikeAPastedText(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 1)
	b := f.browse("member")
	f.tick("owner", p, sk, items[0], review.NotMet, "Not\nyet.")
	export := b.get(page.ProjectURL(p) + "/items/export/xlsx").want(200)
	send := func(name, body string) *reply { return b.sendFile(page.PasteURL(p, sk), name, body) }
	r := send("items.xlsx", export.Body).want(200)
	if got := words(r.find("#preview > p").First()); !strings.Contains(got, ": 0 items will be changed") {
		t.Errorf("what was exported is to change nothing: %s", got)
	}
	r = send("items.csv", "Key,Answer\n"+string(items[0])+",Met\n").want(200)
	r.applied().want(303)
	if a := f.answerOf(p, sk, items[0]); a.State != review.Met || a.Note != "Not\nyet." {
		t.Errorf("%+v", a)
	}
	send("x.xlsx", "PK\x03\x04").want(422)
	send("x.csv", "").want(422)
}

// What stands on several lines of a cell does so in the note, from a text and from a workbook.
func TestPastedNotesKeepTheirLines(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 2)
	b := f.browse("member")
	note := "First, this.\n\n- \"One\"\n- Two; three"
	f.tick("owner", p, sk, items[0], review.NotMet, note)
	export := b.get(page.ProjectURL(p) + "/items/export/xlsx").want(200)
	f.tick("owner", p, sk, items[0], review.NotMet, strings.Join(strings.Fields(note), " "))
	b.sendFile(page.PasteURL(p, sk), "items.xlsx", export.Body).want(200).applied().want(303)
	if a := f.answerOf(p, sk, items[0]); a.Note != note {
		t.Errorf("from a workbook the note is %q", a.Note)
	}
	quoted := `"` + strings.ReplaceAll(note, `"`, `""`) + `"`
	for i, text := range []string{
		"Key,Answer,Note\r\n" + string(items[1]) + ",Met," + strings.ReplaceAll(quoted, "\n", "\r\n"),
		string(items[1]) + "\tN/A\t" + quoted,
	} {
		r := b.post(page.PasteURL(p, sk), "do", "preview", "text", text).want(200)
		if got := words(r.one("#preview")); i == 0 && !strings.Contains(got, "Note of 4 lines: “First, this.”") {
			t.Errorf("the preview says %s", got)
		}
		r.applied().want(303)
		if a := f.answerOf(p, sk, items[1]); a.Note != note {
			t.Errorf("from text %d the note is %q", i, a.Note)
		}
	}
}

// With a policy, a gate rests on the stages before it, which the page of a stage does not read.
func TestRowsOfALaterStageUnderAPolicy(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	_, first := f.musts(0, 1)
	sk, items := f.musts(1, 1)
	doc := &plan.PolicyDocument{
		Kind: plan.KindPolicy, Key: "changes", Version: 1, Name: "Changes", Summary: "How production changes.", Issuer: "Us", ReviewBy: "2030-03-31",
		Requirements: []plan.Requirement{{Key: "said", Level: plan.LevelMust, Text: "It is said.", Items: []plan.ItemKey{first[0]}}},
	}
	f.publishDocument(plan.Document{Policy: doc})
	ref, err := plan.Document{Policy: doc}.Ref()
	if err != nil {
		t.Fatal(err)
	}
	f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachPolicy(who, ref, r.PlanDigest(), "The auditors ask.", at)
	})
	b := f.browse("member")
	b.post(page.PasteURL(p, sk), "do", "preview", "text", string(items[0])+"\tNot met\tNot yet.").want(200).applied().want(303)
	if a := f.answerOf(p, sk, items[0]); a.State != review.NotMet {
		t.Errorf("%+v", a)
	}
}

// What looks like a secret in the rows of a file is said before anything is stored, and said once.
func TestPreviewsWarnOfSecrets(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 1)
	b := f.browse("member")
	text := "Key,Answer,Note\n" + string(items[0]) + ",Met,Use ghp_" + strings.Repeat("aB3dE5", 6) + "\n"
	seq := f.seq(p)
	warned := b.sendFile(page.PasteURL(p, sk), "items.csv", text).want(200)
	if got := words(warned.one("#preview")); !strings.Contains(got, "Line 2 looks like a GitHub token.") {
		t.Errorf("the preview says %s", got)
	}
	box := warned.one(`input[type=checkbox][form=paste][name="` + page.NoSecret + `"]`)
	box.Remove()
	warned.applied().want(422)
	if f.seq(p) != seq {
		t.Error("it was stored although nobody said that it is none")
	}
	pasted := b.post(page.PasteURL(p, sk), "do", "preview", "text", text).want(422)
	mark := pasted.one(`input[type=checkbox][name="`+page.NoSecret+`"]`).AttrOr("value", "")
	said := b.post(page.PasteURL(p, sk), "do", "preview", "text", text, page.NoSecret, mark).want(200)
	if got := words(said.one("#preview")); strings.Contains(got, "looks like") {
		t.Errorf("who has said that it is none is asked again: %s", got)
	}
	said.applied().want(303)
	if f.seq(p) == seq {
		t.Error("not changed")
	}
}

// A row that is called almost like an item is offered it, and means it once somebody has
// said so; only what was looked at is done.
func TestRowsThatAreCalledAlmostLikeItems(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 3)
	title := func(i int) string { return f.stage(p, sk).Item(items[i]).Def.Title }
	near := func(i int) string {
		return "Please " + strings.ToLower(strings.TrimSuffix(title(i), title(i)[len(title(i))-2:]))
	}
	b := f.browse("member")
	text := near(0) + "\tMet\n" + near(1) + "\tMet\n" + title(1) + "\tMet\nQuarks\tMet\n"
	r := b.post(page.PasteURL(p, sk), "do", "preview", "text", text).want(200)
	lines := r.previewed()
	if got := lines[near(0)]; !strings.Contains(got, "It means “"+title(0)+"”") {
		t.Errorf("the row is %q", got)
	}
	if got := lines[near(1)]; strings.Contains(got, title(1)) {
		t.Errorf("an item that another row is about is offered: %q", got)
	}
	if got := lines["Quarks"]; !strings.HasSuffix(got, "No item of this stage has this title or key.") {
		t.Errorf("a row like nothing is %q", got)
	}
	boxes := r.find("input[name=means]")
	if boxes.Length() != 1 || boxes.Is("[checked]") {
		t.Fatalf("%d boxes, ticked: %t", boxes.Length(), boxes.Is("[checked]"))
	}
	means, pick := boxes.AttrOr("value", ""), string(items[0])+".0"

	// Ticked and not looked at: nothing is done.
	r = b.post(page.PasteURL(p, sk), "do", "apply", "text", text, "shown", r.one("input[name=shown]").AttrOr("value", ""), "means", means, "pick", pick).want(409)
	if got := f.stage(p, sk).Item(items[0]).Answer.State; got != review.Open {
		t.Errorf("what was not looked at is %s", got)
	}
	if got := r.previewed()[title(0)]; !strings.Contains(got, "“"+near(0)+"” means this item") || !strings.Contains(got, "Open → Met") {
		t.Errorf("once it is ticked: %q", got)
	}
	r.applied().want(303)
	for i, want := range []review.State{review.Met, review.Met, review.Open} {
		if got := f.stage(p, sk).Item(items[i]).Answer.State; got != want {
			t.Errorf("item %d is %s, want %s", i, got, want)
		}
	}
	for _, says := range []string{"", ".", string(items[2]), "nothing." + page.TextMark("quarks"), string(items[2]) + ".0123456789abcdef"} {
		b.post(page.PasteURL(p, sk), "do", "preview", "text", "Quarks\tMet", "means", says).want(200)
	}
}

func TestRowsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, items := f.musts(0, 1)
	seq := f.seq(p)
	b := f.browse("member")
	for name, c := range map[string]struct{ text, says string }{
		"nothing":         {" \n", "Copy rows"},
		"headings alone":  {"Item\tAnswer", "below the headings"},
		"too many":        {strings.Repeat(string(items[0])+"\tMet\n", review.MaxPicked+1), "at most 500 rows"},
		"too long":        {string(items[0]) + "\tMet\t" + strings.Repeat("long ", 300_000), "KiB"},
		"too many links":  {string(items[0]) + "\tMet\t\t\"" + strings.Repeat("https://wiki.example.com/a\n", 501) + "\"", "at most 500 links"},
		"an odd answer":   {string(items[0]) + "\tperhaps", "is no answer"},
		"no item":         {"\tMet", "names no item"},
		"a note too long": {string(items[0]) + "\tMet\t" + strings.Repeat("x", review.MaxNote+1), "at most"},
	} {
		r := b.post(page.PasteURL(p, sk), "do", "preview", "text", c.text)
		if !strings.Contains(words(r.one("main")), c.says) {
			t.Errorf("%s: %d, %.400s", name, r.Status, words(r.one("main")))
		}
		if r.find("button[value=apply]").Length() > 0 {
			t.Errorf("%s: can be applied", name)
		}
		if got := strings.Trim(r.one("#f-text").Text(), "\n"); name != "too long" && got != strings.Trim(c.text, "\n") {
			t.Errorf("%s: what was pasted is lost", name)
		}
	}
	f.browse("viewer").get(page.PasteURL(p, sk)).want(403)
	f.browse("viewer").post(page.PasteURL(p, sk), "do", "preview", "text", "x\tMet").want(403)
	f.browse("outsider").get(page.PasteURL(p, sk)).want(404)
	b.get(page.PasteURL(p, "nowhere")).want(404)
	b.post(page.PasteURL(p, "nowhere"), "text", "x\tMet").want(404)
	if f.browse("viewer").get(page.StageURL(p, sk)).want(200).find(`a[href$="/paste"]`).Length() > 0 {
		t.Error("whoever may not answer is led here")
	}
	if f.seq(p) != seq {
		t.Error("something was changed")
	}
}
