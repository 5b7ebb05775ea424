package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// Who is mentioned finds it on their work until they answer; who may not see the
// project never hears of it, and nobody hears of them.
func TestMentions(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	say := func(who, text string) review.CommentAdded {
		t.Helper()
		mentioned, err := f.Mentioned(context.Background(), text)
		if err != nil {
			t.Fatal(err)
		}
		c := f.change(who, store.Target{Project: "alpha", Stage: "idea", Others: mentioned}, func(r *review.Review, by review.Actor, at time.Time) error {
			return r.Discuss(by, "idea", "scope-set", text, text, at, mentioned...)
		})
		return c.Events[len(c.Events)-1].Event.(review.CommentAdded)
	}
	expect := func(who string, want ...string) {
		t.Helper()
		v, err := f.MyWork(context.Background(), f.as(who))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range v.Mentions {
			got = append(got, m.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s finds %q, want %q", who, got, want)
		}
	}
	const first, second = "@person SRE, @Person out and @person mike: look.", "@Person olga?"
	if got := say("olga", first).Mentions; !slices.Equal(got, sorted(f.people["sre"], f.people["mike"])) {
		t.Errorf("mentioned: %v", got)
	}
	expect("sre", first)
	expect("mike", first)
	expect("out")
	if got := say("mike", second).Mentions; !slices.Equal(got, []review.PersonID{f.people["olga"]}) {
		t.Errorf("mentioned: %v", got)
	}
	expect("mike")
	expect("olga", second)
	f.change("adam", store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
		p := r.Project
		return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: true}, at)
	})
	expect("sre")
	if got := say("olga", "@person sre again").Mentions; len(got) != 0 {
		t.Errorf("somebody outside is mentioned: %v", got)
	}
	expect("sre")
	f.sameAsReplay(t, "alpha")
}

// So does who is mentioned in what is said of a record, until they say something of it.
func TestMentionsOnRecords(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	change := func(who string, decide store.Decide) {
		t.Helper()
		f.change(who, store.Target{Project: "alpha", Others: []review.PersonID{f.people["sre"], f.people["out"]}}, decide)
	}
	for _, title := range []string{"One", "Two"} {
		change("olga", func(r *review.Review, who review.Actor, at time.Time) error {
			_, err := r.OpenRecord(who, "decision", review.NewRecord{RecordFields: review.RecordFields{
				Title: title, Values: record.Values{"held": "2026-03-01T10:00", "people": "Us"},
			}}, at)
			return err
		})
	}
	say := func(who string, no int, text string, whom ...string) {
		t.Helper()
		change(who, func(r *review.Review, by review.Actor, at time.Time) error {
			var ids []review.PersonID
			for _, name := range whom {
				ids = append(ids, f.people[name])
			}
			return r.DiscussRecord(by, no, text, text, at, ids...)
		})
	}
	expect := func(who string, want ...string) {
		t.Helper()
		v, err := f.MyWork(context.Background(), f.as(who))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range v.Mentions {
			got = append(got, fmt.Sprint(m.Kind, " ", m.Record, " ", m.Stage, m.Item, m.Text))
		}
		if !slices.Equal(got, want) || v.MentionsAll != len(want) {
			t.Errorf("%s finds %q, want %q", who, got, want)
		}
	}
	say("olga", 1, "Look.", "sre", "out")
	say("olga", 2, "And here.", "sre")
	expect("sre", "decision 2 And here.", "decision 1 Look.")
	expect("out")
	expect("olga")
	say("sre", 2, "I did.")
	expect("sre", "decision 1 Look.")
	change("adam", func(r *review.Review, who review.Actor, at time.Time) error {
		p := r.Project
		return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: true}, at)
	})
	expect("sre")
}

func sorted(ids ...review.PersonID) []review.PersonID {
	slices.Sort(ids)
	return ids
}
