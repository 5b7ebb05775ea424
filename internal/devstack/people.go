package devstack

import (
	"slices"
	"strings"
)

// Person is somebody who can sign in at the demo provider.
type Person struct {
	// ID is the subject in tokens and the name to sign in with: short, lower case, stable.
	ID string `json:"id"`
	// Name is shown.
	Name string `json:"name"`
	// Email is under a domain that can never exist.
	Email string `json:"email"`
	// Groups are what the provider puts into the groups claim.
	Groups []string `json:"groups"`
	// Title is the person's job.
	Title string `json:"title"`
	// Purpose says in one sentence what signing in as them lets you try.
	Purpose string `json:"purpose"`
}

const (
	groupAdmins   = "slipway-admins"
	groupManagers = "slipway-managers"
	groupAuditors = "slipway-auditors"
	SeatPrefix    = "seat-"
	TeamPrefix    = "team-"
)

// People lists the demo people in the order in which they are offered. The slice and its groups are the caller's own.
func People() []Person {
	return []Person{
		person("ada", "Ada Lindqvist", "Platform governance lead", "Runs Slipway: grants roles and seats, sees everything.", groupAdmins),
		person("marcus", "Marcus Webb", "Head of delivery", "Starts projects and follows all of them in the portfolio.", groupManagers),
		person("noor", "Noor Haddad", "Internal auditor", "Reads every trail, restricted projects too, and changes nothing.", groupAuditors),
		person("viktor", "Viktor Novak", "Business analyst", "Looks around in projects that are not restricted; could start one.", "team-internal-tools"),

		person("tom", "Tom Okafor", "Product manager", "Signs gates in the product seat.", "seat-product", "team-checkout"),
		person("priya", "Priya Raman", "Engineering manager", "Owns projects and signs elsewhere in the engineering seat.",
			"seat-engineering", "team-payments"),
		person("ines", "Inês Duarte", "Principal architect", "Signs gates in the architecture seat.", "seat-architecture", "team-identity"),
		person("diego", "Diego Ferrer", "Quality lead", "Signs gates in the qa seat.", "seat-qa", "team-checkout"),
		person("yuki", "Yuki Tanaka", "Site reliability engineer", "Signs gates in the sre seat.", "seat-sre", "team-data-platform"),
		person("hana", "Hana Sato", "Site reliability engineer", "Shares the sre seat with Yuki.", "seat-sre", "team-logistics"),
		person("sam", "Sam Whitlock", "Security engineer", "Signs gates in the security seat.", "seat-security", "team-identity"),
		person("lena", "Lena Vogt", "Compliance officer", "Signs gates in the compliance seat.", "seat-compliance", "team-internal-tools"),
		person("mei", "Mei Chen", "Data protection lead", "Signs gates in the data seat.", "seat-data", "team-data-platform"),
		person("omar", "Omar Farouk", "Staff engineer, production", "Holds two seats, sre and security, yet signs a gate once.", "seat-sre",
			"seat-security", "team-payments"),

		person("jonas", "Jonas Berg", "Backend engineer", "Answers items and gives evidence for payments.", "team-payments"),
		person("rosa", "Rosa Almeida", "Frontend engineer", "Answers items and gives evidence for checkout.", "team-checkout"),
		person("kofi", "Kofi Mensah", "Backend engineer", "Answers items and gives evidence for identity.", "team-identity"),
		person("elif", "Elif Demir", "Data engineer", "Answers items and gives evidence for the data platform.", "team-data-platform"),
		person("anna", "Anna Kowalska", "Technical lead", "Answers items and gives evidence for logistics.", "team-logistics"),
		person("raj", "Raj Patel", "Full-stack engineer", "Answers items and gives evidence for internal tools.", "team-internal-tools"),
	}
}

func person(id, name, title, purpose string, groups ...string) Person {
	return Person{ID: id, Name: name, Email: id + "@slipway.example", Title: title, Purpose: purpose, Groups: groups}
}

// DemoGroupMap maps the groups of the demo people to roles and seats, in the form that the group mapping setting
// has. Every team may look; what its people may do beyond that follows from the projects they belong to.
func DemoGroupMap() string {
	pairs := []string{groupAdmins + "=admin", groupManagers + "=manager", groupAuditors + "=auditor"}
	var groups []string
	for _, p := range People() {
		groups = append(groups, p.Groups...)
	}
	slices.Sort(groups)
	for _, g := range slices.Compact(groups) {
		if seat, ok := strings.CutPrefix(g, SeatPrefix); ok {
			pairs = append(pairs, g+"=seat:"+seat)
		}
		if strings.HasPrefix(g, TeamPrefix) {
			pairs = append(pairs, g+"=viewer")
		}
	}
	return strings.Join(pairs, ", ")
}
