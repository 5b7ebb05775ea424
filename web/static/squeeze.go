package static

import (
	"regexp"
	"strings"
)

// squeeze drops what only readers of the source need. It knows just the two files of our own and the way they are
// written: stylesheet comments are /* */, script comments have a line to themselves, no string spans lines, no regular
// expression holds a space.
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
	s = regexp.MustCompile(` ?([{};,>]) ?`).ReplaceAllString(s, "$1")
	s = regexp.MustCompile(`([a-z-]): `).ReplaceAllString(s, "$1:")
	return strings.TrimSpace(strings.ReplaceAll(s, ";}", "}"))
}

// jsString matches a string or a template; what it matches is left alone.
var jsString = regexp.MustCompile("'[^'\n]*'|`[^`\n]*`")

// jsBreak matches the line ends at which no statement ends, or one ends by itself.
var jsBreak = regexp.MustCompile(`([{(\[,])\n|\n([})\]])`)

// jsSpace matches the spaces around marks that need none. Plus, minus and slash are not among them: there a space can matter.
var jsSpace = regexp.MustCompile(` ?([=?:,{}()<>&|!;\[\]]) ?`)

func squeezeJS(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		line = strings.Replace(strings.TrimSpace(line), "const ", "let ", 1) // one word instead of two compresses better
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		start := 0
		for _, at := range jsString.FindAllStringIndex(line, -1) {
			b.WriteString(jsSpace.ReplaceAllString(line[start:at[0]], "$1"))
			b.WriteString(line[at[0]:at[1]])
			start = at[1]
		}
		b.WriteString(jsSpace.ReplaceAllString(line[start:], "$1"))
		b.WriteByte('\n')
	}
	return jsBreak.ReplaceAllString(b.String(), "$1$2")
}
