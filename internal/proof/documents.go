package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/slipway-prr/slipway/internal/plan"
)

// documents are published documents by the SHA-256 of their bytes, hexadecimal. Each is
// read once, however often the replay of a project asks for it.
type documents map[string]document

// document is what some bytes say, or why they cannot be read.
type document struct {
	plan.Document
	ref plan.Ref
	err error
}

// add adds a document by its bytes, whatever they are.
func (d documents) add(b []byte) {
	found, err := plan.ParseDocument(b)
	if err != nil {
		sum := sha256.Sum256(b)
		d[hex.EncodeToString(sum[:])] = document{err: err}
		return
	}
	ref, err := found.Ref()
	d[ref.Digest] = document{found, ref, err}
}

func documentsOf(published []plan.Document) (documents, error) {
	d := documents{}
	for _, p := range published {
		ref, err := p.Ref()
		if err != nil {
			return nil, err
		}
		d[ref.Digest] = document{p, ref, nil}
	}
	return d, nil
}

// plans composes the plans that a project's trail speaks of.
func (d documents) plans(o plan.Origin) (*plan.Plan, error) { return plan.ComposeFrom(o, d.find) }

func (d documents) find(ref plan.Ref) (plan.Document, error) {
	found, ok := d[ref.Digest]
	switch {
	case !ok:
		return plan.Document{}, fmt.Errorf("%s version %d is not there: nothing has its digest", ref.Key, ref.Version)
	case found.err != nil:
		return plan.Document{}, fmt.Errorf("%s version %d cannot be read: %w", ref.Key, ref.Version, found.err)
	case found.ref != ref:
		return plan.Document{}, fmt.Errorf("%s version %d is something else under its digest: %s version %d", ref.Key, ref.Version, found.ref.Key, found.ref.Version)
	}
	return found.Document, nil
}

// documentName is the file of a document beside the lifecycle that the project
// was started with.
func documentName(digest string) string { return "document-" + digest[:16] + ".json" }
