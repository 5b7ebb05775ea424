package review_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func TestRequestWaiverInput(t *testing.T) {
	good := review.NewWaiver{Reason: "the vendor is late", Risk: "a slow failover", Measure: "somebody watches it", Until: "2026-03-31"}
	tests := []struct {
		name   string
		change func(*review.NewWaiver)
		fields []string // that are named as wrong
	}{
		{"good", func(*review.NewWaiver) {}, nil},
		{"no reason", func(in *review.NewWaiver) { in.Reason = " " }, []string{"reason"}},
		{"no risk", func(in *review.NewWaiver) { in.Risk = "\u200b" }, []string{"risk"}},
		{"no measure", func(in *review.NewWaiver) { in.Measure = "" }, []string{"measure"}},
		{"no date", func(in *review.NewWaiver) { in.Until = "" }, []string{"until"}},
		{"no such date", func(in *review.NewWaiver) { in.Until = "2026-02-30" }, []string{"until"}},
		{"today, which has begun", func(in *review.NewWaiver) { in.Until = "2026-03-02" }, []string{"until"}},
		{"tomorrow", func(in *review.NewWaiver) { in.Until = "2026-03-03" }, nil},
		{"a year", func(in *review.NewWaiver) { in.Until = "2027-03-03" }, nil},
		{"more than a year", func(in *review.NewWaiver) { in.Until = "2027-03-04" }, []string{"until"}},
		{"too much text", func(in *review.NewWaiver) { in.Risk = repeat("x", review.MaxReason+1) }, []string{"risk"}},
		{"nothing", func(in *review.NewWaiver) { *in = review.NewWaiver{} }, []string{"reason", "risk", "measure", "until"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, in := newWorld(t), good
			tt.change(&in)
			before := len(w.r.Recorded())
			err := w.r.RequestWaiver(w.actor(member), build, "tests", in, w.tick())
			if got := wrong(err); strings.Join(got, " ") != strings.Join(tt.fields, " ") {
				t.Errorf("%v names %v, want %v", err, got, tt.fields)
			}
			if n := len(w.r.Recorded()) - before; (n == 1) != (err == nil) {
				t.Errorf("%v, recorded %d events", err, n)
			}
		})
	}
}

// wrong are the fields that an error names, in its order.
func wrong(err error) []string {
	var in *review.Invalid
	if !errors.As(err, &in) {
		return nil
	}
	var fields []string
	for _, f := range in.Fields {
		fields = append(fields, f.Field)
	}
	return fields
}

// Which items a waiver can be asked for.
func TestWaivableItems(t *testing.T) {
	for _, tt := range []struct {
		name string
		tier plan.Tier
		item plan.ItemKey
		want string
	}{
		{"a must", 2, "tests", "ok"}, {"a should", 2, "load", "ok"}, {"a may", 2, "style", "refused"}, {"one that does not apply", 3, "load", "refused"}, {"one that is not there", 2, "adr", "not found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, withTier(tt.tier))
			w.refused(w.waive(member, build, tt.item, "2026-03-31"), tt.want)
		})
	}
}

