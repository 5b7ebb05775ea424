// Package catalog holds readiness lifecycles and modules as files: the built-in
// ones, and the reading and checking of any others in the same form.
//
// A lifecycle is a folder with a template.yaml and one NN-<stage>.yaml per
// stage, a module is one file; docs/templates.md describes both for authors.
// Reading is strict: a document decides who has to sign what, so a misspelt
// field must never be skipped in silence.
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
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

//go:embed builtin
var builtin embed.FS

//go:embed published
var published embed.FS

// BuiltIn reads the versions of lifecycles and modules that come with the
// program, in order of their keys and versions. It parses them again on each call
// (a few milliseconds): callers keep the result. An error means that the build
// itself is broken; it is never nil with part of the documents.
func BuiltIn() ([]plan.Document, error) {
	files, err := fs.ReadDir(published, "published")
	if err != nil {
		return nil, fmt.Errorf("listing published documents: %w", err)
	}
	type numbered struct {
		plan.Document
		ref plan.Ref
	}
	all := make([]numbered, 0, len(files))
	for _, file := range files {
		d, err := readPublished(file.Name())
		if err != nil {
			return nil, err
		}
		ref, err := d.Ref()
		if err != nil {
			return nil, err
		}
		all = append(all, numbered{d, ref})
	}
	slices.SortFunc(all, func(a, b numbered) int {
		return cmp.Or(cmp.Compare(a.ref.Key, b.ref.Key), cmp.Compare(a.ref.Version, b.ref.Version))
	})
	out := make([]plan.Document, len(all))
	for i := range all {
		out[i] = all[i].Document
	}
	return out, nil
}

func readPublished(name string) (plan.Document, error) {
	b, err := fs.ReadFile(published, "published/"+name)
	if err != nil {
		return plan.Document{}, fmt.Errorf("reading what is published: %w", err)
	}
	d, err := plan.ParseDocument(b)
	if err != nil {
		return plan.Document{}, fmt.Errorf("published document %s: %w", name, err)
	}
	return d, nil
}

// Version is one built-in version of a lifecycle, as it was published.
func Version(key string, version int) (*plan.Lifecycle, error) {
	d, err := readPublished(fmt.Sprintf("%s-%d.json", key, version))
	if err != nil {
		return nil, err
	}
	if d.Lifecycle == nil {
		return nil, fmt.Errorf("%s is no lifecycle", key)
	}
	return d.Lifecycle, nil
}

// Module is one built-in version of a module, as it was published.
func Module(key string, version int) (*plan.Module, error) {
	d, err := readPublished(fmt.Sprintf("%s-%d.json", key, version))
	if err != nil {
		return nil, err
	}
	if d.Module == nil {
		return nil, fmt.Errorf("%s is no module", key)
	}
	return d.Module, nil
}

// Asked are the profile questions of all built-in lifecycles: what a module can
// build on whichever of them a project follows.
func Asked() ([]plan.Flag, error) {
	all, err := BuiltIn()
	if err != nil {
		return nil, err
	}
	var flags []plan.Flag
	for _, d := range all {
		if d.Lifecycle == nil {
			continue
		}
		for _, q := range d.Lifecycle.Flags {
			if !slices.Contains(flags, q.Key) {
				flags = append(flags, q.Key)
			}
		}
	}
	return flags, nil
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
	stages, err := readStages(fsys, head, &problems)
	if err != nil {
		return plan.Lifecycle{}, err
	}
	t := head.lifecycle(stages)
	check(&t, head, &problems)
	if len(problems.Problems) > 0 {
		problems.sort()
		return plan.Lifecycle{}, &problems
	}
	return t, nil
}

// LoadModule reads and checks the module in a file of fsys, whose name is the
// module's key and version, such as gdpr-1.yaml. asked are the questions that it
// need not ask itself. What is wrong is told as by [Load].
func LoadModule(fsys fs.FS, name string, asked []plan.Flag) (plan.Module, error) {
	var problems Invalid
	var file moduleFile
	ok, err := decode(fsys, name, &file, &problems)
	if err != nil {
		return plan.Module{}, err
	}
	if !ok {
		return plan.Module{}, &problems
	}
	m := file.module()
	checkModule(&m, name, asked, &problems)
	if want := fmt.Sprintf("%s-%d.yaml", m.Key, m.Version); len(problems.Problems) == 0 && name[strings.LastIndexByte(name, '/')+1:] != want {
		problems.add(Problem{File: name, Message: "is to be called " + want + ", after the module's key and version"})
	}
	if len(problems.Problems) > 0 {
		return plan.Module{}, &problems
	}
	return m, nil
}
