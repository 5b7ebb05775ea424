package store

import (
	"crypto/sha256"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
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
}

// BySession is a browser with a session. All requests from outside use it.
func BySession(t Token) By { return By{token: t} }

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
	Now    time.Time // the database's clock, or the moment that ByPerson gave
	Rights time.Time // when the person's own rights last changed, as far as rows tell
	stale  bool      // the session's last use has to be noted
}

// viewerSQL finds the person and their rights: $1 the token, $2 the person (0
// with a session), $3 the idle limit of sessions.
const viewerSQL = `
	with me as (
	    select case when $2::bigint <> 0 then $2::bigint else (
	        select person_id from session
	         where token_hash = $1 and expires_at > clock_timestamp() and seen_at > clock_timestamp() - $3::interval
	    ) end as person_id
	)
	select p.id, p.name, p.email, clock_timestamp(),
	       $2::bigint = 0 and exists (select from session where token_hash = $1 and seen_at < clock_timestamp() - interval '1 minute'),
	       g.roles, g.seats, g.scopes, g.sinces
	  from me join person p on p.id = me.person_id
	 cross join lateral (
	    select array_agg(role) as roles, array_agg(seat) as seats, array_agg(coalesce(project_id, 0)) as scopes, array_agg(granted_at) as sinces
	      from granted where person_id = p.id
	 ) g`

// queueViewer asks who is asking, as one statement of a batch.
func (s *Store) queueViewer(b *pgx.Batch, by By, v *Viewer) {
	b.Queue(viewerSQL, by.token[:], int64(by.person), s.idle).QueryRow(func(row pgx.Row) error {
		var roles, seats []string
		var scopes []int64
		var sinces []time.Time
		err := row.Scan((*int64)(&v.Actor.Person), &v.Name, &v.Email, &v.Now, &v.stale, &roles, &seats, &scopes, &sinces)
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrNoSession
		}
		if err != nil {
			return err
		}
		v.Now = v.Now.UTC()
		if !by.at.IsZero() {
			v.Now = by.at
		}
		for i := range roles {
			if sinces[i].After(v.Rights) {
				v.Rights = sinces[i]
			}
			if roles[i] != "" {
				v.Actor.Roles = append(v.Actor.Roles, review.Role(roles[i]))
				continue
			}
			v.Actor.Seats = append(v.Actor.Seats, review.SeatHeld{Seat: review.Seat(seats[i]), Scope: review.Scope(scopes[i]), Since: sinces[i].UTC()})
		}
		return nil
	})
}
