package review_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

const newer = "https://ci.example.com/newer"

// renew links a newer run of the tests.
func (w *world) renew() error { return w.link(mate, build, "tests", newer, "ci-run") }

// renewed are the numbers of the evidence that came since the signatures.
func (w *world) renewed(sk plan.StageKey) []int {
	var out []int
	for _, e := range w.stage(sk).Renewed() {
		out = append(out, e.No)
	}
	return out
}

// What leaves the signatures of a passed gate in force, and what does not.
func TestRenewal(t *testing.T) {
	repeating := func(k plan.ItemKey) option {
		return func(t *plan.Lifecycle, _ *review.NewProject) {
			d := &t.Stages[1].Items[slices.IndexFunc(t.Stages[1].Items, func(d plan.Item) bool { return d.Key == k })]
			d.ValidDays, d.Evidence = 30, []plan.EvidenceKind{"ci-run"}
		}
	}
	tests := []struct {
		name    string
		opts    []option
		do      func(w *world) error // after the gate passed, before newer evidence comes
		link    func(w *world) error // nil: the usual
		renewed []int
		gate    review.GateState
	}{
		{"newer evidence", nil, nil, nil, []int{2}, review.GatePassed},
		{"of another kind that the item asks for", nil, nil, func(w *world) error { return w.link(mate, build, "tests", newer, "test-report") }, []int{2}, review.GatePassed},
		{"of a kind that it does not ask for", nil, nil, func(w *world) error { return w.link(mate, build, "tests", newer, "doc") }, nil, review.GateChanged},
		{"for an item whose evidence does not expire", nil, nil, func(w *world) error { return w.link(mate, build, "load", newer, "ci-run") }, nil, review.GateChanged},
		{"for a repeating item that had none", []option{repeating("style")}, nil, func(w *world) error { return w.link(mate, build, "style", newer, "ci-run") }, nil, review.GateChanged},
		{"for a recommended item that repeats", []option{repeating("load")}, nil, func(w *world) error { return w.link(mate, build, "load", newer, "ci-run") }, []int{3}, review.GatePassed},
		{"twice", nil, (*world).renew, func(w *world) error { return w.link(member, build, "tests", newer+"/2", "ci-run") }, []int{2, 3}, review.GatePassed},
		{"by somebody in a seat of the gate", nil, nil, func(w *world) error { return w.link(insider, build, "tests", newer, "ci-run") }, []int{2}, review.GatePassed},
		{"after a change of the answer's note", nil, func(w *world) error { return w.answer(member, build, "tests", review.Met, "all of them") }, nil, nil, review.GateChanged},
		{"after a change of another answer", nil, func(w *world) error { return w.answer(member, build, "load", review.Met, "by hand") }, nil, nil, review.GateChanged},
		{"after the signed link was removed", nil, func(w *world) error { return w.r.RemoveEvidence(w.actor(mate), build, "tests", 1, w.tick()) }, nil, nil, review.GateChanged},
		{"after a waiver", nil, func(w *world) error { w.leave(build, "tests", "2026-05-01"); return nil }, nil, nil, review.GateChanged},
		{"after a waiver was asked for", nil, func(w *world) error { return w.waive(member, build, "tests", "2026-05-01") }, nil, []int{2}, review.GatePassed},
		{"then the signed link is removed", nil, (*world).renew, func(w *world) error { return w.r.RemoveEvidence(w.actor(mate), build, "tests", 1, w.tick()) }, []int{2}, review.GateChanged},
		{"then the answer changes", nil, (*world).renew, func(w *world) error { return w.answer(member, build, "tests", review.NotMet, "they fail") }, []int{2}, review.GateChanged},
		{"then it is removed again", nil, (*world).renew, func(w *world) error { return w.r.RemoveEvidence(w.actor(owner), build, "tests", 2, w.tick()) }, nil, review.GatePassed},
		{"then its title is put right", nil, (*world).renew, func(w *world) error {
			return w.r.ReviseEvidence(w.actor(mate), build, "tests", 2, "Nightly run", "ci-run", w.tick())
		}, []int{3}, review.GatePassed},
		{"then its kind is made one that does not count", nil, (*world).renew, func(w *world) error {
			return w.r.ReviseEvidence(w.actor(mate), build, "tests", 2, "Nightly run", "doc", w.tick())
		}, nil, review.GateChanged},
		{"the signed link's title is put right", nil, nil, func(w *world) error {
			return w.r.ReviseEvidence(w.actor(mate), build, "tests", 1, "Nightly run", "ci-run", w.tick())
		}, nil, review.GateChanged},
		{"while the project is on hold", nil, func(w *world) error {
			return w.r.SetStatus(w.actor(owner), build, review.StatusOnHold, "no money", w.tick())
		}, nil, []int{2}, review.GatePassed},
		{"after a comment", nil, (*world).renew, func(w *world) error {
			return w.r.Discuss(w.actor(member), build, "tests", "look", "", w.tick())
		}, []int{2}, review.GatePassed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newPlanned(t, shelf{}, tt.opts...)
			w.pass(build)
			closing := w.stage(build).LastRound().Closing
			if tt.do != nil {
				w.ok(tt.do(w))
			}
			if tt.link == nil {
				tt.link = (*world).renew
			}
			w.ok(tt.link(w))
			w.gate(build, tt.gate)
			if got := w.renewed(build); !slices.Equal(got, tt.renewed) {
				t.Errorf("renewed %v, want %v", got, tt.renewed)
			}
			if w.stage(build).LastRound().Closing != closing {
				t.Error("what was signed is another digest now")
			}
			w.replays()
		})
	}
}

