package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// axe is the checker's own script.
var axe = sync.OnceValues(func() (string, error) {
	modules := os.Getenv(modulesVar)
	if modules == "" {
		modules = filepath.Join("npm", "node_modules")
	}
	b, err := os.ReadFile(filepath.Join(modules, "axe-core", "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("axe-core is missing (%w); install it:\n    cd e2e/npm && npm ci --ignore-scripts\nor set %s to a folder that has it", err, modulesVar)
	}
	return string(b) + "\n;0", nil
})

// violation is a rule of axe with the places that break it.
type violation struct {
	ID    string
	Help  string
	Nodes []struct {
		HTML           string `json:"html"`
		FailureSummary string
	}
}

func (v violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", v.ID, v.Help)
	for i, n := range v.Nodes {
		if i == 3 {
			fmt.Fprintf(&b, "\n  and %d more", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %s\n    %s", short(n.HTML), strings.ReplaceAll(n.FailureSummary, "\n", "\n    "))
	}
	return b.String()
}

const (
	everyRule   = `{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']}`
	colourRules = `{runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}, resultTypes: ['violations']}`
	sizeRules   = `{runOnly: {type: 'rule', values: ['target-size', 'scrollable-region-focusable']}, rules: {'target-size': {enabled: true}}, resultTypes: ['violations']}`
)

// accessible reports what axe finds on the page as it stands.
func (p *person) accessible(what, rules string) {
	p.t.Helper()
	script, err := axe()
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.ctx, 6*patience) // a scan is all work, and others work as well
	defer cancel()
	if !eval[bool](p, `'axe' in window`) {
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](script)); err != nil {
			p.t.Fatalf("loading axe into %s: %v", what, err)
		}
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]violation](`axe.run(document, `+rules+`).then(r =>
		r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => ({html: n.html, FailureSummary: n.failureSummary}))})))`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("running axe in %s: %v", what, err)
	}
	for _, v := range found {
		p.t.Errorf("%s: %s", what, v)
	}
}

// refusals are the pages that come with another status than 200.
var refusals = map[string]int{
	"sign-in-failed": 400, "nowhere-outside": 404, "provider-problem": 400, "error-409-stale": 409,
	"error-404": 404, "error-403": 403, "error-422": 422, "error-409": 409, "error-401": 401,
}

// inspect looks at the page as it stands in all the ways that people may have
// it: light, dark, on a phone, and at twice the size. What does not depend on
// colours is checked once.
func (p *person) inspect(name string) {
	p.t.Helper()
	p.until(`document.readyState === 'complete'`, func() string { return name + " does not load" })
	if status := eval[int](p, `performance.getEntriesByType('navigation')[0].responseStatus`); status != max(refusals[name], 200) {
		p.t.Errorf("%s was answered with status %d", name, status)
	}
	if !strings.HasPrefix(name, "provider") {
		if n := eval[int](p, `document.querySelectorAll('h1').length`); n != 1 {
			p.t.Errorf("%s has %d main headings", name, n)
		}
	}
	p.prefers("light")
	p.accessible(name+", light", everyRule)
	p.wholePage(name + "-light")
	p.prefers("dark")
	p.accessible(name+", dark", colourRules)
	p.wholePage(name + "-dark")
	p.prefers("light")
	p.window(windowWidth/2, windowHeight/2) // what is left of the window at 200 %
	p.noSideways(name + " at 200 %")
	p.window(390, 844)
	p.noSideways(name + " on a phone")
	p.accessible(name+", on a phone", sizeRules)
	p.wholePage(name + "-phone")
	p.window(windowWidth, windowHeight)
}

// noSideways makes sure that the page itself does not scroll sideways. A table
// may, in a frame of its own.
func (p *person) noSideways(what string) {
	p.t.Helper()
	type size struct {
		Has, Needs int
		Because    string
	}
	s := eval[size](p, `(() => {
		const root = document.documentElement, has = root.clientWidth
		const out = [...document.body.querySelectorAll('*')].filter(el => el.getBoundingClientRect().right > has && !el.parentElement.closest('.scroll') && el.checkVisibility())
		return { has, needs: root.scrollWidth, because: out.length ? out[out.length - 1].outerHTML.slice(0, 200) : '' }
	})()`)
	if s.Needs > s.Has {
		p.t.Errorf("%s scrolls sideways: it needs %d pixels and has %d, because of %s", what, s.Needs, s.Has, s.Because)
	}
}

