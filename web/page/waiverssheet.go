package page

import (
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/sheet"
)

// TableURL is the register of the filter as a file, over all its pages.
func (f WaiverFilter) TableURL(format sheet.Format) string {
	f.Page = 1
	return WaiversURL + "/export/" + string(format) + f.Query()
}

// WaiverColumns are the columns of the register as a file.
func WaiverColumns() []sheet.Column {
	return []sheet.Column{
		{Title: "Item", Width: 48, Stays: true}, {Title: "Key", Width: 28}, {Title: "Weight", Width: 14}, {Title: "Project", Width: 30}, {Title: "Project key", Width: 20},
		{Title: "Team", Width: 20}, {Title: "Status", Width: 14}, {Title: "Until", Width: 12}, {Title: "Effect on the gate", Width: 40}, {Title: "Reason", Width: 48},
		{Title: "Risk", Width: 40}, {Title: "Mitigation", Width: 40}, {Title: "Asked for by", Width: 22}, {Title: "Asked for on", Width: 12},
		{Title: "Decided by", Width: 22}, {Title: "Decided on", Width: 12}, {Title: "Said with the decision", Width: 40}, {Title: "Address", Width: 40},
	}
}

// SheetRow is a waiver in it. origin is the address of this Slipway.
func (d *WaiversData) SheetRow(w *Waiver, origin string) []any {
	_, effect := w.effect(d.Now)
	by, on := lastDecision(&w.Waiver, d.Name)
	zone := d.Now.Location()
	return []any{
		w.Title, string(w.Waiver.Item), w.Level.Label(), w.Name, string(w.Project), w.Team, standingWord(&w.Waiver, d.Now), w.Waiver.Until, effect,
		w.Waiver.Reason, w.Waiver.Risk, w.Waiver.Measure, d.Name(w.Waiver.RequestedBy), OnDay(w.Waiver.RequestedAt, zone), by, OnDay(on, zone), w.Waiver.Why, origin + w.href(),
	}
}

// lastDecision is who decided on a waiver last, and when.
func lastDecision(w *review.Waiver, name Names) (who string, at time.Time) {
	switch {
	case !w.RevokedAt.IsZero():
		return name.Standing(w.RevokedBy, w.RevokedFor), w.RevokedAt
	case !w.DeniedAt.IsZero():
		return name.Standing(w.DeniedBy, w.DeniedFor), w.DeniedAt
	}
	return name.Standing(w.GrantedBy, w.GrantedFor), w.GrantedAt
}

// standingWord is how a waiver stands, without how far off its end is: a file is read later.
func standingWord(w *review.Waiver, now time.Time) string {
	switch w.State(now) {
	case review.WaiverInForce:
		return "In force"
	case review.WaiverExpired:
		if w.GrantedAt.IsZero() {
			return "Never decided"
		}
		return "Expired"
	}
	_, word := WaiverLook(w, now)
	return word
}

// OnDay is the day of a moment where the organisation is.
func OnDay(at time.Time, zone *time.Location) time.Time {
	if at.IsZero() {
		return at
	}
	return at.In(zone)
}
