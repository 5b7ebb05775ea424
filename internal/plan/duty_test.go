package plan_test

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestDutiesOfAPlan(t *testing.T) {
	p := &plan.Plan{Modules: []*plan.Module{
		{Name: "A", Notify: []plan.Duty{{Authority: "Regulator", What: "Report", Hours: 72}, {Authority: "Bank", What: "Report", Hours: 4, When: []plan.Flag{"bank"}}}},
		{Name: "B", Notify: []plan.Duty{{Authority: "Regulator", What: "Warning", Hours: 24}}},
	}}
	if got := p.Duties(nil); len(got) != 2 || got[0].Hours != 24 || got[0].Module != "B" {
		t.Errorf("%+v", got)
	}
	if got := p.Duties(plan.Profile{"bank"}); len(got) != 3 || got[0].Authority != "Bank" {
		t.Errorf("with the answer %+v", got)
	}
	if d, found := p.Duty(nil, " regulator ", 0); !found || d.Hours != 24 {
		t.Errorf("the soonest is %+v", d)
	}
	if _, found := p.Duty(nil, "Bank", 0); found {
		t.Error("what does not apply is found")
	}
}

func TestDutiesAreChecked(t *testing.T) {
	right := plan.Duty{Authority: "Regulator", What: "A breach", Hours: 72}
	for want, duties := range map[string][]plan.Duty{
		"authority: is missing": {{What: "A breach", Hours: 72}},
		"what: is missing":      {{Authority: "Regulator", Hours: 72}},
		"hours: is 0":           {{Authority: "Regulator", What: "A breach"}},
		"hours: is 9000":        {{Authority: "Regulator", What: "A breach", Hours: 9000}},
		"notify: ":              {right, right},
	} {
		m := *privacy()
		m.Notify = duties
		var all []string
		for _, p := range plan.Check(plan.Document{Module: &m}, nil) {
			all = append(all, p.Message)
		}
		if !strings.Contains(strings.Join(all, "\n"), want) {
			t.Errorf("%+v: %q, want %q", duties, all, want)
		}
	}
}
