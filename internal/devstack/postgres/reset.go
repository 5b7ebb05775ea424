package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Dir is the part of the run mode's data folder that Start gets.
func Dir(dataDir string) string { return filepath.Join(dataDir, "postgres") }

// Reset empties the run mode's data folder: the database and what else is in
// there. A folder that does not exist is fine. It refuses a folder that a
// running instance holds (ErrDataDirInUse), and a folder that no run mode has
// used: a mistyped path must not cost somebody's files.
func Reset(ctx context.Context, dataDir string) error {
	entries, err := os.ReadDir(dataDir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the data folder: %w", err)
	}
	if _, err := os.Stat(filepath.Join(Dir(dataDir), instanceLock)); err != nil {
		return fmt.Errorf("%s does not look like a data folder of Slipway: nothing was removed", dataDir)
	}
	folder, err := openClusterFolder(ctx, Dir(dataDir))
	if err != nil {
		return err
	}
	defer folder.close()
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dataDir, e.Name())); err != nil {
			return fmt.Errorf("empty the data folder: %w", err)
		}
	}
	return nil
}
