package bench

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// Every contender gives right answers, and every goal but those that need a
// browser gets its figures.
func TestEveryContenderAnswers(t *testing.T) {
	l, err := openLab(t.Context(), false) // the product refuses a server that forgets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.close(); err != nil {
			t.Error(err)
		}
	})
	s, err := l.stand(t.Context(), scale{checklists: 66, largest: 3, gates: 30, small: 60, mid: 60, large: 120})
	if err != nil {
		t.Fatal(err)
	}
	contenders, err := s.contenders(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	r := Report{Figures: Figures{}}
	for _, c := range contenders {
		d := 60 * time.Millisecond
		if c.Name == "tick-raw" {
			d = 3 * time.Second // within which pgbench also has to connect
		}
		sample, err := c.Run(t.Context(), c.Clients, d)
		if err != nil || sample.Errors != 0 || sample.Requests == 0 {
			t.Errorf("%s: %v; %d answers, %d errors, first: %v", c.key(), err, sample.Requests, sample.Errors, sample.First)
			continue
		}
		r.Figures.note(Summary{Name: c.Name, Clients: c.Clients, Rate: sample.Rate(), P50: sample.P50, P75: sample.P75, P99: sample.P99,
			MeanBody: sample.MeanBody()})
	}
	if err := s.finish(t.Context(), &r, true); err != nil {
		t.Fatal(err)
	}
	for _, g := range Goals() {
		if v := judge(g, r.Figures); v.State == NotMeasured && g.ID != "P12" {
			t.Errorf("%s %s: not measured", g.ID, g.What)
		}
	}
	if lost := r.Figures["tick-shared lost"]; lost != 0 {
		t.Errorf("%v acknowledged ticks are lost", lost)
	}
	var text bytes.Buffer
	r.Markdown(&text)
	if !strings.Contains(text.String(), "| P6 |") {
		t.Errorf("the report has no P6:\n%s", text.String())
	}
}
