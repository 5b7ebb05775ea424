package bench

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"

	"github.com/slipway-prr/slipway/bench/load"
)

// anyOf sends each client through the requests in an order of its own, the same in every run.
func anyOf(requests [][]byte) func(client int) []byte {
	order := orders()
	return func(client int) []byte { return requests[order[client].IntN(len(requests))] }
}

// orders give each client random numbers of its own, the same in every run.
func orders() []*rand.Rand {
	order := make([]*rand.Rand, load.MaxClients)
	for i := range order {
		order[i] = rand.New(rand.NewPCG(uint64(i), 7))
	}
	return order
}

// wantPage accepts whole HTML pages of at least some bytes.
func wantPage(least int) func(int, *load.Response) error {
	return func(_ int, r *load.Response) error {
		if r.Status != http.StatusOK {
			return fmt.Errorf("status %d: %.100q", r.Status, r.Body)
		}
		if len(r.Body) < least || !bytes.HasSuffix(bytes.TrimRight(r.Body, "\n"), []byte("</html>")) {
			return fmt.Errorf("not a whole page: %d bytes, want %d or more, up to </html>", len(r.Body), least)
		}
		return nil
	}
}

// wantBody accepts answers with a status and at least some bytes.
func wantBody(status, least int) func(int, *load.Response) error {
	return func(_ int, r *load.Response) error {
		if r.Status != status || len(r.Body) < least {
			return fmt.Errorf("status %d with %d bytes, want %d with at least %d: %.100q", r.Status, len(r.Body), status, least, r.Body)
		}
		return nil
	}
}
