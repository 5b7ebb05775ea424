package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"pgregory.net/rapid"
)

// verify holds a stream's chain and everything that the tables say of it
// against its trail.
func (f *fixture) verify(t testing.TB, id review.ProjectID) {
	t.Helper()
	v, err := f.VerifyStream(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range v.Problems {
		t.Error(p)
	}
	if len(v.Problems) > 0 {
		t.FailNow()
	}
}

// sameAsReplay holds what the tables say of a project against what its trail
// says.
func (f *fixture) sameAsReplay(t testing.TB, key review.ProjectKey) {
	t.Helper()
	view, err := f.Project(context.Background(), f.as("adam"), key)
	if err != nil {
		t.Fatal(err)
	}
	f.verify(t, view.Review.Project.ID)
}

// Whatever people do, in whatever order, the tables equal the replayed trail.
func TestTablesEqualTheReplayedTrail(t *testing.T) {
	f := newFixture(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		key := review.ProjectKey(fmt.Sprintf("project-%d", n))
		f.create(string(key))
		names := []string{"olga", "mike", "pat", "eng", "sre", "both", "mona"}
		steps := rapid.IntRange(1, 40).Draw(rt, "steps")
		for range steps {
			name := rapid.SampledFrom(names).Draw(rt, "who")
			t := store.Target{Project: key, Stage: rapid.SampledFrom([]plan.StageKey{"idea", "live", ""}).Draw(rt, "stage")}
			_, _ = f.Change(context.Background(), f.as(name), t, randomCommand(rt)) // refusals are part of it
		}
		f.sameAsReplay(t, key)
	})
	f.verify(t, 1)
}

// randomCommand draws one command with arguments that are often right.
func randomCommand(rt *rapid.T) store.Decide {
	kind := rapid.IntRange(0, 25).Draw(rt, "command")
	sk := rapid.SampledFrom([]plan.StageKey{"idea", "idea", "live"}).Draw(rt, "of stage")
	ik := rapid.SampledFrom([]plan.ItemKey{"scope-set", "risks-listed", "data-sketched", "demo-shown", "restore-tested"}).Draw(rt, "item")
	state := rapid.SampledFrom(review.States()).Draw(rt, "state")
	note := rapid.SampledFrom([]string{"", "Because.", "Später, 見積もり."}).Draw(rt, "note")
	seat := rapid.SampledFrom([]plan.Seat{plan.SeatProduct, plan.SeatEngineering, plan.SeatSRE}).Draw(rt, "seat")
	pick := rapid.IntRange(1, 4).Draw(rt, "number")
	return func(r *review.Review, who review.Actor, at time.Time) error {
		s := r.Stage(sk)
		version := 0
		if it := s.Item(ik); it != nil {
			version = it.Answer.Version
		}
		switch kind {
		case 0, 1, 2:
			return r.Answer(who, sk, ik, state, note, version, at)
		case 3, 4:
			return r.AddEvidence(who, sk, ik, review.NewEvidence{URL: fmt.Sprintf("https://example.test/%d", pick), Title: note, Type: plan.EvidenceKinds()[pick]}, at)
		case 5:
			return r.RemoveEvidence(who, sk, ik, pick, at)
		case 6:
			return r.Request(who, sk, "", "Out of order on purpose.", at)
		case 7, 8:
			in := review.NewSignOff{Seat: seat, Decision: review.Go, Digest: r.Digest(s)}
			switch pick {
			case 2:
				in.Decision, in.Conditions = review.Conditional, []review.NewCondition{{Text: "Link the plan.", Owner: who.Person, Due: at.AddDate(0, 0, 3).Format(review.DateLayout)}}
			case 3:
				in.Decision, in.Note = review.Recuse, "I built it."
			case 4:
				in.Decision, in.Findings = review.Return, []string{"Explain the risks.", "Link the plan."}
			}
			return r.SignOff(who, sk, in, at)
		case 9:
			return r.AnswerFinding(who, sk, pick, shown(s.Findings, pick), "Done, see the note.", at)
		case 10:
			return r.ApproveNotApplicable(who, sk, ik, version, at)
		case 12, 13:
			return r.RequestWaiver(who, sk, ik, review.NewWaiver{Reason: "Late", Risk: "Small", Measure: "By hand", Until: at.AddDate(0, 0, pick).Format(review.DateLayout)}, at)
		case 14, 15:
			return r.GrantWaiver(who, sk, pick, shown(s.Waivers, pick), note, at)
		case 16:
			return r.DenyWaiver(who, sk, pick, shown(s.Waivers, pick), "No.", at)
		case 17:
			return r.ExtendWaiver(who, sk, pick, shown(s.Waivers, pick), at.AddDate(0, 0, 9).Format(review.DateLayout), "Longer.", at)
		case 18:
			return r.RevokeWaiver(who, sk, pick, shown(s.Waivers, pick), "Over.", at)
		case 19:
			return r.MeetCondition(who, sk, pick, shown(s.Conditions, pick), "Done.", at)
		case 20:
			if note != "" {
				return r.ReleaseCondition(who, sk, pick, shown(s.Conditions, pick), note, at)
			}
			return r.ConfirmCondition(who, sk, pick, shown(s.Conditions, pick), at)
		case 21:
			return r.ReopenCondition(who, sk, pick, shown(s.Conditions, pick), "Not yet.", at)
		case 22:
			if pick > 2 {
				return r.ReopenFinding(who, sk, pick-2, shown(s.Findings, pick-2), "Not enough.", at)
			}
			return r.AcceptFinding(who, sk, pick, shown(s.Findings, pick), at)
		case 23:
			if pick > 2 {
				return r.CloseRetrospective(who, sk, pick-2, "It was right.", at)
			}
			return r.Force(who, sk, r.Digest(s), "The house burns.", at.AddDate(0, 0, 2).Format(review.DateLayout), at)
		case 24:
			if pick > 3 {
				return r.Retag(who, []string{note, "pci"}, []string{"mobile", "n"}, at)
			}
			if pick > 2 {
				return r.ConfirmProfile(who, r.Project.AnswersDigest(), at)
			}
			return r.StartReview(who, r.No, "Yearly.", at)
		case 25:
			if pick > 3 {
				return r.RefuseRetraction(who, r.RetractionDigest(), "No.", at)
			}
			return r.ApproveRetraction(who, r.RetractionDigest(), at)
		default:
			return r.Edit(who, review.ProjectFields{
				Name: "Renamed", Team: "Blue", Tier: plan.Tier(1 + pick%3), Exposure: review.ExposureGeneral, Profile: map[bool][]plan.Flag{true: {"database"}}[pick > 2],
				Unanswered: map[bool][]plan.Flag{true: {"pages"}, false: {"database"}}[pick > 1], Reason: "We looked again.",
			}, at)
		}
	}
}

