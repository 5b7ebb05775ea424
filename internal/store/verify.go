package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// Problem is something in the database that does not hold: where, and what, as
// a sentence without its subject.
type Problem struct{ Where, What string }

func (p Problem) String() string { return p.Where + " " + p.What + "." }

// Verified is a stream that was checked.
type Verified struct {
	Stream   review.ProjectID
	Key      review.ProjectKey // empty for the directory
	Entries  []review.Entry
	Template *review.Template // of a project
	Stale    bool             // its rollups wait for the sweep, so they were left out
	Problems []Problem
}

func (v *Verified) wrong(format string, args ...any) {
	where := "The directory"
	if v.Stream != directoryStream {
		where = fmt.Sprintf("Project %s (stream %d)", v.Key, v.Stream)
	}
	v.Problems = append(v.Problems, Problem{where, fmt.Sprintf(format, args...)})
}

// Streams lists all streams by number, the directory's first.
func (s *Store) Streams(ctx context.Context) ([]review.ProjectID, error) {
	rows, err := s.pool.Query(ctx, `select id from stream order by id`)
	if err != nil {
		return nil, batchError("listing streams", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[review.ProjectID])
	if err != nil {
		return nil, batchError("listing streams", err)
	}
	return ids, nil
}

// VerifyStream holds a stream's chain against its head, and everything that
// the tables say against what its entries lead to. The error is about reading;
// what does not hold is in Problems.
func (s *Store) VerifyStream(ctx context.Context, id review.ProjectID) (*Verified, error) {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("beginning to verify: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing was written
	v := &Verified{Stream: id}
	if id != directoryStream {
		err := tx.QueryRow(ctx, `select key from project where id = $1`, int64(id)).Scan(&v.Key)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return nil, batchError("verifying a project", err)
		}
		if v.Key == "" {
			v.wrong("has a stream, but no project")
			return v, nil
		}
	}
	if whole, err := v.chain(ctx, tx); err != nil || !whole {
		return v, err
	}
	if id == directoryStream {
		return v, v.directory(ctx, tx)
	}
	return v, s.verifyProject(ctx, tx, v)
}

// chain checks the entries from the first on, that they end where the stream's
// head says, and that the columns beside what is hashed agree with it.
func (v *Verified) chain(ctx context.Context, tx pgx.Tx) (bool, error) {
	var head review.Head
	var hash []byte
	var kind string
	if err := tx.QueryRow(ctx, `select id, kind, seq, hash from stream where id = $1`, int64(v.Stream)).Scan((*int64)(&head.Stream), &kind, &head.Seq, &hash); err != nil {
		return false, batchError("reading a stream's head", err)
	}
	head.Hash = review.Hash(hash)
	if (kind == "directory") != (v.Stream == directoryStream) {
		v.wrong("has a stream of the kind %q", kind)
	}
	rows, err := tx.Query(ctx, recordsSQL+` order by seq`, int64(v.Stream))
	if err != nil {
		return false, batchError("reading the trail", err)
	}
	records, err := collectRecords(rows)
	if err != nil {
		return false, batchError("reading the trail", err)
	}
	entries, end, err := review.CheckChain(v.Stream, records)
	v.Entries = entries
	if err != nil {
		v.wrong("has a broken trail: %s", err)
		return false, nil
	}
	if end != head {
		v.wrong("ends at entry %d, but its head is at entry %d or has another hash: entries are missing at the end, or the head was changed", end.Seq, head.Seq)
		return false, nil
	}
	return true, v.subjects(ctx, tx)
}

// subjects checks the columns by which entries are found: they are not hashed,
// since the event says the same.
func (v *Verified) subjects(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `select coalesce(stage, ''), coalesce(item, '') from trail where stream_id = $1 order by seq`, int64(v.Stream))
	if err != nil {
		return batchError("reading the trail", err)
	}
	defer rows.Close()
	for i := 0; rows.Next(); i++ {
		var stage, item string
		if err := rows.Scan(&stage, &item); err != nil {
			return fmt.Errorf("reading the trail: %w", err)
		}
		wantStage, wantItem := review.Subject(v.Entries[i].Event)
		if v.Stream == directoryStream {
			wantItem = review.ItemKey(subjectOf(personOf(v.Entries[i].Event)))
		}
		if stage != string(wantStage) || item != string(wantItem) {
			v.wrong("has entry %d filed under stage %q and item %q, but it is about %q and %q", i+1, stage, item, wantStage, wantItem)
		}
	}
	return rows.Err()
}

