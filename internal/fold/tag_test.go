package fold_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/fold"
)

func TestTag(t *testing.T) {
	for typed, want := range map[string]string{
		"PCI": "pci", "  Black \u00a0 Friday ": "black friday", "gro\u0308ße": "größe", "GRÖSSE": "grösse", "p\u200bci\u00ad": "pci", "\u200b": "", "a\xffb": "ab",
		"支付": "支付", "İ": "i",
	} {
		if got := fold.Tag(typed); got != want || fold.Tag(got) != got {
			t.Errorf("%q is the tag %q, want %q", typed, got, want)
		}
	}
}
