package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// AssignedItem is an item that waits for the person, or that is waived.
type AssignedItem struct {
	Project review.ProjectKey
	Name    string // of the project
	Stage   plan.StageKey
	Item    plan.ItemKey
	Title   string // by the project's own template version
	Level   plan.Level
	Ask     review.Ask
	Until   time.Time // when its evidence expires, or its waiver
	Due     time.Time // date; zero: none
}

// itemAt names an item of the present review of a project.
type itemAt struct {
	project review.ProjectKey
	stage   plan.StageKey
	item    plan.ItemKey
}

// foundItem is an assigned item as the database has it, before the template
// tells what it asks.
type foundItem struct {
	AssignedItem
	pin      pinned
	answer   review.Answer
	reattest bool
	kinds    []string // of the links to a met item
	expires  []*time.Time
	granted  []time.Time // of waivers, in their order
	until    []time.Time
	revoked  []*time.Time
}

// queueAssigned asks for the items that may ask something of the person to whom
// they are assigned. Only templates know whether one does: where there are
// more than are read, those that wait for an answer come before those that are
// met, most of which need nothing.
func (s *Store) queueAssigned(b *pgx.Batch, by By, out *[]foundItem) {
	// Many items are of few projects, so what is asked of these is asked of each of them once.
	b.Queue(`with `+meSQL+`, of as materialized (
		    select f.project_id, f.review_no, f.name, f.key, `+nameSQL(`f`)+` as shown, r.plan, f.tier, p.profile, p.exposure
		      from (select distinct project_id from item where assignee_id = (select id from me)) i
		     cross join lateral (select * from portfolio where project_id = i.project_id offset 0) f
		     cross join lateral (select plan from review where project_id = f.project_id and no = f.review_no offset 0) r
		     cross join lateral (select profile, exposure from project where id = f.project_id offset 0) p, me
		     where f.status = 'active' and `+visibleSQL+`
		), waived as materialized (
		    select w.project_id, w.review_no, w.stage, w.item,
		           array_agg(w.granted_at order by w.no) as granted, array_agg(w.until order by w.no) as until, array_agg(w.revoked_at order by w.no) as revoked
		      from of
		     cross join lateral (select * from waiver where project_id = of.project_id and review_no = of.review_no and granted_at is not null offset 0) w
		     group by w.project_id, w.review_no, w.stage, w.item
		)
		select i.project_id, i.stage, i.item, i.due, i.state, i.note, i.reattest, e.kinds, e.expires, w.granted, w.until, w.revoked,
		       i.key, i.shown, i.plan, i.tier, i.profile, i.exposure
		  from (select i.project_id, i.review_no, i.stage, i.item, i.due, i.state, i.note, i.reattest, of.name, of.key, of.shown, of.plan, of.tier, of.profile, of.exposure
		          from item i
		          join of on of.project_id = i.project_id and of.review_no = i.review_no
		         where i.assignee_id = (select id from me) and (i.state <> 'not-applicable' or i.reattest)
		         order by i.state = 'met' and not i.reattest, i.due nulls last, of.name, i.stage, i.item
		         limit `+strconv.Itoa(WorkWhole)+`) i
		  left join waived w on w.project_id = i.project_id and w.review_no = i.review_no and w.stage = i.stage and w.item = i.item
		  left join lateral (
		      select array_agg(e.kind order by e.no) as kinds, array_agg(e.expires order by e.no) as expires
		        from evidence e
		       where i.state = 'met' and e.project_id = i.project_id and e.review_no = i.review_no and e.stage = i.stage and e.item = i.item and e.removed_at is null
		  ) e on true
		 order by i.due nulls last, i.name, i.stage, i.item`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		known := map[review.ProjectID]*foundItem{}
		for rows.Next() {
			var id review.ProjectID
			var f foundItem
			var due *time.Time
			into := []any{
				&id, &f.Stage, &f.Item, &due, &f.answer.State, &f.answer.Note, &f.reattest, &f.kinds, &f.expires, &f.granted, &f.until, &f.revoked,
				nil, nil, nil, nil, nil, nil,
			}
			if err := rows.Scan(into...); err != nil {
				return fmt.Errorf("reading assigned items: %w", err)
			}
			of := known[id]
			if of == nil {
				of = &foundItem{}
				clear(into)
				copy(into[12:], append([]any{&of.Project, &of.Name}, of.pin.into()...))
				if err := rows.Scan(into...); err != nil {
					return fmt.Errorf("reading the projects of assigned items: %w", err)
				}
				known[id] = of
			}
			f.Project, f.Name, f.pin, f.Due = of.Project, of.Name, of.pin, deref(due)
			*out = append(*out, f)
		}
		return rows.Err()
	})
}

