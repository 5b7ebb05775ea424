package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// OwnRecord is a record that the reader owns and that is not closed.
type OwnRecord struct {
	Project review.ProjectKey
	Name    string // of the project
	No      int    // within the project
	Kind    record.Key
	Title   string
	State   record.StateKey
	Due     time.Time // date; zero: none
}

func (r *OwnRecord) href() string { return RecordURL(r.Project, r.Kind, r.No) }

func (r *OwnRecord) title() string {
	return fmt.Sprintf("%s%d %s", kindOf(r.Kind).Mark, r.No, Cut(r.Title, 120))
}

func (r *OwnRecord) overdue(now time.Time) bool { return !r.Due.IsZero() && review.Over(r.Due, now) }

// what is the record's kind and what its date is: "Risk, look at it again by".
func (r *OwnRecord) what() string {
	k := kindOf(r.Kind)
	if r.Due.IsZero() || k.Due == "" {
		return Capital(k.One)
	}
	return Capital(k.One) + ", " + strings.ToLower(k.Due[:1]) + k.Due[1:]
}

// look says how it stands.
func (r *OwnRecord) look(now time.Time) (ui.State, string) {
	st := kindOf(r.Kind).State(r.State)
	switch {
	case r.overdue(now):
		return ui.Bad, "Overdue"
	case st == nil:
		return ui.Open, string(r.State)
	}
	return RecordLook(st, false), st.Label
}
