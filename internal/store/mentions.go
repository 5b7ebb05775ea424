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
	"github.com/slipway-prr/slipway/internal/review"
)

// maxMentionTries is how many times "@" in a comment is looked at.
const maxMentionTries = 2 * review.MaxMentions

// Mentioned finds the people whom a text names: "@" followed by their full
// name, or by what stands before the "@" in their address. It tells nothing
// about who may see what; the command sorts that out.
func (s *Store) Mentioned(ctx context.Context, text string) ([]review.PersonID, error) {
	found, err := s.named(ctx, afterAt(text))
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
	rest, found := make([]string, len(after)), make([][]review.PersonID, len(after))
	for i, a := range after {
		rest[i] = a.rest
	}
	rows, err := s.pool.Query(ctx, `
		select m.no::int, p.id
		  from unnest($1::text[]) with ordinality as m (rest, no)
		  join person p on starts_with(m.rest, lower(p.name) || ' ')
		                or (p.email <> '' and starts_with(m.rest, lower(split_part(p.email, '@', 1)) || ' '))`, rest)
	if err != nil {
		return nil, batchError("looking for the people that a comment names", err)
	}
	var no int
	var id review.PersonID
	if _, err := pgx.ForEachRow(rows, []any{&no, &id}, func() error {
		found[no-1] = append(found[no-1], id)
		return nil
	}); err != nil {
		return nil, batchError("looking for the people that a comment names", err)
	}
	return found, nil
}

// afterName is what follows an "@".
type afterName struct {
	word string // as it was typed
	rest string // see afterAt
}

// afterAt lists what follows each "@" at the beginning of a word, in lower case
// and with a space where the word or name may end.
func afterAt(text string) []afterName {
	var out []afterName
	for at, r := range text {
		if r != '@' || len(out) == maxMentionTries {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(text[:at]); at > 0 && (unicode.IsLetter(before) || unicode.IsDigit(before)) {
			continue // an e-mail address
		}
		word := text[at+1:]
		if end := strings.IndexFunc(word, unicode.IsSpace); end >= 0 {
			word = word[:end]
		}
		word = strings.TrimRightFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if word == "" {
			continue // nothing that could be a name
		}
		rest := []rune(strings.ToLower(text[at+1:]))
		if len(rest) > review.MaxName {
			rest = rest[:review.MaxName]
		}
		if name := nameEnds(rest); strings.TrimSpace(name) != "" {
			out = append(out, afterName{word, name})
		}
	}
	return out
}

// nameEnds replaces what no name ends in or goes on after by a space, so that
// "ada lindqvist, can you" begins with "ada lindqvist ".
func nameEnds(rest []rune) string {
	var b strings.Builder
	for i, r := range rest {
		next := ' '
		if i+1 < len(rest) {
			next = rest[i+1]
		}
		wordGoesOn := unicode.IsLetter(next) || unicode.IsDigit(next)
		if !unicode.IsSpace(r) && (!unicode.IsPunct(r) || wordGoesOn) {
			b.WriteRune(r)
			continue
		}
		b.WriteRune(' ')
	}
	b.WriteRune(' ')
	return b.String()
}

// mentionDays is how long a mention that nobody answered stands on somebody's
// work.
const mentionDays = 14

// Mention is a comment that names the person.
type Mention struct {
	Project review.ProjectKey
	Name    string // of the project
	Stage   review.StageKey
	Item    review.ItemKey
	By      review.PersonID
	At      time.Time
	Text    string
}

// queueMentions asks for the newest comments of the last [mentionDays] that name
// the person, and after which they have not written on the same item; in a stopped
// project nobody can.
func (s *Store) queueMentions(b *pgx.Batch, by By, limit int, into *[]Mention, all *int) {
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+`, c.stage, c.item, c.person_id, c.at, c.text, count(*) over ()
		  from comment c
		  join portfolio f on f.project_id = c.project_id and f.review_no = c.review_no, me
		 where c.mentions <> '{}' and c.mentions @> array[(select id from me)]
		   and f.status <> 'stopped' and c.at > clock_timestamp() - make_interval(days => $4)
		   and not exists (select from comment mine
		                    where mine.project_id = c.project_id and mine.review_no = c.review_no and mine.stage = c.stage and mine.item = c.item
		                      and mine.no > c.no and mine.person_id = me.id)
		   and `+visibleSQL+`
		 order by c.at desc
		 limit $5`, by.token[:], by.person, s.idle, mentionDays, limit).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var m Mention
			if err := rows.Scan(&m.Project, &m.Name, &m.Stage, &m.Item, &m.By, &m.At, &m.Text, all); err != nil {
				return fmt.Errorf("reading mentions: %w", err)
			}
			m.At = m.At.UTC()
			*into = append(*into, m)
		}
		return rows.Err()
	})
}
