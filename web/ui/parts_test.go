package ui

import (
	"bytes"
	"context"
	"html"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"pgregory.net/rapid"
)

func TestAppendTextEscapesAsTheLibraryDoes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[<>&'"a]*`)).Draw(rt, "s")
		if got, want := string(appendText(nil, s)), html.EscapeString(s); got != want {
			rt.Fatalf("%q: got %q, want %q", s, got, want)
		}
	})
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const day = 24 * time.Hour
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "just now"}, {59 * time.Second, "just now"}, {time.Minute, "1 minute ago"}, {59 * time.Minute, "59 minutes ago"},
		{time.Hour, "1 hour ago"}, {23 * time.Hour, "23 hours ago"}, {day, "1 day ago"}, {59 * day, "59 days ago"},
		{60 * day, "2 months ago"}, {729 * day, "24 months ago"}, {730 * day, "2 years ago"},
		{-3 * day, "in 3 days"}, {-30 * time.Second, "in less than a minute"},
	} {
		if got := Ago(now.Add(-c.d), now); got != c.want {
			t.Errorf("%v: %q, want %q", c.d, got, c.want)
		}
	}
}

func TestEveryStateHasItsClass(t *testing.T) {
	for _, s := range []State{None, Open, Part, Met, Bad, NA, Waived, Wait, Warn, Stop, Hold} {
		if got := s.class(); got != "s-"+string(s) {
			t.Errorf("%q has class %q", s, got)
		}
	}
	if got := State(`x" onclick="y`).class(); got != "s-none" {
		t.Errorf("an unknown state has class %q", got)
	}
}

func TestLayoutWithoutAPersonOffersNoWayIn(t *testing.T) {
	out := renderLayout(t, PageMeta{Title: "Sign in"})
	for _, bad := range []string{"/portfolio", "/logout", "data-keys"} {
		if strings.Contains(out, bad) {
			t.Errorf("the frame for nobody contains %s", bad)
		}
	}
}

func TestLayoutSaysWhatScriptsNeed(t *testing.T) {
	plain := renderLayout(t, PageMeta{Title: "A & B", Person: "Ana", Nav: NavWork, Theme: Dark})
	for _, want := range []string{`data-theme="dark"`, "<title>A &amp; B \u2013 Slipway</title>", `aria-current="page"`} {
		if !strings.Contains(plain, want) {
			t.Errorf("layout lacks %s", want)
		}
	}
	if strings.Contains(plain, "data-saved") {
		t.Error("a plain page claims that the last post was kept")
	}
	if strings.Contains(plain, "New project") {
		t.Error("the frame offers to start a project to somebody who may not")
	}
	if out := renderLayout(t, PageMeta{Person: "Ana", Nav: NavWaivers, CanCreate: true}); !strings.Contains(out, `href="/waivers" aria-current="page"`) || !strings.Contains(out, "New project") {
		t.Error("the navigation lacks the waivers, or the button lacks for somebody who may start a project")
	}
	saved := renderLayout(t, PageMeta{Banners: []Banner{{Kind: Success, Text: "Kept"}}})
	if !strings.Contains(saved, "data-saved") {
		t.Error("a page with a success banner does not say that the last post was kept")
	}
	if out := renderLayout(t, PageMeta{Title: "New", ErrorCount: 1, Theme: `"><script>`}); !strings.Contains(out, "<title>Error: New") || !strings.Contains(out, `data-theme="auto"`) {
		t.Errorf("error page: %.300s", out)
	}
}

func TestFieldTiesItsErrorToTheControl(t *testing.T) {
	out := rendered(t, Input(Field{Name: "key", Label: "Key", Hint: "small letters", Error: "taken", Value: `a"b`}, "text"))
	for _, want := range []string{`for="f-key"`, `aria-describedby="f-key-hint f-key-err"`, `aria-invalid="true"`, `value="a&#34;b"`} {
		if !strings.Contains(out, want) {
			t.Errorf("field lacks %s: %s", want, out)
		}
	}
	if sum := rendered(t, ErrorSummary([]FieldError{{Name: "key", Text: "taken"}})); !strings.Contains(sum, `href="#f-key"`) {
		t.Errorf("summary: %s", sum)
	}
}

func renderLayout(t *testing.T, m PageMeta) string { return rendered(t, Layout(m)) }

func rendered(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestStageWithoutMustsIsFullOncePassed(t *testing.T) {
	for _, tt := range []struct {
		segment      StageSegment
		width, count string
	}{
		{StageSegment{State: Met}, "100", "nothing required"},
		{StageSegment{State: Open}, "0", "nothing required"},
		{StageSegment{State: Open, Done: 1, Total: 4}, "25", "1/4 required"},
		{StageSegment{State: Met, Done: 4, Total: 4}, "100", "4/4 required"},
	} {
		if width, count := tt.segment.width(), tt.segment.count(); width != tt.width || count != tt.count {
			t.Errorf("%+v: width %s, %q; want %s, %q", tt.segment, width, count, tt.width, tt.count)
		}
	}
}
