package own

import "github.com/slipway-prr/slipway/internal/plan"

// Of is a document as a file says it.
func Of(d plan.Document) *File {
	if m := d.Module; m != nil {
		return &File{
			Head: Head{plan.KindModule, m.Key, m.Version, m.Name, m.Summary, Words(m.Adds)}, Notice: m.Notice,
			ProposedWhen: m.ProposedWhen, Flags: Convert(m.Flags, flagOf),
			Seats:  Convert(m.Seats, func(s plan.ModuleSeat) ModuleSeat { return ModuleSeat{s.Phase, seatOf(s.GateSeat)} }),
			Notify: Convert(m.Notify, func(d plan.Duty) Duty { return Duty(d) }),
			Items:  Convert(m.Items, func(it plan.ModuleItem) ModuleItem { return ModuleItem{it.Phase, itemOf(it.Item)} }),
		}
	}
	if p := d.Policy; p != nil {
		return &File{
			Head: Head{Kind: plan.KindPolicy, Key: p.Key, Version: p.Version, Name: p.Name, Summary: p.Summary},
			Policy: Policy{
				p.Issuer, p.Reference, p.Source, p.ReviewBy, Convert(p.Requirements, func(q plan.Requirement) Requirement { return Requirement(q) }),
			},
		}
	}
	if def := d.Definition; def != nil {
		file := &File{
			Head:       Head{Kind: plan.KindDefinition, Key: def.Key, Version: def.Version, Name: def.Name, Summary: def.Summary},
			Definition: Definition{Deployment: def.Deployment, Incident: def.Incident},
		}
		for _, t := range def.Tiers {
			file.Definition.Tiers = append(file.Definition.Tiers, Terms{t.Recovery, t.Tolerated, Convert(t.Objectives, func(g plan.Goal) Goal { return Goal(g) })})
		}
		return file
	}
	l := d.Lifecycle
	return &File{
		Head: Head{plan.KindLifecycle, l.Key, l.Version, l.Name, l.Summary, Words(l.Adds)}, Order: l.Order, SoD: &l.SoD, Keeps: l.Keeps,
		Flags: Convert(l.Flags, flagOf), Stages: Convert(l.Stages, stageOf),
	}
}

func flagOf(q plan.Question) Flag { return Flag{q.Key, q.Group, q.Label} }

func stageOf(s plan.Stage) Stage {
	out := Stage{
		Key: s.Key, Name: s.Name, Phases: s.Phases, Purpose: s.Purpose, Items: Convert(s.Items, itemOf),
		Gate: Gate{Name: s.Gate.Name, Exit: s.Gate.Exit, Seats: Convert(s.Gate.Seats, seatOf), RepeatsDays: s.Gate.RepeatsDays, Records: s.Gate.Records, Policies: s.Gate.Policies, FromExposure: s.Gate.From, Environments: s.Gate.Environments},
	}
	quorums := [3]int{s.Gate.QuorumAt(1), s.Gate.QuorumAt(2), s.Gate.QuorumAt(3)}
	if quorums != [3]int{} {
		out.Gate.Quorum = quorums[:]
	}
	return out
}

func seatOf(s plan.GateSeat) Seat {
	out := Seat{s.Seat, s.MandatoryAt, s.Tiers, s.When}
	if s.Mandatory { // of versions from before tiers
		out.Mandatory = []plan.Tier{1, 2, 3}
	}
	return out
}

func itemOf(it plan.Item) Item {
	return Item{
		Key: it.Key, Title: it.Title, Guidance: it.Guidance, Why: it.Why, Done: it.Done, Show: it.Show,
		Level: it.Levels[0], Tier2: it.Levels[1], Tier3: it.Levels[2], Evidence: it.Evidence, Seats: it.Seats, When: it.When, Environments: it.Environments,
		ValidDays: it.ValidDays, Core: it.Core, Quality: it.Quality, Sources: it.Sources, Was: it.Was, SameAs: it.SameAs, Links: Convert(it.Links, linkOf),
		Choices: Convert(it.Choices, func(c plan.Choice) Choice {
			return Choice{c.Key, c.Title, c.Help, c.Do, Convert(c.Links, linkOf)}
		}),
		Rules: Convert(it.Rules, func(r plan.Rule) Rule { return Rule{r.When, r.Risk} }),
	}
}

func linkOf(l plan.Link) Link { return Link{l.Title, l.URL} }
