package review

import "time"

// Event is a fact that changed a project or the directory, named in the past
// tense. Events hold ids of people, never their names or addresses, so that
// personal data can be erased without breaking the trail.
type Event interface{ Kind() string }

// Entry is an event on a stream: who, when, and in which order.
type Entry struct {
	Seq   int64
	At    time.Time
	Actor PersonID
	Event Event
}

// trailTime is a moment as the trail keeps it: in UTC, to the microsecond, so
// that hashes over it come out the same once it was stored and read again.
func trailTime(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }

// Change is a field's value before and after.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Events of a project's stream.
type (
	// ProjectCreated starts a project and its launch review.
	ProjectCreated struct {
		Key        ProjectKey  `json:"key"`
		Name       string      `json:"name"`
		Summary    string      `json:"summary,omitempty"`
		Team       string      `json:"team"`
		Tier       Tier        `json:"tier"`
		Exposure   Exposure    `json:"exposure"`
		Owner      PersonID    `json:"owner"`
		Deputy     PersonID    `json:"deputy,omitempty"`
		Target     string      `json:"target,omitempty"` // date
		Restricted bool        `json:"restricted,omitempty"`
		Profile    Profile     `json:"profile"`
		Template   TemplateRef `json:"template"`
	}
	// ProjectEdited changes the project's own fields.
	ProjectEdited struct {
		Changes    []Change `json:"changes"`
		Name       string   `json:"name"`
		Summary    string   `json:"summary,omitempty"`
		Team       string   `json:"team"`
		Tier       Tier     `json:"tier"`
		Exposure   Exposure `json:"exposure"`
		Target     string   `json:"target,omitempty"`
		Restricted bool     `json:"restricted,omitempty"`
		Profile    Profile  `json:"profile"`
	}
	// DutySet gives a person a part in the project; an empty duty takes it away.
	DutySet struct {
		Person PersonID `json:"person"`
		From   Duty     `json:"from,omitempty"`
		Duty   Duty     `json:"duty,omitempty"`
	}
	// StatusChanged holds, stops or resumes the project.
	StatusChanged struct {
		From   Status `json:"from"`
		To     Status `json:"to"`
		Reason string `json:"reason"`
	}
	// ItemAnswered sets the answer of an item.
	ItemAnswered struct {
		Stage    StageKey `json:"stage"`
		Item     ItemKey  `json:"item"`
		Version  int      `json:"version"` // after the change; the first answer is version 1
		From     State    `json:"from"`
		To       State    `json:"to"`
		FromNote string   `json:"from_note,omitempty"`
		Note     string   `json:"note,omitempty"`
	}
	// NotApplicableApproved confirms that a must does not apply.
	NotApplicableApproved struct {
		Stage   StageKey `json:"stage"`
		Item    ItemKey  `json:"item"`
		Version int      `json:"version"`
	}
	// ItemAssigned names who works on an item, and until when.
	ItemAssigned struct {
		Stage  StageKey `json:"stage"`
		Item   ItemKey  `json:"item"`
		From   PersonID `json:"from,omitempty"`
		Person PersonID `json:"person,omitempty"`
		Due    string   `json:"due,omitempty"`
	}
	// CommentAdded is one contribution to an item's discussion.
	CommentAdded struct {
		Stage StageKey `json:"stage"`
		Item  ItemKey  `json:"item"`
		No    int      `json:"no"`
		Text  string   `json:"text"`
		Once  string   `json:"once,omitempty"` // key of the form: sent twice, it counts once
	}
	// EvidenceAdded links evidence to an item.
	EvidenceAdded struct {
		Stage     StageKey     `json:"stage"`
		Item      ItemKey      `json:"item"`
		No        int          `json:"no"`
		URL       SafeURL      `json:"url"`
		Title     string       `json:"title"`
		Type      EvidenceKind `json:"type"`
		Effective string       `json:"effective"`
		Expires   string       `json:"expires,omitempty"`
		Commit    string       `json:"commit,omitempty"`
	}
	// EvidenceRemoved takes a link away; its row and entry stay readable.
	EvidenceRemoved struct {
		Stage StageKey `json:"stage"`
		Item  ItemKey  `json:"item"`
		No    int      `json:"no"`
	}
	// SignOffRequested opens a round.
	SignOffRequested struct {
		Stage  StageKey `json:"stage"`
		Round  int      `json:"round"`
		Digest Digest   `json:"digest"`
		Policy Policy   `json:"policy"`
		SoD    bool     `json:"separation_of_duties"`
		Early  []string `json:"early,omitempty"` // earlier stages whose gates had not passed
		Reason string   `json:"reason,omitempty"`
	}
	// GateSigned is one person's decision.
	GateSigned struct {
		Stage    StageKey `json:"stage"`
		Round    int      `json:"round"`
		No       int      `json:"no"`
		Seat     Seat     `json:"seat"`
		Decision Decision `json:"decision"`
		Digest   Digest   `json:"digest"`
		Note     string   `json:"note,omitempty"`
		For      PersonID `json:"for,omitempty"` // who holds the seat, when a stand-in signs
	}
	// FindingRaised is a point that a returning signer wants answered.
	FindingRaised struct {
		Stage StageKey `json:"stage"`
		Round int      `json:"round"`
		No    int      `json:"no"`
		Text  string   `json:"text"`
	}
	// FindingAnswered is the team's answer to a finding.
	FindingAnswered struct {
		Stage  StageKey `json:"stage"`
		No     int      `json:"no"`
		Answer string   `json:"answer"`
	}
	// FindingAccepted says that the reviewer is content with an answer.
	FindingAccepted struct {
		Stage StageKey `json:"stage"`
		No    int      `json:"no"`
	}
	// FindingReopened says that the answer does not settle the finding.
	FindingReopened struct {
		Stage  StageKey `json:"stage"`
		No     int      `json:"no"`
		Reason string   `json:"reason"`
	}
	// ConditionSet is a follow-up of a conditional go.
	ConditionSet struct {
		Stage StageKey `json:"stage"`
		Round int      `json:"round"`
		No    int      `json:"no"`
		Text  string   `json:"text"`
		Owner PersonID `json:"owner"`
		Due   string   `json:"due"`
	}
	// ConditionMet says that the condition's owner has done it.
	ConditionMet struct {
		Stage StageKey `json:"stage"`
		No    int      `json:"no"`
		Note  string   `json:"note"`
	}
	// ConditionConfirmed closes a condition.
	ConditionConfirmed struct {
		Stage StageKey `json:"stage"`
		No    int      `json:"no"`
	}
	// ConditionReopened says that what was done does not meet the condition.
	ConditionReopened struct {
		Stage  StageKey `json:"stage"`
		No     int      `json:"no"`
		Reason string   `json:"reason"`
	}
	// WaiverRequested asks for leave to pass without an item until a date.
	WaiverRequested struct {
		Stage   StageKey `json:"stage"`
		Item    ItemKey  `json:"item"`
		No      int      `json:"no"`
		Reason  string   `json:"reason"`
		Risk    string   `json:"risk"`
		Measure string   `json:"measure"`
		Until   string   `json:"until"` // date: the first day on which it no longer counts
	}
	// WaiverGranted puts a waiver in force.
	WaiverGranted struct {
		Stage  StageKey `json:"stage"`
		Item   ItemKey  `json:"item"`
		No     int      `json:"no"`
		Reason string   `json:"reason,omitempty"`
	}
	// WaiverDenied refuses a waiver.
	WaiverDenied struct {
		Stage  StageKey `json:"stage"`
		Item   ItemKey  `json:"item"`
		No     int      `json:"no"`
		Reason string   `json:"reason"`
	}
	// WaiverExtended moves the date until which a waiver counts.
	WaiverExtended struct {
		Stage  StageKey `json:"stage"`
		Item   ItemKey  `json:"item"`
		No     int      `json:"no"`
		From   string   `json:"from"`
		Until  string   `json:"until"`
		Reason string   `json:"reason"`
	}
	// WaiverRevoked ends a waiver before its date.
	WaiverRevoked struct {
		Stage  StageKey `json:"stage"`
		Item   ItemKey  `json:"item"`
		No     int      `json:"no"`
		Reason string   `json:"reason"`
	}
	// GateForced passes a gate on one person's word, and says until when that
	// has to be looked at by others.
	GateForced struct {
		Stage     StageKey `json:"stage"`
		Round     int      `json:"round"`
		Digest    Digest   `json:"digest"`
		Policy    Policy   `json:"policy"`
		Reason    string   `json:"reason"`
		ReviewDue string   `json:"review_due"`
	}
	// RetrospectiveClosed is the review of a forced gate by somebody else.
	RetrospectiveClosed struct {
		Stage StageKey `json:"stage"`
		Round int      `json:"round"`
		Note  string   `json:"note"`
	}
	// ReviewStarted begins the next pass of the project through the template:
	// answers, evidence and waivers carry over, what repeats has to be attested
	// anew.
	ReviewStarted struct {
		No     int    `json:"no"`
		Reason string `json:"reason"`
	}
	// RoundClosed ends a round.
	RoundClosed struct {
		Stage   StageKey `json:"stage"`
		Round   int      `json:"round"`
		Outcome Outcome  `json:"outcome"`
		Digest  Digest   `json:"digest"`
		Reason  string   `json:"reason,omitempty"`
	}
)

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
)

