package e2e

import "testing"

// TestBackToARefusedForm goes on from forms that were refused and back to them:
// there is a page, not a question whether to send the form again, and what was
// typed is there.
func TestBackToARefusedForm(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	project := rosa.owns("way-back-to-forms", "Way back to forms", "3")
	rosa.meetsMusts(project, "3")
	rosa.asks(project)
	tom := arrives(somebody(t), "tom")
	for _, form := range []struct {
		who        *person
		page, send string
		typing     func()
		typed      string // an expression: the typed text is there
	}{
		{rosa, project + "/settings", "Save the settings", func() {
			rosa.fill(field("Name"), " ")
			rosa.fill(field("Team"), "Typed team")
		}, `document.querySelector('[name=team]').value === 'Typed team'`},
		{rosa, project + "/members", "Add", func() { rosa.choose(field("Part"), "Deputy") }, `document.querySelector('select[name=duty]').value === 'deputy'`},
		{rosa, project + ideaPath + "/items/" + success, "Add evidence", func() {
			in := `form[action$="/evidence"]:not(#paste)`
			rosa.unfold("Add evidence")
			rosa.fill(field("Link").in(in), "C:/plan.txt")
			rosa.fill(field("Title").in(in), "Typed title")
		}, `document.querySelector('form[action$="/evidence"]:not(#paste) [name=title]').value === 'Typed title'`},
		{tom, project + ideaPath + "/gate", "Record decision", func() {
			tom.pick(field("Return with findings"))
			tom.fill(field("Note").in("#decision"), "Typed note")
		}, `document.querySelector('#decision [name=note]').value === 'Typed note' && document.querySelector('#decision [value=return]').checked`},
	} {
		form.who.visit(form.page)
		form.typing()
		form.who.follow(button(form.send))
		form.who.until(`document.title.startsWith('Error:')`, func() string { return form.page + " takes what it should refuse" })
		form.who.at(form.page)
		form.who.visit("/portfolio")
		eval[bool](form.who, `(setTimeout(() => history.back()), true)`)
		form.who.at(form.page)
		form.who.until(form.typed, func() string { return "going back to " + form.page + " lost what was typed" })
		if eval[bool](form.who, `document.title.startsWith('Error:')`) {
			t.Errorf("Back to %s sent the form again", form.page)
		}
	}
}
