package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// Version is how far a project has come, for somebody who may see it. As long
// as it stays the same, so do the pages about the project, but for what the
// clock changes on them.
type Version struct {
	Viewer
	Project review.ProjectID
	Seq     int64
}

// The statements of [sessionSQL] and [personSQL] with the project, the last
// argument, beside whoever asks: one statement costs a third less than two.
const (
	versionColumns = `st.seq, pr.restricted, coalesce(m.duty, '')`
	versionJoins   = `
		  left join granted g on g.person_id = p.id
		  join project pr on pr.id = $1
		  join stream st on st.id = $1
		  left join project_member m on m.project_id = $1 and m.person_id = p.id`

	sessionVersionSQL = `
		select p.id, p.name, p.email, clock_timestamp(), s.seen_at < clock_timestamp() - interval '1 minute', ` + rightsColumns + `, ` + versionColumns + `
		  from session s
		  join person p on p.id = s.person_id` + versionJoins + `
		 where s.token_hash = $2 and s.expires_at > clock_timestamp() and s.seen_at > clock_timestamp() - $3::interval`
	personVersionSQL = `
		select p.id, p.name, p.email, clock_timestamp(), false, ` + rightsColumns + `, ` + versionColumns + `
		  from person p` + versionJoins + `
		 where p.id = $2`
)

// Version finds out who asks and how far the project has come, in one round
// trip of one statement; [review.ErrNotFound] unless they may see it. Rights
// count as they are at this moment, so what is kept of a page can be shown
// again after asking.
func (s *Store) Version(ctx context.Context, by By, key review.ProjectKey) (*Version, error) {
	id, err := s.place(ctx, key)
	if err != nil {
		return nil, s.hide(ctx, by, err)
	}
	sql, args := sessionVersionSQL, []any{int64(id), by.token[:], s.idle}
	if by.person != 0 {
		sql, args = personVersionSQL, []any{int64(id), int64(by.person)}
	}
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, batchError("reading a project's version", err)
	}
	v := Version{Project: id}
	project := review.Project{ID: id}
	if err := v.scan(rows, by, &project); err != nil {
		return nil, batchError("reading a project's version", err)
	}
	s.noteUse(ctx, by, &v.Viewer)
	return &v, review.May(v.Actor, review.ViewProject, &project)
}

func (v *Version) scan(rows pgx.Rows, by By, project *review.Project) error {
	defer rows.Close()
	var duty string
	for rows.Next() {
		var role, seat string
		var scope int64
		var since *time.Time
		if err := rows.Scan((*int64)(&v.Actor.Person), &v.Name, &v.Email, &v.Now, &v.stale, &role, &seat, &scope, &since,
			&v.Seq, &project.Restricted, &duty); err != nil {
			return fmt.Errorf("reading a version: %w", err)
		}
		v.hold(role, seat, scope, deref(since))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if duty != "" {
		project.Members = []review.Member{{Person: v.Actor.Person, Duty: review.Duty(duty)}}
	}
	return v.settle(by)
}
