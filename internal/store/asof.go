package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// AsOfView is a project as it was at a moment, rebuilt from its trail, for
// somebody who may see it now.
type AsOfView struct {
	ProjectView                // Review has all its stages loaded and settled at At
	At          time.Time      // the moment
	Head        review.Head    // of the trail then
	Entries     []review.Entry // up to then, oldest first
	Reviews     []time.Time    // when each review started, the launch first
	Moved       []review.Entry // one a stage: what brought its gate to where it stands; none when time alone did
}

// AsOf rebuilds a project as it was at a moment; the zero moment is now by the
// database's clock. Whether the person may see it is decided on the project
// and their rights as they are now, so what is restricted today is hidden in
// all of its past. [review.ErrNotFound] when there was no such project yet, an
// [review.Invalid] when the moment has not come.
func (s *Store) AsOf(ctx context.Context, by By, key review.ProjectKey, at time.Time) (*AsOfView, error) {
	past, err := s.readPast(ctx, by, key, "at", at)
	if err != nil {
		return nil, err
	}
	present := at.IsZero()
	if present {
		at = past.viewer.Now
	}
	out, err := s.rebuild(ctx, past, at)
	if err != nil {
		return nil, err
	}
	if present {
		if out.Nobody, err = s.nobodyCan(ctx, out.Review); err != nil {
			return nil, err
		}
	}
	if out.Others, err = s.others(ctx, by, out.Review); err != nil {
		return nil, err
	}
	if err := s.othersIn(ctx, by, out.Entries, out.Others); err != nil {
		return nil, err
	}
	out.Names, err = s.resolve(ctx, past.people(out.Review))
	return out, err
}

// AsRead rebuilds a project as it was at one of its versions, which pages name
// in their forms. [review.ErrNotFound] when it never had that version.
func (s *Store) AsRead(ctx context.Context, by By, key review.ProjectKey, seq int64) (*AsOfView, error) {
	past, err := s.readPast(ctx, by, key, "seen", time.Time{})
	if err != nil {
		return nil, err
	}
	if seq < 1 || seq > int64(len(past.entries)) {
		return nil, review.ErrNotFound
	}
	out, err := s.rebuild(ctx, past, past.entries[seq-1].At)
	if err != nil {
		return nil, err
	}
	out.Names, err = s.resolve(ctx, past.people(out.Review))
	return out, err
}

// CompareView is a project at two moments.
type CompareView struct {
	Viewer
	Project *review.Project // as it is now
	Names   Names
	Others  review.Others // that records are about
	Before  *AsOfView     // nil when no first moment was asked for
	After   *AsOfView
}

// Compare rebuilds a project as it was at two moments. A zero first moment
// compares nothing, a zero second one is now; a first one less than a day
// before the project was started means its start. An [review.Invalid] says
// which of them cannot be.
func (s *Store) Compare(ctx context.Context, by By, key review.ProjectKey, from, to time.Time) (*CompareView, error) {
	past, err := s.readPast(ctx, by, key, "to", to)
	if err != nil {
		return nil, err
	}
	if to.IsZero() {
		to = past.viewer.Now
	}
	if to.Before(past.project.Created) {
		return nil, notThen("to", "lies before the project was started; choose a later one")
	}
	out := &CompareView{Viewer: past.viewer, Project: &past.project}
	if out.After, err = s.rebuild(ctx, past, to); err != nil {
		return nil, err
	}
	if !from.IsZero() {
		if created := past.project.Created; from.Before(created) && from.AddDate(0, 0, 1).After(created) {
			from = created // the day on which it was started
		}
		if from.After(to) {
			return nil, notThen("from", "lies after the other moment; choose an earlier one")
		}
		if from.Before(past.project.Created) {
			return nil, notThen("from", "lies before the project was started; choose a later one")
		}
		if out.Before, err = s.rebuild(ctx, past, from); err != nil {
			return nil, err
		}
	}
	reviews := []*review.Review{out.After.Review}
	if out.Before != nil {
		reviews = append(reviews, out.Before.Review)
	}
	if out.Others, err = s.others(ctx, by, reviews...); err != nil {
		return nil, err
	}
	if out.Names, err = s.resolve(ctx, past.people(out.After.Review)); err != nil {
		return nil, err
	}
	return out, nil
}

func notThen(field, why string) error {
	return &review.Invalid{Fields: []review.FieldError{{Field: field, Message: why}}}
}

// past is a project's trail up to a moment, with what is needed to understand
// it.
type past struct {
	viewer    Viewer
	project   review.Project    // as it is now
	away      []review.PersonID // who cannot sign in now
	entries   []review.Entry
	hashes    []review.Hash
	directory []review.Entry // of the people who signed
}

