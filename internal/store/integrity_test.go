package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// passed makes a project whose first gate has passed.
func (f *fixture) passed(key review.ProjectKey) {
	f.t.Helper()
	f.create(string(key))
	f.answerIdea(key)
	f.change("mike", store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	for name, seat := range map[string]plan.Seat{"pat": plan.SeatProduct, "sre": plan.SeatSRE} {
		if _, err := f.sign(name, key, "idea", seat); err != nil {
			f.t.Fatal(err)
		}
	}
}

// renewed takes a project through its last gate, and renews what was signed there.
func (f *fixture) renewed(key review.ProjectKey) {
	f.t.Helper()
	live := store.Target{Project: key, Stage: "live"}
	link := func(url string) store.Decide {
		return func(r *review.Review, who review.Actor, at time.Time) error {
			return r.AddEvidence(who, "live", "restore-tested", review.NewEvidence{URL: url, Type: "test-report"}, at)
		}
	}
	f.change("mike", live, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "live", "restore-tested", review.Met, "", 0, at)
	})
	f.change("mike", live, link("https://ci.example.test/restore/1"))
	f.change("mike", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "live", "", "First.", at)
	})
	if _, err := f.sign("sre", key, "live", plan.SeatSRE); err != nil {
		f.t.Fatal(err)
	}
	f.change("mike", live, link("https://ci.example.test/restore/2"))
}

// exec runs a statement as a role and says which SQLSTATE refused it.
func exec(t *testing.T, url, sql string, args ...any) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql, args...)
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	if err != nil {
		t.Fatal(err)
	}
	return ""
}

// The database refuses by itself what no code path of ours does.
func TestIllegalRowsAreRefused(t *testing.T) {
	f := newFixture(t)
	f.passed("alpha")
	f.create("beta")
	f.answerIdea("beta")
	f.change("mike", store.Target{Project: "beta", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	const (
		forbidden = "42501" // insufficient_privilege
		restrict  = "23001" // restrict_violation: our trigger
		check     = "23514"
		foreign   = "23503"
		unique    = "23505"
	)
	for _, c := range []struct{ name, asApp, asOwner, sql string }{
		{"changing the trail", forbidden, restrict, `update trail set kind = 'ItemAnswered'`},
		{"deleting from the trail", forbidden, restrict, `delete from trail`},
		{"emptying the trail", forbidden, restrict, `truncate trail cascade`},
		{"changing a signature", forbidden, restrict, `update sign_off set decision = 'return'`},
		{"deleting a signature", forbidden, restrict, `delete from sign_off`},
		{"changing a published template", forbidden, restrict, `update template_version set name = 'x'`},
		{"passing a gate without signatures", check, check,
			`update round set outcome = 'passed', closed_by = requested_by, closed_at = now(), closing = digest where outcome = ''`},
		{"a second open round", unique, unique, `
			insert into round (project_id, review_no, stage, no, requested_by, requested_at, digest, quorum, seats, sod)
			select project_id, review_no, stage, no + 1, requested_by, requested_at, digest, quorum, seats, sod from round where outcome = ''`},
		{"a second owner", unique, unique, `update project_member set duty = 'owner' where duty = 'deputy'`},
		{"an answer approved by its giver", check, check, `
			update item set state = 'not-applicable', note = 'n', approved_by = answered_by, approved_at = now() where item = 'scope-set'`},
		{"a risk without choices", check, check, `update item set risk = 'high' where item = 'scope-set'`},
		{"choices that are met at a risk", check, check, `update item set choices = 'a', risk = 'high' where item = 'scope-set'`},
		{"an answer of nobody", check, check, `update item set answered_by = null`},
		{"evidence that is no web page", check, check, `update evidence set url = 'javascript:alert(1)'`},
		{"a sign-off of a round elsewhere", foreign, foreign, `
			insert into sign_off (project_id, review_no, stage, round, no, person_id, seat, decision, digest, at)
			select project_id, review_no, 'live', 9, 1, person_id, seat, decision, digest, at from sign_off limit 1`},
		{"a role for one project", check, check, `
			insert into granted (person_id, role, project_id, source, granted_by, granted_at)
			select person_id, 'admin', project_id, 'admin', 0, now() from project_member limit 1`},
		{"a project of a stream that is not there", foreign, foreign, `
			insert into project (id, key, name, team, tier, exposure, created_at) values (99999, 'ghost', 'Ghost', 'T', 1, 'pilot', now())`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := exec(t, f.db.AppURL, c.sql); got != c.asApp {
				t.Errorf("as the app: %q, want %q", got, c.asApp)
			}
			if got := exec(t, f.db.OwnerURL, c.sql); got != c.asOwner {
				t.Errorf("as the owner: %q, want %q", got, c.asOwner)
			}
		})
	}
}

// What a refused change must leave behind: nothing.
func TestARefusedChangeChangesNothing(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	before, err := f.Project(context.Background(), f.as("olga"), "alpha")
	if err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	for name, decide := range map[string]store.Decide{
		"a rule": func(r *review.Review, who review.Actor, at time.Time) error {
			if err := r.Answer(who, "idea", "scope-set", review.Met, "", 0, at); err != nil {
				return err
			}
			return r.Answer(who, "idea", "risks-listed", review.Met, "", 7, at)
		},
		"the caller": func(r *review.Review, who review.Actor, at time.Time) error {
			if err := r.Answer(who, "idea", "scope-set", review.Met, "", 0, at); err != nil {
				return err
			}
			return boom
		},
		"another time than the transaction's": func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Answer(who, "idea", "scope-set", review.Met, "", 0, at.Add(time.Hour))
		},
		"the database": func(r *review.Review, who review.Actor, at time.Time) error {
			return r.AssignJoining(review.Actor{Person: who.Person, Roles: []review.Role{review.RoleManager}}, "idea", "scope-set", 99999, "", at)
		},
	} {
		if _, err := f.Change(context.Background(), f.as("mike"), store.Target{Project: "alpha", Stage: "idea"}, decide); err == nil {
			t.Errorf("%s: no error", name)
		}
		after, err := f.Project(context.Background(), f.as("olga"), "alpha")
		if err != nil {
			t.Fatal(err)
		}
		if after.Seq != before.Seq || after.Review.Stage("idea").Item("scope-set").Answer.Version != 0 {
			t.Errorf("%s: the change left something behind", name)
		}
	}
	if n := f.Pool().AcquiredConns(); n != 0 {
		t.Errorf("%d connections were not given back", n)
	}
}

// A panic in a decision gives the connection back and changes nothing.
func TestAPanicRollsBack(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_, _ = f.Change(context.Background(), f.as("mike"), store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
			_ = r.Answer(who, "idea", "scope-set", review.Met, "", 0, at)
			panic("boom")
		})
	}()
	v, err := f.Project(context.Background(), f.as("olga"), "alpha")
	if err != nil {
		t.Fatal(err)
	}
	if v.Seq != 1 {
		t.Errorf("the project is at %d, want 1", v.Seq)
	}
}
