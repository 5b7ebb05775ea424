package page

import (
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
		explain(review.GateBlocked, "Something is missing. The gate's page lists it, each with whose turn it is."),
		explain(review.GateReady, "Nothing is missing; the team can request sign-off."),
		explain(review.GateWaiting, "Sign-off is requested and not all who have to sign have done so."),
		explain(review.GatePassed, "Enough different people signed, every mandatory seat among them, on exactly the content that stands there now."),
		explain(review.GateConditional, "Passed, and somebody approved with conditions that are not all closed yet. Each has an owner and a day."),
		explain(review.GateOverdue, "Passed with conditions, and the day of one has gone by. The gate counts as passed no more until it is met and confirmed, or a new round passes."),
		explain(review.GateBreakGlass, "One entitled person passed it alone in an emergency. It stays marked until others have reviewed that."),
		explain(review.GateChanged, "The gate had passed, and afterwards an answer, a piece of evidence or the profile changed. The signatures are kept but count no more; a new round is needed."),
		explain(review.GateReturned, "A signer sent the stage back with findings. They have to be answered before sign-off can be requested again."),
		explain(review.GateLapsed, "The gate had passed, and since then evidence under a must has expired. Newer evidence is needed."),
	}
}

// answerMeanings explains the answers of an item.
func answerMeanings() []meaning {
	explain := func(s review.State, text string) meaning { return meaning{ui.AnswerState(string(s)), s.Label(), text} }
	return []meaning{
		explain(review.Open, "Nobody has answered yet."),
		explain(review.Met, "It is so. A must also needs evidence of a kind that it demands, and evidence that has not expired."),
		explain(review.NotMet, "It is not so, or not yet. A should that is left so needs one line that says why."),
		explain(review.NotApplicable, "It makes no sense for this project. For a must, somebody who holds a seat has to agree."),
	}
}

// tierMeaning says in plain words what a tier is and what it brings.
type tierMeaning struct {
	tier       review.Tier
	name, text string
}

func tierMeanings() []tierMeaning {
	return []tierMeaning{
		{review.TierCritical, "Tier 1, critical", "When it fails, the business or people come to harm at once. The whole template applies."},
		{review.TierStandard, "Tier 2, standard", "When it fails, people notice and work piles up, but there is time to repair. Every unconditional must applies, and the shoulds that carry risk."},
		{review.TierStarter, "Tier 3, starter", "When it fails, few people mind: a trial, an internal helper, a first pilot. A starter set applies."},
	}
}

// shortcut is a key and what it does; app.js acts on them.
type shortcut struct {
	keys []string
	does string
}

func shortcuts() []shortcut {
	return []shortcut{
		{[]string{"j", "k"}, "next and previous item of a checklist (the arrow keys do the same)"},
		{[]string{"m"}, "answer met"},
		{[]string{"n"}, "answer not met"},
		{[]string{"a"}, "answer not applicable"},
		{[]string{"o"}, "reopen"},
		{[]string{"c"}, "write a note"},
		{[]string{"e"}, "go to the evidence"},
		{[]string{"Enter"}, "open the item"},
		{[]string{"/"}, "filter the list"},
		{[]string{"g", "w"}, "my work (one key after the other)"},
		{[]string{"g", "p"}, "portfolio"},
		{[]string{"g", "s"}, "sign-offs"},
		{[]string{"?"}, "show this list; there the keys can also be switched off"},
	}
}
