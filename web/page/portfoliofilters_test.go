package page

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Every parameter of the portfolio's address comes back as it was read, and says in words what
// it narrows; what is none of its choices is handed back.
func TestPortfolioParameters(t *testing.T) {
	values := map[string]string{
		"q": "ledger", "waits": "qa", "owner": "me", "person": "Rosa", "gate": "ready", "stage": "live", "team": "Red & Green", "tag": "pci", "tier": "2", "status": "on hold",
		"exposure": "limited", "live": "live-lapsed", "keeps": "stale", "uses": "house@3", "month": "2026-12", "late": "1", "risk": "1", "deputy": "none", "unowned": "1",
		"waivers": "expiring", "evidence": "expired", "behind": "1", "group": "team", "columns": "house", "sort": "-name", "page": "7",
	}
	silent := []string{"q", "group", "columns", "sort", "page"}
	all := url.Values{"no-such": {"x"}}
	for _, name := range PortfolioParameters() {
		v, ok := values[name]
		if !ok {
			t.Errorf("%s has no example here", name)
		}
		all.Set(name, v)
		f, ignored := ReadPortfolioFilter(url.Values{name: {v}}, strings.TrimSpace)
		if want := PortfolioURL + "?" + (url.Values{name: {v}}).Encode(); f.url() != want || len(ignored) > 0 {
			t.Errorf("%s becomes %s, ignored %v", want, f.url(), ignored)
		}
		d := &PortfolioData{Filter: f, Template: &plan.Lifecycle{}}
		if words := d.narrowing(); (len(words) != 1 || words[0] == "") != slices.Contains(silent, name) {
			t.Errorf("%s=%s narrows to %q", name, v, words)
		}
		if f.narrows() == slices.Contains(silent[1:], name) {
			t.Errorf("%s=%s: narrows the list: %t", name, v, f.narrows())
		}
	}
	f, ignored := ReadPortfolioFilter(all, strings.TrimSpace)
	if len(ignored) != 1 || ignored[0] != (Ignored{Name: "no-such", Value: "x"}) {
		t.Errorf("ignored: %v", ignored)
	}
	all.Del("no-such")
	if f.url() != PortfolioURL+"?"+all.Encode() {
		t.Errorf("all together become %s", f.url())
	}
	for name := range values {
		f, ignored := ReadPortfolioFilter(url.Values{name: {" nonsense!"}}, strings.TrimSpace)
		if slices.Contains([]string{"q", "waits", "owner", "person", "team", "tag"}, name) {
			continue // which take whatever is typed
		}
		if f.url() != PortfolioURL || len(ignored) != 1 || !ignored[0].Known {
			t.Errorf("nonsense for %s becomes %s, ignored %v", name, f.url(), ignored)
		}
	}
}
