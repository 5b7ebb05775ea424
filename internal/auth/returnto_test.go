package auth_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/auth"
)

func TestSafeReturn(t *testing.T) {
	t.Parallel()
	kept := []string{
		"/", "/portfolio", "/portfolio?team=payments&sort=-age", "/projects/pay/stages/build#item", "/projects/pay/",
		"/loginhistory", "/authors", "/projects/login", "/x?next=//evil.example", "/x?q=%5C%2F%00",
	}
	for _, target := range kept {
		if got := auth.SafeReturn(target); got != target {
			t.Errorf("SafeReturn(%q) = %q, want it unchanged", target, got)
		}
	}
	refused := []string{
		"", "portfolio", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/a\\b", "https://evil.example",
		"javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", " /portfolio", "/a b", "/\u202ecod", "/a\x00", "/é",
		"/.//evil.example", "/..//evil.example", "/a/../../x", "/./x", "/%2e%2e/login", "/%2f/evil.example", "/%2f%2fevil.example",
		"/%5cevil.example", "/a%00", "/a%0d%0aSet-Cookie:x", "/%252e%252e/x", "/a//b", "/%zz",
		"/login", "/login/", "/login?return=/login", "/logout", "/LOGIN", "/%6cogin", "/auth", "/auth/callback?code=x", "/x/../auth/callback",
		"/" + strings.Repeat("a", 2048),
	}
	for _, target := range refused {
		if got := auth.SafeReturn(target); got != "/" {
			t.Errorf("SafeReturn(%q) = %q, want /", target, got)
		}
	}
}

// FuzzSafeReturn checks the result the way a browser uses it: resolved against a page of ours it stays with us.
func FuzzSafeReturn(f *testing.F) {
	for _, seed := range []string{"/", "/portfolio?x=1#y", "//evil.example", "/\\evil", "/%2e%2e/login", "/a/../auth/x", "https://evil.example", "/login", "/:80"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://slipway.example/login")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, target string) {
		got := auth.SafeReturn(target)
		if got != "/" && got != target {
			t.Fatalf("%q became %q", target, got)
		}
		if again := auth.SafeReturn(got); again != got {
			t.Fatalf("%q is safe, but then becomes %q", got, again)
		}
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.Contains(got, `\`) {
			t.Fatalf("%q", got)
		}
		u, err := base.Parse(got)
		if err != nil {
			t.Fatalf("%q does not resolve: %v", got, err)
		}
		if u.Scheme != "https" || u.Host != "slipway.example" || strings.HasPrefix(u.Path, "//") {
			t.Fatalf("%q leads to %s", got, u)
		}
		for _, closed := range []string{"/login", "/logout", "/auth"} {
			if p := strings.ToLower(u.Path); p == closed || strings.HasPrefix(p, closed+"/") {
				t.Fatalf("%q leads to %s", got, u)
			}
		}
	})
}
