package web

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/formats"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// uploadFile sends a file as a browser does, with the text field that stands beside it.
func (b *browser) uploadFile(name string, body []byte, text string) *reply {
	b.f.t.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	file, err := form.CreateFormFile("file", name)
	if err != nil {
		b.f.t.Fatal(err)
	}
	_, _ = file.Write(body)
	_ = form.WriteField("text", text)
	_ = form.Close()
	return b.send(http.MethodPost, page.ImportURL, form.FormDataContentType(), buf.String())
}

// fields are what a form would send as it stands, so that a test changes only what a
// person would.
func (r *reply) fields(form string, changed ...string) (out []string) {
	r.Browser.f.t.Helper()
	set := map[string]string{}
	for i := 0; i+1 < len(changed); i += 2 {
		set[changed[i]] = changed[i+1]
	}
	r.one(form).Find("input, select, textarea").Each(func(_ int, el *goquery.Selection) {
		name, v := el.AttrOr("name", ""), el.AttrOr("value", "")
		switch {
		case name == "" || el.AttrOr("type", "") == "radio" && !el.Is("[checked]"):
			return
		case el.Is("select"):
			v = el.Find("option[selected]").AttrOr("value", el.Find("option").First().AttrOr("value", ""))
		}
		if to, there := set[name]; there {
			v = to
		}
		out = append(out, name, v)
	})
	return out
}

// importing is where the file is that a page shows.
func (r *reply) importing() string {
	return r.one("form[action^='"+page.ImportURL+"/']").AttrOr("action", "")
}

const importForm = "form[action^='/templates/import/']"

