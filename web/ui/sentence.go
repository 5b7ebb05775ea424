package ui

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentence makes a sentence of what is wrong with a field. The message says either what
// the field does ("is too long"), which line of it is at fault ("line 2 must ..."), or what
// to do ("say why"). One that is a sentence already stays as it is.
func Sentence(label, message string) string {
	if strings.HasSuffix(label, "?") {
		label = "“" + label + "”"
	}
	first, _, _ := strings.Cut(message, " ")
	switch {
	case label == "":
	case slices.Contains([]string{"is", "are", "must", "contains", "lies", "names", "has", "does", "cannot"}, first):
		return label + " " + message
	case first == "line":
		return label + ", " + message
	}
	r, n := utf8.DecodeRuneInString(message)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + message[n:]
}
