package review_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func versionRef(n int) plan.Ref { return plan.Ref{Key: "house", Version: n, Digest: "d"} }

// A document's life: published twice, given away, and its first version retired.
// The replay of what was recorded is the document itself.
func TestPublished(t *testing.T) {
	author := review.Actor{Person: 31, Roles: []review.Role{review.RoleLibrary}}
	boss := review.Actor{Person: admin, Roles: []review.Role{review.RoleAdmin}}
	d := &review.Published{Key: "house"}
	steps := []error{
		d.Publish(author, plan.KindLifecycle, versionRef(1), review.Publication{Reason: "Ours. ", ValidatedBy: 9}, base),
		d.Publish(boss, plan.KindLifecycle, versionRef(2), review.Publication{Reason: "More."}, base),
		d.GiveTo(boss, admin, base),
		d.Retire(author, 1, "Too old.", base),
		d.Retire(boss, 1, "Again.", base),
		d.GiveTo(boss, admin, base),
	}
	for i, err := range steps {
		if err != nil {
			t.Errorf("step %d: %v", i+1, err)
		}
	}
	if n := len(d.Recorded()); n != 4 {
		t.Errorf("%d events, want 4: what is so already is no event", n)
	}
	first := d.Version(1)
	if first.Reason != "Ours." || first.ValidatedOn != "2026-03-02" || first.Retired.Reason != "Too old." || d.Owner != admin || d.Next() != 3 {
		t.Errorf("%+v", d)
	}
	all, err := review.ReplayLibrary(d.Recorded())
	if err != nil {
		t.Fatal(err)
	}
	again := all["house"]
	if !reflect.DeepEqual(again.Versions, d.Versions) || again.Owner != d.Owner || again.Kind != d.Kind {
		t.Errorf("replayed as %+v, was %+v", again, d)
	}
}

// What nobody may do, or not like this. Nothing of it is recorded.
func TestPublishingIsRefused(t *testing.T) {
	author := review.Actor{Person: 31, Roles: []review.Role{review.RoleLibrary}}
	machine := author
	machine.Machine = true
	house := func() *review.Published {
		d := &review.Published{Key: "house"}
		if err := d.Publish(author, plan.KindLifecycle, versionRef(1), review.Publication{Reason: "Ours."}, base); err != nil {
			t.Fatal(err)
		}
		return d
	}
	ours := func() *review.Published {
		d := &review.Published{Key: "house"}
		if err := d.Install(plan.KindLifecycle, versionRef(1), base); err != nil {
			t.Fatal(err)
		}
		return d
	}
	why := review.Publication{Reason: "Because."}
	var denied *review.Denied
	var invalid *review.Invalid
	var refused *review.Refused
	for name, c := range map[string]struct {
		d    *review.Published
		do   func(*review.Published) error
		kind any
	}{
		"a manager publishes": {house(), func(d *review.Published) error {
			return d.Publish(review.Actor{Person: manager, Roles: []review.Role{review.RoleManager}}, plan.KindLifecycle, versionRef(2), why, base)
		}, &denied},
		"a machine publishes": {house(), func(d *review.Published) error {
			return d.Publish(machine, plan.KindLifecycle, versionRef(2), why, base)
		}, &denied},
		"without a reason": {house(), func(d *review.Published) error {
			return d.Publish(author, plan.KindLifecycle, versionRef(2), review.Publication{Reason: " \n"}, base)
		}, &invalid},
		"validated tomorrow": {house(), func(d *review.Published) error {
			return d.Publish(author, plan.KindLifecycle, versionRef(2), review.Publication{Reason: "R", ValidatedBy: 3, ValidatedOn: "2026-03-04"}, base)
		}, &invalid},
		"validated by nobody": {house(), func(d *review.Published) error {
			return d.Publish(author, plan.KindLifecycle, versionRef(2), review.Publication{Reason: "R", ValidatedOn: "2026-03-01"}, base)
		}, &invalid},
		"as another kind": {house(), func(d *review.Published) error { return d.Publish(author, plan.KindModule, versionRef(2), why, base) }, &refused},
		"what comes with the program": {ours(), func(d *review.Published) error {
			return d.Publish(author, plan.KindLifecycle, versionRef(2), why, base)
		}, &refused},
		"the owner of what comes along": {ours(), func(d *review.Published) error { return d.GiveTo(author, 3, base) }, &refused},
		"retired by a manager": {house(), func(d *review.Published) error {
			return d.Retire(review.Actor{Person: manager, Roles: []review.Role{review.RoleManager}}, 1, "Old.", base)
		}, &denied},
		"retired without a reason": {house(), func(d *review.Published) error { return d.Retire(author, 1, "", base) }, &invalid},
	} {
		before := len(c.d.Recorded())
		if err := c.do(c.d); !errors.As(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
		if len(c.d.Recorded()) != before {
			t.Errorf("%s: recorded all the same", name)
		}
	}
	if err := house().Publish(author, plan.KindLifecycle, versionRef(3), why, base); err == nil {
		t.Error("a number was left out")
	}
	if err := house().Retire(author, 2, "Old.", base); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("retiring what is not there: %v", err)
	}
}

