package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
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
	Tier      plan.Tier
	Owner     review.PersonID
	Stage     plan.StageKey
	State     review.GateState
	Round     int
	Since     time.Time
	OpenSeats []plan.Seat // seats in which a signature would help
	MySeats   []plan.Seat // those of them that the person holds
	Outdated  bool        // the person signed earlier content of this round
	Target    time.Time
	Live      review.Live // where a running service stands in its review calendar
}

// QueueView is the approvers' queue of one person, oldest first.
type QueueView struct {
	Viewer
	Gates    []WaitingGate
	Excluded []WaitingGate // gates that separation of duties keeps from the person, for information
	Names    Names
	Stages   Lifecycles // for their names
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
	stages, err := s.Lifecycles(ctx)
	if err != nil {
		return nil, err
	}
	out := &QueueView{Stages: stages}
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
	b.Queue(`with `+meSQL+`, `+sitsSQL+`
		select f.key, `+nameSQL(`f`)+`, f.team, f.tier, f.owner_id, f.target, f.live, w.stage, w.state, w.round, w.since, w.open_seats,
		       array(select g.seat from sits g
		              where g.seat = any(w.open_seats) and (g.project_id is null or g.project_id = w.project_id)
		                and (g.for_id is null or not g.for_id = any(w.excluded))
		              group by g.seat) as my_seats,
		       me.id = any(w.outdated), me.id = any(w.excluded)
		  from gate w
		  join portfolio f on f.project_id = w.project_id and f.review_no = w.review_no, me
		 where w.state = 2 and f.status = 'active' and not me.id = any(w.signed)
		   and exists (select from sits g where g.seat = any(w.open_seats) and (g.project_id is null or g.project_id = w.project_id))
		   and `+visibleSQL+`
		 order by me.id = any(w.excluded), w.since, w.project_id, w.stage
		 limit $4`, by.token[:], by.person, s.idle, limit).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var g WaitingGate
			var target *time.Time
			var barred bool
			if err := rows.Scan(&g.Project, &g.Name, &g.Team, &g.Tier, &g.Owner, &target, &g.Live, &g.Stage, &g.State, &g.Round, &g.Since, &g.OpenSeats,
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

// WorkPage is the most lines of a list on my work, and WorkWhole the most when
// one list alone is asked for.
const (
	WorkPage  = 20
	WorkWhole = 1000
)

// FallenGate is a gate of one of the person's projects that was sent back, or
// that had passed and no longer stands.
type FallenGate struct {
	Project  review.ProjectKey
	Name     string
	Stage    plan.StageKey
	State    review.GateState
	Since    time.Time // when its last round ended or, of a changed gate, when the content changed
	Findings int       // still to be answered
}

// ExpiringEvidence is evidence of the person's that soon stops counting, or
// that just has.
type ExpiringEvidence struct {
	Project review.ProjectKey
	Name    string
	Stage   plan.StageKey
	Item    plan.ItemKey
	Title   string
	Subject string // title of the item
	Expires time.Time
}

// OwnProject is a project on which the person has a duty.
type OwnProject struct {
	PortfolioRow
	Duty review.Duty
}

// MyWorkView is what waits for one person. Of some lists it has a part, and
// says how long they are.
type MyWorkView struct {
	Viewer
	Gates       []WaitingGate      // the oldest first, at most [QueuePage]
	Items       []AssignedItem     // that ask something, by due date, and those that are waived; at most [WorkWhole]
	ToTake      []Untaken          // where there is work to take, when no item asks anything
	Fallen      []FallenGate       // sent back, and then changed, lapsed or with a condition overdue
	FallenAll   int                // how many do not stand, beside those sent back
	ReturnedAll int                // how many were sent back
	Expiring    []ExpiringEvidence // within 14 days, or in the 30 days past, of items not among Items for that
	Projects    []OwnProject       // active first
	// There may be more than these two lists have.
	ItemsFull, ExpiringFull bool
	ProjectsAll             int              // how many there are
	Waivers                 []WaiverRow      // that wait for the person's decision, the oldest first, at most [WaiverPage]
	StandIns                []StandIn        // that run or are to come, in which the person stands in
	Forced                  []ForcedGate     // passed by break-glass, for the person to review, by due date
	Owed                    []OpenCondition  // conditions that the person has to meet, by due date
	Confirm                 []OpenCondition  // conditions reported as met that the person decides on
	Mentions                []Mention        // not answered yet, the newest first
	MentionsAll             int              // how many there are
	Decisions               []Decision       // in projects of which the person is to be informed, the newest first
	DecisionsAll            int              // how many there are
	Vacancies               []Vacancy        // what nobody can do and the person can see to, the oldest first, at most [VacanciesShown]
	VacantAll               int              // how many there are
	AskedBack               []AskedBack      // answers about projects that are to be taken back, on which the person decides, the oldest first
	AskedBackAll            int              // how many there are
	Records                 []OwnRecord      // not closed, that the person owns, by their date
	RecordsAll              int              // how many there are
	Policies                []OwnPolicy      // that the person answers for and whose review is overdue, the longest first
	AskedLower              []AskedLower     // items that are to weigh less, on which the person decides, the oldest first
	AskedLowerAll           int              // how many there are
	Lessons                 []ProposedLesson // on which the person decides, the oldest first
	LessonsAll              int              // how many there are
	Lost                    []LostAnswer     // shared answers that have to be given here again, the longest first
	Names                   Names
	Stages                  Lifecycles // for their names
}

// MyWork reads everything that waits for the person, at least [WorkPage] of
// each list.
func (s *Store) MyWork(ctx context.Context, by By) (*MyWorkView, error) {
	return s.myWork(ctx, by, WorkPage)
}

// MyWholeWork reads the same with [WorkWhole] of each list.
func (s *Store) MyWholeWork(ctx context.Context, by By) (*MyWorkView, error) {
	return s.myWork(ctx, by, WorkWhole)
}

func (s *Store) myWork(ctx context.Context, by By, limit int) (*MyWorkView, error) {
	stages, err := s.Lifecycles(ctx)
	if err != nil {
		return nil, err
	}
	out := &MyWorkView{Stages: stages}
	var waivers []foundWaiver
	var items []foundItem
	var expiring, lost []pinned
	var excluded []WaitingGate
	var policies []plan.Ref
	b, rest := &pgx.Batch{}, &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	s.queueWaiting(b, by, QueuePage, &out.Gates, &excluded)
	s.queueAssigned(b, by, &items)
	s.queueOwn(b, by, limit, &out.Projects, &out.ProjectsAll)
	s.queueSigns(b, by, []workSign{
		{mayFallen, func(b *pgx.Batch) { s.queueFallen(b, by, limit, out) }},
		{mayForced, func(b *pgx.Batch) { s.queueForced(b, by, &out.Forced) }},
		{mayExpire, func(b *pgx.Batch) { s.queueExpiring(b, by, &out.Expiring, &expiring) }},
		{mayStandIn, func(b *pgx.Batch) { s.queueStandIns(b, by, `d.to_id = me.id`, &out.StandIns) }},
		{mayOwe, func(b *pgx.Batch) { s.queueOwed(b, by, &out.Owed) }},
		{mayConfirm, func(b *pgx.Batch) { s.queueConfirm(b, by, &out.Confirm) }},
		{mayWaive, func(b *pgx.Batch) {
			s.queueWaivers(b, by, WaiverFilter{Kind: WaiversWaiting, Mine: true}, WaiverPage, &waivers)
		}},
		{mayMention, func(b *pgx.Batch) { s.queueMentions(b, by, limit, &out.Mentions, &out.MentionsAll) }},
		{mayDecide, func(b *pgx.Batch) { s.queueDecisions(b, by, limit, &out.Decisions, &out.DecisionsAll) }},
		{mayVacate, func(b *pgx.Batch) { s.queueVacancies(b, by, &out.Vacancies, &out.VacantAll) }},
		{mayKeep, func(b *pgx.Batch) { s.queueOwnRecords(b, by, limit, &out.Records, &out.RecordsAll) }},
		{mayAnswer, func(b *pgx.Batch) { s.queueOwnPolicies(b, by, &policies) }},
		{mayTakeBack, func(b *pgx.Batch) { s.queueAskedBack(b, by, limit, &out.AskedBack, &out.AskedBackAll) }},
		{mayLower, func(b *pgx.Batch) { s.queueAskedLower(b, by, limit, &out.AskedLower, &out.AskedLowerAll) }},
		{mayLose, func(b *pgx.Batch) { s.queueLostAnswers(b, by, &out.Lost, &lost) }},
		{mayLearn, func(b *pgx.Batch) { s.queueLessons(b, by, limit, &out.Lessons, &out.LessonsAll) }},
	}, rest)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading what waits for you", err)
	}
	if rest.Len() > 0 {
		if err := send(ctx, s.pool, rest); err != nil {
			return nil, batchError("reading what else waits for you", err)
		}
	}
	s.noteUse(ctx, by, &out.Viewer)
	out.ItemsFull, out.ExpiringFull = len(items) == WorkWhole, len(expiring) == expiringRead
	if out.Items, err = s.whatAsks(ctx, items, out.Now); err != nil {
		return nil, err
	}
	if out.Expiring, err = s.whatExpires(ctx, out, expiring); err != nil {
		return nil, err
	}
	if out.Lost, err = s.whatIsLost(ctx, out.Lost, lost); err != nil {
		return nil, err
	}
	if out.Policies, err = s.overduePolicies(ctx, policies, out.Now); err != nil {
		return nil, err
	}
	if err = s.titleAskedLower(ctx, out.AskedLower); err != nil {
		return nil, err
	}
	if len(out.Items) == 0 && out.ProjectsAll > 0 {
		if out.ToTake, err = s.toTake(ctx, by); err != nil {
			return nil, err
		}
	}
	for i := range out.Projects {
		if out.Projects[i].Lifecycle, err = s.Template(ctx, out.Projects[i].ref); err != nil {
			return nil, err
		}
	}
	if out.Waivers, err = s.explainWaivers(ctx, s.pool, &out.Viewer, waivers); err != nil {
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
	for _, a := range out.AskedBack {
		people[a.By] = struct{}{}
	}
	for _, a := range out.AskedLower {
		people[a.By] = struct{}{}
	}
	for _, m := range out.Mentions {
		people[m.By] = struct{}{}
	}
	for _, d := range out.Decisions {
		people[d.By] = struct{}{}
	}
	for _, c := range slices.Concat(out.Owed, out.Confirm) {
		people[c.Owner], people[c.By] = struct{}{}, struct{}{}
	}
	out.Names, err = s.resolve(ctx, people)
	return out, err
}

// pinned is what says whether an item applies to its project: its plan, its tier,
// its profile and its exposure.
type pinned struct {
	plan     string // digest of what it is made of
	tier     plan.Tier
	profile  plan.Profile
	exposure plan.Exposure
}

// into is where the columns plan, tier, profile and exposure are scanned into.
func (p *pinned) into() []any {
	return []any{&p.plan, &p.tier, &p.profile, &p.exposure}
}

// level is what an item of a stage weighs for the project.
func (p *pinned) level(s *plan.Stage, d *plan.Item) plan.Level {
	return s.WeightFor(d, p.exposure, p.tier, p.profile)
}

// item finds an item, and the level that it has for the project; nil when the
// template has none by that key.
func (s *Store) item(ctx context.Context, p *pinned, sk plan.StageKey, ik plan.ItemKey) (*plan.Item, plan.Level, error) {
	t, err := s.planned(ctx, s.pool, p.plan)
	if err != nil {
		return nil, plan.LevelNone, err
	}
	si := t.StageIndex(sk)
	if si < 0 {
		return nil, plan.LevelNone, nil
	}
	for i := range t.Stages[si].Items {
		if d := &t.Stages[si].Items[i]; d.Key == ik {
			return d, p.level(&t.Stages[si], d), nil
		}
	}
	return nil, plan.LevelNone, nil
}

// whatExpires leaves out evidence of items that no longer apply, which asks
// nothing of anybody, and of items that are listed for it already.
func (s *Store) whatExpires(ctx context.Context, v *MyWorkView, pins []pinned) ([]ExpiringEvidence, error) {
	listed := map[itemAt]bool{}
	for i := range v.Items {
		if it := &v.Items[i]; it.Ask == review.AskRenew || it.Ask == review.AskRenewSoon {
			listed[itemAt{it.Project, it.Stage, it.Item}] = true
		}
	}
	var out []ExpiringEvidence
	for i, e := range v.Expiring {
		d, level, err := s.item(ctx, &pins[i], e.Stage, e.Item)
		if err != nil {
			return nil, err
		}
		if level != plan.LevelNone && !listed[itemAt{e.Project, e.Stage, e.Item}] {
			e.Subject = d.Title
			out = append(out, e)
		}
	}
	return out, nil
}

func (s *Store) queueFallen(b *pgx.Batch, by By, limit int, out *MyWorkView) {
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+`, w.stage, w.state, coalesce(r.changed_at, r.reopened_at, w.since) as since,
		       (select count(*) from finding d
		         where d.project_id = w.project_id and d.review_no = w.review_no and d.stage = w.stage and d.answered_at is null)::int,
		       count(*) filter (where w.state <> 5) over (), count(*) filter (where w.state = 5) over ()
		  from me
		  join project_member m on m.person_id = me.id
		  join gate w on w.project_id = m.project_id and w.state in (4, 5, 6, 8, 10)
		  join round r on r.project_id = w.project_id and r.review_no = w.review_no and r.stage = w.stage and r.no = w.round
		  join portfolio f on f.project_id = w.project_id and f.review_no = w.review_no
		 where f.status = 'active'
		 order by w.state <> 5, since, f.name, w.stage
		 limit $4`, by.token[:], by.person, s.idle, limit).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var g FallenGate
			if err := rows.Scan(&g.Project, &g.Name, &g.Stage, &g.State, &g.Since, &g.Findings, &out.FallenAll, &out.ReturnedAll); err != nil {
				return fmt.Errorf("reading gates that do not stand: %w", err)
			}
			out.Fallen = append(out.Fallen, g)
		}
		return rows.Err()
	})
}

