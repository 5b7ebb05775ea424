package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/migrations"
)

// hold locks what a statement locks until the test ends, as somebody who left
// their transaction open.
func (f *fixture) hold(sql string, args ...any) pgx.Tx {
	f.t.Helper()
	tx, err := f.db.OwnerPool(f.t).Begin(context.Background())
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	if _, err := tx.Exec(context.Background(), sql, args...); err != nil {
		f.t.Fatal(err)
	}
	return tx
}

func met(r *review.Review, who review.Actor, at time.Time) error {
	return r.Answer(who, "idea", "scope-set", review.Met, "", r.Stage("idea").Item("scope-set").Answer.Version, at)
}

// Somebody holds one project's lock, and others wait for it: whoever works on
// another project, gets a right or signs in notices nothing.
func TestAStuckProjectHoldsUpNobodyElse(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	f.create("beta")
	tx := f.hold(`select from stream where id = (select id from project where key = 'alpha') for update`)
	waiting := make(chan error, 1)
	go func() {
		_, err := f.Change(context.Background(), f.as("olga"), store.Target{Project: "alpha", Stage: "idea"}, met)
		waiting <- err
	}()
	f.until(`select exists (select from pg_locks where not granted)`)

	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	newcomer := store.Identity{Issuer: issuer, Subject: "nora", Name: "Nora", Rights: []review.Right{{Role: review.RoleViewer}}}
	if _, err := f.SignIn(ctx, newcomer, store.HashToken("nora"), time.Hour); err != nil {
		t.Errorf("a first sign-in, which changes rights: %v", err)
	}
	if _, err := f.Change(ctx, f.as("olga"), store.Target{Project: "beta", Stage: "idea"}, met); err != nil {
		t.Errorf("a change of another project: %v", err)
	}
	if len(waiting) > 0 {
		t.Fatalf("the change of the stuck project did not wait: %v", <-waiting)
	}
	if err := tx.Rollback(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := <-waiting; err != nil {
		t.Errorf("once the lock is free: %v", err)
	}
}

// until waits until a question is answered with yes.
func (f *fixture) until(question string) {
	f.t.Helper()
	conn, err := pgx.Connect(context.Background(), f.db.OwnerURL)
	if err != nil {
		f.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var yes bool
		if err := conn.QueryRow(context.Background(), question).Scan(&yes); err != nil {
			f.t.Fatal(err)
		}
		if yes {
			return
		}
	}
	f.t.Fatalf("never: %s", question)
}

// A sign-in that changes no right waits for nobody who decides something; one
// that does, does.
func TestASignInWithoutNewRightsTakesNoLock(t *testing.T) {
	f := newFixture(t)
	nora := store.Identity{Issuer: issuer, Subject: "nora", Name: "Nora", Rights: []review.Right{{Role: review.RoleViewer}}}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err := f.Join(ctx, nora, time.Time{}); err != nil {
		t.Fatal(err)
	}
	f.hold(`select pg_advisory_xact_lock_shared(1)`) // a decision under way
	if _, err := f.SignIn(ctx, nora, store.HashToken("nora"), time.Hour); err != nil {
		t.Errorf("with the same rights as before: %v", err)
	}
	nora.Rights = nil
	quick, stop := context.WithTimeout(ctx, 200*time.Millisecond)
	defer stop()
	if _, err := f.SignIn(quick, nora, store.HashToken("again"), time.Hour); err == nil {
		t.Error("a sign-in that takes a right away did not wait for the decision")
	}
}

// What reaches the database so late that whoever asked has been told of a
// failure by the time it is done is not committed any more.
func TestNothingIsCommittedAfterItsDeadline(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	for _, late := range []bool{false, true} {
		before := f.seqOf("alpha")
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		_, err := f.Change(ctx, f.as("olga"), store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
			if late {
				time.Sleep(1700 * time.Millisecond) // into the time that is kept back for the answer
			}
			return r.AddEvidence(who, "idea", "scope-set", review.NewEvidence{URL: "https://wiki.example.test/" + at.Format("150405.000"), Title: "Scope", Type: "doc"}, at)
		})
		cancel()
		if late != errors.Is(err, store.ErrOverloaded) || !late && err != nil {
			t.Errorf("late: %v, %v", late, err)
		}
		if after := f.seqOf("alpha"); (after > before) == late {
			t.Errorf("late: %v, and the project went from %d to %d", late, before, after)
		}
	}
	if n := f.Pool().AcquiredConns(); n != 0 {
		t.Errorf("%d connections were not given back", n)
	}
}

