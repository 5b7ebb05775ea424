package web

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/web/page"
)

// pasted is what somebody types who has a key in the clipboard; put together, so
// that nobody takes it for a real one.
var pasted = "It works.\nThe key is\nghp_" + strings.Repeat("aB3dE5", 6)

func TestSecretsAreNotStored(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	var log bytes.Buffer
	f.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	member, before := f.browse("member"), f.seq(p)
	answer := page.AnswerURL(p, "idea", "demo-shown")

	r := member.post(answer, "answer", "met", "note", pasted, "version", "0").want(422)
	if f.seq(p) != before {
		t.Error("the note was stored")
	}
	if got := words(r.one("main")); !strings.Contains(got, "Line 3 looks like a GitHub token.") || !strings.Contains(got, "Met") {
		t.Errorf("the page says %q", got)
	}
	form := r.one(`form[action="` + answer + `"]`)
	if got := form.Find(`textarea[name="note"]`).Text(); strings.TrimSpace(got) != pasted {
		t.Errorf("what was typed comes back as %q", got)
	}
	box := form.Find(`input[type="checkbox"][name="` + page.NoSecret + `"]`)
	if _, ticked := box.Attr("checked"); box.Length() != 1 || ticked {
		t.Error("the box is missing, or ticked beforehand")
	}
	if got := log.String(); strings.Contains(got, "ghp_") || !strings.Contains(got, "a GitHub token") {
		t.Errorf("the log says %s", got)
	}

	mark := box.AttrOr("value", "")
	other := strings.ReplaceAll(pasted, "aB3", "zY9")
	if again := member.post(answer, "answer", "met", "note", other, "version", "0", page.NoSecret, mark).want(422); again.find(`input[type="hidden"][name="`+page.NoSecret+`"]`).Length() != 0 {
		t.Error("what was said of one text is kept for another")
	}
	if f.seq(p) != before {
		t.Error("what was said of one text was taken for another")
	}
	member.post(answer, "answer", "met", "note", pasted, "version", "0", page.NoSecret, mark).want(303)
	if got := f.stage(p, "idea").Item("demo-shown").Answer.Note; got != pasted {
		t.Errorf("kept is %q", got)
	}

	f.stranger().post(answer, "answer", "met", "note", pasted, "version", "1").want(401)
}

// Every form that people type into is looked through, whatever its fields are called.
func TestSecretsInEveryForm(t *testing.T) {
	f := smallFixture(t)
	p := f.create("payments")
	before, n := f.seq(p), 0
	owner := f.browse("owner")
	link := "https://ci.example.com/job/7?token=" + strings.Repeat("aB3dE5", 5)
	for _, e := range f.table() {
		if e.method != http.MethodPost || e.access != signedIn {
			continue
		}
		n++
		path := concrete(e.pattern)
		for _, text := range []string{pasted, link, "password: Summer2026!"} {
			if got := words(owner.post(path, "anything", text).want(422).one("h1")); got != "This looks like a secret" {
				t.Errorf("%s says %q", path, got)
			}
		}
	}
	if n < 60 || f.seq(p) != before {
		t.Errorf("%d forms, or something was stored", n)
	}
	// Whoever may not do something learns that once they have said that it is no secret.
	answer := page.AnswerURL(p, "idea", "scope-set")
	auditor := f.browse("auditor")
	mark := auditor.post(answer, "answer", "met", "version", "0", "note", pasted).want(422).one(`[name="`+page.NoSecret+`"]`).AttrOr("value", "")
	auditor.post(answer, "answer", "met", "version", "0", "note", pasted, page.NoSecret, mark).want(403)
}

// A text or a file for the library is asked about before it is kept.
func TestImportsAreAskedAbout(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("admin")
	list := "# Checklist\n\n- [ ] Log in with ghp_" + strings.Repeat("aB3dE5", 6) + "\n"
	waiting := func() int { return b.get(page.ImportURL).want(200).find("#waiting li").Length() }
	for _, file := range []bool{true, false} {
		send := func(mark string) *reply {
			if file {
				return b.upload([3]string{"file", "list.md", list}, [3]string{"text", "", ""}, [3]string{page.NoSecret, "", mark})
			}
			return b.upload([3]string{"text", "", list}, [3]string{page.NoSecret, "", mark})
		}
		asked := send("").want(422)
		if text := asked.one(".errors").Text(); !strings.Contains(text, "Line 3 looks like a GitHub token") || strings.Contains(text, "ghp_") {
			t.Errorf("it says %s", text)
		}
		if !file && asked.one("textarea[name=text]").Text() != list {
			t.Error("what was pasted is lost")
		}
		mark := asked.one(`input[type=checkbox][name="`+page.NoSecret+`"]`).AttrOr("value", "")
		before := waiting()
		send(mark + "x").want(422)
		if waiting() != before {
			t.Error("it was kept unasked")
		}
		send(mark).want(303)
		if waiting() != before+1 {
			t.Error("it was not kept")
		}
	}
}

// upload sends the parts of a form as a browser does that sends files: each a name, a
// file's name if it is one, and what is in it.
func (b *browser) upload(parts ...[3]string) *reply {
	b.f.t.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	for _, p := range parts {
		create := form.CreateFormField
		if p[1] != "" {
			create = func(name string) (io.Writer, error) { return form.CreateFormFile(name, p[1]) }
		}
		part, err := create(p[0])
		if err != nil {
			b.f.t.Fatal(err)
		}
		_, _ = part.Write([]byte(p[2]))
	}
	_ = form.Close()
	return b.send(http.MethodPost, page.ImportURL, form.FormDataContentType(), buf.String())
}
