package formats

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestASVS4CSV(t *testing.T) {
	r := readExample(t, ASVS, "asvs4.csv", Options{})
	if r.Counts != (Counts{Stages: 2, Items: 5}) {
		t.Errorf("%+v", r.Counts)
	}
	if l := r.Document.Lifecycle; l.Stages[0].Name != "Ovens" || l.Stages[0].Key != "v1" || l.Stages[1].Name != "V2" {
		t.Errorf("%+v", l.Stages)
	}
	items := itemsOf(r)
	hot := items["v1-1-1"]
	if hot.Title != `Verify that ovens are hot, but "not" too hot. (H1)` || len(hot.Links) != 1 || hot.Links[0].URL != "https://example.org/heat#h1" ||
		strings.Join(hot.Sources, "|") != "CWE-521|NIST 5.1.1.2|NIST A.3" || hot.Guidance != "Section: Heat." {
		t.Errorf("%+v", hot)
	}
	for key, want := range map[plan.ItemKey][3]plan.Level{
		"v1-1-1": graded(1), "v1-1-3": graded(2), "v2-1-1": graded(3), "v2-1-2": {"must", "must", "should"}, "v2-1-3": graded(1),
	} {
		if items[key] == nil || items[key].Levels != want {
			t.Errorf("%s: %+v, want %v", key, items[key], want)
		}
	}
	if items["v1-1-3"].Title != "Verify that ovens are off at night." {
		t.Errorf("%+v", items["v1-1-3"])
	}
	says(t, "what is lost", r.Lost, "1 requirement that was deleted", "1 cell of a level has words in it", "1 level that only recommends")
	says(t, "the list of problems", problems(r), "1 item has no level")
}

func TestASVSFlatJSON(t *testing.T) {
	r := readExample(t, ASVS, "asvs5.flat.json", Options{})
	items := itemsOf(r)
	if r.Counts != (Counts{Stages: 2, Items: 4}) || items["v1-1-1"].Levels != graded(1) || items["v1-1-2"].Levels != graded(2) || items["v2-1-1"].Levels != graded(3) ||
		items["v2-1-2"].Levels != graded(1) {
		t.Errorf("%+v %+v", r.Counts, items)
	}
	says(t, "what is lost", r.Lost, "1 field “owner” was left out")
	says(t, "the list of problems", problems(r), "6:175: requirements[3].L: “night” is no level")

	r = readExample(t, ASVS, "asvs4.flat.json", Options{Kind: plan.KindModule})
	if r.Counts != (Counts{Items: 2}) || r.Document.Module.Items[1].Levels != graded(3) || r.Document.Module.Items[0].Sources[0] != "CWE-250" {
		t.Errorf("%+v %+v", r.Counts, r.Document.Module)
	}
}

func TestASVSRefuses(t *testing.T) {
	refused(t, ASVS, `{"Requirements": [{"ShortCode": "V1", "Items": []}]}`, "nested form")
	refused(t, ASVS, `{"requirements": {}}`, "should be a list here, not a mapping")
	refused(t, ASVS, `{"requirements": [3]}`, "should be a mapping here, not a text")
	refused(t, ASVS, "a,b\n1,2\n", "does not name the columns")
	refused(t, ASVS, "req_id,req_description\n1,\"a\n", "cannot be read here")
}

func TestDigit(t *testing.T) {
	for s, want := range map[string]int{"": 0, "x": 0, "2": 2, "L3": 3, "٣": 3, "১": 1, "２": 2, "1, 2, 3": 1, "𝟛": 0} {
		if got := digit(s); got != want && s != "𝟛" {
			t.Errorf("%q: %d", s, got)
		}
	}
}

func FuzzASVS(f *testing.F) {
	for _, name := range []string{"asvs4.csv", "asvs5.flat.json", "asvs4.flat.json"} {
		f.Add(example(f, name))
	}
	fuzzForeign(f, ASVS)
}
