package gatemodel

import (
	"testing"

	"github.com/anishathalye/porcupine"
)

const (
	owner = iota
	product
	sre
	both
	admin
	viewer
	member
)

func small() *Rules {
	return &Rules{
		Cast: []Person{
			owner: {Name: "owner", OnProject: true}, product: {Name: "product", Seats: []string{"product"}}, sre: {Name: "sre",
				Seats: []string{"sre"}},
			both: {Name: "both", Seats: []string{"product", "sre"}}, admin: {Name: "admin", Admin: true}, viewer: {Name: "viewer"},
			member: {Name: "member", OnProject: true},
		},
		Seats: []string{"product", "sre"}, Mandatory: []string{"product"}, Quorum: 2, Duties: true, ValidDays: 2,
	}
}

// requested is a stage whose round is open on digest "d1".
func requested(t *testing.T, r *Rules) *State {
	t.Helper()
	s := r.Start(0)
	for _, in := range []Input{
		{Op: Answer, Who: owner, Item: Plain, State: "met", Mark: "a"},
		{Op: Answer, Who: owner, Item: Proved, State: "met", Mark: "b"},
		{Op: AddEvidence, Who: owner},
		{Op: RequestWaiver, Who: owner, Until: 1},
		{Op: GrantWaiver, Who: product, No: 1},
	} {
		s = applied(t, r, s, in)
	}
	ok, s := s.Saw("d1")
	if !ok {
		t.Fatal("the first digest is refused")
	}
	return applied(t, r, s, Input{Op: Request, Who: owner, Digest: "d1"})
}

