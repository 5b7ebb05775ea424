package record

import (
	"testing"
	"time"
)

// Each authority has a deadline of its own, the first under the keys that it always had.
func TestAnIncidentTellsSeveralAuthorities(t *testing.T) {
	k := Of(Incident)
	v := Values{
		"severity": "2", "started": "2026-03-01T10:00", "authority": "A", "deadline": "2026-03-04T10:00", "notified": "2026-03-02T10:00",
		"authority-3": "C", "deadline-3": "2026-03-02T10:00",
	}
	if wrong := k.Check(v); len(wrong) != 0 {
		t.Errorf("wrong are %v", wrong)
	}
	want := []Deadline{{"A", time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC), true}, {"C", time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), false}}
	got := k.Deadlines(v)
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("deadlines are %v", got)
	}
	for field, typed := range map[FieldKey]string{"deadline-3": "", "authority-3": "", "notified-2": "2026-03-02T10:00", "deadline": "2026-02-01T10:00"} {
		if wrong := k.Check(v.With(Values{field: typed})); len(wrong) != 1 {
			t.Errorf("with %s %q, wrong are %v", field, typed, wrong)
		}
	}
	for _, told := range Tellings() {
		for _, key := range []FieldKey{told.Authority, told.Deadline, told.Notified} {
			if k.Field(key) == nil {
				t.Errorf("there is no field %s", key)
			}
		}
	}
}
