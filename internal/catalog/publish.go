package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Publish writes the template in the root of fsys to dir, as key-version.json,
// and returns the file's name. A version that is there already with other
// content is refused: projects are pinned to it.
func Publish(fsys fs.FS, dir string) (string, error) {
	t, err := Load(fsys)
	if err != nil {
		return "", err
	}
	b, err := t.Bytes()
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, fmt.Sprintf("%s-%d.json", t.Key, t.Version))
	switch old, err := os.ReadFile(name); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", fmt.Errorf("reading what is published: %w", err)
	case bytes.Equal(old, b):
		return name, nil
	default:
		return "", fmt.Errorf("template %s version %d is published with other content; raise its version", t.Key, t.Version)
	}
	if err := os.WriteFile(name, b, 0o644); err != nil {
		return "", fmt.Errorf("publishing: %w", err)
	}
	return name, nil
}
