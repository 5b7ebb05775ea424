package review_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// vault is another project, which those who act in these tests may see.
const vault review.ProjectID = 12

func aDependency(project, system string) review.NewRecord {
	return review.NewRecord{RecordFields: review.RecordFields{
		Title: "Tokens", Owner: member, Due: "2026-06-01", Values: record.Values{"project": project, "system": system, "promised": "Tokens for card numbers"},
	}}
}

// What is kept of another project is its number alone, and a key that the actor may
// not see is refused as one that there is not.
func TestADependencyNamesAnotherProject(t *testing.T) {
	w := newWorld(t)
	w.r.Seen = map[review.ProjectKey]review.ProjectID{"vault": vault}
	no := w.add(member, "dependency", aDependency(" Vault ", ""))
	rec := &w.r.Records[no-1]
	if rec.Values["project"] != "12" || rec.OtherProject() != vault || rec.State != "asked" {
		t.Fatalf("it is kept as %+v", rec)
	}
	w.r.Seen = nil // whoever edits it next may not see that project
	w.ok(w.rewrite(mate, no, func(in *review.NewRecord) {
		in.Title, in.Values = "Tokens, soon", in.Values.With(record.Values{"project": review.KeptProject("12")})
	}))
	if rec.Values["project"] != "12" || rec.Title != "Tokens, soon" {
		t.Errorf("after the edit it is %+v", rec)
	}
	w.refused(w.rewrite(mate, no, func(in *review.NewRecord) {
		in.Values = in.Values.With(record.Values{"project": review.KeptProject("13")})
	}), "invalid")
	w.refused(w.move(member, no, "promised", ""), "invalid") // by nobody who can be asked
	w.ok(w.r.MoveRecord(w.actor(member), no, w.seen(no), review.RecordMove{To: "promised", Due: "2026-06-01", Values: record.Values{"contact": "#vault"}}, w.tick()))
	w.ok(w.move(member, no, "met", "We have the first thousand."))
	if len(w.r.AtGate(w.stage(build))) != 1 {
		t.Error("one that is met is no longer shown")
	}
	w.ok(w.rewrite(mate, no, func(in *review.NewRecord) {
		in.Values = in.Values.With(record.Values{"project": "", "system": "Card network"})
	}))
	var named []review.ProjectID
	for _, id := range review.OtherProjectsIn(w.r.Recorded()) {
		if !slices.Contains(named, id) {
			named = append(named, id)
		}
	}
	if !slices.Equal(named, []review.ProjectID{vault}) {
		t.Errorf("the trail names %v", named)
	}
	w.ok(w.move(member, no, "dropped", "Cash only."))
	w.replays()
}

func TestDependenciesThatAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		in      review.NewRecord
		field   string
		message string
	}{
		"nothing":              {aDependency("", ""), "project", "say on which project here it depends, or name the system elsewhere below"},
		"both":                 {aDependency("vault", "Card network"), "system", "leave one of the two empty; a record is of one dependency"},
		"itself":               {aDependency("Ledger", ""), "project", "is this project itself; say on which other it depends"},
		"itself by its number": {aDependency("also-ledger", ""), "project", "is this project itself; say on which other it depends"},
		"a hidden project":     {aDependency("secret", ""), "project", "is neither the name nor the key of a project that you can see"},
		"no project":           {aDependency("nothing-here", ""), "project", "is neither the name nor the key of a project that you can see"},
		"a number":             {aDependency("12", ""), "project", "is neither the name nor the key of a project that you can see"},
		"a kept one of none":   {aDependency("#12", ""), "project", "is neither the name nor the key of a project that you can see"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.r.Project.Key = "ledger"
			w.r.Seen = map[review.ProjectKey]review.ProjectID{"vault": vault, "also-ledger": project}
			err := w.silent(func() error {
				_, err := w.r.OpenRecord(w.actor(member), "dependency", tt.in, w.tick())
				return err
			})
			var wrong *review.Invalid
			if !errors.As(err, &wrong) || len(wrong.Fields) != 1 || wrong.Fields[0].Field != tt.field || wrong.Fields[0].Message != tt.message {
				t.Errorf("%v", err)
			}
		})
	}
}

// Nothing can rest on a project that is stopped, on hold or lapsed.
func TestHowAnotherProjectStands(t *testing.T) {
	for name, tt := range map[string]struct {
		other review.Other
		fails string
	}{
		"live":       {review.Other{Status: review.StatusActive, Live: review.LiveCurrent}, ""},
		"review due": {review.Other{Status: review.StatusActive, Live: review.LiveReviewDue}, ""},
		"not live":   {review.Other{Status: review.StatusActive, Target: time.Now()}, ""},
		"lapsed":     {review.Other{Status: review.StatusActive, Live: review.LiveLapsed}, "is live, but has lapsed"},
		"on hold":    {review.Other{Status: review.StatusOnHold, Live: review.LiveCurrent}, "is on hold"},
		"stopped":    {review.Other{Status: review.StatusStopped, Live: review.LiveCurrent}, "is stopped"},
	} {
		if got := tt.other.Fails(); got != tt.fails {
			t.Errorf("%s: it %q", name, got)
		}
	}
}
