package page

import (
	"net/url"
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

// What was chosen stands in the words of the pages, not of the program.
func TestChoicesStandInTheWordsOfThePages(t *testing.T) {
	gate := "/projects/ledger/stages/idea/gate"
	for _, tt := range []struct{ action, name, value, want string }{
		{gate + "/sign", "decision", "go", "Approved"},
		{gate + "/sign", "decision", "recuse", "Recused"},
		{gate + "/sign", "seat", "sre", "SRE"},
		{gate + "/sign", "condition-due-1", "2026-12-09", "9 Dec 2026"},
		{"/projects/ledger/stages/idea/items/scope/answer", "answer", "not-applicable", "Not applicable"},
		{"/projects/ledger/stages/idea/bulk", "do", "not-met", "Not met"},
		{"/projects/ledger/stages/idea/bulk", "do", BulkDue, "Set due date"},
		{"/projects/ledger/stages/idea/items/scope/evidence", "kind", "ci-run", "CI run"},
		{"/projects/ledger/settings", "tier", "1", "Tier 1, critical"},
		{"/projects/ledger/settings", "level", "must", "Required"},
		{"/projects/ledger/members", "duty", "deputy", "Deputy"},
		{"/people/4/grant", "right", "role:auditor", "Auditor"},
		{"/people/4/grant", "right", "seat:qa", "QA seat"},
		{"/people/4/delegate", "seat", "qa@ledger", "QA in ledger"},
		{gate + "/status", "status", string(review.StatusOnHold), "On hold"},
		{"/projects/ledger/settings", "exposure", "pilot", "Pilot"},
		{"/people/4/hand-over", "leave", "yes", "Yes"},
		{"/somewhere", "decision", "nonsense", "nonsense"},
		{"/somewhere", "sure", "nonsense", "nonsense"},
		{"/somewhere", "level", "nonsense", "nonsense"},
		{"/waivers/ledger.idea.1/grant", "", "", "Grant the waiver"},
		{gate + "/conditions/1/confirm", "", "", "Confirm condition 1"},
		{gate + "/findings/1/accept", "", "", "Accept the answer to finding 1"},
		{gate + "/retrospective/1", "", "", "Close the review of round 1"},
		{gate + "/break-glass", "", "", "Pass the gate by break-glass"},
	} {
		got := choices(tt.action, url.Values{tt.name: {tt.value}})
		if len(got) != 1 || got[0].value != tt.want {
			t.Errorf("%s %s=%s: %v, want %q", tt.action, tt.name, tt.value, got, tt.want)
		}
	}
	got := choices("/projects/p/settings", url.Values{
		"profile-database": {"yes"}, "question-database": {"It uses a database"}, "profile-api": {"not-yet"}, "profile-x": {"no-such"},
	})
	want := []choice{{"api", "Not yet"}, {"It uses a database", "Yes"}, {"x", "no-such"}}
	if !slices.Equal(got, want) {
		t.Errorf("answers about a project are shown as %v", got)
	}
	if got := choices(gate+"/sign", url.Values{"condition-owner-1": {"7"}, "member": {"7"}, "seen": {"3"}}); len(got) != 0 {
		t.Errorf("numbers are shown: %v", got)
	}
	for _, s := range []review.Status{review.StatusActive, review.StatusOnHold, review.StatusStopped} {
		if statusWord(s) == string(s) {
			t.Errorf("the status %s has no word", s)
		}
	}
}
