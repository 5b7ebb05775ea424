package record_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/record"
)

func TestPointsAreReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]record.Point{
		"1/build/2":   {Review: 1, Stage: "build", No: 2},
		"2/build/w13": {What: record.AtWaiver, Review: 2, Stage: "build", No: 13},
		"1/f4/f4":     {What: record.AtFinding, Review: 1, Stage: "f4", No: 4},
		"1/build/w":   {}, "1/build/x2": {}, "1/build/w02": {}, "0/build/w2": {}, "1/build/wf2": {}, "I4": {}, "": {},
	} {
		if got := record.SplitPoint(text); got != want {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}

// Whatever says where it came up names kinds that there are, and says so in one field.
func TestKindsComeFromKinds(t *testing.T) {
	for _, k := range record.Kinds() {
		for i := range k.Fields {
			f := &k.Fields[i]
			if f.Type == record.Source && f.Key != record.CameFrom {
				t.Errorf("%s: the field %s", k.Key, f.Key)
			}
			for _, of := range f.Of {
				if record.Of(of) == nil {
					t.Errorf("%s comes from %q", k.Key, of)
				}
			}
		}
	}
}
