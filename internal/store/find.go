package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// SearchKind is a kind of what the search finds.
type SearchKind string

const (
	SearchProjects  SearchKind = "projects"
	SearchItems     SearchKind = "items"
	SearchEvidence  SearchKind = "evidence"
	SearchRecords   SearchKind = "records"
	SearchPeople    SearchKind = "people"
	SearchDocuments SearchKind = "library"
)

// SearchKinds lists them in the order in which a page shows them.
func SearchKinds() []SearchKind {
	return []SearchKind{SearchProjects, SearchItems, SearchEvidence, SearchRecords, SearchPeople, SearchDocuments}
}

const (
	SearchMost = 100 // hits of a kind that are listed; nobody reads more
	SearchPage = 20  // on a page of one kind
	SearchFew  = 5   // of each kind on the page of all

	mostWords = 8   // of a search; more narrow nothing any further
	ownFirst  = 100 // projects of a person whose texts are looked at before all others

	latestRows = 20_000 // of a table that are read for a word that may be common
)

// Searched is what is looked for.
type Searched struct {
	Text string
	Kind SearchKind // list only these; empty: some of each
	Page int        // from 1, of one kind
}

// SearchCount is how many hits of a kind the person may see.
type SearchCount struct {
	Kind SearchKind
	N    int
	More bool // there are more than N
}

// SearchView is what was found.
type SearchView struct {
	Viewer
	Blank     bool   // there was nothing to look for: no letter and no digit
	Cut       bool   // there were too many words; the first were looked for
	Instead   string // nothing has what was typed; this spelling is what was looked for
	Counts    []SearchCount
	Page      int // of the kind that was asked for; the last one in the place of one beyond it
	Projects  []FoundProject
	Items     []FoundItem
	Evidence  []FoundEvidence
	Records   []FoundRecord
	People    []Somebody
	Documents []plan.Document
}

// FoundIn is the project that a hit is of.
type FoundIn struct {
	Project review.ProjectKey
	Name    string
	Own     bool // the person works on it
	id      review.ProjectID

	lifecycle string // that it follows
}

func (f *FoundIn) in() *FoundIn { return f }

// FoundProject is a project whose name or key has the words.
type FoundProject struct {
	FoundIn
	Team   string
	Status review.Status
	rank   int
}

// FoundItem is an item whose wording has the words: of the library, where Item is not
// nil, or one that a project added itself.
type FoundItem struct {
	LibraryItem
	Projects int // that the person may see and that ask it; of an item of the library
	// FoundIn is the project that added it or, of an item of the library, one that the
	// person works on and that asks it, if there is any.
	FoundIn
	Stage plan.StageKey // of that project
	Key   plan.ItemKey
	Title string
}

// FoundEvidence is evidence whose title or link has the words.
type FoundEvidence struct {
	FoundIn
	Stage plan.StageKey
	Item  plan.ItemKey
	Asked string // the item's title, where the library has it
	No    int
	Title string
	URL   string
	rank  int
}

// FoundRecord is a record whose title or name, as "risk 3", has the words.
type FoundRecord struct {
	FoundIn
	Kind  record.Key
	No    int
	Title string
	State record.StateKey
	rank  int
}

// searchedWords are the words of a search.
type searchedWords struct {
	folded  []string // as [fold.Text] has them
	phrases []string // as [fold.Words] has them: "roll-back" is two words that stand side by side
	parts   []string // what texts have that have these, see [likePhrase]
	whole   string   // all phrases
	key     string   // as the key of a project
	cut     bool     // there were more
}

func readSearch(text string) searchedWords {
	var q searchedWords
	for _, word := range strings.Fields(fold.Text(text)) {
		switch phrase := fold.Words(word); {
		case phrase == "":
		case len(q.phrases) == mostWords:
			q.cut = true
		default:
			q.folded, q.phrases, q.parts = append(q.folded, word), append(q.phrases, phrase), append(q.parts, strings.Trim(likePhrase(phrase), "%"))
		}
	}
	q.whole, q.key = strings.Join(q.phrases, " "), strings.Join(q.folded, "-")
	return q
}

// likePhrase is a pattern of texts that have a phrase. One or two letters are in
// nearly every text, so a word has to begin with them.
func likePhrase(phrase string) string {
	first, _ := utf8.DecodeRuneInString(phrase)
	if fold.Alone(first) || utf8.RuneCountInString(phrase) < 3 {
		return "% " + phrase + "%"
	}
	return "%" + phrase + "%"
}

// arguments number the parameters of a statement.
type arguments []any

