package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// DelegationsShown is the most delegations that a list holds.
const DelegationsShown = 200

// StandIn is a delegation that runs or is still to come.
type StandIn struct {
	Person      review.PersonID // who holds the seat
	No          int             // of that person's delegations
	To          review.PersonID
	Seat        plan.Seat
	Project     review.ProjectKey // empty: everywhere
	ProjectName string
	Starts      time.Time // the first moment at which it holds
	Ends        time.Time // the first moment at which it no longer does
	Reason      string
}

// OwnSeat is a seat that a person holds in their own right.
type OwnSeat struct {
	Seat        plan.Seat
	Project     review.ProjectKey // empty: everywhere
	ProjectName string
}

// DelegationsView is what a person has to know of stand-ins.
type DelegationsView struct {
	Viewer
	Seats  []OwnSeat // that the person can hand to a stand-in
	Given  []StandIn // by the person
	Taken  []StandIn // in which the person stands in
	Others []StandIn // between others, for those who may end them
	Names  Names
}

// standInsSQL reads delegations that have not ended. It expects meSQL; a seat
// for a project that the reader may not see is not shown.
var standInsSQL = `
	select d.person_id as person, d.no, d.to_id as "to", d.seat, coalesce(f.key, '') as project, coalesce(` + nameSQL(`f`) + `, '') as project_name, d.starts, d.ends, d.reason
	  from me
	  join delegation d on d.ended_at is null and d.ends > clock_timestamp()
	  left join portfolio f on f.project_id = d.project_id
	 where (d.project_id is null or ` + visibleSQL + `)`

// Delegations reads the person's own seats and stand-ins, and for admins
// everybody's.
func (s *Store) Delegations(ctx context.Context, by By) (*DelegationsView, error) {
	out := &DelegationsView{}
	var others []StandIn
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	b.Queue(`with `+meSQL+`
		select distinct g.seat, coalesce(f.key, '') as project, coalesce(`+nameSQL(`f`)+`, '') as project_name
		  from me
		  join granted g on g.person_id = me.id and g.seat <> ''
		  left join portfolio f on f.project_id = g.project_id
		 order by project, g.seat`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) (err error) {
		out.Seats, err = pgx.CollectRows(rows, pgx.RowToStructByName[OwnSeat])
		return err
	})
	s.queueStandIns(b, by, `d.person_id = me.id`, &out.Given)
	s.queueStandIns(b, by, `d.to_id = me.id`, &out.Taken)
	s.queueStandIns(b, by, `me.id not in (d.person_id, d.to_id)`, &others)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading stand-ins", err)
	}
	if out.Actor.HasRole(review.RoleAdmin) {
		out.Others = others
	}
	var err error
	out.Names, err = s.resolve(ctx, standInPeople(out.Given, out.Taken, out.Others))
	return out, err
}

func (s *Store) queueStandIns(b *pgx.Batch, by By, which string, out *[]StandIn) {
	b.Queue(`with `+meSQL+standInsSQL+` and `+which+` order by d.starts, d.person_id, d.no limit $4`,
		by.token[:], by.person, s.idle, DelegationsShown).Query(func(rows pgx.Rows) (err error) {
		*out, err = pgx.CollectRows(rows, pgx.RowToStructByName[StandIn])
		for i := range *out {
			(*out)[i].Starts, (*out)[i].Ends = (*out)[i].Starts.In(s.zone), (*out)[i].Ends.In(s.zone)
		}
		return err
	})
}

func standInPeople(lists ...[]StandIn) map[review.PersonID]struct{} {
	ids := map[review.PersonID]struct{}{}
	for _, l := range lists {
		for i := range l {
			ids[l[i].Person], ids[l[i].To] = struct{}{}, struct{}{}
		}
	}
	return ids
}