func (ProjectCreated) Kind() string        { return "ProjectCreated" }
func (ProjectEdited) Kind() string         { return "ProjectEdited" }
func (DutySet) Kind() string               { return "DutySet" }
func (StatusChanged) Kind() string         { return "StatusChanged" }
func (ItemAnswered) Kind() string          { return "ItemAnswered" }
func (NotApplicableApproved) Kind() string { return "NotApplicableApproved" }
func (ItemAssigned) Kind() string          { return "ItemAssigned" }
func (CommentAdded) Kind() string          { return "CommentAdded" }
func (EvidenceAdded) Kind() string         { return "EvidenceAdded" }
func (EvidenceRemoved) Kind() string       { return "EvidenceRemoved" }
func (SignOffRequested) Kind() string      { return "SignOffRequested" }
func (GateSigned) Kind() string            { return "GateSigned" }
func (FindingRaised) Kind() string         { return "FindingRaised" }
func (FindingAnswered) Kind() string       { return "FindingAnswered" }
func (RoundClosed) Kind() string           { return "RoundClosed" }
func (FindingAccepted) Kind() string       { return "FindingAccepted" }
func (FindingReopened) Kind() string       { return "FindingReopened" }
func (ConditionSet) Kind() string          { return "ConditionSet" }
func (ConditionMet) Kind() string          { return "ConditionMet" }
func (ConditionConfirmed) Kind() string    { return "ConditionConfirmed" }
func (ConditionReopened) Kind() string     { return "ConditionReopened" }
func (WaiverRequested) Kind() string       { return "WaiverRequested" }
func (WaiverGranted) Kind() string         { return "WaiverGranted" }
func (WaiverDenied) Kind() string          { return "WaiverDenied" }
func (WaiverExtended) Kind() string        { return "WaiverExtended" }
func (WaiverRevoked) Kind() string         { return "WaiverRevoked" }
func (GateForced) Kind() string            { return "GateForced" }
func (RetrospectiveClosed) Kind() string   { return "RetrospectiveClosed" }
func (ReviewStarted) Kind() string         { return "ReviewStarted" }
func (SeatDelegated) Kind() string         { return "SeatDelegated" }
func (DelegationEnded) Kind() string       { return "DelegationEnded" }
func (PersonJoined) Kind() string          { return "PersonJoined" }
func (RightGranted) Kind() string          { return "RightGranted" }
func (RightRevoked) Kind() string          { return "RightRevoked" }

