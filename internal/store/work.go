package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// QueuePage is the most gates that one page of the queue lists.
const QueuePage = 200

// NextGates is the most gates that are looked at for the next one.
const NextGates = 20

// WaitingGate is a gate in the approvers' queue.
type WaitingGate struct {
	Project   review.ProjectKey
	Name      string // of the project
	Team      string
	Tier      review.Tier
	Owner     review.PersonID
	Stage     review.StageKey
	State     review.GateState
	Round     int
	Since     time.Time
	OpenSeats []review.Seat // seats in which a signature would help
	MySeats   []review.Seat // those of them that the person holds
	Outdated  bool          // the person signed earlier content of this round
	Target    time.Time
}

// QueueView is the approvers' queue of one person, oldest first.
type QueueView struct {
	Viewer
	Gates    []WaitingGate
	Excluded []WaitingGate // gates that separation of duties keeps from the person, for information
	Names    Names
	Tmpl     *review.Template
}

// Queue lists the gates that wait for the person's signature.
func (s *Store) Queue(ctx context.Context, by By) (*QueueView, error) {
	return s.queue(ctx, by, QueuePage)
}

// NextInQueue lists the first [NextGates] of them.
func (s *Store) NextInQueue(ctx context.Context, by By) (*QueueView, error) {
	return s.queue(ctx, by, NextGates)
}

func (s *Store) queue(ctx context.Context, by By, limit int) (*QueueView, error) {
	tmpl, err := s.lifecycle(ctx)
	if err != nil {
		return nil, err
	}
	out := &QueueView{Tmpl: tmpl}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	s.queueWaiting(b, by, limit, &out.Gates, &out.Excluded)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading the queue", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	out.Names, err = s.resolve(ctx, owners(out.Gates, out.Excluded))
	return out, err
}

// queueWaiting asks for the open gates at which the person holds a seat that
// is still open, unless the person has signed the present content. Those that
// separation of duties keeps from the person come last, so that the limit never
// hides one to sign behind them.
func (s *Store) queueWaiting(b *pgx.Batch, by By, limit int, mine, excluded *[]WaitingGate) {
	b.Queue(`with `+meSQL+`
		select f.key, f.name, f.team, f.tier, f.owner_id, f.target, w.stage, w.state, w.round, w.since, w.open_seats,
		       array(select g.seat from held g
		              where g.person_id = me.id and g.seat = any(w.open_seats) and (g.project_id is null or g.project_id = w.project_id) and `+countsSQL+`
		                and (g.for_id is null or not g.for_id = any(w.excluded))
		              group by g.seat) as my_seats,
		       me.id = any(w.outdated), me.id = any(w.excluded)
		  from gate w
		  join portfolio f on f.project_id = w.project_id and f.review_no = w.review_no, me
		 where w.state = 2 and f.status = 'active' and not me.id = any(w.signed)
		   and exists (select from held g
		                where g.person_id = me.id and g.seat = any(w.open_seats) and (g.project_id is null or g.project_id = w.project_id) and `+countsSQL+`)
		   and `+visibleSQL+`
		 order by me.id = any(w.excluded), w.since, w.project_id, w.stage
		 limit $4`, by.token[:], by.person, s.idle, limit).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var g WaitingGate
			var target *time.Time
			var barred bool
			if err := rows.Scan(&g.Project, &g.Name, &g.Team, &g.Tier, &g.Owner, &target, &g.Stage, &g.State, &g.Round, &g.Since, &g.OpenSeats,
				&g.MySeats, &g.Outdated, &barred); err != nil {
				return fmt.Errorf("reading the queue: %w", err)
			}
			g.Since, g.Target = g.Since.UTC(), deref(target)
			if barred || len(g.MySeats) == 0 { // nobody signs for whom separation of duties excludes
				*excluded = append(*excluded, g)
			} else {
				*mine = append(*mine, g)
			}
		}
		return rows.Err()
	})
}

