package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Ref names the exact content of a lifecycle that a review is pinned to.
type Ref struct {
	Key     string `json:"key"`
	Version int    `json:"version"`
	Digest  string `json:"digest"` // SHA-256 of the published bytes, hexadecimal
}

// ParseName reads the name of a document, key or key@version; the version is 0 when none is named.
func ParseName(name string) (key string, version int, ok bool) {
	key, number, named := strings.Cut(name, "@")
	if named {
		var err error
		if version, err = strconv.Atoi(number); err != nil || version < 1 {
			return "", 0, false
		}
	}
	return key, version, ValidKey(key)
}

// ParseLifecycle reads a published lifecycle. The bytes are its identity: they
// are kept and never encoded again, so that what later versions of the program
// add to Lifecycle cannot change what was published. The error says what is
// wrong with them.
func ParseLifecycle(b []byte) (*Lifecycle, error) {
	t := &Lifecycle{}
	if err := json.Unmarshal(b, t); err != nil {
		return nil, fmt.Errorf("reading a template: %w", err)
	}
	t.Index()
	t.published = bytes.Clone(b)
	return t, nil
}

// Draft is a copy to be changed and published anew. Its stages are still those
// of t: whoever changes one replaces it.
func (t *Lifecycle) Draft() *Lifecycle {
	d := *t
	d.Stages, d.published = slices.Clone(t.Stages), nil
	return &d
}

// Bytes are those that the template was published as, for one from
// [ParseLifecycle]; for any other, those that it would be published as now.
func (t *Lifecycle) Bytes() ([]byte, error) {
	if t.published != nil {
		return t.published, nil
	}
	b, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encoding template %s: %w", t.Key, err)
	}
	return b, nil
}

// Ref is the template's reference. It hashes the whole template: callers keep
// the result.
func (t *Lifecycle) Ref() (Ref, error) { return Document{Lifecycle: t}.Ref() }
