package ui_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"

	"github.com/slipway-prr/slipway/web/ui"
	"github.com/slipway-prr/slipway/web/ui/reference"
)

func render(t testing.TB, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// hostile holds what must come out harmless: markup, quotes, entities, NUL, broken UTF-8, schemes.
var hostile = []string{
	"", "plain", `<script>alert("x")</script>`, `" onmouseover='x'`, "a & b &amp; c", "\x00\xff\xfe", "javascript:alert(1)", "JaVaScRiPt:x",
	"https://example.com/a?b=c&d='e'", "/projects/a/stages/b", "data:text/html,x", "\u202eoverride", "line\nline",
}

func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(hostile), rapid.StringN(0, 30, -1))
}

func anyRow() *rapid.Generator[ui.ItemRow] {
	return rapid.Custom(func(t *rapid.T) ui.ItemRow {
		states := []ui.State{ui.None, ui.Open, ui.Part, ui.Met, ui.Bad, ui.NA, ui.Waived, ui.Wait, ui.Warn, ui.Stop, ui.Hold, ui.Alarm, ui.Aged}
		answers := []string{"", "open", "met", "not-met", "not-applicable"}
		r := ui.ItemRow{
			Key: anyText().Draw(t, "key"), Href: anyText().Draw(t, "href"), Version: rapid.Int().Draw(t, "version"),
			State: rapid.SampledFrom(states).Draw(t, "state"), Answer: rapid.SampledFrom(answers).Draw(t, "answer"),
			Level: rapid.SampledFrom([]string{"must", "should", "may", "x"}).Draw(t, "level"), Title: anyText().Draw(t, "title"),
			Note: anyText().Draw(t, "note"), Assignee: anyText().Draw(t, "assignee"), Due: anyText().Draw(t, "due"), Picked: rapid.Bool().Draw(t, "picked"),
			Filter: anyText().Draw(t, "filter"), ReadOnly: rapid.Bool().Draw(t, "readonly"), Follows: rapid.Bool().Draw(t, "follows"),
		}
		if rapid.Bool().Draw(t, "question") {
			r.Question = &ui.RowQuestion{Word: anyText().Draw(t, "word"), Value: rapid.SampledFrom([]string{"", "=-", "=a b", "=<"}).Draw(t, "value")}
			for range rapid.IntRange(1, 3).Draw(t, "choices") {
				r.Question.Choices = append(r.Question.Choices, ui.RowChoice{Key: anyText().Draw(t, "ckey"), Title: anyText().Draw(t, "ctitle"), On: rapid.Bool().Draw(t, "on")})
			}
			for range rapid.IntRange(0, 2).Draw(t, "rules") {
				r.Question.Rules = append(r.Question.Rules, anyText().Draw(t, "rule"))
			}
		}
		if rapid.Bool().Draw(t, "old note") {
			r.NoteFor = rapid.SampledFrom(answers).Draw(t, "notefor")
		}
		if rapid.Bool().Draw(t, "long note") {
			r.Note = strings.Repeat("n<", ui.NoteShown)
		}
		for range rapid.IntRange(0, 4).Draw(t, "evidence") {
			r.Evidence = append(r.Evidence, ui.ItemLink{
				Title: anyText().Draw(t, "etitle"), URL: anyText().Draw(t, "eurl"), Kind: anyText().Draw(t, "ekind"), No: rapid.IntRange(0, 99).Draw(t, "eno"),
			})
		}
		for range rapid.IntRange(0, 2).Draw(t, "flags") {
			r.Flags = append(r.Flags, ui.ItemFlag{State: rapid.SampledFrom(states).Draw(t, "fstate"), Text: anyText().Draw(t, "ftext"), Anchor: anyText().Draw(t, "anchor")})
		}
		if rapid.Bool().Draw(t, "conflict") {
			r.Conflict = &ui.RowConflict{By: anyText().Draw(t, "by"), Own: rapid.Bool().Draw(t, "own"), When: anyText().Draw(t, "when"), MineAnswer: rapid.SampledFrom(answers).Draw(t, "mine"), MineWord: anyText().Draw(t, "mineword"), MineNote: anyText().Draw(t, "minenote"), MineNoted: rapid.Bool().Draw(t, "minenoted")}
		}
		if rapid.Bool().Draw(t, "problem") {
			r.Problem = &ui.RowProblem{Text: anyText().Draw(t, "ptext"), Answer: rapid.SampledFrom(answers).Draw(t, "panswer"), Note: anyText().Draw(t, "pnote"), Asks: rapid.Bool().Draw(t, "asks")}
		}
		if rapid.Bool().Draw(t, "paste") {
			r.Paste = &ui.RowPaste{Text: anyText().Draw(t, "pwhy"), Lines: anyText().Draw(t, "plines")}
		}
		return r
	})
}

