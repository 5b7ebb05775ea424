package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// keep adds a record, or does something to one that there is: edits it, brings it
// somewhere else, or says something of it. Who does so may be somebody who may not.
func (u *upheaval) keep(ctx context.Context, rng *rand.Rand) {
	who := []int{olga, olga, dave, adam, pat, flo}[rng.IntN(6)]
	word, seed := wordFor(rng), rng.Uint64()
	var owner review.PersonID // or nobody in particular
	if rng.IntN(3) > 0 {
		owner = u.people[[]int{olga, dave, adam, flo}[rng.IntN(4)]]
	}
	u.change(ctx, rng, who, "", func(r *review.Review, who review.Actor, at time.Time) error {
		own := rand.New(rand.NewPCG(seed, 0)) // a command may be decided twice
		if _, err := r.Record(1); err != nil && !r.AllRecords {
			return err // what there is has to be read first
		}
		if n := len(r.Records); n == 0 || own.IntN(2+n) == 0 {
			k := record.Kinds()[own.IntN(len(record.Kinds()))]
			_, err := r.OpenRecord(who, k.Key, recordSaying(own, k, word, owner, at), at)
			return err
		}
		rec := &r.Records[own.IntN(len(r.Records))]
		switch own.IntN(7) {
		case 0:
			return r.DiscussRecord(who, rec.No, word, word, at)
		case 1, 2:
			return r.EditRecord(who, rec.No, rec.Digest(), recordSaying(own, rec.Def(), word, owner, at), at)
		}
		if rec.Def().Reads != nil && own.IntN(2) == 0 {
			if n := len(rec.Readings); n > 0 && own.IntN(3) == 0 {
				return r.StrikeReading(who, rec.No, 1+own.IntN(n), word, at)
			}
			in := review.NewReading{Value: strconv.Itoa(own.IntN(101)), At: at.UTC().Add(-time.Duration(own.IntN(99)) * time.Hour).Format(record.MomentLayout), Note: word}
			return r.NoteReading(who, rec.No, in, at)
		}
		moves := rec.Def().Moves(rec.State)
		to := moves[own.IntN(len(moves))]
		in := review.RecordMove{To: to.Key, Reason: word, Due: review.FormatDate(at.AddDate(0, 0, own.IntN(9))), Values: recordValues(own, rec.Def(), word, at)}
		return r.MoveRecord(who, rec.No, rec.Digest(), in, at)
	})
}

// recordSaying is a record of a kind, which counts at one gate or at every one.
func recordSaying(rng *rand.Rand, k *record.Kind, word string, owner review.PersonID, at time.Time) review.NewRecord {
	in := review.NewRecord{RecordFields: review.RecordFields{Title: word, Owner: owner, Values: recordValues(rng, k, word, at)}}
	if rng.IntN(3) > 0 {
		in.Stage = hillStages[rng.IntN(len(hillStages))]
	}
	if rng.IntN(3) == 0 {
		in.Item = hillKey(hillStages[rng.IntN(len(hillStages))], hillItems[rng.IntN(len(hillItems))])
	}
	if k.States[0].Dated || rng.IntN(2) == 0 {
		in.Due = review.FormatDate(at.AddDate(0, 0, rng.IntN(9)))
	}
	if rng.IntN(4) == 0 {
		in.Links = "https://wiki.example.test/" + string(k.Key) + " " + word
	}
	return in
}

// recordValues fills in the fields of a kind: those without which it is none, and
// some of the others. Moments are all the same, and so in order. A risk is high in
// one case of four, so that it seldom keeps a gate from being asked for. A dependency
// is on a system elsewhere, as there is no other project.
func recordValues(rng *rand.Rand, k *record.Kind, word string, at time.Time) record.Values {
	out := record.Values{}
	needed := map[record.FieldKey]bool{}
	for i := range k.States {
		for _, f := range k.States[i].Needs {
			needed[f] = true
		}
	}
	for i := range k.Fields {
		f := &k.Fields[i]
		if f.Given {
			continue
		}
		if !f.Required && !needed[f.Key] && f.Key != "system" && rng.IntN(2) == 0 || slices.Contains([]record.FieldKey{"authority", "deadline", "notified"}, f.Key) {
			continue
		}
		switch f.Type {
		case record.Choice:
			out[f.Key] = f.Choices[rng.IntN(len(f.Choices))].Key
			if rng.IntN(2) == 0 {
				out[f.Key] = f.Choices[0].Key
			}
		case record.Moment:
			out[f.Key] = at.UTC().AddDate(0, 0, -1).Format(time.DateOnly) + "T09:00"
		case record.Number:
			out[f.Key] = strconv.Itoa(1 + rng.IntN(99))
		case record.Link:
			out[f.Key] = "https://wiki.example.test/shown"
		case record.Date:
			out[f.Key] = at.UTC().AddDate(0, 0, -1-rng.IntN(300)).Format(time.DateOnly)
		case record.Commit:
			out[f.Key] = fmt.Sprintf("%040x", rng.Uint64())
		case record.Digest:
			out[f.Key] = fmt.Sprintf("sha256:%064x", rng.Uint64())
		case record.Line, record.Text:
			out[f.Key] = word
		}
	}
	if k.Key == record.Objective && rng.IntN(3) == 0 { // one that the definition names
		out["indicator"], out["objective"] = availability, []string{"99.9", "90"}[rng.IntN(2)]
	}
	return out
}

// kept counts the rounds of the project's last review that keep the records on
// which they decided, and those of them of which one was changed since.
func (u *upheaval) kept(ctx context.Context) error {
	v, err := u.stores[0].Records(ctx, u.by(adam), u.project)
	if err != nil {
		return fmt.Errorf("reading records: %w", err)
	}
	r := v.Review
	for i := range r.Stages {
		for _, ro := range r.Stages[i].Rounds {
			changed := slices.ContainsFunc(ro.Records, func(sr review.SignedRecord) bool { return r.Records[sr.No-1].Version != sr.Version })
			u.tally.mu.Lock()
			if len(ro.Records) > 0 {
				u.tally.kept++
			}
			if changed {
				u.tally.moved++
			}
			u.tally.mu.Unlock()
		}
	}
	return nil
}
