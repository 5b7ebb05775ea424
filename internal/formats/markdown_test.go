package formats

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
)

func TestMarkdown(t *testing.T) {
	r := readExample(t, Markdown, "tasks.md", Options{})
	l := r.Document.Lifecycle
	var got []string
	for _, s := range l.Stages {
		for _, it := range s.Items {
			got = append(got, fmt.Sprintf("%s/%s/%s/%s", s.Name, it.Title, it.Levels[0], it.Guidance))
		}
	}
	want := []string{
		"Before the fair opens/Somebody is in charge/must/",
		"Rides/Brakes were tested & the log is signed/must/",
		"Rides/The carousel's too/must/Part of “Brakes were tested & the log is signed”.",
		"Rides/the ghost train's Nobody rides it in the morning./may/Part of “Brakes were tested & the log is signed”.",
		"Rides/Fences stand/must/",
		"Food/Fridges are cold at seven/must/see the list | door. and closed.",
		"Food/Oil is fresh/should/every day",
		"Rides (2)/Look again/must/",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("items\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	fences, fridges := l.Stages[1].Items[3], l.Stages[2].Items[0]
	if fences.Why != "children run." || fences.Done != "somebody walked along all of them." {
		t.Errorf("%+v", fences)
	}
	if len(fridges.Links) != 1 || fridges.Links[0].URL != "https://example.org/fridges" || len(l.Stages[0].Items[0].Links) != 1 {
		t.Errorf("%+v", fridges)
	}
	if ghosts := l.Stages[1].Items[2]; ghosts.Done != "And its lights." {
		t.Errorf("%+v", ghosts)
	}
	if l.Name != "Before the fair opens" || l.Summary != "What the fair committee goes through on the morning." || l.Stages[1].Purpose != "Everything that moves people." {
		t.Errorf("%+v", l)
	}
	for _, want := range []string{"2 boxes are ticked", "1 row without a title"} {
		if !has(r.Problems, Problem.String, want) {
			t.Errorf("nothing says %q: %v", want, r.Problems)
		}
	}
	for _, want := range []string{"1 entry without a box", "1 block of code", "1 picture", "1 cell of the column “Who”"} {
		if !has(r.Lost, itself, want) {
			t.Errorf("nothing says %q is lost: %v", want, r.Lost)
		}
	}
}

// Boxes below another that are single lines say when it is done; others are items of
// their own. The list of what has no place says which.
func TestMarkdownSubPoints(t *testing.T) {
	r, err := Read(Markdown, "list.md", []byte(`# List

- [ ] Tests run (must)
  - [x] unit tests
  - [ ] tests of [the whole](https://example.org/whole).
- [ ] Threats are listed [optional]
  - [ ] Borders are drawn (should)
  - [ ] Abuse is listed
- [ ] Rollback is rehearsed
  - Done when: it took ten minutes.

  * [ ] on staging
- [ ] Keys are kept
  - [ ] in a safe

    with two locks
`), Options{})
	if err != nil || r.Refused() {
		t.Fatalf("%v %+v", err, r.Problems)
	}
	var got []string
	for _, it := range r.Document.Lifecycle.Stages[0].Items {
		got = append(got, fmt.Sprintf("%s/%s/%s", it.Title, it.Levels[0], it.Done))
	}
	want := []string{
		"Tests run/must/unit tests; tests of the whole.", "Threats are listed/may/", "Borders are drawn/should/", "Abuse is listed/must/",
		"Rollback is rehearsed/must/it took ten minutes. on staging.", "Keys are kept/must/", "in a safe/must/",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("items\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if links := r.Document.Lifecycle.Stages[0].Items[0].Links; len(links) != 1 {
		t.Errorf("the link of a sub-point is lost: %v", links)
	}
	for _, want := range []string{"3 boxes below others became parts of their “Done when”.", "3 boxes below others became items of their own, beside them."} {
		if !has(r.Lost, itself, want) {
			t.Errorf("nothing says %q: %v", want, r.Lost)
		}
	}
	if !has(r.Problems, Problem.String, "3 titles said how much their items weigh") {
		t.Errorf("levels in titles are not spoken of: %v", r.Problems)
	}
}

func TestMarkdownWithoutBoxes(t *testing.T) {
	r, err := Read(Markdown, "list.md", []byte("# List\n\n## One\n\n* Do this\n  * and that\n* Do more\n"), Options{})
	if err != nil || r.Refused() || r.Counts.Items != 3 || !has(r.Problems, Problem.String, "3 entries of lists were taken") {
		t.Errorf("%v %+v", err, r)
	}
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "## Part %d\n\n### Piece %d\n\n- [ ] Do %d\n\n", i/2, i, i)
	}
	if r, err = Read(Markdown, "list.md", []byte(b.String()), Options{}); err != nil || r.Refused() || r.Counts != (Counts{Stages: 30, Items: 60}) {
		t.Errorf("%v %+v %v", err, r.Counts, r.Problems)
	}
}

// What we write as Markdown has the same items when it is read.
func TestMarkdownRoundTrip(t *testing.T) {
	built, err := catalog.Version("productionisation", 1)
	if err != nil {
		t.Fatal(err)
	}
	built.Stages[0].Items[0].Title = "1. A *starred* [title] with <b> & # | 2_3_4"
	built.Stages[0].Items[2].Title, built.Stages[0].Items[2].Levels = "It is what it is (optional)", evenly(plan.LevelMust)
	built.Stages[0].Items[1].Links = []plan.Link{{Title: "a [b]", URL: "https://example.org/(a)"}}
	built.Stages[0].Items[1].Guidance = "- no list"
	b, _, err := Write(Markdown, plan.Document{Lifecycle: built})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(Markdown, "x.md", b, Options{})
	if err != nil || r.Refused() || len(r.Lost) > 0 {
		t.Fatal(err, r.Problems, r.Lost)
	}
	checkDraft(t, r)
	for i, s := range built.Stages {
		got := r.Document.Lifecycle.Stages[i]
		if got.Name != s.Name || got.Purpose != s.Purpose || len(got.Items) != len(s.Items) {
			t.Fatalf("stage %s with %d items: %s", got.Name, len(got.Items), got.Purpose)
		}
		for j := range s.Items {
			x, y := &s.Items[j], &got.Items[j]
			if x.Title != y.Title || x.Why != y.Why || x.Done != y.Done || x.Show != y.Show || x.Levels[0] != y.Levels[0] || len(x.Links) != len(y.Links) {
				t.Errorf("%+v\n%+v", x, y)
			}
		}
	}
}

// What only serves to exhaust the parser is refused, or read in time.
func TestMarkdownInTime(t *testing.T) {
	for name, src := range map[string]string{
		"quotes":     strings.Repeat(">", 3000) + "a",
		"lists":      strings.Repeat("- ", 3000) + "a",
		"brackets":   strings.Repeat("[", 1<<20),
		"many lines": strings.Repeat("[a*_`<\n", 1<<18),
		"stars":      strings.Repeat("*a _b ", 3000),
		"indented":   indented(400),
		"headings":   strings.Repeat("# a\n- b\n", 100_000),
		"tables":     strings.Repeat("|a|b|\n|-|-|\n|c|d|\n\n", 50_000),
		"wide":       strings.Repeat("|a", 5000) + "\n" + strings.Repeat("|-", 5000) + "\n" + strings.Repeat("|b\n", 100_000),
		"filled up":  strings.Repeat("|a", 5000) + "\n" + strings.Repeat("|-", 5000) + "\n" + strings.Repeat("|b\n", 40_000),
		"quoted":     "> " + strings.Repeat("|a", 150) + "\n> " + strings.Repeat("|-", 150) + "\n" + strings.Repeat("> |b\n", 40_000),
		"references": strings.Repeat("[a]: <b>\n", 50_000) + strings.Repeat("[a]\n", 1000),
	} {
		begin := time.Now()
		if _, err := Read(Markdown, "x.md", []byte(src), Options{}); err != nil {
			t.Error(err)
		}
		if d := time.Since(begin); d > 3*time.Second {
			t.Errorf("%s: %v", name, d)
		}
	}
}

func indented(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat("  ", i) + "- [ ] a\n")
	}
	return b.String()
}

func FuzzMarkdown(f *testing.F) {
	f.Add(example(f, "tasks.md"))
	f.Add([]byte("- a\n  - b\n    - [ ] c\n\n> - [x] Low: d\n"))
	f.Add([]byte("|L1|x|url|\n|-|-|-|\n|x|<a>|http://a.b|\n"))
	fuzzForeign(f, Markdown)
}
