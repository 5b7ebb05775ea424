package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestBadInputComesBack types what nobody should, and looks for a message at
// the field with the text still in it.
func TestBadInputComesBack(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	stage := rosa.owns("rough-edges", "Rough edges", "3") + ideaPath

	rosa.visit(stage + "/items/" + success)
	for _, link := range []string{
		"http://intranet/minutes", "javascript:alert(1)", "data:text/html,hello", "file:///etc/passwd",
		"https://rosa:secret@docs.example.com/", "https://", "minutes of Monday", "https://docs.example.com/\u202egnp.exe",
	} {
		form := `form[action$="/evidence"]`
		rosa.paste(field("Link").in(form), link)
		rosa.paste(field("Title").in(form), "Minutes")
		rosa.past(button("Add evidence").in(form)) // the browser's own check of addresses is not what is tried here
		rosa.see("There is a problem")
		rosa.until(`document.querySelector('`+form+` [name=url]').matches('[aria-invalid]') && document.querySelector('`+form+` [name=title]').value === 'Minutes'`,
			func() string { return link + " is not refused at its field" })
		if got := eval[string](rosa, `document.querySelector('`+form+` [name=url]').value`); got != link {
			t.Errorf("%q came back as %q", link, got)
		}
		rosa.seeIn("#evidence", "none yet")
	}

	// A note that is too long comes back whole, from the list and from the page.
	long := strings.Repeat("0123456789abcdef", 1<<16)
	rosa.visit(stage)
	rosa.press(button("Add note").in(row(success)))
	rosa.paste(field("Note").in(row(success)), long)
	rosa.press(button("Met").in(row(success)))
	rosa.seeIn(row(success)+" [role=alert]", "note")
	rosa.until(`document.querySelector('`+row(success)+` [role=alert] textarea').value.length === 1 << 20`, func() string { return "the long note did not come back" })
	rosa.pressed(success, "")
	rosa.visit(stage + "/items/" + scope)
	rosa.paste(field("Note"), long)
	rosa.follow(button("Save answer"))
	rosa.see("There is a problem")
	rosa.until(`document.querySelector('#f-note').value.length === 1 << 20`, func() string { return "the long note did not come back" })

	// So does a name of ten thousand letters.
	rosa.visit("/projects/new")
	rosa.paste(field("Name"), strings.Repeat("long ", 2000))
	rosa.fill(field("Team"), "Checkout")
	rosa.follow(button("Continue"))
	rosa.see("There is a problem")
	rosa.until(`document.querySelector('#f-name').value.length > 9000`, func() string { return "the long name did not come back" })
	rosa.fill(field("Name"), "Rough edges")
	rosa.fill(field("Key"), "rough-edges")
	rosa.follow(button("Continue"))
	rosa.see("is taken by another project")
}

// past presses a button of a form that the browser itself would hold back.
func (p *person) past(w thing) {
	p.t.Helper()
	eval[chromedp.Void](p, eyes+`.find(`+asJSON(w)+`).form.noValidate = true`)
	p.follow(w)
}

// paste puts a text into a field at once.
func (p *person) paste(w thing, text string) {
	p.t.Helper()
	p.click(w)
	eval[chromedp.Void](p, `(() => {
		const el = `+eyes+`.find(`+asJSON(w)+`)
		el.value = `+asJSON(text)+`
		el.dispatchEvent(new Event('input', {bubbles: true}))
	})()`)
}

// TestImpatientFingers presses everything twice, as many people do. Each thing
// happens once, and nobody gets to see an error.
func TestImpatientFingers(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	rosa.visit("/projects/new")
	rosa.fill(field("Name"), "Twice told")
	rosa.fill(field("Team"), "Checkout")
	rosa.follow(button("Continue"))
	rosa.pick(field("Pilot"))
	rosa.pick(field("Tier 3, starter"))
	rosa.follow(button("Continue"))
	rosa.twice(button("Create the project"))
	rosa.at("/projects/twice-told")
	rosa.see("The project is created")

	item := "/projects/twice-told" + ideaPath + "/items/" + success
	rosa.visit(item)
	rosa.press(summary("Discussion"))
	rosa.fill(field("Comment"), "Only once.")
	rosa.twice(button("Add comment"))
	rosa.seeIn("#discussion", "Only once.")
	if n := eval[int](rosa, `document.querySelectorAll('#discussion .comments > li').length`); n != 1 {
		t.Errorf("the comment stands there %d times", n)
	}
	rosa.fill(field("Link"), "https://docs.example.com/once")
	rosa.twice(button("Add evidence").in(`form[action$="/evidence"]`))
	rosa.seeIn("#evidence", "docs.example.com")
	if n := eval[int](rosa, `document.querySelectorAll('#evidence tbody tr').length`); n != 1 {
		t.Errorf("the evidence stands there %d times", n)
	}
	rosa.visit("/projects/twice-told" + ideaPath)
	rosa.twice(button("Met").in(row(scope)))
	rosa.pressed(scope, "Met")
	rosa.until(`!document.querySelector('.versus, [role=alert]')`, func() string { return "two quick clicks are a conflict with oneself" })

	project := rosa.owns("twice-signed", "Twice signed", "3")
	gate := project + ideaPath + "/gate"
	rosa.meetsMusts(project, "3")
	rosa.visit(gate)
	rosa.twice(button("Request sign-off"))
	rosa.see("Sign-off is requested")
	for _, who := range []string{"tom", "priya"} {
		signer := arrives(somebody(t), who)
		signer.visit(gate)
		signer.pick(field("Approve"))
		signer.twice(button("Record decision"))
		signer.seeIn("#seats", "Approved")
		signer.miss("cannot be done")
		if who == "priya" {
			signer.see("The gate has passed")
		}
	}
	rosa.visit(project + "/history")
	if n := eval[int](rosa, `document.querySelectorAll('table.trail tbody tr').length`); n != 2+4+4+1+2+1 {
		t.Errorf("the history tells %d things instead of 14", n)
	}
}

// twice presses a button two times within a moment, and waits for the page
// that comes of it.
func (p *person) twice(w thing) {
	p.t.Helper()
	p.click(w)
	_, _ = tell[chromedp.Void](p, eyes+`.find(`+asJSON(w)+`)?.click()`) // the page may be gone already
	p.until(`document.readyState === 'complete'`, func() string { return w.String() + " led nowhere" })
}
