package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// proposed gives a project a lesson that proposes something about an item.
func (f *fixture) proposed(key review.ProjectKey, item plan.ItemKey, part, wording string) int {
	f.t.Helper()
	no := f.record("mike", key, "lesson", review.NewRecord{RecordFields: review.RecordFields{
		Title: "A rollback takes an hour", Item: item, Owner: f.people["mike"], Values: record.Values{"from": "retrospective", "part": part, "wording": wording},
	}})
	f.moveRecord("mike", key, no, "proposed", "")
	return no
}

// lesson is a lesson with where its proposal can go.
func (f *fixture) lesson(key review.ProjectKey, no int) (*store.RecordView, *store.Places) {
	f.t.Helper()
	v, err := f.Record(context.Background(), f.as("adam"), key, no)
	if err != nil {
		f.t.Fatal(err)
	}
	places, err := f.LessonPlaces(context.Background(), v.Review, v.Record)
	if err != nil {
		f.t.Fatal(err)
	}
	return v, places
}

// take is the form that accepts a lesson into the first document that it can go into.
func (f *fixture) take(key review.ProjectKey, no int) store.AcceptLesson {
	f.t.Helper()
	v, places := f.lesson(key, no)
	return store.AcceptLesson{No: no, Shown: v.Record.Digest(), Into: places.All[0].Key, Says: places.Says}
}

func (f *fixture) answer(key review.ProjectKey, no int) store.LessonAnswer {
	f.t.Helper()
	v, _ := f.lesson(key, no)
	a, err := f.LessonAnswer(context.Background(), v.Review, v.Record)
	if err != nil {
		f.t.Fatal(err)
	}
	if a == nil {
		return store.LessonAnswer{}
	}
	return *a
}

func (f *fixture) drafted(key string, item plan.ItemKey) *plan.Item {
	f.t.Helper()
	v, err := f.DocumentDraft(context.Background(), f.as("adam"), key)
	if err != nil {
		f.t.Fatal(err)
	}
	it, _ := v.Document.Item(item)
	return it
}

