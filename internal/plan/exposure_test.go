package plan_test

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// A gate is needed from an exposure on, and always where none is named; nothing is
// left out for what is no exposure.
func TestFromWhichExposureAGateIsNeeded(t *testing.T) {
	for from, want := range map[plan.Exposure]string{
		"": "sandbox pilot limited general", plan.ExposurePilot: "pilot limited general", plan.ExposureLimited: "limited general", plan.ExposureGeneral: "general",
	} {
		g := plan.Gate{From: from}
		var at []string
		for _, e := range plan.Exposures() {
			if g.NeededAt(e) {
				at = append(at, string(e))
			}
		}
		if got := strings.Join(at, " "); got != want || !g.NeededAt("") {
			t.Errorf("from %q on it is needed at %q, want %q", from, got, want)
		}
	}
	s := base().Stages[0]
	s.Gate.From = plan.ExposureLimited
	for e, want := range map[plan.Exposure]plan.Level{plan.ExposurePilot: plan.LevelNone, plan.ExposureLimited: plan.LevelMust} {
		if got := s.WeightFor(&s.Items[0], e, plan.TierCritical, nil); got != want {
			t.Errorf("at %s the item weighs %q, want %q", e, got, want)
		}
	}
}

// Where a module adds something that binds at every tier, the gate is needed at every
// exposure; other modules and the lifecycle itself leave that as it is.
func TestALawKnowsNoPilots(t *testing.T) {
	l := base()
	l.Stages[0].Gate.From = plan.ExposureGeneral
	light := privacy()
	light.Seats = light.Seats[1:] // which has to sign at tier 1 only
	for _, tc := range []struct {
		module *plan.Module
		want   plan.Exposure
	}{{privacy(), ""}, {light, plan.ExposureGeneral}} {
		p, err := plan.Compose(plan.Origin{Lifecycle: ref("way")}.With(ref("privacy")), l, []*plan.Module{tc.module})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Stages[0].Gate.From; got != tc.want || l.Stages[0].Gate.From != plan.ExposureGeneral {
			t.Errorf("needed from %q on, want %q; the lifecycle says %q", got, tc.want, l.Stages[0].Gate.From)
		}
		held := p.Held(plan.ExposurePilot)
		if binds := tc.want == ""; len(held) > 0 != binds || binds && (held[0].Stage.Key != "make" || len(held[0].By) != 1 || held[0].By[0] != tc.module) {
			t.Errorf("held for a pilot: %+v", held)
		}
		if held := p.Held(plan.ExposureGeneral); len(held) > 0 {
			t.Errorf("held for everybody, who need it anyway: %+v", held)
		}
	}
}

func TestWrongExposures(t *testing.T) {
	for from, wrong := range map[plan.Exposure]bool{"": false, plan.ExposurePilot: false, plan.ExposureGeneral: false, plan.ExposureSandbox: true, "world": true} {
		l := base()
		l.Stages[0].Gate.From = from
		if got := finds(l, "from_exposure: "); got != wrong {
			t.Errorf("%q is wrong: %t, want %t", from, got, wrong)
		}
	}
	l := base()
	l.Stages[1].Gate.From = plan.ExposurePilot
	if !finds(l, "the last gate says whether the service is live") {
		t.Error("the last gate can be left out")
	}
}

func finds(l *plan.Lifecycle, words string) bool {
	for _, p := range plan.Wrong(plan.Check(plan.Document{Lifecycle: l}, nil)) {
		if strings.Contains(p.String(), words) {
			return true
		}
	}
	return false
}

// A version that needs a gate from another exposure on differs.
func TestComparingExposures(t *testing.T) {
	a, b := base(), base()
	b.Stages[0].Gate.From = plan.ExposureLimited
	if d := plan.Compare(a, b); len(d.Stages) != 1 || d.Stages[0].New.Key != "make" || len(d.Items) != 0 {
		t.Errorf("%+v", d)
	}
}
