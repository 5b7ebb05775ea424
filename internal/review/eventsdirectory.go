package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"time"
)

// Events of the directory's stream.
type (
	// SeatDelegated names a stand-in for a seat between two dates.
	SeatDelegated struct {
		Person PersonID  `json:"person"` // who holds the seat
		No     int       `json:"no"`
		To     PersonID  `json:"to"`
		Seat   plan.Seat `json:"seat"`
		Scope  Scope     `json:"scope,omitempty"`
		Starts string    `json:"starts"` // dates; it holds from the first up to, not including, the second
		Ends   string    `json:"ends"`
		Zone   string    `json:"zone,omitempty"` // the time zone whose days they are; empty: UTC
		Reason string    `json:"reason,omitempty"`
	}
	// DelegationEnded ends a delegation before its date.
	DelegationEnded struct {
		Person PersonID `json:"person"`
		No     int      `json:"no"`
	}
	// PersonJoined records somebody's first sign-in.
	PersonJoined struct {
		Person PersonID `json:"person"`
	}
	// RightGranted gives a role or a seat.
	RightGranted struct {
		Person PersonID  `json:"person"`
		Role   Role      `json:"role,omitempty"`
		Seat   plan.Seat `json:"seat,omitempty"`
		Scope  Scope     `json:"scope,omitempty"`
		Source Source    `json:"source"`
	}
	// RightRevoked takes a role or a seat away.
	RightRevoked struct {
		Person PersonID  `json:"person"`
		Role   Role      `json:"role,omitempty"`
		Seat   plan.Seat `json:"seat,omitempty"`
		Scope  Scope     `json:"scope,omitempty"`
		Source Source    `json:"source"`
		Reason string    `json:"reason,omitempty"`
	}
	// PersonBlocked withholds all of a person's rights and ends their sessions.
	PersonBlocked struct {
		Person PersonID `json:"person"`
		Reason string   `json:"reason"`
	}
	// PersonUnblocked gives the withheld rights back, from this moment.
	PersonUnblocked struct {
		Person PersonID `json:"person"`
		Reason string   `json:"reason"`
	}
	// PersonErased drops a person's name, address and account; only their number
	// is left.
	PersonErased struct {
		Person PersonID `json:"person"`
		Reason string   `json:"reason"`
	}
	// GroupsUnknown records a sign-in at which the identity provider did not say
	// in which groups the person is: what their groups gave them before does not
	// count in that session, and stays theirs.
	GroupsUnknown struct {
		Person PersonID  `json:"person"`
		Why    GroupsGap `json:"why"`
	}
)

func (SeatDelegated) Kind() string   { return "SeatDelegated" }
func (DelegationEnded) Kind() string { return "DelegationEnded" }
func (PersonJoined) Kind() string    { return "PersonJoined" }
func (RightGranted) Kind() string    { return "RightGranted" }
func (RightRevoked) Kind() string    { return "RightRevoked" }
func (PersonBlocked) Kind() string   { return "PersonBlocked" }
func (PersonUnblocked) Kind() string { return "PersonUnblocked" }
func (PersonErased) Kind() string    { return "PersonErased" }
func (GroupsUnknown) Kind() string   { return "GroupsUnknown" }

func (SeatDelegated) Subject() (plan.StageKey, plan.ItemKey)   { return "", "" }
func (DelegationEnded) Subject() (plan.StageKey, plan.ItemKey) { return "", "" }
func (PersonJoined) Subject() (plan.StageKey, plan.ItemKey)    { return "", "" }
func (RightGranted) Subject() (plan.StageKey, plan.ItemKey)    { return "", "" }
func (RightRevoked) Subject() (plan.StageKey, plan.ItemKey)    { return "", "" }
func (PersonBlocked) Subject() (plan.StageKey, plan.ItemKey)   { return "", "" }
func (PersonUnblocked) Subject() (plan.StageKey, plan.ItemKey) { return "", "" }
func (PersonErased) Subject() (plan.StageKey, plan.ItemKey)    { return "", "" }
func (GroupsUnknown) Subject() (plan.StageKey, plan.ItemKey)   { return "", "" }

