package portfolio

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/devstack"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func builtIn(t *testing.T) *plan.Lifecycle {
	t.Helper()
	l, err := catalog.Version(lifecycleKey, lifecycleVersion)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func itemsOf(tmpl *plan.Lifecycle) map[plan.ItemKey]*plan.Item {
	out := map[plan.ItemKey]*plan.Item{}
	for i := range tmpl.Stages {
		for j := range tmpl.Stages[i].Items {
			d := &tmpl.Stages[i].Items[j]
			out[d.Key] = d
		}
	}
	return out
}

// The texts keep up with the template: an item that is added needs its own.
func TestDemoTextsCoverTheTemplate(t *testing.T) {
	tmpl := builtIn(t)
	items := itemsOf(tmpl)
	span := regexp.MustCompile(`\{(name|\d+-\d+)\}`)
	for key := range items {
		words, ok := sayings[key]
		if !ok || words.title == "" {
			t.Errorf("no demo text for item %s", key)
		}
		for _, text := range []string{words.title, words.met, words.gap} {
			if rest := span.ReplaceAllString(text, ""); strings.ContainsAny(rest, "{}") {
				t.Errorf("%s: %q has a brace that stands for nothing", key, text)
			}
		}
	}
	check := func(table string, key plan.ItemKey) {
		if items[key] == nil {
			t.Errorf("%s speaks of item %s, which the template does not have", table, key)
		}
	}
	for key := range sayings {
		check("sayings", key)
	}
	for key := range exchanges {
		check("exchanges", key)
	}
	for key := range doesNotApply {
		check("doesNotApply", key)
	}
	for i := range tmpl.Stages {
		st := &tmpl.Stages[i]
		if len(concerns[st.Key]) < 2 {
			t.Errorf("stage %s has fewer than two findings", st.Key)
		}
		if !slices.ContainsFunc(st.Items, func(d plan.Item) bool { return d.Key == drifts[st.Key].item && d.Levels[2] != plan.LevelNone }) {
			t.Errorf("what drifts in stage %s is no item of its starter tier", st.Key)
		}
	}
}

func TestDemoProjectsFitTheTemplate(t *testing.T) {
	tmpl := builtIn(t)
	items := itemsOf(tmpl)
	var ids []string
	for _, p := range devstack.People() {
		ids = append(ids, p.ID)
	}
	seen := map[review.ProjectKey]bool{}
	for _, p := range demoProjects() {
		if seen[p.key] {
			t.Errorf("two projects with the key %s", p.key)
		}
		seen[p.key] = true
		for _, f := range p.flags() {
			if !tmpl.HasFlag(f) {
				t.Errorf("%s: no flag %s", p.key, f)
			}
		}
		for _, k := range strings.Fields(p.na) {
			d := items[plan.ItemKey(k)]
			if doesNotApply[plan.ItemKey(k)] == "" || d == nil || d.LevelFor(p.tier, p.flags()) == plan.LevelNone {
				t.Errorf("%s: %s cannot be claimed not to apply", p.key, k)
			}
		}
		for _, l := range leaves[p.key] {
			d := items[l.item]
			if d == nil || d.LevelFor(p.tier, p.flags()) != plan.LevelMust ||
				!slices.ContainsFunc(p.past, func(ch chapter) bool { return ch.stage == l.stage }) {
				t.Errorf("%s: no must %s to waive", p.key, l.item)
			}
			if d != nil && slices.Contains(strings.Fields(p.na), string(l.item)) {
				t.Errorf("%s: %s is said not to apply", p.key, l.item)
			}
		}
		for _, id := range append(strings.Fields(p.members), p.owner, p.deputy) {
			if !slices.Contains(ids, id) {
				t.Errorf("%s: nobody is called %q", p.key, id)
			}
		}
	}
	for key := range leaves {
		if !seen[key] {
			t.Errorf("waivers of a project %s, which is not there", key)
		}
	}
	if n := len(seen); n < 38 || n > 45 {
		t.Errorf("%d projects, want about 40", n)
	}
}

// Slipway's evidence about itself has to be there for everybody who follows a link.
func TestSlipwayLinksExist(t *testing.T) {
	items := itemsOf(builtIn(t))
	for key, l := range slipwayLinks {
		if _, err := os.Stat(filepath.Join("..", "..", "..", l.path)); err != nil {
			t.Errorf("%s: %v", key, err)
		}
		if d := items[key]; d == nil || d.Levels[2] == plan.LevelNone || !slices.Contains(d.Evidence, l.kind) {
			t.Errorf("%s is no item of the starter tier that takes a %s", key, l.kind)
		}
	}
}

// On whatever weekday the portfolio is made, its steps move forward within
// their time.
func TestStoriesMoveForward(t *testing.T) {
	tmpl, cast := builtIn(t), newCast(t)
	for weekday := range 7 {
		day := time.Date(2026, 3, 2+weekday, 0, 0, 0, 0, time.UTC)
		for _, p := range demoProjects() {
			s := newStory(&p, tmpl, cast.ids, day)
			if got := p.dayOf(s.began); !got.Equal(day) {
				t.Errorf("%s: began %s, which tells %s for %s", p.key, s.began, got, day)
			}
			last := s.began
			for _, st := range s.plan() {
				if !st.at.After(last) || !st.at.Before(day) {
					t.Errorf("%s: %s acts on %s after %s, day %s", p.key, st.who, st.at, last, day)
				}
				last = st.at
			}
		}
	}
}

