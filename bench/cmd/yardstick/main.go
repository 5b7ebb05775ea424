// Command yardstick serves the yardsticks of package yardstick from a database that bench has filled. It prints the address that it
// listens on, and ends with its standard input, so that it can never outlive the bench that started it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/slipway-prr/slipway/bench/load"
	"github.com/slipway-prr/slipway/bench/yardstick"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "yardstick:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	flags := flag.NewFlagSet("yardstick", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:0", "loopback address to listen on")
	database := flags.String("database", "", "URL of a database that holds a yardstick's tables")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := load.Loopback(*addr); err != nil {
		return err
	}
	// What the product does as well: memory is cheaper than a collector that runs all the time.
	debug.SetGCPercent(400)

	cfg, err := pgxpool.ParseConfig(*database)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	cfg.MaxConns = yardstick.MaxConns
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	defer pool.Close()
	if err := pool.Ping(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Fprintln(stdout, "listening", listener.Addr())

	server := &http.Server{
		Handler:           yardstick.Handler(pool, slog.New(slog.NewTextHandler(os.Stderr, nil))),
		ReadHeaderTimeout: 5 * time.Second,
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		cancel()
	}()
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
