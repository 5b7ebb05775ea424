package store

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// The search over everything goes by columns named search of projects, evidence,
// records and plans, which hold the words of a text as [fold.Words] has them, with a
// space before the first: a pattern that begins with a space finds the beginning of
// any word. Whatever writes a text here writes its words in the same statement; the
// sweep writes those of texts that an older program wrote.

// indexed are the words of a text as these columns hold them.
func indexed(parts ...string) string {
	words := fold.Words(strings.Join(parts, " "))
	if words == "" {
		return ""
	}
	return " " + words
}

// ProjectWords are what the search finds a project by.
func ProjectWords(name, key string, tags []string) string {
	return indexed(append([]string{name, key}, tags...)...)
}

// evidenceWords are what it finds evidence by. All addresses begin alike.
func evidenceWords(title, url string) string {
	return indexed(title, strings.TrimPrefix(strings.TrimPrefix(url, "https://"), "http://"))
}

// recordWords are what it finds a record by: "risk 3" and "R3" are names of one.
func recordWords(kind record.Key, no int, title string) string {
	name, mark := string(kind), ""
	if k := record.Of(kind); k != nil {
		name, mark = k.One, k.Mark+strconv.Itoa(no)
	}
	return indexed(name, strconv.Itoa(no), mark, title)
}

// ownWords are what it finds the items by that a project added to its plan itself.
func ownWords(t plan.Tailoring) string {
	var texts []string
	for i := range t.Own {
		texts = append(append(texts, t.Own[i].Title), itemTexts(&t.Own[i].Item)...)
	}
	return indexed(texts...)
}

// wordless are the tables with such a column, which rows are of the project $1, the
// texts that the column is made of, and how.
var wordless = []struct {
	table, of, texts string
	words            func([]string) (string, error)
}{
	{"project", `id = $1`, `array[name, key] || tags`, func(t []string) (string, error) { return ProjectWords(t[0], t[1], t[2:]), nil }},
	{"record", `project_id = $1`, `array[kind, no::text, title]`, func(t []string) (string, error) {
		no, err := strconv.Atoi(t[1])
		return recordWords(record.Key(t[0]), no, t[2]), err
	}},
	{"plan", `digest in (select plan from review where project_id = $1)`, `array[origin::text]`, func(t []string) (string, error) {
		var o plan.Origin
		err := json.Unmarshal([]byte(t[0]), &o)
		return ownWords(o.Tailoring), err
	}},
	{"evidence", `project_id = $1`, `array[title, url]`, func(t []string) (string, error) { return evidenceWords(t[0], t[1]), nil }},
}

// indexTexts writes the words of texts that have none, the most numerous last.
func (s *Store) indexTexts(ctx context.Context) error {
	for _, t := range wordless {
		for {
			var n int
			err := s.transact(ctx, func(tx *transaction) error {
				var rows []string
				var words []string
				b := &pgx.Batch{}
				// Locked, a row stays where it is; what somebody else changes or indexes is left to them.
				b.Queue(`select ctid::text, `+t.texts+` from `+t.table+` where search is null limit $1 for no key update skip locked`, foldBatch).
					Query(func(found pgx.Rows) error {
						var row string
						var texts []string
						_, err := pgx.ForEachRow(found, []any{&row, &texts}, func() error {
							w, err := t.words(texts)
							rows, words = append(rows, row), append(words, w)
							return err
						})
						return err
					})
				if err := tx.begin(ctx, b); err != nil {
					return batchError("looking for texts to index in "+t.table, err)
				}
				if n = len(rows); n == 0 {
					return nil
				}
				b = &pgx.Batch{}
				b.Queue(`update `+t.table+` t set search = n.words from unnest($1::text[], $2::text[]) as n(at, words) where t.ctid = n.at::tid`, rows, words)
				return tx.commit(ctx, b, "indexing texts in "+t.table)
			})
			if err != nil {
				return err
			}
			if n < foldBatch {
				break
			}
		}
	}
	return nil
}
