package provider

import (
	"crypto/rand"
	"sync"
	"time"
)

// shelf keeps things under unguessable keys for a limited time and in a limited number. It is safe for concurrent use.
type shelf[V any] struct {
	limit int
	life  time.Duration
	now   func() time.Time

	mu    sync.Mutex
	items map[string]shelved[V]
	swept time.Time
}

type shelved[V any] struct {
	value   V
	expires time.Time
}

func newShelf[V any](limit int, life time.Duration, now func() time.Time) *shelf[V] {
	return &shelf[V]{limit: limit, life: life, now: now, items: map[string]shelved[V]{}, swept: now()}
}

// put keeps v and returns its key: 26 characters, 128 random bits.
func (s *shelf[V]) put(v V) string {
	key := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.makeRoom()
	s.items[key] = shelved[V]{value: v, expires: s.now().Add(s.life)}
	return key
}

func (s *shelf[V]) get(key string) (V, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item, ok := s.items[key]
	if !ok || !s.now().Before(item.expires) {
		var none V
		return none, false
	}
	return item.value, true
}

func (s *shelf[V]) remove(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.items, key)
}

// removeIf removes everything that match accepts.
func (s *shelf[V]) removeIf(match func(V) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, item := range s.items {
		if match(item.value) {
			delete(s.items, key)
		}
	}
}

// makeRoom drops what has expired, now and then or when the shelf is full, and then, if need be, what expires next.
func (s *shelf[V]) makeRoom() {
	now := s.now()
	if len(s.items) < s.limit && now.Sub(s.swept) < s.life/2 {
		return
	}
	s.swept = now
	var next string
	for key, item := range s.items {
		if !now.Before(item.expires) {
			delete(s.items, key)
		} else if next == "" || item.expires.Before(s.items[next].expires) {
			next = key
		}
	}
	if len(s.items) >= s.limit {
		delete(s.items, next)
	}
}
