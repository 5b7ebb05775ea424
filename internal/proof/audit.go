package proof

import (
	"fmt"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Audit decides again about every gate of a project from its entries alone, as
// [Verify] does of a bundle, and from those of the directory whether everybody
// who decided held the right to it then. published are the documents that the
// entries name, see [review.DocumentsIn]. The error says that the entries could
// not be replayed.
func Audit(stream review.ProjectID, entries, directory []review.Entry, published []plan.Document) ([]Problem, error) {
	docs, err := documentsOf(published)
	if err != nil {
		return nil, err
	}
	h, err := replay(stream, entries, docs, rightsOf(directory))
	if err != nil {
		return nil, err
	}
	var out []Problem
	for _, p := range h.problems {
		out = append(out, Problem{fmt.Sprintf("entry %d", p.entry), p.why})
	}
	return out, nil
}
