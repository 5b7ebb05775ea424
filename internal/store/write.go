package store

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// writeRows writes what an event means for the tables. The review is the state
// after all events of the change.
func writeRows(b *pgx.Batch, r *review.Review, en review.Entry) error {
	id, no := int64(r.Project.ID), r.No
	switch e := en.Event.(type) {
	case review.ProjectCreated:
		writeCreated(b, r, en, e)
	case review.ProjectEdited:
		b.Queue(`
			update project
			   set name = $2, summary = $3, team = $4, tier = $5, exposure = $6, target = nullif($7, '')::date, restricted = $8, profile = $9
			 where id = $1`, id, e.Name, e.Summary, e.Team, e.Tier, e.Exposure, e.Target, e.Restricted, flags(e.Profile))
	case review.DutySet:
		writeDuty(b, id, e)
	case review.StatusChanged:
		b.Queue(`update project set status = $2 where id = $1`, id, e.To)
	case review.ItemAnswered:
		writeAnswer(b, id, no, en, e)
	case review.NotApplicableApproved:
		b.Queue(`
			update item set approved_by = $5, approved_at = $6
			 where project_id = $1 and review_no = $2 and stage = $3 and item = $4`,
			id, no, e.Stage, e.Item, int64(en.Actor), en.At)
	case review.ItemAssigned:
		b.Queue(`
			insert into item (project_id, review_no, stage, item, assignee_id, due)
			values ($1, $2, $3, $4, $5, nullif($6, '')::date)
			on conflict (project_id, review_no, stage, item) do update set assignee_id = $5, due = nullif($6, '')::date`,
			id, no, e.Stage, e.Item, nullablePerson(e.Person), e.Due)
	case review.CommentAdded:
		b.Queue(`
			insert into item (project_id, review_no, stage, item, comments) values ($1, $2, $3, $4, $5)
			on conflict (project_id, review_no, stage, item) do update set comments = $5`,
			id, no, e.Stage, e.Item, e.No)
		b.Queue(`
			insert into comment (project_id, review_no, stage, item, no, person_id, at, text, once)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			id, no, e.Stage, e.Item, e.No, int64(en.Actor), en.At, e.Text, e.Once)
	case review.EvidenceAdded:
		b.Queue(`
			insert into evidence (project_id, review_no, stage, no, item, url, title, kind, effective, expires, commit, added_by, added_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9::date, nullif($10, '')::date, $11, $12, $13)`,
			id, no, e.Stage, e.No, e.Item, string(e.URL), e.Title, e.Type, e.Effective, e.Expires, e.Commit, int64(en.Actor), en.At)
	case review.EvidenceRemoved:
		b.Queue(`
			update evidence set removed_by = $5, removed_at = $6
			 where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			id, no, e.Stage, e.No, int64(en.Actor), en.At)
	case review.WaiverRequested, review.WaiverGranted, review.WaiverDenied, review.WaiverExtended, review.WaiverRevoked:
		writeWaiver(b, r, en)
	case review.ReviewStarted:
		writeReviewStarted(b, r, en, e)
	default:
		return writeGateRows(b, r, en)
	}
	return nil
}

// writeAnswer updates the row that an earlier answer made; only a first answer
// has to ask whether there is one.
func writeAnswer(b *pgx.Batch, id int64, no int, en review.Entry, e review.ItemAnswered) {
	args := []any{id, no, string(e.Stage), string(e.Item), string(e.To), e.Note, e.Version, int64(en.Actor), en.At}
	if e.Version > 1 {
		b.Queue(`
			update item
			   set state = $5, note = $6, version = $7, answered_by = $8, answered_at = $9, approved_by = null, approved_at = null, reattest = false
			 where project_id = $1 and review_no = $2 and stage = $3 and item = $4`, args...)
		return
	}
	b.Queue(`
		insert into item (project_id, review_no, stage, item, state, note, version, answered_by, answered_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (project_id, review_no, stage, item) do update
		   set state = $5, note = $6, version = $7, answered_by = $8, answered_at = $9, approved_by = null, approved_at = null, reattest = false`, args...)
}