// Subject is the stage and item that an event speaks of, where it does.
func Subject(e Event) (StageKey, ItemKey) {
	switch e := e.(type) {
	case ItemAnswered:
		return e.Stage, e.Item
	case NotApplicableApproved:
		return e.Stage, e.Item
	case ItemAssigned:
		return e.Stage, e.Item
	case CommentAdded:
		return e.Stage, e.Item
	case EvidenceAdded:
		return e.Stage, e.Item
	case EvidenceRemoved:
		return e.Stage, e.Item
	case SignOffRequested:
		return e.Stage, ""
	case GateSigned:
		return e.Stage, ""
	case FindingRaised:
		return e.Stage, ""
	case FindingAnswered:
		return e.Stage, ""
	case RoundClosed:
		return e.Stage, ""
	case FindingAccepted:
		return e.Stage, ""
	case FindingReopened:
		return e.Stage, ""
	case ConditionSet:
		return e.Stage, ""
	case ConditionMet:
		return e.Stage, ""
	case ConditionConfirmed:
		return e.Stage, ""
	case ConditionReopened:
		return e.Stage, ""
	case GateForced:
		return e.Stage, ""
	case RetrospectiveClosed:
		return e.Stage, ""
	case WaiverRequested:
		return e.Stage, e.Item
	case WaiverGranted:
		return e.Stage, e.Item
	case WaiverDenied:
		return e.Stage, e.Item
	case WaiverExtended:
		return e.Stage, e.Item
	case WaiverRevoked:
		return e.Stage, e.Item
	}
	return "", ""
}

// Mentions are the people that an event names beside its actor.
func Mentions(e Event) []PersonID {
	switch e := e.(type) {
	case ProjectCreated:
		return []PersonID{e.Owner, e.Deputy}
	case DutySet:
		return []PersonID{e.Person}
	case ItemAssigned:
		return []PersonID{e.From, e.Person}
	case GateSigned:
		return []PersonID{e.For}
	case ConditionSet:
		return []PersonID{e.Owner}
	case SeatDelegated:
		return []PersonID{e.Person, e.To}
	case DelegationEnded:
		return []PersonID{e.Person}
	case PersonJoined:
		return []PersonID{e.Person}
	case RightGranted:
		return []PersonID{e.Person}
	case RightRevoked:
		return []PersonID{e.Person}
	}
	return nil
}
