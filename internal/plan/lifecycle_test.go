package plan_test

import (
	"reflect"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// A stage does the work of another lifecycle's when it has its key or covers the
// first of its phases.
func TestCovering(t *testing.T) {
	l := &plan.Lifecycle{Stages: []plan.Stage{
		{Key: "first", Phases: []plan.Phase{"idea", "design"}}, {Key: "second", Phases: []plan.Phase{"build"}}, {Key: "last"},
	}}
	for _, tc := range []struct {
		other plan.Stage
		want  int
	}{
		{plan.Stage{Key: "last", Phases: []plan.Phase{"idea"}}, 2}, // its key counts before its phases
		{plan.Stage{Key: "code", Phases: []plan.Phase{"build", "idea"}}, 1},
		{plan.Stage{Key: "plan", Phases: []plan.Phase{"design"}}, 0},
		{plan.Stage{Key: "sale", Phases: []plan.Phase{"release"}}, -1},
		{plan.Stage{Key: "code"}, -1}, // from before phases
	} {
		if got := l.Covering(&tc.other); got != tc.want {
			t.Errorf("stage %s: covered by %d, want %d", tc.other.Key, got, tc.want)
		}
	}
}

// A module can have a seat sign that sits at the gate already: then the number of
// signatures is not less than that of those without which the gate does not pass.
func TestQuorumCoversTheMandatory(t *testing.T) {
	g := plan.Gate{Quorums: [3]int{1, 1, 1}, Seats: []plan.GateSeat{
		{Seat: "sre", Mandatory: true}, {Seat: "qa"}, {Seat: "qa", Mandatory: true, From: "edge"},
	}}
	want := plan.Policy{Quorum: 2, Seats: []plan.Seat{"sre", "qa"}, Mandatory: []plan.Seat{"sre", "qa"}}
	if got := g.Policy(1, nil); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// What a gate asks depends on the tier and on the profile.
func TestPolicyByTier(t *testing.T) {
	g := plan.Gate{Quorums: [3]int{3, 2, 1}, Seats: []plan.GateSeat{
		{Seat: "sre", MandatoryAt: []plan.Tier{1, 2}}, {Seat: "security", MandatoryAt: []plan.Tier{1}, Tiers: []plan.Tier{1, 2}}, {Seat: "product"},
		{Seat: "compliance", Mandatory: true, When: []plan.Flag{"law"}},
	}}
	for _, tc := range []struct {
		tier    plan.Tier
		profile plan.Profile
		want    plan.Policy
	}{
		{1, nil, plan.Policy{Quorum: 3, Seats: []plan.Seat{"sre", "security", "product"}, Mandatory: []plan.Seat{"sre", "security"}}},
		{2, nil, plan.Policy{Quorum: 2, Seats: []plan.Seat{"sre", "security", "product"}, Mandatory: []plan.Seat{"sre"}}},
		{3, nil, plan.Policy{Quorum: 1, Seats: []plan.Seat{"sre", "product"}}},
		{3, plan.Profile{"law"}, plan.Policy{Quorum: 2, Seats: []plan.Seat{"sre", "product", "compliance"}, Mandatory: []plan.Seat{"compliance"}}},
	} {
		if got := g.Policy(tc.tier, tc.profile); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("tier %d, %v: %+v, want %+v", tc.tier, tc.profile, got, tc.want)
		}
	}
}
