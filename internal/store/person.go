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

// LeftShown is the most projects in which a person's page says what hangs on
// them; each is read whole.
const LeftShown = 30

// PersonView is one person of the directory.
type PersonView struct {
	Viewer
	Person PersonRights

	// For admins only.
	Sessions int
	Lacks    review.GroupsGap // why rights from groups do not count in a session of theirs
	Twins    []Somebody       // who have the same name and address and may be the same person

	Why  string          // the person is blocked, for those who may read the trail of rights
	By   review.PersonID // who blocked them
	Left []LeftWith      // what hangs on the person in projects that the reader may see
	More bool            // there are more such projects than LeftShown
	Owns []OwnedDocument // in the library

	Alone    []plan.Seat // that nobody else holds
	StandIns []StandIn   // that the person gave or took
	Waivers  int         // that wait for the person's decision, in projects that the reader may see
	Names    Names
}

// LeftWith is what hangs on a person in one project.
type LeftWith struct {
	Project review.Project
	Name    string      // of the project, as lists have it
	Duty    review.Duty // empty: none
	Tasks   []review.Task
	May     bool // the reader may hand it over
}

// OwnedDocument is a document of the library that somebody answers for.
type OwnedDocument struct{ Key, Name string }

// ownersSQL reads the trail, which alone says who answers for a document: the newest
// entry that names an owner, or that there is none.
const ownersSQL = `
	select distinct on (item) item as key, coalesce((body->>'owner')::bigint, 0) as owner
	  from trail
	 where stream_id = -1 and (kind = 'OwnerChanged' or kind = 'DocumentPublished' and body->>'owner' is not null)
	 order by item, seq desc`

const ownsSQL = `
	select o.key, (select v.name from template_version v where v.key = o.key order by v.version desc limit 1) as name
	  from (` + ownersSQL + `) o
	 where o.owner = $1
	 order by name, o.key`

// Person reads one person of the directory, and what hangs on them;
// [review.ErrNotFound] when there is nobody.
func (s *Store) Person(ctx context.Context, by By, id review.PersonID) (*PersonView, error) {
	people, err := s.People(ctx, by, PeopleFilter{Person: id})
	if err != nil {
		return nil, err
	}
	if len(people.People) == 0 {
		return nil, review.ErrNotFound
	}
	out := &PersonView{Viewer: people.Viewer, Person: people.People[0]}
	var in []ProjectChoice
	b := &pgx.Batch{}
	s.queueHoldings(b, by, id, out, &in)
	if review.May(out.Actor, review.BlockPerson, nil) == nil {
		s.queueAccount(b, id, out)
	}
	if review.May(out.Actor, review.ViewDirectory, nil) == nil && !out.Person.Blocked.IsZero() {
		b.Queue(`
			select actor_id, body ->> 'reason' from trail
			 where stream_id = $1 and item = $2 and kind = 'PersonBlocked' order by seq desc limit 1`, int64(review.Directory), subjectOf(id)).
			QueryRow(func(row pgx.Row) error { return row.Scan((*int64)(&out.By), &out.Why) })
	}
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading what hangs on a person", err)
	}
	if err := s.readLeft(ctx, by, id, in, out); err != nil {
		return nil, err
	}
	if out.Person.Blocked.IsZero() && out.Person.Erased.IsZero() {
		if out.Waivers, err = s.waitingFor(ctx, by, id); err != nil {
			return nil, err
		}
	}
	ids := standInPeople(out.StandIns)
	ids[out.By] = struct{}{}
	for _, g := range out.Person.Granted {
		ids[g.By] = struct{}{}
	}
	out.Names, err = s.resolve(ctx, ids)
	return out, err
}

// queueHoldings asks in which projects something hangs on a person, as far as
// the reader may see them, which seats they alone hold, and their stand-ins.
func (s *Store) queueHoldings(b *pgx.Batch, by By, id review.PersonID, out *PersonView, in *[]ProjectChoice) {
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+` as name from portfolio f, me
		 where f.project_id in (
		    select project_id from project_member where person_id = $4
		    union select project_id from item where assignee_id = $4
		    union select project_id from condition where owner_id = $4 and confirmed_at is null and dropped_at is null
		    union select project_id from record where owner_id = $4 and not closed
		    union select project_id from responsibility where person_id = $4)
		   and `+visibleSQL+`
		 order by f.status, lower(f.name), f.project_id limit $5`, by.token[:], by.person, s.idle, int64(id), LeftShown+1).
		Query(func(rows pgx.Rows) (err error) {
			*in, err = pgx.CollectRows(rows, pgx.RowToStructByName[ProjectChoice])
			return err
		})
	b.Queue(`
		select distinct g.seat from (select * from granted union all select * from withheld) g
		 where g.person_id = $1 and g.seat <> '' and g.project_id is null
		   and not exists (select from granted o where o.seat = g.seat and o.project_id is null and o.person_id <> $1)
		 order by g.seat`, int64(id)).Query(func(rows pgx.Rows) (err error) {
		out.Alone, err = pgx.CollectRows(rows, pgx.RowTo[plan.Seat])
		return err
	})
	b.Queue(ownsSQL, int64(id)).Query(func(rows pgx.Rows) (err error) {
		out.Owns, err = pgx.CollectRows(rows, pgx.RowToStructByName[OwnedDocument])
		return err
	})
	b.Queue(`with `+meSQL+standInsSQL+` and $4 in (d.person_id, d.to_id) order by d.starts, d.person_id, d.no limit $5`,
		by.token[:], by.person, s.idle, int64(id), DelegationsShown).Query(func(rows pgx.Rows) (err error) {
		out.StandIns, err = pgx.CollectRows(rows, pgx.RowToStructByName[StandIn])
		return err
	})
}

