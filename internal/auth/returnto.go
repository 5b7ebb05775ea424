package auth

import (
	"net/url"
	"path"
	"strings"
)

// maxReturn bounds an address to return to, in bytes.
const maxReturn = 2048

// SafeReturn returns target when it is a place on our own site where a person can land after signing in, and "/"
// otherwise. Such a place begins with exactly one slash, is plain ASCII without backslashes, blanks or dot segments
// (also when percent-encoded), and is not part of signing in or out itself, which would go round in circles.
func SafeReturn(target string) string {
	const home = "/"
	if len(target) > maxReturn || !strings.HasPrefix(target, "/") {
		return home
	}
	if strings.ContainsFunc(target, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) {
		return home
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return home
	}
	if !isPlainPath(u.Path) {
		return home
	}
	switch first, _, _ := strings.Cut(strings.ToLower(u.Path[1:]), "/"); first {
	case "login", "logout", "auth":
		return home
	}
	return target
}

// isPlainPath looks at the decoded path: proxies and browsers differ in when they decode, so what would be unsafe
// after decoding is unsafe before.
func isPlainPath(p string) bool {
	if strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' || r == '%' }) {
		return false
	}
	clean := path.Clean(p)
	return p == clean || clean != "/" && p == clean+"/"
}
