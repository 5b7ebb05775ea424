package page

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// What nobody can do has the same words on the pages of a project, which know
// what it is about and why, and in lists.
func TestWordsForWhatNobodyCanDo(t *testing.T) {
	const security = plan.SeatSecurity
	none := "The Security seat has no holder."
	for _, c := range []struct {
		b          review.Blocker
		long, list string
	}{
		{review.Blocker{Kind: review.NobodySigns, Vacant: security, Subject: "Security", What: none},
			"Nobody can sign as Security: the Security seat has no holder", "Nobody can sign as Security"},
		{review.Blocker{Kind: review.NobodySigns, Subject: "Ready to run", What: "2 more to sign, and 1 who can."},
			"Too few people can sign: 2 more to sign, and 1 who can", "Too few people can sign"},
		{review.Blocker{Kind: review.NobodyConfirms, Vacant: security, Subject: "Rotate the keys.", What: none},
			"Nobody can confirm the condition “Rotate the keys” as Security: the Security seat has no holder", "Nobody can confirm the condition as Security"},
		{review.Blocker{Kind: review.NobodyJudges, Vacant: security, Subject: "Who rotates the keys?", What: none},
			"Nobody can accept the answer to the finding “Who rotates the keys?” as Security: the Security seat has no holder",
			"Nobody can accept the answer to the finding as Security"},
		{review.Blocker{Kind: review.NobodyLooksBack, Subject: "Ready to run", What: "No other manager or seat holder may."},
			"Nobody can review the break-glass decision: no other manager or seat holder may", "Nobody can review the break-glass decision"},
		{review.Blocker{Kind: review.NobodyLeads, Subject: "Ledger", What: "The owner cannot sign in, and there is no deputy."},
			"Nobody leads the project: the owner cannot sign in, and there is no deputy", "Nobody leads the project"},
	} {
		if got := BlockerText(&c.b); got != c.long {
			t.Errorf("%s: %q, want %q", c.b.Kind, got, c.long)
		}
		v := Vacancy{Duty: c.b.Kind, Seat: c.b.Vacant}
		if got := v.words(); got != c.list {
			t.Errorf("%s in a list: %q, want %q", c.b.Kind, got, c.list)
		}
	}
}

// A seat in which nobody can sign does not also wait for its signature.
func TestNobodySignsStandsForTheSeat(t *testing.T) {
	nobody := []review.Blocker{{Kind: review.NobodySigns, Vacant: plan.SeatSRE}}
	waits := []review.Blocker{{Kind: review.MustOpen}, {Kind: review.SeatMissing, Seat: plan.SeatSRE}, {Kind: review.SeatMissing, Seat: plan.SeatQA}}
	got := WithNobody(nobody, waits)
	if len(got) != 3 || got[0].Kind != review.NobodySigns || got[1].Kind != review.MustOpen || got[2].Seat != plan.SeatQA {
		t.Errorf("%+v", got)
	}
	if len(WithNobody(nil, waits)) != 3 {
		t.Error("with everybody there, a blocker is left out")
	}
}
