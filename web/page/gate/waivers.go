package gate

import (
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// gateWaiver is a waiver as a signer reads it.
type gateWaiver struct {
	*review.Waiver
	href, title string
	level       review.Level
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
		if it == nil || it.Level == review.LevelNone {
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
			g.note = "It covers the item no longer. Meet the item, or have another waiver granted."
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

// waiverChanged is when the newest waiver of an item was last decided on.
func waiverChanged(s *review.Stage, k review.ItemKey) time.Time {
	var at time.Time
	for i := range s.Waivers {
		if w := &s.Waivers[i]; w.Item == k {
			for _, t := range []time.Time{w.GrantedAt, w.RevokedAt} {
				if t.After(at) {
					at = t
				}
			}
		}
	}
	return at
}

// waiverChange says what a decision on a waiver changed in what is signed.
func (v *view) waiverChange(title, href string, ev review.Event) contentChange {
	c := contentChange{href: href + "#waiver"}
	switch e := ev.(type) {
	case review.WaiverGranted:
		c.what = title + ": waiver granted"
		if e.No >= 1 && e.No <= len(v.Stage.Waivers) {
			c.to = v.Stage.Waivers[e.No-1].Reason
		}
	case review.WaiverExtended:
		c.what, c.from, c.to = title+": waiver extended", "until "+e.From, "until "+e.Until
	case review.WaiverRevoked:
		c.what, c.to = title+": waiver revoked", e.Reason
	}
	return c
}
