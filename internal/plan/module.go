package plan

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
	Seats        []ModuleSeat `json:"seats,omitempty"`
	Items        []ModuleItem `json:"items"` // their keys start with the module's

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
