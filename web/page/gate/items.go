package gate

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// itemGroup is a part of the gate's table of items.
type itemGroup struct {
	title  string
	rows   []gateItem
	folded bool // there is nothing to decide about them
}

func (g *itemGroup) heading() string { return g.title + " (" + strconv.Itoa(len(g.rows)) + ")" }

// gateItem is an item as a signer reads it.
type gateItem struct {
	href, title, level string
	state              ui.State
	answer             string
	lacks              string // what keeps it from counting
	turn               turn   // who has to act on that
	who                string
	at                 time.Time
	chosen             string // of a question
	note               string
	approval           string
	inherited          string // from which project
	waived             string // until when
	evidence           []gateEvidence
	changed            time.Time // after the reader's baseline; zero: unchanged
}

// turn is whose turn it is, and since when.
type turn struct {
	who   string
	href  string // the place to act
	since time.Time
}

// gateEvidence is a link that a signer can open from the table.
type gateEvidence struct {
	url, title, kind, commit string
	effective, expires       time.Time
	expired                  bool
}

// The groups, in the order in which a signer reads them.
const (
	groupLacking = iota
	groupWaived
	groupLeftOpen
	groupNotApplicable
	groupMet
	groupMay
	groupCount
)

// itemGroups sorts the items that apply by what a signer has to make of them.
func (v *view) itemGroups() []itemGroup {
	titles := [groupCount]string{"Missing", "Waived", "Recommended, open with a reason", "Not applicable", "Met", "Optional, open"}
	groups := make([]itemGroup, groupCount)
	changed, turns := v.changedItems(), v.turns()
	for i := range v.Stage.Items {
		it := &v.Stage.Items[i]
		if it.Level == plan.LevelNone {
			continue
		}
		g := v.groupOf(it)
		row := v.gateItem(it)
		row.changed, row.turn = changed[it.Def.Key], turns[it.Def.Key]
		if row.turn.href != "" {
			row.href = row.turn.href
		}
		groups[g].rows = append(groups[g].rows, row)
	}
	for i := range groups {
		groups[i].title, groups[i].folded = titles[i], i == groupMet && !slices.ContainsFunc(groups[i].rows, func(it gateItem) bool { return !it.changed.IsZero() })
	}
	return slices.DeleteFunc(groups, func(g itemGroup) bool { return len(g.rows) == 0 })
}

func (v *view) groupOf(it *review.Item) int {
	if kind, _ := v.Stage.Need(it, v.Now); kind != "" {
		return groupLacking
	}
	switch {
	case v.waived(it) != nil && !v.Stage.Settled(it, v.Now):
		return groupWaived
	case it.Answer.State == review.NotApplicable:
		return groupNotApplicable
	case it.Answer.State == review.Met:
		return groupMet
	case it.Level == plan.LevelMay:
		return groupMay
	}
	return groupLeftOpen
}

func (v *view) gateItem(it *review.Item) gateItem {
	_, lacks := v.Stage.Need(it, v.Now)
	a := &it.Answer
	row := gateItem{
		href: page.ItemURL(v.key, v.stage, it.Def.Key), title: it.Def.Title, level: it.Level.Label(),
		state: page.AnswerLook(a.State, lacks != ""), answer: page.AnswerWord(a), lacks: lacks, note: a.Note,
	}
	if chosen := page.ChosenWords(it.Def, a.Choices); chosen != "" {
		row.chosen = "Chosen: " + chosen
	}
	if a.By != 0 {
		row.who, row.at = v.Name(a.By), a.At
	}
	if a.ApprovedBy != 0 {
		row.approval = "Approved by " + v.Name(a.ApprovedBy)
	}
	if in := it.Inherited; in != nil {
		row.inherited = page.InheritedWords(in, v.Others)
	}
	if w := v.waived(it); w != nil {
		row.waived = "Waived until " + page.ShortDate(w.Until, v.Now)
	}
	for i := range v.Stage.Evidence {
		e := &v.Stage.Evidence[i]
		if e.Item != it.Def.Key || e.Removed() {
			continue
		}
		row.evidence = append(row.evidence, gateEvidence{
			url: string(e.URL), title: e.Title, kind: e.Type.Label(), commit: e.Commit, effective: e.Effective, expires: e.Expires, expired: e.Expired(v.Now),
		})
	}
	return row
}

// turns say whose turn it is with each item that keeps the gate from passing.
func (v *view) turns() map[plan.ItemKey]turn {
	out := map[plan.ItemKey]turn{}
	bs := v.Review.Blockers(v.Stage, v.Now)
	for i := range bs {
		if b := &bs[i]; b.Item != "" {
			out[b.Item] = turn{page.Turn(v.Review, v.Stage, b, v.Name), page.BlockerHref(v.key, b), b.Since}
		}
	}
	return out
}

// notApplying counts the template's items that this project does not have.
func (v *view) notApplying() int {
	n := 0
	for i := range v.Stage.Items {
		if v.Stage.Items[i].Level == plan.LevelNone {
			n++
		}
	}
	return n
}

// tallyText is what stands beside the count of required items.
func (v *view) tallyText() string {
	if !v.Review.Needed(v.Stage) {
		return page.CountOf(v.notApplying(), "item") + " that nobody is asked for now"
	}
	text := fmt.Sprintf("%d of %d recommended", v.tally().ShouldDone, v.tally().ShouldTotal)
	if n := v.notApplying(); n > 0 {
		text += fmt.Sprintf("; %s of the template not asked for at tier %d with this profile", page.CountOf(n, "item"), v.Review.Project.Tier)
	}
	return text
}

// tally is the stage in a line: required and recommended items that count as done.
func (v *view) tally() review.StageRollup { return v.Review.Rollup(v.Stage, v.Now) }
