package formats

import (
	"testing"
)

func TestGoSDL(t *testing.T) {
	r := readExample(t, GoSDL, "gosdl.json", Options{})
	if r.Counts != (Counts{Stages: 5, Items: 6}) || r.Document.Name() != "Bread" || r.Document.Lifecycle.Summary != "For all that is baked." {
		t.Errorf("%+v %+v", r.Counts, r.Document.Lifecycle)
	}
	var names []string
	for _, s := range r.Document.Lifecycle.Stages {
		names = append(names, s.Name)
	}
	for i, want := range []string{"Flour", "Baking", "Cakes", "Rolls: Shape", "Rolls: Seeds"} {
		if names[i] != want {
			t.Errorf("stages %q", names)
			break
		}
	}
	stages := r.Document.Lifecycle.Stages
	mill := stages[0].Items[0]
	if mill.Title != "We know the mill that our flour comes from" || len(mill.Links) != 1 || mill.Links[0].URL != "https://example.org/mill" || mill.Levels != graded(1) {
		t.Errorf("%+v", mill)
	}
	if dry := stages[0].Items[1]; dry.Title != "We keep flour dry" || dry.Guidance != "Wet flour goes bad." {
		t.Errorf("%+v", dry)
	}
	if sugar := stages[2].Items[0]; sugar.Levels != graded(3) || stages[2].Purpose != "For what has sugar in it." {
		t.Errorf("%+v", stages[2])
	}
	says(t, "what is lost", r.Lost, "1 list of tags", "1 category", "2 submodules", "1 question without a text", "1 field “author”")
	says(t, "the list of problems", problems(r), "“Some Risk” is no risk that is known")
}

func TestGoSDLModules(t *testing.T) {
	r, err := Read(GoSDL, "all.json", []byte(`[{"title": "A", "questions": {"General": ["One"]}}, {"title": "B", "questions": ["Two"]}]`), Options{})
	if err != nil || r.Refused() || r.Document.Lifecycle.Stages[0].Name != "A" || r.Document.Lifecycle.Stages[1].Name != "B" {
		t.Errorf("%v %q %+v", err, problems(r), r.Document.Lifecycle)
	}
	refused(t, GoSDL, `{"title": "A", "questions": {"General": "One"}}`, "should be a list here, not a text")
	refused(t, GoSDL, `{"title": "A", "questions": {"General": ["One"]}, "submodules": {}}`, "should be a list here, not a mapping")
}

func FuzzGoSDL(f *testing.F) {
	f.Add(example(f, "gosdl.json"))
	f.Add([]byte(`[{"title":"a","questions":["b",{"text":"c","explanation":"d"}]}]`))
	fuzzForeign(f, GoSDL)
}