// shown is the digest of the nth waiver, condition or finding as it is now; one
// that is not there was not shown.
func shown[T any, P interface {
	*T
	Digest() review.Digest
}](all []T, no int) review.Digest {
	if no < 1 || no > len(all) {
		return ""
	}
	return P(&all[no-1]).Digest()
}

// Two people answer one item at once: one wins, the other is told.
func TestConcurrentAnswersConflict(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	var won, lost int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			_, err := f.Change(context.Background(), f.as("mike"), store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
				return r.Answer(who, "idea", "scope-set", review.Met, fmt.Sprint("note ", i), 0, at)
			})
			mu.Lock()
			defer mu.Unlock()
			switch err.(type) {
			case nil:
				won++
			case *review.AnswerConflict:
				lost++
			default:
				t.Errorf("unexpected: %v", err)
			}
		})
	}
	wg.Wait()
	if won != 1 || lost != 15 {
		t.Errorf("%d won and %d lost, want 1 and 15", won, lost)
	}
	f.sameAsReplay(t, "alpha")
}

// The two last signers come at the same moment: the gate passes, once.
func TestConcurrentLastSignersPassTheGate(t *testing.T) {
	f := newFixture(t)
	for i := range 20 {
		key := review.ProjectKey(fmt.Sprintf("race-%d", i))
		f.create(string(key))
		f.answerIdea(key)
		f.change("mike", store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Request(who, "idea", "", "", at)
		})
		var wg sync.WaitGroup
		for name, seat := range map[string]plan.Seat{"pat": plan.SeatProduct, "eng": plan.SeatEngineering} {
			wg.Go(func() {
				if _, err := f.sign(name, key, "idea", seat); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		v, err := f.Gate(context.Background(), f.as("olga"), key, "idea")
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Review.Stage("idea").Gate; got != review.GatePassed {
			t.Fatalf("%s: both signed, but the gate is %v", key, got)
		}
		f.sameAsReplay(t, key)
	}
}
