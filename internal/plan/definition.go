package plan

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/record"
)

// Definition is one published version of what ready means beside the items: what a
// safe deployment and an incident are, how long recovery may take, which risks may be
// accepted, and what services have to reach. Projects pin a version.
type Definition struct {
	Kind       Kind     `json:"kind"` // definition
	Key        string   `json:"key"`
	Version    int      `json:"version"`
	Name       string   `json:"name"`
	Summary    string   `json:"summary"`
	Deployment string   `json:"safe_deployment"` // what is one
	Incident   string   `json:"incident"`        // what is one
	Tiers      [3]Terms `json:"tiers"`           // for tiers 1, 2 and 3

	published []byte // as read by [ParseDocument]; nil for one that was not published yet
}

// Terms are what a definition asks of the projects of a tier.
type Terms struct {
	Recovery   string `json:"recovery"`   // how long it may take
	Tolerated  int    `json:"tolerated"`  // the highest score of a risk that may be accepted
	Objectives []Goal `json:"objectives"` // what a service has to reach at least
}

// Goal is an objective that a definition names.
type Goal struct {
	Indicator string `json:"indicator"`
	Objective string `json:"objective"`
	Window    string `json:"window"`
}

// Bounds on definitions.
const (
	MaxGoals = 20 // of a tier
)

// At are the terms for the projects of a tier.
func (d *Definition) At(t Tier) *Terms {
	if !t.Valid() {
		return &Terms{}
	}
	return &d.Tiers[t-1]
}

// Words is a goal in a line: "Availability: 99.9 % over 28 days".
func (g Goal) Words() string { return g.Indicator + ": " + g.Objective + " over " + g.Window }

func (c *checker) definition(d *Definition) {
	c.name(d.Key, d.Version, d.Name, d.Summary)
	c.wanted("safe deployment", d.Deployment)
	c.wanted("incident", d.Incident)
	defer func() { c.where = "" }()
	for i := range d.Tiers {
		t := &d.Tiers[i]
		c.where = fmt.Sprintf("tier %d", i+1)
		c.line("recovery", t.Recovery, MaxTitle)
		if t.Tolerated < 1 || t.Tolerated > record.WorstRisk {
			c.addf("tolerated risk: is %d; it has to lie between 1 and %d", t.Tolerated, record.WorstRisk)
		}
		if i > 0 && t.Tolerated < d.Tiers[i-1].Tolerated {
			c.addf("tolerated risk: is %d, and %d at tier %d; a less critical tier tolerates no less", t.Tolerated, d.Tiers[i-1].Tolerated, i)
		}
		if n := len(t.Objectives); n == 0 || n > MaxGoals {
			c.addf("objectives: there are %d; 1 to %d are possible", n, MaxGoals)
		}
		seen := map[string]bool{}
		for j, g := range t.Objectives {
			c.line(fmt.Sprintf("indicator of objective %d", j+1), g.Indicator, MaxName)
			c.line(fmt.Sprintf("objective %d", j+1), g.Objective, MaxName)
			c.line(fmt.Sprintf("window of objective %d", j+1), g.Window, MaxName)
			if low := strings.ToLower(g.Indicator); low != "" && seen[low] {
				c.addf("objectives: %q is there twice", g.Indicator)
			} else {
				seen[low] = true
			}
		}
	}
}

// wanted checks a text that has to be there and may have several lines.
func (c *checker) wanted(field, s string) {
	if strings.TrimSpace(s) == "" {
		c.addf("%s: is missing", field)
		return
	}
	c.explained(field, s)
}

// NewDefinition is the draft of a definition to begin with.
func NewDefinition(key, name string) Document {
	return Document{Definition: &Definition{Kind: KindDefinition, Key: key, Name: name}}
}

// GoalLines are goals as they are typed, one a line.
func GoalLines(goals []Goal) string {
	lines := make([]string, len(goals))
	for i, g := range goals {
		lines[i] = g.Indicator + " | " + g.Objective + " | " + g.Window
	}
	return strings.Join(lines, "\n")
}

// ParseGoals reads them. The error says which line is none.
func ParseGoals(text string) ([]Goal, error) {
	var out []Goal
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		parts := strings.Split(line, "|")
		if len(parts) != 3 {
			return nil, fmt.Errorf("has %d parts in line %d; an indicator, an objective and a window are wanted, with “|” between them", len(parts), i+1)
		}
		for j := range parts {
			if parts[j] = strings.TrimSpace(parts[j]); utf8.RuneCountInString(parts[j]) > MaxName {
				return nil, fmt.Errorf("has a part in line %d that is longer than %d characters", i+1, MaxName)
			}
		}
		if len(out) == MaxGoals {
			return nil, fmt.Errorf("has more than %d lines", MaxGoals)
		}
		out = append(out, Goal{parts[0], parts[1], parts[2]})
	}
	return out, nil
}

// TermChange is something that differs between two versions of a definition.
type TermChange struct{ What, Old, New string }

// CompareDefinitions lists what a version of a definition says differently from
// another one; all that it says where there is none.
func CompareDefinitions(old, now *Definition) []TermChange {
	if old == nil {
		old = &Definition{}
	}
	var out []TermChange
	note := func(what, from, to string) {
		if from != to {
			out = append(out, TermChange{what, from, to})
		}
	}
	note("Name", old.Name, now.Name)
	note("Summary", old.Summary, now.Summary)
	note("A safe deployment", old.Deployment, now.Deployment)
	note("An incident", old.Incident, now.Incident)
	for i := range now.Tiers {
		was, is := &old.Tiers[i], &now.Tiers[i]
		tier := fmt.Sprintf(", tier %d", i+1)
		note("Recovery"+tier, was.Recovery, is.Recovery)
		note("Tolerated risk"+tier, number(was.Tolerated), number(is.Tolerated))
		note("Objectives"+tier, GoalLines(was.Objectives), GoalLines(is.Objectives))
	}
	return out
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (d *Definition) bytes() ([]byte, error) {
	if d.published != nil {
		return d.published, nil
	}
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encoding definition %s: %w", d.Key, err)
	}
	return b, nil
}
