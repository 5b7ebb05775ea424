// Package gate holds the pages on which a stage's sign-off is decided and
// recorded: the gate and the report.
package gate

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// SeatHolders are people who hold a seat in the project: the first few, and
// how many there are in all.
type SeatHolders struct {
	People []review.PersonID
	For    []review.PersonID // for each of them whose stand-in they are; 0: they hold it themselves
	Total  int
}

// Data is a gate with all that the decision needs.
type Data struct {
	Review  *review.Review
	Stage   *review.Stage
	Actor   review.Actor
	Now     time.Time
	Name    page.Names
	Holders map[review.Seat]SeatHolders
	Changes []review.Entry  // of the signed content since the first request, newest first
	Seq     int64           // the project's version that the page shows
	Reviews []time.Time     // when each review of the project started
	Past    bool            // Now is not the present: nothing can be done here
	Forced  []review.Forced // gates of the project that were passed by break-glass and wait for review
	People  []page.Somebody // who can be given a condition
	More    bool            // there are more people than that
	Form    Form
}

// Form is a form of the gate's page that was sent and could not be
// carried out. It is shown again with all that was typed.
type Form struct {
	Action  string // one of the Form constants, or that of a finding
	Typed   url.Values
	Errors  map[string]string // by field
	Title   string            // what went wrong, in a few words
	Problem string            // and in a sentence
	Seen    int64             // version of the project that the person had seen when the content changed under them; 0 otherwise
	Rows    int               // of conditions, when more were asked for
	Reread  []page.Reread     // what is another than the person had read of a condition or a finding
}

// The forms of the gate's page.
const (
	FormRequest     = "request"
	FormWithdraw    = "withdraw"
	FormSign        = "sign" // go and return
	FormConditional = "conditional"
	FormRecuse      = "recuse"
	FormForce       = "break-glass"
	FormStatus      = "status"
)

// FormFinding is the form that answers a finding.
func FormFinding(no int) string { return "finding-" + strconv.Itoa(no) }

// FormFindingReopen is the form that says what an answer leaves open.
func FormFindingReopen(no int) string { return FormFinding(no) + "-reopen" }

// FormAccept is the form that accepts an answer.
func FormAccept(no int) string { return FormFinding(no) + "-accept" }

// FormMet, FormConfirm, FormReopen and FormRelease are the forms of a condition.
func FormMet(no int) string     { return page.ConditionID(no) + "-met" }
func FormConfirm(no int) string { return page.ConditionID(no) + "-confirm" }
func FormReopen(no int) string  { return page.ConditionID(no) + "-reopen" }
func FormRelease(no int) string { return page.ConditionID(no) + "-release" }

// FormRetrospective is the review of a round that ended by break-glass.
func FormRetrospective(round int) string { return "retrospective-" + strconv.Itoa(round) }

// view is a gate as its page shows it, worked out once.
type view struct {
	Data
	key      review.ProjectKey
	stage    review.StageKey
	standing review.GateState
	open     *review.Round // nil when none waits
	last     *review.Round // the newest; nil before the first
	policy   review.Policy // of the open round, or of the one that could be requested
	sod      bool
	digest   review.Digest
	counting []review.SignOff
	since    baseline
}

// baseline is the moment against which the page marks what changed.
type baseline struct {
	at   time.Time // zero: nothing to compare with
	word string    // "you signed"
}

func newView(d Data) *view {
	r, s := d.Review, d.Stage
	v := &view{
		Data: d, key: r.Project.Key, stage: s.Def.Key, standing: r.Standing(s, d.Now), open: s.OpenRound(), last: s.LastRound(),
		policy: s.Def.Gate.Policy(r.Project.Profile), sod: r.Template.SoD, digest: r.Digest(s), counting: r.Counting(s),
	}
	if v.open != nil {
		v.policy, v.sod = v.open.Policy, v.open.SoD
	}
	v.since = v.baseline()
	return v
}