func writeGateRows(b *pgx.Batch, r *review.Review, en review.Entry) error {
	id, no := int64(r.Project.ID), r.No
	switch e := en.Event.(type) {
	case review.SignOffRequested:
		b.Queue(`
			insert into round (project_id, review_no, stage, no, requested_by, requested_at, reason, early, digest, quorum, seats, mandatory, sod)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			id, no, e.Stage, e.Round, int64(en.Actor), en.At, e.Reason, texts(e.Early), e.Digest,
			e.Policy.Quorum, texts(e.Policy.Seats), texts(e.Policy.Mandatory), e.SoD)
	case review.GateSigned:
		b.Queue(`
			insert into sign_off (project_id, review_no, stage, round, no, person_id, seat, decision, note, digest, at, for_id)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			id, no, e.Stage, e.Round, e.No, int64(en.Actor), e.Seat, e.Decision, e.Note, e.Digest, en.At, nullablePerson(e.For))
		b.Queue(`
			update condition set dropped_at = $6
			 where project_id = $1 and review_no = $2 and stage = $3 and round = $4 and set_by = $5 and confirmed_at is null and dropped_at is null`,
			id, no, e.Stage, e.Round, int64(en.Actor), en.At)
	case review.FindingRaised:
		b.Queue(`
			insert into finding (project_id, review_no, stage, no, round, text, raised_by, raised_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			id, no, e.Stage, e.No, e.Round, e.Text, int64(en.Actor), en.At)
	case review.FindingAnswered:
		b.Queue(`
			update finding set answer = $5, answered_by = $6, answered_at = $7, accepted_by = null, accepted_at = null, reopened = ''
			 where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			id, no, e.Stage, e.No, e.Answer, int64(en.Actor), en.At)
	case review.RoundClosed:
		b.Queue(`
			update round set outcome = $5, closed_by = $6, closed_at = $7, closing = $8, why = $9
			 where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			id, no, e.Stage, e.Round, e.Outcome, int64(en.Actor), en.At, e.Digest, e.Reason)
	case review.GateForced:
		b.Queue(`
			insert into round (project_id, review_no, stage, no, requested_by, requested_at, digest, quorum, seats, mandatory, sod,
			       outcome, closed_by, closed_at, closing, why, review_due)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'break-glass', $5, $6, $7, $12, $13::date)
			on conflict (project_id, review_no, stage, no) do update
			   set outcome = 'break-glass', closed_by = $5, closed_at = $6, closing = $7, why = $12, review_due = $13::date`,
			id, no, e.Stage, e.Round, int64(en.Actor), en.At, e.Digest, e.Policy.Quorum, texts(e.Policy.Seats), texts(e.Policy.Mandatory), r.Template.SoD,
			e.Reason, e.ReviewDue)
	case review.RetrospectiveClosed:
		b.Queue(`
			update round set reviewed_by = $5, reviewed_at = $6, review_note = $7
			 where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			id, no, e.Stage, e.Round, int64(en.Actor), en.At, e.Note)
	default:
		return writeFollowUp(b, r, en)
	}
	return nil
}