// A waiver counts from when it was granted up to, not including, its end.
func TestWaiverCountsToTheMicrosecond(t *testing.T) {
	w := newWorld(t)
	w.fill(build, "tests")
	w.ok(w.waive(member, build, "tests", "2026-03-31"))
	granted := w.now.Add(time.Hour)
	w.ok(w.r.GrantWaiver(w.actor(quinn), build, 1, shown(w.r, build, "waiver", 1), "", granted))
	until := time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)
	wv := &w.stage(build).Waivers[0]
	if wv.GrantedBy != quinn || !wv.GrantedAt.Equal(granted) || !wv.Until.Equal(until.AddDate(0, 0, -1)) {
		t.Fatalf("the waiver is kept as %+v", wv)
	}
	for _, tt := range []struct {
		at      time.Time
		state   review.WaiverState
		blocked string
		done    int16
	}{
		{granted.Add(-time.Microsecond), review.WaiverWaiting, "must-open tests", 0},
		{granted, review.WaiverInForce, "", 1},
		{granted.Add(time.Microsecond), review.WaiverInForce, "", 1},
		{until.Add(-time.Microsecond), review.WaiverInForce, "", 1},
		{until, review.WaiverExpired, "waiver-expired tests", 0},
		{until.Add(time.Microsecond), review.WaiverExpired, "waiver-expired tests", 0},
	} {
		w.now = tt.at
		if got := wv.State(w.now); got != tt.state {
			t.Errorf("at %v the waiver is %s, want %s", tt.at, got, tt.state)
		}
		if in := w.stage(build).Waived("tests", w.now) != nil; in != (tt.state == review.WaiverInForce) {
			t.Errorf("at %v waived: %t", tt.at, in)
		}
		if got := w.blockers(build); got != tt.blocked {
			t.Errorf("at %v: blockers %q", tt.at, got)
		}
		roll := w.r.Rollup(w.stage(build), w.now)
		next := until
		if !w.now.Before(until) {
			next = time.Time{}
		}
		if roll.MustDone != tt.done || !roll.NextChange.Equal(next) {
			t.Errorf("at %v: rollup %+v", tt.at, roll)
		}
	}
}

// A passed gate that leans on a waiver lapses with it.
func TestGateLapsesWithItsWaiver(t *testing.T) {
	for _, item := range []plan.ItemKey{"tests", "load"} { // a must, and a should left open without a word
		t.Run(string(item), func(t *testing.T) {
			w := newWorld(t)
			w.fill(build, item)
			w.leave(build, item, "2026-03-31")
			w.ok(w.request(owner, build))
			w.signAll(build)
			until := review.EndOf(w.stage(build).Waivers[0].Until, time.UTC)
			for _, off := range edges {
				w.now = until.Add(off)
				want := review.GateLapsed
				if off < 0 {
					want = review.GatePassed
				}
				w.gate(build, want)
			}
			w.blocked(build, "waiver-expired "+string(item))
			w.refused(w.silent(func() error { return w.request(owner, build) }), "blocked")
			w.refused(w.silent(func() error {
				return w.r.ExtendWaiver(w.actor(manager), build, 1, shown(w.r, build, "waiver", 1), "2026-05-01", "two weeks more", w.tick())
			}), "refused")

			// Another waiver is a change of what was signed: a new round settles it.
			w.leave(build, item, "2026-05-01")
			w.gate(build, review.GateChanged)
			w.blocked(build, "content-changed")
			w.ok(w.request(owner, build))
			w.signAll(build)
		})
	}
}

// An extension, like a revocation, changes what was signed.
func TestWaiverChangesUnderAPassedGate(t *testing.T) {
	passed := func(t *testing.T) *world {
		w := newWorld(t)
		w.fill(build, "tests")
		w.leave(build, "tests", "2026-03-31")
		w.ok(w.request(owner, build))
		w.signAll(build)
		return w
	}
	t.Run("extended", func(t *testing.T) {
		w := passed(t)
		before := w.digest(build)
		w.ok(w.r.ExtendWaiver(w.actor(enya), build, 1, shown(w.r, build, "waiver", 1), "2026-05-01", "two weeks more", w.tick()))
		w.gate(build, review.GateChanged)
		w.blocked(build, "content-changed")
		if w.digest(build) == before {
			t.Error("the digest is the same")
		}
		w.now = time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)
		w.blocked(build, "content-changed")
		w.now = time.Date(2026, time.May, 2, 0, 0, 0, 0, time.UTC)
		w.blocked(build, "content-changed", "waiver-expired tests")
	})
	t.Run("revoked", func(t *testing.T) {
		w := passed(t)
		w.ok(w.r.RevokeWaiver(w.actor(enya), build, 1, shown(w.r, build, "waiver", 1), "the measure failed", w.tick()))
		w.gate(build, review.GateChanged)
		w.blocked(build, "content-changed", "must-open tests")
	})
	t.Run("asked for, denied", func(t *testing.T) {
		w := passed(t)
		w.ok(w.waive(member, build, "load", "2026-03-31"))
		w.gate(build, review.GatePassed)
		w.ok(w.r.DenyWaiver(w.actor(enya), build, 2, shown(w.r, build, "waiver", 2), "it was tried already", w.tick()))
		w.gate(build, review.GatePassed)
	})
	t.Run("granted", func(t *testing.T) {
		w := passed(t)
		w.leave(build, "load", "2026-03-31")
		w.gate(build, review.GateChanged)
	})
	t.Run("expired, not needed any more", func(t *testing.T) {
		w := passed(t)
		w.ok(w.answer(member, build, "tests", review.Met, ""))
		w.ok(w.link(mate, build, "tests", "https://ci.example.com/1", "ci-run"))
		w.gate(build, review.GateChanged)
		w.ok(w.request(owner, build))
		w.signAll(build)
		w.now = time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)
		w.gate(build, review.GatePassed)
		w.now = expiry(w, build)
		w.gate(build, review.GateLapsed)
		w.blocked(build, "evidence-expired tests")
	})
}

