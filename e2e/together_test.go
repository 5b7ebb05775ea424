package e2e

import (
	"net/url"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// What happens when somebody else, or time, gets in between.

// twoOnOneProject are the owner of a project and its deputy, both with a
// checklist open.
func twoOnOneProject(t *testing.T, name, key string, deputy *person) (rosa *person, stage string) {
	rosa = arrives(somebody(t), "rosa")
	rosa.visit("/projects/new")
	rosa.fill(field("Name"), name)
	rosa.fill(field("Key"), key)
	rosa.fill(field("Team"), "Checkout")
	rosa.follow(button("Continue"))
	rosa.pick(field("Limited"))
	rosa.pick(field("Tier 3, starter"))
	rosa.follow(button("Continue"))
	rosa.choose(field("Deputy"), "Jonas Berg")
	rosa.follow(button("Create the project"))
	stage = "/projects/" + key + ideaPath
	rosa.visit(stage)
	deputy.visit(stage)
	return rosa, stage
}

func TestConflictInTheList(t *testing.T) {
	t.Parallel()
	jonas := arrives(somebody(t), "jonas")
	rosa, stage := twoOnOneProject(t, "Two pens", "two-pens", jonas)

	rosa.press(button("Add note").in(row(success)))
	rosa.fill(field("Note").in(row(success)), "Confirmed on Monday.")
	rosa.answer(success, "Met")

	// Jonas still sees the item open. His answer overwrites nothing: he gets both to choose from.
	jonas.press(button("Add note").in(row(success)))
	jonas.fill(field("Note").in(row(success)), "Finance has not confirmed.")
	jonas.press(button("Not met").in(row(success)))
	jonas.seeIn(row(success)+" .versus", "Rosa Almeida answered")
	jonas.seeIn(row(success)+" .versus", "Met: Confirmed on Monday.")
	jonas.seeIn(row(success)+" .versus", "Not met: Finance has not confirmed.")
	jonas.pressed(success, "Met")
	jonas.screenshot("conflict-in-the-list")
	jonas.press(button("Use mine"))
	jonas.pressed(success, "Not met")
	jonas.seeIn(row(success), "Finance has not confirmed.")
	rosa.reload()
	rosa.pressed(success, "Not met")

	// The other way round, Rosa keeps what she finds.
	jonas.answer(scope, "Met")
	rosa.press(button("Not met").in(row(scope)))
	rosa.seeIn(row(scope)+" .versus", "Jonas Berg answered")
	rosa.press(link("Keep theirs"))
	rosa.until(`!document.querySelector('.versus')`, func() string { return "the conflict is not settled" })
	rosa.pressed(scope, "Met")

	// Nothing is lost: the item tells what both said.
	rosa.visit(stage + "/items/" + success)
	rosa.unfold("History")
	rosa.seeIn("#history", "Confirmed on Monday.")
	rosa.seeIn("#history", "Finance has not confirmed.")
}

func TestConflictWithoutScripts(t *testing.T) {
	t.Parallel()
	jonas := somebody(t).withoutScripts()
	arrives(jonas, "jonas")
	rosa, stage := twoOnOneProject(t, "Two quills", "two-quills", jonas)

	item := stage + "/items/" + success
	jonas.visit(item)
	rosa.send(item+"/answer", url.Values{"answer": {"met"}, "note": {"Confirmed on Monday."}, "version": {"0"}})
	jonas.fill(field("Note"), "Finance has not confirmed.")
	jonas.pick(field("Not met"))
	jonas.follow(button("Save answer"))
	jonas.see("Nothing was overwritten")
	jonas.see("Rosa Almeida answered")
	jonas.see("Confirmed on Monday.")
	jonas.see("Finance has not confirmed.")
	jonas.follow(button("Use mine"))
	jonas.see("The answer is saved")
	jonas.seeIn("#answer", "Jonas Berg")
	jonas.unfold("History")
	jonas.seeIn("#history", "Confirmed on Monday.")

	// In the list, too, where only a button was pressed.
	jonas.visit(stage)
	rosa.send(stage+"/items/"+scope+"/answer", url.Values{"answer": {"not-met"}, "note": {"Two points are open."}, "version": {"0"}})
	jonas.follow(button("Met").in(row(scope)))
	jonas.see("Two points are open.")
	jonas.follow(button("Use mine"))
	jonas.see("The answer is saved")
}

func TestSessionEndsWhileTyping(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	stage := rosa.owns("long-lunch", "Long lunch", "3") + ideaPath
	rosa.visit(stage)
	rosa.press(button("Add note").in(row(success)))
	rosa.fill(field("Note").in(row(success)), "Half a page about objectives.")
	rosa.forgetCookies()
	rosa.press(button("Met").in(row(success)))
	rosa.seeIn(row(success), "Met is not saved. You are signed out.")
	rosa.see("1 change is not confirmed as saved.")
	rosa.pressed(success, "")
	rosa.screenshot("session-ended-in-the-list")
	again := rosa.anotherTab() // where the link leads, so that this page keeps what it could not save
	again.visit("/login")
	again.signIn("rosa")
	rosa.press(button("Try again").in(row(success)))
	rosa.pressed(success, "Met")
	rosa.seeIn(row(success), "Half a page about objectives.")
	rosa.miss("confirmed as saved")

	// The note of somebody who leaves the page instead comes back with it.
	rosa.press(button("Add note").in(row(scope)))
	rosa.fill(field("Note").in(row(scope)), "Half a page about objectives.")
	rosa.reload()
	rosa.until(`document.querySelector('`+row(scope)+` textarea')?.value === 'Half a page about objectives.'`, func() string { return "the note did not come back" })
	rosa.answer(scope, "Met")
	rosa.seeIn(row(scope), "Half a page about objectives.")
	rosa.reload()
	rosa.pressed(scope, "Met")
	rosa.seeIn(row(scope), "Half a page about objectives.")
}

func TestSessionEndsWithoutScripts(t *testing.T) {
	t.Parallel()
	rosa := arrivesAnew(somebody(t), "rosa")
	item := rosa.owns("longer-lunch", "Longer lunch", "3") + ideaPath + "/items/" + success
	rosa.withoutScripts()
	rosa.visit(item)
	rosa.press(summary("Discussion"))
	rosa.fill(field("Comment"), "Words that took an hour.")

	// She signs out in another tab, forgets about it, and sends the form.
	other := rosa.anotherTab()
	other.visit("/portfolio")
	other.press(summary("Rosa Almeida"))
	other.follow(button("Sign out"))
	rosa.follow(button("Add comment"))
	rosa.see("Your session has ended")
	rosa.until(`[...document.querySelectorAll('textarea')].some(a => a.value === 'Words that took an hour.')`, func() string { return "what was typed is gone" })
	rosa.screenshot("session-ended")
	to := eval[string](rosa, `[...document.querySelectorAll('main a')].find(a => a.target === '_blank').href`)
	other.do("following the link in a new tab", chromedp.Navigate(to))
	other.signIn("rosa")
	rosa.follow(button("Send again"))
	rosa.seeIn("#discussion", "Words that took an hour.")
}

// Somebody's text is nobody else's, although it waits in the same tab.
func TestDraftsComeBackToTheirWriter(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	tom := arrives(somebody(t), "tom")
	item := rosa.owns("short-lunch", "Short lunch", "3") + ideaPath + "/items/" + success
	hers, his := rosa.cookies(), tom.cookies()
	rosa.visit(item)
	rosa.press(summary("Discussion"))
	rosa.fill(field("Comment"), "For the team's eyes.")
	for _, at := range []struct {
		cookies []*network.Cookie
		finds   string
	}{{his, ""}, {hers, "For the team's eyes."}} {
		rosa.forgetCookies()
		rosa.keepCookies(at.cookies)
		rosa.visit(item)
		rosa.until(`document.querySelector('#discussion textarea')?.value === `+asJSON(at.finds)+` && document.readyState === 'complete'`,
			func() string { return "the draft did not stay with its writer" })
	}
}

func TestContentChangesBeforeTheSignature(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	project := rosa.owns("moving-target", "Moving target", "3")
	rosa.meetsMusts(project, "3")
	rosa.asks(project)

	tom := arrives(somebody(t), "tom")
	tom.visit(project + ideaPath + "/gate")
	tom.pick(field("Approve"))
	tom.fill(field("Note"), "Fine with me, if the objectives stay.")
	rosa.send(project+ideaPath+"/items/"+success+"/answer", url.Values{"answer": {"met"}, "note": {"Second objective dropped."}, "version": {"1"}})
	tom.follow(button("Record decision"))
	tom.see("The content has changed")
	tom.see("nothing was recorded")
	tom.seeIn("#changed", "Second objective dropped.")
	tom.screenshot("stale-signature")
	tom.until(eyes+`.find({role: 'field', name: 'Note'}).value === 'Fine with me, if the objectives stay.'`, func() string { return "the note is gone" })
	tom.missIn("#seats", "Approved, on this content")
	tom.follow(button("Record decision"))
	tom.see("Your signature is recorded")
	tom.seeIn("#seats", "Fine with me, if the objectives stay.")

	// A signature is bound to what it was given on.
	rosa.send(project+ideaPath+"/items/"+success+"/answer", url.Values{"answer": {"met"}, "note": {"Third objective dropped."}, "version": {"2"}})
	tom.reload()
	tom.see("Your signature is out of date")
	tom.seeIn("#changed", "Third objective dropped.")
}

func TestReturnedAnsweredAndPassed(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	project := rosa.owns("second-try", "Second try", "2")
	gate := project + ideaPath + "/gate"
	rosa.meetsMusts(project, "2")

	// Shoulds may stay open, with a line that says why.
	rosa.visit(gate)
	rosa.seeIn("#items", "add one line saying why not")
	rosa.visit(project + ideaPath)
	for _, should := range []string{"checklist-tailored", "prototype-sketched", "expected-scale-noted"} {
		rosa.press(button("Add note").in(row(should)))
		rosa.fill(field("Note").in(row(should)), "After the pilot.")
		rosa.key("\r")
		rosa.seeIn(row(should)+" .nt", "After the pilot.")
	}
	rosa.seeIn("#stage-gate", "Ready")
	rosa.follow(link("Gate").in(".stagehead"))
	rosa.follow(button("Request sign-off"))
	rosa.see("Sign-off is requested")

	tom := arrives(somebody(t), "tom")
	tom.visit(gate)
	tom.pick(field("Return with findings"))
	tom.fill(field("What has to be put right"), "Who pays for the pilot?\nThe scope says nothing about refunds.")
	tom.follow(button("Record decision"))
	tom.see("returned to the team")

	rosa.visit("/")
	rosa.seeIn("#returned", "Second try")
	rosa.follow(link(idea).in("#returned"))
	rosa.at(gate)
	rosa.screenshot("gate-returned")
	if rosa.has(button("Request sign-off")) {
		t.Error("sign-off can be requested again before the findings are answered")
	}
	rosa.fill(field("").in(`form[action$="/findings/1"]`), "Marketing does, until June.")
	rosa.follow(button("Answer finding 1"))
	rosa.fill(field("").in(`form[action$="/findings/2"]`), "Refunds are on the not-doing list now.")
	rosa.follow(button("Answer finding 2"))
	rosa.follow(button("Request sign-off"))
	rosa.see("Sign-off is requested")

	tom.visit(gate)
	tom.seeIn("#findings", "Marketing does, until June.")
	tom.until(eyes+`.find({role: 'field', name: 'Note'}).form.elements.findings.value === ''`, func() string { return "the findings of the first round stand in the form again" })
	tom.decides("Approve")
	tom.see("Your signature is recorded")
	priya := arrives(somebody(t), "priya")
	priya.visit(gate)
	priya.decides("Approve")
	priya.see("the gate has passed")
	priya.seeIn("#rounds", "Returned")
}

func TestSigningOut(t *testing.T) {
	t.Parallel()
	rosa := arrivesAnew(somebody(t), "rosa")
	project := rosa.owns("top-drawer", "Top drawer", "3")
	rosa.visit(project)
	rosa.see("Top drawer")
	before := rosa.cookies()
	rosa.press(summary("Rosa Almeida"))
	rosa.follow(button("Sign out"))
	rosa.see("Sign in to Slipway")
	rosa.see("You are signed out")

	// Going back shows nothing of what was there.
	rosa.do("going back", chromedp.NavigateBack())
	rosa.see("Sign in to Slipway")
	rosa.miss("Top drawer")

	// Whoever kept the cookie has nothing.
	rosa.keepCookies(before)
	rosa.visit(project)
	rosa.see("Sign in to Slipway")

	// The sign-out reached the provider, too: it asks who it is.
	rosa.signIn("tom")
	rosa.see("Top drawer")
	rosa.see("Tom Okafor")
}

func (p *person) cookies() []*network.Cookie {
	p.t.Helper()
	got, err := chromedp.Call(p.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{p.origin}})
	if err != nil {
		p.t.Fatalf("reading the cookies: %v", err)
	}
	return got.Cookies
}

func (p *person) forgetCookies() {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		p.t.Fatalf("forgetting the cookies: %v", err)
	}
}

func (p *person) keepCookies(cookies []*network.Cookie) {
	p.t.Helper()
	for _, c := range cookies {
		_, err := chromedp.Call(p.ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: p.origin, HTTPOnly: &c.HTTPOnly})
		if err != nil {
			p.t.Fatalf("putting a cookie back: %v", err)
		}
	}
}
