package seed

import (
	"context"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/devstack/postgres"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// newWorld starts a server: copying wants a superuser, which the store's tests have none of.
func newWorld(t *testing.T) (*World, *pgx.Conn) {
	t.Helper()
	server, err := postgres.Start(t.Context(), postgres.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := Migrate(t.Context(), server.OwnerURL); err != nil {
		t.Fatal(err)
	}
	w, err := NewWorld(t.Context(), server.OwnerURL, server.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Store.Close)
	cfg, err := pgx.ParseConfig(server.SuperuserURL)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Database = postgres.DatabaseName
	conn, err := pgx.ConnectConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return w, conn
}

func TestPatternsAndTheirCopies(t *testing.T) {
	w, conn := newWorld(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	everyProjectTableIsKnown(t, conn)
	must(w.Long(ctx, "long"))
	must(w.Launch(ctx, "launch", 3))
	largest, err := w.Largest(ctx, "largest")
	must(err)
	first, err := w.Waiting(ctx, "waiting")
	must(err)
	must(w.Assigned(ctx, "assigned", 20))
	must(Copy(ctx, conn, []Pattern{{"long", 3}, {"launch", 2}, {"largest", 1}, {"waiting", 4}, {"assigned", 2}}))

	member := By(w.Team[0])
	long, err := w.Store.Checklist(ctx, member, CopyKey("long", 2), LongStage)
	must(err)
	stage := long.Review.Stage(LongStage)
	states := map[review.State]int{}
	for i := range stage.Items {
		if stage.Items[i].Level != plan.LevelNone {
			states[stage.Items[i].Answer.State]++
		}
	}
	if states[review.Met] != 72 || states[review.NotMet] != 12 || states[review.Open] != 36 || len(stage.Evidence) != 72 {
		t.Errorf("a copy of the long pattern has %v and %d links, want 72 met, 12 not met, 36 open, 72 links", states, len(stage.Evidence))
	}
	if len(long.Review.Project.Members) != TeamSize {
		t.Errorf("%d people are on the copy, want %d", len(long.Review.Project.Members), TeamSize)
	}

	list, err := w.Store.Checklist(ctx, member, CopyKey("largest", 1), largest)
	must(err)
	for i := range list.Review.Stages {
		if n := len(list.Review.Stages[i].Items); n > len(list.Review.Stage(largest).Items) {
			t.Errorf("stage %s with %d items is larger than the largest", list.Review.Stages[i].Def.Key, n)
		}
	}

	launch, err := w.Store.Project(ctx, member, CopyKey("launch", 1))
	must(err)
	for i, want := range []review.GateState{review.GatePassed, review.GatePassed, review.GatePassed, review.GateBlocked} {
		if got := launch.Rollups[i].Gate; got != want {
			t.Errorf("gate %d of a launch copy stands at %d, want %d", i, got, want)
		}
	}

	work, err := w.Store.MyWork(ctx, By(w.Busy))
	must(err)
	if len(work.Gates) != 5 || len(work.Items) != 60 {
		t.Errorf("%d gates and %d items wait for the busy person, want 5 and 60", len(work.Gates), len(work.Items))
	}

	sign := CopyKey("waiting", 4)
	must(w.pass(ctx, sign, first)) // a copy can be worked on like any project
	signed, err := w.Store.Project(ctx, member, sign)
	must(err)
	if signed.Rollups[0].Gate != review.GatePassed {
		t.Errorf("after all signed, the gate stands at %d", signed.Rollups[0].Gate)
	}

	portfolio, err := w.Store.Portfolio(ctx, member, store.PortfolioFilter{})
	must(err)
	if len(portfolio.Rows) != 17 {
		t.Errorf("the portfolio lists %d projects, want 5 patterns and 12 copies", len(portfolio.Rows))
	}
}

// A table that a later migration adds must be copied too, or copies quietly lose what it holds.
func everyProjectTableIsKnown(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		select distinct c.table_name::text from information_schema.columns c
		  join information_schema.tables t using (table_schema, table_name)
		 where t.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name in ('project_id', 'stream_id')`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	// Rights, withheld ones too, and stand-ins on one project, what was proved of a trail, what others follow, and past days:
	// patterns have none.
	want := []string{"granted", "withheld", "delegation", "checkpoint_head", "offering", "snapshot_project"}
	for _, p := range projectTables {
		if p.project != "id" {
			want = append(want, p.name)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("tables with rows of projects: %v\nknown here: %v", got, want)
	}
}