func ourLens(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("../internal/formats/testdata/lens.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Files of three formats become lifecycles by which projects pass their first gate.
func TestImportedFilesAreUsedToAPassedGate(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	list := "# Fair\n\n## Rides\n\n- [ ] [MUST] Test the brakes\n- [ ] [SHOULD] Paint the horses\n\n## Food\n\n- [ ] Cool the fridges\n"
	table := "Stage;Title;Level;Done when\nBefore leaving;Count the lifeboats;must;Two people did.\nBefore leaving;Test the horn;must;It was heard.\nAt sea;Keep watch;should;\n"
	for name, tc := range map[string]struct {
		file string
		body []byte
		says []string
	}{
		"markdown": {"fair.md", []byte(list), []string{"read as Markdown", "Items 3", "Required 2", "Recommended 1", "Stages 2", "Test the brakes"}},
		"table":    {"Harbour list.csv", []byte(table), []string{"read as CSV table", "Items 3", "Required 2", "Two people did."}},
		"lens":     {"kitchen.json", ourLens(t), []string{"AWS Well-Architected custom lens", "Items 3", "Answered by choosing 2", "it cannot hold"}},
	} {
		t.Run(name, func(t *testing.T) {
			key := "ours-" + name
			editor := f.browse("librarian")
			seen := editor.uploadFile(tc.file, tc.body, "").follow().want(200)
			for _, want := range tc.says {
				if !strings.Contains(seen.text(), want) {
					t.Errorf("the preview does not say %q: %s", want, seen.text())
				}
			}
			stored := editor.post(seen.importing()+"/draft", seen.fields(importForm, "key", key, "name", "Ours: "+name)...)
			draft := stored.follow().want(200)
			if stored.Header.Get("Location") != page.DraftURL(key) || !strings.Contains(draft.text(), "The file is stored as a draft.") && !strings.Contains(draft.Body, "stored as a draft") {
				t.Fatalf("it led to %s: %s", stored.Header.Get("Location"), draft.text())
			}
			saved := editor.get(page.DraftURL(key)+"/publish").want(200).one("[name=saved]").AttrOr("value", "")
			editor.post(page.DraftURL(key)+"/publish", "saved", saved, "reason", "We have it already.").want(303)
			passFirstGate(t, f, key)
		})
	}
}

// passFirstGate takes a new project by a lifecycle through its first gate.
func passFirstGate(t *testing.T, f *fixture, key string) {
	t.Helper()
	ref, err := f.Store.Lifecycle(context.Background(), key, 1)
	if err != nil {
		t.Fatal(err)
	}
	in := review.NewProject{
		Key: "by-" + key, Name: "By " + key, Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: f.person("owner"), Deputy: f.person("deputy"),
	}
	if _, err := f.Store.Create(context.Background(), f.as("owner"), ref, in); err != nil {
		t.Fatal(err)
	}
	p := review.ProjectKey(in.Key)
	d, err := f.Store.Document(context.Background(), key, 1)
	if err != nil {
		t.Fatal(err)
	}
	stage, owner := d.Lifecycle.Stages[0].Key, f.browse("owner")
	for _, it := range f.stage(p, stage).Items {
		owner.post(page.EvidenceURL(p, stage, it.Def.Key), "url", "https://wiki.example.test/"+string(it.Def.Key), "title", "Proof", "kind", "doc").want(303)
		if it.Def.IsQuestion() {
			f.change("owner", p, stage, func(r *review.Review, who review.Actor, at time.Time) error {
				var keys []plan.ChoiceKey
				for _, c := range it.Def.Choices {
					keys = append(keys, c.Key)
				}
				all, err := plan.Choose(keys...)
				if err != nil {
					return err
				}
				return r.Choose(who, stage, it.Def.Key, all, nil, 0, at)
			})
			continue
		}
		owner.post(page.AnswerURL(p, stage, it.Def.Key), "answer", "met", "note", "See the link.", "version", "0").want(303)
	}
	gate := page.GateURL(p, stage)
	owner.get(gate).want(200).submit(page.RequestURL(p, stage), "reason", "").want(303)
	f.browse("product").get(gate).want(200).submit(page.SignURL(p, stage), "decision", "go", "note", "").want(303)
	if n, outcome := f.rounds(p, stage); n != 1 || outcome != review.OutcomePassed {
		t.Errorf("after %d rounds the gate is %s", n, outcome)
	}
}

// What the columns of a table hold is chosen, kept with the file, and proposed again
// for the next file with the same headings, to the same person.
func TestColumnsAreChosenAndRemembered(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("admin")
	src := "Thema,Was,Wie schlimm,Hinweis\nBetrieb,Rollback geübt,must,Alle zwei Wochen\nBetrieb,Alarm läuft,should,\n"
	seen := b.uploadFile("liste.csv", []byte(src), "").follow().want(200)
	if !strings.Contains(words(seen.one("#reading")), "Rollback geübt · Alarm läuft") {
		t.Errorf("the first rows are not shown: %s", words(seen.one("#reading")))
	}
	at := seen.importing()
	fields := func(r *reply, columns ...string) []string {
		out := r.fields(importForm)
		n := 0
		for i := 0; i < len(out); i += 2 {
			if out[i] == "column" {
				out[i+1] = columns[n]
				n++
			}
		}
		return out
	}
	twice := b.post(at, fields(seen, "title", "title", "", "")...).want(422)
	if !strings.Contains(twice.text(), "“Title” is chosen for columns 1 and 2") || twice.find("#f-column-2 option[value=title][selected]").Length() != 1 {
		t.Errorf("a column chosen twice: %s", twice.text())
	}
	if none := b.post(at, fields(seen, "section", "", "", "")...).want(422); !strings.Contains(none.text(), "No column holds the titles") {
		t.Errorf("no title: %s", none.text())
	}
	shown := b.post(at, fields(seen, "section", "title", "level", "why")...).follow().want(200)
	for _, want := range []string{"Required 1", "Recommended 1", "Stages 1", "Betrieb", "Alle zwei Wochen"} {
		if !strings.Contains(shown.text(), want) {
			t.Errorf("%q is missing: %s", want, shown.text())
		}
	}
	next := b.uploadFile("andere.csv", []byte(strings.Replace(src, "geübt", "geprobt", 1)), "").follow().want(200)
	if next.find("#f-column-4 option[value=why][selected]").Length() != 1 || !strings.Contains(next.text(), "As you chose them") {
		t.Errorf("the next file is read otherwise: %s", words(next.one("#reading")))
	}
	other := f.browse("librarian").uploadFile("liste.csv", []byte(src), "").follow().want(200)
	if other.find("#f-column-4 option[value=why][selected]").Length() != 0 {
		t.Error("somebody else's choice is proposed")
	}
	// A workbook's other sheet has other columns; those that were chosen are not its.
	b.post(at, append(fields(shown, "section", "title", "level", "why"), "headings", strings.Repeat("0", 64))...).want(400)
}

// A module gets a phase for each section of the file, guessed and changed.
func TestImportAsAModule(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("admin")
	src := "## Security\n- [ ] Rotate the keys\n## Odds and ends\n- [ ] Name an owner\n- [ ] Write it down\n"
	seen := b.post(page.ImportURL, "text", src).follow().want(200)
	b.post(seen.importing(), seen.fields(importForm)...).follow().want(200)
	asModule := b.post(seen.importing(), "kind", "module", "key", "odds", "name", "Odds").follow().want(200)
	rows := asModule.find("#stages [name=phase] option[selected]")
	if rows.Length() != 2 || rows.First().AttrOr("value", "") != "security" {
		t.Fatalf("the phases are %s", words(asModule.one("#stages")))
	}
	b.post(seen.importing(), "section", "Odds and ends", "phase", "operation", "section", "Security", "phase", "design").follow().want(200)
	done := b.post(seen.importing()+"/draft", "key", "odds").follow().want(200)
	if done.find(`a[href="`+page.DraftStageURL("odds", "operation")+`"]`).Length() == 0 {
		t.Errorf("no such phase: %s", done.text())
	}
	d, err := f.Store.DocumentDraft(context.Background(), f.as("admin"), "odds")
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range d.Document.Module.Items {
		want := plan.Phase("operation")
		if it.Title == "Rotate the keys" {
			want = "design"
		}
		if it.Phase != want || !strings.HasPrefix(string(it.Key), "odds-") {
			t.Errorf("%s %q is in %s", it.Key, it.Title, it.Phase)
		}
	}
	if got := b.get(page.LibraryURL).want(200); words(got.one("#drafts")) == "" || got.find(`#drafts a[href="`+page.DraftURL("odds")+`"]`).Length() != 1 {
		t.Error("the library does not list the draft")
	}
	if f.browse("viewer").get(page.LibraryURL).want(200).find("#drafts").Length() != 0 {
		t.Error("everybody sees the drafts")
	}
}

// A file whose key is taken becomes the next version of the document, unless somebody
// writes that already; what comes with the program is left alone.
func TestImportUnderAKeyThatIsThere(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("admin")
	own, _, err := formats.Write(formats.YAML, plan.Document{Lifecycle: f.tmpl})
	if err != nil {
		t.Fatal(err)
	}
	seen := b.uploadFile("prototype.yaml", own, "").follow().want(200)
	if got := seen.one("#f-key").AttrOr("value", ""); got != "prototype-to-production-2" || !strings.Contains(seen.text(), "The file says itself that it is a lifecycle.") {
		t.Errorf("the proposed key is %q: %s", got, seen.text())
	}
	taken := b.post(seen.importing()+"/draft", "key", f.tmpl.Key).want(422)
	if !strings.Contains(taken.text(), "comes with Slipway") || taken.one("#f-key").AttrOr("aria-invalid", "") != "true" {
		t.Errorf("a built-in key: %s", taken.text())
	}
	for _, reserved := range []string{"new", "import"} {
		b.post(seen.importing()+"/draft", "key", reserved).want(422)
	}
	b.post(seen.importing()+"/draft", "key", "No key").want(422)
	b.post(seen.importing()+"/draft", "key", "copied", "name", "A copy").follow().want(200)
	publish := func(key string) {
		t.Helper()
		saved := b.get(page.DraftURL(key)+"/publish").want(200).one("[name=saved]").AttrOr("value", "")
		b.post(page.DraftURL(key)+"/publish", "saved", saved, "reason", "Ours.").want(303)
	}
	publish("copied")

	list := "# Copied\n- [ ] Only this\n"
	next := b.uploadFile("copied.md", []byte(list), "").follow().want(200)
	if !strings.Contains(next.text(), "There is a lifecycle of this key: the file becomes the draft of its version 2.") {
		t.Errorf("an existing key: %s", next.text())
	}
	module := b.post(next.importing(), "kind", "module", "key", "copied").follow().want(200)
	if !strings.Contains(module.text(), "is that of a lifecycle") {
		t.Errorf("a key of another kind: %s", module.text())
	}
	b.post(next.importing()+"/draft", "kind", "module", "key", "copied").want(422)
	b.post(next.importing()+"/draft", "kind", "lifecycle", "key", "copied").follow().want(200)
	again := b.post(next.importing()+"/draft", "key", "other") // the second press
	if again.want(303); again.Header.Get("Location") != page.DraftURL("copied") {
		t.Errorf("the second press leads to %s", again.Header.Get("Location"))
	}
	if to := b.get(next.importing()).want(303).Header.Get("Location"); to != page.DraftURL("copied") {
		t.Errorf("going back leads to %s", to)
	}

	theirs := f.browse("librarian").uploadFile("copied.md", []byte(list), "").follow().want(200)
	if !strings.Contains(theirs.text(), "a draft, which Admin Person changed last") || theirs.find(`a[href="`+page.DraftURL("copied")+`"]`).Length() != 1 {
		t.Errorf("somebody's draft: %s", theirs.text())
	}
	f.browse("librarian").post(theirs.importing()+"/draft", "key", "copied").want(422)
	f.browse("librarian").get(theirs.importing()).want(200)
	publish("copied")
	f.browse("librarian").post(theirs.importing()+"/draft", "key", "copied").follow().want(200)
}

// Whatever is sent, the page says what is wrong in words, and nothing is stored.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("admin")
	big := bytes.Repeat([]byte("- [ ] An item\n"), 1<<19)
	for name, tc := range map[string]struct {
		file   string
		body   []byte
		text   string
		status int
		says   string
	}{
		"nothing":          {"", nil, "", 422, "Choose a file, or paste a text."},
		"empty":            {"list.md", nil, "", 422, "is empty"},
		"both":             {"list.md", []byte("- [ ] One"), "- [ ] Two", 422, "cannot be imported together"},
		"too large":        {"list.md", big, "Kept", 413, "has more than 5 MiB"},
		"text too large":   {"", nil, string(big), 413, "has more than 5 MiB"},
		"not UTF-8":        {"list.md", []byte("- [ ] caf\xe9"), "", 200, "is not part of a text in UTF-8"},
		"UTF-16":           {"list.csv", []byte("\xff\xfea\x00"), "", 200, "UTF-16"},
		"no format":        {"notes", []byte("Dear all"), "", 200, "format of this file was not recognised"},
		"two formats":      {"both.json", []byte(`{"pillars": [], "questions": [], "items": [{"guid": "a", "severity": "b"}]}`), "", 200, "could be of several formats: AWS Well-Architected custom lens, Azure"},
		"a picture":        {"list.png", []byte("\x89PNG\r\n\x1a\n"), "", 200, "format of this file was not recognised"},
		"spaces":           {"list", []byte("  \n "), "", 200, "The file is empty."},
		"no workbook":      {"list.xlsx", []byte("PK\x03\x04nothing"), "", 200, "no .xlsx workbook"},
		"a bomb":           {"list.xlsx", zipBomb(t), "", 200, "unpacks to more than"},
		"code":             {"list.yaml", []byte("kind: lifecycle\nkey: &a x\nname: *a\n"), "", 200, "cannot be read here"},
		"a path":           {"../../etc/list.md", []byte("- [ ] One\n"), "", 200, "list.md, 10 bytes"},
		"another's path":   {`C:\Users\rosa\list.md`, []byte("- [ ] One\n"), "", 200, "list.md, 10 bytes"},
		"a nasty name":     {"<b>\u202e" + strings.Repeat("n", 500) + ".md", []byte("- [ ] One\n"), "", 200, "Required 1"},
		"nasty content":    {"list.csv", []byte("Title,Level\n<script>alert(1)</script>,must\n"), "", 200, "<script>alert(1)</script>"},
		"too many items":   {"list.md", bytes.Repeat([]byte("- [ ] An item\n"), 2001), "", 200, "more than 2000 items"},
		"a form as a file": {"list.md", []byte("--x\r\nContent-Disposition: form-data"), "", 200, "No items were found"},
	} {
		t.Run(name, func(t *testing.T) {
			r := b.uploadFile(tc.file, tc.body, tc.text)
			if tc.status == 200 {
				r = r.follow()
			}
			if r.want(tc.status); !strings.Contains(r.text(), tc.says) {
				t.Errorf("the page does not say %q: %s", tc.says, r.text())
			}
			if tc.text != "" && len(tc.text) < 100 && r.one("[name=text]").Text() != tc.text {
				t.Error("the pasted text is lost")
			}
			if strings.Contains(r.Body, "<script>alert") || len(r.Body) > 1<<20 {
				t.Errorf("a page of %d bytes", len(r.Body))
			}
			if tc.status == 200 && !strings.Contains(r.text(), "Required 1") {
				b.post(r.importing()+"/draft", "key", "hostile").want(422)
			}
		})
	}
	raw := func(contentType, body string, status int) {
		t.Helper()
		b.send(http.MethodPost, page.ImportURL, contentType, body).want(status)
	}
	raw("multipart/form-data", "x", 422)
	raw("multipart/form-data; boundary=x", "no parts", 422)
	raw("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.md\"\r\n\r\ncut o", 422)
	raw("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"is_admin\"\r\n\r\n1\r\n--x--\r\n", 422)
	raw("multipart/form-data; boundary=x", strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n1\r\n", 2)+"--x--\r\n", 400)
	raw("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.md\"\r\n\r\n"+strings.Repeat("y", maxUpload)+"\r\n--x--\r\n", 413)
	raw("application/json", "{}", 415)
	if drafts, err := f.Store.DraftsInWork(context.Background()); err != nil || len(drafts) != 0 {
		t.Errorf("drafts are left behind: %v, %v", drafts, err)
	}
}

// zipBomb is a small file that would unpack to a large one.
func zipBomb(t *testing.T) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	part, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 25 {
		if _, err := part.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// A file is its owner's alone, is kept from page to page, and goes after a day, and a
// text is not lost with the session.
func TestFilesWaitForTheirOwner(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("admin")
	seen := b.uploadFile("list.md", []byte("- [ ] One\n"), "").follow().want(200)
	if got := b.get(page.ImportURL).want(200).one("#waiting a"); got.Text() != "list.md" || got.AttrOr("href", "") != seen.importing() {
		t.Errorf("the file is not listed: %s", got.Text())
	}
	f.browse("librarian").get(seen.importing()).want(404)
	f.browse("librarian").post(seen.importing()+"/draft", "key", "stolen").want(404)
	f.browse("viewer").get(page.ImportURL).want(403)
	f.browse("viewer").uploadFile("list.md", []byte("- [ ] One\n"), "").want(403)
	ended := f.stranger().uploadFile("", nil, "- [ ] A <typed> text").want(401)
	if got := ended.one(`form[action="/templates/import"] [name=text]`); got.AttrOr("value", got.Text()) != "- [ ] A <typed> text" {
		t.Errorf("the text is lost with the session: %s", ended.text())
	}
	if ended = f.stranger().uploadFile("list.md", []byte("- [ ] One\n"), "").want(401); !strings.Contains(ended.text(), "go back one page, and send the form again") {
		t.Errorf("a file is sent without a session: %s", ended.text())
	}
	owner := f.db.OwnerPool(t)
	if _, err := owner.Exec(context.Background(), `update import set made_at = now() - interval '25 hours'`); err != nil {
		t.Fatal(err)
	}
	b.get(seen.importing()).want(404)
	if b.get(page.ImportURL).want(200).find("#waiting").Length() != 0 {
		t.Error("an old file is listed")
	}
	if _, err := f.Store.Refresh(context.Background()); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := owner.QueryRow(context.Background(), `select count(*) from import`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d old files are left, %v", left, err)
	}
	for i := range 12 {
		b.uploadFile(fmt.Sprintf("list-%d.md", i), []byte("- [ ] One\n"), "").want(303)
	}
	if n := b.get(page.ImportURL).want(200).find("#waiting a").Length(); n != 10 {
		t.Errorf("%d files are kept", n)
	}
	nowhere, err := store.Open(t.Context(), "postgres://app@127.0.0.1:9/slipway?sslmode=disable", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nowhere.Close)
	f.Store = nowhere
	if got := b.uploadFile("", nil, "- [ ] Kept").want(503).one(`[name=text]`); got.AttrOr("value", got.Text()) != "- [ ] Kept" {
		t.Error("the text is lost with the database")
	}
}

// A document can be had in each format that is written, with what is lost said beside
// it; a browser that has a version is not sent it again.
func TestExport(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("outsider")
	shown := b.get(page.LifecycleURL(f.tmpl.Key, 2)).want(200).one("#download")
	if !strings.Contains(words(shown), "Slipway YAML (.yaml) Everything is in it.") || !strings.Contains(words(shown), "Gates have no place in Markdown.") {
		t.Errorf("the page says %q", words(shown))
	}
	if shown.Find("a").Length() != 5 {
		t.Errorf("%d files can be had", shown.Find("a").Length())
	}
	shown.Find("a").Each(func(_ int, a *goquery.Selection) {
		r := b.get(a.AttrOr("href", "")).want(200)
		name := r.Header.Get("Content-Disposition")
		if !strings.HasPrefix(name, `attachment; filename="prototype-to-production-2.`) || r.Header.Get("Content-Type") == "" || len(r.Body) < 10_000 {
			t.Errorf("%s: %s, %d bytes of %s", a.Text(), name, len(r.Body), r.Header.Get("Content-Type"))
		}
		b.with("If-None-Match", r.Header.Get("ETag")).get(a.AttrOr("href", "")).want(304)
	})
	at := page.ExportURL(f.tmpl.Key, 2, "slipway-yaml")
	r, err := formats.Read(formats.YAML, "x.yaml", []byte(b.get(at).Body), formats.Options{})
	if err != nil || r.Refused() || r.Counts.Items != (plan.Document{Lifecycle: f.tmpl}).Items() {
		t.Errorf("what was exported is read as %v %v", r.Counts, r.Problems)
	}
	for _, wrong := range []string{page.ExportURL(f.tmpl.Key, 9, "csv"), page.ExportURL("no-such", 1, "csv"), page.ExportURL(f.tmpl.Key, 2, "openssf-badge"), page.ExportURL(f.tmpl.Key, 2, "exe")} {
		b.get(wrong).want(404)
	}
	f.stranger().get(at).want(303)
	admin := f.browse("admin")
	admin.beginDocument("house")
	draft := admin.get(page.DraftURL("house")).want(200)
	href := draft.find("#download a").First().AttrOr("href", "")
	got := admin.get(href).want(200)
	if got.Header.Get("Content-Disposition") != `attachment; filename="house-draft.yaml"` || !strings.Contains(got.Body, "version: 1") || got.Header.Get("ETag") != "" {
		t.Errorf("a draft: %v %s", got.Header, got.Body)
	}
	b.get(href).want(403)
}
