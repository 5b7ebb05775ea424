package edit

import (
	"errors"
	"net/url"
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Duties to notify are lines of text that say what was written, or are refused.
func TestDutiesAreLines(t *testing.T) {
	put := func(lines string) (*plan.Module, error) {
		m := &plan.Module{Kind: plan.KindModule, Key: "law", Version: 1, Name: "Law"}
		err := Head().Put(plan.Document{Module: m}, url.Values{"name": {"Law"}, "notify": {lines}})
		return m, err
	}
	m, err := put("72 | The regulator | A breach\n\n 24|CSIRT|  A warning | eu, bank ")
	want := []plan.Duty{{Authority: "The regulator", What: "A breach", Hours: 72}, {Authority: "CSIRT", What: "A warning", Hours: 24, When: []plan.Flag{"eu", "bank"}}}
	if err != nil || !slices.EqualFunc(m.Notify, want, func(a, b plan.Duty) bool {
		return a.Authority == b.Authority && a.What == b.What && a.Hours == b.Hours && slices.Equal(a.When, b.When)
	}) {
		t.Errorf("%+v, %v", m.Notify, err)
	}
	if got := dutyLines(m.Notify); got != "72 | The regulator | A breach\n24 | CSIRT | A warning | eu, bank" {
		t.Errorf("they are typed as %q", got)
	}
	for _, lines := range []string{"72 | The regulator", "soon | The regulator | A breach", "72 | The regulator | A breach | Per haps", "0 | A | B", numberedLines("1 | A%d | B", 21)} {
		var invalid *review.Invalid
		if _, err := put(lines); !errors.As(err, &invalid) || invalid.Fields[0].Field != "notify" {
			t.Errorf("%q: %v", lines, err)
		}
	}
}
