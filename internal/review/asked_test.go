package review_test

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// lacking is since when an item is in the way of its gate; zero when it is not.
func (w *world) lacking(k plan.ItemKey) time.Time {
	for i := range w.r.Stages {
		for _, b := range w.r.Blockers(&w.r.Stages[i], w.now) {
			if b.Item == k {
				return b.Since
			}
		}
	}
	return time.Time{}
}

func (w *world) lacks(k plan.ItemKey, since time.Time) {
	w.Helper()
	if got := w.lacking(k); !got.Equal(since) {
		w.Errorf("%s lacks something since %s, want %s", k, got, since)
	}
}

func (w *world) days(n int) { w.now = w.now.AddDate(0, 0, n) }

func TestItemsLackSinceThePlanAsksForThem(t *testing.T) {
	w := newPlanned(t, shelf{modules: []*plan.Module{gdpr()}}, withProfile("pii"))
	start := w.r.Project.Created
	w.days(10)
	w.ok(w.attach(owner, gdpr()))
	attached := w.now
	w.days(10)
	w.ok(w.r.AddItem(w.actor(owner), design, ownItem("Load is shed"), w.tick()))
	added := w.now
	w.days(10)
	w.lacks("adr", start)
	w.lacks("gdpr-map", attached)
	w.lacks("own-load-is-shed", added)

	w.ok(w.answer(member, design, "gdpr-map", review.NotMet, "not yet"))
	w.lacks("gdpr-map", w.now)
	w.ok(w.detach(manager, "gdpr"))
	w.days(10)
	w.ok(w.attach(owner, gdpr()))
	w.lacks("gdpr-map", w.now) // nobody missed it meanwhile
	again := w.now
	w.lacks("own-load-is-shed", added)

	w.ok(w.ask(owner, "own-load-is-shed", plan.LevelNone))
	w.ok(w.lower(archie, "own-load-is-shed"))
	w.days(1)
	w.ok(w.raise(owner, "own-load-is-shed", plan.LevelMust))
	w.lacks("own-load-is-shed", w.now)
	w.lacks("gdpr-map", again)
	w.lacks("adr", start)
	w.replays()
}

func TestItemsLackSinceAnUpgradeAsksForThem(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}, modules: []*plan.Module{gdpr()}}, withProfile("pii"))
	start := w.r.Project.Created
	w.days(10)
	w.ok(w.attach(owner, gdpr()))
	attached := w.now
	w.days(10)
	before := w.copied()
	w.ok(w.upgrade(owner, v2, modRef(gdpr())))
	w.lacks("fresh", w.now)
	w.lacks("tests", start)  // only moved
	w.lacks("mapped", start) // only renamed
	w.lacks("gdpr-map", attached)
	w.days(1)
	w.ok(w.undo(owner))
	w.same(before)
	w.lacks("privacy", start)
	w.lacks("drill", start)
	w.lacks("gdpr-map", attached)
	w.replays()
}

func TestTheNextReviewKnowsWhichItemsAreAskedLater(t *testing.T) {
	w := newPlanned(t, shelf{})
	for _, sk := range stageKeys {
		w.pass(sk)
	}
	w.days(10)
	w.ok(w.r.AddItem(w.actor(owner), design, ownItem("Load is shed"), w.tick()))
	w.days(1)
	w.ok(w.r.StartReview(w.actor(owner), 1, "yearly", w.tick()))
	started := w.now.Truncate(time.Second)
	w.days(10)
	w.lacks("own-load-is-shed", started)                                                      // in the next review it is in the way since that began
	w.refused(w.silent(func() error { return w.drop(owner, "own-load-is-shed") }), "refused") // the earlier review had it
	w.replays()
}

func TestItemsLackSinceTheProjectIsWhatTheyApplyTo(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}, modules: []*plan.Module{gdpr()}})
	start := w.r.Project.Created
	w.lacks("privacy", time.Time{}) // does not apply
	w.days(10)
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} }))
	answered := w.now
	w.lacks("privacy", answered)
	w.lacks("adr", start)
	w.days(10)
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Team = "Green" }))
	w.lacks("privacy", answered) // what applied before goes on as it was

	w.ok(w.upgrade(owner, v2))
	w.lacks("mapped", answered) // only renamed
	w.lacks("fresh", w.now)
	w.days(10)
	w.ok(w.undo(owner))
	w.lacks("privacy", answered)
	w.replays()
}

func TestWhatAppliesSinceAnUpgradeGoesOnWhenThatIsUndone(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}})
	w.days(10)
	w.ok(w.upgrade(owner, v2))
	w.days(10)
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} }))
	answered := w.now
	w.lacks("mapped", answered)
	w.days(10)
	w.ok(w.undo(owner))
	w.lacks("privacy", answered)
	w.lacks("adr", w.r.Project.Created)
	w.replays()
}
