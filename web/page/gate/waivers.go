package gate

import (
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// gateWaiver is a waiver as a signer reads it.
type gateWaiver struct {
	*review.Waiver
	href, title string
	level       plan.Level
	state       ui.State
	word        string
	note        string // what a signer has to know about how it stands
}

// waivers are those of the stage that are signed, being granted, or that wait
// for a decision: what ran out first, then by the day on which they end.
func (v *view) waivers() []gateWaiver {
	var out []gateWaiver
	for i := range v.Stage.Waivers {
		w := &v.Stage.Waivers[i]
		it := v.Stage.Item(w.Item)
		if it == nil || it.Level == plan.LevelNone {
			continue
		}
		g := gateWaiver{Waiver: w, href: page.ItemURL(v.key, v.stage, w.Item) + "#waiver", title: it.Def.Title, level: it.Level}
		switch w.State(v.Now) {
		case review.WaiverInForce:
		case review.WaiverWaiting:
			g.note = "Not part of what is signed until it is granted."
		case review.WaiverExpired:
			if kind, _ := v.Stage.Need(it, v.Now); kind != review.WaiverRanOut || w.GrantedAt.IsZero() {
				continue // the item is settled without it, or by another
			}
			g.note = "It no longer covers the item. Meet the item, or have another waiver granted."
		default:
			continue
		}
		g.state, g.word = page.WaiverLook(w, v.Now)
		out = append(out, g)
	}
	slices.SortStableFunc(out, func(a, b gateWaiver) int { return a.Until.Compare(b.Until) })
	return out
}

// waived is the waiver in force on which an item rests; nil when it has none.
func (v *view) waived(it *review.Item) *review.Waiver { return v.Stage.Waived(it.Def.Key, v.Now) }
