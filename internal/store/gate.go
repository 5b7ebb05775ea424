package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// SeatHolders are people in a seat of a project: the first few by name,
// and how many there are in all.
type SeatHolders struct {
	People []review.PersonID
	For    []review.PersonID // for each of them whose stand-in they are; 0: they hold it themselves
	Total  int
}

// HoldersShown is how many holders of a seat the gate names.
const HoldersShown = 5

// ChangesShown is how many changes of a gate's content the gate lists.
const ChangesShown = 100

// GateView is a gate with all that a signer needs to decide.
type GateView struct {
	ProjectView
	Stage   *review.Stage
	Holders map[plan.Seat]SeatHolders // who holds each seat
	Able    map[plan.Seat]SeatHolders // whose signature would help or, between rounds, could once sign-off is requested
	Reviews []time.Time               // when each review started, the launch first
	Changes []review.Entry            // what changed in the signed content since the first request, newest first
}

// Gate reads a project with one stage and all its rounds.
func (s *Store) Gate(ctx context.Context, by By, key review.ProjectKey, stage plan.StageKey) (*GateView, error) {
	id, err := s.enter(ctx, by, key)
	if err != nil {
		return nil, err
	}
	out := &GateView{Holders: map[plan.Seat]SeatHolders{}}
	view, err := s.projectWith(ctx, by, key, parts{stage: stage, rounds: true, all: true}, func(b *pgx.Batch) {
		queueSeatHolders(b, id, out.Holders)
		queueReviews(b, id, &out.Reviews)
		b.Queue(`
			select t.seq, t.at, t.actor_id, t.kind, t.body
			  from trail t
			 where t.stream_id = $1
			   and (t.stage = $2 and t.kind = any($3) or t.kind in ('ProjectEdited', 'AnswersRetracted'))
			   and t.at > (select min(r.requested_at) from round r where r.project_id = $1 and r.stage = $2)
			 order by t.seq desc limit $4`, int64(id), string(stage), contentKinds(), ChangesShown).
			Query(func(rows pgx.Rows) (err error) {
				out.Changes, err = collectEntries(rows)
				return err
			})
	})
	if err != nil {
		return nil, err
	}
	out.ProjectView = *view
	out.Stage = view.Review.Stage(stage)
	if out.Stage == nil {
		return nil, review.ErrNotFound
	}
	seats, managers := view.Review.AskedSeats()
	if out.Stage.OpenRound() == nil && !out.Stage.Gate.Passed() {
		seats = append(seats, out.Stage.Def.Gate.Policy(view.Review.Project.Tier, view.Review.Project.Profile).Seats...)
	}
	among, err := s.inSeats(ctx, view.Review, seats, managers)
	if err != nil {
		return nil, err
	}
	out.Nobody = nobodyAmong(view.Review, among)
	return out, s.nameGate(ctx, out, seats, among)
}

// contentKinds are the events of a stage that change its digest.
func contentKinds() []string {
	events := []review.Event{review.ItemAnswered{}, review.NotApplicableApproved{}, review.EvidenceAdded{}, review.EvidenceRemoved{}, review.FindingAnswered{}, review.FindingReopened{},
		review.WaiverGranted{}, review.WaiverExtended{}, review.WaiverRevoked{}}
	kinds := make([]string, len(events))
	for i, e := range events {
		kinds[i] = e.Kind()
	}
	return kinds
}

func queueSeatHolders(b *pgx.Batch, id review.ProjectID, into map[plan.Seat]SeatHolders) {
	b.Queue(`
		select seat, person_id, for_id, total from (
		    select h.seat, h.person_id, h.for_id, count(*) over (partition by h.seat)::int as total,
		           row_number() over (partition by h.seat order by h.person_id = any(array(
		               select person_id from responsibility where project_id = $1 and person_id is not null and 'approves' = any(parts))) desc, lower(p.name), p.id) as no
		      from (select g.seat, g.person_id, case when bool_or(g.for_id is null) then 0 else min(g.for_id) end as for_id
		              from held g
		             where g.seat <> '' and (g.project_id is null or g.project_id = $1)
		             group by g.seat, g.person_id) h
		      join person p on p.id = h.person_id
		) numbered
		 where no <= $2
		 order by seat, no`, int64(id), HoldersShown).
		Query(func(rows pgx.Rows) error {
			defer rows.Close()
			clear(into) // a page may be read again, with more of the project
			for rows.Next() {
				var seat plan.Seat
				var person, holder review.PersonID
				var total int
				if err := rows.Scan(&seat, &person, &holder, &total); err != nil {
					return fmt.Errorf("reading who may sign: %w", err)
				}
				into[seat] = SeatHolders{append(into[seat].People, person), append(into[seat].For, holder), total}
			}
			return rows.Err()
		})
}

// nameGate names everybody on the page, and with the names at hand says who could
// sign in each seat, in their order.
func (s *Store) nameGate(ctx context.Context, g *GateView, seats []plan.Seat, among []review.Actor) error {
	var extra []CommentView
	for _, h := range g.Holders {
		for _, p := range slices.Concat(h.People, h.For) {
			if p != 0 {
				extra = append(extra, CommentView{Person: p})
			}
		}
	}
	for _, a := range among {
		extra = append(extra, CommentView{Person: a.Person})
	}
	if err := s.nameMore(ctx, g.Names, extra, g.Changes); err != nil {
		return err
	}
	approves := g.Review.Project.Approvers()
	first := func(p review.PersonID) int { // who is named to approve is asked before others
		if slices.Contains(approves, p) {
			return 0
		}
		return 1
	}
	slices.SortFunc(among, func(a, b review.Actor) int {
		return cmp.Or(
			first(a.Person)-first(b.Person), strings.Compare(strings.ToLower(g.Names.Of(a.Person)), strings.ToLower(g.Names.Of(b.Person))), cmp.Compare(a.Person, b.Person),
		)
	})
	g.Able = map[plan.Seat]SeatHolders{}
	for _, seat := range seats {
		var h SeatHolders
		for _, a := range among {
			held, can := g.Review.CouldSign(a, g.Stage, seat)
			if !can {
				continue
			}
			if h.Total++; h.Total <= HoldersShown {
				h.People, h.For = append(h.People, a.Person), append(h.For, held.For)
			}
		}
		g.Able[seat] = h
	}
	return nil
}
