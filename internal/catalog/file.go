package catalog

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/slipway-prr/slipway/internal/formats/own"
	"github.com/slipway-prr/slipway/internal/formats/plainyaml"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

const (
	headName = "template.yaml"
	maxBytes = 128 << 10 // of one file; the longest built-in one is a quarter of that
	maxLine  = 2000      // bytes; the parser's time grows with the square of what nests on one line
	maxDepth = 16        // of nested brackets; the form needs 3
)

// headFile is the head of a lifecycle's folder, which names the stages that have
// files of their own.
type headFile struct {
	own.Head `yaml:",inline"`
	Order    plan.Order      `yaml:"order"`
	SoD      *bool           `yaml:"separation_of_duties"`
	Keeps    []record.Key    `yaml:"keeps"`
	Flags    []own.Flag      `yaml:"flags"`
	Stages   []plan.StageKey `yaml:"stages"`
}

// moduleFile is a module, without what only a lifecycle has.
type moduleFile struct {
	own.Head     `yaml:",inline"`
	Notice       string           `yaml:"notice"`
	ProposedWhen []plan.Flag      `yaml:"proposed_when"`
	Flags        []own.Flag       `yaml:"flags"`
	Seats        []own.ModuleSeat `yaml:"seats"`
	Notify       []own.Duty       `yaml:"notify"`
	Items        []own.ModuleItem `yaml:"items"`
}

// module is what the file says, also where it calls itself something else.
func (f *moduleFile) module() plan.Module {
	whole := own.File{Head: f.Head, Notice: f.Notice, ProposedWhen: f.ProposedWhen, Flags: f.Flags, Seats: f.Seats, Notify: f.Notify, Items: f.Items}
	whole.Kind = plan.KindModule
	m := *whole.Document().Module
	m.Kind = f.Kind
	return m
}

// lifecycle is what the head and the files of its stages say. Its kind stays
// unsaid, as it is in what was published of the first ones.
func (f *headFile) lifecycle(stages []own.Stage) plan.Lifecycle {
	whole := own.File{Head: f.Head, Order: f.Order, SoD: f.SoD, Keeps: f.Keeps, Flags: f.Flags, Stages: stages}
	whole.Kind = plan.KindLifecycle
	l := *whole.Document().Lifecycle
	l.Kind = ""
	return l
}

// stageName is the file that stage number i (from 0) lives in. The number in
// front keeps a folder listing in the order of the lifecycle.
func stageName(i int, key plan.StageKey) string { return fmt.Sprintf("%02d-%s.yaml", i+1, key) }

func readHead(fsys fs.FS, problems *Invalid) (headFile, error) {
	var head headFile
	ok, err := decode(fsys, headName, &head, problems)
	if err != nil {
		return head, err
	}
	if ok && len(head.Stages) == 0 {
		problems.add(Problem{File: headName, Message: "stages: lists none, and a template needs at least one"})
	}
	for i, key := range head.Stages {
		if !plan.ValidKey(string(key)) { // it becomes part of a file name
			problems.add(Problem{File: headName, Message: fmt.Sprintf("stages: entry %d, %q, %s", i+1, key, plan.KeyForm)})
		}
	}
	return head, nil
}

// readStages reads each stage that head lists and whose file can be decoded, and
// reports files that belong to none.
func readStages(fsys fs.FS, head headFile, problems *Invalid) ([]own.Stage, error) {
	var stages []own.Stage
	expected := map[string]bool{headName: true}
	for i, key := range head.Stages {
		name := stageName(i, key)
		expected[name] = true
		var stage own.Stage
		ok, err := decode(fsys, name, &stage, problems)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if stage.Key != key {
			problems.add(Problem{File: name, Message: fmt.Sprintf("key: is %q, but %s lists this stage as %q", stage.Key, headName, key)})
			stage.Key = key
		}
		if n := len(stage.Gate.Quorum); n != 3 {
			problems.add(Problem{File: name, Where: "gate", Message: fmt.Sprintf("quorum: has %d numbers; one for each of the three tiers is wanted", n)})
		}
		stages = append(stages, stage)
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("listing the template's folder: %w", err)
	}
	for _, e := range entries {
		if !expected[e.Name()] {
			problems.add(Problem{File: e.Name(), Message: "belongs to no stage that " + headName + " lists"})
		}
	}
	return stages, nil
}

// decode reads one file into v. What is wrong with the file's content goes
// into problems and makes ok false; err is left for files that exist and
// cannot be read.
func decode(fsys fs.FS, name string, v any, problems *Invalid) (ok bool, err error) {
	src, err := fs.ReadFile(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		problems.add(Problem{File: name, Message: "is missing"})
		return false, nil
	case err != nil:
		return false, fmt.Errorf("reading %s: %w", name, err)
	case len(src) > maxBytes:
		problems.add(Problem{File: name, Message: fmt.Sprintf("is %d bytes long; at most %d are read", len(src), maxBytes)})
		return false, nil
	}
	if f := plainyaml.Decode(src, v, plainyaml.Limits{Line: maxLine, Depth: maxDepth}); f != nil {
		problems.add(Problem{File: name, Line: f.Line, Column: f.Column, Message: f.Message})
		return false, nil
	}
	return true, nil
}
