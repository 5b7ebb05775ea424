package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// words holds the words by which the search finds a project and what belongs to it
// against the texts, as far as they are written yet.
func (v *Verified) words(ctx context.Context, tx source) error {
	for _, t := range wordless {
		rows, err := tx.Query(ctx, `select `+t.texts+`, search from `+t.table+` where search is not null and `+t.of, int64(v.Stream))
		if err != nil {
			return batchError("reading what the search goes by", err)
		}
		var texts []string
		var search string
		_, err = pgx.ForEachRow(rows, []any{&texts, &search}, func() error {
			want, err := t.words(texts)
			if search != want {
				v.wrong("has wrong words to search by in the table %s: %q, where %q is right", t.table, search, want)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("reading what the search goes by: %w", err)
		}
	}
	return nil
}
