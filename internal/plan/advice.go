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
	if !d.Composed() {
		return nil
	}
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
	for _, w := range unused(d) {
		add("", "adds", "", "%q is added, and nothing uses it", w)
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
	return d.Module != nil && slices.Contains(d.Module.ProposedWhen, f) ||
		slices.ContainsFunc(gateSeats(d), func(s GateSeat) bool { return slices.Contains(s.When, f) })
}

// gateSeats are the seats at all gates of a document, and those that a module
// has join gates.
func gateSeats(d Document) []GateSeat {
	var out []GateSeat
	if m := d.Module; m != nil {
		for i := range m.Seats {
			out = append(out, m.Seats[i].GateSeat)
		}
		return out
	}
	for i := range d.Lifecycle.Stages {
		out = append(out, d.Lifecycle.Stages[i].Gate.Seats...)
	}
	return out
}

// unused are the words that a document adds for nothing.
func unused(d Document) []string {
	used := map[string]bool{}
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			for _, seat := range it.Seats {
				used[string(seat)] = true
			}
			for _, kind := range it.Evidence {
				used[string(kind)] = true
			}
			for _, kind := range it.Environments {
				used[string(kind)] = true
			}
		}
	}
	for _, s := range gateSeats(d) {
		used[string(s.Seat)] = true
	}
	var added []string
	for _, s := range d.Adds().Seats {
		added = append(added, string(s))
	}
	for _, k := range d.Adds().Evidence {
		added = append(added, string(k))
	}
	for _, k := range d.Adds().Environments {
		added = append(added, string(k))
	}
	return slices.DeleteFunc(added, func(w string) bool { return used[w] })
}
