package plan

import "slices"

// Exposure says who the running thing is open to.
type Exposure string

const (
	ExposureSandbox Exposure = "sandbox"
	ExposurePilot   Exposure = "pilot"
	ExposureLimited Exposure = "limited"
	ExposureGeneral Exposure = "general"
)

// Exposures lists every exposure from narrow to wide.
func Exposures() []Exposure {
	return []Exposure{ExposureSandbox, ExposurePilot, ExposureLimited, ExposureGeneral}
}

// Valid reports whether e is a known exposure.
func (e Exposure) Valid() bool { return slices.Contains(Exposures(), e) }

// Words are what a sentence calls it: for a pilot, for limited exposure.
func (e Exposure) Words() string {
	switch e {
	case ExposureSandbox, ExposurePilot:
		return "a " + string(e)
	}
	return string(e) + " exposure"
}

// Reach is how many people use what has such an exposure.
func (e Exposure) Reach() Reach { return Reach(slices.Index(Exposures(), e)) }

// NeededAt reports whether projects of an exposure pass the gate. Its stage is
// passed over otherwise. What is no exposure needs every gate.
func (d *Gate) NeededAt(e Exposure) bool {
	return d.From == "" || !e.Valid() || e.Reach() >= d.From.Reach()
}

// Scales reports whether any gate of the lifecycle depends on the exposure.
func (t *Lifecycle) Scales() bool {
	return slices.ContainsFunc(t.Stages, func(s Stage) bool { return s.Gate.From != "" })
}

// Held is a gate of which modules make sure that it is needed at every exposure.
type Held struct {
	Stage *Stage
	By    []*Module
}

// Held are the gates that an exposure would not need, were it not for the modules of
// the plan.
func (p *Plan) Held(e Exposure) []Held {
	var out []Held
	for i := range p.Base.Stages {
		at := p.StageIndex(p.Base.Stages[i].Key)
		if p.Base.Stages[i].Gate.NeededAt(e) || at < 0 || !p.Stages[at].Gate.NeededAt(e) {
			continue
		}
		h := Held{Stage: &p.Stages[at]}
		for _, m := range p.Modules {
			if m.binds() && h.Stage.has(m) {
				h.By = append(h.By, m)
			}
		}
		out = append(out, h)
	}
	return out
}

// has reports whether anything of the stage comes from a module.
func (d *Stage) has(m *Module) bool {
	return slices.ContainsFunc(d.Items, func(it Item) bool { return it.From == m.Key }) ||
		slices.ContainsFunc(d.Gate.Seats, func(s GateSeat) bool { return s.From == m.Key })
}

// WeightFor is the level of one of the stage's items for a project; LevelNone
// when it does not apply, or the gate is not needed.
func (d *Stage) WeightFor(it *Item, e Exposure, t Tier, p Profile) Level {
	if !d.Gate.NeededAt(e) {
		return LevelNone
	}
	return it.LevelFor(t, p)
}
