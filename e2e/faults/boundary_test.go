package faults

import (
	"errors"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/e2e/faults/gatemodel"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// boundary is a moment at which something begins or ends.
type boundary struct {
	name          string
	at            time.Time
	before, after string // what there is a microsecond before, and from the moment on
	look          func(*testing.T, *world, review.ProjectKey) string
}

// A microsecond before their end a waiver, evidence, a condition, a stand-in and
// a session count, and at their end they do not: by the database's clock alone,
// which here is years from the program's.
func TestBoundariesToTheMicrosecond(t *testing.T) {
	w := newWorld(t)
	day := func(n int) time.Time { return dayZero.AddDate(0, 0, n) }
	met := filled()
	answered := gatemodel.Input{Op: gatemodel.Answer, Who: olga, Item: gatemodel.Waivable, State: "met", Mark: "d"}
	waived := []gatemodel.Input{{Op: gatemodel.RequestWaiver, Who: olga, Until: 1, Mark: "e"}, {Op: gatemodel.GrantWaiver, Who: pat, No: 1}}
	asked := gatemodel.Input{Op: gatemodel.Request, Who: olga}
	signs := func(d gatemodel.Decision) []gatemodel.Input {
		return []gatemodel.Input{
			{Op: gatemodel.Sign, Who: pat, Seat: "product", Decision: gatemodel.Go},
			{Op: gatemodel.Sign, Who: sam, Seat: "sre", Decision: d, Mark: "f"},
		}
	}
	withWaiver := w.told(t, "waiver", met, waived, []gatemodel.Input{asked}, signs(gatemodel.Go))
	ready := w.told(t, "ready", met, waived)
	withEvidence := w.told(t, "evidence", met, []gatemodel.Input{answered, asked}, signs(gatemodel.Go))
	withCondition := w.told(t, "condition", met, []gatemodel.Input{answered, asked}, signs(gatemodel.Conditional))
	open := w.told(t, "open", met, []gatemodel.Input{answered, asked})
	granted := w.grantedAt(t, withWaiver)
	w.lend(t)
	w.endSession(t, lee, day(9))

	for _, b := range []struct {
		project review.ProjectKey
		boundary
	}{
		{withWaiver, boundary{"a waiver's end", day(2), "Passed", "Lapsed", standing}},
		{ready, boundary{"a waiver's end, for a request", day(2), "ok", "blocked", requestable}},
		{withWaiver, boundary{"a waiver's grant", granted, "waiting", "in force", waiverState}},
		{withEvidence, boundary{"evidence's end", day(2), "Passed", "Lapsed", standing}},
		{withCondition, boundary{"a condition's end", day(1), "Passed with conditions", "Condition overdue", standing}},
		{open, boundary{"a stand-in's first day", day(4), "denied", "ok", signable}},
		{open, boundary{"a stand-in's last day", day(6), "ok", "denied", signable}},
		{open, boundary{"a session's end", day(9), "ok", "not signed in", session}},
		{open, boundary{"an idle session's end", day(8), "ok", "not signed in", func(t *testing.T, w *world, p review.ProjectKey) string {
			w.lastSeen(t, lee, day(8).Add(-lifetime))
			return session(t, w, p)
		}}},
	} {
		t.Run(b.name, func(t *testing.T) {
			for after, want := range map[time.Duration]string{-time.Microsecond: b.before, 0: b.after, time.Microsecond: b.after} {
				w.stopAt(t, b.at.Add(after))
				if got := b.look(t, w, b.project); got != want {
					t.Errorf("%v from %v on: %s, want %s", after, b.at, got, want)
				}
			}
		})
	}
}

// filled answers all but the item that allows a waiver.
func filled() []gatemodel.Input {
	return []gatemodel.Input{
		{Op: gatemodel.Answer, Who: olga, Item: gatemodel.Plain, State: "met", Mark: "a"},
		{Op: gatemodel.Answer, Who: olga, Item: gatemodel.Proved, State: "met", Mark: "b"},
		{Op: gatemodel.AddEvidence, Who: olga, Mark: "c"},
	}
}

// told is a project in which just this has happened on day 0.
func (w *world) told(t *testing.T, key review.ProjectKey, chapters ...[]gatemodel.Input) review.ProjectKey {
	t.Helper()
	_, err := w.stores[0].Create(t.Context(), w.by(olga), w.ref, review.NewProject{
		Key: string(key), Name: "Trial", Team: "Blue", Tier: plan.TierCritical, Exposure: review.ExposurePilot, Owner: w.people[olga], Deputy: w.people[dave],
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, inputs := range chapters {
		for _, in := range inputs {
			_, err := w.stores[0].Change(t.Context(), w.by(in.Who), store.Target{Project: key, Stage: stages[0]},
				func(r *review.Review, who review.Actor, at time.Time) error {
					in.Digest = string(r.Digest(r.Stage(stages[0])))
					return w.command(in)(r, who, at)
				})
			if err != nil {
				t.Fatalf("%s: %v", w.rules.Tell(in, gatemodel.Output{}), err)
			}
		}
	}
	return key
}

// lend has sue hand her seat to vic for days 4 and 5.
func (w *world) lend(t *testing.T) {
	t.Helper()
	_, err := w.stores[0].ChangeRights(t.Context(), w.by(sue), w.people[sue],
		func(e *review.Entitlements, who review.Actor, at time.Time) error {
			return e.Delegate(who, review.NewDelegation{To: w.people[vic], Seat: plan.SeatSecurity, Starts: date(4), Ends: date(5),
				Reason: "Away."}, at)
		})
	if err != nil {
		t.Fatal(err)
	}
}

// endSession has somebody's session end at a moment.
func (w *world) endSession(t *testing.T, who int, at time.Time) {
	t.Helper()
	if _, err := w.owner.Exec(t.Context(), `update session set expires_at = $2 where person_id = $1`, int64(w.people[who]), at); err != nil {
		t.Fatal(err)
	}
}

// lastSeen has somebody's session unused since a moment.
func (w *world) lastSeen(t *testing.T, who int, at time.Time) {
	t.Helper()
	if _, err := w.owner.Exec(t.Context(), `update session set seen_at = $2 where person_id = $1`, int64(w.people[who]), at); err != nil {
		t.Fatal(err)
	}
}

func (w *world) grantedAt(t *testing.T, p review.ProjectKey) time.Time {
	t.Helper()
	v, err := w.stores[0].Project(t.Context(), w.by(olga), p)
	if err != nil {
		t.Fatal(err)
	}
	return v.Review.Stage(stages[0]).Waivers[0].GrantedAt
}

// standing is what the gate's page says.
func standing(t *testing.T, w *world, p review.ProjectKey) string {
	t.Helper()
	return w.must(t, p, gatemodel.Input{Op: gatemodel.ReadGate, Who: olga}).Gate.Standing
}

func waiverState(t *testing.T, w *world, p review.ProjectKey) string {
	t.Helper()
	v, err := w.stores[0].Project(t.Context(), w.by(olga), p)
	if err != nil {
		t.Fatal(err)
	}
	return string(v.Review.Stage(stages[0]).Waivers[0].State(v.Now))
}

func requestable(t *testing.T, w *world, p review.ProjectKey) string {
	t.Helper()
	return w.dry(t, p, gatemodel.Input{Op: gatemodel.Request, Who: olga})
}

func signable(t *testing.T, w *world, p review.ProjectKey) string {
	t.Helper()
	return w.dry(t, p, gatemodel.Input{Op: gatemodel.Sign, Who: vic, Seat: "security", Decision: gatemodel.Go})
}

func session(t *testing.T, w *world, p review.ProjectKey) string {
	t.Helper()
	out, err := w.do(t.Context(), 0, p, gatemodel.Input{Op: gatemodel.ReadGate, Who: lee})
	if err != nil {
		t.Fatal(err)
	}
	return string(out.Result)
}

// dry is how something would be answered on the present content, without
// doing it.
func (w *world) dry(t *testing.T, p review.ProjectKey, in gatemodel.Input) string {
	t.Helper()
	undo := errors.New("not meant")
	var said error
	_, err := w.stores[1].Change(t.Context(), w.by(in.Who), store.Target{Project: p, Stage: stages[0]},
		func(r *review.Review, who review.Actor, at time.Time) error {
			in.Digest = string(r.Digest(r.Stage(stages[0])))
			said = w.command(in)(r, who, at)
			return undo
		})
	if !errors.Is(err, undo) {
		t.Fatal(err)
	}
	var blocked *review.Blocked
	if errors.As(said, &blocked) {
		return string(gatemodel.Blocked)
	}
	out, err := outcomeOf(t.Context(), in, &store.Changed{}, said)
	if err != nil {
		t.Fatal(err)
	}
	return string(out.Result)
}
