package store

import (
	"slices"
	"testing"
)

func TestAfterAt(t *testing.T) {
	for text, want := range map[string][]string{
		"":                              nil,
		"mail ada@example.test":         nil,
		"@Ada Lindqvist, can you?":      {"ada lindqvist  can you  "},
		"(@ada) and @Jean-Luc O'Brien.": {"ada  and @jean-luc o'brien  ", "jean-luc o'brien  "},
		"@ nobody":                      nil,
		"@rosa.almeida":                 {"rosa.almeida "},
		"please\n@Inês Duarte\nlook":    {"inês duarte look "},
	} {
		var got []string
		for _, a := range afterAt(text) {
			got = append(got, a.rest)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestMentionsAreQuotedAsTyped(t *testing.T) {
	var got []string
	for _, a := range afterAt("(@Ada) and @Jean-Luc O'Brien, @rosa.almeida. @ x") {
		got = append(got, a.word)
	}
	if want := []string{"Ada", "Jean-Luc", "rosa.almeida"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
