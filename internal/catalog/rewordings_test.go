package catalog

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// What a version says was only reworded was called that in an earlier version, and is
// shown by at least what showed it in the one before. Of the items that a version
// still asks under their key, so many need no answer again.
func TestRewordedItemsWereCalledThat(t *testing.T) {
	documents := map[[2]any]plan.Document{}
	for _, d := range builtInDocuments(t) {
		ref, err := d.Ref()
		if err != nil {
			t.Fatal(err)
		}
		documents[[2]any{ref.Key, ref.Version}] = d
	}
	for at, d := range documents {
		before, there := documents[[2]any{at[0], at[1].(int) - 1}]
		for _, s := range d.Sections() {
			for _, it := range s.Items {
				if len(it.SameAs) == 0 {
					continue
				}
				if !there {
					t.Errorf("%s of %v is reworded, and there is no version before", it.Key, at)
					continue
				}
				var called []string
				for v := 1; v < at[1].(int); v++ {
					if was, _ := documents[[2]any{at[0], v}].Item(it.Key); was != nil {
						called = append(called, was.Title)
					}
				}
				was, _ := before.Item(it.Key)
				switch {
				case was == nil:
					t.Errorf("%s of %v is new", it.Key, at)
				case !slices.ContainsFunc(it.SameAs, func(title string) bool { return slices.Contains(called, title) }):
					t.Errorf("%s of %v was called %q before, and says %q", it.Key, at, called, it.SameAs)
				case !plan.SameMeaning(was, it):
					t.Errorf("%s of %v asks for other proof than before", it.Key, at)
				}
			}
		}
	}
	for _, step := range []struct{ from, to, kept, again int }{{1, 2, 73, 91}, {1, 3, 73, 91}, {2, 3, 220, 0}} {
		kept, again := 0, 0
		to := documents[[2]any{"prototype-to-production", step.to}]
		for _, s := range documents[[2]any{"prototype-to-production", step.from}].Sections() {
			for _, was := range s.Items {
				it, _ := to.Item(was.Key)
				switch {
				case it == nil:
				case plan.SameMeaning(was, it):
					kept++
				default:
					again++
				}
			}
		}
		if kept != step.kept || again != step.again {
			t.Errorf("%d answers of version %d stand in version %d and %d are to be confirmed", kept, step.from, step.to, again)
		}
	}
}
