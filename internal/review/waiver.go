package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"time"
)

// MaxWaiver is the longest time for which a waiver is granted or extended at
// once, in days from then.
const MaxWaiver = 366

// Waiver is leave to pass without an item until a date.
type Waiver struct {
	No          int // within the stage
	Item        plan.ItemKey
	Reason      string
	Risk        string
	Measure     string // what makes up for it meanwhile
	Until       time.Time
	RequestedBy PersonID
	RequestedAt time.Time
	GrantedBy   PersonID
	GrantedFor  PersonID // who holds the seat, when a stand-in granted; 0: who did
	GrantedAt   time.Time
	DeniedBy    PersonID
	DeniedFor   PersonID
	DeniedAt    time.Time
	RevokedBy   PersonID
	RevokedFor  PersonID
	RevokedAt   time.Time
	Why         string   // what the last decision gave as its reason
	Home        Position // where it was asked for, if the plan has moved it since
}

// nextWaiver is the number of the waiver that is asked for next.
func (s *Stage) nextWaiver() int {
	if len(s.Waivers) == 0 {
		return s.Gone.Waivers + 1
	}
	return max(s.Gone.Waivers, s.Waivers[len(s.Waivers)-1].No) + 1
}

// Waiver finds a waiver by its number; nil when there is none.
func (s *Stage) Waiver(no int) *Waiver {
	i, found := slices.BinarySearchFunc(s.Waivers, no, func(w Waiver, no int) int { return w.No - no })
	if !found {
		return nil
	}
	return &s.Waivers[i]
}

// WaiverState is how a waiver stands at a moment.
type WaiverState string

const (
	WaiverWaiting    WaiverState = "waiting"
	WaiverInForce    WaiverState = "in force"
	WaiverExpired    WaiverState = "expired"
	WaiverTurnedDown WaiverState = "denied"
	WaiverTakenBack  WaiverState = "revoked"
)

// State is how the waiver stands. It counts from when it was granted until the
// end of its last day, unless it was revoked; one that nobody decided on in time expires too.
func (w *Waiver) State(at time.Time) WaiverState {
	switch {
	case !w.DeniedAt.IsZero():
		return WaiverTurnedDown
	case !w.RevokedAt.IsZero():
		return WaiverTakenBack
	case Over(w.Until, at):
		return WaiverExpired
	case w.GrantedAt.IsZero() || at.Before(w.GrantedAt):
		return WaiverWaiting
	}
	return WaiverInForce
}

// Expiring reports whether a waiver in force ends within 14 days.
func (w *Waiver) Expiring(at time.Time) bool {
	return w.State(at) == WaiverInForce && Soon(w.Until, at)
}

// granted reports whether the waiver was granted and not taken back, whatever
// the time: it is part of what is signed.
func (w *Waiver) granted() bool { return !w.GrantedAt.IsZero() && w.RevokedAt.IsZero() }

// Waived is the waiver in force for an item; nil when there is none.
func (s *Stage) Waived(k plan.ItemKey, at time.Time) *Waiver {
	for i := range s.Waivers {
		if w := &s.Waivers[i]; w.Item == k && w.State(at) == WaiverInForce {
			return w
		}
	}
	return nil
}

// applies reports whether an item applies with the project's tier and profile.
func (s *Stage) applies(k plan.ItemKey) bool {
	it := s.Item(k)
	return it != nil && it.Level != plan.LevelNone
}

// NewWaiver is what a person types to ask for a waiver.
type NewWaiver struct{ Reason, Risk, Measure, Until string }