// baseline compares with what the reader signed last, else with the end of the
// round before, else with the request.
func (v *view) baseline() baseline {
	var b baseline
	for i := range v.Stage.Rounds {
		for _, so := range v.Stage.Rounds[i].SignOffs {
			if so.Person == v.Actor.Person && so.At.After(b.at) {
				b = baseline{so.At, "you signed"}
			}
		}
	}
	if !b.at.IsZero() || v.last == nil {
		return b
	}
	if v.open == nil {
		return baseline{v.last.ClosedAt, "round " + strconv.Itoa(v.last.No) + " ended"}
	}
	if n := len(v.Stage.Rounds); n > 1 {
		before := &v.Stage.Rounds[n-2]
		return baseline{before.ClosedAt, "round " + strconv.Itoa(before.No) + " ended"}
	}
	return baseline{v.open.RequestedAt, "sign-off was requested"}
}

func (v *view) may(a review.Action) bool {
	return review.May(v.Actor, a, &v.Review.Project) == nil
}

// number is the stage's place in the template, from 1.
func (v *view) number() int { return v.Review.Template.StageIndex(v.stage) + 1 }

// quorumText says who has to sign, in a sentence.
func (v *view) quorumText() string {
	text := page.CountOf(v.policy.Quorum, "person") + " has to sign"
	if v.policy.Quorum != 1 {
		text = strconv.Itoa(v.policy.Quorum) + " different people have to sign"
	}
	if n := len(v.policy.Mandatory); n == 1 {
		text += ", the " + v.policy.Mandatory[0].Label() + " seat among them"
	} else if n > 1 {
		text += ", the seats " + page.SeatWords(v.policy.Mandatory, "and") + " among them"
	}
	return text + ". A person signs once, whatever seats they hold."
}

// progressText says how far the open round is.
func (v *view) progressText() string {
	return fmt.Sprintf("Round %d: %d of %s", v.open.No, len(v.counting), page.CountOf(v.policy.Quorum, "signature"))
}

// covers says what the digest is taken over.
func (v *view) covers() string {
	c := v.Review.Content(v.Stage)
	return fmt.Sprintf("It covers %s with their answers, notes and approvals, %s, %s, %s with the answers, the tier, who has to sign, and version %d of the template. Any change to these puts signatures out of date.",
		page.CountOf(len(c.Items), "item"), page.CountOf(len(c.Evidence), "evidence link"), page.CountOf(len(c.Waivers), "waiver"), page.CountOf(len(c.Findings), "finding"), v.Review.Ref.Version)
}

// blockers are what stands between the stage and a passed gate.
func (v *view) blockers() []ui.Blocker {
	bs := v.Review.Blockers(v.Stage, v.Now)
	lines := page.BlockerLines(&v.Review.Project, bs, v.Name)
	for i := range bs {
		if bs[i].Kind == review.SignersMissing {
			lines[i].Owner = v.openSeats()
		}
	}
	return lines
}

// openSeats names the seats in which somebody can still sign the open round;
// all that are unsigned when nobody can.
func (v *view) openSeats() string {
	open := v.Review.OpenSeats(v.Stage)
	var able []review.Seat
	for _, seat := range open {
		if _, ok := v.candidates(seat); ok {
			able = append(able, seat)
		}
	}
	if len(able) == 0 {
		able = open
	}
	return page.OpenSeats(able)
}

// inTheWay are those of them that no signature settles and that keep the open
// round from passing.
func (v *view) inTheWay() []ui.Blocker {
	bs := slices.DeleteFunc(v.Review.Blockers(v.Stage, v.Now), func(b review.Blocker) bool {
		return b.Kind == review.SeatMissing || b.Kind == review.SignersMissing || b.Kind == review.ConditionOverdue
	})
	return page.BlockerLines(&v.Review.Project, bs, v.Name)
}

// early are the earlier stages that do not stand as passed, with what became
// of those that did.
func (v *view) early() []string {
	var names []string
	for i := range v.Review.Stages {
		s := &v.Review.Stages[i]
		if s.Def.Key == v.stage {
			break
		}
		switch state := v.Review.Standing(s, v.Now); {
		case state.Passed():
		case state == review.GateLapsed || state == review.GateChanged || state == review.GateOverdue:
			names = append(names, s.Def.Name+" (passed once; "+strings.ToLower(state.Label())+")")
		default:
			names = append(names, s.Def.Name)
		}
	}
	return names
}

// mayRequest reports whether the form that asks for sign-off is of use.
func (v *view) mayRequest() bool {
	return v.may(review.RequestGate) && v.requestable() && len(v.Review.RequestBlockers(v.Stage, v.Now)) == 0
}

// requestable reports whether the gate stands so that a round could follow.
func (v *view) requestable() bool {
	return v.open == nil && v.standing != review.GatePassed && v.standing != review.GateConditional
}

