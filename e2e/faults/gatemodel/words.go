// Package gatemodel says what a gate does when requests come one after
// another. It is written from the rules alone, apart from the program, so that
// a history of what the program answered can be compared with it: whatever many
// people did at once must look as if they had done it in some order.
//
// It knows one stage with three musts: a plain one, one that demands evidence,
// and one that a waiver may stand in for.
package gatemodel

// Op is what somebody asks for.
type Op string

const (
	Answer           Op = "answer"
	AddEvidence      Op = "add evidence"
	RemoveEvidence   Op = "remove evidence"
	Request          Op = "request"
	Withdraw         Op = "withdraw"
	Sign             Op = "sign"
	AnswerFinding    Op = "answer finding"
	RequestWaiver    Op = "request waiver"
	GrantWaiver      Op = "grant waiver"
	RevokeWaiver     Op = "revoke waiver"
	MeetCondition    Op = "meet condition"
	ConfirmCondition Op = "confirm condition"
	GrantSeat        Op = "grant seat"
	RevokeSeat       Op = "revoke seat"
	Restrict         Op = "restrict"
	SignOut          Op = "sign out"
	PassDays         Op = "pass days" // the database's clock goes on; nobody asks for it
	ReadGate         Op = "read gate"
	ReadItem         Op = "read item"
	ReadAll          Op = "read all"
)

// Result is how the program answered.
type Result string

const (
	OK       Result = "ok"
	Hidden   Result = "not found"
	Nobody   Result = "not signed in"
	Denied   Result = "denied"
	Stale    Result = "stale"   // decided on content that has changed
	Blocked  Result = "blocked" // something stands in the way of a request
	Conflict Result = "conflict"
	Refused  Result = "refused" // makes no sense in this state
	Invalid  Result = "invalid"
)

// Decision is what a signer says.
type Decision string

const (
	Go          Decision = "go"
	Conditional Decision = "conditional"
	Return      Decision = "return"
	Recuse      Decision = "recuse"
)

// Items of a stage, by their place in it.
const (
	Plain    = 0
	Proved   = 1 // demands evidence
	Waivable = 2
	Items    = 3
)

// Person is somebody in the cast, by what they may do from the start.
type Person struct {
	Name      string
	OnProject bool // the project's owner or deputy
	Admin     bool
	Seats     []string // held everywhere, for ever
}

// Rules are what a template says of a gate.
type Rules struct {
	Cast      []Person
	Seats     []string // that sign
	Mandatory []string
	Quorum    int
	Duties    bool // separation of duties is on
	ValidDays int  // of evidence
}

// Input is what somebody asked for. Which fields mean something depends on Op.
type Input struct {
	Op       Op
	Who      int // place in the cast
	Stage    int // ignored here: the history of one stage is checked at a time
	Item     int
	State    string // of an answer: met, not-met or open
	Version  int    // of the answer that the person was shown
	No       int    // of evidence, a finding, a waiver or a condition
	Seat     string
	Decision Decision
	Digest   string // of the content that the person was shown
	Until    int    // last day of a waiver or a condition
	Whom     int    // whose seat
	On       bool   // restricted or not
	Days     int
	Mark     string // a word that no other input of the history carries
}

// Output is what came back.
type Output struct {
	Result Result
	// Unknown is set when no answer came: it happened, or will happen yet, or never.
	Unknown bool
	Passed  bool // of a signature: the program said that it completed the quorum
	Gate    GateRead
	Item    ItemRead
	All     string // of a reading of everything: [State.Describe]
}

// GateRead is what the gate's page says.
type GateRead struct {
	Standing string
	Digest   string
	Round    int // that is open; 0: none
	Counted  int // signatures that count in it
}

// ItemRead is what an item's page says.
type ItemRead struct {
	Version  int
	State    string
	Evidence string // numbers of the links that are not removed
}
