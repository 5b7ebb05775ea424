package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// Stamp is the version of what a page about a project is made of: the project
// with its rollup, and the rights of all people. As long as it stays the same,
// so does the page, but for what the clock changes.
type Stamp struct {
	// written is the transaction that wrote the project's row of the portfolio
	// last: every change does, and every refresh of what time has changed.
	written uint32
	rights  int64
}

// Values are the stamp's parts, to be hashed. They mean nothing by themselves.
func (s Stamp) Values() (written, rights int64) { return int64(s.written), s.rights }

// Version finds out how far a project has come, in one round trip of one
// statement, for somebody with a session; [ErrNoSession] without. It does not
// ask whether the person may see the project, and what it returns must not be
// shown: who was allowed to see a page at some stamp still is at the same one.
func (s *Store) Version(ctx context.Context, by By, key review.ProjectKey) (stamp Stamp, now time.Time, err error) {
	id, err := s.enter(ctx, by, key)
	if err != nil {
		return stamp, now, err
	}
	var v Viewer
	err = s.pool.QueryRow(ctx, `
		select s.person_id, clock_timestamp(), s.seen_at < clock_timestamp() - interval '1 minute',
		       (select xmin from portfolio where project_id = $1), (select seq from stream where id = $4)
		  from session s
		 where s.token_hash = $2 and s.expires_at > clock_timestamp() and s.seen_at > clock_timestamp() - $3::interval`,
		int64(id), by.token[:], s.idle, int64(review.Directory)).Scan((*int64)(&v.Actor.Person), &v.Now, &v.stale, &stamp.written, &stamp.rights)
	if errors.Is(err, pgx.ErrNoRows) {
		return stamp, now, s.places.doubt(key, ErrNoSession)
	}
	if err != nil {
		return stamp, now, batchError("reading a project's version", err)
	}
	by.note(v.Actor.Person)
	s.noteUse(ctx, by, &v)
	return stamp, v.Now.In(s.zone), nil
}
