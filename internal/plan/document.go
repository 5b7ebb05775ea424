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

// The kinds of documents: plans are composed of the first two.
const (
	KindLifecycle  Kind = "lifecycle"
	KindModule     Kind = "module"
	KindDefinition Kind = "definition"
	KindPolicy     Kind = "policy"
)

// Label is the kind's name on pages.
func (k Kind) Label() string {
	switch k {
	case KindLifecycle:
		return "Lifecycle"
	case KindModule:
		return "Module"
	case KindDefinition:
		return "Readiness definition"
	case KindPolicy:
		return "Policy"
	}
	return string(k)
}

// Document is one published version of a lifecycle, of a module, of a readiness
// definition or of a policy: exactly one of them is there. Keys are unique over all kinds.
type Document struct {
	Lifecycle  *Lifecycle
	Module     *Module
	Definition *Definition
	Policy     *PolicyDocument
}

// Composed reports whether the document has stages or items, of which plans are
// composed.
func (d Document) Composed() bool { return d.Lifecycle != nil || d.Module != nil }

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
	case KindDefinition:
		def := &Definition{}
		if err := json.Unmarshal(b, def); err != nil {
			return Document{}, fmt.Errorf("reading a definition: %w", err)
		}
		def.published = bytes.Clone(b)
		return Document{Definition: def}, nil
	case KindPolicy:
		pol := &PolicyDocument{}
		if err := json.Unmarshal(b, pol); err != nil {
			return Document{}, fmt.Errorf("reading a policy: %w", err)
		}
		pol.published = bytes.Clone(b)
		return Document{Policy: pol}, nil
	}
	return Document{}, fmt.Errorf("reading a document: %q is no kind of document", head.Kind)
}

// Kind is that of the document that is there.
func (d Document) Kind() Kind {
	switch {
	case d.Module != nil:
		return KindModule
	case d.Definition != nil:
		return KindDefinition
	case d.Policy != nil:
		return KindPolicy
	}
	return KindLifecycle
}

// Name is the document's on pages.
func (d Document) Name() string {
	switch {
	case d.Module != nil:
		return d.Module.Name
	case d.Definition != nil:
		return d.Definition.Name
	case d.Policy != nil:
		return d.Policy.Name
	}
	return d.Lifecycle.Name
}

// Adds are the words that the document adds.
func (d Document) Adds() Words {
	switch {
	case d.Module != nil:
		return d.Module.Adds
	case !d.Composed():
		return Words{}
	}
	return d.Lifecycle.Adds
}

// Bytes are those that the document was published as; for one that was not
// published yet, those that it would be published as now.
func (d Document) Bytes() ([]byte, error) {
	switch {
	case d.Definition != nil:
		return d.Definition.bytes()
	case d.Policy != nil:
		return d.Policy.bytes()
	case d.Module == nil:
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
	return Ref{Key: d.Key(), Version: d.Version(), Digest: hex.EncodeToString(sum[:])}, nil
}

// Version is the document's number.
func (d Document) Version() int {
	switch {
	case d.Module != nil:
		return d.Module.Version
	case d.Definition != nil:
		return d.Definition.Version
	case d.Policy != nil:
		return d.Policy.Version
	}
	return d.Lifecycle.Version
}

func hasQuestion(all []Question, f Flag) bool {
	return slices.ContainsFunc(all, func(q Question) bool { return q.Key == f })
}