func (a *arguments) add(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

// has is the condition that a column of [indexed] words has all phrases.
func (q *searchedWords) has(a *arguments, column string) string {
	conditions := make([]string, len(q.phrases))
	for i, p := range q.phrases {
		conditions[i] = column + ` like ` + a.add(likePhrase(p))
	}
	return strings.Join(conditions, " and ")
}

// Search looks for texts that have all words of a search, wherever the person may
// see them. What the person may not see takes no part in any count. The first hits
// of a kind are exact ones, then come those in projects that the person works on.
func (s *Store) Search(ctx context.Context, by By, in Searched) (*SearchView, error) {
	q := readSearch(in.Text)
	if len(q.phrases) == 0 {
		out := &SearchView{Blank: true, Page: 1}
		b := &pgx.Batch{}
		s.queueViewer(b, by, &out.Viewer)
		if err := send(ctx, s.pool, b); err != nil {
			return nil, batchError("finding out who searches", err)
		}
		s.noteUse(ctx, by, &out.Viewer)
		return out, nil
	}
	if err := s.foldNames(ctx); err != nil {
		return nil, err
	}
	found, err := s.findAll(ctx, by, q)
	if err != nil {
		return nil, err
	}
	s.noteUse(ctx, by, &found.view.Viewer)
	if found.none() {
		near, err := s.nearest(ctx, by, found, q)
		if err != nil {
			return nil, err
		}
		if near != "" {
			again, err := s.findAll(ctx, by, readSearch(near))
			if err != nil {
				return nil, err
			}
			if !again.none() {
				found = again
				found.view.Instead = near
			}
		}
	}
	if err := s.order(ctx, by, found); err != nil {
		return nil, err
	}
	found.cut(in)
	if err := s.count(ctx, by, found); err != nil {
		return nil, err
	}
	found.view.Cut = q.cut
	return found.view, s.nameFound(ctx, by, found)
}

// finding is a search under way.
type finding struct {
	view    *SearchView
	library *publishedLibrary
	sight   sight
}

func (f *finding) none() bool {
	return !slices.ContainsFunc(f.view.Counts, func(c SearchCount) bool { return c.N > 0 })
}

// findAll finds the hits of all kinds, in order, in one round trip, and another one for the names of
// projects to be as they are now.
func (s *Store) findAll(ctx context.Context, by By, q searchedWords) (*finding, error) {
	if err := s.standings.upToNow(ctx, s); err != nil {
		return nil, err
	}
	v := &SearchView{}
	out := &finding{view: v}
	var refs []plan.Ref
	var own []FoundItem
	var evidence, records bool // there are more
	b := &pgx.Batch{}
	s.queueViewer(b, by, &v.Viewer)
	queueVersions(b, &refs)
	s.queueOwnItems(b, by, q, &own)
	queuePeople(b, q, v)
	s.queueSight(b, by, &out.sight)
	queueByValue(b)
	s.queueEvidence(b, by, q, v, &evidence)
	s.queueRecords(b, by, q, v, &records)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("searching", err)
	}
	if review.May(v.Actor, review.ViewPeople, nil) != nil {
		v.People = nil
	}
	v.Projects = s.standings.find(&q, &out.sight)
	var err error
	if out.library, err = s.libraryOf(ctx, refs); err != nil {
		return nil, err
	}
	found := out.library.find(strings.Join(q.folded, " "))
	v.Documents = found.Documents
	for _, it := range found.Items {
		v.Items = append(v.Items, FoundItem{LibraryItem: it, Key: it.Item.Key, Title: it.Item.Title})
	}
	v.Items = append(v.Items, own...)
	all := found.All + len(own)
	for _, c := range []struct {
		kind SearchKind
		n    int
		more bool
	}{
		{SearchProjects, len(v.Projects), false}, {SearchItems, all, false}, {SearchEvidence, len(v.Evidence), evidence},
		{SearchRecords, len(v.Records), records}, {SearchPeople, len(v.People), false}, {SearchDocuments, len(v.Documents), false},
	} {
		v.Counts = append(v.Counts, SearchCount{Kind: c.kind, N: min(c.n, SearchMost), More: c.more || c.n > SearchMost})
	}
	return out, nil
}

// queueByValue has the statements after it planned for the words that they look for:
// common ones and rare ones are found in other ways. That costs a millisecond each.
func queueByValue(b *pgx.Batch) {
	b.Queue(`select set_config('plan_cache_mode', 'force_custom_plan', true)`)
}

