package yardstick

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The five questions of a page, asked in one round trip.
const (
	sessionSQL  = `select user_name, csrf from session where id = $1 and expires > now()`
	projectSQL  = `select id, name, owner, tier from project where id = $1`
	itemsSQL    = `select id, stage, status, version, title, help, owner from item where project_id = $1 order by stage, position`
	evidenceSQL = `select item_id, title, url from evidence where project_id = $1`
	signoffsSQL = `select stage, signed_by, signed_at from signoff where project_id = $1`
)

func pageBatch(session []byte, project int64, evidence string) *pgx.Batch {
	b := &pgx.Batch{}
	b.Queue(sessionSQL, session)
	b.Queue(projectSQL, project)
	b.Queue(itemsSQL, project)
	b.Queue(evidence, project)
	b.Queue(signoffsSQL, project)
	return b
}

// readPage reads a page the ordinary way: every value scanned into its field.
func readPage(ctx context.Context, pool *pgxpool.Pool, session []byte, project int64) (_ *Page, err error) {
	results := pool.SendBatch(ctx, pageBatch(session, project, evidenceSQL))
	defer func() {
		if e := results.Close(); err == nil && e != nil {
			err = fmt.Errorf("page batch: %w", e)
		}
	}()
	p := &Page{}
	if err := results.QueryRow().Scan(&p.User, &p.CSRF); err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	p.CSRF = p.CSRF[:8]
	if err := results.QueryRow().Scan(&p.ID, &p.Name, &p.Owner, &p.Tier); err != nil {
		return nil, fmt.Errorf("project: %w", err)
	}
	if err := p.readItems(results); err != nil {
		return nil, fmt.Errorf("items: %w", err)
	}
	if err := p.readEvidence(results); err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	if err := p.readSignoffs(results); err != nil {
		return nil, fmt.Errorf("sign-offs: %w", err)
	}
	return p, nil
}

func (p *Page) readItems(results pgx.BatchResults) error {
	for i := range p.Stages {
		p.Stages[i].Items = make([]item, 0, 12)
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var stage int16
		var it item
		if err := rows.Scan(&it.ID, &stage, &it.Status, &it.Version, &it.Title, &it.Help, &it.Owner); err != nil {
			return err
		}
		p.add(int(stage), it)
	}
	return rows.Err()
}

func (p *Page) readEvidence(results pgx.BatchResults) error {
	byID := make(map[int64]*item, 120)
	for i := range p.Stages {
		for j := range p.Stages[i].Items {
			it := &p.Stages[i].Items[j]
			byID[it.ID] = it
		}
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var e link
		if err := rows.Scan(&id, &e.Title, &e.URL); err != nil {
			return err
		}
		if it := byID[id]; it != nil {
			it.Evidence = append(it.Evidence, e)
		}
	}
	return rows.Err()
}

func (p *Page) readSignoffs(results pgx.BatchResults) error {
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var stage int16
		var by string
		var at time.Time
		if err := rows.Scan(&stage, &by, &at); err != nil {
			return err
		}
		s := &p.Stages[stage-1]
		s.SignedBy, s.SignedAt = by, at.UTC()
	}
	return rows.Err()
}
