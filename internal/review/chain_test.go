package review_test

import (
	"errors"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// chained are records with these numbers whose hashes fit, as whoever can write
// the trail could make them.
func chained(t *testing.T, stream review.ProjectID, numbers ...int64) []review.Sealed {
	t.Helper()
	var out []review.Sealed
	var prev review.Hash
	for _, n := range numbers {
		en := review.Entry{Seq: n, At: time.Unix(1_800_000_000+n, 0).UTC(), Actor: 7, Event: review.PersonJoined{Person: review.PersonID(n)}}
		body, err := review.EncodeEvent(en.Event)
		if err != nil {
			t.Fatal(err)
		}
		prev = review.ChainHash(prev, stream, en, body)
		out = append(out, review.Sealed{Seq: n, At: en.At, Actor: en.Actor, Kind: en.Event.Kind(), Body: body, Hash: prev})
	}
	return out
}

// Entries are numbered from 1 without a gap, also where all the hashes fit.
func TestAChainHasNoGaps(t *testing.T) {
	for name, c := range map[string]struct {
		numbers []int64
		missing int64
	}{
		"a gap":                  {[]int64{1, 2, 4, 5}, 3},
		"no beginning":           {[]int64{2, 3}, 1},
		"an entry twice":         {[]int64{1, 2, 2, 3}, 3},
		"entries in other order": {[]int64{1, 3, 2}, 2},
	} {
		entries, head, err := review.CheckChain(5, chained(t, 5, c.numbers...))
		var broken *review.ChainBreak
		if !errors.As(err, &broken) || broken.Entry != c.missing {
			t.Errorf("%s: %v, want entry %d named", name, err, c.missing)
		}
		if head.Seq != c.missing-1 || int64(len(entries)) != head.Seq {
			t.Errorf("%s: %d entries are good, up to %d", name, len(entries), head.Seq)
		}
	}
	if entries, head, err := review.CheckChain(5, chained(t, 5, 1, 2, 3)); err != nil || head.Seq != 3 || len(entries) != 3 {
		t.Errorf("a whole chain: %d entries up to %d: %v", len(entries), head.Seq, err)
	}
}
