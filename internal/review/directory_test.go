package review_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

var (
	viewing  = review.Right{Role: review.RoleViewer}
	managing = review.Right{Role: review.RoleManager}
	siding   = review.Right{Seat: plan.SeatSRE}
	projectQ = review.Right{Seat: plan.SeatQA, Scope: review.Scope(project)}
)

func held(e *review.Entitlements) []string {
	var words []string
	for _, g := range e.Granted {
		words = append(words, g.Label()+" by "+string(g.Source))
	}
	return words
}

func TestSignInFollowsTheGroups(t *testing.T) {
	e := &review.Entitlements{Person: 5}
	at := base
	steps := []struct {
		want   []review.Right
		held   []string
		events int
	}{
		{nil, nil, 1}, // joined
		{nil, nil, 0},
		{[]review.Right{viewing, siding, viewing}, []string{"viewer by group", "SRE seat by group"}, 2},
		{[]review.Right{siding, viewing}, []string{"viewer by group", "SRE seat by group"}, 0},
		{[]review.Right{viewing, projectQ}, []string{"viewer by group", "QA seat by group"}, 2},
		{nil, nil, 2},
	}
	for i, s := range steps {
		before := len(e.Recorded())
		at = at.Add(time.Hour)
		if err := e.SignIn(s.want, at); err != nil {
			t.Fatal(err)
		}
		if got := held(e); !slices.Equal(got, s.held) {
			t.Errorf("step %d: %v, want %v", i, got, s.held)
		}
		if n := len(e.Recorded()) - before; n != s.events {
			t.Errorf("step %d recorded %d events, want %d", i, n, s.events)
		}
	}
	for _, en := range e.Recorded() {
		if en.Actor != review.System {
			t.Errorf("%T was done by %d", en.Event, en.Actor)
		}
	}
}

