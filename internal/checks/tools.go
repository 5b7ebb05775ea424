package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/slipway-prr/slipway/internal/devstack"
	"github.com/slipway-prr/slipway/internal/devstack/postgres"
)

const chromiumVar = "SLIPWAY_CHROMIUM"

// ensureTools finds what the tests need, obtains what is missing where it may,
// and tells the tests where it is.
func (c *checker) ensureTools(ctx context.Context) error {
	for _, ensure := range []func(context.Context) error{c.ensureCompiler, c.ensurePostgres, c.ensureChromium, c.ensureNode, c.ensureModules} {
		if err := ensure(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) found(tool, where string) { fmt.Fprintf(c.out, "   %-10s %s\n", tool, where) }

// ensureCompiler: the race detector links C code.
func (c *checker) ensureCompiler(ctx context.Context) error {
	names := []string{"gcc", "clang", "cc"}
	if cc := os.Getenv("CC"); cc != "" {
		names = []string{cc}
	}
	path, err := c.findOrInstall(ctx, "a C compiler (for the race detector)", names, "gcc", "libc6-dev")
	if err != nil {
		return err
	}
	c.found("compiler", path)
	if os.Getenv("CC") == "" {
		c.env = append(c.env, "CC="+path)
	}
	c.env = append(c.env, "CGO_ENABLED=1")
	return nil
}

func (c *checker) ensurePostgres(ctx context.Context) error {
	cache, err := postgres.CacheDir()
	if err != nil {
		return err
	}
	dir, err := postgres.Installed(ctx, cache)
	if errors.Is(err, postgres.ErrNotInstalled) {
		dir, err = postgres.Obtain(ctx, cache, c.out)
	}
	if err != nil {
		return err
	}
	c.found("PostgreSQL", dir)
	return nil
}

// ensureChromium prefers Chromium without a window: the pages are drawn by the same
// engine, and the tests take a third less of the processors than with one that also
// draws tabs and buttons around pages that nobody sees. Whatever browser there is
// already will do where that one cannot be had.
func (c *checker) ensureChromium(ctx context.Context) error {
	path, err := c.findChromium(ctx)
	if err != nil {
		return err
	}
	c.found("browser", path)
	c.env = append(c.env, chromiumVar+"="+path)
	return nil
}

const headlessShell = "chromium-headless-shell" // the program and Debian's package

func (c *checker) findChromium(ctx context.Context) (string, error) {
	if path := os.Getenv(chromiumVar); path != "" {
		return c.findOrInstall(ctx, chromiumVar+"="+path, []string{path}, "chromium", "fonts-liberation")
	}
	without := []string{headlessShell, "chrome-headless-shell"}
	if path, ok := firstWorking(ctx, without); ok {
		return path, nil
	}
	windowed := []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
	}
	_, found := firstWorking(ctx, windowed)
	if os.Geteuid() == 0 && (!found || exec.CommandContext(ctx, "apt-cache", "show", headlessShell).Run() == nil) {
		err := devstack.InstallPackages(ctx, c.out, headlessShell, "fonts-liberation")
		if path, ok := firstWorking(ctx, without); err == nil && ok {
			return path, nil
		}
	}
	return c.findOrInstall(ctx, "Chromium or Chrome (or "+chromiumVar+" with its path)", windowed, "chromium", "fonts-liberation")
}

// nodeProbe succeeds on a Node.js that can run the OpenID provider of the
// tests. Debian 12's cannot.
const nodeProbe = "process.exit(typeof URL.parse === 'function' ? 0 : 1)"

func (c *checker) ensureNode(ctx context.Context) error {
	npm, err := c.findOrInstall(ctx, "npm", []string{"npm"}, "nodejs", "npm")
	if err != nil {
		return err
	}
	c.found("npm", npm)
	node, err := c.findOrInstall(ctx, "Node.js", []string{"node"}, "nodejs", "npm")
	if err != nil {
		return err
	}
	if exec.CommandContext(ctx, node, "-e", nodeProbe).Run() != nil {
		if node, err = c.obtainNode(ctx); err != nil {
			return err
		}
	}
	c.found("node", node)
	return nil
}

// obtainNode installs the pinned Node.js and puts it first on the tests' PATH.
func (c *checker) obtainNode(ctx context.Context) (string, error) {
	modules, err := c.installModules(ctx, filepath.Join(c.root, "e2e", "node"))
	if err != nil {
		return "", err
	}
	matches, _ := filepath.Glob(filepath.Join(modules, "node-*", "bin", "node"))
	for _, node := range matches {
		if exec.CommandContext(ctx, node, "-e", nodeProbe).Run() == nil {
			c.env = append(c.env, "PATH="+filepath.Dir(node)+string(os.PathListSeparator)+os.Getenv("PATH"))
			return node, nil
		}
	}
	return "", errors.New("the installed Node.js is too old for the tests' OpenID provider: install version 22 or newer")
}

// findOrInstall returns the first of the programs that answers --version. A
// file by the right name is not enough: some distributions put a hint to an
// app store there.
func (c *checker) findOrInstall(ctx context.Context, what string, names []string, packages ...string) (string, error) {
	if path, ok := firstWorking(ctx, names); ok {
		return path, nil
	}
	fmt.Fprintf(c.out, "   %s is missing; installing ...\n", what)
	if err := devstack.InstallPackages(ctx, c.out, packages...); err != nil {
		return "", fmt.Errorf("%s is missing: %w", what, err)
	}
	if path, ok := firstWorking(ctx, names); ok {
		return path, nil
	}
	return "", fmt.Errorf("%s is missing, and the packages %s did not bring it", what, strings.Join(packages, ", "))
}

func firstWorking(ctx context.Context, names []string) (string, bool) {
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if exec.CommandContext(ctx, path, "--version").Run() == nil {
			return path, true
		}
	}
	return "", false
}

// ensureModules installs what the browser and sign-in tests use.
func (c *checker) ensureModules(ctx context.Context) error {
	modules, err := c.installModules(ctx, filepath.Join(c.root, "e2e", "npm"))
	if err != nil {
		return err
	}
	c.found("modules", modules)
	c.env = append(c.env, "SLIPWAY_NODE_MODULES="+modules)
	return nil
}

// installModules installs a folder's pinned npm packages without running their
// scripts. A stamp with the lock file's checksum says that they are complete
// and current.
func (c *checker) installModules(ctx context.Context, dir string) (string, error) {
	modules := filepath.Join(dir, "node_modules")
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return "", fmt.Errorf("read the lock file of the npm packages: %w", err)
	}
	sum := sha256.Sum256(lock)
	want := []byte(hex.EncodeToString(sum[:]) + "\n")
	stamp := filepath.Join(modules, ".slipway-stamp")
	if have, err := os.ReadFile(stamp); err == nil && bytes.Equal(have, want) {
		return modules, nil
	}
	cmd := c.command(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("npm ci in %s: %w", dir, err)
	}
	if err := os.WriteFile(stamp, want, 0o644); err != nil {
		return "", fmt.Errorf("mark the npm packages as complete: %w", err)
	}
	return modules, nil
}
