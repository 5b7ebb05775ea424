package review

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Pasted is what a row of a spreadsheet says of an item that somebody was shown.
type Pasted struct {
	Picked
	To    State  // empty: the answer stays
	Note  string // empty: the note stays
	Links string // one on each line, as for [Review.AddLinks]; empty: none
}

// AnswerEach gives each of several items an answer, a note and links of its own. What
// has changed since it was shown, and what is wrong with one item alone, is left as it
// is; the rest is done.
func (r *Review) AnswerEach(by Actor, sk plan.StageKey, rows []Pasted, rules LinkRules, at time.Time) ([]Left, error) {
	if err := May(by, AnswerItem, &r.Project); err != nil {
		return nil, err
	}
	says, picked, links := map[plan.ItemKey]Pasted{}, make([]Picked, 0, len(rows)), 0
	for _, p := range rows {
		if _, twice := says[p.Item]; twice {
			continue
		}
		says[p.Item], picked = p, append(picked, p.Picked)
		links += countLines(p.Links)
	}
	switch {
	case len(rows) > MaxPicked:
		return nil, invalid("text", fmt.Sprintf("paste at most %d rows at once; these are %d", MaxPicked, len(rows)))
	case links > MaxPicked:
		return nil, invalid("text", fmt.Sprintf("paste at most %d links at once; these are %d", MaxPicked, links))
	}
	return r.each(sk, picked, func(p Picked, it *Item) error {
		return alone(r.answerPasted(by, sk, says[p.Item], it, rules, at))
	})
}

func (r *Review) answerPasted(by Actor, sk plan.StageKey, p Pasted, it *Item, rules LinkRules, at time.Time) error {
	if p.To != "" || p.Note != "" {
		in := said{to: cmp.Or(p.To, it.Answer.State)}
		if p.Note != "" {
			in.note = &p.Note
		}
		if in.to == it.Answer.State && !it.Answer.Choices.IsZero() { // a question keeps what was chosen
			in.choosing, in.chosen = true, it.Answer.Choices
		}
		if err := r.answer(by, sk, p.Item, in, p.Version, at); err != nil {
			return err
		}
	}
	if p.Links == "" {
		return nil
	}
	bad, err := r.AddLinks(by, sk, p.Item, p.Links, rules, at)
	if err == nil && len(bad) > 0 {
		err = invalid("links", "line "+bad[0].Text+" "+bad[0].Why)
	}
	return err
}

// SortLinks tells the lines of a pasted text that are links from those that are none.
func SortLinks(text string, rules LinkRules) (links string, bad []BadLine) {
	var good []string
	for i, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		link, _ := splitLine(l)
		if _, err := rules.Parse(link); err != nil {
			bad = append(bad, BadLine{i + 1, l, err.Error()})
			continue
		}
		good = append(good, l)
	}
	return strings.Join(good, "\n"), bad
}

func countLines(text string) (n int) {
	for l := range strings.Lines(text) {
		if strings.TrimSpace(l) != "" {
			n++
		}
	}
	return n
}

// ofOne is what is wrong with what is said of one item, where others can still be done.
type ofOne struct{ *Invalid }

// Unwrap lets a page find what is wrong.
func (e ofOne) Unwrap() error { return e.Invalid }
