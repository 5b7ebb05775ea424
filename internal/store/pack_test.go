package store

import (
	"reflect"
	"testing"
	"time"

	"github.com/klauspost/compress/s2"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// fillAll gives every field of a struct a value of its own, so that one which
// packing forgets shows.
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
	case v.Type() == reflect.TypeFor[*plan.Item](): // the template says it
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillAll(t, v.Elem(), n)
	default:
		t.Fatalf("packing knows nothing of %v", v.Type())
	}
}

func packTemplate() *plan.Lifecycle {
	must := [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMust}
	return &plan.Lifecycle{Stages: []plan.Stage{{Key: "idea", Items: []plan.Item{
		{Key: "one", Levels: must}, {Key: "two", Levels: must}, {Key: "three", Levels: must}, {Key: "four", Levels: must},
	}}}}
}

func TestPackingLosesNothing(t *testing.T) {
	stage := func() *review.Stage {
		return review.Blank(review.Project{Tier: 1}, 1, plan.Bare(packTemplate(), plan.Ref{})).Load(0)
	}
	s, n := stage(), int64(0)
	for _, i := range []int{1, 3} {
		level := s.Items[i].Level
		fillAll(t, reflect.ValueOf(&s.Items[i]).Elem(), &n)
		s.Items[i].Level = level
	}
	s.Items[3].Answer.Note = s.Items[1].Answer.Note // repeats what was before
	s.Items[2].Comments = 7                         // and nothing else
	s.Evidence = make([]review.Evidence, 3)
	for i := range s.Evidence {
		fillAll(t, reflect.ValueOf(&s.Evidence[i]).Elem(), &n)
		s.Evidence[i].Item = s.Items[(i*2)%4].Def.Key
	}
	s.Evidence[1].Title, s.Evidence[1].Expires = s.Evidence[0].Title, time.Time{}
	packed, ok := pack(s)
	if !ok {
		t.Fatal("not packed")
	}
	got := stage()
	if err := unpack(packed, got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Items, s.Items) || !reflect.DeepEqual(got.Evidence, s.Evidence) {
		t.Errorf("unpacked\n%+v\n%+v\nwant\n%+v\n%+v", got.Items, got.Evidence, s.Items, s.Evidence)
	}
	plain, err := inflate(packed)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range plain {
		if err := unpack(s2.Encode(nil, []byte(plain[:cut])), stage()); err == nil {
			t.Errorf("the first %d of %d bytes are taken for a whole stage", cut, len(plain))
		}
	}
	for cut := range packed {
		if err := unpack(packed[:cut], stage()); err == nil {
			t.Errorf("the first %d of %d compressed bytes are taken for a whole stage", cut, len(packed))
		}
	}
	s.Evidence[0].Item = "gone"
	if _, ok := pack(s); ok {
		t.Error("evidence for an item that the template does not have is packed")
	}
}

func TestAnUntouchedStagePacksToNothing(t *testing.T) {
	s := review.Blank(review.Project{Tier: 1}, 1, plan.Bare(packTemplate(), plan.Ref{})).Load(0)
	packed, ok := pack(s)
	if !ok || len(packed) > 4 {
		t.Errorf("%d bytes, %t", len(packed), ok)
	}
	got := review.Blank(review.Project{Tier: 1}, 1, plan.Bare(packTemplate(), plan.Ref{})).Load(0)
	if err := unpack(packed, got); err != nil || !reflect.DeepEqual(got.Items, s.Items) || got.Evidence != nil {
		t.Errorf("unpacked %+v (%v)", got, err)
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	c := newKeptReviews()
	place := func(n int) keptPlace { return keptPlace{review.ProjectID(n), "idea"} }
	big := func() *keptReview { return &keptReview{packed: make([]byte, keptReviewMost/2)} }
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
	c.Put(place(0), &keptReview{packed: make([]byte, keptReviewMost)})
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
