package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// NoticeKind is the tone of a notice.
type NoticeKind string

// The four tones; each has a shape and says its word to those who cannot see it.
const (
	Info    NoticeKind = "info"
	Warning NoticeKind = "warn"
	Failure NoticeKind = "error"
	Success NoticeKind = "success"
)

func (k NoticeKind) class() string {
	switch k {
	case Warning:
		return "note-box s-warn"
	case Failure:
		return "note-box s-bad"
	case Success:
		return "note-box s-met"
	}
	return "note-box s-part"
}

func (k NoticeKind) word() string {
	switch k {
	case Warning:
		return "Attention: "
	case Failure:
		return "Error: "
	case Success:
		return "Done: "
	}
	return "Note: "
}

func (k NoticeKind) role() string {
	if k == Failure || k == Warning {
		return "alert"
	}
	return "status"
}

// StageSegment is one stage on the track.
type StageSegment struct {
	Number  int
	Name    string
	Href    string
	State   State
	Word    string // "Passed", "Waiting for sign-off", "Open"
	Done    int    // musts satisfied
	Total   int    // musts that apply
	Current bool
	Instead string // of the count
}

func (s StageSegment) count() string {
	if s.Instead != "" {
		return s.Instead
	}
	if s.Total == 0 {
		return "nothing required"
	}
	return counts(s.Done, s.Total) + " required"
}

// width is the filled part of the bar, 0 to 100. Where no must applies, a gate
// that passed is all there is to do.
func (s StageSegment) width() string {
	if s.Total == 0 && s.State == Met {
		return "100"
	}
	return strconv.Itoa(percent(s.Done, s.Total))
}

// trackSummary is the compact track in words.
func trackSummary(segments []StageSegment) string {
	passed, current := 0, ""
	for _, s := range segments {
		if s.State == Met {
			passed++
		}
		if s.Current {
			current = fmt.Sprintf(", now in stage %d, %s", s.Number, s.Name)
		}
	}
	return fmt.Sprintf("%d of %d stages passed%s", passed, len(segments), current)
}

func percent(done, total int) int {
	if total <= 0 || done <= 0 {
		return 0
	}
	return min(100*done/total, 100)
}

func counts(done, total int) string { return strconv.Itoa(done) + "/" + strconv.Itoa(total) }

// ago says how long before or after now t is, in the largest unit that fits.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d <= -time.Minute:
		return "in " + span(-d)
	case d < 0:
		return "in less than a minute"
	case d < time.Minute:
		return "just now"
	}
	return span(d) + " ago"
}

func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute")
	case d < day:
		return plural(int(d/time.Hour), "hour")
	case d < 60*day:
		return plural(int(d/day), "day")
	case d < 730*day:
		return plural(int(d/(30*day)), "month")
	}
	return plural(int(d/(365*day)), "year")
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

// Ago is the relative time in words, for sentences that are not HTML.
func Ago(t, now time.Time) string { return ago(t, now) }

// Span is a length of time in words, in the largest unit that fits.
func Span(d time.Duration) string { return span(max(d, 0)) }

// Blocker is one reason why a gate cannot be requested or cannot pass.
type Blocker struct {
	State State
	What  string    // a plain sentence
	Href  string    // where to act
	Owner string    // may be empty: nobody
	Since time.Time // zero: not known
}

// Seat is one row of the table of who signs a gate.
type Seat struct {
	Name      string // "Security"
	Mandatory bool
	State     State
	Word      string // "Go", "Go with conditions", "Returned", "Waiting", "Out of date"
	Person    string // who signed or may sign, in words
	At        time.Time
	Note      string
	Until     string // why it sits here only for now; empty: it does not
}

// Entry is one line of a history.
type Entry struct {
	State State
	Who   string
	What  string // past tense, no full stop: "met SLO defined"
	Href  string // what it happened to; may be empty
	Thing string // the words of that link
	Why   string // the reason or note, as it was typed
	At    time.Time
}

// Option is one choice of a select, of radios or of checkboxes.
type Option struct {
	Value, Label, Hint string
	Selected           bool
}

// Field is what every form field has. Name is the form's field name and the base of ids; Error, when set, is shown above
// the control, marks it invalid, and is what ErrorSummary links to.
type Field struct {
	Name, Label, Hint, Error string
	ID                       string // base of ids instead of Name, where two forms of a page have a field of the same name
	Value                    string
	Optional                 bool // says "(optional)"; fields are required unless they say otherwise
	Auto                     string
	List                     string // id of the datalist with what can be chosen
}

func (f Field) label() string {
	if f.Optional {
		return f.Label + " (optional)"
	}
	return f.Label
}

func (f Field) id() string {
	if f.ID != "" {
		return "f-" + f.ID
	}
	return "f-" + f.Name
}

func (f Field) describedBy() string {
	switch {
	case f.Hint != "" && f.Error != "":
		return f.id() + "-hint " + f.id() + "-err"
	case f.Hint != "":
		return f.id() + "-hint"
	case f.Error != "":
		return f.id() + "-err"
	}
	return ""
}

// FieldError is one line of the summary of errors; it links to the field by its Name, or its ID where it has one.
type FieldError struct{ Name, Text string }

// Column is a table heading. Href makes it a link that sorts; Sort is "ascending", "descending" or empty.
type Column struct {
	Label, Href, Sort string
	Num               bool
	Key               string // heat columns: the stage's key
}

// Chip is one preset filter, a link.
type Chip struct {
	Label, Href string
	Count       int // below 0 shows none
	Current     bool
	ID          string // of the count, where an answer out of band may replace it; may be empty
}

// Page is the position in a long list; Prev and Next are empty at the ends. A Total of 0 is not known, and not said.
type Page struct {
	From, To, Total int
	Noun            string // plural: "projects"
	Prev, Next      string
}

// Words say where the page is: "1 project", "51 to 62 of 62 projects".
func (p Page) Words() string {
	part := Number(p.From) + " to " + Number(p.To)
	switch {
	case p.Total == 0:
		return p.noun() + " " + part + ", and more"
	case p.From > 1 || p.To < p.Total:
		return part + " of " + Number(p.Total) + " " + p.Noun
	case p.Total == 1 && p.Noun == "people":
		return "1 person"
	case p.Total == 1:
		if stem, ok := strings.CutSuffix(p.Noun, "ies"); ok {
			return "1 " + stem + "y"
		}
		return "1 " + strings.TrimSuffix(p.Noun, "s")
	}
	return Number(p.Total) + " " + p.Noun
}

func (p Page) noun() string { return strings.ToUpper(p.Noun[:1]) + p.Noun[1:] }

// Side is one half of a conflict.
type Side struct {
	Title string // "Ben Okafor answered 2 minutes ago"
	State State
	Word  string
	Text  string
}
