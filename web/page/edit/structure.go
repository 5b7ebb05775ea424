package edit

import (
	"net/url"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// title reads the name of something new. The error is about the field of that name.
func titled(text string, most int) (string, error) {
	r := &reader{form: url.Values{"title": {text}}}
	out := r.text("title", most, false)
	if out == "" {
		r.problems.Add("title", "is missing")
	}
	return out, refused(r.problems.Err())
}

// refused says in one sentence what is wrong with the only field of a form.
func refused(err error) error {
	if err == nil {
		return nil
	}
	return &review.Refused{Why: "Not added: the " + strings.TrimPrefix(err.Error(), "invalid input: title: ") + ". Go back and change it."}
}

// AddItem adds an item at the end of a section. It is required until somebody says
// otherwise.
func AddItem(d plan.Document, in plan.StageKey, text string) (plan.ItemKey, error) {
	name, err := titled(text, plan.MaxTitle)
	if err != nil {
		return "", err
	}
	must := plan.LevelMust
	it := plan.Item{Key: d.NewKey(name), Title: name, Levels: [3]plan.Level{must, must, must}}
	return it.Key, d.Insert(it, in, "")
}

// AddStage adds a stage at the end of a lifecycle.
func AddStage(d plan.Document, text string) error {
	name, err := titled(text, plan.MaxName)
	if err != nil {
		return err
	}
	l := d.Lifecycle
	if l == nil || len(l.Stages) >= plan.MaxStages {
		return &review.Refused{Why: "No stage can be added here."}
	}
	key := plan.StageKey(plan.NewLifecycle("x", "", false).NewKey(name))
	for n := key; l.StageIndex(key) >= 0; key = n + plan.StageKey("-"+string(rune('a'+len(l.Stages)%26))) {
		n = key
	}
	l.Stages = append(l.Stages, plan.NewStage(key, name))
	return nil
}

// MoveStage moves a stage of a lifecycle: -1 is up.
func MoveStage(d plan.Document, key plan.StageKey, by int) error {
	s := stageOf(d, key)
	if s == nil {
		return review.ErrNotFound
	}
	all := d.Lifecycle.Stages
	at := d.Lifecycle.StageIndex(key)
	if to := at + by; to >= 0 && to < len(all) {
		all[at], all[to] = all[to], all[at]
	}
	return nil
}

// RemoveStage removes a stage that has no items.
func RemoveStage(d plan.Document, key plan.StageKey) error {
	s := stageOf(d, key)
	if s == nil {
		return review.ErrNotFound
	}
	if len(s.Items) > 0 {
		return &review.Refused{Why: "This stage has items. Move or remove them first."}
	}
	at := d.Lifecycle.StageIndex(key)
	d.Lifecycle.Stages = slices.Delete(d.Lifecycle.Stages, at, at+1)
	return nil
}

// mostAsked is about how many new items somebody is asked whether they are old ones.
const mostAsked = 30

// MaybeRenamed finds items that are new in a draft and may be ones that are gone:
// their titles share most of their words, or they stand alone in a stage.
func MaybeRenamed(before, d plan.Document) []Renamed {
	var gone []*plan.Item
	declared := map[plan.ItemKey]bool{}
	now := map[plan.ItemKey]bool{}
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			now[it.Key] = true
			for _, k := range it.Was {
				declared[k] = true
			}
		}
	}
	old := map[plan.ItemKey]bool{}
	for _, s := range before.Sections() {
		for _, it := range s.Items {
			old[it.Key] = true
			if !now[it.Key] && !declared[it.Key] {
				gone = append(gone, it)
			}
		}
	}
	var out []Renamed
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			if old[it.Key] || len(out) == mostAsked {
				continue
			}
			r := Renamed{New: it}
			for _, g := range gone {
				if alike(it.Title, g.Title) && len(r.Gone) < 5 {
					r.Gone = append(r.Gone, g)
				}
			}
			if len(r.Gone) > 0 {
				out = append(out, r)
			}
		}
	}
	return out
}

// MaybeReworded finds items that are called something else than before, and of
// which whatever showed them still does.
func MaybeReworded(before, d plan.Document) []Reworded {
	var out []Reworded
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			was, _ := before.Item(it.Key)
			if was == nil || was.Title == it.Title {
				continue
			}
			as := *it
			as.Title = was.Title
			if plan.SameMeaning(was, &as) {
				out = append(out, Reworded{New: it, Old: was.Title, Same: slices.Contains(it.SameAs, was.Title)})
			}
		}
	}
	return out
}

// Reword notes in a draft which of its items only changed their titles, by their
// keys. Of others that are called something else than before, it is forgotten what
// meant the same.
func Reword(before, d plan.Document, same []string) {
	may := map[plan.ItemKey]bool{}
	for _, r := range MaybeReworded(before, d) {
		may[r.New.Key] = slices.Contains(same, string(r.New.Key))
	}
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			was, _ := before.Item(it.Key)
			if was == nil || was.Title == it.Title {
				continue
			}
			if it.SameAs = nil; !may[it.Key] {
				continue
			}
			for _, title := range append(slices.Clone(was.SameAs), was.Title) {
				if title != it.Title {
					it.SameAs = append(it.SameAs, title)
				}
			}
		}
	}
}

// alike reports whether two titles share at least half of the words of the shorter.
func alike(a, b string) bool {
	x, y := strings.Fields(strings.ToLower(a)), strings.Fields(strings.ToLower(b))
	same := 0
	for _, w := range x {
		if slices.Contains(y, w) {
			same++
		}
	}
	return same > 0 && same*2 >= min(len(x), len(y))
}

// Rename notes in a draft which of its items are old ones under another key, each
// answer a new key and an old one. What no earlier version had is forgotten.
func Rename(before, d plan.Document, answers []string) error {
	for _, a := range answers {
		key, was, ok := strings.Cut(a, " ")
		if !ok {
			continue
		}
		it, _ := d.Item(plan.ItemKey(key))
		if !before.Composed() || it == nil {
			return &review.Refused{Why: "An item that was asked about is no longer there. Open the page again."}
		}
		if now, _ := d.Item(plan.ItemKey(was)); now != nil {
			return &review.Refused{Why: "An item cannot be one that is still there."}
		}
		if !slices.Contains(it.Was, plan.ItemKey(was)) {
			it.Was = append(it.Was, plan.ItemKey(was))
		}
	}
	known := map[plan.ItemKey]bool{}
	if before.Composed() {
		for _, s := range before.Sections() {
			for _, it := range s.Items {
				known[it.Key] = true
				for _, k := range it.Was {
					known[k] = true
				}
			}
		}
	}
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			it.Was = slices.DeleteFunc(it.Was, func(k plan.ItemKey) bool { return !known[k] })
			if len(it.Was) == 0 {
				it.Was = nil
			}
		}
	}
	return nil
}
