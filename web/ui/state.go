package ui

// State is one of the few looks a status can have. It fixes a shape and a colour; the word beside it is the
// caller's, so that two domain words ("Returned", "Not met") may share a look and never share a meaning.
type State string

// The states, each with its shape.
const (
	None   State = "none"   // small dot: nothing to say yet
	Open   State = "open"   // ring: waits for an answer
	Part   State = "part"   // half disc: under way
	Met    State = "met"    // disc with a tick: met, passed, go
	Bad    State = "bad"    // octagon with a cross: not met, returned, lapsed, refused
	NA     State = "na"     // ring with a dash: not applicable, abstained
	Waived State = "waived" // diamond: passed by leave, until a date
	Wait   State = "wait"   // clock: somebody else has to act
	Warn   State = "warn"   // triangle: out of date, expiring, needs evidence
	Stop   State = "stop"   // square: ended here
	Hold   State = "hold"   // two bars: on hold
	Alarm  State = "alarm"  // bolt: something goes wrong just now
	Aged   State = "aged"   // page: nobody has looked at it in time
)

// class names the state in the stylesheet. Constants, so that rendering a cell or a row joins no strings.
// A state that is not listed renders as None.
func (s State) class() string {
	switch s {
	case Open:
		return "s-open"
	case Part:
		return "s-part"
	case Met:
		return "s-met"
	case Bad:
		return "s-bad"
	case NA:
		return "s-na"
	case Waived:
		return "s-waived"
	case Wait:
		return "s-wait"
	case Warn:
		return "s-warn"
	case Stop:
		return "s-stop"
	case Hold:
		return "s-hold"
	case Alarm:
		return "s-alarm"
	case Aged:
		return "s-aged"
	}
	return "s-none"
}

// Word is a plain word for the state, for places that have no better one: lists read it out where only its shape shows.
func (s State) Word() string {
	switch s {
	case Open:
		return "Open"
	case Part:
		return "Under way"
	case Met:
		return "Met"
	case Bad:
		return "Not met"
	case NA:
		return "Not applicable"
	case Waived:
		return "Waived"
	case Wait:
		return "Waiting"
	case Warn:
		return "Attention"
	case Stop:
		return "Stopped"
	case Hold:
		return "On hold"
	case Alarm:
		return "Going on"
	case Aged:
		return "Stale"
	}
	return "Nothing yet"
}
