package review_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func TestParseSafeURL(t *testing.T) {
	const refused = ""
	tests := []struct{ in, want string }{
		{"https://wiki.example.com/page", "https://wiki.example.com/page"},
		{"  https://wiki.example.com/page\n", "https://wiki.example.com/page"},
		{"HTTPS://wiki.example.com", "https://wiki.example.com"},
		{"https://wiki.example.com:8443/a%20b?q=1&r=%3C#top", "https://wiki.example.com:8443/a%20b?q=1&r=%3C#top"},
		{"https://wiki.example.com/größe", "https://wiki.example.com/gr%C3%B6%C3%9Fe"},
		{"https://bücher.example/", "https://bücher.example/"}, {"https://b%C3%BCcher.example:8443/ä?ö", "https://bücher.example:8443/%C3%A4?ö"},
		{"https://[2001:db8::1]/", "https://[2001:db8::1]/"},
		{"https://10.0.0.1/", "https://10.0.0.1/"},
		{"https://snake_case.example.com./", "https://snake_case.example.com./"},
		{"", refused}, {"   ", refused}, {"wiki.example.com", refused}, {"//wiki.example.com/", refused}, {"/page", refused},
		{"http://wiki.example.com", refused}, {"javascript:alert(1)", refused}, {"JavaScript://x/%0aalert(1)", refused},
		{"data:text/html,x", refused}, {"file:///etc/passwd", refused}, {"ftp://example.com", refused}, {"https", refused}, {"https:", refused},
		{"https:wiki.example.com", refused}, {"https:/wiki.example.com", refused}, {"https://", refused}, {"https:///page", refused}, {"https://:443/", refused},
		{"https://me@example.com", refused}, {"https://me:secret@example.com", refused}, {"https://@example.com", refused}, {"https://:@example.com", refused},
		{"https://example.com\\@evil.example/", refused}, {"https://example.com/a b", refused}, {"https://exa\tmple.com/", refused},
		{"https://example.com/\x00", refused}, {"https://example.com/\r\nX: y", refused}, {"https://example.com/\u202e", refused},
		{"https://example.com/\u3000x", refused}, {"https://example.com/?\u2003#", refused}, {"https://example.com/\xff", refused}, {"https://example.com/\ufffd", refused},
		{"https://%E2%80%AEmoc.example/", refused}, // a hidden override in the name
		{"https://%FF.example/", refused},          // bytes that are no text
		{`https://"onclick=x/`, refused}, {"https://<b>/", refused}, {"https://a,b/", refused}, {"https://exam%70le.com/", refused},
		{"https://[fe80::1%25eth0]/", refused}, {"https://example.com:port/", refused}, {"https://example.com/%zz", refused},
		{"https://example.com/" + strings.Repeat("a", review.MaxURL-20), "https://example.com/" + strings.Repeat("a", review.MaxURL-20)},
		{"https://example.com/" + strings.Repeat("a", review.MaxURL-19), refused},
		{"https://example.com/" + strings.Repeat("ä", 900), refused}, // too long once written out
	}
	for _, tt := range tests {
		got, err := review.ParseSafeURL(tt.in)
		if string(got) != tt.want || (err == nil) != (tt.want != refused) {
			t.Errorf("%.60q became %.60q, %v", tt.in, got, err)
		}
	}
}

// A safe link is https, has a host and no credentials, is plain to read, and
// comes out the same when it is parsed again.
func FuzzParseSafeURL(f *testing.F) {
	for _, s := range []string{
		"https://wiki.example.com/page?x=1#y", "HTTPS://Example.com:443", "javascript:alert(1)", "https://a@b", "https://a:b@c/", "https:a", "https:///x",
		"https://[::1]:1/", "https://[fe80::1%25a]/", "https://%E2%80%AE/", "https://%ff/", "https://h/?\u2003#", "https://h/\\@x", "https://h?#", "https://h/%2f%2F/..//", " https://h ",
		"https://b%C3%BCcher.example/", "https://h/\u00a0", "https://h#\"'<>", "http://h", "https://h:/", "https://.", "https://-",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		safe, err := review.ParseSafeURL(s)
		if err != nil {
			if safe != "" || err.Error() == "" {
				t.Fatalf("%q was refused, yet gave %q, %v", s, safe, err)
			}
			return
		}
		u, err := url.Parse(string(safe))
		if err != nil || u.Scheme != "https" || !strings.HasPrefix(string(safe), "https://") || u.User != nil || u.Opaque != "" || u.Hostname() == "" {
			t.Fatalf("%q became %q: %v", s, safe, err)
		}
		if len(safe) > review.MaxURL || !utf8.ValidString(string(safe)) || strings.ContainsFunc(string(safe), func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == '\\' }) {
			t.Fatalf("%q became %q", s, safe)
		}
		if host := safe.Host(); host == "" || !utf8.ValidString(host) || strings.ContainsFunc(host, unicode.IsControl) || strings.ContainsAny(host, "\u202e\"<>@/") {
			t.Fatalf("%q names the host %q", s, host)
		}
		again, err := review.ParseSafeURL(string(safe))
		if err != nil || again != safe {
			t.Fatalf("%q became %q and then %q, %v", s, safe, again, err)
		}
	})
}

