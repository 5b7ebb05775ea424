package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// The main job from the first click to the passed gate: with a mouse, with the
// keyboard alone, and with scripts switched off. It is one story, told to
// three kinds of people.

func TestMainJobWithTheMouse(t *testing.T) {
	t.Parallel()
	mainJob(t, "Parcel tracker", func() *person { return somebody(t) })
}

func TestMainJobWithTheKeyboard(t *testing.T) {
	t.Parallel()
	mainJob(t, "Door lock", func() *person { return somebody(t).onlyKeyboard() })
}

func TestMainJobWithoutScripts(t *testing.T) {
	t.Parallel()
	mainJob(t, "Quiet hours", func() *person { return somebody(t).withoutScripts() })
}

// The first stage of the built-in template and what it asks of a project in
// the starter tier.
const (
	idea       = "Idea and first prototype"
	ideaPath   = "/stages/idea"
	success    = "success-written-down"
	scope      = "scope-agreed"
	assumption = "assumptions-published"
	threats    = "threats-sketched"
)

func mainJob(t *testing.T, name string, arrives func() *person) {
	project := "/projects/" + strings.ReplaceAll(strings.ToLower(name), " ", "-")

	// Rosa builds it. She was sent the address of the form, and lands there after signing in.
	rosa := arrives()
	rosa.visit("/projects/new")
	rosa.signIn("rosa")
	rosa.see("1. What it is")
	startProject(rosa, name, "Tier 3, starter")
	rosa.at(project)
	rosa.see("The project is created")

	// She answers the first stage in its list.
	rosa.follow(link("1. " + idea).in(".track"))
	rosa.at(project + ideaPath)
	rosa.seeIn("#stage-progress", "0 of 4")
	rosa.answer(success, "Met")
	rosa.answer(scope, "Met")
	rosa.answer(assumption, "Met")
	rosa.answerNotApplicable(threats, "Runs on paper first: no data, nothing to attack.")
	rosa.seeIn("#item-"+success, "Needs evidence")
	rosa.seeIn("#item-"+threats, "Waits for approval")
	rosa.seeIn("#stage-progress", "0 of 4")

	// What is met needs evidence.
	for _, item := range []string{success, scope, assumption} {
		rosa.openItem(item)
		rosa.addEvidence("https://docs.example.com/"+item, "Minutes of "+item, "Document")
		rosa.follow(link("1. " + idea).in("main"))
	}
	rosa.seeIn("#stage-progress", "3 of 4")

	// The gate says what is left, and who can settle it.
	rosa.follow(link("Gate").in(".stagehead"))
	rosa.at(project + ideaPath + "/gate")
	rosa.seeIn("#blockers", "1 item missing")
	rosa.seeIn("#items", "A seat holder has to approve")
	if rosa.has(button("Request sign-off")) {
		t.Error("sign-off can be requested although something stops the gate")
	}

	// Tom holds the product seat: he may approve that an item does not apply.
	tom := arrives()
	tom.visit(project + ideaPath + "?show=approval")
	tom.signIn("tom")
	tom.openItem(threats)
	tom.follow(button("Approve that it does not apply"))
	tom.see("Approved")

	rosa.reload()
	rosa.miss("Blockers")
	rosa.follow(button("Request sign-off"))
	rosa.see("Sign-off is requested")
	if rosa.has(button("Record decision")) {
		t.Error("whoever answered the items may sign")
	}

	// Both seats sign; each finds the gate in the queue.
	tom.signFromQueue(name, project+ideaPath+"/gate")
	tom.see("Your signature is recorded")
	priya := arrives()
	priya.visit("/sign-offs")
	priya.signIn("priya")
	priya.signFromQueue(name, project+ideaPath+"/gate")
	priya.see("the gate has passed")
	for _, signer := range []*person{tom, priya} {
		signer.follow(link("Sign-offs").in("nav"))
		signer.at("/sign-offs")
		signer.missIn("main", name)
	}

	rosa.reload()
	rosa.see("The gate has passed")
	rosa.seeIn("#seats", "Tom Okafor")
	rosa.seeIn("#seats", "Priya Raman")
	rosa.follow(link("Portfolio").in("nav"))
	rosa.fill(field("Name or key"), name) // a row has a dozen links: nobody tabs through them all
	rosa.follow(button("Filter"))
	row := `tr:has(a[href="` + project + `"])`
	rosa.until(`document.querySelector(`+asJSON(row+` td.s-met a[title="Idea: passed"]`)+`) !== null`, func() string { return "the portfolio does not show that the gate has passed" })
	rosa.follow(link(name).in(row))
	rosa.see("Passed")
	rosa.follow(link("History").in("nav.local"))
	rosa.trail(
		"Rosa Almeida started the project", "Rosa Almeida pinned the readiness definition", "Rosa Almeida answered met", "Rosa Almeida answered met", "Rosa Almeida answered met",
		"Rosa Almeida answered not applicable", "Rosa Almeida linked evidence", "Rosa Almeida linked evidence", "Rosa Almeida linked evidence",
		"Tom Okafor approved not applicable", "Rosa Almeida requested sign-off", "Tom Okafor approved as Product",
		"Priya Raman approved as Engineering", "Priya Raman completed the quorum and passed the gate",
	)
}

