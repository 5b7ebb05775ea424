package store

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// standingsAge is how old what the totals of the portfolio rest on may be.
const standingsAge = time.Second

// standings are what the totals of the portfolio rest on, kept in memory: counting 10,000
// rows takes the database as long as forty of its lists do. They take about a hundred bytes
// a project, are read when somebody first asks, and after that only what was written since.
type standings struct {
	age time.Duration // how old they may be

	reading sync.Mutex // held by whoever brings them up to date

	kept   sync.Mutex
	strips map[string]PortfolioTotals // counted since they were read last, by who asks for what

	mu      sync.RWMutex
	at      time.Time
	counted time.Time // since when figures are kept
	horizon string    // every transaction before it was over when they were read; empty: never read
	seen    string    // which transactions were over when they were read, and which were under way
	of      []standing
	place   map[review.ProjectID]int
	words   map[string]string // teams and such, each once
	refs    map[plan.Ref]*plan.Ref
	worded  int // so many of them have their words
}

// standing is what they know of a project.
type standing struct {
	id         review.ProjectID
	ref        *plan.Ref
	search     string // its name, folded
	words      string // what the search finds it by, as [ProjectWords] has them
	key        string
	team       string
	tags       []string
	target     time.Time
	reviewDue  time.Time
	entered    time.Time
	status     review.Status
	live       review.Live
	tier       plan.Tier
	ready      int8
	current    int8
	restricted bool
	deputyless bool
	owner      review.PersonID
	expired    bool // evidence of an item of it
	exposure   review.Exposure
	gates      []review.GateState
	states     gateSet // that its gates are in
	qualities  review.Qualities
}

// due is the day that a list shows of a project, as [dueSQL] has it.
func (p *standing) due() time.Time {
	switch {
	case p.status != review.StatusActive:
		return time.Time{}
	case p.live != review.NotLive:
		return p.reviewDue
	}
	return p.target
}

// standingsSQL reads what was written since a horizon, and says the next one. What a
// transaction wrote that was under way then is read again, which does no harm.
const standingsSQL = `
	select f.project_id, coalesce(f.search, ''), f.key, f.team, f.tags, f.target, f.review_due, ` + enteredSQL + `, f.status, f.live, f.tier, f.ready, f.current, f.restricted, f.deputy_id is null, f.owner_id, f.exposure, ` + hasExpiredSQL + `, f.gates, f.qualities,
	       r.template_key, r.template_version, r.template_digest
	  from portfolio f
	  join review r on r.project_id = f.project_id and r.no = f.review_no
	 where $1 = '' or age(f.xmin) <= age($1::text::xid8::xid)`

// upToDate reads what was written since they were read last, unless that was a moment ago.
func (t *standings) upToDate(ctx context.Context, s *Store) error {
	if t.fresh() {
		return nil
	}
	t.reading.Lock()
	defer t.reading.Unlock()
	if t.fresh() {
		return nil
	}
	return t.read(ctx, s)
}

// upToNow reads what was written since they were read last, however lately that was.
func (t *standings) upToNow(ctx context.Context, s *Store) error {
	t.reading.Lock()
	defer t.reading.Unlock()
	return t.read(ctx, s)
}

// read needs reading to be held.
func (t *standings) read(ctx context.Context, s *Store) error {
	began := time.Now()
	// Looking for what was written takes as long as there are projects. Where the same
	// transactions are over as before, there is nothing to be found.
	var seen, horizon string
	if err := s.pool.QueryRow(ctx, `select s::text, pg_snapshot_xmin(s)::text from pg_current_snapshot() s`).Scan(&seen, &horizon); err != nil {
		return batchError("asking what was written since", err)
	}
	if t.unchanged(seen, began) {
		return nil
	}
	var written []standing
	b := &pgx.Batch{}
	b.Queue(standingsSQL, t.horizon).Query(func(rows pgx.Rows) (err error) {
		written, err = pgx.CollectRows(rows, scanStanding)
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return batchError("reading where all projects stand", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forgetStrips()
	t.at, t.counted, t.horizon, t.seen = began, began, horizon, seen
	if t.place == nil {
		t.of, t.place = make([]standing, 0, len(written)), make(map[review.ProjectID]int, len(written))
		t.words, t.refs = map[string]string{}, map[plan.Ref]*plan.Ref{}
	}
	for i := range written {
		w := &written[i]
		w.ref = once(t.refs, *w.ref, w.ref)
		w.team = once(t.words, w.team, w.team)
		for i, tag := range w.tags {
			w.tags[i] = once(t.words, tag, tag)
		}
		w.status = review.Status(once(t.words, string(w.status), string(w.status)))
		w.exposure = review.Exposure(once(t.words, string(w.exposure), string(w.exposure)))
		w.live = review.Live(once(t.words, string(w.live), string(w.live)))
		if at, ok := t.place[w.id]; ok {
			if at < t.worded {
				w.setWords()
			}
			t.of[at] = *w
			continue
		}
		t.place[w.id] = len(t.of)
		t.of = append(t.of, *w)
	}
	return nil
}

// unchanged reports whether they are as they were read, and has them count as fresh then.
// What was counted is counted again after a minute all the same: it goes by how long stages
// take, which is found out once a minute.
func (t *standings) unchanged(seen string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.place == nil || seen != t.seen {
		return false
	}
	t.at = now
	if now.Sub(t.counted) > time.Minute {
		t.forgetStrips()
		t.counted = now
	}
	return true
}

// stripsKept is the most figures that are kept from one reading to the next.
const stripsKept = 1000

// strip is what was counted under a key since they were read last, or is counted now.
func (t *standings) strip(key string, count func() PortfolioTotals) PortfolioTotals {
	t.mu.RLock()
	key += t.counted.String() // what was counted before they were read again is found no more
	t.mu.RUnlock()
	t.kept.Lock()
	known, ok := t.strips[key]
	t.kept.Unlock()
	if ok {
		return known
	}
	counted := count()
	t.kept.Lock()
	defer t.kept.Unlock()
	if t.strips == nil {
		t.strips = map[string]PortfolioTotals{}
	}
	if len(t.strips) < stripsKept {
		t.strips[key] = counted
	}
	return counted
}

func (t *standings) forgetStrips() {
	t.kept.Lock()
	defer t.kept.Unlock()
	t.strips = nil
}

// once is the value that was kept first under a key, so that there is one of each.
func once[K comparable, V any](kept map[K]V, key K, value V) V {
	if first, ok := kept[key]; ok {
		return first
	}
	kept[key] = value
	return value
}

func (t *standings) fresh() bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.place != nil && time.Since(t.at) < t.age
}

func scanStanding(row pgx.CollectableRow) (w standing, err error) {
	var target, due *time.Time
	var gates []int16
	var qualities []byte
	w.ref = &plan.Ref{}
	err = row.Scan(&w.id, &w.search, &w.key, &w.team, &w.tags, &target, &due, &w.entered, &w.status, &w.live, &w.tier, &w.ready, &w.current, &w.restricted, &w.deputyless, (*int64)(&w.owner), &w.exposure, &w.expired, &gates, &qualities,
		&w.ref.Key, &w.ref.Version, &w.ref.Digest)
	w.target, w.reviewDue = deref(target), deref(due)
	w.gates = make([]review.GateState, len(gates))
	for i, g := range gates {
		w.gates[i] = review.GateState(g)
	}
	w.states = setOf(w.gates)
	w.qualities = sumQualities(qualities, len(w.gates))
	return w, err
}