func applied(t *testing.T, r *Rules, s *State, in Input) *State {
	t.Helper()
	s, err := r.Apply(s, in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func signs(who int, seat, digest string) Input {
	return Input{Op: Sign, Who: who, Seat: seat, Decision: Go, Digest: digest}
}

// done is an operation from one moment to another.
func done(from, to int64, in Input, out Output) porcupine.Operation {
	if out.Result == "" && !out.Unknown {
		out.Result = OK
	}
	return porcupine.Operation{Input: in, Output: out, Call: from, Return: to}
}

func reads(standing, digest string, round, counted int) Output {
	return Output{Gate: GateRead{Standing: standing, Digest: digest, Round: round, Counted: counted}}
}

// Every line is a history that could have come about one after another, or not.
func TestHistories(t *testing.T) {
	look := Input{Op: ReadGate, Who: viewer}
	edit := Input{Op: Answer, Who: owner, Item: Plain, State: "met", Version: 1, Mark: "c"}
	passed := Output{Passed: true}
	for name, c := range map[string]struct {
		ok  bool
		ops []porcupine.Operation
	}{
		"two sign, the gate passes": {true, []porcupine.Operation{
			done(0, 1, signs(product, "product", "d1"), Output{}), done(2, 3, signs(sre, "sre", "d1"), passed), done(4, 5, look,
				reads("Passed", "d1", 0, 0))}},
		"two sign at once, one of them passes it": {true, []porcupine.Operation{
			done(0, 5, signs(product, "product", "d1"), passed), done(0, 5, signs(sre, "sre", "d1"), Output{})}},
		"two sign at once and nobody passes it": {false, []porcupine.Operation{
			done(0, 5, signs(product, "product", "d1"), Output{}), done(0, 5, signs(sre, "sre", "d1"), Output{})}},
		"one person in two seats does not pass it": {false, []porcupine.Operation{
			done(0, 1, signs(both, "product", "d1"), Output{}), done(2, 3, signs(both, "sre", "d1"), passed)}},
		"without the mandatory seat it does not pass": {false, []porcupine.Operation{
			done(0, 1, signs(both, "sre", "d1"), Output{}), done(2, 3, signs(sre, "sre", "d1"), passed)}},
		"a signature on old content": {false, []porcupine.Operation{
			done(0, 1, edit, Output{}), done(2, 3, signs(product, "product", "d1"), Output{})}},
		"a signature before an edit that came at once": {true, []porcupine.Operation{
			done(0, 9, edit, Output{}), done(2, 3, signs(product, "product", "d1"), Output{}), done(4, 5, look,
				reads("Waiting for sign-off", "d1", 1, 1))}},
		"signatures count on the content they were given on only": {false, []porcupine.Operation{
			done(0, 1, signs(product, "product", "d1"), Output{}), done(2, 3, edit, Output{}), done(4, 5, look,
				reads("Waiting for sign-off", "d2", 1, 1))}},
		"an edit does not go unnoticed": {false, []porcupine.Operation{
			done(0, 1, edit, Output{}), done(2, 3, look, reads("Waiting for sign-off", "d1", 1, 0))}},
		"who answered does not sign": {false, []porcupine.Operation{
			done(0, 1, Input{Op: Answer, Who: owner, Item: Plain, State: "met", Version: 1}, Output{}),
			done(2, 3, Input{Op: GrantSeat, Who: admin, Whom: owner, Seat: "sre"}, Output{}), done(4, 5, look,
				reads("Waiting for sign-off", "d2", 1, 0)), done(6, 7, signs(owner, "sre", "d2"), Output{})}},
		"who answered does not sign, even after a colleague's edit": {false, []porcupine.Operation{
			done(0, 1, Input{Op: Answer, Who: member, Item: Plain, State: "met", Version: 1}, Output{}),
			done(2, 3, Input{Op: Answer, Who: owner, Item: Plain, State: "met", Version: 2, Mark: "e"}, Output{}),
			done(4, 5, Input{Op: GrantSeat, Who: admin, Whom: member, Seat: "sre"}, Output{}), done(6, 7, look,
				reads("Waiting for sign-off", "d3", 1, 0)), done(8, 9, signs(member, "sre", "d3"), Output{})}},
		"who answered signs once the gate has passed and a colleague's answer stands": {true, []porcupine.Operation{
			done(0, 1, Input{Op: Answer, Who: member, Item: Plain, State: "met", Version: 1}, Output{}),
			done(2, 3, Input{Op: Answer, Who: owner, Item: Plain, State: "met", Version: 2, Mark: "e"}, Output{}), done(4, 5, look,
				reads("Waiting for sign-off", "d3", 1, 0)),
			done(6, 7, signs(product, "product", "d3"), Output{}), done(8, 9, signs(sre, "sre", "d3"), passed),
			done(10, 11, Input{Op: Answer, Who: owner, Item: Plain, State: "met", Version: 3, Mark: "f"}, Output{}), done(12, 13, look,
				reads("Changed since sign-off", "d4", 0, 0)),
			done(14, 15, Input{Op: Request, Who: owner, Digest: "d4"}, Output{}), done(16, 17,
				Input{Op: GrantSeat, Who: admin, Whom: member, Seat: "sre"}, Output{}), done(18, 19, signs(member, "sre", "d4"), Output{})}},
		"a seat that was taken away": {false, []porcupine.Operation{
			done(0, 1, Input{Op: GrantSeat, Who: admin, Whom: viewer, Seat: "sre"}, Output{}), done(2, 3,
				Input{Op: RevokeSeat, Who: admin, Whom: viewer, Seat: "sre"}, Output{}),
			done(4, 5, signs(viewer, "sre", "d1"), Output{})}},
		"a signature goes with its seat": {true, []porcupine.Operation{
			done(0, 1, Input{Op: GrantSeat, Who: admin, Whom: viewer, Seat: "sre"}, Output{}), done(2, 3, signs(viewer, "sre", "d1"), Output{}),
			done(4, 5, Input{Op: RevokeSeat, Who: admin, Whom: viewer, Seat: "sre"}, Output{}), done(6, 7, look,
				reads("Waiting for sign-off", "d1", 1, 0)),
			done(8, 9, signs(product, "product", "d1"), Output{})}},
		"a requester grants their own waiver": {false, []porcupine.Operation{
			done(0, 1, Input{Op: PassDays, Days: 1}, Output{}), done(2, 3, Input{Op: GrantSeat, Who: admin, Whom: owner, Seat: "sre"}, Output{}),
			done(4, 5, Input{Op: RequestWaiver, Who: owner, Until: 9}, Output{}), done(6, 7, Input{Op: GrantWaiver, Who: owner, No: 2}, Output{})}},
		"a waiver that ran out keeps the gate from passing": {true, []porcupine.Operation{
			done(0, 1, signs(product, "product", "d1"), Output{}), done(2, 3, Input{Op: PassDays, Days: 2}, Output{}),
			done(4, 5, signs(sre, "sre", "d1"), Output{}), done(6, 7, look, reads("Waiting for sign-off", "d1", 1, 2))}},
		"a waiver counts on after its end": {false, []porcupine.Operation{
			done(0, 1, signs(product, "product", "d1"), Output{}), done(2, 3, Input{Op: PassDays, Days: 2}, Output{}), done(4, 5,
				signs(sre, "sre", "d1"), passed)}},
		"time makes a passed gate lapse": {true, []porcupine.Operation{
			done(0, 1, signs(product, "product", "d1"), Output{}), done(2, 3, signs(sre, "sre", "d1"), passed),
			done(4, 5, Input{Op: PassDays, Days: 2}, Output{}), done(6, 7, look, reads("Lapsed", "d1", 0, 0))}},
		"newer evidence leaves the signatures in force": {true, []porcupine.Operation{
			done(0, 1, signs(product, "product", "d1"), Output{}), done(2, 3, signs(sre, "sre", "d1"), passed),
			done(4, 5, Input{Op: AddEvidence, Who: owner}, Output{}), done(6, 7, look, reads("Passed", "d2", 0, 0))}},
		"newer evidence does not make up for another change": {false, []porcupine.Operation{
			done(0, 1, signs(product, "product", "d1"), Output{}), done(2, 3, signs(sre, "sre", "d1"), passed),
			done(4, 5, edit, Output{}), done(6, 7, Input{Op: AddEvidence, Who: owner}, Output{}), done(8, 9, look, reads("Passed", "d2", 0, 0))}},
		"the next round signs it": {true, []porcupine.Operation{
			done(0, 1, signs(product, "product", "d1"), Output{}), done(2, 3, signs(sre, "sre", "d1"), passed),
			done(4, 5, Input{Op: AddEvidence, Who: owner}, Output{}), done(6, 7, edit, Output{}), done(8, 9, look, reads("Changed since sign-off", "d2", 0, 0)),
			done(10, 11, Input{Op: Request, Who: owner, Digest: "d2"}, Output{}), done(12, 13, signs(product, "product", "d2"), Output{}),
			done(14, 15, signs(sre, "sre", "d2"), passed), done(16, 17, Input{Op: RemoveEvidence, Who: owner, No: 2}, Output{}),
			done(18, 19, look, reads("Changed since sign-off", "d3", 0, 0))}},
		"a change after the end asks for a new round": {true, []porcupine.Operation{
			done(0, 1, signs(product, "product", "d1"), Output{}), done(2, 3, signs(sre, "sre", "d1"), passed),
			done(4, 5, edit, Output{}), done(6, 7, look, reads("Changed since sign-off", "d2", 0, 0))}},
		"a request without an answer may have had its effect": {true, []porcupine.Operation{
			done(0, 1<<60, signs(product, "product", "d1"), Output{Unknown: true}), done(2, 3, signs(sre, "sre", "d1"), passed)}},
		"a request without an answer may never have its effect": {true, []porcupine.Operation{
			done(0, 1<<60, signs(product, "product", "d1"), Output{Unknown: true}), done(2, 3, signs(sre, "sre", "d1"), Output{})}},
		"what was refused has no effect": {false, []porcupine.Operation{
			done(0, 1, edit, Output{Result: Conflict}), done(2, 3, look, reads("Waiting for sign-off", "d1", 1, 0))}},
		"a restricted project stays hidden": {false, []porcupine.Operation{
			done(0, 1, Input{Op: Restrict, Who: owner, On: true}, Output{}), done(2, 3, look, reads("Waiting for sign-off", "d1", 1, 0))}},
		"a session that ended": {false, []porcupine.Operation{
			done(0, 1, Input{Op: SignOut, Who: sre}, Output{}), done(2, 3, signs(sre, "sre", "d1"), Output{})}},
		"a page that mixes two moments": {false, []porcupine.Operation{
			done(0, 1, signs(product, "product", "d1"), Output{}), done(2, 9, signs(sre, "sre", "d1"), passed), done(3, 8, look,
				reads("Waiting for sign-off", "d1", 1, 2))}},
	} {
		t.Run(name, func(t *testing.T) {
			r := small()
			if got := porcupine.CheckOperations(r.Model(requested(t, r)), c.ops); got != c.ok {
				t.Errorf("could have come about: %v, want %v", got, c.ok)
			}
		})
	}
}

// The conditions of a go: overdue after their last day, closed by another.
func TestConditions(t *testing.T) {
	r := small()
	s := requested(t, r)
	s = applied(t, r, s, Input{Op: Sign, Who: product, Seat: "product", Decision: Conditional, Digest: "d1", Until: 3})
	s = applied(t, r, s, Input{Op: Sign, Who: sre, Seat: "sre", Decision: Go, Digest: "d1"})
	// The waiver runs out after day 1: met instead of it, that would be a change.
	s.Waivers[0].Last = 99
	for _, step := range []struct {
		in   Input
		want string
	}{
		{Input{Op: PassDays, Days: 1}, "Passed with conditions"},
		{Input{Op: MeetCondition, Who: owner, No: 1}, "Passed with conditions"},
		{Input{Op: ConfirmCondition, Who: both, No: 1}, "Passed"},
	} {
		s = applied(t, r, s, step.in)
		if got := s.Standing(); got != step.want {
			t.Errorf("after %s: %s, want %s", r.Tell(step.in, Output{Result: OK}), got, step.want)
		}
	}
	s.Conditions[0].Confirmed, s.Evidence[0].Last = false, 99
	for day, want := range map[int]string{3: "Passed with conditions", 4: "Condition overdue"} {
		s.Day = day
		if got := s.Standing(); got != want {
			t.Errorf("on day %d: %s, want %s", day, got, want)
		}
	}
}
