// Package catalog holds readiness templates as files: the built-in ones, and
// the reading and checking of any other folder in the same form.
//
// A template is a folder with a template.yaml and one NN-<stage>.yaml per
// stage; docs/templates.md describes it for authors. Reading is strict: a
// template decides who has to sign what, so a misspelt field must never be
// skipped in silence.
//
// What projects are pinned to is not these files but what was published from
// them, once: the bytes in published, one file a version.
package catalog

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
)

//go:embed builtin
var builtin embed.FS

//go:embed published
var published embed.FS

// BuiltIn reads the versions of templates that come with the program, in order
// of their keys and versions. It parses them again on each call (a few
// milliseconds): callers keep the result. An error means that the build itself
// is broken; it is never nil with part of the templates.
func BuiltIn() ([]plan.Lifecycle, error) {
	files, err := fs.ReadDir(published, "published")
	if err != nil {
		return nil, fmt.Errorf("listing published templates: %w", err)
	}
	templates := make([]plan.Lifecycle, 0, len(files))
	for _, file := range files {
		b, err := fs.ReadFile(published, "published/"+file.Name())
		if err != nil {
			return nil, fmt.Errorf("reading published template %s: %w", file.Name(), err)
		}
		t, err := plan.ParseLifecycle(b)
		if err != nil {
			return nil, fmt.Errorf("published template %s: %w", file.Name(), err)
		}
		templates = append(templates, *t)
	}
	slices.SortFunc(templates, func(a, b plan.Lifecycle) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Version, b.Version))
	})
	return templates, nil
}

// Version is one built-in version of a lifecycle, as it was published.
func Version(key string, version int) (*plan.Lifecycle, error) {
	b, err := fs.ReadFile(published, fmt.Sprintf("published/%s-%d.json", key, version))
	if err != nil {
		return nil, fmt.Errorf("built-in lifecycle %s version %d: %w", key, version, err)
	}
	l, err := plan.ParseLifecycle(b)
	if err != nil {
		return nil, fmt.Errorf("built-in lifecycle %s version %d: %w", key, version, err)
	}
	return l, nil
}

// Load reads and checks the template in the root of fsys. When the files can
// be read but are not a valid template, the error is an *Invalid that lists
// every problem found; what it returns beside an error is not to be used.
func Load(fsys fs.FS) (plan.Lifecycle, error) {
	var problems Invalid
	head, err := readHead(fsys, &problems)
	if err != nil {
		return plan.Lifecycle{}, err
	}
	if len(problems.Problems) > 0 { // without the head there is no list of stages
		return plan.Lifecycle{}, &problems
	}
	t := head.template()
	if err := readStages(fsys, &t, head, &problems); err != nil {
		return plan.Lifecycle{}, err
	}
	check(&t, head, &problems)
	if len(problems.Problems) > 0 {
		problems.sort()
		return plan.Lifecycle{}, &problems
	}
	return t, nil
}
