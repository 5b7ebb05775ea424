package plan

import (
	"slices"
	"strings"
)

// Seat is a discipline that signs gates, by its key. Those that come with
// Slipway are in [Seats]; documents add their own ([Words]).
type Seat string

const (
	SeatProduct      Seat = "product"
	SeatEngineering  Seat = "engineering"
	SeatArchitecture Seat = "architecture"
	SeatQA           Seat = "qa"
	SeatSRE          Seat = "sre"
	SeatSecurity     Seat = "security"
	SeatCompliance   Seat = "compliance"
	SeatData         Seat = "data"
)

// Seats lists the seats that come with Slipway, in the order in which pages show
// them.
func Seats() []Seat {
	return []Seat{SeatProduct, SeatEngineering, SeatArchitecture, SeatQA, SeatSRE, SeatSecurity, SeatCompliance, SeatData}
}

// Valid reports whether s has the form of a seat's key. Whether there is such a
// seat, documents say.
func (s Seat) Valid() bool { return validWord(string(s)) }

// Label is the seat's name on pages; see [label].
func (s Seat) Label() string { return label(string(s)) }

// EvidenceKind says what sort of thing an evidence link points to, by its key.
// Those that come with Slipway are in [EvidenceKinds]; documents add their own.
type EvidenceKind string

// EvidenceKinds lists the kinds that come with Slipway, in the order in which
// pages offer them.
func EvidenceKinds() []EvidenceKind {
	return []EvidenceKind{"doc", "ticket", "repo", "ci-run", "test-report", "dashboard", "policy", "runbook"}
}

// Valid reports whether k has the form of a kind's key. Whether there is such a
// kind, documents say.
func (k EvidenceKind) Valid() bool { return validWord(string(k)) }

// Label is the kind's name on pages; see [label].
func (k EvidenceKind) Label() string {
	switch k {
	case "doc":
		return "Document"
	case "repo":
		return "Repository"
	}
	return label(string(k))
}

// MaxWords is the most seats, kinds of evidence, or kinds of environment that a document
// adds.
const MaxWords = 20

// Words are the seats, the kinds of evidence and the kinds of environment that a
// document adds to those that come with Slipway.
type Words struct {
	Seats        []Seat            `json:"seats,omitempty"`
	Evidence     []EvidenceKind    `json:"evidence,omitempty"`
	Environments []EnvironmentKind `json:"environments,omitempty"`
}

// And are the words of both, each once.
func (w Words) And(other Words) Words {
	return Words{
		Seats: join(w.Seats, other.Seats), Evidence: join(w.Evidence, other.Evidence), Environments: join(w.Environments, other.Environments),
	}
}

// AllSeats are the seats that come with Slipway, then those that are added.
func (w Words) AllSeats() []Seat { return join(Seats(), w.Seats) }

// AllEvidence are the kinds that come with Slipway, then those that are added.
func (w Words) AllEvidence() []EvidenceKind { return join(EvidenceKinds(), w.Evidence) }

// AllEnvironments are the kinds that come with Slipway, then those that are added.
func (w Words) AllEnvironments() []EnvironmentKind { return join(EnvironmentKinds(), w.Environments) }

// HasEnvironment reports whether k comes with Slipway or is added.
func (w Words) HasEnvironment(k EnvironmentKind) bool {
	return slices.Contains(EnvironmentKinds(), k) || slices.Contains(w.Environments, k)
}

// HasSeat reports whether s comes with Slipway or is added.
func (w Words) HasSeat(s Seat) bool {
	return slices.Contains(Seats(), s) || slices.Contains(w.Seats, s)
}

// HasEvidence reports whether k comes with Slipway or is added.
func (w Words) HasEvidence(k EvidenceKind) bool {
	return slices.Contains(EvidenceKinds(), k) || slices.Contains(w.Evidence, k)
}

// join is a with what b has beside it.
func join[T comparable](a, b []T) []T {
	out := slices.Clip(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// WordForm says what a key of a seat, or of a kind of evidence or environment, is.
const WordForm = "2 to 30 lower-case letters, digits and single hyphens, starting with a letter"

// maxWord is the longest of them, in bytes.
const maxWord = 30

func validWord(key string) bool { return len(key) <= maxWord && ValidKey(key) }

// label is a key as a name. Its parts are words: the first begins with a capital
// letter, or is an abbreviation if it has up to three letters, so that sre is SRE
// and ci-run is CI run. Names come from keys and from nowhere else, so a trail
// can be read without the documents.
func label(key string) string {
	if key == "" {
		return ""
	}
	first, rest, _ := strings.Cut(key, "-")
	if len(first) <= 3 {
		first = strings.ToUpper(first)
	} else {
		first = strings.ToUpper(first[:1]) + first[1:]
	}
	return strings.TrimSpace(first + " " + strings.ReplaceAll(rest, "-", " "))
}
