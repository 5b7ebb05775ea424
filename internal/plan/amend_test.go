package plan

import "testing"

func amendable() Document {
	d := NewLifecycle("house", "House rules", false)
	for _, k := range []ItemKey{"one-first", "two-second"} {
		if err := d.Insert(Item{Key: k, Title: "Title of " + string(k), Why: "W", Done: "D", Show: "S"}, "work", ""); err != nil {
			panic(err)
		}
	}
	d.Lifecycle.Stages[0].Items[1].Was = []ItemKey{"old-second"}
	return d
}

func TestAmendWordsAPartAnew(t *testing.T) {
	for part, get := range map[ItemPart]func(*Item) string{
		PartTitle: func(it *Item) string { return it.Title }, PartWhy: func(it *Item) string { return it.Why },
		PartDone: func(it *Item) string { return it.Done }, PartShow: func(it *Item) string { return it.Show },
	} {
		d := amendable()
		a := Amendment{Item: "old-second", Part: part, Text: "Other words."}
		if says, there := d.Says(a); !there || says == a.Text || d.Amended(a) {
			t.Errorf("%s says %q before", part, says)
		}
		key, err := d.Amend(a, "")
		it, _ := d.Item("two-second")
		if err != nil || key != "two-second" || get(it) != a.Text || !d.Amended(a) {
			t.Errorf("%s: %s, %v, %+v", part, key, err, it)
		}
		if other, _ := d.Item("one-first"); get(other) == a.Text {
			t.Errorf("%s of the other item changed", part)
		}
	}
}

func TestAmendAddsAnItem(t *testing.T) {
	d := amendable()
	a := Amendment{Item: "one-first", Part: PartNew, Text: "A rollback was rehearsed\nSomebody took the last release back, and timed it."}
	key, err := d.Amend(a, d.NewKey(a.Title()))
	if err != nil || key != "a-rollback-was-rehearsed" {
		t.Fatal(key, err)
	}
	s, _ := d.Section("work")
	if it := s.Items[1]; it.Key != key || it.Title != "A rollback was rehearsed" || it.Done != "Somebody took the last release back, and timed it." || it.Levels[2] != LevelMust {
		t.Errorf("beside the first stands %+v", it)
	}
	if !d.Amended(a) {
		t.Error("it is not said to be there")
	}
	if _, err := d.Amend(a, "again"); err == nil || d.Items() != 3 {
		t.Error("it is there twice")
	}
}

func TestAmendWhatIsGone(t *testing.T) {
	d := amendable()
	for _, a := range []Amendment{{Item: "gone", Part: PartWhy, Text: "x"}, {Item: "gone", Part: PartNew, Text: "x"}, {Item: "one-first", Part: "else", Text: "x"}} {
		if _, there := d.Says(a); there && a.Part != PartNew {
			t.Errorf("%+v is there", a)
		}
		if _, err := d.Amend(a, "k"); err == nil || d.Items() != 2 {
			t.Errorf("%+v went in", a)
		}
	}
}
