package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestShortcutsOfTheChecklist(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t).onlyKeyboard(), "rosa")
	project := rosa.owns("key-ring", "Key ring", "3")
	rosa.visit(project + ideaPath)

	// The first Tab offers to skip the navigation.
	rosa.key(kb.Tab)
	rosa.lookAtFocus()
	rosa.key(kb.Enter)
	rosa.until(`location.hash === '#main'`, func() string { return "the skip link leads nowhere" })

	// Help comes and goes, and takes no answers meanwhile.
	rosa.key("?")
	rosa.until(`document.querySelector('dialog')?.open`, func() string { return "? does not open the help" })
	rosa.seeIn("dialog", "not applicable")
	rosa.key("m")
	rosa.key(kb.Escape)
	rosa.until(`!document.querySelector('dialog').open && !document.activeElement.closest('dialog')`, func() string { return "Esc does not close the help" })

	// j and k walk, the arrows too; m answers and the head follows.
	rosa.key("j")
	rosa.focusIn(success)
	rosa.key("j")
	rosa.focusIn(scope)
	rosa.key("k")
	rosa.focusIn(success)
	rosa.key(kb.ArrowDown)
	rosa.focusIn(scope)
	rosa.key("n")
	rosa.pressed(scope, "Not met")
	rosa.focusIn(scope)
	rosa.key("o")
	rosa.pressed(scope, "")
	rosa.focusIn(scope)

	// A note is typed in the row. Letters are letters there.
	rosa.key("c")
	rosa.typeText("many names: j, k, m, a?")
	rosa.key(kb.Enter)
	rosa.seeIn(row(scope)+" .nt", "many names: j, k, m, a?")
	rosa.pressed(scope, "")
	rosa.focusIn(scope)

	// So they are in the filter, which f reaches.
	rosa.key("f")
	rosa.typeText("m")
	rosa.until(`document.activeElement.value === 'm'`, func() string { return "f does not lead to the filter" })
	rosa.pressed(success, "")
	rosa.pressed(scope, "")
	rosa.leave("filtering", func() { rosa.key(kb.Enter) })
	rosa.visit(project + ideaPath)

	// e leads to the evidence, g p to the portfolio.
	rosa.goToRow(success)
	rosa.leave("e", func() { rosa.key("e") })
	rosa.until(`location.hash === '#evidence'`, func() string { return "e does not lead to the evidence" })
	rosa.key("g")
	rosa.leave("g p", func() { rosa.key("p") })
	rosa.at("/portfolio")
}

// focusIn makes sure that the focus comes to a row.
func (p *person) focusIn(item string) {
	p.t.Helper()
	p.until(`document.activeElement.closest('[data-row]')?.id === 'item-`+item+`'`, func() string { return "the focus is not in " + item })
	p.lookAtFocus()
}

// pressed makes sure that a row comes to have an answer; empty for none.
func (p *person) pressed(item, word string) {
	p.t.Helper()
	p.until(`(document.querySelector('`+row(item)+` [aria-pressed=true]')?.textContent || '') === `+asJSON(word),
		func() string { return item + " is not answered " + asJSON(word) })
}

// On the board the arrows to the sides walk from column to column, and back from a project the focus
// is on its card again.
func TestArrowsAcrossTheBoard(t *testing.T) {
	t.Parallel()
	jonas := arrives(somebody(t).onlyKeyboard(), "jonas")
	jonas.visit("/portfolio?group=stage")
	card := func(column int) string {
		t.Helper()
		of := `[...document.querySelectorAll('.board > section:has([data-row])')]`
		jonas.until(of+fmt.Sprintf(`[%d].contains(document.activeElement)`, column), func() string { return fmt.Sprintf("the focus is not in column %d", column) })
		jonas.lookAtFocus()
		return eval[string](jonas, `document.activeElement.getAttribute('href')`)
	}
	jonas.key("j")
	first := card(0)
	jonas.key(kb.ArrowRight)
	second := card(1)
	jonas.key(kb.ArrowLeft)
	if got := card(0); got != first {
		t.Errorf("there and back leads from %s to %s", first, got)
	}
	jonas.key(kb.ArrowLeft)
	card(0)
	jonas.key(kb.ArrowRight)
	card(1)
	jonas.leave("Enter", func() { jonas.key(kb.Enter) })
	jonas.at(second)
	jonas.leave("going back", func() { eval[bool](jonas, `(setTimeout(() => history.back()), true)`) })
	if got := card(1); got != second {
		t.Errorf("back from %s the focus is on %s", second, got)
	}
}

// In the table of the portfolio j, k and the arrows walk from project to project, and Enter
// opens one. Keys that answer items do nothing there.
func TestShortcutsOfThePortfolio(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t).onlyKeyboard(), "rosa")
	first, second := rosa.owns("table-one", "Table one", "3"), rosa.owns("table-two", "Table two", "3")
	rosa.visit("/portfolio?q=table&sort=name&owner=me")
	at := func(project string) {
		t.Helper()
		rosa.until(`document.activeElement.getAttribute('href') === `+asJSON(project), func() string { return "the focus is not on " + project })
		rosa.lookAtFocus()
	}
	rosa.key("j")
	at(first)
	rosa.key("j")
	at(second)
	rosa.key(kb.ArrowUp)
	at(first)
	rosa.key("e")
	rosa.key("c")
	rosa.key("m")
	at(first)
	rosa.key("k")
	at(first)
	rosa.key(kb.ArrowDown)
	at(second)
	rosa.leave("Enter", func() { rosa.key(kb.Enter) })
	rosa.at(second)
	rosa.leave("going back", func() { eval[bool](rosa, `(setTimeout(() => history.back()), true)`) })
	at(second)
}
