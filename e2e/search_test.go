package e2e

import (
	"net/url"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// The palette opens on any page, follows what is typed, and is left by keys alone.
func TestThePalette(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t).onlyKeyboard(), "rosa")
	project := rosa.owns("quokka", "Quokka Reserve", "3")
	rosa.send(project+ideaPath+"/items/"+scope+"/evidence", url.Values{
		"url": {"https://wiki.example.test/quokka/burrow"}, "title": {"Map of the burrow"}, "kind": {"doc"},
	})
	open := func() {
		t.Helper()
		rosa.key("/")
		rosa.until(`!!document.querySelector('dialog.find')?.open && document.activeElement.name === 'q'`, func() string { return "/ does not open the palette" })
	}
	rosa.visit("/portfolio")
	open()
	rosa.typeText("quok")
	rosa.until(`document.querySelectorAll('dialog.find .sec').length > 1`, func() string { return "nothing is found while one types" })
	rosa.seeIn("dialog.find #found-projects", "Quokka Reserve")
	rosa.seeIn("dialog.find #found-evidence", "Map of the burrow")
	rosa.seeIn("dialog.find [role=status]", "Enter opens the first")
	rosa.accessible("the palette", everyRule)
	rosa.key(kb.ArrowDown)
	rosa.lookAtFocus()
	rosa.until(`document.activeElement.textContent === 'Quokka Reserve'`, func() string { return "the arrow does not lead to the first hit" })
	rosa.key(kb.ArrowDown)
	rosa.until(`document.activeElement.textContent === 'Map of the burrow'`, func() string { return "the arrow does not lead to the next hit" })
	rosa.key("k") // letters go to the field, and are no shortcuts
	rosa.until(`document.activeElement.value === 'quokk'`, func() string { return "what is typed on a hit does not go to the field" })
	rosa.key(kb.Escape)
	rosa.until(`!document.querySelector('dialog.find').open`, func() string { return "Esc does not close the palette" })
	rosa.at("/portfolio")

	// The key of a project and Enter lead there, however fast.
	open()
	rosa.typeText("quokka")
	rosa.leave("Enter", func() { rosa.key(kb.Enter) })
	rosa.at(project)

	// Where nothing has the words, Enter leads to the page that says so; / is its field's there.
	open()
	rosa.typeText("xqzzy")
	rosa.seeIn("dialog.find", "Nothing has all of these words")
	rosa.leave("Enter", func() { rosa.key(kb.Enter) })
	rosa.at("/search?q=xqzzy")
	rosa.key("/")
	rosa.until(`document.activeElement.id === 'search' && !document.querySelector('dialog[open]')`, func() string { return "/ does not lead to the field of the page" })

	// In a field it is a character.
	rosa.visit(project + ideaPath)
	rosa.key("f")
	rosa.typeText("a/b")
	rosa.until(`document.activeElement.value === 'a/b' && !document.querySelector('dialog[open]')`, func() string { return "a / that is typed opens the palette" })
}

// Without scripts the link in the head leads to a form.
func TestSearchWithoutScripts(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t).withoutScripts(), "rosa")
	project := rosa.owns("numbat", "Numbat Feeder", "3")
	rosa.visit("/")
	rosa.follow(link("Search").in("header"))
	rosa.see("What can be found")
	rosa.fill(field("What to look for"), "NUMBAT")
	rosa.follow(button("Search"))
	rosa.at("/search?q=NUMBAT")
	rosa.follow(link("Numbat Feeder"))
	rosa.at(project)
}

func TestPagesOfTheSearch(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	for path, name := range map[string]string{
		"/search": "search-empty", "/search?q=rollback": "search", "/search?q=rollback&kind=items": "search-kind", "/search?q=kuberntes": "search-respelled", "/search?q=xqzzy": "search-nothing",
	} {
		rosa.visit(path)
		rosa.inspect(name)
	}
}
