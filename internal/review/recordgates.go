package review

import (
	"fmt"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// GatesThen is how all gates of a project stood at a moment that a record tells of.
type GatesThen struct {
	At     time.Time  `json:"at"`
	Review int        `json:"review"` // that was under way
	Gates  []GateThen `json:"gates"`  // in the order of the stages
}

// GateThen is how one of them stood. Its name is kept, because the plan may go on
// without the stage.
type GateThen struct {
	Stage  plan.StageKey `json:"stage"`
	Name   string        `json:"name"` // of the stage
	State  GateState     `json:"state"`
	Needed bool          `json:"needed,omitempty"` // it should pass before anything reaches production
	Site   SiteThen      `json:"site,omitzero"`    // the environment that the record names, where the gate decides on it
}

// gatesFor is how all gates stand, where the state keeps that; nil where it does
// not. Every gate that the exposure needs has to be passed before production but a
// last one that repeats: that one decides on what is running already.
func (r *Review) gatesFor(k *record.Kind, st *record.State, values record.Values, at time.Time) ([]GateThen, error) {
	if !st.KeepsGates {
		return nil, nil
	}
	if err := r.wholly(); err != nil {
		return nil, err
	}
	place, _ := r.placeOf(k, values)
	out := make([]GateThen, len(r.Stages))
	for i := range r.Stages {
		s := &r.Stages[i]
		out[i] = GateThen{Stage: s.Def.Key, Name: s.Def.Name, State: r.Standing(s, at), Needed: r.Needed(s) && (!r.isLast(s) || s.Def.Gate.RepeatsDays == 0)}
		if place == nil {
			continue
		}
		for _, n := range r.SituationsAt(s, at) {
			if n.Environment.Key == place.Key {
				out[i].Site = SiteThen{place.Key, place.Name, n.Must, n.Done}
			}
		}
	}
	return out, nil
}

// gatesThen is what a record keeps of gates that an event has; nil for none.
func (r *Review) gatesThen(gates []GateThen, at time.Time) *GatesThen {
	if len(gates) == 0 {
		return nil
	}
	return &GatesThen{At: at, Review: r.No, Gates: gates}
}

// BeforeGates are the gates that should have passed before what the record tells
// of, and had not.
func (rec *Record) BeforeGates() []GateThen {
	if !rec.needsGates() {
		return nil
	}
	var out []GateThen
	for _, g := range rec.Gates.Gates {
		if g.Needed && !g.State.Passed() {
			out = append(out, g)
		}
	}
	return out
}

// needsGates reports whether the record keeps gates that should have passed before what
// it tells of.
func (rec *Record) needsGates() bool {
	needs := rec.Def().NeedsGates
	return needs != nil && rec.Gates != nil && needs(rec.State, rec.Values)
}

// SiteOf is how ready the environment was that a record names, over all gates that it
// keeps; the zero SiteThen where it names none of the project's.
func SiteOf(kept *GatesThen) SiteThen {
	var out SiteThen
	if kept == nil {
		return out
	}
	for _, g := range kept.Gates {
		if g.Site.Environment != "" && g.Needed {
			out = SiteThen{g.Site.Environment, g.Site.Name, out.Must + g.Site.Must, out.Done + g.Site.Done}
		}
	}
	return out
}

// someGates is how many gates a sentence names.
const someGates = 3

// SomeGates names gates in a sentence: the first of them, and how many more there
// are.
func SomeGates(gates []GateThen, name func(GateThen) string) string {
	var names []string
	for _, g := range gates[:min(someGates, len(gates))] {
		names = append(names, name(g))
	}
	text := strings.Join(names, ", ")
	if n := len(gates) - len(names); n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// Warnings are what people should know who look at the record, a sentence each.
func (rec *Record) Warnings() []string {
	var out []string
	if gates := rec.BeforeGates(); len(gates) > 0 {
		had, in := "a gate had", ""
		if len(gates) > 1 {
			had = fmt.Sprintf("%d gates had", len(gates))
		}
		if rec.Gates.Review > 1 {
			in = fmt.Sprintf(" in review %d", rec.Gates.Review)
		}
		out = append(out, fmt.Sprintf("It went to production before %s passed%s: %s.", had, in, SomeGates(gates, func(g GateThen) string { return g.Name })))
	}
	if site := SiteOf(rec.Gates); rec.needsGates() && site.Done < site.Must {
		out = append(out, fmt.Sprintf("%d of %d required items of %s were ready when it went out.", site.Done, site.Must, site.Name))
	}
	if warn := rec.Def().Warn; warn != nil {
		if text := warn(rec.Values); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// fits says what is wrong with fields that are said at a moment, of a record in a
// state.
func (f *RecordFields) fits(in *input, k *record.Kind, s record.StateKey, at time.Time) {
	if k.CheckAt == nil {
		return
	}
	for _, p := range k.CheckAt(s, f.Values, at) {
		in.also(string(p.Field), p.Message)
	}
}