func owners(lists ...[]WaitingGate) map[review.PersonID]struct{} {
	ids := map[review.PersonID]struct{}{}
	for _, l := range lists {
		for i := range l {
			ids[l[i].Owner] = struct{}{}
		}
	}
	return ids
}

// AssignedItem is an item that waits for the person.
type AssignedItem struct {
	Project  review.ProjectKey
	Name     string // of the project
	Stage    review.StageKey
	Item     review.ItemKey
	Title    string // by the project's own template version
	Level    review.Level
	State    review.State
	Due      time.Time // date; zero: none
	Evidence int       // live links
}

// FallenGate is a gate of one of the person's projects that was sent back, or
// that had passed and no longer stands.
type FallenGate struct {
	Project  review.ProjectKey
	Name     string
	Stage    review.StageKey
	State    review.GateState
	Since    time.Time // when its last round ended or, of a changed gate, when the content changed
	Findings int       // still to be answered
}

// ExpiringEvidence is evidence of the person's that soon stops counting, or
// that just has.
type ExpiringEvidence struct {
	Project review.ProjectKey
	Name    string
	Stage   review.StageKey
	Item    review.ItemKey
	Title   string
	Expires time.Time
}

// OwnProject is a project on which the person has a duty.
type OwnProject struct {
	PortfolioRow
	Duty review.Duty
}

// MyWorkView is what waits for one person.
type MyWorkView struct {
	Viewer
	Gates    []WaitingGate
	Items    []AssignedItem     // by due date, at most 200
	Fallen   []FallenGate       // sent back, changed, lapsed or with a condition overdue
	Expiring []ExpiringEvidence // within 14 days, or in the 30 days past
	Projects []OwnProject       // active first, at most 50
	Waivers  []WaiverRow        // that wait for the person's decision, the oldest first, at most 50
	StandIns []StandIn          // that run or are to come, in which the person stands in
	Forced   []ForcedGate       // passed by break-glass, for the person to review, by due date, at most 50
	Owed     []OpenCondition    // conditions that the person has to meet, by due date
	Confirm  []OpenCondition    // conditions reported as met that the person decides on
	Mentions []Mention          // not answered yet, the newest first, at most 50
	Names    Names
	Tmpl     *review.Template
}

// MyWork reads everything that waits for the person.
func (s *Store) MyWork(ctx context.Context, by By) (*MyWorkView, error) {
	tmpl, err := s.lifecycle(ctx)
	if err != nil {
		return nil, err
	}
	seats, err := s.gateSeats(ctx)
	if err != nil {
		return nil, err
	}
	out := &MyWorkView{Tmpl: tmpl}
	var waivers []foundWaiver
	var items, expiring []pinned
	var excluded []WaitingGate
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	s.queueWaiting(b, by, 50, &out.Gates, &excluded)
	s.queueAssigned(b, by, &out.Items, &items)
	s.queueFallen(b, by, &out.Fallen)
	s.queueForced(b, by, &out.Forced)
	s.queueExpiring(b, by, &out.Expiring, &expiring)
	s.queueOwn(b, by, &out.Projects)
	s.queueStandIns(b, by, `d.to_id = me.id`, &out.StandIns)
	s.queueConditions(b, by, &out.Owed, &out.Confirm)
	s.queueWaivers(b, by, seats, WaiverFilter{Kind: WaiversWaiting, Mine: true}, 50, &waivers)
	s.queueMentions(b, by, 50, &out.Mentions)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading what waits for you", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	if err := s.whatApplies(ctx, out, items, expiring); err != nil {
		return nil, err
	}
	if out.Waivers, err = s.explainWaivers(ctx, &out.Viewer, waivers); err != nil {
		return nil, err
	}
	people := owners(out.Gates)
	for i := range out.Waivers {
		addWaiverPeople(people, &out.Waivers[i].Waiver)
	}
	maps.Copy(people, standInPeople(out.StandIns))
	for _, g := range out.Forced {
		people[g.By] = struct{}{}
	}
	for _, m := range out.Mentions {
		people[m.By] = struct{}{}
	}
	for _, c := range slices.Concat(out.Owed, out.Confirm) {
		people[c.Owner], people[c.By] = struct{}{}, struct{}{}
	}
	out.Names, err = s.resolve(ctx, people)
	return out, err
}

