package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/slipway-prr/slipway/internal/plan"
)

// documents are published documents by the SHA-256 of their bytes, hexadecimal.
type documents map[string][]byte

// add adds a document by its bytes, whatever they are.
func (d documents) add(b []byte) {
	sum := sha256.Sum256(b)
	d[hex.EncodeToString(sum[:])] = b
}

func documentsOf(published []plan.Document) (documents, error) {
	d := documents{}
	for _, p := range published {
		b, err := p.Bytes()
		if err != nil {
			return nil, err
		}
		d.add(b)
	}
	return d, nil
}

// plans composes the plans that a project's trail speaks of.
func (d documents) plans(o plan.Origin) (*plan.Plan, error) { return plan.ComposeFrom(o, d.find) }

func (d documents) find(ref plan.Ref) (plan.Document, error) {
	b, ok := d[ref.Digest]
	if !ok {
		return plan.Document{}, fmt.Errorf("%s version %d is not there: nothing has its digest", ref.Key, ref.Version)
	}
	found, err := plan.ParseDocument(b)
	if err != nil {
		return plan.Document{}, fmt.Errorf("%s version %d cannot be read: %w", ref.Key, ref.Version, err)
	}
	if got, err := found.Ref(); err != nil || got != ref {
		return plan.Document{}, fmt.Errorf("%s version %d is something else under its digest: %s version %d", ref.Key, ref.Version, got.Key, got.Version)
	}
	return found, nil
}

// documentName is the file of a document beside the lifecycle that the project
// was started with.
func documentName(digest string) string { return "document-" + digest[:16] + ".json" }
