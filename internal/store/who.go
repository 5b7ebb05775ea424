package store

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Token is the hash of a session's secret; the secret itself is only in the
// person's browser.
type Token [sha256.Size]byte

// HashToken makes the token under which a session is stored.
func HashToken(secret string) Token { return sha256.Sum256([]byte(secret)) }

// By says who asks for something.
type By struct {
	token  Token
	person review.PersonID
	at     time.Time
	found  *review.PersonID // where to note who it turned out to be; nil: nowhere
	only   *review.PersonID // who it has to turn out to be; nil: anybody
}

// BySession is a browser with a session. All requests from outside use it.
func BySession(t Token) By { return By{token: t} }

// Noting has whoever it turns out to be written to found, by the statement that
// finds it out anyway: a log can then say who asked at no cost.
func (b By) Noting(found *review.PersonID) By {
	b.found = found
	return b
}

// Only has everybody else refused with [ErrAnother], by the same statement.
func (b By) Only(p review.PersonID) By {
	b.only = &p
	return b
}

func (b By) note(p review.PersonID) {
	if b.found != nil {
		*b.found = p
	}
}

// ByPerson is a person acting at a given moment without a session: how the
// demo portfolio gets its past.
func ByPerson(p review.PersonID, at time.Time) By {
	return By{person: p, at: at.UTC().Truncate(time.Microsecond)}
}

// Viewer is who asks, as the database knows them at this moment.
type Viewer struct {
	Actor  review.Actor
	Name   string
	Email  string
	Now    time.Time        // the database's clock, or the moment that ByPerson gave
	Rights time.Time        // when the person's own rights last changed, as far as rows tell
	Gap    review.GroupsGap // why rights from groups do not count in this session; empty: they do
	// SignedIn and ACR are when and how the person of this session last proved who
	// they are; zero and empty when that is not known.
	SignedIn time.Time
	ACR      string
	stale    bool   // the session's last use has to be noted
	rights   int64  // the version of everybody's rights
	keeps    string // the role from groups that counts in spite of the gap
	lent     bool   // some of the rights come and go with the clock
}

// The statements that find out who asks and what they may do: a row for each
// right, or one row without. Whoever has no valid session gets no row.
const (
	// lent is whether somebody's seats are, or are going to be, the person's for a time.
	rightsColumns = `coalesce(g.role, ''), coalesce(g.seat, ''), coalesce(g.project_id, 0), g.since, coalesce(g.for_id, 0),
		       exists (select from delegation d where d.to_id = p.id and d.ends > clock_timestamp() and d.ended_at is null)`

	// $1 is the token, $2 the idle limit of sessions.
	sessionColumns = `p.id, p.name, p.email, clock_timestamp(), (select seq from stream where id = 1), s.seen_at < clock_timestamp() - interval '1 minute', s.suspended, s.keeps, s.auth_time, s.acr`
	sessionFrom    = ` from session s join person p on p.id = s.person_id and p.blocked_at is null and p.erased_at is null`
	sessionLives   = ` where s.token_hash = $1 and s.expires_at > clock_timestamp() and s.seen_at > clock_timestamp() - $2::interval`

	sessionSQL = `select ` + sessionColumns + `, ` + rightsColumns + sessionFrom + `
		  left join held g on g.person_id = p.id and (s.suspended = '' or g.source <> 'group' or g.role <> '' and g.role = s.keeps)` + sessionLives

	// The same without rights, for a person whose rights are kept.
	sessionOnlySQL = `select ` + sessionColumns + sessionFrom + sessionLives

	// $1 is the person, $2 the secret of their calendar where it is read.
	personSQL = `
		select p.id, p.name, p.email, clock_timestamp(), (select seq from stream where id = 1), false, w.suspended, w.keeps, null::timestamptz, '', ` + rightsColumns + `
		  from person p
		 cross join (select ` + feedGapSQL + ` from (values (1)) one left join calendar_feed c on c.token_hash = $2) w
		  left join held g on g.person_id = p.id and ` + countsInSQL + `
		 where p.id = $1 and p.blocked_at is null and p.erased_at is null`
)

