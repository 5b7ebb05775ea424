package store

import (
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// planning is what a change of the plan leaves behind beside the plan itself, as
// the review's row has it.
type planning struct {
	Upgraded *review.Upgrade `json:"upgraded,omitempty"`
	Wishes   []review.Wish   `json:"wishes,omitempty"`
	Asked    []review.Asked  `json:"asked,omitempty"`
	Was      []heir          `json:"was,omitempty"`
	Evidence []review.Move   `json:"evidence,omitempty"` // from its home to where it is
	Waivers  []review.Move   `json:"waivers,omitempty"`
	Gone     []gone          `json:"gone,omitempty"`
}

// gone are the highest numbers that a stage gave out before.
type gone struct {
	Stage plan.StageKey `json:"stage"`
	review.Numbers
}

// heir is an item that took over the answer of another.
type heir struct {
	Item plan.ItemKey `json:"item"`
	Was  plan.ItemKey `json:"was"`
}

// planningOf gathers it; nil when there is nothing.
func planningOf(r *review.Review) ([]byte, error) {
	p := planning{Upgraded: r.Upgraded, Wishes: r.Wishes, Asked: r.Asked}
	for _, s := range r.All() {
		p.add(s)
	}
	if p.Upgraded == nil && len(p.Wishes)+len(p.Asked)+len(p.Was)+len(p.Evidence)+len(p.Waivers)+len(p.Gone) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encoding what a change of the plan left behind: %w", err)
	}
	return b, nil
}

func (p *planning) add(s *review.Stage) {
	if none := (review.Numbers{}); s.Gone != none {
		p.Gone = append(p.Gone, gone{s.Def.Key, s.Gone})
	}
	for _, it := range s.Known() {
		if it.Was != "" {
			p.Was = append(p.Was, heir{it.Def.Key, it.Was})
		}
	}
	none := review.Position{}
	for i := range s.Evidence {
		if e := &s.Evidence[i]; e.Home != none {
			p.Evidence = append(p.Evidence, review.Move{From: e.Home, To: review.Position{Stage: s.Def.Key, Item: e.Item, No: e.No}})
		}
	}
	for i := range s.Waivers {
		if w := &s.Waivers[i]; w.Home != none {
			p.Waivers = append(p.Waivers, review.Move{From: w.Home, To: review.Position{Stage: s.Def.Key, Item: w.Item, No: w.No}})
		}
	}
}

// restore gives it back to a review, as far as that is loaded.
func (p *planning) restore(r *review.Review) {
	r.Upgraded, r.Wishes, r.Asked = p.Upgraded, p.Wishes, p.Asked
	was := make(map[plan.ItemKey]plan.ItemKey, len(p.Was))
	for _, h := range p.Was {
		was[h.Item] = h.Was
	}
	for _, g := range p.Gone {
		r.Keeping(g.Stage).Gone = g.Numbers
	}
	evidence, waivers := homes(p.Evidence), homes(p.Waivers)
	for _, s := range r.All() {
		for _, it := range s.Known() {
			it.Was = was[it.Def.Key]
		}
		for i := range s.Evidence {
			e := &s.Evidence[i]
			e.Home = evidence[review.Position{Stage: s.Def.Key, Item: e.Item, No: e.No}]
		}
		for i := range s.Waivers {
			w := &s.Waivers[i]
			w.Home = waivers[review.Position{Stage: s.Def.Key, Item: w.Item, No: w.No}]
		}
	}
}

func homes(moves []review.Move) map[review.Position]review.Position {
	out := make(map[review.Position]review.Position, len(moves))
	for _, m := range moves {
		out[m.To] = m.From
	}
	return out
}

// planColumns notes what a review's plan is made of, if nobody did, and returns
// what the review's row says of it: template_key, template_version,
// template_digest, plan and planning.
func planColumns(b *pgx.Batch, r *review.Review) ([]any, error) {
	digest, err := r.Plan.Origin.Digest()
	if err != nil {
		return nil, err
	}
	origin, err := json.Marshal(r.Plan.Origin)
	if err != nil {
		return nil, fmt.Errorf("encoding what a plan is made of: %w", err)
	}
	left, err := planningOf(r)
	if err != nil {
		return nil, err
	}
	b.Queue(`insert into plan (digest, origin, search) values ($1, $2, $3) on conflict do nothing`, digest, origin, ownWords(r.Plan.Origin.Tailoring))
	ref := r.Plan.Ref()
	return []any{ref.Key, ref.Version, ref.Digest, digest, left}, nil
}

