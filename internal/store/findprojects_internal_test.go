package store

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/fold"
)

// What is kept in memory of a name is its folded form, and the words of that are those of the name.
func TestWordsOfAFoldedNameAreThoseOfTheName(t *testing.T) {
	for _, name := range []string{"Payments API", "Pay-ments  (new)", "Zürich Straße", "ÆON ﬁne №5", "支付系统 v2", "Ελλάς İstanbul", "a_b%c", "e\u0301te\u0301", "한국어 서비스"} {
		if got, want := ProjectWords(fold.Text(name), "some-key", []string{"pci"}), ProjectWords(name, "some-key", []string{"pci"}); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
