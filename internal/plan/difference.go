package plan

import "slices"

// Fate says what became of an item between two versions of a lifecycle.
type Fate string

const (
	Added    Fate = "added"
	Removed  Fate = "removed"
	Merged   Fate = "merged"   // into one that declares it, see [Item.Was]
	Moved    Fate = "moved"    // to another stage; its key stays
	Demands  Fate = "demands"  // something else: title, levels, evidence, validity, when it applies, for which environments, choices or rules
	Rewords  Fate = "rewords"  // what it asks, and means the same by its author's word, see [Item.SameAs]
	Explains Fate = "explains" // itself in other words, and asks the same
)

// ItemChange is one item that is not what it was.
type ItemChange struct {
	Fate     Fate
	Old, New *Item // nil where there is none
	From, To *Stage
}

// StageChange is a gate that asks for something else, or a stage that came or
// went. Old or New is nil where there is none.
type StageChange struct{ Old, New *Stage }

// Difference is what a newer version of a lifecycle changes.
type Difference struct {
	Stages []StageChange
	Items  []ItemChange // in the order of the newer version, then what is removed
}

// Compare finds what differs from old to new. An item that moved and demands
// something else counts as moved; one whose key changed is found by [Item.Was].
func Compare(old, new *Lifecycle) Difference {
	var d Difference
	was := map[ItemKey]ItemKey{} // key then -> key now
	now := map[ItemKey]bool{}
	for i := range new.Stages {
		for j := range new.Stages[i].Items {
			item := &new.Stages[i].Items[j]
			now[item.Key] = true
			for _, k := range item.Was {
				was[k] = item.Key
			}
		}
	}
	type place struct {
		stage *Stage
		item  *Item
	}
	before := map[ItemKey]place{}
	for i := range old.Stages {
		s := &old.Stages[i]
		for j := range s.Items {
			before[s.Items[j].Key] = place{s, &s.Items[j]}
		}
		if new.StageIndex(s.Key) < 0 {
			d.Stages = append(d.Stages, StageChange{Old: s})
		}
	}
	for i := range new.Stages {
		s := &new.Stages[i]
		if at := old.StageIndex(s.Key); at < 0 {
			d.Stages = append(d.Stages, StageChange{New: s})
		} else if !sameGate(&old.Stages[at].Gate, &s.Gate) {
			d.Stages = append(d.Stages, StageChange{Old: &old.Stages[at], New: s})
		}
		for j := range s.Items {
			item := &s.Items[j]
			then, there := before[item.Key]
			change := ItemChange{Old: then.item, New: item, From: then.stage, To: s}
			switch {
			case !there:
				change.Fate = Added
			case then.stage.Key != s.Key:
				change.Fate = Moved
			case !sameDemands(then.item, item):
				change.Fate = Demands
			case then.item.Claim() != item.Claim():
				change.Fate = Rewords
			case !sameWords(then.item, item):
				change.Fate = Explains
			default:
				continue
			}
			d.Items = append(d.Items, change)
		}
	}
	for i := range old.Stages {
		s := &old.Stages[i]
		for j := range s.Items {
			item := &s.Items[j]
			if now[item.Key] {
				continue
			}
			change := ItemChange{Fate: Removed, Old: item, From: s}
			if into, declared := was[item.Key]; declared {
				change.Fate = Merged
				change.New, change.To = new.Find(into)
			}
			d.Items = append(d.Items, change)
		}
	}
	return d
}

// SameMeaning reports whether an answer to one item answers the other: they claim
// the same, whatever showed the one shows the other and, as questions, they come to
// the same by the same choices.
func SameMeaning(from, to *Item) bool {
	return sameClaim(from, to) && stillShown(from.Evidence, to.Evidence) && sameQuestion(from, to)
}

// sameClaim reports whether two items are called the same, or the author of either
// says that the other's title meant the same.
func sameClaim(a, b *Item) bool {
	return a.Claim() == b.Claim() || slices.Contains(a.SameAs, b.Claim()) || slices.Contains(b.SameAs, a.Claim())
}

// stillShown reports whether each kind of evidence that was enough is enough now.
func stillShown(from, to []EvidenceKind) bool {
	if len(from) == 0 || len(to) == 0 { // nothing has to be shown
		return len(to) == 0
	}
	return !slices.ContainsFunc(from, func(k EvidenceKind) bool { return !slices.Contains(to, k) })
}

func sameDemands(a, b *Item) bool {
	return sameClaim(a, b) && a.Levels == b.Levels && a.ValidDays == b.ValidDays &&
		slices.Equal(a.Evidence, b.Evidence) && slices.Equal(a.When, b.When) && sameQuestion(a, b) &&
		(a.Environment != nil || slices.Equal(a.Environments, b.Environments)) // one that is asked for an environment says so by its key
}

// sameQuestion reports whether two items have the same to choose from, and the
// same rules; also of two statements, which have neither.
func sameQuestion(a, b *Item) bool {
	return slices.Equal(a.Rules, b.Rules) && slices.EqualFunc(a.Choices, b.Choices, func(x, y Choice) bool { return x.Key == y.Key && x.Title == y.Title })
}

// sameWords reports whether two items that demand the same explain it the same.
func sameWords(a, b *Item) bool {
	return a.Guidance == b.Guidance && a.Why == b.Why && a.Done == b.Done && a.Show == b.Show && slices.Equal(a.Links, b.Links) &&
		slices.EqualFunc(a.Choices, b.Choices, func(x, y Choice) bool {
			return x.Help == y.Help && x.Do == y.Do && slices.Equal(x.Links, y.Links)
		})
}

// sameGate reports whether two gates ask for the same signatures, for the same
// records and policies, from the same exposure on, and decide on the same kinds of
// environment.
func sameGate(a, b *Gate) bool {
	return SameSignatures(a, b) && a.RepeatsDays == b.RepeatsDays && slices.Equal(a.Records, b.Records) && slices.Equal(a.Policies, b.Policies) &&
		a.From == b.From && slices.Equal(a.Environments, b.Environments)
}

// SameSignatures reports whether two gates ask for the same signatures at every tier.
func SameSignatures(a, b *Gate) bool {
	if len(a.Seats) != len(b.Seats) {
		return false
	}
	for t := TierCritical; t <= TierStarter; t++ {
		if a.QuorumAt(t) != b.QuorumAt(t) {
			return false
		}
		for i := range a.Seats {
			x, y := &a.Seats[i], &b.Seats[i]
			if x.Seat != y.Seat || x.SitsAt(t) != y.SitsAt(t) || x.MustSign(t) != y.MustSign(t) || !slices.Equal(x.When, y.When) {
				return false
			}
		}
	}
	return true
}
