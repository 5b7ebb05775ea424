package review_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// somebody joined a day ago, with a role and a seat from groups and one by hand.
func somebody(t *testing.T) (*review.Entitlements, review.Actor) {
	t.Helper()
	root := review.Actor{Person: admin, Roles: []review.Role{review.RoleAdmin}}
	e := &review.Entitlements{Person: 5}
	if err := errors.Join(e.SignIn([]review.Right{viewing, siding}, base.AddDate(0, 0, -1)), e.Grant(root, projectQ, base.AddDate(0, 0, -1))); err != nil {
		t.Fatal(err)
	}
	return e, root
}

func TestBlockWithholdsAllRights(t *testing.T) {
	e, root := somebody(t)
	before := held(e)
	if err := e.Block(root, "Left the company.", base); err != nil {
		t.Fatal(err)
	}
	if !e.Blocked || len(e.Granted) != 0 || len(e.Withheld) != 3 {
		t.Fatalf("blocked: %+v", e)
	}
	events := len(e.Recorded())
	if err := e.SignIn([]review.Right{managing}, base); !errors.Is(err, review.ErrBlocked) {
		t.Errorf("a blocked person signs in: %v", err)
	}
	if err := e.SignInWithoutGroups(nil, review.GroupsMissing, base); !errors.Is(err, review.ErrBlocked) {
		t.Errorf("a blocked person signs in without groups: %v", err)
	}
	if err := e.Grant(root, managing, base); refusal(err) != "refused" {
		t.Errorf("a right for a blocked person: %v", err)
	}
	if err := e.Block(root, "Again.", base); err != nil || len(e.Recorded()) != events {
		t.Errorf("blocking twice: %v, %d events", err, len(e.Recorded())-events)
	}
	if err := e.Revoke(root, projectQ, "Not theirs any more.", base); err != nil || len(e.Withheld) != 2 {
		t.Errorf("taking a withheld right: %v, %v", err, e.Withheld)
	}
	later := base.Add(time.Hour)
	if err := e.Unblock(root, "Came back.", later); err != nil {
		t.Fatal(err)
	}
	if e.Blocked || len(e.Withheld) != 0 || !slices.Equal(held(e), before[:2]) {
		t.Errorf("unblocked, holds %v, want %v", held(e), before[:2])
	}
	for _, g := range e.Granted {
		if !g.At.Equal(later) {
			t.Errorf("%s counts since %s: what was signed before the block would count again", g.Label(), g.At)
		}
	}
	all, err := review.ReplayDirectory(recode(t, e.Recorded()))
	if got := all[5]; err != nil || !reflect.DeepEqual(got.Granted, e.Granted) || got.Blocked || len(got.Withheld) != 0 {
		t.Errorf("replayed %+v, %v", got, err)
	}
}

