package ui

import "testing"

func TestBarsStackTheirParts(t *testing.T) {
	d := BarsData{Looks: []State{Met, Bad}, Bars: [][]int{{2, 0}, {0, 0}, {1, 3}}}
	if got, want := d.path(0), "M1.0 120.0h198.0v-56.0h-198.0zM401.0 120.0h198.0v-28.0h-198.0z"; got != want {
		t.Errorf("the lower part is %s, want %s", got, want)
	}
	if got, want := d.path(1), "M401.0 92.0h198.0v-84.0h-198.0z"; got != want {
		t.Errorf("the upper part is %s, want %s", got, want)
	}
	d.Bars[1] = nil
	if got, want := d.base(), "M0.0 120.0h200.0M400.0 120.0h200.0"; got != want {
		t.Errorf("the line below is %s, want %s: what is not known is not none", got, want)
	}
	if d.most() != 4 || d.path(0) == "" {
		t.Errorf("the scale ends at %d", d.most())
	}
	if got := (&BarsData{Looks: []State{Met}}).path(0); got != "" {
		t.Errorf("no bars are drawn as %q", got)
	}
}
