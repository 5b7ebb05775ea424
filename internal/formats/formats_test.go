package formats

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
)

// fuzzReader holds a reader against what all of them promise, whatever the file is:
// no panic, and results within the limits.
func fuzzReader(f *testing.F, format Format, check func(*testing.T, Result)) {
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, kind := range []plan.Kind{plan.KindLifecycle, plan.KindModule} {
			r, err := Read(format, "a file.txt", src, Options{Kind: kind})
			if err != nil {
				t.Fatal(err)
			}
			check(t, r)
			if r.Refused() {
				continue
			}
			for _, in := range All() {
				if in.Write == nil || in.Format == XLSX { // which writes the rows of CSV, and takes most of the time
					continue
				}
				if _, _, err := Write(in.Format, r.Document); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// fuzzForeign is that for formats that are not our own.
func fuzzForeign(f *testing.F, format Format) { fuzzReader(f, format, checkDraft) }

func checkResult(t *testing.T, r Result) {
	t.Helper()
	if len(r.Problems) > 3*MaxProblems {
		t.Fatalf("%d problems", len(r.Problems))
	}
	for _, p := range r.Problems {
		if p.Severity != Error && p.Severity != Warning || p.Message == "" || p.Severity == Error && p.Do == "" || !utf8.ValidString(p.String()) || len(p.String()) > 3000 {
			t.Fatalf("problem %q %+v", p.String(), p)
		}
	}
	if r.Refused() {
		if r.Document != (plan.Document{}) || r.Counts != (Counts{}) {
			t.Fatal("a refused file left something behind")
		}
		return
	}
	if (r.Document.Lifecycle == nil) == (r.Document.Module == nil) {
		t.Fatal("not one document")
	}
	if r.Counts.Items > MaxItems || r.Counts.Stages > MaxStages {
		t.Fatalf("%+v", r.Counts)
	}
}

// checkDraft is what holds in addition for formats that are not our own: the draft
// could be used.
func checkDraft(t *testing.T, r Result) {
	t.Helper()
	checkResult(t, r)
	if r.Refused() {
		return
	}
	if wrong := plan.Wrong(plan.Check(r.Document, nil)); len(wrong) > 0 {
		t.Fatalf("the draft could not be published: %v", wrong)
	}
	keys, titles := map[plan.ItemKey]bool{}, map[string]bool{}
	eachItem(r.Document, func(_ string, it *plan.Item) {
		if !plan.ValidKey(string(it.Key)) || keys[it.Key] || strings.HasPrefix(string(it.Key), plan.OwnPrefix) {
			t.Fatalf("key %q", it.Key)
		}
		if n := utf8.RuneCountInString(it.Title); n < 1 || n > maxTitle || titles[fold.Text(it.Title)] || it.Title != clean(it.Title) {
			t.Fatalf("title %q", it.Title)
		}
		if it.Levels[0] == plan.LevelNone || len(it.Evidence) == 0 || len(it.Seats) == 0 || len(it.Quality) == 0 {
			t.Fatalf("item %+v", it)
		}
		keys[it.Key], titles[fold.Text(it.Title)] = true, true
	})
	if l := r.Document.Lifecycle; l != nil {
		stages := map[plan.StageKey]bool{}
		for _, s := range l.Stages {
			if !plan.ValidKey(string(s.Key)) || stages[s.Key] || s.Name == "" || len(s.Items) == 0 || len(s.Gate.Seats) == 0 {
				t.Fatalf("stage %+v", s)
			}
			stages[s.Key] = true
		}
		if _, err := plan.Compose(plan.Origin{}, l, nil); err != nil {
			t.Fatal(err)
		}
	}
	if m := r.Document.Module; m != nil {
		for _, it := range m.Items {
			if !strings.HasPrefix(string(it.Key), m.Key+"-") {
				t.Fatalf("key %q in module %q", it.Key, m.Key)
			}
		}
	}
}

func TestKeys(t *testing.T) {
	k := keys{prefix: "item", taken: map[string]int{}}
	for _, tc := range []struct{ text, want string }{
		{"Check backups", "check-backups"},
		{"Check backups!", "check-backups-2"},
		{"Check-backups 2", "check-backups-2-2"},
		{"1.2.3", "item-1-2-3"},
		{"Größe prüfen", "groesse-pruefen"},
		{"Резервные копии", "rezervnye-kopii"},
		{"备份数据库", "item-"},
		{"备份数据库 (TLS)", "item-"},
		{"own words", "item-own-words"},
		{strings.Repeat("long ", 30), "long-long-long-long-long-long-long"},
		{strings.Repeat("long ", 30), "long-long-long-long-long-long-long-2"},
		{strings.Repeat("x", 90), strings.Repeat("x", 36)},
		{strings.Repeat("x", 90), strings.Repeat("x", 36) + "-2"},
		{"", "item-"},
		{"…", "item-"},
	} {
		got := k.next(tc.text)
		if !plan.ValidKey(got) || got != tc.want && (!strings.HasSuffix(tc.want, "item-") || !strings.HasPrefix(got, tc.want)) {
			t.Errorf("%q: %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestSplitTitle(t *testing.T) {
	long := "Rotate the keys of every service account at least once a year and after people leave. Old keys are revoked."
	for _, tc := range []struct{ text, title, rest string }{
		{"Short", "Short", ""},
		{"Rotate keys every year. " + long, "Rotate keys every year", long},
		{long, "Rotate the keys of every service account at least once a year and after people…", long},
		{strings.Repeat("é", 100), strings.Repeat("é", 79) + "…", strings.Repeat("é", 100)},
	} {
		if title, rest := splitTitle(tc.text); title != tc.title || rest != tc.rest {
			t.Errorf("%q: %q and %q", tc.text, title, rest)
		}
	}
}

// A word at either end of a title that says how much the item weighs is its level,
// and no other word is.
func TestLevelsInTitles(t *testing.T) {
	must, should, may := evenly(plan.LevelMust), evenly(plan.LevelShould), evenly(plan.LevelMay)
	for title, want := range map[string]struct {
		levels [3]plan.Level
		rest   string
	}{
		"Budget is agreed (should)": {should, "Budget is agreed"}, "Doors are locked [MUST]": {must, "Doors are locked"}, "Lamps glow [optional].": {may, "Lamps glow"},
		"Lamps glow – recommended": {should, "Lamps glow"}, "Lamps glow (P0)": {must, "Lamps glow"}, "Lamps glow (nice to have)": {may, "Lamps glow"},
		"Optional: lamps glow": {may, "lamps glow"}, "[Must] Lamps glow (optional)": {must, "Lamps glow (optional)"},
		"Lamps glow (tier 1)": {rest: "Lamps glow (tier 1)"}, "Costs stay low": {rest: "Costs stay low"}, "Water level - high": {rest: "Water level - high"},
		"(should)": {rest: "(should)"}, "Doors (2)": {rest: "Doors (2)"}, "Doors (see must)": {rest: "Doors (see must)"},
	} {
		if levels, rest := titleLevel(title); levels != want.levels || rest != want.rest {
			t.Errorf("%q: %v %q", title, levels, rest)
		}
	}
}

// Columns that say how important something is are recognised by many names.
func TestColumnsOfLevels(t *testing.T) {
	for _, heading := range []string{"How important", "How important?", "Priority", "IMPORTANCE", "Severity", "Level", "Launch priority", "Must/Should/Could", "Criticality"} {
		if at, ok := guessColumns([]string{"What", heading})[ColumnLevel]; !ok || at != 1 {
			t.Errorf("%q is no level", heading)
		}
	}
	for _, heading := range []string{"Importer", "Owner", "Access level needed"} {
		if _, ok := guessColumns([]string{"What", heading})[ColumnLevel]; ok {
			t.Errorf("%q is a level", heading)
		}
	}
}

func TestLevelWords(t *testing.T) {
	for words, want := range map[string][3]plan.Level{
		"MUST": evenly(plan.LevelMust), "Shall": evenly(plan.LevelMust), "**High**": evenly(plan.LevelMust),
		"should": evenly(plan.LevelShould), "Medium": evenly(plan.LevelShould), "SUGGESTED": evenly(plan.LevelMay), "low": evenly(plan.LevelMay),
		"P0": evenly(plan.LevelMust), "p1": evenly(plan.LevelMust), "P2": evenly(plan.LevelShould), "P3": evenly(plan.LevelMay), "Nice-to-have": evenly(plan.LevelMay),
		"could": evenly(plan.LevelMay), "Must have": evenly(plan.LevelMust),
		"L1": graded(1), "Level 2": graded(2), "3": graded(3), "Maturity Level 2, Maturity Level 3": graded(2), "l3/should": {"must", "should", "should"},
	} {
		if got, ok := levelOf(words); !ok || got != want {
			t.Errorf("%q: %v", words, got)
		}
	}
	for _, words := range []string{"", "4", "perhaps", "level"} {
		if got, ok := levelOf(words); ok {
			t.Errorf("%q: %v", words, got)
		}
	}
	if graded(2) != [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelNone} {
		t.Error(graded(2))
	}
}

func TestDraft(t *testing.T) {
	for _, kind := range []plan.Kind{plan.KindLifecycle, plan.KindModule} {
		d := newDraft(Options{File: "our_checklist.md", Kind: kind, Key: "abc"})
		for range 3 {
			d.stage("Security", "")
			d.item(plan.Item{Title: "Encrypt\nat rest"})
			d.item(plan.Item{Title: "Encrypt at rest", Levels: evenly(plan.LevelMay)}, "1.1")
			d.lose("picture was left out", "pictures were left out")
		}
		d.stage("Nothing", "")
		r := d.finish()
		r.count()
		checkDraft(t, r)
		if r.Counts.Items != 6 || r.Lost[0] != "3 pictures were left out." || len(r.Lost) != map[plan.Kind]int{plan.KindLifecycle: 1, plan.KindModule: 2}[kind] {
			t.Errorf("%+v %q", r.Counts, r.Lost)
		}
		if r.Document.Name() != "our checklist" {
			t.Errorf("name %q", r.Document.Name())
		}
		if l := r.Document.Lifecycle; l != nil && (l.Key != "abc" || l.Stages[1].Name != "Security (2)" || l.Stages[1].Items[0].Title != "Encrypt at rest (3)" ||
			l.Stages[0].Items[1].Key != "item-1-1" || len(l.Stages[2].Phases) == 0 || l.Stages[0].Items[0].Quality[0] != "security") {
			t.Errorf("%+v", l)
		}
	}
	if r := newDraft(Options{}).finish(); !r.Refused() {
		t.Error("an empty draft is one")
	}
	d := newDraft(Options{})
	for range MaxItems + 5 {
		d.item(plan.Item{Title: "One more"})
	}
	if r := d.finish(); !r.Refused() || !d.full() {
		t.Error("too many items are imported")
	}
}

func TestCheckJSON(t *testing.T) {
	for _, tc := range []struct {
		src          string
		line, column int
		message      string
	}{
		{"{\"a\": [1, {\"b\": null}]}", 0, 0, ""},
		{"{\"a\": 1,\n \"a\": 2}", 2, 5, "stands twice"},
		{strings.Repeat("[", 60) + strings.Repeat("]", 60), 1, 52, "more than 50 deep"},
		{"{\"a\": 1", 1, 8, "ends too early"},
		{"{\"a\":\n  x}", 2, 3, "not JSON"},
		{"{} {}", 1, 5, "behind the end"},
		{"", 1, 1, "ends too early"},
		{"[" + strings.Repeat("{},", maxJSONValues) + "{}]", 1, 3*maxJSONValues - 2, "more than 200000 values"},
	} {
		_, _, bad := checkJSON([]byte(tc.src))
		if bad == nil {
			if tc.message != "" {
				t.Errorf("%.40s is accepted", tc.src)
			}
			continue
		}
		if tc.message == "" || !strings.Contains(bad.Message, tc.message) || bad.Line != tc.line || bad.Column != tc.column {
			t.Errorf("%.40s: %d:%d %s", tc.src, bad.Line, bad.Column, bad.Message)
		}
	}
	f, nans, bad := checkJSON([]byte(`{"a": NaN, "NaN": "\"NaN", "b": [-Infinity]}`))
	var v struct {
		A string `json:"a"`
		N string `json:"NaN"`
	}
	if bad != nil || nans != 2 || f.decode(&v) != nil || v.A != "" || v.N != `"NaN` {
		t.Errorf("%v, %d, %+v", bad, nans, v)
	}
	if p := f.at("b[0]", Problem{}); p.Column != 33 || p.Path != "b[0]" {
		t.Errorf("%+v", p)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tc := range []struct {
		src    []byte
		line   int
		column int
		want   string
	}{
		{make([]byte, MaxBytes+1), 0, 0, "at most 5 MiB"},
		{[]byte("\xff\xfea\x00"), 1, 1, "UTF-16"},
		{[]byte("a\nbé\xff"), 2, 3, "FF"},
		{[]byte("a\x00"), 1, 2, "00"},
	} {
		p, bad := notText(tc.src)
		if len(tc.src) > MaxBytes {
			continue // needs a format: see the tests of each
		}
		if !bad || p.Line != tc.line || p.Column != tc.column || !strings.Contains(p.Message, tc.want) {
			t.Errorf("%q: %+v", tc.src, p)
		}
	}
	if _, err := Read("nonsense", "x", nil, Options{}); err == nil {
		t.Error("a format that there is not is read")
	}
}
