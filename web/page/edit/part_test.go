package edit

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// What the forms of every published document hold, sent back, changes nothing.
func TestFormsHoldWhatTheyShow(t *testing.T) {
	all, err := catalog.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, plan.Document{Policy: &plan.PolicyDocument{
		Kind: plan.KindPolicy, Key: "changes", Version: 1, Name: "Changes", Issuer: "Us", ReviewBy: "2027-03-31",
		Requirements: []plan.Requirement{{Key: "way-back", Level: plan.LevelMust, Text: "Every change can be taken back.", Items: []plan.ItemKey{"a-b", "c-d"}}},
	}})
	for _, published := range all {
		d, err := published.Draft()
		if err != nil {
			t.Fatal(err)
		}
		parts := []Part{Head(), Questions()}
		if d.Definition != nil {
			parts = []Part{Head(), Definition()}
		}
		if d.Policy != nil {
			parts = []Part{Head(), Policy()}
		}
		for _, s := range d.Sections() {
			parts = append(parts, Gate(s.Key))
			if d.Lifecycle != nil {
				parts = append(parts, Stage(s.Key))
			}
			for _, it := range s.Items {
				parts = append(parts, Item(it.Key))
			}
		}
		for _, p := range parts {
			before, ok := p.Values(d)
			if !ok {
				t.Fatalf("%s: there is no %s", d.Key(), p.Name)
			}
			if err := p.Put(d, before); err != nil {
				t.Errorf("%s, %s: %v", d.Key(), p.Name, err)
			}
			after, _ := p.Values(d)
			if p.Shown(before) != p.Shown(after) {
				t.Errorf("%s, %s: %v became %v", d.Key(), p.Name, before, after)
			}
		}
		was, now := plan.Check(published, nil), plan.Check(numbered(d), nil)
		if len(was) != len(now) {
			t.Errorf("%s: %d problems became %d", d.Key(), len(was), len(now))
		}
	}
}

func numbered(d plan.Document) plan.Document {
	d.Number(1)
	return d
}