// A waiver that is granted while a round is open puts its sign-offs out of
// date, and one that ends meanwhile keeps the round from passing.
func TestWaiverDuringARound(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.ok(w.waive(member, design, "naming", "2026-03-31"))
	w.blocked(design, "signers-missing") // asking changes nothing yet
	w.ok(w.r.GrantWaiver(w.actor(manager), design, 1, shown(w.r, design, "waiver", 1), "", w.tick()))
	w.blocked(design, "seat-missing architecture", "signers-missing")
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.ok(w.r.ExtendWaiver(w.actor(manager), design, 1, shown(w.r, design, "waiver", 1), "2026-05-01", "more", w.tick()))
	w.blocked(design, "seat-missing architecture", "signers-missing")
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.ok(w.r.RevokeWaiver(w.actor(manager), design, 1, shown(w.r, design, "waiver", 1), "not needed", w.tick()))
	w.blocked(design, "seat-missing architecture", "signers-missing")

	w = newWorld(t)
	w.fill(build, "tests")
	w.leave(build, "tests", "2026-03-31")
	w.ok(w.request(owner, build))
	w.now = time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC).Add(-time.Second) // the signature falls on the end
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.gate(build, review.GateWaiting)
	w.blocked(build, "waiver-expired tests")

	w = newWorld(t)
	w.fill(build, "tests")
	w.leave(build, "tests", "2026-03-31")
	w.ok(w.request(owner, build))
	w.now = time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC).Add(-time.Second - time.Microsecond)
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.gate(build, review.GatePassed)
}

// What can be done with a waiver, by its state.
func TestWaiverDecisions(t *testing.T) {
	const table = `
            grant    deny     extend   revoke
waiting     ok       ok       refused  refused
in force    same     refused  ok       ok
denied      refused  same     refused  refused
revoked     refused  refused  refused  same
ran out     refused  refused  refused  refused
unanswered  refused  refused  refused  refused
`
	do := map[string]func(*world) error{
		"grant": func(w *world) error {
			return w.r.GrantWaiver(w.actor(manager), build, 1, shown(w.r, build, "waiver", 1), "", w.tick())
		},
		"deny": func(w *world) error {
			return w.r.DenyWaiver(w.actor(manager), build, 1, shown(w.r, build, "waiver", 1), "no", w.tick())
		},
		"extend": func(w *world) error {
			return w.r.ExtendWaiver(w.actor(manager), build, 1, shown(w.r, build, "waiver", 1), "2026-05-15", "more", w.tick())
		},
		"revoke": func(w *world) error {
			return w.r.RevokeWaiver(w.actor(manager), build, 1, shown(w.r, build, "waiver", 1), "enough", w.tick())
		},
	}
	late := func(w *world) error { w.now = time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC); return nil }
	var b strings.Builder
	b.WriteString("\n            grant    deny     extend   revoke\n")
	for _, row := range []struct {
		state string
		steps []func(*world) error
	}{
		{"waiting", nil}, {"in force", []func(*world) error{do["grant"]}}, {"denied", []func(*world) error{do["deny"]}},
		{"revoked", []func(*world) error{do["grant"], do["revoke"]}}, {"ran out", []func(*world) error{do["grant"], late}}, {"unanswered", []func(*world) error{late}},
	} {
		line := padded(row.state, 12)
		for _, action := range []string{"grant", "deny", "extend", "revoke"} {
			w := newWorld(t)
			w.ok(w.waive(member, build, "tests", "2026-03-31"))
			for _, step := range row.steps {
				w.ok(step(w))
			}
			before := len(w.r.Recorded())
			word := refusal(do[action](w))
			if word == "ok" && len(w.r.Recorded()) == before {
				word = "same"
			} else if word != "ok" && len(w.r.Recorded()) != before {
				word += "!"
			}
			line += padded(word, 9)
		}
		b.WriteString(line + "\n")
	}
	compareTables(t, b.String(), table)
}

