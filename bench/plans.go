package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/bench/seed"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

const (
	planProjects = 10_000
	planOwners   = 400 // beside one who owns every other project
	planRuns     = 5
	planWaiting  = 1_000
)

// planned are the views of the portfolio whose plans are kept, by file name.
func planned() map[string]store.PortfolioFilter {
	views := map[string]store.PortfolioFilter{
		"search":          {Search: "1234"},
		"team":            {Team: "Team 007"},
		"owner":           {Owner: "owner 17"},
		"owner-me":        {Mine: true},
		"person":          {Anyone: "owner 17"},
		"waits-seat":      {Seat: plan.SeatSRE},
		"gate-waiting":    {Gate: []review.GateState{review.GateWaiting}},
		"late":            {Late: true},
		"at-risk":         {AtRisk: true},
		"exposure":        {Exposure: review.ExposureLimited},
		"expired":         {Expired: true},
		"tag":             {Tag: "pci"},
		"tag-common":      {Tag: "mobile"},
		"waiver-ends":     {Waivers: true},
		"page-100":        {Page: 100},
		"beyond-the-end":  {Page: 9_000},
		"owner-beyond":    {Sort: store.SortOwner, Page: 9_000},
		"sort-owner-p100": {Sort: store.SortOwner, Page: 100},
	}
	for _, by := range []store.PortfolioSort{
		store.SortDue, store.SortName, store.SortTeam, store.SortOwner, store.SortTier, store.SortReady, store.SortBlocked, store.SortSince,
	} {
		views["sort-"+string(by)] = store.PortfolioFilter{Sort: by}
		views["sort-"+string(by)+"-desc"] = store.PortfolioFilter{Sort: by, Desc: true}
	}
	return views
}

// tokens are the hashes of sessions in plans, which differ from run to run.
var tokens = regexp.MustCompile(`'\\x[0-9a-f]{64}'::bytea`)

