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
	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// verifyProject holds a project's tables against the replay of its entries.
func (s *Store) verifyProject(ctx context.Context, tx source, v *Verified) error {
	var rows reviewRows
	var now time.Time
	p := parts{rounds: true, all: true}
	b := &pgx.Batch{}
	b.Queue(`select clock_timestamp()`).QueryRow(func(row pgx.Row) error { return row.Scan(&now) })
	queueReview(b, v.Stream, p, &rows)
	if err := send(ctx, tx, b); err != nil {
		return batchError("reading a project to verify", err)
	}
	now = now.In(s.zone)
	l, err := s.build(ctx, tx, &rows, p, 0)
	if err != nil {
		v.wrong("cannot be put together from its rows: %s", err)
		return nil
	}
	if err := s.documents(ctx, tx, v); err != nil {
		return err
	}
	replayed, err := v.replay(len(v.Entries))
	if err != nil {
		v.wrong("cannot be replayed: %s", err)
		return nil
	}
	replayed.Away = l.review.Away // that, too, is the directory's business
	v.rollups(l, replayed, &rows, now)
	l.review.Settle(now)
	replayed.Settle(now)
	if err := v.queue(ctx, tx, replayed, l.review.Holders); err != nil {
		return err
	}
	for _, d := range review.Differences(l.review, replayed) {
		v.wrong("differs between the tables and the trail: %s", d)
	}
	return errors.Join(
		v.waiting(ctx, tx, replayed), v.retraction(ctx, tx, replayed), v.wishes(ctx, tx, replayed), v.wideRow(ctx, tx, replayed, l.rollups, now), v.comments(ctx, tx, replayed.No, v.Entries),
		v.alarms(ctx, tx, replayed), v.words(ctx, tx), v.people(ctx, tx, replayed),
		v.recordComments(ctx, tx, len(l.review.Records)+len(replayed.Records)),
		s.earlierReviews(ctx, tx, v, l.review),
	)
}

// waiting checks which of the waivers that wait for a decision lists leave out.
func (v *Verified) waiting(ctx context.Context, tx source, r *review.Review) error {
	if v.Stale {
		return nil
	}
	rows, err := tx.Query(ctx, `
		select stage, no, item, applies from waiver
		 where project_id = $1 and review_no = $2 and granted_at is null and denied_at is null`, int64(v.Stream), r.No)
	if err != nil {
		return batchError("reading the waivers that wait", err)
	}
	defer rows.Close()
	for rows.Next() {
		var stage plan.StageKey
		var item plan.ItemKey
		var no int
		var applies bool
		if err := rows.Scan(&stage, &no, &item, &applies); err != nil {
			return fmt.Errorf("reading the waivers that wait: %w", err)
		}
		s := r.Stage(stage)
		if s == nil || s.Item(item) == nil {
			if applies {
				v.wrong("lists waiver %d of stage %s although its item is not asked", no, stage)
			}
			continue
		}
		if applies != (s.Item(item).Level != plan.LevelNone) {
			v.wrong("lists waiver %d of stage %s as if its item applied, or the other way round", no, stage)
		}
	}
	return rows.Err()
}

// documents reads what the project's plan was made of at one time or another,
// and checks that each is what its digest says.
func (s *Store) documents(ctx context.Context, tx source, v *Verified) error {
	v.named = map[plan.Ref]plan.Document{}
	for _, ref := range review.DocumentsIn(v.Entries) {
		d, err := s.documentOn(ctx, tx, ref)
		if errors.Is(err, pgx.ErrNoRows) {
			v.wrong("follows %s version %d, which is not published with this content", ref.Key, ref.Version)
			v.Documents, v.named = nil, nil
			return nil
		}
		if err != nil {
			return err
		}
		got, err := d.Ref()
		if err != nil {
			return err
		}
		if got != ref {
			v.wrong("follows a template that was changed after it was published: %s version %d", ref.Key, ref.Version)
		}
		v.Documents, v.named[ref] = append(v.Documents, d), d
	}
	return nil
}

// replay rebuilds the review from the first n entries.
func (v *Verified) replay(n int) (*review.Review, error) {
	return review.Replay(v.Stream, v.Entries[:n], v.plans)
}

