package review

import (
	"cmp"
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Party is whose turn it is: a seat or, without one, a person.
type Party struct {
	Seat   plan.Seat
	Person PersonID
}

// String is the party as lists store and filter it: the seat's key, or the
// person's number. [ParseParties] reads it.
func (p Party) String() string {
	if p.Seat != "" {
		return string(p.Seat)
	}
	return strconv.FormatInt(int64(p.Person), 10)
}

// ParseParties reads parties that are joined by spaces. What is neither a seat
// nor a number is left out.
func ParseParties(s string) []Party {
	var out []Party
	for word := range strings.FieldsSeq(s) {
		if n, err := strconv.ParseInt(word, 10, 64); err == nil {
			out = append(out, Party{Person: PersonID(n)})
		} else if plan.Seat(word).Valid() {
			out = append(out, Party{Seat: plan.Seat(word)})
		}
	}
	return out
}

// Parties are all whose turn it is with a blocker. A signature that any of
// several seats can give waits for all of them.
func (r *Review) Parties(s *Stage, b *Blocker) []Party {
	switch {
	case b.Seat != "":
		return []Party{{Seat: b.Seat}}
	case b.Owner != 0:
		return []Party{{Person: b.Owner}}
	case b.Kind == SignersMissing:
		var out []Party
		for _, seat := range r.OpenSeats(s) {
			out = append(out, Party{Seat: seat})
		}
		return out
	}
	return nil
}

// waits are the parties that a stage waits for, since when the first of them
// keeps it, and how many blockers there are. Every change asks. A project that
// is not active waits for nobody; where sign-off can be requested, it is the
// owner's turn, since the last that was asked for was shown.
func (r *Review) waits(s *Stage, at time.Time) ([]Party, time.Time, int) {
	if !r.Needed(s) {
		return nil, time.Time{}, 0
	}
	type turn struct {
		party Party
		since time.Time
	}
	var turns []turn
	n := 0
	add := func(p Party, since time.Time) {
		i := slices.IndexFunc(turns, func(t turn) bool { return t.party == p })
		if i < 0 {
			turns = append(turns, turn{p, since})
		} else if since.Before(turns[i].since) {
			turns[i].since = since
		}
	}
	note := func(b *Blocker) {
		n++
		switch {
		case r.Project.Status != StatusActive:
		case b.Seat != "":
			add(Party{Seat: b.Seat}, b.Since)
		case b.Owner != 0:
			add(Party{Person: b.Owner}, b.Since)
		default:
			for _, p := range r.Parties(s, b) {
				add(p, b.Since)
			}
		}
	}
	for b := range r.lacks(s, at) {
		note(&b)
	}
	further := r.furtherBlockers(s, at)
	for i := range further {
		note(&further[i])
	}
	if n == 0 && r.Project.Status == StatusActive && r.Standing(s, at) == GateReady {
		if lead := r.leads(s.Def.Key); lead != 0 {
			return []Party{{Person: lead}}, s.lastShown().UTC().Truncate(time.Second), 0
		}
		return nil, time.Time{}, 0
	}
	if len(turns) == 0 {
		return nil, time.Time{}, n
	}
	slices.SortFunc(turns, func(a, b turn) int {
		return cmp.Or(
			a.since.Compare(b.since), strings.Compare(string(b.party.Seat), string(a.party.Seat)), cmp.Compare(a.party.Person, b.party.Person),
		)
	})
	out := make([]Party, len(turns))
	for i, t := range turns {
		out[i] = t.party
	}
	return out, turns[0].since.UTC().Truncate(time.Second), n
}

// lastShown is when the last of what is required was answered or linked, or the last
// round ended; zero where nothing is required and none has.
func (s *Stage) lastShown() time.Time {
	var last time.Time
	later := func(at time.Time) {
		if at.After(last) {
			last = at
		}
	}
	for i := range s.Items {
		if it := &s.Items[i]; it.Level == plan.LevelMust {
			later(it.Answer.At)
			later(it.Answer.ApprovedAt)
		}
	}
	for i := range s.Evidence {
		if e := &s.Evidence[i]; e.RemovedAt.IsZero() && s.Item(e.Item) != nil && s.Item(e.Item).Level == plan.LevelMust {
			later(e.At)
		}
	}
	if round := s.LastRound(); round != nil {
		later(round.ClosedAt)
	}
	return last
}
