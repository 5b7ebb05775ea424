package e2e

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// What a decision at a gate costs whoever takes it: clicks from the queue until
// it is recorded, over all the pages that load on the way. Words are typed and
// the next field is reached with Tab, as people do.

// tally counts from now on what the person does, whatever pages load meanwhile.
func (p *person) tally() {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `if (window === top && location.protocol !== 'about:') {
		const add = what => sessionStorage.setItem('spent ' + what, 1 + +(sessionStorage.getItem('spent ' + what) || 0))
		add('loads')
		addEventListener('pointerdown', e => { if (e.isTrusted) add('clicks') }, true)
	}`})
	if err != nil {
		p.t.Fatalf("counting clicks: %v", err)
	}
	p.reload()
	eval[chromedp.Void](p, `sessionStorage.clear()`)
}

// clicks is what a job has cost since the last time, which may be as much as most.
func (p *person) clicks(job string, most int) {
	p.t.Helper()
	type cost struct{ Clicks, Loads int }
	got := eval[cost](p, `({ clicks: +(sessionStorage.getItem('spent clicks') || 0), loads: +(sessionStorage.getItem('spent loads') || 0) })`)
	eval[chromedp.Void](p, `sessionStorage.clear()`)
	p.t.Logf("%s: %d clicks, %d loads", job, got.Clicks, got.Loads)
	if got.Clicks == 0 || got.Clicks > most {
		p.t.Errorf("%s costs %d clicks, not at most %d", job, got.Clicks, most)
	}
}

// typeDay types a day into the date field that has the focus.
func (p *person) typeDay(in int) {
	p.t.Helper()
	p.typeText(time.Now().UTC().AddDate(0, 0, in).Format("01022006"))
}

// TestFiveOfManyGatesAreSigned goes from one gate to the next, which is never
// one that was signed or one of the person's own.
func TestFiveOfManyGatesAreSigned(t *testing.T) {
	t.Parallel()
	priya := arrives(somebody(t), "priya")
	priya.visit("/sign-offs")
	rows := `document.querySelectorAll('main table a[href$="/gate"]').length`
	if n := eval[int](priya, rows); n < 8 {
		t.Fatalf("%d gates wait for Priya; the job needs more", n)
	}
	priya.tally()
	priya.follow(link(eval[string](priya, `document.querySelector('main table a[href$="/gate"]').textContent.trim()`)).in("main table"))
	seen := map[string]bool{}
	for i := range 5 {
		at := eval[string](priya, `location.pathname`)
		if seen[at] {
			t.Fatalf("%s is offered twice", at)
		}
		seen[at] = true
		if priya.has(button("Sign again")) {
			priya.follow(button("Sign again"))
		} else {
			priya.click(field("Approve as"))
			priya.follow(button("Record decision"))
		}
		priya.at(at)
		if i < 4 {
			priya.follow(link("Next gate that needs you"))
		}
	}
	priya.clicks("signing 5 gates", 15)
}

func TestOtherDecisionsCostFourClicks(t *testing.T) {
	t.Parallel()
	rosa, tom := arrives(somebody(t), "rosa"), arrives(somebody(t), "tom")
	gates := map[string]string{}
	for key, name := range map[string]string{"four-return": "Four return", "four-conditions": "Four conditions", "four-recuse": "Four recuse", "four-again": "Four again"} {
		project := rosa.owns(key, name, "3")
		rosa.meetsMusts(project, "3")
		rosa.asks(project)
		gates[key] = project
	}
	begin := func(key string) {
		tom.visit("/sign-offs")
		eval[chromedp.Void](tom, `sessionStorage.clear()`)
		tom.follow(link(idea).in(`tr:has(a[href="` + gates[key] + `"])`))
	}
	tom.visit("/sign-offs")
	tom.tally()

	begin("four-return")
	tom.click(field("Return with findings"))
	tom.click(field("What has to be put right"))
	tom.typeText("Name who pays for it.")
	tom.follow(button("Record decision"))
	tom.see("returned to the team")
	tom.clicks("returning", 4)

	begin("four-conditions")
	tom.click(field("Approve with conditions"))
	tom.click(field("What has to be done").in(".if-conditional"))
	tom.typeText("Show the sketch to Security.")
	tom.key(kb.Tab)
	tom.typeText("Rosa Almeida")
	tom.key(kb.Tab)
	tom.typeDay(20)
	tom.screenshot("gate conditions")
	tom.noSideways("the form of conditions")
	tom.follow(button("Record decision"))
	tom.see("Your signature is recorded")
	tom.seeIn("#conditions", "Show the sketch to Security.")
	tom.clicks("approving with a condition", 4)
	tom.screenshot("gate signed")
	tom.noSideways("a gate that was signed")

	begin("four-recuse")
	tom.click(field("Recuse myself"))
	tom.click(field("Note"))
	tom.typeText("I advised the vendor.")
	tom.follow(button("Record decision"))
	tom.seeIn("#seats", "I advised the vendor.")
	tom.clicks("recusing oneself", 4)

	tom.send(gates["four-again"]+ideaPath+"/gate/sign", url.Values{"decision": {"go"}, "digest": {tom.digestOf(gates["four-again"] + ideaPath + "/gate")}, "seat": {"product"}})
	rosa.send(gates["four-again"]+ideaPath+"/items/"+success+"/answer", url.Values{"answer": {"met"}, "note": {"Second objective dropped."}, "version": {"1"}})
	begin("four-again")
	tom.follow(button("Sign again as Product"))
	tom.see("Your signature is recorded")
	tom.clicks("signing again", 2)
}

// digestOf is what the sign form of a gate would send.
func (p *person) digestOf(gate string) string {
	p.t.Helper()
	p.visit(gate)
	return eval[string](p, `document.querySelector('#decision [name=digest]').value`)
}

// A stand-in for a time to come, which is ended again: the seat is the demo's.
func TestStandInIsNamedInSevenClicks(t *testing.T) {
	t.Parallel()
	lena := arrives(somebody(t), "lena")
	lena.tally()
	lena.follow(link("People").in("nav"))
	lena.follow(link("Stand-ins").in("main"))
	lena.click(summary("Name a stand-in for one of my seats"))
	lena.click(field("Who stands in"))
	lena.typeText("Anna Kowalska")
	lena.key(kb.Enter) // closes the list
	lena.key(kb.Tab)
	lena.typeDay(60)
	lena.key(kb.Tab) // the calendar's button
	lena.key(kb.Tab)
	lena.typeDay(70)
	lena.follow(button("Name the stand-in"))
	lena.seeIn("#mine", "Anna Kowalska")
	lena.clicks("naming a stand-in", 7)
	end := eval[string](lena, `document.querySelector('#mine form').getAttribute('action')`)
	if !strings.HasPrefix(end, "/people/") {
		t.Fatalf("the stand-in is ended at %q", end)
	}
	lena.send(end, url.Values{})
}