func (v *view) requestReason() ui.Field {
	f := v.field(FormRequest, "reason", "Reason")
	early := v.early()
	switch {
	case len(early) == 0:
		f.Optional, f.Hint = true, "A word to the signers."
	case v.Review.Template.Order == review.OrderAdvisory:
		f.Label = "Why does this gate go first?"
		f.Hint = "Earlier gates still to pass: " + page.Enumerate(early, "and") + "."
	default:
		f.Optional, f.Hint = true, "Earlier gates still to pass: "+page.Enumerate(early, "and")+"."
	}
	return f
}

func (v *view) mayWithdraw() bool { return v.may(review.RequestGate) && v.open != nil }

// statusMoves are the statuses to which the reader may take the project.
func (v *view) statusMoves() []ui.Option {
	if !v.may(review.HoldProject) {
		return nil
	}
	hold := ui.Option{Value: string(review.StatusOnHold), Label: "Put the project on hold"}
	stop := ui.Option{Value: string(review.StatusStopped), Label: "Stop the project"}
	resume := ui.Option{Value: string(review.StatusActive), Label: "Resume the project"}
	switch v.Review.Project.Status {
	case review.StatusOnHold:
		return []ui.Option{resume, stop}
	case review.StatusStopped:
		return []ui.Option{resume}
	}
	return []ui.Option{hold, stop}
}

// statusHint says what holding or stopping does here.
func (v *view) statusHint() string {
	if v.open != nil {
		return "Nothing can be signed until it is resumed. The round that is open here ends."
	}
	return "The trail keeps the reason."
}

// pastRounds are the rounds that have ended, newest first.
func (v *view) pastRounds() []*review.Round {
	var out []*review.Round
	for i := range slices.Backward(v.Stage.Rounds) {
		if r := &v.Stage.Rounds[i]; r.Outcome != review.OutcomeOpen {
			out = append(out, r)
		}
	}
	return out
}

func roundLook(o review.Outcome) ui.State {
	switch o {
	case review.OutcomePassed:
		return ui.Met
	case review.OutcomeConditional:
		return ui.Part
	case review.OutcomeForced:
		return ui.Warn
	case review.OutcomeReturned:
		return ui.Bad
	case review.OutcomeOnHold:
		return ui.Hold
	case review.OutcomeStopped:
		return ui.Stop
	case review.OutcomeWithdrawn:
		return ui.NA
	}
	return ui.Wait
}

// field is a form's field; with what was typed and what is wrong with it when
// it is this form that is shown again.
func (v *view) field(form, name, label string) ui.Field {
	f := ui.Field{ID: form + "-" + name, Name: name, Label: label}
	if v.Form.Action == form {
		f.Value, f.Error = strings.Join(v.Form.Typed[name], "\n"), v.Form.Errors[name]
	}
	return f
}

// errors are the summary above a refused form.
func (v *view) errors() []ui.FieldError {
	var out []ui.FieldError
	for _, name := range []string{"seat", "decision", "findings", "note", "status", "reason", "review-due", "answer"} {
		if text := v.Form.Errors[name]; text != "" {
			out = append(out, ui.FieldError{Name: v.Form.Action + "-" + name, Text: v.label(name) + ": " + text})
		}
	}
	return append(out, v.conditionErrors()...)
}

// label is what the page calls a field of the form that was sent.
func (v *view) label(name string) string {
	for _, f := range v.sentFields() {
		if f.Name == name {
			return strings.TrimSuffix(f.Label, "?")
		}
	}
	return page.FieldLabel(name)
}

// sentFields are those fields of the form that was sent which the page calls
// something of their own.
func (v *view) sentFields() []ui.Field {
	switch form := v.Form.Action; form {
	case FormRequest:
		return []ui.Field{v.requestReason()}
	case FormSign, FormConditional, FormRecuse:
		return []ui.Field{v.seatField(form), v.noteField(form), v.findingsField()}
	case FormForce:
		return []ui.Field{v.forceReason(), v.forceDue()}
	}
	for i := range v.Stage.Rounds {
		if ro := &v.Stage.Rounds[i]; v.Form.Action == FormRetrospective(ro.No) {
			return []ui.Field{v.retrospectiveField(ro)}
		}
	}
	for i := range v.Stage.Conditions {
		switch c := &v.Stage.Conditions[i]; v.Form.Action {
		case FormMet(c.No):
			return []ui.Field{v.metField(c)}
		case FormReopen(c.No):
			return []ui.Field{v.stillMissingField(c)}
		case FormRelease(c.No):
			return []ui.Field{v.releaseField(c)}
		}
	}
	for i := range v.Stage.Findings {
		switch f := &v.Stage.Findings[i]; v.Form.Action {
		case FormFinding(f.No):
			return []ui.Field{v.answerField(f)}
		case FormFindingReopen(f.No):
			return []ui.Field{v.leftOpenField(f)}
		}
	}
	return nil
}

