package web

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/bench/seed"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// crowd is how many projects there are. A page may read less than half as many rows of a
// table: what reads one of each project stands out, and no list is as long.
const (
	crowd   = 1200
	mostOf  = crowd / 2
	enlarge = `set seq_page_cost = 30` // as if tables were thirty times as long, where an index wins if there is one
)

// wide are statements that may read rows of many projects: a part of their text, or the
// pattern of their page, and why.
var wide = []struct{ sql, page, why string }{
	{sql: `age(f.xmin) <= age($1::text::xid8::xid)`, why: "what totals rest on, read whole once and after that what was written, once a second at most (ADR 0099)"},
	{sql: `within group (order by took)`, why: "how long stages took, once a minute for everybody"},
	{page: page.TrendsURL, why: "half a year of everything, in a page that few ask for"},
	{page: page.TimesURL, why: "half a year of decisions, in a page that few ask for"},
	{page: "/portfolio/export/{table}", why: "a file of all there is, 500 projects at a time"},
	{sql: `count(*) filter (where true and found.state = 'waiting')`, why: "the register says how many waivers there have ever been"},
	{sql: `select f.project_id from portfolio f, me where`, why: "totals of what only the database knows: it answers with the numbers of all projects that have it (ADR 0099)"},
	{sql: "select f.project_id from portfolio f, me\n", why: "a board in another order than by the day that is due asks for the order of all projects, as a file does (ADR 0110)"},
	{sql: `select count(*)::int from portfolio f, me where`, why: "a list of which a page beyond the tenth is asked for is counted first"},
	{sql: `r.template_key = $4) order by`, why: "what most projects follow is found along the list; what none does, by all of it"},
	{sql: `coalesce(lower(o.name), f.waited[1])`, why: "the order by whoever holds a project up sorts by names of people, which no index of projects has"},
	{sql: `limit 20000`, why: "the search looks through what was written last, at most so much of it"},
	{sql: `n.key = d.ref->>'key'`, why: "what is behind a newer version is most of the portfolio on the day when one is published"},
	{page: "/people", why: "people by a right, of whom there are fewer than there are projects"},
}

// listQueries are what is asked of lists beside their bare addresses.
var listQueries = map[string][]string{
	"/":       {"all=gates", "all=items", "all=records", "all=waivers", "all=projects", "all=decisions", "all=expiring", "all=mentions"},
	"/search": {"q=calm-000117", "q=service", "q=price", "q=serivce", "q=risk+1", "q=scope", "q=wiki.example.test", "q=person", "q=xyzzyplugh"},
	"/portfolio": {
		"q=000117", "q=xyzzyplugh", "waits=sre", "waits=me", "waits=Sre", "owner=me", "owner=Two-seats", "person=me", "person=Two-seats", "gate=waiting", "stage=live", "team=Team+007", "tag=pci", "tag=no-such", "tier=2",
		"status=on+hold", "status=stopped", "exposure=limited", "exposure=general", "live=live-current", "live=live-lapsed", "keeps=stale", "keeps=high-risk", "uses=small", "uses=small%401", "uses=gdpr", "month=MONTH", "month=none",
		"late=1", "risk=1", "deputy=none", "unowned=1", "waivers=expiring", "evidence=expired", "behind=1", "page=20", "page=9000",
		"group=team", "group=stage", "group=stage&sort=name", "group=stage&columns=small", "group=tier",
		"sort=name", "sort=-name", "sort=team", "sort=-team", "sort=owner", "sort=-owner", "sort=tier", "sort=-tier", "sort=ready", "sort=-ready", "sort=target", "sort=-target",
		"sort=blocked", "sort=-blocked", "sort=since", "sort=-since", "tier=2&sort=ready", "team=Team+007&late=1&sort=since",
	},
	"/people":                  {"q=two", "q=xyzzyplugh", "right=viewer", "right=sre", "person=VIEWER", "page=2"},
	"/people/trail":            {"before=5"},
	"/waivers":                 {"show=waiting", "show=in-force", "show=expiring", "decide=me", "team=Team+007", "project=000117"},
	"/sign-offs":               {"q=000117", "seat=sre"},
	"/projects/new/what":       {"from=000117"},
	"/projects/{key}/history":  {"stage=idea", "kind=gate", "before=5"},
	"/projects/{key}/records":  {"all=1"},
	"/projects/upgrades":       {"all=1"},
	"/templates":               {"q=small"},
	"/projects/{key}/bundle":   {"rights=1"},
	"/projects/{key}/settings": {"find=two"},
}

