package page

import (
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// The forms of the item's page that are about waivers.
const (
	FormWaiver = "waiver" // asks for one
	FormDecide = "decide" // decides on one
)

// waivers are the item's, newest first.
func (d *ItemData) waivers() []*review.Waiver {
	var out []*review.Waiver
	s := d.stage()
	for i := range slices.Backward(s.Waivers) {
		if w := &s.Waivers[i]; w.Item == d.Item.Def.Key {
			out = append(out, w)
		}
	}
	return out
}

// waiver is the one that is shown in full: what waits or is in force, else
// what ran out and nothing has followed.
func (d *ItemData) waiver() *review.Waiver {
	all := d.waivers()
	if len(all) == 0 {
		return nil
	}
	for _, w := range all {
		if st := w.State(d.Now); st == review.WaiverInForce || st == review.WaiverWaiting {
			return w
		}
	}
	if all[0].State(d.Now) == review.WaiverExpired {
		return all[0]
	}
	return nil
}

// earlierWaivers are those that are not shown in full.
func (d *ItemData) earlierWaivers() []*review.Waiver {
	now := d.waiver()
	return slices.DeleteFunc(d.waivers(), func(w *review.Waiver) bool { return w == now })
}

// mayAskWaiver reports whether the form that asks for a waiver is of use.
func (d *ItemData) mayAskWaiver() bool {
	if !d.can(review.RequestWaiver) || d.Item.Level == plan.LevelMay {
		return false
	}
	w := d.waiver()
	return w == nil || w.State(d.Now) == review.WaiverExpired
}

// mayDecide reports whether the viewer may decide on a waiver.
func (d *ItemData) mayDecide(w *review.Waiver) bool {
	return d.can(review.DecideWaiver) && review.MayDecideWaiver(d.Actor, &d.Review.Project, &d.stage().Def.Gate, w.RequestedBy) == nil
}

func (d *ItemData) waiverPanel(w *review.Waiver) waiverPanel {
	form := WaiverForm{}
	if d.Form.Name == FormDecide {
		form = d.Form.Decision
		form.Errors = d.Form.Errors
	}
	return newWaiverPanel(d.key(), d.Stage, w, d.Seq, d.Now, "?from=item", form)
}

// raises are the kinds of records that the viewer is offered to add because of a waiver.
func (d *ItemData) raises() []*record.Kind {
	if !d.can(review.KeepRecords) {
		return nil
	}
	return AddableKinds(d.Review, record.RaisedAt(record.AtWaiver))
}

// deciders says who decides on a waiver that waits.
func (d *ItemData) deciders(w *review.Waiver) string {
	seats := d.stage().Def.Gate.Policy(d.Review.Project.Tier, d.Review.Project.Profile).Seats
	return "A manager or a holder of the " + SeatWords(seats, "or") + " seat decides on it, somebody else than " + d.Names(w.RequestedBy) + "."
}

// waiverFields are the fields of the form that asks for a waiver.
type waiverFields struct{ reason, risk, measure, until ui.Field }

func (d *ItemData) waiverFields() waiverFields {
	in, errs := d.Form.Waiver, d.Form.Errors
	if d.Form.Name != FormWaiver {
		in, errs = review.NewWaiver{}, nil
	}
	return waiverFields{
		reason: ui.Field{
			ID: "waiver-reason", Name: "reason", Label: "Reason", Hint: "Why the item cannot be met now.", Value: in.Reason, Error: errs["reason"],
		},
		risk: ui.Field{
			ID: "waiver-risk", Name: "risk", Label: "Risk", Hint: "What can go wrong without it.", Value: in.Risk, Error: errs["risk"],
		},
		measure: ui.Field{
			ID: "waiver-measure", Name: "measure", Label: "Mitigation", Hint: "What makes up for it until then.", Value: in.Measure,
			Error: errs["measure"],
		},
		until: ui.Field{
			ID: "waiver-until", Name: "until", Label: "Until", Hint: "The last day on which it counts, at most a year ahead.", Value: in.Until,
			Error: errs["until"], Auto: "off",
		},
	}
}

// waiverSummary lists the problems of a form about waivers.
func (d *ItemData) waiverSummary() []ui.FieldError {
	if d.Form.Name == FormWaiver {
		f := d.waiverFields()
		return summary([]ui.Field{f.reason, f.risk, f.measure, f.until})
	}
	w := d.waiver()
	if w == nil || !d.mayDecide(w) {
		return nil
	}
	v := d.waiverPanel(w)
	return v.problems()
}

// keptWaiver is what was typed into a form about waivers that is no longer on
// the page.
func (d *ItemData) keptWaiver(add func(label, text string)) {
	switch w := d.waiver(); d.Form.Name {
	case FormWaiver:
		if !d.mayAskWaiver() {
			add("Reason", d.Form.Waiver.Reason)
			add("Risk", d.Form.Waiver.Risk)
			add("Mitigation", d.Form.Waiver.Measure)
		}
	case FormDecide:
		if w != nil && d.mayDecide(w) {
			if v := d.waiverPanel(w); v.id == d.Form.Decision.ID && v.shows(d.Form.Decision.Decision) {
				return
			}
		}
		add("Reason", d.Form.Decision.Reason)
	}
}

// noteWaiver takes in one of the item's waivers.
func (e *entry) noteWaiver(w *review.Waiver, now time.Time) {
	switch w.State(now) {
	case review.WaiverInForce:
		e.waived = w
	case review.WaiverWaiting:
		e.asked = true
	}
}

// settled reports whether the item counts without a waiver.
func (e *entry) settled(now time.Time) bool {
	switch e.item.Answer.State {
	case review.Met:
		return e.item.Level != plan.LevelMust || len(e.item.Def.Evidence) == 0 || e.counts && !e.expired(now)
	case review.NotApplicable:
		return e.item.Level != plan.LevelMust || e.item.Answer.ApprovedBy != 0
	}
	return false
}

// appendWaiverFlags says until when an item is waived, or that a waiver was
// asked for.
func appendWaiverFlags(flags []ui.ItemFlag, e *entry, now time.Time) []ui.ItemFlag {
	switch {
	case e.waived != nil && e.waived.Expiring(now):
		flags = append(flags, ui.ItemFlag{State: ui.Warn, Text: "Waiver ends " + ShortDate(e.waived.Until, now), Anchor: "waiver"})
	case e.waived != nil:
		flags = append(flags, ui.ItemFlag{State: ui.Waived, Text: "Waived until " + ShortDate(e.waived.Until, now), Anchor: "waiver"})
	case e.asked:
		flags = append(flags, ui.ItemFlag{State: ui.Wait, Text: "Waiver asked", Anchor: "waiver"})
	}
	return flags
}
