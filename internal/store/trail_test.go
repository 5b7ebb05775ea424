package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"pgregory.net/rapid"
)

// verifyStream checks a stream's chain and returns its entries.
func (f *fixture) verifyStream(t testing.TB, id review.ProjectID) []review.Entry {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, f.db.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `select seq, at, actor_id, kind, body, hash from trail where stream_id = $1 order by seq`, int64(id))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []review.Entry
	var prev review.Hash
	for rows.Next() {
		var en review.Entry
		var kind string
		var body, hash []byte
		if err := rows.Scan(&en.Seq, &en.At, &en.Actor, &kind, &body, &hash); err != nil {
			t.Fatal(err)
		}
		if en.Event, err = review.DecodeEvent(kind, body); err != nil {
			t.Fatal(err)
		}
		en.At = en.At.UTC()
		if en.Seq != int64(len(out))+1 {
			t.Fatalf("stream %d: entry %d follows %d", id, en.Seq, len(out))
		}
		if prev = review.ChainHash(prev, id, en, body); prev != review.Hash(hash) {
			t.Fatalf("stream %d: the hash of entry %d is wrong", id, en.Seq)
		}
		out = append(out, en)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var seq int64
	var head []byte
	rows.Close()
	if err := conn.QueryRow(ctx, `select seq, hash from stream where id = $1`, int64(id)).Scan(&seq, &head); err != nil {
		t.Fatal(err)
	}
	if seq != int64(len(out)) || review.Hash(head) != prev {
		t.Fatalf("stream %d: the head does not match the last entry", id)
	}
	return out
}

// sameAsReplay holds what the tables say against what the trail says.
func (f *fixture) sameAsReplay(t testing.TB, key review.ProjectKey) {
	t.Helper()
	view, err := f.Project(context.Background(), f.as("adam"), key)
	if err != nil {
		t.Fatal(err)
	}
	entries := f.verifyStream(t, view.Review.Project.ID)
	replayed, err := review.Replay(view.Review.Project.ID, entries, func(ref review.TemplateRef) (*review.Template, error) {
		return f.Template(context.Background(), ref)
	})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := plainJSON(t, view.Review), plainJSON(t, replayed); a != b {
		t.Fatalf("project %s: the tables and the trail differ\ntables: %s\ntrail:  %s", key, a, b)
	}
	for i := range replayed.Stages {
		s := &replayed.Stages[i]
		replayed.Holders = view.Review.Holders
		want := replayed.Rollup(s, view.Now)
		got := view.Rollups[i]
		got.NextChange, want.NextChange = time.Time{}, time.Time{}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("project %s, stage %s: the rollup is %+v, want %+v", key, s.Def.Key, got, want)
		}
	}
}

// plainJSON is a review's state without the template, for comparing.
func plainJSON(t testing.TB, r *review.Review) string {
	t.Helper()
	type stage struct {
		Items    []review.Item
		Evidence []review.Evidence
		Rounds   []review.Round
		Findings []review.Finding
		Gate     review.GateState
	}
	out := struct {
		Project review.Project
		Stages  []stage
	}{Project: r.Project}
	if len(out.Project.Profile) == 0 {
		out.Project.Profile = nil
	}
	for i := range r.Stages {
		s := r.Stages[i]
		st := stage{Evidence: s.Evidence, Findings: s.Findings, Gate: s.Gate}
		for _, it := range s.Items {
			it.Def = &review.ItemDef{Key: it.Def.Key}
			st.Items = append(st.Items, it)
		}
		for _, o := range s.Rounds {
			if len(o.Early) == 0 {
				o.Early = nil
			}
			if len(o.Policy.Mandatory) == 0 {
				o.Policy.Mandatory = nil
			}
			st.Rounds = append(st.Rounds, o)
		}
		out.Stages = append(out.Stages, st)
	}
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
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
		steps := rapid.IntRange(1, 25).Draw(rt, "steps")
		for range steps {
			name := rapid.SampledFrom(names).Draw(rt, "who")
			t := store.Target{Project: key, Stage: rapid.SampledFrom([]review.StageKey{"idea", "live", ""}).Draw(rt, "stage")}
			_, _ = f.Change(context.Background(), f.as(name), t, randomCommand(rt)) // refusals are part of it
		}
		f.sameAsReplay(t, key)
	})
	f.verifyStream(t, 1)
}

// randomCommand draws one command with arguments that are often right.
func randomCommand(rt *rapid.T) store.Decide {
	kind := rapid.IntRange(0, 11).Draw(rt, "command")
	sk := rapid.SampledFrom([]review.StageKey{"idea", "idea", "live"}).Draw(rt, "of stage")
	ik := rapid.SampledFrom([]review.ItemKey{"scope-set", "risks-listed", "data-sketched", "demo-shown", "restore-tested"}).Draw(rt, "item")
	state := rapid.SampledFrom(review.States()).Draw(rt, "state")
	note := rapid.SampledFrom([]string{"", "Because.", "Später, 見積もり."}).Draw(rt, "note")
	seat := rapid.SampledFrom([]review.Seat{review.SeatProduct, review.SeatEngineering, review.SeatSRE}).Draw(rt, "seat")
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
			return r.AddEvidence(who, sk, ik, review.NewEvidence{URL: fmt.Sprintf("https://example.test/%d", pick), Title: note, Type: review.EvidenceKinds()[pick]}, at)
		case 5:
			return r.RemoveEvidence(who, sk, ik, pick, at)
		case 6:
			return r.Request(who, sk, "", "Out of order on purpose.", at)
		case 7, 8:
			in := review.NewSignOff{Seat: seat, Decision: review.Go, Digest: r.Digest(s)}
			if pick == 4 {
				in.Decision, in.Findings = review.Return, []string{"Explain the risks.", "Link the plan."}
			}
			return r.SignOff(who, sk, in, at)
		case 9:
			return r.AnswerFinding(who, sk, pick, "Done, see the note.", at)
		case 10:
			return r.ApproveNotApplicable(who, sk, ik, version, at)
		default:
			return r.Edit(who, review.ProjectFields{
				Name: "Renamed", Team: "Blue", Tier: review.Tier(1 + pick%3), Exposure: review.ExposureGeneral, Profile: map[bool][]review.Flag{true: {"database"}}[pick > 2],
			}, at)
		}
	}
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
		for name, seat := range map[string]review.Seat{"pat": review.SeatProduct, "eng": review.SeatEngineering} {
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