func padded(s string, n int) string { return s + repeat(" ", max(1, n-len(s))) }

func TestWaiverDecisionInput(t *testing.T) {
	w := newWorld(t)
	w.leave(build, "tests", "2026-03-31")
	w.ok(w.waive(member, build, "load", "2026-03-31"))
	extend := func(until, why string) error {
		return w.r.ExtendWaiver(w.actor(manager), build, 1, shown(w.r, build, "waiver", 1), until, why, w.tick())
	}
	for name, err := range map[string]error{
		"a grant with control characters":  w.r.GrantWaiver(w.actor(manager), build, 2, shown(w.r, build, "waiver", 2), "a\x00b", w.tick()),
		"a denial without a reason":        w.r.DenyWaiver(w.actor(manager), build, 2, shown(w.r, build, "waiver", 2), " ", w.tick()),
		"a revocation without a reason":    w.r.RevokeWaiver(w.actor(manager), build, 1, shown(w.r, build, "waiver", 1), "", w.tick()),
		"an extension without a reason":    extend("2026-05-01", ""),
		"an extension without a date":      extend("", "x"),
		"an extension into the past":       extend("2026-03-01", "x"),
		"an extension by more than a year": extend("2027-03-20", "x"),
		"a shorter extension":              extend("2026-03-30", "x"),
	} {
		if refusal(err) != "invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.ok(w.silent(func() error { return extend("2026-03-31", "x") }))
	for _, no := range []int{-1, 0, 3} {
		w.refused(w.silent(func() error {
			return w.r.GrantWaiver(w.actor(manager), build, no, shown(w.r, build, "waiver", no), "", w.tick())
		}), "not found")
	}
	if n := len(w.stage(build).Waivers); n != 2 {
		t.Errorf("%d waivers", n)
	}
	w.ok(extend("2026-05-01", "two weeks more"))
	if wv := w.stage(build).Waivers[0]; wv.Why != "two weeks more" || review.FormatDate(wv.Until) != "2026-05-01" {
		t.Errorf("extended to %+v", wv)
	}
}

// Who asked for a waiver decides nothing about it, whatever else they hold.
func TestNobodyDecidesOnTheirOwnWaiver(t *testing.T) {
	actions := map[string]func(*world, review.Actor) error{
		"grant": func(w *world, a review.Actor) error {
			return w.r.GrantWaiver(a, build, 1, shown(w.r, build, "waiver", 1), "", w.tick())
		},
		"deny": func(w *world, a review.Actor) error {
			return w.r.DenyWaiver(a, build, 1, shown(w.r, build, "waiver", 1), "no", w.tick())
		},
		"extend": func(w *world, a review.Actor) error {
			return w.r.ExtendWaiver(a, build, 2, shown(w.r, build, "waiver", 2), "2026-05-01", "x", w.tick())
		},
		"revoke": func(w *world, a review.Actor) error {
			return w.r.RevokeWaiver(a, build, 2, shown(w.r, build, "waiver", 2), "x", w.tick())
		},
	}
	for _, tt := range []struct {
		name string
		by   review.PersonID
		give func(*world)
		want string
	}{
		{"the requester, in a seat", insider, func(*world) {}, "denied"},
		{"the requester, in another seat", insider, func(w *world) { w.grant(insider, plan.SeatQA) }, "denied"},
		{"the requester, as manager", insider, func(w *world) { w.roles[insider] = []review.Role{review.RoleManager} }, "denied"},
		{"the requester, for somebody else", insider, func(w *world) { w.standIn(insider, quinn, plan.SeatQA) }, "denied"},
		{"the requester's stand-in", viewer, func(w *world) { w.standIn(viewer, insider, plan.SeatEngineering) }, "denied"},
		{"somebody else's stand-in", viewer, func(w *world) { w.standIn(viewer, enya, plan.SeatEngineering) }, "ok"},
		{"a stand-in for both", viewer, func(w *world) {
			w.standIn(viewer, insider, plan.SeatEngineering)
			w.standIn(viewer, enya, plan.SeatEngineering)
		}, "ok"},
		{"a manager who stands in for the requester", manager, func(w *world) { w.standIn(manager, insider, plan.SeatEngineering) }, "ok"},
		{"another holder of the seat", enya, func(*world) {}, "ok"},
		{"the holder of another seat of the gate", quinn, func(*world) {}, "ok"},
		{"the holder of another gate's seat", archie, func(*world) {}, "denied"},
		{"the owner", owner, func(*world) {}, "denied"},
		{"an admin", admin, func(*world) {}, "denied"},
		{"nobody", nobody, func(*world) {}, "not found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, do := range actions {
				w := newWorld(t)
				w.ok(w.waive(insider, build, "tests", "2026-03-31"))
				w.ok(w.waive(insider, build, "load", "2026-03-31"))
				w.ok(w.r.GrantWaiver(w.actor(manager), build, 2, shown(w.r, build, "waiver", 2), "", w.tick()))
				tt.give(w)
				before := len(w.r.Recorded())
				if err := do(w, w.actor(tt.by)); refusal(err) != tt.want || (err != nil) != (len(w.r.Recorded()) == before) {
					t.Errorf("%s: %v", name, err)
				}
				m := w.actor(tt.by)
				m.Machine = true
				if err := do(w, m); err == nil {
					t.Errorf("a machine may %s", name)
				}
			}
		})
	}
}

