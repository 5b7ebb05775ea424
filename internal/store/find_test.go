package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

func (f *fixture) search(name, text string) *store.SearchView {
	f.t.Helper()
	v, err := f.Search(context.Background(), f.as(name), store.Searched{Text: text})
	if err != nil {
		f.t.Fatalf("searching for %q: %v", text, err)
	}
	return v
}

// counted is how many hits of each kind a search has, such as "projects 1, people 2+".
func counted(v *store.SearchView) string {
	var words []string
	for _, c := range v.Counts {
		if c.N > 0 {
			word := fmt.Sprint(c.Kind, " ", c.N)
			if c.More {
				word += "+"
			}
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

func (f *fixture) rename(key review.ProjectKey, name string, restricted bool) {
	f.t.Helper()
	f.change("olga", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
		p := r.Project
		return r.Edit(who, review.ProjectFields{Name: name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: restricted}, at)
	})
}

func (f *fixture) link(key review.ProjectKey, title, url string) {
	f.t.Helper()
	f.change("mike", store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, "idea", "scope-set", review.NewEvidence{URL: url, Title: title, Type: "doc"}, at)
	})
}

// searchable is a small portfolio with something of each kind, some of it in a
// project that only its people may know of.
func (f *fixture) searchable() {
	f.t.Helper()
	for key, name := range map[review.ProjectKey]string{
		"pay": "Wallet", "pay-api": "Payments API", "atlas": "Größe", "cjk": "支付系统", "hidden": "Payments Zanzibar", "cluster": "Kubernetes migration",
	} {
		f.create(string(key))
		f.rename(key, name, key == "hidden")
	}
	f.link("pay", "Runbook Pay", "https://wiki.example.test/runbooks/pay_api?v=2")
	f.link("hidden", "Zanzibar runbook", "https://wiki.example.test/zanzibar")
	for _, key := range []review.ProjectKey{"pay", "hidden"} {
		in := aRisk("3", "4")
		in.Title = "Zanzibar is slow"
		if key == "pay" {
			in.Title = "The vendor is slow"
		}
		f.record("mike", key, "risk", in)
		f.change("olga", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.AddItem(who, "idea", review.NewItem{Title: "Printers of " + string(key) + " are warned", Why: "They jam.", Done: "They were.", Evidence: []plan.EvidenceKind{"doc"}, Level: plan.LevelShould, Seats: []plan.Seat{plan.SeatProduct}}, at)
		})
	}
}

