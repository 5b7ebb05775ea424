package review_test

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// What an item asks of its assignee is what it needs, not its raw answer.
func TestAsks(t *testing.T) {
	now := date("2026-05-10").Add(10 * time.Hour)
	soon, later, past := date("2026-05-20"), date("2026-09-01"), date("2026-05-01")
	doc := func(expires time.Time) review.Evidence {
		return review.Evidence{Item: "x", Type: "doc", Expires: expires}
	}
	waiver := func(until time.Time) []review.Waiver {
		return []review.Waiver{{No: 1, Item: "x", Until: until, GrantedBy: seth, GrantedAt: base}}
	}
	must, should := plan.LevelMust, plan.LevelShould
	for name, c := range map[string]struct {
		level    plan.Level
		state    review.State
		reattest bool
		evidence []review.Evidence
		waivers  []review.Waiver
		want     review.Ask
		until    time.Time
	}{
		"not asked at this tier":      {level: plan.LevelNone, state: review.Open, want: review.AskNothing},
		"open":                        {level: must, state: review.Open, want: review.AskAnswer},
		"recommended, open":           {level: should, state: review.Open, want: review.AskAnswer},
		"not met":                     {level: must, state: review.NotMet, want: review.AskMeet},
		"not applicable":              {level: must, state: review.NotApplicable, want: review.AskNothing},
		"met without evidence":        {level: must, state: review.Met, want: review.AskEvidence},
		"met with another kind":       {level: must, state: review.Met, evidence: []review.Evidence{{Item: "x", Type: "dashboard"}}, want: review.AskEvidence},
		"recommended, met":            {level: should, state: review.Met, want: review.AskNothing},
		"met with evidence":           {level: must, state: review.Met, evidence: []review.Evidence{doc(later)}, want: review.AskNothing},
		"evidence expired":            {level: must, state: review.Met, evidence: []review.Evidence{doc(past)}, want: review.AskRenew},
		"evidence expires":            {level: must, state: review.Met, evidence: []review.Evidence{doc(past), doc(soon)}, want: review.AskRenewSoon, until: soon},
		"a newer link":                {level: must, state: review.Met, evidence: []review.Evidence{doc(later), doc(soon)}, want: review.AskNothing},
		"a link for ever":             {level: must, state: review.Met, evidence: []review.Evidence{doc(time.Time{}), doc(soon)}, want: review.AskNothing},
		"carried over":                {level: should, state: review.Met, reattest: true, want: review.AskReconfirm},
		"waived":                      {level: must, state: review.NotMet, waivers: waiver(later), want: review.AskWaived, until: later},
		"waiver expired":              {level: must, state: review.NotMet, waivers: waiver(past), want: review.AskUnwaived},
		"met since its waiver":        {level: must, state: review.Met, evidence: []review.Evidence{doc(later)}, waivers: waiver(past), want: review.AskNothing},
		"met though it has a waiver":  {level: must, state: review.Met, evidence: []review.Evidence{doc(later)}, waivers: waiver(later), want: review.AskNothing},
		"a waiver that only is asked": {level: must, state: review.Open, waivers: []review.Waiver{{No: 1, Item: "x", Until: later}}, want: review.AskAnswer},
	} {
		def := &plan.Item{Key: "x", Title: "X", Evidence: []plan.EvidenceKind{"doc"}}
		s := &review.Stage{Loaded: true, Evidence: c.evidence, Waivers: c.waivers}
		it := &review.Item{Def: def, Level: c.level, Answer: review.Answer{State: c.state}, Reattest: c.reattest}
		if got, until := s.Asks(it, now); got != c.want || !until.Equal(c.until) {
			t.Errorf("%s: asks %q until %v, want %q until %v", name, got, until, c.want, c.until)
		}
	}
}

// An item is overdue only while something is still to be done for it.
func TestOverdueItems(t *testing.T) {
	now, past := date("2026-05-10").Add(10*time.Hour), date("2026-05-09")
	for name, c := range map[string]struct {
		ask  review.Ask
		due  time.Time
		want bool
	}{
		"no due date":           {review.AskAnswer, time.Time{}, false},
		"due today":             {review.AskAnswer, date("2026-05-10"), false},
		"open":                  {review.AskAnswer, past, true},
		"not met":               {review.AskMeet, past, true},
		"met without evidence":  {review.AskEvidence, past, true},
		"waiver expired":        {review.AskUnwaived, past, true},
		"waived":                {review.AskWaived, past, false},
		"nothing":               {review.AskNothing, past, false},
		"evidence still counts": {review.AskRenewSoon, past, false},
		"carried over":          {review.AskReconfirm, past, true},
		"its evidence ended":    {review.AskRenew, past, true},
	} {
		if got := c.ask.Overdue(c.due, now); got != c.want {
			t.Errorf("%s: overdue is %v", name, got)
		}
	}
	def := &plan.Item{Key: "x", Title: "X"}
	it := &review.Item{Def: def, Level: plan.LevelMust, Answer: review.Answer{State: review.NotMet}, Due: past}
	s := &review.Stage{Loaded: true}
	if !s.Overdue(it, now) {
		t.Error("one that is not met is not overdue")
	}
	s.Waivers = []review.Waiver{{No: 1, Item: "x", Until: date("2026-09-01"), GrantedBy: seth, GrantedAt: base}}
	if s.Overdue(it, now) {
		t.Error("one that is waived is overdue")
	}
}