// plans composes plans of the documents that the entries name.
func (v *Verified) plans(o plan.Origin) (*plan.Plan, error) {
	return plan.ComposeFrom(o, func(ref plan.Ref) (plan.Document, error) {
		d, known := v.named[ref]
		if !known {
			return plan.Document{}, fmt.Errorf("%s version %d is not known", ref.Key, ref.Version)
		}
		return d, nil
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
func (v *Verified) wideRow(ctx context.Context, tx source, r *review.Review, stored []review.StageRollup, now time.Time) error {
	p := &r.Project
	var got review.Project
	var owner, deputy, blocked review.PersonID
	var target, due, since *time.Time
	var live review.Live
	var waited []string
	var search, exposure string
	var stages, tags []string
	var unowned bool
	err := tx.QueryRow(ctx, `
		select key, name, team, tier, status, restricted, target, owner_id, live, review_due,
		       coalesce(deputy_id, 0), coalesce(search, ''), waited, coalesce(blocked_by, 0), blocked_since, unowned, exposure, tags,
		       array(select review_no || ' ' || place || ' ' || stage || ' ' || array_to_string(seats, ' ')
		               from stage where project_id = $1 order by review_no, place)
		  from portfolio where project_id = $1`, int64(v.Stream)).
		Scan((*string)(&got.Key), &got.Name, &got.Team, &got.Tier, (*string)(&got.Status), &got.Restricted, &target, (*int64)(&owner), (*string)(&live), &due,
			(*int64)(&deputy), &search, &waited, (*int64)(&blocked), &since, &unowned, &exposure, &tags, &stages)
	if err != nil {
		return batchError("reading a project's row of the portfolio", err)
	}
	if want := stageRows(r); !slices.Equal(stages, want) {
		v.wrong("has the stages and seats %q in lists, where %q is right", stages, want)
	}
	if wantLive, wantDue := r.Live(now); !v.Stale && (live != wantLive || !deref(due).Equal(wantDue)) {
		v.wrong(
			"is shown as %q, due %s, where %q, due %s is right", live.Label(), review.FormatDate(deref(due)), wantLive.Label(),
			review.FormatDate(wantDue),
		)
	}
	got.Target = deref(target)
	if got.Key != p.Key || got.Name != p.Name || got.Team != p.Team || got.Tier != p.Tier || got.Status != p.Status ||
		got.Restricted != p.Restricted || !got.Target.Equal(p.Target) || owner != p.Holder(review.DutyOwner) {
		v.wrong("has a wrong row in the portfolio")
	}
	if exposure != string(p.Exposure) {
		v.wrong("is shown with the exposure %s, where %s is right", exposure, p.Exposure)
	}
	if !slices.Equal(tags, p.Tags) {
		v.wrong("is shown with the tags %q, where %q is right", tags, p.Tags)
	}
	if v.Stale { // the sweep will write who is waited for, and after an upgrade the rest
		return nil
	}
	if deputy != p.Holder(review.DutyDeputy) || search != fold.Text(p.Name) {
		v.wrong("has a wrong deputy or a wrong name to search by in the portfolio")
	}
	if unowned != (len(r.Unowned(stored)) > 0) {
		v.wrong("is shown with stages without an owner: %t, which is wrong", unowned)
	}
	// What the tables make of who is waited for in each stage was checked above.
	w := (&loaded{review: r, rollups: stored}).arrays()
	if !slices.Equal(waited, w.waited) || blocked != w.blockedBy || !deref(since).Equal(w.blockedSince) {
		v.wrong("is shown as waiting for %v since %s, where %v since %s is right", waited, deref(since), w.waited, w.blockedSince)
	}
	return nil
}

// stageRows are what [writeStages] keeps of a review, a line each.
func stageRows(r *review.Review) []string {
	rows := make([]string, len(r.Stages))
	for i := range r.Stages {
		def := r.Stages[i].Def
		seats := strings.Join(texts(def.Gate.Policy(r.Project.Tier, r.Project.Profile).Seats), " ")
		rows[i] = fmt.Sprint(r.No, " ", i, " ", def.Key, " ", seats)
	}
	return rows
}

// comments checks the discussions of a review, which carry over to the next.
func (v *Verified) comments(ctx context.Context, tx source, no int, entries []review.Entry) error {
	type comment struct {
		Stage  plan.StageKey
		Item   plan.ItemKey
		No     int
		Person review.PersonID
		At     time.Time
		Text   string
		Named  string // those whom it mentions
	}
	rows, err := tx.Query(ctx, `
		select stage, item, no, person_id as person, at, text, array_to_string(mentions, ' ') as named from comment
		 where project_id = $1 and review_no = $2`, int64(v.Stream), no)
	if err != nil {
		return batchError("reading comments", err)
	}
	kept, err := pgx.CollectRows(rows, pgx.RowToStructByName[comment])
	if err != nil {
		return batchError("reading comments", err)
	}
	missing := map[comment]bool{}
	moves, err := v.movesIn(entries)
	if err != nil {
		return err
	}
	for i, en := range entries {
		for _, m := range moves[i] { // comments go with their item
			for c := range missing {
				if c.Stage == m.From.Stage && c.Item == m.From.Item {
					delete(missing, c)
					c.Stage, c.Item = "~"+m.To.Stage, m.To.Item
					missing[c] = true
				}
			}
		}
		for c := range missing {
			if moved := strings.TrimPrefix(string(c.Stage), "~"); moved != string(c.Stage) {
				delete(missing, c)
				c.Stage = plan.StageKey(moved)
				missing[c] = true
			}
		}
		if e, ok := en.Event.(review.CommentAdded); ok {
			named := strings.Trim(fmt.Sprint(e.Mentions), "[]")
			missing[comment{e.Stage, e.Item, e.No, en.Actor, en.At, e.Text, named}] = true
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

// movesIn are the items that each of the entries moved with a change of the plan.
func (v *Verified) movesIn(entries []review.Entry) (map[int][]review.Move, error) {
	if !slices.ContainsFunc(entries, func(en review.Entry) bool {
		_, up := en.Event.(review.PlanUpgraded)
		return up
	}) {
		return nil, nil
	}
	moves, i := map[int][]review.Move{}, 0
	_, err := review.ReplayEach(v.Stream, entries, v.plans, func(en review.Entry, r *review.Review) {
		switch en.Event.(type) {
		case review.PlanUpgraded, review.UpgradeUndone:
			moves[i] = r.Moves.Items
		}
		i++
	})
	return moves, err
}
