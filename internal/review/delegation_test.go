package review_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// holderOf is a person of the directory who holds the SRE seat everywhere and
// the QA seat in one project, since long ago.
func holderOf(t *testing.T) (*review.Entitlements, review.Actor) {
	t.Helper()
	e := &review.Entitlements{Person: 5}
	if err := e.SignIn([]review.Right{siding, projectQ, viewing}, base.AddDate(-1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	return e, review.Actor{Person: 5, Seats: append(everywhere(plan.SeatSRE), heldIn(review.Scope(project), plan.SeatQA)...)}
}

func TestDelegateInput(t *testing.T) {
	good := review.NewDelegation{To: 6, Seat: plan.SeatSRE, Starts: "2026-03-05", Ends: "2026-03-10", Reason: "holidays"}
	for _, tt := range []struct {
		name   string
		change func(*review.NewDelegation)
		fields string
	}{
		{"good", func(*review.NewDelegation) {}, ""},
		{"at once, without a reason", func(d *review.NewDelegation) { d.Starts, d.Reason = "", "" }, ""},
		{"for today", func(d *review.NewDelegation) { d.Starts, d.Ends = "", "2026-03-02" }, ""},
		{"the seat in one project", func(d *review.NewDelegation) { d.Seat, d.Scope = plan.SeatQA, review.Scope(project) }, ""},
		{"nobody", func(d *review.NewDelegation) { d.To = 0 }, "to"},
		{"oneself", func(d *review.NewDelegation) { d.To = 5 }, "to"},
		{"no seat", func(d *review.NewDelegation) { d.Seat = "" }, "seat"},
		{"no such seat", func(d *review.NewDelegation) { d.Seat = "throne" }, "seat"},
		{"another's seat", func(d *review.NewDelegation) { d.Seat = plan.SeatData }, "seat"},
		{"more than one holds", func(d *review.NewDelegation) { d.Seat = plan.SeatQA }, "seat"},
		{"in a project that nobody has", func(d *review.NewDelegation) { d.Scope = review.Nowhere }, "seat"},
		{"a part of what one holds", func(d *review.NewDelegation) { d.Scope = review.Scope(project) }, "seat"},
		{"no end", func(d *review.NewDelegation) { d.Ends = "" }, "ends"},
		{"no such day", func(d *review.NewDelegation) { d.Ends = "2026-02-30" }, "ends"},
		{"no such first day", func(d *review.NewDelegation) { d.Starts = "soon" }, "starts"},
		{"the end before the beginning", func(d *review.NewDelegation) { d.Ends = "2026-03-04" }, "ends"},
		{"over already", func(d *review.NewDelegation) { d.Starts, d.Ends = "2026-03-01", "2026-03-01" }, "ends"},
		{"since yesterday, for people west of here", func(d *review.NewDelegation) { d.Starts = "2026-03-01" }, ""},
		{"since the day before", func(d *review.NewDelegation) { d.Starts = "2026-02-28" }, "starts"},
		{"ninety days", func(d *review.NewDelegation) { d.Ends = "2026-06-03" }, ""},
		{"more", func(d *review.NewDelegation) { d.Ends = "2026-06-04" }, "ends"},
		{"a reason that is no text", func(d *review.NewDelegation) { d.Reason = "\x00" }, "reason"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, a := holderOf(t)
			in, before := good, len(e.Recorded())
			tt.change(&in)
			err := e.Delegate(a, in, base)
			if got := strings.Join(wrong(err), " "); got != tt.fields || (err == nil) != (tt.fields == "") {
				t.Errorf("%v, want %q", err, tt.fields)
			}
			if n := len(e.Recorded()) - before; (n == 1) != (err == nil) {
				t.Errorf("recorded %d events", n)
			}
		})
	}
}

func TestWhoDelegates(t *testing.T) {
	in := review.NewDelegation{To: 6, Seat: plan.SeatSRE, Ends: "2026-03-10"}
	_, a := holderOf(t)
	machine := a
	machine.Machine = true
	for _, tt := range []struct {
		name          string
		by            review.Actor
		delegate, end string
	}{
		{"the holder", a, "ok", "ok"},
		{"a machine of the holder's", machine, "denied", "denied"},
		{"an admin", review.Actor{Person: admin, Roles: []review.Role{review.RoleAdmin}}, "denied", "ok"},
		{"an admin's machine", review.Actor{Person: admin, Roles: []review.Role{review.RoleAdmin}, Machine: true}, "denied", "denied"},
		{"a manager", review.Actor{Person: manager, Roles: []review.Role{review.RoleManager}}, "denied", "denied"},
		{"another holder", review.Actor{Person: 7, Seats: everywhere(plan.SeatSRE)}, "denied", "denied"},
		{"the stand-in", review.Actor{Person: 6, Seats: []review.SeatHeld{{Seat: plan.SeatSRE, For: 5}}}, "denied", "denied"},
		{"Slipway itself", review.Actor{Person: review.System, Roles: review.Roles(), Seats: everywhere(plan.Seats()...)}, "denied", "denied"},
	} {
		e, _ := holderOf(t)
		if got := refusal(e.Delegate(tt.by, in, base)); got != tt.delegate {
			t.Errorf("%s delegates: %s, want %s", tt.name, got, tt.delegate)
		}
		e, _ = holderOf(t)
		if err := e.Delegate(a, in, base); err != nil {
			t.Fatal(err)
		}
		if got := refusal(e.EndDelegation(tt.by, 1, base)); got != tt.end {
			t.Errorf("%s ends it: %s, want %s", tt.name, got, tt.end)
		}
	}
	// Who lost the seat names nobody, and a stand-in does not pass it on.
	e, _ := holderOf(t)
	if err := e.SignIn([]review.Right{viewing}, base); err != nil {
		t.Fatal(err)
	}
	if err := e.Delegate(a, in, base); refusal(err) != "invalid" {
		t.Errorf("a lost seat: %v", err)
	}
	stand := &review.Entitlements{Person: 6}
	if err := stand.SignIn([]review.Right{viewing}, base); err != nil {
		t.Fatal(err)
	}
	passing := review.Actor{Person: 6, Seats: []review.SeatHeld{{Seat: plan.SeatSRE, For: 5, Since: base}}}
	if err := stand.Delegate(passing, review.NewDelegation{To: 7, Seat: plan.SeatSRE, Ends: "2026-03-10"}, base); refusal(err) != "invalid" {
		t.Errorf("a seat that one stands in for: %v", err)
	}
}

// A stand-in sits from the first moment of the first day up to, not including,
// the first moment after the last.
func TestDelegationHoldsBetweenTwoDates(t *testing.T) {
	e, a := holderOf(t)
	in := review.NewDelegation{To: 6, Seat: plan.SeatSRE, Starts: "2026-03-05", Ends: "2026-03-10"}
	if err := e.Delegate(a, in, base); err != nil {
		t.Fatal(err)
	}
	sits := func(at time.Time) bool {
		seats := e.StandIn(6, at)
		if (len(seats) == 1) != e.Delegated[0].InForce(at) || len(e.StandIn(7, at)) != 0 {
			t.Errorf("at %v: %v", at, seats)
		}
		return len(seats) == 1 && reflect.DeepEqual(seats[0], review.SeatHeld{Seat: plan.SeatSRE, Since: base.AddDate(-1, 0, 0), For: 5})
	}
	for _, off := range edges {
		if got := sits(date("2026-03-05").Add(off)); got != (off >= 0) {
			t.Errorf("at the beginning, %v: %t", off, got)
		}
		if got := sits(date("2026-03-11").Add(off)); got != (off < 0) {
			t.Errorf("at the end, %v: %t", off, got)
		}
	}
	ended := date("2026-03-07")
	if err := e.EndDelegation(a, 1, ended); err != nil {
		t.Fatal(err)
	}
	for _, off := range edges {
		if got := sits(ended.Add(off)); got != (off < 0) {
			t.Errorf("ended, %v: %t", off, got)
		}
	}
	events := len(e.Recorded())
	if err := e.EndDelegation(a, 1, ended.Add(time.Hour)); err != nil || len(e.Recorded()) != events {
		t.Errorf("ended twice: %v, %d events", err, len(e.Recorded())-events)
	}
	for _, no := range []int{-1, 0, 2} {
		if err := e.EndDelegation(a, no, base); refusal(err) != "not found" {
			t.Errorf("ending %d: %v", no, err)
		}
	}
	in.Starts = ""
	if err := e.Delegate(a, in, ended); err != nil { // anew
		t.Fatal(err)
	}
	if err := e.EndDelegation(a, 2, date("2026-03-11")); err != nil || !e.Delegated[1].EndedAt.IsZero() {
		t.Errorf("ended after its end: %v, %+v", err, e.Delegated[1])
	}
}

// Which delegations of one seat to one person can be had at once.
func TestDelegationsDoNotOverlap(t *testing.T) {
	for _, tt := range []struct {
		name   string
		in     review.NewDelegation
		want   string
		events int
	}{
		{"the same", review.NewDelegation{To: 6, Seat: plan.SeatSRE, Starts: "2026-03-05", Ends: "2026-03-10"}, "ok", 0},
		{"longer", review.NewDelegation{To: 6, Seat: plan.SeatSRE, Starts: "2026-03-05", Ends: "2026-03-11"}, "refused", 0},
		{"from its last day", review.NewDelegation{To: 6, Seat: plan.SeatSRE, Starts: "2026-03-10", Ends: "2026-03-12"}, "refused", 0},
		{"up to its first day", review.NewDelegation{To: 6, Seat: plan.SeatSRE, Starts: "2026-03-03", Ends: "2026-03-05"}, "refused", 0},
		{"after it", review.NewDelegation{To: 6, Seat: plan.SeatSRE, Starts: "2026-03-11", Ends: "2026-03-12"}, "ok", 1},
		{"before it", review.NewDelegation{To: 6, Seat: plan.SeatSRE, Starts: "2026-03-03", Ends: "2026-03-04"}, "ok", 1},
		{"to another", review.NewDelegation{To: 7, Seat: plan.SeatSRE, Starts: "2026-03-05", Ends: "2026-03-10"}, "ok", 1},
		{"of another seat", review.NewDelegation{To: 6, Seat: plan.SeatQA, Scope: review.Scope(project), Starts: "2026-03-05", Ends: "2026-03-10"}, "ok", 1},
	} {
		e, a := holderOf(t)
		if err := e.Delegate(a, review.NewDelegation{To: 6, Seat: plan.SeatSRE, Starts: "2026-03-05", Ends: "2026-03-10"}, base); err != nil {
			t.Fatal(err)
		}
		before := len(e.Recorded())
		if err := e.Delegate(a, tt.in, base); refusal(err) != tt.want || len(e.Recorded())-before != tt.events {
			t.Errorf("%s: %v, %d events", tt.name, err, len(e.Recorded())-before)
		}
	}
}

// A stand-in sits as long as the holder does: a seat that was lost and given
// back has to be handed on anew.
func TestStandInLosesTheSeatWithItsHolder(t *testing.T) {
	e, a := holderOf(t)
	if err := e.Delegate(a, review.NewDelegation{To: 6, Seat: plan.SeatSRE, Ends: "2026-03-20"}, base); err != nil {
		t.Fatal(err)
	}
	at := base
	step := func(what string, want int, rights ...review.Right) {
		t.Helper()
		at = at.Add(time.Hour)
		if err := e.SignIn(rights, at); err != nil {
			t.Fatal(err)
		}
		if got := e.StandIn(6, at); len(got) != want {
			t.Errorf("%s: %v", what, got)
		}
	}
	step("other rights go", 1, siding)
	step("the seat goes", 0)
	step("the seat comes back", 0, siding)
	if err := e.EndDelegation(a, 1, at); err != nil {
		t.Fatal(err)
	}
	if err := e.Delegate(a, review.NewDelegation{To: 6, Seat: plan.SeatSRE, Ends: "2026-03-20"}, at); err != nil {
		t.Fatal(err)
	}
	step("and is handed on anew", 1, siding)
}

func TestReplayDelegations(t *testing.T) {
	e, a := holderOf(t)
	for _, in := range []review.NewDelegation{{To: 6, Seat: plan.SeatSRE, Ends: "2026-03-10", Reason: "holidays"}, {To: 7, Seat: plan.SeatQA, Scope: review.Scope(project), Starts: "2026-04-01", Ends: "2026-04-02"}} {
		if err := e.Delegate(a, in, base.Add(3*time.Nanosecond)); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.EndDelegation(a, 1, base.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	all, err := review.ReplayDirectory(recode(t, e.Recorded()))
	if err != nil || !reflect.DeepEqual(all[5].Delegated, e.Delegated) {
		t.Errorf("%v, replayed\n%+v\nwas\n%+v", err, all[5].Delegated, e.Delegated)
	}
	for name, ev := range map[string]review.Event{
		"a gap":                 review.SeatDelegated{Person: 5, No: 4, To: 6, Seat: plan.SeatSRE},
		"one that is not there": review.DelegationEnded{Person: 5, No: 3},
	} {
		if _, err := review.ReplayDirectory(append(recode(t, e.Recorded()), review.Entry{At: base, Actor: 5, Event: ev})); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