func TestStandInsOfABlockedPersonEnd(t *testing.T) {
	e, root := somebody(t)
	self := review.Actor{Person: 5, Roles: []review.Role{review.RoleViewer}, Seats: everywhere(plan.SeatSRE)}
	if err := e.Delegate(self, review.NewDelegation{To: 6, Seat: plan.SeatSRE, Ends: base.AddDate(0, 0, 9).Format(review.DateLayout)}, base); err != nil {
		t.Fatal(err)
	}
	at := base.Add(time.Hour)
	if len(e.StandIn(6, at)) != 1 {
		t.Fatal("the stand-in does not sit")
	}
	if err := e.Block(root, "Left.", at); err != nil {
		t.Fatal(err)
	}
	if len(e.StandIn(6, at)) != 0 {
		t.Error("somebody stands in for a blocked person")
	}
	if err := e.Unblock(root, "Back.", at.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if len(e.StandIn(6, at.Add(2*time.Hour))) != 0 {
		t.Error("a seat that was lost and came back is lent")
	}
}

func TestEraseEndsEverything(t *testing.T) {
	for _, blocked := range []bool{false, true} {
		e, root := somebody(t)
		self := review.Actor{Person: 5, Roles: []review.Role{review.RoleViewer}, Seats: everywhere(plan.SeatSRE)}
		if err := e.Delegate(self, review.NewDelegation{To: 6, Seat: plan.SeatSRE, Ends: base.AddDate(0, 0, 9).Format(review.DateLayout)}, base); err != nil {
			t.Fatal(err)
		}
		if blocked {
			if err := e.Block(root, "Left.", base); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Erase(root, "Asked for it.", base); err != nil {
			t.Fatal(err)
		}
		if !e.Erased || e.Blocked || len(e.Granted)+len(e.Withheld) != 0 || e.Delegated[0].EndedAt.IsZero() {
			t.Errorf("erased: %+v", e)
		}
		for name, err := range map[string]error{
			"erase": e.Erase(root, "x", base), "block": e.Block(root, "x", base), "grant": e.Grant(root, viewing, base), "console": e.EraseByOperator("x", base),
		} {
			if refusal(err) != "not found" {
				t.Errorf("%s of an erased person: %v", name, err)
			}
		}
		all, err := review.ReplayDirectory(recode(t, e.Recorded()))
		if got := all[5]; err != nil || !got.Erased || got.Blocked || len(got.Granted)+len(got.Withheld) != 0 {
			t.Errorf("replayed %+v, %v", got, err)
		}
	}
}

func TestWhoKeepsPeopleOut(t *testing.T) {
	for name, c := range map[string]struct {
		by     review.Actor
		reason string
		want   string
	}{
		"an admin":           {review.Actor{Person: admin, Roles: []review.Role{review.RoleAdmin}}, "Left.", "ok"},
		"without a reason":   {review.Actor{Person: admin, Roles: []review.Role{review.RoleAdmin}}, " \u200b ", "invalid"},
		"an admin's program": {review.Actor{Person: admin, Roles: []review.Role{review.RoleAdmin}, Machine: true}, "Left.", "denied"},
		"themselves":         {review.Actor{Person: 5, Roles: []review.Role{review.RoleAdmin}}, "Left.", "denied"},
		"a manager":          {review.Actor{Person: manager, Roles: []review.Role{review.RoleManager}}, "Left.", "denied"},
		"Slipway itself":     {review.Actor{Person: review.System, Roles: review.Roles()}, "Left.", "denied"},
	} {
		for what, do := range map[string]func(*review.Entitlements, review.Actor, string, time.Time) error{
			"block": (*review.Entitlements).Block, "unblock": (*review.Entitlements).Unblock, "erase": (*review.Entitlements).Erase,
		} {
			e, root := somebody(t)
			if what == "unblock" {
				if err := e.Block(root, "Left.", base); err != nil {
					t.Fatal(err)
				}
			}
			before := len(e.Recorded())
			err := do(e, c.by, c.reason, base)
			if refusal(err) != c.want || (err == nil) != (len(e.Recorded()) > before) {
				t.Errorf("%s %s: %v, %d events", name, what, err, len(e.Recorded())-before)
			}
		}
	}
}

// Unknown is not no: nothing is revoked, and the trail says why the rights do
// not count.
func TestSignInWithoutGroups(t *testing.T) {
	e, _ := somebody(t)
	before, held0 := len(e.Recorded()), held(e)
	if err := e.SignInWithoutGroups([]review.Right{viewing}, review.GroupsElsewhere, base); err != nil {
		t.Fatal(err)
	}
	if got := e.Recorded()[before:]; len(got) != 1 || got[0].Event != (review.GroupsUnknown{Person: 5, Why: review.GroupsElsewhere}) {
		t.Errorf("recorded %+v", got)
	}
	if !slices.Equal(held(e), held0) {
		t.Errorf("holds %v, held %v", held(e), held0)
	}
	fresh := &review.Entitlements{Person: 6}
	if err := fresh.SignInWithoutGroups([]review.Right{viewing}, review.GroupsMissing, base); err != nil {
		t.Fatal(err)
	}
	if len(fresh.Recorded()) != 2 || !slices.Equal(held(fresh), []string{"viewer by group"}) {
		t.Errorf("somebody new without groups: %+v", fresh.Recorded())
	}
}

func TestSucceed(t *testing.T) {
	const other = viewer
	for name, c := range map[string]struct {
		from, to review.PersonID
		leave    bool
		want     map[review.PersonID]review.Duty
	}{
		"an owner":                  {owner, other, false, map[review.PersonID]review.Duty{owner: review.DutyMember, other: review.DutyOwner}},
		"an owner who leaves":       {owner, other, true, map[review.PersonID]review.Duty{owner: "", other: review.DutyOwner}},
		"an owner, by the deputy":   {owner, deputy, true, map[review.PersonID]review.Duty{owner: "", deputy: review.DutyOwner}},
		"a deputy, by the owner":    {deputy, owner, true, map[review.PersonID]review.Duty{deputy: "", owner: review.DutyOwner}},
		"a deputy, by somebody":     {deputy, other, false, map[review.PersonID]review.Duty{deputy: review.DutyMember, other: review.DutyDeputy}},
		"a member who leaves":       {member, other, true, map[review.PersonID]review.Duty{member: "", other: review.DutyMember}},
		"somebody not on it at all": {other, member, true, map[review.PersonID]review.Duty{other: "", member: review.DutyMember}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			r := w.r
			assigned := c.from != other
			if assigned {
				w.ok(r.Assign(w.actor(manager), design, "adr", c.from, "2026-12-01", w.tick()))
			}
			w.ok(r.Succeed(w.actor(manager), c.from, c.to, c.leave, "They left.", w.tick()))
			for p, d := range c.want {
				if got := r.Project.Duty(p); got != d {
					t.Errorf("%d is %q, want %q", p, got, d)
				}
			}
			if it := w.stage(design).Item("adr"); assigned && (it.Assignee != c.to || it.Due.IsZero()) {
				t.Errorf("the item is with %d, due %s", it.Assignee, it.Due)
			}
			if r.Project.Holder(review.DutyOwner) == 0 {
				t.Error("nobody owns the project")
			}
		})
	}
	for name, c := range map[string]struct {
		by, to review.PersonID
		reason string
		want   string
	}{
		"a viewer":       {viewer, other, "Left.", "denied"},
		"a member":       {member, other, "Left.", "denied"},
		"to nobody":      {manager, 0, "Left.", "invalid"},
		"to themselves":  {manager, owner, "Left.", "invalid"},
		"without reason": {manager, other, "", "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.refused(w.silent(func() error { return w.r.Succeed(w.actor(c.by), owner, c.to, true, c.reason, w.tick()) }), c.want)
		})
	}
}

