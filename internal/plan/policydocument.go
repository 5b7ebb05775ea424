package plan

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// PolicyDocument is one published version of a policy or a standard: numbered
// requirements, each with the items that show it. Projects attach a version, and their
// gates ask that its musts hold. (A [Policy] is something else: who signs a gate.)
type PolicyDocument struct {
	Kind         Kind          `json:"kind"` // policy
	Key          string        `json:"key"`
	Version      int           `json:"version"`
	Name         string        `json:"name"`
	Summary      string        `json:"summary"`
	Issuer       string        `json:"issuer"`              // whose policy it is, such as the organisation or a standards body
	Reference    string        `json:"reference,omitempty"` // what its issuer calls it
	Source       string        `json:"source,omitempty"`    // the address of the text that it is taken from
	ReviewBy     string        `json:"review_by"`           // the last day on which it counts as looked after
	Requirements []Requirement `json:"requirements"`

	published []byte // as read by [ParseDocument]; nil for one that was not published yet
}

// RequirementKey names a requirement within its policy.
type RequirementKey string

// Requirement is one thing that a policy asks for.
type Requirement struct {
	Key   RequirementKey `json:"key"`
	Level Level          `json:"level"` // must, should or may
	Text  string         `json:"text"`
	Items []ItemKey      `json:"items,omitempty"` // that show it: items of lifecycles or modules, any one of them
}

// Bounds on policies.
const (
	MaxRequirements = 200
	MaxShowing      = 40   // items that one requirement names
	MaxRequired     = 1000 // characters of a requirement's words
)

// Requirement finds one by its key; nil when the policy has none.
func (p *PolicyDocument) Requirement(k RequirementKey) *Requirement {
	i := slices.IndexFunc(p.Requirements, func(q Requirement) bool { return q.Key == k })
	if i < 0 {
		return nil
	}
	return &p.Requirements[i]
}

// Musts counts the requirements that gates ask for.
func (p *PolicyDocument) Musts() int {
	n := 0
	for i := range p.Requirements {
		if p.Requirements[i].Level == LevelMust {
			n++
		}
	}
	return n
}

func (c *checker) policy(p *PolicyDocument) {
	c.name(p.Key, p.Version, p.Name, p.Summary)
	c.line("issued by", p.Issuer, MaxName)
	if p.Reference != "" {
		c.line("reference", p.Reference, MaxName)
	}
	if p.Source != "" {
		c.links([]Link{{URL: p.Source}})
	}
	if _, err := time.Parse(time.DateOnly, p.ReviewBy); err != nil {
		c.addf("next review: %q is no date; write it as 2027-03-31", p.ReviewBy)
	}
	if n := len(p.Requirements); n == 0 || n > MaxRequirements {
		c.addf("requirements: there are %d; 1 to %d are possible", n, MaxRequirements)
	}
	defer func() { c.where = "" }()
	seen := map[RequirementKey]bool{}
	for i := range p.Requirements {
		q := &p.Requirements[i]
		c.where = "requirement " + nameOr(string(q.Key), i)
		c.key("key", string(q.Key))
		if seen[q.Key] {
			c.addf("key: is used by an earlier requirement")
		}
		seen[q.Key] = true
		if q.Level.Rank() < LevelMay.Rank() {
			c.addf("level: %q is not one of must, should, may", q.Level)
		}
		c.line("words", q.Text, MaxRequired)
		if strings.Contains(q.Text, "|") {
			c.addf("words: contain “|”, which stands between the parts of a requirement")
		}
		if len(q.Items) > MaxShowing {
			c.addf("items: there are %d; at most %d are possible", len(q.Items), MaxShowing)
		}
		for _, k := range q.Items {
			c.key("items", string(k))
		}
		unique(c, "items", q.Items)
		if len(q.Items) == 0 && q.Level == LevelMust {
			c.stylef("items: names none, so nothing in a project shows it")
		}
	}
}

