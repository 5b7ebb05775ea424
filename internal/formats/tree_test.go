package formats

import (
	"strings"
	"testing"
)

func TestYAMLTree(t *testing.T) {
	src := "# a comment\n--- !!omap\n- '0': !!omap\n  - Basics: !!omap\n    - Content: !!omap\n      - good:\n          category: MUST\n          n: 1.10\n" +
		"          text: >\n            one\n            two\n      - other:\n          category: \"a\\\n            \\ b\"\n"
	v, bad := newDraft(Options{}).readYAML([]byte(src))
	if bad != nil {
		t.Fatal(bad)
	}
	good := v.get("0").get("Basics").get("Content").get("good")
	if good.get("category").str() != "MUST" || good.get("n").str() != "1.10" || good.get("text").str() != "one two\n" {
		t.Errorf("%+v", good)
	}
	if other := v.get("0").get("Basics").get("Content").get("other"); other.get("category").str() != "a b" || other.line != 12 || other.column != 9 ||
		other.path() != "0.Basics.Content.other" {
		t.Errorf("%+v %s %q", other, other.path(), other.get("category").str())
	}
	if v, bad := newDraft(Options{}).readYAML([]byte("? urn:a:b\n: one\n? c\n: 2\n")); bad != nil || v.get("urn:a:b").str() != "one" || v.get("c").str() != "2" {
		t.Errorf("%+v %+v", v, bad)
	}
	for _, tc := range []struct {
		src  string
		line int
		want string
	}{
		{"a: 1\na: 2\n", 2, "already defined"},
		{"a: &x 1\nb: *x\n", 1, "anchors"},
		{"a: !!python/object 1\n", 1, "tags"},
		{"a: !!omap 3\n", 1, "not allowed"},
		{"a: !!omap\n- b: 1\n- b: 2\n", 3, "stands twice"},
		{"a: !!omap\n- b: 1\n  c: 2\n", 1, "one key"},
		{"a: [1\n", 0, ""},
		{"a: 1\n---\nb: 1\n", 0, "more than one"},
		{"? {a: 1}\n: 2\n", 2, "invalid key"},
		{"? a\n: 1\n? a\n: 2\n", 3, "already defined"},
		{"a: 1\n? a\n: 2\n", 2, "already defined"},
		{"<<: {a: 1}\n", 1, "merge"},
		{strings.Repeat("[", 60) + strings.Repeat("]", 60), 1, "too deeply"},
		{deepYAML(55), 52, "more than 50 deep"},
	} {
		_, bad := newDraft(Options{}).readYAML([]byte(tc.src))
		if bad == nil || bad.Severity != Error || !strings.Contains(bad.Message, tc.want) || bad.Line != tc.line && tc.line > 0 {
			t.Errorf("%.30q: %+v", tc.src, bad)
		}
	}
}

func deepYAML(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String() + strings.Repeat(" ", n) + "a: 1\n"
}

func TestJSONTree(t *testing.T) {
	v, bad := newDraft(Options{}).readJSON([]byte("{\"ü\": [1.10, true,\n  {\"b\": \"x\"}, null], \"n\": NaN}"))
	if bad != nil {
		t.Fatal(bad)
	}
	in := v.get("ü").each()
	if len(in) != 4 || in[0].str() != "1.10" || !in[1].truth() || in[2].get("b").str() != "x" || in[3].kind != nothing || v.get("n").str() != "" {
		t.Errorf("%+v", in)
	}
	if p := in[2].get("b").at("", ""); p.Line != 2 || p.Column != 9 || p.Path != "ü[2].b" {
		t.Errorf("%+v", p)
	}
	if _, bad := newDraft(Options{}).readJSON([]byte("[" + strings.Repeat("1,", maxValues+5) + "1]")); bad == nil {
		t.Error("too many values are read")
	}
	if _, bad := newDraft(Options{}).readJSON([]byte(`{"a": 1, "a": 2}`)); bad == nil || bad.Column != 10 && bad.Column != 13 {
		t.Errorf("%+v", bad)
	}
}