// writeFollowUp writes what comes after a decision: conditions, and the
// reviewer's word on the answers to findings.
func writeFollowUp(b *pgx.Batch, r *review.Review, en review.Entry) error {
	id, no := int64(r.Project.ID), r.No
	condition := func(stage review.StageKey, n int, set string, args ...any) {
		b.Queue(`update condition set `+set+` where project_id = $1 and review_no = $2 and stage = $3 and no = $4`, append([]any{id, no, stage, n}, args...)...)
	}
	finding := func(stage review.StageKey, n int, set string, args ...any) {
		b.Queue(`update finding set `+set+` where project_id = $1 and review_no = $2 and stage = $3 and no = $4`, append([]any{id, no, stage, n}, args...)...)
	}
	switch e := en.Event.(type) {
	case review.ConditionSet:
		b.Queue(`
			insert into condition (project_id, review_no, stage, no, round, text, owner_id, due, set_by, set_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8::date, $9, $10)`,
			id, no, e.Stage, e.No, e.Round, e.Text, int64(e.Owner), e.Due, int64(en.Actor), en.At)
	case review.ConditionMet:
		condition(e.Stage, e.No, `note = $5, met_by = $6, met_at = $7, reopened = ''`, e.Note, int64(en.Actor), en.At)
	case review.ConditionConfirmed:
		condition(e.Stage, e.No, `confirmed_by = $5, confirmed_at = $6`, int64(en.Actor), en.At)
	case review.ConditionReopened:
		condition(e.Stage, e.No, `met_by = null, met_at = null, reopened = $5`, e.Reason)
	case review.FindingAccepted:
		finding(e.Stage, e.No, `accepted_by = $5, accepted_at = $6`, int64(en.Actor), en.At)
	case review.FindingReopened:
		finding(e.Stage, e.No, `answer = '', answered_by = null, answered_at = null, reopened = $5`, e.Reason)
	default:
		return fmt.Errorf("no writer for event %s", en.Event.Kind())
	}
	return nil
}

func writeWaiver(b *pgx.Batch, r *review.Review, en review.Entry) {
	id, no := int64(r.Project.ID), r.No
	set := func(stage review.StageKey, n int, what string, args ...any) {
		b.Queue(`update waiver set `+what+` where project_id = $1 and review_no = $2 and stage = $3 and no = $4`, append([]any{id, no, stage, n}, args...)...)
	}
	switch e := en.Event.(type) {
	case review.WaiverRequested:
		b.Queue(`
			insert into waiver (project_id, review_no, stage, no, item, reason, risk, measure, until, requested_by, requested_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz, $10, $11)`,
			id, no, e.Stage, e.No, e.Item, e.Reason, e.Risk, e.Measure, day(e.Until), int64(en.Actor), en.At)
	case review.WaiverGranted:
		set(e.Stage, e.No, `granted_by = $5, granted_at = $6, why = $7`, int64(en.Actor), en.At, e.Reason)
	case review.WaiverDenied:
		set(e.Stage, e.No, `denied_by = $5, denied_at = $6, why = $7`, int64(en.Actor), en.At, e.Reason)
	case review.WaiverExtended:
		set(e.Stage, e.No, `until = $5, why = $6`, day(e.Until), e.Reason)
	case review.WaiverRevoked:
		set(e.Stage, e.No, `revoked_by = $5, revoked_at = $6, why = $7`, int64(en.Actor), en.At, e.Reason)
	}
}

// day is the first moment of a date, in UTC.
func day(date string) time.Time {
	t, _ := time.Parse(review.DateLayout, date) // the domain wrote it
	return t
}

// writeReviewStarted makes the next review out of the one before: answers,
// evidence and waivers carry over, rounds do not.
func writeReviewStarted(b *pgx.Batch, r *review.Review, en review.Entry, e review.ReviewStarted) {
	id := int64(r.Project.ID)
	b.Queue(`
		insert into review (project_id, no, template_key, template_version, template_digest, started_at, passed_before)
		values ($1, $2, $3, $4, $5, $6, $7)`, id, e.No, r.Ref.Key, r.Ref.Version, r.Ref.Digest, en.At, nullable(r.PassedBefore))
	b.Queue(`
		insert into item (project_id, review_no, stage, item, state, note, version, answered_by, answered_at, approved_by, approved_at, assignee_id, due, comments, reattest)
		select project_id, $2, stage, item, state, note, version, answered_by, answered_at, approved_by, approved_at, assignee_id, due, comments,
		       item = any($3) and state <> 'open'
		  from item where project_id = $1 and review_no = $2 - 1`, id, e.No, repeating(r.Template))
	b.Queue(`
		insert into comment (project_id, review_no, stage, item, no, person_id, at, text)
		select project_id, $2, stage, item, no, person_id, at, text from comment where project_id = $1 and review_no = $2 - 1`, id, e.No)
	b.Queue(`
		insert into evidence (project_id, review_no, stage, no, item, url, title, kind, effective, expires, commit, added_by, added_at, removed_by, removed_at)
		select project_id, $2, stage, no, item, url, title, kind, effective, expires, commit, added_by, added_at, removed_by, removed_at
		  from evidence where project_id = $1 and review_no = $2 - 1`, id, e.No)
	b.Queue(`
		insert into waiver (project_id, review_no, stage, no, item, reason, risk, measure, until, requested_by, requested_at,
		       granted_by, granted_at, denied_by, denied_at, revoked_by, revoked_at, why)
		select project_id, $2, stage, no, item, reason, risk, measure, until, requested_by, requested_at,
		       granted_by, granted_at, denied_by, denied_at, revoked_by, revoked_at, why
		  from waiver where project_id = $1 and review_no = $2 - 1`, id, e.No)
	b.Queue(`delete from gate where project_id = $1 and review_no < $2`, id, e.No)
	b.Queue(`update portfolio set review_no = $2 where project_id = $1`, id, e.No)
}

