package auth

import "errors"

// Every refusal of this package is, through errors.Is, exactly one of these. The text around it is for the log:
// it never holds a token, a code or a secret. What a person may read comes from PublicMessage.
var (
	// ErrUnavailable: the provider cannot be reached, or what it says about itself cannot be used. Trying later may help.
	ErrUnavailable = errors.New("the sign-in service is unavailable")
	// ErrNoFlow: this browser has no sign-in under way (no cookie, or it was used up or has expired).
	ErrNoFlow = errors.New("no sign-in is under way")
	// ErrState: the state that came back is not the one that was sent.
	ErrState = errors.New("state does not match")
	// ErrCallback: the callback lacks a parameter or has one twice.
	ErrCallback = errors.New("malformed callback")
	// ErrResponseIssuer: the callback names another issuer, or none although this provider promises to (RFC 9207).
	ErrResponseIssuer = errors.New("callback comes from another issuer")
	// ErrDenied: the provider says that the person, or a policy of theirs, declined.
	ErrDenied = errors.New("the sign-in service declined")
	// ErrProvider: the provider reports an error of ours or its own; a matter for the operator.
	ErrProvider = errors.New("the sign-in service reported an error")
	// ErrExchange: the provider did not take the code: unknown, used, expired, or with another verifier.
	ErrExchange = errors.New("the code was refused")
	// ErrMalformed: a token is missing, cannot be read, or lacks a claim that it must have.
	ErrMalformed = errors.New("malformed token")
	// ErrSignature: a token is not signed by a key of the provider with an algorithm that we take.
	ErrSignature = errors.New("token signature refused")
	// ErrIssuer: a token names another issuer.
	ErrIssuer = errors.New("token comes from another issuer")
	// ErrAudience: a token is meant for another client.
	ErrAudience = errors.New("token is meant for another client")
	// ErrExpired: a token is past its expiry.
	ErrExpired = errors.New("token has expired")
	// ErrStale: a token was issued too long ago, or in the future.
	ErrStale = errors.New("token was not issued just now")
	// ErrNonce: an ID token does not carry the nonce of this sign-in.
	ErrNonce = errors.New("nonce does not match")
	// ErrNoAuthTime: the provider did not say when the person signed in, although it was asked for.
	ErrNoAuthTime = errors.New("ID token has no auth_time, although max_age was asked for")
	// ErrNotFresh: the provider did not ask the person to sign in again, although it was asked to.
	ErrNotFresh = errors.New("the person did not sign in just now")
	// ErrWeak: the person signed in in a way that is not enough for what they want to do.
	ErrWeak = errors.New("the way of signing in is not among those that are accepted")
	// ErrAccessTokenHash: an ID token belongs to another access token.
	ErrAccessTokenHash = errors.New("access token hash does not match")
	// ErrLogoutEvent: a logout token does not say that it is one.
	ErrLogoutEvent = errors.New("not a logout token")
	// ErrLogoutNonce: a logout token has a nonce, which it must not: it may be an ID token in disguise.
	ErrLogoutNonce = errors.New("logout token carries a nonce")
)

// PublicMessage turns an error of Begin or Finish into plain sentences for the person who tried to sign in.
// It gives nothing away about the check that failed.
func PublicMessage(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrUnavailable):
		return "The sign-in service cannot be reached at the moment. Nothing is lost; please try again in a minute."
	case errors.Is(err, ErrNoFlow), errors.Is(err, ErrState):
		return "This sign-in was started in another browser, was already used, or took too long. Please start again."
	case errors.Is(err, ErrDenied):
		return "The sign-in service did not sign you in. If you did not cancel it yourself, ask whoever runs it for access to Slipway."
	case errors.Is(err, ErrNoAuthTime):
		return "Decisions here need a recent sign-in, and the sign-in service does not say when you signed in (auth_time). " +
			"Trying again will not help; tell the people who run Slipway."
	case errors.Is(err, ErrNotFresh):
		return "Decisions here need a recent sign-in, and the sign-in service did not ask you to sign in again. " +
			"Sign out there first, then try again; if it happens again, tell the people who run Slipway."
	case errors.Is(err, ErrWeak):
		return "Decisions here need a stronger way of signing in than the one that you used. " +
			"Try again and choose a stronger one, such as a second factor; if you cannot, ask whoever runs the sign-in service."
	case errors.Is(err, ErrProvider):
		return "The sign-in service reported a problem. Please try again; if it happens again, tell the people who run Slipway."
	case errors.Is(err, ErrExchange), errors.Is(err, ErrExpired), errors.Is(err, ErrStale):
		return "This sign-in was already used or took too long. Please start again."
	default:
		return "The answer of the sign-in service did not pass our checks, so you were not signed in. " +
			"Please try again; if it happens again, tell the people who run Slipway."
	}
}
