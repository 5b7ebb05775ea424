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
		if visibleField(name) || slices.Contains([]string{"digest", "version", "seq", "once", "to", "theme", "person", "owner", "deputy", "project"}, name) {
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

// pageOf is the page on which a form stands, as far as its address tells: each
// part of an address is a page unless it is what a button does.
func pageOf(action string) string {
	path, _, _ := strings.Cut(action, "?")
	part := strings.Split(strings.Trim(path, "/"), "/")
	for _, n := range []int{6, 5, 4, 2} { // item, gate, stage, project
		if part[0] == "projects" && len(part) > n && (n != 5 || part[4] == "gate") {
			return "/" + strings.Join(part[:n], "/")
		}
	}
	if part[0] == "projects" {
		return PortfolioURL
	}
	return "/" + part[0]
}

// FieldLabel is what pages call a form's field.
func FieldLabel(name string) string {
	if name == "url" {
		return "Link"
	}
	return Capital(strings.ReplaceAll(name, "-", " "))
}
