package proof

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// directory is the trail of rights that fits the story: who holds which seat,
// and who stands in.
func directory() []review.Entry {
	before := begin.AddDate(0, -1, 0)
	var out []review.Entry
	add := func(at time.Time, e review.Event) {
		out = append(out, review.Entry{Seq: int64(len(out)) + 1, At: at, Event: e})
	}
	for p, seat := range map[review.PersonID]review.Seat{pat: review.SeatProduct, eng: review.SeatEngineering, sre: review.SeatSRE} {
		add(before, review.PersonJoined{Person: p})
		add(before, review.RightGranted{Person: p, Seat: seat, Source: review.FromGroup})
	}
	add(before, review.SeatDelegated{Person: sre, No: 1, To: stan, Seat: review.SeatSRE, Starts: "2026-03-01", Ends: "2026-03-10"})
	return out
}

func audited(t *testing.T, w *world, directory []review.Entry) []Problem {
	t.Helper()
	entries, _, err := review.CheckChain(alpha, w.records())
	if err != nil {
		t.Fatal(err)
	}
	found, err := Audit(alpha, entries, directory, w.tmpl)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAudit(t *testing.T) {
	w := tell(t)
	if found := audited(t, w, directory()); len(found) > 0 {
		t.Fatalf("%v", found)
	}
	for name, c := range map[string]struct {
		change func([]review.Entry) []review.Entry
		seat   string
	}{
		"a seat never held": {func(d []review.Entry) []review.Entry {
			return without[review.RightGranted](d, func(e review.RightGranted) bool { return e.Person == pat })
		}, "Product"},
		"a seat in another project": {func(d []review.Entry) []review.Entry { return scoped(d, pat, 99) }, "Product"},
		"a seat given too late":     {func(d []review.Entry) []review.Entry { return late(d, pat) }, "Product"},
		"a stand-in never named": {func(d []review.Entry) []review.Entry {
			return without[review.SeatDelegated](d, func(review.SeatDelegated) bool { return true })
		}, "SRE"},
		"a stand-in for another time": {func(d []review.Entry) []review.Entry { return ended(d, "2026-03-02") }, "SRE"},
	} {
		found := audited(t, w, c.change(directory()))
		if len(found) == 0 || !strings.Contains(found[0].What, c.seat+" seat") || !strings.HasPrefix(found[0].Where, "entry ") {
			t.Errorf("%s: %v", name, found)
		}
	}
	if found := audited(t, w, scoped(directory(), pat, review.Scope(alpha))); len(found) > 0 {
		t.Errorf("a seat for just this project: %v", found)
	}
}

func without[E review.Event](d []review.Entry, drop func(E) bool) []review.Entry {
	var out []review.Entry
	for _, e := range d {
		if ev, ok := e.Event.(E); !ok || !drop(ev) {
			out = append(out, e)
		}
	}
	return out
}

func scoped(d []review.Entry, p review.PersonID, s review.Scope) []review.Entry {
	for i, e := range d {
		if g, ok := e.Event.(review.RightGranted); ok && g.Person == p {
			g.Scope = s
			d[i].Event = g
		}
	}
	return d
}

func late(d []review.Entry, p review.PersonID) []review.Entry {
	for i, e := range d {
		if g, ok := e.Event.(review.RightGranted); ok && g.Person == p {
			d[i].At = begin.AddDate(0, 0, 1)
		}
	}
	return d
}

func ended(d []review.Entry, ends string) []review.Entry {
	for i, e := range d {
		if g, ok := e.Event.(review.SeatDelegated); ok {
			g.Ends = ends
			d[i].Event = g
		}
	}
	return d
}

// forge tells the brief story and lets its teller change the entries before
// they are chained: what somebody could write who holds the key and the
// database, but cannot undo what the rules say of it.
func forge(t *testing.T, change func([]review.Entry) []review.Entry) []string {
	t.Helper()
	w := tell(t)
	entries := change(append([]review.Entry(nil), w.r.Recorded()...))
	k := newKey(t, "test")
	packed, err := Build(k, input(t, k, w.tmpl, chained(t, alpha, entries)))
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	r := Verify(packed, keysOf(t, k), nil)
	for _, p := range r.Fails {
		out = append(out, p.String())
	}
	return out
}

// edit changes every entry of a kind.
func edit[E review.Event](change func(*review.Entry, *E)) func([]review.Entry) []review.Entry {
	return func(entries []review.Entry) []review.Entry {
		for i := range entries {
			if ev, ok := entries[i].Event.(E); ok {
				change(&entries[i], &ev)
				entries[i].Event = ev
			}
		}
		return entries
	}
}

// A story that is chained, sealed and signed as it should be, but in which a
// gate passed against its rules, is refused for just that.
func TestForgedStoriesAreRefused(t *testing.T) {
	other := review.Digest(strings.Repeat("ab", 32))
	for name, c := range map[string]struct {
		change func([]review.Entry) []review.Entry
		why    string
	}{
		"untouched":                         {func(e []review.Entry) []review.Entry { return e }, ""},
		"a request for other content":       {edit(func(_ *review.Entry, e *review.SignOffRequested) { e.Digest = other }), "asks to sign"},
		"a weaker quorum":                   {edit(func(_ *review.Entry, e *review.SignOffRequested) { e.Policy.Quorum = 1 }), "another policy"},
		"a mandatory seat made optional":    {edit(func(_ *review.Entry, e *review.SignOffRequested) { e.Policy.Mandatory = nil }), "another policy"},
		"separation of duties switched off": {edit(func(_ *review.Entry, e *review.SignOffRequested) { e.SoD = false }), "separation of duties"},
		"a signature on other content":      {edit(func(_ *review.Entry, e *review.GateSigned) { e.Digest = other }), "but the content then had"},
		"a signature in a foreign seat":     {edit(func(_ *review.Entry, e *review.GateSigned) { e.Seat = review.SeatData }), "seat, which this gate does not have"},
		"one person for all":                {edit(func(en *review.Entry, _ *review.GateSigned) { en.Actor = eng }), "different people"},
		"the answerer signs":                {edit(func(en *review.Entry, _ *review.GateSigned) { en.Actor = mike }), "separation of duties keeps"},
		"a return taken for a pass":         {edit(func(_ *review.Entry, e *review.RoundClosed) { e.Outcome = review.OutcomePassed }), "passes a gate"},
		"conditions hushed up":              {edit(func(_ *review.Entry, e *review.GateSigned) { e.Decision = review.Return }), "passes a gate"},
		"an end on other content":           {edit(func(_ *review.Entry, e *review.RoundClosed) { e.Digest = other }), "ends a round on"},
		"a waiver to oneself":               {edit(func(en *review.Entry, _ *review.WaiverGranted) { en.Actor = mike }), "grants a waiver to the person"},
		"a waiver in the asker's place":     {edit(func(_ *review.Entry, e *review.WaiverGranted) { e.For = mike }), "in the place of the person who asked"},
		"a condition confirmed in place":    {edit(func(_ *review.Entry, e *review.ConditionConfirmed) { e.For = mike }), "in the place of the person who reported"},
		"a break-glass reviewed in place":   {edit(func(_ *review.Entry, e *review.RetrospectiveClosed) { e.For = mona }), "in the place of the person who broke"},
		"a condition carried over twice":    {edit(func(_ *review.Entry, e *review.ReviewStarted) { e.Conditions = append(e.Conditions, e.Conditions...) }), "over twice"},
		"a condition confirmed by oneself":  {edit(func(en *review.Entry, _ *review.ConditionConfirmed) { en.Actor = mike }), "confirms a condition"},
		"a break-glass reviewed by oneself": {edit(func(en *review.Entry, _ *review.RetrospectiveClosed) { en.Actor = mona }), "closes the review of a break-glass"},
		"an open item":                      {edit(func(_ *review.Entry, e *review.ItemAnswered) { e.To = review.Open }), ""},
	} {
		found := strings.Join(forge(t, c.change), "\n")
		switch {
		case name == "untouched":
			if found != "" {
				t.Errorf("%s: %s", name, found)
			}
		case found == "" || !strings.Contains(found, c.why):
			t.Errorf("%s: want %q in\n%s", name, c.why, found)
		}
	}
}
