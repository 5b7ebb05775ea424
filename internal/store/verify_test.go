package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// spoil changes rows past every rule and trigger, as somebody with the owner's
// password could, and puts them back when the test ends.
func (f *fixture) spoil(t *testing.T, sql string, args ...any) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, f.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	run := func(sql string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(ctx, sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	tables := []string{"trail", "sign_off", "round", "template_version", "checkpoint", "checkpoint_head", "retired_version"}
	all := append([]string{"person", "stream", "project", "project_member", "responsibility", "review", "item", "comment", "evidence", "finding", "condition", "waiver", "portfolio", "stage", "gate", "granted", "delegation", "record", "record_comment", "record_reading", "wish"}, tables...)
	for _, name := range all {
		run(`create temporary table ` + name + `_before as table ` + name)
		run(`alter table ` + name + ` disable trigger user`)
	}
	run(sql, args...)
	t.Cleanup(func() {
		defer conn.Close(ctx)
		for _, name := range all {
			// Rows are put back whole, so that foreign keys never see a gap.
			run(`
				do $$ declare keys text; cols text; begin
				  select string_agg(format('t.%1$I = b.%1$I', a.attname), ' and ') into keys
				    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
				   where i.indrelid = '` + name + `'::regclass and i.indisprimary;
				  select string_agg(format('%1$I = b.%1$I', attname), ', ') into cols
				    from pg_attribute where attrelid = '` + name + `'::regclass and attnum > 0 and not attisdropped and attidentity = '';
				  if keys is null then
				    execute 'delete from ` + name + `';
				    execute 'insert into ` + name + ` table ` + name + `_before';
				  else
				    execute 'update ` + name + ` t set ' || cols || ' from ` + name + `_before b where ' || keys;
				    execute 'delete from ` + name + ` t where not exists (select from ` + name + `_before b where ' || keys || ')';
				    execute 'insert into ` + name + ` overriding system value select b.* from ` + name + `_before b where not exists (select from ` + name + ` t where ' || keys || ')';
				  end if;
				end $$`)
			run(`alter table ` + name + ` enable trigger user`)
		}
	})
}

// problems verifies every stream.
func (f *fixture) problems(t *testing.T) []string {
	t.Helper()
	ctx := context.Background()
	ids, err := f.Streams(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, id := range ids {
		v, err := f.VerifyStream(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range v.Problems {
			all = append(all, p.String())
		}
	}
	stray, err := f.StrayHeads(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range stray {
		all = append(all, p.String())
	}
	return all
}

// eventful is a project in which all tables have rows: its first review has
// ended, and the second is under way.
func (f *fixture) eventful(key review.ProjectKey) {
	f.t.Helper()
	f.create(string(key))
	f.answerIdea(key)
	do := func(name string, stage plan.StageKey, decide store.Decide) {
		f.t.Helper()
		f.change(name, store.Target{Project: key, Stage: stage}, decide)
	}
	do("mike", "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Discuss(who, "idea", "scope-set", "Why so?", "k1", at)
	})
	do("mike", "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	do("pat", "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{Seat: plan.SeatProduct, Decision: review.Return, Digest: r.Digest(r.Stage("idea")), Findings: []string{"Who pays?"}}, at)
	})
	do("mike", "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AnswerFinding(who, "idea", 1, shown(r.Stage("idea").Findings, 1), "We do.", at)
	})
	do("mike", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "live", "restore-tested", review.NotMet, "Soon.", 0, at)
	})
	for i, chosen := range []plan.Chosen{"older switch", plan.NoneOf, "switch"} {
		do("mike", "live", func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Choose(who, "live", "way-back", chosen, nil, i, at)
		})
	}
	do("mike", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RequestWaiver(who, "live", "restore-tested", review.NewWaiver{Reason: "Late", Risk: "Small", Measure: "By hand", Until: at.AddDate(0, 0, 20).Format(review.DateLayout)}, at)
	})
	do("sre", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.GrantWaiver(who, "live", 1, r.Stage("live").Waivers[0].Digest(), "Fine.", at)
	})
	do("mike", "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "live", "", "First.", at)
	})
	do("sre", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "live", review.NewSignOff{Seat: plan.SeatSRE, Decision: review.Conditional, Digest: r.Digest(r.Stage("live")), Conditions: []review.NewCondition{{Text: "Test it.", Owner: f.people["mike"], Due: at.AddDate(0, 0, 5).Format(review.DateLayout)}}}, at)
	})
	do("olga", "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.StartReview(who, r.No, "Yearly.", at)
	})
	do("mike", "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	for name, seat := range map[string]plan.Seat{"pat": plan.SeatProduct, "sre": plan.SeatSRE} {
		if _, err := f.sign(name, key, "idea", seat); err != nil {
			f.t.Fatal(err)
		}
	}
}

