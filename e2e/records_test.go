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
