package portfolio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/devstack"
	"github.com/slipway-prr/slipway/internal/devstack/portfolio"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const (
	issuer   = "https://id.example.test"
	projects = 42
)

// demo is a database with what comes with the program.
type demo struct {
	*store.Store
	pool *pgxpool.Pool
}

func newDemo(t *testing.T) *demo {
	t.Helper()
	ctx := t.Context()
	db := storetest.New(t)
	owner, err := pgx.Connect(ctx, db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(ctx)
	all, err := catalog.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if err := store.Publish(ctx, owner, d); err != nil {
			t.Fatal(err)
		}
	}
	st, err := store.Open(ctx, db.AppURL, store.Options{StatementTimeout: time.Minute, LockTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.Close)
	return &demo{Store: st, pool: db.Pool(t)}
}

func groupMap(t *testing.T) auth.GroupMap {
	t.Helper()
	m, err := auth.ParseGroupMap(devstack.DemoGroupMap())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (d *demo) fill(ctx context.Context, t *testing.T) (int, error) {
	t.Helper()
	return portfolio.Fill(ctx, d.Store, issuer, groupMap(t), review.RoleViewer)
}

// fillInterrupted ends a first call in the middle of the stories, and has a
// second one go on.
func (d *demo) fillInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for n := 0; n < 20 && ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
			if err := d.pool.QueryRow(ctx, `select count(*) from round`).Scan(&n); err != nil {
				n = 0
			}
		}
		cancel()
	}()
	if _, err := d.fill(ctx, t); !errors.Is(err, context.Canceled) {
		t.Errorf("the interrupted call: %v", err)
	}
	before := len(texts(t, d.pool, `select key from project`))
	n, err := d.fill(t.Context(), t)
	if pgconn.Timeout(err) { // the driver takes what ended the first call for the second's, once in a long while
		n, err = d.fill(t.Context(), t)
	}
	if before != projects-1 || n != 1 || err != nil {
		t.Errorf("%d projects before the second call, %d by it: %v", before, n, err)
	}
}

// as is a demo person looking now.
func (d *demo) as(t *testing.T, subject string) store.By {
	t.Helper()
	var id review.PersonID
	if err := d.pool.QueryRow(t.Context(), `select id from person where subject = $1`, subject).Scan(&id); err != nil {
		t.Fatalf("finding %s: %v", subject, err)
	}
	return store.ByPerson(id, time.Now())
}

func texts(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}

func TestPortfolio(t *testing.T) {
	d, twin := newDemo(t), newDemo(t)
	midnight := time.Now().UTC().Truncate(24 * time.Hour)
	var wg sync.WaitGroup
	wg.Go(func() {
		if n, err := d.fill(t.Context(), t); n != projects || err != nil {
			t.Errorf("made %d projects, want %d: %v", n, projects, err)
		}
	})
	twin.fillInterrupted(t)
	wg.Wait()
	if t.Failed() {
		return
	}
	t.Run("a second call makes none", func(t *testing.T) {
		if n, err := d.fill(t.Context(), t); n != 0 || err != nil {
			t.Errorf("made %d: %v", n, err)
		}
	})
	t.Run("another, interrupted and continued, is the same", func(t *testing.T) {
		if !time.Now().UTC().Truncate(24 * time.Hour).Equal(midnight) {
			t.Skip("a day has begun meanwhile, and dates follow the day")
		}
		sql := `select stream_id || ' ' || seq || ' ' || at || ' ' || actor_id || ' ' || kind || ' ' || body from trail where stream_id <> -1 order by stream_id, seq` // the library's moments are those of its publication
		a, b := texts(t, d.pool, sql), texts(t, twin.pool, sql)
		if len(a) < 4000 || !slices.Equal(a, b) {
			t.Errorf("%d and %d entries; the first that differs: %s", len(a), len(b), firstDifference(a, b))
		}
	})
	t.Run("states", d.states)
	t.Run("queues", d.queues)
	t.Run("work", d.work)
	t.Run("restricted", d.restricted)
	t.Run("times", d.times)
	t.Run("replay", d.replay)
}

func firstDifference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i] + "\n" + b[i]
		}
	}
	return "none"
}