// followsHouse starts a project that follows a lifecycle which was written here.
func (f *fixture) followsHouse(t *testing.T, key review.ProjectKey) {
	t.Helper()
	f.authored("house")
	f.publishDraft("house")
	_, err := f.Create(context.Background(), f.as("olga"), f.versionOf(t, "house", 1), review.NewProject{
		Key: string(key), Name: string(key), Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: f.people["olga"], Deputy: f.people["mike"],
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A lesson opens a draft of the document that its item is of, and its page says what
// becomes of that.
func TestALessonOpensADraft(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	f.followsHouse(t, "alpha")
	no := f.proposed("alpha", "works-well", "done", "Somebody watched it for a day.")
	if list, all, err := f.ProposedLessons(ctx, f.as("adam")); err != nil || all != 1 || list[0].No != no {
		t.Errorf("the library lists %+v, %v", list, err)
	}
	if _, places := f.lesson("alpha", no); len(places.All) != 1 || !places.All[0].Followed {
		t.Errorf("it can go into %+v", places.All)
	}
	in := f.take("alpha", no)
	if _, err := f.AcceptLesson(ctx, f.as("adam"), "alpha", in); err != nil {
		t.Fatal(err)
	}
	if _, err := f.AcceptLesson(ctx, f.as("adam"), "alpha", in); err != nil {
		t.Errorf("the same form again: %v", err)
	}
	if it := f.drafted("house", "works-well"); it.Done != "Somebody watched it for a day." || it.Title != "It works" {
		t.Errorf("the draft says %+v", it)
	}
	if got, want := f.answer("alpha", no), (store.LessonAnswer{Key: "house", Name: "House rules", Version: 2, Draft: true, Item: "works-well"}); got != want {
		t.Errorf("%+v", got)
	}
	if list, _, err := f.AnsweredLessons(ctx, f.as("adam"), "house", 2); err != nil || len(list) != 1 || list[0].No != no {
		t.Errorf("the draft answers %+v, %v", list, err)
	}
	f.publishDraft("house")
	if got := f.answer("alpha", no); !got.Published || !got.Says || got.Draft || got.Item != "works-well" {
		t.Errorf("once it is published: %+v", got)
	}
	f.holds(t, "a lesson")
	f.inOrder(t)
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("verifying finds %q", found)
	}
}

// What goes wrong writes neither the lesson nor the draft.
func TestALessonIsAcceptedWhollyOrNotAtAll(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	f.followsHouse(t, "alpha")
	no := f.proposed("alpha", "works-well", "done", "Somebody watched it for a day.")
	in := f.take("alpha", no)
	var denied *review.Denied
	for _, who := range []string{"mona", "mike", "pat"} {
		if _, err := f.AcceptLesson(ctx, f.as(who), "alpha", in); !errors.As(err, &denied) {
			t.Errorf("%s: %v", who, err)
		}
	}
	other, stale := in, in
	other.Into = "small"
	stale.Shown = "x"
	var wrong *review.Invalid
	if _, err := f.AcceptLesson(ctx, f.as("adam"), "alpha", other); !errors.As(err, &wrong) {
		t.Errorf("into a document that comes with the program: %v", err)
	}
	var outdated *review.Outdated
	if _, err := f.AcceptLesson(ctx, f.as("adam"), "alpha", stale); !errors.As(err, &outdated) {
		t.Errorf("of another lesson: %v", err)
	}
	if _, err := f.DocumentDraft(ctx, f.as("adam"), "house"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("there is a draft: %v", err)
	}

	// Somebody else begins a draft, and changes just that.
	d, err := f.Document(ctx, "house", 1)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = d.Draft(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.StartDraft(ctx, f.as("adam"), d, 1); err != nil {
		t.Fatal(err)
	}
	reword := func(to string) {
		_, err := f.EditDraft(ctx, f.as("adam"), "house", func(d *store.DocumentDraft) (string, error) {
			it, _ := d.Document.Item("works-well")
			it.Done = to
			return "item/works-well", nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	in = f.take("alpha", no)
	reword("They clapped.")
	if _, err := f.AcceptLesson(ctx, f.as("adam"), "alpha", in); !errors.As(err, &outdated) {
		t.Errorf("over other words: %v", err)
	}
	v, places := f.lesson("alpha", no)
	if v.Record.State != "proposed" || f.drafted("house", "works-well").Done != "They clapped." || places.All[0].Says != "They clapped." || !places.All[0].Draft {
		t.Errorf("%s; the draft says %+v", v.Record.State, places.All[0])
	}
	if _, err := f.AcceptLesson(ctx, f.as("adam"), "alpha", f.take("alpha", no)); err != nil {
		t.Fatal(err)
	}
	reword("They clapped twice.")
	f.publishDraft("house")
	if got := f.answer("alpha", no); !got.Published || got.Says {
		t.Errorf("the version says something else, and the lesson %+v", got)
	}
}

// Of a document that comes with the program, a copy is begun; the next lesson goes into
// that copy, beside the item as it is called there.
func TestALessonAboutWhatComesWithSlipway(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	f.create("alpha")
	first := f.proposed("alpha", "scope-set", "title", "Scope is agreed")
	_, places := f.lesson("alpha", first)
	if p := places.All; len(p) != 1 || p[0].Key != "small-ours" || p[0].CopyOf != "Small" || p[0].Version != 1 {
		t.Fatalf("%+v", p)
	}
	if _, err := f.AcceptLesson(ctx, f.as("adam"), "alpha", f.take("alpha", first)); err != nil {
		t.Fatal(err)
	}
	second := f.proposed("alpha", "scope-set", "new", "A rollback was rehearsed\nSomebody timed it.")
	if _, places := f.lesson("alpha", second); len(places.All) != 1 || places.All[0].CopyOf != "" || !places.All[0].Draft || places.All[0].Followed {
		t.Fatalf("%+v", places.All)
	}
	if _, err := f.AcceptLesson(ctx, f.as("adam"), "alpha", f.take("alpha", second)); err != nil {
		t.Fatal(err)
	}
	if f.drafted("small-ours", "scope-set").Title != "Scope is agreed" || f.drafted("small-ours", "a-rollback-was-rehearsed").Done != "Somebody timed it." {
		t.Error("the copy does not say both")
	}
	if got := f.answer("alpha", second); got.Item != "a-rollback-was-rehearsed" {
		t.Errorf("the new item is %q", got.Item)
	}
	v, err := f.DocumentDraft(ctx, f.as("adam"), "small-ours")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.DropDraft(ctx, f.as("adam"), "small-ours", v.Saved); err != nil {
		t.Fatal(err)
	}
	if got := f.answer("alpha", second); got.Published || got.Draft {
		t.Errorf("its draft is gone, and the lesson %+v", got)
	}
	f.moveRecord("mike", "alpha", second, "proposed", "")
	f.holds(t, "a lesson that was proposed again")
}

// Two who accept at once, and somebody who edits the draft meanwhile: each lesson ends in
// the draft once.
func TestLessonsAreAcceptedAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	f.followsHouse(t, "alpha")
	titles := []string{"One more", "Two more", "Three more", "Four more"}
	var nos []int
	for _, title := range titles {
		nos = append(nos, f.proposed("alpha", "works-well", "new", title))
	}
	var wg sync.WaitGroup
	for _, no := range nos {
		for range 2 {
			wg.Go(func() {
				for range 60 {
					v, err := f.Record(ctx, f.as("adam"), "alpha", no)
					if err != nil || v.Record.State != "proposed" {
						return
					}
					places, err := f.LessonPlaces(ctx, v.Review, v.Record)
					if err != nil {
						t.Error(err)
						return
					}
					_, err = f.AcceptLesson(ctx, f.as("adam"), "alpha", store.AcceptLesson{No: no, Shown: v.Record.Digest(), Into: "house", Says: places.Says})
					var outdated *review.Outdated
					var refused *review.Refused
					if err == nil {
						return
					}
					if !errors.As(err, &outdated) && !errors.As(err, &refused) {
						t.Error(err)
						return
					}
					time.Sleep(5 * time.Millisecond)
				}
			})
		}
	}
	wg.Wait()
	v, err := f.DocumentDraft(ctx, f.as("adam"), "house")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := v.Document.Section("work")
	var got []string
	for _, it := range s.Items {
		got = append(got, it.Title)
	}
	if len(got) != 5 {
		t.Errorf("the draft has %q", got)
	}
	for _, title := range titles {
		if !strings.Contains(strings.Join(got, "\n"), title) {
			t.Errorf("the draft lacks %q", title)
		}
	}
	f.holds(t, "all of it")
}

// A lesson of a restricted project is not seen from the library by those who may not see
// the project.
func TestLessonsOfRestrictedProjects(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	f.create("alpha")
	f.proposed("alpha", "scope-set", "title", "Scope is agreed")
	f.restrict("alpha", true)
	if list, all, err := f.ProposedLessons(ctx, f.as("mona")); err != nil || len(list)+all != 0 {
		t.Errorf("%+v, %d, %v", list, all, err)
	}
	if list, _, err := f.ProposedLessons(ctx, f.as("adam")); err != nil || len(list) != 1 || !list[0].Restricted {
		t.Errorf("%+v, %v", list, err)
	}
}

// The work of those who may edit the library lists the lessons on which they decide, and
// nobody else's does.
func TestLessonsToDecideOn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	lib, err := f.Join(ctx, store.Identity{Issuer: issuer, Subject: "lib", Name: "Person lib", Rights: []review.Right{{Role: review.RoleLibrary}, {Role: review.RoleViewer}}}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	f.people["lib"] = lib
	keys := []review.ProjectKey{"alpha", "of-adam", "of-lib", "restricted", "noted"}
	nos := map[review.ProjectKey]int{}
	for _, key := range keys {
		f.create(string(key))
		nos[key] = f.proposed(key, "scope-set", "title", "Scope is agreed")
	}
	for key, owner := range map[review.ProjectKey]string{"of-adam": "adam", "of-lib": "lib"} {
		f.change("mike", store.Target{Project: key, Others: []review.PersonID{f.people[owner]}}, func(r *review.Review, who review.Actor, at time.Time) error {
			rec, err := r.Record(nos[key])
			if err != nil {
				return err
			}
			in := review.NewRecord{RecordFields: rec.RecordFields}
			in.Owner = f.people[owner]
			return r.EditRecord(who, rec.No, rec.Digest(), in, at)
		})
	}
	f.restrict("restricted", true)
	f.moveRecord("mike", "noted", nos["noted"], "noted", "Not yet.")
	for name := range f.people {
		v, err := f.MyWork(ctx, f.as(name))
		if err != nil {
			t.Fatal(err)
		}
		var listed, may []review.ProjectKey
		for _, l := range v.Lessons {
			listed = append(listed, l.Project)
			if l.No != nos[l.Project] || l.Title == "" || l.At.IsZero() {
				t.Errorf("%s reads %+v", name, l)
			}
		}
		for _, key := range keys {
			rec, err := f.Record(ctx, f.as(name), key, nos[key])
			if err == nil && rec.Record.State == record.LessonProposed && rec.Review.MayMove(rec.Actor, rec.Record, rec.Record.Def().State(record.LessonAccepted)) == nil {
				may = append(may, key)
			}
		}
		slices.Sort(listed)
		slices.Sort(may)
		if !slices.Equal(listed, may) || v.LessonsAll != len(may) {
			t.Errorf("%s decides on %v; listed are %v, counted %d", name, may, listed, v.LessonsAll)
		}
		if name == "lib" && !slices.Equal(may, []review.ProjectKey{"alpha", "of-adam"}) {
			t.Errorf("the library decides on %v", may)
		}
	}
}
