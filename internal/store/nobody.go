package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// nobodyCan lists what the loaded stages wait for although nobody can do it.
func (s *Store) nobodyCan(ctx context.Context, r *review.Review) ([]review.Blocker, error) {
	seats, managers := r.AskedSeats()
	among, err := s.inSeats(ctx, r, seats, managers)
	if err != nil {
		return nil, err
	}
	return nobodyAmong(r, among), nil
}

func nobodyAmong(r *review.Review, among []review.Actor) []review.Blocker {
	var out []review.Blocker
	for i := range r.Stages {
		out = append(out, r.NobodyCan(&r.Stages[i], among)...)
	}
	return out
}

// inSeats reads who holds one of these seats in a project or stands in there, and
// the managers where they are asked for, each with all their rights. It costs a
// statement only where an active project asks for somebody.
func (s *Store) inSeats(ctx context.Context, r *review.Review, seats []plan.Seat, managers bool) ([]review.Actor, error) {
	if len(seats) == 0 && !managers || r.Project.Status != review.StatusActive {
		return nil, nil
	}
	b := &pgx.Batch{}
	rights := map[review.PersonID]review.Actor{}
	b.Queue(rightsSQL+`
		 where person_id in (select g.person_id from held g
		                      where g.seat = any($1) and (g.project_id is null or g.project_id = $2) or g.role = 'manager' and $3)`,
		texts(seats), int64(r.Project.ID), managers).Query(collectRights(rights))
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading who can act", err)
	}
	return slices.Collect(maps.Values(rights)), nil
}

// Vacancy is something that a project waits for although nobody can do it.
type Vacancy struct {
	Project review.ProjectKey
	Name    string // of the project
	Stage   plan.StageKey
	Duty    review.BlockerKind // what nobody can do
	Seat    plan.Seat          // in which; empty: in none in particular
	No      int                // of the condition, the finding or the round
	Since   time.Time
	All     int // how many there are
}

// VacanciesShown is the most that my work lists.
const VacanciesShown = 200

// queueVacancies asks what nobody can do in the projects that the person owns
// or is the deputy of, and for an admin in all that they see, who can name somebody.
func (s *Store) queueVacancies(b *pgx.Batch, by By, out *[]Vacancy, all *int) {
	collect := func(rows pgx.Rows) (err error) {
		if *out, err = pgx.CollectRows(rows, pgx.RowToStructByName[Vacancy]); err != nil {
			return fmt.Errorf("reading what nobody can do: %w", err)
		}
		for i := range *out {
			(*out)[i].Since, *all = (*out)[i].Since.UTC(), (*out)[i].All
		}
		return nil
	}
	b.Queue(`with `+meSQL+`, own as materialized (
		    select array(select project_id from project_member where person_id = (select id from me) and duty in ('owner', 'deputy')) as ids
		), admin as materialized (
		    select exists (select from held g where g.person_id = (select id from me) and g.role = 'admin' and `+countsSQL+`) as admin
		), found as (
		    select v.* from own, vacant_of(own.ids) v where cardinality(own.ids) > 0
		     union
		    select v.* from vacant_anywhere() v where (select me.admin from admin me)
		     union
		    select f.project_id, f.review_no, '', 'leads', '', 0, greatest(coalesce(o.blocked_at, o.erased_at), d.blocked_at, d.erased_at)
		      from person o
		      join portfolio f on f.owner_id = o.id and f.status = 'active'
		      left join person d on d.id = f.deputy_id
		     where (o.blocked_at is not null or o.erased_at is not null) and `+leaderlessSQL+` and (select me.admin from admin me)
		)
		select f.key as project, `+nameSQL(`f`)+` as name, v.stage, 'nobody-' || v.duty as duty, v.seat, v.no, v.since, (count(*) over ())::int as all
		  from found v -- few, which the planner cannot know
		 cross join lateral (select * from portfolio f where f.project_id = v.project_id and f.review_no = v.review_no offset 0) f
		 order by v.since, f.name, v.stage, v.seat, v.no limit $4`, by.token[:], by.person, s.idle, VacanciesShown).Query(collect)
}

// leaderlessSQL says of a row f of the portfolio whether neither owner nor deputy
// can sign in.
const leaderlessSQL = `(exists (select from person o where o.id = f.owner_id and (o.blocked_at is not null or o.erased_at is not null))
		        and not exists (select from person d where d.id = f.deputy_id and d.blocked_at is null and d.erased_at is null))`

// fillVacant notes in which seats nobody can do what projects wait for. It costs a
// statement only where one of them waits for somebody in a seat.
func fillVacant(ctx context.Context, db source, rows []PortfolioRow) error {
	byID := map[review.ProjectID]*PortfolioRow{}
	var ids []int64
	for i := range rows {
		if rows[i].Status == review.StatusActive && rows[i].leaderless {
			rows[i].Vacant = append(rows[i].Vacant, "")
		}
		if r := &rows[i]; r.Status == review.StatusActive && (r.review > 1 || slices.ContainsFunc(r.Stages, asksSeats)) {
			byID[r.id] = r
			ids = append(ids, int64(r.id))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := db.Query(ctx, `
		select project_id, seat from vacant_of($1) order by project_id, since, seat`, ids)
	if err != nil {
		return fmt.Errorf("reading what nobody can do: %w", err)
	}
	defer found.Close()
	for found.Next() {
		var id review.ProjectID
		var seat plan.Seat
		if err := found.Scan(&id, &seat); err != nil {
			return fmt.Errorf("reading what nobody can do: %w", err)
		}
		byID[id].Vacant = append(byID[id].Vacant, seat)
	}
	return found.Err()
}

// asksSeats reports whether a stage can wait for somebody in a seat beside what
// its items lack: for signatures, for a condition or an answer to be judged, for a
// look back. In reviews that follow, conditions that were carried over can wait
// wherever the gate stands.
func asksSeats(s review.StageRollup) bool {
	switch s.Gate {
	case review.GateWaiting, review.GateReturned, review.GateChanged, review.GateLapsed, review.GateConditional, review.GateOverdue, review.GateOpenAgain:
		return true
	}
	return s.Forced > 0
}