// repeating are the items whose evidence expires.
func repeating(t *review.Template) []string {
	keys := []string{}
	for i := range t.Stages {
		for j := range t.Stages[i].Items {
			if d := &t.Stages[i].Items[j]; d.ValidDays > 0 {
				keys = append(keys, string(d.Key))
			}
		}
	}
	return keys
}

func writeCreated(b *pgx.Batch, r *review.Review, en review.Entry, e review.ProjectCreated) {
	id := int64(r.Project.ID)
	b.Queue(`insert into stream (id, kind) values ($1, 'project')`, id)
	b.Queue(`
		insert into project (id, key, name, summary, team, tier, exposure, target, restricted, profile, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, nullif($8, '')::date, $9, $10, $11)`,
		id, e.Key, e.Name, e.Summary, e.Team, e.Tier, e.Exposure, e.Target, e.Restricted, flags(e.Profile), en.At)
	b.Queue(`insert into project_member (project_id, person_id, duty) values ($1, $2, 'owner')`, id, int64(e.Owner))
	if e.Deputy != 0 {
		b.Queue(`insert into project_member (project_id, person_id, duty) values ($1, $2, 'deputy')`, id, int64(e.Deputy))
	}
	b.Queue(`
		insert into review (project_id, no, template_key, template_version, template_digest, started_at)
		values ($1, $2, $3, $4, $5, $6)`, id, r.No, e.Template.Key, e.Template.Version, e.Template.Digest, en.At)
}

func writeDuty(b *pgx.Batch, id int64, e review.DutySet) {
	if e.Duty == "" {
		b.Queue(`delete from project_member where project_id = $1 and person_id = $2`, id, int64(e.Person))
		return
	}
	b.Queue(`
		insert into project_member (project_id, person_id, duty) values ($1, $2, $3)
		on conflict (project_id, person_id) do update set duty = $3`, id, int64(e.Person), e.Duty)
}

