package e2e

import (
	"net/url"
	"strings"
	"testing"
)

// TestDemoPortfolio looks around the demo as its first visitors do, and takes
// the README's pictures.
func TestDemoPortfolio(t *testing.T) {
	t.Parallel()
	jonas := arrives(somebody(t), "jonas")
	jonas.visit("/portfolio")
	if n := eval[int](jonas, `document.querySelectorAll('table.heat tbody tr').length`); n < 40 {
		t.Errorf("the portfolio shows %d projects, fewer than 40", n)
	}
	// Other tests start projects too: each word is looked for where the list is narrowed to it.
	for _, status := range []string{"On hold", "Stopped"} {
		jonas.visit("/portfolio?status=" + url.QueryEscape(strings.ToLower(status)))
		jonas.seeIn("table.heat tbody", status)
	}
	for filter, state := range map[string]string{
		"waiting": "waiting for sign-off", "returned": "returned", "lapsed": "lapsed", "changed": "changed since sign-off", "": "passed",
	} {
		jonas.visit("/portfolio?gate=" + filter)
		cell := `table.heat td a[title$=": ` + state + `"]`
		jonas.until(`document.querySelector(`+asJSON(cell)+`) !== null`, func() string { return "no cell of the portfolio says " + state })
	}

	// A team's checklist at work, as it stands in the README.
	jonas.prefers("light")
	jonas.visit("/projects/payments-gateway/stages/code")
	jonas.seeIn("h1", "Clean code and tests")
	jonas.goToRow(eval[string](jonas, `document.querySelectorAll('[data-row]')[4].id.replace('item-', '')`))
	eval[bool](jonas, `(scrollTo(0, 0), true)`)
	jonas.screenshot("readme-checklist")

	// A gate that waits for one more signature.
	yuki := arrives(somebody(t), "yuki")
	yuki.prefers("dark")
	yuki.visit("/projects/payments-gateway/stages/architecture/gate")
	yuki.seeIn("#sign", "2 of 3")
	if !yuki.has(field("Approve as SRE")) {
		t.Error("Yuki cannot sign the gate that waits for her seat")
	}
	yuki.screenshot("readme-gate")

	// Card Vault is restricted, and Yuki has no part in it: for her it does not exist.
	for _, path := range []string{"/portfolio?q=Card+Vault", "/people?q=Anna", "/people?q=Jonas", "/sign-offs", "/"} {
		yuki.visit(path)
		yuki.missIn("main table, main ol", "Card Vault")
	}
	yuki.visit("/projects/card-vault")
	yuki.see("Not found")
	jonas.visit("/projects/card-vault")
	jonas.seeIn("h1", "Card Vault")

	// Slipway is under review by itself; its evidence is in this repository.
	yuki.visit("/projects/slipway/stages/idea")
	links := eval[[]string](yuki, `[...document.querySelectorAll('[data-row] a[rel]')].map(a => a.href)`)
	if len(links) == 0 || !strings.HasPrefix(links[0], "https://github.com/slipway-prr/slipway/") {
		t.Errorf("Slipway's own evidence is %q", links)
	}
}
