package store

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrOverloaded means that the database did not answer in time.
var ErrOverloaded = errors.New("the database did not answer in time")

// ErrUncertain means that the database was told to commit and did not say
// whether it has. Everything else that fails has changed nothing.
var ErrUncertain = errors.New("whether the change was saved is not known")

// Outage is what keeps the database from doing its work for everybody, whoever
// asks for whatever.
type Outage int

// The kinds of outages; the zero value is none.
const (
	Unreachable Outage = iota + 1 // stopped, starting, restarting, cut off, or out of connections
	Full                          // no room on its disk or in its memory
	ReadOnly                      // it answers, and takes no changes
	Busy                          // it did not answer in time, or somebody else holds what is asked for
)

// OutageOf tells an outage from an error that is about what was asked; 0 is none.
func OutageOf(err error) Outage {
	if errors.Is(err, ErrOverloaded) || errors.Is(err, context.DeadlineExceeded) {
		return Busy
	}
	if errors.Is(err, errReadOnly) {
		return ReadOnly
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return outageOfCode(pg.Code)
	}
	var connecting *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &connecting), errors.As(err, &network), pgconn.SafeToRetry(err),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return Unreachable
	}
	return 0
}

// outageOfCode reads PostgreSQL's own word, a SQLSTATE.
func outageOfCode(code string) Outage {
	switch code {
	case "25006": // read_only_sql_transaction
		return ReadOnly
	case "57014", "55P03", "40P01": // query_canceled, lock_not_available, deadlock_detected
		return Busy
	case "53300": // too_many_connections
		return Unreachable
	}
	switch {
	case strings.HasPrefix(code, "53"): // disk_full, out_of_memory and their like
		return Full
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P"): // connections; shutting down or starting
		return Unreachable
	case strings.HasPrefix(code, "58"): // system errors, such as a disk that cannot be read
		return Unreachable
	}
	return 0
}
