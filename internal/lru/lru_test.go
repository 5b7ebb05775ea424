package lru_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/slipway-prr/slipway/internal/lru"
)

// words keeps texts of at most 10 bytes, 30 in all.
func words() *lru.Cache[int, string] {
	return lru.New(30, 10, func(_ int, s string) int { return len(s) })
}

// A list that is searched from the front does the same.
func TestCacheKeepsWhatWasUsedLast(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type pair struct {
			key  int
			text string
		}
		c, list := words(), []pair{} // the latest used in front
		take := func(key int) (pair, bool) {
			i := slices.IndexFunc(list, func(p pair) bool { return p.key == key })
			if i < 0 {
				return pair{}, false
			}
			p := list[i]
			list = slices.Delete(list, i, i+1)
			return p, true
		}
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			key := rapid.IntRange(1, 8).Draw(rt, "key")
			switch rapid.SampledFrom([]string{"get", "put", "put", "drop"}).Draw(rt, "do") {
			case "get":
				want, found := take(key)
				if found {
					list = slices.Insert(list, 0, want)
				}
				if got, ok := c.Get(key); ok != found || got != want.text {
					rt.Fatalf("%d is %q, %t, want %q, %t", key, got, ok, want.text, found)
				}
			case "put":
				text := strings.Repeat("x", rapid.IntRange(0, 11).Draw(rt, "size"))
				c.Put(key, text)
				take(key)
				if len(text) <= 10 {
					list = slices.Insert(list, 0, pair{key, text})
				}
			case "drop":
				c.Drop(key)
				take(key)
			}
			size := 0
			for i, p := range list {
				if size += len(p.text); size > 30 {
					size -= len(p.text)
					list = list[:i]
					break
				}
			}
			if values, bytes := c.Holds(); values != len(list) || bytes != size {
				rt.Fatalf("%d values of %d bytes, want %d of %d", values, bytes, len(list), size)
			}
		}
	})
}

func TestCacheIsSafeForManyAtOnce(t *testing.T) {
	c := words()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 200 {
				c.Put((i+n)%5, "text")
				c.Get(n % 5)
				c.Drop((i * n) % 5)
			}
		})
	}
	wg.Wait()
	if values, bytes := c.Holds(); bytes != 4*values || values > 5 {
		t.Errorf("%d values of %d bytes", values, bytes)
	}
}
