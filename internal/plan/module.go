package plan

import "slices"

// Module is one published version of items that join the stages of whatever
// lifecycle a project follows, of seats that join its gates, and of questions
// about the project.
type Module struct {
	Kind         Kind         `json:"kind"` // module
	Key          string       `json:"key"`
	Version      int          `json:"version"`
	Name         string       `json:"name"`
	Summary      string       `json:"summary"`
	Notice       string       `json:"notice,omitempty"`        // of what it does not do, such as legal advice
	ProposedWhen []Flag       `json:"proposed_when,omitempty"` // answers by which it is proposed: any of these
	Flags        []Question   `json:"flags,omitempty"`         // that lifecycles do not ask
	Adds         Words        `json:"adds,omitzero"`
	Seats        []ModuleSeat `json:"seats,omitempty"`
	Notify       []Duty       `json:"notify,omitempty"` // whom to tell of an incident, and by when
	Items        []ModuleItem `json:"items"`            // their keys start with the module's

	published []byte // as read by [ParseDocument]; nil for one that was not published yet
}

// ModuleSeat is a seat that joins the gate of the stage that covers a phase.
type ModuleSeat struct {
	Phase Phase `json:"phase"`
	GateSeat
}

// ModuleItem is an item that joins the stage that covers a phase.
type ModuleItem struct {
	Phase Phase `json:"phase"`
	Item
}

// Asks reports whether the module asks about f itself.
func (m *Module) Asks(f Flag) bool { return hasQuestion(m.Flags, f) }

// Draft is a copy to be changed and published anew.
func (m *Module) Draft() *Module {
	d := *m
	d.Items, d.Notify, d.published = slices.Clone(m.Items), slices.Clone(m.Notify), nil
	return &d
}

// ByPhase are the module's items and seats as stages, one for each phase that it
// adds to: for reading it without a lifecycle, and for [Compare].
func (m *Module) ByPhase() []Stage {
	var out []Stage
	for _, p := range Phases() {
		s := Stage{Key: StageKey(p), Name: p.Label(), Phases: []Phase{p}}
		for i := range m.Items {
			if m.Items[i].Phase == p {
				s.Items = append(s.Items, m.Items[i].Item)
			}
		}
		for i := range m.Seats {
			if m.Seats[i].Phase == p {
				s.Gate.Seats = append(s.Gate.Seats, m.Seats[i].GateSeat)
			}
		}
		if len(s.Items)+len(s.Gate.Seats) > 0 {
			out = append(out, s)
		}
	}
	return out
}
