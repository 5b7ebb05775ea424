package review

// Events of the directory's stream.
type (
	// SeatDelegated names a stand-in for a seat between two dates.
	SeatDelegated struct {
		Person PersonID `json:"person"` // who holds the seat
		No     int      `json:"no"`
		To     PersonID `json:"to"`
		Seat   Seat     `json:"seat"`
		Scope  Scope    `json:"scope,omitempty"`
		Starts string   `json:"starts"` // dates; it holds from the first up to, not including, the second
		Ends   string   `json:"ends"`
		Reason string   `json:"reason,omitempty"`
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
		Person PersonID `json:"person"`
		Role   Role     `json:"role,omitempty"`
		Seat   Seat     `json:"seat,omitempty"`
		Scope  Scope    `json:"scope,omitempty"`
		Source Source   `json:"source"`
	}
	// RightRevoked takes a role or a seat away.
	RightRevoked struct {
		Person PersonID `json:"person"`
		Role   Role     `json:"role,omitempty"`
		Seat   Seat     `json:"seat,omitempty"`
		Scope  Scope    `json:"scope,omitempty"`
		Source Source   `json:"source"`
		Reason string   `json:"reason,omitempty"`
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
