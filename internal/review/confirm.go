package review

import (
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Answers say who gave a project's answers, and who confirmed them.
type Answers struct {
	By        PersonID  // who changed them last, or started the project
	Confirmed PersonID  // who confirmed them; 0: nobody has yet
	At        time.Time // when that was
	Changed   bool      // they have changed since
}

// Hold reports whether somebody has confirmed the answers as they are.
func (a Answers) Hold() bool { return a.Confirmed != 0 && !a.Changed }

// replied notes that answers changed. 0: nobody gave them, questions were opened.
func (a *Answers) replied(by PersonID) {
	if by != 0 {
		a.By = by
	}
	a.Changed = a.Confirmed != 0
}

// AnswersDigest stands for the answers that somebody was shown.
func (p *Project) AnswersDigest() Digest {
	f := ProjectFields{Profile: p.Profile, Unanswered: p.Unanswered}
	return f.Digest()
}

// MayConfirmProfile says why the actor cannot confirm the answers as they are; nil
// when they can. Whoever gave them last does not, nor does who stands in for them.
func (r *Review) MayConfirmProfile(by Actor) error {
	p := &r.Project
	if err := May(by, ConfirmProfile, p); err != nil {
		return err
	}
	if err := p.stopped(); err != nil {
		return err
	}
	if len(p.Unanswered) > 0 {
		return refuse("There are questions about the project that nobody has answered yet. Answer them first.")
	}
	if by.Person == p.Answers.By {
		return refuse("You gave the answers last. Somebody else has to confirm them.")
	}
	if May(by, EditProject, p) == nil || r.sitsAtAGate(by, p.Answers.By) {
		return nil
	}
	return &Denied{Action: ConfirmProfile, Why: "Only people who may edit the project or sit at one of its gates may do this."}
}

// sitsAtAGate reports whether the actor holds a seat at one of the project's gates,
// and not in the place of somebody.
func (r *Review) sitsAtAGate(by Actor, of PersonID) bool {
	return slices.ContainsFunc(r.Stages, func(s Stage) bool {
		_, sits := by.sitting(s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile).Seats, r.Project.ID, apart(of))
		return sits
	})
}

// ConfirmProfile confirms by name that the answers about the project are right.
// Confirming what is confirmed already changes nothing. shown is
// [Project.AnswersDigest] as the person saw it.
func (r *Review) ConfirmProfile(by Actor, shown Digest, at time.Time) error {
	p := &r.Project
	if err := May(by, ConfirmProfile, p); err != nil {
		return err
	}
	if p.Answers.Hold() && shown == p.AnswersDigest() {
		return nil
	}
	if err := unchanged("answers", shown, p.AnswersDigest()); err != nil {
		return err
	}
	if err := r.MayConfirmProfile(by); err != nil {
		return err
	}
	return r.record(by, at, ProfileConfirmed{Profile: p.Profile, No: r.answeredNo()})
}

// answeredNo are the questions of the plan that are answered with no, sorted.
func (r *Review) answeredNo() []plan.Flag {
	var out []plan.Flag
	for _, q := range r.Plan.Flags {
		if r.Project.Reply(q.Key) == ReplyNo {
			out = append(out, q.Key)
		}
	}
	slices.Sort(out)
	return out
}
