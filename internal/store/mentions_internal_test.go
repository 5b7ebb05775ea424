package store

import (
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

func TestAfterAt(t *testing.T) {
	for text, want := range map[string][]string{
		"":                        nil,
		"mail ada@example.test":   nil,
		"jose\u0301@example.test": nil,
		"@Ada Lindqvist, can?":    {"ada", "ada lindqvist", "ada lindqvist,", "ada lindqvist, can", "ada lindqvist, can?"},
		"(@ada) @Jean-Luc":        {"ada", "ada)", "ada) @jean-luc", "jean-luc"},
		"@J. R. Smith":            {"j", "j.", "j. r", "j. r.", "j. r. smith"},
		"@ nobody":                nil,
		"@rosa.almeida.":          {"rosa.almeida", "rosa.almeida."},
		"please\n@Inês\nlook":     {"ines", "ines look", "inês", "inês\nlook"},
		"@Straße":                 {"strasse", "straße"},
	} {
		var got []string
		for _, a := range afterAt(text) {
			got = append(got, a.names...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A text of any length is looked at as far as a name can be long, and not cut
// within a word.
func TestNamesAreShort(t *testing.T) {
	long := strings.Repeat("o\u0301", maxTyped)
	if got := namesIn("x " + long); !slices.Equal(got, []string{"x"}) {
		t.Errorf("%q", got)
	}
	if got := len(namesIn(strings.Repeat("a ", 10_000))); got > 2*review.MaxName {
		t.Errorf("%d names", got)
	}
	typed := strings.Repeat("o\u0301", review.MaxName)
	if got := namesIn(typed + " x"); len(got) == 0 || got[0] != strings.Repeat("o", review.MaxName) {
		t.Errorf("the longest name, typed in pieces, is read as %q", got)
	}
}

func TestMentionsAreQuotedAsTyped(t *testing.T) {
	var got []string
	for _, a := range afterAt("(@Ada) and @Jean-Luc O'Brien, @rosa.almeida. @ x @Jose\u0301!") {
		got = append(got, a.word)
	}
	if want := []string{"Ada", "Jean-Luc", "rosa.almeida", "Jose\u0301"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
