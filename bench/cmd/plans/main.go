// Command plans writes to bench/plans how PostgreSQL goes about the lists of the portfolio. See bench.Plans.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/slipway-prr/slipway/bench"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir := "bench/plans"
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := bench.Plans(ctx, dir, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "plans:", err)
		os.Exit(1)
	}
}
