package gate

import (
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// said is what somebody said of a finding: an answer, or why it was not enough.
type said struct {
	who  string // "Ada answered"
	at   time.Time
	text string
}

// earlierAnswers are the answers to a finding that did not settle it, each with
// the reviewer's remark, the oldest first. They are in the trail alone, so a gate
// with very many changes may lack the first ones.
func (v *view) earlierAnswers(f *review.Finding) []said {
	var out []said
	var answer said
	for i := range slices.Backward(v.Changes) {
		en := &v.Changes[i]
		if en.At.Before(f.At) {
			continue // of a finding of an earlier review
		}
		switch e := en.Event.(type) {
		case review.FindingAnswered:
			if e.No == f.No {
				answer = said{v.Name(en.Actor) + " answered", en.At, e.Answer}
			}
		case review.FindingReopened:
			if e.No != f.No {
				continue
			}
			if answer.text != "" {
				out = append(out, answer)
			}
			out = append(out, said{v.Name.Standing(en.Actor, e.For) + " did not take that as settled", en.At, e.Reason})
			answer = said{}
		}
	}
	return out
}

// lessons are those that were learnt from the gate's returns and findings, in this
// review and in earlier ones, the newest first.
func (v *view) lessons() []*review.Record {
	var out []*review.Record
	for i := range slices.Backward(v.Review.Records) {
		rec := &v.Review.Records[i]
		if p := record.SplitPoint(rec.Values[record.CameFrom]); rec.Kind == record.Lesson && p.No > 0 && p.Stage == string(v.stage) {
			out = append(out, rec)
		}
	}
	return out
}

// findingRaises are the kinds of records that the reader is offered to add because of
// a finding.
func (v *view) findingRaises() []*record.Kind {
	if !v.keepsRecords() {
		return nil
	}
	return page.AddableKinds(v.Review, record.RaisedAt(record.AtFinding))
}
