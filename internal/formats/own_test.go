package formats

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// anyText is text as a person might type it, with all that YAML finds special.
func anyText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.OneOf(
			rapid.SampledFrom([]string{
				"", "yes", "null", "~", "1", "1.0", "0x1f", "1e3", "2026-01-01", "- a", "? a", "a: b", "a #b", "# a", "'", "\"", "it's", "\\n", "{a}", "[a]", "&a", "*a", "!a",
				"%a", "@a", "`a`", "|", ">", ">-", "---", "...", "key:", ": a", "a:", "true", ".inf", ".nan", "=", "<<", "x\ny", "x\n\ny", "x\n  y", "tab\there", "<b>", "1:30", "0o7",
			}),
			rapid.StringMatching(`[a-z:#'"\\ \-{}\[\],&*!|>%@é漢\n\t]{0,40}`),
			rapid.StringN(0, 30, -1),
		).Draw(t, "text")
		return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""))
	})
}

func some[T any](t *rapid.T, name string, most int, g *rapid.Generator[T]) []T {
	list := rapid.SliceOfN(g, 0, most).Draw(t, name)
	if len(list) == 0 {
		return nil
	}
	return list
}

func anyKey() *rapid.Generator[string] {
	return rapid.StringMatching(`[a-z][a-z0-9]{1,8}(-[a-z0-9]{1,5}){0,2}`)
}

// anyOf are some of a list's members, each at most once.
func anyOf[T comparable](t *rapid.T, name string, all []T) []T {
	return rapid.Custom(func(t *rapid.T) []T {
		list := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 0, 3, rapid.ID[T]).Draw(t, "list")
		if len(list) == 0 {
			return nil
		}
		return list
	}).Draw(t, name)
}

func flags(t *rapid.T, name string) []plan.Flag {
	return anyOf(t, name, []plan.Flag{"law", "users", "ml"})
}

func anyLinks(t *rapid.T) []plan.Link {
	return some(t, "links", 2, rapid.Custom(func(t *rapid.T) plan.Link {
		return plan.Link{Title: anyText().Draw(t, "title"), URL: "https://example.org/" + rapid.StringMatching(`[a-z?&=#%2]{0,9}`).Filter(webish).Draw(t, "url")}
	}))
}

func webish(s string) bool { return webAddress("https://example.org/" + s) }

// added are the words that any document adds.
func added() plan.Words {
	return plan.Words{Seats: []plan.Seat{"legal", "null"}, Evidence: []plan.EvidenceKind{"contract", "true"}, Environments: []plan.EnvironmentKind{"edge", "no"}}
}

func anySeat(t *rapid.T) plan.GateSeat {
	tiers := []plan.Tier{1, 2, 3}
	return plan.GateSeat{Seat: rapid.SampledFrom(added().AllSeats()).Draw(t, "seat"), MandatoryAt: anyOf(t, "mandatory", tiers), Tiers: anyOf(t, "tiers", tiers), When: flags(t, "when")}
}

func anyItem(t *rapid.T, key plan.ItemKey) plan.Item {
	words := anyText()
	it := plan.Item{
		Key: key, Title: words.Draw(t, "title"), Guidance: words.Draw(t, "guidance"), Why: words.Draw(t, "why"), Done: words.Draw(t, "done"), Show: words.Draw(t, "show"),
		Evidence: anyOf(t, "evidence", added().AllEvidence()), Seats: anyOf(t, "seats", added().AllSeats()), When: flags(t, "when"), Environments: anyOf(t, "environments", added().AllEnvironments()), ValidDays: rapid.IntRange(0, 99).Draw(t, "days"),
		Core: rapid.Bool().Draw(t, "core"), Quality: some(t, "quality", 2, words), Sources: some(t, "sources", 2, words), Links: anyLinks(t),
	}
	for i := range it.Levels {
		it.Levels[i] = rapid.SampledFrom([]plan.Level{"", "must", "should", "may"}).Draw(t, "level")
	}
	for _, k := range some(t, "was", 2, anyKey()) {
		it.Was = append(it.Was, plan.ItemKey(k))
	}
	it.SameAs = some(t, "same as", 2, words)
	if rapid.Bool().Draw(t, "question") {
		for _, k := range []plan.ChoiceKey{"a", "B_1", "null"} {
			it.Choices = append(it.Choices, plan.Choice{Key: k, Title: words.Draw(t, "title"), Help: words.Draw(t, "help"), Do: words.Draw(t, "do"), Links: anyLinks(t)})
		}
		it.Rules = []plan.Rule{{When: "a && !(B_1 || null)", Risk: plan.RiskNone}, {When: "default", Risk: plan.RiskHigh}}
	}
	return it
}

