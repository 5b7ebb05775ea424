package formats

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestOSCAL(t *testing.T) {
	r := readExample(t, OSCAL, "oscal.json", Options{})
	l := r.Document.Lifecycle
	if r.Counts != (Counts{Stages: 2, Items: 4}) || l.Name != "Controls of a bakery" || l.Summary != "Written for bakers." {
		t.Errorf("%+v %+v", r.Counts, l)
	}
	if l.Stages[0].Name != "Controls" || l.Stages[1].Name != "Ovens" || l.Stages[1].Key != "ov" || l.Stages[1].Purpose != "Ovens get hot." {
		t.Errorf("%+v", l.Stages)
	}
	items := itemsOf(r)
	heat, night, clean := items["ov-1"], items["ov-1-1"], items["ov-2"]
	if heat.Title != "Heat" || heat.Done != "Bakers: a. Heat the oven to (a temperature); b. Look at it (every day / every …) or (unknown)." ||
		heat.Guidance != "A thermometer helps." || heat.Levels != graded(2) {
		t.Errorf("%+v", heat)
	}
	var urls []string
	for _, link := range heat.Links {
		urls = append(urls, link.Title+" "+link.URL)
	}
	if got := strings.Join(urls, "|"); got != " https://example.org/thermometer|The book of heat https://example.org/book| https://example.org/heat" {
		t.Errorf("links %q", got)
	}
	if night.Done != "The oven is off at night." || night.Guidance != "Part of: Heat." || night.Levels != evenly(plan.LevelMust) {
		t.Errorf("%+v", night)
	}
	if clean.Title != "The oven is cleaned." || clean.Guidance != "Part of: Cleaning." || clean.Done != "" {
		t.Errorf("%+v", clean)
	}
	says(t, "what is lost", r.Lost, "3 fields of the metadata", "1 property of a control", "1 objective or method", "1 withdrawn control", "3 parameters, which an organisation sets",
		"1 pointer to a related control", "1 reference without a web address")
}

// One group around all others says nothing, so that those within it become stages.
func TestOSCALNested(t *testing.T) {
	src := `{"catalog": {"metadata": {"oscal-version": "1.0.0"}, "groups": [{"id": "all", "title": "All", "parts": [{"name": "overview", "prose": "What we ask."}], "groups": [
		{"id": "a", "title": "Doors", "controls": [{"id": "a-1", "title": "Lock"}]}, {"id": "b", "title": "Ovens", "controls": [{"id": "b-1", "title": "Heat"}]}]}]}}`
	r, err := Read(OSCAL, "x.json", []byte(src), Options{})
	if err != nil || r.Refused() {
		t.Fatal(err, problems(r))
	}
	checkDraft(t, r)
	if l := r.Document.Lifecycle; len(l.Stages) != 2 || l.Stages[0].Name != "Doors" || l.Summary != "What we ask." {
		t.Errorf("%+v", l)
	}
}

func TestOSCALRefuses(t *testing.T) {
	refused(t, OSCAL, `{"profile": {"metadata": {"oscal-version": "1.0.0"}}}`, "This is a profile")
	refused(t, OSCAL, `{"component-definition": {}}`, "another model of OSCAL")
	refused(t, OSCAL, `{"x": {}}`, "no “catalog”")
	refused(t, OSCAL, `{"catalog": 3}`, "should be a mapping here, not a text")
	refused(t, OSCAL, `{"catalog": {"groups": {}}}`, "should be a list here, not a mapping")
	refused(t, OSCAL, `{"catalog": {"controls": [3]}}`, "should be a mapping here, not a text")
	refused(t, OSCAL, `{"catalog": {"groups": `+strings.Repeat(`[{"groups": `, 30)+`[]`+strings.Repeat(`}]`, 30)+`}}`, "more than 50 deep")
}

func FuzzOSCAL(f *testing.F) {
	f.Add(example(f, "oscal.json"))
	f.Add([]byte(`{"catalog":{"groups":[{"groups":[{"title":"a","controls":[{"title":"b","controls":[{"parts":[{"name":"statement","prose":"{{ c }}"}]}]}]}]}]}}`))
	fuzzForeign(f, OSCAL)
}
