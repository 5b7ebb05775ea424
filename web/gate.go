package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/gate"
	"github.com/slipway-prr/slipway/web/ui"
)

// gate is the one page on which a stage's sign-off is decided.
func (s *Server) gate(w http.ResponseWriter, r *http.Request) error {
	if asksPast(r) {
		return s.gateAt(w, r)
	}
	v, err := s.Store.Gate(r.Context(), s.by(r), projectKey(r), stageKey(r))
	if err != nil {
		return err
	}
	return s.showGate(w, r, http.StatusOK, v, gate.Form{})
}

func (s *Server) showGate(w http.ResponseWriter, r *http.Request, status int, v *store.GateView, form gate.Form) error {
	holders := make(map[review.Seat]gate.SeatHolders, len(v.Holders))
	for seat, h := range v.Holders {
		holders[seat] = gate.SeatHolders(h)
	}
	m := s.meta(w, r, &v.Viewer, "Gate: "+v.Stage.Def.Name+", "+v.Review.Project.Name, ui.NavSignOffs)
	m.ErrorCount = len(form.Errors)
	if r.Method != http.MethodGet {
		m.Path = page.GateURL(v.Review.Project.Key, v.Stage.Def.Key)
	}
	d := gate.Data{
		Review: v.Review, Stage: v.Stage, Actor: v.Actor, Now: v.Now, Name: v.Names.Of, Holders: holders, Changes: v.Changes, Reviews: v.Reviews, Seq: v.Seq, Forced: v.Forced, Form: form,
	}
	if err := s.conditionOwners(r, v, &d); err != nil {
		return err
	}
	return s.render(w, r, status, gate.Page(m, d))
}

// gateAgain shows the gate with a form that could not be carried out, and all
// that was typed into it. Errors that are not about the decision go to their
// own page.
func (s *Server) gateAgain(w http.ResponseWriter, r *http.Request, action string, typed url.Values, err error) error {
	p := explain(err)
	if p.status != http.StatusForbidden && p.status != http.StatusConflict && p.status != http.StatusUnprocessableEntity {
		return err
	}
	v, viewErr := s.Store.Gate(r.Context(), s.by(r), projectKey(r), stageKey(r))
	if viewErr != nil {
		return viewErr
	}
	form := gate.Form{Action: action, Typed: typed}
	var stale *review.StaleDigest
	var outdated *review.Outdated
	var blocked *review.Blocked
	fields, aboutFields := fieldErrors(err)
	switch {
	case aboutFields && fields["form"] == "":
		form.Errors = fields
	case errors.As(err, &blocked):
		form.Title, form.Problem = p.title, "Something still stands in the way; it is listed under “What stops us”. Nothing was changed."
	case errors.As(err, &stale):
		form.Title, form.Problem = p.title, "It changed after you opened the page, so nothing was recorded. What you typed is still in the form. Decide on what the page says now."
		form.Seen, _ = strconv.ParseInt(typed.Get("seen"), 10, 64)
	case errors.As(err, &outdated):
		form.Title, form.Problem = p.title, p.text
		if form.Reread, err = s.rereadOnGate(r, v, outdated.What, typed); err != nil {
			return err
		}
	default:
		form.Title, form.Problem = p.title, p.text
	}
	return s.showGate(w, r, p.status, v, form)
}

// request asks for sign-off of a stage.
func (s *Server) request(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "reason", "digest", "seen")
	if err != nil {
		return s.gateAgain(w, r, gate.FormRequest, r.PostForm, err)
	}
	key, stage, shown := projectKey(r), stageKey(r), review.Digest(form.Get("digest"))
	sent := false // the same form had its effect before
	_, err = s.Store.Change(r.Context(), s.by(r), store.Target{Project: key, Stage: stage}, func(rv *review.Review, who review.Actor, at time.Time) error {
		err := rv.Request(who, stage, shown, form.Get("reason"), at)
		var refused *review.Refused // only the state stands in the way, not the person's rights
		if st := rv.Stage(stage); errors.As(err, &refused) && st != nil && st.OpenRound() != nil {
			open := st.OpenRound()
			sent = open.RequestedBy == who.Person && open.Digest == shown
		}
		return err
	})
	if err != nil && !sent {
		return s.gateAgain(w, r, gate.FormRequest, form, err)
	}
	return s.done(w, r, page.GateURL(key, stage), flashRequested)
}

