package record

import "testing"

func TestDecimals(t *testing.T) {
	for typed, want := range map[string]string{
		"99.5": "99.5", " 99,50 ": "99.5", "0": "0", "-0.25": "-0.25", "−3": "-3", "+7": "7", "007": "7", ".5": "0.5", "5.": "5", "123456789012.123456": "123456789012.123456",
		"0.000001": "0.000001", "-0": "0",
	} {
		d, err := ParseDecimal(typed)
		if err != nil || d.String() != want {
			t.Errorf("%q is %s, %v, want %s", typed, d, err, want)
		}
		if again, err := ParseDecimal(d.String()); err != nil || again != d {
			t.Errorf("%q is %s, and read again %s", typed, d, again)
		}
	}
	for _, typed := range []string{"", "-", ".", "1,500", "1.2.3", "1 500", "1e3", "NaN", "0x10", "1234567890123", "0.0000001", "--1", "1-", "٣"} {
		if d, err := ParseDecimal(typed); err == nil {
			t.Errorf("%q is %s", typed, d)
		}
	}
}

func TestErrorBudgetInTime(t *testing.T) {
	for _, c := range []struct {
		objective, window, want string
	}{
		{"99.9", "30d", "0.1\u00a0%, which is 43.2 minutes of 30 days"},
		{"99.999", "7d", "0.001\u00a0%, which is 6 seconds of 7 days"},
		{"90", "28d", "10\u00a0%, which is 2.8 days of 28 days"},
		{"99", "28d", "1\u00a0%, which is 6.7 hours of 28 days"},
	} {
		got := objective.Derived(Values{"objective": c.objective, "window": c.window})
		if len(got) != 1 || got[0].Text != c.want {
			t.Errorf("of %s over %s it is %v, want %s", c.objective, c.window, got, c.want)
		}
	}
}

// A figure may be typed with the unit that it has anyway.
func TestFiguresWithTheirUnit(t *testing.T) {
	share := Of("objective").Reads
	ms := Of("measure").Reads
	for _, c := range []struct {
		r           *Reads
		v           Values
		typed, want string
	}{
		{share, nil, "99,9 %", "99,9"}, {share, nil, " 99.95% ", "99.95"}, {share, nil, "much", "much"},
		{ms, Values{"unit": "ms"}, "12 ms", "12"}, {ms, Values{"unit": "ms"}, "12 s", "12 s"}, {ms, Values{"unit": "ms"}, "1,500", "1,500"}, {ms, Values{}, "12 %", "12 %"},
	} {
		if got := c.r.Bare(c.v, c.typed); got != c.want {
			t.Errorf("%q is %q, want %q", c.typed, got, c.want)
		}
	}
}