// personOf is whom an entry of the directory is about.
func personOf(e review.Event) review.PersonID {
	if m := review.Mentions(e); len(m) > 0 {
		return m[0]
	}
	return review.System
}

// verifyProject holds a project's tables against the replay of its entries.
func (s *Store) verifyProject(ctx context.Context, tx pgx.Tx, v *Verified) error {
	var rows reviewRows
	var now time.Time
	p := parts{rounds: true}
	b := &pgx.Batch{}
	b.Queue(`select clock_timestamp()`).QueryRow(func(row pgx.Row) error { return row.Scan(&now) })
	queueReview(b, v.Stream, p, &rows)
	if err := send(ctx, tx, b); err != nil {
		return batchError("reading a project to verify", err)
	}
	now = now.UTC()
	l, err := s.build(ctx, tx, &rows, p)
	if err != nil {
		v.wrong("cannot be put together from its rows: %s", err)
		return nil
	}
	v.Template = l.review.Template
	if err := v.template(l.review.Ref); err != nil {
		return err
	}
	replayed, err := v.replay(l.review, len(v.Entries))
	if err != nil {
		v.wrong("cannot be replayed: %s", err)
		return nil
	}
	v.rollups(l, replayed, &rows, now)
	l.review.Settle(now)
	replayed.Settle(now)
	for _, d := range review.Differences(l.review, replayed) {
		v.wrong("differs between the tables and the trail: %s", d)
	}
	return errors.Join(v.wideRow(ctx, tx, replayed, now), v.comments(ctx, tx, replayed.No, v.Entries), s.earlierReviews(ctx, tx, v, l.review))
}

// template checks that the template is what its digest says.
func (v *Verified) template(want review.TemplateRef) error {
	got, err := v.Template.Ref()
	if err != nil {
		return err
	}
	if got != want {
		v.wrong("follows a template that was changed after it was published: %s version %d", want.Key, want.Version)
	}
	return nil
}

// replay rebuilds the review from the first n entries.
func (v *Verified) replay(like *review.Review, n int) (*review.Review, error) {
	return review.Replay(v.Stream, v.Entries[:n], func(ref review.TemplateRef) (*review.Template, error) {
		if ref != like.Ref {
			return nil, fmt.Errorf("the tables pin it to template %s version %d, the trail to %s version %d", like.Ref.Key, like.Ref.Version, ref.Key, ref.Version)
		}
		return like.Template, nil
	})
}

// rollups checks what lists show. A rollup that time alone has changed since
// waits for the sweep and says nothing.
func (v *Verified) rollups(l *loaded, replayed *review.Review, rows *reviewRows, now time.Time) {
	if due := rows.rollup.next; due != nil && !due.After(now) {
		v.Stale = true
		return
	}
	holders := replayed.Holders
	replayed.Holders = l.review.Holders // who holds a seat now is the directory's business
	for i := range replayed.Stages {
		got, want := l.rollups[i], replayed.Rollup(&replayed.Stages[i], now)
		got.NextChange, want.NextChange = time.Time{}, time.Time{}
		if !reflect.DeepEqual(got, want) {
			v.wrong("has a wrong rollup of stage %s: %+v, where %+v is right", replayed.Stages[i].Def.Key, got, want)
		}
	}
	replayed.Holders = holders
}

// wideRow checks the project's own fields in the row that lists read, and its
// place in the review calendar unless that waits for the sweep.
func (v *Verified) wideRow(ctx context.Context, tx pgx.Tx, r *review.Review, now time.Time) error {
	p := &r.Project
	var got review.Project
	var owner review.PersonID
	var target, due *time.Time
	var live review.Live
	err := tx.QueryRow(ctx, `
		select key, name, team, tier, status, restricted, target, owner_id, live, review_due from portfolio where project_id = $1`, int64(v.Stream)).
		Scan((*string)(&got.Key), &got.Name, &got.Team, &got.Tier, (*string)(&got.Status), &got.Restricted, &target, (*int64)(&owner), (*string)(&live), &due)
	if err != nil {
		return batchError("reading a project's row of the portfolio", err)
	}
	if wantLive, wantDue := r.Live(now); !v.Stale && (live != wantLive || !deref(due).Equal(wantDue)) {
		v.wrong("is shown as %q, due %s, where %q, due %s is right", live.Label(), review.FormatDate(deref(due)), wantLive.Label(), review.FormatDate(wantDue))
	}
	got.Target = deref(target)
	if got.Key != p.Key || got.Name != p.Name || got.Team != p.Team || got.Tier != p.Tier || got.Status != p.Status ||
		got.Restricted != p.Restricted || !got.Target.Equal(p.Target) || owner != p.Holder(review.DutyOwner) {
		v.wrong("has a wrong row in the portfolio")
	}
	return nil
}

