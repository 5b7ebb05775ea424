package page

import (
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// AnswerWord is an answer in words, with the risk that choices come to.
func AnswerWord(a *review.Answer) string { return stateWord(a.State, a.Risk) }

func stateWord(s review.State, risk plan.Risk) string {
	if risk == plan.RiskMedium || risk == plan.RiskHigh {
		return s.Label() + ", " + strings.ToLower(risk.Label())
	}
	return s.Label()
}

// AnswerValue is what a form sends to give an answer again.
func AnswerValue(s review.State, chosen plan.Chosen) string {
	if chosen.IsZero() {
		return string(s)
	}
	return ui.Chosen + string(chosen)
}

// ReadChosen finds the choices that the field "answer" speaks of, with those that
// were ticked in the same form; false where it is an answer in so many words. The
// error is the reader's to see.
func ReadChosen(answer string, ticked []string) (plan.Chosen, bool, error) {
	keys, listed := strings.CutPrefix(answer, ui.Chosen)
	switch {
	case answer == ui.AnswerNone, answer == ui.ChosenNone:
		return plan.NoneOf, true, nil
	case listed:
		ticked = strings.Fields(keys)
	case answer != ui.AnswerChoices:
		return "", false, nil
	}
	if len(ticked) == 0 {
		return "", true, nil
	}
	all := make([]plan.ChoiceKey, len(ticked))
	for i, k := range ticked {
		all[i] = plan.ChoiceKey(k)
	}
	chosen, err := plan.Choose(all...)
	if err != nil {
		return "", true, &review.Invalid{Fields: []review.FieldError{
			{Field: "choices", Message: "must all be choices of this question; reload the page and choose again"},
		}}
	}
	return chosen, true, nil
}

// ChoicesProblem says why choices were not saved, in a sentence.
func ChoicesProblem(message string) string { return FieldSentence("The choices", message) + "." }

// ChosenWords says which choices of a question were taken, in the order in which it
// has them; empty where none were asked for. Choices that it no longer has come
// last, by their keys.
func ChosenWords(d *plan.Item, chosen plan.Chosen) string {
	if chosen.IsZero() {
		return ""
	}
	keys := chosen.Keys()
	if len(keys) == 0 {
		return "None of the choices"
	}
	var words []string
	if d != nil {
		for i := range d.Choices {
			if chosen.Has(d.Choices[i].Key) {
				words = append(words, d.Choices[i].Title)
			}
		}
	}
	for _, k := range keys {
		if d == nil || d.Choice(k) == nil {
			words = append(words, string(k))
		}
	}
	return strings.Join(words, "; ")
}

// chosenAs says what choices come to that were not saved, and which they are.
func chosenAs(d *plan.Item, chosen plan.Chosen) (review.State, string) {
	out, err := d.Outcome(chosen)
	if err != nil {
		return review.Open, ChosenWords(d, chosen)
	}
	state := review.StateOf(out.Risk)
	return state, stateWord(state, out.Risk) + " (" + ChosenWords(d, chosen) + ")"
}

// MineWord is what a row shows of choices that met another's change.
func MineWord(d *plan.Item, chosen plan.Chosen) string {
	_, word := chosenAs(d, chosen)
	return word
}

// ask has a row show the choices of a question; nil for a statement.
func ask(it *review.Item) *ui.RowQuestion {
	if !it.Def.IsQuestion() {
		return nil
	}
	a := &it.Answer
	q := &ui.RowQuestion{Choices: make([]ui.RowChoice, len(it.Def.Choices)), Word: AnswerWord(a), Rules: it.Def.InWords()}
	if !a.Choices.IsZero() {
		q.Value = AnswerValue(a.State, a.Choices)
	}
	for i := range it.Def.Choices {
		c := &it.Def.Choices[i]
		q.Choices[i] = ui.RowChoice{Key: string(c.Key), Title: c.Title, On: a.Choices.Has(c.Key)}
	}
	return q
}

// choiceOptions are the choices as the item's page offers them.
func (d *ItemData) choiceOptions() []ui.Option {
	chosen := d.Item.Answer.Choices
	if d.Form.Name == FormAnswer && d.Form.Choosing {
		chosen = d.Form.Chosen
	}
	options := make([]ui.Option, len(d.Item.Def.Choices))
	for i := range d.Item.Def.Choices {
		c := &d.Item.Def.Choices[i]
		options[i] = ui.Option{Value: string(c.Key), Label: c.Title, Hint: c.Help, Selected: chosen.Has(c.Key)}
	}
	return options
}

func (d *ItemData) choicesField() ui.Field {
	return ui.Field{
		ID: "choices", Name: "choice", Label: "Which of these are true?", Hint: "Tick all that are. Whether the item is met follows from that.",
		Error: d.Form.Errors["choices"],
	}
}

// again is the answer that was carried over and can be said again as it is; empty
// where it is no answer to what the item asks now.
func (d *ItemData) again() string {
	a := &d.Item.Answer
	if !d.Item.Def.IsQuestion() {
		return string(a.State)
	}
	if !d.Item.Follows() {
		return ""
	}
	return AnswerValue(a.State, a.Choices)
}

// toDo are the choices that were not taken and say what to do about it, while the
// question is not met.
func (d *ItemData) toDo() []plan.Choice {
	if d.Item.Answer.State != review.NotMet {
		return nil
	}
	var out []plan.Choice
	for _, c := range d.Item.Def.Choices {
		if c.Do != "" && !d.Item.Answer.Choices.Has(c.Key) {
			out = append(out, c)
		}
	}
	return out
}

// mine is what the form of a conflict sends again.
func (d *ItemData) mine() string {
	if d.Form.Choosing {
		return AnswerValue("", d.Form.Chosen)
	}
	return string(d.Form.State)
}

// linkTitle is what a link is called: by its address where it has no title.
func linkTitle(l plan.Link) string {
	if l.Title != "" {
		return l.Title
	}
	return l.URL
}

// readingOf are the links of an item, and those of its choices.
func readingOf(d *plan.Item) []plan.Link {
	out := d.Links[:len(d.Links):len(d.Links)]
	for i := range d.Choices {
		out = append(out, d.Choices[i].Links...)
	}
	return out
}
