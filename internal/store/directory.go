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

// ChangeRights is the only way to change a person's rights by hand: like
// [Store.Change], on the directory's stream.
func (s *Store) ChangeRights(
	ctx context.Context, by By, person review.PersonID,
	decide func(e *review.Entitlements, who review.Actor, at time.Time) error, others ...review.PersonID,
) (*Viewer, error) {
	return s.changeRights(ctx, by, person, decide, others...)
}

func (s *Store) changeRights(
	ctx context.Context, by By, person review.PersonID,
	decide func(*review.Entitlements, review.Actor, time.Time) error, others ...review.PersonID,
) (*Viewer, error) {
	var v Viewer
	words, err := s.Words(ctx)
	if err != nil {
		return nil, err
	}
	err = s.transact(ctx, func(tx *transaction) error {
		e := &review.Entitlements{Person: person, Words: words}
		var seq int64
		var hash []byte
		b := &pgx.Batch{}
		b.Queue(`select pg_advisory_xact_lock($1)`, rightsLock)
		b.Queue(`select seq, hash from stream where id = $1 for update`, int64(review.Directory)).
			QueryRow(func(row pgx.Row) error { return row.Scan(&seq, &hash) })
		s.queueRightsActor(b, by, &v)
		queueGranted(b, person, e)
		queueDelegated(b, person, e)
		if len(others) > 0 {
			b.Queue(awaySQL, people(others)).Query(func(rows pgx.Rows) (err error) {
				e.Away, err = pgx.CollectRows(rows, pgx.RowTo[review.PersonID])
				return err
			})
		}
		if err := tx.begin(ctx, b); err != nil {
			return batchError("reading a person's rights", err)
		}
		if err := decide(e, v.Actor, v.Now); err != nil {
			return err
		}
		if len(e.Recorded()) == 0 {
			return nil
		}
		return s.commitRights(ctx, tx, e, seq, review.Hash(hash))
	})
	return &v, err
}

// queueRightsActor asks who asks; Slipway itself has no row, only a clock.
func (s *Store) queueRightsActor(b *pgx.Batch, by By, v *Viewer) {
	if by.person != 0 || by.token != (Token{}) {
		s.queueViewer(b, by, v)
		return
	}
	b.Queue(`select clock_timestamp()`).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&v.Now)
		v.Now = v.Now.In(s.zone)
		if !by.at.IsZero() {
			v.Now = by.at.In(s.zone)
		}
		return err
	})
}

func queueGranted(b *pgx.Batch, person review.PersonID, e *review.Entitlements) {
	b.Queue(`
		select exists (select from trail where stream_id = $1 and kind = 'PersonJoined' and item = $2),
		       coalesce(bool_or(blocked_at is not null), false), coalesce(bool_or(erased_at is not null), false)
		  from person where id = $3`,
		int64(review.Directory), subjectOf(person), int64(person)).
		QueryRow(func(row pgx.Row) error { return row.Scan(&e.Joined, &e.Blocked, &e.Erased) })
	for _, t := range []struct {
		table string
		into  *[]review.Granted
	}{{"granted", &e.Granted}, {"withheld", &e.Withheld}} {
		b.Queue(`
			select role, seat, coalesce(project_id, 0), source, granted_by, granted_at
			  from `+t.table+` where person_id = $1 order by granted_at, role, seat, project_id`, int64(person)).Query(func(rows pgx.Rows) error {
			defer rows.Close()
			for rows.Next() {
				var g review.Granted
				if err := rows.Scan(&g.Role, &g.Seat, &g.Scope, &g.Source, &g.By, &g.At); err != nil {
					return fmt.Errorf("reading rights: %w", err)
				}
				g.At = g.At.UTC()
				*t.into = append(*t.into, g)
			}
			return rows.Err()
		})
	}
}

func queueDelegated(b *pgx.Batch, person review.PersonID, e *review.Entitlements) {
	b.Queue(`
		select no, to_id, seat, coalesce(project_id, 0), starts, ends, reason, at, ended_at
		  from delegation where person_id = $1 order by no`, int64(person)).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var d review.Delegation
			var ended *time.Time
			if err := rows.Scan(&d.No, &d.To, &d.Seat, &d.Scope, &d.Starts, &d.Ends, &d.Reason, &d.At, &ended); err != nil {
				return fmt.Errorf("reading delegations: %w", err)
			}
			d.Starts, d.Ends, d.At, d.EndedAt = d.Starts.UTC(), d.Ends.UTC(), d.At.UTC(), deref(ended)
			e.Delegated = append(e.Delegated, d)
		}
		return rows.Err()
	})
}

// subjectOf is how an entry of the directory's stream names its person in the
// column that project streams use for the item.
func subjectOf(p review.PersonID) string { return fmt.Sprint(int64(p)) }

