package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The jobs that people do twenty times a day in a checklist, done as they do
// them and counted: clicks, keys, and pages that had to load. A figure here is
// what a job may cost at most; whoever makes one dearer has to say why.

// cost counts from now on what the person does in the page that is open.
func (p *person) cost() {
	p.t.Helper()
	eval[bool](p, `(() => {
		window.spent = { clicks: 0, keys: 0, pastes: 0 }
		const count = (type, what) => addEventListener(type, e => { if (e.isTrusted || type === 'paste') spent[what]++ }, true)
		count('click', 'clicks'); count('paste', 'pastes')
		addEventListener('keydown', e => { if (e.isTrusted && !['Control', 'Shift'].includes(e.key)) spent.keys++ }, true)
		return true
	})()`)
}

type spent struct{ Clicks, Keys, Pastes int }

// spent is what the job cost. A page that loaded meanwhile has forgotten it,
// and that fails the test.
func (p *person) spent(job string) spent {
	p.t.Helper()
	if !eval[bool](p, `!!window.spent`) {
		p.t.Fatalf("%s: a page had to load", job)
	}
	s := eval[spent](p, `window.spent`)
	p.t.Logf("%s: %d clicks, %d keys, %d pastes, no load", job, s.Clicks, s.Keys, s.Pastes)
	return s
}

// pasteHere presses Ctrl+V with a text in the clipboard: where the focus is.
func (p *person) pasteHere(text string) {
	p.t.Helper()
	eval[bool](p, `(() => {
		const data = new DataTransfer()
		data.setData('text/plain', `+asJSON(text)+`)
		return document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
	})()`)
}

// longStage is a project whose first stage asks for more than twenty items, and
// the keys of its rows in the order of the list.
func (p *person) longStage(key string) (stage string, items []string) {
	p.t.Helper()
	stage = p.owns(key, strings.ReplaceAll(key, "-", " "), "1", "users", "public-web", "api", "shares-data", "low-code", "hosted-backend", "database", "calls-out", "queues") + "/stages/architecture"
	p.openList(stage)
	items = eval[[]string](p, `[...document.querySelectorAll('[data-row]')].map(r => r.id.slice(5))`)
	if len(items) < 21 {
		p.t.Fatalf("the stage has %d items; choose a longer one", len(items))
	}
	return stage, items
}

// openList opens a checklist and waits until its scripts have taken the forms: a
// press before that posts a page, which works as well and costs a load.
func (p *person) openList(stage string) {
	p.t.Helper()
	p.visit(stage)
	p.until(`!!document.querySelector('#bulk[data-htmx-powered]')`, func() string { return "the scripts never start" })
}

func (p *person) answered(n int, word string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`[...document.querySelectorAll('.items [aria-pressed=true]')].filter(b => b.textContent === %s).length === %d`, asJSON(word), n),
		func() string { return fmt.Sprintf("%d items are never %s", n, word) })
}

func TestTenAnswersAreTenClicks(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	_, items := rosa.longStage("ten-clicks")
	rosa.cost()
	for _, item := range items[:10] {
		rosa.click(button("Met").in(row(item)))
	}
	rosa.answered(10, "Met")
	if s := rosa.spent("10 answers"); s.Clicks != 10 || s.Keys != 0 {
		t.Errorf("10 answers cost %+v", s)
	}
}

func TestTwentyOneAnswersAndSevenNotesByKeyboard(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t).onlyKeyboard(), "rosa")
	_, items := rosa.longStage("twenty-one")
	rosa.cost()
	rosa.key("j")
	for i, item := range items[:21] {
		rosa.focusIn(item)
		if i%3 != 0 {
			rosa.key("M")
			continue
		}
		rosa.key("c")
		rosa.typeText("Planned for next quarter") // leaves with an answer and its note in one go
		rosa.key(kb.Enter)
		rosa.seeIn(row(item)+" .nt", "Planned for next quarter")
		rosa.focusIn(item)
		rosa.key("N")
	}
	rosa.answered(14, "Met")
	rosa.answered(7, "Not met")
	typed := 7 * len("Planned for next quarter")
	if s := rosa.spent("21 answers, 7 notes"); s.Keys-typed > 40 || s.Keys >= 228 || s.Clicks != 0 {
		t.Errorf("21 answers and 7 notes cost %d keys beside the notes' %d", s.Keys-typed, typed)
	}
}

