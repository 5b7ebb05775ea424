package web

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/slipway-prr/slipway/internal/formats"
	"github.com/slipway-prr/slipway/internal/lru"
)

// What a file is read as depends on the file and on the choices alone, so it is kept
// by a digest of both while somebody looks at it. Another server reads the file
// itself and finds the same.
const (
	keptReadBytes = 32 << 20 // of all files together
	keptReadMost  = 8 << 20  // of one
	keptReadExtra = 1 << 10  // that one takes beside its document
	keptReadTimes = 3        // what a document takes in memory, in lengths of its published form
)

type (
	readKey   [sha256.Size]byte
	readCache = lru.Cache[readKey, keptRead]
)

// keptRead is what a file was read as. It is shared: nobody changes what is in it.
type keptRead struct {
	result formats.Result
	bytes  int
}

func newReadCache() *readCache {
	return lru.New(keptReadBytes, keptReadMost, func(_ readKey, k keptRead) int { return k.bytes })
}

// readFile reads a file in a format, unless that was done before. The result is not
// to be changed.
func (s *Server) readFile(r *http.Request, f formats.Format, name string, body []byte, opts formats.Options) (formats.Result, error) {
	key, err := keyOfRead(f, name, body, opts)
	if err != nil {
		return formats.Result{}, err
	}
	if kept, ok := s.read.Get(key); ok {
		return kept.result, nil
	}
	leave, err := s.reading(r)
	if err != nil {
		return formats.Result{}, err
	}
	defer leave()
	result, err := formats.Read(f, name, body, opts)
	if err != nil {
		return formats.Result{}, err
	}
	size, err := sizeOfRead(&result)
	if err != nil {
		return formats.Result{}, err
	}
	s.read.Put(key, keptRead{result, size})
	return result, nil
}

func keyOfRead(f formats.Format, name string, body []byte, opts formats.Options) (key readKey, err error) {
	how, err := json.Marshal(struct {
		Format formats.Format
		Name   string
		Opts   formats.Options
	}{f, name, opts})
	if err != nil {
		return key, fmt.Errorf("naming how a file is read: %w", err)
	}
	h := sha256.New()
	fmt.Fprintf(h, "%d %s", len(how), how)
	h.Write(body)
	return readKey(h.Sum(nil)), nil
}

// sizeOfRead estimates the bytes that a result takes.
func sizeOfRead(r *formats.Result) (int, error) {
	n := keptReadExtra
	for _, p := range r.Problems {
		n += keptReadExtra/8 + len(p.Message) + len(p.Do) + len(p.Path)
	}
	for _, row := range append(r.Rows[:len(r.Rows):len(r.Rows)], r.Lost, r.Headings, r.Sheets) {
		for _, text := range row {
			n += 16 + len(text)
		}
	}
	if r.Refused() {
		return n, nil
	}
	b, err := r.Document.Bytes()
	if err != nil {
		return 0, fmt.Errorf("measuring what a file was read as: %w", err)
	}
	return n + keptReadTimes*len(b), nil
}
