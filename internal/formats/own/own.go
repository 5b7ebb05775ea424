// Package own has the shapes of our own YAML, and makes documents of them and
// them of documents. The form is read in one file, as people import and export it,
// and in the folders of the built-in documents, whose parts are the same.
package own

import (
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// The shapes are kept apart from the domain's types so that neither the file form
// nor the stored form ties the other down.

// Head is what every document begins with.
type Head struct {
	Kind    plan.Kind `yaml:"kind"`
	Key     string    `yaml:"key"`
	Version int       `yaml:"version"`
	Name    string    `yaml:"name"`
	Summary string    `yaml:"summary,omitempty"`
	Adds    Words     `yaml:"adds,omitempty"`
}

// Words are the seats, kinds of evidence and kinds of environment that a document adds.
type Words struct {
	Seats        []plan.Seat            `yaml:"seats,flow,omitempty"`
	Evidence     []plan.EvidenceKind    `yaml:"evidence,flow,omitempty"`
	Environments []plan.EnvironmentKind `yaml:"environments,flow,omitempty"`
}

// File is a whole document.
type File struct {
	Head         `yaml:",inline"`
	Notice       string       `yaml:"notice,omitempty"`
	Order        plan.Order   `yaml:"order,omitempty"`
	SoD          *bool        `yaml:"separation_of_duties,omitempty"` // a pointer: leaving it out must not switch it off
	Keeps        []record.Key `yaml:"keeps,flow,omitempty"`           // kinds of records, of a lifecycle
	ProposedWhen []plan.Flag  `yaml:"proposed_when,flow,omitempty"`
	Flags        []Flag       `yaml:"flags,omitempty"`
	Stages       []Stage      `yaml:"stages,omitempty"` // of a lifecycle
	Seats        []ModuleSeat `yaml:"seats,omitempty"`  // of a module, and what follows
	Notify       []Duty       `yaml:"notify,omitempty"`
	Items        []ModuleItem `yaml:"items,omitempty"`
	Policy       Policy       `yaml:",inline"`
	Definition   Definition   `yaml:",inline"`
}

// Duty is to tell somebody of an incident in time.
type Duty struct {
	Authority string      `yaml:"authority"`
	What      string      `yaml:"what"`
	Hours     int         `yaml:"hours"`
	When      []plan.Flag `yaml:"when,flow,omitempty"`
}

// Definition is what a readiness definition says beside its head.
type Definition struct {
	Deployment string  `yaml:"safe_deployment,omitempty"`
	Incident   string  `yaml:"incident,omitempty"`
	Tiers      []Terms `yaml:"tiers,omitempty"` // of tiers 1, 2 and 3
}

// Terms are those of a tier.
type Terms struct {
	Recovery   string `yaml:"recovery"`
	Tolerated  int    `yaml:"tolerated"`
	Objectives []Goal `yaml:"objectives,omitempty"`
}

// Goal is an objective of a tier.
type Goal struct {
	Indicator string `yaml:"indicator"`
	Objective string `yaml:"objective"`
	Window    string `yaml:"window"`
}

// Policy is what a policy says beside its head.
type Policy struct {
	Issuer       string        `yaml:"issuer,omitempty"`
	Reference    string        `yaml:"reference,omitempty"`
	Source       string        `yaml:"source,omitempty"`
	ReviewBy     string        `yaml:"review_by,omitempty"`
	Requirements []Requirement `yaml:"requirements,omitempty"`
}

// Requirement is one of a policy.
type Requirement struct {
	Key   plan.RequirementKey `yaml:"key"`
	Level plan.Level          `yaml:"level"`
	Text  string              `yaml:"text"`
	Items []plan.ItemKey      `yaml:"items,flow,omitempty"`
}

// Flag is a question of the profile.
type Flag struct {
	Key   plan.Flag `yaml:"key"`
	Group string    `yaml:"group"`
	Label string    `yaml:"label"`
}

// Stage is one of a lifecycle.
type Stage struct {
	Key     plan.StageKey `yaml:"key"`
	Name    string        `yaml:"name"`
	Phases  []plan.Phase  `yaml:"phases,flow,omitempty"`
	Purpose string        `yaml:"purpose,omitempty"`
	Gate    Gate          `yaml:"gate"`
	Items   []Item        `yaml:"items,omitempty"`
}

// Gate is that of a stage.
type Gate struct {
	Name         string                 `yaml:"name,omitempty"`
	Exit         string                 `yaml:"exit,omitempty"`
	Quorum       []int                  `yaml:"quorum,flow,omitempty"` // for tiers 1, 2 and 3
	Seats        []Seat                 `yaml:"seats,omitempty"`
	RepeatsDays  int                    `yaml:"repeats_days,omitempty"`
	Records      []record.Key           `yaml:"records,flow,omitempty"`      // of which kinds the project has to keep one
	Policies     []string               `yaml:"policies,flow,omitempty"`     // keys of those that the project has to have attached
	FromExposure plan.Exposure          `yaml:"from_exposure,omitempty"`     // from which on it is needed; empty: always
	Environments []plan.EnvironmentKind `yaml:"environments,flow,omitempty"` // kinds on which it decides
}

// Seat is one at a gate.
type Seat struct {
	Seat      plan.Seat   `yaml:"seat"`
	Mandatory []plan.Tier `yaml:"mandatory,flow,omitempty"`
	Tiers     []plan.Tier `yaml:"tiers,flow,omitempty"`
	When      []plan.Flag `yaml:"when,flow,omitempty"`
}

// ModuleSeat is a seat that a module brings to the gates of a phase.
type ModuleSeat struct {
	Phase plan.Phase `yaml:"phase"`
	Seat  Seat       `yaml:",inline"`
}

// ModuleItem is an item that a module brings to a phase.
type ModuleItem struct {
	Phase plan.Phase `yaml:"phase"`
	Item  Item       `yaml:",inline"`
}

// Item is one thing that has to be true, or a question with choices.
type Item struct {
	Key          plan.ItemKey           `yaml:"key"`
	Title        string                 `yaml:"title"`
	Guidance     string                 `yaml:"guidance,omitempty"`
	Why          string                 `yaml:"why,omitempty"`
	Done         string                 `yaml:"done_when,omitempty"`
	Show         string                 `yaml:"show,omitempty"`
	Level        plan.Level             `yaml:"level,omitempty"`
	Tier2        plan.Level             `yaml:"tier2,omitempty"`
	Tier3        plan.Level             `yaml:"tier3,omitempty"`
	Evidence     []plan.EvidenceKind    `yaml:"evidence,flow,omitempty"`
	Seats        []plan.Seat            `yaml:"seats,flow,omitempty"`
	When         []plan.Flag            `yaml:"when,flow,omitempty"`
	Environments []plan.EnvironmentKind `yaml:"environments,flow,omitempty"` // kinds for each of which it is answered
	ValidDays    int                    `yaml:"valid_days,omitempty"`
	Core         bool                   `yaml:"core,omitempty"`
	Quality      []string               `yaml:"quality,flow,omitempty"`
	Sources      []string               `yaml:"sources,flow,omitempty"`
	Was          []plan.ItemKey         `yaml:"was,flow,omitempty"`
	SameAs       []string               `yaml:"same_as,omitempty"`
	Choices      []Choice               `yaml:"choices,omitempty"`
	Rules        []Rule                 `yaml:"rules,omitempty"`
	Links        []Link                 `yaml:"links,omitempty"`
}

// Choice is one of a question.
type Choice struct {
	Key   plan.ChoiceKey `yaml:"key"`
	Title string         `yaml:"title"`
	Help  string         `yaml:"help,omitempty"`
	Do    string         `yaml:"improve,omitempty"`
	Links []Link         `yaml:"links,omitempty"`
}

// Rule says what choices come to.
type Rule struct {
	When string    `yaml:"when"`
	Risk plan.Risk `yaml:"risk"`
}

// Link leads to a page about an item or a choice.
type Link struct {
	Title string `yaml:"title,omitempty"`
	URL   string `yaml:"url"`
}

// Document is what the file says, unchecked. One that says nothing of separation of
// duties has it.
func (f *File) Document() plan.Document {
	if f.Kind == plan.KindModule {
		m := &plan.Module{
			Kind: f.Kind, Key: f.Key, Version: f.Version, Name: f.Name, Summary: text(f.Summary), Notice: text(f.Notice),
			ProposedWhen: f.ProposedWhen, Flags: Convert(f.Flags, Flag.question), Adds: plan.Words(f.Adds),
		}
		m.Seats = Convert(f.Seats, func(s ModuleSeat) plan.ModuleSeat { return plan.ModuleSeat{Phase: s.Phase, GateSeat: s.Seat.seat()} })
		m.Notify = Convert(f.Notify, func(d Duty) plan.Duty {
			return plan.Duty{Authority: d.Authority, What: text(d.What), Hours: d.Hours, When: d.When}
		})
		m.Items = Convert(f.Items, func(it ModuleItem) plan.ModuleItem { return plan.ModuleItem{Phase: it.Phase, Item: it.Item.Item()} })
		return plan.Document{Module: m}
	}
	if f.Kind == plan.KindPolicy {
		p := f.Policy
		return plan.Document{Policy: &plan.PolicyDocument{
			Kind: f.Kind, Key: f.Key, Version: f.Version, Name: f.Name, Summary: text(f.Summary), Issuer: p.Issuer, Reference: p.Reference,
			Source: p.Source, ReviewBy: p.ReviewBy,
			Requirements: Convert(p.Requirements, func(q Requirement) plan.Requirement {
				return plan.Requirement{Key: q.Key, Level: q.Level, Text: text(q.Text), Items: q.Items}
			}),
		}}
	}
	if f.Kind == plan.KindDefinition {
		d := &plan.Definition{
			Kind: f.Kind, Key: f.Key, Version: f.Version, Name: f.Name, Summary: text(f.Summary), Deployment: text(f.Definition.Deployment),
			Incident: text(f.Definition.Incident),
		}
		for i, t := range f.Definition.Tiers[:min(len(f.Definition.Tiers), len(d.Tiers))] {
			d.Tiers[i] = plan.Terms{
				Recovery: text(t.Recovery), Tolerated: t.Tolerated,
				Objectives: Convert(t.Objectives, func(g Goal) plan.Goal {
					return plan.Goal{Indicator: text(g.Indicator), Objective: text(g.Objective), Window: text(g.Window)}
				}),
			}
		}
		return plan.Document{Definition: d}
	}
	l := &plan.Lifecycle{
		Kind: f.Kind, Key: f.Key, Version: f.Version, Name: f.Name, Summary: text(f.Summary), Order: f.Order,
		SoD: f.SoD == nil || *f.SoD, Keeps: f.Keeps, Flags: Convert(f.Flags, Flag.question), Adds: plan.Words(f.Adds),
		Stages: Convert(f.Stages, Stage.stage),
	}
	return plan.Document{Lifecycle: l}
}

func (f Flag) question() plan.Question {
	return plan.Question{Key: f.Key, Group: f.Group, Label: f.Label}
}

func (s Stage) stage() plan.Stage {
	out := plan.Stage{
		Key: s.Key, Name: s.Name, Phases: s.Phases, Purpose: text(s.Purpose), Items: Convert(s.Items, Item.Item),
		Gate: plan.Gate{Name: s.Gate.Name, Exit: text(s.Gate.Exit), Seats: Convert(s.Gate.Seats, Seat.seat), RepeatsDays: s.Gate.RepeatsDays, Records: s.Gate.Records, Policies: s.Gate.Policies, From: s.Gate.FromExposure, Environments: s.Gate.Environments},
	}
	copy(out.Gate.Quorums[:], s.Gate.Quorum)
	return out
}

func (s Seat) seat() plan.GateSeat {
	return plan.GateSeat{Seat: s.Seat, MandatoryAt: s.Mandatory, Tiers: s.Tiers, When: s.When}
}

// Item is what the file says of it.
func (it Item) Item() plan.Item {
	return plan.Item{
		Key: it.Key, Title: it.Title, Guidance: text(it.Guidance), Why: text(it.Why), Done: text(it.Done), Show: text(it.Show),
		Levels: [3]plan.Level{it.Level, it.Tier2, it.Tier3}, Evidence: it.Evidence, Seats: it.Seats, When: it.When, Environments: it.Environments, ValidDays: it.ValidDays,
		Core: it.Core, Quality: it.Quality, Sources: it.Sources, Was: it.Was, SameAs: it.SameAs, Links: Convert(it.Links, Link.link),
		Choices: Convert(it.Choices, func(c Choice) plan.Choice {
			return plan.Choice{Key: c.Key, Title: c.Title, Help: text(c.Help), Do: text(c.Do), Links: Convert(c.Links, Link.link)}
		}),
		Rules: Convert(it.Rules, func(r Rule) plan.Rule { return plan.Rule{When: text(r.When), Risk: r.Risk} }),
	}
}

func (l Link) link() plan.Link { return plan.Link{Title: l.Title, URL: l.URL} }

// text is without the line break that YAML's folded form ends with.
func text(s string) string { return strings.TrimSpace(s) }

// Convert makes a list of another. It keeps nil what is nil, so that what is left out stays so.
func Convert[A, B any](list []A, f func(A) B) []B {
	if list == nil {
		return nil
	}
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}