// writeDerived writes what follows from the state after the change: the head
// of the stream, the rollup, the approvers' queue.
func writeDerived(b *pgx.Batch, l *loaded, at time.Time, created bool) {
	r := l.review
	b.Queue(`update stream set seq = $2, hash = $3 where id = $1`, int64(r.Project.ID), l.seq, l.hash[:])
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
	if created {
		insertPortfolio(b, l, next)
		return
	}
	updatePortfolio(b, l, next, full, at)
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
	if last.ChangedAt.Equal(at) {
		b.Queue(`
			update round set changed_at = $5 where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			int64(r.Project.ID), r.No, s.Def.Key, last.No, at)
	}
	since := last.RequestedAt
	if !last.ClosedAt.IsZero() {
		since = last.ClosedAt
	}
	q := r.Queue(s)
	b.Queue(`
		insert into gate (project_id, review_no, stage, state, round, digest, since, open_seats, signed, outdated, excluded)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		on conflict (project_id, review_no, stage) do update
		   set state = $4, round = $5, digest = $6, since = $7, open_seats = $8, signed = $9, outdated = $10, excluded = $11`,
		int64(r.Project.ID), r.No, s.Def.Key, int16(s.Gate), last.No, r.Digest(s), since,
		texts(q.OpenSeats), people(q.Signed), people(q.Outdated), people(q.Excluded))
}

func insertPortfolio(b *pgx.Batch, l *loaded, next time.Time) {
	p := &l.review.Project
	a := l.arrays()
	b.Queue(`
		insert into portfolio (project_id, review_no, key, name, team, tier, status, restricted, target, owner_id,
		       must_total, must_done, should_total, should_done, blockers, gates, ready, current, next_change_at, forced)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		int64(p.ID), l.review.No, p.Key, p.Name, p.Team, p.Tier, p.Status, p.Restricted, nullable(p.Target), int64(p.Holder(review.DutyOwner)),
		a.mustTotal, a.mustDone, a.shouldTotal, a.shouldDone, a.blockers, a.gates, a.ready, a.current, nullable(next), a.forced)
}

// updatePortfolio writes the wide row. When only one stage was loaded, the
// next change by time can only be brought forward; the sweep puts it right.
func updatePortfolio(b *pgx.Batch, l *loaded, next time.Time, full bool, at time.Time) {
	p := &l.review.Project
	a := l.arrays()
	if headerChanged(l.review.Recorded()) {
		b.Queue(`
			update portfolio set name = $2, team = $3, tier = $4, status = $5, restricted = $6, target = $7, owner_id = $8
			 where project_id = $1`,
			int64(p.ID), p.Name, p.Team, p.Tier, p.Status, p.Restricted, nullable(p.Target), int64(p.Holder(review.DutyOwner)))
	}
	b.Queue(`
		update portfolio
		   set must_total = $2, must_done = $3, should_total = $4, should_done = $5, blockers = $6, gates = $7, ready = $8, current = $9,
		       next_change_at = case when $11 then $10 else least(next_change_at, $10) end, forced = $12
		 where project_id = $1`,
		int64(p.ID), a.mustTotal, a.mustDone, a.shouldTotal, a.shouldDone, a.blockers, a.gates, a.ready, a.current, nullable(next), full, a.forced)
	writeLive(b, l, at)
}

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
		case review.ProjectEdited, review.DutySet, review.StatusChanged:
			return true
		}
	}
	return false
}

// wideRow is a rollup as the portfolio stores it.
type wideRow struct {
	mustTotal, mustDone, shouldTotal, shouldDone, blockers, gates, forced []int16
	ready, current                                                        int16
}

func (l *loaded) arrays() wideRow {
	n := len(l.rollups)
	buf := make([]int16, 7*n)
	w := wideRow{buf[:n], buf[n : 2*n], buf[2*n : 3*n], buf[3*n : 4*n], buf[4*n : 5*n], buf[5*n : 6*n], buf[6*n:], 0, 0}
	gates := make([]review.GateState, n)
	total, done := 0, 0
	for i, s := range l.rollups {
		w.mustTotal[i], w.mustDone[i], w.shouldTotal[i], w.shouldDone[i] = s.MustTotal, s.MustDone, s.ShouldTotal, s.ShouldDone
		w.blockers[i], w.gates[i], gates[i], w.forced[i] = s.Blockers, int16(s.Gate), s.Gate, s.Forced
		total, done = total+int(s.MustTotal), done+int(s.MustDone)
	}
	w.ready, w.current = 100, int16(review.Current(gates))
	if total > 0 {
		w.ready = int16(done * 100 / total)
	}
	return w
}

// texts makes a text array of any kind of string; null never.
func texts[S ~string](in []S) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}

func flags(p review.Profile) []string { return texts([]review.Flag(p)) }

func people(in []review.PersonID) []int64 {
	out := make([]int64, len(in))
	for i, p := range in {
		out[i] = int64(p)
	}
	return out
}