// NewPolicy is the draft of a policy to begin with.
func NewPolicy(key, name string) Document {
	return Document{Policy: &PolicyDocument{Kind: KindPolicy, Key: key, Name: name}}
}

// RequirementLines are requirements as they are typed, one a line.
func RequirementLines(all []Requirement) string {
	lines := make([]string, len(all))
	for i, q := range all {
		lines[i] = string(q.Key) + " | " + string(q.Level) + " | " + q.Text
		if len(q.Items) > 0 {
			lines[i] += " | " + commas(q.Items)
		}
	}
	return strings.Join(lines, "\n")
}

func commas[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}

// ParseRequirements reads them. The error says which line is none.
func ParseRequirements(text string) ([]Requirement, error) {
	var out []Requirement
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		parts := strings.Split(line, "|")
		for j := range parts {
			parts[j] = strings.TrimSpace(parts[j])
		}
		if len(parts) < 3 || len(parts) > 4 {
			return nil, fmt.Errorf("cannot be read in line %d: a key, must, should or may, the words and, if any, the keys of items are wanted, with “|” between them", i+1)
		}
		q := Requirement{Key: RequirementKey(parts[0]), Level: Level(strings.ToLower(parts[1])), Text: parts[2]}
		switch {
		case !ValidKey(parts[0]):
			return nil, fmt.Errorf("cannot begin line %d with %q, which %s", i+1, parts[0], KeyForm)
		case q.Level.Rank() < LevelMay.Rank():
			return nil, fmt.Errorf("cannot have %q in line %d, where must, should or may is wanted", parts[1], i+1)
		case utf8.RuneCountInString(q.Text) > MaxRequired:
			return nil, fmt.Errorf("cannot have words in line %d that are longer than %d characters", i+1, MaxRequired)
		case len(out) == MaxRequirements:
			return nil, fmt.Errorf("cannot be more than %d lines", MaxRequirements)
		}
		if len(parts) == 4 {
			for _, word := range strings.FieldsFunc(parts[3], func(c rune) bool { return c == ',' || c == ' ' }) {
				if !ValidKey(word) {
					return nil, fmt.Errorf("cannot name the item %q in line %d, which %s", word, i+1, KeyForm)
				}
				if !slices.Contains(q.Items, ItemKey(word)) {
					q.Items = append(q.Items, ItemKey(word))
				}
			}
		}
		out = append(out, q)
	}
	return out, nil
}

// words is a requirement in a line, for comparing.
func (q *Requirement) words() string {
	if q == nil {
		return ""
	}
	text := q.Level.Label() + ": " + q.Text
	if len(q.Items) > 0 {
		text += " Shown by " + commas(q.Items) + "."
	}
	return text
}

// ComparePolicies lists what a version of a policy says differently from another one;
// all that it says where there is none.
func ComparePolicies(old, now *PolicyDocument) []TermChange {
	if old == nil {
		old = &PolicyDocument{}
	}
	var out []TermChange
	note := func(what, from, to string) {
		if from != to {
			out = append(out, TermChange{what, from, to})
		}
	}
	note("Name", old.Name, now.Name)
	note("Summary", old.Summary, now.Summary)
	note("Issued by", old.Issuer, now.Issuer)
	note("Reference", old.Reference, now.Reference)
	note("Source", old.Source, now.Source)
	note("Next review by", old.ReviewBy, now.ReviewBy)
	for i := range now.Requirements {
		q := &now.Requirements[i]
		note("Requirement "+string(q.Key), old.Requirement(q.Key).words(), q.words())
	}
	for i := range old.Requirements {
		if q := &old.Requirements[i]; now.Requirement(q.Key) == nil {
			note("Requirement "+string(q.Key), q.words(), "")
		}
	}
	return out
}

func (p *PolicyDocument) bytes() ([]byte, error) {
	if p.published != nil {
		return p.published, nil
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encoding policy %s: %w", p.Key, err)
	}
	return b, nil
}
