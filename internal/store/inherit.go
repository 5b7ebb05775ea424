package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// offeringsBatch is the most projects whose offers one call of FollowOffers looks at.
const offeringsBatch = 50

// FollowOffers has projects follow those from which they took answers over, as far
// as these changed, and returns how many it changed. Several servers may do it at
// once: a change that another made is not made again. A project that somebody works
// on, or that fails, is left for the next time, and keeps no other from following.
func (s *Store) FollowOffers(ctx context.Context) (int, error) {
	rows, err := s.pool.Query(ctx, `
		select o.project_id, h.seq, o.asked
		  from offering o
		  join stream h on h.id = o.project_id
		 where h.seq > o.seen or o.asked > o.answered
		 order by o.project_id
		 limit $1`, offeringsBatch)
	if err != nil {
		return 0, fmt.Errorf("looking for offers that changed: %w", err)
	}
	type changed struct {
		id         review.ProjectID
		seq, asked int64
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c changed, err error) {
		err = row.Scan((*int64)(&c.id), &c.seq, &c.asked)
		return c, err
	})
	if err != nil {
		return 0, fmt.Errorf("looking for offers that changed: %w", err)
	}
	done := 0
	var failed []error
	for _, c := range all {
		n, left, err := s.followFrom(ctx, c.id)
		done += n
		switch {
		case err != nil:
			failed = append(failed, fmt.Errorf("following what project %d offers: %w", c.id, err))
		case left == 0:
			// What was read is of this entry or a later one.
			if _, err := s.pool.Exec(ctx, `
				update offering set seen = greatest(seen, $2), answered = greatest(answered, $3) where project_id = $1`, int64(c.id), c.seq, c.asked); err != nil {
				failed = append(failed, fmt.Errorf("noting what was followed: %w", err))
			}
		}
	}
	return done, errors.Join(failed...)
}

// followFrom has all projects follow that took something over from one; left are
// those that somebody else works on now.
func (s *Store) followFrom(ctx context.Context, from review.ProjectID) (done, left int, err error) {
	o, err := s.offering(ctx, from)
	if err != nil {
		return 0, 0, err
	}
	ids, err := s.behindOffers(ctx, o)
	if err != nil {
		return 0, 0, err
	}
	var failed []error
	for _, id := range ids {
		changed, free, err := s.follow(ctx, id, o)
		switch {
		case err != nil:
			failed = append(failed, fmt.Errorf("project %d: %w", id, err))
		case !free:
			left++
		case changed:
			done++
		}
	}
	return done, left, errors.Join(failed...)
}

// behindOffers are the projects that took over something else than what is offered
// now. Most changes of a project are none of what it offers, and lock nobody.
func (s *Store) behindOffers(ctx context.Context, o *review.Offering) ([]review.ProjectID, error) {
	rows, err := s.pool.Query(ctx, `
		select i.project_id, i.inherited
		  from item i
		  join portfolio f on f.project_id = i.project_id and f.review_no = i.review_no
		 where i.inherited is not null and (i.inherited ->> 'from')::bigint = $1
		 order by i.project_id`, int64(o.From))
	if err != nil {
		return nil, fmt.Errorf("looking for those who follow: %w", err)
	}
	var behind []review.ProjectID
	var id review.ProjectID
	var in review.Inherited
	_, err = pgx.ForEachRow(rows, []any{(*int64)(&id), &in}, func() error {
		if (len(behind) == 0 || behind[len(behind)-1] != id) && in.Behind(o) {
			behind = append(behind, id)
		}
		in = review.Inherited{}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for those who follow: %w", err)
	}
	return behind, nil
}

// offering reads what a project offers now.
func (s *Store) offering(ctx context.Context, id review.ProjectID) (*review.Offering, error) {
	var rows reviewRows
	b := &pgx.Batch{}
	b.Queue(snapshotSQL)
	queueReview(b, id, parts{}, &rows)
	b.Queue(`commit`)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading what a project offers", err)
	}
	l, err := s.build(ctx, s.pool, &rows, parts{}, 0)
	if errors.Is(err, review.ErrNotFound) { // nothing removes projects, but nothing here depends on that
		return &review.Offering{From: id, Stopped: true}, nil
	}
	if err != nil {
		return nil, err
	}
	o := l.review.Offers()
	return &o, nil
}

// lockFreeSQL is [lockSQL] for a project that nobody works on; of another one it
// gives no row.
const lockFreeSQL = `select hash, pg_current_xact_id()::xid, pg_advisory_xact_lock_shared($2) from (select hash from stream where id = $1 for update skip locked) free`

// follow brings one project up to what another offers, under the same locks as a
// change that somebody makes.
func (s *Store) follow(ctx context.Context, id review.ProjectID, o *review.Offering) (changed, free bool, err error) {
	err = s.transact(ctx, func(tx *transaction) error {
		var rows reviewRows
		var head streamHead
		v := &Viewer{Actor: review.Actor{Person: review.System}}
		p := parts{rounds: true, all: true}
		b := &pgx.Batch{}
		b.Queue(lockFreeSQL, int64(id), rightsLock).Query(head.scan)
		b.Queue(`select clock_timestamp()`).QueryRow(func(row pgx.Row) error { return row.Scan(&v.Now) })
		queueReview(b, id, p, &rows)
		if err := tx.begin(ctx, b); err != nil {
			return batchError("reading a project that follows another", err)
		}
		if free = head.tx != 0; !free {
			return nil
		}
		l, err := s.build(ctx, tx.conn, &rows, p, 0)
		if err != nil {
			return err
		}
		l.writing, v.Now = head.tx, v.Now.In(s.zone)
		if err := l.review.FollowOffers(o, v.Now); err != nil {
			return err
		}
		out, err := s.commitChange(ctx, tx, By{}, l, v, false)
		if err != nil {
			return err
		}
		changed = len(out.Events) > 0
		return nil
	})
	return changed, free, err
}