// The trail up to a moment, null for all of it. It ends before the first entry
// that is younger, so that what is read has no gaps even if a clock once went
// backwards.
const (
	trailUpTo = `
		select t.seq, t.at, t.actor_id, t.kind, t.body, t.hash
		  from trail t
		 where t.stream_id = $1
		   and ($2::timestamptz is null or t.seq < coalesce((select min(y.seq) from trail y where y.stream_id = $1 and y.at > $2), 9223372036854775807))
		 order by t.seq`
	// The rights of those who signed anything in the project, or for whom.
	signersUpTo = `
		select t.seq, t.at, t.actor_id, t.kind, t.body
		  from trail t
		 where t.stream_id = $2 and ($3::timestamptz is null or t.at <= $3)
		   and t.item in (select person_id::text from sign_off where project_id = $1
		                  union select for_id::text from sign_off where project_id = $1 and for_id is not null)
		 order by t.seq`
)

// readPast reads who asks, the project as it is now and the trail up to a
// moment, in one round trip. field is what the person called the moment.
func (s *Store) readPast(ctx context.Context, by By, key review.ProjectKey, field string, at time.Time) (*past, error) {
	id, err := s.enter(ctx, by, key)
	if err != nil {
		return nil, err
	}
	p := &past{}
	var now reviewRows
	b := &pgx.Batch{}
	s.queueViewer(b, by, &p.viewer)
	b.Queue(projectSQL, int64(id)).Query(now.scanProject)
	b.Queue(trailUpTo, int64(id), nullable(at)).Query(p.scan)
	b.Queue(signersUpTo, int64(id), int64(review.Directory), nullable(at)).Query(func(rows pgx.Rows) (err error) {
		p.directory, err = collectEntries(rows)
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, s.places.doubt(key, batchError("reading a project's past", err))
	}
	s.noteUse(ctx, by, &p.viewer)
	if !now.found {
		return nil, review.ErrNotFound
	}
	s.places.note(&now.project)
	p.project = now.project
	if p.away, err = s.away.at(ctx, s.pool, p.viewer.rights); err != nil {
		return nil, err
	}
	if err := review.May(p.viewer.Actor, review.ViewProject, &p.project); err != nil {
		return nil, err
	}
	if at.After(p.viewer.Now) {
		return nil, notThen(field, "lies in the future; choose a moment that has been")
	}
	return p, nil
}

func (p *past) scan(rows pgx.Rows) error {
	defer rows.Close()
	for rows.Next() {
		var r review.Sealed
		var hash []byte
		if err := rows.Scan(&r.Seq, &r.At, &r.Actor, &r.Kind, &r.Body, &hash); err != nil {
			return fmt.Errorf("reading the trail: %w", err)
		}
		en, err := r.Entry()
		if err != nil {
			return fmt.Errorf("entry %d: %w", r.Seq, err)
		}
		p.entries, p.hashes = append(p.entries, en), append(p.hashes, review.Hash(hash))
	}
	return rows.Err()
}

// rebuild replays the trail up to a moment.
func (s *Store) rebuild(ctx context.Context, p *past, at time.Time) (*AsOfView, error) {
	n := 0
	for n < len(p.entries) && !p.entries[n].At.After(at) {
		n++
	}
	if n == 0 {
		return nil, review.ErrNotFound
	}
	at = at.In(s.zone)
	entries := p.entries[:n]
	out := &AsOfView{At: at, Entries: entries, Head: review.Head{Stream: p.project.ID, Seq: entries[n-1].Seq, Hash: p.hashes[n-1]}}
	r, err := review.ReplayEach(p.project.ID, entries, s.plansOn(ctx, s.pool), out.follow())
	if err != nil {
		return nil, err
	}
	if r.Holders, err = p.holders(r, at); err != nil {
		return nil, err
	}
	if !at.Before(p.viewer.Now) {
		r.Away = p.away // of the past nobody asks whom to wait for
	}
	r.Settle(at)
	out.ProjectView = ProjectView{Viewer: p.viewer, Review: r, Seq: entries[n-1].Seq}
	for i := range r.Stages {
		out.Rollups = append(out.Rollups, r.Rollup(&r.Stages[i], at))
		if g := out.Rollups[i].Gate; g == review.GateLapsed || g == review.GateOverdue {
			out.Moved[i] = review.Entry{} // nobody does that: a date went by
		}
	}
	for _, en := range entries {
		switch en.Event.(type) {
		case review.ProjectCreated, review.ReviewStarted:
			out.Reviews = append(out.Reviews, en.At)
		}
	}
	return out, nil
}

// follow notes, while a trail is replayed, with which entries gates move.
func (v *AsOfView) follow() func(review.Entry, *review.Review) {
	var gates []review.GateState
	return func(en review.Entry, r *review.Review) {
		if gates == nil {
			gates, v.Moved = make([]review.GateState, len(r.Stages)), make([]review.Entry, len(r.Stages))
		}
		for i := range r.Stages {
			if r.Stages[i].Gate != gates[i] {
				gates[i], v.Moved[i] = r.Stages[i].Gate, en
			}
		}
	}
}

// holders are the seats that those who signed in the review held at a moment:
// their own, or those of whom they stood in for.
func (p *past) holders(r *review.Review, at time.Time) (map[review.PersonID][]review.SeatHeld, error) {
	var then []review.Entry
	for _, en := range p.directory {
		if !en.At.After(at) {
			then = append(then, en)
		}
	}
	rights, err := review.ReplayDirectory(then)
	if err != nil {
		return nil, fmt.Errorf("replaying the directory: %w", err)
	}
	out := map[review.PersonID][]review.SeatHeld{}
	for i := range r.Stages {
		for _, round := range r.Stages[i].Rounds {
			for _, so := range round.SignOffs {
				holder := so.For
				if holder == 0 {
					holder = so.Person
				}
				if since := heldSince(rights[holder], so.Seat, r.Project.ID); !since.IsZero() {
					held := review.SeatHeld{Seat: so.Seat, Scope: review.Scope(r.Project.ID), Since: since, For: so.For}
					out[so.Person] = append(out[so.Person], held)
				}
			}
		}
	}
	return out, nil
}

// heldSince is since when a person has held a seat in a project; zero when
// they do not.
func heldSince(e *review.Entitlements, seat plan.Seat, id review.ProjectID) time.Time {
	var since time.Time
	if e == nil {
		return since
	}
	for _, g := range e.Granted {
		if g.Seat == seat && (g.Scope == review.Everywhere || g.Scope == review.Scope(id)) && (since.IsZero() || g.At.Before(since)) {
			since = g.At
		}
	}
	return since
}

// people are all whom a page about the past may name.
func (p *past) people(r *review.Review) map[review.PersonID]struct{} {
	ids := peopleOf(r)
	for _, en := range p.entries {
		ids[en.Actor] = struct{}{}
		for _, m := range en.Event.People() {
			if m != 0 {
				ids[m] = struct{}{}
			}
		}
	}
	return ids
}

// GateAsOf is what the page of a gate shows of a moment.
func (v *AsOfView) GateAsOf(stage plan.StageKey) (*GateView, error) {
	out := &GateView{ProjectView: v.ProjectView, Stage: v.Review.Stage(stage), Holders: map[plan.Seat]SeatHolders{}, Reviews: v.Reviews}
	if out.Stage == nil {
		return nil, review.ErrNotFound
	}
	if len(out.Stage.Rounds) == 0 {
		return out, nil
	}
	first := out.Stage.Rounds[0].RequestedAt
	for i := len(v.Entries) - 1; i >= 0 && len(out.Changes) < ChangesShown; i-- {
		if en := &v.Entries[i]; en.At.After(first) && ofContent(en, stage) {
			out.Changes = append(out.Changes, *en)
		}
	}
	return out, nil
}

// ofContent reports whether an entry may have changed what the stage's gate
// signs.
func ofContent(en *review.Entry, stage plan.StageKey) bool {
	switch en.Event.(type) {
	case review.ProjectEdited, review.AnswersRetracted:
		return true
	}
	sk, _ := en.Event.Subject()
	return sk == stage && slices.Contains(contentKinds(), en.Event.Kind())
}

// ItemAsOf is what the page of an item shows of a moment.
func (v *AsOfView) ItemAsOf(stage plan.StageKey, item plan.ItemKey) (*ItemView, error) {
	out := &ItemView{ProjectView: v.ProjectView}
	if st := v.Review.Stage(stage); st != nil {
		out.Item = st.Item(item)
	}
	if out.Item == nil {
		return nil, review.ErrNotFound
	}
	out.Entries, out.Comments = v.past(func(e review.Event) bool {
		sk, ik := e.Subject()
		return sk == stage && ik == item
	})
	return out, nil
}

// past are the newest entries that are about something, and what was said of it:
// entries newest first, comments oldest first.
func (v *AsOfView) past(about func(review.Event) bool) (entries []review.Entry, said []CommentView) {
	for _, en := range slices.Backward(v.Entries) {
		if !about(en.Event) {
			continue
		}
		if len(entries) < itemEntries {
			entries = append(entries, en)
		}
		if c, ok := commentIn(en); ok && len(said) < itemComments {
			said = append(said, c)
		}
	}
	slices.Reverse(said)
	return entries, said
}

// commentIn is the comment that an entry adds, on whatever.
func commentIn(en review.Entry) (CommentView, bool) {
	c := CommentView{Person: en.Actor, At: en.At}
	switch e := en.Event.(type) {
	case review.CommentAdded:
		c.No, c.Text, c.Mentions = e.No, e.Text, e.Mentions
	case review.RecordDiscussed:
		c.No, c.Text, c.Mentions = e.Comment, e.Text, e.Mentions
	default:
		return c, false
	}
	return c, true
}

// Recent are the newest entries of the trail then, newest first.
func (v *AsOfView) Recent() []review.Entry {
	var out []review.Entry
	for i := len(v.Entries) - 1; i >= 0 && len(out) < RecentShown; i-- {
		out = append(out, v.Entries[i])
	}
	return out
}