func TestTenLinksAreTenPastes(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	_, items := rosa.longStage("ten-pastes")
	rosa.cost()
	rosa.key("j")
	for i, item := range items[:10] {
		rosa.focusIn(item)
		rosa.pasteHere(fmt.Sprintf("https://wiki.example.com/Design-%d", i))
		rosa.key("j")
	}
	rosa.until(`document.querySelectorAll('.items [data-no]').length === 10`, func() string { return "not every item has its link" })
	rosa.seeIn(row(items[9]), "Design 9")
	if s := rosa.spent("10 links"); s.Pastes != 10 || s.Clicks != 0 || s.Keys > 11 {
		t.Errorf("10 links cost %+v", s)
	}
}

func TestThreeItemsAreAssignedInFourClicks(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	_, items := rosa.longStage("four-clicks")
	rosa.cost()
	for _, i := range []int{0, 2, 5} {
		rosa.click(field("Select").in(row(items[i])))
	}
	rosa.seeIn("#bulk", "3 selected")
	rosa.screenshot("checklist three selected")
	rosa.click(button("Rosa Almeida").in("#bulk"))
	for _, i := range []int{0, 2, 5} {
		rosa.seeIn(row(items[i]), "Rosa Almeida")
	}
	rosa.seeIn("#said", "Assigned to Rosa Almeida: 3 items")
	if s := rosa.spent("assigning 3 items"); s.Clicks != 4 || s.Keys != 0 {
		t.Errorf("assigning 3 items cost %+v", s)
	}
}

func TestTwentyAreAnsweredAtOnceAndUndone(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	stage, items := rosa.longStage("at-once")
	rosa.cost()
	rosa.click(field("Select").in(row(items[0])))
	eval[bool](rosa, `document.querySelector('`+row(items[19])+` [name=pick]').dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true, cancelable: true }))`)
	rosa.seeIn("#bulk", "20 selected")
	rosa.click(button("Met").in("#bulk"))
	rosa.answered(20, "Met")
	rosa.seeIn("#said", "Met: 20 items")
	if s := rosa.spent("20 answers"); s.Clicks != 2 {
		t.Errorf("20 answers cost %+v beside a click with Shift", s)
	}
	rosa.screenshot("checklist twenty answered")
	rosa.key("z", kb.ModifierCtrl)
	rosa.answered(0, "Met")
	rosa.seeIn("#said", "Undone: 20 items")
	rosa.spent("undo")

	// With the keyboard: x selects, and an answer is for all that are selected.
	rosa.openList(stage)
	for range 3 {
		rosa.key("j")
		rosa.key("x")
	}
	rosa.seeIn("#bulk", "3 selected")
	rosa.key("n")
	rosa.answered(3, "Not met")
	rosa.focusIn(items[2])
	rosa.key("X")
	rosa.seeIn("#bulk", fmt.Sprint(len(items), " selected"))
	rosa.key("a") // asks for the reason first
	rosa.typeText("None of this is built")
	rosa.click(button("N/A").in("#bulk"))
	rosa.answered(len(items), "N/A")
}

// Without scripts the boxes and the buttons below the list are one plain form.
func TestSeveralWithoutScripts(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	stage, items := rosa.longStage("plain-form")
	rosa.withoutScripts()
	rosa.visit(stage)
	for _, i := range []int{0, 1, 4} {
		rosa.click(field("Select").in(row(items[i])))
	}
	rosa.follow(button("Met").in("#bulk"))
	rosa.answered(3, "Met")
	rosa.seeIn("#said", "The selected items are changed.")
	rosa.follow(button("Undo"))
	rosa.answered(0, "Met")
	rosa.seeIn("#said", "The change is undone.")
}

func TestNoteIsSavedWhenTheFocusLeavesItsRow(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	stage, items := rosa.longStage("left-note")
	rosa.press(button("Add note").in(row(items[0])))
	rosa.typeText("Asked the platform team")
	rosa.press(button("Met").in(row(items[1])))
	rosa.pressed(items[1], "Met")
	rosa.seeIn(row(items[0])+" .nt", "Asked the platform team")
	rosa.pressed(items[0], "")
	rosa.reload()
	rosa.seeIn(row(items[0]), "Asked the platform team")

	// Esc takes back what was typed, and the question that N/A asks.
	rosa.openList(stage)
	rosa.press(button("N/A").in(row(items[2])))
	rosa.seeIn(row(items[2]), "Why does it not apply?")
	rosa.key(kb.Escape)
	rosa.missIn(row(items[2]), "Why does it not apply?")
	rosa.focusIn(items[2])
}