func (f *fixture) seqOf(key review.ProjectKey) int64 {
	f.t.Helper()
	v, err := f.Project(context.Background(), f.as("olga"), key)
	if err != nil {
		f.t.Fatal(err)
	}
	return v.Seq
}

// Whether the database works is asked beside the pool, which may be used up.
func TestReadinessIsTheDatabases(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	busy, err := store.Open(ctx, f.db.AppURL, store.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(busy.Close)
	f.create("alpha")
	begun, release := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		_, err := busy.Change(ctx, f.as("olga"), store.Target{Project: "alpha", Stage: "idea"}, func(*review.Review, review.Actor, time.Time) error {
			close(begun)
			<-release
			return nil
		})
		done <- err
	}()
	<-begun
	if err := busy.Ready(ctx); err != nil {
		t.Errorf("with the pool used up: %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	latest, err := migrations.Latest()
	if err != nil {
		t.Fatal(err)
	}
	if schema, err := busy.Probe(ctx); err != nil || schema.Version != latest || schema.Oldest < 5 || schema.Oldest > latest {
		t.Errorf("schema %+v, %v; the newest migration is %d", schema, err, latest)
	}
	if code := exec(t, f.db.OwnerURL, `alter database `+pgx.Identifier{f.db.Name}.Sanitize()+` set default_transaction_read_only = on`); code != "" {
		t.Fatal(code)
	}
	other, err := store.Open(ctx, f.db.AppURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	if err := other.Ready(ctx); store.OutageOf(err) != store.ReadOnly {
		t.Errorf("a read-only database: %v", err)
	}
	_, err = other.Change(ctx, f.as("olga"), store.Target{Project: "alpha", Stage: "idea"}, met)
	if store.OutageOf(err) != store.ReadOnly {
		t.Errorf("a change of a read-only database: %v", err)
	}
}

// Each connection says for itself that a commit is on disk when it is
// acknowledged, whatever the database's default becomes.
func TestCommitsAreOnDiskWhateverTheDefault(t *testing.T) {
	f := newFixture(t)
	if code := exec(t, f.db.OwnerURL, `alter database `+pgx.Identifier{f.db.Name}.Sanitize()+` set synchronous_commit = off`); code != "" {
		t.Fatal(code)
	}
	s, err := store.Open(t.Context(), f.db.AppURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.CheckDurability(t.Context()); err != nil && !strings.Contains(err.Error(), "synchronous_commit=on") {
		t.Error(err) // the test's server has fsync off
	}
}

// Going down to tables that cannot hold what there is would lose it: refused,
// and nothing is changed. Without such rows it goes down and up again.
func TestGoingDownLosesNothing(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	cfg, err := pgx.ParseConfig(f.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	f.passed("alpha")
	downAndUp := func() error {
		_, err := p.DownTo(ctx, 1)
		_, back := p.Up(ctx)
		if back != nil {
			t.Fatal(back)
		}
		return err
	}
	if err := downAndUp(); err != nil {
		t.Fatal(err)
	}
	f.change("mike", store.Target{Project: "alpha", Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RequestWaiver(who, "live", "restore-tested", review.NewWaiver{Reason: "Late.", Risk: "Some.", Measure: "By hand.", Until: at.AddDate(0, 0, 9).Format(review.DateLayout)}, at)
	})
	if _, err := db.ExecContext(ctx, `update waiver set granted_by = $1, granted_for = $2, granted_at = now()`, int64(f.people["both"]), int64(f.people["sre"])); err != nil {
		t.Fatal(err)
	}
	if err := downAndUp(); err == nil || !strings.Contains(err.Error(), "schema 1 cannot hold") {
		t.Errorf("going down with a stand-in's decision: %v", err)
	}
	var kept int
	if err := db.QueryRowContext(ctx, `select count(*) from waiver where granted_for = $1`, int64(f.people["sre"])).Scan(&kept); err != nil || kept != 1 {
		t.Errorf("%d stand-ins' decisions are left, %v", kept, err)
	}
}