// RequestWaiver asks for leave to pass without an item for a while.
func (r *Review) RequestWaiver(by Actor, sk plan.StageKey, ik plan.ItemKey, in NewWaiver, at time.Time) error {
	if err := May(by, RequestWaiver, &r.Project); err != nil {
		return err
	}
	s, it, err := r.work(sk, ik)
	if err != nil {
		return err
	}
	var c input
	e := WaiverRequested{
		Stage: sk, Item: ik, No: s.nextWaiver(),
		Reason: c.text("reason", in.Reason, MaxReason), Risk: c.text("risk", in.Risk, MaxReason), Measure: c.text("measure", in.Measure, MaxReason),
	}
	c.require("reason", e.Reason, "say why the item cannot be met now")
	c.require("risk", e.Risk, "say what can go wrong without it")
	c.require("measure", e.Measure, "say what makes up for it meanwhile")
	e.Until = FormatDate(c.until("until", in.Until, at))
	if err := c.problems.Err(); err != nil {
		return err
	}
	if it.Level == plan.LevelMay {
		return refuse("An item at level may needs no waiver; leave it open.")
	}
	for i := range s.Waivers {
		w := &s.Waivers[i]
		if w.Item != ik {
			continue
		}
		switch w.State(at) {
		case WaiverWaiting:
			if w.RequestedBy == by.Person && w.Reason == e.Reason && w.Risk == e.Risk && w.Measure == e.Measure && FormatDate(w.Until) == e.Until {
				return nil // the same form sent twice
			}
			return refuse("A waiver for this item waits for a decision already.")
		case WaiverInForce:
			return refuse("A waiver for this item is in force; have it extended instead.")
		}
	}
	return r.record(by, at, e)
}

// until reads the date until which a waiver shall count.
func (in *input) until(field, s string, at time.Time) time.Time {
	d := in.day(field, s, "give the date on which the waiver ends")
	switch {
	case d.IsZero():
	case !d.After(Today(at)):
		in.problems.Add(field, "must lie in the future")
	case d.After(Today(at).AddDate(0, 0, MaxWaiver)):
		in.problems.Add(field, "lies more than a year ahead; a waiver can be extended when the time comes")
	}
	return d
}

// waiver finds a waiver to decide on, and how the actor may: as a manager or in
// their own seat, or for whom.
func (r *Review) waiver(by Actor, sk plan.StageKey, no int) (*Waiver, SeatHeld, error) {
	if err := May(by, DecideWaiver, &r.Project); err != nil {
		return nil, SeatHeld{}, err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return nil, SeatHeld{}, err
	}
	w := s.Waiver(no)
	if w == nil {
		return nil, SeatHeld{}, ErrNotFound
	}
	if err := r.Project.stopped(); err != nil {
		return nil, SeatHeld{}, err
	}
	held, err := waiverMandate(by, &r.Project, &s.Def.Gate, w.RequestedBy)
	return w, held, err
}

// MayDecideWaiver checks that the actor may decide on a waiver of the stage
// with this gate which somebody asked for: as a manager or in one of the
// gate's seats, not on their own, and not in the place of who asked.
func MayDecideWaiver(by Actor, p *Project, gate *plan.Gate, requester PersonID) error {
	_, err := waiverMandate(by, p, gate, requester)
	return err
}

// waiverMandate is the seat in which the actor decides; none for a manager.
func waiverMandate(by Actor, p *Project, gate *plan.Gate, requester PersonID) (SeatHeld, error) {
	if err := May(by, DecideWaiver, p); err != nil {
		return SeatHeld{}, err
	}
	if requester == by.Person {
		return SeatHeld{}, &Denied{DecideWaiver, "You asked for this waiver yourself; somebody else has to decide."}
	}
	if by.HasRole(RoleManager) {
		return SeatHeld{}, nil
	}
	seats := gate.Policy(p.Tier, p.Profile).Seats
	held, sits := by.sitting(seats, p.ID, apart(requester))
	if !sits {
		return SeatHeld{}, &Denied{
			DecideWaiver, "Only managers and holders of a seat at this stage's gate decide on its waivers: " + seatList(seats) + ".",
		}
	}
	return held, nil
}

