// Package lru keeps what was used last, up to a number of bytes.
package lru

import (
	"container/list"
	"sync"
)

// Cache keeps values by key. When all of them take more bytes than it may hold,
// those unused for longest go first. It is safe for concurrent use.
type Cache[K comparable, V any] struct {
	most, each int // bytes of all values together, and of one
	size       func(K, V) int

	mu    sync.Mutex
	bytes int
	at    map[K]*list.Element
	order list.List // the latest used in front
}

type entry[K comparable, V any] struct {
	key   K
	value V
	size  int
}

// New makes an empty cache for most bytes of values, of which none takes more
// than each. size says how many bytes a value takes with its key.
func New[K comparable, V any](most, each int, size func(K, V) int) *Cache[K, V] {
	return &Cache[K, V]{most: most, each: each, size: size, at: map[K]*list.Element{}}
}

// Get finds a value, which counts as used now.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.at[key]
	if !ok {
		var none V
		return none, false
	}
	c.order.MoveToFront(el)
	return el.Value.(*entry[K, V]).value, true
}

// Put keeps a value in place of what was kept under its key. One that is too
// large only takes that away.
func (c *Cache[K, V]) Put(key K, value V) {
	e := &entry[K, V]{key, value, c.size(key, value)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(c.at[key])
	if e.size > c.each {
		return
	}
	c.at[key] = c.order.PushFront(e)
	for c.bytes += e.size; c.bytes > c.most; {
		c.drop(c.order.Back())
	}
}

// Drop forgets what is kept under a key.
func (c *Cache[K, V]) Drop(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(c.at[key])
}

func (c *Cache[K, V]) drop(el *list.Element) {
	if el == nil {
		return
	}
	e := c.order.Remove(el).(*entry[K, V])
	delete(c.at, e.key)
	c.bytes -= e.size
}

// Holds is how many values there are, and how many bytes they take.
func (c *Cache[K, V]) Holds() (values, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len(), c.bytes
}
