package review

import (
	"errors"
	"slices"
	"time"
)

// ErrBlocked means that an admin has blocked the person: they cannot sign in.
var ErrBlocked = errors.New("blocked by an admin")

// GroupsGap says why the identity provider did not say in which groups a person
// is.
type GroupsGap string

const (
	GroupsMissing    GroupsGap = "missing"    // it sent no groups
	GroupsElsewhere  GroupsGap = "elsewhere"  // too many to be sent, and it says so
	GroupsFailed     GroupsGap = "failed"     // it could not be asked
	GroupsTooMany    GroupsGap = "too many"   // more than are read
	GroupsUnreadable GroupsGap = "unreadable" // not a list of names
)

// SignInWithoutGroups takes over a sign-in at which the person's groups are not
// known, which is not the same as being in none: nothing is revoked. What groups
// gave before does not count in the new session, and the trail says why. want
// holds what everybody gets who signs in.
func (e *Entitlements) SignInWithoutGroups(want []Right, why GroupsGap, at time.Time) error {
	if err := e.join(want, at); err != nil {
		return err
	}
	if err := e.take(want, at); err != nil {
		return err
	}
	if slices.ContainsFunc(e.Granted, func(g Granted) bool { return g.Source == FromGroup && !slices.Contains(want, g.Right) }) {
		return e.record(System, at, GroupsUnknown{Person: e.Person, Why: why})
	}
	return nil
}

// Block withholds all rights of a person, until they are unblocked. The store
// ends their sessions with it.
func (e *Entitlements) Block(by Actor, reason string, at time.Time) error {
	reason, err := e.mayBlock(by, BlockPerson, "Nobody blocks themselves; ask another admin.", reason)
	if err != nil || e.Blocked {
		return err
	}
	return e.record(by.Person, at, PersonBlocked{Person: e.Person, Reason: reason})
}

// Unblock gives a blocked person their rights back. They hold them from now on:
// what they signed before in a seat does not count again.
func (e *Entitlements) Unblock(by Actor, reason string, at time.Time) error {
	reason, err := e.mayBlock(by, BlockPerson, "Nobody unblocks themselves; ask another admin.", reason)
	if err != nil || !e.Blocked {
		return err
	}
	return e.record(by.Person, at, PersonUnblocked{Person: e.Person, Reason: reason})
}

// Erase drops who a person was: all rights are revoked, stand-ins end, and the
// store keeps their number only.
func (e *Entitlements) Erase(by Actor, reason string, at time.Time) error {
	reason, err := e.mayBlock(by, ErasePerson, "Nobody erases themselves; ask another admin.", reason)
	if err != nil {
		return err
	}
	return e.erase(by.Person, reason, at)
}

// EraseByOperator is [Entitlements.Erase] for whoever runs Slipway, at its
// console. The trail names Slipway itself.
func (e *Entitlements) EraseByOperator(reason string, at time.Time) error {
	reason, err := e.reason(reason)
	if err != nil {
		return err
	}
	return e.erase(System, reason, at)
}

func (e *Entitlements) erase(by PersonID, reason string, at time.Time) error {
	for _, g := range slices.Concat(e.Granted, e.Withheld) {
		gone := RightRevoked{Person: e.Person, Role: g.Role, Seat: g.Seat, Scope: g.Scope, Source: g.Source, Reason: "the person is erased"}
		if err := e.record(by, at, gone); err != nil {
			return err
		}
	}
	for i := range e.Delegated {
		if d := &e.Delegated[i]; d.EndedAt.IsZero() && at.Before(d.Ends) {
			if err := e.record(by, at, DelegationEnded{Person: e.Person, No: d.No}); err != nil {
				return err
			}
		}
	}
	return e.record(by, at, PersonErased{Person: e.Person, Reason: reason})
}

// mayBlock checks who wants to keep a person out, and why.
func (e *Entitlements) mayBlock(by Actor, act Action, oneself, reason string) (string, error) {
	if err := May(by, act, nil); err != nil {
		return "", err
	}
	if by.Person == e.Person {
		return "", &Denied{act, oneself}
	}
	return e.reason(reason)
}

func (e *Entitlements) reason(reason string) (string, error) {
	if !e.Joined || e.Erased {
		return "", ErrNotFound
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	c.require("reason", reason, "say why, so that people who come later understand")
	return reason, c.problems.Err()
}

// Succeed has a person go on in the place of another: their part as owner or
// deputy, all items assigned to them, and all open conditions and all records not
// closed that they own. The successor joins the project where they are not on it. With leave the other is
// taken off the project. All stages have to be loaded.
func (r *Review) Succeed(by Actor, from, to PersonID, leave bool, reason string, at time.Time) error {
	p := &r.Project
	if err := May(by, ManageMembers, p); err != nil {
		return err
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	c.require("reason", reason, "say why, so that people who come later understand")
	switch {
	case to == 0:
		c.problems.Add("to", "choose who takes over")
	case to == from:
		c.problems.Add("to", "must be somebody else")
	case r.away(to):
		c.problems.Add("to", isAway)
	}
	if err := c.problems.Err(); err != nil {
		return err
	}
	if err := r.wholly(); err != nil {
		return err
	}
	for _, e := range r.succession(from, to, leave) {
		e.Reason = reason
		if err := r.record(by, at, e); err != nil {
			return err
		}
	}
	return r.handOver(by, from, to, reason, at)
}

// succession is how the parts in the project change when one person follows
// another.
func (r *Review) succession(from, to PersonID, leave bool) []DutySet {
	was, has := r.Project.Duty(from), r.Project.Duty(to)
	var out []DutySet
	left := was
	switch {
	case was == DutyOwner, was == DutyDeputy && has != DutyOwner:
		left = DutyMember
		out = append(out, DutySet{Person: from, From: was, Duty: left}, DutySet{Person: to, From: has, Duty: was})
	case has == "":
		out = append(out, DutySet{Person: to, Duty: DutyMember})
	}
	if leave && left != "" {
		if len(out) > 0 && out[0].Person == from { // in one step
			out[0].Duty = ""
			return out
		}
		out = append(out, DutySet{Person: from, From: left})
	}
	return out
}