// What is set aside returns one day, and must not return to somebody who left.
func TestItemsSetAsideChangeHandsToo(t *testing.T) {
	for name, c := range map[string]struct {
		leave func(w *world) error
		want  review.PersonID
	}{
		"removed": {func(w *world) error { return w.r.RemoveMember(w.actor(owner), member, 0, w.tick()) }, 0},
		"removed, and followed": {func(w *world) error {
			return w.r.RemoveMember(w.actor(owner), member, mate, w.tick())
		}, mate},
		"handed over": {func(w *world) error { return w.r.HandOver(w.actor(owner), member, mate, "Busy.", w.tick()) }, mate},
		"succeeded": {func(w *world) error {
			return w.r.Succeed(w.actor(manager), member, mate, true, "They left.", w.tick())
		}, mate},
	} {
		t.Run(name, func(t *testing.T) {
			v2 := second(plan.OrderFree)
			w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}, modules: []*plan.Module{gdpr()}})
			for _, k := range []plan.ItemKey{"gdpr-map", "style"} { // one of a module, one of a stage that goes
				sk := design
				if k == "gdpr-map" {
					w.ok(w.attach(owner, gdpr()))
				} else {
					sk = build
					w.ok(w.answer(mate, sk, k, review.NotMet, "not yet"))
				}
				w.ok(w.r.Assign(w.actor(owner), sk, k, member, "2026-12-01", w.tick()))
			}
			w.ok(w.detach(manager, "gdpr"))
			if n := w.r.Done(member); n != 1 {
				t.Errorf("%d items change hands beside the tasks, want the one that is set aside", n)
			}
			w.ok(w.upgrade(owner, v2))
			w.ok(c.leave(w))
			w.replays()
			w.ok(w.undo(owner))
			w.ok(w.attach(owner, gdpr()))
			if a, b := w.stage(design).Item("gdpr-map"), w.stage(build).Item("style"); a.Assignee != c.want || b.Assignee != c.want || b.Due.IsZero() != (c.want == 0) {
				t.Errorf("returned to %d and %d, due %s; want %d", a.Assignee, b.Assignee, b.Due, c.want)
			}
			w.replays()
		})
	}
}

// Blocking somebody moves no work, so what was set aside is still theirs when it
// returns.
func TestItemsDoNotReturnToWhoIsBlocked(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}, modules: []*plan.Module{gdpr()}})
	w.ok(w.attach(owner, gdpr()))
	for k, sk := range map[plan.ItemKey]plan.StageKey{"gdpr-map": design, "drill": run, "runbook": run, "tests": build} {
		w.ok(w.r.Assign(w.actor(owner), sk, k, member, "2026-12-01", w.tick()))
	}
	w.ok(w.detach(manager, "gdpr"))
	w.ok(w.upgrade(owner, v2))
	w.r.Away = []review.PersonID{member}
	w.ok(w.undo(owner))
	w.ok(w.attach(owner, gdpr()))
	for k, want := range map[plan.ItemKey]review.PersonID{"gdpr-map": 0, "tests": member} { // the one was only moved
		for i := range w.r.Stages {
			if it := w.r.Stages[i].Item(k); it != nil && (it.Assignee != want || it.Due.IsZero() != (want == 0)) {
				t.Errorf("%s is assigned to %d, due %s", k, it.Assignee, it.Due)
			}
		}
	}
	w.replays()
}
