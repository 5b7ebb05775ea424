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

// ConditionRef names a condition of a review.
type ConditionRef struct {
	Stage StageKey `json:"stage"`
	No    int      `json:"no"`
}

// Events of a project's stream that concern the project and its items.
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
		Reason string   `json:"reason,omitempty"`
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
		For     PersonID `json:"for,omitempty"` // who holds the seat, when a stand-in approves
	}
	// ItemAssigned names who works on an item, and until when.
	ItemAssigned struct {
		Stage  StageKey `json:"stage"`
		Item   ItemKey  `json:"item"`
		From   PersonID `json:"from,omitempty"`
		Person PersonID `json:"person,omitempty"`
		Due    string   `json:"due,omitempty"`
		// FromDue is the date before, so that the assignment can be undone; entries
		// older than it lack it.
		FromDue string `json:"from_due,omitempty"`
		Reason  string `json:"reason,omitempty"` // why it was handed over
	}
	// CommentAdded is one contribution to an item's discussion.
	CommentAdded struct {
		Stage StageKey `json:"stage"`
		Item  ItemKey  `json:"item"`
		No    int      `json:"no"`
		Text  string   `json:"text"`
		Once  string   `json:"once,omitempty"` // key of the form: sent twice, it counts once
		// People whom the text names and who could see the project then.
		Mentions []PersonID `json:"mentions,omitempty"`
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
	// ReviewStarted begins the next pass of the project through the template:
	// answers, evidence, waivers and open conditions carry over, what repeats has
	// to be attested anew.
	ReviewStarted struct {
		No     int    `json:"no"`
		Reason string `json:"reason"`
		// Conditions that carry over, since they are still open. In each stage
		// they are numbered anew, from 1 in this order.
		Conditions []ConditionRef `json:"conditions,omitempty"`
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
func (ReviewStarted) Kind() string         { return "ReviewStarted" }
