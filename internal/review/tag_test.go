package review_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

// Whoever adds a tag or takes one off does not touch those of others.
func TestTags(t *testing.T) {
	w := newWorld(t)
	retag := func(by review.PersonID, add, remove []string) error {
		return w.r.Retag(w.actor(by), add, remove, w.tick())
	}
	w.ok(retag(owner, []string{" PCI ", "mobile", "pci"}, nil))
	w.ok(retag(deputy, []string{"2026"}, []string{"mobile", "gone"}))
	if want := []string{"2026", "pci"}; !slices.Equal(w.r.Project.Tags, want) {
		t.Errorf("tagged %q, want %q", w.r.Project.Tags, want)
	}
	w.ok(w.silent(func() error { return retag(deputy, []string{"2026"}, []string{"mobile"}) })) // pressed twice
	for _, bad := range []string{"a,b", "a\x00b", "a\u202eb", strings.Repeat("ä", review.MaxTag+1)} {
		w.refused(w.silent(func() error { return retag(owner, []string{bad}, nil) }), "invalid")
	}
	w.ok(retag(owner, []string{strings.Repeat("ä", review.MaxTag)}, nil))
	many := strings.Split("a b c d e f g h i", " ")
	w.ok(retag(owner, many, nil))
	w.refused(w.silent(func() error { return retag(owner, []string{"j"}, nil) }), "invalid")
	w.ok(retag(owner, []string{"j"}, []string{"i"}))
	w.refused(w.silent(func() error { return retag(member, nil, []string{"a"}) }), "denied")
	w.ok(retag(owner, nil, w.r.Project.Tags))
	if w.r.Project.Tags != nil {
		t.Errorf("still tagged %q", w.r.Project.Tags)
	}
}
