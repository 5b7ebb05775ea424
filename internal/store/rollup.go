package store

import (
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/review"
)

// writeDerived writes what follows from the state after the change: the head
// of the stream, the rollup, the approvers' queue.
func writeDerived(b *pgx.Batch, l *loaded, at time.Time, created bool) {
	r := l.review
	if len(l.rollups) != len(r.Stages) { // the plan has other stages now, and all are loaded
		l.rollups = make([]review.StageRollup, len(r.Stages))
	}
	var next time.Time
	full := true
	for i := range r.Stages {
		s := &r.Stages[i]
		if !s.Loaded {
			full = false
			continue
		}
		l.rollups[i] = r.Rollup(s, at)
		next = sooner(next, l.rollups[i].NextChange)
		writeGate(b, r, s, at)
	}
	writeApplies(b, r)
	if created || replanned(r.Recorded()) {
		writeStages(b, r)
	}
	if events := r.Recorded(); created || len(events) == 0 || wishing(events) {
		writeWishes(b, r)
	}
	if created {
		b.Queue(`update stream set seq = $2, hash = $3 where id = $1`, int64(r.Project.ID), l.seq, l.hash[:])
		insertPortfolio(b, l, next)
		return
	}
	updatePortfolio(b, l, next, full, at)
}

// replanned reports whether the plan may ask something else of the gates now.
func replanned(events []review.Entry) bool {
	for _, en := range events {
		switch en.Event.(type) {
		case review.ProjectEdited, review.AnswersRetracted, review.ReviewStarted, review.ModuleAttached, review.ModuleDetached, review.DefinitionPinned, review.PlanUpgraded, review.UpgradeUndone:
			return true
		}
	}
	return false
}

// writeStages keeps the stages of the present review for lists over many
// projects.
func writeStages(b *pgx.Batch, r *review.Review) {
	keys, seats := make([]string, len(r.Stages)), make([]string, len(r.Stages))
	for i := range r.Stages {
		def := r.Stages[i].Def
		keys[i] = string(def.Key)
		seats[i] = strings.Join(texts(def.Gate.Policy(r.Project.Tier, r.Project.Profile).Seats), " ")
	}
	b.Queue(`delete from stage where project_id = $1`, int64(r.Project.ID))
	b.Queue(`
		insert into stage (project_id, review_no, stage, place, seats)
		select $1, $2, s.stage, s.place - 1, string_to_array(s.seats, ' ')
		  from unnest($3::text[], $4::text[]) with ordinality as s (stage, seats, place)`, int64(r.Project.ID), r.No, keys, seats)
}

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// writeGate keeps the queue's row of a stage that had a round.
func writeGate(b *pgx.Batch, r *review.Review, s *review.Stage, at time.Time) {
	last := s.LastRound()
	if last == nil {
		return
	}
	writeTurned(b, r, s, at)
	if !r.Needed(s) { // nobody says of it whether it is what was signed
		b.Queue(`update round set changed_at = null where project_id = $1 and review_no = $2 and stage = $3 and no = $4 and changed_at is not null`,
			int64(r.Project.ID), r.No, s.Def.Key, last.No)
	}
	q := r.Queue(s)
	b.Queue(`
		insert into gate (project_id, review_no, stage, state, round, digest, since, open_seats, signed, outdated, excluded)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		on conflict (project_id, review_no, stage) do update
		   set state = $4, round = $5, digest = $6, since = $7, open_seats = $8, signed = $9, outdated = $10, excluded = $11`,
		int64(r.Project.ID), r.No, s.Def.Key, int16(s.Gate), last.No, r.Digest(s), waitingSince(last),
		texts(q.OpenSeats), people(q.Signed), people(q.Outdated), people(q.Excluded))
}

