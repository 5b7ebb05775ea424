package ui

// special are the bytes that must not stand as they are in text or in a value.
var special = [256]bool{'&': true, '\'': true, '<': true, '>': true, '"': true}

// appendText appends s to b, escaped for HTML text and for double-quoted attribute values alike. It writes the
// same entities as html.EscapeString, which templ uses, so that a hand-written row and a templ one stay equal.
func appendText(b []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		if !special[s[i]] {
			continue
		}
		var entity string
		switch s[i] {
		case '&':
			entity = "&amp;"
		case '\'':
			entity = "&#39;"
		case '<':
			entity = "&lt;"
		case '>':
			entity = "&gt;"
		case '"':
			entity = "&#34;"
		}
		b = append(b, s[start:i]...)
		b = append(b, entity...)
		start = i + 1
	}
	return append(b, s[start:]...)
}