// The row that is saved shrinks. At the top of the page nothing can be scrolled to make up for it, so an answer below would move from under
// a pointer that is still down, and the press would be lost.
func TestAPressSavesTheNoteAboveAndIsNotLost(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	_, items := rosa.longStage("slow-press")
	rosa.press(button("Add note").in(row(items[0])))
	rosa.typeText("Asked the platform team")
	eval[bool](rosa, `(scrollTo(0, 0), true)`)
	rosa.clickSlowly(button("Met").in(row(items[1])))
	rosa.pressed(items[1], "Met")
	rosa.seeIn(row(items[0])+" .nt", "Asked the platform team")
}

func TestListFollowsTheFilterWhileOneTypes(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	stage, items := rosa.longStage("typed-filter")
	rosa.cost()
	rosa.key("f")
	rosa.typeText(items[4])
	rosa.until(`document.querySelectorAll('[data-row]').length === 1 && !!document.querySelector('`+row(items[4])+`')`, func() string { return "the list does not follow" })
	rosa.at(stage + "?q=" + items[4])
	rosa.press(button("Met").in(row(items[4]))) // what came with the filter takes answers in place too
	rosa.pressed(items[4], "Met")
	rosa.spent("filtering")
	rosa.reload()
	rosa.pressed(items[4], "Met")
}

// What could not be saved stays marked in its row, whatever succeeds elsewhere,
// and all of it is tried again together.
func TestFailuresStayInTheirRowsUntilMadeGood(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	_, items := rosa.longStage("bad-network")
	rosa.offline(true)
	for _, item := range items[:3] {
		rosa.click(button("Met").in(row(item)))
		rosa.seeIn(row(item), "Met may not be saved. Slipway could not be reached")
	}
	rosa.see("3 changes are not confirmed as saved.")
	rosa.offline(false)
	rosa.click(button("Not met").in(row(items[5])))
	rosa.pressed(items[5], "Not met")
	rosa.see("3 changes are not confirmed as saved.")
	rosa.screenshot("checklist failures")
	rosa.click(button("Try all again"))
	rosa.answered(3, "Met")
	rosa.miss("confirmed as saved")
	rosa.reload()
	rosa.answered(3, "Met")
	rosa.forgive("Failed to fetch") // htmx tells the console
}

// offline takes the network away from the page, or gives it back.
func (p *person) offline(off bool) {
	p.t.Helper()
	if off {
		eval[bool](p, `(window.online = window.fetch, window.fetch = () => Promise.reject(new TypeError('Failed to fetch')), true)`)
	} else {
		eval[bool](p, `(window.fetch = window.online, true)`)
	}
}

// Back shows what there is now, and after a sign-out nothing of the person.
func TestBackShowsNothingOld(t *testing.T) {
	t.Parallel()
	rosa := arrivesAnew(somebody(t), "rosa")
	stage, items := rosa.longStage("way-back")
	rosa.follow(link("way back").in(".local"))
	rosa.send(stage+"/items/"+items[0]+"/answer", map[string][]string{"answer": {"met"}, "version": {"0"}})
	eval[bool](rosa, `(setTimeout(() => history.back()), true)`)
	rosa.at(stage)
	rosa.pressed(items[0], "Met")

	rosa.press(summary("Rosa Almeida"))
	rosa.follow(button("Sign out"))
	for range 5 { // over the pages of the sign-out, back to the list and beyond
		eval[bool](rosa, `(setTimeout(() => history.back()), true)`)
		time.Sleep(300 * time.Millisecond)
		rosa.until(`document.readyState === 'complete' && !document.querySelector('[data-row], .menu')`, func() string { return "Back shows the list of somebody who signed out" })
	}
}

func TestThreeRowsFitAPhone(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	rosa.window(390, 844)
	if _, err := chromedp.Call(rosa.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	_, items := rosa.longStage("small-screen")
	whole := eval[int](rosa, `(() => {
		document.querySelector('`+row(items[3])+`').scrollIntoView()
		return [...document.querySelectorAll('[data-row]')].filter(r => r.getBoundingClientRect().top >= 0 && r.getBoundingClientRect().bottom <= innerHeight).length
	})()`)
	if whole < 3 {
		t.Errorf("%d rows fit", whole)
	}
	rosa.press(button("Add note").in(row(items[3])))
	rosa.fill(field("Note").in(row(items[3])), "On the phone")
	rosa.press(button("Save note"))
	rosa.seeIn(row(items[3]), "On the phone")
	rosa.screenshot("checklist phone")
	rosa.noSideways("the list on a phone")
}
