package web

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// Leave has /readyz say from now on that this replica is not ready, so that
// nobody is sent here any longer. Everything else is answered as before.
func (s *Server) Leave() { s.leaving.Store(true) }

// Hurry gives forms that are still on their way so long to arrive, those that
// begin later too: a client that sends one byte a second must not keep the
// server from ending.
func (s *Server) Hurry(within time.Duration) { s.forms.hurry(time.Now().Add(within)) }

// arrivals are the bodies of requests that are still on their way. Its zero
// value is ready to use.
type arrivals struct {
	mu   sync.Mutex
	open map[*arrival]struct{}
	ends time.Time // by which all have to be there; zero: in their own time
}

// arrival is a body that says when it has arrived.
type arrival struct {
	io.ReadCloser
	conn *http.ResponseController
	all  *arrivals
}

// expect follows a body until it has arrived or is closed.
func (a *arrivals) expect(w http.ResponseWriter, body io.ReadCloser) *arrival {
	b := &arrival{body, http.NewResponseController(w), a}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open == nil {
		a.open = map[*arrival]struct{}{}
	}
	a.open[b] = struct{}{}
	b.hurry(a.ends)
	return b
}

func (a *arrivals) hurry(end time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ends = end
	for b := range a.open {
		b.hurry(end)
	}
}

// hurry does nothing where there is no connection whose time could be limited.
func (b *arrival) hurry(end time.Time) {
	if !end.IsZero() {
		_ = b.conn.SetReadDeadline(end)
	}
}

func (b *arrival) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil { // all is there, or nothing will come
		b.arrived()
	}
	return n, err
}

func (b *arrival) Close() error {
	b.arrived()
	return b.ReadCloser.Close()
}

func (b *arrival) arrived() {
	b.all.mu.Lock()
	defer b.all.mu.Unlock()
	delete(b.all.open, b)
}
