package plan

import (
	"fmt"
	"regexp"
	"slices"
)

// Advise lists what is allowed in a document and probably not meant, beside what
// [Check] calls a matter of style. asked are the questions of all lifecycles, for
// modules; held says which seats somebody holds.
func Advise(d Document, asked []Flag, held func(Seat) bool) []Problem {
	var out []Problem
	add := func(s StageKey, where string, item ItemKey, format string, args ...any) {
		out = append(out, Problem{Stage: s, Where: where, Item: item, Message: fmt.Sprintf(format, args...), Style: true})
	}
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			if it.Levels[0] == LevelMust && len(it.Evidence) == 0 {
				add(s.Key, "item "+string(it.Key), it.Key, "is required, and no kind of evidence can show it")
			}
			_, doubtful := CheckQuestion(it.Choices, it.Rules)
			for _, w := range doubtful {
				add(s.Key, "item "+string(it.Key), it.Key, "%s", w)
			}
		}
	}
	for _, q := range d.Questions() {
		if !dependsOn(d, q.Key) {
			add("", "flag "+string(q.Key), "", "is asked, and nothing depends on it")
		}
	}
	if d.Module != nil {
		for i := range d.Module.Seats {
			if seat := d.Module.Seats[i].Seat; seat.Valid() && !held(seat) {
				add("", fmt.Sprintf("seat number %d", i+1), "", "nobody holds the %s seat", seat.Label())
			}
		}
		return out
	}
	before := -1
	for i := range d.Lifecycle.Stages {
		s := &d.Lifecycle.Stages[i]
		for _, lacks := range lacking(s) {
			add(s.Key, "", "", "%s", lacks)
		}
		for j := range s.Gate.Seats {
			if seat := s.Gate.Seats[j].Seat; seat.Valid() && !held(seat) {
				add(s.Key, "gate", "", "nobody holds the %s seat", seat.Label())
			}
		}
		if len(s.Items) == 0 {
			continue
		}
		share := mustShare(s)
		if before > share {
			add(s.Key, "", "", "%d%% of its items are required, after %d%% in the stage before; rigour should grow towards release", share, before)
		}
		before = share
	}
	return out
}

// ownership are the words by which an item says who answers for something.
var ownership = regexp.MustCompile(`(?i)\b(own(s|ed|er|ers|ership)?|responsib\w*|accountab\w*|on[- ]call|sponsor\w*)\b`)

// lacking says which of the items are missing that every stage should have.
func lacking(s *Stage) []string {
	has := func(words ...string) bool {
		return slices.ContainsFunc(s.Items, func(it Item) bool {
			return slices.ContainsFunc(it.Quality, func(q string) bool { return slices.Contains(words, q) })
		})
	}
	var out []string
	if !has("security") {
		out = append(out, "has no item about security")
	}
	if !has("governance", "compliance") {
		out = append(out, "has no item about governance or compliance")
	}
	if !slices.ContainsFunc(s.Items, func(it Item) bool { return ownership.MatchString(it.Title + " " + it.Done + " " + it.Guidance) }) {
		out = append(out, "has no item that says who owns something")
	}
	return out
}

// mustShare is how much of a stage is required at tier 1, in percent.
func mustShare(s *Stage) int {
	musts := 0
	for i := range s.Items {
		if s.Items[i].Levels[0] == LevelMust {
			musts++
		}
	}
	return musts * 100 / len(s.Items)
}

// dependsOn reports whether anything in a document depends on an answer.
func dependsOn(d Document, f Flag) bool {
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			if slices.Contains(it.When, f) {
				return true
			}
		}
	}
	if m := d.Module; m != nil {
		return slices.Contains(m.ProposedWhen, f) || slices.ContainsFunc(m.Seats, func(s ModuleSeat) bool { return slices.Contains(s.When, f) })
	}
	return slices.ContainsFunc(d.Lifecycle.Stages, func(st Stage) bool {
		return slices.ContainsFunc(st.Gate.Seats, func(s GateSeat) bool { return slices.Contains(s.When, f) })
	})
}
