package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// checkFormat fails on files that gofmt would change.
func (c *checker) checkFormat(ctx context.Context) error {
	gofmt, err := c.findGofmt(ctx)
	if err != nil {
		return err
	}
	files, err := c.sourceFiles(".go")
	if err != nil {
		return err
	}
	var list bytes.Buffer
	cmd := c.command(ctx, gofmt, append([]string{"-l"}, files...)...)
	cmd.Stdout = &list
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("gofmt: %w", err)
	}
	if list.Len() > 0 {
		return fmt.Errorf("not in gofmt's form (run `make fmt`):\n%s", list.String())
	}
	return nil
}

// findGofmt prefers the one of the Go that builds; PATH may hold only go.
func (c *checker) findGofmt(ctx context.Context) (string, error) {
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("find gofmt: %w", err)
	}
	path := filepath.Join(strings.TrimSpace(string(goroot)), "bin", "gofmt")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return exec.LookPath("gofmt")
}

// sourceFiles lists files of ours, relative to the checkout.
func (c *checker) sourceFiles(suffix string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(c.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != c.root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "bin") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, suffix) {
			return nil
		}
		relative, err := filepath.Rel(c.root, path)
		files = append(files, relative)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list %s files: %w", suffix, err)
	}
	return files, nil
}

// checkGenerated generates the pages' code from a copy of the templates and
// compares, so that the checkout stays as it is.
func (c *checker) checkGenerated(ctx context.Context) error {
	templates, err := c.sourceFiles(".templ")
	if err != nil {
		return err
	}
	committed, err := c.sourceFiles("_templ.go")
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "slipway-templ-")
	if err != nil {
		return fmt.Errorf("make a folder to generate in: %w", err)
	}
	defer os.RemoveAll(work)
	for _, path := range append(slices.Clone(templates), "go.mod") { // templ compares its version with go.mod's
		if err := copyFile(filepath.Join(c.root, path), filepath.Join(work, path)); err != nil {
			return err
		}
	}
	var said bytes.Buffer
	cmd := c.command(ctx, "go", "tool", "templ", "generate", "-path", work)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("templ generate: %w\n%s", err, said.String())
	}
	return compareGenerated(c.root, work, templates, committed)
}

func compareGenerated(root, work string, templates, committed []string) error {
	var wrong []error
	expected := map[string]bool{}
	for _, template := range templates {
		path := strings.TrimSuffix(template, ".templ") + "_templ.go"
		expected[path] = true
		want, err := os.ReadFile(filepath.Join(work, path))
		if err != nil {
			return fmt.Errorf("templ generated nothing for %s: %w", template, err)
		}
		have, err := os.ReadFile(filepath.Join(root, path))
		if err != nil || !bytes.Equal(have, want) {
			wrong = append(wrong, fmt.Errorf("%s is not what %s generates", path, template))
		}
	}
	for _, path := range committed {
		if !expected[path] {
			wrong = append(wrong, fmt.Errorf("%s has no .templ file any more", path))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("generated code is not current (run `make generate`):\n%w", errors.Join(wrong...))
	}
	return nil
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy a template: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("copy a template: %w", err)
	}
	if err := os.WriteFile(to, content, 0o644); err != nil {
		return fmt.Errorf("copy a template: %w", err)
	}
	return nil
}
