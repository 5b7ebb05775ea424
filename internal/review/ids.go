package review

import "regexp"

// PersonID identifies a person in the directory. 0 stands for Slipway itself,
// for example when group membership is taken over at sign-in.
type PersonID int64

// System is the actor of changes that no person asked for.
const System PersonID = 0

// ProjectID identifies a project and its stream of events.
type ProjectID int64

// ProjectKey addresses a project in URLs: lower-case words joined by hyphens,
// 2 to 40 characters. It never changes.
type ProjectKey string

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