// Hostile and broken forms are refused by field, and never panic.
func TestFormsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		part  Part
		field string
		form  url.Values
	}{
		"broken text":      {Head(), "name", url.Values{"name": {"a\xff"}, "order": {"free"}}},
		"a bell":           {Head(), "summary", url.Values{"name": {"A"}, "summary": {"a\ab"}, "order": {"free"}}},
		"no name":          {Head(), "name", url.Values{"order": {"free"}}},
		"no order":         {Head(), "order", url.Values{"name": {"A"}}},
		"two lines":        {Head(), "name", url.Values{"name": {"A\nB"}, "order": {"free"}}},
		"half a question":  {Questions(), "questions", url.Values{"questions": {"key | group"}}},
		"no key":           {Questions(), "questions", url.Values{"questions": {"No Key | group | label"}}},
		"unknown phase":    {Stage("idea"), "phases", url.Values{"name": {"A"}, "phases": {"moon"}}},
		"two quorums":      {Gate("idea"), "quorum", url.Values{"quorum": {"1", "2"}}},
		"a huge quorum":    {Gate("idea"), "quorum", url.Values{"quorum": {"1", "2", "99999999999999999999"}}},
		"a wild condition": {Gate("idea"), "when", url.Values{"quorum": {"1", "1", "1"}, "sits": {"product-1"}, "when": {"<script>"}}},
		"no title":         {Item("first-one"), "title", url.Values{"level": {"must", "", ""}}},
		"no levels":        {Item("first-one"), "level", url.Values{"title": {"A"}}},
		"odd level":        {Item("first-one"), "level", url.Values{"title": {"A"}, "level": {"must", "x", ""}}},
		"odd evidence":     {Item("first-one"), "evidence", url.Values{"title": {"A"}, "level": {"must", "", ""}, "evidence": {"hearsay"}}},
		"endless title":    {Item("first-one"), "title", url.Values{"title": {strings.Repeat("x", 201)}, "level": {"must", "", ""}}},
		"odd key":          {Item("first-one"), "key", url.Values{"title": {"A"}, "level": {"must", "", ""}, "key": {"../x"}}},
		"another's key":    {Item("first-one"), "key", url.Values{"title": {"A"}, "level": {"must", "", ""}, "key": {"second-one"}}},
		"a choice without": {Item("first-one"), "choices", asking("alarm", "")},
		"an odd choice":    {Item("first-one"), "choices", asking("a larm: A", "")},
		"default chosen":   {Item("first-one"), "choices", asking("default: A", "")},
		"a choice twice":   {Item("first-one"), "choices", asking("a: A\na: B", "")},
		"help of nothing":  {Item("first-one"), "choices", asking("  help: A", "")},
		"odd help":         {Item("first-one"), "choices", asking("a: A\n  hulp: A", "")},
		"NUL in a choice":  {Item("first-one"), "choices", asking("a: A\x00", "")},
		"51 choices":       {Item("first-one"), "choices", asking(numberedLines("c%d: C", 51), "")},
		"an odd risk":      {Item("first-one"), "rules", asking("a: A", "low: a")},
		"a bare rule":      {Item("first-one"), "rules", asking("a: A", "a && b")},
		"51 rules":         {Item("first-one"), "rules", asking("a: A", numberedLines("none: c%d", 51))},
		"negative days":    {Item("first-one"), "valid", url.Values{"title": {"A"}, "level": {"must", "", ""}, "valid": {"-1"}}},
	} {
		d := plan.NewLifecycle("house", "House", true)
		for _, k := range []plan.ItemKey{"first-one", "second-one"} {
			if err := d.Insert(plan.Item{Key: k, Title: "T"}, "idea", ""); err != nil {
				t.Fatal(err)
			}
		}
		var invalid *review.Invalid
		if err := c.part.Put(d, c.form); !errors.As(err, &invalid) || invalid.Fields[0].Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Another key leaves the old one behind, for the projects that have answers under it.
func TestRenamedItemsRemember(t *testing.T) {
	d := plan.NewLifecycle("house", "House", true)
	if err := d.Insert(plan.Item{Key: "first-one", Title: "T"}, "idea", ""); err != nil {
		t.Fatal(err)
	}
	for _, step := range [][2]plan.ItemKey{{"first-one", "other-one"}, {"other-one", "third-one"}, {"third-one", "first-one"}} {
		form := url.Values{"title": {"T"}, "level": {"must", "", ""}, "key": {string(step[1])}}
		if err := Item(step[0]).Put(d, form); err != nil {
			t.Fatal(err)
		}
	}
	if it, _ := d.Item("first-one"); it == nil || len(it.Was) != 2 || it.Was[0] != "other-one" || it.Was[1] != "third-one" {
		t.Errorf("%+v", it)
	}
}

// Whoever publishes says which titles are other words for the same. What nobody
// says of a title that changed is that it means something else.
func TestRewordedItemsKeepTheirMeaning(t *testing.T) {
	before := plan.NewLifecycle("house", "House", true)
	for _, it := range []plan.Item{
		{Key: "one", Title: "One", Evidence: []plan.EvidenceKind{"doc"}, SameAs: []string{"First"}},
		{Key: "two", Title: "Two", SameAs: []string{"Second"}},
		{Key: "three", Title: "Three", Evidence: []plan.EvidenceKind{"doc", "repo"}},
		{Key: "four", Title: "Four", SameAs: []string{"Fourth"}},
	} {
		if err := before.Insert(it, "idea", ""); err != nil {
			t.Fatal(err)
		}
	}
	d, err := before.Draft()
	if err != nil {
		t.Fatal(err)
	}
	for k, title := range map[plan.ItemKey]string{"one": "Number one", "two": "Number two", "three": "Number three"} {
		it, _ := d.Item(k)
		it.Title = title
	}
	three, _ := d.Item("three")
	three.Evidence = three.Evidence[:1] // a repository is no longer enough
	var asked []string
	for _, r := range MaybeReworded(before, d) {
		asked = append(asked, string(r.New.Key))
	}
	if got := strings.Join(asked, " "); got != "one two" {
		t.Errorf("asked about %q", got)
	}
	Reword(before, d, []string{"one", "three"})
	for k, want := range map[plan.ItemKey]string{"one": "First One", "two": "", "three": "", "four": "Fourth"} {
		if it, _ := d.Item(k); strings.Join(it.SameAs, " ") != want {
			t.Errorf("%s is the same as %q, want %q", k, it.SameAs, want)
		}
	}
}

func TestNewKey(t *testing.T) {
	d := plan.NewModule("law", "Law")
	for title, want := range map[string]string{
		"Name an owner": "law-name-an-owner", "§ 12 (new)": "law-new", "日本": "law-item", strings.Repeat("very ", 40): "law-very-very-very-very-very-very",
	} {
		got := d.NewKey(title)
		if string(got) != want || !plan.ValidKey(string(got)) {
			t.Errorf("%q gets the key %q, want %q", title, got, want)
		}
		if err := d.Insert(plan.Item{Key: got}, "idea", ""); err != nil {
			t.Fatal(err)
		}
		if again := d.NewKey(title); again == got || !plan.ValidKey(string(again)) {
			t.Errorf("%q gets the key %q again", title, again)
		}
	}
}

func asking(choices, rules string) url.Values {
	return url.Values{"title": {"A"}, "level": {"must", "", ""}, "choices": {choices}, "rules": {rules}}
}

func numberedLines(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+"\n", i)
	}
	return b.String()
}

