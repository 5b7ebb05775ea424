package plan

import "slices"

// Origination is what kind of thing is to be made ready.
type Origination string

const (
	NewProduct   Origination = "new-product"
	Migration    Origination = "legacy-migration"
	Growth       Origination = "growth" // analytics or a model that is to serve
	InternalTool Origination = "internal-tool"
)

// Originations lists every kind of project.
func Originations() []Origination {
	return []Origination{NewProduct, Migration, Growth, InternalTool}
}

// Label is what pages call it.
func (o Origination) Label() string {
	switch o {
	case NewProduct:
		return "New product"
	case Migration:
		return "Migration of an older system"
	case Growth:
		return "Analytics or machine learning that grows into a service"
	case InternalTool:
		return "Small internal tool"
	}
	return string(o)
}

// Reach is how many people use a project, from nobody outside the team to all whom
// it is meant for.
type Reach int

const (
	ReachTeam Reach = iota
	ReachFew
	ReachMany
	ReachAll
)

// Situation is what a plan is proposed for.
type Situation struct {
	Kind  Origination
	Reach Reach
	Yes   []Flag // questions answered with yes; what is not answered proposes nothing
}

// Proposal is what would suit a project, and why.
type Proposal struct {
	Tier    Tier
	TierWhy string
	Modules []ProposedModule
	Start   StageKey
	Why     string // to start there
}

// ProposedModule is one, and the answers that speak for it.
type ProposedModule struct {
	Module  *Module
	Because []string // labels of questions
}

// Propose says what would suit a project of a lifecycle, out of the modules that
// there are. It decides nothing.
func Propose(l *Lifecycle, modules []*Module, s Situation) Proposal {
	var p Proposal
	var law string
	for _, m := range modules {
		because := Because(l, m, s.Yes)
		if len(because) == 0 {
			continue
		}
		p.Modules = append(p.Modules, ProposedModule{m, because})
		if law == "" && m.binds() {
			law = m.Name
		}
	}
	p.Tier, p.TierWhy = proposeTier(s, law)
	p.Start, p.Why = proposeStart(l, s.Kind)
	return p
}

// binds reports whether the module has somebody sign at every tier, as those for laws
// and standards do.
func (m *Module) binds() bool {
	return slices.ContainsFunc(m.Seats, func(s ModuleSeat) bool { return s.MustSign(TierStarter) })
}

// Because are the questions, by their labels, whose answer of yes proposes a module.
func Because(l *Lifecycle, m *Module, yes []Flag) []string {
	var because []string
	for _, q := range slices.Concat(l.Flags, m.Flags) {
		if slices.Contains(m.ProposedWhen, q.Key) && slices.Contains(yes, q.Key) && !slices.Contains(because, q.Label) {
			because = append(because, q.Label)
		}
	}
	return because
}

// proposeTier goes by who would notice a failure; law is a proposed module that binds
// at every tier, empty when there is none.
func proposeTier(s Situation, law string) (Tier, string) {
	switch wide := s.Reach >= ReachMany; {
	case wide && law != "":
		return TierCritical, "Many people use it, and " + law + " applies."
	case wide && s.Kind == Migration:
		return TierCritical, "Many people depend already on what it replaces."
	case law != "":
		return TierStandard, "Few people use it, but " + law + " applies."
	case s.Kind == Migration:
		return TierStandard, "It takes over from something that people depend on."
	case s.Kind == InternalTool:
		return TierStarter, "Work goes on without a small internal tool for a while."
	case wide:
		return TierStandard, "Many people would notice a failure."
	}
	return TierStarter, "Few people would notice a failure yet."
}

// proposeStart finds the stage that covers where such a project mostly stands.
func proposeStart(l *Lifecycle, kind Origination) (StageKey, string) {
	phase, why := Phase("idea"), "Everything is still open."
	switch kind {
	case Migration:
		phase, why = "design", "What it is for is known from the older system; how it is to be built is not."
	case Growth:
		phase, why = "validation", "There is something that works; whether it is worth a service has to be shown."
	case InternalTool:
		why = "It is small enough to go through in order."
	}
	for i := range l.Stages {
		if slices.Contains(l.Stages[i].Phases, phase) {
			return l.Stages[i].Key, why
		}
	}
	return l.Stages[0].Key, "It is the first stage."
}
