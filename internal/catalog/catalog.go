// Package catalog holds readiness templates as files: the built-in ones, and
// the reading and checking of any other folder in the same form.
//
// A template is a folder with a template.yaml and one NN-<stage>.yaml per
// stage; docs/templates.md describes it for authors. Reading is strict: a
// template decides who has to sign what, so a misspelt field must never be
// skipped in silence.
package catalog

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/slipway-prr/slipway/internal/review"
)

//go:embed builtin
var builtin embed.FS

// BuiltIn reads the templates that come with the program, in order of their
// folder names. It parses them again on each call (tens of milliseconds):
// callers keep the result. An error means that the build itself is broken; it
// is never nil with part of the templates.
func BuiltIn() ([]review.Template, error) {
	dirs, err := fs.ReadDir(builtin, "builtin")
	if err != nil {
		return nil, fmt.Errorf("listing built-in templates: %w", err)
	}
	var templates []review.Template
	var errs []error
	for _, dir := range dirs {
		folder, err := fs.Sub(builtin, "builtin/"+dir.Name())
		if err != nil {
			return nil, fmt.Errorf("opening built-in template %s: %w", dir.Name(), err)
		}
		t, err := Load(folder)
		if err != nil {
			errs = append(errs, fmt.Errorf("built-in template %s: %w", dir.Name(), err))
			continue
		}
		templates = append(templates, t)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return templates, nil
}

// Load reads and checks the template in the root of fsys. When the files can
// be read but are not a valid template, the error is an *Invalid that lists
// every problem found; what it returns beside an error is not to be used.
func Load(fsys fs.FS) (review.Template, error) {
	var problems Invalid
	head, err := readHead(fsys, &problems)
	if err != nil {
		return review.Template{}, err
	}
	if len(problems.Problems) > 0 { // without the head there is no list of stages
		return review.Template{}, &problems
	}
	t := head.template()
	if err := readStages(fsys, &t, head, &problems); err != nil {
		return review.Template{}, err
	}
	check(&t, head, &problems)
	if len(problems.Problems) > 0 {
		problems.sort()
		return review.Template{}, &problems
	}
	return t, nil
}