// queueOnce has the statements after it planned once for all, however few projects they are given
// the numbers of.
func queueOnce(b *pgx.Batch) {
	b.Queue(`select set_config('plan_cache_mode', 'force_generic_plan', true)`)
}

func (s *Store) asked(by By) arguments { return arguments{by.token[:], by.person, s.idle} }

// inOwnFirst selects something t of what fits, in the order of its table. What stands in
// the projects that the person works on is looked through in any case; who sees no
// others has all of theirs looked through. Of the rest the latest rows are read one
// after the other: a common word is found in them often enough, and nobody reads more.
// Only a rarer one is looked for by its trigrams, which finds all that have it.
// PostgreSQL cannot tell beforehand which it is.
func inOwnFirst(columns, table, counts, fits, order string) string {
	most, latest := strconv.Itoa(SearchMost+1), strconv.Itoa(latestRows)
	// Where texts are compared one by one, byte by byte is twice as quick, and finds the same.
	read := strings.ReplaceAll(fits, `t.search like`, `t.search collate "C" like`)
	from := ` join portfolio f on f.project_id = t.project_id, me`
	return `with ` + meSQL + `,
		first as materialized (select case when me.reads then me.own[1:` + strconv.Itoa(ownFirst) + `] else me.own end as ids from me),
		latest as materialized (
		    select ` + columns + `, f.project_id = any(me.own) from (select * from ` + table + ` t where ` + counts + ` order by ` + order + ` limit ` + latest + `) t` + from + `
		     where me.reads and ` + read + ` and ` + visibleSQL + ` limit ` + most + `),
		rare as materialized (
		    select ` + columns + `, f.project_id = any(me.own) from ` + table + ` t` + from + `
		     where me.reads and (select count(*) from latest) < ` + most + ` and ` + counts + ` and ` + fits + ` and ` + visibleSQL + `)
		(select ` + columns + `, true from ` + table + ` t` + from + `, first where t.project_id = any(first.ids) and ` + counts + ` and ` + fits + ` and ` + visibleSQL + ` order by ` + order + ` limit ` + most + `)
		union all
		table latest
		union all
		(select * from rare t order by ` + order + ` limit ` + most + `)`
}

func (s *Store) foundEvidenceSQL(by By, q searchedWords) (string, arguments) {
	a := s.asked(by)
	rank := `case when t.search like ` + a.add("% "+q.whole+"%") + ` then 0 else 1 end`
	return inOwnFirst(`t.project_id, t.review_no, t.stage, t.item, t.no, t.title, t.url, `+rank, `evidence`, `t.removed_at is null`,
		`t.review_no = f.review_no and `+q.has(&a, "t.search"), `t.project_id desc, t.review_no desc, t.stage desc, t.no desc`), a
}

func (s *Store) queueEvidence(b *pgx.Batch, by By, q searchedWords, v *SearchView, more *bool) {
	sql, a := s.foundEvidenceSQL(by, q)
	b.Queue(sql, a...).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e FoundEvidence, err error) {
			err = row.Scan(&e.id, nil, (*string)(&e.Stage), (*string)(&e.Item), &e.No, &e.Title, &e.URL, &e.rank, &e.Own)
			return e, err
		})
		slices.SortFunc(all, func(a, b FoundEvidence) int {
			return cmp.Or(ownBefore(a.Own, b.Own), a.rank-b.rank, cmp.Compare(b.id, a.id), cmp.Compare(a.Stage, b.Stage), a.No-b.No)
		})
		v.Evidence = slices.CompactFunc(all, func(a, b FoundEvidence) bool { return a.id == b.id && a.Stage == b.Stage && a.No == b.No })
		*more = len(v.Evidence) > SearchMost
		return err
	})
}

func (s *Store) foundRecordsSQL(by By, q searchedWords) (string, arguments) {
	a := s.asked(by)
	rank := `case when t.search like ` + a.add(" "+q.whole+" %") + ` then 0 when t.search like ` + a.add("% "+q.whole+"%") + ` then 1 else 2 end`
	return inOwnFirst(`t.project_id, t.kind, t.no, t.title, t.state, `+rank, `record`, `true`, q.has(&a, "t.search"), `t.project_id desc, t.no desc`), a
}

func (s *Store) queueRecords(b *pgx.Batch, by By, q searchedWords, v *SearchView, more *bool) {
	sql, a := s.foundRecordsSQL(by, q)
	b.Queue(sql, a...).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r FoundRecord, err error) {
			err = row.Scan(&r.id, (*string)(&r.Kind), &r.No, &r.Title, (*string)(&r.State), &r.rank, &r.Own)
			return r, err
		})
		slices.SortFunc(all, func(a, b FoundRecord) int {
			return cmp.Or(ownBefore(a.Own, b.Own), a.rank-b.rank, cmp.Compare(b.id, a.id), a.No-b.No)
		})
		v.Records = slices.CompactFunc(all, func(a, b FoundRecord) bool { return a.id == b.id && a.No == b.No })
		*more = len(v.Records) > SearchMost
		return err
	})
}

