package formats

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestAzure(t *testing.T) {
	r := readExample(t, Azure, "azure.json", Options{})
	if r.Counts != (Counts{Stages: 2, Items: 4}) || r.Document.Name() != "Bakery review" {
		t.Errorf("%+v %s", r.Counts, r.Document.Name())
	}
	stages := r.Document.Lifecycle.Stages
	if stages[0].Name != "Shops" || len(stages[0].Items) != 3 || stages[1].Name != "Ovens" {
		t.Errorf("%+v", stages)
	}
	door := stages[0].Items[0]
	if door.Title != "Lock the door at night." || door.Guidance != "Area: Doors. A lock is enough." || len(door.Links) != 2 || door.Quality[0] != "security" ||
		door.Levels != evenly(plan.LevelMust) || door.Key != "ab91932c-0000-4d1b-a880-37f5e6bfcb9e" {
		t.Errorf("%+v", door)
	}
	if stages[0].Items[1].Levels != evenly(plan.LevelMay) || stages[1].Items[0].Levels != evenly(plan.LevelShould) || stages[1].Items[0].Quality[0] != "operability" {
		t.Errorf("%+v", stages)
	}
	says(t, "what is lost", r.Lost, "1 query over resources", "1 number of an item", "1 field “state”", "1 field “cost”", "1 item that stands in the file before", "1 item without a text", "2 lists of words")
	says(t, "the list of problems", problems(r), "12:94: items[2].guid: The guid ab91932c-0000-4d1b-a880-37f5e6bfcb9e stands before", "“loud” is no severity")
}

func TestAzureSecondSchema(t *testing.T) {
	src := `[{"guid": "59bce65d-e8a0-43f9-9879-468d66a786d6", "name": "Images", "title": "Look at images", "services": ["ACR"], "waf": "Reliability", "severity": 1,
	"labels": {}, "links": [{"type": "docs", "url": "https://example.org/a"}, "https://example.org/b", "https://example.org/a"], "queries": [{"arg": "resources | count"}]}]`
	r, err := Read(Azure, "recos.json", []byte(src), Options{})
	if err != nil || r.Refused() {
		t.Fatal(err, problems(r))
	}
	checkDraft(t, r)
	s := r.Document.Lifecycle.Stages[0]
	if it := s.Items[0]; s.Name != "ACR" || it.Title != "Look at images" || it.Levels != evenly(plan.LevelShould) || len(it.Links) != 2 || it.Quality[0] != "reliability" {
		t.Errorf("%+v", s)
	}
}

// A translation says by the order of its list what its severities mean.
func TestAzureTranslated(t *testing.T) {
	src := `{"items": [{"category": "門", "text": "關上門。", "guid": "a1", "severity": "重"}, {"category": "門", "text": "Sweep.", "guid": "a2", "severity": "輕", "service": "Broom"}],
	"severities": [{"name": "重"}, {"name": "平"}, {"name": "輕"}]}`
	r, err := Read(Azure, "x.zh.json", []byte(src), Options{})
	if err != nil || r.Refused() {
		t.Fatal(err, problems(r))
	}
	checkDraft(t, r)
	items := r.Document.Lifecycle.Stages[0].Items
	if items[0].Levels != evenly(plan.LevelMust) || items[1].Levels != evenly(plan.LevelMay) || items[1].Guidance != "Service: Broom." || len(r.Lost) > 0 {
		t.Errorf("%+v %q", items, r.Lost)
	}
}

func TestAzureRefuses(t *testing.T) {
	refused(t, Azure, `{"items": 3}`, "should be a list here, not a text")
	refused(t, Azure, `{"items": [{"guid": "a", "guid": "b"}]}`, "stands twice")
}

func FuzzAzure(f *testing.F) {
	f.Add(example(f, "azure.json"))
	f.Add([]byte(`[{"title":"a","links":[{"url":"https://x.y"}],"services":["z"],"severity":2}]`))
	fuzzForeign(f, Azure)
}
