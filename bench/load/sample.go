package load

import (
	"slices"
	"time"
)

// Sample is what one run saw. Times and bytes are those of accepted answers only.
type Sample struct {
	Requests int // accepted answers
	Errors   int // refused answers and broken connections
	First    error
	Elapsed  time.Duration

	P50, P75, P99, Max time.Duration

	Bytes            int64 // bodies, as sent
	MinBody, MaxBody int
}

// Rate is accepted answers per second.
func (s Sample) Rate() float64 {
	if s.Elapsed <= 0 {
		return 0
	}
	return float64(s.Requests) / s.Elapsed.Seconds()
}

// MeanBody is the mean bytes of a body.
func (s Sample) MeanBody() float64 {
	if s.Requests == 0 {
		return 0
	}
	return float64(s.Bytes) / float64(s.Requests)
}

func merge(clients []client, elapsed time.Duration) Sample {
	s := Sample{Elapsed: elapsed}
	var times []time.Duration
	for i := range clients {
		c := &clients[i]
		s.Errors += c.errors
		if s.First == nil {
			s.First = c.first
		}
		if len(c.times) == 0 {
			continue
		}
		if len(times) == 0 || c.minBody < s.MinBody {
			s.MinBody = c.minBody
		}
		s.MaxBody = max(s.MaxBody, c.maxBody)
		s.Bytes += c.bytes
		times = append(times, c.times...)
	}
	slices.Sort(times)
	s.Requests = len(times)
	s.P50, s.P75, s.P99 = Percentile(times, 50), Percentile(times, 75), Percentile(times, 99)
	s.Max = Percentile(times, 100)
	return s
}

// Percentile is the nearest-rank percentile (0 < p <= 100) of ascending times: the smallest one that at least p percent do not
// exceed. It is always a time that was seen. Of no times it is 0.
func Percentile(ascending []time.Duration, p int) time.Duration {
	if len(ascending) == 0 {
		return 0
	}
	rank := (len(ascending)*p + 99) / 100
	return ascending[min(max(rank, 1), len(ascending))-1]
}
