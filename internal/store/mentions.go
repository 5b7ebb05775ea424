package store

import (
	"context"
	"fmt"
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
	after := afterAt(text)
	if len(after) == 0 {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `
		select distinct p.id
		  from unnest($1::text[]) as m (rest)
		  join person p on starts_with(m.rest, lower(p.name) || ' ')
		                or (p.email <> '' and starts_with(m.rest, lower(split_part(p.email, '@', 1)) || ' '))`, after)
	if err != nil {
		return nil, batchError("looking for the people that a comment names", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[review.PersonID])
	if err != nil {
		return nil, batchError("looking for the people that a comment names", err)
	}
	return ids, nil
}

// afterAt lists what follows each "@" at the beginning of a word, in lower case
// and with a space where the word or name may end.
func afterAt(text string) []string {
	var out []string
	for at, r := range text {
		if r != '@' || len(out) == maxMentionTries {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(text[:at]); at > 0 && (unicode.IsLetter(before) || unicode.IsDigit(before)) {
			continue // an e-mail address
		}
		rest := []rune(strings.ToLower(text[at+1:]))
		if len(rest) > review.MaxName {
			rest = rest[:review.MaxName]
		}
		if name := nameEnds(rest); strings.TrimSpace(name) != "" {
			out = append(out, name)
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
// the person, and after which they have not written on the same item.
func (s *Store) queueMentions(b *pgx.Batch, by By, limit int, into *[]Mention) {
	b.Queue(`with `+meSQL+`
		select f.key, f.name, c.stage, c.item, c.person_id, c.at, c.text
		  from comment c
		  join portfolio f on f.project_id = c.project_id and f.review_no = c.review_no, me
		 where c.mentions <> '{}' and c.mentions @> array[(select id from me)]
		   and c.at > clock_timestamp() - make_interval(days => $4)
		   and not exists (select from comment mine
		                    where mine.project_id = c.project_id and mine.review_no = c.review_no and mine.stage = c.stage and mine.item = c.item
		                      and mine.no > c.no and mine.person_id = me.id)
		   and `+visibleSQL+`
		 order by c.at desc
		 limit $5`, by.token[:], by.person, s.idle, mentionDays, limit).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var m Mention
			if err := rows.Scan(&m.Project, &m.Name, &m.Stage, &m.Item, &m.By, &m.At, &m.Text); err != nil {
				return fmt.Errorf("reading mentions: %w", err)
			}
			m.At = m.At.UTC()
			*into = append(*into, m)
		}
		return rows.Err()
	})
}
