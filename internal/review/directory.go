package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
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
	Seat  plan.Seat
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
	Words     plan.Words   // that published documents add; the store reads them
	Away      []PersonID   // of those whom a command names, who cannot sign in now; the store reads it

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
			gone := RightRevoked{Person: e.Person, Role: g.Role, Seat: g.Seat, Scope: g.Scope, Source: FromGroup, Reason: "no longer in the group"}
			if err := e.record(System, at, gone); err != nil {
				return err
			}
		}
	}
	return e.take(want, at)
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
		return e.record(System, at, PersonJoined{Person: e.Person})
	}
	return nil
}

// take records the rights from groups that the person does not have yet.
func (e *Entitlements) take(want []Right, at time.Time) error {
	for _, t := range want {
		if e.find(t, FromGroup) < 0 {
			if err := e.record(
				System, at, RightGranted{Person: e.Person, Role: t.Role, Seat: t.Seat, Scope: t.Scope, Source: FromGroup},
			); err != nil {
				return err
			}
		}
	}
	return nil
}

// Grant gives a right by hand. Nobody grants a right to themselves.
func (e *Entitlements) Grant(by Actor, t Right, at time.Time) error {
	if err := e.mayChange(by, t); err != nil {
		return err
	}
	if e.Blocked {
		return refuse("This person is blocked. Unblock them before you grant a right.")
	}
	if t.Seat != "" && !e.Words.HasSeat(t.Seat) {
		return invalid("right", "no published document has this seat")
	}
	if e.find(t, FromAdmin) >= 0 || e.find(t, FromGroup) >= 0 {
		return nil
	}
	return e.record(by.Person, at, RightGranted{Person: e.Person, Role: t.Role, Seat: t.Seat, Scope: t.Scope, Source: FromAdmin})
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
	return e.record(
		by.Person, at, RightRevoked{Person: e.Person, Role: t.Role, Seat: t.Seat, Scope: t.Scope, Source: FromAdmin, Reason: reason},
	)
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

func (e *Entitlements) record(by PersonID, at time.Time, ev directoryEvent) error {
	entry := Entry{At: trailTime(at), Actor: by, Event: ev}
	if err := ev.fold(e, entry); err != nil {
		return fmt.Errorf("%s: %w", ev.Kind(), err)
	}
	e.recorded = append(e.recorded, entry)
	return nil
}

// ReplayDirectory rebuilds everybody's rights from the directory's stream.
func ReplayDirectory(entries []Entry) (map[PersonID]*Entitlements, error) {
	all := map[PersonID]*Entitlements{}
	for i, en := range entries {
		event, ok := en.Event.(directoryEvent)
		if !ok {
			return nil, fmt.Errorf("entry %d: %s is not an event of the directory", i+1, en.Event.Kind())
		}
		p := event.whose()
		if all[p] == nil {
			all[p] = &Entitlements{Person: p}
		}
		if err := event.fold(all[p], en); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
	}
	return all, nil
}
