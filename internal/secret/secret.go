// Package secret finds what looks like a password, a key or a token in a text
// that somebody is about to have stored.
//
// It is a short list of what people paste by mistake into notes, titles and links,
// not a scanner of code: a warning that is often wrong is soon clicked away. Each
// rule names the words without which it is not tried, so that ordinary text costs
// next to nothing.
package secret

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Found is something in a text that looks like a secret. It does not say what that
// is, so that it can be shown and logged.
type Found struct {
	Kind string // in words, with its article: "an AWS access key ID"
	Line int    // of the text, from 1
	text string
}

// rule is one kind of secret.
type rule struct {
	kind    string
	words   []string // in lower case: one of them has to stand in the text
	pattern *regexp.Regexp
	// looks judges the last group of the pattern, where the pattern alone says too little.
	looks func(string) bool
}

// budget is how many bytes of lines that could hold a secret each rule reads of one
// text. Whoever pastes more of them than that is warned of the first ones.
const budget = 256 << 10

var rules = []rule{
	{"a private key", []string{"private key", "putty-user-key-file", "age-secret-key-"}, regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:|AGE-SECRET-KEY-1[A-Z0-9]{20,}`), nil},
	{"an AWS access key ID", []string{"akia", "asia"}, regexp.MustCompile(`\b((?:AKIA|ASIA)[A-Z2-7]{16})\b`), func(s string) bool { return !strings.HasSuffix(s, "EXAMPLE") }},
	{"a GitHub token", []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"}, regexp.MustCompile(`\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})`), nil},
	{"a GitLab token", []string{"glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "gloas-"}, regexp.MustCompile(`\bgl(?:pat|dt|rt|ptt|cbt|oas)-[A-Za-z0-9_.-]{20,}`), nil},
	{"a Slack token", []string{"xox", "xapp-", "hooks.slack.com"}, regexp.MustCompile(`\bxox[abeoprs]-[A-Za-z0-9-]{20,}|\bxapp-\d-[A-Za-z0-9-]{20,}|hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/]{30,}`), nil},
	{"an API key", []string{"aiza", "npm_", "sk_live_", "rk_live_", "sk-", "dop_v1_", "hvs."}, regexp.MustCompile(`\b(AIza[A-Za-z0-9_-]{35}|npm_[A-Za-z0-9]{36}|[rs]k_live_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{32,}|dop_v1_[a-f0-9]{64}|hvs\.[A-Za-z0-9_-]{24,})`), random},
	{"a signed token (JWT)", []string{"eyj"}, regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}`), nil},
	{"an address with a password in it", []string{"://"}, regexp.MustCompile(`\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@?#]*:([^\s/@?#]{3,})@[^\s@]`), given},
	{"a link with a token in it", []string{"token=", "key=", "sig=", "signature=", "secret=", "password="}, regexp.MustCompile(`(?i)[?&](?:access_token|auth_token|private_token|job_token|token|api[_-]?key|key|sig|signature|x-amz-signature|x-goog-signature|client_secret|secret|password)=([^&\s#"'<>)]{8,})`), random},
	{"credentials of a request", []string{"bearer", "basic"}, regexp.MustCompile(`(?i)\b(?:bearer|basic)[ \t]+([A-Za-z0-9+/=_.~-]{20,})`), random},
	{"a password or key", []string{"passw", "passphrase", "pwd", "secret", "token", "key"}, regexp.MustCompile(`(?i)(?:password|passwd|passphrase|\bpwd|secret|token|api[ _-]?key|access[_-]?key|account[_-]?key|private[_-]?key)["'\x60]?(?:[ \t]*(?::=|=>|[:=])|[ \t]+is)[ \t]*["'\x60]?([^\s"'\x60,;]{8,})`), random},
}

// Find lists what looks like a secret, by line.
func Find(text string) []Found {
	var out []Found
	read := make([]int, len(rules))
	no := 0
	for line := range strings.Lines(text) {
		no++
		if len(line) < 8 { // nothing shorter is found
			continue
		}
		line = line[:min(len(line), budget)]
		lower := strings.ToLower(line)
		for i := range rules {
			if read[i] < budget && rules[i].mayBeIn(lower) {
				read[i] += len(line)
				out = rules[i].find(out, line, no)
			}
			if len(out) == most {
				return out
			}
		}
	}
	return out
}

// mayBeIn reports whether one of the rule's words stands in a line, written small.
func (r *rule) mayBeIn(lower string) bool {
	return slices.ContainsFunc(r.words, func(w string) bool { return strings.Contains(lower, w) })
}

// find adds what a line holds by the rule. What two rules find in one place is said
// once, by the one that comes first and knows it better.
func (r *rule) find(out []Found, line string, no int) []Found {
	for _, at := range r.pattern.FindAllStringSubmatchIndex(line, -1) {
		text := line[at[0]:at[1]]
		if n := len(at); n > 2 && at[n-2] >= 0 {
			text = line[at[n-2]:at[n-1]]
		}
		known := slices.ContainsFunc(out, func(f Found) bool {
			return f.Line == no && (strings.Contains(f.text, text) || strings.Contains(text, f.text))
		})
		if !known && (r.looks == nil || r.looks(text)) {
			out = append(out, Found{Kind: r.kind, Line: no, text: text})
			if len(out) == most {
				break
			}
		}
	}
	return out
}

// most is how many findings there are before the rest of a text is left: nobody needs
// more to see what they pasted.
const most = 100

// Mark stands for just these findings: whoever says of them that they are no
// secrets says nothing about others.
func Mark(fs []Found) string {
	h := sha256.New()
	for _, f := range fs {
		h.Write([]byte(f.Kind + "\x00" + f.text + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// given reports whether somebody filled a password in: what stands for one in an
// example is none.
func given(s string) bool {
	if strings.ContainsAny(s, "<>{}$*%[]()…") {
		return false
	}
	switch strings.ToLower(s) {
	case "pass", "password", "passwd", "pwd", "secret", "token", "user", "port", "xxx", "xxxx", "xxxxx", "pw":
		return false
	}
	return entropy(s) > 0
}

// random reports whether a text looks made up by a machine, or like a password with
// figures in it. Words, also with hyphens between them, and dates are none of that.
func random(s string) bool {
	if !given(s) || strings.Contains(s, "://") || entropy(s)*float64(len(s)) < 20 || entropy(s) < 2.5 {
		return false
	}
	return slices.ContainsFunc(strings.FieldsFunc(s, between), mixed)
}

// between reports what stands between words in paths, names and dates.
func between(r rune) bool { return strings.ContainsRune("-_./:+~@,", r) }

// mixed reports whether a word has letters and figures in it, in more than the way
// of "v2" or "2026Q1".
func mixed(word string) bool {
	letter, digit := strings.IndexFunc(word, unicode.IsLetter), strings.IndexFunc(word, unicode.IsDigit)
	return len(word) >= 6 && letter >= 0 && digit >= 0
}

// entropy is that of a text's own letters, in bits a letter.
func entropy(s string) float64 {
	counts := map[rune]float64{}
	n := 0.0
	for _, r := range s {
		counts[r]++
		n++
	}
	bits := 0.0
	for _, c := range counts {
		bits -= c / n * math.Log2(c/n)
	}
	return bits
}
