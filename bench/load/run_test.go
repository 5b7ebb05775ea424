package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func wantOK(_ int, r *Response) error {
	if r.Status != http.StatusOK {
		return fmt.Errorf("status %d", r.Status)
	}
	return nil
}

// server starts a handler on loopback and returns its address.
func server(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

func TestRunCountsRequestsAndBytes(t *testing.T) {
	var seen atomic.Int64
	addr := server(t, func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		_, _ = w.Write(make([]byte, 10*len(r.URL.Query().Get("n"))))
	})
	requests := [][]byte{Get("/?n=a"), Get("/?n=bb"), Get("/?n=ccc")}
	s, err := Run(t.Context(), Plan{
		Addr: addr, Clients: 3, Duration: time.Minute, Requests: 100,
		Next: func(client int) []byte { return requests[client] }, Check: wantOK,
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Requests != 100 || seen.Load() != 100 || s.Errors != 0 {
		t.Errorf("%d requests, %d seen, %d errors (%v), want 100, 100, 0", s.Requests, seen.Load(), s.Errors, s.First)
	}
	// 34, 33 and 33 requests of 10, 20 and 30 bytes.
	if s.Bytes != 340+660+990 || s.MinBody != 10 || s.MaxBody != 30 {
		t.Errorf("%d bytes, bodies of %d to %d", s.Bytes, s.MinBody, s.MaxBody)
	}
	if s.P50 <= 0 || s.P50 > s.P75 || s.P75 > s.P99 || s.P99 > s.Max || s.Rate() <= 0 {
		t.Errorf("p50 %v p75 %v p99 %v max %v rate %v", s.P50, s.P75, s.P99, s.Max, s.Rate())
	}
}

func TestRunPostsVaryingForms(t *testing.T) {
	addr := server(t, func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("sid")
		if err != nil || c.Value != "abc" || r.Header.Get("Sec-Fetch-Site") != "same-origin" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = w.Write([]byte(r.FormValue("note")))
	})
	turn := 0
	s, err := Run(t.Context(), Plan{
		Addr: addr, Clients: 1, Duration: time.Minute, Requests: 20,
		Next: func(int) []byte {
			turn++
			return Post("/tick", url.Values{"note": {fmt.Sprintf("a&b=%d é", turn)}}, Header{"Cookie", "sid=abc"})
		},
		Check: func(_ int, r *Response) error {
			if want := fmt.Sprintf("a&b=%d é", turn); string(r.Body) != want {
				return fmt.Errorf("got %q, want %q", r.Body, want)
			}
			return nil
		},
	})
	if err != nil || s.Errors != 0 || s.Requests != 20 {
		t.Errorf("%v; %d errors (%v), %d requests", err, s.Errors, s.First, s.Requests)
	}
}

func TestRunCountsRefusedAnswersAndGivesUp(t *testing.T) {
	addr := server(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	s, err := Run(t.Context(), Plan{
		Addr: addr, Clients: 2, Duration: time.Minute,
		Next: func(int) []byte { return Get("/") }, Check: wantOK,
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Requests != 0 || s.Errors != 2*maxFailures || s.First == nil {
		t.Errorf("%d requests, %d errors (%v), want 0, %d", s.Requests, s.Errors, s.First, 2*maxFailures)
	}
}

func TestRunReconnects(t *testing.T) {
	var n atomic.Int64
	addr := server(t, func(w http.ResponseWriter, _ *http.Request) {
		switch n.Add(1) % 5 {
		case 0: // polite
			w.Header().Set("Connection", "close")
		case 1: // not: the connection breaks off
			panic(http.ErrAbortHandler)
		}
	})
	s, err := Run(t.Context(), Plan{
		Addr: addr, Clients: 1, Duration: time.Minute, Requests: 50,
		Next: func(int) []byte { return Get("/") }, Check: wantOK,
	})
	if err != nil || s.Requests != 40 || s.Errors != 10 {
		t.Errorf("%v; %d requests, %d errors (%v), want 40 and 10", err, s.Requests, s.Errors, s.First)
	}
}

func TestRunEnds(t *testing.T) {
	addr := server(t, func(http.ResponseWriter, *http.Request) {})
	plan := Plan{Addr: addr, Clients: 2, Duration: 50 * time.Millisecond, Next: func(int) []byte { return Get("/") }, Check: wantOK}
	s, err := Run(t.Context(), plan)
	if err != nil || s.Elapsed < plan.Duration || s.Elapsed > 5*time.Second {
		t.Errorf("%v; took %v, want about %v", err, s.Elapsed, plan.Duration)
	}

	hang := server(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	plan.Addr, plan.Duration = hang, MaxDuration
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := Run(ctx, plan); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v, want the context's", err)
	}
}

func TestRunRefusesUnboundedPlans(t *testing.T) {
	good := Plan{Addr: "127.0.0.1:1", Clients: 1, Duration: time.Second, Next: func(int) []byte { return nil }, Check: wantOK}
	if err := good.validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Plan){
		"address":         func(p *Plan) { p.Addr = "192.0.2.1:80" },
		"no clients":      func(p *Plan) { p.Clients = 0 },
		"many clients":    func(p *Plan) { p.Clients = MaxClients + 1 },
		"no duration":     func(p *Plan) { p.Duration = 0 },
		"long duration":   func(p *Plan) { p.Duration = MaxDuration + 1 },
		"many requests":   func(p *Plan) { p.Requests = MaxRequests + 1 },
		"minus requests":  func(p *Plan) { p.Requests = -1 },
		"nothing to send": func(p *Plan) { p.Next = nil },
		"unchecked":       func(p *Plan) { p.Check = nil },
	} {
		p := good
		spoil(&p)
		if _, err := Run(t.Context(), p); err == nil {
			t.Errorf("%s: the plan was accepted", name)
		}
	}
}
