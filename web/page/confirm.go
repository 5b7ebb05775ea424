package page

import (
	"strconv"

	"github.com/slipway-prr/slipway/internal/review"
)

// Confirmation is how the answers about a project stand with those who look at
// them, and the form by which the reader confirms them.
type Confirmation struct {
	review *review.Review
	actor  review.Actor
	name   Names
	past   bool
}

// NewConfirmation is that of a project as it is now, or as it was.
func NewConfirmation(r *review.Review, who review.Actor, name Names, past bool) Confirmation {
	return Confirmation{r, who, name, past}
}

// Words say whether somebody has confirmed the answers.
func (c Confirmation) Words() string {
	a := &c.review.Project.Answers
	open := len(c.review.Project.Unanswered)
	switch {
	case a.Hold():
		return "Confirmed by " + c.name(a.Confirmed) + " on " + a.At.Format("2 Jan 2006")
	case a.Confirmed != 0:
		return "Changed since it was confirmed by " + c.name(a.Confirmed) + " on " + a.At.Format("2 Jan 2006")
	case open == 1:
		return "Not confirmed: 1 question is not answered yet"
	case open > 1:
		return "Not confirmed: " + strconv.Itoa(open) + " questions are not answered yet"
	}
	return "Not confirmed"
}

// may reports whether the reader can confirm the answers.
func (c Confirmation) may() bool {
	return !c.past && !c.review.Project.Answers.Hold() && c.review.MayConfirmProfile(c.actor) == nil
}
