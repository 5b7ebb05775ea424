package page

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// handed counts what went to one person, by stage.
type handed struct {
	to                review.PersonID // 0: nobody
	items, conditions map[plan.StageKey]int
	records           int
	stages            int
	named             bool
}

// HandedWords says who got what somebody left behind, from the entries of the
// trail: "3 items in Architecture and 1 condition in Idea went to Raj Patel."
// Empty where nothing changed hands.
func HandedWords(entries []review.Entry, t *plan.Lifecycle, names Names) string {
	var all []*handed
	to := func(p review.PersonID) *handed {
		for _, h := range all {
			if h.to == p {
				return h
			}
		}
		all = append(all, &handed{to: p, items: map[plan.StageKey]int{}, conditions: map[plan.StageKey]int{}})
		return all[len(all)-1]
	}
	for _, en := range entries {
		switch e := en.Event.(type) {
		case review.ItemAssigned:
			to(e.Person).items[e.Stage]++
		case review.ConditionHandedOn:
			to(e.Owner).conditions[e.Stage]++
		case review.RecordHandedOn:
			to(e.Owner).records++
		case review.ResponsibilitiesSet:
			to(gained(e)).named = true
		case review.StagePlanned:
			if e.Reason != "" || e.Plan.Target == e.Was.Target {
				to(cmp.Or(e.Plan.Owner, e.Plan.Deputy)).stages++
			}
		}
	}
	sentences := make([]string, len(all))
	for i, h := range all {
		parts, total := append(stageCounts(h.items, "item", t), stageCounts(h.conditions, "condition", t)...), 0
		for _, n := range h.items {
			total += n
		}
		if h.records > 0 {
			parts = append(parts, CountOf(h.records, "record"))
		}
		if h.stages > 0 {
			parts = append(parts, CountOf(h.stages, "stage"))
		}
		if h.named {
			parts, total = append(parts, "a row of the responsibilities"), total+1
		}
		switch {
		case h.to != 0:
			sentences[i] = Enumerate(parts, "and") + " went to " + names(h.to) + "."
		case total == 1:
			sentences[i] = Enumerate(parts, "and") + " is assigned to nobody now."
		default:
			sentences[i] = Enumerate(parts, "and") + " are assigned to nobody now."
		}
	}
	return strings.Join(sentences, " ")
}

// gained is who has more parts than before; 0: nobody.
func gained(e review.ResponsibilitiesSet) review.PersonID {
	for _, row := range e.Rows {
		if !slices.ContainsFunc(e.Was, func(o review.Responsibility) bool {
			return o.Person == row.Person && o.Team == row.Team && slices.Equal(o.Parts, row.Parts)
		}) {
			return row.Person
		}
	}
	return 0
}

// stagesNamed is in how many stages something is counted one by one.
const stagesNamed = 3

func stageCounts(n map[plan.StageKey]int, noun string, t *plan.Lifecycle) []string {
	var out []string
	total := 0
	for i := range t.Stages {
		if s := &t.Stages[i]; n[s.Key] > 0 {
			out = append(out, CountOf(n[s.Key], noun)+" in "+stageShort(s))
			total += n[s.Key]
		}
	}
	if len(out) > stagesNamed {
		return []string{CountOf(total, noun) + " in " + CountOf(len(out), "stage")}
	}
	return out
}
