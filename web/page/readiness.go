package page

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// meaning explains one word that pages use for a state.
type meaning struct {
	state ui.State
	word  string
	text  string
}

// gateMeanings explains every state of a gate, in the order in which a stage
// goes through them.
func gateMeanings() []meaning {
	explain := func(g review.GateState, text string) meaning { return meaning{GateLook(g), g.Label(), text} }
	return []meaning{
		explain(review.GateNotNeeded, "The project is open to so few people that the lifecycle does not need this gate. Nothing is asked in its stage; what was said there is kept for a wider exposure."),
		explain(review.GateBlocked, "Something is missing. The gate's page lists each blocker with the person or seat it waits for."),
		explain(review.GateReady, "Nothing is missing; the team can request sign-off."),
		explain(review.GateWaiting, "Sign-off is requested, and signatures are still missing."),
		explain(review.GatePassed, "Enough different people have signed the present content, every mandatory seat among them."),
		explain(review.GateConditional, "Passed, but conditions set by a signer are still open. Each has an owner and a due date."),
		explain(review.GateOverdue, "Passed with conditions, and one is past its due date. The gate no longer counts as passed until that condition is met and confirmed or released, or a new round passes."),
		explain(
			review.GateBreakGlass, "One person passed it alone in an emergency. It stays marked until somebody else has reviewed that decision.",
		),
		explain(review.GateChanged, "The gate had passed, but an answer, evidence or the profile has changed since. The signatures are kept but are out of date; a new round is needed."),
		explain(review.GateOpenAgain, "The gate had passed, and somebody who leads the project or signs there took that back with a reason. The signatures stay readable; a new round is needed."),
		explain(review.GateReturned, "A signer returned the stage with findings. Answer them, then request sign-off again."),
		explain(
			review.GateLapsed,
			"The gate had passed, but evidence or a waiver of a required item has expired since. Link newer evidence, or meet the item.",
		),
	}
}

// answerMeanings explains the answers of an item.
func answerMeanings() []meaning {
	explain := func(s review.State, text string) meaning { return meaning{ui.AnswerState(string(s)), s.Label(), text} }
	return []meaning{
		explain(review.Open, "Nobody has answered yet."),
		explain(review.Met, "It is done. A required item also needs valid evidence of a kind it asks for."),
		explain(review.NotMet, "It is not done, or not yet. A recommended item left like this needs one line saying why."),
		explain(review.NotApplicable, "It does not apply to this project. For a required item, a seat holder has to approve that."),
	}
}

// tierMeaning says in plain words what a tier is and what it brings.
type tierMeaning struct {
	tier       plan.Tier
	name, text string
}

func tierMeanings() []tierMeaning {
	return []tierMeaning{
		{plan.TierCritical, "Tier 1, critical", "A failure harms people or the business at once. Everything applies."},
		{plan.TierStandard, "Tier 2, standard", "People notice a failure and work piles up, but there is time to repair it. Less is required, and little that is optional applies."},
		{plan.TierStarter, "Tier 3, starter", "A failure affects few people: a trial, an internal tool, a first pilot. A starter set applies, and what a law asks for."},
	}
}

// shortcut is a key and what it does; app.js acts on them.
type shortcut struct {
	keys []string
	does string
}

func shortcuts() []shortcut {
	return []shortcut{
		{[]string{"j", "k"}, "next and previous item of a checklist, or project of the portfolio (the arrow keys do the same)"},
		{[]string{"m"}, "answer met"},
		{[]string{"n"}, "answer not met"},
		{[]string{"a"}, "answer not applicable"},
		{[]string{"o"}, "reopen"},
		{[]string{"c"}, "write a note"},
		{[]string{"e"}, "go to the evidence"},
		{[]string{"Enter"}, "open the item or project"},
		{[]string{"/"}, "filter the list"},
		{[]string{"g", "w"}, "my work (one key after the other)"},
		{[]string{"g", "p"}, "portfolio"},
		{[]string{"g", "s"}, "sign-offs"},
		{[]string{"?"}, "show this list, where shortcuts can also be switched off"},
	}
}
