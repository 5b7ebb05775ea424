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

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// SeatHolders are people in a seat of the project: the first few, and
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
	Others  review.Others             // that records are about
	Holders map[plan.Seat]SeatHolders // who holds each seat
	Able    map[plan.Seat]SeatHolders // whose signature would help
	Changes []review.Entry            // of the signed content since the first request, newest first
	Seq     int64                     // the project's version that the page shows
	Reviews []time.Time               // when each review of the project started
	Past    bool                      // Now is not the present: nothing can be done here
	Nobody  []review.Blocker          // what nobody can do at this gate
	Forced  []review.Forced           // gates of the project that were passed by break-glass and wait for review
	People  []page.Somebody           // who can be given a condition
	More    bool                      // there are more people than that
	Next    *NextGate                 // at which the reader's signature would help; nil when there is none
	Form    Form
}

// Signs reports whether the reader has a decision to take at the gate now.
func (d *Data) Signs() bool {
	s := newView(*d).signing()
	return s.form() && s.signed == nil
}

// NextGate is another gate that waits for the reader.
type NextGate struct {
	Name, Href string
	Others     int  // that wait beside it
	Full       bool // and more than that
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
	Reread  []page.Reread     // what differs from what the person had read of a condition or a finding
}

// The forms of the gate's page.
const (
	FormRequest  = "request"
	FormWithdraw = "withdraw"
	FormSign     = "sign" // all four decisions
	FormForce    = "break-glass"
	FormStatus   = "status"
	FormAgain    = "reopen" // the gate itself
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
	stage    plan.StageKey
	standing review.GateState
	open     *review.Round // nil when none waits
	last     *review.Round // the newest; nil before the first
	policy   plan.Policy   // of the open round, or of the one that could be requested
	sod      bool
	digest   review.Digest
	counting []review.SignOff
	since    baseline
}

func newView(d Data) *view {
	r, s := d.Review, d.Stage
	v := &view{
		Data: d, key: r.Project.Key, stage: s.Def.Key, standing: r.Standing(s, d.Now), open: s.OpenRound(), last: s.LastRound(),
		policy: s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile), sod: r.Plan.SoD, digest: r.Digest(s), counting: r.Counting(s),
	}
	if v.open != nil {
		v.policy, v.sod = v.open.Policy, v.open.SoD
	}
	v.since = v.baseline()
	return v
}

func (v *view) may(a review.Action) bool {
	return review.May(v.Actor, a, &v.Review.Project) == nil
}

// number is the stage's place in the template, from 1.
func (v *view) number() int { return v.Review.Plan.StageIndex(v.stage) + 1 }

// quorumText says who has to sign, in a sentence.
func (v *view) quorumText() string {
	text := "1 signature"
	if v.policy.Quorum != 1 {
		text = strconv.Itoa(v.policy.Quorum) + " signatures from different people"
	}
	if n := len(v.policy.Mandatory); n == 1 && v.policy.Quorum == 1 {
		text += ", from " + v.policy.Mandatory[0].Label()
	} else if n == 1 {
		text += ", one of them " + v.policy.Mandatory[0].Label()
	} else if n > 1 {
		text += ", among them " + page.SeatWords(v.policy.Mandatory, "and")
	}
	return text + ". A person signs once, whatever seats they hold."
}

// covers says what the digest is taken over.
func (v *view) covers() string {
	c := v.Review.Content(v.Stage)
	definition := "who has to sign"
	if c.Format == review.FormatTemplate {
		definition += fmt.Sprintf(", and version %d of the template", v.Review.Plan.Ref().Version)
	}
	if c.From != "" {
		definition += ", and from which exposure on"
	}
	text := fmt.Sprintf("It covers %s with what they ask for, their answers, notes and approvals, %s, %s, %s with the answers, %s, the tier, and %s. Any change to these puts signatures out of date.",
		page.CountOf(len(c.Items), "item"), page.CountOf(len(c.Evidence), "evidence link"), page.CountOf(len(c.Waivers), "waiver"), page.CountOf(len(c.Findings), "finding"), page.CountOf(len(c.Records), "record"), definition)
	if n := len(v.Stage.Renewed()); n > 0 {
		text += " The signatures in force were given on content " + v.last.Closing.Short() + ", before the evidence was renewed."
	}
	return text
}

// blockers are what stands between the stage and a passed gate, whoever signs.
func (v *view) blockers() []review.Blocker {
	return slices.DeleteFunc(v.Review.Blockers(v.Stage, v.Now), func(b review.Blocker) bool {
		return b.Kind == review.SeatMissing || b.Kind == review.SignersMissing
	})
}

// obstacle is a line of what stands in the way. What the page shows in full in a
// part of its own is counted, with the way there.
type obstacle struct {
	state            ui.State
	what, href, turn string
	since            time.Time
}