func anyDocument() *rapid.Generator[plan.Document] {
	return rapid.Custom(func(t *rapid.T) plan.Document {
		words := anyText()
		key := anyKey().Draw(t, "key")
		var questions []plan.Question
		for _, f := range flags(t, "flags") {
			questions = append(questions, plan.Question{Key: f, Group: words.Draw(t, "group"), Label: words.Draw(t, "label")})
		}
		itemKeys := rapid.SliceOfNDistinct(anyKey(), 0, 5, rapid.ID[string]).Draw(t, "items")
		if rapid.Bool().Draw(t, "module") {
			m := &plan.Module{Kind: plan.KindModule, Key: key, Version: 3, Name: words.Draw(t, "name"), Summary: words.Draw(t, "summary"),
				Notice: words.Draw(t, "notice"), ProposedWhen: flags(t, "proposed"), Flags: questions, Adds: added()}
			for range rapid.IntRange(0, 2).Draw(t, "duties") {
				m.Notify = append(m.Notify, plan.Duty{
					Authority: words.Draw(t, "authority"), What: words.Draw(t, "what"), Hours: rapid.IntRange(1, 100).Draw(t, "hours"), When: flags(t, "when"),
				})
			}
			for range rapid.IntRange(0, 2).Draw(t, "seats") {
				m.Seats = append(m.Seats, plan.ModuleSeat{Phase: rapid.SampledFrom(plan.Phases()).Draw(t, "phase"), GateSeat: anySeat(t)})
			}
			for _, k := range itemKeys {
				m.Items = append(m.Items, plan.ModuleItem{Phase: rapid.SampledFrom(plan.Phases()).Draw(t, "phase"), Item: anyItem(t, plan.ItemKey(key+"-"+k[:2]+k[len(k)/2:]))})
			}
			seen := map[plan.ItemKey]bool{}
			for i := len(m.Items) - 1; i >= 0; i-- {
				if k := m.Items[i].Key; !plan.ValidKey(string(k)) || seen[k] {
					m.Items = append(m.Items[:i:i], m.Items[i+1:]...)
				} else {
					seen[k] = true
				}
			}
			if len(m.Items) == 0 {
				m.Items = nil
			}
			return plan.Document{Module: m}
		}
		l := &plan.Lifecycle{
			Kind: plan.KindLifecycle, Key: key, Version: rapid.IntRange(0, 9).Draw(t, "version"), Name: words.Draw(t, "name"), Summary: words.Draw(t, "summary"),
			Order: rapid.SampledFrom([]plan.Order{"strict", "advisory", "free"}).Draw(t, "order"), SoD: rapid.Bool().Draw(t, "sod"), Flags: questions, Adds: added(),
			Keeps: rapid.SampledFrom([][]record.Key{nil, {"risk", "lesson"}}).Draw(t, "keeps"),
		}
		for _, k := range rapid.SliceOfNDistinct(anyKey(), 0, 3, rapid.ID[string]).Draw(t, "stages") {
			s := plan.Stage{Key: plan.StageKey(k), Name: words.Draw(t, "name"), Phases: anyOf(t, "phases", plan.Phases()), Purpose: words.Draw(t, "purpose")}
			s.Gate = plan.Gate{Name: words.Draw(t, "gate"), Exit: words.Draw(t, "exit"), RepeatsDays: rapid.IntRange(0, 90).Draw(t, "repeats"), Records: rapid.SampledFrom([][]record.Key{nil, {"objective"}, {"objective", "risk"}}).Draw(t, "records"), Policies: rapid.SampledFrom([][]string{nil, {"changes", "access"}}).Draw(t, "policies"), From: rapid.SampledFrom([]plan.Exposure{"", "pilot", "general"}).Draw(t, "from"), Environments: anyOf(t, "environments", added().AllEnvironments())}
			if rapid.Bool().Draw(t, "quorum") {
				s.Gate.Quorums = [3]int{3, rapid.IntRange(0, 3).Draw(t, "quorum"), 0}
			}
			for range rapid.IntRange(0, 2).Draw(t, "seats") {
				s.Gate.Seats = append(s.Gate.Seats, anySeat(t))
			}
			if len(itemKeys) > 0 {
				s.Items, itemKeys = []plan.Item{anyItem(t, plan.ItemKey(itemKeys[0]))}, itemKeys[1:]
			}
			l.Stages = append(l.Stages, s)
		}
		return plan.Document{Lifecycle: l}
	})
}

