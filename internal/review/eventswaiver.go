package review

// Events of a project's stream that concern waivers.
type (
	// WaiverRequested asks for leave to pass without an item until a date.
	WaiverRequested struct {
		Stage   StageKey `json:"stage"`
		Item    ItemKey  `json:"item"`
		No      int      `json:"no"`
		Reason  string   `json:"reason"`
		Risk    string   `json:"risk"`
		Measure string   `json:"measure"`
		Until   string   `json:"until"` // date: the first day on which it no longer counts
	}
	// WaiverGranted puts a waiver in force.
	WaiverGranted struct {
		Stage  StageKey `json:"stage"`
		Item   ItemKey  `json:"item"`
		No     int      `json:"no"`
		Reason string   `json:"reason,omitempty"`
		For    PersonID `json:"for,omitempty"` // who holds the seat, when a stand-in decides
	}
	// WaiverDenied refuses a waiver.
	WaiverDenied struct {
		Stage  StageKey `json:"stage"`
		Item   ItemKey  `json:"item"`
		No     int      `json:"no"`
		Reason string   `json:"reason"`
		For    PersonID `json:"for,omitempty"` // who holds the seat, when a stand-in decides
	}
	// WaiverExtended moves the date until which a waiver counts.
	WaiverExtended struct {
		Stage  StageKey `json:"stage"`
		Item   ItemKey  `json:"item"`
		No     int      `json:"no"`
		From   string   `json:"from"`
		Until  string   `json:"until"`
		Reason string   `json:"reason"`
		For    PersonID `json:"for,omitempty"` // who holds the seat, when a stand-in decides
	}
	// WaiverRevoked ends a waiver before its date.
	WaiverRevoked struct {
		Stage  StageKey `json:"stage"`
		Item   ItemKey  `json:"item"`
		No     int      `json:"no"`
		Reason string   `json:"reason"`
		For    PersonID `json:"for,omitempty"` // who holds the seat, when a stand-in decides
	}
)

func (WaiverRequested) Kind() string { return "WaiverRequested" }
func (WaiverGranted) Kind() string   { return "WaiverGranted" }
func (WaiverDenied) Kind() string    { return "WaiverDenied" }
func (WaiverExtended) Kind() string  { return "WaiverExtended" }
func (WaiverRevoked) Kind() string   { return "WaiverRevoked" }
