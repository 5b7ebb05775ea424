package portfolio

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// slipwayBlob is where the files of Slipway's own repository can be read.
const slipwayBlob = "https://github.com/slipway-prr/slipway/blob/main/"

// ownLink is evidence in the project's own repository.
type ownLink struct {
	path  string
	title string
	kind  plan.EvidenceKind
	note  string
}

// slipwayProject is Slipway under review by itself. Each link is a file that
// exists; what has no file yet is not claimed.
func slipwayProject() demoProject {
	return demoProject{
		key: "slipway", name: "Slipway", team: "Internal Tools", tier: plan.TierStarter, exposure: review.ExposurePilot,
		summary: "The readiness tracker that this portfolio is kept in, under its own review.",
		target:  38, profile: "users database containers own-infra", owner: "raj", deputy: "kofi", members: "hana", began: 128,
		past: []chapter{
			pass("idea", 112), pass("evaluation", 88), pass("architecture", 61), wait("code", 3, 1), work("pipeline", 2, 75), work("environments", 1, 30),
		},
		own: slipwayLinks,
	}
}

var slipwayLinks = map[plan.ItemKey]ownLink{
	"success-written-down":  {"README.md", "What it is for, in three sentences", "doc", "Its readers can start the demo and check."},
	"scope-agreed":          {"docs/templates.md", "What a template can say, and what it cannot", "doc", "One lifecycle, ten stages. What is left out is named."},
	"assumptions-published": {"docs/users/filling-a-checklist.md", "How teams are expected to work", "doc", "Assumes that evidence lives elsewhere and is linked."},
	"threats-sketched":      {"internal/review/text.go", "What typed text and links may not do", "doc", "Links and invisible characters are the way in that we worry about most."},

	"responsibilities-published": {"internal/review/permission.go", "The table of who may do what", "doc", "One table for code and page."},
	"problem-solved-confirmed":   {"docs/users/signing-a-gate.md", "How an approver works through the queue", "doc", "Each step can be tried in the demo."},
	"applicable-rules-recorded":  {"LICENSE", "Licence", "policy", "No customer data. Names and addresses of colleagues only."},
	"quality-targets-agreed":     {"docs/users/managing-a-portfolio.md", "Size of portfolio that has to stay quick", "doc", ""},
	"gap-list-written":           {"docs/templates.md", "Template format with open points", "doc", ""},
	"build-decision-recorded":    {"go.mod", "The few libraries it is built on", "doc", "Build it: a small program and a database."},

	"production-design-approved": {"internal/review/doc.go", "The rules as one package without I/O", "doc", "Nothing changes except by an event that this package decides."},
	"sign-in-required":           {"internal/auth/flow_test.go", "Sign-in tests", "test-report", "State, nonce and verifier are tried one by one."},
	"permissions-tested":         {"internal/review/signoff_test.go", "Refused sign-offs", "test-report", ""},
	"data-validated":             {"internal/review/text.go", "Cleaning and limits of everything typed", "repo", ""},
	"objectives-set":             {"internal/store/store.go", "Time limits of statements and locks", "doc", ""},

	"everything-versioned":       {"migrations/00001_foundation.sql", "Schema as a numbered migration", "repo", "Templates and schema are embedded, so a build is complete."},
	"second-person-reviews":      {".ci/run", "What runs before a merge", "repo", ""},
	"critical-logic-unit-tested": {"internal/review/machine_test.go", "Random histories against a second model of the rules", "ci-run", "The model was written apart from the code."},

	"changes-tested":        {".ci/run", "Test run on a change", "ci-run", ""},
	"security-checks-block": {".golangci.yml", "Linters that stop a build", "ci-run", "Import rules among them."},
	"configuration-as-code": {"docker-compose.yml", "The demo as one file", "repo", ""},

	"service-owner-named":         {"docs/users/managing-a-portfolio.md", "Who answers for it", "doc", ""},
	"production-isolated":         {"deploy/postgres-roles.sh", "Two database roles, the app's without ownership", "repo", "The app cannot change the schema or the trail."},
	"network-default-deny":        {"docker-compose.yml", "Ports that are published", "repo", "Loopback only."},
	"disaster-recovery-planned":   {"internal/review/replay.go", "A project is rebuilt from its trail", "runbook", ""},
	"logs-centralised":            {"web/metrics.go", "What is counted", "policy", ""},
	"secrets-managed-and-rotated": {"cmd/server/settings.go", "Settings, secrets from the environment", "doc", ""},
}
