package review

import (
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// TakenBack is an answer of yes that is to be another one.
type TakenBack struct {
	Question plan.Flag `json:"question"`
	To       Reply     `json:"to"` // no, or not yet
}

// Retraction is that answers of yes be taken back although a gate then asks less.
// It waits for approval.
type Retraction struct {
	Back   []TakenBack `json:"back"` // sorted by question
	Reason string      `json:"reason"`
	By     PersonID    `json:"by"`
	At     time.Time   `json:"at"`
}

// Loss is what a gate no longer asks once answers of yes are taken back.
type Loss struct {
	Stage plan.StageKey
	Seats []plan.Seat    // that no longer have to sign
	Fewer int            // by how many people fewer it passes
	Items []plan.ItemKey // required ones, that go
}

// loses compares what the plan's gates ask with some answers of yes and with others.
// Questions that nobody has answered are among neither: what depends on one goes
// as soon as somebody says no, which anyone may who edits the project.
func (r *Review) loses(t plan.Tier, now, then plan.Profile) []Loss {
	var out []Loss
	for i := range r.Plan.Stages {
		d := &r.Plan.Stages[i]
		l := Loss{Stage: d.Key}
		l.Fewer, l.Seats = eased(d.Gate.Policy(t, now), d.Gate.Policy(t, then))
		for j := range d.Items {
			if it := &d.Items[j]; it.LevelFor(t, now) == plan.LevelMust && it.LevelFor(t, then) != plan.LevelMust {
				l.Items = append(l.Items, it.Key)
			}
		}
		if l.Fewer > 0 || len(l.Seats)+len(l.Items) > 0 {
			out = append(out, l)
		}
	}
	return out
}

// retracting parts other fields into the answers of yes that they take back, where
// a gate then asks less, and the rest, which leaves those answers as they are.
func (r *Review) retracting(f ProjectFields) (back []TakenBack, rest ProjectFields) {
	p, then := &r.Project, Project{Profile: f.Profile, Unanswered: f.Unanswered}
	if len(r.loses(f.Tier, p.Yes(), then.Yes())) == 0 {
		return nil, f
	}
	rest = f
	for _, q := range p.Yes() {
		if to := then.Reply(q); to != ReplyYes {
			back = append(back, TakenBack{q, to})
			rest.Profile, rest.Unanswered = withFlag(rest.Profile, q), without(rest.Unanswered, []plan.Flag{q})
		}
	}
	return back, rest
}

// same reports whether somebody asks for what is asked for already.
func (a *Retraction) same(by PersonID, back []TakenBack, reason string) bool {
	return a != nil && a.By == by && a.Reason == reason && slices.Equal(a.Back, back)
}

// asked reports whether fields come to no more than what the actor has asked for,
// such as those of a form that was sent twice.
func (r *Review) asked(by Actor, f ProjectFields) bool {
	if !f.Tier.Valid() || r.Project.Retraction == nil {
		return false
	}
	f.sortAnswers()
	back, rest := r.retracting(f)
	reason, err := needReason(f.Reason, "say why")
	return err == nil && r.Project.Retraction.same(by.Person, back, reason) && rest.Digest() == r.Project.Fields().Digest()
}

// mayAsk asks for a reason where answers of yes are to be taken back.
func (r *Review) mayAsk(back []TakenBack, reason string) (string, error) {
	if len(back) == 0 {
		return "", nil
	}
	if err := r.Project.stopped(); err != nil {
		return "", err
	}
	return needReason(reason, "say why: without these answers a required item goes, or a gate passes with less")
}

// askRetraction asks that answers of yes be taken back. Somebody in a seat of a gate
// that would ask less, who did not ask, has to approve.
func (r *Review) askRetraction(by Actor, back []TakenBack, reason string, at time.Time) error {
	if len(back) == 0 || r.Project.Retraction.same(by.Person, back, reason) {
		return nil
	}
	return r.record(by, at, RetractionAsked{Back: back, Reason: reason})
}

// RetractionLosses are what the gates would lose by the retraction that waits,
// with the plan and at the tier of now. There are none where none waits, and once
// nothing depends on the answers any longer.
func (r *Review) RetractionLosses() []Loss {
	p := &r.Project
	if p.Retraction == nil {
		return nil
	}
	var back []plan.Flag
	for _, b := range p.Retraction.Back {
		back = append(back, b.Question)
	}
	return r.loses(p.Tier, p.Yes(), without(plan.Profile(p.Yes()), back))
}

// RetractionDigest stands for the retraction that waits and what it would take
// away, as somebody was shown them.
func (r *Review) RetractionDigest() Digest {
	return digestOf(struct {
		Retraction *Retraction
		Losses     []Loss
	}{r.Project.Retraction, r.RetractionLosses()})
}

// RetractionSeats are the seats whose holders decide on the retraction: those of
// the gates that would ask less.
func (r *Review) RetractionSeats() []plan.Seat {
	var seats []plan.Seat
	for _, l := range r.RetractionLosses() {
		seats = append(seats, r.Stage(l.Stage).Def.Gate.Policy(r.Project.Tier, r.Project.Profile).Seats...)
	}
	slices.Sort(seats)
	return slices.Compact(seats)
}

// RetractionStages are the stages at whose gates somebody decides on the retraction
// that waits; none once nobody can approve it.
func (r *Review) RetractionStages() []plan.StageKey {
	if r.Project.Retraction == nil || r.Outgrown() != nil {
		return nil
	}
	var stages []plan.StageKey
	for _, l := range r.RetractionLosses() {
		stages = append(stages, l.Stage)
	}
	return stages
}

// Outgrown says why the retraction that waits can no longer be approved; nil when
// it can.
func (r *Review) Outgrown() error {
	for _, b := range r.Project.Retraction.Back {
		if !r.Plan.HasFlag(b.Question) {
			return refuse("The plan no longer asks all of these questions. Take the request back, and ask again for those that it asks.")
		}
	}
	if len(r.RetractionLosses()) == 0 {
		return refuse("By the plan as it is now, no gate asks less without these answers. Take the request back, and answer in the settings.")
	}
	return nil
}

// decidesRetraction finds the retraction that waits, and the seat in which the
// actor may decide on it.
func (r *Review) decidesRetraction(by Actor) (SeatHeld, error) {
	p := &r.Project
	if err := May(by, ApproveRetraction, p); err != nil {
		return SeatHeld{}, err
	}
	if p.Retraction == nil {
		return SeatHeld{}, refuse("Nobody asks for this any longer: it was decided, or taken back.")
	}
	if err := p.stopped(); err != nil {
		return SeatHeld{}, err
	}
	if by.Person == p.Retraction.By {
		return SeatHeld{}, &Denied{ApproveRetraction, "You asked for it yourself; somebody else has to approve."}
	}
	if err := r.Outgrown(); err != nil {
		return SeatHeld{}, err
	}
	held, sits := by.sitting(r.RetractionSeats(), p.ID, apart(p.Retraction.By))
	if !sits {
		return SeatHeld{}, &Denied{ApproveRetraction, "Only who sits at one of the gates that would ask less approves that."}
	}
	return held, nil
}

// MayDecideRetraction checks that the actor may approve or turn down the
// retraction that waits.
func (r *Review) MayDecideRetraction(by Actor) error {
	_, err := r.decidesRetraction(by)
	return err
}

// ApproveRetraction takes the answers back, as was asked for. shown is
// [Review.RetractionDigest] as the person saw it.
func (r *Review) ApproveRetraction(by Actor, shown Digest, at time.Time) error {
	if err := May(by, ApproveRetraction, &r.Project); err != nil {
		return err
	}
	if err := r.wholly(); err != nil {
		return err
	}
	held, err := r.decidesRetraction(by)
	if err != nil {
		return err
	}
	if err := unchanged("request", shown, r.RetractionDigest()); err != nil {
		return err
	}
	a := r.Project.Retraction
	if err := r.record(by, at, AnswersRetracted{Back: a.Back, Reason: a.Reason, Asked: a.By, For: held.For}); err != nil {
		return err
	}
	return r.dropOutdatedRounds(by, at)
}

// RefuseRetraction turns down what was asked for; who may edit the project can
// take it back.
func (r *Review) RefuseRetraction(by Actor, shown Digest, reason string, at time.Time) error {
	if err := May(by, ViewProject, &r.Project); err != nil {
		return err
	}
	if err := r.wholly(); err != nil {
		return err
	}
	if r.Project.Retraction == nil {
		return nil // the same form sent twice, or somebody was quicker
	}
	if May(by, EditProject, &r.Project) != nil {
		if err := r.MayDecideRetraction(by); err != nil {
			return err
		}
	}
	if err := r.Project.stopped(); err != nil {
		return err
	}
	reason, err := needReason(reason, "say why")
	if err != nil {
		return err
	}
	if err := unchanged("request", shown, r.RetractionDigest()); err != nil {
		return err
	}
	return r.record(by, at, RetractionRefused{Reason: reason})
}
