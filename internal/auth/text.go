package auth

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxNameRunes  = 120
	maxEmailBytes = 254
)

// cleanName makes a name from outside fit to show: what cannot be seen or turns the text around is taken out, runs
// of space become one, and it is cut at maxNameRunes. Joiners stay, as several scripts need them inside a word.
func cleanName(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200c' || r == '\u200d':
			return r
		case !unicode.IsGraphic(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	s = strings.Trim(s, "\u200c\u200d ")
	if utf8.RuneCountInString(s) > maxNameRunes {
		s = strings.TrimSpace(string([]rune(s)[:maxNameRunes]))
	}
	return s
}

// cleanEmail returns an address that is fit to show, or nothing. It repairs nothing: half an address is worse than none.
func cleanEmail(s string) string {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" || strings.Contains(domain, "@") || len(s) > maxEmailBytes || !utf8.ValidString(s) {
		return ""
	}
	unfit := func(r rune) bool {
		return !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune(`<>"\,;`, r)
	}
	if strings.ContainsFunc(s, unfit) {
		return ""
	}
	return s
}

// isGroupName accepts what can be compared and stored as it is.
func isGroupName(s string) bool {
	return s != "" && len(s) <= maxGroupName && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) || r == utf8.RuneError })
}
