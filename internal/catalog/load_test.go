package catalog

import (
	"errors"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/slipway-prr/slipway/internal/plan"
)

const smallHead = `key: small
version: 1
name: Small
summary: Two stages for tests.
order: strict
separation_of_duties: false
flags:
  - {key: api, group: Who uses it, label: It offers an API}
stages: [first, second]
`

const smallFirst = `key: first
name: First
phases: [idea, validation, design, build, delivery]
purpose: Settles the beginning.
gate:
  name: Begun
  exit: The beginning is made.
  quorum: [2, 1, 1]
  seats:
    - {seat: product, mandatory: [1, 2, 3]}
    - {seat: qa, tiers: [1, 2]}
    - {seat: compliance, mandatory: [1], when: [api]}
items:
  - key: goal-known
    title: Know the goal
    why: Without one nothing is ever done.
    done_when: >-
      Somebody can say it. Version 1.5 of
      the goal counts too.
    show: Link where it stands.
    level: must
    tier2: should
    evidence: [doc, ticket]
    seats: [product]
    when: [api]
    valid_days: 90
    quality: [value]
    sources: [F.1, F.2]
    core: true
    was: [aim-known]
`

const smallSecond = `key: second
name: Second
phases: [environments, security, performance, release, operation]
purpose: Settles the end.
gate: {name: Ended, exit: The end is reached., quorum: [1, 1, 1], seats: [{seat: sre, mandatory: [1, 2, 3]}], repeats_days: 30}
items:
  - {key: end-known, title: Know the end, why: All ends., done_when: It has., show: Say when., level: may, evidence: [doc], seats: [sre], quality: [cost], sources: [F.3]}
`

func smallTemplate() map[string]string {
	return map[string]string{headName: smallHead, "01-first.yaml": smallFirst, "02-second.yaml": smallSecond}
}