func TestSearchFindsWhatHasTheWords(t *testing.T) {
	f := newFixture(t)
	f.searchable()
	for text, want := range map[string]string{
		"wallet":              "projects 1",
		"WALLET pay":          "projects 1",
		"gro\u0308sse":        "projects 1",
		"支付":                  "projects 1",
		"付系":                  "projects 1",
		"系":                   "projects 1",
		"vendor":              "records 1",
		"risk 1 vendor":       "records 1",
		"r1":                  "records 1",
		"runbooks/pay_api":    "evidence 1",
		"https://wiki":        "", // nobody looks for that, and all have it
		"wiki.example.test":   "evidence 1",
		"printers":            "items 1",
		"jam":                 "items 1",
		"warned printers pay": "items 1",
		"scope":               "items 1",
		"person mike":         "people 1",
		"small":               "library 1",
		"yments":              "projects 1",
		"zanzibar":            "",
		"hidden":              "",
		"100%":                "",
		"pa":                  "projects 2, people 1, evidence 1, items 1",
	} {
		got := counted(f.search("pat", text))
		if text == "pa" { // in whichever order kinds come
			a, b := strings.Split(got, ", "), strings.Split(want, ", ")
			slices.Sort(a)
			slices.Sort(b)
			got, want = strings.Join(a, ", "), strings.Join(b, ", ")
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	// Whoever works on the restricted project finds what belongs to it.
	if got := counted(f.search("mike", "zanzibar")); got != "projects 1, evidence 1, records 1" {
		t.Errorf("its deputy finds %q", got)
	}
	if got := counted(f.search("audit", "zanzibar runbook")); got != "evidence 1" {
		t.Errorf("an auditor finds %q", got)
	}
	// Whoever has no role finds what everybody who is signed in may see.
	if got := counted(f.search("out", "pay")) + counted(f.search("out", "person")) + counted(f.search("out", "vendor")); got != "" {
		t.Errorf("somebody without a role finds %q", got)
	}
}

func TestSearchPutsFirstWhatIsMeant(t *testing.T) {
	f := newFixture(t)
	f.searchable()
	projects := func(v *store.SearchView) string {
		var keys []string
		for _, p := range v.Projects {
			keys = append(keys, string(p.Project))
		}
		return strings.Join(keys, " ")
	}
	if v := f.search("pat", "PAY"); projects(v) != "pay pay-api" {
		t.Errorf("PAY finds %s", projects(v))
	}
	if v := f.search("pat", "Pay API"); projects(v) != "pay-api" {
		t.Errorf("Pay API finds %s", projects(v))
	}
	if v := f.search("pat", "paymen"); projects(v) != "pay-api" {
		t.Errorf("paymen finds %s", projects(v))
	}
	f.create("owned")
	f.rename("owned", "Zebra payments", false)
	f.change("olga", store.Target{Project: "owned"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.people["pat"], review.DutyMember, at)
	})
	f.link("owned", "Scope of payments", "https://wiki.example.test/zebra")
	f.link("pay-api", "Scope of payments", "https://wiki.example.test/api")
	f.create("newest")
	f.link("newest", "Scope of payments", "https://wiki.example.test/newest")
	v := f.search("pat", "payments")
	if projects(v) != "pay-api owned" { // whose name begins with it comes first
		t.Errorf("payments finds %s", projects(v))
	}
	if e := v.Evidence; len(e) != 3 || !e[0].Own || e[0].Project != "owned" || e[1].Own || e[0].Asked != "Scope is set" {
		t.Errorf("evidence of their own project does not come first: %+v", e)
	}
	it := f.search("pat", "scope set").Items
	if len(it) != 1 || it[0].Projects != 8-1 || it[0].Project != "owned" || it[0].Stage != "idea" {
		t.Errorf("the library's item is %+v", it)
	}
	if it := f.search("pat", "data sketched").Items; len(it) != 1 || it[0].Projects != 0 || it[0].Project != "" {
		t.Errorf("an item that applies to none is %+v", it)
	}
}

func TestSearchPutsSpellingRight(t *testing.T) {
	f := newFixture(t)
	f.searchable()
	for typed, want := range map[string]string{
		"kuberntes": "kubernetes", "Paymnets": "payments", "vendro": "vendor", "vednor slow": "vendor slow", "prson mike": "person mike",
		"zanzibra": "", "xyzzy": "", "kubernetes": "", "mik": "", "壊れた": "",
	} {
		v := f.search("pat", typed)
		if v.Instead != want || (want == "") != (counted(v) == "" || typed == "kubernetes" || typed == "mik") {
			t.Errorf("%q is looked for as %q and finds %q, want %q", typed, v.Instead, counted(v), want)
		}
	}
	if v := f.search("mike", "zanzibra"); v.Instead != "zanzibar" {
		t.Errorf("whoever may see it reads %q", v.Instead)
	}
}

// Whatever is typed, there is an answer.
func TestSearchTakesAnything(t *testing.T) {
	f := newFixture(t)
	f.searchable()
	for _, text := range []string{"", "  ", "%", "_", `\`, `%_\'"`, "🚀", "\u200b", "a", "é", "支", strings.Repeat("long ", 1000), strings.Repeat("x", 5000), "a\u0301\u0301", "' or 1=1 --", "(((", "r999999999999999999999"} {
		for _, kind := range append(store.SearchKinds(), "", "nonsense") {
			for _, page := range []int{-1, 0, 1, 7, 1 << 30} {
				v, err := f.Search(context.Background(), f.as("pat"), store.Searched{Text: text, Kind: kind, Page: page})
				if err != nil {
					t.Fatalf("%.20q, kind %s, page %d: %v", text, kind, page, err)
				}
				if v.Page < 1 || v.Viewer.Actor.Person != f.people["pat"] {
					t.Errorf("%.20q: page %d, asked by %d", text, v.Page, v.Viewer.Actor.Person)
				}
			}
		}
	}
	if v := f.search("pat", "%_ \\"); !v.Blank {
		t.Error("punctuation is something to look for")
	}
}

func TestSearchSaysThatThereIsMore(t *testing.T) {
	f := newFixture(t)
	f.create("many")
	f.change("mike", store.Target{Project: "many", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		for i := range store.SearchMost + 30 {
			if err := r.AddEvidence(who, "idea", "scope-set", review.NewEvidence{URL: fmt.Sprintf("https://wiki.example.test/%d", i), Title: fmt.Sprint("Plenty ", i), Type: "doc"}, at); err != nil {
				return err
			}
		}
		return nil
	})
	for _, name := range []string{"pat", "mike"} { // who sees it among others, and who works on it
		v, err := f.Search(context.Background(), f.as(name), store.Searched{Text: "plenty", Kind: store.SearchEvidence, Page: 99})
		if err != nil {
			t.Fatal(err)
		}
		if counted(v) != "evidence 100+" || v.Page != store.SearchMost/store.SearchPage || len(v.Evidence) != store.SearchPage || v.Evidence[0].No == v.Evidence[1].No {
			t.Errorf("%s: %s, page %d with %d", name, counted(v), v.Page, len(v.Evidence))
		}
	}
}

// Evidence that was removed, and that of earlier reviews, is not found.
func TestSearchFindsWhatCounts(t *testing.T) {
	f := newFixture(t)
	f.eventful("alpha")
	f.link("alpha", "Certificate of insurance", "https://wiki.example.test/insured")
	if got := counted(f.search("pat", "insurance")); got != "evidence 1" {
		t.Errorf("finds %q", got)
	}
	f.change("mike", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		all := r.Stage("idea").Evidence
		return r.RemoveEvidence(who, "idea", "scope-set", all[len(all)-1].No, at)
	})
	if got := counted(f.search("pat", "insurance")); got != "" {
		t.Errorf("still finds %q", got)
	}
}

// Texts from before the search, and those that an older program changes, are found
// once the sweep has seen them.
func TestSearchFindsOlderTexts(t *testing.T) {
	f := newFixture(t)
	f.searchable()
	ctx := context.Background()
	owner, err := pgx.Connect(ctx, f.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(ctx)
	for _, sql := range []string{
		`update evidence set search = null`, `update record set search = null`, `update plan set search = null`,
		`update project set name = 'Walrus' where key = 'pay'`, `update portfolio set name = 'Walrus', search = 'walrus' where key = 'pay'`, // as an older program writes it
	} {
		if _, err := owner.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	if got := counted(f.search("pat", "wallet")) + counted(f.search("pat", "vendor")); got != "" {
		t.Errorf("finds %q", got)
	}
	if _, err := f.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"walrus": "projects 1", "vendor": "records 1", "runbooks": "evidence 1", "printers": "items 1"} {
		if got := counted(f.search("pat", text)); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	if _, err := owner.Exec(ctx, `update plan set origin = '{}'`); err == nil {
		t.Error("a plan can be changed")
	}
	if _, err := owner.Exec(ctx, `update plan set search = ' nothing' where search <> ''`); err != nil {
		t.Fatal(err)
	}
	if found := strings.Join(f.problems(t), "\n"); !strings.Contains(found, "wrong words to search by in the table plan") || strings.Count(found, "wrong words") != 2 {
		t.Errorf("verify finds %s", found)
	}
}