func (s *Store) commitRights(ctx context.Context, tx *transaction, e *review.Entitlements, seq int64, hash review.Hash) error {
	b := &pgx.Batch{}
	for _, en := range e.Recorded() {
		seq++
		en.Seq = seq
		var err error
		if hash, err = writeRightEntry(b, hash, en); err != nil {
			return err
		}
	}
	if touchesSeats(e.Recorded()) {
		// Whether a signature counts depends on the seat still being held: have
		// the open gates that were signed in this person's seats, by themselves or
		// by a stand-in, looked at anew, within seconds.
		b.Queue(`
			update portfolio set next_change_at = least(next_change_at, clock_timestamp())
			 where project_id in (
			    select g.project_id
			      from gate g
			      join sign_off s on s.project_id = g.project_id and s.review_no = g.review_no and s.stage = g.stage and s.round = g.round
			     where g.state = 2 and coalesce(s.for_id, s.person_id) = $1)`, int64(e.Person))
	}
	if comesOrGoes(e.Recorded()) {
		// Projects wait for others while somebody on them cannot sign in.
		b.Queue(`
			update portfolio set next_change_at = least(next_change_at, clock_timestamp())
			 where project_id in (select project_id from project_member where person_id = $1
			                      union all select project_id from condition
			                       where owner_id = $1 and confirmed_at is null and dropped_at is null
			                      union all select project_id from record where owner_id = $1 and not closed)`, int64(e.Person))
	}
	b.Queue(`update stream set seq = $2, hash = $3 where id = $1`, int64(review.Directory), seq, hash[:])
	tx.inTime(ctx, b)
	if err := tx.commit(ctx, b, "writing a person's rights"); err != nil {
		return err
	}
	if e.Erased {
		s.names.set(e.Person, FormerMember(e.Person))
	}
	return nil
}

// writeRightEntry writes an event of the directory twice, its rows and its entry
// on the trail, and returns the hash of the entry.
func writeRightEntry(b *pgx.Batch, prev review.Hash, en review.Entry) (review.Hash, error) {
	if err := writeRight(b, en); err != nil {
		return prev, err
	}
	t, err := newTrailRow(review.Directory, prev, en, "", subjectOf(personOf(en.Event)))
	if err != nil {
		return prev, err
	}
	b.Queue(trailSQL, t.args()...)
	return t.hash, nil
}

// touchesSeats reports whether a seat was granted, revoked or withheld.
func touchesSeats(events []review.Entry) bool {
	for _, en := range events {
		switch ev := en.Event.(type) {
		case review.RightGranted:
			if ev.Seat != "" {
				return true
			}
		case review.RightRevoked:
			if ev.Seat != "" {
				return true
			}
		case review.PersonBlocked, review.PersonUnblocked:
			return true
		}
	}
	return false
}

// comesOrGoes reports whether a person could sign in before and cannot now, or the
// other way round.
func comesOrGoes(events []review.Entry) bool {
	return slices.ContainsFunc(events, func(en review.Entry) bool {
		switch en.Event.(type) {
		case review.PersonBlocked, review.PersonUnblocked, review.PersonErased:
			return true
		}
		return false
	})
}

