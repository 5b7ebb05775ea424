package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longestKey leaves room for a number behind a key of 40 characters.
const longestKey = 36

// Key makes a key of a name: lower-case words of a to z and digits, joined by
// hyphens, starting with a letter. German umlauts, the letters of Greek and
// Cyrillic and those in a table below are written as people who have no such
// keyboard write them; other Latin letters lose their accents. It is empty when
// the name holds fewer than two such letters or digits, as one in Chinese.
func Key(name string) string {
	var words []string
	length := 0
	for _, w := range strings.FieldsFunc(latin(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if len(words) == 0 && w[0] <= '9' {
			w = "p" + w
		}
		w = w[:min(len(w), longestKey)]
		if length+len(w) > longestKey {
			break
		}
		words, length = append(words, w), length+len(w)+1
	}
	key := strings.Join(words, "-")
	if len(key) < 2 {
		return ""
	}
	return key
}

// latin writes a name in lower-case Latin letters, as far as the tables go.
func latin(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(strings.ToValidUTF8(name, "")) {
		r = unicode.ToLower(r)
		if word, ok := spelled[r]; ok {
			b.WriteString(word)
			continue
		}
		for _, part := range norm.NFKD.String(string(r)) {
			switch word, ok := spelled[part]; {
			case ok:
				b.WriteString(word)
			case accent(part) || unseen(part) || part == '\'' || part == '’':
			default:
				b.WriteRune(unicode.ToLower(part))
			}
		}
	}
	return b.String()
}

// spelled is how a letter is written in Latin ones: German as in passports,
// Cyrillic close to ISO 9 without marks, Greek close to ISO 843.
var spelled = map[rune]string{
	'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "oe", 'å': "aa", 'đ': "d", 'ð': "d", 'ħ': "h", 'ı': "i", 'ł': "l", 'ŧ': "t", 'þ': "th", 'ŋ': "ng",
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'ђ': "dj", 'е': "e", 'ё': "yo", 'є': "ye", 'ж': "zh", 'з': "z", 'и': "i", 'і': "i", 'ї': "yi", 'й': "y",
	'ј': "j", 'к': "k", 'л': "l", 'љ': "lj", 'м': "m", 'н': "n", 'њ': "nj", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'ћ': "c", 'у': "u", 'ў': "u", 'ф': "f", 'х': "kh",
	'ц': "ts", 'ч': "ch", 'џ': "dz", 'ш': "sh", 'щ': "shch", 'ъ': "", 'ы': "y", 'ь': "", 'э': "e", 'ю': "yu", 'я': "ya",
	'α': "a", 'β': "v", 'γ': "g", 'δ': "d", 'ε': "e", 'ζ': "z", 'η': "i", 'θ': "th", 'ι': "i", 'κ': "k", 'λ': "l", 'μ': "m", 'ν': "n", 'ξ': "x", 'ο': "o", 'π': "p",
	'ρ': "r", 'σ': "s", 'ς': "s", 'τ': "t", 'υ': "y", 'φ': "f", 'χ': "ch", 'ψ': "ps", 'ω': "o",
}
