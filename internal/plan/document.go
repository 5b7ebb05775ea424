package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// Kind says what a document is.
type Kind string

// The kinds of documents that a plan is composed of.
const (
	KindLifecycle Kind = "lifecycle"
	KindModule    Kind = "module"
)

// Label is the kind's name on pages.
func (k Kind) Label() string {
	switch k {
	case KindLifecycle:
		return "Lifecycle"
	case KindModule:
		return "Module"
	}
	return string(k)
}

// Document is one published version of a lifecycle or of a module: exactly one
// of the two is there. Keys are unique over both kinds.
type Document struct {
	Lifecycle *Lifecycle
	Module    *Module
}

// ParseDocument reads a published document. The bytes are its identity: they
// are kept and never encoded again. Those that name no kind are a lifecycle's,
// from before there were modules.
func ParseDocument(b []byte) (Document, error) {
	var head struct {
		Kind Kind `json:"kind"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return Document{}, fmt.Errorf("reading a document: %w", err)
	}
	switch head.Kind {
	case "", KindLifecycle:
		l, err := ParseLifecycle(b)
		return Document{Lifecycle: l}, err
	case KindModule:
		m := &Module{}
		if err := json.Unmarshal(b, m); err != nil {
			return Document{}, fmt.Errorf("reading a module: %w", err)
		}
		m.published = bytes.Clone(b)
		return Document{Module: m}, nil
	}
	return Document{}, fmt.Errorf("reading a document: %q is no kind of document", head.Kind)
}

// Kind is that of the document that is there.
func (d Document) Kind() Kind {
	if d.Module != nil {
		return KindModule
	}
	return KindLifecycle
}

// Name is the document's on pages.
func (d Document) Name() string {
	if d.Module != nil {
		return d.Module.Name
	}
	return d.Lifecycle.Name
}

// Adds are the words that the document adds.
func (d Document) Adds() Words {
	if d.Module != nil {
		return d.Module.Adds
	}
	return d.Lifecycle.Adds
}

// Bytes are those that the document was published as; for one that was not
// published yet, those that it would be published as now.
func (d Document) Bytes() ([]byte, error) {
	if d.Module == nil {
		return d.Lifecycle.Bytes()
	}
	if d.Module.published != nil {
		return d.Module.published, nil
	}
	b, err := json.Marshal(d.Module)
	if err != nil {
		return nil, fmt.Errorf("encoding module %s: %w", d.Module.Key, err)
	}
	return b, nil
}

// Ref is the document's reference. It hashes the whole document: callers keep
// the result.
func (d Document) Ref() (Ref, error) {
	b, err := d.Bytes()
	if err != nil {
		return Ref{}, err
	}
	sum := sha256.Sum256(b)
	ref := Ref{Digest: hex.EncodeToString(sum[:])}
	if d.Module != nil {
		ref.Key, ref.Version = d.Module.Key, d.Module.Version
	} else {
		ref.Key, ref.Version = d.Lifecycle.Key, d.Lifecycle.Version
	}
	return ref, nil
}

func hasQuestion(all []Question, f Flag) bool {
	return slices.ContainsFunc(all, func(q Question) bool { return q.Key == f })
}