func folder(files map[string]string) fs.FS {
	m := fstest.MapFS{}
	for name, content := range files {
		m[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return m
}

func TestLoadReadsEveryField(t *testing.T) {
	got, err := Load(folder(smallTemplate()))
	if err != nil {
		t.Fatal(err)
	}
	want := plan.Lifecycle{
		Key: "small", Version: 1, Name: "Small", Summary: "Two stages for tests.", Order: plan.OrderStrict, SoD: false,
		Flags: []plan.Question{{Key: "api", Group: "Who uses it", Label: "It offers an API"}},
		Stages: []plan.Stage{
			{
				Key: "first", Name: "First", Phases: plan.Phases()[:5], Purpose: "Settles the beginning.",
				Gate: plan.Gate{
					Name: "Begun", Exit: "The beginning is made.", Quorums: [3]int{2, 1, 1},
					Seats: []plan.GateSeat{
						{Seat: "product", MandatoryAt: []plan.Tier{1, 2, 3}},
						{Seat: "qa", Tiers: []plan.Tier{1, 2}},
						{Seat: "compliance", MandatoryAt: []plan.Tier{1}, When: []plan.Flag{"api"}},
					},
				},
				Items: []plan.Item{{
					Key: "goal-known", Title: "Know the goal",
					Why: "Without one nothing is ever done.", Done: "Somebody can say it. Version 1.5 of the goal counts too.",
					Show: "Link where it stands.", Core: true, Was: []plan.ItemKey{"aim-known"},
					Levels:   [3]plan.Level{"must", "should", ""},
					Evidence: []plan.EvidenceKind{"doc", "ticket"}, Seats: []plan.Seat{"product"},
					When: []plan.Flag{"api"}, ValidDays: 90, Quality: []string{"value"}, Sources: []string{"F.1", "F.2"},
				}},
			},
			{
				Key: "second", Name: "Second", Phases: plan.Phases()[5:], Purpose: "Settles the end.",
				Gate: plan.Gate{
					Name: "Ended", Exit: "The end is reached.", Quorums: [3]int{1, 1, 1}, RepeatsDays: 30,
					Seats: []plan.GateSeat{{Seat: "sre", MandatoryAt: []plan.Tier{1, 2, 3}}},
				},
				Items: []plan.Item{{
					Key: "end-known", Title: "Know the end", Why: "All ends.", Done: "It has.", Show: "Say when.", Levels: [3]plan.Level{"may", "", ""},
					Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{"sre"}, Quality: []string{"cost"}, Sources: []string{"F.3"},
				}},
			},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// Files of a folder have what files of people have: questions with choices, their
// rules and links.
func TestQuestionsAreRead(t *testing.T) {
	files := smallTemplate()
	files["02-second.yaml"] = smallSecond + `  - key: end-safe
    title: How the end is safe
    why: Ends hurt.
    done_when: Nobody is hurt.
    show: Link the drill.
    level: must
    evidence: [doc]
    seats: [sre]
    quality: [operability]
    sources: [F.4]
    choices:
      - {key: net, title: There is a net, help: One that holds., links: [{title: Nets, url: 'https://example.com/nets'}]}
      - {key: rope, title: There is a rope}
    rules:
      - {when: "net && rope", risk: none}
      - {when: default, risk: high}
`
	got, err := Load(folder(files))
	if err != nil {
		t.Fatal(err)
	}
	it := got.Stages[1].Items[1]
	if out, err := it.Outcome("net rope"); err != nil || out.Risk != plan.RiskNone || len(it.Choices) != 2 || it.Choices[0].Links[0].Title != "Nets" {
		t.Errorf("%+v comes to %+v, %v", it, out, err)
	}
	files["02-second.yaml"] = strings.Replace(files["02-second.yaml"], "net && rope", "net and rope", 1)
	if got := problemsOf(t, files); len(got) != 1 || !strings.HasPrefix(got[0], "02-second.yaml: item end-safe: rule 1 cannot be read") {
		t.Errorf("a rule in other words: %q", got)
	}
}

func TestSeparationOfDutiesIsRead(t *testing.T) {
	files := smallTemplate()
	files[headName] = strings.Replace(smallHead, "duties: false", "duties: true", 1)
	got, err := Load(folder(files))
	if err != nil {
		t.Fatal(err)
	}
	if !got.SoD {
		t.Error("separation of duties was switched on in the file and is off")
	}
}

// TestLoadNamesWhatIsWrong changes one thing in a valid template and expects
// exactly one problem.
func TestLoadNamesWhatIsWrong(t *testing.T) {
	const first, second = "01-first.yaml", "02-second.yaml"
	for _, tc := range []struct{ name, file, old, new, want string }{
		{"unknown head field", headName, "order: strict", "order: strict\nordre: strict", `template.yaml:6:1: unknown field "ordre"`},
		{"unknown item field", first, "    level: must", "    level: must\n    tier4: must", `01-first.yaml:22:5: unknown field "tier4"`},
		{"unknown gate field", first, "quorum: [", "quorom: [", `01-first.yaml:8:3: unknown field "quorom"`},
		{"field given twice", first, "    level: must", "    level: must\n    level: may", `01-first.yaml:22:5: mapping key "level" already defined at [21:5]`},
		{"text for a number", first, "valid_days: 90", "valid_days: soon", "01-first.yaml:26:17: the value should be a whole number, not text"},
		{"text for yes or no", first, "core: true", "core: perhaps", "01-first.yaml:29:11: the value should be true or false, not text"},
		{"number for a list", first, "[doc, ticket]", "7", "01-first.yaml:23:15: int was used where sequence is expected"},
		{"list for a mapping", second, smallSecond[strings.Index(smallSecond, "gate:"):strings.Index(smallSecond, "items:")], "gate: []\n", "02-second.yaml:5:7: sequence was used where mapping is expected"},
		{"anchor", first, "[doc, ticket]", "&a [doc, ticket]", "01-first.yaml:23:15: anchors, aliases and merge keys are not allowed: write the value out"},
		{"alias", first, "[doc, ticket]", "*a", "01-first.yaml:23:15: anchors, aliases and merge keys are not allowed: write the value out"},
		{"tag", first, "title: Know", "title: !!str Know", "01-first.yaml:15:12: tags and directives are not allowed"},
		{"nesting", first, "[doc, ticket]", strings.Repeat("[", 17) + strings.Repeat("]", 17), "01-first.yaml:23:31: brackets are nested too deeply"},
		{"endless line", second, "\npurpose", "\n" + strings.Repeat("- ", 1000) + "\npurpose", "02-second.yaml:4:1: the line is 2001 bytes long; at most 2000 are read"},
		{"two documents", second, "key: second", "key: other\n---\nkey: second", "02-second.yaml: holds more than one YAML document"},
		{"empty file", second, smallSecond, "", "02-second.yaml: is empty"},
		{"too long", second, "key: second", strings.Repeat("#\n", maxBytes/2) + "key: second", "02-second.yaml: is 131495 bytes long; at most 131072 are read"},

		{"template key", headName, "key: small", "key: Small", `template.yaml: key: "Small" ` + plan.KeyForm},
		{"version", headName, "version: 1", "version: 0", "template.yaml: version: is 0; versions count from 1"},
		{"order", headName, "strict", "loose", `template.yaml: order: "loose" is not one of strict, advisory, free`},
		{"duties left out", headName, "separation_of_duties: false\n", "", "template.yaml: separation_of_duties: is missing; say true or false"},
		{"no name", headName, "name: Small", "name: ''", "template.yaml: name: is missing"},
		{"no stages", headName, "[first, second]", "[]", "template.yaml: stages: lists none, and a template needs at least one"},
		{"stage key leads out of the folder", headName, "[first,", "[../first,", `template.yaml: stages: entry 1, "../first", ` + plan.KeyForm},
		{"flag twice", headName, "\nstages", "\n  - {key: api, group: G, label: Other}\nstages", "template.yaml: flag api: key: is used by an earlier flag"},
		{"flag label twice", headName, "\nstages", "\n  - {key: rest, group: G, label: it offers an api}\nstages", "template.yaml: flag rest: label: is used by an earlier flag"},
		{"flag without label", headName, "label: It offers an API", "label: ''", "template.yaml: flag api: label: is missing"},

		{"stage key differs", first, "key: first", "key: frist", `01-first.yaml: key: is "frist", but template.yaml lists this stage as "first"`},
		{"no items", second, smallSecond[strings.Index(smallSecond, "items:"):], "items: []\n", "02-second.yaml: items: lists none"},
		{"quorum too high", first, "quorum: [2,", "quorum: [3,", "01-first.yaml: gate: quorum: is 3 at tier 1; it has to lie between 1 and 2, the number of seats that are always there"},
		{"quorum of no tier", first, "quorum: [2, 1, 1]", "quorum: [2, 1, 1, 1]", "01-first.yaml: gate: quorum: has 4 numbers; one for each of the three tiers is wanted"},
		{"quorum rises", first, "quorum: [2, 1,", "quorum: [1, 2,", "01-first.yaml: gate: quorum: is 2 at tier 2, which is more than 1 at the tier before; a less critical tier never demands more"},
		{"quorum of seats that do not sit there", first, "tiers: [1, 2]", "tiers: [2]", "01-first.yaml: gate: quorum: is 2 at tier 1; it has to lie between 1 and 1, the number of seats that are always there"},
		{"no such tier", first, "tiers: [1, 2]", "tiers: [1, 2, 4]", "01-first.yaml: gate: tiers: 4 is not one of 1, 2, 3, each at most once"},
		{"signs where it does not sit", first, "tiers: [1, 2]", "tiers: [1, 2], mandatory: [3]", "01-first.yaml: gate: seats: qa has to sign at tier 3, where it does not sit"},
		{"quorum below mandatory", first, "tiers: [1, 2]", "mandatory: [2]", "01-first.yaml: gate: quorum: is 1 at tier 2, but 2 seats are mandatory"},
		{"phase unknown", second, "operation]", "operations]", `02-second.yaml: phases: "operations" is not known here`},
		{"phase twice", second, "[environments,", "[delivery, environments,", `02-second.yaml: phases: "delivery" is covered by stage first already`},
		{"no phases", second, "[environments, security, performance, release, operation]", "[]", "02-second.yaml: phases: lists none"},
		{"gate seat unknown", first, "seat: qa", "seat: dba", `01-first.yaml: gate: seats: "dba" is not a seat; the document can add it`},
		{"gate seat twice", first, "seat: qa", "seat: product", `01-first.yaml: gate: seats: lists "product" twice`},
		{"gate flag unknown", first, "mandatory: [1], when: [api]", "mandatory: [1], when: [soap]", `01-first.yaml: gate: when: "soap" is not a flag of this lifecycle`},
		{"gate repeats", second, "repeats_days: 30", "repeats_days: -1", "02-second.yaml: gate: repeats_days: is -1; it has to lie between 1 and 1826, or be left out"},

		{"item key", first, "goal-known", "Goal_Known", `01-first.yaml: item Goal_Known: key: "Goal_Known" ` + plan.KeyForm},
		{"item key missing", first, "  - key: goal-known\n    title", "  - title", `01-first.yaml: item number 1: key: "" ` + plan.KeyForm},
		{"item key too long", first, "goal-known", strings.Repeat("k", 41), "01-first.yaml: item " + strings.Repeat("k", 41) + `: key: "` + strings.Repeat("k", 41) + `" ` + plan.KeyForm},
		{"item key twice", second, "end-known", "goal-known", "02-second.yaml: item goal-known: key: is used in stage first already"},
		{"title twice", second, "Know the end", "know the GOAL", "02-second.yaml: item end-known: title: is the title of item goal-known already"},
		{"title too long", second, "Know the end", strings.Repeat("t", 81), "02-second.yaml: item end-known: title: is 81 characters long; at most 80 fit"},
		{"title with line break", second, "Know the end", `"Know\nthe end"`, "02-second.yaml: item end-known: title: contains the character U+000A, which is a line break, invisible or broken"},
		{"title that reads backwards", second, "Know the end", `"Know \u202Ethe end"`, "02-second.yaml: item end-known: title: contains the character U+202E, which is a line break, invisible or broken"},
		{"level unknown", second, "level: may", "level: maybe", `02-second.yaml: item end-known: level: "maybe" is not one of must, should, may`},
		{"level missing", second, "level: may, ", "", "02-second.yaml: item end-known: level: is missing"},
		{"level rises", first, "tier2: should", "tier2: should\n    tier3: must", "01-first.yaml: item goal-known: tier3: is must, which is more than tier2 demands; a less critical tier never demands more"},
		{"level returns", first, "tier2: should", "tier3: may", "01-first.yaml: item goal-known: tier3: is may, which is more than tier2 demands; a less critical tier never demands more"},
		{"evidence unknown", first, "[doc, ticket]", "[doc, hearsay]", `01-first.yaml: item goal-known: evidence: "hearsay" is not known here`},
		{"evidence twice", first, "[doc, ticket]", "[doc, doc]", `01-first.yaml: item goal-known: evidence: lists "doc" twice`},
		{"no evidence", first, "[doc, ticket]", "[]", "01-first.yaml: item goal-known: evidence: lists none"},
		{"item seat unknown", first, "seats: [product]", "seats: [boss]", `01-first.yaml: item goal-known: seats: "boss" is not known here`},
		{"item flag unknown", first, "    when: [api]", "    when: [soap]", `01-first.yaml: item goal-known: when: "soap" is not a flag of this lifecycle`},
		{"validity", first, "valid_days: 90", "valid_days: 3650", "01-first.yaml: item goal-known: valid_days: is 3650; it has to lie between 1 and 1826, or be left out"},
		{"quality unknown", first, "[value]", "[beauty]", `01-first.yaml: item goal-known: quality: "beauty" is not known here`},
		{"former key in use", first, "[aim-known]", "[goal-known]", `01-first.yaml: item goal-known: was: "goal-known" is a key or former key in stage first already`},
		{"blank source", first, "[F.1, F.2]", "[F.1, ' ']", `01-first.yaml: item goal-known: sources: " " is not known here`},
		{"no reason", second, "why: All ends.", "why: ''", "02-second.yaml: item end-known: why: is missing"},
		{"reason without full stop", second, "All ends.", "All ends", "02-second.yaml: item end-known: why: has 0 sentences; 1 to 1 are wanted, each with its full stop"},
		{"four sentences", second, "It has.", "A. B? C! D.", "02-second.yaml: item end-known: done_when: has 4 sentences; 1 to 3 are wanted, each with its full stop"},
		{"too much to show", second, "Say when.", strings.Repeat("g", 240) + ".", "02-second.yaml: item end-known: show: is 241 characters long; at most 240 fit"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			files := smallTemplate()
			if strings.Count(files[tc.file], tc.old) != 1 {
				t.Fatalf("%q stands %d times in %s", tc.old, strings.Count(files[tc.file], tc.old), tc.file)
			}
			files[tc.file] = strings.Replace(files[tc.file], tc.old, tc.new, 1)
			if got := problemsOf(t, files); !slices.Equal(got, []string{tc.want}) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), tc.want)
			}
		})
	}
}

func TestLoadNamesMissingAndStrayFiles(t *testing.T) {
	files := smallTemplate()
	delete(files, "02-second.yaml")
	files["02-secnod.yaml"] = smallSecond
	want := []string{"02-secnod.yaml: belongs to no stage that template.yaml lists", "02-second.yaml: is missing"}
	if got := problemsOf(t, files); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := problemsOf(t, nil); !slices.Equal(got, []string{"template.yaml: is missing"}) {
		t.Errorf("empty folder: got %q", got)
	}
}

func TestLoadReportsAllProblemsAtOnce(t *testing.T) {
	files := smallTemplate()
	files[headName] = strings.Replace(smallHead, "version: 1", "version: -2", 1)
	files["01-first.yaml"] = strings.NewReplacer("quorum: [2,", "quorum: [9,", "[doc, ticket]", "[gossip]").Replace(smallFirst)
	files["02-second.yaml"] = strings.Replace(smallSecond, "purpose", "porpoise", 1)
	want := []string{
		"01-first.yaml: gate: quorum: is 9 at tier 1; it has to lie between 1 and 2, the number of seats that are always there",
		`01-first.yaml: item goal-known: evidence: "gossip" is not known here`,
		`02-second.yaml:4:1: unknown field "porpoise"`,
		"template.yaml: version: is -2; versions count from 1",
	}
	if got := problemsOf(t, files); !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestLoadPassesOnReadErrors(t *testing.T) {
	for _, name := range []string{headName, "01-first.yaml", "."} {
		_, err := Load(brokenFS{folder(smallTemplate()), name})
		if !errors.Is(err, errBroken) {
			t.Errorf("%s unreadable: got %v, want the cause", name, err)
		}
	}
}

var errBroken = errors.New("disk on fire")

// brokenFS fails to open one name.
type brokenFS struct {
	fs.FS
	name string
}

func (b brokenFS) Open(name string) (fs.File, error) {
	if name == b.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errBroken}
	}
	return b.FS.Open(name)
}

