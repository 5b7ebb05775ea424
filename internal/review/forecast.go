package review

import "time"

// Pace is how many days each stage of a lifecycle took, by its place: as long as in the
// middle one of the projects that passed its gate. [PaceUnknown] where too few did.
type Pace []int

// PacePasses is how many projects have to have passed a gate before its stage has a pace.
const PacePasses = 3

// PaceUnknown stands for a stage whose gate too few projects have passed.
const PaceUnknown = -1

// Forecast is the day of the launch if the stages before it take as long as they took
// others: the last gate is that of the running service, and every one before it has
// passed by then. The stage that the project is in counts from the day on which it was
// entered; none takes less than no time. ok is false when nothing is left before the
// launch, and when the pace of a stage that is left is not known.
func Forecast(gates []GateState, current int, entered, now time.Time, pace Pace) (day time.Time, ok bool) {
	if len(pace) != len(gates) {
		return time.Time{}, false
	}
	days := 0
	for i := range len(gates) - 1 {
		if gates[i].Passed() {
			continue
		}
		if pace[i] == PaceUnknown {
			return time.Time{}, false
		}
		took := pace[i]
		if i == current {
			took = max(0, took-DaysSince(entered, now))
		}
		days, ok = days+took, true
	}
	if !ok {
		return time.Time{}, false
	}
	return Today(now).AddDate(0, 0, days), true
}

// GatesOf are the states of the gates of a rollup.
func GatesOf(stages []StageRollup) []GateState {
	gates := make([]GateState, len(stages))
	for i := range stages {
		gates[i] = stages[i].Gate
	}
	return gates
}

// DaysSince is how many days ago a moment's date was, in the time zone of now.
func DaysSince(then, now time.Time) int {
	return int(Today(now).Sub(Today(then.In(now.Location()))) / (24 * time.Hour))
}