// What is written in our own form is read as the same document, whatever it says.
func TestOwnFormIsTheIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocument().Draw(t, "document")
		src, lost, err := Write(YAML, d)
		if err != nil || len(lost) > 0 {
			t.Fatal(err, lost)
		}
		r, err := Read(YAML, "x.yaml", src, Options{})
		if err != nil || r.Refused() {
			t.Fatalf("%v %v\n%s", err, r.Problems, src)
		}
		if !reflect.DeepEqual(r.Document, d) {
			t.Fatalf("read\n%s\nwritten\n%s\nas\n%s", asJSON(t, r.Document), asJSON(t, d), src)
		}
		again, err := WriteYAML(d, src)
		if err != nil || !bytes.Equal(again, src) {
			t.Fatalf("%v: written again with its own file beside it:\n%s\nfirst\n%s", err, again, src)
		}
	})
}

func asJSON(t rapid.TB, d plan.Document) []byte {
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A policy is written and read in our own form, whatever its words are, and in no
// other.
func TestPoliciesInOwnForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.Custom(func(t *rapid.T) string {
			return strings.NewReplacer("\n", " ", "|", "/").Replace(anyText().Draw(t, "words"))
		})
		p := &plan.PolicyDocument{
			Kind: plan.KindPolicy, Key: anyKey().Draw(t, "key"), Version: 2, Name: anyText().Draw(t, "name"), Summary: anyText().Draw(t, "summary"),
			Issuer: anyText().Draw(t, "issuer"), Reference: anyText().Draw(t, "reference"), Source: anyText().Draw(t, "source"), ReviewBy: anyText().Draw(t, "review"),
		}
		for _, key := range rapid.SliceOfNDistinct(anyKey(), 0, 4, rapid.ID[string]).Draw(t, "requirements") {
			q := plan.Requirement{Key: plan.RequirementKey(key), Level: rapid.SampledFrom([]plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay}).Draw(t, "level"), Text: strings.TrimSpace(line.Draw(t, "text"))}
			for _, k := range some(t, "showing", 3, anyKey()) {
				q.Items = append(q.Items, plan.ItemKey(k))
			}
			p.Requirements = append(p.Requirements, q)
		}
		d := plan.Document{Policy: p}
		src, lost, err := Write(YAML, d)
		if err != nil || len(lost) > 0 {
			t.Fatal(err, lost)
		}
		r, err := Read(YAML, "x.yaml", src, Options{})
		if err != nil || r.Refused() || !reflect.DeepEqual(r.Document, d) {
			t.Fatalf("%v %v\n%s\n%+v", err, r.Problems, src, r.Document.Policy)
		}
		if _, _, err := Write(Markdown, d); err == nil {
			t.Fatal("it is written as a checklist")
		}
	})
	for text, want := range map[string]string{
		"stages: []\norder: strict": "A policy has requirements",
		"requirements: [{key: a-b, level: must, text: a}, {key: a-b, level: must, text: b}]": "earlier requirement",
		"requirements: [{key: a-b, level: '', text: a}]":                                     "no level of a requirement",
		"requirements: [{key: a-b, level: must, text: 'a|b'}]":                               "one line",
		"requirements: [{key: a-b, level: must, text: a, items: [A]}]":                       "not a key",
	} {
		refused(t, YAML, "kind: policy\nkey: changes\nname: Changes\n"+text+"\n", want)
	}
	refused(t, YAML, "kind: module\nkey: changes\nname: Changes\nissuer: Us\n", "are a policy's")
}