// Every page has something to show.
func (d *demo) states(t *testing.T) {
	gates := map[string]int{}
	for _, g := range texts(t, d.pool, `select unnest(gates)::text from portfolio`) {
		gates[g]++
	}
	for g := review.GateBlocked; g <= review.GateNotNeeded; g++ {
		if gates[fmt.Sprint(int(g))] == 0 {
			t.Errorf("no gate is %q", g.Label())
		}
	}
	for _, want := range []struct {
		what, sql string
		min, max  int
	}{
		{"projects", `select key from portfolio`, 38, 45},
		{"teams", `select distinct team from portfolio`, 6, 6},
		{"tiers", `select distinct tier::text from portfolio`, 3, 3},
		{"exposures", `select distinct exposure from project`, 4, 4},
		{"on hold", `select key from portfolio where status = 'on hold'`, 2, 2},
		{"stopped", `select key from portfolio where status = 'stopped'`, 1, 1},
		{"restricted", `select key from portfolio where restricted`, 1, 1},
		{"in the last stage", `select key from portfolio where current = 9 or gates[10] = 3`, 4, 8},
		{"late", `select key from portfolio where target < current_date and current < 9`, 2, 12},
		{"without an owner", `select key from portfolio where unowned`, 8, 30},
		{"with stage owners", `select key from project where stage_plans is not null`, 15, 40},
		{"gates that lapsed", `select key from portfolio where 6 = any(gates)`, 1, 4},
		{"evidence renewed under signatures", `select no from evidence where renews > 0`, 10, 90},
		{"operating gates with renewals", `
			select distinct e.project_id from evidence e join portfolio f using (project_id)
			 where e.stage = 'operations' and e.renews > 0 and f.gates[10] = 3`, 1, 2},
		{"lapses that newer evidence ended", `
			select distinct n.project_id from evidence n join evidence old using (project_id, review_no, stage, item)
			 where n.renews > 0 and old.expires < n.added_at::date`, 2, 6},
		{"gates that changed", `select key from portfolio where 4 = any(gates)`, 2, 5},
		{"returned", `select key from portfolio where 5 = any(gates)`, 4, 8},
		{"outcomes", `select distinct outcome from round`, 8, 8},
		{"conditions open", `select text from condition where met_at is null and confirmed_at is null`, 1, 9},
		{"conditions to confirm", `select text from condition where met_at is not null and confirmed_at is null`, 1, 9},
		{"conditions overdue", `select text from condition where due < current_date and confirmed_at is null`, 1, 9},
		{"forced gates to review", `select key from portfolio where 1 = any(forced)`, 1, 1},
		{"recusals", `select note from sign_off where decision = 'recuse'`, 1, 5},
		{"stand-ins", `select seat from delegation where ended_at is null and ends > now() and starts <= now()`, 1, 3},
		{"signatures by a stand-in", `select note from sign_off where for_id is not null`, 1, 3},
		{"answers accepted", `select text from finding where accepted_at is not null`, 3, 50},
		{"answers not accepted", `select text from finding where reopened <> ''`, 1, 20},
		{"answers", `select distinct state from item`, 4, 4},
		{"kinds of evidence", `select distinct kind from evidence`, 8, 8},
		{"expiring soon", `select title from evidence where expires between current_date and current_date + 14`, 10, 500},
		{"comments", `select text from comment`, 60, 900},
		{"overdue", `select item from item where due < current_date and state in ('open', 'not-met')`, 5, 200},
		{"not applicable, approved", `select item from item where state = 'not-applicable' and approved_by is not null`, 4, 60},
		{"findings", `select text from finding`, 15, 150},
		{"findings unanswered", `select text from finding where answered_by is null`, 3, 40},
		{"waivers waiting", `select item from waiver where granted_at is null and denied_at is null and until > now()`, 3, 8},
		{"waivers in force", `select item from waiver where granted_at is not null and revoked_at is null and until > now()`, 3, 8},
		{"waivers ending soon", `select item from waiver where granted_at is not null and revoked_at is null and until between now() and now() + interval '14 days'`, 2, 4},
		{"waivers that ran out", `select item from waiver where granted_at is not null and until <= now()`, 1, 3},
		{"gates that lapsed with a waiver", `select w.item from waiver w join gate g using (project_id, review_no, stage) where w.until <= now() and g.state = 6`, 1, 3},
		{"waivers denied", `select item from waiver where denied_at is not null`, 1, 3},
		{"waivers revoked", `select item from waiver where revoked_at is not null`, 1, 3},
		{"upgraded", `select body from trail where kind = 'PlanUpgraded'`, 5, 8},
		{"modules attached", `select body from trail where kind = 'ModuleAttached'`, 2, 6},
		{"environments", `select body from trail where kind = 'EnvironmentAdded'`, 7, 10},
		{"definitions pinned", `select distinct origin->'definition'->>'version' from plan where origin->'definition' is not null`, 2, 2},
		{"projects behind their definition", `select 1 from review r join portfolio f on f.project_id = r.project_id and f.review_no = r.no join plan p on p.digest = r.plan
			where p.origin->'definition'->>'version' = '1'`, 1, 3},
		{"policies attached", `select body from trail where kind = 'PolicyAttached'`, 3, 3},
		{"questions answered", `select distinct risk from item where choices <> ''`, 2, 3},
		{"own items", `select body from trail where kind = 'ItemAdded'`, 2, 9},
		{"answers to say again", `select item from item where reattest`, 10, 200},
		{"rounds with an outdated signature", `select stage from gate where state = 2 and cardinality(outdated) > 0`, 2, 4},
	} {
		if n := len(texts(t, d.pool, want.sql)); n < want.min || n > want.max {
			t.Errorf("%s: %d, want %d to %d", want.what, n, want.min, want.max)
		}
	}
	if t.Failed() || testing.Verbose() {
		t.Log("\n" + strings.Join(texts(t, d.pool, `
			select format('%-20s %-15s %s %-8s %3s%% %s  next %s', key, team, tier, status, ready, gates, next_change_at::date) from portfolio order by team, key`), "\n"))
	}
}

