package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// parts says how much of a review to load.
type parts struct {
	stage  plan.StageKey // empty: all stages
	rounds bool          // rounds, sign-offs, findings and conditions too, and the records on which gates decide
	all    bool          // all records
}

// loaded is a review as the rows have it, with what a change needs to go on
// from there.
type loaded struct {
	review  *review.Review
	seq     int64
	hash    review.Hash
	rollups []review.StageRollup
	writing uint32         // the transaction that the change is written in; 0: none
	left    *time.Duration // how old that may be when it commits; nil: as old as it likes
}

// reviewRows gathers what the statements of one batch return, until all are there
// and the template is known by which they make sense.
type reviewRows struct {
	found        bool
	stage        plan.StageKey // of all items and evidence; empty: their rows have it
	project      review.Project
	no           int
	plan         string // digest of what it is made of
	planning     []byte // see there; empty: nothing
	seq          int64
	hash         []byte
	rollup       rollupArrays
	started      time.Time // the review
	passedBefore time.Time // of the last gate, in the review before
	written      uint32    // the transaction that wrote the rollup last
	items        []itemRow
	evidence     []evidenceRow
	rounds       []roundRow
	signOffs     []signOffRow
	findings     []findingRow
	waivers      []waiverRow
	conditions   []conditionRow
	records      []review.Record
	room         *rowBuffer
}

type rollupArrays struct {
	mustTotal, mustDone, shouldTotal, shouldDone, blockers, gates, forced, expired []int16
	qualities                                                                      []byte
	waits                                                                          []string
	waitsSince, passed                                                             []int64
	next                                                                           *time.Time
}

// The statements that read a review: $1 is the project, $2 the stage. They
// scan by position, being the hot path of every page.
const (
	ofReview = ` where t.project_id = $1 and t.review_no = (select review_no from portfolio where project_id = $1)`
	ofStage  = ofReview + ` and t.stage = $2`

	projectSQL = `
		select p.id, p.key, p.name, p.summary, p.team, p.tier, p.exposure, p.target, p.restricted, p.profile, p.unanswered, coalesce(p.answered_by, 0), coalesce(p.confirmed_by, 0), p.confirmed_at, p.answers_changed, p.retraction, p.origination, p.start, p.status, p.created_at, p.stage_plans, p.responsibilities, p.tags,
		       r.no, r.started_at, r.passed_before, r.plan, r.planning, s.seq, s.hash,
		       f.must_total, f.must_done, f.should_total, f.should_done, f.blockers, f.gates, f.forced, f.expired, f.qualities, f.waits, f.waits_since, f.passed, f.next_change_at, f.xmin,
		       p.members, p.duties
		  from project p
		  join stream s on s.id = $1
		  join portfolio f on f.project_id = $1
		  join review r on r.project_id = $1 and r.no = f.review_no
		 where p.id = $1`
	// Of these two there are so many rows that a column, and a null made a number,
	// is felt: the stage comes before them where not only one is asked for.
	itemsSQL = `t.item, t.state, t.note, t.version, t.answered_by, t.answered_at,
		       t.approved_by, t.approved_at, t.assignee_id, t.due, t.comments, t.reattest, t.earlier, t.note_for, t.choices, t.risk, t.offer, t.inherited
		  from item t`
	evidenceSQL = `t.no, t.item, t.url, t.title, t.kind, t.effective, t.expires, t.commit,
		       t.added_by, t.added_at, t.removed_by, t.removed_at, t.renews, t.from_project
		  from evidence t`
	roundsSQL = `
		select t.stage, t.no, t.requested_by, t.requested_at, t.reason, t.early, t.digest, t.quorum, t.seats, t.mandatory, t.sod, t.exclusion, t.format,
		       t.outcome, coalesce(t.closed_by, 0), t.closed_at, coalesce(t.closing, ''), t.why, t.changed_at,
		       t.review_due, coalesce(t.reviewed_by, 0), coalesce(t.reviewed_for, 0), t.reviewed_at, t.review_note, t.records,
		       coalesce(t.reopened_by, 0), coalesce(t.reopened_for, 0), t.reopened_at, t.reopened_why, t.reopened_impact
		  from round t`
	signOffsSQL = `
		select t.stage, t.round, t.no, t.person_id, t.seat, t.decision, t.note, t.digest, t.at, coalesce(t.for_id, 0), t.effort,
		       (select min(g.granted_at) from granted g
		         where g.person_id = coalesce(t.for_id, t.person_id) and g.seat = t.seat and (g.project_id is null or g.project_id = t.project_id))
		  from sign_off t`
	findingsSQL = `
		select t.stage, t.no, t.round, t.text, t.raised_by, t.raised_at, t.answer, coalesce(t.answered_by, 0), t.answered_at,
		       coalesce(t.accepted_by, 0), coalesce(t.accepted_for, 0), t.accepted_at, t.reopened
		  from finding t`
	waiversSQL = `
		select t.stage, t.no, t.item, t.reason, t.risk, t.measure, t.until, t.requested_by, t.requested_at,
		       coalesce(t.granted_by, 0), coalesce(t.granted_for, 0), t.granted_at, coalesce(t.denied_by, 0), coalesce(t.denied_for, 0), t.denied_at,
		       coalesce(t.revoked_by, 0), coalesce(t.revoked_for, 0), t.revoked_at, t.why
		  from waiver t`
	conditionsSQL = `
		select t.stage, t.no, t.round, case when t.set_in = t.review_no then 0 else t.set_in end, t.text, t.owner_id, t.due, t.set_by, t.seat, t.set_at,
		       t.note, coalesce(t.met_by, 0), t.met_at, coalesce(t.confirmed_by, 0), coalesce(t.confirmed_for, 0), t.confirmed_at, t.reopened,
		       t.dropped_at, coalesce(t.dropped_by, 0), coalesce(t.dropped_for, 0), t.dropped_why, t.former
		  from condition t`
)