func (e SeatDelegated) whose() PersonID      { return e.Person }
func (e SeatDelegated) People() []PersonID   { return []PersonID{e.Person, e.To} }
func (e DelegationEnded) whose() PersonID    { return e.Person }
func (e DelegationEnded) People() []PersonID { return []PersonID{e.Person} }
func (e PersonJoined) whose() PersonID       { return e.Person }
func (e PersonJoined) People() []PersonID    { return []PersonID{e.Person} }
func (e RightGranted) whose() PersonID       { return e.Person }
func (e RightGranted) People() []PersonID    { return []PersonID{e.Person} }
func (e RightRevoked) whose() PersonID       { return e.Person }
func (e RightRevoked) People() []PersonID    { return []PersonID{e.Person} }
func (e PersonBlocked) whose() PersonID      { return e.Person }
func (e PersonBlocked) People() []PersonID   { return []PersonID{e.Person} }
func (e PersonUnblocked) whose() PersonID    { return e.Person }
func (e PersonUnblocked) People() []PersonID { return []PersonID{e.Person} }
func (e PersonErased) whose() PersonID       { return e.Person }
func (e PersonErased) People() []PersonID    { return []PersonID{e.Person} }
func (e GroupsUnknown) whose() PersonID      { return e.Person }
func (e GroupsUnknown) People() []PersonID   { return []PersonID{e.Person} }

func (PersonJoined) fold(t *Entitlements, _ Entry) error {
	t.Joined = true
	return nil
}

func (PersonBlocked) fold(t *Entitlements, _ Entry) error {
	t.Blocked, t.Withheld, t.Granted = true, t.Granted, nil
	return nil
}

// The seats were not held in between: they are held anew, from now on.
func (PersonUnblocked) fold(t *Entitlements, en Entry) error {
	t.Blocked, t.Granted, t.Withheld = false, t.Withheld, nil
	for i := range t.Granted {
		t.Granted[i].At = en.At
	}
	return nil
}

func (PersonErased) fold(t *Entitlements, _ Entry) error {
	t.Erased, t.Blocked = true, false
	return nil
}

// What a person's groups gave them stays theirs: it only does not count in one session.
func (GroupsUnknown) fold(*Entitlements, Entry) error { return nil }

func (e RightGranted) fold(t *Entitlements, en Entry) error {
	t.Granted = append(t.Granted, Granted{Right{e.Role, e.Seat, e.Scope}, e.Source, en.Actor, en.At})
	return nil
}

func (e RightRevoked) fold(t *Entitlements, _ Entry) error {
	right := Right{e.Role, e.Seat, e.Scope}
	this := func(g Granted) bool { return g.Right == right && g.Source == e.Source }
	t.Granted, t.Withheld = slices.DeleteFunc(t.Granted, this), slices.DeleteFunc(t.Withheld, this)
	return nil
}

func (e SeatDelegated) fold(t *Entitlements, en Entry) error {
	if n := len(t.Delegated); e.No != n+1 {
		return fmt.Errorf("delegation %d of person %d follows %d", e.No, t.Person, n)
	}
	starts, ends, err := e.Span()
	if err != nil {
		return err
	}
	t.Delegated = append(
		t.Delegated, Delegation{No: e.No, To: e.To, Seat: e.Seat, Scope: e.Scope, Starts: starts, Ends: ends, Reason: e.Reason, At: en.At},
	)
	return nil
}

// Span is the first moment at which a delegation holds, and the first at which it no
// longer does.
func (e SeatDelegated) Span() (starts, ends time.Time, err error) {
	zone, err := time.LoadLocation(e.Zone)
	if err != nil {
		return starts, ends, fmt.Errorf("time zone of delegation %d: %w", e.No, err)
	}
	return begins(parseDate(e.Starts), zone), begins(parseDate(e.Ends), zone), nil
}

func (e DelegationEnded) fold(t *Entitlements, en Entry) error {
	if e.No < 1 || e.No > len(t.Delegated) {
		return fmt.Errorf("no delegation %d of person %d", e.No, t.Person)
	}
	t.Delegated[e.No-1].EndedAt = en.At
	return nil
}
