package review

import "slices"

// Effort is how long a signer says that deciding took. It is kept with the
// signature, and binds to nothing.
type Effort string

const (
	EffortUnder5  Effort = "under-5"
	EffortTo15    Effort = "5-15"
	EffortTo60    Effort = "15-60"
	EffortOver60  Effort = "over-60"
	EffortNotSaid Effort = ""
)

// Efforts lists what a signer can say, the least first.
func Efforts() []Effort { return []Effort{EffortUnder5, EffortTo15, EffortTo60, EffortOver60} }

// Label is what pages call it.
func (e Effort) Label() string {
	switch e {
	case EffortUnder5:
		return "Under 5 minutes"
	case EffortTo15:
		return "5 to 15 minutes"
	case EffortTo60:
		return "15 to 60 minutes"
	case EffortOver60:
		return "Over an hour"
	}
	return ""
}

func (e Effort) valid() bool { return e == EffortNotSaid || slices.Contains(Efforts(), e) }