// TestPagesBeforeSignIn looks at what people see who are not signed in.
func TestPagesBeforeSignIn(t *testing.T) {
	t.Parallel()
	p := somebody(t)
	p.visit("/portfolio")
	p.inspect("sign-in")
	p.follow(button("Sign in with your company account"))
	p.inspect("provider-people")
	p.visit("/auth/callback?state=forged&code=forged")
	p.see("You are not signed in")
	p.inspect("sign-in-failed")
	p.visit("/readiness")
	p.inspect("readiness")
	p.visit("/nowhere")
	p.inspect("nowhere-outside")
	p.visit("/demo-sign-in/logout")
	p.inspect("provider-sign-out")
	p.follow(button("Sign out"))
	p.inspect("provider-signed-out")
	p.visit("/demo-sign-in/authorize?client_id=stranger")
	p.inspect("provider-problem")
}

// TestPagesOfAProject looks at a project's pages in the states that they can
// be in, as its owner sees them.
func TestPagesOfAProject(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	const long = "Reconciliation of instalments across borders, with holidays, leap seconds and other surprises"
	project := rosa.owns("every-page", long, "1", everyStatement...)
	stage := project + ideaPath
	for path, name := range map[string]string{
		project: "project-new", stage + "?show=mine": "checklist-empty", stage + "?show=not-applicable-list": "checklist-outside",
		project + "/history": "history-new", "/": "work-owner", "/sign-offs": "sign-offs-empty", "/portfolio?q=nothing-has-this-name": "portfolio-empty",
	} {
		rosa.visit(path)
		rosa.inspect(name)
	}

	rosa.meetsMusts(project, "2")
	rosa.send(stage+"/items/checklist-tailored/answer", url.Values{"answer": {"not-met"}, "note": {strings.Repeat("A note that goes on and on. ", 12)}, "version": {"0"}})
	rosa.send(stage+"/items/"+threats+"/comments", url.Values{"text": {"Who was in the room?"}})
	rosa.visit(stage)
	rosa.inspect("checklist")
	rosa.visit(stage + "/paste")
	rosa.inspect("paste")
	rosa.visit(stage + "/items/" + threats)
	for _, part := range []string{"Add evidence", "Nobody. Assign", "History"} {
		rosa.unfold(part)
	}
	rosa.inspect("item")
	rosa.visit(project)
	rosa.inspect("project")
	rosa.visit(stage + "/gate")
	rosa.unfold("Hold or stop the project")
	rosa.inspect("gate-blocked")
	rosa.visit(project + "/stages/architecture")
	rosa.inspect("checklist-long")
	rosa.visit(project + "/history")
	rosa.choose(field("What"), "Answers")
	rosa.follow(button("Show"))
	rosa.inspect("history")
	rosa.visit(project + "/settings")
	rosa.inspect("settings")
	rosa.send("/projects", url.Values{"key": {"open-questions"}, "name": {"Open questions"}, "team": {"Checkout"}, "tier": {"1"}, "exposure": {"pilot"}})
	for path, name := range map[string]string{"": "project-unanswered", "/settings": "settings-unanswered", "/stages/architecture": "checklist-unanswered"} {
		rosa.visit("/projects/open-questions" + path)
		rosa.inspect(name)
	}
	rosa.visit(project + "/members")
	rosa.inspect("members")
	rosa.send("/projects", url.Values{
		"key": {"taken-back"}, "name": {"Taken back"}, "team": {"Checkout"}, "tier": {"1"}, "exposure": {"pilot"}, "profile-database": {"yes"}, "rest": {"no"},
	})
	rosa.visit("/projects/taken-back/retraction")
	rosa.inspect("retraction-none")
}