// startProject goes through the steps of the form from the first one on, with a no to
// all that is asked about the project.
func startProject(p *person, name, tier string) {
	p.t.Helper()
	p.fill(field("Name"), name)
	p.fill(field("Team"), "Checkout")
	p.follow(button("Continue"))
	p.pick(field("Pilot"))
	p.follow(button("Answer no to the rest"))
	p.pick(field(tier))
	p.follow(button("Continue"))
	p.see("Owner")
	p.follow(button("Create the project"))
}

// row is where an item stands in a checklist.
func row(item string) string { return "#item-" + item }

// answer answers an item in the list: with the mouse or without scripts by its
// button, with the keyboard by a shortcut.
func (p *person) answer(item, word string) {
	p.t.Helper()
	p.pressAnswer(item, word)
	p.until(`document.querySelector('`+row(item)+` [aria-pressed=true]')?.textContent === `+asJSON(word),
		func() string { return item + " was not answered " + word })
}

func (p *person) pressAnswer(item, word string) {
	p.t.Helper()
	switch {
	case p.mute:
		p.follow(button(word).in(row(item)))
	case p.keys:
		p.goToRow(item)
		p.key(map[string]string{"Met": "m", "Not met": "n", "N/A": "a"}[word])
	default:
		p.press(button(word).in(row(item)))
	}
}

// goToRow walks to an item with j and k.
func (p *person) goToRow(item string) {
	p.t.Helper()
	for range 200 {
		way := eval[string](p, `(() => {
			const at = document.activeElement.closest('[data-row]'), to = document.querySelector('`+row(item)+`')
			return at === to ? 'here' : !at || at.compareDocumentPosition(to) & 4 ? 'j' : 'k'
		})()`)
		if way == "here" {
			p.lookAtFocus()
			return
		}
		p.key(way)
	}
	p.t.Fatalf("j and k do not lead to %s", item)
}

// answerNotApplicable needs a reason: the list asks for it, or without scripts
// the item's own page does.
func (p *person) answerNotApplicable(item, reason string) {
	p.t.Helper()
	p.pressAnswer(item, "N/A")
	if p.mute {
		p.fill(field("Note"), reason)
		p.follow(button("Save answer"))
		p.follow(link("1. " + idea).in("main"))
	} else {
		p.fill(field("Why does it not apply?").in(row(item)), reason)
		p.press(button("Save as not applicable"))
	}
	p.seeIn(row(item), reason)
	p.until(`document.querySelector('`+row(item)+` [aria-pressed=true]')?.textContent === 'N/A'`, func() string { return item + " was not answered" })
}

// openItem opens an item's own page from the list.
func (p *person) openItem(item string) {
	p.t.Helper()
	title := eval[string](p, `document.querySelector('`+row(item)+` > a').textContent`)
	if p.keys {
		p.goToRow(item)
		p.leave(item, func() { p.key(kb.Enter) })
	} else {
		p.follow(link(title).in(row(item)))
	}
	p.seeIn("h1", title)
}

// addEvidence links evidence on an item's page.
func (p *person) addEvidence(url, title, kind string) {
	p.t.Helper()
	form := `form[action$="/evidence"]:not(#paste)`
	p.fill(field("Link").in(form), url)
	p.fill(field("Title").in(form), title)
	p.choose(field("Kind").in(form), kind)
	p.follow(button("Add evidence").in(form))
	p.see("The evidence is linked")
	p.seeIn("#evidence", title)
}

// unfold opens a part of the page that is folded away.
func (p *person) unfold(name string) {
	p.t.Helper()
	if !eval[bool](p, eyes+`.find(`+asJSON(summary(name))+`).parentNode.open`) {
		p.press(summary(name))
	}
}

// signFromQueue signs a gate that waits, from the approver's queue on.
func (p *person) signFromQueue(project, gate string) {
	p.t.Helper()
	p.follow(link("Sign-offs").in("nav"))
	p.at("/sign-offs")
	p.follow(link(idea).in(`tr:has(a[href="` + gate[:strings.Index(gate, "/stages/")] + `"])`))
	p.at(gate)
	p.seeIn("body", project)
	p.decides("Approve")
}

// decides takes a decision at the gate that is open.
func (p *person) decides(decision string) {
	p.t.Helper()
	p.pick(field(decision))
	p.follow(button("Record decision"))
}

// trail makes sure that the history tells just these things, oldest first.
func (p *person) trail(told ...string) {
	p.t.Helper()
	p.see("Every change")
	rows := eval[[]string](p, `[...document.querySelectorAll('table.trail tbody tr')].map(r => r.cells[1].innerText.replace(/\s+/g, ' ').trim())`)
	if len(rows) != len(told) {
		p.t.Fatalf("the history tells %d things, not %d:\n%s", len(rows), len(told), strings.Join(rows, "\n"))
	}
	for i, what := range told {
		if got := rows[len(rows)-1-i]; !strings.HasPrefix(got, what) {
			p.t.Errorf("entry %d of the history is %q, not %q", i+1, got, what)
		}
	}
}
