package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"time"
)

// Event is a fact that changed a project or the directory, named in the past
// tense. Events hold ids of people, never their names or addresses, so that
// personal data can be erased without breaking the trail. Each says itself what
// it concerns and what it does, so a new one cannot be forgotten in between.
type Event interface {
	Kind() string                           // the type's own name; the trail keeps it
	Subject() (plan.StageKey, plan.ItemKey) // the stage and the item that it concerns, where it does
	People() []PersonID                     // those it names beside its actor; 0 stands for nobody
}

// projectEvent is an event of a project's stream.
type projectEvent interface {
	Event
	// fold brings the review to the state after the event. Every stage is loaded
	// when the event concerns none.
	fold(*Review, Entry) error
}

// directoryEvent is an event of the directory's stream.
type directoryEvent interface {
	Event
	whose() PersonID // whose rights it changes
	fold(*Entitlements, Entry) error
}

// libraryEvent is an event of the library's stream.
type libraryEvent interface {
	Event
	About() string // the document that it concerns, by key
	fold(*Published, Entry) error
}

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
	Stage plan.StageKey `json:"stage"`
	No    int           `json:"no"`
}