// A lapse is cured by newer evidence, also at the address of the old, and comes
// back when that is taken away.
func TestRenewalCuresALapse(t *testing.T) {
	w := newPlanned(t, shelf{})
	w.pass(build)
	const signed = "https://wiki.example.com/tests"
	w.now = expiry(w, build)
	w.gate(build, review.GateLapsed)
	w.blocked(build, "evidence-expired tests")

	w.refused(w.silent(func() error { // no newer than what is there
		return w.r.AddEvidence(w.actor(mate), build, "tests", review.NewEvidence{URL: signed, Type: "ci-run", Effective: "2026-03-01"}, w.now)
	}), "invalid")
	w.ok(w.link(mate, build, "tests", signed, "ci-run"))
	w.gate(build, review.GatePassed)
	w.blocked(build)
	if ask, _ := w.stage(build).Asks(w.stage(build).Item("tests"), w.now); ask != review.AskNothing {
		t.Errorf("it still asks to %s", string(ask))
	}
	if roll := w.r.Rollup(w.stage(build), w.now); roll.NextChange.IsZero() || roll.Gate != review.GatePassed {
		t.Errorf("rollup %+v", roll)
	}
	w.ok(w.silent(func() error { return w.link(mate, build, "tests", signed, "ci-run") })) // the same form again

	w.ok(w.r.RemoveEvidence(w.actor(mate), build, "tests", 2, w.tick()))
	w.gate(build, review.GateLapsed)
	w.ok(w.link(mate, build, "tests", signed, "ci-run"))
	w.gate(build, review.GatePassed)
	w.now = w.now.AddDate(0, 0, 91)
	w.gate(build, review.GateLapsed)
	w.replays()
}

// Pasted links renew too: of those that are there, the expired ones.
func TestPastedLinksRenew(t *testing.T) {
	w := newPlanned(t, shelf{})
	w.pass(build)
	const signed = "https://wiki.example.com/tests"
	paste := func(text string) error {
		bad, err := w.r.AddLinks(w.actor(mate), build, "tests", text, review.LinkRules{}, w.tick())
		if len(bad) > 0 {
			t.Errorf("%+v", bad)
		}
		return err
	}
	w.ok(w.silent(func() error { return paste(signed) }))
	w.now = expiry(w, build)
	w.ok(paste(signed + "\nhttps://ci.example.com/jobs/7\n" + signed))
	w.gate(build, review.GatePassed)
	if got := w.renewed(build); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("renewed %v", got)
	}
	if e := w.stage(build).Evidence; e[1].Type != e[0].Type || e[1].Title != e[0].Title {
		t.Errorf("renewed as %+v, was %+v", e[1], e[0])
	}
}

// The next round signs what was renewed: it is part of the digest, whoever gave
// it does not sign, and from then on it is signed content like any other.
func TestTheNextRoundSignsWhatWasRenewed(t *testing.T) {
	w := newPlanned(t, shelf{})
	w.pass(build)
	before := w.digest(build)
	w.ok(w.link(insider, build, "tests", newer, "ci-run"))
	if w.digest(build) == before {
		t.Error("what would be signed next lacks the renewal")
	}
	w.refused(w.silent(func() error { return w.request(owner, build) }), "refused") // nothing asks for a round
	w.ok(w.answer(member, build, "load", review.Met, "by hand"))
	w.ok(w.request(owner, build))
	if got := w.renewed(build); got != nil {
		t.Errorf("renewed %v while a round is open", got)
	}
	w.refused(w.sign(insider, build, plan.SeatEngineering), "denied")

	w.ok(w.link(mate, build, "tests", newer+"/2", "ci-run")) // while a round is open every change counts
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.gate(build, review.GatePassed)
	if got := w.renewed(build); got != nil {
		t.Errorf("renewed %v right after the round", got)
	}
	w.ok(w.r.RemoveEvidence(w.actor(insider), build, "tests", 2, w.tick()))
	w.gate(build, review.GateChanged)
	w.replays()
}

// A signature on an open round goes out of date with newer evidence, and a
// returned round has nothing to renew.
func TestNothingIsRenewedWithoutAPass(t *testing.T) {
	w := newWorld(t, func(t *plan.Lifecycle, _ *review.NewProject) { t.Stages[1].Gate.Quorum = 2 })
	w.open(build)
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.ok(w.renew())
	if n := len(w.r.Counting(w.stage(build))); n != 0 {
		t.Errorf("%d signatures count", n)
	}
	w.ok(w.sendBack(enya, build, plan.SeatEngineering, "Which run?"))
	w.ok(w.link(mate, build, "tests", newer+"/2", "ci-run"))
	w.gate(build, review.GateReturned)
	if e := w.stage(build).Evidence; e[1].Renews != 0 || e[2].Renews != 0 || w.renewed(build) != nil {
		t.Errorf("evidence %+v", e)
	}
}

