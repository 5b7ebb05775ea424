package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// HistoryPage is how many entries one page of the trail lists.
const HistoryPage = 100

// HistoryFilter narrows a project's trail; zero values narrow nothing.
type HistoryFilter struct {
	Stage  plan.StageKey
	Kind   string
	Person review.PersonID
	From   time.Time // only entries at or after this moment
	To     time.Time // only entries at or before this moment
	Before int64     // only entries with a smaller number; 0: from the newest
	Most   int       // how many of them; 0: [HistoryPage]
}

// HistoryView is one page of a project's trail, newest first.
type HistoryView struct {
	ProjectView
	Entries []review.Entry
	Hashes  []review.Hash // of the entries
	More    bool
}

// History reads a page of a project's trail.
func (s *Store) History(ctx context.Context, by By, key review.ProjectKey, f HistoryFilter) (*HistoryView, error) {
	out, most := &HistoryView{}, cmp.Or(f.Most, HistoryPage)
	view, err := s.projectWith(ctx, by, key, parts{stage: f.Stage, rounds: false}, func(b *pgx.Batch) {
		b.Queue(`
			select t.seq, t.at, t.actor_id, t.kind, t.body, t.hash
			  from trail t
			 where t.stream_id = (select id from project where key = $1)
			   and ($2 = '' or t.stage = $2) and ($3 = '' or t.kind = $3) and ($4::bigint = 0 or t.actor_id = $4) and ($5::bigint = 0 or t.seq < $5)
			   and ($6::timestamptz is null or t.at >= $6) and ($7::timestamptz is null or t.at <= $7)
			 order by t.seq desc limit $8`,
			string(key), string(f.Stage), f.Kind, int64(f.Person), f.Before, nullable(f.From), nullable(f.To), most+1).Query(out.scan(most))
	})
	if err != nil {
		return nil, err
	}
	out.ProjectView = *view
	if err := s.othersIn(ctx, by, out.Entries, out.Others); err != nil {
		return nil, err
	}
	return out, s.nameMore(ctx, out.Names, nil, out.Entries)
}

// WholeHistory hands on all that [Store.History] lists over its pages, in stretches of at
// most so many entries; there is one at least, which may have none. Entries stay as they
// are, so each stretch is read by itself, and whoever loses sight of the project gets no more.
func (s *Store) WholeHistory(ctx context.Context, by By, key review.ProjectKey, f HistoryFilter, stretch int, each func(*HistoryView) error) error {
	f.Before, f.Most = 0, stretch
	for {
		v, err := s.History(ctx, by, key, f)
		if err != nil {
			return err
		}
		if err := each(v); err != nil || !v.More {
			return err
		}
		f.Before = v.Entries[len(v.Entries)-1].Seq
	}
}

// scan takes up at most so many entries, and that there are more.
func (h *HistoryView) scan(most int) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			if len(h.Entries) == most {
				h.More = true
				continue
			}
			var en review.Entry
			var kind string
			var body, hash []byte
			if err := rows.Scan(&en.Seq, &en.At, &en.Actor, &kind, &body, &hash); err != nil {
				return fmt.Errorf("reading the trail: %w", err)
			}
			ev, err := review.DecodeEvent(kind, body)
			if err != nil {
				return fmt.Errorf("entry %d: %w", en.Seq, err)
			}
			en.At, en.Event = en.At.UTC(), ev
			h.Entries, h.Hashes = append(h.Entries, en), append(h.Hashes, review.Hash(hash))
		}
		return rows.Err()
	}
}

// Entries reads entries of a project's trail by their numbers, both ends
// included, oldest first.
func (s *Store) Entries(ctx context.Context, by By, key review.ProjectKey, stage plan.StageKey, first, last int64) ([]review.Entry, error) {
	var out []review.Entry
	_, err := s.projectWith(ctx, by, key, parts{stage: stage}, func(b *pgx.Batch) {
		b.Queue(`
			select t.seq, t.at, t.actor_id, t.kind, t.body
			  from trail t
			 where t.stream_id = (select id from project where key = $1) and t.seq between $2 and $3
			 order by t.seq`, string(key), first, last).Query(func(rows pgx.Rows) (err error) {
			out, err = collectEntries(rows)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
