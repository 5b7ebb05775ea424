package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/bench/seed"
	"github.com/slipway-prr/slipway/bench/yardstick"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// stand is the product beside its yardsticks, ready to be measured.
type stand struct {
	*lab
	scale

	main         *product // a thousand projects with checklists of 120 items, and gates that wait
	long         seed.Pattern
	big          seed.Pattern
	bigStage     plan.StageKey
	waiting      seed.Pattern
	waitingStage plan.StageKey

	hyb, bigHyb *ruler
	pageBytes   int
	bigBytes    int

	shared *shared

	portfolio struct{ small, mid, large *product } // only in a full run
}

const (
	sharedProject = review.ProjectKey("shared")
	busyItems     = 200
	busyGates     = 50
)

// scale is how much there is to measure on.
type scale struct {
	checklists, largest, gates int // projects of which one page or form is asked for
	// Projects in three portfolios; all 0 in a quick run.
	small, mid, large int
	lists             bool // only these are measured
}

func (o Options) scale() scale {
	if o.Quick {
		return scale{checklists: 1000, largest: 1, gates: 600}
	}
	if o.Lists {
		return scale{checklists: 200, largest: 1, gates: 1, small: 1000, mid: 10_000, large: 100_000, lists: true}
	}
	return scale{checklists: 1000, largest: 100, gates: 4000, small: 1000, mid: 10_000, large: 100_000}
}

func (s scale) full() bool { return s.large > 0 }

func (l *lab) stand(ctx context.Context, size scale) (*stand, error) {
	s := &stand{lab: l, scale: size}
	var err error
	if s.main, err = l.product(ctx, "checklists", s.fillMain); err != nil {
		return nil, err
	}
	var items int
	if items, s.pageBytes, err = s.main.shapeOf(seed.CopyKey(s.long.Key, 1), seed.LongStage); err != nil {
		return nil, err
	}
	if s.hyb, err = l.rulerFor(ctx, "yardstick", items, s.pageBytes); err != nil || !s.full() {
		return s, err
	}
	if s.lists {
		return s, s.openPortfolios(ctx)
	}
	if items, s.bigBytes, err = s.main.shapeOf(seed.CopyKey(s.big.Key, 1), s.bigStage); err != nil {
		return nil, err
	}
	if s.bigHyb, err = l.rulerFor(ctx, "yardstick_largest", items, s.bigBytes); err != nil {
		return nil, err
	}
	return s, s.openPortfolios(ctx)
}

// rulerFor starts a yardstick whose pages are as long as a page of the product's.
func (l *lab) rulerFor(ctx context.Context, name string, items, bytes int) (*ruler, error) {
	shape := yardstick.DefaultShape()
	shape.Items = items
	shape, err := shape.Fit(ctx, bytes)
	if err != nil {
		return nil, err
	}
	return l.ruler(ctx, name, shape)
}

func (s *stand) fillMain(ctx context.Context, w *seed.World) ([]seed.Pattern, error) {
	s.long, s.big = seed.Pattern{Key: "long", Copies: s.checklists}, seed.Pattern{Key: "largest", Copies: s.largest}
	s.waiting = seed.Pattern{Key: "waiting", Copies: s.gates}
	errLong, errShared := w.Long(ctx, s.long.Key), w.Long(ctx, sharedProject)
	var errBig, errWaiting error
	s.bigStage, errBig = w.Largest(ctx, s.big.Key)
	s.waitingStage, errWaiting = w.Waiting(ctx, s.waiting.Key)
	return []seed.Pattern{s.long, s.big, s.waiting}, errors.Join(errLong, errShared, errBig, errWaiting)
}