// comments checks the discussions of a review, which carry over to the next.
func (v *Verified) comments(ctx context.Context, tx pgx.Tx, no int, entries []review.Entry) error {
	type comment struct {
		Stage  review.StageKey
		Item   review.ItemKey
		No     int
		Person review.PersonID
		At     time.Time
		Text   string
	}
	rows, err := tx.Query(ctx, `
		select stage, item, no, person_id as person, at, text from comment
		 where project_id = $1 and review_no = $2`, int64(v.Stream), no)
	if err != nil {
		return batchError("reading comments", err)
	}
	kept, err := pgx.CollectRows(rows, pgx.RowToStructByName[comment])
	if err != nil {
		return batchError("reading comments", err)
	}
	missing := map[comment]bool{}
	for _, en := range entries {
		if e, ok := en.Event.(review.CommentAdded); ok {
			missing[comment{e.Stage, e.Item, e.No, en.Actor, en.At, e.Text}] = true
		}
	}
	for _, c := range kept {
		c.At = c.At.UTC()
		if !missing[c] {
			v.wrong("has a comment %d on item %s that nobody made", c.No, c.Item)
		}
		delete(missing, c)
	}
	for c := range missing {
		v.wrong("lacks comment %d on item %s", c.No, c.Item)
	}
	return nil
}

// earlierReviews checks the rows of the reviews before the present one against
// the trail as it was when the next began.
func (s *Store) earlierReviews(ctx context.Context, tx pgx.Tx, v *Verified, now *review.Review) error {
	for i, en := range v.Entries {
		next, ok := en.Event.(review.ReviewStarted)
		if !ok {
			continue
		}
		no := next.No - 1
		then, err := v.replay(now, i)
		if err != nil {
			v.wrong("cannot be replayed up to review %d: %s", no, err)
			return nil
		}
		rows := reviewRows{found: true, project: then.Project, no: no, ref: then.Ref}
		b := &pgx.Batch{}
		queueEarlier(b, v.Stream, no, &rows)
		if err := send(ctx, tx, b); err != nil {
			return batchError("reading an earlier review", err)
		}
		kept := review.Blank(then.Project, no, then.Template, then.Ref)
		for j := range kept.Stages {
			kept.Load(j)
		}
		if err := rows.fill(kept); err != nil {
			v.wrong("has rows of review %d that fit nowhere: %s", no, err)
			continue
		}
		if err := v.reviewRow(ctx, tx, then); err != nil {
			return err
		}
		kept.Settle(en.At)
		then.Settle(en.At)
		for _, d := range review.StageDifferences(kept, then) {
			v.wrong("differs in review %d between the tables and the trail: %s", no, d)
		}
		if err := v.comments(ctx, tx, no, v.Entries[:i]); err != nil {
			return err
		}
	}
	return nil
}

// reviewRow checks the row of a review that is over.
func (v *Verified) reviewRow(ctx context.Context, tx pgx.Tx, then *review.Review) error {
	var ref review.TemplateRef
	var passed *time.Time
	err := tx.QueryRow(ctx, `
		select template_key, template_version, template_digest, passed_before from review where project_id = $1 and no = $2`, int64(v.Stream), then.No).
		Scan(&ref.Key, &ref.Version, &ref.Digest, &passed)
	if errors.Is(err, pgx.ErrNoRows) {
		v.wrong("lacks review %d", then.No)
		return nil
	}
	if err != nil {
		return batchError("reading an earlier review", err)
	}
	if ref != then.Ref || !deref(passed).Equal(then.PassedBefore) {
		v.wrong("has a wrong row of review %d", then.No)
	}
	return nil
}

// queueEarlier asks for the rows of a review that is over.
func queueEarlier(b *pgx.Batch, id review.ProjectID, no int, out *reviewRows) {
	const of = ` where t.project_id = $1 and t.review_no = $2`
	b.Queue(itemsSQL+of, int64(id), no).Query(out.scanItems)
	b.Queue(evidenceSQL+of+` order by t.stage, t.no`, int64(id), no).Query(out.scanEvidence)
	b.Queue(waiversSQL+of+` order by t.stage, t.no`, int64(id), no).Query(out.scanWaivers)
	b.Queue(roundsSQL+of+` order by t.stage, t.no`, int64(id), no).Query(out.scanRounds)
	b.Queue(signOffsSQL+of+` order by t.stage, t.round, t.no`, int64(id), no).Query(out.scanSignOffs)
	b.Queue(findingsSQL+of+` order by t.stage, t.no`, int64(id), no).Query(out.scanFindings)
	b.Queue(conditionsSQL+of+` order by t.stage, t.no`, int64(id), no).Query(out.scanConditions)
}