// queueViewer asks who is asking, as one statement of a batch.
func (s *Store) queueViewer(b *pgx.Batch, by By, v *Viewer) {
	if by.person != 0 {
		b.Queue(personSQL, int64(by.person), by.token[:]).Query(s.viewer(by, v))
		return
	}
	b.Queue(sessionSQL, by.token[:], s.idle).Query(s.viewer(by, v))
}

// viewer takes up who is asking, and up to when what is kept of people holds.
func (s *Store) viewer(by By, v *Viewer) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		err := v.scan(rows, by)
		v.Now = v.Now.In(s.zone)
		s.names.upTo(v.rights)
		return err
	}
}

// queueRights asks what other people may do, as one statement of a batch when
// there are any.
func queueRights(b *pgx.Batch, of []review.PersonID, into map[review.PersonID]review.Actor) {
	if len(of) == 0 {
		return
	}
	b.Queue(rightsSQL+` where person_id = any($1)`, people(of)).Query(collectRights(into))
	b.Queue(awaySQL, people(of)).Query(collectAway(into))
}

// rightsSQL reads what people may do, a right each; [collectRights] takes it up.
const rightsSQL = `
		select person_id, role, seat, coalesce(project_id, 0), since, coalesce(for_id, 0)
		  from held`

func collectRights(into map[review.PersonID]review.Actor) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var role, seat string
			var scope int64
			var since time.Time
			var person, standIn review.PersonID
			if err := rows.Scan(&person, &role, &seat, &scope, &since, &standIn); err != nil {
				return fmt.Errorf("reading what others may do: %w", err)
			}
			v := Viewer{Actor: into[person]}
			v.hold(role, seat, scope, since.UTC(), standIn)
			v.Actor.Person = person
			into[person] = v.Actor
		}
		return rows.Err()
	}
}

// scan reads the person and, where the rows have them, their rights; [ErrNoSession]
// when there is nobody.
func (v *Viewer) scan(rows pgx.Rows, by By) error {
	defer rows.Close()
	raw := rawRows(rows)
	for rows.Next() {
		raw.row(rows.RawValues())
		v.Actor.Person, v.Name, v.Email, v.Now = review.PersonID(raw.int8()), raw.text(), raw.text(), raw.time()
		v.rights, v.stale, v.Gap, v.keeps, v.SignedIn, v.ACR = raw.int8(), raw.bool(), review.GroupsGap(raw.text()), raw.text(), raw.time(), raw.text()
		if raw.more() {
			role, seat, scope, since, standIn := raw.text(), raw.text(), raw.int8(), raw.time(), review.PersonID(raw.int8())
			v.lent = raw.bool()
			v.hold(role, seat, scope, since, standIn)
		}
		if err := raw.end(); err != nil {
			return fmt.Errorf("reading who asks: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if v.Actor.Person == 0 {
		return ErrNoSession
	}
	by.note(v.Actor.Person)
	if by.only != nil && *by.only != v.Actor.Person {
		return ErrAnother
	}
	v.Now = v.Now.UTC()
	if !by.at.IsZero() {
		v.Now = by.at
	}
	return nil
}

// hold notes one right; without a role and a seat there is none.
func (v *Viewer) hold(role, seat string, scope int64, since time.Time, standIn review.PersonID) {
	if since.After(v.Rights) {
		v.Rights = since
	}
	switch {
	case role != "":
		v.Actor.Roles = append(v.Actor.Roles, review.Role(role))
	case seat != "":
		v.Actor.Seats = append(v.Actor.Seats, review.SeatHeld{Seat: plan.Seat(seat), Scope: review.Scope(scope), Since: since, For: standIn})
	}
}

// awaySQL finds those of some people who cannot sign in.
const awaySQL = `select id from person where id = any($1) and (blocked_at is not null or erased_at is not null)`

func collectAway(into map[review.PersonID]review.Actor) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return fmt.Errorf("reading who cannot sign in: %w", err)
		}
		for _, id := range ids {
			a := into[review.PersonID(id)]
			a.Person, a.Away = review.PersonID(id), true
			into[review.PersonID(id)] = a
		}
		return nil
	}
}
