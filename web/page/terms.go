package page

import (
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// DefinitionName is what a version of a readiness definition is called in a line.
func DefinitionName(d *plan.Definition) string {
	return d.Name + ", version " + strconv.Itoa(d.Version)
}

// definitionFact is the readiness definition that a project pins; false when it pins
// none.
func definitionFact(r *review.Review) (ui.Fact, bool) {
	d := r.Plan.Definition
	if d == nil {
		return ui.Fact{}, false
	}
	return ui.Fact{Term: "Readiness definition", Text: DefinitionName(d), Href: LifecycleURL(d.Key, d.Version)}, true
}

// Releases reports whether a stage is the one that releases.
func Releases(l *plan.Lifecycle, stage plan.StageKey) bool {
	i := l.Covering(&plan.Stage{Key: "release", Phases: []plan.Phase{"release"}})
	return i >= 0 && l.Stages[i].Key == stage
}

// ReleaseTerms are what the pinned definition says where a release is decided on.
func ReleaseTerms(r *review.Review) []ui.Fact {
	d, t := r.Plan.Definition, r.Project.Tier
	return []ui.Fact{
		{Term: "A safe deployment", Text: d.Deployment},
		{Term: "Recovery at tier " + strconv.Itoa(int(t)), Text: d.At(t).Recovery},
	}
}

// RecordTerms are what the pinned definition says where a record of a kind is written;
// none for most kinds, and where the project pins none.
func RecordTerms(r *review.Review, k record.Key) (title string, facts []ui.Fact) {
	d, t := r.Plan.Definition, r.Project.Tier
	if d == nil {
		return "", nil
	}
	at := " at tier " + strconv.Itoa(int(t))
	switch k {
	case record.Incident:
		return "What an incident is, and how long recovery may take", []ui.Fact{
			{Term: "An incident", Text: d.Incident}, {Term: "Recovery" + at, Text: d.At(t).Recovery},
		}
	case record.Risk:
		return "Which risks may be accepted", []ui.Fact{
			{Term: "Tolerated" + at, Text: "a score of " + strconv.Itoa(d.At(t).Tolerated) + " of " + strconv.Itoa(record.WorstRisk) + " at most"},
		}
	case record.Objective:
		for _, g := range d.At(t).Objectives {
			facts = append(facts, ui.Fact{Term: g.Indicator, Text: g.Objective + " over " + g.Window})
		}
		facts = append(facts, ui.Fact{Term: "How it is compared", Text: "An objective that has one of these names, as its indicator or as its title, is held against it: looser is a smaller share, or so much longer a window that more can fail in a row than the definition allows over its own."})
		return "Which objectives are asked for" + at, facts
	}
	return "", nil
}

// TermsRemarks say where a record does not keep to the readiness definition.
func TermsRemarks(r *review.Review, rec *review.Record, at time.Time) []string {
	var out []string
	if why := r.Exceeds(rec); why != "" {
		if rec.Standing().Bounded {
			out = append(out, "It "+why+". Today it could not be accepted like this.")
		} else {
			out = append(out, "It "+why+". It cannot be accepted like this.")
		}
	}
	if g := r.ShortOf(rec); g != nil {
		text := "Looser than " + r.TermsName() + " asks at tier " + strconv.Itoa(int(r.Project.Tier)) + ": " + g.Words() + "."
		if share, days, ok := record.Promised(rec.Values); ok {
			text += " It is looser because " + g.Looser(share, days) + "."
		}
		if w := r.Excuse(rec, at); w != nil {
			text += " The waiver of its item covers that until " + w.Until.Format("2 Jan 2006") + "."
		}
		out = append(out, text)
	}
	return out
}

// LooseRule says what to do about an objective that is looser than the definition asks,
// while nothing covers that; empty: nothing has to be done.
func LooseRule(r *review.Review, rec *review.Record, at time.Time) string {
	if r.ShortOf(rec) == nil || r.Excuse(rec, at) != nil {
		return ""
	}
	if it, _ := r.Plan.Find(rec.Item); it != nil {
		return "The gate where it counts cannot be asked for until it is tightened, or until “" + it.Title + "” is waived at that gate."
	}
	return "The gate where it counts cannot be asked for until it is tightened, or until the item that it concerns is named here and waived at that gate."
}

// Asked is an objective that the definition asks for, and what the project has of it.
type Asked struct {
	Goal  string
	State ui.State
	Word  string
	Has   string // the project's objectives of this name
}

// AskedObjectives are those that the definition asks for at the project's tier.
func AskedObjectives(r *review.Review) []Asked {
	if r.Plan.Definition == nil {
		return nil
	}
	goals := r.Plan.Definition.At(r.Project.Tier).Objectives
	out := make([]Asked, len(goals))
	for i := range goals {
		g := &goals[i]
		var names []string
		looser := false
		for j := range r.Records {
			if rec := &r.Records[j]; !rec.Closed() && r.GoalOf(rec) == g {
				names = append(names, rec.Name())
				looser = looser || r.ShortOf(rec) != nil
			}
		}
		a := Asked{Goal: g.Words(), State: ui.Met, Word: "Kept", Has: Enumerate(names, "and")}
		_, comparable := g.Share()
		switch {
		case len(names) == 0:
			a.State, a.Word, a.Has = ui.Open, "None yet", "no objective has this name"
		case looser:
			a.State, a.Word = ui.Warn, "Looser"
		case !comparable:
			a.State, a.Word = ui.Part, "To compare"
		}
		out[i] = a
	}
	return out
}
