package page

import (
	"strconv"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

func (t Teller) waiver(out *ui.Entry, ev review.Event) {
	switch e := ev.(type) {
	case review.WaiverRequested:
		out.State, out.What = ui.Wait, "asked for a waiver until "+day(e.Until)+" for"
		out.Why = e.Reason + "\nRisk: " + e.Risk + "\nMitigation: " + e.Measure
	case review.WaiverGranted:
		out.State, out.What, out.Why = ui.Waived, "granted waiver "+strconv.Itoa(e.No)+t.aside(e.For)+" for", e.Reason
	case review.WaiverDenied:
		out.State, out.What, out.Why = ui.Bad, "denied waiver "+strconv.Itoa(e.No)+t.aside(e.For)+" for", e.Reason
	case review.WaiverExtended:
		out.State, out.What, out.Why = ui.Waived, "extended waiver "+strconv.Itoa(e.No)+" from "+day(e.From)+" to "+day(e.Until)+t.aside(e.For)+" for", e.Reason
	case review.WaiverRevoked:
		out.State, out.What, out.Why = ui.Bad, "revoked waiver "+strconv.Itoa(e.No)+t.aside(e.For)+" for", e.Reason
	}
}

func (t Teller) followUp(out *ui.Entry, ev review.Event) {
	switch e := ev.(type) {
	case review.ConditionSet:
		out.State, out.What, out.Why = ui.Part, "set condition "+strconv.Itoa(e.No)+" for "+t.Names(e.Owner)+", due "+day(e.Due)+", on", e.Text
	case review.ConditionHandedOn:
		out.What, out.Why = "handed condition "+strconv.Itoa(e.No)+" from "+t.Names(e.From)+" to "+t.Names(e.Owner)+" on", e.Reason
	case review.ConditionMet:
		out.State, out.What, out.Why = ui.Wait, "reported condition "+strconv.Itoa(e.No)+" as met on", e.Note
	case review.ConditionConfirmed:
		out.State, out.What = ui.Met, "confirmed condition "+strconv.Itoa(e.No)+t.inPlaceOf(e.For)+" on"
	case review.ConditionReopened:
		out.State, out.What, out.Why = ui.Bad, "reopened condition "+strconv.Itoa(e.No)+t.inPlaceOf(e.For)+" on", e.Reason
	case review.ConditionReleased:
		out.State, out.What, out.Why = ui.Stop, "released condition "+strconv.Itoa(e.No)+t.inPlaceOf(e.For)+" on", e.Reason
	case review.FindingAccepted:
		out.State, out.What = ui.Met, "accepted the answer to finding "+strconv.Itoa(e.No)+t.inPlaceOf(e.For)+" on"
	case review.FindingReopened:
		out.State, out.What, out.Why = ui.Bad, "reopened finding "+strconv.Itoa(e.No)+t.inPlaceOf(e.For)+" on", e.Reason
	case review.GateForced:
		out.State, out.What = ui.Bad, "used break-glass, alone, to pass the gate of"
		out.Why = e.Reason + "\nTo be reviewed by " + day(e.ReviewDue) + "."
	case review.GateReopened:
		out.State, out.What = ui.Warn, "reopened the gate of"
		out.Why = e.Reason + "\nExpected impact: " + e.Impact
		if e.Authorised != 0 {
			out.Why += "\nAuthorised by " + t.Names(e.Authorised) + "."
		}
	case review.RetrospectiveClosed:
		out.State, out.What, out.Why = ui.Met, "reviewed the break-glass decision"+t.inPlaceOf(e.For)+" on", e.Note
	}
}
