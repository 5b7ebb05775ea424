// Command server is Slipway: `serve` answers browsers, `migrate` brings the
// database up to date, `dev` starts everything that a first look needs,
// `verify` checks what happened without trusting the server, `rebuild` makes all
// tables again from what happened, and `export-organisation` and
// `import-organisation` bring everything to another instance.
package main

import (
	"context"
	"errors"
	"fmt"
	"github.com/slipway-prr/slipway/internal/devstack"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // so that time zones are known wherever this runs
)

func main() {
	if os.Getenv("SLIPWAY_WITH_PARENT") == "1" {
		if err := devstack.StopWithParent(); err != nil {
			fmt.Fprintln(os.Stderr, "slipway:", err)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // somebody who asks twice to stop does not want to wait
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "slipway:", err)
		os.Exit(1)
	}
}

// errUsage has been explained already.
var errUsage = errors.New("see above")

// run is the program, with what it takes from its surroundings as arguments.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	command := "help"
	if len(args) > 0 {
		command = args[0]
	}
	switch command {
	case "help", "-h", "--help":
		fmt.Fprint(stdout, help())
		return nil
	case "version", "--version":
		fmt.Fprintln(stdout, version())
		return nil
	case "verify":
		return verify(ctx, args[1:], getenv, stdout, stderr)
	}
	set, err := readSettings(getenv)
	if err != nil {
		return err
	}
	switch command {
	case "serve":
		return serve(ctx, set, stderr)
	case "migrate":
		return migrate(ctx, set.databaseURL, stdout)
	case "demo-portfolio":
		return demoPortfolio(ctx, set, stdout)
	case "demo-provider":
		return demoProvider(ctx, set, args[1:], stdout, stderr)
	case "erase-person":
		return erasePerson(ctx, set, args[1:], stdout, stderr)
	case "rebuild":
		return rebuild(ctx, set, args[1:], stdout, stderr)
	case "export-organisation":
		return exportOrganisation(ctx, set, args[1:], stdout, stderr)
	case "import-organisation":
		return importOrganisation(ctx, set, args[1:], os.Stdin, stdout, stderr)
	case "key":
		return key(set, args[1:], stdout, stderr)
	case "dev":
		return dev(ctx, set, stdout, stderr)
	}
	fmt.Fprintf(stderr, "There is no command %q.\n\n%s", command, help())
	return errUsage
}

// version is the version that the build recorded.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 7 {
			return s.Value[:7]
		}
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return "dev"
}
