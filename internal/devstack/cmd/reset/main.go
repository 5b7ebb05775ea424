// Command reset is what `make reset` runs: it empties the data folder that
// SLIPWAY_DATA_DIR names.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-prr/slipway/internal/devstack/postgres"
)

func main() {
	if err := run(context.Background(), os.Getenv("SLIPWAY_DATA_DIR")); err != nil {
		fmt.Fprintln(os.Stderr, "reset:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string) error {
	if dir == "" {
		return errors.New("SLIPWAY_DATA_DIR is not set (`make reset` sets it)")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := postgres.Reset(ctx, dir); err != nil {
		return err
	}
	fmt.Println("Emptied", dir)
	return nil
}
