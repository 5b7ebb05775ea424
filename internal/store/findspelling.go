package store

import (
	"cmp"
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/review"
)

const (
	shortestMisspelt = 4   // shorter words are like too many others
	mostAlike        = 50  // texts with a word like one that was typed, of each kind
	mostCompared     = 500 // of those that have some of its trigrams
)

// nearest is a search with the words that were typed wrong as the library, or the name of
// a project, record or person spells them; empty where none is near. It goes by what the
// person may see alone. Links are too many to be compared.
func (s *Store) nearest(ctx context.Context, by By, found *finding, q searchedWords) (string, error) {
	words := make([]string, len(q.folded))
	changed := false
	b := &pgx.Batch{}
	b.Queue(`select set_config('pg_trgm.word_similarity_threshold', '0.28', true)`)
	queueByValue(b)
	spellings := make([]spelling, len(q.folded))
	for i, phrase := range q.phrases {
		words[i] = q.folded[i]
		if strings.ContainsAny(phrase, " 0123456789") || utf8.RuneCountInString(phrase) < shortestMisspelt {
			continue
		}
		spellings[i] = spelling{typed: []rune(phrase)}
		for word := range found.library.vocabulary {
			spellings[i].look(word)
		}
		if sp := &spellings[i]; sp.best == "" || sp.away > 1 {
			s.queueAlike(b, by, phrase, review.May(found.view.Actor, review.ViewPeople, nil) == nil, &spellings[i])
		}
	}
	if err := send(ctx, s.pool, b); err != nil {
		return "", batchError("looking for words like those", err)
	}
	for i := range spellings {
		if sp := &spellings[i]; sp.best != "" && !sp.known() {
			words[i], changed = sp.best, true
		}
	}
	if !changed {
		return "", nil
	}
	return strings.Join(words, " "), nil
}

// queueAlike offers the words of names and titles that have trigrams in common with
// one that was typed.
func (s *Store) queueAlike(b *pgx.Batch, by By, typed string, people bool, into *spelling) {
	take := func(rows pgx.Rows) error {
		var text string
		_, err := pgx.ForEachRow(rows, []any{&text}, func() error {
			for _, word := range strings.Fields(fold.Words(text)) {
				into.look(word)
			}
			return nil
		})
		return err
	}
	for _, from := range []string{
		`project t join portfolio f on f.project_id = t.id`, `record t join portfolio f on f.project_id = t.project_id`,
	} {
		b.Queue(`with `+meSQL+`
			select search from (select t.search from `+from+`, me where $4 <% t.search and `+visibleSQL+` limit $5) t
			 order by word_similarity($4, search) desc limit $6`, by.token[:], by.person, s.idle, typed, mostCompared, mostAlike).Query(take)
	}
	if !people {
		return
	}
	b.Queue(`
		select search from (select search from person where $1 <% search and erased_at is null limit $2) p
		 order by word_similarity($1, search) desc limit $3`, typed, mostCompared, mostAlike).Query(take)
}

// spelling is the nearest word to one that was typed.
type spelling struct {
	typed []rune
	best  string
	away  int
}

// known reports whether the word is one, or the beginning of one.
func (s *spelling) known() bool { return s.best != "" && s.away == 0 }

// look takes a word that is nearer than the best so far. The longer a word, the more
// of it may be wrong.
func (s *spelling) look(word string) {
	most := 1
	if len(s.typed) >= 8 {
		most = 2
	}
	if strings.HasPrefix(word, string(s.typed)) {
		s.best, s.away = word, 0
		return
	}
	runes := []rune(word)
	if d := len(runes) - len(s.typed); d > most || -d > most {
		return
	}
	away := distance(s.typed, runes)
	if away <= most && (s.best == "" || cmp.Or(away-s.away, cmp.Compare(word, s.best)) < 0) {
		s.best, s.away = word, away
	}
}

// distance is how many letters have to be put in, left out, changed or swapped with
// their neighbour to make one word of another.
func distance(a, b []rune) int {
	var before, last []int
	now := make([]int, len(b)+1)
	for j := range now {
		now[j] = j
	}
	for i := range a {
		before, last, now = last, now, make([]int, len(b)+1)
		now[0] = i + 1
		for j := range b {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			now[j+1] = min(last[j]+change, last[j+1]+1, now[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				now[j+1] = min(now[j+1], before[j-1]+1)
			}
		}
	}
	return now[len(b)]
}
