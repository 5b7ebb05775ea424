package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/slipway-prr/slipway/bench/load"
	"github.com/slipway-prr/slipway/bench/seed"
	"github.com/slipway-prr/slipway/web/page"
)

// starts is how often the start is tried.
const starts = 7

// start measures the start at 10,000 projects.
func (s *stand) start(ctx context.Context, r *Report) error {
	path := page.StageURL(seed.CopyKey("launch", 1), s.waitingStage)
	var took []time.Duration
	for range starts {
		d, err := s.startOnce(ctx, s.portfolio.mid, path)
		if err != nil {
			return err
		}
		took = append(took, d)
	}
	r.Figures["server start ms"] = milliseconds(median(took))
	info, err := os.Stat(s.binary)
	if err != nil {
		return fmt.Errorf("size of the program: %w", err)
	}
	r.Figures["server binary MB"] = float64(info.Size()) / 1e6
	return nil
}

// startOnce is how long it takes from starting the program to the first whole checklist.
func (s *stand) startOnce(ctx context.Context, on *product, path string) (time.Duration, error) {
	start := time.Now()
	p, err := s.launch(ctx, "start", on.database.app)
	if err != nil {
		return 0, err
	}
	err = p.await(load.Get(path, p.cookie(on.world.Team[0])), wantPage(1))
	took := time.Since(start)
	return took, errors.Join(err, p.stop())
}