// Choices and rules are texts in the form, and come out of it as they went in.
func TestQuestionsAsLines(t *testing.T) {
	d := plan.NewLifecycle("house", "House", true)
	q := plan.Item{
		Key: "first-one", Title: "A",
		Choices: []plan.Choice{
			{Key: "alarm", Title: "An alarm: it sounds", Help: "Within a minute.\nAlways.", Do: "Set one up.", Links: []plan.Link{{URL: "https://a.example/x", Title: "On alarms"}, {URL: "https://b.example/"}}},
			{Key: "Stop_1", Title: "It stops"},
		},
		Rules: []plan.Rule{{When: "alarm && Stop_1", Risk: plan.RiskNone}, {When: "alarm || Stop_1", Risk: plan.RiskMedium}, {When: "default", Risk: plan.RiskHigh}},
	}
	if err := d.Insert(q, "idea", ""); err != nil {
		t.Fatal(err)
	}
	v, _ := Item("first-one").Values(d)
	want := "alarm: An alarm: it sounds\n  help: Within a minute.\n  help: Always.\n  do: Set one up.\n  link: https://a.example/x On alarms\n  link: https://b.example/\nStop_1: It stops"
	if got := v.Get("choices"); got != want {
		t.Errorf("choices:\n%s", got)
	}
	if got := v.Get("rules"); got != "none: alarm && Stop_1\nmedium: alarm || Stop_1\nhigh: default" {
		t.Errorf("rules:\n%s", got)
	}
	v.Set("choices", strings.ReplaceAll(v.Get("choices"), "\n", "\r\n")+"\r\n") // as browsers send it
	if err := Item("first-one").Put(d, v); err != nil {
		t.Fatal(err)
	}
	if it, _ := d.Item("first-one"); !reflect.DeepEqual(it.Choices, q.Choices) || !reflect.DeepEqual(it.Rules, q.Rules) {
		t.Errorf("became %+v, %+v", it.Choices, it.Rules)
	}
	v.Del("choices")
	v.Del("rules") // a form that does not have them leaves them
	if err := Item("first-one").Put(d, v); err != nil {
		t.Fatal(err)
	}
	if it, _ := d.Item("first-one"); len(it.Choices) != 2 || len(it.Rules) != 3 {
		t.Errorf("without the fields: %+v", it)
	}
	if err := Item("first-one").Put(d, asking("", "")); err != nil {
		t.Fatal(err)
	}
	if it, _ := d.Item("first-one"); it.IsQuestion() || it.Rules != nil {
		t.Errorf("taken away: %+v", it)
	}
}
