package store_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// BenchmarkTick answers items of different projects, 16 at a time.
func BenchmarkTick(b *testing.B) {
	f := newFixture(b)
	const projects = 64
	for i := range projects {
		f.create(fmt.Sprintf("project-%d", i))
	}
	mike := f.as("mike")
	var n atomic.Int64
	b.SetParallelism(8)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			key := review.ProjectKey(fmt.Sprintf("project-%d", n.Add(1)%projects))
			_, err := f.Change(context.Background(), mike, store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
				a := r.Stage("idea").Item("scope-set").Answer
				to := review.Met
				if a.State == review.Met {
					to = review.Open
				}
				return r.Answer(who, "idea", "scope-set", to, "", a.Version, at)
			})
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkChecklist reads one stage, 16 at a time.
func BenchmarkChecklist(b *testing.B) {
	f := newFixture(b)
	f.create("alpha")
	f.answerIdea("alpha")
	olga := f.as("olga")
	b.SetParallelism(8)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := f.Checklist(context.Background(), olga, "alpha", "idea"); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
