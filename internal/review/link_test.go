package review_test

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

func TestLinkRules(t *testing.T) {
	rules := review.LinkRules{Ticket: "https://tickets.example.test/browse/{key}", HTTPHosts: []string{"wiki.intern", "10.0.0.7"}}
	if err := rules.Check(); err != nil {
		t.Fatal(err)
	}
	const refused = ""
	for in, want := range map[string]string{
		"PAY-123":                   "https://tickets.example.test/browse/PAY-123",
		" OPS_2-9 ":                 "https://tickets.example.test/browse/OPS_2-9",
		"pay-123":                   refused,
		"PAY-":                      refused,
		"http://wiki.intern/a":      "http://wiki.intern/a",
		"http://WIKI.intern:8080/a": "http://WIKI.intern:8080/a",
		"http://10.0.0.7/":          "http://10.0.0.7/",
		"http://wiki.intern.evil/":  refused,
		"http://me@wiki.intern/":    refused,
		"http://other.intern/":      refused,
		"https://other.intern/":     "https://other.intern/",
	} {
		got, err := rules.Parse(in)
		if string(got) != want || (err == nil) != (want != refused) {
			t.Errorf("%q became %q, %v; want %q", in, got, err, want)
		}
	}
}

// Whoever types what is no link here reads what to do instead.
func TestRefusedLinksSayWhatToDo(t *testing.T) {
	for in, want := range map[string]string{
		"PAY-123":                  "SLIPWAY_TICKET_URL",
		"http://wiki.intern/":      "an admin can have it allowed for this host",
		`\\files\plans\launch.doc`: "https://",
		"file:///home/a/plan.pdf":  "https://",
		"see the wiki":             "contains a space",
	} {
		if _, err := review.ParseSafeURL(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestLinkRulesAreChecked(t *testing.T) {
	for _, bad := range []review.LinkRules{
		{Ticket: "https://tickets.example.test/"}, {Ticket: "https://{key}.example.test/{key}"}, {Ticket: "http://tickets.example.test/{key}"},
		{Ticket: "javascript:{key}"}, {HTTPHosts: []string{"Wiki"}}, {HTTPHosts: []string{"wiki:80"}}, {HTTPHosts: []string{"*"}}, {HTTPHosts: []string{""}},
	} {
		if bad.Check() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