// GrantWaiver puts a waiver in force. Whoever asked for it does not grant it. shown
// is the [Waiver.Digest] of what the actor read.
func (r *Review) GrantWaiver(by Actor, sk plan.StageKey, no int, shown Digest, reason string, at time.Time) error {
	w, held, err := r.waiver(by, sk, no)
	if err != nil {
		return err
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	if err := c.problems.Err(); err != nil {
		return err
	}
	if w.State(at) == WaiverInForce {
		return nil
	}
	if err := unchanged("waiver", shown, w.Digest()); err != nil {
		return err
	}
	if w.State(at) != WaiverWaiting {
		return refuse("This waiver is %s and cannot be granted any more; the team can ask anew.", w.State(at))
	}
	if !r.Stage(sk).applies(w.Item) {
		return refuse("The item does not apply to the project any more, so there is nothing to grant.")
	}
	return r.record(by, at, WaiverGranted{Stage: sk, Item: w.Item, No: no, Reason: reason, For: held.For})
}

// DenyWaiver refuses a waiver. shown is the [Waiver.Digest] of what the actor
// read.
func (r *Review) DenyWaiver(by Actor, sk plan.StageKey, no int, shown Digest, reason string, at time.Time) error {
	w, held, err := r.waiver(by, sk, no)
	if err != nil {
		return err
	}
	reason, err = needReason(reason, "say why, so that the team knows what to do instead")
	if err != nil {
		return err
	}
	if w.State(at) == WaiverTurnedDown && w.DeniedBy == by.Person && w.Why == reason {
		return nil // the same form sent twice
	}
	if err := unchanged("waiver", shown, w.Digest()); err != nil {
		return err
	}
	if w.State(at) != WaiverWaiting {
		return refuse("This waiver is %s; there is nothing to deny.", w.State(at))
	}
	return r.record(by, at, WaiverDenied{Stage: sk, Item: w.Item, No: no, Reason: reason, For: held.For})
}

// ExtendWaiver moves the date until which a waiver in force counts. shown is
// the [Waiver.Digest] of what the actor read.
func (r *Review) ExtendWaiver(by Actor, sk plan.StageKey, no int, shown Digest, until, reason string, at time.Time) error {
	w, held, err := r.waiver(by, sk, no)
	if err != nil {
		return err
	}
	reason, err = needReason(reason, "say why it needs longer")
	if err != nil {
		return err
	}
	var c input
	d := c.until("until", until, at)
	if err := c.problems.Err(); err != nil {
		return err
	}
	if w.State(at) == WaiverInForce && w.Until.Equal(d) {
		return nil
	}
	if err := unchanged("waiver", shown, w.Digest()); err != nil {
		return err
	}
	if w.State(at) != WaiverInForce {
		return refuse("Only a waiver in force can be extended; this one is %s.", w.State(at))
	}
	if !r.Stage(sk).applies(w.Item) {
		return refuse("The item does not apply to the project any more, so there is nothing to extend.")
	}
	if d.Before(w.Until) {
		return invalid("until", "lies before "+FormatDate(w.Until)+"; revoke the waiver to end it sooner")
	}
	return r.record(
		by, at, WaiverExtended{Stage: sk, Item: w.Item, No: no, From: FormatDate(w.Until), Until: FormatDate(d), Reason: reason, For: held.For},
	)
}

// RevokeWaiver ends a waiver before its date. shown is the [Waiver.Digest] of
// what the actor read.
func (r *Review) RevokeWaiver(by Actor, sk plan.StageKey, no int, shown Digest, reason string, at time.Time) error {
	w, held, err := r.waiver(by, sk, no)
	if err != nil {
		return err
	}
	reason, err = needReason(reason, "say why it ends now")
	if err != nil {
		return err
	}
	if w.State(at) == WaiverTakenBack {
		return nil
	}
	if err := unchanged("waiver", shown, w.Digest()); err != nil {
		return err
	}
	if w.State(at) != WaiverInForce {
		return refuse("Only a waiver in force can be revoked; this one is %s.", w.State(at))
	}
	return r.record(by, at, WaiverRevoked{Stage: sk, Item: w.Item, No: no, Reason: reason, For: held.For})
}

func needReason(reason, message string) (string, error) {
	var c input
	reason = c.text("reason", reason, MaxReason)
	c.require("reason", reason, message)
	return reason, c.problems.Err()
}
