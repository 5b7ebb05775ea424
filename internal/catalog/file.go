package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/slipway-prr/slipway/internal/formats/plainyaml"
	"github.com/slipway-prr/slipway/internal/plan"
)

const (
	headName = "template.yaml"
	maxBytes = 128 << 10 // of one file; the longest built-in one is a quarter of that
	maxLine  = 2000      // bytes; the parser's time grows with the square of what nests on one line
	maxDepth = 16        // of nested brackets; the form needs 3
)

// The shapes of the files. They are kept apart from the domain's types so
// that neither the file form nor the stored form ties the other down.
type headFile struct {
	Kind    string          `yaml:"kind"` // lifecycle; left out: that
	Key     string          `yaml:"key"`
	Version int             `yaml:"version"`
	Name    string          `yaml:"name"`
	Summary string          `yaml:"summary"`
	Order   plan.Order      `yaml:"order"`
	SoD     *bool           `yaml:"separation_of_duties"` // a pointer: leaving it out must not switch it off
	Flags   []flagFile      `yaml:"flags"`
	Stages  []plan.StageKey `yaml:"stages"`
}

type flagFile struct {
	Key   plan.Flag `yaml:"key"`
	Group string    `yaml:"group"`
	Label string    `yaml:"label"`
}

type stageFile struct {
	Key     plan.StageKey `yaml:"key"`
	Name    string        `yaml:"name"`
	Phases  []plan.Phase  `yaml:"phases"`
	Purpose string        `yaml:"purpose"`
	Gate    gateFile      `yaml:"gate"`
	Items   []itemFile    `yaml:"items"`
}

type gateFile struct {
	Name        string     `yaml:"name"`
	Exit        string     `yaml:"exit"`
	Quorum      []int      `yaml:"quorum"` // for tiers 1, 2 and 3
	Seats       []seatFile `yaml:"seats"`
	RepeatsDays int        `yaml:"repeats_days"`
}

type seatFile struct {
	Seat      plan.Seat   `yaml:"seat"`
	Mandatory []plan.Tier `yaml:"mandatory"`
	Tiers     []plan.Tier `yaml:"tiers"`
	When      []plan.Flag `yaml:"when"`
}

type itemFile struct {
	Key       plan.ItemKey        `yaml:"key"`
	Title     string              `yaml:"title"`
	Why       string              `yaml:"why"`
	Done      string              `yaml:"done_when"`
	Show      string              `yaml:"show"`
	Level     plan.Level          `yaml:"level"`
	Tier2     plan.Level          `yaml:"tier2"`
	Tier3     plan.Level          `yaml:"tier3"`
	Evidence  []plan.EvidenceKind `yaml:"evidence"`
	Seats     []plan.Seat         `yaml:"seats"`
	When      []plan.Flag         `yaml:"when"`
	ValidDays int                 `yaml:"valid_days"`
	Core      bool                `yaml:"core"`
	Quality   []string            `yaml:"quality"`
	Sources   []string            `yaml:"sources"`
	Was       []plan.ItemKey      `yaml:"was"`
	SameAs    []string            `yaml:"same_as"`
}

type moduleFile struct {
	Kind         plan.Kind        `yaml:"kind"`
	Key          string           `yaml:"key"`
	Version      int              `yaml:"version"`
	Name         string           `yaml:"name"`
	Summary      string           `yaml:"summary"`
	Notice       string           `yaml:"notice"`
	ProposedWhen []plan.Flag      `yaml:"proposed_when"`
	Flags        []flagFile       `yaml:"flags"`
	Seats        []moduleSeatFile `yaml:"seats"`
	Items        []moduleItemFile `yaml:"items"`
}

type moduleSeatFile struct {
	Phase plan.Phase `yaml:"phase"`
	Seat  seatFile   `yaml:",inline"`
}

type moduleItemFile struct {
	Phase plan.Phase `yaml:"phase"`
	Item  itemFile   `yaml:",inline"`
}

func (f moduleFile) module() plan.Module {
	m := plan.Module{
		Kind: f.Kind, Key: f.Key, Version: f.Version, Name: f.Name, Summary: strings.TrimSpace(f.Summary), Notice: strings.TrimSpace(f.Notice),
		ProposedWhen: f.ProposedWhen, Flags: questions(f.Flags),
	}
	for _, s := range f.Seats {
		m.Seats = append(m.Seats, plan.ModuleSeat{Phase: s.Phase, GateSeat: s.Seat.seat()})
	}
	for _, d := range f.Items {
		m.Items = append(m.Items, plan.ModuleItem{Phase: d.Phase, Item: d.Item.item()})
	}
	return m
}

func questions(files []flagFile) []plan.Question {
	var out []plan.Question
	for _, f := range files {
		out = append(out, plan.Question{Key: f.Key, Group: f.Group, Label: f.Label})
	}
	return out
}

func (f seatFile) seat() plan.GateSeat {
	return plan.GateSeat{Seat: f.Seat, MandatoryAt: f.Mandatory, Tiers: f.Tiers, When: f.When}
}

func (f itemFile) item() plan.Item {
	return plan.Item{
		Key: f.Key, Title: f.Title,
		Why: strings.TrimSpace(f.Why), Done: strings.TrimSpace(f.Done), Show: strings.TrimSpace(f.Show),
		Levels:   [3]plan.Level{f.Level, f.Tier2, f.Tier3},
		Evidence: f.Evidence, Seats: f.Seats, When: f.When, ValidDays: f.ValidDays, Core: f.Core,
		Quality: f.Quality, Sources: f.Sources, Was: f.Was, SameAs: f.SameAs,
	}
}

func (f headFile) template() plan.Lifecycle {
	return plan.Lifecycle{
		Key: f.Key, Version: f.Version, Name: f.Name, Summary: strings.TrimSpace(f.Summary),
		Order: f.Order, SoD: f.SoD != nil && *f.SoD, Flags: questions(f.Flags),
	}
}

func (f stageFile) stage() plan.Stage {
	s := plan.Stage{
		Key: f.Key, Name: f.Name, Phases: f.Phases, Purpose: strings.TrimSpace(f.Purpose),
		Gate: plan.Gate{Name: f.Gate.Name, Exit: strings.TrimSpace(f.Gate.Exit), RepeatsDays: f.Gate.RepeatsDays},
	}
	copy(s.Gate.Quorums[:], f.Gate.Quorum) // how many there are is checked on the file
	for _, seat := range f.Gate.Seats {
		s.Gate.Seats = append(s.Gate.Seats, seat.seat())
	}
	for _, item := range f.Items {
		s.Items = append(s.Items, item.item())
	}
	return s
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

// readStages appends each stage that head lists and whose file can be
// decoded, and reports files that belong to none.
func readStages(fsys fs.FS, t *plan.Lifecycle, head headFile, problems *Invalid) error {
	expected := map[string]bool{headName: true}
	for i, key := range head.Stages {
		name := stageName(i, key)
		expected[name] = true
		var stage stageFile
		ok, err := decode(fsys, name, &stage, problems)
		if err != nil {
			return err
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
		t.Stages = append(t.Stages, stage.stage())
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return fmt.Errorf("listing the template's folder: %w", err)
	}
	for _, e := range entries {
		if !expected[e.Name()] {
			problems.add(Problem{File: e.Name(), Message: "belongs to no stage that " + headName + " lists"})
		}
	}
	return nil
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
