package plan

import "regexp"

// StageKey and ItemKey address parts of a template; they are unique within it.
type (
	StageKey string
	ItemKey  string
)

var keyPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// ValidKey reports whether s has the form that project, stage, item and
// template keys share: lower-case words joined by single hyphens, 2 to 40
// characters.
func ValidKey(s string) bool {
	return len(s) >= 2 && len(s) <= 40 && keyPattern.MatchString(s)
}
