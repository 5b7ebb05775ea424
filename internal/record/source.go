package record

import (
	"fmt"
	"strconv"
	"strings"
)

// What a field of type [Source] holds is a record of the project, as "I4", or a round
// of one of its gates, as "1/build/2": in the first review, the gate of the stage
// build, the second time that sign-off was requested.

// Round is a round of a gate.
type Round struct {
	Review int
	Stage  string
	No     int
}

// Source is the round as a field holds it.
func (r Round) Source() string { return fmt.Sprintf("%d/%s/%d", r.Review, r.Stage, r.No) }

// SplitRound reads a round; the zero value: it is none.
func SplitRound(v string) Round {
	no, rest, _ := strings.Cut(v, "/")
	stage, round, _ := strings.Cut(rest, "/")
	out := Round{Stage: stage}
	out.Review, _ = strconv.Atoi(no) // what is no number is not what Source writes
	out.No, _ = strconv.Atoi(round)
	if out.Review < 1 || out.No < 1 || out.Source() != v {
		return Round{}
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
