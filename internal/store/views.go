package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/slipway-prr/slipway/internal/review"
)

// Limits of saved views.
const (
	ViewsKept       = 30 // of one person
	SharedListed    = 30
	ViewNameMost    = 60
	viewQueryMost   = 2000
	errTooManyViews = "You have saved 30 views already. Remove one first."
)

// SavedView is a list of the portfolio under a name.
type SavedView struct {
	ID     string // 26 letters and digits; what is saved first has a new one
	Name   string
	Query  string // of its address, without the question mark; empty: all projects
	By     string // who shared it; empty: the person's own
	Shared bool
	Start  bool // what the person sees after signing in
}

// queueViews reads the person's own views and those that others share.
func (s *Store) queueViews(b *pgx.Batch, by By, into *[]SavedView) {
	b.Queue(`with `+meSQL+`
		select v.id, v.name, v.query, case when v.person_id = me.id then '' else p.name end as by, v.shared, v.start and v.person_id = me.id as start
		  from me
		  join saved_view v on v.person_id = me.id
		    or v.id in (select o.id from saved_view o where o.shared order by lower(o.name), o.id limit `+fmt.Sprint(SharedListed)+`)
		  join person p on p.id = v.person_id
		 order by v.person_id <> me.id, lower(v.name), v.id`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, pgx.RowToStructByPos[SavedView])
		return err
	})
}

// SaveView keeps a list under a name, in the place of one that the person has under it.
func (s *Store) SaveView(ctx context.Context, by By, v SavedView) error {
	v.Name = strings.Join(strings.Fields(v.Name), " ")
	var bad review.Invalid
	switch n := utf8.RuneCountInString(v.Name); {
	case n == 0:
		bad.Add("name", "Give the view a name.")
	case n > ViewNameMost:
		bad.Add("name", fmt.Sprintf("The name has %d characters; %d fit.", n, ViewNameMost))
	}
	if len(v.Query) > viewQueryMost {
		bad.Add("name", "This list has too many filters to be saved.")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	saved := false
	b := &pgx.Batch{}
	if v.Start {
		b.Queue(`with `+meSQL+` update saved_view set start = false where person_id = (select id from me) and start`, by.token[:], by.person, s.idle)
	}
	b.Queue(`with `+meSQL+`
		insert into saved_view (id, person_id, name, query, shared, start)
		select $9, me.id, $4, $5, $6, $7 from me
		 where (select count(*) from saved_view o where o.person_id = me.id) < $8
		    or exists (select from saved_view o where o.person_id = me.id and o.name = $4)
		on conflict (person_id, name) do update set query = excluded.query, shared = excluded.shared, start = excluded.start, saved_at = now()
		returning true`, by.token[:], by.person, s.idle, v.Name, v.Query, v.Shared, v.Start, ViewsKept, strings.ToLower(rand.Text())[:26]).Query(func(rows pgx.Rows) error {
		saved = rows.Next()
		rows.Close()
		return rows.Err()
	})
	if err := send(ctx, s.pool, b); err != nil {
		return batchError("saving a view", err)
	}
	if !saved {
		bad.Add("name", errTooManyViews)
	}
	return bad.Err()
}

// StartWithView has a view of the person's own come after signing in, or no longer.
func (s *Store) StartWithView(ctx context.Context, by By, id string, start bool) error {
	b := &pgx.Batch{}
	b.Queue(`with `+meSQL+` update saved_view set start = false where person_id = (select id from me) and start and id <> $4`, by.token[:], by.person, s.idle, id)
	return s.changeView(ctx, b, `with `+meSQL+` update saved_view set start = $5 where person_id = (select id from me) and id = $4`, by.token[:], by.person, s.idle, id, start)
}

// RemoveView lets go of a view of the person's own. Admins remove what others share, too.
func (s *Store) RemoveView(ctx context.Context, by By, id string) error {
	return s.changeView(ctx, &pgx.Batch{}, `with `+meSQL+`
		delete from saved_view v using me
		 where v.id = $4 and (v.person_id = me.id
		       or v.shared and exists (select from held g where g.person_id = me.id and g.role = 'admin' and `+countsSQL+`))`, by.token[:], by.person, s.idle, id)
}

// changeView runs the last statement of a batch, which has to reach a view.
func (s *Store) changeView(ctx context.Context, b *pgx.Batch, sql string, args ...any) error {
	var reached int64
	b.Queue(sql, args...).Exec(func(tag pgconn.CommandTag) error {
		reached = tag.RowsAffected()
		return nil
	})
	if err := send(ctx, s.pool, b); err != nil {
		return batchError("changing a view", err)
	}
	if reached == 0 {
		return review.ErrNotFound
	}
	return nil
}

// StartView is the query of the list that a person sees after signing in; none when they
// chose none.
func (s *Store) StartView(ctx context.Context, person review.PersonID) (query string, chosen bool, err error) {
	err = s.pool.QueryRow(ctx, `select query from saved_view where person_id = $1 and start`, int64(person)).Scan(&query)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, batchError("looking for where a person starts", err)
	}
	return query, true, nil
}
