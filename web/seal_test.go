package web

import (
	"strings"
	"testing"
)

func TestSeal(t *testing.T) {
	sealed := seal("secret", "eyJ.token")
	if strings.Contains(sealed, "token") || sealed == seal("secret", "eyJ.token") {
		t.Errorf("sealed: %s", sealed)
	}
	if got := unseal("secret", sealed); got != "eyJ.token" {
		t.Errorf("unsealed: %q", got)
	}
	for name, got := range map[string]string{
		"another secret": unseal("other", sealed), "no secret": unseal("", sealed), "a plain token": unseal("secret", "eyJ.token"),
		"nothing": unseal("secret", ""), "cut": unseal("secret", sealed[:20]), "changed": unseal("secret", "A"+sealed[1:]),
		"sealed nothing": seal("secret", ""), "sealed by nobody": seal("", "x"),
	} {
		if got != "" && (name != "changed" || sealed[0] != 'A') {
			t.Errorf("%s: %q", name, got)
		}
	}
}