// SharedView is a project with what it shares with others.
type SharedView struct {
	ProjectView
	Offers    []OfferFound // of other projects, for items of this one, by the name of the project
	Followers []Follower   // projects that take over what this one offers, by name
	Followed  int          // how many there are that the person may see
}

// OfferFound is an answer that another project offers for an item of this one.
type OfferFound struct {
	Project review.ProjectKey
	Name    string // of the project
	Item    plan.ItemKey
	Offer   review.Offer
	Links   []review.OfferedLink // its evidence, without the addresses
}

// Follower is a project that takes over answers of another.
type Follower struct {
	Project review.ProjectKey
	Name    string
	Answers int
}

// How much of each is listed.
const (
	OffersShown    = 500
	FollowersShown = 50
)

// Shared reads a project with what it takes over, could take over, and offers.
func (s *Store) Shared(ctx context.Context, by By, key review.ProjectKey) (*SharedView, error) {
	id, err := s.enter(ctx, by, key)
	if err != nil {
		return nil, err
	}
	out := &SharedView{}
	view, err := s.projectWith(ctx, by, key, parts{rounds: true}, func(b *pgx.Batch) {
		s.queueFollowers(b, by, id, &out.Followers, &out.Followed)
	})
	if err != nil {
		return nil, err
	}
	out.ProjectView = *view
	var asked []string
	for i := range view.Review.Stages {
		for j := range view.Review.Stages[i].Items {
			if it := &view.Review.Stages[i].Items[j]; it.Level != plan.LevelNone && it.Offer == nil {
				asked = append(asked, string(it.Def.Key))
			}
		}
	}
	b := &pgx.Batch{}
	s.queueOffers(b, by, id, asked, OffersShown, &out.Offers)
	return out, batchError("reading what other projects offer", send(ctx, s.pool, b))
}

// offeredEvidenceSQL are the links e of an item i.
const offeredEvidenceSQL = `e.project_id = i.project_id and e.review_no = i.review_no and e.stage = i.stage and e.item = i.item and e.removed_at is null`

// queueOffers asks what other projects offer for items, among those that the person
// may see.
func (s *Store) queueOffers(b *pgx.Batch, by By, id review.ProjectID, items []string, limit int, into *[]OfferFound) {
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+`, i.item, i.offer,
		       array(select e.kind from evidence e where `+offeredEvidenceSQL+` order by e.no),
		       array(select coalesce(to_char(e.expires, 'YYYY-MM-DD'), '') from evidence e where `+offeredEvidenceSQL+` order by e.no)
		  from me, item i
		  join portfolio f on f.project_id = i.project_id and f.review_no = i.review_no
		 where i.item = any($5) and i.offer is not null and i.state = 'met' and i.project_id <> $4 and f.status <> 'stopped' and `+visibleSQL+`
		 order by lower(f.name), f.project_id, i.item
		 limit $6`, by.token[:], by.person, s.idle, int64(id), items, limit).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var o OfferFound
			var kinds, expire []string
			if err := rows.Scan((*string)(&o.Project), &o.Name, (*string)(&o.Item), &o.Offer, &kinds, &expire); err != nil {
				return fmt.Errorf("reading what other projects offer: %w", err)
			}
			for i := range kinds {
				o.Links = append(o.Links, review.OfferedLink{Type: plan.EvidenceKind(kinds[i]), Expires: expire[i]})
			}
			*into = append(*into, o)
		}
		return rows.Err()
	})
}

// queueFollowers asks who takes over what a project offers.
func (s *Store) queueFollowers(b *pgx.Batch, by By, id review.ProjectID, into *[]Follower, all *int) {
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+`, n.answers, count(*) over ()
		  from me, (select project_id, review_no, count(*) as answers from item
		             where inherited is not null and (inherited ->> 'from')::bigint = $4
		             group by project_id, review_no) n
		  join portfolio f on f.project_id = n.project_id and f.review_no = n.review_no
		 where `+visibleSQL+`
		 order by lower(f.name), f.project_id
		 limit $5`, by.token[:], by.person, s.idle, int64(id), FollowersShown).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var f Follower
			if err := rows.Scan((*string)(&f.Project), &f.Name, &f.Answers, all); err != nil {
				return fmt.Errorf("reading who takes answers over: %w", err)
			}
			*into = append(*into, f)
		}
		return rows.Err()
	})
}

// Offering reads what another project offers now, for whoever may see it.
func (s *Store) Offering(ctx context.Context, by By, key review.ProjectKey) (*review.Offering, error) {
	v, err := s.project(ctx, by, key, parts{})
	if err != nil {
		return nil, err
	}
	o := v.Review.Offers()
	return &o, nil
}