// A right that the configuration gets wrong changes nothing at all.
func TestSignInWithAWrongRight(t *testing.T) {
	e := &review.Entitlements{Person: 5}
	if err := e.SignIn([]review.Right{viewing}, base); err != nil {
		t.Fatal(err)
	}
	before := len(e.Recorded())
	for _, bad := range []review.Right{{}, {Role: "king"}, {Seat: "The Throne"}, {Role: review.RoleViewer, Seat: plan.SeatQA}, {Role: review.RoleAdmin, Scope: 3}} {
		if err := e.SignIn([]review.Right{siding, bad}, base); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	if n := len(e.Recorded()) - before; n != 0 || !slices.Equal(held(e), []string{"viewer by group"}) {
		t.Errorf("%d events, holds %v", n, held(e))
	}
}

func TestGrantAndRevoke(t *testing.T) {
	root := review.Actor{Person: admin, Roles: []review.Role{review.RoleAdmin}}
	joined := func() *review.Entitlements {
		e := &review.Entitlements{Person: 5, Words: plan.Words{Seats: []plan.Seat{"legal"}}}
		if err := e.SignIn([]review.Right{viewing}, base); err != nil {
			t.Fatal(err)
		}
		return e
	}
	grant := func(by review.Actor, r review.Right) func(*review.Entitlements) error {
		return func(e *review.Entitlements) error { return e.Grant(by, r, base) }
	}
	revoke := func(by review.Actor, r review.Right) func(*review.Entitlements) error {
		return func(e *review.Entitlements) error { return e.Revoke(by, r, "left", base) }
	}
	self := root
	self.Person = 5
	tests := []struct {
		name   string
		do     []func(*review.Entitlements) error
		want   string // of the last step
		events int    // of the last step
		held   []string
	}{
		{"grant", []func(*review.Entitlements) error{grant(root, siding)}, "ok", 1, []string{"viewer by group", "SRE seat by admin"}},
		{"grant twice", []func(*review.Entitlements) error{grant(root, siding), grant(root, siding)}, "ok", 0, []string{"viewer by group", "SRE seat by admin"}},
		{"grant what a group gives", []func(*review.Entitlements) error{grant(root, viewing)}, "ok", 0, []string{"viewer by group"}},
		{"the same seat in one project", []func(*review.Entitlements) error{grant(root, projectQ), grant(root, review.Right{Seat: plan.SeatQA})}, "ok", 1, []string{"viewer by group", "QA seat by admin", "QA seat by admin"}},
		{"to oneself", []func(*review.Entitlements) error{grant(self, siding)}, "denied", 0, []string{"viewer by group"}},
		{"from oneself", []func(*review.Entitlements) error{revoke(self, viewing)}, "denied", 0, []string{"viewer by group"}},
		{"a seat that a document adds", []func(*review.Entitlements) error{grant(root, review.Right{Seat: "legal"})}, "ok", 1, []string{"viewer by group", "Legal seat by admin"}},
		{"a seat that no document has", []func(*review.Entitlements) error{grant(root, review.Right{Seat: "lagel"})}, "invalid", 0, []string{"viewer by group"}},
		{"what is no seat", []func(*review.Entitlements) error{grant(root, review.Right{Seat: "The Legals"})}, "invalid", 0, []string{"viewer by group"}},
		{"a role for one project", []func(*review.Entitlements) error{grant(root, review.Right{Role: review.RoleManager, Scope: 3})}, "invalid", 0, []string{"viewer by group"}},
		{"nothing", []func(*review.Entitlements) error{grant(root, review.Right{})}, "invalid", 0, []string{"viewer by group"}},
		{"revoke", []func(*review.Entitlements) error{grant(root, siding), revoke(root, siding)}, "ok", 1, []string{"viewer by group"}},
		{"revoke what is not there", []func(*review.Entitlements) error{revoke(root, siding)}, "ok", 0, []string{"viewer by group"}},
		{"revoke what a group gives", []func(*review.Entitlements) error{revoke(root, viewing)}, "refused", 0, []string{"viewer by group"}},
		{"a manager", []func(*review.Entitlements) error{grant(review.Actor{Person: manager, Roles: []review.Role{review.RoleManager}}, siding)}, "denied", 0, []string{"viewer by group"}},
		{"an auditor", []func(*review.Entitlements) error{revoke(review.Actor{Person: auditor, Roles: []review.Role{review.RoleAuditor}}, siding)}, "denied", 0, []string{"viewer by group"}},
		{"Slipway itself", []func(*review.Entitlements) error{grant(review.Actor{Person: review.System, Roles: review.Roles()}, siding)}, "denied", 0, []string{"viewer by group"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := joined()
			for _, do := range tt.do[:len(tt.do)-1] {
				if err := do(e); err != nil {
					t.Fatal(err)
				}
			}
			before := len(e.Recorded())
			err := tt.do[len(tt.do)-1](e)
			if refusal(err) != tt.want || len(e.Recorded())-before != tt.events || !slices.Equal(held(e), tt.held) {
				t.Errorf("%v, %d events, holds %v", err, len(e.Recorded())-before, held(e))
			}
		})
	}
	t.Run("to somebody who never came", func(t *testing.T) {
		if err := (&review.Entitlements{Person: 5}).Grant(root, siding, base); refusal(err) != "not found" {
			t.Error(err)
		}
	})
	t.Run("a hand-given right outlives the group", func(t *testing.T) {
		e := joined()
		if err := e.Grant(root, managing, base); err != nil {
			t.Fatal(err)
		}
		for _, want := range [][]review.Right{{managing}, nil} {
			if err := e.SignIn(want, base); err != nil {
				t.Fatal(err)
			}
		}
		if got := held(e); !slices.Equal(got, []string{"manager by admin"}) {
			t.Errorf("holds %v", got)
		}
	})
	t.Run("a reason that is no text", func(t *testing.T) {
		e := joined()
		if err := e.Revoke(root, siding, "\x00", base); refusal(err) != "invalid" {
			t.Error(err)
		}
	})
}

func TestReplayDirectory(t *testing.T) {
	root := review.Actor{Person: admin, Roles: []review.Role{review.RoleAdmin}}
	a, b := &review.Entitlements{Person: 5}, &review.Entitlements{Person: 6}
	for _, err := range []error{
		a.SignIn([]review.Right{viewing, projectQ}, base.In(time.FixedZone("x", 3600)).Add(7*time.Nanosecond)), b.SignIn(nil, base),
		a.Grant(root, siding, base), b.Grant(root, managing, base), a.Revoke(root, siding, "left", base), a.SignIn([]review.Right{projectQ}, base),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	all, err := review.ReplayDirectory(recode(t, append(slices.Clone(a.Recorded()), b.Recorded()...)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []*review.Entitlements{a, b} {
		got := all[e.Person]
		if got.Joined != e.Joined || !reflect.DeepEqual(got.Granted, e.Granted) || len(got.Recorded()) != 0 {
			t.Errorf("replayed %+v, was %+v", got, e)
		}
	}
	if _, err := review.ReplayDirectory([]review.Entry{{Event: review.StatusChanged{}}}); err == nil {
		t.Error("an event of a project was taken")
	}
}
