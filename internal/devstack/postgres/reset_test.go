//go:build linux

package postgres

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestResetEmptiesTheDataFolder(t *testing.T) {
	t.Parallel()
	data := shortDir(t)
	p := start(t, Options{DataDir: Dir(data)})
	other := filepath.Join(data, "key.pem")
	if err := os.WriteFile(other, []byte("k"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Reset(t.Context(), data); !errors.Is(err, ErrDataDirInUse) {
		t.Errorf("while in use: %v", err)
	}
	connect(t, p.AppURL) // unharmed
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // an empty folder is fine
		if err := Reset(t.Context(), data); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(data)
	if err != nil || len(entries) != 0 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

func TestResetSparesOtherFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(file, []byte("years of work"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Reset(t.Context(), dir); err == nil {
		t.Error("a folder of somebody else's was emptied")
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
	if err := Reset(t.Context(), filepath.Join(dir, "none")); err != nil {
		t.Errorf("a folder that does not exist: %v", err)
	}
}
