package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// Tags narrow the list, its totals and its board, are found, and of restricted projects
// are offered only to those who see these.
func TestTagsNarrowThePortfolio(t *testing.T) {
	f := newFixture(t)
	f.start("alpha", func(p *review.NewProject) { p.Tags = []string{"pci", "mobile"} })
	f.start("beta", func(p *review.NewProject) { p.Tags = []string{"mobile"} })
	f.start("gamma", func(*review.NewProject) {})
	f.start("secret", func(p *review.NewProject) { p.Tags, p.Restricted = []string{"pci", "merger"}, true })
	f.change("olga", store.Target{Project: "gamma"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Retag(who, []string{"pci"}, nil, at)
	})
	f.change("olga", store.Target{Project: "beta"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Retag(who, []string{"web"}, []string{"mobile"}, at)
	})
	for _, k := range []struct {
		who, tag, want string
		tags           []string
	}{
		{"olga", "pci", "alpha gamma secret", []string{"merger", "mobile", "pci", "web"}},
		{"pat", "pci", "alpha gamma", []string{"mobile", "pci", "web"}},
		{"pat", "mobile", "alpha", []string{"mobile", "pci", "web"}},
		{"pat", "merger", "", []string{"mobile", "pci", "web"}},
		{"pat", "pc", "", []string{"mobile", "pci", "web"}},
	} {
		filter := store.PortfolioFilter{Tag: k.tag}
		if got := f.listed(k.who, filter); got != k.want {
			t.Errorf("%s finds %q by %s, want %q", k.who, got, k.tag, k.want)
		}
		v, err := f.PortfolioBoard(t.Context(), f.as(k.who), filter)
		if err != nil {
			t.Fatal(err)
		}
		if v.Totals.Projects != len(v.Rows) || len(v.Rows) != len(strings.Fields(k.want)) {
			t.Errorf("%s sees %d of %d on the board by %s, want %q", k.who, len(v.Rows), v.Totals.Projects, k.tag, k.want)
		}
		if !slices.Equal(v.Tags, k.tags) {
			t.Errorf("%s is offered %q, want %q", k.who, v.Tags, k.tags)
		}
	}
	for text, want := range map[string]string{"web": "projects 1", "merger": "", "alpha mobile": "projects 1"} {
		if got := counted(f.search("pat", text)); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	for _, key := range []review.ProjectKey{"beta", "gamma", "secret"} {
		v, err := f.Project(t.Context(), f.as("olga"), key)
		if err != nil {
			t.Fatal(err)
		}
		if verified, err := f.VerifyStream(t.Context(), v.Review.Project.ID); err != nil || len(verified.Problems) > 0 {
			t.Errorf("verifying %s: %v, %v", key, err, verified.Problems)
		}
	}
}
