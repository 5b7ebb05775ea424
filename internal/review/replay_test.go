package review_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// known composes plans of the lifecycle that one rests on, and of modules.
func known(p *plan.Plan, modules ...*plan.Module) review.Plans {
	return func(o plan.Origin) (*plan.Plan, error) {
		return plan.ComposeFrom(o, func(ref plan.Ref) (plan.Document, error) {
			if ref.Key == p.Key && ref.Version == p.Version {
				return plan.Document{Lifecycle: p.Base}, nil
			}
			for _, m := range modules {
				if ref.Key == m.Key && ref.Version == m.Version {
					return plan.Document{Module: m}, nil
				}
			}
			return plan.Document{}, errors.New("no such document")
		})
	}
}

// state is what a review consists of, without the events that led to it and
// without the rights of other people.
type state struct {
	Project review.Project
	No      int
	Before  time.Time
	Origin  plan.Origin
	Stages  []review.Stage
	Records []review.Record
}

// stateOf also has every digest worked out, and made sure that one which was
// remembered is still that of the content.
func stateOf(r *review.Review) state {
	for i := range r.Stages {
		s := &r.Stages[i]
		content, err := json.Marshal(r.Content(s))
		if sum := sha256.Sum256(content); err != nil || string(r.Digest(s)) != hex.EncodeToString(sum[:]) {
			panic(fmt.Sprintf("the digest of %s is not that of its content (%v)", s.Def.Key, err))
		}
	}
	return state{r.Project, r.No, r.PassedBefore, r.Plan.Origin, r.Stages, r.Records}
}

func TestReplay(t *testing.T) {
	w := newWorld(t, ordered(plan.OrderAdvisory), withProfile("pii"))
	w.ok(w.r.Assign(w.actor(owner), run, "drill", mate, "2026-04-01", w.tick()))
	w.ok(w.r.Discuss(w.actor(viewer), run, "drill", "Which region?", "form-1", w.tick()))
	w.fill(design)
	w.ok(w.request(owner, design))
	w.ok(w.sendBack(seth, design, plan.SeatSecurity, "no retention period"))
	w.ok(w.r.AnswerFinding(w.actor(member), design, 1, shown(w.r, design, "finding", 1), "two years", w.tick()))
	w.ok(w.request(owner, design))
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.ok(w.sign(enya, design, plan.SeatEngineering))
	w.ok(w.sign(seth, design, plan.SeatSecurity))
	w.ok(w.r.RemoveEvidence(w.actor(owner), design, "adr", 1, w.tick()))
	w.fill(build)
	w.ok(w.r.Request(w.actor(owner), build, w.digest(build), "the design is being put right", w.tick()))
	w.ok(w.r.SetStatus(w.actor(owner), build, review.StatusOnHold, "no money", w.tick()))
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier, f.Target, f.Profile = 1, "2026-09-09", []plan.Flag{"ml"} }))

	got, err := review.Replay(project, recode(t, w.r.Recorded()), known(w.r.Plan))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(stateOf(got), stateOf(w.r)) {
		t.Errorf("replayed\n%+v\nwas\n%+v", stateOf(got), stateOf(w.r))
	}
	if len(got.Recorded()) != 0 {
		t.Errorf("replaying recorded %d events", len(got.Recorded()))
	}
}

// The project as of a moment is the replay of what had happened by then.
func TestReplayAsOf(t *testing.T) {
	w := newWorld(t)
	w.pass(design)
	then := len(w.r.Recorded())
	w.ok(w.answer(member, design, "naming", review.NotMet, "found one"))
	w.gate(design, review.GateChanged)
	past, err := review.Replay(project, w.r.Recorded()[:then], known(w.r.Plan))
	if err != nil {
		t.Fatal(err)
	}
	if s := past.Stage(design); s.Gate != review.GatePassed || s.Item("naming").Answer.State != review.Met {
		t.Errorf("then the gate stood %q, the item %+v", s.Gate.Label(), s.Item("naming").Answer)
	}
}

