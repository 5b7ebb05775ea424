package formats

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/formats/own"
	"github.com/slipway-prr/slipway/internal/plan"
)

// schema is as much of JSON Schema as ours uses.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       string            `json:"type"`
	Enum       []any             `json:"enum"`
	Examples   []any             `json:"examples"`
	Properties map[string]schema `json:"properties"`
	Extra      *bool             `json:"additionalProperties"`
	Items      *schema           `json:"items"`
	Defs       map[string]schema `json:"$defs"`
}

// The published schema has the fields that are read, each of its kind, and the
// words that are known.
func TestSchemaIsTheForm(t *testing.T) {
	b, err := os.ReadFile("../../docs/template.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var root struct {
		schema
		Then, Else json.RawMessage // which fields belong to which kind
	}
	if err := json.Unmarshal(b, &root); err != nil {
		t.Fatal(err)
	}
	compareSchema(t, root.Defs, "file", root.schema, reflect.TypeFor[own.File]())
	sameWords(t, root.Defs["phase"].Enum, plan.Phases())
	sameWords(t, root.Defs["seat"].Examples, plan.Seats())
	sameWords(t, root.Defs["evidence"].Examples, plan.EvidenceKinds())
	sameWords(t, root.Defs["environment"].Examples, plan.EnvironmentKinds())
	for _, v := range root.Defs["level"].Enum {
		if l, ok := v.(string); !ok || plan.Level(l).Rank() < 0 {
			t.Errorf("level %v", v)
		}
	}
	for _, v := range root.Defs["order"].Enum {
		if o, ok := v.(string); !ok || !plan.Order(o).Valid() {
			t.Errorf("order %v", v)
		}
	}
	for _, v := range root.Defs["risk"].Enum {
		if r, ok := v.(string); !ok || !plan.Risk(r).Valid() {
			t.Errorf("risk %v", v)
		}
	}
}

func sameWords[T ~string](t *testing.T, all []any, want []T) {
	t.Helper()
	var got []T
	for _, v := range all {
		s, _ := v.(string)
		got = append(got, T(s))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func compareSchema(t *testing.T, defs map[string]schema, path string, s schema, typ reflect.Type) {
	t.Helper()
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		var known bool
		if s, known = defs[name]; !known {
			t.Fatalf("%s: no %s", path, name)
		}
	}
	kind := s.Type
	if kind == "" && len(s.Enum) > 0 {
		kind = "string"
	}
	switch typ.Kind() {
	case reflect.Pointer:
		compareSchema(t, defs, path, s, typ.Elem())
	case reflect.Slice:
		if kind != "array" || s.Items == nil {
			t.Fatalf("%s is no array", path)
		}
		compareSchema(t, defs, path+"[]", *s.Items, typ.Elem())
	case reflect.Struct:
		fields := fieldsOf(typ)
		for name, field := range fields {
			inner, ok := s.Properties[name]
			if !ok {
				t.Errorf("%s.%s is not in the schema", path, name)
				continue
			}
			compareSchema(t, defs, path+"."+name, inner, field)
		}
		if kind != "object" || s.Extra == nil || *s.Extra || len(s.Properties) != len(fields) {
			t.Errorf("%s: the schema has %d fields, the code %d", path, len(s.Properties), len(fields))
		}
	default:
		if want := map[reflect.Kind]string{reflect.String: "string", reflect.Int: "integer", reflect.Bool: "boolean"}[typ.Kind()]; kind != want {
			t.Errorf("%s: %s, want %s", path, kind, want)
		}
	}
}

func fieldsOf(typ reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, rest, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if rest == "inline" {
			for k, v := range fieldsOf(f.Type) {
				fields[k] = v
			}
			continue
		}
		fields[name] = f.Type
	}
	return fields
}
