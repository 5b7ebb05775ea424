package formats

import (
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

// part is something that documents have and a format may have no place for.
type part string

const (
	partGates     part = "gates"
	partTiers     part = "levels at tiers 2 and 3"
	partLevels    part = "levels"
	partEvidence  part = "kinds of evidence"
	partSeats     part = "seats of items"
	partWhen      part = "conditions by profile"
	partValidity  part = "validity of evidence"
	partPlaces    part = "environments"
	partCore      part = "core items"
	partQuality   part = "qualities"
	partSources   part = "sources"
	partWas       part = "former keys and titles"
	partQuestions part = "questions with choices"
	partLinks     part = "links"
	partPurpose   part = "purposes of stages"
	partFlags     part = "profile questions"
	partModule    part = "what a module says of seats, proposals and its notice"
)

func lensKeeps() []part { return []part{partQuestions} }

// notRepresented says what a document has that a format does not keep, a sentence
// each.
func notRepresented(d plan.Document, format string, keeps []part) []string {
	seen := map[part]int{}
	has := func(p part, there bool) {
		if there && !slices.Contains(keeps, p) {
			seen[p]++
		}
	}
	if l := d.Lifecycle; l != nil {
		has(partFlags, len(l.Flags) > 0)
		for _, s := range l.Stages {
			has(partGates, len(s.Gate.Seats) > 0)
			has(partPurpose, s.Purpose != "")
		}
	}
	if m := d.Module; m != nil {
		has(partFlags, len(m.Flags) > 0)
		has(partModule, len(m.Seats)+len(m.ProposedWhen)+len(m.Notify) > 0 || m.Notice != "")
	}
	eachItem(d, func(_ string, it *plan.Item) {
		has(partLevels, it.Levels[0] != plan.LevelNone)
		has(partTiers, it.Levels[1] != it.Levels[0] || it.Levels[2] != it.Levels[0])
		has(partEvidence, len(it.Evidence) > 0)
		has(partSeats, len(it.Seats) > 0)
		has(partWhen, len(it.When) > 0)
		has(partValidity, it.ValidDays > 0)
		has(partPlaces, len(it.Environments) > 0)
		has(partCore, it.Core)
		has(partQuality, len(it.Quality) > 0)
		has(partSources, len(it.Sources) > 0)
		has(partWas, len(it.Was)+len(it.SameAs) > 0)
		has(partQuestions, it.IsQuestion())
		has(partLinks, len(it.Links) > 0)
	})
	var out []string
	for _, p := range []part{
		partGates, partPurpose, partFlags, partModule, partLevels, partTiers, partEvidence, partSeats, partWhen, partPlaces, partValidity, partCore, partQuality,
		partSources, partWas, partQuestions, partLinks,
	} {
		if seen[p] > 0 {
			out = append(out, strings.ToUpper(string(p[:1]))+string(p[1:])+" have no place in "+format+".")
		}
	}
	return out
}

// explanation is all that an item says of itself, in one text.
func explanation(it *plan.Item) string {
	var parts []string
	for _, p := range []struct{ name, text string }{{"", it.Guidance}, {"", it.Why}, {"Done when: ", it.Done}, {"Show: ", it.Show}} {
		if p.text != "" {
			parts = append(parts, p.name+p.text)
		}
	}
	return joinSentences(parts...)
}
