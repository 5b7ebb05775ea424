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
	Again    bool // somebody who has signed in does so again, for a decision
}

// flowFor is how long a person may take at the provider.
const flowFor = 10 * time.Minute

// BeginFlow remembers a sign-in under way.
func (s *Store) BeginFlow(ctx context.Context, f Flow) error {
	state, browser := sha256.Sum256([]byte(f.State)), sha256.Sum256([]byte(f.Browser))
	_, err := s.pool.Exec(ctx, `
		insert into login_flow (state_hash, browser_hash, nonce, verifier, return_to, again, expires_at)
		values ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7::interval)`,
		state[:], browser[:], f.Nonce, f.Verifier, f.ReturnTo, f.Again, flowFor)
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
		returning nonce, verifier, return_to, again`, sh[:], bh[:]).Scan(&f.Nonce, &f.Verifier, &f.ReturnTo, &f.Again)
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
	Sealed          string // what sign-out needs of it, sealed so that only the person's browser can open it
	Rights          []review.Right
	// Gap says why the person's groups are not known; Rights are then what
	// everybody has who signs in. Empty: they are known.
	Gap review.GroupsGap
	// Browser and Address are what people see of their sessions; both may be empty.
	Browser, Address string
	// AuthTime and ACR are when and how the person proved who they are; zero and
	// empty when the provider does not say.
	AuthTime time.Time
	ACR      string
}

// everybodys is the role that the identity has without its groups.
func (id *Identity) everybodys() review.Role {
	for _, t := range id.Rights {
		if t.Role != "" {
			return t.Role
		}
	}
	return ""
}

func (id *Identity) signIn(e *review.Entitlements, _ review.Actor, at time.Time) error {
	if id.Gap != "" {
		return e.SignInWithoutGroups(id.Rights, id.Gap, at)
	}
	return e.SignIn(id.Rights, at)
}

// SignIn takes over an identity: the person joins at the first sign-in, rights
// from groups are brought up to date, and a session begins that ends at the
// latest after lasts. The token is that of a fresh secret. Whom an admin has
// blocked gets no session, but [review.ErrBlocked].
func (s *Store) SignIn(ctx context.Context, id Identity, token Token, lasts time.Duration) (review.PersonID, error) {
	person, err := s.Join(ctx, id, time.Time{})
	if err != nil {
		return 0, err
	}
	keeps := review.Role("")
	if id.Gap != "" {
		keeps = id.everybodys()
	}
	tag, err := s.pool.Exec(ctx, `
		with calendar as (
		    update calendar_feed set until = clock_timestamp() + $5::interval, suspended = $8, keeps = $9 where person_id = $2
		)
		insert into session (token_hash, person_id, issuer, sid, created_at, seen_at, expires_at, browser, address, suspended, keeps, id_token, auth_time, acr)
		select $1, id, $3, $4, clock_timestamp(), clock_timestamp(), clock_timestamp() + $5::interval, left($6, 100), left($7, 100), $8, $9, $10, $11, $12
		  from person where id = $2 and blocked_at is null and erased_at is null`,
		token[:], int64(person), id.Issuer, id.Session, lasts, id.Browser, id.Address, string(id.Gap), string(keeps), id.Sealed, nullable(id.AuthTime), id.ACR)
	if err != nil {
		return 0, fmt.Errorf("beginning a session: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return 0, review.ErrBlocked
	}
	return person, nil
}

// Join brings a person and their rights from groups up to date, as of a moment
// (zero: now), and returns who it is.
func (s *Store) Join(ctx context.Context, id Identity, at time.Time) (review.PersonID, error) {
	id.Name = ownName(id.Name)
	var person review.PersonID
	b := &pgx.Batch{}
	b.Queue(`
		insert into person (issuer, subject, name, email) values ($1, $2, $3, $4)
		on conflict (issuer, subject) do update set name = $3, email = $4, seen_at = now() where person.blocked_at is null
		returning id`, id.Issuer, id.Subject, id.Name, id.Email).QueryRow(func(row pgx.Row) error {
		err := row.Scan((*int64)(&person))
		if errors.Is(err, pgx.ErrNoRows) {
			return review.ErrBlocked
		}
		return err
	})
	queueFolded(b, id.Name, id.Email)
	if err := send(ctx, s.pool, b); err != nil {
		return 0, batchError("noting a person", err)
	}
	s.names.forget(person)
	if same, err := s.hasRights(ctx, person, id.signIn); same || err != nil {
		return person, err
	}
	_, err := s.changeRights(ctx, By{at: at}, person, id.signIn)
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

// endedSQL is what becomes of a session s that is ended: no token is its own any more,
// whatever the clock does, and [Store.Whose] still tells for a day whose it was.
const endedSQL = `token_hash = sha256(s.token_hash), expires_at = least(s.expires_at, clock_timestamp()), id_token = '', browser = '', address = ''`

// SignOut ends a session and returns what was sealed with it, empty when there
// was none.
func (s *Store) SignOut(ctx context.Context, by By) (sealed string, err error) {
	var person review.PersonID
	err = s.pool.QueryRow(ctx, `
		with was as (
		    select token_hash, id_token, person_id from session where token_hash = $1 for update
		)
		update session s set `+endedSQL+` from was where s.token_hash = was.token_hash returning was.id_token, was.person_id`, by.token[:],
	).Scan(&sealed, (*int64)(&person))
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("ending a session: %w", err)
	}
	by.note(person)
	return sealed, nil
}

// Session is one of a person's sessions, as they may know it.
type Session struct {
	ID      int64
	Started time.Time
	Seen    time.Time // to the minute
	Ends    time.Time // at the latest
	Browser string    // roughly; empty: not known
	Address string    // from which it began; empty: not known
	Here    bool      // it is the session that asks
}

// SessionsView is the sessions of whoever asks, the one that asks first.
type SessionsView struct {
	Viewer
	Sessions []Session
	Calendar time.Time // when the address of their calendar was made; zero: there is none
}

// liveSQL is the condition under which a session of $3's idle limit lives.
const liveSQL = `expires_at > clock_timestamp() and seen_at > clock_timestamp() - $3::interval`

// Sessions lists the sessions of whoever asks.
func (s *Store) Sessions(ctx context.Context, by By) (*SessionsView, error) {
	out := &SessionsView{}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	b.Queue(`with `+meSQL+`
		select id, created_at as started, seen_at as seen, least(expires_at, seen_at + $3::interval) as ends, browser, address, token_hash = $1 as here
		  from session where person_id = (select id from me) and `+liveSQL+`
		 order by here desc, seen_at desc, id desc`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) (err error) {
		out.Sessions, err = pgx.CollectRows(rows, pgx.RowToStructByName[Session])
		return err
	})
	b.Queue(`with `+meSQL+` select made_at from calendar_feed where person_id = (select id from me)`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&out.Calendar); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("listing sessions", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	return out, nil
}

// EndOwnSessions ends a session of whoever asks or, with 0, all but the one that
// asks. It returns how many ended. Nobody reaches another person's.
func (s *Store) EndOwnSessions(ctx context.Context, by By, id int64) (int64, error) {
	var v Viewer
	var ended int64
	b := &pgx.Batch{}
	s.queueViewer(b, by, &v)
	b.Queue(`with `+meSQL+`, ended as (
		    update session s set `+endedSQL+`
		     where person_id = (select id from me) and expires_at > clock_timestamp() and (id = $4 or $4 = 0 and token_hash <> $1)
		    returning 1
		)
		select count(*) from ended`, by.token[:], by.person, s.idle, id).QueryRow(func(row pgx.Row) error { return row.Scan(&ended) })
	if err := send(ctx, s.pool, b); err != nil {
		return 0, batchError("ending sessions", err)
	}
	return ended, nil
}

// LogoutNotice is a verified back-channel logout token.
type LogoutNotice struct {
	Issuer, Subject, Session, ID string
	Expires                      time.Time
}

// ErrReplayed means that a logout token arrived before.
var ErrReplayed = errors.New("logout token was used before")

// EndSessions carries out a back-channel logout and returns how many sessions
// ended. A token counts once. One that names a session and its person ends
// that session and those of the person of which the provider never said which
// they are: any of them may be the one.
func (s *Store) EndSessions(ctx context.Context, n LogoutNotice) (int64, error) {
	var fresh, ended int64
	err := s.pool.QueryRow(ctx, `
		with fresh as (
		    insert into logout_notice (issuer, jti, expires_at) values ($1, $4, $5) on conflict do nothing returning 1
		), ended as (
		    update session s set `+endedSQL+` from person p
		     where exists (select from fresh)
		       and p.id = s.person_id and s.issuer = $1 and s.expires_at > clock_timestamp()
		       and (($2 <> '' and s.sid = $2) or (($2 = '' or s.sid = '') and p.subject = $3))
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

// endedKept is how long the row of a session that ended still tells whose it was.
const endedKept = 24 * time.Hour

// Whose is the person of a session, also of one that ran out or was ended within a day; 0
// where there is none, or no longer.
func (s *Store) Whose(ctx context.Context, token Token) (review.PersonID, error) {
	var person review.PersonID
	err := s.pool.QueryRow(ctx, `select person_id from session where token_hash in ($1, sha256($1)) order by token_hash = $1 desc limit 1`, token[:]).Scan((*int64)(&person))
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, batchError("finding out whose session it was", err)
	}
	return person, nil
}

// Sweep deletes what is over: sessions a day after they ended, sign-ins under way,
// notices.
func (s *Store) Sweep(ctx context.Context) error {
	b := &pgx.Batch{}
	b.Queue(`
		delete from session
		 where expires_at < clock_timestamp() - $2::interval or seen_at < clock_timestamp() - $1::interval - $2::interval`, s.idle, endedKept)
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