// Each discipline finds gates to sign, Yuki enough for keyboard work.
func (d *demo) queues(t *testing.T) {
	for person, least := range map[string]int{"yuki": 9, "hana": 9, "omar": 5, "tom": 4, "priya": 4, "ines": 3, "diego": 3, "sam": 4,
		"lena": 2, "mei": 2} {
		q, err := d.Queue(t.Context(), d.as(t, person))
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, g := range q.Gates {
			lines = append(lines, fmt.Sprintf("%s %s open %s, mine %s, since %s", g.Project, g.Stage, g.OpenSeats, g.MySeats,
				g.Since.Format(time.DateTime)))
		}
		if len(q.Gates) < least {
			t.Errorf("%s has %d gates to sign, want %d: %s", person, len(q.Gates), least, lines)
		}
		t.Logf("%s: %d gates, %d excluded\n%s", person, len(q.Gates), len(q.Excluded), strings.Join(lines, "\n"))
		if person != "yuki" {
			continue
		}
		if len(q.Excluded) == 0 {
			t.Error("Yuki is kept from no gate by separation of duties")
		}
		if oldest, newest := q.Gates[0].Since, q.Gates[len(q.Gates)-1].Since; time.Since(oldest) < 18*24*time.Hour ||
			time.Since(newest) > 5*24*time.Hour {
			t.Errorf("Yuki's gates wait since %s to %s", oldest, newest)
		}
	}
}

// Those who build find work of every kind.
func (d *demo) work(t *testing.T) {
	var items, fallen, expiring int
	for _, person := range []string{"jonas", "rosa", "kofi", "elif", "anna", "raj"} {
		w, err := d.MyWork(t.Context(), d.as(t, person))
		if err != nil {
			t.Fatal(err)
		}
		if len(w.Items) < 3 || len(w.Projects) < 3 {
			t.Errorf("%s has %d items and %d projects", person, len(w.Items), len(w.Projects))
		}
		items, fallen, expiring = items+len(w.Items), fallen+len(w.Fallen), expiring+len(w.Expiring)
	}
	if items < 30 || fallen < 4 || expiring < 5 {
		t.Errorf("%d items, %d gates that do not stand, %d expiring links", items, fallen, expiring)
	}
}

