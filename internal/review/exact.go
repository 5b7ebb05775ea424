package review

import (
	"strings"

	"github.com/slipway-prr/slipway/internal/record"
)

// Bounds of a commit's hash: git abbreviates to no fewer than 7 digits, and a whole
// one has 40 or 64.
const (
	minCommit = 7
	maxCommit = 64
	sha256Hex = 64
)

// exact cleans and checks a field that holds one thing in one form; empty: nothing.
func (in *input) exact(field string, t record.Type, typed string) string {
	typed = strings.ToLower(strings.TrimSpace(typed))
	if typed == "" {
		return ""
	}
	switch t {
	case record.Date:
		return FormatDate(in.date(field, typed))
	case record.Commit:
		if len(typed) < minCommit || len(typed) > maxCommit || !isHex(typed) {
			in.problems.Add(field, "is no commit; give its hash, 7 to 64 of the digits 0 to 9 and a to f")
			return ""
		}
	case record.Digest:
		typed = strings.TrimPrefix(typed, "sha256:")
		if len(typed) != sha256Hex || !isHex(typed) {
			in.problems.Add(field, "is no digest; write it as sha256: and 64 of the digits 0 to 9 and a to f")
			return ""
		}
		return "sha256:" + typed
	}
	return typed
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }
