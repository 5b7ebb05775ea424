package records

import (
	"strconv"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// source is what a record came from.
func (v *View) source(s string) (text, href string) {
	if k, no := record.SplitNumber(s); k != nil {
		if rec, err := v.Review.Record(no); err == nil && rec.Kind == k.Key {
			return s + " " + rec.Title, page.RecordURL(v.key(), k.Key, no)
		}
		return s, ""
	}
	p := record.SplitPoint(s)
	if p.What == record.AtWaiver {
		return v.waiver(p, s)
	}
	i := v.Review.Plan.StageIndex(plan.StageKey(p.Stage))
	if p.No == 0 || i < 0 {
		return s, ""
	}
	st := &v.Review.Plan.Stages[i]
	text, href = "The gate of "+page.StageTitle(i, st)+", returned in round "+strconv.Itoa(p.No), page.GateURL(v.key(), st.Key)
	if p.What == record.AtFinding {
		text = "Finding " + strconv.Itoa(p.No) + " at the gate of " + page.StageTitle(i, st)
		if f := v.Review.FindingAt(p); f != nil {
			text += ": " + page.Cut(f.Text, 60)
			href += "#" + page.FindingID(f.No)
		}
	}
	return text + ofReview(p, v.Review), href
}

// waiver is the waiver that a record came up with.
func (v *View) waiver(p record.Point, stored string) (text, href string) {
	s, w := v.Review.WaiverAt(p)
	if w == nil {
		return page.RecordValue(&record.Field{Type: record.Source}, stored, v.Others), ""
	}
	title, _ := v.item(&review.Record{RecordFields: review.RecordFields{Item: w.Item}})
	return "The waiver of “" + title + "”, asked for on " + page.ShortDate(w.RequestedAt, v.Now), page.ItemURL(v.key(), s.Def.Key, w.Item) + "#waiver"
}

func ofReview(p record.Point, r *review.Review) string {
	if p.Review == r.No {
		return ""
	}
	return " of review " + strconv.Itoa(p.Review)
}

// sources are what a record can have come from: records, gates that were returned,
// their findings, and waivers.
func (v *View) sources(f *record.Field, chosen string) []ui.Option {
	out := []ui.Option{{Value: "", Label: "None of these", Selected: chosen == ""}}
	known := chosen == ""
	add := func(s string) {
		text, _ := v.source(s)
		out = append(out, ui.Option{Value: s, Label: text, Selected: s == chosen})
		known = known || s == chosen
	}
	for _, k := range f.Of {
		for _, rec := range v.of(record.Of(k)) {
			add(rec.Name())
		}
	}
	for _, what := range f.From {
		for _, p := range v.Review.Points(what) {
			add(p.Source())
		}
	}
	if !known {
		add(chosen)
	}
	return out
}

// raised are the records that came from this one.
func (d *Data) raised() []*review.Record { return d.Review.CameFrom(d.Record.Name()) }

// raises are the kinds of which the reader is offered to add one that comes from it.
func (d *Data) raises() []*record.Kind {
	if !d.keeps() {
		return nil
	}
	return page.AddableKinds(d.Review, record.Raised(d.Record.Kind))
}