// A request can be made anew once the one before was decided or ran out.
func TestAskingAgain(t *testing.T) {
	w := newWorld(t)
	w.ok(w.waive(member, build, "tests", "2026-03-31"))
	w.ok(w.silent(func() error { return w.waive(member, build, "tests", "2026-03-31") }))
	for name, change := range map[string]func(*review.NewWaiver){
		"reason": func(in *review.NewWaiver) { in.Reason += "!" }, "risk": func(in *review.NewWaiver) { in.Risk += "!" },
		"measure": func(in *review.NewWaiver) { in.Measure += "!" }, "until": func(in *review.NewWaiver) { in.Until = "2026-04-02" },
	} {
		in := review.NewWaiver{Reason: "the vendor is late", Risk: "a slow failover", Measure: "somebody watches it", Until: "2026-03-31"}
		change(&in)
		if err := w.silent(func() error { return w.r.RequestWaiver(w.actor(member), build, "tests", in, w.tick()) }); refusal(err) != "refused" {
			t.Errorf("another %s was taken for the same form: %v", name, err)
		}
	}
	w.refused(w.silent(func() error { return w.waive(mate, build, "tests", "2026-03-31") }), "refused")
	w.ok(w.waive(mate, build, "load", "2026-03-31")) // another item's

	w.ok(w.r.DenyWaiver(w.actor(quinn), build, 1, shown(w.r, build, "waiver", 1), "no", w.tick()))
	w.ok(w.waive(member, build, "tests", "2026-03-10"))
	w.now = time.Date(2026, time.March, 11, 0, 0, 0, 0, time.UTC) // nobody decided
	w.ok(w.waive(member, build, "tests", "2026-03-31"))
	w.ok(w.r.GrantWaiver(w.actor(quinn), build, 4, shown(w.r, build, "waiver", 4), "", w.tick()))
	w.refused(w.silent(func() error { return w.waive(mate, build, "tests", "2026-03-31") }), "refused")
	w.ok(w.r.RevokeWaiver(w.actor(quinn), build, 4, shown(w.r, build, "waiver", 4), "x", w.tick()))
	w.ok(w.waive(mate, build, "tests", "2026-03-31"))
	if wv := w.stage(build).Waivers; len(wv) != 5 || wv[4].No != 5 || wv[4].RequestedBy != mate {
		t.Errorf("waivers %+v", wv)
	}
}

