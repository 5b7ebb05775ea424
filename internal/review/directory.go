package review

import (
	"fmt"
	"slices"
	"time"
)

// Directory is the stream of people's rights, which is no project.
const Directory ProjectID = 1

// Source says where a right comes from.
type Source string

const (
	FromGroup Source = "group" // a group of the identity provider, by configuration
	FromAdmin Source = "admin" // granted in Slipway
)

// Right is a role or a seat (exactly one of them), and where it holds. Roles
// hold everywhere; seats hold everywhere or in one project.
type Right struct {
	Role  Role
	Seat  Seat
	Scope Scope
}

// Valid says in words what is wrong with a right; empty when nothing is.
func (t Right) Valid() string {
	switch {
	case (t.Role == "") == (t.Seat == ""):
		return "choose a role or a seat"
	case t.Role != "" && !t.Role.Valid():
		return fmt.Sprintf("%q is not a role", t.Role)
	case t.Seat != "" && !t.Seat.Valid():
		return fmt.Sprintf("%q is not a seat", t.Seat)
	case t.Role != "" && t.Scope != Everywhere:
		return "a role holds everywhere; only a seat can be for one project"
	}
	return ""
}

// Label is the right's name on pages.
func (t Right) Label() string {
	if t.Seat != "" {
		return t.Seat.Label() + " seat"
	}
	return string(t.Role)
}

// Granted is a right that a person has.
type Granted struct {
	Right
	Source Source
	By     PersonID
	At     time.Time
}

// Entitlements are one person's rights: the aggregate of the directory.
type Entitlements struct {
	Person    PersonID
	Joined    bool
	Blocked   bool
	Erased    bool
	Granted   []Granted    // in force
	Withheld  []Granted    // while the person is blocked
	Delegated []Delegation // what this person handed to stand-ins, ended ones included

	recorded []Entry
}

// Recorded are the events since the entitlements were loaded, oldest first.
func (e *Entitlements) Recorded() []Entry { return e.recorded }

// SignIn takes over what the identity provider says: a first sign-in joins
// the directory, rights from groups are granted and revoked to match. want
// holds the rights that the person's groups give; nil takes all of them away.
func (e *Entitlements) SignIn(want []Right, at time.Time) error {
	if err := e.join(want, at); err != nil {
		return err
	}
	for _, g := range slices.Clone(e.Granted) {
		if g.Source == FromGroup && !slices.Contains(want, g.Right) {
			e.record(System, at, RightRevoked{Person: e.Person, Role: g.Role, Seat: g.Seat, Scope: g.Scope, Source: FromGroup, Reason: "no longer in the group"})
		}
	}
	e.take(want, at)
	return nil
}

// join lets somebody in: a first sign-in joins the directory.
func (e *Entitlements) join(want []Right, at time.Time) error {
	for _, t := range want {
		if why := t.Valid(); why != "" {
			return fmt.Errorf("right from a group: %s", why)
		}
	}
	if e.Blocked || e.Erased {
		return ErrBlocked
	}
	if !e.Joined {
		e.record(System, at, PersonJoined{Person: e.Person})
	}
	return nil
}

// take records the rights from groups that the person does not have yet.
func (e *Entitlements) take(want []Right, at time.Time) {
	for _, t := range want {
		if e.find(t, FromGroup) < 0 {
			e.record(System, at, RightGranted{Person: e.Person, Role: t.Role, Seat: t.Seat, Scope: t.Scope, Source: FromGroup})
		}
	}
}

// Grant gives a right by hand. Nobody grants a right to themselves.
func (e *Entitlements) Grant(by Actor, t Right, at time.Time) error {
	if err := e.mayChange(by, t); err != nil {
		return err
	}
	if e.Blocked {
		return refuse("This person is blocked. Unblock them before you grant a right.")
	}
	if e.find(t, FromAdmin) >= 0 || e.find(t, FromGroup) >= 0 {
		return nil
	}
	e.record(by.Person, at, RightGranted{Person: e.Person, Role: t.Role, Seat: t.Seat, Scope: t.Scope, Source: FromAdmin})
	return nil
}