func ownBefore(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func (s *Store) foundOwnItemsSQL(by By, q searchedWords) (string, arguments) {
	a := s.asked(by)
	return `with ` + meSQL + `
		select f.project_id, f.project_id = any(me.own), p.origin->'tailoring'->'own'
		  from plan p join review r on r.plan = p.digest join portfolio f on f.project_id = r.project_id and f.review_no = r.no, me
		 where p.search <> '' and ` + q.has(&a, "p.search") + ` and ` + visibleSQL + `
		 order by 2 desc, f.project_id desc limit ` + strconv.Itoa(SearchMost+1), a
}

// queueOwnItems finds the items that projects added themselves. A plan has the words
// of all of them, so which of them fits is found out here.
func (s *Store) queueOwnItems(b *pgx.Batch, by By, q searchedWords, into *[]FoundItem) {
	sql, a := s.foundOwnItemsSQL(by, q)
	b.Queue(sql, a...).Query(func(rows pgx.Rows) error {
		var in FoundIn
		var added []byte
		_, err := pgx.ForEachRow(rows, []any{&in.id, &in.Own, &added}, func() error {
			var items []plan.OwnItem
			if err := json.Unmarshal(added, &items); err != nil {
				return fmt.Errorf("reading the items that a project added: %w", err)
			}
			for i := range items {
				it := &items[i]
				words := indexed(append([]string{it.Title}, itemTexts(&it.Item)...)...)
				if q.allIn(words) {
					*into = append(*into, FoundItem{FoundIn: in, Stage: it.Stage, Key: it.Key, Title: it.Title})
				}
			}
			return nil
		})
		return err
	})
}

// allIn is [searchedWords.has] of words that are at hand.
func (q *searchedWords) allIn(words string) bool {
	for _, part := range q.parts {
		if !strings.Contains(words, part) {
			return false
		}
	}
	return true
}

func queuePeople(b *pgx.Batch, q searchedWords, v *SearchView) {
	var a arguments
	begins := a.add(likeEscape(strings.Join(q.folded, " ")) + "%")
	conditions := []string{`p.erased_at is null`}
	for _, word := range q.folded {
		conditions = append(conditions, `p.search like `+a.add("%"+likeEscape(word)+"%"))
	}
	b.Queue(`
		select p.id, p.name, p.email, `+namesakeSQL+` from (
		    select p.* from person p where `+strings.Join(conditions, " and ")+`
		     order by p.search like `+begins+` desc, lower(p.name), p.id limit `+strconv.Itoa(SearchMost+1)+`) p
		 order by p.search like `+begins+` desc, lower(p.name), p.id`, a...).Query(func(rows pgx.Rows) (err error) {
		v.People, err = collectSomebody(rows)
		return err
	})
}

// cut leaves the hits that a page shows.
func (f *finding) cut(in Searched) {
	v := f.view
	from, most := func(SearchKind) int { return 0 }, func(SearchKind) int { return SearchFew }
	v.Page = 1
	if i := slices.IndexFunc(v.Counts, func(c SearchCount) bool { return c.Kind == in.Kind }); i >= 0 {
		last := max(1, (v.Counts[i].N+SearchPage-1)/SearchPage)
		v.Page = min(max(in.Page, 1), last)
		from = func(SearchKind) int { return (v.Page - 1) * SearchPage }
		most = func(k SearchKind) int {
			if k != in.Kind {
				return 0
			}
			return min(SearchPage, SearchMost-(v.Page-1)*SearchPage)
		}
	}
	v.Projects = stretch(v.Projects, from(SearchProjects), most(SearchProjects))
	v.Items = stretch(v.Items, from(SearchItems), most(SearchItems))
	v.Evidence = stretch(v.Evidence, from(SearchEvidence), most(SearchEvidence))
	v.Records = stretch(v.Records, from(SearchRecords), most(SearchRecords))
	v.People = stretch(v.People, from(SearchPeople), most(SearchPeople))
	v.Documents = stretch(v.Documents, from(SearchDocuments), most(SearchDocuments))
}

func stretch[T any](all []T, from, most int) []T {
	from = min(from, len(all))
	return all[from:min(from+most, len(all))]
}
