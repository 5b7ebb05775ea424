// Package fold brings texts to one form in which they are compared, and makes
// keys of names. Every search and every check for a twin goes through it, so
// that "Größe", "GRÖSSE" and "gro\u0308ße" are one word everywhere.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Text is the form in which texts are compared: compatible characters made one
// (NFKC), without case, accents and characters that nobody sees, and with single
// spaces. Letters of other scripts that look like Latin ones count as those. What
// is equal in this form a person takes for the same.
func Text(s string) string {
	if plain(s) {
		return strings.Join(strings.Fields(strings.ToLower(s)), " ")
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, "")) {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unseen(r) || accent(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		if word, ok := letters[unicode.ToLower(r)]; ok {
			b.WriteString(word)
		} else {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return norm.NFC.String(b.String())
}

// Has reports whether a text contains another one that is in the form of
// [Text] already.
func Has(text, folded string) bool {
	return folded == "" || strings.Contains(Text(text), folded)
}

// plain reports whether a text is ASCII, as most are.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] < ' ' {
			return false
		}
	}
	return true
}

// unseen are characters without a shape: joiners, direction marks, fillers.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Cc, unicode.Variation_Selector) || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0' || r == '\u034f'
}

// accent are the marks that writers of alphabets leave out or type in another
// order. Those of other scripts are letters of their own and stay.
func accent(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r <= 0x36f, r >= 0x483 && r <= 0x489, r >= 0x591 && r <= 0x5bd, r >= 0x64b && r <= 0x65f,
		r >= 0x1ab0 && r <= 0x1aff, r >= 0x1dc0 && r <= 0x1dff, r >= 0x20d0 && r <= 0x20ff, r >= 0xfe20 && r <= 0xfe2f:
		return true
	}
	return false
}

// letters are those that neither case nor decomposition brings together: letters
// that people write as two, final forms, and letters of other alphabets that look
// just like a Latin one.
var letters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ħ': "h", 'ı': "i", 'ł': "l", 'ŧ': "t", 'þ': "th", 'ŋ': "ng",
	'ς': "σ", 'ɑ': "a", 'ɡ': "g",
	// Cyrillic
	'а': "a", 'в': "b", 'е': "e", 'к': "k", 'м': "m", 'н': "h", 'о': "o", 'р': "p", 'с': "c", 'т': "t", 'у': "y", 'х': "x", 'і': "i", 'ј': "j", 'ѕ': "s", 'ԁ': "d", 'һ': "h",
	// Greek
	'α': "a", 'ο': "o", 'ν': "v", 'ρ': "p", 'ι': "i", 'κ': "k", 'υ': "u", 'χ': "x",
	// Dashes and quotes that keyboards put in the place of others
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '−': "-", '‘': "'", '’': "'", '“': `"`, '”': `"`,
}
