package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web"
)

// settings are everything that can be set, read once at start.
type settings struct {
	addr, opsAddr                  string
	lameDuck                       time.Duration
	origin, databaseURL, dataDir   string
	plainDatabase                  bool
	issuer, clientID, clientSecret string
	scopes                         []string
	groupsClaim                    string
	groups                         auth.GroupMap
	groupsSet                      bool
	defaultRole                    review.Role
	sessionLasts, sessionIdle      time.Duration
	signing                        auth.Demand
	zone                           *time.Location // whose days dates are
	conns                          int
	lifecycle                      string // of new projects
	limits                         web.Limits
	checkpointKey, checkpointFile  string
	checkpointEvery                time.Duration
	proxies                        []string
	links                          review.LinkRules
	logJSON, demo                  bool
	logLevel                       slog.Level
}

// setting is one line of the table below. A default is applied like a value
// from the environment.
type setting struct {
	name, def, help string
	apply           func(*settings, string) error
}

// table is every setting: it reads them, and it prints the help.
func table() []setting {
	return []setting{
		{"SLIPWAY_ADDR", "127.0.0.1:8080", "address to listen on, host:port", func(s *settings, v string) error {
			s.addr = v
			return checkAddr(v)
		}},
		{"SLIPWAY_OPS_ADDR", "", "separate address for /metrics, /healthz and /readyz; SLIPWAY_ADDR then no longer answers them",
			func(s *settings, v string) error {
				s.opsAddr = v
				if v == "" {
					return nil
				}
				return checkAddr(v)
			}},
		{"SLIPWAY_LAME_DUCK_SECONDS", "3", "seconds for which a server told to stop goes on while its /readyz says 503",
			whole(0, 300, func(s *settings, n int) { s.lameDuck = time.Duration(n) * time.Second })},
		{"SLIPWAY_ORIGIN", "", "public address, https://slipway.example.com; default: http:// and SLIPWAY_ADDR",
			func(s *settings, v string) error {
				s.origin = strings.TrimSuffix(v, "/")
				if s.origin == "" {
					s.origin = originOf(s.addr)
				}
				return checkOrigin(s.origin)
			}},
		{"SLIPWAY_DATABASE_URL", "", "PostgreSQL 15 or newer, postgres://…; the owner's for migrate, the restricted role's for serve",
			func(s *settings, v string) error {
				s.databaseURL = v
				return nil
			}},
		{"SLIPWAY_DATABASE_TLS", "required", "off allows an unencrypted connection to a database on another machine",
			func(s *settings, v string) error {
				s.plainDatabase = v == "off"
				if v != "off" && v != "required" {
					return errors.New("must be required or off")
				}
				return nil
			}},
		{"SLIPWAY_DATABASE_CONNECTIONS", "8", "highest number of connections to the database",
			whole(1, 200, func(s *settings, n int) { s.conns = n })},
		{"SLIPWAY_DATA_DIR", ".slipway", "where dev keeps its database", func(s *settings, v string) error { s.dataDir = v; return nil }},
		{"SLIPWAY_OIDC_ISSUER", "", "OpenID provider, exactly as it names itself",
			func(s *settings, v string) error { s.issuer = v; return nil }},
		{"SLIPWAY_OIDC_CLIENT_ID", "slipway", "Slipway's client id at the provider",
			func(s *settings, v string) error { s.clientID = v; return nil }},
		{"SLIPWAY_OIDC_CLIENT_SECRET", "", "Slipway's secret at the provider; empty for a public client", func(s *settings, v string) error {
			if v != "" {
				s.clientSecret = v
			}
			return nil
		}},
		{"SLIPWAY_OIDC_CLIENT_SECRET_FILE", "", "file that holds the secret instead", secretFile},
		{"SLIPWAY_OIDC_SCOPES", "profile email", "scopes in addition to openid, separated by spaces; many providers want groups here",
			func(s *settings, v string) error {
				s.scopes = strings.Fields(v)
				return nil
			}},
		{"SLIPWAY_OIDC_GROUPS_CLAIM", "groups", "claim that lists a person's groups",
			func(s *settings, v string) error { s.groupsClaim = v; return nil }},
		{"SLIPWAY_GROUPS", "", "what groups give: prr-admins=admin, sre-leads=seat:sre, …", func(s *settings, v string) (err error) {
			if s.groups, err = auth.ParseGroupMap(v); err != nil {
				return err
			}
			s.groupsSet = v != ""
			for _, seat := range s.groups.Seats() {
				if !plan.Seat(seat).Valid() {
					return fmt.Errorf("%q cannot be the key of a seat; those that come with Slipway are %v", seat, plan.Seats())
				}
			}
			return nil
		}},
		{"SLIPWAY_DEFAULT_ROLE", "viewer", "role of everybody who can sign in: viewer, or none", func(s *settings, v string) error {
			switch v {
			case "viewer":
				s.defaultRole = review.RoleViewer
			case "none":
			default:
				return errors.New("must be viewer or none")
			}
			return nil
		}},
		{"SLIPWAY_SESSION_HOURS", "168", "hours after which a session ends in any case",
			whole(1, 24*90, func(s *settings, n int) { s.sessionLasts = time.Duration(n) * time.Hour })},
		{"SLIPWAY_TIME_ZONE", "UTC", "time zone by whose days dates end, such as Europe/Berlin", func(s *settings, v string) (err error) {
			if v == "Local" { // of whatever machine this runs on
				return errors.New("must be the name of a time zone, such as Europe/Berlin")
			}
			s.zone, err = time.LoadLocation(v)
			return err
		}},
		{"SLIPWAY_SESSION_IDLE_HOURS", "12", "hours without use after which a session ends",
			whole(1, 24*90, func(s *settings, n int) { s.sessionIdle = time.Duration(n) * time.Hour })},
		{"SLIPWAY_LIFECYCLE", store.UsualLifecycle, "lifecycle of new projects unless they choose: its key, or key@version to stay with one",
			func(s *settings, v string) error {
				s.lifecycle = v
				_, _, err := store.ParseLifecycleName(v)
				return err
			}},
		{"SLIPWAY_SIGNING_MAX_AGE", "", "how old a sign-in may be for a decision, such as 15m or 8h; empty: as old as the session", signingAge},
		{"SLIPWAY_SIGNING_ACR", "", "ways of signing in (acr) of which a decision needs one, separated by spaces; empty: any way is enough",
			func(s *settings, v string) error {
				s.signing.ACR = strings.Fields(v)
				return nil
			}},
		{"SLIPWAY_LIMIT_ADDRESS", "6000", "requests per minute from one address; 0: no limit",
			whole(0, 1e9, func(s *settings, n int) { s.limits.Address = n })},
		{"SLIPWAY_LIMIT_SESSION", "1200", "requests per minute in one session", whole(1, 1e9, func(s *settings, n int) { s.limits.Session = n })},
		{"SLIPWAY_LIMIT_CHANGES", "240", "changes per minute in one session",
			whole(1, 1e9, func(s *settings, n int) { s.limits.Changes = n })},
		{"SLIPWAY_LIMIT_SIGN_IN", "120", "sign-in requests per minute from one address",
			whole(1, 1e9, func(s *settings, n int) { s.limits.SignIn = n })},
		{"SLIPWAY_PROXIES", "", "address ranges of the proxies in front, separated by spaces (10.0.0.0/8); limits then use X-Forwarded-For",
			func(s *settings, v string) error {
				s.proxies = strings.Fields(v)
				for _, p := range s.proxies {
					if _, err := netip.ParsePrefix(p); err != nil {
						return fmt.Errorf("%q is not an address range such as 10.0.0.0/8", p)
					}
				}
				return nil
			}},
		{"SLIPWAY_TICKET_URL", "", "address of a ticket, with {key} in place of its key, so that PAY-123 becomes a link as evidence",
			func(s *settings, v string) error {
				s.links.Ticket = v
				return s.links.Check()
			}},
		{"SLIPWAY_EVIDENCE_HTTP_HOSTS", "", "intranet hosts, separated by spaces, for which evidence links may be http",
			func(s *settings, v string) error {
				s.links.HTTPHosts = strings.Fields(v)
				return s.links.Check()
			}},
		{"SLIPWAY_CHECKPOINT_KEY_FILE", "", "file with the key that signs checkpoints and proof bundles; without it there are none",
			func(s *settings, v string) error {
				s.checkpointKey = v
				return nil
			}},
		{"SLIPWAY_CHECKPOINT_FILE", "", "file to which each checkpoint is appended, so that it can leave the machine",
			func(s *settings, v string) error {
				s.checkpointFile = v
				return nil
			}},
		{"SLIPWAY_CHECKPOINT_MINUTES", "5", "minutes between checkpoints, when anything has happened",
			whole(1, 24*60, func(s *settings, n int) { s.checkpointEvery = time.Duration(n) * time.Minute })},
		{"SLIPWAY_LOG", "text", "form of the log: text or json", func(s *settings, v string) error {
			s.logJSON = v == "json"
			if v != "json" && v != "text" {
				return errors.New("must be text or json")
			}
			return nil
		}},
		{"SLIPWAY_LOG_LEVEL", "info", "debug, info, warn or error", func(s *settings, v string) error {
			if s.logLevel.UnmarshalText([]byte(v)) != nil {
				return errors.New("must be debug, info, warn or error")
			}
			return nil
		}},
		{"SLIPWAY_DEMO", "", "1 allows the demo provider and the demo portfolio", func(s *settings, v string) error {
			s.demo = v == "1"
			if v != "" && v != "1" {
				return errors.New("must be 1 or empty")
			}
			return nil
		}},
	}
}

