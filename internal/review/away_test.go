package review_test

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

// Nothing waits for people who cannot sign in, and nothing is given to them.
func TestNothingWaitsForWhoIsAway(t *testing.T) {
	w := newWorld(t)
	w.ok(w.r.Assign(w.actor(owner), design, "adr", member, "", w.tick()))
	waits := func() []review.Party { return w.r.Rollup(w.stage(design), w.now).Waits }
	for _, tt := range []struct {
		name string
		away []review.PersonID
		item review.PersonID // whose the assigned item is
		want []review.Party
	}{
		{"nobody", nil, member, []review.Party{{Person: owner}, {Person: member}}},
		{"the assignee", []review.PersonID{member}, owner, []review.Party{{Person: owner}}},
		{"the owner", []review.PersonID{owner}, member, []review.Party{{Person: deputy}, {Person: member}}},
		{"owner and assignee", []review.PersonID{owner, member}, deputy, []review.Party{{Person: deputy}}},
		{"all of them", []review.PersonID{owner, deputy, member}, 0, nil},
	} {
		w.r.Away = tt.away
		if got := w.r.Responsible(w.stage(design), w.stage(design).Item("adr")); got != tt.item {
			t.Errorf("%s away: the item is %d's, want %d's", tt.name, got, tt.item)
		}
		if got := w.r.NobodyCan(w.stage(design), nil); len(got) != 0 != (tt.item == 0) || len(got) > 0 && got[0].Kind != review.NobodyLeads {
			t.Errorf("%s away: nobody can %+v", tt.name, got)
		}
		got := waits()
		slices.SortFunc(got, func(a, b review.Party) int { return int(a.Person - b.Person) })
		slices.SortFunc(tt.want, func(a, b review.Party) int { return int(a.Person - b.Person) })
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s away: waits for %v, want %v", tt.name, got, tt.want)
		}
	}
	w.r.Away = []review.PersonID{mate}
	if w.r.CanAnswer(mate) || w.r.CanFollow(mate) || !w.r.CanAnswer(member) {
		t.Error("who is away can answer")
	}
	for name, err := range map[string]error{
		"assigning":    w.silent(func() error { return w.r.Assign(w.actor(owner), design, "adr", mate, "", w.tick()) }),
		"handing over": w.silent(func() error { return w.r.HandOver(w.actor(owner), member, mate, "", w.tick()) }),
		"leaving":      w.silent(func() error { return w.r.RemoveMember(w.actor(owner), member, mate, w.tick()) }),
	} {
		if refusal(err) != "invalid" {
			t.Errorf("%s to who is away: %v", name, err)
		}
	}
}

// Somebody who is not on the project, so that the store tells of them only because
// they are named, gets nothing to do while they cannot sign in.
func TestNothingIsGivenToAStrangerWhoIsAway(t *testing.T) {
	w := newWorld(t)
	const gone review.PersonID = 999
	w.r.Named = map[review.PersonID]review.Actor{gone: {Person: gone, Roles: []review.Role{review.RoleManager}, Away: true}}
	for name, do := range map[string]func() error{
		"owner":      func() error { return w.r.SetDuty(w.actor(owner), gone, review.DutyOwner, w.tick()) },
		"deputy":     func() error { return w.r.SetDuty(w.actor(owner), gone, review.DutyDeputy, w.tick()) },
		"member":     func() error { return w.r.SetDuty(w.actor(owner), gone, review.DutyMember, w.tick()) },
		"joining":    func() error { return w.r.AssignJoining(w.actor(owner), design, "adr", gone, "", w.tick()) },
		"succeeding": func() error { return w.r.Succeed(w.actor(owner), member, gone, false, "Left.", w.tick()) },
	} {
		if err := w.silent(do); refusal(err) != "invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An overdue condition waits for whoever leads the project while its owner cannot
// sign in.
func TestConditionOfWhoIsAway(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	w.ok(w.signIf(quinn, build, qa, "2026-03-10", "Rehearse the failover."))
	w.now = w.now.AddDate(0, 1, 0)
	for away, want := range map[review.PersonID]review.PersonID{0: owner, owner: deputy} {
		w.r.Away = []review.PersonID{away}
		bs := w.r.Blockers(w.stage(build), w.now)
		i := slices.IndexFunc(bs, func(b review.Blocker) bool { return b.Kind == review.ConditionOverdue })
		if i < 0 || bs[i].Owner != want {
			t.Errorf("with %d away: %+v, want a condition of %d", away, bs, want)
		}
	}
}
