package formats

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/formats/own"
	"github.com/slipway-prr/slipway/internal/plan"
)

// itemsOf are the items of a result by their key.
func itemsOf(r Result) map[plan.ItemKey]*plan.Item {
	out := map[plan.ItemKey]*plan.Item{}
	eachItem(r.Document, func(_ string, it *plan.Item) { out[it.Key] = it })
	return out
}

// says fails for what is missing among sentences.
func says(t *testing.T, what string, all []string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !has(all, itself, w) {
			t.Errorf("%s does not say %q: %q", what, w, all)
		}
	}
}

func problems(r Result) []string { return own.Convert(r.Problems, Problem.String) }

// refused reads what has to be refused, and fails unless a problem with a line says so.
func refused(t *testing.T, f Format, src, want string) {
	t.Helper()
	r, err := Read(f, "file", []byte(src), Options{})
	if err != nil || !r.Refused() {
		t.Errorf("%.60q: %v, imported", src, err)
		return
	}
	for _, p := range r.Problems {
		if p.Severity == Error && p.Line > 0 && strings.Contains(p.Message, want) {
			if p.Do == "" {
				t.Errorf("%.60q: nothing says what to do about %q", src, p.String())
			}
			return
		}
	}
	t.Errorf("%.60q: nothing says %q: %q", src, want, problems(r))
}

func TestBadge(t *testing.T) {
	r := readExample(t, Badge, "badge.yml", Options{})
	if r.Counts != (Counts{Stages: 2, Items: 5}) {
		t.Errorf("%+v", r.Counts)
	}
	items := itemsOf(r)
	sign := items["sign-readable"]
	if sign.Title != "The shop must have a sign that can be read from the other side of the street." || sign.Why != "Who cannot read the sign buys bread elsewhere." ||
		sign.Guidance != "See the guide to signs." || len(sign.Links) != 1 || sign.Links[0].URL != "https://example.org/signs" || sign.Links[0].Title != "guide to signs" ||
		sign.Show == "" || sign.Levels != evenly(plan.LevelMust) {
		t.Errorf("%+v", sign)
	}
	for key, want := range map[plan.ItemKey][3]plan.Level{
		"oven-cleaned": {"must", "must", "should"}, "opening-hours": {"must", "may", "may"}, "bell-rings": {"must"}, "van-cooled": evenly("should"),
	} {
		if items[key].Levels != want {
			t.Errorf("%s: %v, want %v", key, items[key].Levels, want)
		}
	}
	if items["oven-cleaned"].Title != "Oven cleaned" || items["oven-cleaned"].Why != "Crumbs burn." || items["van-cooled"].Title != "Vans are cooled & closed." {
		t.Errorf("%+v %+v", items["oven-cleaned"], items["van-cooled"])
	}
	says(t, "the list of problems", problems(r), "1 criterion has no text in this file")
	says(t, "what is lost", r.Lost, "1 idea of how a criterion", "1 criterion is marked as one for the future", "2 texts of levels that repeat", "1 rule on whether")
}

func TestBadgeRefuses(t *testing.T) {
	good := string(example(t, "badge.yml"))
	for _, tc := range []struct{ old, new, want string }{
		{"- '2': !!omap", "- platinum: !!omap", "is no level of the badge"},
		{"- opening_hours:", "- sign_readable:", "stands twice"},
		{"category: SUGGESTED", "category: SUGGESTED\n          category: MUST", "already defined"},
		{"category: SUGGESTED", "category: &a SUGGESTED", "anchors"},
		{"category: SUGGESTED", "category: !!binary aGk=", "tags"},
		{"- van_cooled:\n", "- van_cooled: 3\n      - other:\n", "should be a mapping here, not a text"},
	} {
		refused(t, Badge, strings.Replace(good, tc.old, tc.new, 1), tc.want)
	}
	r, err := Read(Badge, "x.yml", []byte(strings.Replace(good, "category: SUGGESTED", "category: PERHAPS", 1)), Options{})
	if err != nil || r.Refused() || itemsOf(r)["opening-hours"].Levels != evenly(plan.LevelMust) {
		t.Errorf("%v %q", err, problems(r))
	}
	says(t, "the list of problems", problems(r), "19:11: 0.Basics.The shop.opening_hours.category: “opening_hours” has no category")
}

func FuzzBadge(f *testing.F) {
	f.Add(example(f, "badge.yml"))
	f.Add([]byte("- '0': !!omap\n  - a: {b: {c: {category: MUST, description: '<a href=x>y'}}}\n"))
	f.Add([]byte("'0': {a: {b: {category: MUST}}}\n"))
	fuzzForeign(f, Badge)
}