func writeRight(b *pgx.Batch, en review.Entry) error {
	switch ev := en.Event.(type) {
	case review.PersonJoined:
		return nil // the row is made before, to have an id
	case review.RightGranted:
		b.Queue(`
			insert into granted (person_id, role, seat, project_id, source, granted_by, granted_at)
			values ($1, $2, $3, nullif($4::bigint, 0), $5, $6, $7)`,
			int64(ev.Person), ev.Role, ev.Seat, int64(ev.Scope), ev.Source, int64(en.Actor), en.At)
		return nil
	case review.RightRevoked:
		for _, table := range []string{"granted", "withheld"} {
			b.Queue(`
				delete from `+table+`
				 where person_id = $1 and role = $2 and seat = $3 and coalesce(project_id, 0) = $4 and source = $5`,
				int64(ev.Person), ev.Role, ev.Seat, int64(ev.Scope), ev.Source)
		}
		return nil
	case review.PersonBlocked:
		b.Queue(`with moved as (delete from granted where person_id = $1 returning *) insert into withheld select * from moved`, int64(ev.Person))
		b.Queue(`update person set blocked_at = $2 where id = $1 and erased_at is null`, int64(ev.Person), en.At)
		b.Queue(`update session s set `+endedSQL+` where person_id = $1 and expires_at > clock_timestamp()`, int64(ev.Person))
		b.Queue(`delete from calendar_feed where person_id = $1`, int64(ev.Person)) // so that unblocking does not bring it back
		return nil
	case review.PersonUnblocked:
		b.Queue(`
			with moved as (delete from withheld where person_id = $1 returning *)
			insert into granted select * from moved`, int64(ev.Person))
		b.Queue(`update granted set granted_at = $2 where person_id = $1`, int64(ev.Person), en.At)
		b.Queue(`update person set blocked_at = null where id = $1`, int64(ev.Person))
		b.Queue(`delete from session where person_id = $1`, int64(ev.Person)) // one that began just as they were blocked
		return nil
	case review.PersonErased:
		b.Queue(`
			update person set name = $3, email = '', issuer = null, subject = null, erased_at = $2, blocked_at = null
			 where id = $1`, int64(ev.Person), en.At, FormerMember(ev.Person))
		queueFolded(b, FormerMember(ev.Person), "")
		b.Queue(`delete from session where person_id = $1`, int64(ev.Person))
		for _, theirs := range []string{"project_draft", "import", "import_columns", "saved_view", "calendar_feed"} {
			b.Queue(`delete from `+theirs+` where person_id = $1`, int64(ev.Person))
		}
		return nil
	case review.GroupsUnknown:
		return nil // what it suspends, the session says
	case review.SeatDelegated:
		starts, ends, err := ev.Span()
		if err != nil {
			return err
		}
		b.Queue(`
			insert into delegation (person_id, no, to_id, seat, project_id, starts, ends, reason, at)
			values ($1, $2, $3, $4, nullif($5::bigint, 0), $6, $7, $8, $9)`,
			int64(ev.Person), ev.No, int64(ev.To), ev.Seat, int64(ev.Scope), starts, ends, ev.Reason, en.At)
		return nil
	case review.DelegationEnded:
		b.Queue(`update delegation set ended_at = $3 where person_id = $1 and no = $2`, int64(ev.Person), ev.No, en.At)
		return nil
	}
	return fmt.Errorf("no writer for event %s", en.Event.Kind())
}

// PersonRights is a person in the directory.
type PersonRights struct {
	ID      review.PersonID
	Name    string
	Email   string
	Blocked time.Time // since then; zero: not blocked
	Erased  time.Time // then; zero: not erased
	Granted []GrantedRight
}

// GrantedRight is a right with the project's key and name where it is for one.
type GrantedRight struct {
	review.Granted
	Project     review.ProjectKey
	ProjectName string
}

// PeoplePage is how many people one page lists.
const PeoplePage = 100

// PeopleFilter narrows the directory; zero values narrow nothing.
type PeopleFilter struct {
	Search string // part of the name or address
	Right  string // a role or a seat
	Person review.PersonID
	Page   int // from 1
}

// PeopleView is one page of the directory, by name.
type PeopleView struct {
	Viewer
	People []PersonRights
	More   bool
	Names  Names // of those who granted
}

// People lists the directory.
func (s *Store) People(ctx context.Context, by By, f PeopleFilter) (*PeopleView, error) {
	out := &PeopleView{}
	if f.Search != "" {
		if err := s.foldNames(ctx); err != nil {
			return nil, err
		}
	}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	b.Queue(`with `+meSQL+`, page as (
		    select p.id, p.name, p.email, p.folded, p.blocked_at, p.erased_at
		      from person p, me
		     where ($4 = '' or p.search like '%' || $4 || '%')
		       and ($5 = '' or exists (
		           select from (select * from granted union all select * from withheld) g
		             left join portfolio f on f.project_id = g.project_id
		            where g.person_id = p.id and $5 in (g.role, g.seat) and (g.project_id is null or `+visibleSQL+`)))
		       and ($8::bigint = 0 or p.id = $8)
		     order by lower(p.name), p.id
		     limit $6 offset $7
		)
		select p.id, p.name, p.email, p.blocked_at, p.erased_at, `+namesakeSQL+`, g.role, g.seat, coalesce(g.project_id, 0), g.source, g.granted_by, g.granted_at, coalesce(f.key, ''), coalesce(`+nameSQL(`f`)+`, '')
		  from me cross join page p
		  left join lateral (
		    select * from (select * from granted union all select * from withheld) g
		     where g.person_id = p.id
		       and (g.project_id is null or exists (select from portfolio f where f.project_id = g.project_id and `+visibleSQL+`))
		  ) g on true
		  left join portfolio f on f.project_id = g.project_id
		 order by lower(p.name), p.id, g.role, g.seat, f.key`,
		by.token[:], by.person, s.idle, folded(f.Search), f.Right, PeoplePage+1, (max(f.Page, 1)-1)*PeoplePage, int64(f.Person)).Query(out.scan)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading the directory", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	if err := review.May(out.Actor, review.ViewPeople, nil); err != nil {
		return nil, err
	}
	ids := map[review.PersonID]struct{}{}
	for i := range out.People {
		for _, g := range out.People[i].Granted {
			ids[g.By] = struct{}{}
		}
	}
	var err error
	out.Names, err = s.resolve(ctx, ids)
	return out, err
}

