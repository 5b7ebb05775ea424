package page

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

const aDay = 24 * time.Hour

// waiverUntil is a waiver for an item that was granted a while ago.
func waiverUntil(k plan.ItemKey, until time.Time) review.Waiver {
	return review.Waiver{No: 1, Item: k, Until: until.Truncate(aDay), RequestedBy: owner, RequestedAt: noon.Add(-90 * aDay), GrantedBy: signer, GrantedAt: noon.Add(-80 * aDay)}
}

func TestWaiverID(t *testing.T) {
	if p, s, no, ok := ReadWaiverID(WaiverID("ledger-api", "go-live", 12)); p != "ledger-api" || s != "go-live" || no != 12 || !ok {
		t.Errorf("read back as %s %s %d %v", p, s, no, ok)
	}
	for _, id := range []string{"", ".", "..", "a.b", "ab.cd.0", "ab.cd.-1", "ab.cd.01", "ab.cd.+1", "ab.cd.1.2", "AB.cd.1", "ab.c d.1", "ab.cd.99999999999999999999", "ab..1", "../x.y.1"} {
		if _, _, _, ok := ReadWaiverID(id); ok {
			t.Errorf("%q is taken for a waiver", id)
		}
	}
}

func TestWaiverLook(t *testing.T) {
	today := review.Today(noon)
	soon := today.AddDate(0, 0, 14)
	for name, c := range map[string]struct {
		w     review.Waiver
		state ui.State
		word  string
	}{
		"long in force":    {waiverUntil("x", soon.AddDate(0, 0, 1)), ui.Waived, "In force"},
		"ending":           {waiverUntil("x", soon), ui.Warn, "Ends in 14 days"},
		"on its last day":  {waiverUntil("x", today), ui.Warn, "Ends today"},
		"the day after":    {waiverUntil("x", today.AddDate(0, 0, -1)), ui.Bad, "Expired 1 day ago"},
		"waiting":          {review.Waiver{Until: soon}, ui.Wait, "Waiting"},
		"never decided":    {review.Waiver{Until: today.AddDate(0, 0, -1)}, ui.NA, "Never decided"},
		"denied":           {review.Waiver{Until: noon, DeniedAt: noon}, ui.Bad, "Denied"},
		"revoked, expired": {review.Waiver{Until: noon, GrantedAt: noon.Add(-aDay), RevokedAt: noon.Add(-time.Hour)}, ui.Stop, "Revoked"},
	} {
		if state, word := WaiverLook(&c.w, noon); state != c.state || word != c.word {
			t.Errorf("%s looks %s %q, want %s %q", name, state, word, c.state, c.word)
		}
	}
}

// How far off a date is does not depend on the hour, but on the day that it is
// where the organisation is.
func TestDayAway(t *testing.T) {
	date := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ now, want string }{
		{"2026-11-20T00:00:00Z", "in 9 days"},
		{"2026-11-20T23:59:59Z", "in 9 days"},
		{"2026-11-21T00:30:00+01:00", "in 8 days"},
		{"2026-11-28T23:59:59Z", "in 1 day"},
		{"2026-11-29T00:00:00Z", "today"},
		{"2026-11-29T23:59:59-10:00", "today"},
		{"2026-11-30T00:00:00+14:00", "1 day ago"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := dayAway(date, now); got != c.want {
			t.Errorf("at %s: %q, want %q", c.now, got, c.want)
		}
	}
}