// A readiness definition is written and read in our own form, whatever its words are,
// and in no other.
func TestDefinitionsInOwnForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.Custom(func(t *rapid.T) string { return strings.TrimSpace(anyText().Draw(t, "words")) })
		line := rapid.Custom(func(t *rapid.T) string {
			s := []rune(strings.NewReplacer("\n", " ", "|", "/").Replace(words.Draw(t, "line")))
			return strings.TrimSpace(string(s[:min(len(s), plan.MaxName)]))
		})
		def := &plan.Definition{
			Kind: plan.KindDefinition, Key: anyKey().Draw(t, "key"), Version: 2, Name: anyText().Draw(t, "name"), Summary: words.Draw(t, "summary"),
			Deployment: words.Draw(t, "deployment"), Incident: words.Draw(t, "incident"),
		}
		for i := range def.Tiers {
			tier := &def.Tiers[i]
			tier.Recovery, tier.Tolerated = words.Draw(t, "recovery"), rapid.IntRange(0, 25).Draw(t, "tolerated")
			for range rapid.IntRange(0, 3).Draw(t, "objectives") {
				tier.Objectives = append(tier.Objectives, plan.Goal{Indicator: line.Draw(t, "indicator"), Objective: line.Draw(t, "objective"), Window: line.Draw(t, "window")})
			}
		}
		d := plan.Document{Definition: def}
		src, lost, err := Write(YAML, d)
		if err != nil || len(lost) > 0 {
			t.Fatal(err, lost)
		}
		r, err := Read(YAML, "x.yaml", src, Options{})
		if err != nil || r.Refused() || !reflect.DeepEqual(r.Document, d) {
			t.Fatalf("%v %v\n%s\n%+v", err, r.Problems, src, r.Document.Definition)
		}
		if _, _, err := Write(Markdown, d); err == nil {
			t.Fatal("it is written as a checklist")
		}
	})
	tiers := "tiers: [{recovery: a, tolerated: 1}, {recovery: a, tolerated: 1}, {recovery: a, tolerated: "
	for text, want := range map[string]string{
		"stages: []\norder: strict":            "A readiness definition has tiers",
		"issuer: Us":                           "are a policy's",
		"tiers: [{recovery: a, tolerated: 1}]": "1 tier stands here",
		tiers + "26}]":                         "26 is no score of a risk",
		tiers + "1, objectives: [{indicator: 'a|b', objective: a, window: a}]}]": "on one line each",
	} {
		refused(t, YAML, "kind: definition\nkey: ours\nname: Ours\n"+text+"\n", want)
	}
	refused(t, YAML, "kind: module\nkey: ours\nname: Ours\nincident: It hurts.\n", "are a readiness definition's")
}

// All that we publish ourselves can be written and read.
func TestBuiltInDocumentsInOwnForm(t *testing.T) {
	published, err := catalog.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range published {
		src, _, err := Write(YAML, d)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Read(YAML, d.Name()+".yaml", src, Options{})
		if err != nil || r.Refused() {
			t.Fatalf("%s: %v %v", d.Name(), err, r.Problems)
		}
		again, _, err := Write(YAML, r.Document)
		if err != nil || !bytes.Equal(src, again) || d.Composed() && r.Counts.Items == 0 {
			t.Errorf("%s is another one when it is read and written again: %v", d.Name(), err)
		}
	}
}

