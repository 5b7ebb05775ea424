package fold

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Tag is a tag as it is kept and compared: composed (NFC), in lower case and with single
// spaces, so that it reads as it was typed and is one tag however it was typed. Characters
// of no width that people paste without knowing are left out.
func Tag(s string) string {
	s = widthless.Replace(strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(norm.NFC.String(strings.ToLower(norm.NFC.String(s)))), " ")
}

// widthless are a space and a joiner of no width, the mark at the beginning of files, and
// hyphens that show only at the end of a line.
var widthless = strings.NewReplacer("\u200b", "", "\u2060", "", "\ufeff", "", "\u00ad", "")
