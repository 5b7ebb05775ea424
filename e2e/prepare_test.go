package e2e

import (
	"context"
	"net/url"
	"sync"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// ideaAsks are the musts of the first stage by tier, each with a kind of
// evidence that it accepts.
var ideaAsks = map[string]map[string]string{
	"3": {success: "doc", scope: "doc", assumption: "doc", threats: "doc"},
	"2": {
		success: "doc", scope: "doc", assumption: "doc", threats: "doc",
		"readiness-definition-pinned": "policy", "prototype-linked": "repo", "main-use-case-shown": "doc",
		"demand-shown": "doc", "first-reactions-logged": "ticket", "stubs-inventoried": "ticket",
	},
}

// sessions are what the people who signed in for one test and may be signed in
// for the next have in their cookie jars.
var sessions sync.Map // of []*network.Cookie by who

// arrives is a person who is signed in already, as people mostly are. How they
// sign in is the business of the main job and of [arrivesAnew].
func arrives(p *person, who string) *person {
	p.t.Helper()
	if known, ok := sessions.Load(who); ok {
		p.keepCookies(known.([]*network.Cookie))
		p.visit("/readiness")
		p.see(names[who])
		return p
	}
	arrivesAnew(p, who)
	sessions.LoadOrStore(who, p.cookies())
	return p
}

// arrivesAnew is a person with a session of their own, which the test may end.
func arrivesAnew(p *person, who string) *person {
	p.t.Helper()
	p.visit("/login?to=/readiness")
	p.signIn(who)
	p.at("/readiness")
	return p
}

// send posts a form of the server's own pages, for what a story takes for
// granted and does not tell. It ends the test unless the server takes it.
func (p *person) send(path string, fields url.Values) {
	p.t.Helper()
	if status := p.post(path, fields); status != 200 {
		p.t.Fatalf("preparing the story: POST %s with %v was answered with status %d", path, fields, status)
	}
}

// post posts a form and returns the status of the page to which it leads.
func (p *person) post(path string, fields url.Values) int {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	status, err := chromedp.Run(ctx, chromedp.Evaluate[int](`fetch(`+asJSON(path)+`, {method: 'POST',
		headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: `+asJSON(fields.Encode())+`}).then(r => r.status)`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("preparing the story: POST %s: %v", path, err)
	}
	return status
}

// owns makes a project whose owner the person is, with a yes to the questions named
// and a no to the others.
func (p *person) owns(key, name, tier string, profile ...string) string {
	p.t.Helper()
	form := url.Values{
		"key": {key}, "name": {name}, "team": {"Checkout"}, "tier": {tier}, "exposure": {"pilot"}, "target": {"2031-05-01"}, "rest": {"no"},
	}
	for _, question := range profile {
		form.Set("profile-"+question, "yes")
	}
	p.send("/projects", form)
	return "/projects/" + key
}

// meetsMusts answers the musts of the first stage and links their evidence.
func (p *person) meetsMusts(project, tier string) {
	p.t.Helper()
	for item, kind := range ideaAsks[tier] {
		path := project + ideaPath + "/items/" + item
		p.send(path+"/answer", url.Values{"answer": {"met"}, "version": {"0"}})
		p.send(path+"/evidence", url.Values{"url": {"https://docs.example.com/" + item}, "title": {"Proof of " + item}, "kind": {kind}})
	}
}

// asks requests sign-off of the first stage.
func (p *person) asks(project string) {
	p.t.Helper()
	p.send(project+ideaPath+"/gate/request", url.Values{"reason": {"Please have a look."}})
}
