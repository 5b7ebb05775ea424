package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// minMajor is the oldest PostgreSQL that the migrations run on.
const minMajor = 15

// binaries is a folder with PostgreSQL's server programs.
type binaries struct {
	dir   string
	major int
}

// Installed returns the folder of the newest installed server
// programs, or ErrNotInstalled. cacheDir is where Obtain may have put
// some; it may be empty.
func Installed(ctx context.Context, cacheDir string) (string, error) {
	found := findBinaries(ctx, cacheDir)
	if len(found) == 0 {
		return "", ErrNotInstalled
	}
	return found[0].dir, nil
}

// findBinaries lists what is installed, newest first.
func findBinaries(ctx context.Context, cacheDir string) []binaries {
	patterns := []string{
		"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
		"/usr/pgsql-*/bin",          // PostgreSQL's own RPMs
		"/usr/libexec/postgresql*",  // Alpine
		"/usr/local/pgsql/bin",      // built from source
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
		filepath.Join("node_modules", npmBinPattern),
	}
	if cacheDir != "" {
		patterns = append(patterns, filepath.Join(cacheDir, npmFolderPrefix+"*", "node_modules", npmBinPattern))
	}
	var dirs []string
	for _, pattern := range patterns {
		matches, _ := filepath.Glob(pattern) // the only error is a malformed pattern, and these are constants
		dirs = append(dirs, matches...)
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	return usableBinaries(ctx, dirs)
}

func usableBinaries(ctx context.Context, dirs []string) []binaries {
	var found []binaries
	for _, dir := range dirs {
		b, err := inspectBinaries(ctx, dir)
		if err != nil || slices.Contains(found, b) {
			continue
		}
		found = append(found, b)
	}
	slices.SortStableFunc(found, func(a, b binaries) int { return b.major - a.major })
	return found
}

// inspectBinaries checks that dir holds a server that runs here and is new enough.
func inspectBinaries(ctx context.Context, dir string) (binaries, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return binaries{}, err
	}
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return binaries{}, err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return binaries{}, fmt.Errorf("run %s: %w", filepath.Join(dir, "postgres"), err)
	}
	major, err := majorVersion(string(out))
	if err != nil {
		return binaries{}, err
	}
	if major < minMajor {
		return binaries{}, fmt.Errorf("%s holds PostgreSQL %d; %d or newer is needed", dir, major, minMajor)
	}
	return binaries{dir: dir, major: major}, nil
}

// majorVersion reads "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)" or "... 18beta1".
func majorVersion(line string) (int, error) {
	_, rest, ok := strings.Cut(line, "(PostgreSQL) ")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if !ok || end <= 0 {
		return 0, fmt.Errorf("not a PostgreSQL version: %q", strings.TrimSpace(line))
	}
	return strconv.Atoi(rest[:end])
}

// chooseBinaries takes the newest server, or the one that can read the data that is there.
func chooseBinaries(ctx context.Context, o Options, f *clusterFolder) (binaries, error) {
	var found []binaries
	if o.BinDir != "" {
		b, err := inspectBinaries(ctx, o.BinDir)
		if err != nil {
			return binaries{}, errors.Join(ErrNotInstalled, err)
		}
		found = []binaries{b}
	} else if found = findBinaries(ctx, cmp.Or(o.CacheDir, defaultCacheDir())); len(found) == 0 {
		return binaries{}, ErrNotInstalled
	}
	major, err := f.major()
	if err != nil {
		return binaries{}, err
	}
	if major == 0 {
		return found[0], nil
	}
	for _, b := range found {
		if b.major == major {
			return b, nil
		}
	}
	return binaries{}, fmt.Errorf("%s holds data of PostgreSQL %d, but only version %d is installed: install postgresql-%d, or "+
		"start again with `make reset`",
		f.dir, major, found[0].major, major)
}