// TestNoPageReadsThePortfolio asks for every page by several people where there are many
// projects, and looks at how the database goes about each statement: none reads a row of
// each project, or of whatever else grows with them, but for those above. What a new page
// asks is looked at because its route is in the table.
func TestNoPageReadsThePortfolio(t *testing.T) {
	f, key := crowded(t)
	ctx := t.Context()
	seen := &questions{}
	traced, err := store.Open(ctx, f.db.AppURL, store.Options{Tracer: seen})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(traced.Close)
	f.Server.Store = traced
	conn, err := pgx.Connect(ctx, f.db.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(ctx, enlarge); err != nil {
		t.Fatal(err)
	}
	now := strings.NewReplacer("VIEWER", f.id("viewer"), "MONTH", time.Now().UTC().AddDate(0, 0, 30).Format("2006-01"))
	known, excused, said := map[string]bool{}, map[int]bool{}, map[string]bool{}
	explained := 0
	for _, who := range []string{"viewer", "product", "two-seats", "manager", "admin"} {
		b := f.browse(who)
		seen.take()
		for _, e := range f.table() {
			if e.method != "GET" || e.access != signedIn {
				continue
			}
			path := strings.ReplaceAll(concrete(e.pattern), "payments", string(key))
			queries := []string{""}
			if who == "viewer" {
				queries = append(queries, listQueries[e.pattern]...)
			}
			for _, query := range queries {
				address := strings.TrimSuffix(path+"?"+now.Replace(query), "?")
				if r := b.get(address); r.Status >= 500 {
					t.Errorf("%s: %d for %s", address, r.Status, who)
				}
				for _, q := range seen.take() {
					id := fmt.Sprint(q.sql, q.args)
					if known[id] || !q.hasPlan() {
						continue
					}
					known[id] = true
					explained++
					read, err := q.rowsRead(ctx, conn)
					if err != nil {
						t.Fatalf("%s for %s: %v", address, who, err)
					}
					if len(read) == 0 {
						continue
					}
					if why := slices.IndexFunc(wide, func(w struct{ sql, page, why string }) bool {
						return w.page == e.pattern || w.sql != "" && strings.Contains(q.sql, w.sql)
					}); why >= 0 {
						excused[why] = true
						continue
					}
					if text := strings.Join(strings.Fields(q.sql), " "); !said[e.pattern+text] {
						said[e.pattern+text] = true
						t.Errorf("%s for %s reads %v of %d projects: %s", address, who, read, crowd, text)
					}
				}
			}
		}
	}
	for i, w := range wide {
		if !excused[i] {
			t.Errorf("nothing that %q excuses reads much any more", w.why)
		}
	}
	if explained < 300 {
		t.Errorf("only %d statements have been looked at", explained)
	}
}

// Each filter of the portfolio is asked for.
func TestEveryFilterOfThePortfolioHasItsPlan(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	for _, query := range listQueries["/portfolio"] {
		q, err := url.ParseQuery(strings.ReplaceAll(query, "MONTH", "2026-12"))
		if err != nil {
			t.Fatal(err)
		}
		if f, ignored := page.ReadPortfolioFilter(q, strings.TrimSpace); len(ignored) > 0 {
			t.Errorf("%s: the portfolio reads %+v and ignores %v", query, f, ignored)
		}
		for name := range maps.Keys(q) {
			asked[name] = true
		}
	}
	for _, name := range page.PortfolioParameters() {
		if !asked[name] {
			t.Errorf("nothing asks the portfolio for %s", name)
		}
	}
	for _, order := range page.PortfolioSorts() {
		if !slices.Contains(listQueries["/portfolio"], "sort="+order) && order != page.PortfolioSorts()[0] {
			t.Errorf("nothing asks for the portfolio by %s", order)
		}
	}
}

// crowded is a server of many projects that have a history, and of which few have
// anything to do, and one of those.
func crowded(t *testing.T) (*fixture, review.ProjectKey) {
	t.Helper()
	f := smallFixture(t)
	calm := f.create("calm")
	f.waive("member", "sre", calm, "idea", "risks-listed", 9)
	f.risk(calm, "idea", "2", "3")
	f.passGate(calm, "idea", plan.SeatProduct, plan.SeatEngineering)
	f.change("sre", calm, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RevokeWaiver(who, "idea", 1, r.Stage("idea").Waivers[0].Digest(), "It is done.", at)
	})
	f.open("open")
	f.waive("member", "", f.open("asks"), "live", "restore-tested", 9)
	f.eventful("eventful")
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, f.db.SuperuserURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := seed.Copy(ctx, conn, []seed.Pattern{{Key: calm, Copies: crowd}, {Key: "open", Copies: 20}, {Key: "asks", Copies: 10}, {Key: "eventful", Copies: 10}}); err != nil {
		t.Fatal(err)
	}
	if err := seed.Vary(ctx, conn, seed.Person{ID: f.person("two-seats")}); err != nil {
		t.Fatal(err)
	}
	// What was revoked has run out long since, and everybody but a few is somebody whom nobody looks for.
	for _, statement := range []string{
		`update waiver set until = current_date - 30 where revoked_at is not null`,
		`update portfolio set target = current_date + (project_id * 13 % 130)::int - 20 where target is not null`,
		`update portfolio set tags = '{pci}' where project_id % 40 = 0`,
		`update portfolio set unowned = project_id % 8 = 0, exposure = (array['sandbox', 'pilot', 'limited', 'general'])[1 + project_id * 11 % 4]`,
		`insert into person (issuer, subject, name, search, folded) select 'https://crowd.example.test', n::text, 'Somebody ' || n, ' somebody ' || n, 'somebody ' || n from generate_series(1, 2 * ` + fmt.Sprint(crowd) + `) n`,
		`update portfolio f set owner_id = p.id from person p where p.issuer like '%crowd%' and p.subject = (f.project_id % 400)::text and f.owner_id <> ` + f.id("two-seats"),
		`update project_member m set person_id = p.id from person p
		  where p.issuer like '%crowd%' and p.subject = (m.project_id % 400 + case m.duty when 'owner' then 0 when 'deputy' then 400 else 800 end)::text`,
		`insert into granted (person_id, role, source, granted_by, granted_at) select id, 'viewer', 'group', 0, now() from person where issuer like '%crowd%'`,
		`vacuum (analyze)`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return f, seed.CopyKey(calm, 7)
}

// question is what the database is asked.
type question struct {
	sql  string
	args []any
}

// hasPlan reports whether there is anything to explain.
func (q question) hasPlan() bool {
	first := strings.Fields(q.sql + " .")[0]
	return slices.Contains([]string{"select", "with", "insert", "update", "delete"}, strings.ToLower(first))
}

// rowsRead asks once more, undoes it, and says of which tables so many rows were read that
// it grows with the projects, and how many.
func (q question) rowsRead(ctx context.Context, conn *pgx.Conn) (map[string]int, error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	var text []byte
	if err := tx.QueryRow(ctx, `explain (analyze, format json, timing off) `+q.sql, q.args...).Scan(&text); err != nil {
		return nil, fmt.Errorf("%w: %s", err, q.sql)
	}
	var plans []struct{ Plan planNode }
	if err := json.Unmarshal(text, &plans); err != nil {
		return nil, err
	}
	read := map[string]int{}
	for _, p := range plans {
		p.Plan.addTo(read)
	}
	return read, nil
}

// planNode is what matters here of a node of a plan.
type planNode struct {
	Table   string     `json:"Relation Name"`
	Rows    float64    `json:"Actual Rows"` // of one loop, as are the others
	Dropped float64    `json:"Rows Removed by Filter"`
	Checked float64    `json:"Rows Removed by Index Recheck"`
	Loops   float64    `json:"Actual Loops"`
	Below   []planNode `json:"Plans"`
}

func (n planNode) addTo(read map[string]int) {
	if rows := int(n.Loops * (n.Rows + n.Dropped + n.Checked)); n.Table != "" && rows >= mostOf {
		read[n.Table] = max(read[n.Table], rows)
	}
	for _, b := range n.Below {
		b.addTo(read)
	}
}

// questions are all that was asked since they were taken last.
type questions struct {
	mu  sync.Mutex
	all []question
}

func (s *questions) add(sql string, args []any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, question{sql, args})
}

func (s *questions) take() []question {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.all
	s.all = nil
	return all
}

// takeSQL are their texts alone.
func (s *questions) takeSQL() (all []string) {
	for _, q := range s.take() {
		all = append(all, q.sql)
	}
	return all
}

func (s *questions) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	s.add(d.SQL, d.Args)
	return ctx
}
func (s *questions) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (s *questions) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}
func (s *questions) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	s.add(d.SQL, d.Args)
}
func (s *questions) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