// What is said of an item whose waiver does not cover it any more.
func TestWhatAnEndedWaiverLeaves(t *testing.T) {
	w := newWorld(t)
	w.leave(build, "tests", "2026-03-10")
	w.now = time.Date(2026, time.March, 11, 0, 0, 0, 0, time.UTC)
	w.blocked(build, "should-unexplained load", "waiver-expired tests")
	w.ok(w.waive(member, build, "tests", "2026-03-31"))
	w.blocked(build, "should-unexplained load", "waiver-expired tests") // the new one still waits
	w.ok(w.r.GrantWaiver(w.actor(manager), build, 2, shown(w.r, build, "waiver", 2), "", w.tick()))
	w.blocked(build, "should-unexplained load")
	w.ok(w.r.RevokeWaiver(w.actor(manager), build, 2, shown(w.r, build, "waiver", 2), "x", w.tick()))
	w.blocked(build, "must-open tests", "should-unexplained load") // it was taken back, it has not run out
	w.ok(w.answer(member, build, "load", review.NotMet, "later"))
	w.leave(build, "load", "2026-03-20")
	w.now = time.Date(2026, time.March, 20, 0, 0, 0, 0, time.UTC)
	w.blocked(build, "must-open tests") // a should with a reason needs no waiver
}

// A waiver of an item that does not apply is not part of what is signed, and
// comes back with the item.
func TestWaiverOfAnItemThatDoesNotApply(t *testing.T) {
	w := newWorld(t, withProfile("pii"))
	w.fill(design, "privacy")
	w.leave(design, "privacy", "2026-03-31")
	with := w.digest(design)
	set := func(flags ...plan.Flag) {
		w.ok(w.answered(manager, flags...))
	}
	set()
	without := w.digest(design)
	w.ok(w.r.RevokeWaiver(w.actor(manager), design, 1, shown(w.r, design, "waiver", 1), "moot", w.tick()))
	if w.digest(design) != without {
		t.Error("a waiver that concerns nothing is signed")
	}
	set("pii")
	if w.digest(design) == with {
		t.Error("the revoked waiver is signed")
	}
	w.blocked(design, "must-open privacy")
}

// Nothing is decided on a project that was stopped.
func TestWaiversOfAStoppedProject(t *testing.T) {
	w := newWorld(t)
	w.ok(w.waive(member, build, "tests", "2026-03-31"))
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusStopped, "no money", w.tick()))
	w.refused(w.silent(func() error { return w.waive(member, build, "load", "2026-03-31") }), "refused")
	w.refused(w.silent(func() error {
		return w.r.GrantWaiver(w.actor(manager), build, 1, shown(w.r, build, "waiver", 1), "", w.tick())
	}), "refused")
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusOnHold, "some money", w.tick()))
	w.ok(w.r.GrantWaiver(w.actor(manager), build, 1, shown(w.r, build, "waiver", 1), "", w.tick()))
}
