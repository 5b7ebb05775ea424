package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/fold"
)

// Searches compare texts as package fold writes them. Names are folded in Go,
// since no database does it the same everywhere, and stored beside the name.
// Where that is still to be done, after an upgrade or because somebody has got
// another name, it is done before the next search: there is an index of those
// rows, which is nearly always empty.

// foldBatch is the most names that are folded in one statement.
const foldBatch = 1000

// foldNames writes the folded names of people and projects that have none.
func (s *Store) foldNames(ctx context.Context) error {
	for {
		type unread struct {
			id   int64
			text string
		}
		var people, projects []unread
		into := func(out *[]unread) func(pgx.Rows) error {
			return func(rows pgx.Rows) (err error) {
				*out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (u unread, err error) {
					err = row.Scan(&u.id, &u.text)
					return u, err
				})
				return err
			}
		}
		b := &pgx.Batch{}
		b.Queue(`select id, name || ' ' || email from person where search is null limit $1`, foldBatch).Query(into(&people))
		b.Queue(`select project_id, name from portfolio where search is null limit $1`, foldBatch).Query(into(&projects))
		if err := send(ctx, s.pool, b); err != nil {
			return batchError("looking for names to fold", err)
		}
		if len(people)+len(projects) == 0 {
			return nil
		}
		b = &pgx.Batch{}
		for _, t := range []struct {
			sql  string
			rows []unread
		}{
			// Only while the text is what was folded.
			{`update person p set search = n.search from unnest($1::bigint[], $2::text[], $3::text[]) as n(id, read, search)
			   where p.id = n.id and p.name || ' ' || p.email = n.read`, people},
			{`update portfolio f set search = n.search from unnest($1::bigint[], $2::text[], $3::text[]) as n(id, read, search)
			   where f.project_id = n.id and f.name = n.read`, projects},
		} {
			if len(t.rows) == 0 {
				continue
			}
			ids, read, folded := make([]int64, len(t.rows)), make([]string, len(t.rows)), make([]string, len(t.rows))
			for i, u := range t.rows {
				ids[i], read[i], folded[i] = u.id, u.text, fold.Text(u.text)
			}
			b.Queue(t.sql, ids, read, folded)
		}
		if err := send(ctx, s.pool, b); err != nil {
			return fmt.Errorf("folding names: %w", batchError("writing folded names", err))
		}
	}
}

// folded is a search text as columns named search hold it, to be put into a
// LIKE pattern; "" when nothing is left of it.
func folded(text string) string { return likeEscape(fold.Text(text)) }
