// Command bench measures the product against its yardsticks and prints the ratios. See package bench.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"

	"github.com/slipway-prr/slipway/bench"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	o := bench.Options{Progress: os.Stderr}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.BoolVar(&o.Quick, "quick", false, "only the main ratios, in under two minutes")
	flags.BoolVar(&o.Lists, "lists", false, "only the lists, at 1,000, 10,000 and 100,000 projects, in about ten minutes")
	flags.StringVar(&o.Results, "write", "", "Markdown `file` whose section of this kind of run gets the report")
	flags.Func("only", "measure only the contenders that match a regular `expression`, such as ^tick@; nothing is recorded",
		func(s string) (err error) {
			o.Only, err = regexp.Compile(s)
			return err
		})
	log := flags.String("log", os.DevNull, "`file` that gets the log of the product's servers")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if o.Log, err = os.Create(*log); err != nil {
		return fmt.Errorf("log: %w", err)
	}
	defer o.Log.Close()
	return bench.Run(ctx, o, os.Stdout)
}
