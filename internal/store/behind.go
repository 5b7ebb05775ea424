package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// BehindPage is how many projects that are behind a version are listed, and
// upgraded in one press.
const BehindPage = 100

// BehindView is a page of the projects whose plan is made of something that has a
// newer version.
type BehindView struct {
	Viewer
	Projects []BehindProject // by their lifecycles
	More     bool
	Total    int        // on all pages
	Newest   []plan.Ref // the newest version of each document that is not retired
}

// BehindProject is one of them.
type BehindProject struct {
	ID   review.ProjectID
	Key  review.ProjectKey
	Name string
}

// behindReviewsSQL are the reviews whose plan is made of something that has a newer version; newest
// is [newestSQL]. Each review says its lifecycle. Only plans of more than that are looked into: there
// can be as many as projects.
const behindReviewsSQL = `
	select r.project_id, r.no
	  from newest n
	  join review r on r.template_key = n.key and r.template_version < n.version
	 union all
	select r.project_id, r.no
	  from (select p.digest
	          from plan p
	         cross join lateral ` + originSQL + ` d (ref)
	          join newest n on n.key = d.ref->>'key' and n.version > (d.ref->>'version')::int
	         where cardinality(p.documents) > 1
	         group by p.digest) old
	  join review r on r.plan = old.digest`

// behindSQL lists the projects that the person sees and may change the plan of.
// May itself is asked of each again, by whoever shows or changes it.
func behindSQL(columns, rest string) string {
	return `with ` + meSQL + `,
	newest as materialized (` + newestSQL + `),
	old as materialized (` + behindReviewsSQL + `)
	select ` + columns + `
	  from portfolio f
	  join review r on r.project_id = f.project_id and r.no = f.review_no, me
	 where ` + visibleSQL + ` and f.status <> 'stopped' and (f.project_id, f.review_no) in (table old)
	   and (exists (select from held g where g.person_id = me.id and g.role in ('manager', 'admin') and ` + countsSQL + `)
	        or exists (select from project_member m
	                    where m.project_id = f.project_id and m.person_id = me.id and m.duty in ('owner', 'deputy')))
	 ` + rest
}

// Behind reads a page, the first is 1.
func (s *Store) Behind(ctx context.Context, by By, page int) (*BehindView, error) {
	out, b := &BehindView{}, &pgx.Batch{}
	b.Queue(behindSQL(`count(*)`, ``), by.token[:], by.person, s.idle).QueryRow(func(row pgx.Row) error { return row.Scan(&out.Total) })
	return out, s.listBehind(ctx, by, b, out, BehindPage, behindSQL(`f.project_id, f.key, `+nameSQL(`f`), `
	 order by r.template_key, r.template_version, lower(f.name), f.project_id
	 limit $4 offset $5`), BehindPage+1, (page-1)*BehindPage)
}

// BehindAfter reads the next few of them by their numbers, so that whoever goes
// through all meets each once, whatever becomes of those before.
func (s *Store) BehindAfter(ctx context.Context, by By, after review.ProjectID, limit int) (*BehindView, error) {
	out := &BehindView{}
	return out, s.listBehind(ctx, by, &pgx.Batch{}, out, limit, behindSQL(`f.project_id, f.key, f.name`, `and f.project_id > $4 order by f.project_id limit $5`),
		int64(after), limit+1)
}

// listBehind reads so many of them, with what else is in the batch. The statement
// asks for one more, which tells whether there are more.
func (s *Store) listBehind(ctx context.Context, by By, b *pgx.Batch, out *BehindView, limit int, sql string, args ...any) error {
	s.queueViewer(b, by, &out.Viewer)
	queueNewest(b, &out.Newest)
	b.Queue(sql, append([]any{by.token[:], by.person, s.idle}, args...)...).Query(func(rows pgx.Rows) (err error) {
		out.Projects, err = pgx.CollectRows(rows, pgx.RowToStructByPos[BehindProject])
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return batchError("listing projects that are behind", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	if len(out.Projects) > limit {
		out.Projects, out.More = out.Projects[:limit], true
	}
	return nil
}
