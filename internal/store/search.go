package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/fold"
)

// Searches, mentions and checks for namesakes compare texts as package fold writes
// them. Names are folded in Go, since no database does it the same everywhere, and
// stored beside the name: with it by whatever writes names here, and soon after it
// where anything else did, or an upgrade. There is an index of the rows where that
// is still to be done, which is nearly always empty.

// foldBatch is the most names that are folded in one statement.
const foldBatch = 1000

// unfoldedSQL are the people whose names are to be folded; their index says it in
// the same words.
const unfoldedSQL = `(search is null or folded is null)`

// foldNames writes the folded names of people and projects that have none.
func (s *Store) foldNames(ctx context.Context) error {
	type unread struct {
		ID          int64
		Name, Email string
	}
	for {
		var people, projects []unread
		into := func(out *[]unread) func(pgx.Rows) error {
			return func(rows pgx.Rows) (err error) {
				*out, err = pgx.CollectRows(rows, pgx.RowToStructByPos[unread])
				return err
			}
		}
		b := &pgx.Batch{}
		b.Queue(`select id, name, email from person where `+unfoldedSQL+` limit $1`, foldBatch).Query(into(&people))
		b.Queue(`select project_id, name, '' from portfolio where search is null limit $1`, foldBatch).Query(into(&projects))
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
			{`update person p set search = n.search, folded = n.folded
			    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[]) as n(id, name, email, search, folded)
			   where p.id = n.id and p.name = n.name and p.email = n.email`, people},
			{`update portfolio f set search = n.folded
			    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[]) as n(id, name, email, search, folded)
			   where f.project_id = n.id and f.name = n.name`, projects},
		} {
			if len(t.rows) == 0 {
				continue
			}
			ids := make([]int64, len(t.rows))
			var texts [4][]string
			for i, u := range t.rows {
				ids[i] = u.ID
				for j, text := range []string{u.Name, u.Email, searchText(u.Name, u.Email), fold.Text(u.Name)} {
					texts[j] = append(texts[j], text)
				}
			}
			b.Queue(t.sql, ids, texts[0], texts[1], texts[2], texts[3])
		}
		if err := send(ctx, s.pool, b); err != nil {
			return batchError("writing folded names", err)
		}
	}
}

// searchText is what searches find a person by.
func searchText(name, email string) string { return fold.Text(name + " " + email) }

// queueFolded writes the folded forms of a person's name and address. It goes by
// these, and so never writes beside a name what was made of another.
func queueFolded(b *pgx.Batch, name, email string) {
	b.Queue(`update person set search = $3, folded = $4 where name = $1 and email = $2 and `+unfoldedSQL,
		name, email, searchText(name, email), fold.Text(name))
}

// folded is a search text as columns named search hold it, to be put into a
// LIKE pattern; "" when nothing is left of it.
func folded(text string) string { return likeEscape(fold.Text(text)) }