// whatAsks lists the items that ask something of the person, and after them
// those that a waiver covers.
func (s *Store) whatAsks(ctx context.Context, found []foundItem, now time.Time) ([]AssignedItem, error) {
	var out []AssignedItem
	for i := range found {
		f := &found[i]
		d, level, err := s.item(ctx, &f.pin, f.Stage, f.Item)
		if err != nil {
			return nil, err
		}
		if level == plan.LevelNone {
			continue
		}
		f.Title, f.Level = d.Title, level
		if f.asks(d, now); f.Ask != review.AskNothing {
			out = append(out, f.AssignedItem)
		}
	}
	slices.SortStableFunc(out, func(a, b AssignedItem) int { return cmp.Compare(waivedLast(a), waivedLast(b)) })
	return out, nil
}

func waivedLast(it AssignedItem) int {
	if it.Ask == review.AskWaived {
		return 1
	}
	return 0
}

// asks works out what the item asks by its template.
func (f *foundItem) asks(d *plan.Item, now time.Time) {
	stage := review.Stage{Loaded: true, Evidence: links(d.Key, f.kinds, f.expires)} // as much of it as bears on the item
	for i := range f.granted {
		stage.Waivers = append(
			stage.Waivers, review.Waiver{No: i + 1, Item: d.Key, GrantedAt: f.granted[i], Until: f.until[i], RevokedAt: deref(f.revoked[i])},
		)
	}
	f.Ask, f.Until = stage.Asks(&review.Item{Def: d, Level: f.Level, Answer: f.answer, Reattest: f.reattest}, now)
	f.Until = f.Until.UTC()
}

// links are those of an item, as much of them as decides whether they count: their
// kinds and when they expire.
func links(item plan.ItemKey, kinds []string, expires []*time.Time) []review.Evidence {
	out := make([]review.Evidence, len(kinds))
	for i, kind := range kinds {
		out[i] = review.Evidence{No: i + 1, Item: item, Type: plan.EvidenceKind(kind), Expires: deref(expires[i])}
	}
	return out
}

// Untaken is a project in whose current stage there are items that nobody has
// answered and that are assigned to nobody.
type Untaken struct {
	Project review.ProjectKey
	Name    string
	Stage   plan.StageKey
	Items   int
}

// maxToTake is in how many projects somebody is offered work to take.
const maxToTake = 3

// toTake finds work that nobody has taken in the projects that the person is
// on, those that are due first.
func (s *Store) toTake(ctx context.Context, by By) ([]Untaken, error) {
	rows, err := s.pool.Query(ctx, `with `+meSQL+`, own as materialized (
		    select project_id from project_member where person_id = (select id from me)
		), first as materialized (
		    select f.*, `+nameSQL(`f`)+` as shown from own m cross join lateral (select * from portfolio where project_id = m.project_id offset 0) f
		     where f.status = 'active' and f.current < cardinality(f.gates)
		     order by f.target nulls last, lower(f.name)
		     limit $4
		)
		select f.key, f.shown, f.current, array_agg(i.stage), array_agg(i.item),
		       r.plan, f.tier, p.profile, p.exposure
		  from first f
		  join project p on p.id = f.project_id
		  join review r on r.project_id = f.project_id and r.no = f.review_no
		  left join item i on i.project_id = f.project_id and i.review_no = f.review_no and (i.state <> 'open' or i.assignee_id is not null)
		 group by f.project_id, f.key, f.name, f.shown, f.current, f.target, r.project_id, r.no, f.tier, p.id
		 order by f.target nulls last, lower(f.name)`, by.token[:], by.person, s.idle, maxToTake)
	if err != nil {
		return nil, batchError("looking for work to take", err)
	}
	defer rows.Close()
	var out []Untaken
	var pins []pinned
	taken := map[itemAt]bool{}
	var current []int
	for rows.Next() {
		var u Untaken
		var pin pinned
		var at int
		var stages, items []*string
		if err := rows.Scan(append([]any{&u.Project, &u.Name, &at, &stages, &items}, pin.into()...)...); err != nil {
			return nil, fmt.Errorf("looking for work to take: %w", err)
		}
		for i := range items {
			if items[i] != nil {
				taken[itemAt{u.Project, plan.StageKey(*stages[i]), plan.ItemKey(*items[i])}] = true
			}
		}
		out, pins, current = append(out, u), append(pins, pin), append(current, at)
	}
	if err := rows.Err(); err != nil {
		return nil, batchError("looking for work to take", err)
	}
	for i := range out {
		if err := s.countUntaken(ctx, &out[i], &pins[i], current[i], taken); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(out, func(u Untaken) bool { return u.Items == 0 }), nil
}

// countUntaken counts the items of the current stage that apply and that nobody
// has taken.
func (s *Store) countUntaken(ctx context.Context, u *Untaken, pin *pinned, current int, taken map[itemAt]bool) error {
	t, err := s.planned(ctx, s.pool, pin.plan)
	if err != nil || current >= len(t.Stages) {
		return err
	}
	def := &t.Stages[current]
	u.Stage = def.Key
	for i := range def.Items {
		d := &def.Items[i]
		if pin.level(def, d) != plan.LevelNone && !taken[itemAt{u.Project, u.Stage, d.Key}] {
			u.Items++
		}
	}
	return nil
}
