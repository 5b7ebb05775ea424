package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
)

// concrete fills the parameters of a route's pattern.
func concrete(pattern string) string {
	return strings.NewReplacer("{key}", "payments", "{stage}", "idea", "{item}", "scope-agreed", "{no}", "1", "{person}", "2", "{round}", "1", "{id}", "payments.idea.1", "{draft}", "abcdefghijklmnopqrstuvwxyz", "{step}", "what", "{template}", "prototype-to-production", "{version}", "2", "{import}", "zyxwvutsrqponmlkjihgfedcba", "{format}", "csv", "{kind}", "risk", "{table}", "csv", "{view}", "mnopqrstuvwxyzabcdefghijkl", "{feed}", "abcdefghijklmnopqrstuvwxyz.ics").Replace(pattern)
}

func TestEveryRouteHasOneAccessRule(t *testing.T) {
	f := newFixture(t)
	rules := map[string]access{}
	for _, e := range f.table() {
		name := e.method + " " + e.pattern
		if rules[name] != 0 {
			t.Errorf("%s stands in the table twice", name)
		}
		if e.access < public || e.access > operator {
			t.Errorf("%s has no access rule", name)
		}
		rules[name] = e.access
	}
	served := 0
	err := chi.Walk(f.router, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if pattern == "/static/*" {
			return nil
		}
		served++
		if rules[method+" "+pattern] == 0 {
			t.Errorf("%s %s is served but not in the table", method, pattern)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if served != len(rules) {
		t.Errorf("%d routes are served, %d are in the table", served, len(rules))
	}
}

// TestWithoutSession asks every route as nobody.
func TestWithoutSession(t *testing.T) {
	f := newFixture(t)
	f.create("payments")
	before := f.seq("payments")
	for _, e := range f.table() {
		t.Run(e.method+" "+e.pattern, func(t *testing.T) {
			path := concrete(e.pattern)
			b := f.stranger()
			switch {
			case e.access == signedIn && e.method == http.MethodGet:
				r := b.get(path + "?x=1").want(http.StatusSeeOther)
				if got, want := r.Header.Get("Location"), "/login?to="+url.QueryEscape(path+"?x=1"); got != want {
					t.Errorf("sent to %s, want %s", got, want)
				}
			case e.access == signedIn:
				fields := fieldsOf(path)
				r := b.post(path, fields...).want(http.StatusUnauthorized)
				for i := 0; i < len(fields); i += 2 {
					form := r.one(`form[action="` + path + `"]`)
					kept := form.Find(`[name="` + fields[i] + `"]`)
					if kept.Length() != 1 || kept.AttrOr("value", strings.TrimSpace(kept.Text())) != fields[i+1] {
						t.Errorf("what was typed into %q is lost", fields[i])
					}
				}
			case e.method == http.MethodGet:
				if r := b.get(path); r.Status >= 400 && path != "/auth/callback" && !strings.HasPrefix(path, "/calendar/") {
					t.Errorf("status %d", r.Status)
				}
			}
		})
	}
	if after := f.seq("payments"); after != before {
		t.Error("somebody without a session changed the project")
	}
}

// fieldsOf is a form that each address takes, with text in it that a person
// could have typed.
func fieldsOf(path string) []string {
	if strings.HasPrefix(path, "/waivers/") {
		return []string{"reason", "Until <then>"}
	}
	switch last := path[strings.LastIndex(path, "/")+1:]; last {
	case "retraction":
		return []string{"reason", "It <keeps> names"}
	case "plan", "upgrades":
		return []string{"reason", "The <law> asks"}
	case "import":
		return []string{"text", "- [ ] Printers <are> warned"}
	case "level":
		return []string{"reason", "It <is> small"}
	case "new-item":
		return []string{"title", "Printers <are> warned", "why", "They jam"}
	case "waivers":
		return []string{"reason", "Late", "risk", "Slow <failover>", "measure", "By hand", "until", "2027-01-01"}
	case "grant":
		return []string{"right", "role:viewer"}
	case "revoke":
		return []string{"right", "role:viewer", "reason", "Left <the> team"}
	case "projects", "what":
		return []string{"name", "A \"new\" one", "key", "a-new-one"}
	case "settings":
		return []string{"name", "Other", "summary", "Long text"}
	case "members":
		return []string{"person", "3", "duty", ""}
	case "answer":
		return []string{"answer", "met", "note", "Typed with care", "version", "0"}
	case "assign":
		return []string{"person", "3", "due", "2027-01-01"}
	case "comments":
		return []string{"text", "I think so"}
	case "evidence":
		return []string{"url", "https://wiki.example.test/x", "title", "X", "kind", "doc"}
	case "request", "withdraw":
		return []string{"reason", "It is time"}
	case "sign":
		return []string{"seat", "sre", "decision", "go", "note", "Fine", "digest", "x"}
	case "block", "unblock", "erase":
		return []string{"reason", "Left <the> company"}
	case "hand-over":
		return []string{"project", "payments", "to", "3", "reason", "Left"}
	case "end":
		if strings.HasPrefix(path, "/account/") {
			return []string{"session", "7"}
		}
	case "delegate":
		return []string{"to", "3", "seat", "sre", "starts", "", "ends", "2027-01-01", "reason", "Leave <of> absence"}
	case "met":
		return []string{"note", "It is done"}
	case "reopen":
		return []string{"reason", "Not yet"}
	case "break-glass":
		return []string{"reason", "It burns", "review-due", "2027-01-01"}
	case "status":
		return []string{"status", "on hold", "reason", "Money"}
	}
	return nil
}

// TestFromAnotherSite sends every change as a page of another site would, and
// as a program that does not say where it comes from.
func TestFromAnotherSite(t *testing.T) {
	f := newFixture(t)
	f.create("payments")
	before := f.seq("payments")
	for _, e := range f.table() {
		if e.method != http.MethodPost || e.access == provider {
			continue
		}
		t.Run(e.pattern, func(t *testing.T) {
			b := f.browse("admin")
			path, fields := concrete(e.pattern), fieldsOf(concrete(e.pattern))
			b.postFrom("https://evil.example", path, fields...).want(http.StatusForbidden)
			b.with("Origin", "https://evil.example").with("Sec-Fetch-Site", "").post(path, fields...).want(http.StatusForbidden)
			b.with("Origin", "null").with("Sec-Fetch-Site", "cross-site").post(path, fields...).want(http.StatusForbidden)
			b.with("Origin", "").with("Sec-Fetch-Site", "").post(path, fields...).want(http.StatusForbidden)
			b.with("Sec-Fetch-Site", "same-site").post(path, fields...).want(http.StatusForbidden)
		})
	}
	if after := f.seq("payments"); after != before {
		t.Error("another site changed the project")
	}
}

// TestUnknownFields sends every form with one field too many.
func TestUnknownFields(t *testing.T) {
	f := newFixture(t)
	f.create("payments")
	f.risk("payments", "", "2", "3") // so that forms about one say what is wrong with them
	before := f.seq("payments")
	b := f.browse("owner")
	for _, e := range f.table() {
		if e.method != http.MethodPost || e.access == provider || e.pattern == "/logout" {
			continue
		}
		path := concrete(e.pattern)
		r := b.post(path, append(fieldsOf(path), "is_admin", "true")...)
		if r.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d, want 422", path, r.Status)
		}
	}
	if after := f.seq("payments"); after != before {
		t.Error("a form with an unknown field changed the project")
	}
}
