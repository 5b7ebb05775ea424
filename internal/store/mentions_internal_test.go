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
		"@ nobody":                      {" nobody "},
		"@rosa.almeida":                 {"rosa.almeida "},
		"please\n@Inês Duarte\nlook":    {"inês duarte look "},
	} {
		if got := afterAt(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
