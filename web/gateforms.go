package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/gate"
)

// gateForm is a form of the gate's page that somebody sent.
type gateForm struct {
	name   string // one of the Form constants of package gate
	typed  url.Values
	err    error             // why it cannot be read
	whole  bool              // it concerns the project as a whole, not the stage alone
	others []review.PersonID // to whom it gives something to do
	// decision: the sign-in has to be enough for it, whatever else the form says.
	decision bool
	decide   store.Decide
	done     flash                      // what it did
	outcome  func([]review.Entry) flash // the same, where it depends on what followed
	anchor   string                     // of the gate's page, to which it leads back
}

// follow carries out what a form asks for and leads back to the gate. A form
// that is sent twice has its effect once: the domain records nothing then.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, f gateForm) error {
	if f.decision {
		if err := s.mayDecide(r); err != nil {
			return err
		}
	}
	if f.err != nil {
		return s.gateAgain(w, r, f.name, f.typed, f.err)
	}
	key, stage := projectKey(r), stageKey(r)
	to := store.Target{Project: key, Stage: stage, Others: f.others}
	if f.whole {
		to.Stage = ""
	}
	changed, err := s.Store.Change(r.Context(), s.by(r), to, f.decide)
	if err != nil {
		return s.gateAgain(w, r, f.name, f.typed, err)
	}
	s.metrics.decided(changed.Events)
	if f.outcome != nil {
		f.done = f.outcome(changed.Events)
	}
	return s.done(w, r, page.GateURL(key, stage)+f.anchor, f.done)
}

// request asks for sign-off of a stage.
func (s *Server) request(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "reason", "digest", "seen")
	return s.follow(w, r, gateForm{name: gate.FormRequest, typed: r.PostForm, err: err, done: flashRequested,
		decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.Request(who, stageKey(r), review.Digest(form.Get("digest")), form.Get("reason"), at)
		}})
}

// withdraw takes a request back.
func (s *Server) withdraw(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "reason")
	return s.follow(w, r, gateForm{name: gate.FormWithdraw, typed: r.PostForm, err: err, done: flashWithdrawn,
		decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.Withdraw(who, stageKey(r), form.Get("reason"), at)
		}})
}

// sign records a person's decision.
func (s *Server) sign(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, signFields()...)
	if err == nil && form.Get("more") != "" {
		return s.moreConditions(w, r, form)
	}
	in := review.NewSignOff{
		Seat: plan.Seat(form.Get("seat")), Decision: review.Decision(form.Get("decision")), Note: form.Get("note"),
		Findings: lines(form["findings"]), Conditions: conditions(form), Digest: review.Digest(form.Get("digest")), Effort: review.Effort(form.Get("effort")),
	}
	return s.follow(w, r, gateForm{name: gate.FormSign, typed: r.PostForm, err: err, others: in.Owners(), outcome: outcomeFlash,
		decision: true, decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.SignOff(who, stageKey(r), in, at)
		}})
}

// signFields are all that the form of a decision carries.
func signFields() []string {
	fields := []string{"seat", "decision", "note", "findings" + several, "digest", "seen", "find", "more", "effort"}
	for no := 1; no <= gate.ConditionsAtOnce; no++ {
		for _, part := range []string{"text", "owner", "due"} {
			fields = append(fields, gate.ConditionField(part, no))
		}
	}
	return fields
}

// lines splits texts with one finding a line.
func lines(texts []string) []string {
	var out []string
	for _, t := range texts {
		for line := range strings.Lines(t) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
	}
	return out
}

// conditions reads the rows of the form of a conditional go. Rows that were
// left empty stay, so that what is wrong with a row names the row.
func conditions(form url.Values) []review.NewCondition {
	var out []review.NewCondition
	filled := 0
	for no := 1; no <= gate.ConditionsAtOnce; no++ {
		c := review.NewCondition{
			Text: strings.TrimSpace(form.Get(gate.ConditionField("text", no))), Owner: personNumber(form.Get(gate.ConditionField("owner", no))),
			Due: strings.TrimSpace(form.Get(gate.ConditionField("due", no))),
		}
		out = append(out, c)
		if c != (review.NewCondition{}) {
			filled = no
		}
	}
	return out[:filled]
}

// moreConditions shows the form again with more rows. Nothing is changed.
func (s *Server) moreConditions(w http.ResponseWriter, r *http.Request, form url.Values) error {
	v, err := s.Store.Gate(r.Context(), s.by(r), projectKey(r), stageKey(r))
	if err != nil {
		return err
	}
	rows, _ := strconv.Atoi(form.Get("more")) // nonsense asks for no more than there are
	return s.showGate(w, r, http.StatusOK, v, gate.Form{Action: gate.FormSign, Typed: form, Rows: min(max(rows, 0), gate.ConditionsAtOnce)})
}

// outcomeFlash says what a signature led to.
func outcomeFlash(events []review.Entry) flash {
	for _, en := range events {
		switch e := en.Event.(type) {
		case review.RoundClosed:
			switch e.Outcome {
			case review.OutcomePassed:
				return flashPassed
			case review.OutcomeConditional:
				return flashConditional
			}
			return flashReturned
		case review.GateSigned:
			if e.Decision == review.Recuse {
				return flashRecused
			}
		}
	}
	return flashSigned
}