func example(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A file that nobody changed is written as it was, with its comments; and where
// something moved, comments go with it.
func TestOwnFormKeepsComments(t *testing.T) {
	src := example(t, "own.yaml")
	r, err := Read(YAML, "own.yaml", src, Options{})
	if err != nil || r.Refused() {
		t.Fatal(err, r.Problems)
	}
	if r.Counts != (Counts{Stages: 1, Items: 2, Questions: 1}) {
		t.Errorf("%+v", r.Counts)
	}
	out, err := WriteYAML(r.Document, src)
	if err != nil {
		t.Fatal(err)
	}
	plain := func(b []byte) string { return strings.NewReplacer("\"", "", "\n\n", "\n").Replace(string(b)) }
	if plain(out) != plain(src) {
		t.Errorf("written as\n%s", out)
	}
	l := *r.Document.Lifecycle
	s := l.Stages[0]
	s.Items = []plan.Item{{Key: "before", Title: "Something before"}, s.Items[1], s.Items[0]}
	l.Stages = []plan.Stage{{Key: "new", Name: "A new one"}, s}
	l.Flags = nil
	if out, err = WriteYAML(plan.Document{Lifecycle: &l}, src); err != nil {
		t.Fatal(err)
	}
	for comment, next := range map[string]string{"# The lifecycle of": "kind:", "# Everything before": "- key: make", "# Asked for": "- key: in-repo"} {
		_, after, found := strings.Cut(string(out), comment)
		_, after, _ = strings.Cut(after, "\n")
		if !found || !strings.HasPrefix(strings.TrimSpace(after), next) {
			t.Errorf("%q is not before %q in\n%s", comment, next, out)
		}
	}
	if again, err := Read(YAML, "own.yaml", out, Options{}); err != nil || again.Refused() || again.Counts.Stages != 2 {
		t.Errorf("%v %v", err, again.Problems)
	}
}

func TestOwnFormRefuses(t *testing.T) {
	good := string(example(t, "own.yaml"))
	for _, tc := range []struct {
		name, old, new string
		line           int
		want           string
	}{
		{"unknown field", "name: Small tools", "nmae: Small tools", 5, "unknown field \"nmae\""},
		{"twice", "order: free", "order: free\norder: free", 8, "already"},
		{"anchor", "name: Small tools", "name: &a Small tools", 5, "anchors"},
		{"tag", "name: Small tools", "name: !!str Small tools", 5, "tags"},
		{"merge", "order: free", "<<: {order: free}", 7, "merge"},
		{"wrong kind of value", "version: 1", "version: one", 4, "a whole number, not text"},
		{"two documents", "kind: lifecycle", "kind: lifecycle\n---\nkind: lifecycle", 0, ""},
		{"level", "level: should", "level: often", 38, "\"often\" is no level"},
		{"seat", "- seat: engineering", "- seat: boss", 24, "\"boss\" is no seat"},
		{"evidence", "[repo]", "[gossip]", 33, "\"gossip\" is no kind of evidence"},
		{"key", "key: in-repo", "key: In Repo", 27, "\"In Repo\" is not a key"},
		{"same key", "key: who-answers", "key: in-repo", 36, "is the key of the item “Keep the source"},
		{"phase", "[idea, ", "[idle, ", 17, "\"idle\" is no phase"},
		{"rule", "author && !team", "author & team", 0, "rule 2 cannot be read"},
		{"link", "https://example.org/sharing", "javascript:alert(1)", 49, "no address of a page"},
		{"quorum", "[1, 1, 1]", "[1, 1]", 22, "2 numbers stand here"},
		{"module's field", "order: free", "order: free\nnotice: no advice", 0, "are a module's"},
		{"kind", "kind: lifecycle", "kind: book", 2, "no kind of document"},
		{"nested", "name: Small tools", "name: " + strings.Repeat("[", 40) + strings.Repeat("]", 40), 5, "nested too deeply"},
	} {
		src := strings.Replace(good, tc.old, tc.new, 1)
		r, err := Read(YAML, "own.yaml", []byte(src), Options{})
		if err != nil || !r.Refused() {
			t.Errorf("%s: %v, imported with %v", tc.name, err, r.Problems)
			continue
		}
		p := r.Problems[0]
		if tc.line > 0 && (p.Line != tc.line || p.Column == 0) || !strings.Contains(p.Message, tc.want) {
			t.Errorf("%s: %d:%d %s", tc.name, p.Line, p.Column, p)
		}
	}
}

func FuzzOwn(f *testing.F) {
	f.Add(example(f, "own.yaml"))
	for _, s := range []string{"kind: module\nkey: ab\nitems:\n  - {key: ab-c, phase: idea}\n", "a: &a [*a]", "- - -", "? a", "kind: lifecycle\n---\n", "{", "\"\\x"} {
		f.Add([]byte(s))
	}
	fuzzReader(f, YAML, checkResult)
}
