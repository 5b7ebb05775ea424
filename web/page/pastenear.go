package page

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// likeEnough is the least [likeness] of a title that is offered: half of both has to be the same.
const likeEnough = 0.5

// TextMark stands for a text where the text itself is too long.
func TextMark(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// Meaning is how a form says that what the row calls its item means the one that is near.
func (r *PasteRow) Meaning() string {
	return string(r.Near.Def.Key) + "." + TextMark(fold.Text(r.called()))
}

// called is what the row calls its item.
func (r *PasteRow) called() string {
	if r.Item != "" {
		return r.Item
	}
	return r.Key
}

// Meant reports whether somebody has said that the row means the item that is near.
func (r *PasteRow) Meant() bool { return r.Near != nil && r.Found == r.Near }

// accept has a row mean what somebody has said that it does.
func (m *pasteMatch) accept(r *PasteRow, meant []string) {
	for _, says := range meant {
		key, mark, _ := strings.Cut(says, ".")
		if it := m.byKey[key]; it != nil && mark == TextMark(fold.Text(r.called())) {
			r.Found, r.Near, r.Problem = it, it, ""
			return
		}
	}
}

// suggest offers items to rows that nothing is called like: of those that no other row is
// about, the one with the title most like it.
func (m *pasteMatch) suggest(rows []PasteRow, taken map[plan.ItemKey]int) {
	type titled struct {
		item  *review.Item
		grams map[string]bool
	}
	var titles []titled
	for i := range rows {
		r := &rows[i]
		if r.Problem != nobodysName {
			continue
		}
		if titles == nil {
			items := m.view.stage().Items
			for j := range items {
				if d := items[j].Def; taken[d.Key] == 0 && items[j].Level != plan.LevelNone {
					titles = append(titles, titled{&items[j], trigrams(d.Title)}, titled{&items[j], trigrams(d.Claim())})
				}
			}
		}
		name, best := trigrams(bareTitle(r.called())), likeEnough
		for _, t := range titles {
			if like := likeness(name, t.grams); like > best || like == best && r.Near == nil {
				r.Near, best = t.item, like
			}
		}
	}
}

// trigrams are all three letters that stand side by side in the words of a text, which begin
// and end with a space.
func trigrams(text string) map[string]bool {
	out := map[string]bool{}
	for word := range strings.FieldsSeq(fold.Words(text)) {
		letters := []rune(" " + word + " ")
		for i := range len(letters) - 2 {
			out[string(letters[i:i+3])] = true
		}
	}
	return out
}

// likeness is how much two sets have in common, from 0 to 1 (Dice's coefficient).
func likeness(a, b map[string]bool) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	both := 0
	for g := range a {
		if b[g] {
			both++
		}
	}
	return 2 * float64(both) / float64(len(a)+len(b))
}

// likeItems counts the rows that may mean an item, which nobody has said yet.
func (d *PasteData) likeItems() (n int) {
	for i := range d.Rows {
		if r := &d.Rows[i]; r.Near != nil && !r.Meant() {
			n++
		}
	}
	return n
}