// queueReview asks for a project's review, its parts as the caller says.
func queueReview(b *pgx.Batch, id review.ProjectID, p parts, out *reviewRows) {
	b.Queue(projectSQL, int64(id)).Query(out.scanProject)
	if p.stage == "" {
		b.Queue(`select t.stage, `+itemsSQL+ofReview, int64(id)).Query(out.scanItems)
		b.Queue(`select t.stage, `+evidenceSQL+ofReview+` order by t.stage, t.no`, int64(id)).Query(out.scanEvidence)
		b.Queue(waiversSQL+ofReview+` order by t.stage, t.no`, int64(id)).Query(out.scanWaivers)
	} else {
		out.stage = p.stage
		b.Queue(`select `+itemsSQL+ofStage, int64(id), string(p.stage)).Query(out.scanItems)
		b.Queue(`select `+evidenceSQL+ofStage+` order by t.no`, int64(id), string(p.stage)).Query(out.scanEvidence)
		b.Queue(waiversSQL+ofStage+` order by t.no`, int64(id), string(p.stage)).Query(out.scanWaivers)
	}
	if p.rounds {
		queueRounds(b, id, p.stage, out)
		queueRecords(b, id, p.all, out)
	}
}

func queueRounds(b *pgx.Batch, id review.ProjectID, stage plan.StageKey, out *reviewRows) {
	if stage == "" {
		b.Queue(roundsSQL+ofReview+` order by t.stage, t.no`, int64(id)).Query(out.scanRounds)
		b.Queue(signOffsSQL+ofReview+` order by t.stage, t.round, t.no`, int64(id)).Query(out.scanSignOffs)
		b.Queue(findingsSQL+ofReview+` order by t.stage, t.no`, int64(id)).Query(out.scanFindings)
		b.Queue(conditionsSQL+ofReview+` order by t.stage, t.no`, int64(id)).Query(out.scanConditions)
		return
	}
	b.Queue(roundsSQL+ofStage+` order by t.no`, int64(id), string(stage)).Query(out.scanRounds)
	b.Queue(signOffsSQL+ofStage+` order by t.round, t.no`, int64(id), string(stage)).Query(out.scanSignOffs)
	b.Queue(findingsSQL+ofStage+` order by t.no`, int64(id), string(stage)).Query(out.scanFindings)
	b.Queue(conditionsSQL+ofStage+` order by t.no`, int64(id), string(stage)).Query(out.scanConditions)
}

