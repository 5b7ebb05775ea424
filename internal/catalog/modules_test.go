package catalog

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// builtInModules are the newest versions of the modules.
func builtInModules(t *testing.T) []*plan.Module {
	t.Helper()
	newest := map[string]*plan.Module{}
	for _, d := range builtInDocuments(t) {
		if m := d.Module; m != nil && (newest[m.Key] == nil || newest[m.Key].Version < m.Version) {
			newest[m.Key] = m
		}
	}
	return slices.SortedFunc(maps.Values(newest), func(a, b *plan.Module) int { return strings.Compare(a.Key, b.Key) })
}

// The figures come from the plan of the modules, not from their files, so that an
// item lost in an edit is noticed.
func TestModulesHaveThePlannedItems(t *testing.T) {
	want := map[string]int{
		"accessibility": 16, "ai-assistant": 20, "edge": 10, "finance": 20, "gdpr": 15, "hipaa": 20, "iso27001": 15, "ml": 25, "public-sector": 12,
	}
	got := map[string]int{}
	for _, m := range builtInModules(t) {
		got[m.Key] = len(m.Items)
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// Whatever modules a project takes, with whichever lifecycle: no two items share a
// key or a title, and every gate can pass.
func TestModulesFitEveryLifecycle(t *testing.T) {
	modules := builtInModules(t)
	var refs []plan.Ref
	profile := plan.Profile{}
	for _, m := range modules {
		ref, err := plan.Document{Module: m}.Ref()
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref)
		for _, q := range m.Flags {
			profile = append(profile, q.Key)
		}
	}
	for _, l := range current(t) {
		for _, q := range l.Flags {
			profile = append(profile, q.Key)
		}
		ref, err := l.Ref()
		if err != nil {
			t.Fatal(err)
		}
		p, err := plan.Compose(plan.Origin{Lifecycle: ref, Modules: refs}, &l, modules)
		if err != nil {
			t.Fatalf("%s with all modules: %v", l.Key, err)
		}
		titles := map[string]plan.ItemKey{}
		for i := range p.Stages {
			s := &p.Stages[i]
			for j := range s.Items {
				d := &s.Items[j]
				title := strings.ToLower(d.Title)
				if other := titles[title]; other != "" {
					t.Errorf("%s: %s and %s have the same title", l.Key, other, d.Key)
				}
				titles[title] = d.Key
			}
			for _, tier := range tiers {
				for _, answers := range []plan.Profile{nil, profile} {
					pol := s.Gate.Policy(tier, answers)
					if pol.Quorum < 1 || pol.Quorum > len(pol.Seats) || len(pol.Mandatory) > pol.Quorum {
						t.Errorf("%s: the gate of %s cannot pass at tier %d: %+v", l.Key, s.Key, tier, pol)
					}
				}
			}
		}
	}
}

// One question, one label and group, whichever documents ask it; and none that
// changes nothing.
func TestQuestionsOfModules(t *testing.T) {
	asked := map[plan.Flag]plan.Question{}
	for _, l := range builtInLifecycles(t) {
		for _, q := range l.Flags {
			asked[q.Key] = q
		}
	}
	for _, m := range builtInModules(t) {
		used := slices.Clone(m.ProposedWhen)
		for _, s := range m.Seats {
			used = append(used, s.When...)
		}
		for _, d := range m.Items {
			used = append(used, d.When...)
		}
		for _, q := range m.Flags {
			if other, found := asked[q.Key]; found {
				t.Errorf("%s asks %s, which is asked as %q already", m.Key, q.Key, other.Label)
			}
			if !slices.Contains(used, q.Key) {
				t.Errorf("%s: the answer to %s changes nothing", m.Key, q.Key)
			}
			asked[q.Key] = q
		}
		if len(m.ProposedWhen) == 0 {
			t.Errorf("%s is proposed by no answer", m.Key)
		}
	}
}

// Whoever has compliance sign says that this is no legal advice, and that nobody
// qualified has checked the numbers of articles.
func TestNotices(t *testing.T) {
	for _, m := range builtInModules(t) {
		if !slices.ContainsFunc(m.Seats, func(s plan.ModuleSeat) bool { return s.Seat == plan.SeatCompliance }) {
			continue
		}
		for _, said := range []string{"not legal advice", "no lawyer"} {
			if !strings.Contains(m.Notice, said) {
				t.Errorf("%s: the notice does not say %q", m.Key, said)
			}
		}
	}
}

// What a law asks for, it asks of a small internal tool as well.
func TestTheLawOfModulesCountsAtEveryTier(t *testing.T) {
	laws := []string{"gdpr", "hipaa", "iso27001", "finance", "public-sector"}
	lawful := []plan.Flag{"eaa", "public-sector", "eu-ai-act", "ai-high-risk"}
	duties := 0
	for _, m := range builtInModules(t) {
		for _, d := range m.Items {
			law := slices.Contains(laws, m.Key)
			if !law {
				law = len(d.When) > 0 && !slices.ContainsFunc(d.When, func(f plan.Flag) bool { return !slices.Contains(lawful, f) })
			}
			if !law || d.Levels[0] != plan.LevelMust || !slices.Contains(d.Quality, "compliance") {
				continue
			}
			if duties++; d.Levels != [3]plan.Level{"must", "must", "must"} {
				t.Errorf("%s is %v, although a law asks for it", d.Key, d.Levels)
			}
		}
	}
	if duties < 60 {
		t.Errorf("only %d duties of a law were found", duties)
	}
}

// Evidence ages where it is renewed: every lifecycle's last gate repeats, and covers
// operation.
func TestEvidenceOfModulesAgesInOperation(t *testing.T) {
	for _, m := range builtInModules(t) {
		for _, d := range m.Items {
			if d.ValidDays > 0 && d.Phase != "operation" {
				t.Errorf("%s: its evidence is good for %d days, and %s is not gone through again", d.Key, d.ValidDays, d.Phase)
			}
		}
	}
}

// coverage-modules.csv lists the facts, and the duties of laws and standards, that
// each module has to cover.
//
//go:embed testdata/coverage-modules.csv
var moduleCoverage []byte

func TestEveryFactOfModulesIsCovered(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(moduleCoverage)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]bool{}
	for _, m := range builtInModules(t) {
		for _, d := range m.Items {
			for _, id := range d.Sources {
				covered[fmt.Sprint(m.Key, " ", id)] = true
			}
		}
	}
	for _, row := range rows[1:] {
		if !covered[row[1]+" "+row[0]] {
			t.Errorf("%s covers nothing of %s", row[1], row[0])
		}
	}
	if len(rows) != 117 {
		t.Errorf("coverage-modules.csv names %d facts, want 116", len(rows)-1)
	}
}

// The two sources have 377 facts. One of them is what the product itself is for:
// governance in each stage, in place of one list at the end.
func TestEveryFactOfTheSourcesIsSomewhere(t *testing.T) {
	facts := map[string]bool{}
	for _, file := range [][]byte{coverage, moduleCoverage} {
		rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			if !strings.HasPrefix(row[0], "X.") {
				facts[row[0]] = true
			}
		}
	}
	if len(facts) != 376 {
		t.Errorf("the lists of facts name %d, want 376", len(facts))
	}
	for _, l := range current(t) {
		for _, s := range l.Stages {
			for _, d := range s.Items {
				for _, id := range d.Sources {
					delete(facts, id)
				}
			}
		}
	}
	for _, m := range builtInModules(t) {
		for _, d := range m.Items {
			for _, id := range d.Sources {
				delete(facts, id)
			}
		}
	}
	for id := range facts {
		t.Errorf("%s is in no lifecycle and no module", id)
	}
}
