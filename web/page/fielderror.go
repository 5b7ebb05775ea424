package page

import (
	"cmp"

	"github.com/slipway-prr/slipway/web/ui"
)

// FieldSentence makes a sentence of what is wrong with a field; see [ui.Sentence].
func FieldSentence(label, message string) string { return ui.Sentence(label, message) }

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