func problemsOf(t *testing.T, files map[string]string) []string {
	t.Helper()
	_, err := Load(folder(files))
	var invalid *Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v, want an *Invalid", err)
	}
	var lines []string
	for _, p := range invalid.Problems {
		lines = append(lines, p.String())
	}
	return lines
}

// TestDamagedFilesAreRefusedOrFine cuts, doubles, indents and drops each line
// of each file: whatever comes of it, loading ends in a template that holds
// its promises or in problems that name a file.
func TestDamagedFilesAreRefusedOrFine(t *testing.T) {
	damages := map[string]func(lines []string, i int) []string{
		"dropped":  func(l []string, i int) []string { return slices.Delete(slices.Clone(l), i, i+1) },
		"doubled":  func(l []string, i int) []string { return slices.Insert(slices.Clone(l), i, l[i]) },
		"indented": func(l []string, i int) []string { c := slices.Clone(l); c[i] = "  " + c[i]; return c },
		"cut":      func(l []string, i int) []string { c := slices.Clone(l); c[i] = c[i][:len(c[i])/2]; return c },
		"the end":  func(l []string, i int) []string { return slices.Clone(l[:i]) },
	}
	refused := 0
	for _, name := range slices.Sorted(maps.Keys(smallTemplate())) {
		lines := strings.SplitAfter(smallTemplate()[name], "\n")
		for damage, apply := range damages {
			for i := range lines {
				files := smallTemplate()
				files[name] = strings.Join(apply(lines, i), "")
				if !loadHoldsItsPromises(t, files) {
					refused++
				}
				if t.Failed() {
					t.Fatalf("%s: line %d %s", name, i+1, damage)
				}
			}
		}
	}
	if refused < 100 {
		t.Errorf("only %d damaged templates were refused", refused)
	}
}