// TestPagesOfANewerVersion looks at what items explained in three parts and gates
// that depend on the tier look like, with all questions answered yes.
func TestPagesOfANewerVersion(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	rosa.send("/projects", url.Values{
		"key": {"newer-words"}, "name": {"Newer words"}, "team": {"Checkout"}, "tier": {"1"}, "exposure": {"pilot"}, "target": {"2031-05-01"},
		"template": {"prototype-to-production"}, "profile-users": {"yes"}, "profile-database": {"yes"}, "profile-canary": {"yes"}, "profile-personal-data": {"yes"},
		"rest": {"no"},
	})
	rosa.visit("/projects/newer-words/plan?attach=gdpr")
	rosa.inspect("plan-attach")
	release := "/projects/newer-words/stages/release"
	rosa.visit(release)
	rosa.inspect("checklist-of-version-2")
	rosa.visit(release + "/items/rollback-rehearsed")
	rosa.see("Done when")
	rosa.inspect("item-of-version-2")
	rosa.visit(release + "/gate")
	rosa.see("6 signatures")
	rosa.inspect("gate-of-version-2")
	rosa.visit("/templates")
	rosa.inspect("library")
	rosa.visit("/templates/prototype-to-production/2#item-rollback-rehearsed")
	rosa.see("The report with the times.") // an item's address opens it
	rosa.inspect("lifecycle")
}

// TestPagesOfTheSteps looks at the form that starts a project.
func TestPagesOfTheSteps(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	rosa.visit("/projects/new")
	rosa.inspect("new-1")
	rosa.follow(button("Continue"))
	rosa.see("There is a problem")
	rosa.inspect("new-1-wrong")
	rosa.fill(field("Name"), "Inspected only")
	rosa.fill(field("Team"), "Checkout")
	rosa.follow(button("Continue"))
	rosa.inspect("new-2")
	rosa.pick(field("Pilot"))
	rosa.pick(field("Migration of an older system"))
	rosa.follow(button("Answer no to the rest"))
	rosa.see("Proposed: tier 2")
	rosa.inspect("new-2-proposed")
	rosa.pick(field("Tier 2"))
	rosa.follow(button("Continue"))
	rosa.inspect("new-3")
}

// TestPagesOfAGate looks at a gate from the request to the end.
func TestPagesOfAGate(t *testing.T) {
	t.Parallel()
	rosa, tom, priya := arrives(somebody(t), "rosa"), arrives(somebody(t), "tom"), arrives(somebody(t), "priya")
	project := rosa.owns("every-gate", "Every gate", "3")
	gate := project + ideaPath + "/gate"
	rosa.meetsMusts(project, "3")
	rosa.visit(gate)
	rosa.inspect("gate-ready")
	rosa.asks(project)
	rosa.visit(gate)
	rosa.unfold("Withdraw request")
	rosa.inspect("gate-waiting")

	tom.visit("/")
	tom.inspect("work-signer")
	tom.visit("/sign-offs")
	tom.inspect("sign-offs")
	tom.visit(gate)
	tom.pick(field("Return with findings"))
	tom.inspect("gate-signing")
	tom.fill(field("What has to be put right"), "The scope says nothing about refunds.")
	tom.follow(button("Record decision"))
	tom.inspect("gate-just-returned")

	rosa.visit(gate)
	rosa.inspect("gate-returned")
	rosa.visit(project)
	rosa.inspect("project-returned")
	rosa.visit(gate)
	rosa.fill(field("").in(`form[action$="/findings/1"]`), "It does now.")
	rosa.follow(button("Answer finding 1"))
	rosa.asks(project)
	priya.visit(gate)
	priya.decides("Approve")
	priya.inspect("gate-signed")
	tom.visit(gate)
	tom.pick(field("Approve"))
	rosa.send(project+ideaPath+"/items/"+success+"/answer", url.Values{"answer": {"met"}, "note": {"Changed meanwhile."}, "version": {"1"}})
	tom.follow(button("Record decision"))
	tom.see("The content has changed")
	tom.inspect("error-409-stale")
	tom.follow(button("Record decision"))
	priya.visit(gate)
	priya.inspect("gate-out-of-date")
	priya.follow(button("Sign again"))
	priya.see("the gate has passed")
	priya.inspect("gate-passed")
	rosa.send(project+ideaPath+"/items/"+success+"/answer", url.Values{"answer": {"met"}, "note": {"Changed afterwards."}, "version": {"2"}})
	rosa.visit(gate)
	rosa.inspect("gate-changed")
	rosa.send(gate+"/status", url.Values{"status": {"on hold"}, "reason": {"Summer."}})
	rosa.visit(project)
	rosa.inspect("project-on-hold")
}

