package gate

import (
	"cmp"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/sheet"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// ReportData is a project as its printable record shows it.
type ReportData struct {
	Review  *review.Review // all stages, settled at At
	At      time.Time      // the moment of which the record is
	Name    page.Names
	Others  review.Others    // that records are about
	Head    review.Head      // of the trail then
	Reviews []time.Time      // when each review started
	By      string           // who made the record
	Made    time.Time        // when
	Rights  bool             // who reads may have the trail of rights in the bundle too
	Nobody  []review.Blocker // what nobody can do now
	Bundle  string           // address of the proof bundle; empty in the past, which has none of its own
}

// reportView is a record, worked out once.
type reportView struct {
	ReportData
	totals review.StageRollup // the counts of all stages
	stages []reportStage
}

// reportStage is a stage's part of the record.
type reportStage struct {
	*view
	rollup review.StageRollup
}

func newReportView(d ReportData) *reportView {
	v := &reportView{ReportData: d}
	for i := range d.Review.Stages {
		g := newView(Data{
			Review: d.Review, Stage: &d.Review.Stages[i], Now: d.At, Name: d.Name, Nobody: page.NobodyIn(d.Nobody, d.Review.Stages[i].Def.Key),
			Past: true, Others: d.Others,
		})
		r := d.Review.Rollup(g.Stage, d.At)
		v.totals.MustDone, v.totals.MustTotal = v.totals.MustDone+r.MustDone, v.totals.MustTotal+r.MustTotal
		v.totals.ShouldDone, v.totals.ShouldTotal = v.totals.ShouldDone+r.ShouldDone, v.totals.ShouldTotal+r.ShouldTotal
		v.stages = append(v.stages, reportStage{g, r})
	}
	return v
}

func (v *reportView) project() *review.Project { return &v.Review.Project }

// table is the project's items as a file.
func (v *reportView) table(f sheet.Format) string { return page.ItemsTableURL(v.key(), f) }

func (v *reportView) key() review.ProjectKey { return v.Review.Project.Key }

// madeText says of when the record is, and who made it when.
func (v *reportView) madeText() string {
	return "As of " + page.Moment(v.At) + ". Made by " + v.By + " on " + page.Moment(v.Made) + "."
}

// head is the trail's newest hash in full.
func (v *reportView) head() string { return hex.EncodeToString(v.Head.Hash[:]) }

func (s *reportStage) title() string { return page.StageTitle(s.number()-1, s.Stage.Def) }

// decided is when the gate passed, in words; empty when it has not.
func (s *reportStage) decided() string {
	if s.last == nil || !s.last.Outcome.Passes() {
		return ""
	}
	return page.Moment(s.last.ClosedAt)
}

// items are those that apply, in the template's order.
func (s *reportStage) items() []gateItem {
	var rows []gateItem
	for i := range s.Stage.Items {
		if it := &s.Stage.Items[i]; it.Level != plan.LevelNone {
			rows = append(rows, s.gateItem(it))
		}
	}
	return rows
}

// rounds are all rounds, the newest first.
func (s *reportStage) rounds() []*review.Round {
	out := s.pastRounds()
	if s.open != nil {
		out = append([]*review.Round{s.open}, out...)
	}
	return out
}

// outcome says how a round ended, or that it has not.
func (s *reportStage) outcome(r *review.Round) (ui.State, string) {
	if r.Outcome == review.OutcomeOpen {
		return ui.Wait, "Open, " + strconv.Itoa(len(s.counting)) + " of " + page.CountOf(s.policy.Quorum, "signature")
	}
	return page.RoundLook(r.Outcome), page.Capital(string(r.Outcome))
}

// roundText says who opened and ended a round, and when.
func (s *reportStage) roundText(r *review.Round) string {
	text := "Requested by " + s.Name(r.RequestedBy) + ", " + page.Moment(r.RequestedAt) + "."
	switch {
	case r.Outcome == review.OutcomeForced:
		text = "Passed alone by " + s.Name(r.ClosedBy) + ", " + page.Moment(r.ClosedAt) + "."
	case !r.ClosedAt.IsZero():
		text += " Ended by " + s.Name(r.ClosedBy) + ", " + page.Moment(r.ClosedAt) + "."
	}
	if o := &r.Reopened; !o.At.IsZero() {
		text += " Reopened by " + s.reopener(o) + ", " + page.Moment(o.At) + ": " + o.Reason + " Expected impact: " + o.Impact
	}
	if !r.ChangedAt.IsZero() {
		text += " What was signed changed after that, " + page.Moment(r.ChangedAt) + "."
	}
	return text
}

// counted says what a signature was worth.
func (s *reportStage) counted(r *review.Round, so *review.SignOff) string {
	switch {
	case !so.Decision.Goes():
		return ""
	case r.Outcome == review.OutcomeOpen:
		for _, c := range s.counting {
			if c.No == so.No {
				return "counts"
			}
		}
		return "does not count on the present content"
	case so.Digest != r.Closing:
		return "given on earlier content"
	}
	return ""
}

// policyText says who has to sign, and whether separation of duties holds.
func (s *reportStage) policyText() string {
	text := s.quorumText()
	if s.sod {
		return text + " People who answered items of the stage, or gave evidence for them, cannot sign."
	}
	return text + " Separation of duties is switched off by the template."
}

// waivedItem is the title of the item that a waiver is for.
func (s *reportStage) waivedItem(w *review.Waiver) string {
	if it := s.Stage.Item(w.Item); it != nil {
		return it.Def.Title
	}
	return string(w.Item)
}

// decision says who decided on a waiver, and how.
func (s *reportStage) decision(w *review.Waiver) string {
	var lines []string
	say := func(word string, p, holder review.PersonID, at time.Time) {
		if p != 0 {
			lines = append(lines, word+" by "+s.Name.Standing(p, holder)+", "+page.Moment(at))
		}
	}
	say("requested", w.RequestedBy, 0, w.RequestedAt)
	say("granted", w.GrantedBy, w.GrantedFor, w.GrantedAt)
	say("denied", w.DeniedBy, w.DeniedFor, w.DeniedAt)
	say("revoked", w.RevokedBy, w.RevokedFor, w.RevokedAt)
	return strings.Join(lines, "\n")
}

// openSince says whose turn it is, and since when.
func openSince(b *ui.Blocker, now time.Time) string {
	if b.Since.IsZero() {
		return " " + b.Owner
	}
	return " " + cmp.Or(b.Owner, "nobody") + ", since " + page.DayOf(b.Since, now)
}

func conditionStateLook(c *review.Condition, at time.Time) ui.State {
	switch {
	case !c.ConfirmedAt.IsZero():
		return ui.Met
	case c.Closed():
		return ui.NA
	case c.Overdue(at):
		return ui.Bad
	case !c.MetAt.IsZero():
		return ui.Wait
	}
	return ui.Part
}

func findingStateLook(f *review.Finding) ui.State {
	switch {
	case !f.AcceptedAt.IsZero():
		return ui.Met
	case f.Answered():
		return ui.Part
	}
	return ui.Bad
}