func (v *PeopleView) scan(rows pgx.Rows) error {
	defer rows.Close()
	for rows.Next() {
		var p PersonRights
		var role, seat, source *string
		var scope int64
		var by *int64
		var at *time.Time
		var g GrantedRight
		var blocked, erased *time.Time
		var twin bool
		if err := rows.Scan(
			&p.ID, &p.Name, &p.Email, &blocked, &erased, &twin, &role, &seat, &scope, &source, &by, &at, &g.Project, &g.ProjectName,
		); err != nil {
			return fmt.Errorf("reading the directory: %w", err)
		}
		p.Name, p.Blocked, p.Erased = toldApart(p.ID, p.Name, twin), deref(blocked), deref(erased)
		if n := len(v.People); n == 0 || v.People[n-1].ID != p.ID {
			if n == PeoplePage {
				v.More = true
				return nil
			}
			v.People = append(v.People, p)
		}
		if role == nil {
			continue
		}
		g.Granted = review.Granted{
			Right:  review.Right{Role: review.Role(*role), Seat: plan.Seat(*seat), Scope: review.Scope(scope)},
			Source: review.Source(*source), By: review.PersonID(*by), At: at.UTC(),
		}
		last := &v.People[len(v.People)-1]
		last.Granted = append(last.Granted, g)
	}
	return rows.Err()
}

// Somebody is a person to choose from a list.
type Somebody struct {
	ID    review.PersonID
	Name  string
	Email string
}

// FindPeople lists people to choose from, by name: at most limit of those
// whose name or address contains the search text, and those who are chosen
// already.
func (s *Store) FindPeople(ctx context.Context, by By, search string, limit int, chosen ...review.PersonID) ([]Somebody, error) {
	var v Viewer
	var out []Somebody
	if search != "" {
		if err := s.foldNames(ctx); err != nil {
			return nil, err
		}
	}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &v)
	b.Queue(`
		select p.id, p.name, p.email, `+namesakeSQL+` from (
		    (select id, name, email, folded from person
		      where ($1 = '' or search like '%' || $1 || '%') and blocked_at is null and erased_at is null
		      order by lower(name), id limit $2)
		    union
		    select id, name, email, folded from person where id = any($3::bigint[]) and blocked_at is null and erased_at is null
		) p order by lower(p.name), p.id`, folded(search), limit, chosen).Query(func(rows pgx.Rows) (err error) {
		out, err = collectSomebody(rows)
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("looking for people", err)
	}
	if err := review.May(v.Actor, review.ViewPeople, nil); err != nil {
		return nil, err
	}
	return out, nil
}

// collectSomebody reads id, name, address, and whether somebody else has the name.
func collectSomebody(rows pgx.Rows) ([]Somebody, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Somebody, err error) {
		var namesake bool
		err = row.Scan(&p.ID, &p.Name, &p.Email, &namesake)
		p.Name = toldApart(p.ID, p.Name, namesake)
		return p, err
	})
}

// RightsTrail is one page of the trail of rights, newest first.
type RightsTrail struct {
	HistoryView
	Projects map[review.Scope]review.ProjectKey // of rights for one project
	Titles   map[review.ProjectKey]string       // their names
}

// DirectoryTrail reads the trail of rights, newest first.
func (s *Store) DirectoryTrail(ctx context.Context, by By, before int64) (*RightsTrail, error) {
	out := &RightsTrail{Projects: map[review.Scope]review.ProjectKey{}, Titles: map[review.ProjectKey]string{}}
	out.Names = Names{}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	b.Queue(`
		select t.seq, t.at, t.actor_id, t.kind, t.body, t.hash from trail t
		 where t.stream_id = $1 and ($2::bigint = 0 or t.seq < $2)
		 order by t.seq desc limit $3`, int64(review.Directory), before, HistoryPage+1).Query(out.scan(HistoryPage))
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading the trail of rights", err)
	}
	if err := review.May(out.Actor, review.ViewDirectory, nil); err != nil {
		return nil, err
	}
	if err := s.nameScopes(ctx, by, out); err != nil {
		return nil, err
	}
	return out, s.nameMore(ctx, out.Names, nil, out.Entries)
}

// MoveIssuer keeps everybody who they are when their provider moves to
// another address. Whoever has signed in under the new address already stays as
// they are there.
func (s *Store) MoveIssuer(ctx context.Context, old, issuer string) error {
	_, err := s.pool.Exec(ctx, `
		update person p set issuer = $2
		 where issuer = $1 and not exists (select from person n where n.issuer = $2 and n.subject = p.subject)`, old, issuer)
	if err != nil {
		return fmt.Errorf("moving people to another provider: %w", err)
	}
	return nil
}
