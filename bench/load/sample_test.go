package load

import (
	"testing"
	"time"
)

func TestPercentileIsNearestRank(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	tests := []struct {
		times []time.Duration
		p     int
		want  time.Duration
	}{
		{nil, 50, 0},
		{hundred[:1], 1, 1},
		{hundred[:1], 100, 1},
		{hundred[:2], 50, 1},
		{hundred[:2], 51, 2},
		{hundred[:3], 50, 2},
		{hundred[:4], 75, 3},
		{hundred[:5], 99, 5},
		{hundred, 1, 1},
		{hundred, 50, 50},
		{hundred, 99, 99},
		{hundred, 100, 100},
	}
	for _, tt := range tests {
		if got := Percentile(tt.times, tt.p); got != tt.want {
			t.Errorf("percentile %d of %d times = %d, want %d", tt.p, len(tt.times), got, tt.want)
		}
	}
}

func TestMergeAddsClients(t *testing.T) {
	s := merge([]client{
		{times: []time.Duration{30, 10}, bytes: 300, minBody: 100, maxBody: 200, errors: 1},
		{errors: 2}, // never got an answer: its zero bodies must not count
		{times: []time.Duration{20, 40}, bytes: 500, minBody: 250, maxBody: 250},
	}, 2*time.Second)
	want := Sample{
		Requests: 4, Errors: 3, Elapsed: 2 * time.Second,
		P50: 20, P75: 30, P99: 40, Max: 40, Bytes: 800, MinBody: 100, MaxBody: 250,
	}
	if s != want {
		t.Errorf("got %+v\nwant %+v", s, want)
	}
	if s.Rate() != 2 || s.MeanBody() != 200 {
		t.Errorf("rate %v, mean body %v, want 2 and 200", s.Rate(), s.MeanBody())
	}
}
