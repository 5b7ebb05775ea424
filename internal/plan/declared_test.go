package plan_test

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestNamesAreMadeOfKeys(t *testing.T) {
	for key, want := range map[plan.Seat]string{
		"product": "Product", "qa": "QA", "sre": "SRE", "dpo": "DPO", "data-protection": "Data protection", "user-qa": "User qa", "qa-lead": "QA lead", "": "",
	} {
		if got := key.Label(); got != want {
			t.Errorf("seat %q is %q, want %q", key, got, want)
		}
	}
	for key, want := range map[plan.EvidenceKind]string{"doc": "Document", "repo": "Repository", "ci-run": "CI run", "test-report": "Test report", "contract": "Contract"} {
		if got := key.Label(); got != want {
			t.Errorf("kind %q is %q, want %q", key, got, want)
		}
	}
	for _, key := range []plan.Seat{"", "q", "QA", "q a", "-qa", "qa-", "q--a", "1st", plan.Seat(strings.Repeat("q", 31))} {
		if key.Valid() {
			t.Errorf("%q has the form of a key", key)
		}
	}
}

// A document uses the seats and kinds of evidence that come with Slipway, and
// those that it adds. What is added and not used is told.
func TestWordsThatADocumentAdds(t *testing.T) {
	must := [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMust}
	for name, tc := range map[string]struct {
		adds   plan.Words
		wrong  string // a part of it; empty: nothing
		advice string
	}{
		"none":   {wrong: `"legal" is not a seat`},
		"a seat": {adds: plan.Words{Seats: []plan.Seat{"legal"}}, wrong: `evidence: "contract" is not known here`},
		"both":   {adds: plan.Words{Seats: []plan.Seat{"legal"}, Evidence: []plan.EvidenceKind{"contract"}}},
		"unused": {adds: plan.Words{Seats: []plan.Seat{"legal", "dpo"}, Evidence: []plan.EvidenceKind{"contract"}}, advice: `"dpo" is added`},
		"known":  {adds: plan.Words{Seats: []plan.Seat{"legal", "qa"}, Evidence: []plan.EvidenceKind{"contract"}}, wrong: `"qa" comes with Slipway`, advice: `"qa" is added`},
		"twice":  {adds: plan.Words{Seats: []plan.Seat{"legal", "legal"}, Evidence: []plan.EvidenceKind{"contract"}}, wrong: `lists "legal" twice`},
		"no key": {adds: plan.Words{Seats: []plan.Seat{"legal"}, Evidence: []plan.EvidenceKind{"contract", "The Deed"}}, wrong: `"The Deed" is not 2 to 30`, advice: "is added"},
		"far too many": {
			adds:  plan.Words{Seats: append([]plan.Seat{"legal"}, manySeats(plan.MaxWords)...), Evidence: []plan.EvidenceKind{"contract"}},
			wrong: "there are 21; at most 20", advice: "is added",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := plan.Document{Module: &plan.Module{
				Kind: plan.KindModule, Key: "law", Version: 1, Name: "Law", Summary: "For tests.", Notice: "No advice.", Adds: tc.adds,
				Seats: []plan.ModuleSeat{{Phase: "release", GateSeat: plan.GateSeat{Seat: "legal"}}},
				Items: []plan.ModuleItem{{Phase: "release", Item: plan.Item{
					Key: "law-signed", Title: "Sign the contract", Why: "It binds.", Done: "It is signed.", Show: "The contract.", Levels: must,
					Evidence: []plan.EvidenceKind{"contract"}, Seats: []plan.Seat{"legal"}, Quality: []string{"governance"},
				}}},
			}}
			says(t, "wrong", plan.Wrong(plan.Check(d, nil)), tc.wrong)
			says(t, "advice", plan.Advise(d, nil, func(plan.Seat) bool { return true }), tc.advice)
		})
	}
}

func manySeats(n int) []plan.Seat {
	out := make([]plan.Seat, n)
	for i := range out {
		out[i] = plan.Seat("seat-" + strings.Repeat("x", i+1))
	}
	return out
}

func says(t *testing.T, what string, problems []plan.Problem, want string) {
	t.Helper()
	var all []string
	for _, p := range problems {
		all = append(all, p.Message)
	}
	if text := strings.Join(all, "\n"); want == "" && text != "" || !strings.Contains(text, want) {
		t.Errorf("%s: %q, want %q", what, text, want)
	}
}

// A plan knows the words of all its documents.
func TestPlansKnowTheWordsOfTheirDocuments(t *testing.T) {
	l := &plan.Lifecycle{
		Key: "way", Version: 1, Name: "Way", Adds: plan.Words{Seats: []plan.Seat{"legal"}},
		Stages: []plan.Stage{{Key: "all", Name: "All", Phases: plan.Phases(), Gate: plan.Gate{Quorum: 1, Seats: []plan.GateSeat{{Seat: "legal"}}}}},
	}
	m := &plan.Module{
		Key: "data", Version: 1, Name: "Data", Adds: plan.Words{Seats: []plan.Seat{"dpo", "legal"}, Evidence: []plan.EvidenceKind{"contract"}},
		Seats: []plan.ModuleSeat{{Phase: "release", GateSeat: plan.GateSeat{Seat: "dpo"}}},
	}
	p, err := plan.Compose(plan.Origin{Lifecycle: plan.Ref{Key: "way", Version: 1}, Modules: []plan.Ref{{Key: "data", Version: 1}}}, l, []*plan.Module{m})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Adds.Seats) != 2 || !p.Adds.HasSeat("dpo") || !p.Adds.HasSeat("legal") || !p.Adds.HasEvidence("contract") || p.Adds.HasEvidence("deed") {
		t.Errorf("the plan knows %+v", p.Adds)
	}
	if len(l.Adds.Seats) != 1 {
		t.Errorf("the lifecycle itself now adds %v", l.Adds.Seats)
	}
	if pol := p.Stages[0].Gate.Policy(1, nil); len(pol.Seats) != 2 || pol.Quorum != 2 {
		t.Errorf("the gate asks %+v", pol)
	}
}
