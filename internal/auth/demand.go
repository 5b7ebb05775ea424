package auth

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Demand is what a sign-in has to be for the most important decisions. The zero Demand is met by any.
type Demand struct {
	// MaxAge is how long ago the person may have proved who they are; zero: as long as they like.
	MaxAge time.Duration
	// ACR are the ways of proving it (acr) of which one is enough; none: any way is.
	ACR []string
}

// IsZero reports whether nothing is demanded.
func (d Demand) IsZero() bool { return d.MaxAge == 0 && len(d.ACR) == 0 }

// Check says whether somebody meets the demand who proved who they are at a time and in a way: ErrNoAuthTime, ErrNotFresh
// or ErrWeak if not.
func (d Demand) Check(at time.Time, acr string, now time.Time) error {
	switch {
	case d.MaxAge > 0 && at.IsZero():
		return ErrNoAuthTime
	case d.MaxAge > 0 && (now.Sub(at) > d.MaxAge || at.After(now.Add(clockSkew))):
		return ErrNotFresh
	case len(d.ACR) > 0 && !slices.Contains(d.ACR, acr):
		return fmt.Errorf("%w: acr %q", ErrWeak, acr)
	}
	return nil
}

// options ask the provider for it (OpenID Connect Core 3.1.2.1). Asking for a new sign-in in any case gives the person
// the whole of MaxAge; and max_age obliges the provider to send auth_time.
func (d Demand) options() []oauth2.AuthCodeOption {
	if d.IsZero() {
		return nil
	}
	out := []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("prompt", "login")}
	if d.MaxAge > 0 {
		out = append(out, oauth2.SetAuthURLParam("max_age", strconv.FormatInt(int64(d.MaxAge/time.Second), 10)))
	}
	if len(d.ACR) > 0 {
		out = append(out, oauth2.SetAuthURLParam("acr_values", strings.Join(d.ACR, " ")))
	}
	return out
}
