package record

import "strings"

// Reads says what is read of records of a kind from time to time, such as the
// share of requests that were answered in time, and what that is held against.
type Reads struct {
	Label string // what the form asks for
	// Unit stands behind a figure; empty: none.
	Unit func(Values) string
	// Target is what is aimed at, and whether less is better. ok is false while
	// nothing is.
	Target func(Values) (target Decimal, less, ok bool)
	// Check says what is wrong with a figure; empty: nothing. nil: any will do.
	Check func(Values, Decimal) string
}

// Bare is a figure as it was typed, without the unit that it has anyway.
func (r *Reads) Bare(v Values, typed string) string {
	unit := r.Unit(v)
	if unit == "" {
		return typed
	}
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(typed), unit))
}

// Verdict is how a figure compares with what is aimed at.
type Verdict int

const (
	NoTarget Verdict = iota
	Meets
	Misses
)

// Verdict compares a figure with what is aimed at.
func (r *Reads) Verdict(v Values, figure Decimal) Verdict {
	target, less, ok := r.Target(v)
	switch {
	case !ok:
		return NoTarget
	case less && figure <= target, !less && figure >= target:
		return Meets
	}
	return Misses
}

// Figure is a figure with its unit.
func (r *Reads) Figure(v Values, figure Decimal) string {
	switch unit := r.Unit(v); unit {
	case "":
		return figure.String()
	case "%":
		return figure.String() + "\u00a0%"
	default:
		return figure.String() + "\u00a0" + unit
	}
}

// Aim says what is aimed at: "at least 99.5 %"; empty while nothing is.
func (r *Reads) Aim(v Values) string {
	target, less, ok := r.Target(v)
	switch {
	case !ok:
		return ""
	case less:
		return "at most " + r.Figure(v, target)
	}
	return "at least " + r.Figure(v, target)
}
