package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// nearProjects are in how many of a person's own projects the search looks for an
// item of the library that it found.
const nearProjects = 20

// order puts those items of the library first that projects ask which the person may
// see, of these the ones with the words in their titles.
func (s *Store) order(ctx context.Context, by By, found *finding) error {
	v := found.view
	keys, _ := found.library.askedBy(v.Items)
	if len(keys) < 2 {
		return nil
	}
	used := s.standings.used(keys, &found.sight)
	if rest := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return slices.Contains(used, key) }); len(rest) > 0 {
		more, err := s.usedParts(ctx, by, rest)
		if err != nil {
			return err
		}
		used = append(used, more...)
	}
	class := func(it *FoundItem) int {
		switch {
		case it.Item == nil:
			return 2 // what a project added
		case !slices.Contains(used, it.Document.Key()):
			return 3
		case it.Says != "":
			return 1
		}
		return 0
	}
	slices.SortStableFunc(v.Items, func(a, b FoundItem) int { return class(&a) - class(&b) })
	return nil
}

// usedParts are those of the documents that are part of a plan by which a project goes that the
// person may see.
func (s *Store) usedParts(ctx context.Context, by By, keys []string) ([]string, error) {
	rows, err := s.pool.Query(ctx, `with `+meSQL+`
		select key from unnest($4::text[]) key
		 where exists (
		     select from (select digest from plan where documents @> array[key] offset 0) p -- none or few, which the planner cannot know
		      cross join lateral (
		          select from review r join portfolio f on f.project_id = r.project_id and f.review_no = r.no, me
		           where r.plan = p.digest and `+visibleSQL+` limit 1) u)`, by.token[:], by.person, s.idle, keys)
	if err != nil {
		return nil, batchError("finding out which documents projects go by", err)
	}
	used, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("finding out which documents projects go by: %w", err)
	}
	return used, nil
}

// count finds out how many projects ask the items of the library that a page shows, and
// where these are in the person's own projects.
func (s *Store) count(ctx context.Context, by By, found *finding) error {
	v := found.view
	keys, flags := found.library.askedBy(v.Items)
	if len(keys) == 0 {
		return nil
	}
	var near []nearProject
	var asking []askingGroup
	lifecycles, parts := found.library.apart(keys)
	answers := map[review.ProjectID]int64{}
	flags = flags[:min(len(flags), 62)] // as many as a number has room for; an item has two or three
	b := &pgx.Batch{}
	if len(lifecycles) > 0 && len(flags) > 0 {
		queueAnswers(b, flags, answers)
	}
	if len(parts) > 0 {
		s.queueAsking(b, by, parts, flags, &asking)
	}
	s.queueNear(b, by, &near)
	if err := send(ctx, s.pool, b); err != nil {
		return batchError("finding out who asks items", err)
	}
	asking = append(asking, s.standings.asking(lifecycles, flags, answers, &found.sight)...)
	for i := range v.Items {
		it := &v.Items[i]
		if it.Item == nil {
			continue
		}
		it.Projects = found.library.asking(it.Document.Key(), it.Key, asking)
		if err := s.place(ctx, it, near); err != nil {
			return err
		}
	}
	return nil
}

// askedBy are the documents that have the items, and the answers about a project that
// make one of these apply in any version.
func (l *publishedLibrary) askedBy(items []FoundItem) (keys []string, flags []plan.Flag) {
	for i := range items {
		if items[i].Item == nil {
			continue
		}
		key := items[i].Document.Key()
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		for j := range l.items {
			if it := &l.items[j]; it.Item.Key == items[i].Key && it.Document.Key() == key {
				flags = append(flags, it.Item.When...)
			}
		}
	}
	slices.Sort(flags)
	return keys, slices.Compact(flags)
}

// askingGroup are projects that go by a version of a document and are alike in what
// makes an item of it apply.
type askingGroup struct {
	key      string
	version  int
	tier     plan.Tier
	profile  plan.Profile
	projects int
}

// apart are the lifecycles among documents, by which each project says that it goes, and the others,
// which are part of plans.
func (l *publishedLibrary) apart(keys []string) (lifecycles, parts []string) {
	for _, key := range keys {
		if slices.ContainsFunc(l.documents, func(d DocumentVersions) bool { return d.Newest.Lifecycle != nil && d.Newest.Key() == key }) {
			lifecycles = append(lifecycles, key)
		} else {
			parts = append(parts, key)
		}
	}
	return lifecycles, parts
}

