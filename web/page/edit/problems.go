package edit

import (
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/web/page"
)

// formLabels are what the forms of the editor call the fields that a check names as
// files have them.
func formLabels() map[string]string {
	return map[string]string{
		"name": "Name", "summary": "Summary", "notice": "Notice", "proposed_when": "Proposed if", "notify": "Whom to tell of incidents", "authority": "The authority", "what": "What it is told", "hours": "The hours", "order": "Order of gates", "flags": "Questions",
		"adds seats": "Seats of its own", "adds evidence": "Kinds of evidence of its own", "key": "Key", "group": "The group", "label": "The statement",
		"purpose": "Purpose", "phases": "Phases", "phase": "Phase", "exit": "Exit criteria", "quorum": "Signatures", "repeats_days": "Repeats after days", "keeps": "Kinds of records", "records": "Records that have to be kept", "from_exposure": "When it is needed", "environments": "Environments", "adds environments": "Kinds of environment of its own",
		"title": "Title", "guidance": "Guidance", "why": "Why", "done_when": "Done when", "show": "Show", "level": "Level at tier 1", "tier2": "Level at tier 2",
		"tier3": "Level at tier 3", "evidence": "Evidence", "seats": "Seats", "quality": "Quality", "when": "Applies if", "valid_days": "Renew evidence after days",
		"was": "Earlier keys", "same_as": "Earlier titles", "tiers": "Tiers", "mandatory": "Has to sign", "items": "Items", "stages": "Stages", "sources": "Sources",
	}
}

// inForm says a problem in the words of the editor's forms.
func inForm(message string) string {
	field, rest, ok := strings.Cut(message, ": ")
	label := formLabels()[field]
	if !ok || label == "" {
		return message
	}
	switch {
	case field == "items" && rest == "lists none":
		return "has no items"
	case rest == "lists none":
		rest = "has nothing ticked"
	}
	for file, form := range map[string]string{"more than level demands": "more than at tier 1", "more than tier2 demands": "more than at tier 2"} {
		rest = strings.Replace(rest, file, form, 1)
	}
	for _, l := range []plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay} {
		if after, is := strings.CutPrefix(rest, "is "+string(l)+","); is {
			rest = "is " + strings.ToLower(l.Label()) + "," + after
		}
	}
	if strings.HasPrefix(rest, "\"") {
		return "“" + label + "”: " + rest
	}
	return "“" + label + "” " + rest
}

// textFields are those that explain an item. What is said of them can wait until the
// rest is decided.
func textFields() []string {
	return []string{"guidance", "why", "done_when", "show", "quality", "title", "summary", "purpose", "notice"}
}

// sameSaid is what is said of several places of a draft in the same words.
type sameSaid struct {
	Text  string
	Of    []plan.Problem // a place each
	later bool           // it is about a text
}

// together are problems with what is said alike together: first what has to be
// decided, then what is to be written.
func together(all []plan.Problem) []sameSaid {
	var out []sameSaid
	index := map[string]int{}
	for _, p := range all {
		at, there := index[p.Message]
		if !there {
			at = len(out)
			index[p.Message] = at
			field, _, _ := strings.Cut(p.Message, ": ")
			out = append(out, sameSaid{Text: inForm(p.Message), later: p.Style && slices.Contains(textFields(), field)})
		}
		out[at].Of = append(out[at].Of, p)
	}
	slices.SortStableFunc(out, func(a, b sameSaid) int {
		switch {
		case a.later == b.later:
			return 0
		case b.later:
			return -1
		}
		return 1
	})
	return out
}

// text says what is alike, and how often.
func (g *sameSaid) text() string {
	if len(g.Of) < 2 {
		return page.Capital(g.Text)
	}
	if rest, has := strings.CutPrefix(g.Text, "has no "); has {
		return page.CountOf(len(g.Of), g.noun()) + " have no " + rest
	}
	return page.CountOf(len(g.Of), g.noun()) + ": " + g.Text
}

// noun is what the places are, when all are the same.
func (g *sameSaid) noun() string {
	kind := func(p plan.Problem) string {
		switch {
		case p.Item != "":
			return "item"
		case p.Where == "gate":
			return "gate"
		case p.Where == "" && p.Stage != "":
			return "stage"
		}
		return "place"
	}
	noun := kind(g.Of[0])
	for _, p := range g.Of {
		if kind(p) != noun {
			return "place"
		}
	}
	return noun
}

// placeOf names what a problem is about.
func (d *Draft) placeOf(p plan.Problem) string {
	if it, _ := d.Item(p.Item); it != nil && it.Title != "" {
		return it.Title
	}
	name := ""
	if s, ok := d.Section(p.Stage); ok {
		name = s.Name
	}
	where := p.Where
	if p.Where == "gate" && name != "" {
		return name
	}
	if where == "adds" {
		where = "the words of its own"
	}
	where = strings.Replace(where, "flag ", "question ", 1)
	switch {
	case name == "":
		return where
	case where == "":
		return name
	}
	return name + ", " + where
}