func (d *demo) restricted(t *testing.T) {
	for person, sees := range map[string]bool{"jonas": true, "omar": true, "noor": true, "ada": true, "marcus": false, "viktor": false,
		"yuki": false} {
		_, err := d.Project(t.Context(), d.as(t, person), "card-vault")
		if (err == nil) != sees {
			t.Errorf("%s looks at the restricted project: %v", person, err)
		}
	}
}

// History is in the past and moves forward.
func (d *demo) times(t *testing.T) {
	if bad := texts(t, d.pool, `
		select p.key || ' ' || t.seq from (
		    select stream_id, seq, at, lag(at) over (partition by stream_id order by seq) as before from trail
		) t join project p on p.id = t.stream_id
		where at < before or at > now() or at < now() - interval '275 days'`); len(bad) > 0 {
		t.Errorf("entries out of order or time: %v", bad)
	}
}

// What the tables say is what the trail says, for every project.
func (d *demo) replay(t *testing.T) {
	noor := d.as(t, "noor")
	for _, key := range texts(t, d.pool, `select key from project order by id`) {
		view, err := d.Records(t.Context(), noor, review.ProjectKey(key))
		if err != nil {
			t.Fatal(err)
		}
		replayed, err := review.Replay(view.Review.Project.ID, d.entries(t, noor, review.ProjectKey(key)),
			d.Plans(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		replayed.Settle(view.Now)
		if a, b := plain(t, view.Review), plain(t, replayed); a != b {
			t.Errorf("%s differs\ntables: %s\ntrail:  %s", key, a, b)
		}
	}
}

func (d *demo) entries(t *testing.T, by store.By, key review.ProjectKey) []review.Entry {
	t.Helper()
	var all []review.Entry
	for f := (store.HistoryFilter{}); ; f.Before = all[len(all)-1].Seq {
		h, err := d.History(t.Context(), by, key, f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, h.Entries...)
		if !h.More {
			slices.Reverse(all)
			return all
		}
	}
}

// plain is a review without its template, for comparing; a list without
// elements is the same whether it was stored or not.
func plain(t *testing.T, r *review.Review) string {
	t.Helper()
	c := *r
	c.Plan, c.Holders, c.Stages = nil, nil, slices.Clone(r.Stages)
	for i := range c.Stages {
		s := &c.Stages[i]
		s.Def, s.Items = nil, slices.Clone(s.Items)
		for j := range s.Items {
			s.Items[j].Def = &plan.Item{Key: s.Items[j].Def.Key}
		}
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "[]", "null")
}

func TestNoPortfolioBesideOtherProjects(t *testing.T) {
	d := newDemo(t)
	ctx := t.Context()
	id, err := d.Join(ctx, store.Identity{Issuer: issuer, Subject: "someone", Name: "Someone",
		Rights: []review.Right{{Role: review.RoleViewer}}}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	ref, err := d.DefaultLifecycle(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Create(ctx, store.ByPerson(id, time.Time{}), ref,
		review.NewProject{Key: "slipway", Name: "Ours", Team: "We", Tier: 3, Exposure: review.ExposurePilot, Owner: id}); err != nil {
		t.Fatal(err)
	}
	if n, err := d.fill(ctx, t); n != 0 || err != nil {
		t.Errorf("made %d: %v", n, err)
	}
}

func TestPortfolioNeedsRightsOlderThanItsPast(t *testing.T) {
	d := newDemo(t)
	if _, err := d.Join(t.Context(), store.Identity{Issuer: issuer, Subject: "tom", Name: "Tom Okafor",
		Rights: []review.Right{{Seat: plan.SeatProduct}, {Role: review.RoleViewer}}}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.fill(t.Context(), t); err == nil || !strings.Contains(err.Error(), "make reset") {
		t.Errorf("got %v", err)
	}
	if _, err := portfolio.Fill(t.Context(), newDemo(t).Store, issuer, auth.GroupMap{}, ""); err == nil ||
		!strings.Contains(err.Error(), "SLIPWAY_GROUPS") {
		t.Errorf("without groups: got %v", err)
	}
}
