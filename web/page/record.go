package page

import (
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// RecordFacts are a project's own fields in full, as its record on paper shows
// them: as they were at that moment.
func RecordFacts(r *review.Review, at time.Time, name Names, reviews []time.Time) []ui.Fact {
	v := newProjectView(ProjectData{Review: r, Now: at, Name: name, Reviews: reviews, Past: true})
	p := v.project()
	facts := []ui.Fact{
		{Term: "Key", Text: string(p.Key)},
		{Term: "Owner", Text: OrNone(NameOrNone(name, p.Holder(review.DutyOwner)))},
		{Term: "Deputy", Text: OrNone(NameOrNone(name, p.Holder(review.DutyDeputy)))},
		{Term: "Members", Text: OrNone(strings.Join(v.members(), ", "))},
		{Term: "Team", Text: p.Team},
		{Term: "Tags", Text: OrNone(TagText(p.Tags))},
		{Term: "Tier", Text: strconv.Itoa(int(p.Tier))},
		{Term: "Exposure", Text: string(p.Exposure)},
		{Term: "Target", Text: OrNone(DayOrNone(p.Target))},
		{Term: "Status", Text: string(p.Status)},
		{Term: "Visible to", Text: FieldValue("restricted", strconv.FormatBool(p.Restricted))},
		{Term: "Profile", Text: OrNone(answerText(r))},
		{Term: "Answers", Text: NewConfirmation(r, review.Actor{}, name, true).Words()},
		{Term: "Review", Text: v.reviewText()},
		{Term: "Lifecycle", Text: v.Review.Plan.Name + ", version " + strconv.Itoa(v.Review.Plan.Ref().Version)},
	}
	if f, pins := definitionFact(r); pins {
		facts = append(facts, f)
	}
	if names := policyNames(r); names != "" {
		facts = append(facts, ui.Fact{Term: "Policies", Text: names})
	}
	if p.Summary != "" {
		facts = append([]ui.Fact{{Term: "Purpose", Text: p.Summary}}, facts...)
	}
	return facts
}

// reviewText says which pass of the project this is.
func (v *projectView) reviewText() string {
	text := strconv.Itoa(v.Review.No)
	if v.Review.No == 1 {
		text += ", the launch"
	}
	if at := v.started(); !at.IsZero() {
		text += ", started " + DayOf(at, v.Now)
	}
	if state, due := v.Review.Live(v.Now); state != review.NotLive {
		text += "; " + strings.ToLower(state.Label())
		if !due.IsZero() {
			text += ", next due " + DayOrNone(due)
		}
	}
	return text
}
