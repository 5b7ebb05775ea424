package review

// Events of a project's stream that concern a gate: its rounds, and what follows
// from them.
type (
	// SignOffRequested opens a round.
	SignOffRequested struct {
		Stage  StageKey `json:"stage"`
		Round  int      `json:"round"`
		Digest Digest   `json:"digest"`
		Policy Policy   `json:"policy"`
		SoD    bool     `json:"separation_of_duties"`
		Early  []string `json:"early,omitempty"` // earlier stages whose gates had not passed
		Reason string   `json:"reason,omitempty"`
		// Exclusion is whom separation of duties keeps from signing.
		Exclusion Exclusion `json:"exclusion,omitempty"`
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
		For   PersonID `json:"for,omitempty"` // who holds the seat, when a stand-in judges
	}
	// FindingReopened says that the answer does not settle the finding.
	FindingReopened struct {
		Stage  StageKey `json:"stage"`
		No     int      `json:"no"`
		Reason string   `json:"reason"`
		For    PersonID `json:"for,omitempty"`
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
	// ConditionHandedOn gives a condition to another owner.
	ConditionHandedOn struct {
		Stage  StageKey `json:"stage"`
		No     int      `json:"no"`
		From   PersonID `json:"from"`
		Owner  PersonID `json:"owner"`
		Reason string   `json:"reason,omitempty"`
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
		For   PersonID `json:"for,omitempty"` // who holds the seat, when a stand-in judges
	}
	// ConditionReopened says that what was done does not meet the condition.
	ConditionReopened struct {
		Stage  StageKey `json:"stage"`
		No     int      `json:"no"`
		Reason string   `json:"reason"`
		For    PersonID `json:"for,omitempty"`
	}
	// ConditionReleased takes an open condition back: it is asked for no more,
	// such as when another has taken its place.
	ConditionReleased struct {
		Stage  StageKey `json:"stage"`
		No     int      `json:"no"`
		Reason string   `json:"reason"`
		For    PersonID `json:"for,omitempty"`
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
		// Exclusion is as with a request, when there was none.
		Exclusion Exclusion `json:"exclusion,omitempty"`
	}
	// RetrospectiveClosed is the review of a forced gate by somebody else.
	RetrospectiveClosed struct {
		Stage StageKey `json:"stage"`
		Round int      `json:"round"`
		Note  string   `json:"note"`
		For   PersonID `json:"for,omitempty"` // who holds the seat, when a stand-in reviews
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

func (SignOffRequested) Kind() string    { return "SignOffRequested" }
func (GateSigned) Kind() string          { return "GateSigned" }
func (FindingRaised) Kind() string       { return "FindingRaised" }
func (FindingAnswered) Kind() string     { return "FindingAnswered" }
func (RoundClosed) Kind() string         { return "RoundClosed" }
func (FindingAccepted) Kind() string     { return "FindingAccepted" }
func (FindingReopened) Kind() string     { return "FindingReopened" }
func (ConditionSet) Kind() string        { return "ConditionSet" }
func (ConditionHandedOn) Kind() string   { return "ConditionHandedOn" }
func (ConditionMet) Kind() string        { return "ConditionMet" }
func (ConditionConfirmed) Kind() string  { return "ConditionConfirmed" }
func (ConditionReopened) Kind() string   { return "ConditionReopened" }
func (ConditionReleased) Kind() string   { return "ConditionReleased" }
func (GateForced) Kind() string          { return "GateForced" }
func (RetrospectiveClosed) Kind() string { return "RetrospectiveClosed" }
