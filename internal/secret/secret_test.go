package secret_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/secret"
)

// The samples are put together here, so that nobody who looks through our files
// takes them for real.
var (
	letters = "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW1xY3zA5b"
	jwt     = "eyJ" + "hbGciOiJIUzI1NiJ9" + "." + "eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0" + "." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
)

func TestFind(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"private key", "Here:\n-----BEGIN RSA PRIVATE " + "KEY-----\nMII", "a private key"},
		{"of OpenSSH", "-----BEGIN OPENSSH PRIVATE " + "KEY-----", "a private key"},
		{"of PGP", "-----BEGIN PGP PRIVATE KEY " + "BLOCK-----", "a private key"},
		{"AWS", "we use AKIA" + "IOSFODNN7ABCDEFG for it", "an AWS access key ID"},
		{"GitHub", "ghp_" + letters[:36], "a GitHub token"},
		{"GitHub, fine-grained", "github_pat_" + letters + "_" + letters, "a GitHub token"},
		{"GitLab", "set glpat-" + letters[:20], "a GitLab token"},
		{"Slack", "xoxb-" + "123456789012-123456789012-" + letters[:24], "a Slack token"},
		{"Slack hook", "https://hooks.slack.com/services/" + "T0AAAAAAA/B0BBBBBBB/" + letters[:24], "a Slack token"},
		{"Google", "AIza" + letters[:35], "an API key"},
		{"Stripe", "sk_live_" + letters[:24], "an API key"},
		{"JWT", "It sends " + jwt + ".", "a signed token (JWT)"},
		{"database", "postgres://app:h0rse-Battery@db.internal:5432/pay", "an address with a password in it"},
		{"basic in a link", "https://ci:" + letters[:12] + "@ci.example.com/job", "an address with a password in it"},
		{"query", "https://ci.example.com/artifact?id=7&token=" + letters[:24], "a link with a token in it"},
		{"signed link", "https://store.example.com/a?se=2027&sig=" + letters[:30] + "%3D", ""},
		{"signed link, plain", "https://store.example.com/a?se=2027&sig=" + letters[:30], "a link with a token in it"},
		{"header", "Authorization: Bearer " + letters[:32], "credentials of a request"},
		{"password", "The password: Summer2026!", "a password or key"},
		{"assigned", "DB_PASSWORD=hunter22", "a password or key"},
		{"in words", "the admin password is Tr0ub4dor&3", "a password or key"},
		{"JSON", `{"client_secret": "` + letters[:32] + `"}`, "a password or key"},
		{"Azure", "AccountKey=" + letters + "==", "a password or key"},

		{"empty", "", ""},
		{"words", "Passwords are kept in the vault; the token is rotated every 30 days.", ""},
		{"a rule", "password: at least 12 characters, no reuse", ""},
		{"a place", "Secret: vault/payments/production/db-2026", ""},
		{"an ARN", "secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:payments-db", ""},
		{"a stand-in", "password: ${DB_PASSWORD}, token=<your-token-1>", ""},
		{"a stand-in in an address", "postgres://app:password@localhost/pay and amqp://user:***@mq", ""},
		{"AWS's own example", "AKIA" + "IOSFODNN7EXAMPLE", ""},
		{"a date", "token: 2026-12-01T10:00:00Z", ""},
		{"hyphens", "Token: expires-after-15-minutes", ""},
		{"a link", "token: https://wiki.example.com/x/AbCd1234EfGh5678", ""},
		{"a commit", "Fixed in 9fd318875959c2bb1a7e5ad2b2cd09d1e6ab7f10.", ""},
		{"a digest", "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", ""},
		{"a UUID", "Run 550e8400-e29b-41d4-a716-446655440000 of 12:30", ""},
		{"a long link", "https://grafana.example.com/d/aB3dE5fG7hI9jK1l/payments?orgId=1&from=now-24h&to=now&var-cluster=eu-west-1a&viewPanel=42", ""},
		{"a page of a document", "https://docs.example.com/document/d/1aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW/edit?key=PAY-123", ""},
		{"a ratio", "key: 3:1, 1e5:2e6", ""},
		{"an item", "key: api-key-rotation-set", ""},
		{"at signs", "See http://example.com:8080 @ops and mailto:ops@example.com", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var kinds []string
			for _, f := range secret.Find(tt.text) {
				kinds = append(kinds, f.Kind)
			}
			if got := strings.Join(kinds, ", "); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFindSaysTheLine(t *testing.T) {
	text := "One\ntwo\npassword: Summer2026!\nfour\nghp_" + letters[:36] + "\n"
	got := secret.Find(text)
	if len(got) != 2 || got[0].Line != 3 || got[1].Line != 5 {
		t.Errorf("found %+v", got)
	}
	if secret.Mark(got) == secret.Mark(got[:1]) || secret.Mark(got) != secret.Mark(secret.Find(text)) {
		t.Error("the mark does not stand for what was found")
	}
	if moved := secret.Find("\n" + text); secret.Mark(moved) != secret.Mark(got) {
		t.Error("a line more makes other findings of the same")
	}
}

// What we write ourselves raises no alarm: the catalogue, the demo, the guides.
func TestNoFalseAlarms(t *testing.T) {
	read := 0
	for _, dir := range []string{"../catalog", "../devstack/portfolio", "../record", "../../docs", "../../web/page"} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			switch filepath.Ext(path) {
			case ".yaml", ".yml", ".md", ".templ":
			case ".go":
				if strings.HasSuffix(path, "_templ.go") {
					return nil
				}
			default:
				return nil
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			read += len(b)
			for _, f := range secret.Find(string(b)) {
				t.Errorf("%s, line %d looks like %s", path, f.Line, f.Kind)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 500_000 {
		t.Errorf("read %d bytes only", read)
	}
}

// The largest form is looked through before anybody gets impatient, whatever is in it.
func TestFindInTime(t *testing.T) {
	for _, part := range []string{"password: token key= basic ://a:b?key=sig= ", "eyJeyJ.eyJ.", "aaaaaaaa"} {
		start := time.Now()
		secret.Find(strings.Repeat(part, (4<<20)/len(part)))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%q takes %v", part, took)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("password: Summer2026!\n" + jwt)
	f.Add("postgres://a:b@c \xff\x00 ://:@")
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, found := range secret.Find(text) {
			if found.Line < last || found.Line > 1+strings.Count(text, "\n") || found.Kind == "" {
				t.Errorf("found %+v", found)
			}
			last = found.Line
		}
	})
}