// writeTurned notes with the rounds of a stage that their content has changed
// at a moment, after the gate had passed.
func writeTurned(b *pgx.Batch, r *review.Review, s *review.Stage, at time.Time) {
	for i := range s.Rounds {
		if ro := &s.Rounds[i]; ro.ChangedAt.Equal(at) {
			b.Queue(`
				update round set changed_at = $5 where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
				int64(r.Project.ID), r.No, s.Def.Key, ro.No, at)
		}
	}
}

// waitingSince is when a round was requested or, once it is over, when it ended.
func waitingSince(last *review.Round) time.Time {
	if last.ClosedAt.IsZero() {
		return last.RequestedAt
	}
	return last.ClosedAt
}

func insertPortfolio(b *pgx.Batch, l *loaded, next time.Time) {
	p := &l.review.Project
	a := l.arrays()
	b.Queue(`
		insert into portfolio (project_id, review_no, key, name, team, tier, status, restricted, target, owner_id,
		       must_total, must_done, should_total, should_done, blockers, gates, ready, current, next_change_at, forced,
		       waits, waits_since, waited, blocked_by, blocked_since, deputy_id, search, unowned, exposure, expired, qualities, tags, passed)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)`,
		int64(p.ID), l.review.No, p.Key, p.Name, p.Team, p.Tier, p.Status, p.Restricted, nullable(p.Target), int64(p.Holder(review.DutyOwner)),
		a.mustTotal, a.mustDone, a.shouldTotal, a.shouldDone, a.blockers, a.gates, a.ready, a.current, nullable(next), a.forced,
		a.waits, a.waitsSince, a.waited, nullablePerson(a.blockedBy), nullable(a.blockedSince), nullablePerson(p.Holder(review.DutyDeputy)), fold.Text(p.Name), a.unowned,
		string(p.Exposure), a.expired, a.qualities, texts(p.Tags), a.passed)
}

// updatePortfolio writes the wide row, and the head of the stream in the same
// statement: every change has both, and a statement costs more than a row. When
// only one stage was loaded, the next change by time can only be brought forward;
// the sweep puts it right, and is not put off either while the row says too
// little.
func updatePortfolio(b *pgx.Batch, l *loaded, next time.Time, full bool, at time.Time) {
	p := &l.review.Project
	a := l.arrays()
	// Where nothing is recorded, the sweep writes all of the row anew.
	if events := l.review.Recorded(); headerChanged(events) || len(events) == 0 {
		b.Queue(`
			update portfolio
			   set name = $2, team = $3, tier = $4, status = $5, restricted = $6, target = $7, owner_id = $8, deputy_id = $9, search = $10, exposure = $11, tags = $12
			 where project_id = $1`,
			int64(p.ID), p.Name, p.Team, p.Tier, p.Status, p.Restricted, nullable(p.Target), int64(p.Holder(review.DutyOwner)),
			nullablePerson(p.Holder(review.DutyDeputy)), fold.Text(p.Name), string(p.Exposure), texts(p.Tags))
	}
	b.Queue(portfolioSQL,
		int64(p.ID), a.mustTotal, a.mustDone, a.shouldTotal, a.shouldDone, a.blockers, a.gates, a.ready, a.current, nullable(next), full, a.forced,
		l.seq, l.hash[:], a.waits, a.waitsSince, a.waited, nullablePerson(a.blockedBy), nullable(a.blockedSince), l.left, a.unowned, a.expired, a.qualities, a.passed)
	writeLive(b, l, at)
}

// portfolioSQL asks, too, whether the change is still in time: a statement of its
// own for that would be felt in every tick. PostgreSQL writes the head after the
// row, so that waiting for the row counts.
const portfolioSQL = `
	with head as (update stream set seq = $13::bigint / (` + inTimeFrom + `$20` + inTimeTo + `), hash = $14 where id = $1)
	update portfolio
	   set must_total = $2, must_done = $3, should_total = $4, should_done = $5, blockers = $6, gates = $7, ready = $8, current = $9,
	       next_change_at = case when $11 then $10 else least(next_change_at, $10) end, forced = $12,
	       waits = $15, waits_since = $16, waited = $17, blocked_by = $18, blocked_since = $19, unowned = $21, expired = $22, qualities = $23, passed = $24
	 where project_id = $1`

// writeLive keeps where a running service stands in its review calendar, when
// the cyclic last stage was loaded.
func writeLive(b *pgx.Batch, l *loaded, at time.Time) {
	last := &l.review.Stages[len(l.review.Stages)-1]
	if !last.Loaded || (len(last.Rounds) == 0 && l.review.No == 1) {
		return
	}
	state, due := l.review.Live(at)
	b.Queue(`update portfolio set live = $2, review_due = $3 where project_id = $1`, int64(l.review.Project.ID), string(state), nullable(due))
}

func headerChanged(events []review.Entry) bool {
	for _, en := range events {
		switch en.Event.(type) {
		case review.ProjectEdited, review.ProjectTagged, review.DutySet, review.StatusChanged:
			return true
		}
	}
	return false
}

// wideRow is a rollup as the portfolio stores it.
type wideRow struct {
	rollupArrays
	ready, current int16
	waited         []string // of the project, who kept it longest first
	blockedBy      review.PersonID
	blockedSince   time.Time
	unowned        bool
}

func (l *loaded) arrays() wideRow {
	w := wideRow{rollupArrays: arraysOf(l.rollups), ready: 100, waited: []string{}}
	gates := make([]review.GateState, len(l.rollups))
	total, done := 0, 0
	for i := range l.rollups {
		s := &l.rollups[i]
		gates[i] = s.Gate
		total, done = total+int(s.MustTotal), done+int(s.MustDone)
	}
	w.current = int16(review.Current(gates))
	if total > 0 {
		w.ready = int16(done * 100 / total)
	}
	w.wait(l.rollups, l.review.Reached(int(w.current)))
	w.unowned = len(l.review.Unowned(l.rollups)) > 0
	return w
}

// arraysOf is what [rollupArrays.stages] reads.
func arraysOf(stages []review.StageRollup) rollupArrays {
	n := len(stages)
	buf, seconds := make([]int16, 8*n), make([]int64, 2*n)
	a := rollupArrays{
		mustTotal: buf[:n], mustDone: buf[n : 2*n], shouldTotal: buf[2*n : 3*n], shouldDone: buf[3*n : 4*n], blockers: buf[4*n : 5*n],
		gates: buf[5*n : 6*n], forced: buf[6*n : 7*n], expired: buf[7*n:], waits: make([]string, n), waitsSince: seconds[:n], passed: seconds[n:],
		qualities: packQualities(stages),
	}
	for i := range stages {
		s := &stages[i]
		a.mustTotal[i], a.mustDone[i], a.shouldTotal[i], a.shouldDone[i] = s.MustTotal, s.MustDone, s.ShouldTotal, s.ShouldDone
		a.blockers[i], a.gates[i], a.forced[i], a.expired[i] = s.Blockers, int16(s.Gate), s.Forced, s.Expired
		a.waits[i] = joinParties(s.Waits)
		if !s.WaitsSince.IsZero() {
			a.waitsSince[i] = s.WaitsSince.Unix()
		}
		if !s.Passed.IsZero() {
			a.passed[i] = s.Passed.Unix()
		}
	}
	return a
}

// wait says whose turn it is with the project as a whole: with the stage that it
// is in, since it reached it, and with the gates that wait for signatures.
func (w *wideRow) wait(stages []review.StageRollup, reached time.Time) {
	current := &stages[w.current]
	if current.Gate.Passed() {
		current = &review.StageRollup{}
	}
	if w.blockedSince = current.WaitsSince; !w.blockedSince.IsZero() && reached.After(w.blockedSince) {
		w.blockedSince = reached
	}
	if len(current.Waits) > 0 {
		w.blockedBy = current.Waits[0].Person
	}
	parties := slices.Clone(current.Waits)
	for i := range stages {
		if stages[i].Gate == review.GateWaiting && i != int(w.current) {
			parties = append(parties, stages[i].Waits...)
		}
	}
	for i, p := range parties {
		if !slices.Contains(parties[:i], p) {
			w.waited = append(w.waited, p.String())
		}
	}
}

func joinParties(ps []review.Party) string {
	words := make([]string, len(ps))
	for i, p := range ps {
		words[i] = p.String()
	}
	return strings.Join(words, " ")
}
