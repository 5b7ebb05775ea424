package page

import (
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// relocation is an item that is asked elsewhere once the environments are others: for
// one of them by itself or once again for the project, maybe at another gate.
type relocation struct {
	from, to *review.Stage
	was, is  *review.Item
}

// relocations are the items that neither join nor go with a change of the environments,
// in the order in which they are asked now.
func (d *PlanData) relocations() []relocation {
	if d.Do != PlanEnvironments {
		return nil
	}
	joining := map[plan.ItemKey]relocation{}
	for i := range d.Then.Stages {
		to := &d.Then.Stages[i]
		for j := range to.Items {
			is := &to.Items[j]
			if _, s := d.Review.Plan.Find(is.Def.Key); s == nil && applies(is) {
				joining[is.Def.Key.Bare()] = relocation{to: to, is: is}
			}
		}
	}
	var out []relocation
	for i := range d.Review.Stages {
		from := &d.Review.Stages[i]
		for j := range from.Items {
			was := &from.Items[j]
			m, there := joining[was.Def.Key.Bare()]
			if _, s := d.Then.Plan.Find(was.Def.Key); s == nil && there && applies(was) {
				m.from, m.was = from, was
				out = append(out, m)
			}
		}
	}
	return out
}

// moves says of a stage which items leave it, come to it, or are asked in it for
// something else.
func (e *PlanEffect) moves(s *review.Stage, all []relocation) {
	var order []string
	counts := map[string]map[plan.Level]int{}
	note := func(words string, it *review.Item) {
		if counts[words] == nil {
			counts[words] = map[plan.Level]int{}
			order = append(order, words)
		}
		counts[words][it.Level]++
		e.Moved = append(e.Moved, it.Def.Title+" ("+weight(it.Level)+")")
	}
	for i := range all {
		switch m := &all[i]; {
		case m.from.Def.Key == s.Def.Key && m.to.Def.Key == s.Def.Key:
			note("Asked "+askedFor(m.is)+" from then on: ", m.is)
		case m.from.Def.Key == s.Def.Key:
			note("Moves to the gate of "+m.to.Def.Name+": ", m.was)
		case m.to.Def.Key == s.Def.Key:
			note("Moves here from the gate of "+m.from.Def.Name+": ", m.is)
		}
	}
	for _, words := range order {
		e.Lines = append(e.Lines, words+byLevel(counts[words])+".")
	}
}

// askedFor says for what an item is asked.
func askedFor(it *review.Item) string {
	if e := it.Def.Environment; e != nil {
		return "for " + e.Name + " by itself"
	}
	return "once, for the project as a whole,"
}

// leaving says which gates ask less because their items move to others.
func (d *PlanData) leaving() []string {
	var out []string
	all := d.relocations()
	for len(all) > 0 {
		from, to := all[0].from, all[0].to
		n := map[plan.Level]int{}
		count := 0
		all = slices.DeleteFunc(all, func(m relocation) bool {
			same := m.from.Def.Key == from.Def.Key && m.to.Def.Key == to.Def.Key
			if same {
				n[m.was.Level]++
				count++
			}
			return same
		})
		if from.Def.Key == to.Def.Key {
			continue
		}
		move := " move from "
		if count == 1 {
			move = " moves from "
		}
		out = append(out, byLevel(n)+move+from.Def.Name+" to "+to.Def.Name+". The gate of "+from.Def.Name+" asks less from then on, and nobody has to approve that.")
	}
	return out
}

// unplacedWords say what is not asked for a kind of environment of which there is none.
func unplacedWords(u *review.Unplaced) string {
	kind := environmentKind(u.Kind)
	words := "No environment of the kind " + kind + " is named."
	if n := len(u.Nowhere); n > 0 {
		words += " " + CountOf(n, "item") + " that should be answered for " + kind + " " + isAre(n) + " asked for other environments alone, and so for " + kind + " nowhere" + ": " + titles(u.Nowhere) + "."
	}
	if n := len(u.Once); n > 0 {
		words += " " + CountOf(n, "item") + " for " + kind + " " + isAre(n) + " asked once, for the project as a whole."
	}
	return words
}

func unplacedLook(u *review.Unplaced) ui.NoticeKind {
	if len(u.Nowhere) > 0 {
		return ui.Warning
	}
	return ui.Info
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func titles(items []*review.Item) string {
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = "“" + it.Def.Claim() + "”"
	}
	return strings.Join(out, ", ")
}

// unplaced are the kinds of which there is no environment: as it would be, where a
// change is looked at.
func (d *EnvironmentsData) unplaced() []review.Unplaced {
	if d.Plan.Then != nil {
		return d.Plan.Then.Unplaced()
	}
	return d.review().Unplaced()
}
