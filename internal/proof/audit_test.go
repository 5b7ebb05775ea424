package proof

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func audited(t *testing.T, w *world, directory []review.Entry) []Problem {
	t.Helper()
	entries, _, err := review.CheckChain(alpha, w.records())
	if err != nil {
		t.Fatal(err)
	}
	found, err := Audit(alpha, entries, directory, []plan.Document{{Lifecycle: w.tmpl}})
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
		"a seat lost before":          {func(d []review.Entry) []review.Entry { return lost(d, pat, begin) }, "Product"},
	} {
		found := audited(t, w, c.change(directory()))
		if !slices.ContainsFunc(found, func(p Problem) bool {
			return strings.Contains(p.What, "did not hold the "+c.seat+" seat") && strings.HasPrefix(p.Where, "entry ")
		}) {
			t.Errorf("%s: %v", name, found)
		}
	}
	if found := audited(t, w, scoped(directory(), pat, review.Scope(alpha))); len(found) > 0 {
		t.Errorf("a seat for just this project: %v", found)
	}
}

// To pass a gate by break-glass, to decide on a waiver and to look back takes a
// right as well.
func TestAuditOfDecisionsBesideSignatures(t *testing.T) {
	w := tell(t)
	for _, c := range []struct {
		name   string
		change func([]review.Entry) []review.Entry
		why    string
	}{
		{"no manager", func(d []review.Entry) []review.Entry {
			return without[review.RightGranted](d, func(e review.RightGranted) bool { return e.Person == mona })
		}, "was not a manager then"},
		{"a manager too late", func(d []review.Entry) []review.Entry { return late(d, mona) }, "was not a manager then"},
		{"no seat", func(d []review.Entry) []review.Entry { return scoped(d, sre, 99) }, "grants a waiver, but person"},
		{"no seat any more", func(d []review.Entry) []review.Entry { return lost(d, sre, w.forcedAt().Add(time.Second)) }, "closes the review of a break-glass, but person"},
	} {
		found := audited(t, w, c.change(directory()))
		if !slices.ContainsFunc(found, func(p Problem) bool { return strings.Contains(p.What, c.why) }) {
			t.Errorf("%s: %v", c.name, found)
		}
	}
}

// Who looks back at a break-glass sits in a seat that the gate had then: a profile
// that has changed since asks for others, and makes nothing wrong afterwards.
func TestAuditKeepsTheSeatsOfAForcedRound(t *testing.T) {
	tmpl := smallTemplate(true)
	tmpl.Flags = []plan.Question{{Key: "data", Group: "Parts", Label: "It keeps data"}}
	last := &tmpl.Stages[len(tmpl.Stages)-1]
	last.Gate.Seats = append(slices.Clone(last.Gate.Seats), plan.GateSeat{Seat: plan.SeatProduct, When: []plan.Flag{"data"}})
	w := newWorld(t, tmpl)
	edit := func(flags ...plan.Flag) {
		p := w.r.Project
		w.must(w.r.Edit(actor(mona), review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Profile: flags, Reason: "We looked again."}, w.tick()))
	}
	edit("data")
	at := w.tick()
	w.must(w.r.Force(actor(mona), last.Key, w.r.Digest(w.r.Stage(last.Key)), "It burns.", at.AddDate(0, 0, 3).Format(review.DateLayout), at))
	edit()
	w.must(w.r.CloseRetrospective(actor(pat), last.Key, 1, "It was right.", w.tick()))
	if found := audited(t, w, directory()); len(found) > 0 {
		t.Errorf("%v", found)
	}
}

// forcedAt is when a gate of the story was passed by break-glass.
func (w *world) forcedAt() time.Time {
	for _, e := range w.r.Recorded() {
		if _, ok := e.Event.(review.GateForced); ok {
			return e.At
		}
	}
	return time.Time{}
}

