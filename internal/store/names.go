package store

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/review"
)

// namesFor is how long a replica may show a name after it changed elsewhere.
const namesFor = time.Minute

// nameCache keeps people's names, so that a page full of people costs no join
// for each mention. It is emptied every minute, and whenever anything happened in
// the directory: nobody is to be shown by name who was erased.
type nameCache struct {
	mu     sync.RWMutex
	since  time.Time
	rights int64 // the version of the directory
	byID   map[review.PersonID]string
}

// Names are the names of the people on a page.
type Names map[review.PersonID]string

// systemName is what pages call Slipway itself where it did something.
const systemName = "Slipway"

// taken are names that pages give by themselves, in the form of [fold.Text] with
// letters and digits that look alike made one.
var taken = regexp.MustCompile(`\b` + alike.Replace(fold.Text(systemName)) + `\b|^(` + alike.Replace("person") + `|` + alike.Replace("former member") + `) [\dlo]+$`)

// alike makes one what many typefaces draw alike.
var alike = strings.NewReplacer("i", "l", "1", "l", "|", "l", "0", "o")

// ownName is a person's name as their provider gives it, marked where it could be
// taken for one that Slipway gives, to itself or to somebody without a name.
func ownName(name string) string {
	const mark = " (a person’s own name)"
	if !strings.HasSuffix(name, mark) && taken.MatchString(alike.Replace(fold.Text(name))) {
		return name + mark
	}
	return name
}

// Of is a person's name, fit to be shown.
func (n Names) Of(id review.PersonID) string {
	if id == review.System {
		return systemName
	}
	if name, ok := n[id]; ok {
		return name
	}
	return unnamed(id)
}

// resolve finds names, asking the database only for those not known.
func (s *Store) resolve(ctx context.Context, ids map[review.PersonID]struct{}) (Names, error) {
	return s.resolveOn(ctx, s.pool, ids)
}

func (s *Store) resolveOn(ctx context.Context, db source, ids map[review.PersonID]struct{}) (Names, error) {
	out := make(Names, len(ids))
	missing := s.names.take(ids, out)
	if len(missing) == 0 {
		return out, nil
	}
	rows, err := db.Query(ctx, `select p.id, p.name, `+namesakeSQL+` from person p where p.id = any($1)`, missing)
	if err != nil {
		return nil, fmt.Errorf("reading names: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id review.PersonID
		var name string
		var namesake bool
		if err := rows.Scan(&id, &name, &namesake); err != nil {
			return nil, fmt.Errorf("reading names: %w", err)
		}
		name = toldApart(id, name, namesake)
		out[id] = name
		s.names.set(id, name)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading names: %w", err)
	}
	return out, nil
}

// take copies what is known and returns what is not.
func (c *nameCache) take(ids map[review.PersonID]struct{}, out Names) []int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	fresh := time.Since(c.since) < namesFor
	var missing []int64
	for id := range ids {
		name, ok := c.byID[id]
		if ok && fresh {
			out[id] = name
		} else if id != review.System {
			missing = append(missing, int64(id))
		}
	}
	return missing
}

// namesakeSQL is whether a person p has the name of somebody else, as people
// read it.
const namesakeSQL = `exists (select from person o where o.folded = p.folded and o.id <> p.id)`

// toldApart is a name as others read it: with the person's number where somebody
// else has the same name.
func toldApart(id review.PersonID, name string, namesake bool) string {
	if !namesake {
		return name
	}
	return fmt.Sprintf("%s (person %d)", name, id)
}

// unnamed is what a person is called of whom there is only the number.
func unnamed(id review.PersonID) string { return fmt.Sprintf("Person %d", id) }

// upTo has all names read anew when the directory has gone on.
func (c *nameCache) upTo(rights int64) {
	c.mu.RLock()
	same := rights <= c.rights
	c.mu.RUnlock()
	if same {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if rights > c.rights {
		c.rights, c.byID = rights, nil
	}
}

// forget has a name read anew.
func (c *nameCache) forget(id review.PersonID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.byID, id)
}

func (c *nameCache) set(id review.PersonID, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID == nil || time.Since(c.since) >= namesFor {
		c.byID, c.since = map[review.PersonID]string{}, time.Now()
	}
	c.byID[id] = name
}
