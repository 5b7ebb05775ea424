package review

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SafeURL is a link that has been parsed and put together again: https, or http
// to a host that the organisation allows.
type SafeURL string

// LinkRules are what an organisation allows and understands as a link beside
// https. The zero value allows https only.
type LinkRules struct {
	// Ticket is the address of a ticket, with {key} in the place of its key, such
	// as https://tickets.example.com/browse/{key}. Empty: ticket keys are no links.
	Ticket string
	// HTTPHosts are the names of hosts to which links may be http.
	HTTPHosts []string
}

// TicketMark stands for a ticket's key in [LinkRules.Ticket].
const TicketMark = "{key}"

// ticketKey is what issue trackers call a ticket: PAY-123.
var ticketKey = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,19}-[0-9]{1,9}$`)

// Check reports what is wrong with the rules themselves.
func (l LinkRules) Check() error {
	if l.Ticket != "" {
		if strings.Count(l.Ticket, TicketMark) != 1 {
			return fmt.Errorf("the address of a ticket has to contain %s once, where its key goes", TicketMark)
		}
		if _, err := l.Parse("ABC-1"); err != nil {
			return fmt.Errorf("the address of a ticket gives links that are not allowed: it %w", err)
		}
	}
	for _, h := range l.HTTPHosts {
		if h == "" || !validHost(h) || h != strings.ToLower(h) {
			return fmt.Errorf("%q is not the name of a host in lower case", h)
		}
	}
	return nil
}

// ParseSafeURL accepts an absolute https link without credentials. The
// message of the error is fit for the field that it was typed into.
func ParseSafeURL(s string) (SafeURL, error) { return LinkRules{}.Parse(s) }

// Parse is [ParseSafeURL] for an organisation that allows more: a ticket's key
// becomes its address, and links to named hosts may be http.
func (l LinkRules) Parse(s string) (SafeURL, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", errors.New("enter the link to the evidence")
	}
	if len(s) > MaxURL {
		return "", fmt.Errorf("is %d characters long; at most %d are allowed", len(s), MaxURL)
	}
	for _, r := range s {
		if r == '\\' {
			return "", errors.New("is the path of a file, which only works on your network; link to a page that opens it with https://")
		}
		if r == ' ' {
			return "", errors.New("contains a space, which no link does; a link begins with https://")
		}
		if unicode.IsControl(r) || isBidiControl(r) || unicode.IsSpace(r) || r == utf8.RuneError {
			return "", errors.New("contains a character that does not belong in a link")
		}
	}
	if ticketKey.MatchString(s) {
		if l.Ticket == "" {
			return "", errors.New("looks like a ticket's key; paste the ticket's link, or have an operator set SLIPWAY_TICKET_URL so that keys become links")
		}
		s = strings.Replace(l.Ticket, TicketMark, s, 1)
	}
	u, err := url.Parse(s)
	if err != nil {
		return "", errors.New("is not a link; it should look like https://wiki.example.com/page")
	}
	if err := l.check(u); err != nil {
		return "", err
	}
	out := u.String()
	if host := u.Host; !isASCII(host) { // String escapes it by bytes, which nobody could read
		out = u.Scheme + "://" + host + strings.TrimPrefix(out, u.Scheme+"://"+(&url.URL{Host: host}).String()[2:])
	}
	if len(out) > MaxURL {
		return "", fmt.Errorf("is longer than %d characters once written out", MaxURL)
	}
	return SafeURL(out), nil
}

// check says what keeps a parsed link from being evidence.
func (l LinkRules) check(u *url.URL) error {
	host := strings.ToLower(u.Hostname())
	switch {
	case u.Scheme == "http" && !slices.Contains(l.HTTPHosts, host):
		return errors.New("must start with https://, since http can be changed on the way; an admin can have it allowed for this host")
	case u.Scheme == "file":
		return errors.New("is the path of a file on your computer; link to a page that others can open, with https://")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("must start with https://")
	case u.User != nil:
		return errors.New("must not contain a user name or password")
	case host == "" || u.Opaque != "":
		return errors.New("names no host; it should look like https://wiki.example.com/page")
	case !validHost(host):
		return errors.New("names a host that cannot exist; it should look like https://wiki.example.com/page")
	}
	return nil
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// validHost reports whether h is an address or has the letters, digits and
// hyphens of a name. The parser alone lets quotes and angle brackets through,
// and by percent-encoding bytes that are no text.
func validHost(h string) bool {
	if addr, err := netip.ParseAddr(h); err == nil {
		return addr.Zone() == ""
	}
	return utf8.ValidString(h) && !strings.ContainsFunc(h, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune("-._", r)
	})
}

// Host is the name of the machine that the link points to.
func (u SafeURL) Host() string {
	p, err := url.Parse(string(u))
	if err != nil {
		return ""
	}
	return p.Hostname()
}