// queueAccount asks what only admins learn of a person's account.
func (s *Store) queueAccount(b *pgx.Batch, id review.PersonID, out *PersonView) {
	b.Queue(`
		select count(*)::int, coalesce(max(suspended), '') from session
		 where person_id = $1 and expires_at > clock_timestamp() and seen_at > clock_timestamp() - $2::interval`, int64(id), s.idle).
		QueryRow(func(row pgx.Row) error { return row.Scan(&out.Sessions, &out.Lacks) })
	b.Queue(`
		select p.id, p.name, p.email, true
		  from person w
		  join person p on p.folded = w.folded and lower(p.email) = lower(w.email) and p.id <> w.id
		 where w.id = $1 and w.email <> '' order by p.id limit 10`, int64(id)).Query(func(rows pgx.Rows) (err error) {
		out.Twins, err = collectSomebody(rows)
		return err
	})
}

// readLeft reads the projects one by one, so that what is left behind is what
// the domain says of it everywhere.
func (s *Store) readLeft(ctx context.Context, by By, id review.PersonID, in []ProjectChoice, out *PersonView) error {
	if len(in) > LeftShown {
		in, out.More = in[:LeftShown], true
	}
	for _, c := range in {
		v, err := s.Records(ctx, by, c.Key)
		if err != nil {
			return fmt.Errorf("reading what hangs on a person in %s: %w", c.Key, err)
		}
		p := v.Review.Project
		l := LeftWith{Project: p, Name: c.Name, Duty: p.Duty(id), Tasks: v.Review.Tasks(id), May: review.May(v.Actor, review.ManageMembers, &p) == nil}
		if l.Duty != "" || len(l.Tasks) > 0 {
			out.Left = append(out.Left, l)
		}
	}
	return nil
}

// waitingFor counts the waivers that wait for somebody's decision, in projects
// that the reader may see.
func (s *Store) waitingFor(ctx context.Context, by By, id review.PersonID) (int, error) {
	v, err := s.Waivers(ctx, ByPerson(id, time.Time{}), WaiverFilter{Kind: WaiversWaiting, Mine: true, Page: 1})
	if err != nil {
		return 0, err
	}
	var keys, seen []string
	for i := range v.Rows {
		keys = append(keys, string(v.Rows[i].Project))
	}
	if len(keys) == 0 {
		return 0, nil
	}
	b := &pgx.Batch{}
	b.Queue(`with `+meSQL+` select f.key from portfolio f, me where `+keysSQL+` and `+visibleSQL, by.token[:], by.person, s.idle, keys).
		Query(func(rows pgx.Rows) (err error) {
			seen, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
	if err := send(ctx, s.pool, b); err != nil {
		return 0, batchError("counting a person's waivers", err)
	}
	n := 0
	for _, key := range keys {
		if slices.Contains(seen, key) {
			n++
		}
	}
	return n, nil
}

// Oddity is somebody of whom admins should know something.
type Oddity struct {
	Person review.PersonID
	Lacks  review.GroupsGap // why rights from groups do not count in a session of theirs
	Twin   bool             // somebody else has the same name and address
}

// Oddities lists people whose groups are unknown, or who may be in the directory
// twice: for admins, at most 25 of each; for others none.
func (s *Store) Oddities(ctx context.Context, by By) ([]Oddity, Names, error) {
	var v Viewer
	var out []Oddity
	b := &pgx.Batch{}
	s.queueViewer(b, by, &v)
	b.Queue(`
		(select person_id as person, max(suspended) as lacks, false as twin from session
		  where suspended <> '' and expires_at > clock_timestamp() and seen_at > clock_timestamp() - $1::interval
		  group by person_id order by person_id limit 25)
		union all
		(select id, '', true from (
		    select id, count(*) over (partition by folded, lower(email)) as n from person where email <> '' and folded is not null) t
		  where n > 1 order by id limit 25)`, s.idle).Query(func(rows pgx.Rows) (err error) {
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[Oddity])
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, nil, batchError("looking for unclear accounts", err)
	}
	if review.May(v.Actor, review.BlockPerson, nil) != nil {
		return nil, nil, nil
	}
	ids := map[review.PersonID]struct{}{}
	for _, o := range out {
		ids[o.Person] = struct{}{}
	}
	names, err := s.resolve(ctx, ids)
	return out, names, err
}
