package main

import (
	"fmt"
	"slices"
	"strings"
)

// pure packages start nothing, lock nothing and keep nothing that changes, which a
// test holds them to: the race detector has nothing to find in them, and makes what
// they do, which is reading bytes, take five times as long. Whatever calls them from
// several goroutines at once is tested with it.
func pure() []string {
	return []string{
		"internal/catalog", "internal/fold", "internal/formats", "internal/formats/own", "internal/formats/plainyaml",
		"internal/plan", "internal/proof", "internal/record", "internal/review", "internal/secret", "internal/sheet",
	}
}

// walkers are tests that take a long way, one step after the other: they ask a server
// thousands of times, or look at all of the demo portfolio. Other tests go shorter ways
// through the same code with the race detector: they ask the same routes, and TestPortfolio
// fills, twice at once, what the demo's tests fill.
func walkers() []testID {
	return []testID{
		{module + "web", "TestTheCanaryIsNotSeen"}, {module + "web", "TestTheCanaryIsNotTimed"}, {module + "web", "TestSearchIsNotTimed"},
		{module + "web", "TestNoPageReadsThePortfolio"},
		{module + "cmd/server", "TestTheDemoPortfolioComesBack"}, {module + "internal/devstack/portfolio", "TestStoriesCouldHaveBeen"},
	}
}

// oneAtATime is the pattern of the walkers' names.
func oneAtATime() string {
	var names []string
	for _, id := range walkers() {
		names = append(names, id.name)
	}
	return "^(" + strings.Join(names, "|") + ")$"
}

// withoutRace is what runs without the race detector.
type withoutRace struct {
	pure    []string // packages, with all their tests
	walkers []string // packages, of which the walkers run
}

// divide says which packages are tested with the race detector and which without.
// Those that have walkers are in both.
func divide(packages []string) (raced []string, plain withoutRace, err error) {
	raced = slices.Clone(packages)
	for _, name := range pure() {
		i := slices.Index(raced, module+name)
		if i < 0 {
			return nil, withoutRace{}, fmt.Errorf("there is no package %s to test without the race detector", name)
		}
		plain.pure, raced = append(plain.pure, raced[i]), slices.Delete(raced, i, i+1)
	}
	for _, id := range walkers() {
		if !slices.Contains(plain.walkers, id.pkg) {
			plain.walkers = append(plain.walkers, id.pkg)
		}
	}
	return raced, plain, nil
}
