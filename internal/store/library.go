package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// DocumentVersions is a document with all its published versions.
type DocumentVersions struct {
	Newest   plan.Document
	Versions []int // the newest first
	Usual    bool  // new projects follow one of them unless they choose
}

// LibraryView is what is published.
type LibraryView struct {
	Viewer
	Lifecycles []DocumentVersions // by key
	Modules    []DocumentVersions // by key
	// Policies are the policies and standards, by key.
	Policies []DocumentVersions
	// Definitions are the readiness definitions, by key.
	Definitions []DocumentVersions
	Questions   []plan.Question // that any of them asks
	Found       *LibraryFound   // nil where nothing was searched for
}

// queueVersions lists what is published.
func queueVersions(b *pgx.Batch, into *[]plan.Ref) {
	b.Queue(`select key, version, digest from template_version order by kind, key, version desc`).Query(func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, pgx.RowToStructByName[plan.Ref])
		return err
	})
}

// Words are the seats and kinds of evidence that published documents add, retired
// versions included: projects may still follow them.
func (s *Store) Words(ctx context.Context) (plan.Words, error) {
	var refs []plan.Ref
	b := &pgx.Batch{}
	queueVersions(b, &refs)
	if err := send(ctx, s.pool, b); err != nil {
		return plan.Words{}, batchError("reading the library's words", err)
	}
	lib, err := s.libraryOf(ctx, refs)
	if err != nil {
		return plan.Words{}, err
	}
	return lib.words, nil
}

// RecentWords are [Store.Words] for lists: what was published in the last minute
// may be missing.
func (s *Store) RecentWords(ctx context.Context) (plan.Words, error) {
	return recently(&s.templates, &s.templates.words, func() (plan.Words, error) { return s.Words(ctx) })
}

// Library lists what is published, for anybody who is signed in, and what of it
// has all words of a search.
func (s *Store) Library(ctx context.Context, by By, search string) (*LibraryView, error) {
	usual, err := s.DefaultLifecycle(ctx)
	if err != nil {
		return nil, err
	}
	out := &LibraryView{}
	var refs []plan.Ref
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	queueVersions(b, &refs)
	var definition plan.Ref
	queueDefault(b, &definition)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading the library", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	lib, err := s.libraryOf(ctx, refs)
	if err != nil {
		return nil, err
	}
	out.Questions = lib.questions
	for _, d := range lib.documents {
		switch d.Newest.Kind() {
		case plan.KindModule:
			out.Modules = append(out.Modules, d)
			continue
		case plan.KindDefinition:
			d.Usual = d.Newest.Key() == definition.Key
			out.Definitions = append(out.Definitions, d)
			continue
		case plan.KindPolicy:
			out.Policies = append(out.Policies, d)
			continue
		}
		d.Usual = d.Newest.Lifecycle.Key == usual.Key
		out.Lifecycles = append(out.Lifecycles, d)
	}
	if search != "" {
		out.Found = lib.find(search)
	}
	return out, nil
}

// DocumentView is one published version of a document.
type DocumentView struct {
	Viewer
	Document  plan.Document
	Ref       plan.Ref
	Before    *plan.Document // the version before it; nil when it is the first
	Versions  []int          // all, the newest first
	Questions []plan.Question
	Uses      []DocumentUse // by version, the newest first; versions that nobody follows are left out
	// Showing are the items of the library that a policy's requirements name, in the
	// newest versions.
	Showing map[plan.ItemKey][]LibraryItem
}

// DocumentUse is how many projects that the person may see go by a version.
type DocumentUse struct{ Version, Projects int }

