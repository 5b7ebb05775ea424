package faults

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/e2e/faults/gatemodel"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// patience is how long at most a request gets to overtake another that is held
// up, or to begin waiting for it: less than a transaction may idle.
const patience = 8 * time.Second

// asked is a project whose first stage waits for signatures, with flo in the
// sre seat, and the digest of what is signed.
func (w *world) asked(t *testing.T) (review.ProjectKey, string) {
	t.Helper()
	p := w.told(t, "rights", filled(), []gatemodel.Input{{Op: gatemodel.Answer, Who: olga, Item: gatemodel.Waivable, State: "met",
		Mark: "d"}, {Op: gatemodel.Request, Who: olga}})
	w.must(t, p, gatemodel.Input{Op: gatemodel.GrantSeat, Who: adam, Whom: flo, Seat: "sre"})
	return p, w.must(t, p, gatemodel.Input{Op: gatemodel.ReadGate, Who: vic}).Gate.Digest
}

// must carries something out that has to succeed.
func (w *world) must(t *testing.T, p review.ProjectKey, in gatemodel.Input) gatemodel.Output {
	t.Helper()
	out, err := w.do(t.Context(), 0, p, in)
	if err != nil || out.Result != gatemodel.OK {
		t.Fatalf("%s: %v", w.rules.Tell(in, out), err)
	}
	return out
}

// A seat is taken away while the signature that completes the quorum is under
// way. Once somebody is told that it is gone, no gate passes with it.
func TestNoGatePassesOnASeatThatIsGone(t *testing.T) {
	w := newWorld(t)
	p, digest := w.asked(t)
	w.must(t, p, gatemodel.Input{Op: gatemodel.Sign, Who: flo, Seat: "sre", Decision: gatemodel.Go, Digest: digest})
	last := gatemodel.Input{Op: gatemodel.Sign, Who: pat, Seat: "product", Decision: gatemodel.Go, Digest: digest}

	decided, release, signed := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := w.stores[0].Change(context.Background(), w.by(pat), store.Target{Project: p, Stage: stages[0]},
			func(r *review.Review, who review.Actor, at time.Time) error {
				err := w.command(last)(r, who, at)
				close(decided)
				<-release
				return err
			})
		signed <- err
	}()
	select {
	case <-decided:
	case err := <-signed:
		t.Fatal(err)
	}
	revoked := make(chan error, 1)
	go func() {
		_, err := w.do(context.Background(), 1, p, gatemodel.Input{Op: gatemodel.RevokeSeat, Who: adam, Whom: flo, Seat: "sre"})
		revoked <- err
	}()
	gone := false
	if !eventually(patience, func() bool { gone = len(revoked) > 0; return gone || w.waitsFor(t, "advisory") }) {
		t.Error("the revocation neither ends nor waits")
	}
	close(release)
	if err := <-signed; err != nil {
		t.Fatal(err)
	}
	standing := w.must(t, p, gatemodel.Input{Op: gatemodel.ReadGate, Who: vic}).Gate.Standing
	if gone && standing == "Passed" {
		t.Error("the gate passed on a signature whose seat had been taken away before")
	}
	if err := <-revoked; err != nil {
		t.Fatal(err)
	}
}

// waitsFor reports whether anybody waits for a lock of a type as PostgreSQL
// calls it.
func (w *world) waitsFor(t *testing.T, lock string) bool {
	t.Helper()
	var waits bool
	err := w.owner.QueryRow(t.Context(), `
		select exists (select from pg_locks l join pg_database d on d.oid = l.database
		                where d.datname = current_database() and l.locktype = $1 and not l.granted)`, lock).Scan(&waits)
	if err != nil {
		t.Fatal(err)
	}
	return waits
}

// A signature is given while the seat is being taken away. By the trail's own
// times nobody signs who has lost the seat.
func TestTheTrailShowsNoSignatureWithoutASeat(t *testing.T) {
	w := newWorld(t)
	p, digest := w.asked(t)
	v, err := w.stores[0].Project(t.Context(), w.by(olga), p)
	if err != nil {
		t.Fatal(err)
	}
	id := v.Review.Project.ID

	decided, release, revoked := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := w.stores[1].ChangeRights(context.Background(), w.by(adam), w.people[flo],
			func(e *review.Entitlements, who review.Actor, at time.Time) error {
				err := e.Revoke(who, review.Right{Seat: plan.SeatSRE, Scope: review.Scope(id)}, "Moved on.", at)
				close(decided)
				<-release
				return err
			})
		revoked <- err
	}()
	select {
	case <-decided:
	case err := <-revoked:
		t.Fatal(err)
	}
	signed := make(chan gatemodel.Output, 1)
	go func() {
		out, _ := w.do(context.Background(), 0, p, gatemodel.Input{Op: gatemodel.Sign, Who: flo, Seat: "sre", Decision: gatemodel.Go,
			Digest: digest})
		signed <- out
	}()
	if !eventually(patience, func() bool { return len(signed) > 0 || w.waitsFor(t, "advisory") }) {
		t.Error("the signature neither ends nor waits")
	}
	close(release)
	if err := <-revoked; err != nil {
		t.Fatal(err)
	}
	out := <-signed
	rights, err := trailOf(t.Context(), w.owner, 1)
	if err != nil {
		t.Fatal(err)
	}
	gone := rights[len(rights)-1]
	if _, ok := gone.Event.(review.RightRevoked); !ok {
		t.Fatalf("the last change of rights is %s", gone.Event.Kind())
	}
	entries, err := trailOf(t.Context(), w.owner, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, en := range entries {
		if _, ok := en.Event.(review.GateSigned); ok && en.Actor == w.people[flo] && !en.At.Before(gone.At) {
			t.Errorf("signed at %v, %v after the seat was taken away; the answer was %q", en.At, en.At.Sub(gone.At), fmt.Sprint(out.Result))
		}
	}
}

// eventually waits until something holds, and reports whether it does.
func eventually(within time.Duration, ok func() bool) bool {
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return ok()
}