// maskSQL has a bit for each of the answers in a parameter that a project p has given. Of all that is
// answered about a project only what matters is looked at: to group by whole profiles takes longer than all else.
func maskSQL(flags []plan.Flag, parameter string) string {
	mask := `0::bigint`
	for i := range flags {
		mask += fmt.Sprintf(` + case when (%s::text[])[%d] = any(p.profile) then %d else 0 end`, parameter, i+1, int64(1)<<i)
	}
	return mask
}

func unmask(mask int64, flags []plan.Flag) (profile plan.Profile) {
	for i, f := range flags {
		if mask&(1<<i) != 0 {
			profile = append(profile, f)
		}
	}
	return profile
}

// queueAnswers asks which projects gave which of the answers, whoever may see them.
func queueAnswers(b *pgx.Batch, flags []plan.Flag, into map[review.ProjectID]int64) {
	b.Queue(`
		select mask, array_agg(id) from (select p.id, `+maskSQL(flags, `$1`)+` as mask from project p offset 0) answered
		 where mask <> 0
		 group by mask`, texts(flags)).Query(func(rows pgx.Rows) error {
		var mask int64
		var ids []int64
		_, err := pgx.ForEachRow(rows, []any{&mask, &ids}, func() error {
			for _, id := range ids {
				into[review.ProjectID(id)] = mask
			}
			return nil
		})
		return err
	})
}

// asking counts the projects that somebody may see by the lifecycle that they go by, and what they
// answered.
func (t *standings) asking(lifecycles []string, flags []plan.Flag, answers map[review.ProjectID]int64, who *sight) []askingGroup {
	if len(lifecycles) == 0 {
		return nil
	}
	type alike struct {
		ref  *plan.Ref
		tier plan.Tier
		mask int64
	}
	counts := map[alike]int{}
	t.mu.RLock()
	defer t.mu.RUnlock()
	for i := range t.of {
		if p := &t.of[i]; who.sees(p) {
			counts[alike{p.ref, p.tier, answers[p.id]}]++
		}
	}
	var out []askingGroup
	for a, n := range counts {
		if slices.Contains(lifecycles, a.ref.Key) {
			out = append(out, askingGroup{a.ref.Key, a.ref.Version, a.tier, unmask(a.mask, flags), n})
		}
	}
	return out
}

// queueAsking counts the projects that the person may see by what their plans are made of beside
// their lifecycle.
func (s *Store) queueAsking(b *pgx.Batch, by By, keys []string, flags []plan.Flag, into *[]askingGroup) {
	profiles := ``
	if len(flags) > 0 {
		profiles = `join project p on p.id = f.project_id`
	}
	b.Queue(`with `+meSQL+`,
		made as materialized (
		    select p.digest, m->>'key' as key, (m->>'version')::int as version
		      from plan p cross join lateral json_array_elements(p.origin->'modules') m
		     where p.documents && $4::text[] and m->>'key' = any($4))
		select made.key, made.version, f.tier, `+maskSQL(flags, `$5`)+` as flags, count(*)::int
		  from made
		  join review r on r.plan = made.digest
		  join portfolio f on f.project_id = r.project_id and f.review_no = r.no `+profiles+`, me
		 where cardinality($5::text[]) >= 0 and `+visibleSQL+`
		 group by 1, 2, 3, 4`,
		by.token[:], by.person, s.idle, keys, texts(flags)).Query(func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (g askingGroup, err error) {
			var mask int64
			err = row.Scan(&g.key, &g.version, &g.tier, &mask, &g.projects)
			g.profile = unmask(mask, flags)
			return g, err
		})
		return err
	})
}

// asking counts the projects to which an item of a document applies, in the version
// that they go by.
func (l *publishedLibrary) asking(document string, key plan.ItemKey, groups []askingGroup) (n int) {
	versions := map[int]*plan.Item{}
	for i := range l.items {
		if it := &l.items[i].LibraryItem; it.Item.Key == key && it.Document.Key() == document {
			versions[it.Document.Version()] = it.Item
		}
	}
	for i := range groups {
		g := &groups[i]
		if it := versions[g.version]; g.key == document && it != nil && it.LevelFor(g.tier, g.profile) != plan.LevelNone {
			n += g.projects
		}
	}
	return n
}

