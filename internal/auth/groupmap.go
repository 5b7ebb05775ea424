package auth

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Role is a right that holds everywhere in Slipway.
type Role string

// The roles that a group can give.
const (
	RoleViewer  Role = "viewer"
	RoleManager Role = "manager"
	RoleAdmin   Role = "admin"
	RoleAuditor Role = "auditor"
	RoleLibrary Role = "library"
)

// Grant is one thing that a group gives: a role or a seat, never both.
type Grant struct {
	Role Role   // empty for a seat
	Seat string // the seat's key, empty for a role
}

// String writes a grant as it is written in the configuration: role:admin, seat:sre.
func (g Grant) String() string {
	if g.Seat != "" {
		return "seat:" + g.Seat
	}
	return "role:" + string(g.Role)
}

// GroupMap says what membership of a provider's group gives here. Groups are compared exactly, case included.
type GroupMap map[string][]Grant

var seatKey = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// ParseGroupMap reads pairs of group=grant, divided by commas or line ends; a group may occur more than once. A grant is
// viewer, manager, admin or auditor (also written role:admin), or seat:KEY. A group whose name has a comma, an equals
// sign or blanks at its ends stands in double quotes, a quote inside doubled:
//
//	slipway-admins=admin, seat-sre=seat:sre, "cn=auditors,ou=groups"=auditor
//
// The error joins everything that is wrong; the map is nil then. Empty text gives an empty map, which grants nothing.
func ParseGroupMap(text string) (GroupMap, error) {
	m := GroupMap{}
	var wrong []error
	for i, pair := range splitPairs(text) {
		group, grant, err := parsePair(pair)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("entry %d (%s): %w", i+1, pair, err))
			continue
		}
		if slices.Contains(m[group], grant) {
			wrong = append(wrong, fmt.Errorf("entry %d (%s): is there twice", i+1, pair))
			continue
		}
		m[group] = append(m[group], grant)
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("group mapping: %w", errors.Join(wrong...))
	}
	return m, nil
}

// For lists what a person's groups give them, roles before seats, each once. Unknown groups give nothing.
func (m GroupMap) For(id Identity) []Grant {
	if !id.GroupsKnown {
		return nil
	}
	var out []Grant
	for _, g := range id.Groups {
		out = append(out, m[g]...)
	}
	slices.SortFunc(out, compareGrants)
	return slices.Compact(out)
}

// Seats lists the keys of all seats that the map gives, so that the caller can refuse one that does not exist.
func (m GroupMap) Seats() []string {
	var out []string
	for _, grants := range m {
		for _, g := range grants {
			if g.Seat != "" {
				out = append(out, g.Seat)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func compareGrants(a, b Grant) int {
	return cmp.Or(strings.Compare(a.Seat, b.Seat), strings.Compare(string(a.Role), string(b.Role)))
}

// splitPairs divides at commas and line ends outside quotes and leaves out what is blank.
func splitPairs(text string) []string {
	var out []string
	quoted, start := false, 0
	add := func(end int) {
		if p := strings.TrimSpace(text[start:end]); p != "" {
			out = append(out, p)
		}
		start = end + 1
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == '\n' || c == '\r'):
			add(i)
		}
	}
	if start < len(text) {
		add(len(text))
	}
	return out
}

func parsePair(pair string) (group string, grant Grant, err error) {
	cut := strings.LastIndex(pair, "=")
	if cut < 0 {
		return "", Grant{}, errors.New("must be group=grant")
	}
	group, groupErr := parseGroupName(strings.TrimSpace(pair[:cut]))
	grant, grantErr := parseGrant(strings.TrimSpace(pair[cut+1:]))
	return group, grant, errors.Join(groupErr, grantErr)
}

func parseGroupName(s string) (string, error) {
	if strings.HasPrefix(s, `"`) {
		inner, ok := strings.CutSuffix(s[1:], `"`)
		if !ok {
			return "", errors.New("the quote is not closed")
		}
		s = strings.ReplaceAll(inner, `""`, "\x00")
		if strings.Contains(s, `"`) {
			return "", errors.New("a quote inside a quoted name must be doubled")
		}
		s = strings.ReplaceAll(s, "\x00", `"`)
	} else if strings.ContainsAny(s, `="`) {
		return "", errors.New("a group name with an equals sign or a quote must be quoted")
	}
	if !isGroupName(s) {
		return "", fmt.Errorf("a group name has 1 to %d bytes of visible characters", maxGroupName)
	}
	return s, nil
}

func parseGrant(s string) (Grant, error) {
	if seat, ok := strings.CutPrefix(s, "seat:"); ok {
		if !seatKey.MatchString(seat) {
			return Grant{}, fmt.Errorf("seat %q: must be 1 to 32 of a-z, 0-9 and hyphen, a letter first", seat)
		}
		return Grant{Seat: seat}, nil
	}
	switch role := Role(strings.TrimPrefix(s, "role:")); role {
	case RoleViewer, RoleManager, RoleAdmin, RoleAuditor, RoleLibrary:
		return Grant{Role: role}, nil
	}
	return Grant{}, fmt.Errorf("grant %q: must be viewer, manager, admin, auditor, library or seat:KEY", s)
}
