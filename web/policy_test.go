package web

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/web/page"
)

// A policy is begun, written, published and read in the browser, and says what of the
// library shows each of its requirements.
func TestAPolicyFromEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	a, it := f.browse("admin"), &f.tmpl.Stages[0].Items[0]
	a.get(page.NewDocumentURL).want(200).one(`input[name=start][value=policy]`)
	f.browse("viewer").post(page.LibraryURL, "key", "changes", "name", "Changes", "start", "policy", "from", "", "version", "").want(403)
	a.post(page.LibraryURL, "key", "changes", "name", "Changes", "start", "policy").want(303)
	draft := page.DraftURL("changes")
	shown := func(part string) string {
		return a.get(draft).want(200).one(`form[action="`+draft+"/"+part+`"] input[name=shown]`).AttrOr("value", "")
	}
	if text := a.get(draft).one("#wrong").Text(); !strings.Contains(text, "Issued by: is missing") || !strings.Contains(text, "Requirements: there are 0") {
		t.Errorf("before it can be published: %s", text)
	}
	for _, path := range []string{draft + "/preview", draft + "/export/markdown", draft + "/stages/idea"} {
		a.get(path).want(404)
	}
	a.get(draft + "/export/slipway-yaml").want(200)
	a.post(draft+"/head", "shown", shown("head"), "name", "Changes", "summary", "How production changes.").want(303)
	lines := "way-back | must | Every change can be <b>taken back</b>. | " + string(it.Key) + ", nothing-has-this\ntold | should | People are told."
	fields := []string{
		"shown", shown("policy"), "issuer", "Us", "reference", "P-7", "source", "ftp://policies.example", "review-by", "2020-03-31", "requirements", lines + "\nno line",
	}
	if got := a.post(draft+"/policy", fields...).want(422); !strings.Contains(got.one(".errors").Text(), "1 parts in line 3") || !strings.Contains(got.one(".errors").Text(), "not the address of a web page") ||
		!strings.Contains(got.one("textarea[name=requirements]").Text(), "no line") {
		t.Errorf("refused with %s", got.one(".errors").Text())
	}
	fields[7], fields[11] = "https://policies.example/7", lines
	f.browse("manager").post(draft+"/policy", fields...).want(403)
	a.post(draft+"/policy", fields...).want(303)
	if a.get(draft).want(200).find("#wrong").Length() != 0 {
		t.Errorf("it still lacks %s", a.get(draft).one("#wrong").Text())
	}
	form := a.get(draft + "/publish").want(200)
	if text := form.one("#changes").Text(); !strings.Contains(text, "Requirement way-back") || !strings.Contains(text, "<b>taken back</b>") {
		t.Errorf("the page says that it is about %s", text)
	}
	a.post(draft+"/publish", "saved", form.one("input[name=saved]").AttrOr("value", ""), "reason", "Because.", "validated-by", "", "validated-on", "").want(303)
	v := f.browse("viewer")
	library := v.get(page.LibraryURL).want(200)
	library.one(`#policies h3 a[href="` + page.LifecycleURL("changes", 1) + `"]`)
	if text := library.one("#policies").Text(); !strings.Contains(text, "Review overdue") {
		t.Errorf("the library says %s", text)
	}
	read := v.get(page.LifecycleURL("changes", 1)).want(200)
	if text := read.one("#requirement-way-back").Text(); !strings.Contains(text, "<b>taken back</b>") || !strings.Contains(text, "No item of the library has the key nothing-has-this") || !strings.Contains(text, "Required") {
		t.Errorf("it says %s", text)
	}
	read.one(`#requirement-way-back a[href="` + page.LifecycleURL(f.ref.Key, f.ref.Version) + `#item-` + string(it.Key) + `"]`)
	if text := read.one("main").Text(); !strings.Contains(text, "Its review was due by 31 Mar 2020") {
		t.Errorf("the page does not say that it is overdue: %s", text)
	}
	v.get(page.DocumentURL("changes")).want(200)
	if text := v.get(page.LibraryURL + "?q=people+are+told").want(200).one("#found-documents").Text(); !strings.Contains(text, "Changes") {
		t.Errorf("its words find %s", text)
	}
	if body := v.get(page.ExportURL("changes", 1, "slipway-yaml")).want(200).Body; !strings.Contains(body, "kind: policy") || !strings.Contains(body, "key: way-back") {
		t.Errorf("it is exported as %s", body)
	}
	v.get(page.ExportURL("changes", 1, "markdown")).want(404)

	// The next version, and what it changes.
	a.post(draft, "version", "1").want(303)
	fields[1], fields[9] = shown("policy"), "2090-03-31"
	a.post(draft+"/policy", fields...).want(303)
	form = a.get(draft + "/publish").want(200)
	a.post(draft+"/publish", "saved", form.one("input[name=saved]").AttrOr("value", ""), "reason", "Looked at.", "validated-by", "", "validated-on", "").want(303)
	if text := v.get(page.LifecycleURL("changes", 2)).want(200).one("#changes").Text(); !strings.Contains(text, "Next review by") || !strings.Contains(text, "Before: 2020-03-31") || strings.Contains(text, "way-back") {
		t.Errorf("it changes %s", text)
	}
	if text := v.get(page.LibraryURL).want(200).one("#policies").Text(); strings.Contains(text, "Review overdue") {
		t.Errorf("the library still says %s", text)
	}
}