// The domain accepts each step, and every state of a gate comes of it: tried
// for a day after which the weekend shifts the most. The store's test tries
// today.
func TestStoriesCouldHaveBeen(t *testing.T) {
	tmpl, cast := builtIn(t), newCast(t)
	saturday := time.Date(2026, 3, 7, 0, 0, 0, 0, time.UTC)
	gates := map[review.GateState]int{}
	for i, p := range demoProjects() {
		r := cast.live(t, &p, tmpl, review.ProjectID(i+2), saturday)
		r.Settle(saturday.Add(9 * time.Hour))
		for _, st := range r.Stages {
			gates[st.Gate]++
		}
	}
	for g := review.GateBlocked; g <= review.GateLapsed; g++ {
		if gates[g] == 0 {
			t.Errorf("no gate is %q", g.Label())
		}
	}
	if gates[review.GateLapsed] > 4 || gates[review.GateWaiting] < 18 {
		t.Errorf("%d gates lapsed, %d wait", gates[review.GateLapsed], gates[review.GateWaiting])
	}
}

// cast is the demo people without a database.
type cast struct {
	ids    map[string]review.PersonID
	groups auth.GroupMap
	people []devstack.Person
}

func newCast(t *testing.T) cast {
	t.Helper()
	m, err := auth.ParseGroupMap(devstack.DemoGroupMap())
	if err != nil {
		t.Fatal(err)
	}
	c := cast{ids: map[string]review.PersonID{}, groups: m, people: devstack.People()}
	for i, p := range c.people {
		c.ids[p.ID] = review.PersonID(i + 1)
	}
	return c
}

func (c cast) actor(id string, p *demoProject, project review.ProjectID, since time.Time) review.Actor {
	i := slices.IndexFunc(c.people, func(p devstack.Person) bool { return p.ID == id })
	a := review.Actor{Person: c.ids[id]}
	for _, right := range rightsOf(c.groups.For(auth.Identity{Groups: c.people[i].Groups, GroupsKnown: true})) {
		if right.Role != "" {
			a.Roles = append(a.Roles, right.Role)
		} else {
			a.Seats = append(a.Seats, review.SeatHeld{Seat: right.Seat, Since: since})
		}
	}
	a.Roles = append(a.Roles, review.RoleViewer)
	for _, own := range p.seats() {
		if own.who == id {
			a.Seats = append(a.Seats, review.SeatHeld{Seat: own.seat, Scope: review.Scope(project), Since: since})
		}
	}
	return a
}

// firstPlan is the plan with which all projects began.
func firstPlan(t *testing.T, tmpl *plan.Lifecycle) *plan.Plan {
	t.Helper()
	ref, err := plan.Document{Lifecycle: tmpl}.Ref()
	if err != nil {
		t.Fatal(err)
	}
	return plan.Bare(tmpl, ref)
}

// published composes plans of what comes with the program or is published by the demo.
func published(o plan.Origin) (*plan.Plan, error) {
	return plan.ComposeFrom(o, func(ref plan.Ref) (plan.Document, error) {
		if l, err := catalog.Version(ref.Key, ref.Version); err == nil {
			return plan.Document{Lifecycle: l}, nil
		}
		if l, err := pilotsFirst(); err == nil && l.Key == ref.Key {
			return plan.Document{Lifecycle: l}, nil
		}
		if m := failureModule(); m.Key == ref.Key {
			return plan.Document{Module: m}, nil
		}
		if ref.Key == terms(1).Key {
			return plan.Document{Definition: terms(ref.Version)}, nil
		}
		if p := changePolicy(); p.Key == ref.Key {
			return plan.Document{Policy: p}, nil
		}
		m, err := catalog.Module(ref.Key, ref.Version)
		return plan.Document{Module: m}, err
	})
}

// live carries a project's story out.
func (c cast) live(t *testing.T, p *demoProject, tmpl *plan.Lifecycle, id review.ProjectID, day time.Time) *review.Review {
	t.Helper()
	s := newStory(p, tmpl, c.ids, day)
	r, err := review.Create(c.actor(p.owner, p, id, s.began), id, firstPlan(t, tmpl), review.NewProject{
		Key: string(p.key), Name: p.name, Summary: p.summary, Team: p.team, Tier: p.tier, Exposure: p.exposure,
		Owner: c.ids[p.owner], Deputy: c.ids[p.deputy], Target: s.firstTarget(), Restricted: p.restricted,
		Profile: p.flags(), Unanswered: p.unanswered(),
	}, s.began)
	if err != nil {
		t.Fatalf("%s: %v", p.key, err)
	}
	r.Plans = published
	for _, st := range s.plan() {
		r.Seen = map[review.ProjectKey]review.ProjectID{}
		for i, other := range demoProjects() {
			if slices.Contains(st.sees, other.key) {
				r.Seen[other.key] = review.ProjectID(i + 2)
			}
		}
		r.Named = map[review.PersonID]review.Actor{}
		for _, person := range st.knows {
			r.Named[c.ids[person]] = c.actor(person, p, id, s.began)
		}
		if err := st.run(r, c.actor(st.who, p, id, s.began), st.at); err != nil {
			t.Fatalf("%s: %s in stage %s on %s: %v", p.key, st.who, st.stage, st.at, err)
		}
	}
	return r
}

func TestDemoGroupMapGivesEverySeatThatSigns(t *testing.T) {
	m, err := auth.ParseGroupMap(devstack.DemoGroupMap())
	if err != nil {
		t.Fatal(err)
	}
	for seat, holders := range seatHolders {
		for _, p := range devstack.People() {
			grants := m.For(auth.Identity{Groups: p.Groups, GroupsKnown: true})
			if has := slices.Contains(grants, auth.Grant{Seat: string(seat)}); has != slices.Contains(holders, p.ID) {
				t.Errorf("%s in the %s seat: group map says %v", p.ID, seat, has)
			}
		}
	}
}
