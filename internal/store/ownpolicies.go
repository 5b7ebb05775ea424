package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// OwnPolicy is a policy that the person answers for and that nobody has looked at in
// time.
type OwnPolicy struct {
	Key     string
	Version int
	Name    string
	Due     time.Time // date: the last day on which it counted as looked after
}

// queueOwnPolicies asks for the newest versions of the policies that the person answers
// for; those that were retired ask for nothing.
func (s *Store) queueOwnPolicies(b *pgx.Batch, by By, into *[]plan.Ref) {
	b.Queue(`with `+meSQL+`
		select v.key, v.version, v.digest
		  from (`+ownersSQL+`) o
		  join template_version v on v.key = o.key and v.kind = 'policy' and v.version = (select max(n.version) from template_version n where n.key = o.key)
		 where o.owner = (select id from me)
		   and not exists (select from retired_version x where x.key = v.key and x.version = v.version)
		 order by v.key`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, pgx.RowToStructByName[plan.Ref])
		return err
	})
}

// overduePolicies are those of policies whose review is overdue, the longest first.
func (s *Store) overduePolicies(ctx context.Context, refs []plan.Ref, now time.Time) ([]OwnPolicy, error) {
	var out []OwnPolicy
	for _, ref := range refs {
		d, err := s.documentOn(ctx, s.pool, ref)
		if err != nil {
			return nil, err
		}
		due, err := time.Parse(time.DateOnly, d.Policy.ReviewBy)
		if err != nil || !review.Over(due, now) { // a date was asked for when it was published
			continue
		}
		out = append(out, OwnPolicy{ref.Key, ref.Version, d.Policy.Name, due})
	}
	slices.SortStableFunc(out, func(a, b OwnPolicy) int { return a.Due.Compare(b.Due) })
	return out, nil
}