// answerFinding gives the team's answer to a reviewer's finding.
func (s *Server) answerFinding(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "answer", "shown", "seen")
	return s.follow(w, r, gateForm{name: gate.FormFinding(no), typed: r.PostForm, err: err, done: flashFinding, anchor: "#findings",
		decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.AnswerFinding(who, stageKey(r), no, shown(form), form.Get("answer"), at)
		}})
}

// acceptFinding says that the answer to a finding settles it.
func (s *Server) acceptFinding(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "shown", "seen")
	return s.follow(w, r, gateForm{name: gate.FormAccept(no), typed: r.PostForm, err: err, done: flashAccepted, anchor: "#findings",
		decision: true, decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.AcceptFinding(who, stageKey(r), no, shown(form), at)
		}})
}

// reopenFinding says what the answer to a finding leaves open.
func (s *Server) reopenFinding(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "reason", "shown", "seen")
	return s.follow(w, r, gateForm{name: gate.FormFindingReopen(no), typed: r.PostForm, err: err, done: flashReopened, anchor: "#findings",
		decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.ReopenFinding(who, stageKey(r), no, shown(form), form.Get("reason"), at)
		}})
}

// meetCondition reports that a condition is met.
func (s *Server) meetCondition(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "note", "shown", "seen")
	return s.follow(w, r, gateForm{name: gate.FormMet(no), typed: r.PostForm, err: err, done: flashMet, anchor: "#conditions",
		decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.MeetCondition(who, stageKey(r), no, shown(form), form.Get("note"), at)
		}})
}

// confirmCondition closes a condition.
func (s *Server) confirmCondition(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "shown", "seen")
	return s.follow(w, r, gateForm{name: gate.FormConfirm(no), typed: r.PostForm, err: err, done: flashConfirmed, anchor: "#conditions",
		decision: true, decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.ConfirmCondition(who, stageKey(r), no, shown(form), at)
		}})
}

// reopenCondition says what is still missing.
func (s *Server) reopenCondition(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "reason", "shown", "seen")
	return s.follow(w, r, gateForm{name: gate.FormReopen(no), typed: r.PostForm, err: err, done: flashReopened, anchor: "#conditions",
		decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.ReopenCondition(who, stageKey(r), no, shown(form), form.Get("reason"), at)
		}})
}

// releaseCondition takes a condition back.
func (s *Server) releaseCondition(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "reason", "shown", "seen")
	return s.follow(w, r, gateForm{name: gate.FormRelease(no), typed: r.PostForm, err: err, done: flashReleased, anchor: "#conditions",
		decision: true, decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.ReleaseCondition(who, stageKey(r), no, shown(form), form.Get("reason"), at)
		}})
}

// closeRetrospective is others' review of a gate that was passed by break-glass.
func (s *Server) closeRetrospective(w http.ResponseWriter, r *http.Request) error {
	round, err := number(r, "round")
	if err != nil {
		return err
	}
	form, err := readForm(r, "note")
	return s.follow(w, r, gateForm{name: gate.FormRetrospective(round), typed: r.PostForm, err: err, done: flashRetrospective,
		decision: true, decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.CloseRetrospective(who, stageKey(r), round, form.Get("note"), at)
		}})
}

// reopenGate takes back that a gate has passed.
func (s *Server) reopenGate(w http.ResponseWriter, r *http.Request) error {
	round, err := number(r, "round")
	if err != nil {
		return err
	}
	form, err := readForm(r, "reason", "impact", "authorised")
	in := review.NewReopening{Round: round, Reason: form.Get("reason"), Impact: form.Get("impact"), Authorised: personNumber(form.Get("authorised"))}
	f := gateForm{name: gate.FormAgain, typed: r.PostForm, err: err, done: flashGateReopened,
		decision: true, decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.Reopen(who, stageKey(r), in, at)
		}}
	if in.Authorised != 0 {
		f.others = []review.PersonID{in.Authorised}
	}
	return s.follow(w, r, f)
}

// breakGlass passes a gate on one person's word.
func (s *Server) breakGlass(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "reason", "review-due", "digest", "seen")
	return s.follow(w, r, gateForm{name: gate.FormForce, typed: r.PostForm, err: err, done: flashForced,
		decision: true, decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.Force(who, stageKey(r), review.Digest(form.Get("digest")), form.Get("reason"), form.Get("review-due"), at)
		}})
}

// statusFlash says whether there was anything to change.
func statusFlash(events []review.Entry) flash {
	if len(events) == 0 {
		return flashAlready
	}
	return flashStatus
}

// setStatus holds, stops or resumes the project. A round that is open at the
// gate where this was decided ends with it.
func (s *Server) setStatus(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "status", "reason")
	return s.follow(w, r, gateForm{name: gate.FormStatus, typed: r.PostForm, err: err, whole: true, outcome: statusFlash,
		decide: func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.SetStatus(who, stageKey(r), review.Status(form.Get("status")), form.Get("reason"), at)
		}})
}