// waiting is a project whose first gate one person has signed.
func (f *fixture) waiting(key review.ProjectKey) {
	f.t.Helper()
	f.create(string(key))
	f.answerIdea(key)
	f.change("mike", store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	if _, err := f.sign("pat", key, "idea", plan.SeatProduct); err != nil {
		f.t.Fatal(err)
	}
}

// Whatever somebody changes behind the server's back, verifying finds it.
func TestVerifyFindsWhatWasChangedBehindItsBack(t *testing.T) {
	f := newFixture(t)
	f.eventful("alpha")
	f.create("beta")
	f.waiting("gamma")
	f.create("delta")
	f.renewed("delta")
	f.recorded("delta")
	_, err := f.ChangeRights(context.Background(), f.as("sre"), f.people["sre"], func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Delegate(who, review.NewDelegation{To: f.people["olga"], Seat: plan.SeatSRE, Ends: at.AddDate(0, 0, 9).Format(review.DateLayout), Reason: "Away."}, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	// Somebody who has done nothing, to be put in others' places.
	if _, err := f.Join(context.Background(), store.Identity{Issuer: issuer, Subject: "zoe", Name: "Zoe"}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	f.checkpoint()
	if found := f.problems(t); len(found) > 0 {
		t.Fatalf("untouched, it finds %s", strings.Join(found, "\n"))
	}
	const someone = `(select max(id) from person)`
	cases := []string{
		// Records.
		`update record set title = 'Nothing is wrong'`,
		`update record set search = ' nothing'`,
		`update evidence set search = '' where no = 1`,
		`update project set search = ' nothing'`,
		`update record set state = 'open', at_gate = true where kind = 'debt'`,
		`update record set fields = jsonb_set(fields, '{impact}', '"1"') where kind = 'risk'`,
		`update record set owner_id = null`,
		`update record set due = due + 1`,
		`update record set version = version + 1`,
		`update record set moved_by = opened_by where kind = 'risk'`,
		`with c as (delete from record_comment) delete from record where no = 2`,
		`update record_reading set value = value + 0.000001 where no = 2`,
		`update record_reading set at = at - interval '1 minute' where no = 1`,
		`update record_reading set struck_by = null, struck_at = null where no = 3`,
		`update record_reading set note = 'By itself.' where no = 1`,
		`delete from record_reading where no = 3`,
		`update record set latest = null`,
		`update record set alarm = '' where kind = 'objective'`,
		`update record set at_gate = false where kind = 'risk'`,
		`update record set closed = true where kind = 'objective'`,
		`update record set latest = jsonb_set(latest, '{value}', '"99.9"')`,
		`update record_comment set text = 'Never.'`,
		`delete from record_comment`,
		`update record_comment set mentions = '{}'`,
		// The trail itself.
		`with h as (delete from checkpoint_head where stream_id = 3) delete from trail where stream_id = 3`,
		`delete from trail where seq = 4 and stream_id = 2 and not exists (select from checkpoint_head h where h.seq = trail.seq and h.stream_id = 2)`,
		`update trail set actor_id = actor_id + 1 where seq = 2`,
		`update trail set at = at + interval '1 microsecond' where seq = 2`,
		`update trail set kind = 'EvidenceRemoved' where kind = 'EvidenceAdded'`,
		`update trail set body = replace(body::text, 'Why so?', 'Why not?')::json`,
		`update trail set body = (body::text || ' ')::json where seq = 1 and stream_id = 2`,
		`update trail set hash = sha256(hash) where seq = 3`,
		`update trail set item = 'risks-listed' where item = 'scope-set' and kind = 'CommentAdded'`,
		`update trail set stage = null where stage = 'live'`,
		`update trail set item = '999' where stream_id = 1 and seq = 1`,
		`update stream set seq = seq + 1 where id = 2`,
		`update stream set hash = sha256(hash) where id = 1`,
		`insert into stream (id, kind) values (77, 'project')`,
		// What it leads to.
		`update project set name = 'Another'`,
		`update project set restricted = true where key = 'beta'`,
		`update project set tier = 3`,
		`update project_member set duty = 'member' where duty = 'deputy'`,
		`delete from project_member where duty = 'deputy'`,
		`update project set members = '{}', duties = '{}'`,
		`update project set duties = array_replace(duties, 'owner', 'member')`,
		`update project set responsibilities = '[]' where key = 'beta'`,
		`update project set tags = '{pci}' where key = 'beta'`,
		`update item set state = 'met' where state = 'not-met' and choices = ''`,
		`update item set note = note || '.' where note <> ''`,
		`update item set choices = 'older' where choices = 'switch' and review_no = 2`,
		`update item set choices = '-', risk = 'high' where choices = 'switch' and review_no = 1`,
		`update item set answered_at = answered_at - interval '1 microsecond'`,
		`delete from item where item = 'demo-shown' and review_no = 2`,
		`update item set reattest = not reattest where review_no = 2`,
		`update comment set text = 'Edited.'`,
		`delete from comment where review_no = 1`,
		`update evidence set title = 'Edited.' where review_no = 1`,
		`update evidence set removed_by = added_by, removed_at = added_at where review_no = 2`,
		`update evidence set renews = 0 where renews = 1`,
		`update evidence set renews = 1 where no = 1 and stage = 'live'`,
		`update round set outcome = 'passed' where outcome = 'returned'`,
		`update round set closing = encode(sha256(closing::bytea), 'hex') where review_no = 2`,
		`update round set quorum = 1 where quorum = 2`,
		`update round set changed_at = closed_at where review_no = 2`,
		`update round set reopened_by = closed_by, reopened_at = closed_at, reopened_why = 'x', reopened_impact = 'y' where review_no = 1 and outcome = 'passed' and changed_at is null`,
		`update sign_off set decision = 'go' where decision = 'return'`,
		`update sign_off set person_id = ` + someone + ` where review_no = 2 and no = 1`,
		`update sign_off set note = 'Edited.' where review_no = 2`,
		`update sign_off set effort = 'over-60' where review_no = 2`,
		`update finding set answer = 'Edited.'`,
		`update waiver set until = until + interval '1 day' where review_no = 2`,
		`update waiver set granted_by = ` + someone + ` where review_no = 1`,
		`update condition set due = due + 1`,
		`update condition set met_by = owner_id, met_at = set_at`,
		`update condition set seat = 'qa'`,
		`update condition set seat = 'qa' where review_no = 1`,
		`delete from condition where review_no = 2`,
		`update condition set dropped_at = set_at where review_no = 2`,
		`update condition set dropped_at = set_at, dropped_by = set_by, dropped_why = 'Off.' where review_no = 2`,
		`update waiver set granted_for = ` + someone + ` where review_no = 2`,
		`update portfolio set name = 'Another' where key = 'beta'`,
		`update portfolio set owner_id = ` + someone,
		`update portfolio set gates[2] = 3, next_change_at = null where key = 'beta'`,
		`update portfolio set must_done = must_total where key = 'beta'`,
		`update portfolio set live = 'live-current' where key = 'beta'`,
		`update portfolio set search = 'another' where key = 'beta'`,
		`update portfolio set exposure = 'sandbox' where key = 'beta'`,
		`update portfolio set tags = '{pci}' where key = 'beta'`,
		`update portfolio set qualities = set_byte(qualities, 5, 99), next_change_at = null where key = 'beta'`,
		`update portfolio set expired[1] = 7, next_change_at = null where key = 'beta'`,
		`update portfolio set deputy_id = ` + someone,
		`update portfolio set waits[current + 1] = 'qa', next_change_at = null where key = 'beta'`,
		`update portfolio set waits_since = array_fill(1::bigint, array[cardinality(gates)]), next_change_at = null where key = 'beta'`,
		`update portfolio set passed = array_fill(1::bigint, array[cardinality(gates)]), next_change_at = null where key = 'beta'`,
		`update portfolio set unowned = not unowned, next_change_at = null where key = 'beta'`,
		`update project set stage_plans = '[{"stage": "live", "owner": 1}]'`,
		`insert into responsibility (project_id, team, parts) select id, 'Another', '{runs}' from project where key = 'beta'`,
		`update portfolio set waited = '{qa}', next_change_at = null where key = 'beta'`,
		`update portfolio set blocked_by = ` + someone + `, next_change_at = null where key = 'beta'`,
		`update portfolio set blocked_since = now(), next_change_at = null where key = 'beta'`,
		`update stage set seats = array_append(seats, 'data') where place = 0`,
		`update stage set place = place + 1 where place > 0`,
		`delete from stage where place = 1 and review_no = 2`,
		`update gate set open_seats = array_append(open_seats, 'sre')`,
		`update gate set signed = '{}'`,
		`update gate set outdated = excluded`,
		`update gate set excluded = '{}'`,
		`update gate set state = 2`,
		`update gate set digest = encode(sha256(digest::bytea), 'hex')`,
		`update gate set since = since - interval '1 microsecond'`,
		`delete from gate`,
		`insert into gate select project_id, 1, stage, state, round, digest, since from gate where review_no = 2`,
		`update review set passed_before = now() where no = 1`,
		`update review set passed_before = null where no = 2`,
		`insert into granted (person_id, role, source, granted_by, granted_at) values (` + someone + `, 'auditor', 'admin', 0, now())`,
		`delete from granted where seat = 'product'`,
		`update person set folded = 'somebody else' where id = ` + someone,
		`update person set search = 'somebody else' where id = ` + someone,
		`update granted set granted_at = granted_at - interval '1 year' where seat = 'sre'`,
		`update delegation set ends = ends + interval '1 day'`,
		`delete from delegation`,
		`update template_version set body = replace(body::text, '"quorum":2', '"quorum":1')::json`,
		`update checkpoint_head set hash = sha256(hash) where stream_id = 2`,
	}
	found := 0
	for _, sql := range cases {
		t.Run(sql, func(t *testing.T) {
			f.spoil(t, sql)
			problems := f.problemsAfresh(t)
			if len(problems) == 0 {
				t.Error("nothing was found")
				return
			}
			found++
			t.Log(problems[0])
		})
	}
	if left := f.problems(t); len(left) > 0 {
		t.Errorf("put back, it still finds %s", strings.Join(left, "\n"))
	}
	t.Logf("%d changes behind the server's back, %d found", len(cases), found)
}

// problemsAfresh verifies as a program that has just been started: what it
// keeps in memory is not what is to be checked.
func (f *fixture) problemsAfresh(t *testing.T) []string {
	t.Helper()
	st, err := store.Open(context.Background(), f.db.AppURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	fresh := *f
	fresh.Store = st
	return fresh.problems(t)
}