func TestRowEqualsItsTemplate(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := anyRow().Draw(rt, "row")
		got, want := render(t, ui.Row(r)), render(t, reference.Row(r))
		if got != want {
			rt.Fatalf("row %+v\n got %s\nwant %s", r, got, want)
		}
	})
}

// Whatever the values, no script, no handler and no address of a foreign scheme gets out.
func TestRowIsHarmless(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		out := render(t, ui.Row(anyRow().Draw(rt, "row")))
		nodes, err := html.ParseFragment(strings.NewReader(out), &html.Node{Type: html.ElementNode, Data: "ol", DataAtom: atom.Ol})
		if err != nil {
			rt.Fatal(err)
		}
		for _, n := range nodes {
			checkHarmless(rt, n)
		}
	})
}

func checkHarmless(rt *rapid.T, n *html.Node) {
	if n.Type == html.ElementNode && n.Data == "script" {
		rt.Fatal("a script element")
	}
	for _, a := range n.Attr {
		low := strings.ToLower(a.Val)
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style":
			rt.Fatalf("attribute %s=%q", a.Key, a.Val)
		case (a.Key == "href" || a.Key == "action") && (strings.HasPrefix(low, "javascript:") || strings.HasPrefix(low, "data:")):
			rt.Fatalf("address %s=%q", a.Key, a.Val)
		}
	}
	for c := range n.ChildNodes() {
		checkHarmless(rt, c)
	}
}

func TestLongNoteIsCutAtARunesEdge(t *testing.T) {
	note := strings.Repeat("é", ui.NoteShown) // two bytes each: the cut falls on an edge only by care
	out := render(t, ui.Row(ui.ItemRow{Note: "x" + note}))
	if strings.Contains(out, "\ufffd") || !strings.Contains(out, "é\u2026</a>") || !strings.Contains(out, `class="nt cut"`) {
		t.Errorf("cut note: %s", out)
	}
}

func TestReadOnlyRowHasNoForm(t *testing.T) {
	out := render(t, ui.Row(ui.ItemRow{Key: "a", Answer: ui.AnswerMet, ReadOnly: true}))
	if strings.Contains(out, "<form") || strings.Contains(out, "<button") || !strings.Contains(out, "<em>Met</em>") {
		t.Errorf("read-only row: %s", out)
	}
}

func TestARowThatFollowsHasABoxAndNoForm(t *testing.T) {
	out := render(t, ui.Row(ui.ItemRow{Key: "a", Answer: ui.AnswerMet, Follows: true}))
	if strings.Contains(out, "<form") || !strings.Contains(out, `name="pick"`) || !strings.Contains(out, "<em>Met</em>") {
		t.Errorf("a row that follows another project: %s", out)
	}
}

func longList() []ui.ItemRow {
	rows := make([]ui.ItemRow, 120)
	for i := range rows {
		key := fmt.Sprintf("item-%d", i)
		rows[i] = ui.ItemRow{Key: key, Href: "/projects/p/stages/s/items/" + key, State: ui.Met, Answer: ui.AnswerMet, Level: "must", Title: "A title of a usual length for an item", Evidence: []ui.ItemLink{{Title: "Report", URL: "https://example.com/" + key}}}
	}
	return rows
}

// A list of 120 rows costs a handful of allocations whatever its length: the page's whole budget is 300.
func TestListAllocatesNextToNothing(t *testing.T) {
	list := ui.ItemList("Items", longList())
	render(t, list) // fills the pool
	n := testing.AllocsPerRun(50, func() {
		if err := list.Render(context.Background(), io.Discard); err != nil {
			t.Fatal(err)
		}
	})
	if n > 4 {
		t.Errorf("%v allocations for 120 rows, want at most 4", n)
	}
}

func BenchmarkItemList(b *testing.B) {
	list := ui.ItemList("Items", longList())
	b.ReportAllocs()
	for b.Loop() {
		if err := list.Render(context.Background(), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
