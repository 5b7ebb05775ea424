package page

import (
	"fmt"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// StageTimes is how long decisions at one stage's gates took.
type StageTimes struct {
	Stage     string
	Decisions int
	Median    time.Duration
	Said      int
	Effort    review.Effort
}

// LifecycleTimes are those of a lifecycle, in the order of its stages.
type LifecycleTimes struct {
	Key, Name string
	Stages    []StageTimes
}

// TimesData is the page that says how long decisions take.
type TimesData struct {
	Lifecycles []LifecycleTimes
	Days       int // that are looked back
}

// Add puts a stage's times where its lifecycle has it. Stages come by lifecycle.
func (d *TimesData) Add(lifecycles []*plan.Lifecycle, key string, stage plan.StageKey, t StageTimes) {
	if n := len(d.Lifecycles); n == 0 || d.Lifecycles[n-1].Key != key {
		name := key
		for _, l := range lifecycles {
			if l.Key == key {
				name = l.Name
			}
		}
		d.Lifecycles = append(d.Lifecycles, LifecycleTimes{Key: key, Name: name})
	}
	of := &d.Lifecycles[len(d.Lifecycles)-1]
	t.Stage = string(stage)
	for _, l := range lifecycles {
		if i := l.StageIndex(stage); l.Key == key && i >= 0 {
			t.Stage = l.Stages[i].Name
		}
	}
	of.Stages = append(of.Stages, t)
}

func (t *StageTimes) effort() string {
	if t.Said == 0 {
		return "nobody said"
	}
	return t.Effort.Label() + " (" + strconv.Itoa(t.Said) + " said)"
}

// span is a length of time in the largest unit of which there is one, or two.
func span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%.1f days", d.Hours()/24)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%.1f hours", d.Hours())
	case d >= 2*time.Minute:
		return fmt.Sprintf("%.0f minutes", d.Minutes())
	}
	return "under 2 minutes"
}
