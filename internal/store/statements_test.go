package store_test

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// statementsWith counts the statements of batches that have a part.
type statementsWith struct {
	part string
	n    int
}

func (c *statementsWith) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}
func (c *statementsWith) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (c *statementsWith) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}
func (c *statementsWith) TraceBatchQuery(_ context.Context, _ *pgx.Conn, q pgx.TraceBatchQueryData) {
	if strings.Contains(q.SQL, c.part) {
		c.n++
	}
}
func (c *statementsWith) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
