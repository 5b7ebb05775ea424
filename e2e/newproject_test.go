package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// counts are what a person's hands did on the pages since counting began.
type counts struct{ Clicks, Keys, Loads int }

// counting counts from now on what is done on this page, on top of what was
// counted on those before. It has to be called on each page.
func (p *person) counting() {
	p.t.Helper()
	eval[bool](p, `(() => {
		const c = JSON.parse(sessionStorage.counted || '{"Clicks":0,"Keys":0,"Loads":-1}')
		const note = (what, n) => { c[what] += n; sessionStorage.counted = JSON.stringify(c) }
		c.Loads++
		sessionStorage.counted = JSON.stringify(c)
		addEventListener('click', e => e.detail && note('Clicks', 1), true) // not those that a label or Enter makes
		addEventListener('input', e => note('Keys', e.data?.length || 0), true) // a letter is a key
		return true
	})()`)
}

func (p *person) counted() counts {
	p.t.Helper()
	return eval[counts](p, `JSON.parse(sessionStorage.counted)`)
}

// TestNewProjectTakesFewHands starts a project with three members. It once took
// 33 clicks and 67 keys.
func TestNewProjectTakesFewHands(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	rosa.follow(link("New project"))
	rosa.counting()
	rosa.fill(field("Name"), "Few hands")
	rosa.fill(field("Team"), "Checkout")
	rosa.follow(button("Continue"))
	rosa.counting()
	rosa.pick(field("Pilot"))
	rosa.pick(field("Tier 3, starter"))
	rosa.follow(button("Continue"))
	rosa.counting()
	for _, name := range []string{"Jonas Berg", "Priya Raman", "Elif Demir"} {
		rosa.pick(field(name))
	}
	done := rosa.counted()
	rosa.follow(button("Create the project"))
	rosa.at("/projects/few-hands")
	for _, name := range []string{"Jonas Berg", "Priya Raman", "Elif Demir"} {
		rosa.seeIn("#people", name)
	}
	done.Clicks++ // the last button
	t.Logf("%+v", done)
	if done.Clicks > 12 || done.Keys > 30 || done.Clicks < 5 || done.Keys < 10 {
		t.Errorf("a project with three members takes %+v", done)
	}
}

// TestNewProjectGoesBackAndForth reloads and goes back in the steps, as people
// do, with and without scripts.
func TestNewProjectGoesBackAndForth(t *testing.T) {
	t.Parallel()
	for name, rosa := range map[string]*person{"there-and-back": arrives(somebody(t), "rosa"), "mute-and-back": arrives(somebody(t).withoutScripts(), "rosa")} {
		rosa.visit("/projects/new")
		rosa.fill(field("Name"), name)
		rosa.fill(field("Team"), "Checkout")
		rosa.follow(button("Continue"))
		rosa.reload()
		rosa.see("2. Profile and tier")
		rosa.pick(field("Pilot"))
		rosa.pick(field("Tier 2"))
		rosa.follow(button("Continue"))
		rosa.reload()
		rosa.see("3. People and date")
		for _, step := range []string{"2", "1"} {
			eval[chromedp.Void](rosa, `history.back()`)
			rosa.until(`document.querySelector('[aria-current=step]')?.textContent.startsWith(`+asJSON(step)+`) && document.readyState === 'complete'`,
				func() string { return "going back does not lead to step " + step })
		}
		rosa.until(`document.querySelector('#f-name').value === `+asJSON(name), func() string { return "going back lost the name" })
		rosa.follow(button("Continue"))
		rosa.until(`document.querySelector('[value=pilot]').checked`, func() string { return "going back lost the profile" })
		rosa.follow(button("Continue"))
		rosa.follow(button("Create the project"))
		rosa.at("/projects/" + name)
	}
}
