package page

import (
	"net/url"
	"slices"
	"strings"
)

// sortedFields gives the fields of a form a stable order.
func sortedFields(v url.Values) []string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// visibleField reports whether a field holds text that a person typed, rather
// than a choice or what the form was shown.
func visibleField(name string) bool {
	return strings.HasPrefix(name, "condition-text-") ||
		slices.Contains([]string{"note", "text", "reason", "risk", "measure", "url", "title", "findings", "name", "summary"}, name)
}

func fieldLabel(name string) string {
	if name == "url" {
		return "Link"
	}
	return capital(strings.ReplaceAll(name, "-", " "))
}
