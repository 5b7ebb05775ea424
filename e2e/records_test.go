package e2e

import "testing"

// TestPagesOfRecords adds a risk where it comes up, treats it and closes it, and
// looks at every page on the way.
func TestPagesOfRecords(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	project := rosa.owns("kept-beside", "Kept beside", "1", everyStatement...)
	rosa.visit(project + "/records")
	rosa.inspect("records-none")
	rosa.visit(project + "/records/debt")
	rosa.inspect("records-kind-none")
	rosa.visit(project + ideaPath + "/gate")
	rosa.follow(link("Add a risk").in("#records"))
	rosa.inspect("record-new")
	rosa.follow(button("Add the risk"))
	rosa.see("There is a problem")
	rosa.accessible("a refused record", everyRule)
	rosa.fill(field("What could happen?"), "The provider of addresses is down on the busiest evening of the year, and nobody notices before the shop does")
	rosa.choose(field("Likelihood"), "4: likely, several times a year")
	rosa.choose(field("Impact"), "5: severe, people harmed, the law broken, or the business at stake")
	rosa.follow(button("Add the risk"))
	rosa.see("It is added.")
	rosa.see("High, 20 of 25")
	rosa.inspect("record")
	rosa.unfold("Treat it")
	rosa.fill(field("What is done about it"), "A second provider, switched by hand.")
	rosa.follow(button("Treat it"))
	rosa.see("Being treated")
	rosa.fill(field("Comment"), "The second one answers within a second.")
	rosa.follow(button("Add comment"))
	rosa.inspect("record-treated")
	for path, name := range map[string]string{
		"/records": "records", "/records/risk": "records-kind", "/records/risk/1/edit": "record-edit", ideaPath + "/gate": "gate-records", "/report": "report-records",
	} {
		rosa.visit(project + path)
		rosa.inspect(name)
	}
}

// TestPagesOfOtherRecords looks at the pages of kinds that have something of their
// own, and of what stands beside them.
func TestPagesOfOtherRecords(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	project := rosa.owns("kept-figures", "Kept figures", "1", everyStatement...)
	rosa.visit(project + "/records/objective/import")
	rosa.fill(field("Objectives in OpenSLO v1 YAML"), "kind: SLO")
	rosa.follow(button("Add the objectives"))
	rosa.see("The document does not say that it is openslo/v1.")
	rosa.accessible("a refused import", everyRule)
	rosa.visit(project + "/records/objective/new")
	rosa.fill(field("What is promised?"), "Payments are confirmed while the customer waits")
	rosa.fill(field("Indicator"), "payments confirmed within a second, of all")
	rosa.fill(field("Objective, in percent"), "99.9")
	rosa.choose(field("Over which window"), "28 days")
	rosa.follow(button("Add the objective"))
	rosa.see("40.3 minutes of 28 days")
	for _, value := range []string{"99.95", "99.1"} {
		rosa.unfold("Note a value")
		rosa.fill(field("Share that was good over the window, in percent"), value)
		rosa.follow(button("Note the value"))
		rosa.see("The value is noted.")
	}
	rosa.see("Off target")
	rosa.inspect("objective")
	for path, name := range map[string]string{
		"": "project-figures", "/records/objective": "objectives", "/records/objective/import": "objectives-import", "/records/release/new": "release-new", "/records/release": "releases-none",
		"/records/dependency/new": "dependency-new", "/records/lesson/new": "lesson-new", ideaPath + "/dates": "stage-dates",
	} {
		rosa.visit(project + path)
		rosa.inspect(name)
	}
	rosa.visit("/sign-offs/times")
	rosa.inspect("sign-off-times")
}
