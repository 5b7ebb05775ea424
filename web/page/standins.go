package page

import (
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// StandIn is a delegation that runs or is still to come.
type StandIn struct {
	Person      review.PersonID // who holds the seat
	Holder, To  string          // names
	No          int             // of that person's delegations
	Seat        plan.Seat
	Project     review.ProjectKey // empty: everywhere
	ProjectName string
	Starts      time.Time
	Ends        time.Time // the first moment at which it no longer holds
	Reason      string
}

func (s *StandIn) running(now time.Time) bool { return !now.Before(s.Starts) }

// last is the last day on which they stand in.
func (s *StandIn) last() time.Time { return review.Today(s.Ends.Add(-time.Microsecond)) }

// words say for whom and how long the reader stands in.
func (s *StandIn) words(now time.Time) string {
	seat := s.Seat.Label()
	if s.ProjectName != "" {
		seat += ", " + s.ProjectName
	}
	if s.running(now) {
		return "You stand in for " + s.Holder + " (" + seat + ") until " + s.last().Format("2 Jan 2006") + "."
	}
	return "From " + s.Starts.Format("2 Jan 2006") + " until " + s.last().Format("2 Jan 2006") + " you stand in for " + s.Holder + " (" + seat + ")."
}

// OwnSeat is a seat that the reader holds and can hand to a stand-in.
type OwnSeat struct {
	Seat        plan.Seat
	Project     review.ProjectKey // empty: everywhere
	ProjectName string
}

// Value is how the seat stands in the form: with its project, where it is for
// one.
func (s OwnSeat) Value() string {
	if s.Project == "" {
		return string(s.Seat)
	}
	return string(s.Seat) + "@" + string(s.Project)
}

// ParseOwnSeat reads what [OwnSeat.Value] wrote.
func ParseOwnSeat(s string) (plan.Seat, review.ProjectKey) {
	seat, project, _ := strings.Cut(s, "@")
	return plan.Seat(seat), review.ProjectKey(project)
}

// StandInForm is the form that names a stand-in, as it was sent and could not
// be carried out. The zero value is an empty form.
type StandInForm struct {
	To, Seat, Starts, Ends, Reason string
	Errors                         map[string]string // by field
	Problem                        string            // in a sentence, when it is not about a field
}

// StandInsData is what the reader has to know of stand-ins.
type StandInsData struct {
	Reader review.PersonID
	Seats  []OwnSeat
	Given  []StandIn
	Taken  []StandIn
	Others []StandIn
	People []Somebody // who can stand in
	More   bool       // there are more
	Who    string     // by which they were looked for
	Form   StandInForm
}

// empty reports whether the section has nothing to say to the reader.
func (d *StandInsData) empty() bool {
	return d == nil || len(d.Seats)+len(d.Given)+len(d.Taken)+len(d.Others) == 0
}

func (d *StandInsData) field(name, label, hint, value string) ui.Field {
	f := ui.Field{ID: "delegate-" + name, Name: name, Label: label, Hint: hint, Value: value}
	if text := d.Form.Errors[name]; text != "" {
		f.Error = FieldSentence(label, text)
	}
	return f
}

// fields are those of the form, in order.
func (d *StandInsData) fields() []ui.Field {
	starts := d.field("starts", "First day", "Empty: from now on.", d.Form.Starts)
	starts.Optional = true
	reason := d.field("reason", "Reason", "Such as leave. Everybody sees it on the trail of rights.", d.Form.Reason)
	reason.Optional = true
	return []ui.Field{
		d.field("seat", "Seat", "", d.Form.Seat), d.field("to", "Who stands in", "", d.Form.To),
		starts, d.field("ends", "Last day", "At most 90 days after the first.", d.Form.Ends), reason,
	}
}

// errors lists what is wrong with the form that was sent.
func (d *StandInsData) errors() []ui.FieldError {
	if d == nil {
		return nil
	}
	var out []ui.FieldError
	for _, f := range d.fields() {
		if f.Error != "" {
			out = append(out, ui.FieldError{Name: f.ID, Text: f.Error})
		}
	}
	for _, name := range []string{"project", "form"} {
		if text := d.Form.Errors[name]; text != "" {
			out = append(out, ui.FieldError{Name: "delegate-seat", Text: FieldSentence(fieldName(name), text)})
		}
	}
	if d.Form.Problem != "" {
		out = append(out, ui.FieldError{Name: "delegate-to", Text: d.Form.Problem})
	}
	return out
}

// open reports whether the form was sent, or somebody is being looked for.
func (d *StandInsData) open() bool { return len(d.errors()) > 0 || d.Who != "" }

func (d *StandInsData) seatOptions() []ui.Option {
	var options []ui.Option
	if len(d.Seats) > 1 {
		options = append(options, ui.Option{Label: "Choose"})
	}
	for _, s := range d.Seats {
		o := ui.Option{Value: s.Value(), Label: s.Seat.Label()}
		if s.Project != "" {
			o.Label += ", " + s.ProjectName
		}
		o.Selected = o.Value == d.Form.Seat
		options = append(options, o)
	}
	return options
}

func (d *StandInsData) personOptions() []ui.Option {
	options := []ui.Option{{Label: "Choose"}}
	for _, p := range d.People {
		if p.ID == d.Reader {
			continue
		}
		o := ui.Option{Value: strconv.FormatInt(int64(p.ID), 10), Label: p.Name}
		if p.Email != "" {
			o.Label += " (" + p.Email + ")"
		}
		o.Selected = o.Value == d.Form.To
		options = append(options, o)
	}
	return options
}
