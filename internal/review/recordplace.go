package review

import (
	"maps"
	"slices"
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

// placed is what was typed, with the environment called by its name, of which a part is
// enough that no other has, and its kind said where nobody did. A name that fits none, or
// several, is refused at its field unless it stood there before or its kind is said.
func (r *Review) placed(in *input, kind *record.Kind, typed, has record.Values) record.Values {
	i := slices.IndexFunc(kind.Fields, func(f record.Field) bool { return f.Type == record.Environment })
	if i < 0 {
		return typed
	}
	f := &kind.Fields[i]
	name := strings.TrimSpace(typed[f.Key])
	e, _ := r.placeOf(kind, typed)
	before := len(in.problems.Fields)
	if e == nil && name != "" && name != has[f.Key] {
		fits := r.placesLike(name)
		switch said := strings.TrimSpace(typed[f.Sort]) != ""; {
		case len(fits) == 1:
			e = fits[0]
		case len(fits) > 1:
			in.problems.Add(string(f.Key), "has several matches; type one of them in full: "+placeNames(fits))
		case !said && len(r.Plan.Origin.Present()) > 0:
			in.problems.Add(string(f.Key), "names no environment of this project; type one of these, or choose “"+kind.Field(f.Sort).Label+"”: "+placeNames(r.placesLike("")))
		}
	}
	out := maps.Clone(typed)
	switch empty := strings.TrimSpace(out[f.Sort]) == ""; {
	case e != nil:
		out[f.Key] = e.Name
		if empty {
			out[f.Sort] = sortOf(kind.Field(f.Sort), e.Kind)
		}
	case empty && len(in.problems.Fields) > before: // it would follow from the name
		out[f.Sort] = sortOf(kind.Field(f.Sort), "")
	}
	return out
}

// placesLike are the environments whose names have a part.
func (r *Review) placesLike(part string) []*plan.Environment {
	var out []*plan.Environment
	for i := range r.Plan.Origin.Environments {
		if e := &r.Plan.Origin.Environments[i]; !e.Retired && strings.Contains(strings.ToLower(e.Name), strings.ToLower(part)) {
			out = append(out, e)
		}
	}
	return out
}

func placeNames(all []*plan.Environment) string {
	names := make([]string, len(all))
	for i, e := range all {
		names[i] = e.Name
	}
	return strings.Join(names, "; ")
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
