package ui

import "testing"

func TestSentence(t *testing.T) {
	for _, c := range []struct{ label, message, want string }{
		{"Where to", "has to be filled in", "Where to has to be filled in"},
		{"Where to", "Where to has to be filled in", "Where to has to be filled in"},
		{"What is it?", "has to be filled in", "“What is it?” has to be filled in"},
		{"Has to be told by", "say by when", "Say by when"},
		{"Links", "line 2 must start with https://", "Links, line 2 must start with https://"},
		{"Links", "Links, line 2 must start with https://", "Links, line 2 must start with https://"},
		{"", "is too long", "Is too long"}, {"Name", "über 20", "Über 20"}, {"Name", "", ""},
	} {
		if got := Sentence(c.label, c.message); got != c.want {
			t.Errorf("%q of %q is %q, want %q", c.message, c.label, got, c.want)
		}
	}
}