func TestReplayRefusesABrokenTrail(t *testing.T) {
	w := newWorld(t)
	w.fill(design)
	w.leave(design, "naming", "2026-04-01")
	w.ok(w.request(owner, design))
	w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it"))
	whole := w.r.Recorded()
	at := func(e review.Event) []review.Entry {
		return append(append([]review.Entry(nil), whole...), review.Entry{At: w.now, Actor: owner, Event: e})
	}
	for name, entries := range map[string][]review.Entry{
		"nothing":                     nil,
		"no beginning":                whole[1:],
		"an event of the directory":   at(review.PersonJoined{Person: 3}),
		"an unknown stage":            at(review.ItemAnswered{Stage: "launch", Item: "adr", To: review.Met}),
		"an unknown item":             at(review.CommentAdded{Stage: design, Item: "runbook", No: 1}),
		"an unknown approved item":    at(review.NotApplicableApproved{Stage: design, Item: "x"}),
		"an unknown assigned item":    at(review.ItemAssigned{Stage: design, Item: "x"}),
		"evidence of an unknown item": at(review.EvidenceAdded{Stage: design, Item: "x", No: 2}),
		"a gap in the evidence":       at(review.EvidenceAdded{Stage: design, Item: "adr", No: 3}),
		"evidence that is not there":  at(review.EvidenceRemoved{Stage: design, Item: "adr", No: 2}),
		"a round that is not there":   at(review.GateSigned{Stage: design, Round: 2, No: 1}),
		"no such round to close":      at(review.RoundClosed{Stage: design, Round: 0}),
		"a finding of no round":       at(review.FindingRaised{Stage: build, Round: 1, No: 1}),
		"no such finding":             at(review.FindingAnswered{Stage: design, No: 1}),
		"a request in no stage":       at(review.SignOffRequested{Stage: "launch", Round: 1}),
		"a second beginning":          at(whole[0].Event),
		"a gap in the rounds":         at(review.SignOffRequested{Stage: build, Round: 2}),

		"a waiver of no stage":            at(review.WaiverRequested{Stage: "launch", Item: "adr", No: 1}),
		"a waiver of no item":             at(review.WaiverRequested{Stage: design, Item: "x", No: 2}),
		"a gap in the waivers":            at(review.WaiverRequested{Stage: design, Item: "adr", No: 3}),
		"no such waiver to grant":         at(review.WaiverGranted{Stage: design, Item: "naming", No: 2}),
		"no such waiver to deny":          at(review.WaiverDenied{Stage: design, Item: "naming", No: 0}),
		"no such waiver to extend":        at(review.WaiverExtended{Stage: design, Item: "naming", No: -1}),
		"no such waiver to revoke":        at(review.WaiverRevoked{Stage: build, Item: "tests", No: 1}),
		"another item's waiver":           at(review.WaiverRevoked{Stage: design, Item: "adr", No: 1}),
		"a gap in the conditions":         at(review.ConditionSet{Stage: design, Round: 1, No: 3}),
		"a condition of no round":         at(review.ConditionSet{Stage: design, Round: 2, No: 2}),
		"no such condition to meet":       at(review.ConditionMet{Stage: design, No: 2}),
		"no such condition to confirm":    at(review.ConditionConfirmed{Stage: design, No: 0}),
		"no such condition to reopen":     at(review.ConditionReopened{Stage: build, No: 1}),
		"no such finding to accept":       at(review.FindingAccepted{Stage: design, No: 1}),
		"no such finding to reopen":       at(review.FindingReopened{Stage: design, No: 0}),
		"glass broken over an open round": at(review.GateForced{Stage: design, Round: 2}),
		"glass broken in no round":        at(review.GateForced{Stage: design, Round: 0}),
		"glass broken rounds ahead":       at(review.GateForced{Stage: build, Round: 2}),
		"a look back at no round":         at(review.RetrospectiveClosed{Stage: design, Round: 2}),
		"a look back at an open round":    at(review.RetrospectiveClosed{Stage: design, Round: 1}),
		"an open round reopened":          at(review.GateReopened{Stage: design, Round: 1}),
		"no round reopened":               at(review.GateReopened{Stage: design, Round: 2}),
		"a review before its time":        at(review.ReviewStarted{No: 3}),
		"the same review":                 at(review.ReviewStarted{No: 1}),
	} {
		if r, err := review.Replay(project, entries, known(w.r.Plan)); err == nil || r != nil || !strings.Contains(err.Error(), "project 7") {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
	none := func(plan.Origin) (*plan.Plan, error) { return nil, errors.New("gone") }
	if _, err := review.Replay(project, whole, none); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("without its template: %v", err)
	}
}

// The store may load one stage only. Then commands on it work, and whatever
// reaches the others says so and records nothing.
func TestPartlyLoaded(t *testing.T) {
	full := newWorld(t, ordered(plan.OrderStrict))
	full.pass(design)
	full.open(build)
	part := func(gates ...review.GateState) *world {
		w := *full
		r := review.Blank(full.r.Project, 1, full.r.Plan)
		for i := range gates {
			r.Stages[i].Gate = gates[i]
		}
		r.Stages[1] = full.r.Stages[1]
		r.Stages[1].Rounds = append([]review.Round(nil), full.r.Stages[1].Rounds...)
		w.r = r
		return &w
	}
	w := part(review.GatePassed, review.GateWaiting, review.GateBlocked)
	w.gate(design, review.GatePassed)
	w.blocked(build, "signers-missing")
	w = part(review.GateLapsed, review.GateWaiting, review.GateBlocked)
	if early := w.r.EarlierOpen(w.stage(build), w.now); len(early) != 1 {
		t.Errorf("earlier gates that have not passed: %v", early)
	}

	for name, do := range map[string]func(w *world) error{
		"pass a gate that others wait for": func(w *world) error { return w.sign(quinn, build, plan.SeatQA) },
		"request after a gate that is not loaded": func(w *world) error {
			w.ok(w.r.Withdraw(w.actor(owner), build, "x", w.now))
			return w.request(owner, build)
		},
		"give somebody a duty": func(w *world) error { return w.r.SetDuty(w.actor(owner), viewer, review.DutyMember, w.now) },
		"hold":                 func(w *world) error { return w.r.SetStatus(w.actor(owner), build, review.StatusOnHold, "x", w.now) },
		"answer another stage": func(w *world) error { return w.r.Answer(w.actor(member), design, "adr", review.Open, "", 1, w.now) },
		"request another":      func(w *world) error { return w.r.Request(w.actor(owner), run, "", "", w.now) },
		"sign another": func(w *world) error {
			return w.r.SignOff(w.actor(archie), design, review.NewSignOff{Seat: plan.SeatArchitecture, Decision: review.Go}, w.now)
		},
		"withdraw another": func(w *world) error { return w.r.Withdraw(w.actor(owner), design, "x", w.now) },
		"hold at another":  func(w *world) error { return w.r.SetStatus(w.actor(owner), design, review.StatusOnHold, "x", w.now) },
		"change the profile": func(w *world) error {
			return w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} })
		},
	} {
		w := part(review.GatePassed, review.GateWaiting, review.GateBlocked)
		if err := do(w); !errors.Is(err, review.ErrPartial) || !w.r.Partial() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Moments are kept as the database keeps them, so that nothing reads
// differently once it was stored.
func TestMomentsAreKeptToTheMicrosecond(t *testing.T) {
	w := newWorld(t)
	odd := time.Date(2026, time.March, 3, 14, 0, 0, 123_456_789, time.FixedZone("east", 5*3600))
	w.ok(w.r.Answer(w.actor(member), design, "adr", review.Met, "", 0, odd))
	want := time.Date(2026, time.March, 3, 9, 0, 0, 123_456_000, time.UTC)
	if en := w.r.Recorded()[len(w.r.Recorded())-1]; en.At != want || w.stage(design).Item("adr").Answer.At != want {
		t.Errorf("kept as %v", en.At)
	}
}
