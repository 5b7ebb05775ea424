package faults

import (
	"maps"
	"sync"
)

// fate is what a client knows of a write. Of several attempts at the same one
// the surest word counts.
type fate int

const (
	turnedDown   fate = iota // it never happens
	unserved                 // it never happens, because the database could not be asked
	unanswered               // it happened once or never
	acknowledged             // it happened once
)

// ledger is what the clients were told, by the word that each write carries.
type ledger struct {
	mu    sync.Mutex
	fates map[string]fate
	under int // writes that are under way
	cut   int // attempts without an answer
	down  int // attempts answered by the page that says the database does not
}

func newLedger() *ledger { return &ledger{fates: map[string]fate{}} }

// try makes an attempt at a write and keeps what became of it.
func (l *ledger) try(mark string, attempt func() fate) fate {
	l.mu.Lock()
	l.under++
	l.mu.Unlock()
	f := attempt()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.under--
	switch f {
	case unanswered:
		l.cut++
	case unserved:
		l.down++
	}
	l.fates[mark] = max(l.fates[mark], f)
	return f
}

// busy is how many writes are under way.
func (l *ledger) busy() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.under
}

func (l *ledger) all() map[string]fate {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.fates)
}

// counts are numbers of writes, and of attempts at them that were cut off or
// not served.
type counts struct{ done, refused, unknown, cut, unserved int }

func (c *counts) add(o counts) {
	c.done, c.refused, c.unknown = c.done+o.done, c.refused+o.refused, c.unknown+o.unknown
	c.cut, c.unserved = c.cut+o.cut, c.unserved+o.unserved
}

func (c *counts) all() int { return c.done + c.refused + c.unknown }

func (l *ledger) count() counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := counts{cut: l.cut, unserved: l.down}
	for _, f := range l.fates {
		switch f {
		case acknowledged:
			c.done++
		case turnedDown, unserved:
			c.refused++
		case unanswered:
			c.unknown++
		}
	}
	return c
}