// obstacles sum the blockers up.
func (v *view) obstacles(bs []review.Blocker) []obstacle {
	var out []obstacle
	count := func(n int, state ui.State, what, href string) {
		if n > 0 {
			out = append(out, obstacle{state: state, what: what, href: href})
		}
	}
	items, findings, conditions := 0, 0, 0
	var rest []review.Blocker
	for i := range bs {
		switch b := &bs[i]; {
		case b.Kind == review.ProjectNotActive || b.Kind == review.ContentChanged || b.Kind == review.Reopened: // the notice above says it
		case b.Item != "":
			items++
		case b.Kind == review.FindingOpen:
			findings++
		case b.Kind == review.ConditionOverdue:
			conditions++
		default:
			rest = append(rest, *b)
		}
	}
	count(items, ui.Bad, page.CountOf(items, "item")+" missing", "#items")
	count(findings, ui.Bad, page.CountOf(findings, "finding")+" to answer", "#findings")
	count(conditions, ui.Bad, page.CountOf(conditions, "condition")+" overdue", "#conditions")
	for _, l := range page.BlockerLines(v.Review, v.Stage, rest, v.Name) {
		out = append(out, obstacle{l.State, l.What, l.Href, l.Owner, l.Since})
	}
	return out
}

// inTheWay are those of them that keep the open round from passing.
func (v *view) inTheWay() []obstacle {
	waits := slices.DeleteFunc(v.blockers(), func(b review.Blocker) bool { return b.Kind == review.ConditionOverdue })
	signs := slices.DeleteFunc(slices.Clone(v.Nobody), func(b review.Blocker) bool { return b.Kind != review.NobodySigns })
	return v.obstacles(page.WithNobody(signs, waits))
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
		case state == review.GateLapsed || state == review.GateChanged || state == review.GateOpenAgain || state == review.GateOverdue:
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
	return v.open == nil && v.Review.Needed(v.Stage) && v.standing != review.GatePassed && v.standing != review.GateConditional
}

func (v *view) requestReason() ui.Field {
	f := v.field(FormRequest, "reason", "Reason")
	early := v.early()
	switch {
	case len(early) == 0:
		f.Optional, f.Hint = true, "A word to the signers."
	case v.Review.Plan.Order == plan.OrderAdvisory:
		f.Label = "Why before earlier gates?"
		f.Hint = "Earlier gates still to pass: " + page.Enumerate(early, "and") + "."
	default:
		f.Optional, f.Hint = true, "Earlier gates still to pass: "+page.Enumerate(early, "and")+"."
	}
	return f
}

func (v *view) withdrawReason() ui.Field {
	return v.field(FormWithdraw, "reason", "Reason to withdraw")
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
	switch v.Form.Action {
	case FormRequest:
		return []ui.Field{v.requestReason()}
	case FormSign:
		return []ui.Field{v.seatField(), v.decisionField(), v.noteField(), v.findingsField(), v.effortField()}
	case FormWithdraw:
		return []ui.Field{v.withdrawReason()}
	case FormStatus:
		return []ui.Field{statusReason(v)}
	case FormForce:
		return []ui.Field{v.forceReason(), v.forceDue()}
	case FormAgain:
		return []ui.Field{v.reopenReason(), v.reopenImpact(), v.reopenAuthorised()}
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

// orphans are texts whose form is no longer on the page.
func (v *view) orphans() []typedText {
	var out []typedText
	if v.Form.Action == "" || v.shows(v.Form.Action) {
		return out
	}
	names := []string{"reason", "impact", "note", "findings", "answer"}
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
	case FormSign:
		return v.signing().form()
	case FormForce:
		return v.mayForce()
	case FormAgain:
		return v.mayReopen()
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

func (v *view) answerField(f *review.Finding) ui.Field {
	field := v.field(FormFinding(f.No), "answer", "Answer to finding "+strconv.Itoa(f.No))
	if f.Answered() {
		field.Label = "New answer to finding " + strconv.Itoa(f.No)
		if v.Form.Action != FormFinding(f.No) {
			field.Value = f.Answer
		}
	}
	return field
}

// nextText says how many gates wait beside the next one.
func (v *view) nextText() string {
	switch n := v.Next.Others; {
	case v.Next.Full:
		return strconv.Itoa(n) + " or more wait after it."
	case n == 0:
		return "It is the last one."
	case n == 1:
		return "1 more waits after it."
	default:
		return strconv.Itoa(n) + " more wait after it."
	}
}

func blockerWord(n int) string {
	if n == 1 {
		return "blocker"
	}
	return strconv.Itoa(n) + " blockers"
}

func requestTitle(v *view) string {
	if len(v.Stage.Rounds) > 0 {
		return "Request sign-off again"
	}
	return "Request sign-off"
}

func statusSummary(s review.Status) string {
	if s == review.StatusActive {
		return "Hold or stop the project"
	}
	return "Resume the project"
}

func statusReason(v *view) ui.Field {
	label := "Reason to hold or stop"
	switch v.Review.Project.Status {
	case review.StatusOnHold:
		label = "Reason to resume or stop"
	case review.StatusStopped:
		label = "Reason to resume"
	}
	f := v.field(FormStatus, "reason", label)
	f.Hint = v.statusHint()
	return f
}

// confirmed says whether somebody has confirmed the answers about the project.
func (v *view) confirmed() string {
	return page.NewConfirmation(v.Review, v.Actor, v.Name, v.Past).Words()
}
