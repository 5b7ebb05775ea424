package review

import (
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// HasPoint reports whether the review has something at a gate: a round that was
// returned, a waiver, or a finding.
func (r *Review) HasPoint(p record.Point) bool { return slices.Contains(r.Points(p.What), p) }

// Points are the things of a sort at the review's gates from which records can come.
func (r *Review) Points(what record.What) []record.Point {
	var out []record.Point
	for i := range r.Stages {
		s := &r.Stages[i]
		switch what {
		case record.AtWaiver:
			for j := range s.Waivers {
				out = append(out, r.WaiverPoint(s, &s.Waivers[j]))
			}
		case record.AtFinding:
			for j := range s.Findings {
				out = append(out, r.FindingPoint(s, &s.Findings[j]))
			}
		default:
			for j := range s.Rounds {
				if s.Rounds[j].Outcome == OutcomeReturned {
					out = append(out, record.Point{Review: r.No, Stage: string(s.Def.Key), No: j + 1})
				}
			}
		}
	}
	return out
}

// WaiverPoint is a waiver as records name it: by where it was asked for, wherever a
// change of the plan has moved its item since.
func (r *Review) WaiverPoint(s *Stage, w *Waiver) record.Point {
	stage, no := s.Def.Key, w.No
	if w.Home.Stage != "" {
		stage, no = w.Home.Stage, w.Home.No
	}
	return record.Point{What: record.AtWaiver, Review: r.No, Stage: string(stage), No: no}
}

// FindingPoint is a finding of a stage as records name it.
func (r *Review) FindingPoint(s *Stage, f *Finding) record.Point {
	return record.Point{What: record.AtFinding, Review: r.No, Stage: string(s.Def.Key), No: f.No}
}

// WaiverAt finds a waiver that a record names, and its stage now; nil: there is none.
func (r *Review) WaiverAt(p record.Point) (*Stage, *Waiver) {
	for i := range r.Stages {
		s := &r.Stages[i]
		for j := range s.Waivers {
			if r.WaiverPoint(s, &s.Waivers[j]) == p {
				return s, &s.Waivers[j]
			}
		}
	}
	return nil, nil
}

// FindingAt finds a finding that a record names; nil: there is none.
func (r *Review) FindingAt(p record.Point) *Finding {
	s := r.Stage(plan.StageKey(p.Stage))
	if s == nil || p.What != record.AtFinding || p.Review != r.No || p.No < 1 || p.No > len(s.Findings) {
		return nil
	}
	return &s.Findings[p.No-1]
}

// CameFrom are the records that are loaded and came from something, by number.
func (r *Review) CameFrom(source string) []*Record {
	var out []*Record
	for i := range r.Records {
		if rec := &r.Records[i]; rec.Values[record.CameFrom] == source {
			out = append(out, rec)
		}
	}
	return out
}