// readSettings applies every line and reports everything that is wrong at once.
func readSettings(getenv func(string) string) (settings, error) {
	var s settings
	var wrong []error
	for _, line := range table() {
		v := strings.TrimSpace(getenv(line.name))
		if v == "" {
			v = line.def
		}
		if err := line.apply(&s, v); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", line.name, err))
		}
	}
	if s.limits.Address == 0 {
		s.limits = web.Limits{}
	}
	if s.databaseURL != "" && !s.plainDatabase {
		if err := store.CheckEncrypted(s.databaseURL); err != nil {
			wrong = append(wrong, fmt.Errorf("SLIPWAY_DATABASE_URL: %w", err))
		}
	}
	if len(wrong) > 0 {
		return s, fmt.Errorf("%d settings are wrong:\n%w", len(wrong), errors.Join(wrong...))
	}
	return s, nil
}

func help() string {
	var b strings.Builder
	b.WriteString(`Slipway tracks production readiness reviews.

Commands:
  serve           answer browsers
  migrate         bring the database to the schema and templates of this program
  dev             start everything for a look: database, sign-in, demo portfolio
  demo-portfolio  fill an empty database with demo projects (SLIPWAY_DEMO=1)
  demo-provider   only the demo sign-in (SLIPWAY_DEMO=1)
  key             print the public key of SLIPWAY_CHECKPOINT_KEY_FILE; key --new NAME makes the file
  verify          check the whole database against its trail and its checkpoints
  verify FILE.zip --key KEY   check a proof bundle, with no network and no database
  erase-person NUMBER --reason TEXT   drop a person's name and address; see the operators' guide
  rebuild -from postgres://…  fill an empty, migrated database from the trail of a damaged one
  export-organisation FILE    write everything of the organisation to a file of JSON lines; - is the standard output
  import-organisation FILE    fill an empty, migrated database with such a file, and verify it; - is the standard input
  version, help

Settings, from the environment:
`)
	for _, line := range table() {
		fmt.Fprintf(&b, "  %-32s %s", line.name, line.help)
		if line.def != "" {
			fmt.Fprintf(&b, " [%s]", line.def)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func whole(low, high int, set func(*settings, int)) func(*settings, string) error {
	return func(s *settings, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < low || n > high {
			return fmt.Errorf("must be a whole number from %d to %d", low, high)
		}
		set(s, n)
		return nil
	}
}

// signingAge takes a duration of whole seconds, as the provider is asked in those.
func signingAge(s *settings, v string) error {
	if v == "" {
		return nil
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < time.Minute || d > 90*24*time.Hour || d%time.Second != 0 {
		return errors.New("must be a time from 1m to 2160h, such as 15m or 8h")
	}
	s.signing.MaxAge = d
	return nil
}

func secretFile(s *settings, path string) error {
	if path == "" {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cannot be read: %w", err)
	}
	s.clientSecret = strings.TrimSpace(string(b))
	return nil
}

func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if n, e := strconv.Atoi(port); err != nil || e != nil || n < 0 || n > 65535 {
		return errors.New("must be host:port, such as 127.0.0.1:8080 or :8080")
	}
	return nil
}

// originOf is the address that a browser on this machine uses.
func originOf(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// checkOrigin wants https, since sessions travel with every request; plain
// http is for this machine only.
func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || (u.Scheme != "https" && u.Scheme != "http") {
		return errors.New("must be an address without a path, such as https://slipway.example.com")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return errors.New("must begin with https:// unless it is this machine's own")
	}
	return nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
