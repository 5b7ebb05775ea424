package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// askBack answers no to questions that are answered with yes.
func askBack(questions ...plan.Flag) store.Decide {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		f := r.Project.Fields()
		f.Profile = slices.DeleteFunc(slices.Clone(f.Profile), func(q plan.Flag) bool { return slices.Contains(questions, q) })
		f.Unanswered = slices.DeleteFunc(slices.Clone(f.Unanswered), func(q plan.Flag) bool { return slices.Contains(questions, q) })
		f.Reason = "It keeps nothing."
		return r.Edit(who, f, at)
	}
}

func approveBack(r *review.Review, who review.Actor, at time.Time) error {
	return r.ApproveRetraction(who, r.RetractionDigest(), at)
}

// answerYes answers a question with yes.
func answerYes(question plan.Flag) store.Decide {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		f := r.Project.Fields()
		f.Profile = append(slices.Clone(f.Profile), question)
		return r.Edit(who, f, at)
	}
}

// Whose work has a request to take an answer back is whom the domain lets decide on
// it, and hidden projects stay hidden.
func TestRetractionsAgreeWithTheDomain(t *testing.T) {
	f := newFixture(t)
	keys := []review.ProjectKey{"open-one", "secret-one", "eng-asks", "outgrown", "stopped", "answered"}
	for _, key := range keys {
		f.create(string(key))
		all := store.Target{Project: key}
		f.change("olga", all, answerYes("database"))
		asks := "olga"
		if key == "eng-asks" {
			asks = "eng"
			f.change("olga", all, func(r *review.Review, who review.Actor, at time.Time) error {
				return r.SetDuty(who, f.people["eng"], review.DutyDeputy, at)
			})
		}
		f.change(asks, all, askBack("database"))
	}
	f.change("olga", store.Target{Project: "secret-one"}, func(r *review.Review, who review.Actor, at time.Time) error {
		fields := r.Project.Fields()
		fields.Restricted = true
		return r.Edit(who, fields, at)
	})
	f.change("olga", store.Target{Project: "outgrown"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AskLowering(who, "data-sketched", plan.LevelMay, r.PlanDigest(), "small", at)
	})
	f.change("eng", store.Target{Project: "outgrown"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.ApproveLowering(who, "data-sketched", r.Wish("data-sketched").Digest(), at)
	})
	f.change("olga", store.Target{Project: "stopped"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusStopped, "No money.", at)
	})
	f.change("sre", store.Target{Project: "answered"}, approveBack)
	errTried := errors.New("only tried")
	for name := range f.people {
		v, err := f.MyWork(t.Context(), f.as(name))
		if err != nil {
			t.Fatal(err)
		}
		var listed, may []review.ProjectKey
		for _, a := range v.AskedBack {
			listed = append(listed, a.Project)
			if by := map[review.ProjectKey]string{"eng-asks": "eng"}[a.Project]; a.By != f.people[by] && a.By != f.people["olga"] || !slices.Equal(a.Stages, []plan.StageKey{"idea"}) || a.At.IsZero() {
				t.Errorf("%s reads %+v", name, a)
			}
		}
		for _, key := range keys {
			_, err := f.Change(t.Context(), f.as(name), store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
				return errors.Join(approveBack(r, who, at), errTried)
			})
			var denied *review.Denied
			var refused *review.Refused
			if !errors.As(err, &denied) && !errors.As(err, &refused) && !errors.Is(err, review.ErrNotFound) {
				may = append(may, key)
			}
		}
		if !slices.Equal(listed, may) || v.AskedBackAll != len(may) { // in the order in which they were asked for
			t.Errorf("%s may decide on %v; listed are %v, counted %d", name, may, listed, v.AskedBackAll)
		}
		if name == "eng" && !slices.Equal(may, []review.ProjectKey{"open-one"}) {
			t.Errorf("engineering decides on %v", may)
		}
	}
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("verifying finds %s", strings.Join(found, "\n"))
	}
}

// What is asked for stays through a restart of the server, and is in the form in
// which it was decided on.
func TestRetractionsAreKept(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	all := store.Target{Project: "ledger"}
	f.change("olga", all, answerYes("database"))
	f.change("olga", all, askBack("database"))
	v, err := f.Project(t.Context(), f.as("pat"), "ledger")
	if err != nil {
		t.Fatal(err)
	}
	a := v.Review.Project.Retraction
	if a == nil || a.By != f.people["olga"] || a.Reason != "It keeps nothing." || v.Names.Of(a.By) != "Person olga" {
		t.Fatalf("asked for: %+v", a)
	}
	f.change("pat", all, approveBack)
	if v, err = f.Project(t.Context(), f.as("pat"), "ledger"); err != nil || v.Review.Project.Retraction != nil || v.Review.Project.Reply("database") != review.ReplyNo {
		t.Errorf("approved: %+v, %v", v.Review.Project, err)
	}
	f.change("olga", all, answerYes("database"))
	f.change("olga", all, askBack("database"))
	f.change("sre", all, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RefuseRetraction(who, r.RetractionDigest(), "It does.", at)
	})
	if v, err = f.Project(t.Context(), f.as("pat"), "ledger"); err != nil || v.Review.Project.Retraction != nil || v.Review.Project.Reply("database") != review.ReplyYes {
		t.Errorf("turned down: %+v, %v", v.Review.Project, err)
	}
}

func TestVerifyFindsRetractionsThatWereChanged(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	f.change("olga", store.Target{Project: "ledger"}, answerYes("database"))
	f.change("olga", store.Target{Project: "ledger"}, askBack("database"))
	for name, c := range map[string]struct{ sql, want string }{
		"the gates":  {`update project set retraction_stages = '{live}'`, "decided on at the gates of [live]"},
		"the asker":  {`update project set retraction = jsonb_set(retraction::jsonb, '{by}', to_jsonb((retraction ->> 'by')::int + 1))::json`, "Retraction"},
		"that it is": {`update project set retraction = null, retraction_stages = '{}'`, "Retraction"},
	} {
		t.Run(name, func(t *testing.T) {
			f.spoil(t, c.sql)
			if found := strings.Join(f.problems(t), "\n"); !strings.Contains(found, c.want) {
				t.Errorf("verifying finds %q", found)
			}
		})
	}
}