// What was passed by break-glass was signed by nobody, so nothing of it is renewed.
func TestBreakGlassIsNotRenewed(t *testing.T) {
	w := newPlanned(t, shelf{})
	w.fill(build)
	w.ok(w.r.Force(w.actor(manager), build, w.digest(build), "it burns", "2026-03-10", w.tick()))
	w.gate(build, review.GateBreakGlass)
	w.ok(w.renew())
	w.gate(build, review.GateChanged)
}

// A conditional pass is renewed, and what is due stays due.
func TestAConditionalPassIsRenewed(t *testing.T) {
	w := newPlanned(t, shelf{})
	w.open(build)
	w.ok(w.signIf(quinn, build, plan.SeatQA, "2026-12-01", "write it down"))
	w.now = expiry(w, build)
	w.gate(build, review.GateLapsed)
	w.ok(w.renew())
	w.gate(build, review.GateConditional)
}

// The next review starts with what was renewed as ordinary evidence, and signs it.
func TestTheNextReviewSignsWhatWasRenewed(t *testing.T) {
	w := newPlanned(t, shelf{})
	for _, sk := range []plan.StageKey{design, build, run} {
		w.pass(sk)
	}
	w.ok(w.renew())
	w.ok(w.r.StartReview(w.actor(owner), 1, "a year has passed", w.tick()))
	if e := w.stage(build).Evidence; len(e) != 2 || e[1].Renews != 0 || w.renewed(build) != nil {
		t.Errorf("evidence %+v", e)
	}
	w.ok(w.answer(member, build, "tests", review.Met, "")) // it repeats, so it is attested anew
	w.ok(w.request(owner, build))
	w.signAll(build)
	if got := w.renewed(build); got != nil {
		t.Errorf("renewed %v", got)
	}
	w.ok(w.r.RemoveEvidence(w.actor(mate), build, "tests", 2, w.tick()))
	w.gate(build, review.GateChanged)
	w.replays()
}

// A renewal moves with its item, where it is a change like any other, and is a
// renewal again once the upgrade is taken back.
func TestAnUpgradeTakenBackKeepsRenewals(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}})
	w.pass(build)
	w.ok(w.renew())
	w.ok(w.upgrade(owner, v2))
	if s := w.stage("proof"); len(s.Evidence) == 0 || s.Renewed() != nil {
		t.Errorf("in the new stage %+v, renewed %v", s.Evidence, s.Renewed())
	}
	w.ok(w.undo(owner))
	w.gate(build, review.GatePassed)
	if got := w.renewed(build); !slices.Equal(got, []int{w.stage(build).Evidence[len(w.stage(build).Evidence)-1].No}) {
		t.Errorf("renewed %v", got)
	}
	w.replays()
}

// A trail in which evidence renews what it cannot renew is refused; one from
// before there were renewals leads to what it led to then.
func TestTrailsOfRenewals(t *testing.T) {
	w := newPlanned(t, shelf{})
	w.open(build)
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.ok(w.renew())
	w.ok(w.link(mate, build, "load", newer, "ci-run"))
	entries := w.r.Recorded()
	at := len(entries) - 2
	replay := func(i, renews int) (*review.Review, error) {
		forged := slices.Clone(entries)
		e := forged[i].Event.(review.EvidenceAdded)
		e.Renews = renews
		forged[i].Event = e
		return review.Replay(project, forged, known(w.r.Plan))
	}
	first := slices.IndexFunc(entries, func(en review.Entry) bool { return en.Event.Kind() == "EvidenceAdded" })
	for _, forged := range []struct{ entry, renews int }{{at, 2}, {at, -1}, {at + 1, 1}, {first, 1}} {
		if _, err := replay(forged.entry, forged.renews); err == nil || !strings.Contains(err.Error(), "renew") {
			t.Errorf("entry %d that renews round %d: %v", forged.entry, forged.renews, err)
		}
	}
	old, err := review.Replay(project, mapEvidence(entries[:at+1], func(e *review.EvidenceAdded) { e.Renews = 0 }), known(w.r.Plan))
	w.ok(err)
	if s := old.Stage(build); s.Gate != review.GateChanged || len(s.Renewed()) > 0 || !s.LastRound().ChangedAt.Equal(entries[at].At) {
		t.Errorf("from a trail without the mark the gate stands %q", s.Gate.Label())
	}
}

// mapEvidence changes every entry that adds evidence.
func mapEvidence(entries []review.Entry, change func(*review.EvidenceAdded)) []review.Entry {
	out := slices.Clone(entries)
	for i := range out {
		if e, ok := out[i].Event.(review.EvidenceAdded); ok {
			change(&e)
			out[i].Event = e
		}
	}
	return out
}
