package devstack

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
	"github.com/slipway-prr/slipway/internal/review"
)

func builtIn(t *testing.T) *review.Template {
	t.Helper()
	all, err := catalog.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return &all[0]
}

func itemsOf(tmpl *review.Template) map[review.ItemKey]*review.ItemDef {
	out := map[review.ItemKey]*review.ItemDef{}
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
	check := func(table string, key review.ItemKey) {
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
		if !slices.ContainsFunc(st.Items, func(d review.ItemDef) bool { return d.Key == drifts[st.Key].item && d.Levels[2] != review.LevelNone }) {
			t.Errorf("what drifts in stage %s is no item of its starter tier", st.Key)
		}
	}
}

func TestDemoProjectsFitTheTemplate(t *testing.T) {
	tmpl := builtIn(t)
	items := itemsOf(tmpl)
	var ids []string
	for _, p := range People() {
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
			d := items[review.ItemKey(k)]
			if doesNotApply[review.ItemKey(k)] == "" || d == nil || d.LevelFor(p.tier, p.flags()) == review.LevelNone {
				t.Errorf("%s: %s cannot be claimed not to apply", p.key, k)
			}
		}
		for _, id := range append(strings.Fields(p.members), p.owner, p.deputy) {
			if !slices.Contains(ids, id) {
				t.Errorf("%s: nobody is called %q", p.key, id)
			}
		}
	}
	if n := len(seen); n < 38 || n > 45 {
		t.Errorf("%d projects, want about 40", n)
	}
}

// Slipway's evidence about itself has to be there for whoever follows a link.
func TestSlipwayLinksExist(t *testing.T) {
	items := itemsOf(builtIn(t))
	for key, l := range slipwayLinks {
		if _, err := os.Stat(filepath.Join("..", "..", l.path)); err != nil {
			t.Errorf("%s: %v", key, err)
		}
		if d := items[key]; d == nil || d.Levels[2] == review.LevelNone || !slices.Contains(d.Evidence, l.kind) {
			t.Errorf("%s is no item of the starter tier that takes a %s", key, l.kind)
		}
	}
}

// On every weekday a story moves forward, within its time.
func TestStoriesMoveForward(t *testing.T) {
	tmpl := builtIn(t)
	people := map[string]review.PersonID{}
	for i, p := range People() {
		people[p.ID] = review.PersonID(i + 1)
	}
	for weekday := range 7 {
		day := time.Date(2026, 3, 2+weekday, 0, 0, 0, 0, time.UTC)
		for _, p := range demoProjects() {
			s := newStory(&p, tmpl, people, day)
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

func TestDemoGroupMapGivesEverySeatThatSigns(t *testing.T) {
	m, err := auth.ParseGroupMap(DemoGroupMap())
	if err != nil {
		t.Fatal(err)
	}
	for seat, holders := range seatHolders {
		for _, p := range People() {
			grants := m.For(auth.Identity{Groups: p.Groups, GroupsKnown: true})
			if has := slices.Contains(grants, auth.Grant{Seat: string(seat)}); has != slices.Contains(holders, p.ID) {
				t.Errorf("%s in the %s seat: group map says %v", p.ID, seat, has)
			}
		}
	}
}