// build puts the rows together, which takes them out of use. db is what they
// were read from, and rights the version of everybody's rights when they were.
func (s *Store) build(ctx context.Context, db rowSource, rows *reviewRows, p parts, rights int64) (*loaded, error) {
	defer rows.release()
	if !rows.found {
		return nil, review.ErrNotFound
	}
	pl, err := s.planned(ctx, db, rows.plan)
	if err != nil {
		return nil, err
	}
	r := review.Blank(rows.project, rows.no, pl)
	r.Plans = s.plansOn(ctx, db)
	r.Started, r.PassedBefore = rows.started.UTC(), rows.passedBefore
	if r.Away, err = s.away.at(ctx, db, rights); err != nil {
		return nil, err
	}
	r.Records, r.AllRecords = rows.records, p.all
	s.places.note(&rows.project)
	l := &loaded{review: r, seq: rows.seq, hash: review.Hash(rows.hash)}
	if l.rollups, err = rows.rollup.stages(len(pl.Stages)); err != nil {
		return nil, fmt.Errorf("project %s: %w", rows.project.Key, err)
	}
	for i := range r.Stages {
		r.Stages[i].Gate, r.Stages[i].Passed = l.rollups[i].Gate, l.rollups[i].Passed
		if p.stage == "" || r.Stages[i].Def.Key == p.stage {
			r.Load(i)
		}
	}
	if p.stage != "" && r.Stage(p.stage) == nil {
		return nil, review.ErrNotFound
	}
	return l, rows.fill(r)
}

func (a *rollupArrays) stages(n int) ([]review.StageRollup, error) {
	for _, arr := range [][]int16{a.mustTotal, a.mustDone, a.shouldTotal, a.shouldDone, a.blockers, a.gates, a.forced, a.expired} {
		if len(arr) != n {
			return nil, fmt.Errorf("the rollup has %d stages, the template %d", len(arr), n)
		}
	}
	if a.waits != nil && (len(a.waits) != n || len(a.waitsSince) != n || len(a.passed) != n) { // not every list reads them
		return nil, fmt.Errorf("the rollup says of %d stages whose turn it is, the template has %d", len(a.waits), n)
	}
	out := make([]review.StageRollup, n)
	for i := range out {
		out[i] = review.StageRollup{
			MustTotal: a.mustTotal[i], MustDone: a.mustDone[i], ShouldTotal: a.shouldTotal[i], ShouldDone: a.shouldDone[i],
			Blockers: a.blockers[i], Gate: review.GateState(a.gates[i]), Forced: a.forced[i], Expired: a.expired[i],
		}
		if a.waits != nil {
			out[i].Waits, out[i].WaitsSince, out[i].Passed = review.ParseParties(a.waits[i]), fromSeconds(a.waitsSince[i]), fromSeconds(a.passed[i])
		}
	}
	readQualities(a.qualities, n, func(stage, quality int, n review.QualityCount) { out[stage].Qualities[quality] = n })
	return out, nil
}

