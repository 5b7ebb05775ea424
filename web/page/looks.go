package page

import (
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// GateLook is how the state of a gate looks on every page.
func GateLook(g review.GateState) ui.State {
	switch g {
	case review.GateReady:
		return ui.Part
	case review.GateWaiting:
		return ui.Wait
	case review.GatePassed:
		return ui.Met
	case review.GateConditional:
		return ui.Part
	case review.GateChanged, review.GateOpenAgain, review.GateBreakGlass:
		return ui.Warn
	case review.GateReturned, review.GateLapsed, review.GateOverdue:
		return ui.Bad
	case review.GateNotNeeded:
		return ui.NA
	}
	return ui.Open
}

// stageLook is how a stage looks among others, with a word that fits a narrow
// column: its gate's state or, before that says anything, whether work on it
// has begun.
func stageLook(r review.StageRollup) (ui.State, string) {
	switch {
	case r.Gate == review.GateReady:
		return ui.Part, "Ready"
	case r.Gate == review.GateWaiting:
		return ui.Wait, "Waiting"
	case r.Gate == review.GateChanged:
		return ui.Warn, "Changed"
	case r.Gate == review.GateConditional:
		return ui.Met, "Conditions"
	case r.Gate == review.GateOverdue:
		return ui.Bad, "Overdue"
	case r.Gate == review.GateBreakGlass:
		return ui.Warn, "Break-glass"
	case r.Gate != review.GateBlocked:
		return GateLook(r.Gate), r.Gate.Label()
	case r.MustDone+r.ShouldDone > 0:
		return ui.Part, "Under way"
	}
	return ui.Open, "Open"
}

// AnswerLook is how an item's answer looks: a met one that still lacks
// something warns.
func AnswerLook(a review.State, lacks bool) ui.State {
	switch {
	case a == review.NotMet:
		return ui.Bad
	case a == review.Open:
		return ui.Open
	case lacks:
		return ui.Warn
	case a == review.NotApplicable:
		return ui.NA
	}
	return ui.Met
}

// segments are the way of a project through its stages.
func segments(p review.ProjectKey, stages []plan.Stage, rollups []review.StageRollup, current int) []ui.StageSegment {
	out := make([]ui.StageSegment, 0, len(rollups))
	for i, r := range rollups {
		if i == len(stages) {
			break
		}
		state, word := stageLook(r)
		out = append(out, ui.StageSegment{
			Number: i + 1, Name: stages[i].Name, Href: StageURL(p, stages[i].Key), State: state, Word: word,
			Done: int(r.MustDone), Total: int(r.MustTotal), Current: i == current,
		})
	}
	return out
}

// SeatWords lists seats as a person reads them: "Product, QA and SRE".
func SeatWords(seats []plan.Seat, last string) string {
	words := make([]string, len(seats))
	for i, s := range seats {
		words[i] = s.Label()
	}
	return Enumerate(words, last)
}

// Enumerate joins words with commas and, before the last one, a word.
func Enumerate(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// Article is a word with a or an before it.
func Article(word string) string {
	if word != "" && strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

// CountOf is a number with its noun: "1 item", "3 items".
func CountOf(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return ui.Number(n) + " " + noun + "s"
}

// Cut shortens a text that only has to be recognised.
func Cut(s string, max int) string {
	s, _, _ = strings.Cut(s, "\n")
	if r := []rune(s); len(r) > max {
		return strings.TrimSpace(string(r[:max])) + "…"
	}
	return s
}

// DecisionLook is how a sign-off's decision looks, and its word.
func DecisionLook(d review.Decision) (ui.State, string) {
	switch d {
	case review.Return:
		return ui.Bad, "Returned"
	case review.Conditional:
		return ui.Part, "Approved with conditions"
	case review.Recuse:
		return ui.NA, "Recused"
	}
	return ui.Met, "Approved"
}

// IsAre is the verb of n things.
func IsAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// RoundLook is how the outcome of a round looks.
func RoundLook(o review.Outcome) ui.State {
	switch o {
	case review.OutcomePassed:
		return ui.Met
	case review.OutcomeConditional:
		return ui.Part
	case review.OutcomeForced:
		return ui.Warn
	case review.OutcomeReturned:
		return ui.Bad
	case review.OutcomeOnHold:
		return ui.Hold
	case review.OutcomeStopped:
		return ui.Stop
	case review.OutcomeWithdrawn:
		return ui.NA
	}
	return ui.Wait
}
