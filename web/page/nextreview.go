package page

import (
	"slices"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// NextReviewForm is the form that starts the next review, when it was sent and
// could not be carried out.
type NextReviewForm struct {
	Reason  string
	Error   string // what is wrong with the reason
	Problem string // why nothing was changed, where the reason is not at fault
}

// earlierReview is a review that has ended, as of its last moment.
type earlierReview struct {
	no      int
	started time.Time
	ended   time.Time
}

// earlierReviews are those before the present one, the newest first.
func earlierReviews(starts []time.Time) []earlierReview {
	var out []earlierReview
	for i := len(starts) - 2; i >= 0; i-- {
		out = append(out, earlierReview{i + 1, starts[i], lastMoment(starts[i+1])})
	}
	return out
}

// lastMoment is the end of whatever ended at t: the trail counts microseconds.
func lastMoment(t time.Time) time.Time { return t.Add(-time.Microsecond) }

// title names the review among its like.
func (e earlierReview) title() string {
	if e.no == 1 {
		return "Review 1, the launch"
	}
	return "Review " + strconv.Itoa(e.no)
}

// started is when the present review started; zero when that is not known.
func (v *projectView) started() time.Time {
	if len(v.Reviews) == 0 {
		return time.Time{}
	}
	return v.Reviews[len(v.Reviews)-1]
}

// again counts the answers that the present review still has to say again.
func (v *projectView) again() int {
	n := 0
	for i := range v.Review.Stages {
		for j := range v.Review.Stages[i].Items {
			if it := &v.Review.Stages[i].Items[j]; it.Reattest && it.Level != plan.LevelNone {
				n++
			}
		}
	}
	return n
}

// repeats counts the answers that the next review would ask for again.
func (v *projectView) repeats() int {
	n := 0
	for i := range v.Review.Stages {
		for j := range v.Review.Stages[i].Items {
			if it := &v.Review.Stages[i].Items[j]; it.Def.ValidDays > 0 && it.Level != plan.LevelNone && it.Answer.State != review.Open {
				n++
			}
		}
	}
	return n
}

// done reports whether the last gate has passed in this review, so that the
// next can follow.
func (v *projectView) done() bool {
	last := v.Review.Stages[len(v.Review.Stages)-1]
	return slices.ContainsFunc(last.Rounds, func(r review.Round) bool { return r.Outcome.Passes() })
}

// mayStart reports whether the reader can start the next review.
func (v *projectView) mayStart() bool {
	return !v.Past && v.done() && v.Review.Project.Status == review.StatusActive && v.may(review.StartReview)
}

// first says what has to end before the next review starts; empty when nothing
// has to.
func (v *projectView) first() string {
	var open, asked, owed []string
	for i := range v.Review.Stages {
		s := &v.Review.Stages[i]
		if s.OpenRound() != nil {
			open = append(open, s.Def.Name)
		}
		if s.Unanswered() {
			asked = append(asked, s.Def.Name)
		}
	}
	for _, f := range v.Review.Forced() {
		owed = append(owed, v.Review.Stage(f.Stage).Def.Name)
	}
	switch {
	case len(open) > 0:
		return "Sign-off of " + Enumerate(open, "and") + " is under way; let it end or withdraw it first."
	case len(asked) > 0:
		return "Findings wait for answers: " + Enumerate(asked, "and") + ". They do not carry over, so answer them first."
	case len(owed) > 0:
		return "Others have to review first what was passed by break-glass: " + Enumerate(owed, "and") + "."
	}
	return ""
}

func (v *projectView) nextField() ui.Field {
	return ui.Field{
		ID: "next-reason", Name: "reason", Label: "What is the review for?", Hint: "Such as the yearly operating review. The trail keeps it.", Value: v.Next.Reason, Error: v.Next.Error,
	}
}

func (v *projectView) nextErrors() []ui.FieldError {
	if v.Next.Error == "" {
		return nil
	}
	return []ui.FieldError{{Name: "next-reason", Text: FieldSentence("reason", v.Next.Error)}}
}

// sayAgain reports whether the item's answer was carried over and waits to be
// said again.
func (d *ItemData) sayAgain() bool { return d.applies() && d.Item.Reattest }
