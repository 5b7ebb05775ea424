package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Publish writes the lifecycle in the root of fsys to dir, as key-version.json,
// and returns the file's name. A version that is there already with other
// content is refused: projects are pinned to it.
func Publish(fsys fs.FS, dir string) (string, error) {
	l, err := Load(fsys)
	if err != nil {
		return "", err
	}
	return publish(plan.Document{Lifecycle: &l}, dir)
}

// PublishModule is [Publish] for the module in a file of fsys.
func PublishModule(fsys fs.FS, name, dir string) (string, error) {
	asked, err := Asked()
	if err != nil {
		return "", err
	}
	m, err := LoadModule(fsys, name, asked)
	if err != nil {
		return "", err
	}
	return publish(plan.Document{Module: &m}, dir)
}

func publish(d plan.Document, dir string) (string, error) {
	ref, err := d.Ref()
	if err != nil {
		return "", err
	}
	b, err := d.Bytes()
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, fmt.Sprintf("%s-%d.json", ref.Key, ref.Version))
	switch old, err := os.ReadFile(name); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", fmt.Errorf("reading what is published: %w", err)
	case bytes.Equal(old, b):
		return name, nil
	default:
		return "", fmt.Errorf("%s version %d is published with other content; raise its version", ref.Key, ref.Version)
	}
	if err := os.WriteFile(name, b, 0o644); err != nil {
		return "", fmt.Errorf("publishing: %w", err)
	}
	return name, nil
}
