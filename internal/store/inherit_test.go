package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

// offer has a project offer its answer to "scope-set".
func (f *fixture) offer(key review.ProjectKey) {
	f.t.Helper()
	f.change("olga", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.OfferAnswer(who, "idea", "scope-set", "everything Blue runs", at)
	})
}

// takeOver has a project take over what another offers for an item.
func (f *fixture) takeOver(name string, key, from review.ProjectKey, item plan.ItemKey) error {
	f.t.Helper()
	ctx := context.Background()
	o, err := f.Offering(ctx, f.as(name), from)
	if err != nil {
		return err
	}
	_, err = f.Change(ctx, f.as(name), store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.InheritAnswer(who, "idea", item, o.From, o.Answer(item), at)
	})
	return err
}

func (f *fixture) follow(want int) {
	f.t.Helper()
	if n, err := f.FollowOffers(context.Background()); err != nil || n != want {
		f.t.Fatalf("%d projects followed (%v), want %d", n, err, want)
	}
}

func (f *fixture) itemNow(key review.ProjectKey) review.Item {
	f.t.Helper()
	v, err := f.Item(context.Background(), f.as("adam"), key, "idea", "scope-set")
	if err != nil {
		f.t.Fatal(err)
	}
	return *v.Item
}

// What one project takes over from another follows it, whoever changes which of the
// two and when, and the tables go on saying what the trail does.
func TestFollowOffers(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	for _, key := range []string{"platform", "one", "two", "apart"} {
		f.create(key)
	}
	f.answerIdea("platform")
	f.offer("platform")
	f.follow(0)
	for _, key := range []review.ProjectKey{"one", "two"} {
		if err := f.takeOver("mike", key, "platform", "scope-set"); err != nil {
			t.Fatal(err)
		}
	}
	f.follow(0) // nothing changed since
	if it := f.itemNow("one"); it.Answer.State != review.Met || it.Answer.Note != "See the note." || it.Inherited == nil {
		t.Fatalf("taken over, it is %+v", it)
	}

	platform := store.Target{Project: "platform", Stage: "idea"}
	f.change("olga", platform, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "scope-set", review.NotMet, "It has grown.", 1, at)
	})
	f.follow(2)
	f.follow(0)
	for _, key := range []review.ProjectKey{"one", "two"} {
		if it := f.itemNow(key); it.Answer.State != review.Open || it.Inherited.Lost != review.LostUnmet || it.Answer.By != f.people["mike"] {
			t.Errorf("%s is %+v of %+v", key, it.Answer, it.Inherited)
		}
	}

	// Whoever reads what is offered just before it changes is told all the same.
	o, err := f.Offering(ctx, f.as("olga"), "platform")
	if err != nil {
		t.Fatal(err)
	}
	f.change("olga", platform, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "scope-set", review.Met, "Set again.", 2, at)
	})
	f.follow(2)
	stale := o.Answer("scope-set")
	stale.Lost = ""
	f.change("mike", store.Target{Project: "apart", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.InheritAnswer(who, "idea", "scope-set", o.From, stale, at)
	})
	f.follow(1)
	if it := f.itemNow("apart"); it.Answer.Note != "Set again." {
		t.Errorf("it is %+v", it.Answer)
	}

	// The next review goes on following.
	f.change("olga", store.Target{Project: "two"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.KeepInherited(who, "idea", "scope-set", at)
	})
	f.change("olga", platform, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.WithdrawOffer(who, "idea", "scope-set", at)
	})
	f.follow(2)
	if it := f.itemNow("two"); it.Answer.State != review.Met || it.Inherited != nil {
		t.Errorf("kept, it is %+v", it)
	}
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("the tables say otherwise: %s", strings.Join(found, "\n"))
	}
	to := storetest.New(t)
	if _, err := rebuildInto(ctx, t, f.db, to); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"item", "evidence"} {
		if want, got := rows(t, f.db, table), rows(t, to, table); !slices.Equal(got, want) {
			t.Errorf("%s is\n%s\nwhere it was\n%s", table, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	// Nobody knows there what was followed, so all is looked at once more.
	if n, err := f.on(t, to).FollowOffers(ctx); err != nil || n != 0 {
		t.Errorf("rebuilt, %d projects followed (%v)", n, err)
	}
}

// A project that somebody works on is left for the next time, and the others follow.
func TestABusyProjectKeepsNobodyFromFollowing(t *testing.T) {
	f := newFixture(t)
	for _, key := range []string{"platform", "one", "two"} {
		f.create(key)
	}
	f.answerIdea("platform")
	f.offer("platform")
	for _, key := range []review.ProjectKey{"one", "two"} {
		if err := f.takeOver("mike", key, "platform", "scope-set"); err != nil {
			t.Fatal(err)
		}
	}
	f.change("olga", store.Target{Project: "platform", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "scope-set", review.Met, "Looked at again.", 1, at)
	})
	tx := f.hold(`select from stream where id = (select id from project where key = 'one') for update`)
	f.follow(1)
	f.follow(0)
	if it := f.itemNow("two"); it.Answer.Note != "Looked at again." {
		t.Errorf("two has %q", it.Answer.Note)
	}
	if err := tx.Rollback(context.Background()); err != nil {
		t.Fatal(err)
	}
	f.follow(1)
	if it := f.itemNow("one"); it.Answer.Note != "Looked at again." {
		t.Errorf("one has %q", it.Answer.Note)
	}
}

// Offers and who takes them over are shown to those who may see the projects.
func TestShared(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	for _, key := range []string{"platform", "secret", "one"} {
		f.create(key)
	}
	for _, key := range []review.ProjectKey{"platform", "secret"} {
		f.answerIdea(key)
		f.offer(key)
	}
	f.change("olga", store.Target{Project: "secret"}, func(r *review.Review, who review.Actor, at time.Time) error {
		fields := r.Project.Fields()
		fields.Restricted = true
		return r.Edit(who, fields, at)
	})
	for name, want := range map[string][]review.ProjectKey{"olga": {"platform", "secret"}, "pat": {"platform"}} {
		v, err := f.Shared(ctx, f.as(name), "one")
		if err != nil {
			t.Fatal(err)
		}
		item, err := f.Item(ctx, f.as(name), "one", "idea", "scope-set")
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range [][]store.OfferFound{v.Offers, item.Offers} {
			var got []review.ProjectKey
			for _, o := range found {
				if got = append(got, o.Project); o.Offer.Text != "everything Blue runs" || o.Item != "scope-set" || len(o.Links) != 1 || o.Links[0].Type != "doc" {
					t.Errorf("%s reads %+v", name, o)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s is offered answers of %v, want %v", name, got, want)
			}
		}
	}
	if _, err := f.Offering(ctx, f.as("pat"), "secret"); err == nil {
		t.Error("pat reads what a project offers that they may not see")
	}
	if err := f.takeOver("olga", "one", "secret", "scope-set"); err != nil {
		t.Fatal(err)
	}
	v, err := f.Shared(ctx, f.as("olga"), "secret")
	if err != nil || v.Followed != 1 || v.Followers[0].Project != "one" || v.Followers[0].Answers != 1 {
		t.Errorf("followers %+v of %d (%v)", v.Followers, v.Followed, err)
	}
	seen, err := f.Shared(ctx, f.as("pat"), "one")
	if err != nil || len(seen.Others) != 0 {
		t.Errorf("pat learns of %+v (%v)", seen.Others, err)
	}
	if seen, err = f.Shared(ctx, f.as("olga"), "one"); err != nil || len(seen.Others) != 1 {
		t.Errorf("olga learns of %+v (%v)", seen.Others, err)
	}
}

// Whoever leads a project, took an answer over or is assigned the item finds on their work
// what another project no longer gives, until it is answered here or given again.
func TestLostAnswersAreWork(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	for _, key := range []string{"platform", "one"} {
		f.create(key)
	}
	f.answerIdea("platform")
	f.offer("platform")
	f.change("olga", store.Target{Project: "one", Others: []review.PersonID{f.people["pat"]}}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.people["pat"], review.DutyMember, at)
	})
	if err := f.takeOver("mike", "one", "platform", "scope-set"); err != nil {
		t.Fatal(err)
	}
	listed := func(want ...string) {
		t.Helper()
		for name := range f.people {
			v, err := f.MyWork(ctx, f.as(name))
			if err != nil {
				t.Fatal(err)
			}
			if (len(v.Lost) == 1) != slices.Contains(want, name) {
				t.Errorf("%s has %+v to answer", name, v.Lost)
			}
			for _, l := range v.Lost {
				if l.Project != "one" || l.Item != "scope-set" || l.Title == "" || l.Why != review.LostWithdrawn || l.At.IsZero() {
					t.Errorf("%s reads %+v", name, l)
				}
			}
		}
	}
	listed()
	f.change("olga", store.Target{Project: "platform"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.WithdrawOffers(who, []plan.ItemKey{"scope-set"}, at)
	})
	f.follow(1)
	listed("olga", "mike") // who leads it, and who took it over
	f.change("olga", store.Target{Project: "one", Stage: "idea", Others: []review.PersonID{f.people["pat"]}}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "idea", "scope-set", f.people["pat"], "", at)
	})
	listed("olga", "mike", "pat")
	f.offer("platform")
	f.follow(1)
	listed()
}
