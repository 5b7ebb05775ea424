package catalog

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// What a version says was only reworded was called that in the version before,
// and is shown by at least what showed it there. Of the items of the first version
// that the second still asks under their key, so many need no answer again.
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
				was, _ := before.Item(it.Key)
				switch {
				case was == nil:
					t.Errorf("%s of %v is new", it.Key, at)
				case !slices.Contains(it.SameAs, was.Title):
					t.Errorf("%s of %v was called %q before, and says %q", it.Key, at, was.Title, it.SameAs)
				case !plan.SameMeaning(was, it):
					t.Errorf("%s of %v asks for other proof than before", it.Key, at)
				}
			}
		}
	}
	kept, again := 0, 0
	first, second := documents[[2]any{"prototype-to-production", 1}], documents[[2]any{"prototype-to-production", 2}]
	for _, s := range first.Sections() {
		for _, was := range s.Items {
			it, _ := second.Item(was.Key)
			switch {
			case it == nil:
			case plan.SameMeaning(was, it):
				kept++
			default:
				again++
			}
		}
	}
	if kept != 73 || again != 91 {
		t.Errorf("%d answers of the first version stand in the second and %d are to be confirmed", kept, again)
	}
}