// hidden are characters that no text may contain.
func hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r):
		return true
	}
	return strings.ContainsRune("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c", r)
}

func TestTextCleaning(t *testing.T) {
	const refused = "refused"
	tests := []struct{ name, in, want string }{
		{"plain", "fine", "fine"},
		{"outer space", " \t\n fine \u00a0\n", "fine"},
		{"line ends", "a\r\nb\r\n", "a\nb"},
		{"a tab inside", "a\tb", "a\tb"},
		{"other scripts, joined emoji", "日本語 العربية 👩‍💻", "日本語 العربية 👩‍💻"},
		{"nothing to see", "\u200b\u2060\ufeff\u00ad", ""},
		{"a lone carriage return", "a\rb", refused},
		{"NUL", "a\x00b", refused},
		{"escape", "a\x1b[31m", refused},
		{"delete", "a\x7f", refused},
		{"C1", "a\u0085b", refused},
		{"bidi override", "a\u202eb", refused},
		{"bidi isolate", "a\u2066b", refused},
		{"Arabic letter mark", "a\u061cb", refused},
		{"no text", "a\xffb", refused},
		{"as long as may be", strings.Repeat("é", review.MaxNote), strings.Repeat("é", review.MaxNote)},
		{"one longer", strings.Repeat("é", review.MaxNote+1), refused},
		{"a mebibyte", strings.Repeat("x", 1<<20), refused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.ok(w.answer(member, design, "adr", review.Met, "before"))
			err := w.answer(member, design, "adr", review.Met, tt.in)
			if tt.want == refused {
				w.refused(err, "invalid")
				return
			}
			w.ok(err)
			if got := w.stage(design).Item("adr").Answer.Note; got != tt.want {
				t.Errorf("kept as %q", got)
			}
		})
	}
}

func TestSingleLines(t *testing.T) {
	for _, name := range []string{"a\nb", "a\r\nb", "a\tb", "a\u2028b", "a\u2029b", "a\vb", strings.Repeat("x", 10_000), "", " ", "\u200b"} {
		w := newWorld(t)
		w.refused(w.silent(func() error { return w.edit(owner, func(f *review.ProjectFields) { f.Name = name }) }), "invalid")
	}
}

// What a note is kept as is clean, no longer than it may be, and stays as it
// is when it is sent again.
func FuzzText(f *testing.F) {
	for _, s := range []string{"fine", " a\r\nb ", "a\rb", "\r\r\n", "\x00", "\u202e", "\u200b", "\xff", "é", strings.Repeat("x", 4001), "\u0085x", "a\u2028", "\ufeffx", "\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w := newWorld(t)
		err := w.answer(member, design, "adr", review.Met, s)
		if err != nil {
			w.refused(err, "invalid")
			return
		}
		kept := w.stage(design).Item("adr").Answer.Note
		if !utf8.ValidString(kept) || utf8.RuneCountInString(kept) > review.MaxNote || strings.ContainsFunc(kept, hidden) || kept != strings.TrimSpace(kept) {
			t.Fatalf("%q was kept as %q", s, kept)
		}
		w.ok(w.silent(func() error { return w.answer(member, design, "adr", review.Met, kept) }))
	})
}

func TestValidKey(t *testing.T) {
	for key, want := range map[string]bool{
		"ab": true, "payments-api": true, "a1-2b": true, strings.Repeat("a", 40): true,
		"": false, "a": false, strings.Repeat("a", 41): false, "1a": false, "-ab": false, "ab-": false, "a--b": false, "Ab": false, "a_b": false,
		"a b": false, "ab\n": false, "äb": false, "a/b": false, "..": false,
	} {
		if plan.ValidKey(key) != want {
			t.Errorf("%q: %t", key, !want)
		}
	}
}