// What hangs on a waiver follows from the item without it and from the gate.
func TestWaiverEffect(t *testing.T) {
	inForce, ranOut, waits := waiverUntil("x", noon.Add(aDay)), waiverUntil("x", noon.Add(-aDay)), review.Waiver{Until: noon.Add(aDay)}
	for name, c := range map[string]struct {
		w    Waiver
		want string
		bad  bool
	}{
		"settled without it": {Waiver{Waiver: inForce, Level: plan.LevelMust, GateIs: review.GatePassed}, "None: the item is settled without it", false},
		"a passed gate":      {Waiver{Waiver: inForce, Level: plan.LevelMust, Lacks: review.MustOpen, GateIs: review.GatePassed}, "“G” passed with it", false},
		"a gate that waits":  {Waiver{Waiver: inForce, Level: plan.LevelMust, Lacks: review.MustOpen, GateIs: review.GateWaiting}, "“G” is blocked without it", false},
		"lapsed":             {Waiver{Waiver: ranOut, Level: plan.LevelMust, Lacks: review.MustOpen, GateIs: review.GateLapsed}, "“G” has lapsed with it", true},
		"not swept yet":      {Waiver{Waiver: ranOut, Level: plan.LevelMust, Lacks: review.MustOpen, GateIs: review.GatePassed}, "“G” has lapsed with it", true},
		"ran out before":     {Waiver{Waiver: ranOut, Level: plan.LevelMust, Lacks: review.MustOpen, GateIs: review.GateBlocked}, "“G” is blocked", false},
		"another in force":   {Waiver{Waiver: ranOut, Level: plan.LevelMust, Lacks: review.MustOpen, Followed: true, GateIs: review.GateReady}, "None: a newer waiver is in force", false},
		"waits":              {Waiver{Waiver: waits, Level: plan.LevelMust, Lacks: review.MustOpen}, "“G” is blocked", false},
		"applies no more":    {Waiver{Waiver: waits, Level: plan.LevelNone}, "None: the item no longer applies", false},
	} {
		c.w.Gate = "G"
		if state, got := c.w.effect(noon); got != c.want || (state == ui.Bad) != c.bad {
			t.Errorf("%s: %s %q, want %q", name, state, got, c.want)
		}
	}
}

func TestRowSaysThatAnItemIsWaived(t *testing.T) {
	for name, c := range map[string]struct {
		do    func(s *review.Stage)
		state ui.State
		flag  string
	}{
		"in force": {func(s *review.Stage) {
			s.Waivers = []review.Waiver{waiverUntil("risks-listed", time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC))}
		}, ui.Waived, "Waived until 31 Dec"},
		"into another year": {func(s *review.Stage) {
			s.Waivers = []review.Waiver{waiverUntil("risks-listed", time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))}
		}, ui.Waived, "Waived until 1 Jan 2027"},
		"ending":  {func(s *review.Stage) { s.Waivers = []review.Waiver{waiverUntil("risks-listed", noon.Add(aDay))} }, ui.Waived, "Waiver ends 21 Nov"},
		"ran out": {func(s *review.Stage) { s.Waivers = []review.Waiver{waiverUntil("risks-listed", noon.Add(-aDay))} }, ui.Bad, "Waiver ran out"},
		"asked for": {func(s *review.Stage) {
			s.Waivers = []review.Waiver{{No: 1, Item: "risks-listed", Until: noon.Add(aDay)}}
		}, ui.Open, "Waiver asked"},
		"met all the same": {func(s *review.Stage) {
			s.Waivers = []review.Waiver{waiverUntil("risks-listed", noon.Add(40*aDay))}
			s.Item("risks-listed").Answer.State = review.Met
		}, ui.Met, "Waived until 30 Dec"},
	} {
		v := smallView()
		c.do(v.stage())
		row := rowOf(t, v, "risks-listed")
		if row.State != c.state || len(row.Flags) != 1 || row.Flags[0].Text != c.flag || row.Flags[0].Anchor != "waiver" {
			t.Errorf("%s: %s %v, want %s %q", name, row.State, row.Flags, c.state, c.flag)
		}
	}
}

// A passed gate whose waiver ran out shows as lapsed before any sweep.
func TestWaiverLapsesTheGate(t *testing.T) {
	v := smallView()
	v.Rollups[0].Gate = review.GatePassed
	v.stage().Waivers = []review.Waiver{waiverUntil("demo-shown", noon.Add(-aDay))}
	if got := Check(v).gate(); got != review.GateLapsed {
		t.Errorf("gate: %s", got.Label())
	}
	v.stage().Waivers[0].Until = noon
	if got := Check(v).gate(); got != review.GatePassed {
		t.Errorf("a microsecond before: %s", got.Label())
	}
}
