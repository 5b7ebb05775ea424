// Package page holds one templ file a page, with typed input. It turns what
// the store read into the parts of package ui; it asks nobody anything.
package page

import (
	"net/url"
	"strconv"

	"github.com/slipway-prr/slipway/internal/review"
)

// Addresses of pages. Handlers, templates and tests take them from here.
const (
	WorkURL       = "/"
	PortfolioURL  = "/portfolio"
	NewProjectURL = "/projects/new"
	ProjectsURL   = "/projects"
	SignOffsURL   = "/sign-offs"
	PeopleURL     = "/people"
	RightsURL     = "/people/trail"
	ReadinessURL  = "/readiness"
	LoginURL      = "/login"
	LogoutURL     = "/logout"
)

// ProjectURL is a project's overview.
func ProjectURL(p review.ProjectKey) string { return ProjectsURL + "/" + string(p) }

// SettingsURL is where a project's own fields are edited.
func SettingsURL(p review.ProjectKey) string { return ProjectURL(p) + "/settings" }

// MembersURL is where people are put on a project.
func MembersURL(p review.ProjectKey) string { return ProjectURL(p) + "/members" }

// HistoryURL is a project's trail.
func HistoryURL(p review.ProjectKey) string { return ProjectURL(p) + "/history" }

// StageURL is a stage's checklist.
func StageURL(p review.ProjectKey, s review.StageKey) string {
	return ProjectURL(p) + "/stages/" + string(s)
}

// ItemURL is one item's page.
func ItemURL(p review.ProjectKey, s review.StageKey, i review.ItemKey) string {
	return StageURL(p, s) + "/items/" + string(i)
}

// AnswerURL is where an item's answer is posted.
func AnswerURL(p review.ProjectKey, s review.StageKey, i review.ItemKey) string {
	return ItemURL(p, s, i) + "/answer"
}

// ApproveURL is where it is confirmed that a must does not apply.
func ApproveURL(p review.ProjectKey, s review.StageKey, i review.ItemKey) string {
	return ItemURL(p, s, i) + "/approve"
}

// AssignURL is where an item is given to a person.
func AssignURL(p review.ProjectKey, s review.StageKey, i review.ItemKey) string {
	return ItemURL(p, s, i) + "/assign"
}

// CommentsURL is where an item's discussion goes on.
func CommentsURL(p review.ProjectKey, s review.StageKey, i review.ItemKey) string {
	return ItemURL(p, s, i) + "/comments"
}

// EvidenceURL is where evidence is linked to an item.
func EvidenceURL(p review.ProjectKey, s review.StageKey, i review.ItemKey) string {
	return ItemURL(p, s, i) + "/evidence"
}

// RemoveEvidenceURL is where one link is taken away.
func RemoveEvidenceURL(p review.ProjectKey, s review.StageKey, i review.ItemKey, no int) string {
	return EvidenceURL(p, s, i) + "/" + strconv.Itoa(no) + "/remove"
}

// GateURL is a stage's gate.
func GateURL(p review.ProjectKey, s review.StageKey) string { return StageURL(p, s) + "/gate" }

// RequestURL, WithdrawURL, SignURL and StatusURL are the decisions at a gate.
func RequestURL(p review.ProjectKey, s review.StageKey) string  { return GateURL(p, s) + "/request" }
func WithdrawURL(p review.ProjectKey, s review.StageKey) string { return GateURL(p, s) + "/withdraw" }
func SignURL(p review.ProjectKey, s review.StageKey) string     { return GateURL(p, s) + "/sign" }
func StatusURL(p review.ProjectKey, s review.StageKey) string   { return GateURL(p, s) + "/status" }

// FindingURL is where a reviewer's finding is answered.
func FindingURL(p review.ProjectKey, s review.StageKey, no int) string {
	return GateURL(p, s) + "/findings/" + strconv.Itoa(no)
}

// GrantURL and RevokeURL change a person's rights.
func GrantURL(id review.PersonID) string {
	return PeopleURL + "/" + strconv.FormatInt(int64(id), 10) + "/grant"
}
func RevokeURL(id review.PersonID) string {
	return PeopleURL + "/" + strconv.FormatInt(int64(id), 10) + "/revoke"
}

// LoginTo is sign-in that lands at a page afterwards.
func LoginTo(path string) string { return LoginURL + "?to=" + url.QueryEscape(path) }
