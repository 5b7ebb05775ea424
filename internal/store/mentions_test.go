package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

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

func sorted(ids ...review.PersonID) []review.PersonID {
	slices.Sort(ids)
	return ids
}
