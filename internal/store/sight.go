package store

import (
	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/review"
)

// sight is what somebody may see of the [standings].
type sight struct {
	person          review.PersonID
	reads, readsAll bool
	owns            []int64
	own             map[review.ProjectID]bool
}

// queueSight asks for it.
func (s *Store) queueSight(b *pgx.Batch, by By, into *sight) {
	b.Queue(`with `+meSQL+` select id, reads, reads_all, own from me`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{(*int64)(&into.person), &into.reads, &into.readsAll, &into.owns}, func() error { return nil })
		into.own = idSet(into.owns)
		return err
	})
}

// sees says what [visibleSQL] says in SQL: whether the person may see a project.
func (v *sight) sees(p *standing) bool {
	own := v.own[p.id]
	return (v.reads || own) && (!p.restricted || v.readsAll || own)
}
