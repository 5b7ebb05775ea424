package web

import (
	"bytes"
	"log/slog"
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
