package review

import (
	"errors"
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"strings"
	"time"
)

// ErrNotFound is returned for a thing that does not exist or that the actor
// may not know of.
var ErrNotFound = errors.New("not found")

// Denied says that the actor may not do this. Why is a whole sentence.
type Denied struct {
	Action Action
	Why    string
}

func (e *Denied) Error() string { return fmt.Sprintf("%s denied: %s", e.Action, e.Why) }

// FieldError names one input and says what is wrong with it, and what would be right.
type FieldError struct {
	Field   string
	Message string
}

// Invalid lists everything that is wrong with an input.
type Invalid struct{ Fields []FieldError }

func (e *Invalid) Error() string {
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Field + ": " + f.Message
	}
	return "invalid input: " + strings.Join(parts, "; ")
}

// Add notes one more problem.
func (e *Invalid) Add(field, message string) {
	e.Fields = append(e.Fields, FieldError{field, message})
}

// Err is e when there is any problem, nil otherwise.
func (e *Invalid) Err() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

func invalid(field, message string) error {
	return &Invalid{Fields: []FieldError{{field, message}}}
}

// AnswerConflict says that somebody else changed the answer in between. It
// carries the answer as it now stands so that a page can show both.
type AnswerConflict struct {
	Stage   plan.StageKey
	Item    plan.ItemKey
	Current Answer
}

func (e *AnswerConflict) Error() string {
	return fmt.Sprintf("item %s was changed meanwhile (now version %d)", e.Item, e.Current.Version)
}

// StaleDigest says that a decision was made on content that has changed.
type StaleDigest struct{ Shown, Current Digest }

func (e *StaleDigest) Error() string {
	return "the content changed since the page was opened"
}

// Outdated says that what a decision is about, such as a waiver, is no longer
// what the person had read.
type Outdated struct{ What string }

func (e *Outdated) Error() string {
	return "the " + e.What + " changed since the page was opened"
}

// Blocked says that a gate cannot be requested, and lists why.
type Blocked struct{ Blockers []Blocker }

func (e *Blocked) Error() string {
	return fmt.Sprintf("sign-off cannot be requested: %d blockers", len(e.Blockers))
}

// Refused says that the thing is in a state in which the command makes no
// sense. Why is a whole sentence that says what to do.
type Refused struct{ Why string }

func (e *Refused) Error() string { return e.Why }

func refuse(format string, args ...any) error { return &Refused{Why: fmt.Sprintf(format, args...)} }

// earliest is the sooner of two moments, where zero means never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
