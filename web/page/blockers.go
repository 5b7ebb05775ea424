package page

import (
	"strings"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// BlockerLines are blockers for a list, each with the place to act.
func BlockerLines(p *review.Project, bs []review.Blocker, name Names) []ui.Blocker {
	out := make([]ui.Blocker, len(bs))
	for i := range bs {
		b := &bs[i]
		out[i] = ui.Blocker{State: blockerLook(b.Kind), What: BlockerText(b), Href: BlockerHref(p.Key, b), Since: b.Since}
		switch {
		case b.Seat != "":
			out[i].Owner = b.Seat.Label() + " seat"
		case b.Owner != 0:
			out[i].Owner = name(b.Owner)
		}
	}
	return out
}

// OpenSeats names the seats in which a signature would still help a round:
// "Engineering or SRE seat". Every page that says whose turn it is with missing
// signatures asks here.
func OpenSeats(seats []review.Seat) string {
	if len(seats) == 0 {
		return ""
	}
	return SeatWords(seats, "or") + " seat"
}

// BlockerText is a sentence that names what stands in the way before it says
// why.
func BlockerText(b *review.Blocker) string {
	subject := strings.TrimRight(Cut(b.Subject, 120), ".:;, ")
	what := strings.TrimSuffix(b.What, ".")
	if subject == "" {
		return what
	}
	return subject + ": " + strings.ToLower(what[:1]) + what[1:]
}

func blockerLook(k review.BlockerKind) ui.State {
	switch k {
	case review.MustNotMet, review.FindingOpen, review.ConditionOverdue, review.WaiverRanOut:
		return ui.Bad
	case review.EvidenceMissing, review.EvidenceExpired, review.ContentChanged:
		return ui.Warn
	case review.SeatMissing, review.SignersMissing, review.NAUnapproved, review.EarlierGate:
		return ui.Wait
	case review.ProjectNotActive:
		return ui.Hold
	}
	return ui.Open
}

// BlockerHref is where a person acts on a blocker.
func BlockerHref(p review.ProjectKey, b *review.Blocker) string {
	switch b.Kind {
	case review.EvidenceMissing, review.EvidenceExpired:
		return ItemURL(p, b.Stage, b.Item) + "#evidence"
	case review.WaiverRanOut:
		return ItemURL(p, b.Stage, b.Item) + "#waiver"
	case review.FindingOpen:
		return GateURL(p, b.Stage) + "#" + FindingID(b.Finding)
	case review.ConditionOverdue:
		return GateURL(p, b.Stage) + "#conditions"
	case review.EarlierGate:
		return ProjectURL(p) + "#stages"
	case review.ProjectNotActive:
		return GateURL(p, b.Stage) + "#status"
	case review.SeatMissing, review.SignersMissing:
		return GateURL(p, b.Stage) + "#seats"
	case review.ContentChanged:
		return GateURL(p, b.Stage) + "#request"
	}
	return ItemURL(p, b.Stage, b.Item) + "#answer"
}