func (s *stand) openPortfolios(ctx context.Context) error {
	fresh := func(copies int) func(context.Context, *seed.World) ([]seed.Pattern, error) {
		return func(ctx context.Context, w *seed.World) ([]seed.Pattern, error) {
			return []seed.Pattern{{Key: "fresh", Copies: copies}}, w.Fresh(ctx, "fresh")
		}
	}
	var errSmall, errMid, errLarge error
	s.limit = largeMemoryLimit
	defer func() { s.limit = memoryLimit }()
	s.portfolio.small, errSmall = s.product(ctx, "portfolio-1k", fresh(s.small))
	s.portfolio.large, errLarge = s.product(ctx, "portfolio-100k", fresh(s.large))
	s.portfolio.mid, errMid = s.product(ctx, "portfolio-10k", func(ctx context.Context, w *seed.World) ([]seed.Pattern, error) {
		_, errWaiting := w.Waiting(ctx, "waiting")
		// The patterns themselves count.
		return []seed.Pattern{{Key: "launch", Copies: s.mid}, {Key: "waiting", Copies: busyGates - 1},
				{Key: "assigned", Copies: busyItems/20 - 1}},
			errors.Join(w.Launch(ctx, "launch", 0), w.Assigned(ctx, "assigned", 20), errWaiting)
	})
	if err := errors.Join(errSmall, errMid, errLarge); err != nil {
		return err
	}
	for _, p := range []*product{s.portfolio.small, s.portfolio.large} {
		if err := p.vary(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (p *product) vary(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.database.superuser)
	if err != nil {
		return fmt.Errorf("connect to vary a portfolio: %w", err)
	}
	defer conn.Close(ctx)
	return seed.Vary(ctx, conn, p.world.Busy)
}

// contenders are all that is measured, for so many runs of each.
func (s *stand) contenders(ctx context.Context, runs int) ([]Contender, error) {
	paths := checklists(s.long, seed.LongStage)
	whole := wantPage(s.pageBytes * 9 / 10)
	if s.lists {
		one := s.main.pages("checklist", 1, s.main.world.Team, paths, whole)
		return append([]Contender{s.hyb.db1(16), s.hyb.db1(1), one}, s.listContenders()...), nil
	}
	list := []Contender{
		s.hyb.db1(16), s.hyb.page("page-hyb", 16, s.pageBytes), s.hyb.floor(1, s.pageBytes),
		s.main.pages("checklist", 16, s.main.world.Team, paths, whole), s.main.pages("checklist", 1, s.main.world.Team, paths, whole),
		s.main.sameAgain("checklist-304", 16, paths, true), s.main.sameAgain("checklist-cached", 16, paths, false),
	}
	ticks := []int{1, 16}
	if s.full() {
		list = append(list, s.hyb.bare(1, s.pageBytes), s.hyb.bare(16, s.pageBytes), s.hyb.db1(1), s.hyb.page("page-hyb", 1, s.pageBytes),
			s.hyb.floor(16, s.pageBytes),
			s.bigHyb.page("largest-hyb", 16, s.bigBytes),
			s.main.pages("largest", 16, s.main.world.Team[:seed.SmallTeam], checklists(s.big, s.bigStage), wantPage(s.bigBytes*9/10)),
			s.main.pages("checklist-first-look", 16, s.main.world.Team, paths, wantBody(200, 2000), acceptGzip))
		list = append(list, s.listContenders()...)
		ticks = append(ticks, 64)
	}
	writes, err := s.writes(ctx, ticks, runs)
	return append(list, writes...), err
}

func (s *stand) listContenders() []Contender {
	list := []Contender{
		s.portfolio.small.portfolioMix(16), s.portfolio.mid.myWork(1, busyGates, busyItems),
		s.portfolio.mid.totals("totals-10k"), s.portfolio.large.totals("totals-100k"),
	}
	for _, f := range freeFilters {
		list = append(list, s.portfolio.large.freeFilter(f.query, f.least))
	}
	for _, query := range portfolioViews {
		list = append(list, s.portfolio.small.portfolioList(query), s.portfolio.large.portfolioList(query))
	}
	return list
}

func (s *stand) writes(ctx context.Context, ticks []int, runs int) ([]Contender, error) {
	keys := make([]review.ProjectKey, s.long.Copies)
	for i := range keys {
		keys[i] = seed.CopyKey(s.long.Key, i+1)
	}
	t, err := s.main.ticker(ctx, s.long.Key, keys, seed.LongStage)
	if err != nil {
		return nil, err
	}
	if s.shared, err = s.main.shared(ctx, sharedProject, sharedProject, seed.LongStage); err != nil {
		return nil, err
	}
	sign, err := s.main.signer(ctx, s.waiting, s.waitingStage, runs)
	if err != nil {
		return nil, err
	}
	var list []Contender
	for _, clients := range ticks {
		raw, err := s.tickRaw(s.hyb, clients)
		if err != nil {
			return nil, err
		}
		list = append(list, raw, t.tick(clients, seed.LongStage))
	}
	return append(list, s.shared.tick(16, seed.LongStage), sign.contender(16)), nil
}

// finish adds the figures that are no contender's; those that take their time only in a whole run.
func (s *stand) finish(ctx context.Context, r *Report, whole bool) error {
	if s.lists {
		return s.finishLists(ctx, r)
	}
	lost, err := s.shared.lost(ctx, seed.LongStage)
	if err != nil {
		return err
	}
	r.Figures["tick-shared lost"] = lost
	if r.Figures["server memory MiB"], _, err = s.main.server.memory(); err != nil {
		return err
	}
	r.inProcessorTime()
	if s.full() {
		if err := s.finishLists(ctx, r); err != nil {
			return err
		}
	}
	if !whole {
		return nil
	}
	if err := s.weigh(r); err != nil {
		return err
	}
	if err := s.feel(ctx, r); err != nil || !s.full() {
		return err
	}
	return s.start(ctx, r)
}

func (s *stand) feel(ctx context.Context, r *Report) error {
	p50, p75, err := s.main.tickFelt(ctx, page.StageURL(seed.CopyKey(s.long.Key, s.long.Copies), seed.LongStage))
	if errors.Is(err, errNoBrowser) {
		r.Notes = append(r.Notes, "Ticks in a browser were not measured: there is no chromium here.")
		return nil
	}
	if err != nil {
		return err
	}
	r.Figures["tick felt ms"] = milliseconds(p75)
	r.Notes = append(r.Notes, fmt.Sprintf("A tick in Chromium, click to painted: p50 %.1f ms, p75 %.1f ms.", milliseconds(p50),
		milliseconds(p75)))
	return nil
}
