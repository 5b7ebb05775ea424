package page

import (
	"strings"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// ProjectNav is the way between the pages of a project for whoever looks, who is at
// the path.
func ProjectNav(r *review.Review, who review.Actor, path string) *ui.LocalNav {
	p := &r.Project
	path, _, _ = strings.Cut(path, "?")
	n := &ui.LocalNav{Label: "Pages of " + p.Name, Name: p.Name, Href: ProjectURL(p.Key), Here: path == ProjectURL(p.Key)}
	add := func(text, href string) {
		n.Links = append(n.Links, ui.LocalLink{Text: text, Href: href, Here: path == href || strings.HasPrefix(path, href+"/")})
	}
	add("Checklist", StagesURL(p.Key))
	add("Records", RecordsURL(p.Key))
	add("Plan", PlanURL(p.Key))
	if len(r.Plan.Policies) > 0 {
		add("Policies", PoliciesURL(p.Key))
	}
	if len(r.Plan.Origin.Environments) > 0 || r.Plan.Situated() {
		add("Environments", EnvironmentsURL(p.Key))
	}
	add("People", ResponsibilitiesURL(p.Key))
	if path == MembersURL(p.Key) {
		n.Links[len(n.Links)-1].Here = true
	}
	add("History", HistoryURL(p.Key))
	add("Compare", CompareURL(p.Key))
	add("Report", ReportURL(p.Key))
	if review.May(who, review.EditProject, p) == nil || review.May(who, review.ManageMembers, p) == nil {
		add("Settings", SettingsURL(p.Key))
	}
	return n
}