// withdraw takes a request back.
func (s *Server) withdraw(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "reason")
	if err != nil {
		return s.gateAgain(w, r, gate.FormWithdraw, r.PostForm, err)
	}
	key, stage := projectKey(r), stageKey(r)
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: key, Stage: stage}, func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.Withdraw(who, stage, form.Get("reason"), at)
	})
	if err != nil {
		return s.gateAgain(w, r, gate.FormWithdraw, form, err)
	}
	s.metrics.decided(changed.Events)
	return s.done(w, r, page.GateURL(key, stage), flashWithdrawn)
}

// sign records a person's decision.
func (s *Server) sign(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, signFields()...)
	asked := signForm(review.Decision(r.PostForm.Get("decision")))
	if err != nil {
		return s.gateAgain(w, r, asked, r.PostForm, err)
	}
	if form.Get("more") != "" {
		return s.moreConditions(w, r, form)
	}
	key, stage := projectKey(r), stageKey(r)
	in := review.NewSignOff{
		Seat: review.Seat(form.Get("seat")), Decision: review.Decision(form.Get("decision")), Note: form.Get("note"),
		Findings: lines(form["findings"]), Conditions: conditions(form), Digest: review.Digest(form.Get("digest")),
	}
	sent := false // the same form had its effect before
	to := store.Target{Project: key, Stage: stage, Others: in.Owners()}
	changed, err := s.Store.Change(r.Context(), s.by(r), to, func(rv *review.Review, who review.Actor, at time.Time) error {
		if in.Decision == review.Go && len(in.Findings) > 0 {
			return &review.Invalid{Fields: []review.FieldError{{Field: "findings", Message: "belong to a return; return the stage, or clear them and sign go"}}}
		}
		if in.Decision == review.Go && len(in.Conditions) > 0 {
			asked = gate.FormConditional
			return &review.Invalid{Fields: []review.FieldError{{Field: "conditions-1", Message: "belongs to a go with conditions; sign that, or clear it and sign go"}}}
		}
		err := rv.SignOff(who, stage, in, at)
		st := rv.Stage(stage)
		var refused *review.Refused // only the state stands in the way, not the person's rights
		sent = errors.As(err, &refused) && (signedBefore(st, who.Person, in) || steppedBack(st, who.Person, in))
		return err
	})
	if err != nil && !sent {
		return s.gateAgain(w, r, asked, form, err)
	}
	if sent {
		return s.done(w, r, page.GateURL(key, stage), flashSigned)
	}
	s.metrics.decided(changed.Events)
	return s.done(w, r, page.GateURL(key, stage), outcomeFlash(changed.Events))
}

// signedBefore reports whether a sign-off that is refused is one that the
// person gave already, in the round that it then ended.
func signedBefore(st *review.Stage, person review.PersonID, in review.NewSignOff) bool {
	if st == nil || st.LastRound() == nil || st.OpenRound() != nil {
		return false
	}
	return slices.ContainsFunc(st.LastRound().SignOffs, func(so review.SignOff) bool {
		return so.Person == person && so.Seat == in.Seat && so.Decision == in.Decision && so.Digest == in.Digest
	})
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
	form, err := readForm(r, "answer")
	if err != nil {
		return s.gateAgain(w, r, gate.FormFinding(no), r.PostForm, err)
	}
	key, stage := projectKey(r), stageKey(r)
	_, err = s.Store.Change(r.Context(), s.by(r), store.Target{Project: key, Stage: stage}, func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.AnswerFinding(who, stage, no, form.Get("answer"), at)
	})
	if err != nil {
		return s.gateAgain(w, r, gate.FormFinding(no), form, err)
	}
	return s.done(w, r, page.GateURL(key, stage)+"#findings", flashFinding)
}

// setStatus holds, stops or resumes the project. A round that is open at the
// gate where this was decided ends with it.
func (s *Server) setStatus(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "status", "reason")
	if err != nil {
		return s.gateAgain(w, r, gate.FormStatus, r.PostForm, err)
	}
	key, stage := projectKey(r), stageKey(r)
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: key}, func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.SetStatus(who, stage, review.Status(form.Get("status")), form.Get("reason"), at)
	})
	if err != nil {
		return s.gateAgain(w, r, gate.FormStatus, form, err)
	}
	s.metrics.decided(changed.Events)
	return s.done(w, r, page.GateURL(key, stage), flashStatus)
}