func (s *Store) queueAssigned(b *pgx.Batch, by By, items *[]AssignedItem, pins *[]pinned) {
	b.Queue(`with `+meSQL+`
		select f.key, f.name, i.stage, i.item, i.state, i.due,
		       (select count(*) from evidence e
		         where e.project_id = i.project_id and e.review_no = i.review_no and e.stage = i.stage and e.item = i.item and e.removed_at is null),
		       r.template_key, r.template_version, r.template_digest, f.tier, (select profile from project where id = f.project_id)
		  from me
		  join item i on i.assignee_id = me.id
		  join portfolio f on f.project_id = i.project_id and f.review_no = i.review_no
		  join review r on r.project_id = f.project_id and r.no = f.review_no
		 where i.state in ('open', 'not-met') and f.status = 'active' and `+visibleSQL+`
		 order by i.due nulls last, f.name, i.stage, i.item
		 limit 200`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var it AssignedItem
			var due *time.Time
			var pin pinned
			into := append([]any{&it.Project, &it.Name, &it.Stage, &it.Item, &it.State, &due, &it.Evidence}, pin.into()...)
			if err := rows.Scan(into...); err != nil {
				return fmt.Errorf("reading assigned items: %w", err)
			}
			it.Due = deref(due)
			*items, *pins = append(*items, it), append(*pins, pin)
		}
		return rows.Err()
	})
}

// pinned is what says whether an item applies to its project: the template
// version that it follows, its tier and its profile.
type pinned struct {
	ref     review.TemplateRef
	tier    review.Tier
	profile []string
}

// into is where the columns template_key, template_version, template_digest, tier
// and profile are scanned into.
func (p *pinned) into() []any {
	return []any{&p.ref.Key, &p.ref.Version, &p.ref.Digest, &p.tier, &p.profile}
}

// item finds an item, and the level that it has for the project; nil when the
// template has none by that key.
func (s *Store) item(ctx context.Context, p pinned, sk review.StageKey, ik review.ItemKey) (*review.ItemDef, review.Level, error) {
	t, err := s.Template(ctx, p.ref)
	if err != nil {
		return nil, review.LevelNone, err
	}
	si := t.StageIndex(sk)
	if si < 0 {
		return nil, review.LevelNone, nil
	}
	for i := range t.Stages[si].Items {
		if d := &t.Stages[si].Items[i]; d.Key == ik {
			profile := make(review.Profile, len(p.profile))
			for j, f := range p.profile {
				profile[j] = review.Flag(f)
			}
			return d, d.LevelFor(p.tier, profile), nil
		}
	}
	return nil, review.LevelNone, nil
}

// whatApplies gives assigned items their titles and levels, and leaves out of
// the lists what no longer applies: that asks nothing of anybody.
func (s *Store) whatApplies(ctx context.Context, out *MyWorkView, items, expiring []pinned) error {
	var todo []AssignedItem
	for i, it := range out.Items {
		d, level, err := s.item(ctx, items[i], it.Stage, it.Item)
		if err != nil {
			return err
		}
		if level != review.LevelNone {
			it.Title, it.Level = d.Title, level
			todo = append(todo, it)
		}
	}
	var ending []ExpiringEvidence
	for i, e := range out.Expiring {
		_, level, err := s.item(ctx, expiring[i], e.Stage, e.Item)
		if err != nil {
			return err
		}
		if level != review.LevelNone {
			ending = append(ending, e)
		}
	}
	out.Items, out.Expiring = todo, ending
	return nil
}

