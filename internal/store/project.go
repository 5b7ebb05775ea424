package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// ProjectView is a project as a page shows it: the review with the stages that
// were asked for, and who is looking.
type ProjectView struct {
	Viewer
	Review  *review.Review
	Rollups []review.StageRollup // one a stage, also of stages that were not loaded
	Forced  []review.Forced      // gates of all stages that were passed by break-glass and wait for review
	Nobody  []review.Blocker     // of the loaded stages: what nobody can do; filled by the gate, the overview and the record of the present
	Seq     int64                // the project's version
	Stamp   Stamp
	Names   Names         // of everybody mentioned
	Others  review.Others // that records are about
}

// Project reads a project with all its stages.
func (s *Store) Project(ctx context.Context, by By, key review.ProjectKey) (*ProjectView, error) {
	return s.project(ctx, by, key, parts{rounds: true})
}

// Checklist reads a project with the items and evidence of one stage. The
// rounds are left out, unless the stage was returned: of other gates only the
// state is known.
func (s *Store) Checklist(ctx context.Context, by By, key review.ProjectKey, stage plan.StageKey) (*ProjectView, error) {
	v, err := s.project(ctx, by, key, parts{stage: stage})
	if err != nil {
		return nil, err
	}
	if st := v.Review.Stage(stage); st != nil && st.Gate == review.GateReturned {
		return s.project(ctx, by, key, parts{stage: stage, rounds: true}) // seldom: how many findings still wait for an answer
	}
	return v, nil
}

func (s *Store) project(ctx context.Context, by By, key review.ProjectKey, p parts) (*ProjectView, error) {
	return s.projectWith(ctx, by, key, p, func(*pgx.Batch) {})
}

// snapshotSQL begins a batch whose statements all see one moment.
const snapshotSQL = `begin isolation level repeatable read, read only`

// projectWith reads a project and whatever else the page asks for, in one
// round trip.
func (s *Store) projectWith(ctx context.Context, by By, key review.ProjectKey, p parts, more func(*pgx.Batch)) (*ProjectView, error) {
	id, err := s.enter(ctx, by, key)
	if err != nil {
		return nil, err
	}
	var v Viewer
	var rows reviewRows
	b := &pgx.Batch{}
	// One snapshot for all statements: a page of two moments would show a gate
	// as it never was.
	b.Queue(snapshotSQL)
	complete := s.queueKnownViewer(b, by, &v)
	queueReview(b, id, p, &rows)
	more(b)
	b.Queue(`commit`)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, s.places.doubt(key, batchError("reading a project", err))
	}
	if !complete() {
		rows.release()
		return s.projectWith(ctx, by, key, p, more) // all anew, since a page is of one moment
	}
	s.noteUse(ctx, by, &v)
	l, err := s.build(ctx, s.pool, &rows, p, v.rights)
	if err != nil {
		return nil, err
	}
	if p.stage != "" && p.rounds && len(l.review.Plan.Policies) > 0 { // a gate rests on the stages before it
		p.stage = ""
		return s.projectWith(ctx, by, key, p, more)
	}
	if err := review.May(v.Actor, review.ViewProject, &l.review.Project); err != nil {
		return nil, err
	}
	forced, err := s.forced(ctx, l, p)
	if err != nil {
		return nil, err
	}
	people := peopleOf(l.review)
	for i := range forced {
		people[forced[i].By] = struct{}{}
	}
	names, err := s.resolve(ctx, people)
	if err != nil {
		return nil, err
	}
	others, err := s.others(ctx, by, l.review)
	if err != nil {
		return nil, err
	}
	return &ProjectView{
		Others: others, Viewer: v, Review: l.review, Rollups: l.rollups, Forced: forced, Seq: l.seq, Stamp: Stamp{rows.written, v.rights}, Names: names,
	}, nil
}

// noteUse keeps a session from ending as unused, once a minute. A failure only
// ends the session sooner.
func (s *Store) noteUse(ctx context.Context, by By, v *Viewer) {
	if !v.stale {
		return
	}
	_, _ = s.pool.Exec(ctx, `update session set seen_at = clock_timestamp() where token_hash = $1`, by.token[:])
}