// TestPagesOfDecisions looks at what is asked of signers and owners beyond a
// signature, where the demo's people have got to.
func TestPagesOfDecisions(t *testing.T) {
	t.Parallel()
	yuki := arrives(somebody(t), "yuki")
	yuki.visit("/waivers")
	yuki.unfold("Decide: The spare scanners")
	yuki.inspect("waivers")
	yuki.visit("/projects/sso-portal/stages/environments/items/survives-node-or-zone-loss")
	yuki.unfold("Extend it")
	yuki.unfold("Revoke it")
	yuki.inspect("item-waived")
	yuki.visit("/projects/address-book/stages/pipeline/gate")
	yuki.pick(field("Approve with conditions"))
	yuki.unfold("Add condition 2")
	yuki.inspect("gate-conditional")

	ines := arrives(somebody(t), "ines")
	ines.visit("/projects/promo-codes/stages/architecture/gate")
	ines.inspect("gate-sign-again")
	ines.visit("/projects/passkey-enrolment/stages/architecture/gate")
	ines.unfold("It is not met yet")
	ines.inspect("gate-condition-overdue")

	jonas := arrives(somebody(t), "jonas")
	jonas.visit("/projects/refunds-desk/stages/evaluation/gate")
	jonas.unfold("Report it as met")
	jonas.inspect("gate-conditions")
	jonas.visit("/projects/report-builder")
	jonas.see("Break-glass")
	jonas.inspect("project-break-glass")

	yuki.visit("/projects/report-builder/stages/release/gate")
	yuki.see("Close the review of round")
	yuki.inspect("gate-break-glass")
	marcus := arrives(somebody(t), "marcus")
	marcus.visit("/projects/gift-cards/stages/evaluation/gate")
	marcus.unfold("Pass this gate alone (break-glass)")
	marcus.inspect("gate-emergency")

	lena := arrives(somebody(t), "lena")
	lena.visit("/people/stand-ins")
	lena.unfold("Name a stand-in for one of my seats")
	lena.inspect("people-stand-ins")
}

// TestPagesOfThePast looks at what an auditor reads: what was, what differs,
// what goes on paper. Then the owner starts the next review, which has a past.
func TestPagesOfThePast(t *testing.T) {
	t.Parallel()
	const project = "/projects/invoice-archive"
	at := "?at=" + inDays(-45)
	noor := arrives(somebody(t), "noor")
	for path, name := range map[string]string{
		project + at: "project-then", project + "/stages/architecture" + at: "checklist-then", project + "/stages/idea/gate" + at: "gate-then",
		project + "/stages/idea/items/" + scope + at: "item-then",
		project + "/compare?from=" + inDays(-10):     "compare", project + "/report": "report", project + "/report" + at: "report-then",
	} {
		noor.visit(path)
		noor.inspect(name)
	}

	raj := arrives(somebody(t), "raj")
	const badges = "/projects/visitor-badges"
	raj.visit(badges)
	raj.unfold("Start review 2")
	raj.inspect("project-next-review")
	raj.fill(field("What is the review for?"), "The yearly one.")
	raj.follow(button("Start review 2"))
	raj.see("to reconfirm")
	raj.inspect("project-second-review")
	raj.visit(badges + "/stages/security/gate")
	raj.inspect("gate-second-review")
	raj.visit(badges)
	raj.follow(link("Compare with the last review"))
	raj.inspect("compare-reviews")
}