// typedText is something that a person typed into a form that the page no
// longer shows.
type typedText struct{ label, text string }

// orphans are texts for whose form there is no place on the page any more.
func (v *view) orphans() []typedText {
	var out []typedText
	if v.Form.Action == "" || v.shows(v.Form.Action) {
		return out
	}
	names := []string{"reason", "note", "findings", "answer"}
	for no := 1; no <= ConditionsAtOnce; no++ {
		names = append(names, ConditionField("text", no))
	}
	for _, name := range names {
		if text := strings.TrimSpace(strings.Join(v.Form.Typed[name], "\n")); text != "" {
			out = append(out, typedText{page.FieldLabel(strings.ReplaceAll(name, "-text-", " ")), text})
		}
	}
	return out
}

// shows reports whether the page holds a form.
func (v *view) shows(form string) bool {
	switch form {
	case FormRequest:
		return v.mayRequest()
	case FormWithdraw:
		return v.mayWithdraw()
	case FormSign, FormRecuse:
		return v.signing().form()
	case FormConditional:
		return v.signing().form() && v.signing().signed == nil
	case FormForce:
		return v.mayForce()
	case FormStatus:
		return len(v.statusMoves()) > 0
	}
	for i := range v.Stage.Rounds {
		if ro := &v.Stage.Rounds[i]; form == FormRetrospective(ro.No) {
			return v.mayReview(ro)
		}
	}
	for _, c := range v.conditions() {
		switch form {
		case FormMet(c.No):
			return v.mayMeet(&c)
		case FormReopen(c.No):
			return v.mayJudgeCondition(&c)
		case FormRelease(c.No):
			return v.mayRelease(&c)
		}
	}
	for i := range v.Stage.Findings {
		if f := &v.Stage.Findings[i]; form == FormFindingReopen(f.No) {
			return v.mayJudgeFinding(f)
		}
	}
	return slices.ContainsFunc(v.Stage.Findings, func(f review.Finding) bool { return form == FormFinding(f.No) && v.mayAnswer(&f) })
}

// mayAnswer reports whether the reader may answer a finding, or change the
// answer. What is being signed stays as it is.
func (v *view) mayAnswer(f *review.Finding) bool {
	return v.may(review.AnswerItem) && v.Review.Project.Status != review.StatusStopped && (!f.Answered() || v.open == nil)
}

// openFindings are those that wait for an answer, in order.
func (v *view) openFindings() int {
	n := 0
	for i := range v.Stage.Findings {
		if !v.Stage.Findings[i].Answered() {
			n++
		}
	}
	return n
}

func (v *view) answerField(f *review.Finding) ui.Field {
	field := v.field(FormFinding(f.No), "answer", "Answer")
	if f.Answered() {
		field.Label = "Change the answer"
		if v.Form.Action != FormFinding(f.No) {
			field.Value = f.Answer
		}
	}
	return field
}

func requestTitle(v *view) string {
	if len(v.Stage.Rounds) > 0 {
		return "Request sign-off again"
	}
	return "Request sign-off"
}

// resigning reports whether the reader is asked to sign once more: then what
// changed is what they came for.
func (v *view) resigning() bool {
	return v.open != nil && v.signing().stale != nil && len(v.changes()) > 0
}

func changedTitle(v *view) string {
	if v.since.at.IsZero() {
		return "Changed after you opened the page"
	}
	return "Changed since " + v.since.word
}

func statusSummary(s review.Status) string {
	if s == review.StatusActive {
		return "Hold or stop the project"
	}
	return "Resume the project"
}

func statusReason(v *view) ui.Field {
	f := v.field(FormStatus, "reason", "Reason")
	f.Hint = v.statusHint()
	return f
}
