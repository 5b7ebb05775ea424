package record

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// CameFrom is the field of every kind whose records say where they came up.
const CameFrom FieldKey = "source"

// What a field of type [Source] holds is a record of the project, as "I4", or
// something at one of its gates: a round as "1/build/2", which is in the first review
// the gate of the stage build, the second time that sign-off was requested; a waiver
// as "1/build/w3", and a finding as "1/build/f3".

// What is a sort of things at gates.
type What string

const (
	AtRound   What = "" // that was returned
	AtWaiver  What = "w"
	AtFinding What = "f"
)

// Point is something at a gate.
type Point struct {
	What   What
	Review int
	Stage  string
	No     int
}

// Source is the point as a field holds it.
func (p Point) Source() string { return fmt.Sprintf("%d/%s/%s%d", p.Review, p.Stage, p.What, p.No) }

// SplitPoint reads a point; the zero value: it is none.
func SplitPoint(v string) Point {
	no, rest, _ := strings.Cut(v, "/")
	stage, last, _ := strings.Cut(rest, "/")
	out := Point{Stage: stage}
	for _, what := range []What{AtWaiver, AtFinding} {
		if after, is := strings.CutPrefix(last, string(what)); is {
			out.What, last = what, after
		}
	}
	out.Review, _ = strconv.Atoi(no) // what is no number is not what Source writes
	out.No, _ = strconv.Atoi(last)
	if out.Review < 1 || out.No < 1 || out.Source() != v {
		return Point{}
	}
	return out
}

// SplitNumber reads a record; nil: it is none.
func SplitNumber(v string) (*Kind, int) {
	for _, k := range Kinds() {
		rest, ok := strings.CutPrefix(v, k.Mark)
		if no, err := strconv.Atoi(rest); ok && err == nil && no > 0 && strconv.Itoa(no) == rest {
			return k, no
		}
	}
	return nil, 0
}

// Raised are the kinds of which a record can have come from another of a kind, in the
// order in which they are listed.
func Raised(from Key) []*Kind {
	return slices.DeleteFunc(Kinds(), func(k *Kind) bool {
		f := k.Field(CameFrom)
		return f == nil || !slices.Contains(f.Of, from)
	})
}

// RaisedAt are those of which one can have come from a sort of things at a gate.
func RaisedAt(what What) []*Kind {
	return slices.DeleteFunc(Kinds(), func(k *Kind) bool {
		f := k.Field(CameFrom)
		return f == nil || !slices.Contains(f.From, what)
	})
}
