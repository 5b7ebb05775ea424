package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// Flow is a sign-in under way. State and browser are secrets of the browser;
// only their hashes are stored.
type Flow struct {
	State    string
	Browser  string
	Nonce    string
	Verifier string
	ReturnTo string
}

// flowFor is how long a person may take at the provider.
const flowFor = 10 * time.Minute

// BeginFlow remembers a sign-in under way.
func (s *Store) BeginFlow(ctx context.Context, f Flow) error {
	state, browser := sha256.Sum256([]byte(f.State)), sha256.Sum256([]byte(f.Browser))
	_, err := s.pool.Exec(ctx, `
		insert into login_flow (state_hash, browser_hash, nonce, verifier, return_to, expires_at)
		values ($1, $2, $3, $4, $5, clock_timestamp() + $6::interval)`,
		state[:], browser[:], f.Nonce, f.Verifier, f.ReturnTo, flowFor)
	if err != nil {
		return fmt.Errorf("remembering a sign-in: %w", err)
	}
	return nil
}

// TakeFlow gives a sign-in back, once, to the browser that began it;
// [review.ErrNotFound] when there is none, or it took too long.
func (s *Store) TakeFlow(ctx context.Context, state, browser string) (Flow, error) {
	f := Flow{State: state, Browser: browser}
	sh, bh := sha256.Sum256([]byte(state)), sha256.Sum256([]byte(browser))
	err := s.pool.QueryRow(ctx, `
		delete from login_flow where state_hash = $1 and browser_hash = $2 and expires_at > clock_timestamp()
		returning nonce, verifier, return_to`, sh[:], bh[:]).Scan(&f.Nonce, &f.Verifier, &f.ReturnTo)
	if errors.Is(err, pgx.ErrNoRows) {
		return Flow{}, review.ErrNotFound
	}
	if err != nil {
		return Flow{}, fmt.Errorf("taking up a sign-in: %w", err)
	}
	return f, nil
}

// Identity is who the provider says has signed in.
type Identity struct {
	Issuer, Subject string
	Name, Email     string
	Session         string // the provider's session, for back-channel logout
	IDToken         string // handed back at sign-out
	Rights          []review.Right
}

// SignIn takes over an identity: the person joins at the first sign-in, rights
// from groups are brought up to date, and a session begins that ends at the
// latest after lasts. The token is that of a fresh secret.
func (s *Store) SignIn(ctx context.Context, id Identity, token Token, lasts time.Duration) (review.PersonID, error) {
	person, err := s.Join(ctx, id, time.Time{})
	if err != nil {
		return 0, err
	}
	_, err = s.pool.Exec(ctx, `
		insert into session (token_hash, person_id, issuer, sid, id_token, created_at, seen_at, expires_at)
		values ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp(), clock_timestamp() + $6::interval)`,
		token[:], int64(person), id.Issuer, id.Session, id.IDToken, lasts)
	if err != nil {
		return 0, fmt.Errorf("beginning a session: %w", err)
	}
	return person, nil
}

// Join brings a person and their rights from groups up to date, as of a moment
// (zero: now), and returns who it is.
func (s *Store) Join(ctx context.Context, id Identity, at time.Time) (review.PersonID, error) {
	id.Name = ownName(id.Name)
	var person review.PersonID
	err := s.pool.QueryRow(ctx, `
		insert into person (issuer, subject, name, email) values ($1, $2, $3, $4)
		on conflict (issuer, subject) do update set name = $3, email = $4, seen_at = now()
		returning id`, id.Issuer, id.Subject, id.Name, id.Email).Scan(&person)
	if err != nil {
		return 0, fmt.Errorf("noting a person: %w", err)
	}
	s.names.set(person, id.Name)
	signIn := func(e *review.Entitlements, _ review.Actor, at time.Time) error { return e.SignIn(id.Rights, at) }
	if same, err := s.hasRights(ctx, person, signIn); same || err != nil {
		return person, err
	}
	_, err = s.changeRights(ctx, By{at: at}, person, signIn)
	return person, err
}

// hasRights reports whether a person's rights are already what a change would
// make of them. Most sign-ins change none, and then have no reason to wait until
// nobody decides anything.
func (s *Store) hasRights(ctx context.Context, person review.PersonID, change func(*review.Entitlements, review.Actor, time.Time) error) (bool, error) {
	e := &review.Entitlements{Person: person}
	b := &pgx.Batch{}
	queueGranted(b, person, e)
	if err := send(ctx, s.pool, b); err != nil {
		return false, batchError("reading a person's rights", err)
	}
	if err := change(e, review.Actor{}, time.Time{}); err != nil {
		return false, err
	}
	return len(e.Recorded()) == 0, nil
}

// SignOut ends a session and returns its ID token, empty when there was none.
func (s *Store) SignOut(ctx context.Context, by By) (idToken string, err error) {
	var person review.PersonID
	err = s.pool.QueryRow(ctx, `delete from session where token_hash = $1 returning id_token, person_id`, by.token[:]).Scan(&idToken, (*int64)(&person))
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("ending a session: %w", err)
	}
	by.note(person)
	return idToken, nil
}

// LogoutNotice is a verified back-channel logout token.
type LogoutNotice struct {
	Issuer, Subject, Session, ID string
	Expires                      time.Time
}

// ErrReplayed means that a logout token arrived before.
var ErrReplayed = errors.New("logout token was used before")

// EndSessions carries out a back-channel logout and returns how many sessions
// ended. A token counts once.
func (s *Store) EndSessions(ctx context.Context, n LogoutNotice) (int64, error) {
	var fresh, ended int64
	err := s.pool.QueryRow(ctx, `
		with fresh as (
		    insert into logout_notice (issuer, jti, expires_at) values ($1, $4, $5) on conflict do nothing returning 1
		), ended as (
		    delete from session s using person p
		     where exists (select from fresh)
		       and p.id = s.person_id and s.issuer = $1
		       and (($2 <> '' and s.sid = $2) or ($2 = '' and p.subject = $3))
		    returning 1
		)
		select (select count(*) from fresh), (select count(*) from ended)`,
		n.Issuer, n.Session, n.Subject, n.ID, n.Expires).Scan(&fresh, &ended)
	if err != nil {
		return 0, fmt.Errorf("ending sessions: %w", err)
	}
	if fresh == 0 {
		return 0, ErrReplayed
	}
	return ended, nil
}

// Sweep deletes what has expired: sessions, sign-ins under way, notices.
func (s *Store) Sweep(ctx context.Context) error {
	b := &pgx.Batch{}
	b.Queue(`delete from session where expires_at < clock_timestamp() or seen_at < clock_timestamp() - $1::interval`, s.idle)
	b.Queue(`delete from login_flow where expires_at < clock_timestamp()`)
	b.Queue(`delete from logout_notice where expires_at < clock_timestamp() - interval '1 hour'`)
	if err := send(ctx, s.pool, b); err != nil {
		return fmt.Errorf("sweeping expired sessions: %w", err)
	}
	return nil
}

// Who finds out whose session it is.
func (s *Store) Who(ctx context.Context, by By) (*Viewer, error) {
	var v Viewer
	b := &pgx.Batch{}
	s.queueViewer(b, by, &v)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("finding out who asks", err)
	}
	return &v, nil
}
