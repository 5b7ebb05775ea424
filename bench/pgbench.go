package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/bench/load"
)

// pgbench is PostgreSQL's own load tool with one script.
type pgbench struct {
	path      string
	database  string // URL
	script    string // file
	variables map[string]int
}

// findPgbench looks next to the server's programs, then where all programs are.
func findPgbench(binDir string) (string, error) {
	if binDir != "" {
		if path, err := exec.LookPath(filepath.Join(binDir, "pgbench")); err == nil {
			return path, nil
		}
	}
	path, err := exec.LookPath("pgbench")
	if err != nil {
		return "", fmt.Errorf("find pgbench: %w", err)
	}
	return path, nil
}

// connectedASecond is how many clients connect within a second on a machine that has a lot else to do.
const connectedASecond = 16

// run measures for whole seconds, at least one, and some more while the clients connect, which is no part of the rate: on a busy
// machine 64 of them take longer than a warm-up. pgbench tells the mean latency but no percentiles, so the sample has none.
func (p pgbench) run(ctx context.Context, clients int, d time.Duration) (load.Sample, error) {
	seconds := max(1, int(math.Round(d.Seconds()))) + clients/connectedASecond
	args := []string{
		"--no-vacuum", "--protocol=prepared", "--client=" + strconv.Itoa(clients), "--jobs=" + strconv.Itoa(min(clients, runtime.NumCPU())),
		"--time=" + strconv.Itoa(seconds), "--file=" + p.script,
	}
	for name, value := range p.variables {
		args = append(args, fmt.Sprintf("--define=%s=%d", name, value))
	}
	out, err := exec.CommandContext(ctx, p.path, append(args, p.database)...).CombinedOutput()
	if err != nil {
		return load.Sample{}, fmt.Errorf("pgbench: %w\n%s", err, out)
	}
	return parsePgbench(string(out))
}

var (
	pgbenchDone   = regexp.MustCompile(`(?m)^number of transactions actually processed: (\d+)`)
	pgbenchFailed = regexp.MustCompile(`(?m)^number of failed transactions: (\d+)`)
	pgbenchTPS    = regexp.MustCompile(`(?m)^tps = ([0-9.]+) \(without initial connection time\)`)
)

func parsePgbench(out string) (load.Sample, error) {
	done, tps := pgbenchDone.FindStringSubmatch(out), pgbenchTPS.FindStringSubmatch(out)
	if done == nil || tps == nil {
		return load.Sample{}, fmt.Errorf("pgbench: no figures in its output:\n%s", out)
	}
	n, errN := strconv.Atoi(done[1])
	rate, errRate := strconv.ParseFloat(tps[1], 64)
	if err := errors.Join(errN, errRate); err != nil || rate <= 0 {
		return load.Sample{}, fmt.Errorf("pgbench: bad figures in its output:\n%s", out)
	}
	s := load.Sample{Requests: n, Elapsed: time.Duration(float64(n) / rate * float64(time.Second))}
	if failed := pgbenchFailed.FindStringSubmatch(out); failed != nil && failed[1] != "0" {
		s.Errors, _ = strconv.Atoi(failed[1])
		s.First = fmt.Errorf("pgbench: %s failed transactions", failed[1])
	}
	return s, nil
}
