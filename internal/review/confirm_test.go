package review_test

import (
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func (w *world) confirm(p review.PersonID) error {
	return w.r.ConfirmProfile(w.actor(p), w.r.Project.AnswersDigest(), w.tick())
}

// Answers are confirmed by somebody who may edit the project or sits at one of its
// gates, and who did not give them.
func TestWhoConfirmsTheAnswers(t *testing.T) {
	for by, want := range map[review.PersonID]string{
		owner: "denied", deputy: "ok", manager: "ok", admin: "ok", archie: "ok", seth: "denied", viewer: "denied", member: "denied", auditor: "denied", insider: "ok",
	} {
		w := newWorld(t, withProfile("ml"))
		if by == owner {
			want = "refused"
		}
		w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = append(f.Profile, "public") }))
		if want != "ok" {
			if got := refusal(w.silent(func() error { return w.confirm(by) })); got != want {
				t.Errorf("%d: %s, want %s", by, got, want)
			}
			continue
		}
		if err := w.confirm(by); err != nil {
			t.Errorf("%d: %v", by, err)
			continue
		}
		last := w.r.Recorded()[len(w.r.Recorded())-1].Event.(review.ProfileConfirmed)
		if !slices.Equal(last.Profile, plan.Profile{"ml", "public"}) || !slices.Equal(last.No, []plan.Flag{"pii"}) || !w.r.Project.Answers.Hold() {
			t.Errorf("%d confirmed %+v", by, last)
		}
		w.ok(w.silent(func() error { return w.confirm(admin) })) // it is so already
	}
}

func TestStandInsDoNotConfirmForWhoAnswered(t *testing.T) {
	w := newWorld(t)
	w.ok(w.r.SetDuty(w.actor(owner), enya, review.DutyDeputy, w.tick()))
	w.ok(w.edit(enya, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"public"} }))
	lent := review.Actor{Person: nobody, Roles: []review.Role{review.RoleViewer}, Seats: []review.SeatHeld{{Seat: plan.SeatEngineering, Since: base, For: enya}}}
	confirm := func() error { return w.r.ConfirmProfile(lent, w.r.Project.AnswersDigest(), w.tick()) }
	w.refused(w.silent(confirm), "denied")
	lent.Seats[0].For = enzo
	w.ok(confirm())
}

// A confirmation is of answers that are all there, and as somebody read them; any
// other answer outdates it.
func TestConfirmationsGoOutOfDate(t *testing.T) {
	w := newPlanned(t, shelf{modules: []*plan.Module{curious()}}, withUnanswered("ml"))
	w.refused(w.silent(func() error { return w.confirm(owner) }), "refused")
	shown := w.r.Project.AnswersDigest()
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Unanswered = nil }))
	w.refused(w.silent(func() error { return w.r.ConfirmProfile(w.actor(archie), shown, w.tick()) }), "outdated")
	w.ok(w.confirm(archie))
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Name, f.Tier = "Till", 1 }))
	if !w.r.Project.Answers.Hold() || w.r.Project.Answers.By != owner {
		t.Error("another name outdates what was answered")
	}
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Profile = append(f.Profile, "public") }))
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"ml"} })) // as it was
	if a := w.r.Project.Answers; a.Hold() || !a.Changed || a.Confirmed != archie || a.By != manager {
		t.Errorf("changed and back: %+v", a)
	}
	w.ok(w.confirm(owner))
	w.ok(w.attach(owner, curious())) // it asks something that nobody has answered
	if w.r.Project.Answers.Hold() {
		t.Error("a new question leaves the confirmation as it was")
	}
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusStopped, "Enough.", w.tick()))
	w.replays()
}

// What a trail says was confirmed is what was answered then, by somebody else.
func TestReplayRefusesFalseConfirmations(t *testing.T) {
	w := newWorld(t, withProfile("ml"))
	created := slices.Clone(w.r.Recorded())
	for name, e := range map[string]review.Entry{
		"other answers": {Actor: archie, Event: review.ProfileConfirmed{Profile: plan.Profile{"pii"}, No: []plan.Flag{"ml", "public"}}},
		"other noes":    {Actor: archie, Event: review.ProfileConfirmed{Profile: plan.Profile{"ml"}, No: []plan.Flag{"public"}}},
		"by the same":   {Actor: manager, Event: review.ProfileConfirmed{Profile: plan.Profile{"ml"}, No: []plan.Flag{"pii", "public"}}},
		"":              {Actor: archie, Event: review.ProfileConfirmed{Profile: plan.Profile{"ml"}, No: []plan.Flag{"pii", "public"}}},
	} {
		e.Seq, e.At = int64(len(created)+1), w.now.Add(time.Minute)
		_, err := review.Replay(project, append(slices.Clone(created), e), func(plan.Origin) (*plan.Plan, error) { return w.r.Plan, nil })
		if (err != nil) != (name != "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