// fromSeconds reads a moment that is stored as seconds since 1970; 0 is none.
func fromSeconds(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// fill gives the loaded stages their rows.
func (rows *reviewRows) fill(r *review.Review) error {
	r.Holders = make(map[review.PersonID][]review.SeatHeld, len(rows.signOffs))
	for i := range rows.items {
		row := &rows.items[i]
		if s := r.Stage(row.stage); row.blank() && (s == nil || s.Item(row.item) == nil) {
			continue // nothing was ever said of it, so nothing is set aside
		}
		s := r.Keeping(row.stage)
		if !s.Loaded {
			return fmt.Errorf("an item row names stage %q", row.stage)
		}
		row.to(s.Keeping(row.item))
	}
	for i := range rows.evidence {
		s := r.Keeping(rows.evidence[i].stage)
		if s.Evidence == nil {
			s.Evidence = make([]review.Evidence, 0, rows.evidenceFrom(i))
		}
		s.Evidence = append(s.Evidence, rows.evidence[i].Evidence)
	}
	for i := range rows.rounds {
		s := r.Keeping(rows.rounds[i].stage)
		s.Rounds = append(s.Rounds, rows.rounds[i].Round)
	}
	for i := range rows.signOffs {
		row := &rows.signOffs[i]
		s := r.Keeping(row.stage)
		if row.round < 1 || row.round > len(s.Rounds) {
			return fmt.Errorf("a sign-off row names round %d of stage %q", row.round, row.stage)
		}
		s.Rounds[row.round-1].SignOffs = append(s.Rounds[row.round-1].SignOffs, row.SignOff)
		if row.held != nil {
			held := review.SeatHeld{Seat: row.Seat, Scope: review.Scope(r.Project.ID), Since: row.held.UTC(), For: row.For}
			r.Holders[row.Person] = append(r.Holders[row.Person], held)
		}
	}
	for i := range rows.findings {
		s := r.Keeping(rows.findings[i].stage)
		s.Findings = append(s.Findings, rows.findings[i].Finding)
	}
	for i := range rows.waivers {
		s := r.Keeping(rows.waivers[i].stage)
		s.Waivers = append(s.Waivers, rows.waivers[i].Waiver)
	}
	for i := range rows.conditions {
		s := r.Keeping(rows.conditions[i].stage)
		s.Conditions = append(s.Conditions, rows.conditions[i].Condition)
	}
	if len(rows.planning) == 0 {
		return nil
	}
	var left planning
	if err := json.Unmarshal(rows.planning, &left); err != nil {
		return fmt.Errorf("reading what a change of the plan left behind: %w", err)
	}
	left.restore(r)
	return nil
}

// evidenceFrom counts the rows of one stage, which come in a row, from its first.
func (rows *reviewRows) evidenceFrom(first int) int {
	n := first
	for n < len(rows.evidence) && rows.evidence[n].stage == rows.evidence[first].stage {
		n++
	}
	return n - first
}

func (rows *reviewRows) scanProject(r pgx.Rows) error {
	raw := rawRows(r)
	if !r.Next() {
		return r.Err() // the other statements return nothing either; build says not found
	}
	raw.row(r.RawValues())
	p := &rows.project
	p.ID, p.Key, p.Name, p.Summary = review.ProjectID(raw.int8()), review.ProjectKey(raw.text()), raw.text(), raw.text()
	p.Team, p.Tier, p.Exposure = raw.text(), plan.Tier(raw.int2()), review.Exposure(raw.text())
	p.Target, p.Restricted, p.Profile, p.Unanswered = raw.date(), raw.bool(), rawTexts[plan.Flag](&raw), rawTexts[plan.Flag](&raw)
	p.Answers.By, p.Answers.Confirmed, p.Answers.At, p.Answers.Changed = review.PersonID(raw.int8()), review.PersonID(raw.int8()), raw.time(), raw.bool()
	asked := raw.json()
	p.Kind, p.Start, p.Status, p.Created = plan.Origination(raw.text()), plan.StageKey(raw.text()), review.Status(raw.text()), raw.time()
	if plans := rawJSON[[]review.StagePlan](&raw); plans != nil {
		p.StagePlans = *plans
	}
	if said := rawJSON[[]review.Responsibility](&raw); said != nil {
		p.Responsibilities = *said
	}
	p.Tags = rawTexts[string](&raw)
	rows.no, rows.started, rows.passedBefore, rows.plan, rows.planning = raw.int4(), raw.time(), raw.time(), raw.text(), raw.json()
	rows.seq, rows.hash = raw.int8(), raw.bytes()
	rows.rollup.scan(&raw)
	rows.written = raw.xid()
	people, duties := raw.people(), rawTexts[review.Duty](&raw)
	if err := raw.end(); err != nil {
		return fmt.Errorf("reading a project: %w", err)
	}
	if len(people) != len(duties) {
		return fmt.Errorf("reading a project: it has %d people with %d duties", len(people), len(duties))
	}
	for i := range people {
		p.Members = append(p.Members, review.Member{Person: people[i], Duty: duties[i]})
	}
	var err error
	p.Retraction, err = readRetraction(asked)
	rows.found = err == nil
	return err
}

// scan reads the columns of a rollup in the order of [projectSQL].
func (a *rollupArrays) scan(raw *rawRow) {
	room := make([]int16, 0, 64)
	for _, array := range [...]*[]int16{&a.mustTotal, &a.mustDone, &a.shouldTotal, &a.shouldDone, &a.blockers, &a.gates, &a.forced, &a.expired} {
		*array, room = raw.int2s(room)
	}
	a.qualities, a.waits, a.waitsSince, a.passed, a.next = raw.bytes(), rawTexts[string](raw), raw.int8s(), raw.int8s(), nullable(raw.time())
	if a.waits == nil {
		a.waits = []string{} // they were read
	}
}

// deref turns a nullable time into the domain's, where zero means none.
func deref(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// nullable is deref's way back.
func nullable(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func nullablePerson(p review.PersonID) *int64 {
	if p == 0 {
		return nil
	}
	id := int64(p)
	return &id
}