// Plans fills a portfolio, asks for each of its views, and writes how PostgreSQL
// went about it to a file each.
func Plans(ctx context.Context, dir string, out io.Writer) (err error) {
	l, err := openLab(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	w, superuser, err := l.planWorld(ctx)
	if err != nil {
		return err
	}
	defer w.Store.Close()
	by := seed.By(w.Busy)
	for name, f := range planned() {
		if err := portfolioPlan(ctx, w.Store, by, name, fmt.Sprintf("%d projects", planProjects), f, dir, out); err != nil {
			return err
		}
	}
	if err := nobodyPlan(ctx, w, superuser, dir, out); err != nil {
		return err
	}
	return usesPlans(ctx, w, superuser, dir, out)
}

// portfolioPlan keeps the plan of one view of the portfolio; of says how many
// projects there are.
func portfolioPlan(ctx context.Context, s *store.Store, by store.By, name, of string, f store.PortfolioFilter, dir string, out io.Writer) (err error) {
	var plan string
	for range 2 { // the second time everything is in memory
		if plan, err = s.PortfolioPlan(ctx, by, f); err != nil {
			return err
		}
	}
	best := time.Hour
	for range planRuns {
		began := time.Now()
		if _, err := s.Portfolio(ctx, by, f); err != nil {
			return err
		}
		best = min(best, time.Since(began))
	}
	ms := float64(best) / float64(time.Millisecond)
	fmt.Fprintf(out, "%-20s %7.1f ms\n", name, ms)
	head := fmt.Sprintf("-- %s, %s; the whole page took %.1f ms (best of %d)\n", name, of, ms, planRuns)
	if err := os.WriteFile(filepath.Join(dir, name+".txt"), []byte(head+tokens.ReplaceAllString(plan, "(the session)")), 0o644); err != nil {
		return fmt.Errorf("keep a plan: %w", err)
	}
	return nil
}

// nobodyPlan has some of the projects wait for signatures and keeps how PostgreSQL
// finds what nobody can do, first while every seat has a holder, then while one
// has none. The time is that of an admin's whole work.
func nobodyPlan(ctx context.Context, w *seed.World, superuser, dir string, out io.Writer) error {
	conn, err := pgx.Connect(ctx, superuser)
	if err != nil {
		return fmt.Errorf("connect to have gates wait: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := w.Waiting(ctx, "waiting"); err != nil {
		return err
	}
	if err := seed.Copy(ctx, conn, []seed.Pattern{{Key: "waiting", Copies: planWaiting - 1}}); err != nil {
		return err
	}
	admin, err := w.Store.Join(ctx, store.Identity{
		Issuer: "https://plans.example.test", Subject: "admin", Name: "Admin", Rights: []review.Right{{Role: review.RoleAdmin}},
	}, time.Time{})
	if err != nil {
		return err
	}
	for _, v := range []struct{ name, before string }{
		{"nobody-none", `vacuum (analyze)`},
		{"nobody-one-seat", `delete from granted where seat = (select mandatory[1] from round limit 1)`},
	} {
		if _, err := conn.Exec(ctx, v.before); err != nil {
			return fmt.Errorf("before the plan %s: %w", v.name, err)
		}
		best, all := time.Hour, 0
		for range planRuns {
			began := time.Now()
			work, err := w.Store.MyWork(ctx, store.ByPerson(admin, time.Time{}))
			if err != nil {
				return err
			}
			best, all = min(best, time.Since(began)), work.VacantAll
		}
		rows, err := conn.Query(ctx, `explain (analyze, buffers, timing off) select * from vacant`)
		if err != nil {
			return fmt.Errorf("explain what nobody can do: %w", err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("explain what nobody can do: %w", err)
		}
		ms := float64(best) / float64(time.Millisecond)
		fmt.Fprintf(out, "%-20s %7.1f ms\n", v.name, ms)
		head := fmt.Sprintf("-- %s, %d projects of which %d wait for signatures, %d things that nobody can do; an admin's whole work took %.1f ms (best of %d)\n",
			v.name, planProjects+planWaiting, planWaiting, all, ms, planRuns)
		if err := os.WriteFile(filepath.Join(dir, v.name+".txt"), []byte(head+strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			return fmt.Errorf("keep a plan: %w", err)
		}
	}
	return nil
}

// planWorld is a portfolio of many owners. It tells a superuser's address as well.
func (l *lab) planWorld(ctx context.Context) (*seed.World, string, error) {
	db, err := l.database(ctx, "plans")
	if err != nil {
		return nil, "", err
	}
	if err := seed.Migrate(ctx, db.owner); err != nil {
		return nil, "", err
	}
	w, err := seed.NewWorld(ctx, db.owner, db.app)
	if err != nil {
		return nil, "", err
	}
	var owners []string
	for i := range planOwners {
		id, err := w.Store.Join(
			ctx, store.Identity{Issuer: "https://plans.example.test", Subject: fmt.Sprint(i), Name: fmt.Sprintf("Owner %03d", i)}, time.Time{},
		)
		if err != nil {
			return nil, "", errors.Join(err, closed(w))
		}
		owners = append(owners, fmt.Sprint(id))
	}
	if err := w.Fresh(ctx, "fresh"); err != nil {
		return nil, "", errors.Join(err, closed(w))
	}
	conn, err := pgx.Connect(ctx, db.superuser)
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("connect to fill: %w", err), closed(w))
	}
	defer conn.Close(ctx)
	if err := seed.Copy(ctx, conn, []seed.Pattern{{Key: "fresh", Copies: planProjects - 1}}); err != nil {
		return nil, "", errors.Join(err, closed(w))
	}
	if err := seed.Vary(ctx, conn, w.Busy); err != nil {
		return nil, "", errors.Join(err, closed(w))
	}
	_, err = conn.Exec(ctx, `update portfolio set owner_id = ('{`+strings.Join(owners, ",")+`}'::bigint[])[1 + project_id % `+fmt.Sprint(planOwners)+`]
	                          where project_id % 2 = 0 and owner_id <> $1`, int64(w.Busy.ID))
	if err == nil {
		_, err = conn.Exec(ctx, `update portfolio set exposure = (array['sandbox', 'pilot', 'limited', 'general'])[1 + project_id * 11 % 4], expired[1] = (project_id % 200 = 0)::int,
		                          tags = case when project_id % 300 = 0 then '{mobile,pci}' when project_id % 3 = 0 then '{mobile}' else '{}' end::text[]`)
	}
	if err == nil { // who owns every other project comes first by name
		_, err = conn.Exec(ctx, `update person set name = 'Aaron' where id = $1`, int64(w.Team[0].ID))
	}
	if err == nil {
		_, err = conn.Exec(ctx, `vacuum (analyze, full)`)
	}
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("vary owners: %w", err), closed(w))
	}
	return w, db.superuser, nil
}

func closed(w *seed.World) error {
	w.Store.Close()
	return nil
}
