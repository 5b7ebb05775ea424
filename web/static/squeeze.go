package static

import (
	"regexp"
	"strings"
)

// squeeze drops what only readers of the source need. It knows just the two files of our own and the way they are
// written: stylesheet comments are /* */, script comments have a line to themselves, and no string spans lines.
func squeeze(name string, raw []byte) []byte {
	switch name {
	case CSS:
		return []byte(squeezeCSS(string(raw)))
	case JS:
		return []byte(squeezeJS(string(raw)))
	}
	return raw
}

func squeezeCSS(s string) string {
	s = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(s, "")
	s = regexp.MustCompile(`\s+`).ReplaceAllString(s, " ")
	s = regexp.MustCompile(` ?([{};,]) ?`).ReplaceAllString(s, "$1")
	s = regexp.MustCompile(`([a-z-]): `).ReplaceAllString(s, "$1:")
	return strings.TrimSpace(strings.ReplaceAll(s, ";}", "}"))
}

func squeezeJS(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}
