package page

import (
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// Pace is how fast the projects of a lifecycle went through its stages.
type Pace struct {
	Days   review.Pace
	Passes []int // of how many projects each is the middle one
}

// forecast is when a project will launch at its lifecycle's pace, and how that is worked out.
type forecast struct {
	day   time.Time // zero: it cannot be told
	steps []forecastStep
}

// forecastStep is a stage whose gate has to pass before the launch.
type forecastStep struct {
	name   string
	days   int // that it took others; review.PaceUnknown where too few passed
	passes int // of how many
	gone   int // days since the project came to it; 0 for those after
}

func (v *projectView) forecast() forecast {
	p := v.project()
	if live, _ := v.Review.Live(v.Now); v.Past || v.Pace == nil || p.Status != review.StatusActive || live != review.NotLive || len(v.Pace.Days) != len(v.rollups) {
		return forecast{}
	}
	var out forecast
	gates := review.GatesOf(v.rollups)
	entered := v.Review.Reached(v.current)
	for i := range v.rollups {
		if gates[i].Passed() || i == len(v.rollups)-1 {
			continue
		}
		step := forecastStep{name: v.Review.Stages[i].Def.Name, days: v.Pace.Days[i], passes: v.Pace.Passes[i]}
		if i == v.current {
			step.gone = review.DaysSince(entered, v.Now)
		}
		out.steps = append(out.steps, step)
	}
	out.day, _ = review.Forecast(gates, v.current, entered, v.Now, v.Pace.Days)
	return out
}

// dayWords is the day of the launch; that of a project which takes longer than others did
// already is none.
func (f *forecast) dayWords(now time.Time) string {
	if !f.day.After(review.Today(now)) {
		return "any day"
	}
	return f.day.Format("2 Jan 2006")
}

// afterTarget says how much later than the target that is; empty where it is not.
func (f *forecast) afterTarget(target time.Time) string {
	if target.IsZero() || !f.day.After(target) {
		return ""
	}
	return ", " + CountOf(int(f.day.Sub(target)/(24*time.Hour)), "day") + " after the target"
}

// unknown names the stages of which nobody knows how long they take.
func (f *forecast) unknown() []string {
	var names []string
	for _, s := range f.steps {
		if s.days == review.PaceUnknown {
			names = append(names, s.name)
		}
	}
	return names
}

// took says how long a stage took others.
func (s *forecastStep) took() string {
	if s.days == review.PaceUnknown {
		return "not known yet"
	}
	return CountOf(s.days, "day")
}

// left says how much of that is to come.
func (s *forecastStep) left() string {
	switch {
	case s.days == review.PaceUnknown:
		return ""
	case s.gone > s.days:
		return "none; " + CountOf(s.gone, "day") + " so far"
	case s.gone > 0:
		return CountOf(s.days-s.gone, "day") + "; " + strconv.Itoa(s.gone) + " so far"
	}
	return CountOf(s.days, "day")
}
