package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
)

// defaultSQL is the readiness definition that new projects pin: the newest version
// that is not retired of the one that the library named last.
const defaultSQL = `
	select v.key, v.version, v.digest
	  from template_version v
	 where v.key = (select t.body->>'document' from trail t
	                 where t.stream_id = -1 and t.kind = 'DefaultNamed' and t.body->>'default' = 'true'
	                   and t.seq = (select max(seq) from trail where stream_id = -1 and kind = 'DefaultNamed'))
	   and v.kind = 'definition' and ` + currentSQL + `
	 order by v.version desc limit 1`

// queueDefault reads it; the zero Ref where there is none.
func queueDefault(b *pgx.Batch, into *plan.Ref) {
	b.Queue(defaultSQL).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&into.Key, &into.Version, &into.Digest)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
}

// DefaultDefinition is the readiness definition that new projects pin; the zero Ref
// where the library names none.
func (s *Store) DefaultDefinition(ctx context.Context) (plan.Ref, error) {
	var ref plan.Ref
	b := &pgx.Batch{}
	queueDefault(b, &ref)
	return ref, batchError("finding the readiness definition of new projects", send(ctx, s.pool, b))
}

// NameDefault has new projects pin a readiness definition, or with false none.
func (s *Store) NameDefault(ctx context.Context, by By, key string, on bool, reason string) error {
	_, _, err := s.changeLibrary(ctx, by, key, nil, func(_ *transaction, l *shelf, v *Viewer) error {
		return l.NameDefault(v.Actor, on, reason, v.Now)
	})
	if err != nil {
		return fmt.Errorf("naming the readiness definition of new projects: %w", err)
	}
	return nil
}

// byDefault is why a new project pins a definition that nobody chose for it.
const byDefault = "The library names it as the definition of new projects."
