package review

import (
	"maps"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// SiteThen is how ready an environment was for a gate that decides on it.
type SiteThen struct {
	Environment plan.EnvironmentKey `json:"environment"`
	Name        string              `json:"name"`
	Must        int                 `json:"must"`
	Done        int                 `json:"done"` // of them
}

// placeOf is the environment of the project that values of a kind name, and the field
// that does; nil: they name none of the project's.
func (r *Review) placeOf(kind *record.Kind, values record.Values) (*plan.Environment, *record.Field) {
	for i := range kind.Fields {
		f := &kind.Fields[i]
		if f.Type != record.Environment {
			continue
		}
		name := strings.TrimSpace(values[f.Key])
		for j := range r.Plan.Origin.Environments {
			e := &r.Plan.Origin.Environments[j]
			if !e.Retired && (strings.EqualFold(e.Name, name) || string(e.Key) == name) {
				return e, f
			}
		}
	}
	return nil, nil
}

// placed is what was typed, with the environment called by its name, and its kind said
// where nobody did.
func (r *Review) placed(kind *record.Kind, typed record.Values) record.Values {
	e, f := r.placeOf(kind, typed)
	if e == nil {
		return typed
	}
	out := maps.Clone(typed)
	out[f.Key] = e.Name
	if strings.TrimSpace(out[f.Sort]) == "" {
		out[f.Sort] = sortOf(kind.Field(f.Sort), e.Kind)
	}
	return out
}

// checkPlace makes sure that an environment of the project is of the kind that is said.
func (r *Review) checkPlace(in *input, kind *record.Kind, values record.Values) {
	e, f := r.placeOf(kind, values)
	if e == nil || values[f.Sort] == "" {
		return
	}
	if sort := kind.Field(f.Sort); values[f.Sort] != sortOf(sort, e.Kind) {
		in.problems.Add(string(f.Key), "is an environment of the kind "+strings.ToLower(e.Kind.Label())+", and “"+sort.Label+"” says otherwise")
	}
}

// sortOf is the choice of a field that stands for a kind of environment; its last one
// stands for all others.
func sortOf(f *record.Field, k plan.EnvironmentKind) string {
	if o := f.Option(string(k)); o != nil {
		return o.Key
	}
	return f.Choices[len(f.Choices)-1].Key
}