// One readiness definition at most is the default of new projects: the one that was
// named last. It keeps a version that they can pin.
func TestDefaultDefinition(t *testing.T) {
	author := review.Actor{Person: 31, Roles: []review.Role{review.RoleLibrary}}
	made := func(key string) *review.Published {
		d := &review.Published{Key: key}
		if err := d.Publish(author, plan.KindDefinition, plan.Ref{Key: key, Version: 1, Digest: "d"}, review.Publication{Reason: "Ours."}, base); err != nil {
			t.Fatal(err)
		}
		return d
	}
	a, b := made("ours"), made("theirs")
	for i, err := range []error{
		a.NameDefault(author, true, "Agreed.", base), a.NameDefault(author, true, "Again.", base), b.NameDefault(author, true, "Rather.", base),
	} {
		if err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
	}
	if len(a.Recorded()) != 2 || len(b.Recorded()) != 2 {
		t.Errorf("%d and %d events: naming again is none", len(a.Recorded()), len(b.Recorded()))
	}
	trail := append(a.Recorded(), b.Recorded()...)
	all, err := review.ReplayLibrary(trail)
	if err != nil || all["ours"].Default || !all["theirs"].Default {
		t.Errorf("%v: ours %t, theirs %t", err, all["ours"].Default, all["theirs"].Default)
	}
	var refused *review.Refused
	if err := b.Retire(author, 1, "Old.", base); !errors.As(err, &refused) {
		t.Errorf("the last version of the default was retired: %v", err)
	}
	if err := b.NameDefault(author, false, "None.", base); err != nil || b.Default {
		t.Errorf("the default stays: %v", err)
	}
	if err := b.Retire(author, 1, "Old.", base); err != nil {
		t.Error(err)
	}
	if err := b.NameDefault(author, true, "Again.", base); !errors.As(err, &refused) {
		t.Errorf("nothing of it can be pinned: %v", err)
	}
	var denied *review.Denied
	if err := a.NameDefault(review.Actor{Person: manager, Roles: []review.Role{review.RoleManager}}, true, "R", base); !errors.As(err, &denied) {
		t.Errorf("a manager: %v", err)
	}
	var invalid *review.Invalid
	if err := made("more").NameDefault(author, true, " ", base); !errors.As(err, &invalid) {
		t.Errorf("without a reason: %v", err)
	}
	house := &review.Published{Key: "house"}
	if err := house.Publish(author, plan.KindLifecycle, versionRef(1), review.Publication{Reason: "Ours."}, base); err != nil {
		t.Fatal(err)
	}
	if err := house.NameDefault(author, true, "R", base); !errors.As(err, &refused) {
		t.Errorf("a lifecycle: %v", err)
	}
}

// A trail of the library that cannot have come about is not replayed.
func TestReplayLibraryRefuses(t *testing.T) {
	first := review.DocumentPublished{Document: "house", Sort: plan.KindLifecycle, Version: 1, Digest: "d"}
	for name, events := range map[string][]review.Event{
		"a version twice":     {first, first},
		"another kind":        {first, review.DocumentPublished{Document: "house", Sort: plan.KindModule, Version: 2, Digest: "d"}},
		"no such version":     {first, review.VersionRetired{Document: "house", Version: 2, Reason: "R"}},
		"from somebody else":  {first, review.OwnerChanged{Document: "house", From: 3, Owner: 4}},
		"an event of a right": {review.PersonJoined{Person: 3}},
	} {
		var entries []review.Entry
		for _, e := range events {
			entries = append(entries, review.Entry{At: base, Event: e})
		}
		if _, err := review.ReplayLibrary(entries); err == nil {
			t.Errorf("%s: replayed", name)
		}
	}
}