// A signature counts only while its seat is held: who lost it before the round
// ended does not help to pass the gate, to the microsecond.
func TestASeatLostBeforeTheEnd(t *testing.T) {
	w := tell(t)
	var signed, closed time.Time // the signature in the product seat that passed the gate, and the end
	for _, e := range w.r.Recorded() {
		switch ev := e.Event.(type) {
		case review.GateSigned:
			if ev.Seat == plan.SeatEngineering && ev.Decision == review.Conditional {
				signed = e.At
			}
		case review.RoundClosed:
			if ev.Outcome == review.OutcomeConditional {
				closed = e.At
			}
		}
	}
	if !signed.Before(closed) {
		t.Fatalf("signed %v, closed %v", signed, closed)
	}
	for _, c := range []struct {
		at    time.Time
		short bool
	}{{closed.Add(time.Microsecond), false}, {closed, true}, {signed.Add(time.Microsecond), true}} {
		found := audited(t, w, lost(directory(), eng, c.at))
		if got := slices.ContainsFunc(found, func(p Problem) bool { return strings.Contains(p.What, "1 of the 2 signatures") }); got != c.short {
			t.Errorf("lost %v after the end: %v", c.at.Sub(closed), found)
		}
		again := append(lost(directory(), eng, c.at), review.Entry{At: c.at, Event: review.RightGranted{Person: eng, Seat: plan.SeatEngineering, Source: review.FromGroup}})
		found = audited(t, w, again)
		if got := slices.ContainsFunc(found, func(p Problem) bool { return strings.Contains(p.What, "1 of the 2 signatures") }); got != c.short {
			t.Errorf("given back at once: %v", found)
		}
	}
}

// lost takes somebody's seat away at a moment.
func lost(d []review.Entry, p review.PersonID, at time.Time) []review.Entry {
	for _, e := range d {
		if g, ok := e.Event.(review.RightGranted); ok && g.Person == p {
			return append(d, review.Entry{At: at, Event: review.RightRevoked{Person: p, Role: g.Role, Seat: g.Seat, Scope: g.Scope, Source: g.Source, Reason: "Moved on."}})
		}
	}
	return d
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
		"a signature in a foreign seat":     {edit(func(_ *review.Entry, e *review.GateSigned) { e.Seat = plan.SeatData }), "seat, which this gate does not have"},
		"one person for all":                {edit(func(en *review.Entry, _ *review.GateSigned) { en.Actor = eng }), "different people"},
		"the answerer signs":                {edit(func(en *review.Entry, _ *review.GateSigned) { en.Actor = mike }), "separation of duties keeps"},
		"a return taken for a pass":         {edit(func(_ *review.Entry, e *review.RoundClosed) { e.Outcome = review.OutcomePassed }), "passes a gate"},
		"conditions hushed up":              {edit(func(_ *review.Entry, e *review.GateSigned) { e.Decision = review.Return }), "passes a gate"},
		"an end on other content":           {edit(func(_ *review.Entry, e *review.RoundClosed) { e.Digest = other }), "ends a round on"},
		"a waiver to oneself":               {edit(func(en *review.Entry, _ *review.WaiverGranted) { en.Actor = mike }), "grants a waiver by the person"},
		"a waiver in the asker's place":     {edit(func(_ *review.Entry, e *review.WaiverGranted) { e.For = mike }), "in the place of the person who asked"},
		"a condition confirmed in place":    {edit(func(_ *review.Entry, e *review.ConditionConfirmed) { e.For = mike }), "in the place of the person who reported"},
		"a break-glass reviewed in place":   {edit(func(_ *review.Entry, e *review.RetrospectiveClosed) { e.For = mona }), "in the place of the person who broke"},
		"a condition carried over twice":    {edit(func(_ *review.Entry, e *review.ReviewStarted) { e.Conditions = append(e.Conditions, e.Conditions...) }), "over twice"},
		"a condition confirmed by oneself":  {edit(func(en *review.Entry, _ *review.ConditionConfirmed) { en.Actor = mike }), "confirms a condition"},
		"a break-glass reviewed by oneself": {edit(func(en *review.Entry, _ *review.RetrospectiveClosed) { en.Actor = mona }), "closes the review of a break-glass"},
		"a risk made smaller":               {edit(func(_ *review.Entry, e *review.RecordOpened) { e.Record.Values["likelihood"] = "1" }), "but the content then had"},
		"a risk that counts elsewhere":      {edit(func(_ *review.Entry, e *review.RecordOpened) { e.Record.Stage = live }), "but the content then had"},
		"a risk that was closed before":     {edit(func(_ *review.Entry, e *review.RecordMoved) { e.From = "treated" }), ""},
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
