package ui

import "testing"

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 10_038: "10,038", 1_234_567: "1,234,567", -12: "-12", -123: "-123", -4321: "-4,321"} {
		if got := Number(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}
