package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// transaction is one change under way, in two round trips: begin and read,
// write and commit.
type transaction struct {
	conn  *pgxpool.Conn
	began time.Time // by our clock, and not before the database began
}

// transact runs f on one connection and rolls back whatever it leaves open.
func (s *Store) transact(ctx context.Context, f func(*transaction) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("waiting for a database connection: %w", err)
	}
	defer conn.Release()
	defer func() {
		if conn.Conn().PgConn().TxStatus() == 'I' {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_, _ = conn.Exec(ctx, `rollback`) // a connection still in a transaction is closed on release
	}()
	return f(&transaction{conn: conn})
}

// begin opens the transaction and runs a batch in it.
func (tx *transaction) begin(ctx context.Context, reads *pgx.Batch) error {
	b := &pgx.Batch{}
	b.Queue(`begin`)
	b.QueuedQueries = append(b.QueuedQueries, reads.QueuedQueries...)
	err := send(ctx, tx.conn, b)
	tx.began = time.Now()
	return err
}

// answerTime is kept back from a request's deadline for the commit itself and
// its answer.
const answerTime = 500 * time.Millisecond

// What stands around a parameter to make 1 of it, and an error once the
// transaction is older than that. A database
// that stood still carries out what it was sent before: without this it would
// still commit what was given up long ago. The schema is named because tests move
// the clock.
const (
	inTimeFrom = `1 / case when coalesce(pg_catalog.clock_timestamp() - pg_catalog.now() < `
	inTimeTo   = `::interval, true) then 1 else 0 end`
	tooLate    = "22012" // division_by_zero
)

// left is how old the transaction may be when it commits; nil without a deadline.
func (tx *transaction) left(ctx context.Context) *time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return nil
	}
	left := deadline.Sub(tx.began) - answerTime
	return &left
}

// inTime has a batch fail if the request's deadline has passed by the time the
// database gets to it.
func (tx *transaction) inTime(ctx context.Context, b *pgx.Batch) {
	b.Queue(`select `+inTimeFrom+`$1`+inTimeTo, tx.left(ctx))
}

// commit runs the last batch of a change and commits. [ErrUncertain] when the
// answer to the commit did not come.
func (tx *transaction) commit(ctx context.Context, b *pgx.Batch, doing string) error {
	var tag string
	b.Queue(`commit`).Exec(func(t pgconn.CommandTag) error {
		tag = t.String()
		return nil
	})
	err := send(ctx, tx.conn, b)
	var pg *pgconn.PgError
	switch {
	case tag == "COMMIT": // whatever became of the connection afterwards
		return nil
	case err == nil:
		return fmt.Errorf("%s: the database answered a commit with %s", doing, tag)
	case errors.As(err, &pg) && pg.Code == tooLate:
		return fmt.Errorf("%s: %w: too late to commit", doing, ErrOverloaded)
	case errors.As(err, &pg), pgconn.SafeToRetry(err), ctx.Err() == nil && OutageOf(err) == 0:
		return batchError(doing, err)
	}
	return fmt.Errorf("%s: %w: %w", doing, ErrUncertain, err)
}
