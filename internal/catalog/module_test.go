package catalog

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

const smallModule = `kind: module
key: law
version: 1
name: A law
summary: Two duties for tests.
notice: This is no legal advice.
proposed_when: [api, law-applies]
flags:
  - {key: law-applies, group: Data and rules, label: The law applies}
seats:
  - {phase: security, seat: compliance, mandatory: [1, 2, 3]}
  - {phase: release, seat: security, mandatory: [1], tiers: [1, 2], when: [law-applies]}
items:
  - key: law-known
    phase: idea
    title: Know the law
    why: Ignorance is no excuse.
    done_when: >-
      Somebody has read
      it.
    show: Link the note.
    level: must
    tier2: must
    tier3: must
    evidence: [doc]
    seats: [compliance]
    when: [api]
    core: true
    quality: [compliance]
    sources: [F.1]
  - {key: law-kept, phase: operation, title: Keep the law, why: It holds., done_when: It is kept., show: Show it., level: should, evidence: [policy], seats: [security], valid_days: 365, quality: [compliance]}
`

var smallAsked = []plan.Flag{"api", "users"}

func TestLoadModuleReadsEveryField(t *testing.T) {
	got, err := LoadModule(folder(map[string]string{"law-1.yaml": smallModule}), "law-1.yaml", smallAsked)
	if err != nil {
		t.Fatal(err)
	}
	want := plan.Module{
		Kind: plan.KindModule, Key: "law", Version: 1, Name: "A law", Summary: "Two duties for tests.", Notice: "This is no legal advice.",
		ProposedWhen: []plan.Flag{"api", "law-applies"},
		Flags:        []plan.Question{{Key: "law-applies", Group: "Data and rules", Label: "The law applies"}},
		Seats: []plan.ModuleSeat{
			{Phase: "security", GateSeat: plan.GateSeat{Seat: "compliance", MandatoryAt: []plan.Tier{1, 2, 3}}},
			{Phase: "release", GateSeat: plan.GateSeat{Seat: "security", MandatoryAt: []plan.Tier{1}, Tiers: []plan.Tier{1, 2}, When: []plan.Flag{"law-applies"}}},
		},
		Items: []plan.ModuleItem{
			{Phase: "idea", Item: plan.Item{
				Key: "law-known", Title: "Know the law", Why: "Ignorance is no excuse.", Done: "Somebody has read it.", Show: "Link the note.",
				Levels: [3]plan.Level{"must", "must", "must"}, Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{"compliance"},
				When: []plan.Flag{"api"}, Core: true, Quality: []string{"compliance"}, Sources: []string{"F.1"},
			}},
			{Phase: "operation", Item: plan.Item{
				Key: "law-kept", Title: "Keep the law", Why: "It holds.", Done: "It is kept.", Show: "Show it.",
				Levels: [3]plan.Level{"should", "", ""}, Evidence: []plan.EvidenceKind{"policy"}, Seats: []plan.Seat{"security"}, ValidDays: 365,
				Quality: []string{"compliance"},
			}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestLoadModuleNamesWhatIsWrong changes one thing in a valid module and expects
// exactly one problem.
func TestLoadModuleNamesWhatIsWrong(t *testing.T) {
	for _, tc := range []struct{ name, old, new, want string }{
		{"unknown field", "key: law\n", "key: law\nkee: law\n", `:3:1: unknown field "kee"`},
		{"unknown item field", "    level: must", "    evidence_all: [doc]\n    level: must", `:22:5: unknown field "evidence_all"`},
		{"unknown seat field", "phase: security, ", "phase: security, quorum: 1, ", `:11:23: unknown field "quorum"`},
		{"text for a number", "valid_days: 365", "valid_days: soon", ":31:182: the value should be a whole number, not text"},
		{"two documents", "kind: module", "kind: module\n---\nkind: module", ": holds more than one YAML document"},
		{"kind", "kind: module", "kind: lifecycle", `: kind: "lifecycle" is not module, and nothing else is read from one file`},
		{"kind missing", "kind: module\n", "", `: kind: "" is not module, and nothing else is read from one file`},
		{"version", "version: 1", "version: 0", ": version: is 0; versions count from 1"},
		{"other version", "version: 1", "version: 2", ": is to be called law-2.yaml, after the module's key and version"},
		{"no name", "name: A law", "name: ''", ": name: is missing"},
		{"no notice", "notice: This is no legal advice.\n", "", ": notice: is missing; a module that has compliance sign says what it does not do, such as legal advice"},
		{"flag of a lifecycle", "\nseats:", "\n  - {key: users, group: G, label: People use it}\nseats:", `: flags: "users" is asked by a lifecycle already`},
		{"proposed by nothing", "[api, law", "[soap, law", `: proposed_when: "soap" is not a flag of this module or of a lifecycle`},
		{"seat without phase", "phase: security, ", "", `: seat number 1: phase: "" is not known here`},
		{"seat unknown", "seat: security,", "seat: judge,", `: seat number 2: seats: "judge" is not a seat; the document can add it`},
		{"seat flag unknown", "when: [law-applies]}", "when: [soap]}", `: seat number 2: when: "soap" is not a flag of this module or of a lifecycle`},
		{"seat twice", "phase: release, seat: security", "phase: security, seat: compliance", `: seat number 2: seat: compliance signs for the phase "security" already`},
		{"signs where it does not sit", "mandatory: [1], tiers: [1, 2]", "mandatory: [3], tiers: [1, 2]", ": seat number 2: seats: security has to sign at tier 3, where it does not sit"},
		{"no items", smallModule[strings.Index(smallModule, "items:"):], "items: []\n", ": items: lists none"},
		{"item of no phase", "phase: operation", "phase: operations", `: item law-kept: phase: "operations" is not known here`},
		{"foreign item key", "law-kept", "laws-kept", `: item laws-kept: key: "laws-kept" does not begin with "law-", the module's key and a hyphen`},
		{"item key twice", "law-kept", "law-known", `: item law-known: key: is used in this module already`},
		{"title twice", "Keep the law", "know the LAW", ": item law-kept: title: is the title of item law-known already"},
		{"title too long", "Keep the law", strings.Repeat("t", 81), ": item law-kept: title: is 81 characters long; at most 80 fit"},
		{"level rises", "tier2: must", "tier2: may", ": item law-known: tier3: is must, which is more than tier2 demands; a less critical tier never demands more"},
		{"evidence unknown", "[policy]", "[hearsay]", `: item law-kept: evidence: "hearsay" is not known here`},
		{"item seat unknown", "seats: [security]", "seats: [judge]", `: item law-kept: seats: "judge" is not known here`},
		{"item flag unknown", "when: [api]", "when: [soap]", `: item law-known: when: "soap" is not a flag of this module or of a lifecycle`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if n := strings.Count(smallModule, tc.old); n != 1 {
				t.Fatalf("%q stands %d times in the module", tc.old, n)
			}
			got := moduleProblems(t, strings.Replace(smallModule, tc.old, tc.new, 1))
			if want := []string{"law-1.yaml" + tc.want}; !slices.Equal(got, want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), want[0])
			}
		})
	}
	if _, err := LoadModule(folder(nil), "law-1.yaml", nil); err == nil || !strings.HasSuffix(err.Error(), "law-1.yaml: is missing") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func moduleProblems(t *testing.T, file string) []string {
	t.Helper()
	_, err := LoadModule(folder(map[string]string{"law-1.yaml": file}), "law-1.yaml", smallAsked)
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

// FuzzLoadModule reads any bytes as a module.
func FuzzLoadModule(f *testing.F) {
	f.Add([]byte(smallModule))
	f.Add([]byte("kind: module\nitems: [null]\nseats: [null]\nflags: [null]"))
	f.Fuzz(func(t *testing.T, content []byte) {
		m, err := LoadModule(folder(map[string]string{"law-1.yaml": string(content)}), "law-1.yaml", smallAsked)
		var invalid *Invalid
		switch {
		case err == nil && len(m.Items) == 0:
			t.Errorf("accepted %+v", m)
		case err != nil && !errors.As(err, &invalid):
			t.Errorf("got %v, want an *Invalid", err)
		}
	})
}
