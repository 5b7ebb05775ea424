package records

import (
	"slices"

	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// Begin makes what an address asks for of a new form: what there is not is left
// out, and the gate is the next that can still count it.
func (d *FormData) Begin() {
	if d.Kind.DueIn > 0 {
		d.Form.Due = review.FormatDate(review.Today(d.Now).AddDate(0, 0, d.Kind.DueIn))
	}
	d.beginSource()
	if item, stage := d.Review.Plan.Find(plan.ItemKey(d.Form.Item)); item == nil {
		d.Form.Item = ""
	} else if d.Form.Stage == "" {
		d.Form.Stage = string(stage.Key)
	}
	if !d.Kind.AtGates() {
		d.Form.Stage = ""
		return
	}
	d.Form.Stage = string(d.nextGate(plan.StageKey(d.Form.Stage)))
}

// nextGate is the stage at whose gate a new record counts that came up in a stage: that
// one, while its gate is still to pass, or else the next. Of one that came up nowhere it is
// the first that asks for records of its kind, or else the first, from where the project
// begins. Empty when all have passed.
func (d *FormData) nextGate(from plan.StageKey) plan.StageKey {
	n, came := d.Review.Plan.StageIndex(from), true
	if n < 0 {
		n, came = d.Review.Plan.StageIndex(d.Review.Begins()), false
	}
	var next plan.StageKey
	all := d.Review.Stages
	for i := range all {
		s := &all[(n+i)%len(all)]
		switch {
		case d.Review.Standing(s, d.Now).Passed():
		case came, slices.Contains(s.Def.Gate.Records, d.Kind.Key):
			return s.Def.Key
		case next == "":
			next = s.Def.Key
		}
	}
	return next
}

// beginSource has the form say what a new record comes from, where the address names
// something of the project, and what that says already.
func (d *FormData) beginSource() {
	f, source := d.Kind.Field(record.CameFrom), d.Form.Source
	if f == nil || source == "" || !d.Review.HasSource(f, source) {
		return
	}
	d.Form.Values = record.Values{f.Key: source}
	if d.Kind.Key == record.Lesson {
		d.Form.Values[record.LessonFrom] = record.LessonOrigin(source)
	}
	p := record.SplitPoint(source)
	if s, w := d.Review.WaiverAt(p); w != nil {
		d.beginWaiver(s, w)
	}
	if finding := d.Review.FindingAt(p); finding != nil {
		d.Form.Title, d.Form.Text, d.Form.Stage = headline(finding.Text), finding.Text, p.Stage
	}
	if _, no := record.SplitNumber(source); no > 0 {
		if rec, err := d.Review.Record(no); err == nil {
			d.Form.Title, d.Form.Text, d.Form.Item = rec.Title, rec.Text, string(rec.Item)
		}
	}
}

// beginWaiver takes over what was said when a waiver was asked for.
func (d *FormData) beginWaiver(s *review.Stage, w *review.Waiver) {
	d.Form.Stage, d.Form.Item, d.Form.Text = string(s.Def.Key), string(w.Item), w.Reason
	if !review.Over(w.Until, d.Now) {
		d.Form.Due = review.FormatDate(w.Until)
	}
	if d.Kind.Key == record.Risk {
		d.Form.Title, d.Form.Values["treatment"] = headline(w.Risk), w.Measure
		return
	}
	title := string(w.Item)
	if def, _ := d.Review.Plan.Find(w.Item); def != nil {
		title = def.Title
	}
	d.Form.Title, d.Form.Values["cost"] = headline("Waived: "+title), headline(w.Risk)
}

// headline is the first sentence of a text, as a title has room for it.
func headline(text string) string {
	text = page.Cut(strings.TrimSpace(text), review.MaxName-1)
	if i := strings.IndexAny(text, ".;!"); i > 0 && (i+1 == len(text) || text[i+1] == ' ') {
		return text[:i]
	}
	return text
}
