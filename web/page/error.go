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

// choice is a field of a form that was chosen rather than typed.
type choice struct{ label, value string }

// choices are what goes along with a form that is sent again, for its sender to
// see; left out is what only the program reads.
func choices(v url.Values) []choice {
	var out []choice
	for _, name := range sortedFields(v) {
		if visibleField(name) || slices.Contains(
			[]string{"digest", "seen", "shown", "version", "seq", "once", "to", "theme", "person", "owner", "deputy", "project"}, name,
		) {
			continue
		}
		for _, value := range v[name] {
			if value != "" {
				out = append(out, choice{FieldLabel(name), value})
			}
		}
	}
	return out
}

// Way leads on from a page that could not be shown.
type Way struct{ To, Text string }

// tooLongToShow is said of what was typed where it is not shown again.
const tooLongToShow = "What you sent is too long to be shown here, but your browser still has it on the page before."

// Of is the page on which a form stands, as far as its address tells: each
// part of an address is a page unless it is what a button does.
func Of(action string) string {
	path, _, _ := strings.Cut(action, "?")
	part := strings.Split(strings.Trim(path, "/"), "/")
	switch part[0] {
	case "projects":
		n := 0
		switch {
		case len(part) > 6 && part[4] == "items":
			n = 6
		case len(part) > 5 && part[4] == "gate":
			n = 5
		case len(part) > 4:
			n = 4
		case part[len(part)-1] == "settings", part[len(part)-1] == "members":
			n = 3
		case len(part) > 2:
			n = 2
		default:
			return PortfolioURL
		}
		return "/" + strings.Join(part[:n], "/")
	case "waivers", "people", "account":
		return "/" + part[0]
	}
	return WorkURL
}

// FieldLabel is what pages call a form's field.
func FieldLabel(name string) string {
	if name == "url" {
		return "Link"
	}
	return Capital(strings.ReplaceAll(name, "-", " "))
}