// TestPagesOfErrors looks at pages that nobody wants to see.
func TestPagesOfErrors(t *testing.T) {
	t.Parallel()
	rosa, viktor := arrives(somebody(t), "rosa"), arrives(somebody(t), "viktor")
	project := rosa.owns("every-error", "Every error", "3")
	stage := project + ideaPath
	item := stage + "/items/" + success

	rosa.visit("/projects/no-such-project")
	rosa.inspect("error-404")
	viktor.visit(stage)
	viktor.inspect("checklist-read-only")
	viktor.visit(item)
	viktor.inspect("item-read-only")
	viktor.visit(project + "/settings")
	viktor.inspect("error-403")

	rosa.visit(item)
	rosa.fill(field("Link").in(`form:not(#paste)`), "http://intranet/minutes")
	rosa.follow(button("Add evidence").in("form"))
	rosa.see("There is a problem")
	rosa.inspect("error-422")
	rosa.visit(item)
	rosa.send(item+"/answer", url.Values{"answer": {"met"}, "note": {"Said elsewhere."}, "version": {"0"}})
	rosa.pick(field("Not met"))
	rosa.fill(field("Note"), "Said here.")
	rosa.follow(button("Save answer"))
	rosa.see("Nothing was overwritten")
	rosa.inspect("error-409")

	// In the list: a reason that is missing, a conflict, the help, the menu.
	rosa.visit(stage)
	rosa.press(button("N/A").in(row(scope)))
	rosa.seeIn(row(scope), "Why does it not apply?")
	rosa.send(item+"/answer", url.Values{"answer": {"not-met"}, "note": {"Said once more."}, "version": {"1"}})
	rosa.press(button("N/A").in(row(success)))
	rosa.until(`document.querySelector('`+row(success)+`').matches(':has(.versus, .ask)')`, func() string { return "there is no conflict" })
	rosa.press(button("Add note").in(row(assumption)))
	rosa.inspect("checklist-troubles")
	rosa.press(button("Keyboard shortcuts"))
	rosa.inspect("help")
	rosa.press(button("Close"))
	rosa.press(summary("Rosa Almeida"))
	rosa.inspect("menu")

	rosa.visit(item)
	rosa.unfold("Discussion")
	rosa.fill(field("Comment"), "Too late.")
	rosa.forgetCookies()
	rosa.follow(button("Add comment"))
	rosa.see("Your session has ended")
	rosa.inspect("error-401")
}

// TestPagesOfTheOrganisation looks at what admins and managers see of everybody.
func TestPagesOfTheOrganisation(t *testing.T) {
	t.Parallel()
	ada := arrives(somebody(t), "ada")
	for path, name := range map[string]string{"/portfolio": "portfolio", "/portfolio?group=team": "portfolio-groups", "/portfolio?group=stage": "portfolio-board", "/portfolio?group=quality": "portfolio-qualities", "/portfolio/trends": "trends", "/portfolio/past": "past", "/portfolio/changes": "changes", "/people": "people", "/people/trail": "people-trail", "/": "work-admin"} {
		ada.visit(path)
		ada.inspect(name)
	}
	ada.visit("/account")
	ada.inspect("account")
	ada.visit("/people?q=ada")
	ada.follow(link("Show").in("main"))
	ada.inspect("people-one")
	ada.visit("/people?q=jonas")
	ada.follow(link("Change").in("main"))
	for _, fold := range []string{"End all sessions and block", "Erase name and address"} {
		ada.unfold(fold)
	}
	ada.inspect("people-leaver")
}

// TestColourSwitch makes sure that the switch overrules the system, on every
// kind of page, and is remembered.
func TestColourSwitch(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	project := rosa.owns("day-and-night", "Day and night", "3")
	for _, c := range []struct{ system, choice string }{{"light", "Dark"}, {"dark", "Light"}} {
		rosa.prefers(c.system)
		rosa.visit(project)
		rosa.press(summary("Rosa Almeida"))
		rosa.follow(button(c.choice))
		rosa.at(project)
		for _, path := range []string{project, project + ideaPath, project + ideaPath + "/gate", project + ideaPath + "/items/" + success, "/portfolio", "/projects/new", "/nowhere"} {
			rosa.visit(path)
			dark := eval[bool](rosa, `(() => { const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number); return r + g + b < 380 })()`)
			if dark != (c.choice == "Dark") {
				t.Errorf("%s is not %s although that was chosen", path, c.choice)
			}
		}
		rosa.accessible("the last page, switched to "+c.choice, colourRules) // the same colours as those of a system that asks for them
	}
	rosa.press(summary("Rosa Almeida"))
	rosa.follow(button("System"))
	rosa.until(`document.documentElement.dataset.theme === 'auto'`, func() string { return "the switch does not go back to the system's choice" })
}