// directory holds the rights in force against the replay of their stream.
func (v *Verified) directory(ctx context.Context, tx pgx.Tx) error {
	replayed, err := review.ReplayDirectory(v.Entries)
	if err != nil {
		v.wrong("cannot be replayed: %s", err)
		return nil
	}
	kept, err := rightsInForce(ctx, tx)
	if err != nil {
		return err
	}
	for id, want := range replayed {
		got := kept[id]
		if got == nil {
			got = &review.Entitlements{}
		}
		delete(kept, id)
		sortGranted(got.Granted)
		sortGranted(want.Granted)
		if !slices.Equal(got.Granted, want.Granted) {
			v.wrong("differs in the rights of person %d: the table says %v, the trail %v", id, got.Granted, want.Granted)
		}
		if !slices.Equal(got.Delegated, want.Delegated) {
			v.wrong("differs in the stand-ins of person %d: the table says %v, the trail %v", id, got.Delegated, want.Delegated)
		}
	}
	for id := range kept {
		v.wrong("has rights of person %d, of whom the trail says nothing", id)
	}
	return nil
}

func sortGranted(g []review.Granted) {
	slices.SortFunc(g, func(a, b review.Granted) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}

// rightsInForce reads everybody's rights and stand-ins.
func rightsInForce(ctx context.Context, tx pgx.Tx) (map[review.PersonID]*review.Entitlements, error) {
	kept := map[review.PersonID]*review.Entitlements{}
	of := func(id review.PersonID) *review.Entitlements {
		if kept[id] == nil {
			kept[id] = &review.Entitlements{Person: id}
		}
		return kept[id]
	}
	b := &pgx.Batch{}
	b.Queue(`select person_id, role, seat, coalesce(project_id, 0), source, granted_by, granted_at from granted`).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var id review.PersonID
			var g review.Granted
			if err := rows.Scan(&id, &g.Role, &g.Seat, &g.Scope, &g.Source, &g.By, &g.At); err != nil {
				return fmt.Errorf("reading rights: %w", err)
			}
			g.At = g.At.UTC()
			of(id).Granted = append(of(id).Granted, g)
		}
		return rows.Err()
	})
	b.Queue(`
		select person_id, no, to_id, seat, coalesce(project_id, 0), starts, ends, reason, at, ended_at
		  from delegation order by person_id, no`).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var id review.PersonID
			var d review.Delegation
			var ended *time.Time
			if err := rows.Scan(&id, &d.No, &d.To, &d.Seat, &d.Scope, &d.Starts, &d.Ends, &d.Reason, &d.At, &ended); err != nil {
				return fmt.Errorf("reading delegations: %w", err)
			}
			d.Starts, d.Ends, d.At, d.EndedAt = d.Starts.UTC(), d.Ends.UTC(), d.At.UTC(), deref(ended)
			of(id).Delegated = append(of(id).Delegated, d)
		}
		return rows.Err()
	})
	if err := send(ctx, tx, b); err != nil {
		return nil, batchError("reading everybody's rights", err)
	}
	return kept, nil
}

// StrayHeads lists the heads of checkpoints that the trail does not have as
// they were signed, at most a hundred.
func (s *Store) StrayHeads(ctx context.Context) ([]Problem, error) {
	rows, err := s.pool.Query(ctx, `
		select h.no, h.stream_id, h.seq
		  from checkpoint_head h left join trail t on t.stream_id = h.stream_id and t.seq = h.seq
		 where t.hash is distinct from h.hash order by h.no, h.stream_id limit 100`)
	if err != nil {
		return nil, batchError("holding checkpoints against the trail", err)
	}
	defer rows.Close()
	var out []Problem
	for rows.Next() {
		var no, stream, seq int64
		if err := rows.Scan(&no, &stream, &seq); err != nil {
			return nil, fmt.Errorf("holding checkpoints against the trail: %w", err)
		}
		out = append(out, Problem{fmt.Sprintf("Checkpoint %d", no), fmt.Sprintf("saw stream %d at entry %d with another hash than the trail has there", stream, seq)})
	}
	return out, rows.Err()
}