// peopleOf collects everybody whom a page about the review may name.
func peopleOf(r *review.Review) map[review.PersonID]struct{} {
	ids := map[review.PersonID]struct{}{}
	var last review.PersonID // the same people are named again and again
	add := func(ps ...review.PersonID) {
		for _, p := range ps {
			if p != 0 && p != last {
				ids[p] = struct{}{}
				last = p
			}
		}
	}
	for _, m := range r.Project.Members {
		add(m.Person)
	}
	for _, sp := range r.Project.StagePlans {
		add(sp.Owner, sp.Deputy)
	}
	for i := range r.Project.Responsibilities {
		add(r.Project.Responsibilities[i].Person)
	}
	add(r.Project.Answers.Confirmed)
	if a := r.Project.Retraction; a != nil {
		add(a.By)
	}
	for i := range r.Records {
		rec := &r.Records[i]
		add(rec.Owner, rec.By, rec.MovedBy)
	}
	for i := range r.Stages {
		s := &r.Stages[i]
		for j := range s.Items {
			it := &s.Items[j]
			add(it.Answer.By, it.Answer.ApprovedBy, it.Assignee)
		}
		for j := range s.Evidence {
			add(s.Evidence[j].By, s.Evidence[j].RemovedBy)
		}
		for j := range s.Rounds {
			add(s.Rounds[j].RequestedBy, s.Rounds[j].ClosedBy, s.Rounds[j].ReviewedBy, s.Rounds[j].ReviewedFor, s.Rounds[j].Reopened.By, s.Rounds[j].Reopened.Authorised)
			for _, so := range s.Rounds[j].SignOffs {
				add(so.Person, so.For)
			}
		}
		for _, f := range s.Findings {
			add(f.By, f.AnsweredBy, f.AcceptedBy, f.AcceptedFor)
		}
		for j := range s.Waivers {
			w := &s.Waivers[j]
			add(w.RequestedBy, w.GrantedBy, w.GrantedFor, w.DeniedBy, w.DeniedFor, w.RevokedBy, w.RevokedFor)
		}
		for j := range s.Conditions {
			c := &s.Conditions[j]
			add(c.Former...)
			add(c.Owner, c.By, c.MetBy, c.ConfirmedBy, c.ConfirmedFor, c.DroppedBy, c.DroppedFor)
		}
	}
	return ids
}

// CommentView is one contribution to an item's discussion.
type CommentView struct {
	No       int
	Person   review.PersonID
	At       time.Time
	Text     string
	Mentions []review.PersonID
}

// ItemView is one item with its discussion and what happened to it.
type ItemView struct {
	ProjectView
	Item     *review.Item
	Comments []CommentView  // oldest first
	Entries  []review.Entry // newest first
	Offers   []OfferFound   // of other projects, for this item
}

// How much of an item's past its page shows: the newest so many.
const (
	itemComments = 200
	itemEntries  = 50
	itemOffers   = 10
)

// Item reads one item of a project.
func (s *Store) Item(ctx context.Context, by By, key review.ProjectKey, stage plan.StageKey, item plan.ItemKey) (*ItemView, error) {
	id, err := s.enter(ctx, by, key)
	if err != nil {
		return nil, err
	}
	out := &ItemView{}
	view, err := s.projectWith(ctx, by, key, parts{stage: stage, rounds: true}, func(b *pgx.Batch) {
		b.Queue(`
			select no, person_id as person, at, text, mentions from (
			    select c.no, c.person_id, c.at, c.text, c.mentions
			      from comment c
			      join portfolio f on f.project_id = c.project_id and f.review_no = c.review_no
			     where f.project_id = (select id from project where key = $1) and c.stage = $2 and c.item = $3
			     order by c.no desc limit $4
			) newest order by no`, string(key), string(stage), string(item), itemComments).Query(func(rows pgx.Rows) (err error) {
			out.Comments, err = pgx.CollectRows(rows, pgx.RowToStructByName[CommentView])
			return err
		})
		b.Queue(`
			select t.seq, t.at, t.actor_id, t.kind, t.body
			  from trail t
			 where t.stream_id = (select id from project where key = $1) and t.stage = $2 and t.item = $3
			 order by t.seq desc limit $4`, string(key), string(stage), string(item), itemEntries).Query(func(rows pgx.Rows) (err error) {
			out.Entries, err = collectEntries(rows)
			return err
		})
		s.queueOffers(b, by, id, []string{string(item)}, itemOffers, &out.Offers)
	})
	if err != nil {
		return nil, err
	}
	out.ProjectView = *view
	if st := view.Review.Stage(stage); st != nil {
		out.Item = st.Item(item)
	}
	if out.Item == nil {
		return nil, review.ErrNotFound
	}
	return out, s.nameMore(ctx, out.Names, out.Comments, out.Entries)
}

// nameMore adds the people of comments and entries.
func (s *Store) nameMore(ctx context.Context, names Names, comments []CommentView, entries []review.Entry) error {
	ids := map[review.PersonID]struct{}{}
	for _, c := range comments {
		ids[c.Person] = struct{}{}
		for _, p := range c.Mentions {
			ids[p] = struct{}{}
		}
	}
	for _, e := range entries {
		ids[e.Actor] = struct{}{}
		for _, p := range e.Event.People() {
			ids[p] = struct{}{}
		}
	}
	for id := range names {
		delete(ids, id)
	}
	more, err := s.resolve(ctx, ids)
	if err != nil {
		return err
	}
	for id, name := range more {
		names[id] = name
	}
	return nil
}

func collectEntries(rows pgx.Rows) ([]review.Entry, error) {
	defer rows.Close()
	var out []review.Entry
	for rows.Next() {
		var en review.Entry
		var kind string
		var body []byte
		if err := rows.Scan(&en.Seq, &en.At, &en.Actor, &kind, &body); err != nil {
			return nil, fmt.Errorf("reading the trail: %w", err)
		}
		ev, err := review.DecodeEvent(kind, body)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", en.Seq, err)
		}
		en.At, en.Event = en.At.UTC(), ev
		out = append(out, en)
	}
	return out, rows.Err()
}
