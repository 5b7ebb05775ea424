package yardstick

import (
	"context"
	_ "embed"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed sql/schema.sql
var schemaSQL string

//go:embed sql/indexes.sql
var indexesSQL string

// TickScript is the tick-raw yardstick, a script for pgbench that wants the variables projects and items.
//
//go:embed sql/tick.sql
var TickScript string

// Seed makes the tables in an empty database and fills them: a second or two for 1,000 projects of 120 items.
func (s Shape) Seed(ctx context.Context, conn *pgx.Conn) error {
	if s.Projects < 1 || s.Items < stages || s.HelpBytes < 0 {
		return fmt.Errorf("yardstick: shape %+v: want at least a project and %d items", s, stages)
	}
	if _, err := conn.Exec(ctx, schemaSQL); err != nil {
		return fmt.Errorf("yardstick: create tables: %w", err)
	}
	for _, t := range []struct {
		name    string
		columns []string
		rows    iter.Seq[[]any]
	}{
		{"session", []string{"id", "user_name", "csrf", "expires"}, s.sessionRows()},
		{"project", []string{"id", "name", "owner", "tier"}, s.projectRows()},
		{"item", []string{"id", "project_id", "stage", "position", "status", "title", "help", "owner"}, s.itemRows()},
		{"evidence", []string{"id", "project_id", "item_id", "title", "url"}, s.evidenceRows()},
		{"signoff", []string{"project_id", "stage", "signed_by", "signed_at"}, s.signoffRows()},
		{"chain_head", []string{"project_id", "seq", "hash"}, s.chainRows()},
	} {
		if err := copyRows(ctx, conn, t.name, t.columns, t.rows); err != nil {
			return err
		}
	}
	if _, err := conn.Exec(ctx, indexesSQL); err != nil {
		return fmt.Errorf("yardstick: create indexes: %w", err)
	}
	if _, err := conn.Exec(ctx, `vacuum (analyze)`); err != nil {
		return fmt.Errorf("yardstick: vacuum: %w", err)
	}
	return nil
}

func copyRows(ctx context.Context, conn *pgx.Conn, table string, columns []string, rows iter.Seq[[]any]) error {
	next, stop := iter.Pull(rows)
	defer stop()
	source := pgx.CopyFromFunc(func() ([]any, error) {
		row, ok := next()
		if !ok {
			return nil, nil
		}
		return row, nil
	})
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{table}, columns, source); err != nil {
		return fmt.Errorf("yardstick: fill %s: %w", table, err)
	}
	return nil
}

func (s Shape) sessionRows() iter.Seq[[]any] {
	expires := time.Now().Add(24 * time.Hour)
	return func(yield func([]any) bool) {
		for n := 1; n <= Sessions; n++ {
			if !yield([]any{sessionID(Cookie(n)), person(n), csrf(n), expires}) {
				return
			}
		}
	}
}

func (s Shape) projectRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for p := 1; p <= s.Projects; p++ {
			if !yield([]any{p, projectName(p), person(p), p % 4}) {
				return
			}
		}
	}
}

func (s Shape) itemRows() iter.Seq[[]any] {
	defs := s.definitions()
	return func(yield func([]any) bool) {
		for p := 1; p <= s.Projects; p++ {
			for i, def := range defs {
				if !yield([]any{s.itemID(p, i), p, s.stage(i), i, status(p, i), def.title, def.help, itemOwner(p, i)}) {
					return
				}
			}
		}
	}
}

func (s Shape) evidenceRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for p := 1; p <= s.Projects; p++ {
			for i := range s.Items {
				if status(p, i) != met {
					continue
				}
				id := s.itemID(p, i)
				e := evidence(id)
				if !yield([]any{id, p, id, e.Title, e.URL}) {
					return
				}
			}
		}
	}
}

func (s Shape) signoffRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for p := 1; p <= s.Projects; p++ {
			for stage := 1; stage <= stages && signed(p, stage); stage++ {
				if !yield([]any{p, stage, signer(p, stage), signedAt(stage)}) {
					return
				}
			}
		}
	}
}

func (s Shape) chainRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for p := 1; p <= s.Projects; p++ {
			if !yield([]any{p, 0, chainStart(p)}) {
				return
			}
		}
	}
}
