package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// BenchmarkTotals counts 100,000 projects of 300 teams.
func BenchmarkTotals(b *testing.B) {
	const projects, teams, stages = 100_000, 300, 10
	l := &plan.Lifecycle{Key: "long"}
	pace := &lifecyclePace{Pace{make(review.Pace, stages), make([]int, stages)}, l}
	for i := range stages {
		l.Stages = append(l.Stages, plan.Stage{Key: plan.StageKey(fmt.Sprint("stage-", i))})
		pace.Days[i] = 20
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ref := &plan.Ref{Key: l.Key, Version: 1}
	kept := &standings{}
	for i := range projects {
		p := standing{
			id: review.ProjectID(i), ref: ref, team: fmt.Sprintf("Team %03d", i%teams), status: review.StatusActive, tier: plan.Tier(1 + i%3), current: int8(i % stages),
			target: review.Today(now).AddDate(0, 0, i%300-60), entered: now.AddDate(0, 0, -i%40), gates: make([]review.GateState, stages),
		}
		for j := range i % stages {
			p.gates[j] = review.GatePassed
		}
		p.states = setOf(p.gates)
		kept.of = append(kept.of, p)
	}
	t := &tally{filter: PortfolioFilter{paces: paces{*ref: pace}}, tmpl: l, of: kept}
	t.rights.reads = true
	b.Run("strip", func(b *testing.B) {
		for b.Loop() {
			if got := t.count(&t.filter, now); got.Projects != projects || got.AtRisk == 0 || got.Late == 0 {
				b.Fatal(got)
			}
		}
	})
	b.Run("by team", func(b *testing.B) {
		for b.Loop() {
			if got, _ := t.groups(now, GroupTeam); len(got) != teams {
				b.Fatal(len(got))
			}
		}
	})
}