// Revoke takes a right away that was given by hand.
func (e *Entitlements) Revoke(by Actor, t Right, reason string, at time.Time) error {
	if err := e.mayChange(by, t); err != nil {
		return err
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	if err := c.problems.Err(); err != nil {
		return err
	}
	if !e.has(t, FromAdmin) {
		if e.has(t, FromGroup) {
			return refuse("This right comes from a group of the identity provider; take the person out of that group.")
		}
		return nil
	}
	e.record(by.Person, at, RightRevoked{Person: e.Person, Role: t.Role, Seat: t.Seat, Scope: t.Scope, Source: FromAdmin, Reason: reason})
	return nil
}

func (e *Entitlements) mayChange(by Actor, t Right) error {
	if err := May(by, GrantRights, nil); err != nil {
		return err
	}
	if !e.Joined || e.Erased {
		return ErrNotFound
	}
	if why := t.Valid(); why != "" {
		return invalid("right", why)
	}
	if by.Person == e.Person {
		return &Denied{GrantRights, "Nobody changes their own rights; ask another admin."}
	}
	return nil
}

func (e *Entitlements) find(t Right, from Source) int {
	return slices.IndexFunc(e.Granted, func(g Granted) bool { return g.Right == t && g.Source == from })
}

// has reports whether the person has a right, withheld or not.
func (e *Entitlements) has(t Right, from Source) bool {
	return e.find(t, from) >= 0 || slices.ContainsFunc(e.Withheld, func(g Granted) bool { return g.Right == t && g.Source == from })
}

func (e *Entitlements) record(by PersonID, at time.Time, ev Event) {
	entry := Entry{At: trailTime(at), Actor: by, Event: ev}
	e.apply(entry)
	e.recorded = append(e.recorded, entry)
}

func (e *Entitlements) apply(en Entry) {
	switch ev := en.Event.(type) {
	case PersonJoined:
		e.Joined = true
	case PersonBlocked:
		e.Blocked, e.Withheld, e.Granted = true, e.Granted, nil
	case PersonUnblocked:
		// The seats were not held in between: they are held anew, from now on.
		e.Blocked, e.Granted, e.Withheld = false, e.Withheld, nil
		for i := range e.Granted {
			e.Granted[i].At = en.At
		}
	case PersonErased:
		e.Erased, e.Blocked = true, false
	case RightGranted:
		e.Granted = append(e.Granted, Granted{Right{ev.Role, ev.Seat, ev.Scope}, ev.Source, en.Actor, en.At})
	case SeatDelegated:
		e.Delegated = append(e.Delegated, Delegation{
			No: ev.No, To: ev.To, Seat: ev.Seat, Scope: ev.Scope, Starts: parseDate(ev.Starts), Ends: parseDate(ev.Ends), Reason: ev.Reason, At: en.At,
		})
	case DelegationEnded:
		e.Delegated[ev.No-1].EndedAt = en.At
	case RightRevoked:
		t := Right{ev.Role, ev.Seat, ev.Scope}
		this := func(g Granted) bool { return g.Right == t && g.Source == ev.Source }
		e.Granted, e.Withheld = slices.DeleteFunc(e.Granted, this), slices.DeleteFunc(e.Withheld, this)
	}
}

// delegations counts how often the person has named a stand-in.
func (e *Entitlements) delegations() int {
	if e == nil {
		return 0
	}
	return len(e.Delegated)
}

// ReplayDirectory rebuilds everybody's rights from the directory's stream.
func ReplayDirectory(entries []Entry) (map[PersonID]*Entitlements, error) {
	all := map[PersonID]*Entitlements{}
	for i, en := range entries {
		var p PersonID
		switch ev := en.Event.(type) {
		case PersonJoined:
			p = ev.Person
		case RightGranted:
			p = ev.Person
		case RightRevoked:
			p = ev.Person
		case PersonBlocked:
			p = ev.Person
		case PersonUnblocked:
			p = ev.Person
		case PersonErased:
			p = ev.Person
		case GroupsUnknown:
			p = ev.Person
		case SeatDelegated:
			p = ev.Person
			if n := all[p].delegations(); ev.No != n+1 {
				return nil, fmt.Errorf("entry %d: delegation %d of person %d follows %d", i+1, ev.No, p, n)
			}
		case DelegationEnded:
			p = ev.Person
			if ev.No < 1 || ev.No > all[p].delegations() {
				return nil, fmt.Errorf("entry %d: no delegation %d of person %d", i+1, ev.No, p)
			}
		default:
			return nil, fmt.Errorf("entry %d: %s is not an event of the directory", i+1, en.Event.Kind())
		}
		if all[p] == nil {
			all[p] = &Entitlements{Person: p}
		}
		all[p].apply(en)
	}
	return all, nil
}