// title is what an item is called in the newest version that has it, of the lifecycle
// that a project follows or else of another document; empty where the library has none
// of that key.
func (l *publishedLibrary) title(lifecycle string, key plan.ItemKey) (title string) {
	for i := range l.items {
		switch it := &l.items[i].LibraryItem; {
		case it.Item.Key != key:
		case it.Document.Key() == lifecycle:
			return it.Item.Title
		case title == "":
			title = it.Item.Title
		}
	}
	return title
}

// nearProject is one that the person works on.
type nearProject struct {
	id      review.ProjectID
	plan    string // by its digest
	tier    plan.Tier
	profile plan.Profile
}

func (s *Store) queueNear(b *pgx.Batch, by By, into *[]nearProject) {
	b.Queue(`with `+meSQL+`
		select f.project_id, r.plan, p.tier, p.profile
		  from portfolio f
		  join review r on r.project_id = f.project_id and r.no = f.review_no
		  join project p on p.id = f.project_id, me
		 where f.project_id = any(me.own)
		 order by f.status = 'stopped', f.project_id desc limit $4`, by.token[:], by.person, s.idle, nearProjects).Query(func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (n nearProject, err error) {
			var profile []string
			err = row.Scan(&n.id, &n.plan, &n.tier, &profile)
			for _, f := range profile {
				n.profile = append(n.profile, plan.Flag(f))
			}
			return n, err
		})
		return err
	})
}

// place finds an item of the library in one of the person's own projects.
func (s *Store) place(ctx context.Context, it *FoundItem, near []nearProject) error {
	for _, n := range near {
		p, err := s.planned(ctx, s.pool, n.plan)
		if err != nil {
			return err
		}
		for i := range p.Stages {
			for j := range p.Stages[i].Items {
				d := &p.Stages[i].Items[j]
				if d.Key == it.Key && cmp.Or(d.From, p.Ref().Key) == it.Document.Key() && !d.Own && d.LevelFor(n.tier, n.profile) != plan.LevelNone {
					it.FoundIn, it.Stage = FoundIn{id: n.id, Own: true}, p.Stages[i].Key
					return nil
				}
			}
		}
	}
	return nil
}

// nameFound reads what the projects of the hits are called.
func (s *Store) nameFound(ctx context.Context, by By, found *finding) error {
	v := found.view
	var all []*FoundIn
	for i := range v.Projects {
		all = append(all, v.Projects[i].in())
	}
	for i := range v.Items {
		all = append(all, v.Items[i].in())
	}
	for i := range v.Evidence {
		all = append(all, v.Evidence[i].in())
	}
	for i := range v.Records {
		all = append(all, v.Records[i].in())
	}
	var ids []int64
	for _, f := range all {
		if f.id != 0 && !slices.Contains(ids, int64(f.id)) {
			ids = append(ids, int64(f.id))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	type named struct {
		ID                   int64
		Key, Name, Lifecycle string
	}
	var names []named
	b := &pgx.Batch{}
	queueOnce(b)
	b.Queue(`with `+meSQL+`
		select f.project_id, f.key, `+nameSQL(`f`)+`, r.template_key
		  from portfolio f join review r on r.project_id = f.project_id and r.no = f.review_no, me where f.project_id = any($4) and `+visibleSQL, by.token[:], by.person, s.idle, ids).Query(func(rows pgx.Rows) (err error) {
		names, err = pgx.CollectRows(rows, pgx.RowToStructByPos[named])
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return batchError("naming projects that were found", err)
	}
	for _, f := range all {
		if i := slices.IndexFunc(names, func(n named) bool { return n.ID == int64(f.id) }); i >= 0 {
			f.Project, f.Name, f.lifecycle = review.ProjectKey(names[i].Key), names[i].Name, names[i].Lifecycle
		}
	}
	for i := range v.Evidence {
		v.Evidence[i].Asked = found.library.title(v.Evidence[i].lifecycle, v.Evidence[i].Item)
	}
	v.Projects = slices.DeleteFunc(v.Projects, func(p FoundProject) bool { return p.Project == "" })
	v.Evidence = slices.DeleteFunc(v.Evidence, func(e FoundEvidence) bool { return e.Project == "" })
	v.Records = slices.DeleteFunc(v.Records, func(r FoundRecord) bool { return r.Project == "" })
	v.Items = slices.DeleteFunc(v.Items, func(it FoundItem) bool { return it.Item == nil && it.Project == "" })
	return nil
}