// writePlanning writes what else is known of the review's plan, all stages being loaded.
func writePlanning(b *pgx.Batch, r *review.Review) error {
	left, err := planningOf(r)
	if err != nil {
		return err
	}
	b.Queue(`update review set planning = $3 where project_id = $1 and no = $2`, int64(r.Project.ID), r.No, left)
	return nil
}

// writePlan writes what a change of the plan did: what the review's plan is made
// of now, what moved, and which gates stand again or do not.
func writePlan(b *pgx.Batch, r *review.Review) error {
	id := int64(r.Project.ID)
	plan, err := planColumns(b, r)
	if err != nil {
		return err
	}
	b.Queue(`
		update review set template_key = $3, template_version = $4, template_digest = $5, plan = $6, planning = $7
		 where project_id = $1 and no = $2`, append([]any{id, r.No}, plan...)...)
	if err := writeProfile(b, r); err != nil {
		return err
	}
	writeMoves(b, r)
	// What is asked again may have changed where it is taken over from.
	b.Queue(`
		update offering set asked = asked + 1
		 where project_id in (select (inherited ->> 'from')::bigint from item where project_id = $1 and review_no = $2 and inherited is not null)`, id, r.No)
	var keys []string
	for i := range r.Stages {
		s := &r.Stages[i]
		keys = append(keys, string(s.Def.Key))
		if last := s.LastRound(); last != nil {
			b.Queue(`
				update round set changed_at = $5 where project_id = $1 and review_no = $2 and stage = $3 and no = $4 and changed_at is distinct from $5`,
				id, r.No, s.Def.Key, last.No, nullable(last.ChangedAt))
		}
	}
	b.Queue(`
		update item set reattest = not reattest where project_id = $1 and review_no = $2 and reattest <> (item = any($3))`, id, r.No, again(r))
	b.Queue(`delete from gate where project_id = $1 and stage <> all($2)`, id, keys)
	return nil
}

// again are the items that have to be said again.
func again(r *review.Review) []string {
	out := []string{}
	for _, s := range r.All() {
		for _, it := range s.Known() {
			if it.Reattest {
				out = append(out, string(it.Def.Key))
			}
		}
	}
	return out
}

// writeMoves follows what the last change of the plan moved. Each list moves in
// two steps, by way of names that nothing else has, since two things may change
// places.
func writeMoves(b *pgx.Batch, r *review.Review) {
	id := int64(r.Project.ID)
	if from, to := columns(r.Moves.Items); len(from.stages) > 0 {
		b.Queue(`
			update item t set stage = '~' || m.to_stage, item = m.to_item
			  from unnest($3::text[], $4::text[], $5::text[], $6::text[]) m (stage, item, to_stage, to_item)
			 where t.project_id = $1 and t.review_no = $2 and t.stage = m.stage and t.item = m.item`,
			id, r.No, from.stages, from.items, to.stages, to.items)
		b.Queue(`update item set stage = substr(stage, 2) where project_id = $1 and review_no = $2 and stage like '~%'`, id, r.No)
	}
	for table, moves := range map[string][]review.Move{"evidence": r.Moves.Evidence, "waiver": r.Moves.Waivers} {
		from, to := columns(moves)
		if len(from.stages) == 0 {
			continue
		}
		b.Queue(`
			update `+table+` t set stage = '~' || m.to_stage, item = m.to_item, no = m.to_no
			  from unnest($3::text[], $4::int[], $5::text[], $6::text[], $7::int[]) m (stage, no, to_stage, to_item, to_no)
			 where t.project_id = $1 and t.review_no = $2 and t.stage = m.stage and t.no = m.no`,
			id, r.No, from.stages, from.numbers, to.stages, to.items, to.numbers)
		b.Queue(`update `+table+` set stage = substr(stage, 2) where project_id = $1 and review_no = $2 and stage like '~%'`, id, r.No)
	}
}

// positions are the columns of a list of them.
type positions struct {
	stages, items []string
	numbers       []int32
}

func (p *positions) add(at review.Position) {
	p.stages, p.items, p.numbers = append(p.stages, string(at.Stage)), append(p.items, string(at.Item)), append(p.numbers, int32(at.No))
}

func columns(moves []review.Move) (from, to positions) {
	for _, m := range moves {
		from.add(m.From)
		to.add(m.To)
	}
	return from, to
}
