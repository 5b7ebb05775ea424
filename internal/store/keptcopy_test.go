package store

import (
	"reflect"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// fillAll gives every field of a struct a value of its own, so that one which
// a copy forgets shows.
func fillAll(t *testing.T, v reflect.Value, n *int64) {
	t.Helper()
	*n++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.UnixMicro(1_700_000_000_000_000 + *n).UTC()))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fillAll(t, v.Field(i), n)
		}
	case v.Kind() == reflect.String:
		v.SetString(time.Duration(*n).String())
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(*n)
	case v.Type() == reflect.TypeFor[[]review.PersonID]():
		v.Set(reflect.ValueOf([]review.PersonID{review.PersonID(*n), review.PersonID(*n + 1000)}))
	case v.Type() == reflect.TypeFor[*review.ItemDef](): // the template says it
	default:
		t.Fatalf("copying knows nothing of %v", v.Type())
	}
}

// What is kept is a copy to the last field: a change of either leaves the other.
func TestKeptItemsAreCopies(t *testing.T) {
	items, n := make([]review.Item, 3), int64(0)
	for i := range 2 {
		fillAll(t, reflect.ValueOf(&items[i]).Elem(), &n)
	}
	fillAll(t, reflect.ValueOf(&review.Evidence{}).Elem(), &n) // plain values, which slices.Clone copies
	copied := cloneItems(items)
	if !reflect.DeepEqual(copied, items) {
		t.Errorf("copied\n%+v\nwant\n%+v", copied, items)
	}
	before := items[1].Earlier[0]
	copied[1].Earlier[0], copied[0].Answer.Note = 0, "changed"
	if items[1].Earlier[0] != before || items[0].Answer.Note == "changed" {
		t.Error("a change of the copy shows in what it was made of")
	}
}

func TestKeptRowsAreCountedInFull(t *testing.T) {
	item, evidence := reflect.TypeFor[review.Item]().Size(), reflect.TypeFor[review.Evidence]().Size()
	if keptItem < item || keptEvidence < evidence {
		t.Errorf("an item takes %d bytes and a link %d", item, evidence)
	}
	k := &keptReview{
		items:    []review.Item{{Answer: review.Answer{Note: "note"}, Earlier: []review.PersonID{1}}},
		evidence: []review.Evidence{{URL: "https://ci.example.test/1", Title: "Restore", Commit: "abc"}},
	}
	if got, want := k.size(), keptItem+4+8+keptEvidence+25+7+3+keptReviewExtra; got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	c := newKeptReviews()
	place := func(n int) keptPlace { return keptPlace{review.ProjectID(n), "idea"} }
	big := func() *keptReview { return &keptReview{items: make([]review.Item, keptReviewMost/2/keptItem)} }
	for n := range 3 * keptReviewBytes / keptReviewMost {
		c.Put(place(n), big())
		c.Put(place(n), big()) // in place of the first
		c.Get(place(0))
		if _, bytes := c.Holds(); bytes > keptReviewBytes {
			t.Fatalf("%d bytes after %d stages", bytes, n)
		}
	}
	if _, first := c.Get(place(0)); !first {
		t.Error("what is used all the time is gone")
	}
	if _, second := c.Get(place(1)); second {
		t.Error("what nobody used is still kept")
	}
	c.Put(place(0), &keptReview{items: make([]review.Item, keptReviewMost/keptItem)})
	if _, ok := c.Get(place(0)); ok {
		t.Error("one that is too large is kept, or the one before it")
	}
	for n := range 3 * keptReviewBytes / keptReviewMost {
		c.Drop(place(n))
	}
	if values, bytes := c.Holds(); bytes != 0 || values != 0 {
		t.Errorf("emptied, it has %d bytes in %d places", bytes, values)
	}
}