func (s *Store) queueFallen(b *pgx.Batch, by By, out *[]FallenGate) {
	b.Queue(`with `+meSQL+`
		select f.key as project, f.name, w.stage, w.state, coalesce(r.changed_at, w.since) as since,
		       (select count(*) from finding d
		         where d.project_id = w.project_id and d.review_no = w.review_no and d.stage = w.stage and d.answered_at is null)::int as findings
		  from me
		  join project_member m on m.person_id = me.id
		  join gate w on w.project_id = m.project_id and w.state in (4, 5, 6, 8)
		  join round r on r.project_id = w.project_id and r.review_no = w.review_no and r.stage = w.stage and r.no = w.round
		  join portfolio f on f.project_id = w.project_id and f.review_no = w.review_no
		 where f.status = 'active'
		 order by since, f.name, w.stage
		 limit 50`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) (err error) {
		*out, err = pgx.CollectRows(rows, pgx.RowToStructByName[FallenGate])
		return err
	})
}

func (s *Store) queueExpiring(b *pgx.Batch, by By, out *[]ExpiringEvidence, pins *[]pinned) {
	b.Queue(`with `+meSQL+`
		select f.key, f.name, e.stage, e.item, e.title, e.expires,
		       r.template_key, r.template_version, r.template_digest, f.tier, (select profile from project where id = f.project_id)
		  from me
		  join evidence e on e.added_by = me.id
		   and e.expires between current_date - 30 and current_date + 14 and e.removed_at is null
		  join portfolio f on f.project_id = e.project_id and f.review_no = e.review_no
		  join review r on r.project_id = f.project_id and r.no = f.review_no
		 where f.status <> 'stopped' and `+visibleSQL+`
		   and not exists (select from evidence n
		        where n.project_id = e.project_id and n.review_no = e.review_no and n.stage = e.stage and n.item = e.item
		          and n.removed_at is null and (n.expires is null or n.expires > e.expires))
		 order by e.expires, f.name
		 limit 100`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var e ExpiringEvidence
			var pin pinned
			into := append([]any{&e.Project, &e.Name, &e.Stage, &e.Item, &e.Title, &e.Expires}, pin.into()...)
			if err := rows.Scan(into...); err != nil {
				return fmt.Errorf("reading evidence that expires: %w", err)
			}
			*out, *pins = append(*out, e), append(*pins, pin)
		}
		return rows.Err()
	})
}

func (s *Store) queueOwn(b *pgx.Batch, by By, out *[]OwnProject) {
	// One by one: the planner would rather read everybody's projects once than
	// believe that a person is on few.
	b.Queue(`with `+meSQL+`, own as materialized (
		    select project_id, duty from project_member where person_id = (select id from me)
		)
		select m.duty, f.key, f.name, f.team, f.tier, f.status, f.restricted, f.target, f.owner_id, f.ready, f.current,
		       f.must_total, f.must_done, f.should_total, f.should_done, f.blockers, f.gates, f.forced, f.live, f.review_due
		  from own m
		 cross join lateral (select * from portfolio where project_id = m.project_id offset 0) f
		 order by f.status, lower(f.name)
		 limit 50`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var r OwnProject
			var target, due *time.Time
			var a rollupArrays
			if err := rows.Scan(&r.Duty, &r.Key, &r.Name, &r.Team, &r.Tier, &r.Status, &r.Restricted, &target, &r.Owner, &r.Ready, &r.Current,
				&a.mustTotal, &a.mustDone, &a.shouldTotal, &a.shouldDone, &a.blockers, &a.gates, &a.forced, &r.Live, &due); err != nil {
				return fmt.Errorf("reading own projects: %w", err)
			}
			var err error
			if r.Stages, err = a.stages(len(a.gates)); err != nil {
				return err
			}
			r.Target, r.ReviewDue = deref(target), deref(due)
			*out = append(*out, r)
		}
		return rows.Err()
	})
}