// DocumentVersion reads one version, for anybody who is signed in. The error
// wraps [review.ErrNotFound] when there is none.
func (s *Store) DocumentVersion(ctx context.Context, by By, key string, version int) (*DocumentView, error) {
	out := &DocumentView{}
	var refs []plan.Ref
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	queueVersions(b, &refs)
	b.Queue(usesSQL, by.token[:], by.person, s.idle, key).Query(func(rows pgx.Rows) (err error) {
		out.Uses, err = pgx.CollectRows(rows, pgx.RowToStructByPos[DocumentUse])
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading a document", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	lib, err := s.libraryOf(ctx, refs)
	if err != nil {
		return nil, err
	}
	out.Questions = lib.questions
	own := slices.DeleteFunc(slices.Clone(refs), func(ref plan.Ref) bool { return ref.Key != key })
	at := slices.IndexFunc(own, func(ref plan.Ref) bool { return ref.Version == version })
	if at < 0 {
		return nil, fmt.Errorf("%s version %d: %w", key, version, review.ErrNotFound)
	}
	out.Ref = own[at]
	for _, ref := range own {
		out.Versions = append(out.Versions, ref.Version)
	}
	if out.Document, err = s.documentOn(ctx, s.pool, out.Ref); err != nil {
		return nil, err
	}
	if p := out.Document.Policy; p != nil {
		out.Showing = lib.showing(p)
	}
	if at+1 == len(own) {
		return out, nil
	}
	before, err := s.documentOn(ctx, s.pool, own[at+1])
	out.Before = &before
	return out, err
}

// UnknownItems are the keys that a policy's requirements name and no item of the library
// has.
func (s *Store) UnknownItems(ctx context.Context, p *plan.PolicyDocument) ([]plan.ItemKey, error) {
	var refs []plan.Ref
	b := &pgx.Batch{}
	queueVersions(b, &refs)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading the library", err)
	}
	lib, err := s.libraryOf(ctx, refs)
	if err != nil {
		return nil, err
	}
	var out []plan.ItemKey
	showing := lib.showing(p)
	for i := range p.Requirements {
		for _, k := range p.Requirements[i].Items {
			if len(showing[k]) == 0 && !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out, nil
}

// originSQL are the references to what a plan p is made of, and what an upgrade moves:
// policies are moved one by one.
const originSQL = `(select p.origin->'lifecycle' union all select m from json_array_elements(p.origin->'modules') m union all select p.origin->'definition')`

// madeOfSQL are the plans that a document is part of, by its key in $*: the
// digest of each, and the document's version there. Plans are as many as projects
// that were tailored, so an index says which have it.
const madeOfSQL = `
	select p.digest, (d.ref->>'version')::int as version
	  from plan p
	 cross join lateral (` + originSQL + ` union all select m from json_array_elements(p.origin->'policies') m) d (ref)
	 where p.documents @> array[$*::text] and d.ref->>'key' = $*`

// usesSQL counts the projects that the person may see whose present review goes
// by a document, by version.
var usesSQL = `with ` + meSQL + `,
	made as materialized (` + strings.ReplaceAll(madeOfSQL, "$*", "$4") + `)
	select made.version, count(*)::int
	  from portfolio f
	  join review r on r.project_id = f.project_id and r.no = f.review_no
	  join made on made.digest = r.plan, me
	 where ` + visibleSQL + `
	 group by made.version
	 order by made.version desc`

// Document reads a version of a document of any kind. The error wraps
// [review.ErrNotFound] when there is none.
func (s *Store) Document(ctx context.Context, key string, version int) (plan.Document, error) {
	ref := plan.Ref{Key: key, Version: version}
	err := s.pool.QueryRow(ctx, `select digest from template_version where key = $1 and version = $2::bigint`, key, int64(version)).Scan(&ref.Digest)
	if errors.Is(err, pgx.ErrNoRows) {
		return plan.Document{}, fmt.Errorf("%s version %d: %w", key, version, review.ErrNotFound)
	}
	if err != nil {
		return plan.Document{}, batchError("finding a document", err)
	}
	return s.documentOn(ctx, s.pool, ref)
}

// Shelf is a document with what the trail says of its versions.
type Shelf struct {
	Viewer
	*review.Published
	Name  string // of the newest version
	Draft bool   // somebody writes the next one
	Names Names
}

// Shelf reads a document, for anybody who is signed in. The error wraps
// [review.ErrNotFound] when nothing of that key is published.
func (s *Store) Shelf(ctx context.Context, by By, key string) (*Shelf, error) {
	out := &Shelf{Published: &review.Published{Key: key}}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	queuePublished(b, key, out.Published)
	b.Queue(`select coalesce((select name from template_version where key = $1 order by version desc limit 1), ''), exists (select from draft where key = $1)`, key).
		QueryRow(func(row pgx.Row) error { return row.Scan(&out.Name, &out.Draft) })
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading a document", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	if len(out.Versions) == 0 {
		return nil, fmt.Errorf("document %s: %w", key, review.ErrNotFound)
	}
	ids := map[review.PersonID]struct{}{out.Owner: {}}
	for i := range out.Versions {
		v := &out.Versions[i]
		for _, id := range []review.PersonID{v.By, v.ValidatedBy, v.Retired.By} {
			ids[id] = struct{}{}
		}
	}
	var err error
	out.Names, err = s.resolve(ctx, ids)
	return out, err
}
