package review

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// A decision on a condition, on the answer to a finding or on a waiver, or a
// change of a project's settings, is about what the person has read. Its form carries the digest of that, and the command
// refuses it once that is no longer what there is. These digests are compared
// and never kept: the trail has what was decided on right before the decision.

// Digest is the hash of all that a page shows of the condition.
func (c *Condition) Digest() Digest { return digestOf(c) }

// Digest is the hash of all that a page shows of the finding and its answer.
func (f *Finding) Digest() Digest { return digestOf(f) }

// Digest is the hash of all that a page shows of the waiver but how it stands
// by the clock.
func (w *Waiver) Digest() Digest { return digestOf(w) }

// Digest is the hash of a project's own fields, whatever spaces were typed around
// them and in whatever order the answers stand.
func (f ProjectFields) Digest() Digest {
	f.Name, f.Team = strings.TrimSpace(f.Name), strings.TrimSpace(f.Team)
	f.Summary = strings.TrimSpace(strings.ReplaceAll(f.Summary, "\r\n", "\n"))
	f.sortAnswers()
	return digestOf(f)
}

// digestOf is SHA-256 over the JSON of a value.
func digestOf(v any) Digest {
	b, err := json.Marshal(v)
	if err != nil {
		// Strings, numbers and years of four digits: there is nothing here
		// that JSON cannot write. An empty digest matches nothing shown.
		return ""
	}
	sum := sha256.Sum256(b)
	return Digest(hex.EncodeToString(sum[:]))
}

// unchanged refuses a decision on something that has changed since it was read.
func unchanged(what string, shown, now Digest) error {
	if shown == "" || shown != now {
		return &Outdated{What: what}
	}
	return nil
}
