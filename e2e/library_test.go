package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A module is begun, written in its place, put in order and published by keyboard
// alone; its pages are looked at on the way.
func TestADocumentIsWrittenByKeyboard(t *testing.T) {
	t.Parallel()
	ada := arrives(somebody(t).onlyKeyboard(), "ada")
	ada.visit("/templates/new")
	ada.inspect("document-new")
	ada.fill(field("Name"), "Desk checks")
	ada.fill(field("Key"), "desk-checks")
	ada.pick(field("A module"))
	ada.follow(button("Begin the draft"))
	ada.fill(field("Summary"), "What a desk needs.")
	ada.seeIn("#head .said-here", "Saved.")
	ada.inspect("draft")
	for _, title := range []string{"Tidy the desk", "Water the plant"} {
		ada.visit("/templates/desk-checks/draft/stages/build")
		ada.fill(field("Another item"), title)
		ada.follow(button("Add the item"))
	}
	ada.press(link("Water the plant"))
	ada.fill(field("Why").in(".in"), "Plants die.")
	ada.seeIn(".in .said-here", "Saved.")
	ada.inspect("draft-stage")
	ada.key(kb.Escape)
	ada.until(`!document.querySelector('.in') && document.activeElement.matches('[data-open]')`, func() string { return "Esc does not close the item" })
	ada.key(kb.ArrowUp, kb.ModifierAlt)
	ada.until(`document.querySelector('.edits > li').dataset.item === 'desk-checks-water-the-plant'`, func() string { return "Alt and an arrow do not move the item" })
	ada.visit("/templates/desk-checks/draft/items/desk-checks-water-the-plant")
	ada.inspect("draft-item")
	ada.visit("/templates/desk-checks/draft/preview")
	ada.inspect("draft-preview")
	ada.visit("/templates/desk-checks/draft/publish")
	ada.inspect("draft-publish")
	ada.fill(field("Why there is a new version"), "Desks were a mess.")
	ada.follow(button("Publish"))
	ada.see("Published.")
	ada.visit("/templates/desk-checks")
	ada.see("Desks were a mess.")
	ada.inspect("document")
	ada.visit("/templates/import")
	ada.inspect("import")
	ada.fill(field("Or paste a text"), "Area,Title,Level,How\nDoors,Lock the door,must,By key\nDoors,Oil the lock,whenever,\nYard,Sweep the yard,may,\n")
	ada.follow(button("Read it"))
	ada.pick(field("A module"))
	ada.follow(button("Read it again"))
	ada.see("whenever")
	ada.inspect("import-read")
	ada.follow(button("Store as a draft"))
	ada.see("The file is stored as a draft.")
}
