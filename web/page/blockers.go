package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// BlockerLines are blockers of a stage for a list, each with whose turn it is
// and the place to act. Of several requirements of a policy the first names it.
func BlockerLines(r *review.Review, s *review.Stage, bs []review.Blocker, name Names) []ui.Blocker {
	out := make([]ui.Blocker, len(bs))
	for i := range bs {
		b := &bs[i]
		if i > 0 && b.Requirement != "" && bs[i-1].Requirement != "" && b.Policy == bs[i-1].Policy {
			b = requirementAlone(r, b)
		}
		out[i] = ui.Blocker{
			State: blockerLook(b.Kind), What: BlockerText(b), Href: BlockerHref(r.Project.Key, b), Since: b.Since, Owner: Turn(r, s, b, name),
		}
	}
	return out
}

// requirementAlone is a blocker of a policy without the policy's name.
func requirementAlone(r *review.Review, b *review.Blocker) *review.Blocker {
	p := r.Policy(b.Policy)
	if p == nil {
		return b
	}
	alone := *b
	alone.Subject = strings.TrimPrefix(b.Subject, p.Name+": ")
	return &alone
}

// Turn says whose turn it is with a blocker; empty when nobody's.
func Turn(r *review.Review, s *review.Stage, b *review.Blocker, name Names) string {
	var people []string
	var seats []plan.Seat
	for _, p := range r.Parties(s, b) {
		if p.Seat != "" {
			seats = append(seats, p.Seat)
		} else {
			people = append(people, name(p.Person))
		}
	}
	if len(seats) > 0 {
		people = append(people, SeatWords(seats, "or")+" seat")
	}
	return Enumerate(people, "or")
}

// isRecommended reports whether a blocker is a recommended item without an answer or
// a word on it.
func isRecommended(b review.Blocker) bool { return b.Kind == review.ShouldUnexplained }

// recommended counts those.
func recommended(bs []review.Blocker) int {
	n := 0
	for _, b := range bs {
		if isRecommended(b) {
			n++
		}
	}
	return n
}

// blockerCount says how many blockers there are, and how many of them are about
// recommended items.
func blockerCount(bs []review.Blocker) string {
	words := CountOf(len(bs), "blocker")
	if n := recommended(bs); n > 0 {
		words += ", " + strconv.Itoa(n) + " of them recommended"
	}
	return words
}

// requiredFirst puts recommended items after everything else.
func requiredFirst(bs []review.Blocker) []review.Blocker {
	return append(
		slices.DeleteFunc(slices.Clone(bs), isRecommended),
		slices.DeleteFunc(slices.Clone(bs), func(b review.Blocker) bool { return !isRecommended(b) })...,
	)
}

// NobodyIn are those of what nobody can do that concern a stage.
func NobodyIn(bs []review.Blocker, stage plan.StageKey) []review.Blocker {
	return slices.DeleteFunc(slices.Clone(bs), func(b review.Blocker) bool { return b.Stage != stage })
}

// WithNobody puts what nobody can do before what else stands in a stage's way: a
// seat in which nobody can sign does not wait for a signature.
func WithNobody(nobody, bs []review.Blocker) []review.Blocker {
	out := slices.Clone(nobody)
	for _, b := range bs {
		if b.Kind != review.SeatMissing || !slices.ContainsFunc(nobody, func(n review.Blocker) bool { return n.Kind == review.NobodySigns && n.Vacant == b.Seat }) {
			out = append(out, b)
		}
	}
	return out
}

// nobodyWords says what nobody can do. The subject is the text of a condition or
// a finding where the page has it.
func nobodyWords(kind review.BlockerKind, seat plan.Seat, subject string) string {
	if subject != "" {
		subject = " “" + subject + "”"
	}
	switch {
	case kind == review.NobodyConfirms:
		return "Nobody can confirm the condition" + subject + " as " + seat.Label()
	case kind == review.NobodyJudges:
		return "Nobody can accept the answer to the finding" + subject + " as " + seat.Label()
	case kind == review.NobodyLeads:
		return "Nobody leads the project"
	case kind == review.NobodyLooksBack:
		return "Nobody can review the break-glass decision"
	case seat != "":
		return "Nobody can sign as " + seat.Label()
	}
	return "Too few people can sign"
}

// BlockerText is a sentence that names what stands in the way before it says
// why.
func BlockerText(b *review.Blocker) string {
	subject := strings.TrimRight(Cut(b.Subject, 120), ".:;, ")
	switch b.Kind {
	case review.NobodySigns, review.NobodyConfirms, review.NobodyJudges, review.NobodyLooksBack, review.NobodyLeads:
		subject = nobodyWords(b.Kind, b.Vacant, subject)
	}
	what := strings.TrimSuffix(b.What, ".")
	if subject == "" {
		return what
	}
	return subject + ": " + strings.ToLower(what[:1]) + what[1:]
}

func blockerLook(k review.BlockerKind) ui.State {
	switch k {
	case review.MustNotMet, review.RecordUndecided, review.RecordMissing, review.ObjectiveLooser, review.FindingOpen, review.ConditionOverdue, review.WaiverRanOut,
		review.NobodySigns, review.NobodyConfirms, review.NobodyJudges, review.NobodyLooksBack, review.NobodyLeads:
		return ui.Bad
	case review.PolicyMissing, review.PolicyUnmet:
		return ui.Bad
	case review.PolicyUnshown:
		return ui.Warn
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
	case review.RecordUndecided, review.ObjectiveLooser:
		return RecordURL(p, b.Type, b.Record)
	case review.PolicyMissing:
		return PlanChangeURL(p, PlanPolicyAttach, b.Policy)
	case review.PolicyUnmet, review.PolicyUnshown:
		return RequirementURL(p, b.Policy, b.Requirement)
	case review.RecordMissing:
		return NewRecordURL(p, b.Type, b.Stage, "")
	case review.EvidenceMissing, review.EvidenceExpired:
		return ItemURL(p, b.Stage, b.Item) + "#evidence"
	case review.WaiverRanOut:
		return ItemURL(p, b.Stage, b.Item) + "#waiver"
	case review.FindingOpen, review.NobodyJudges:
		return GateURL(p, b.Stage) + "#" + FindingID(b.Finding)
	case review.ConditionOverdue, review.NobodyConfirms:
		return GateURL(p, b.Stage) + "#conditions"
	case review.EarlierGate:
		return ProjectURL(p) + "#stages"
	case review.ProjectNotActive:
		return GateURL(p, b.Stage) + "#status"
	case review.NobodyLeads:
		return ProjectURL(p) + "#people"
	case review.NobodyLooksBack:
		return GateURL(p, b.Stage) + "#retrospective"
	case review.SeatMissing, review.SignersMissing, review.NobodySigns:
		return GateURL(p, b.Stage) + "#seats"
	case review.ContentChanged:
		return GateURL(p, b.Stage) + "#request"
	}
	return ItemURL(p, b.Stage, b.Item) + "#answer"
}
