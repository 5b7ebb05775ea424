package plan

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ChoiceKey names a choice within its item.
type ChoiceKey string

const maxChoiceKey = 128

var choiceKeyPattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]*$`)

// Valid reports whether k has the form of a key. It is wider than that of items,
// so that questions of other tools keep theirs.
func (k ChoiceKey) Valid() bool {
	return len(k) <= maxChoiceKey && choiceKeyPattern.MatchString(string(k)) && k != Default
}

// Choice is one thing that may be true of a project, in an item that is a
// question. Any number of them can be chosen.
type Choice struct {
	Key   ChoiceKey `json:"key"`
	Title string    `json:"title"`
	Help  string    `json:"help,omitempty"`    // what it means
	Do    string    `json:"improve,omitempty"` // what to do where it is not chosen
	Links []Link    `json:"links,omitempty"`
}

// Link is further reading.
type Link struct {
	Title string `json:"title,omitempty"`
	URL   string `json:"url"`
}

// Risk is what the choices of a question come to.
type Risk string

// The risks that a rule can find. None means that the item is met; the others
// that it is not.
const (
	RiskNone   Risk = "none"
	RiskMedium Risk = "medium"
	RiskHigh   Risk = "high"
)

// Valid reports whether r is a known risk.
func (r Risk) Valid() bool { return r == RiskNone || r == RiskMedium || r == RiskHigh }

// Label is the risk's name on pages.
func (r Risk) Label() string {
	switch r {
	case RiskNone:
		return "No risk"
	case RiskMedium:
		return "Medium risk"
	case RiskHigh:
		return "High risk"
	}
	return ""
}

// Rule says what a combination of choices comes to. Rules are tried in their
// order, and the first that holds decides.
type Rule struct {
	When string `json:"when"` // keys of choices joined by &&, ||, ! and parentheses; "default" always holds
	Risk Risk   `json:"risk"`
}

// Chosen is a set of choices, and comparable. None of them is a set too, other
// than the zero value, which says nothing. It is written as a list in JSON.
type Chosen string

// NoneOf is the answer that none of the choices is true.
const NoneOf Chosen = "-"

// Choose makes a set of keys, in any order. It fails for what has not the form of
// a key.
func Choose(keys ...ChoiceKey) (Chosen, error) {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if len(keys) == 0 {
		return NoneOf, nil
	}
	parts := make([]string, len(keys))
	for i, k := range keys {
		if !k.Valid() {
			return "", fmt.Errorf("%q is no key of a choice", k)
		}
		parts[i] = string(k)
	}
	return Chosen(strings.Join(parts, " ")), nil
}

// IsZero reports whether nothing was said.
func (c Chosen) IsZero() bool { return c == "" }

// Keys are the members of the set, sorted.
func (c Chosen) Keys() []ChoiceKey {
	if c == "" || c == NoneOf {
		return nil
	}
	parts := strings.Split(string(c), " ")
	keys := make([]ChoiceKey, len(parts))
	for i, p := range parts {
		keys[i] = ChoiceKey(p)
	}
	return keys
}

// Has reports whether k was chosen.
func (c Chosen) Has(k ChoiceKey) bool { return slices.Contains(c.Keys(), k) }

// MarshalJSON writes the set as a list of keys; null where nothing was said.
func (c Chosen) MarshalJSON() ([]byte, error) {
	if c == NoneOf {
		return []byte("[]"), nil
	}
	return json.Marshal(c.Keys())
}

// UnmarshalJSON reads what MarshalJSON wrote, and nothing else.
func (c *Chosen) UnmarshalJSON(b []byte) error {
	var keys []ChoiceKey
	if err := json.Unmarshal(b, &keys); err != nil {
		return fmt.Errorf("reading choices: %w", err)
	}
	if keys == nil {
		*c = ""
		return nil
	}
	set, err := Choose(keys...)
	if err != nil {
		return fmt.Errorf("reading choices: %w", err)
	}
	if !slices.Equal(set.Keys(), keys) && len(keys) > 0 {
		return fmt.Errorf("reading choices: %s is not sorted", b)
	}
	*c = set
	return nil
}
