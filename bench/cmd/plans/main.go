// Command plans writes to bench/plans how PostgreSQL goes about the lists of the portfolio. See bench.Plans.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/slipway-prr/slipway/bench"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	searches := flag.Int("searches", 0, "write those of the search over everything instead, with so many projects")
	flag.Parse()
	dir := "bench/plans"
	if flag.NArg() > 0 {
		dir = flag.Arg(0)
	}
	var err error
	if *searches > 0 {
		err = bench.SearchPlans(ctx, dir, *searches, os.Stdout)
	} else {
		err = bench.Plans(ctx, dir, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "plans:", err)
		os.Exit(1)
	}
}
