package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// maxGroups bounds how many groups are taken from a token; beyond it the list counts as unknown.
	maxGroups = 1000
	// maxGroupName bounds one group's name, in bytes.
	maxGroupName = 256
)

// Identity is a person as the provider vouches for them at this moment.
type Identity struct {
	// Issuer and Subject together are who it is; everything else may change.
	Issuer  string
	Subject string
	// Name is for display: never empty, at most 120 characters, free of control and direction characters.
	Name string
	// Email is for display and notices: at most 254 bytes, or empty when there is none, it makes no sense, or the
	// provider says that it is unverified. It decides no right.
	Email string
	// Groups are sorted and distinct, exactly as the provider writes them. Nil unless GroupsKnown.
	Groups []string
	// GroupsKnown is false when the groups claim is missing, overflowed or cannot be read. Then nothing is known,
	// which is not the same as being in no group; GroupsGap says why.
	GroupsKnown bool
	GroupsGap   GroupsGap
	// SessionID is the provider's session (sid), by which back-channel logout may name it. May be empty.
	SessionID string
	// IDToken is the token as received, for EndSessionURL. A secret of sorts: keep it out of logs, and out of the
	// database unless it is sealed.
	IDToken string
	// AuthTime is when the person last proved who they are, and ACR in which way; zero and empty when the ID token does
	// not say.
	AuthTime time.Time
	ACR      string
}

// GroupsGap says why the groups of a person are not known; empty when they are.
type GroupsGap string

// The reasons.
const (
	GroupsMissing    GroupsGap = "missing"    // neither the ID token nor userinfo has the claim
	GroupsElsewhere  GroupsGap = "elsewhere"  // too many to be listed, as the provider says
	GroupsFailed     GroupsGap = "failed"     // userinfo, where they would stand, did not answer
	GroupsTooMany    GroupsGap = "too many"   // more than maxGroups
	GroupsUnreadable GroupsGap = "unreadable" // not a list of group names
)

// claimSet is a token's or userinfo's claims, each still as JSON.
type claimSet map[string]json.RawMessage

// identity collects what a verified ID token says. Where it says nothing of groups, the userinfo endpoint is asked:
// many providers keep ID tokens small.
func (c *Client) identity(ctx context.Context, p *provider, raw string, token *oidc.IDToken, access *oauth2.Token) (Identity, error) {
	var claims claimSet
	if err := token.Claims(&claims); err != nil {
		return Identity{}, fmt.Errorf("ID token: %w: claims cannot be read", ErrMalformed)
	}
	at, acr := claims.time("auth_time"), claims.text("acr") // never from userinfo, which nobody signs
	failed := false
	if _, there := claims[c.cfg.GroupsClaim]; !there && !claims.groupsOverflow(c.cfg.GroupsClaim) {
		more, asked, err := c.userinfo(ctx, p, token.Subject, access)
		if err != nil {
			return Identity{}, err
		}
		failed = !asked
		for name, value := range more {
			if _, there := claims[name]; !there {
				claims[name] = value
			}
		}
	}
	id := Identity{
		Issuer:    c.cfg.Issuer,
		Subject:   token.Subject,
		Name:      claims.displayName(token.Subject),
		Email:     claims.email(),
		SessionID: claims.text("sid"),
		IDToken:   raw,
		AuthTime:  at,
	}
	if isIdentifier(acr) {
		id.ACR = acr
	}
	if id.SessionID != "" && !isIdentifier(id.SessionID) {
		return Identity{}, fmt.Errorf("ID token: %w: sid must be at most %d printable ASCII characters", ErrMalformed, maxIdentifier)
	}
	id.Groups, id.GroupsGap = claims.groups(c.cfg.GroupsClaim)
	if id.GroupsGap == GroupsMissing && failed {
		id.GroupsGap = GroupsFailed
	}
	id.GroupsKnown = id.GroupsGap == ""
	return id, nil
}

// userinfo returns the additional claims, or none when the provider has no such endpoint or it fails: the person is
// signed in then, but without groups. asked is false when it failed. An answer about somebody else is refused outright.
func (c *Client) userinfo(ctx context.Context, p *provider, subject string, access *oauth2.Token) (claims claimSet, asked bool, err error) {
	if p.oidc.UserInfoEndpoint() == "" {
		return nil, true, nil
	}
	info, err := p.oidc.UserInfo(ctx, oauth2.StaticTokenSource(access))
	if err != nil {
		return nil, false, nil
	}
	if info.Subject != subject {
		return nil, false, fmt.Errorf("userinfo: %w: it is about another subject", ErrMalformed)
	}
	if err := info.Claims(&claims); err != nil {
		return nil, false, nil
	}
	return claims, true, nil
}

// groupsOverflow recognises how providers say "too many to list here" (as Microsoft Entra ID does).
func (s claimSet) groupsOverflow(claim string) bool {
	var elsewhere map[string]json.RawMessage
	if json.Unmarshal(s["_claim_names"], &elsewhere) == nil {
		if _, there := elsewhere[claim]; there {
			return true
		}
	}
	raw, there := s["hasgroups"]
	return there && string(raw) != "false" && string(raw) != `"false"`
}

func (s claimSet) groups(claim string) ([]string, GroupsGap) {
	if s.groupsOverflow(claim) {
		return nil, GroupsElsewhere
	}
	if _, there := s[claim]; !there {
		return nil, GroupsMissing
	}
	groups := oneOrMany(s[claim])
	switch {
	case groups == nil:
		return nil, GroupsUnreadable
	case len(groups) > maxGroups:
		return nil, GroupsTooMany
	}
	for _, g := range groups {
		if !isGroupName(g) {
			return nil, GroupsUnreadable
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups), ""
}

func (s claimSet) text(name string) string {
	var v string
	if json.Unmarshal(s[name], &v) != nil {
		return ""
	}
	return v
}

func (s claimSet) time(name string) time.Time {
	var seconds float64
	if json.Unmarshal(s[name], &seconds) != nil || seconds <= 0 || seconds > 1<<40 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}

func (s claimSet) displayName(subject string) string {
	return cmp.Or(
		cleanName(s.text("name")),
		cleanName(s.text("given_name")+" "+s.text("family_name")),
		cleanName(s.text("preferred_username")),
		s.email(),
		cleanName(subject),
		"Unnamed person",
	)
}

func (s claimSet) email() string {
	switch string(s["email_verified"]) {
	case "false", `"false"`:
		return ""
	}
	return cleanEmail(s.text("email"))
}
