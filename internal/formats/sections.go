package formats

import (
	"fmt"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
)

// sections gather items by what becomes their stage, for files in which the items
// of a stage do not stand together or in which there may be more headings than a
// lifecycle has stages.
type sections struct {
	*draft
	order []*section
	named map[string]*section
	n     int // items so far
}

type section struct {
	name, purpose string
	ids           []string
	items         []sectionItem
}

type sectionItem struct {
	item plan.Item
	ids  []string
}

func newSections(d *draft) *sections { return &sections{draft: d, named: map[string]*section{}} }

// of is the section of a name, begun where there was none.
func (s *sections) of(name string, ids ...string) *section {
	key := fold.Text(clean(name))
	if sec, ok := s.named[key]; ok {
		return sec
	}
	sec := &section{name: name, ids: ids}
	s.named[key] = sec
	s.order = append(s.order, sec)
	return sec
}

// add adds an item to a section. ids are tried as its key before its title is.
func (s *sections) add(sec *section, it plan.Item, ids ...string) {
	if s.n++; s.full() {
		return
	}
	sec.items = append(sec.items, sectionItem{it, ids})
}

// full reports whether there is no room for another item. Readers stop then.
func (s *sections) full() bool { return s.n > MaxItems }

// finish makes a stage of each section. Where there are too many, the last ones
// become one.
func (s *sections) finish() Result {
	if s.full() {
		s.items = s.n
		return s.draft.finish()
	}
	filled := 0
	for _, sec := range s.order {
		if len(sec.items) > 0 {
			filled++
		}
	}
	begun := 0
	for _, sec := range s.order {
		if len(sec.items) == 0 {
			continue
		}
		begun++
		switch {
		case filled <= plan.MaxStages || begun < plan.MaxStages:
			s.stage(sec.name, sec.purpose, sec.ids...)
		case begun == plan.MaxStages:
			s.stage("Everything else", "Holds what stands under the last headings of the file.")
			n := filled - plan.MaxStages + 1
			s.warn(Problem{
				Message: fmt.Sprintf("There are %d headings, and a lifecycle has at most %d stages; the last %d became one stage.", filled, plan.MaxStages, n),
				Do:      "Split the file, or order the items of the last stage anew.",
			})
		}
		for _, it := range sec.items {
			if begun >= plan.MaxStages && filled > plan.MaxStages {
				it.item.Guidance = joinSentences(sec.name, it.item.Guidance)
			}
			s.item(it.item, it.ids...)
		}
	}
	return s.draft.finish()
}