// expiringRead is how many links that expire are read.
const expiringRead = 200

func (s *Store) queueExpiring(b *pgx.Batch, by By, out *[]ExpiringEvidence, pins *[]pinned) {
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+`, e.stage, e.item, e.title, e.expires,
		       r.plan, f.tier, (select profile from project where id = f.project_id), (select exposure from project where id = f.project_id)
		  from me
		  join evidence e on e.added_by = me.id
		   and e.expires between current_date - 30 and current_date + `+strconv.Itoa(review.DueAhead)+` and e.removed_at is null
		  join portfolio f on f.project_id = e.project_id and f.review_no = e.review_no
		  join review r on r.project_id = f.project_id and r.no = f.review_no
		 where f.status = 'active' and `+visibleSQL+`
		   and not exists (select from evidence n
		        where n.project_id = e.project_id and n.review_no = e.review_no and n.stage = e.stage and n.item = e.item
		          and n.removed_at is null and (n.expires is null or n.expires > e.expires))
		 order by e.expires, f.name
		 limit `+strconv.Itoa(expiringRead), by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) error {
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

func (s *Store) queueOwn(b *pgx.Batch, by By, limit int, out *[]OwnProject, all *int) {
	// One by one: the planner would rather read everybody's projects once than
	// believe that a person is on few. With the limit as an argument it would be planned each time.
	b.Queue(`with `+meSQL+`, own as materialized (
		    select project_id, duty from project_member where person_id = (select id from me)
		)
		select m.duty, f.key, `+nameSQL(`f`)+`, f.team, f.tier, f.status, f.restricted, f.target, f.owner_id, f.ready, f.current,
		       f.must_total, f.must_done, f.should_total, f.should_done, f.blockers, f.gates, f.forced, f.expired, f.live, f.review_due,
		       r.template_key, r.template_version, r.template_digest, (select count(*) from own)
		  from own m
		 cross join lateral (select * from portfolio where project_id = m.project_id offset 0) f
		 cross join lateral (select * from review where project_id = f.project_id and no = f.review_no offset 0) r
		 order by f.status, lower(f.name)
		 limit `+strconv.Itoa(limit), by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var r OwnProject
			var target, due *time.Time
			var a rollupArrays
			if err := rows.Scan(&r.Duty, &r.Key, &r.Name, &r.Team, &r.Tier, &r.Status, &r.Restricted, &target, &r.Owner, &r.Ready, &r.Current,
				&a.mustTotal, &a.mustDone, &a.shouldTotal, &a.shouldDone, &a.blockers, &a.gates, &a.forced, &a.expired, &r.Live, &due,
				&r.ref.Key, &r.ref.Version, &r.ref.Digest, all); err != nil {
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
