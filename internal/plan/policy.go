package plan

import "slices"

// Profile is the set of flags that hold for a project, sorted.
type Profile []Flag

// HasAny reports whether any of the flags holds; an empty list always does.
func (p Profile) HasAny(flags []Flag) bool {
	if len(flags) == 0 {
		return true
	}
	for _, f := range flags {
		if slices.Contains(p, f) {
			return true
		}
	}
	return false
}

// LevelFor is the item's level for a tier and profile; LevelNone when the
// item does not apply.
func (d *Item) LevelFor(t Tier, p Profile) Level {
	if !t.Valid() || !p.HasAny(d.When) {
		return LevelNone
	}
	return d.Levels[t-1]
}

// Policy is what a gate demands of a project of this tier with this profile. A
// seat that joins, under a condition or with a module, raises the number of
// signatures by one, unless it is at the gate already. The number is never less
// than that of the seats which have to sign.
func (d *Gate) Policy(t Tier, p Profile) Policy {
	pol := Policy{Quorum: d.QuorumAt(t)}
	for i := range d.Seats {
		s := &d.Seats[i]
		if !s.SitsAt(t) || !p.HasAny(s.When) {
			continue
		}
		if !slices.Contains(pol.Seats, s.Seat) {
			pol.Seats = append(pol.Seats, s.Seat)
			if len(s.When) > 0 || s.From != "" {
				pol.Quorum++
			}
		}
		if s.MustSign(t) && !slices.Contains(pol.Mandatory, s.Seat) {
			pol.Mandatory = append(pol.Mandatory, s.Seat)
		}
	}
	pol.Quorum = max(pol.Quorum, len(pol.Mandatory))
	return pol
}

// Policy is who must sign: a number of distinct people, the seats that may
// sign, and those of them without which the gate does not pass.
type Policy struct {
	Quorum    int    `json:"quorum"`
	Seats     []Seat `json:"seats"`
	Mandatory []Seat `json:"mandatory,omitempty"`
}
