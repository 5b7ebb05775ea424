package review

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of typed text, in characters.
const (
	MaxName   = 120
	MaxTitle  = 200
	MaxReason = 2000
	MaxNote   = 4000
	MaxURL    = 2000
)

// input collects the problems of one form while its fields are cleaned.
type input struct{ problems Invalid }

// line cleans a single-line field: surrounding space is cut off.
func (in *input) line(field, s string, max int) string {
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "\r\n\t\u2028\u2029") {
		in.problems.Add(field, "must be a single line")
		return s
	}
	return in.checked(field, s, max, "shorten it")
}

// text cleans a field of several lines: line ends become \n and surrounding
// space is cut off.
func (in *input) text(field, s string, max int) string {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	return in.checked(field, s, max, "shorten it or link to the full text")
}

func (in *input) checked(field, s string, max int, advice string) string {
	if !utf8.ValidString(s) {
		in.problems.Add(field, "contains bytes that are not text")
		return s
	}
	if n := utf8.RuneCountInString(s); n > max {
		in.problems.Add(field, fmt.Sprintf("is %d characters long; at most %d are kept, so %s", n, max, advice))
		return s
	}
	for _, r := range s {
		if r == '\n' || r == '\t' {
			continue
		}
		if unicode.IsControl(r) || isBidiControl(r) {
			in.problems.Add(field, fmt.Sprintf("contains the invisible control character U+%04X; remove it", r))
			return s
		}
	}
	if !strings.ContainsFunc(s, isVisible) {
		return "" // spaces of no width explain nothing
	}
	return s
}

// isVisible reports characters that leave ink.
func isVisible(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) }

// also notes what is wrong with a field of which nothing is said yet: what follows from a
// field that could not be read says nothing new.
func (in *input) also(field, message string) {
	if !slices.ContainsFunc(in.problems.Fields, func(p FieldError) bool { return p.Field == field }) {
		in.problems.Add(field, message)
	}
}

// require notes a problem when s is empty.
func (in *input) require(field, s, message string) {
	if s == "" {
		in.problems.Add(field, message)
	}
}

// isBidiControl reports characters that can make text read differently from
// what is stored (see CVE-2021-42574).
func isBidiControl(r rune) bool {
	return (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069) || r == 0x200E || r == 0x200F || r == 0x061C
}

// DateLayout is how dates are typed, shown and stored.
const DateLayout = "2006-01-02"

// day parses a date field that has to be filled in. The zero time stands for
// one that was found wrong.
func (in *input) day(field, s, missing string) time.Time {
	in.require(field, strings.TrimSpace(s), missing)
	return in.date(field, s)
}

// date parses an optional date field; the zero time stands for none.
func (in *input) date(field, s string) time.Time {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}
	}
	d, err := time.Parse(DateLayout, s)
	if err != nil {
		in.problems.Add(field, "is not a date; write it as 2026-11-20")
		return time.Time{}
	}
	if d.Year() < 1970 || d.Year() > 2199 {
		in.problems.Add(field, "must lie between 1970-01-01 and 2199-12-31")
		return time.Time{}
	}
	return d
}