// FuzzLoad replaces one file of a valid template by any bytes.
func FuzzLoad(f *testing.F) {
	names := slices.Sorted(maps.Keys(smallTemplate()))
	for i, name := range names {
		f.Add(uint8(i), []byte(smallTemplate()[name]))
	}
	for _, s := range []string{
		"", "---", "...", "\x00", "\xff\xfe", "key", "key:", "- - - -", "[[[[", "{{{{", "? ?", "|", ">-\n", "%YAML 9.9\n---\n", "!!binary x",
		"a: &a [*a]", "<<: *x", "items: [null]", "items:\n- \n- \n", "gate: []", "gate: {seats: [null]}", "stages: [null]", "stages: {a: b}",
		"quorum: 99999999999999999999", "version: 1e400", "valid_days: .nan", "flags:\n  - &f {key: a}\n  - *f", "key: \"\\ud800\"",
		"key: first\nitems:\n  - key: a\n   title: b", strings.Repeat("- ", 300), strings.Repeat("a:\n ", 200),
	} {
		for i := range names {
			f.Add(uint8(i), []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, content []byte) {
		files := smallTemplate()
		files[names[int(which)%len(names)]] = string(content)
		loadHoldsItsPromises(t, files)
	})
}

// loadHoldsItsPromises reports whether the files are a valid template. It
// fails the test when an accepted template is one that the rest of the
// program could not work with, or a refused one gives no reason.
func loadHoldsItsPromises(t *testing.T, files map[string]string) bool {
	t.Helper()
	tpl, err := Load(folder(files))
	if err != nil {
		var invalid *Invalid
		if !errors.As(err, &invalid) {
			t.Errorf("got %v, want an *Invalid", err)
			return false
		}
		for _, p := range invalid.Problems {
			if p.File == "" || p.Message == "" {
				t.Errorf("problem %+v does not say what is wrong where", p)
			}
		}
		return false
	}
	if _, err := tpl.Ref(); err != nil {
		t.Errorf("accepted a template that has no digest: %v", err)
	}
	keys := map[plan.ItemKey]bool{}
	for _, s := range tpl.Stages {
		for _, tier := range []plan.Tier{plan.TierCritical, plan.TierStandard, plan.TierStarter} {
			pol := s.Gate.Policy(tier, nil)
			if pol.Quorum < 1 || pol.Quorum > len(pol.Seats) || len(pol.Mandatory) > pol.Quorum {
				t.Errorf("accepted a gate that cannot pass at tier %d: %+v", tier, pol)
			}
		}
		for _, item := range s.Items {
			if keys[item.Key] || !plan.ValidKey(string(item.Key)) || len(item.Evidence) == 0 || item.Levels[0] == "" {
				t.Errorf("accepted item %+v", item)
			}
			keys[item.Key] = true
		}
	}
	return true
}
