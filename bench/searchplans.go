package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/bench/seed"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// searchRuns is how often each search is timed.
const searchRuns = 9

// searches are what is looked for, and what the search has to do for it.
var searches = []struct{ text, what string }{
	{"fresh-004711", "the key of a project"},
	{"service 00471", "a project by the beginning of its name"},
	{"service", "a word of every project's name"},
	{"rollback", "a word of many items of the library, and of records"},
	{"record", "a word of all evidence"},
	{"record 117", "words of the evidence of every project"},
	{"wiki.example.test/idea/003", "a link that every project has"},
	{"quorble", "a word of one in a thousand links"},
	{"vendor kraken", "words of one risk in a hundred projects"},
	{"risk 1", "the number of a record in every project"},
	{"a", "a single letter"},
	{"支付", "two characters that some evidence has"},
	{"engineer", "people"},
	{"qourble", "a word that is spelled wrong"},
	{"rolbacck", "a word of the library that is spelled wrong"},
	{"xyzzyplugh", "a word that nothing has or is like"},
}

// SearchPlans fills a portfolio of projects with all that 206 items give, times
// searches of it, and writes how PostgreSQL went about them.
func SearchPlans(ctx context.Context, dir string, projects int, out io.Writer) (err error) {
	l, err := openLab(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	w, has, err := l.searchWorld(ctx, projects)
	if err != nil {
		return err
	}
	defer w.Store.Close()
	var page strings.Builder
	fmt.Fprintf(&page, "-- %s; a whole search by somebody who reads all but the restricted ones, best and median of %d, one client\n", has, searchRuns)
	page1, err := timeYardstick(ctx, w.Store, seed.By(w.Busy))
	if err != nil {
		return err
	}
	fmt.Fprintf(&page, "-- in the same run, a page of the portfolio took %.1f ms at best\n", page1)
	for _, q := range searches {
		best, mid, found, err := timeSearch(ctx, w.Store, seed.By(w.Busy), q.text)
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%-28s %6.1f ms %6.1f ms  %s: %s", q.text, best, mid, q.what, found)
		fmt.Fprintln(out, line)
		fmt.Fprintln(&page, "-- "+line)
	}
	for _, text := range []string{"record 117", "quorble"} {
		plans, err := w.Store.SearchPlan(ctx, seed.By(w.Busy), text)
		if err != nil {
			return err
		}
		fmt.Fprintf(&page, "\n-- %s, among links\n%s", text, tokens.ReplaceAllString(plans, "(the session)"))
	}
	if err := os.WriteFile(filepath.Join(dir, "search-everything.txt"), []byte(page.String()), 0o644); err != nil {
		return fmt.Errorf("keep plans of searches: %w", err)
	}
	return nil
}

// timeYardstick times the first page of the portfolio: times mean little where other
// programs run as well.
func timeYardstick(ctx context.Context, s *store.Store, by store.By) (float64, error) {
	best := time.Hour
	for range searchRuns + 1 {
		began := time.Now()
		if _, err := s.Portfolio(ctx, by, store.PortfolioFilter{}); err != nil {
			return 0, err
		}
		best = min(best, time.Since(began))
	}
	return float64(best) / float64(time.Millisecond), nil
}

func timeSearch(ctx context.Context, s *store.Store, by store.By, text string) (best, mid float64, found string, err error) {
	var times []time.Duration
	for range searchRuns + 1 { // the first fills the caches
		began := time.Now()
		v, err := s.Search(ctx, by, store.Searched{Text: text})
		if err != nil {
			return 0, 0, "", err
		}
		times = append(times, time.Since(began))
		found = v.Instead
		for _, c := range v.Counts {
			if c.N > 0 {
				found += fmt.Sprintf(" %s %d", c.Kind, c.N)
			}
			if c.More {
				found += "+"
			}
		}
	}
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return ms(slices.Min(times[1:])), ms(median(times[1:])), strings.TrimSpace(found), nil
}

// searchWorld is a portfolio in which links and records differ as little as the
// search has to bear, but for some.
func (l *lab) searchWorld(ctx context.Context, projects int) (*seed.World, string, error) {
	db, err := l.database(ctx, "searches")
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
	has, err := fillSearchWorld(ctx, w, db.superuser, projects)
	if err != nil {
		return nil, "", errors.Join(err, closed(w))
	}
	return w, has, nil
}

// fillSearchWorld tells what there is then.
func fillSearchWorld(ctx context.Context, w *seed.World, superuser string, projects int) (has string, err error) {
	if _, err := w.Waiting(ctx, "fresh"); err != nil {
		return "", err
	}
	for _, title := range []string{"The vendor of the cluster may close", "The rollback was never rehearsed", "Backups stand in one region", "Few people know the old system"} {
		if err := w.Risk(ctx, "fresh", title); err != nil {
			return "", err
		}
	}
	conn, err := pgx.Connect(ctx, superuser)
	if err != nil {
		return "", fmt.Errorf("connect to fill: %w", err)
	}
	defer conn.Close(ctx)
	if err := seed.Copy(ctx, conn, []seed.Pattern{{Key: review.ProjectKey("fresh"), Copies: projects - 1}}); err != nil {
		return "", err
	}
	for _, statement := range []string{
		`update evidence set title = 'The quorble of ' || title, search = ' the quorble of' || search where (project_id * 131 + no) % 1000 = 0`,
		`update evidence set title = '支付系统 ' || title, search = ' 支 付 系 统' || search where (project_id * 137 + no) % 5000 = 0`,
		`update record set title = 'Vendor kraken', search = ' risk 1 r1 vendor kraken' where no = 1 and project_id % 100 = 0`,
		`update project set restricted = true where id % 50 = 0`, `update portfolio set restricted = true where project_id % 50 = 0`,
		`vacuum (analyze)`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", fmt.Errorf("have some texts differ: %w", err)
		}
	}
	err = conn.QueryRow(ctx, `
		select format('%s projects of 206 items, %s links and %s records; the index of links takes %s, that of records %s',
		       (select count(*) from project), (select count(*) from evidence), (select count(*) from record),
		       pg_size_pretty(pg_relation_size('evidence_search')), pg_size_pretty(pg_relation_size('record_search')))`).Scan(&has)
	if err != nil {
		return "", fmt.Errorf("count what there is: %w", err)
	}
	return has, nil
}
