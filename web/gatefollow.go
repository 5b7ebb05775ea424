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
)

// signFields are all that the three forms of a decision carry.
func signFields() []string {
	fields := []string{"seat", "decision", "note", "findings", "digest", "seen", "find", "more"}
	for no := 1; no <= gate.ConditionsAtOnce; no++ {
		for _, part := range []string{"text", "owner", "due"} {
			fields = append(fields, gate.ConditionField(part, no))
		}
	}
	return fields
}

// signForm is the form from which a decision comes.
func signForm(d review.Decision) string {
	switch d {
	case review.Conditional:
		return gate.FormConditional
	case review.Recuse:
		return gate.FormRecuse
	}
	return gate.FormSign
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

// conditionOwners lists who can be given a condition: everybody, or for those
// who may not see the directory, the people of the project.
func (s *Server) conditionOwners(r *http.Request, v *store.GateView, d *gate.Data) error {
	if v.Stage.OpenRound() == nil || review.May(v.Actor, review.SignGate, &v.Review.Project) != nil {
		return nil
	}
	chosen := []review.PersonID{}
	for _, m := range v.Review.Project.Members {
		chosen = append(chosen, m.Person)
	}
	for _, c := range v.Stage.Conditions {
		chosen = append(chosen, c.Owner)
	}
	for _, c := range conditions(d.Form.Typed) {
		if c.Owner != 0 {
			chosen = append(chosen, c.Owner)
		}
	}
	found, err := s.Store.FindPeople(r.Context(), s.by(r), searchWords(d.Form.Typed.Get("find")), peopleListed, chosen...)
	if err != nil {
		return err
	}
	for _, p := range found {
		d.People = append(d.People, page.Somebody{ID: p.ID, Name: p.Name, Email: p.Email})
	}
	d.More = len(found) >= peopleListed || d.Form.Typed.Get("find") != ""
	return nil
}

// moreConditions shows the form again with more rows. Nothing is changed.
func (s *Server) moreConditions(w http.ResponseWriter, r *http.Request, form url.Values) error {
	v, err := s.Store.Gate(r.Context(), s.by(r), projectKey(r), stageKey(r))
	if err != nil {
		return err
	}
	rows, _ := strconv.Atoi(form.Get("more")) // nonsense asks for no more than there are
	return s.showGate(w, r, http.StatusOK, v, gate.Form{Action: gate.FormConditional, Typed: form, Rows: min(max(rows, 0), gate.ConditionsAtOnce)})
}

// steppedBack reports whether a refused decision is a recusal that the person
// gave already.
func steppedBack(st *review.Stage, person review.PersonID, in review.NewSignOff) bool {
	if in.Decision != review.Recuse || st == nil || st.LastRound() == nil {
		return false
	}
	return slices.ContainsFunc(st.LastRound().SignOffs, func(so review.SignOff) bool {
		return so.Person == person && so.Decision == review.Recuse && so.Seat == in.Seat && so.Note == strings.TrimSpace(in.Note)
	})
}

// follow carries out a command that a form of the gate's page asks for, and
// leads back to it. sent reports whether a form that is refused had its effect
// before; nil: the domain knows.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, form string, typed url.Values, formErr error, done flash, anchor string, decide store.Decide, sent func(*review.Review, review.Actor) bool) error {
	if formErr != nil {
		return s.gateAgain(w, r, form, typed, formErr)
	}
	key, stage := projectKey(r), stageKey(r)
	before := false
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: key, Stage: stage}, func(rv *review.Review, who review.Actor, at time.Time) error {
		err := decide(rv, who, at)
		var refused *review.Refused
		before = errors.As(err, &refused) && sent != nil && sent(rv, who)
		return err
	})
	if err != nil && !before {
		return s.gateAgain(w, r, form, typed, err)
	}
	if !before {
		s.metrics.decided(changed.Events)
	}
	return s.done(w, r, page.GateURL(key, stage)+anchor, done)
}

// meetCondition reports that a condition is met.
func (s *Server) meetCondition(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "note")
	return s.follow(w, r, gate.FormMet(no), r.PostForm, err, flashMet, "#conditions", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.MeetCondition(who, stageKey(r), no, form.Get("note"), at)
	}, nil)
}

// confirmCondition closes a condition.
func (s *Server) confirmCondition(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "shown", "seen")
	return s.follow(w, r, gate.FormConfirm(no), r.PostForm, err, flashConfirmed, "#conditions", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.ConfirmCondition(who, stageKey(r), no, shown(form), at)
	}, nil)
}

// reopenCondition says what is still missing.
func (s *Server) reopenCondition(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "reason", "shown", "seen")
	return s.follow(w, r, gate.FormReopen(no), r.PostForm, err, flashReopened, "#conditions", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.ReopenCondition(who, stageKey(r), no, shown(form), form.Get("reason"), at)
	}, nil)
}

// releaseCondition takes a condition back.
func (s *Server) releaseCondition(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "reason", "shown", "seen")
	return s.follow(w, r, gate.FormRelease(no), r.PostForm, err, flashReleased, "#conditions", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.ReleaseCondition(who, stageKey(r), no, shown(form), form.Get("reason"), at)
	}, func(rv *review.Review, who review.Actor) bool {
		c := &rv.Stage(stageKey(r)).Conditions[no-1] // refused, so the condition is there
		return c.DroppedBy == who.Person && c.DroppedWhy == strings.TrimSpace(form.Get("reason"))
	})
}

// acceptFinding says that the answer to a finding settles it.
func (s *Server) acceptFinding(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "shown", "seen")
	return s.follow(w, r, gate.FormAccept(no), r.PostForm, err, flashAccepted, "#findings", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.AcceptFinding(who, stageKey(r), no, shown(form), at)
	}, nil)
}

// reopenFinding says what the answer to a finding leaves open.
func (s *Server) reopenFinding(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	form, err := readForm(r, "reason", "shown", "seen")
	return s.follow(w, r, gate.FormFindingReopen(no), r.PostForm, err, flashReopened, "#findings", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.ReopenFinding(who, stageKey(r), no, shown(form), form.Get("reason"), at)
	}, nil)
}

// breakGlass passes a gate on one person's word.
func (s *Server) breakGlass(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "reason", "review-due", "digest", "seen")
	return s.follow(w, r, gate.FormForce, r.PostForm, err, flashForced, "", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.Force(who, stageKey(r), review.Digest(form.Get("digest")), form.Get("reason"), form.Get("review-due"), at)
	}, func(rv *review.Review, who review.Actor) bool {
		last := rv.Stage(stageKey(r)).LastRound()
		return last != nil && last.Outcome == review.OutcomeForced && last.ClosedBy == who.Person && last.Why == strings.TrimSpace(form.Get("reason"))
	})
}

// closeRetrospective is others' review of such a gate.
func (s *Server) closeRetrospective(w http.ResponseWriter, r *http.Request) error {
	round, err := number(r, "round")
	if err != nil {
		return err
	}
	form, err := readForm(r, "note")
	return s.follow(w, r, gate.FormRetrospective(round), r.PostForm, err, flashRetrospective, "", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.CloseRetrospective(who, stageKey(r), round, form.Get("note"), at)
	}, func(rv *review.Review, who review.Actor) bool {
		ro := &rv.Stage(stageKey(r)).Rounds[round-1] // refused, so the round is there
		return ro.ReviewedBy == who.Person && ro.ReviewNote == strings.TrimSpace(form.Get("note"))
	})
}
