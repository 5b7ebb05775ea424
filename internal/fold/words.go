package fold

import (
	"strings"
	"unicode"
)

// Words are the words of a text in the form of [Text], with one space between them:
// whatever is neither a letter nor a digit parts words, and each character of a
// script that writes no spaces is a word by itself. So an index of the beginnings
// of words finds any two characters of Chinese that stand side by side.
func Words(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	part := false
	for _, r := range Text(s) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			part = true
			continue
		}
		alone := Alone(r)
		if (part || alone) && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		part = alone
	}
	return b.String()
}

// Alone reports whether a character is a word by itself in [Words].
func Alone(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}
