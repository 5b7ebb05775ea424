package page

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/web/ui"
)

// FieldSentence makes a sentence of what is wrong with a field. The domain
// says either what the field does ("is too long") or what to do ("say why").
func FieldSentence(label, message string) string {
	first, _, _ := strings.Cut(message, " ")
	if slices.Contains([]string{"is", "must", "contains", "lies", "names", "has", "does", "cannot"}, first) {
		return label + " " + message
	}
	return Capital(message)
}

// summary lists the problems of a form in the order of its fields.
func summary(fields []ui.Field) []ui.FieldError {
	var out []ui.FieldError
	for _, f := range fields {
		if f.Error != "" {
			out = append(out, ui.FieldError{Name: cmp.Or(f.ID, f.Name), Text: FieldSentence(f.Label, f.Error)})
		}
	}
	return out
}
