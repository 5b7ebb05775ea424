package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// maxMentionTries is how many times "@" in a comment is looked at.
const maxMentionTries = 2 * review.MaxMentions

// Mentioned finds the people whom a text names: "@" followed by their full
// name, or by what stands before the "@" in their address, however it is typed
// that people read as the same. It tells nothing about who may see what; the
// command sorts that out.
func (s *Store) Mentioned(ctx context.Context, text string) ([]review.PersonID, error) {
	after := afterAt(text)
	if len(after) == 0 {
		return nil, nil
	}
	if err := s.foldNames(ctx); err != nil {
		return nil, err
	}
	found, err := s.named(ctx, after)
	var ids []review.PersonID
	for _, people := range found {
		ids = append(ids, people...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// Unmatched lists the names after "@" in a text that none of the people has: a
// word each, as it was typed, once. It is the same for a name that nobody has
// and for one whose holder is not among the people.
func (s *Store) Unmatched(ctx context.Context, text string, people ...review.PersonID) ([]string, error) {
	after := afterAt(text)
	found, err := s.named(ctx, after)
	if err != nil {
		return nil, err
	}
	var out []string
	for i, a := range after {
		known := slices.ContainsFunc(found[i], func(p review.PersonID) bool { return slices.Contains(people, p) })
		if !known && !slices.Contains(out, a.word) {
			out = append(out, a.word)
		}
	}
	return out, nil
}

// named finds for each "@" the people that it may name.
func (s *Store) named(ctx context.Context, after []afterName) ([][]review.PersonID, error) {
	if len(after) == 0 {
		return nil, nil
	}
	found := make([][]review.PersonID, len(after))
	var names []string
	var nos []int32
	for i, a := range after {
		for _, name := range a.names {
			names, nos = append(names, name), append(nos, int32(i))
		}
	}
	// One by one: the planner would rather read everybody's name once than believe
	// that few are asked for.
	rows, err := s.pool.Query(ctx, `
		select distinct m.no, p.id
		  from unnest($1::int[], $2::text[]) as m (no, name)
		 cross join lateral (
		      select id from person where folded = m.name
		       union all
		      select id from person where lower(split_part(email, '@', 1)) = m.name and email <> ''
		      offset 0) p
		 order by m.no, p.id`, nos, names)
	if err != nil {
		return nil, batchError("looking for the people that a comment names", err)
	}
	var no int
	var id review.PersonID
	if _, err := pgx.ForEachRow(rows, []any{&no, &id}, func() error {
		found[no] = append(found[no], id)
		return nil
	}); err != nil {
		return nil, batchError("looking for the people that a comment names", err)
	}
	return found, nil
}

// afterName is what follows an "@".
type afterName struct {
	word  string   // as it was typed
	names []string // that the text may go on with, see namesIn
}

// afterAt lists what follows each "@" at the beginning of a word.
func afterAt(text string) []afterName {
	var out []afterName
	for at, r := range text {
		if r != '@' || len(out) == maxMentionTries {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(text[:at]); at > 0 && ofWord(before) {
			continue // an e-mail address
		}
		word := text[at+1:]
		if end := strings.IndexFunc(word, unicode.IsSpace); end >= 0 {
			word = word[:end]
		}
		word = strings.TrimRightFunc(word, func(r rune) bool { return !ofWord(r) })
		if word == "" {
			continue // nothing that could be a name
		}
		if names := namesIn(text[at+1:]); len(names) > 0 {
			out = append(out, afterName{word, names})
		}
	}
	return out
}

// ofWord reports whether a word goes on with a character.
func ofWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// maxTyped is the most characters in which a name is typed: accents may be
// characters of their own.
const maxTyped = 4 * review.MaxName

// namesIn lists all names that a text may begin with, in the form of [fold.Text]
// and, since addresses are not kept in that, in lower case: it is for the people
// to tell how many words their names have.
func namesIn(text string) []string {
	whole := true
	typed := 0
	for at := range text {
		if typed++; typed > maxTyped {
			text, whole = text[:at], false
			break
		}
	}
	names := beginnings(fold.Text(text), whole)
	for _, name := range beginnings(strings.ToLower(text), whole) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// beginnings are a text up to each place where a name can end: before a space,
// before what is no letter unless one follows, as in "jean-luc", and at the end
// of the whole text.
func beginnings(text string, whole bool) []string {
	var out []string
	runes := []rune(text)
	for i, r := range runes {
		if i > review.MaxName {
			return out
		}
		next := ' '
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		if ends := unicode.IsSpace(r) || !ofWord(r) && !ofWord(next); ends && i > 0 {
			out = append(out, string(runes[:i]))
		}
	}
	if whole && len(runes) > 0 {
		out = append(out, text)
	}
	return out
}

// mentionDays is how long a mention that nobody answered stands on somebody's
// work.
const mentionDays = 14

// Mention is a comment that names the person.
type Mention struct {
	Project review.ProjectKey
	Name    string        // of the project
	Stage   plan.StageKey // with the item, where it is said of one
	Item    plan.ItemKey
	Kind    record.Key // with the number, where it is said of a record
	Record  int
	By      review.PersonID
	At      time.Time
	Text    string
}

// queueMentions asks for the newest comments of the last [mentionDays] that name
// the person, and after which they have not written on the same item or record; in a
// stopped project nobody can.
func (s *Store) queueMentions(b *pgx.Batch, by By, limit int, into *[]Mention, all *int) {
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+`, c.stage, c.item, c.kind, c.record_no, c.person_id, c.at, c.text, count(*) over ()
		  from (select c.project_id, c.review_no, c.stage, c.item, '' as kind, 0 as record_no, c.person_id, c.at, c.text
		          from comment c
		         where c.mentions <> '{}' and c.mentions @> array[(select id from me)] and c.at > clock_timestamp() - make_interval(days => $4)
		           and not exists (select from comment mine
		                            where mine.project_id = c.project_id and mine.review_no = c.review_no and mine.stage = c.stage and mine.item = c.item
		                              and mine.no > c.no and mine.person_id = (select id from me))
		         union all
		        select c.project_id, null, '', '', t.kind, c.record_no, c.person_id, c.at, c.text
		          from record_comment c
		          join record t on t.project_id = c.project_id and t.no = c.record_no
		         where c.mentions <> '{}' and c.mentions @> array[(select id from me)] and c.at > clock_timestamp() - make_interval(days => $4)
		           and not exists (select from record_comment mine
		                            where mine.project_id = c.project_id and mine.record_no = c.record_no
		                              and mine.no > c.no and mine.person_id = (select id from me))) c
		  join portfolio f on f.project_id = c.project_id and f.review_no = coalesce(c.review_no, f.review_no), me
		 where f.status <> 'stopped' and `+visibleSQL+`
		 order by c.at desc
		 limit $5`, by.token[:], by.person, s.idle, mentionDays, limit).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var m Mention
			if err := rows.Scan(&m.Project, &m.Name, &m.Stage, &m.Item, (*string)(&m.Kind), &m.Record, &m.By, &m.At, &m.Text, all); err != nil {
				return fmt.Errorf("reading mentions: %w", err)
			}
			m.At = m.At.UTC()
			*into = append(*into, m)
		}
		return rows.Err()
	})
}
