package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

// What a rebuild does with each table. One that is new has to be put here, and
// to be made or copied.
var (
	remade = []string{
		"stream", "trail", "project", "project_member", "responsibility", "review", "item", "comment", "evidence", "round", "sign_off", "finding", "condition", "waiver",
		"portfolio", "gate", "granted", "withheld", "delegation", "person", "template_version", "checkpoint", "checkpoint_head",
		"project_draft", "plan", "stage", "retired_version", "draft", "import", "import_columns", "record", "record_comment", "record_reading", "wish", "saved_view", "calendar_feed", "snapshot", "snapshot_project",
	}
	// What projects have followed of others is looked at once more.
	begunAgain = []string{"offering"}
	leftOut    = []string{"session", "login_flow", "logout_notice", "goose_db_version", "schema_range"}
)

// rebuildInto rebuilds a database from another.
func rebuildInto(ctx context.Context, t *testing.T, from, to *storetest.DB) (*store.Rebuilt, error) {
	t.Helper()
	source, err := pgx.Connect(ctx, from.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close(context.WithoutCancel(ctx))
	s, err := store.Open(ctx, to.OwnerURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return s.Rebuild(ctx, source)
}

// rows are a table's, as text and in order. When the sweep is due next is left
// out: a change of one stage only brings it forward, and a sweep puts it right.
func rows(t *testing.T, db *storetest.DB, table string) []string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	found, err := conn.Query(ctx, `select regexp_replace(row_to_json(t)::text, '"next_change_at":(null|"[^"]*")', '"next_change_at":null') from `+table+` t`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// on is the fixture on another database.
func (f *fixture) on(t *testing.T, db *storetest.DB) *fixture {
	t.Helper()
	s, err := store.Open(context.Background(), db.AppURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	g := *f
	g.Store, g.db, g.t = s, db, t
	return &g
}

// everything is a portfolio in which all tables have rows, and a name that JSON
// has to escape.
func everything(t *testing.T) *fixture {
	f := newFixture(t)
	ctx := context.Background()
	f.eventful("alpha")
	f.create("beta")
	f.waiting("gamma")
	f.change("mona", store.Target{Project: "beta"}, func(r *review.Review, who review.Actor, at time.Time) error {
		p := r.Project
		if err := r.SetDuty(who, f.people["sre"], review.DutyOwner, at); err != nil {
			return err
		}
		fields := review.ProjectFields{
			Name: "Beta “two”\\ \"three\"", Team: p.Team, Tier: 2, Exposure: p.Exposure, Profile: []plan.Flag{"database", "pages"}, Unanswered: []plan.Flag{"pages"},
			Restricted: true,
		}
		return r.Edit(who, fields, at)
	})
	f.change("mike", store.Target{Project: "beta"}, askBack("database", "pages"))
	f.change("olga", store.Target{Project: "gamma", Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "live", review.StatusOnHold, "Wait.", at)
	})
	for _, end := range []bool{false, true} {
		_, err := f.ChangeRights(ctx, f.as("sre"), f.people["sre"], func(e *review.Entitlements, who review.Actor, at time.Time) error {
			if end {
				return e.EndDelegation(who, 1, at)
			}
			return e.Delegate(who, review.NewDelegation{To: f.people["olga"], Seat: plan.SeatSRE, Ends: at.AddDate(0, 0, 9).Format(review.DateLayout), Reason: "Away."}, at)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	f.create("eta")
	f.renewed("eta")
	f.recorded("gamma")
	f.inOrder(t)
	f.waiting("delta")
	f.change("olga", store.Target{Project: "delta"}, func(r *review.Review, who review.Actor, at time.Time) error {
		parts := []review.Responsibility{{Team: "Night", Parts: []review.Part{"runs"}}, {Person: f.people["mike"], Parts: []review.Part{"runs", "informed"}}}
		return errors.Join(r.SetResponsibilities(who, r.Project.ResponsibilitiesDigest(), parts, at), r.AskLowering(who, "risks-listed", plan.LevelMay, r.PlanDigest(), "small", at), editPlaced(plan.Growth, "live")(r, who, at))
	})
	if _, err := f.sign("sre", "delta", "idea", plan.SeatSRE); err != nil {
		t.Fatal(err)
	}
	f.change("mike", store.Target{Project: "delta", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.Met, "Again.", 1, at)
	})
	p, err := f.Project(ctx, f.as("adam"), "alpha")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.ChangeRights(ctx, f.as("adam"), f.people["mike"], func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Grant(who, review.Right{Seat: plan.SeatQA, Scope: review.Scope(p.Review.Project.ID)}, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Join(ctx, store.Identity{Issuer: issuer, Subject: "eng", Name: "Person eng", Rights: []review.Right{{Role: review.RoleViewer}}}, time.Time{}); err != nil {
		t.Fatal(err) // no longer in the group
	}
	f.leave("out", (*review.Entitlements).Block)
	f.leave("out", (*review.Entitlements).Erase)
	f.leave("both", (*review.Entitlements).Block)
	f.leave("pat", (*review.Entitlements).Block)
	f.leave("pat", (*review.Entitlements).Unblock)
	f.library(t)
	owner := f.db.OwnerPool(t)
	if _, err := owner.Exec(ctx, `insert into project_draft (id, person_id, body) values (repeat('a', 26), $1, '{"name": "Typed “so” far"}')`, int64(f.people["olga"])); err != nil {
		t.Fatal(err)
	}
	secret := store.HashToken("a secret") // of a session, which nobody here has
	if _, err := owner.Exec(ctx, `insert into calendar_feed (person_id, token_hash) values ($1, $2)`, int64(f.people["olga"]), secret[:]); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveView(ctx, f.as("olga"), store.SavedView{Name: "Mine", Query: "owner=me", Start: true}); err != nil {
		t.Fatal(err)
	}
	if err := f.KeepImport(ctx, f.people["olga"], strings.Repeat("b", 26), "list.csv", []byte("a\x00\xff")); err != nil {
		t.Fatal(err)
	}
	said := &store.Columns{Headings: strings.Repeat("c", 64), Holds: map[string]int{"title": 1}}
	if err := f.ChooseImport(ctx, f.people["olga"], strings.Repeat("b", 26), []byte(`{"format": "csv"}`), said); err != nil {
		t.Fatal(err)
	}
	f.checkpoint()
	f.create("epsilon")
	f.checkpoint()
	f.sweep(t)
	if _, err := f.Snapshot(ctx); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) sweep(t *testing.T) {
	t.Helper()
	for {
		n, err := f.Refresh(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// Everything that the trail says comes back, table for table, and the server
// goes on from there.
func TestRebuild(t *testing.T) {
	f := everything(t)
	to := storetest.New(t)
	done, err := rebuildInto(t.Context(), t, f.db, to)
	if err != nil {
		t.Fatal(err)
	}
	if done.Projects != 6 || done.People != len(f.people) || done.Nameless != 0 || done.Checkpoints != 2 || done.Templates != 4 || done.Entries < 60 {
		t.Errorf("it tells of %+v", done)
	}
	for _, table := range remade {
		want, got := rows(t, f.db, table), rows(t, to, table)
		if len(want) == 0 {
			t.Errorf("%s has no rows: nothing is proven about it", table)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is\n%s\nwhere it was\n%s", table, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	g := f.on(t, to)
	if found := g.problems(t); len(found) > 0 {
		t.Errorf("afterwards %s", strings.Join(found, "\n"))
	}
	// New people and projects are numbered after those that are there.
	if id, err := g.Join(t.Context(), store.Identity{Issuer: issuer, Subject: "zoe", Name: "Zoe"}, time.Time{}); err != nil || int(id) <= len(f.people) {
		t.Errorf("the next person is %d, %v", id, err)
	}
	g.create("zeta")
	g.answerIdea("zeta")
	g.checkpoint()
	if found := g.problems(t); len(found) > 0 {
		t.Errorf("after going on %s", strings.Join(found, "\n"))
	}
}

// A waiver that was decided while its item did not apply is as it was, whatever
// lists leave out meanwhile.
func TestRebuildOfWaiversThatDidNotApply(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	all := store.Target{Project: "alpha"}
	keeps := func(flags ...plan.Flag) {
		f.change("mona", all, func(r *review.Review, who review.Actor, at time.Time) error {
			p := r.Project
			return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Profile: flags, Reason: "We looked again."}, at)
		})
		if len(flags) == 0 {
			f.change("sre", all, approveBack)
		}
	}
	keeps("database")
	for range 2 {
		f.change("mike", all, func(r *review.Review, who review.Actor, at time.Time) error {
			in := review.NewWaiver{Reason: "x", Risk: "x", Measure: "x", Until: at.AddDate(0, 0, 30).Format(review.DateLayout)}
			return r.RequestWaiver(who, "idea", "data-sketched", in, at)
		})
		keeps()
		f.change("sre", all, func(r *review.Review, who review.Actor, at time.Time) error {
			n := len(r.Stage("idea").Waivers)
			return r.DenyWaiver(who, "idea", n, shown(r.Stage("idea").Waivers, n), "No.", at)
		})
		keeps("database")
	}
	to := storetest.New(t)
	if _, err := rebuildInto(t.Context(), t, f.db, to); err != nil {
		t.Fatal(err)
	}
	if want, got := rows(t, f.db, "waiver"), rows(t, to, "waiver"); !slices.Equal(got, want) || len(want) != 2 {
		t.Errorf("waivers are\n%s\nwhere they were\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A table is made, copied, or left out, and docs/operators says which.
func TestARebuildKnowsEveryTable(t *testing.T) {
	db := storetest.New(t)
	conn, err := pgx.Connect(t.Context(), db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	found, err := conn.Query(t.Context(), `select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if !slices.Contains(remade, table) && !slices.Contains(begunAgain, table) && !slices.Contains(leftOut, table) {
			t.Errorf("a rebuild leaves %s empty: have it made or copied, or say in docs/operators that it is not", table)
		}
	}
}

// The tables may be in any state; only the trail has to be whole.
func TestRebuildFromDamagedTables(t *testing.T) {
	f := everything(t)
	want := map[string][]string{}
	for _, table := range remade {
		want[table] = rows(t, f.db, table)
	}
	f.spoil(t, `
		do $$ begin
		  delete from gate; delete from portfolio; delete from comment; delete from condition; delete from sign_off; delete from finding; delete from waiver; delete from evidence;
		  update item set note = 'Spoilt.'; update project set name = 'Spoilt'; delete from granted where seat <> ''; delete from delegation;
		  update trail set stage = null where stage = 'live';
		end $$`)
	to := storetest.New(t)
	if _, err := rebuildInto(t.Context(), t, f.db, to); err != nil {
		t.Fatal(err)
	}
	for _, table := range remade {
		if !slices.Equal(rows(t, to, table), want[table]) {
			t.Errorf("%s is not what it was", table)
		}
	}
}

// A trail that is not whole is refused, with where, and nothing is left behind:
// the next attempt finds an empty database.
func TestRebuildRefusesADamagedTrail(t *testing.T) {
	f := everything(t)
	to := storetest.New(t)
	for _, c := range []struct{ sql, where string }{
		{`update trail set actor_id = actor_id + 1 where seq = 4 and stream_id = 3`, "project beta (stream 3) has a broken trail: entry 4 was changed"},
		{`with h as (delete from checkpoint_head where stream_id = 2 and seq >= 5), d as (delete from trail where stream_id = 2 and seq = 5) select 1`, "project alpha (stream 2) has a broken trail: entry 5 is missing"},
		{`update stream set seq = seq + 1 where id = 4`, "project gamma (stream 4) ends at entry"},
		{`update trail set body = replace(body::text, '"person"', '"person" ')::json where stream_id = 1 and seq = 2`, "the directory has a broken trail: entry 2 was changed"},
		{`update checkpoint_head set hash = sha256(hash) where stream_id = 2 and no = 1`, "checkpoint 1 saw stream 2"},
		{`update template_version set body = replace(body::text, 'Scope is set', 'Scope is lost')::json where key = 'small'`, "template small version 1 was changed"},
	} {
		t.Run(c.where, func(t *testing.T) {
			f.spoil(t, c.sql)
			if _, err := rebuildInto(t.Context(), t, f.db, to); err == nil || !strings.Contains(err.Error(), c.where) {
				t.Errorf("it says %v", err)
			}
		})
	}
	if _, err := rebuildInto(t.Context(), t, f.db, to); err != nil {
		t.Errorf("once mended, it says %v", err)
	}
	if _, err := rebuildInto(t.Context(), t, f.db, to); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("into what is there it says %v", err)
	}
}

// Whoever signed in once makes a database one that is used.
func TestRebuildNeedsAnEmptyDatabase(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	to := storetest.New(t)
	g := f.on(t, to)
	if _, err := g.Join(t.Context(), store.Identity{Issuer: issuer, Subject: "zoe", Name: "Zoe"}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := rebuildInto(t.Context(), t, f.db, to); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("it says %v", err)
	}
}

// One that is interrupted at any moment leaves the database empty.
func TestARebuildThatIsInterruptedCanBeRunAgain(t *testing.T) {
	f := everything(t)
	to := storetest.New(t)
	interrupted := 0
	for after := time.Millisecond; ; after *= 2 {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		_, err := func() (*store.Rebuilt, error) {
			source, err := pgx.Connect(t.Context(), f.db.AppURL)
			if err != nil {
				return nil, err
			}
			defer source.Close(t.Context())
			s, err := store.Open(t.Context(), to.OwnerURL, store.Options{})
			if err != nil {
				return nil, err
			}
			defer s.Close()
			return s.Rebuild(ctx, source)
		}()
		cancel()
		if err == nil {
			break
		}
		if ctx.Err() == nil {
			t.Fatal(err)
		}
		interrupted++
		if left := rows(t, to, "trail"); len(left) > 0 {
			if errors.Is(err, store.ErrUncertain) {
				break // the time was over while it was committed, which nobody was told
			}
			t.Fatalf("after %v it left %d entries", after, len(left))
		}
	}
	if interrupted < 3 {
		t.Errorf("it was interrupted %d times only", interrupted)
	}
	if found := f.on(t, to).problems(t); len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
}

// Without their rows people are numbers: nothing of what they did is lost.
func TestRebuildWithoutPeople(t *testing.T) {
	f := everything(t)
	ctx := t.Context()
	from := storetest.New(t)
	source, err := pgx.Connect(ctx, from.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close(ctx)
	// An export of the trail is four tables, without those that refer to them.
	for _, sql := range []string{`drop table person cascade`, `drop table checkpoint, checkpoint_head, project cascade`, `delete from stream`} {
		if _, err := source.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range []string{"stream", "trail", "template_version"} {
		for _, row := range rows(t, f.db, table) {
			if _, err := source.Exec(ctx, fmt.Sprintf(`insert into %[1]s select * from json_populate_record(null::%[1]s, $1)`, table), row); err != nil {
				t.Fatal(err)
			}
		}
	}
	to := storetest.New(t)
	done, err := rebuildInto(ctx, t, from, to)
	if err != nil {
		t.Fatal(err)
	}
	if done.Nameless != len(f.people) || done.People != 0 {
		t.Errorf("it tells of %+v", done)
	}
	for _, table := range []string{"trail", "granted", "sign_off", "portfolio", "comment"} {
		if !slices.Equal(rows(t, to, table), rows(t, f.db, table)) {
			t.Errorf("%s is not what it was", table)
		}
	}
	if found := f.on(t, to).problems(t); len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
}
