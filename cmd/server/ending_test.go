package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/web"
)

// started is a server behind two doors of this machine.
type started struct {
	t          *testing.T
	front, ops string
	stop       context.CancelFunc
	ended      chan error
}

// startOn serves an instance's database, with a listener for monitoring alone.
func startOn(t *testing.T, i *instance, lameDuck time.Duration) *started {
	t.Helper()
	i.mustRun("key", "--new", "test")
	set, err := readSettings(func(name string) string { return i.env[name] })
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	marks, err := openCheckpoints(ctx, set, i.store, log)
	if err != nil {
		t.Fatal(err)
	}
	client, err := auth.NewLazy(auth.Config{Issuer: "http://127.0.0.1:9", ClientID: "slipway", Origin: set.origin})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := web.New(web.Config{
		Store: i.store, Auth: client, Origin: set.origin, Ready: i.store.Ready, OwnOps: true, Metrics: prometheus.NewRegistry(), Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	a := &app{store: i.store, server: srv, log: log, checkpoints: marks}
	doors := []door{{nil, a.server}, {nil, a.server.Ops()}}
	for n := range doors {
		if doors[n].ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	s := &started{t: t, front: doors[0].ln.Addr().String(), ops: doors[1].ln.Addr().String(), stop: stop, ended: make(chan error, 1)}
	go func() { s.ended <- a.listen(ctx, lameDuck, doors...) }()
	return s
}

// status asks one of the doors; 0: it is shut.
func (s *started) status(addr, path string) int {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + addr + path)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func (s *started) want(addr, path string, status int) {
	s.t.Helper()
	if got := s.status(addr, path); got != status {
		s.t.Errorf("http://%s%s answers %d, want %d", addr, path, got, status)
	}
}

// endsWithin stops the server, unless it is told already.
func (s *started) endsWithin(most time.Duration) time.Duration {
	s.t.Helper()
	begin := time.Now()
	s.stop()
	select {
	case err := <-s.ended:
		if err != nil {
			s.t.Error(err)
		}
	case <-time.After(most):
		s.t.Errorf("it did not end within %v", most)
	}
	return time.Since(begin)
}

// With an address of its own, monitoring is answered there and nowhere else,
// and nothing else is.
func TestMonitoringHasAListenerOfItsOwn(t *testing.T) {
	s := startOn(t, newInstance(t), 0)
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		s.want(s.ops, path, 200)
		s.want(s.front, path, 404)
	}
	for _, path := range []string{"/", "/readiness", "/login", "/static/none.css", "/portfolio"} {
		s.want(s.ops, path, 404)
	}
	s.want(s.front, "/readiness", 200)
	s.endsWithin(10 * time.Second)
}

// A server that is told to stop first says so, and goes on meanwhile.
func TestLameDuck(t *testing.T) {
	const lameDuck = 1500 * time.Millisecond
	s := startOn(t, newInstance(t), lameDuck)
	s.want(s.ops, "/readyz", 200)
	s.stop()
	begin := time.Now()
	for s.status(s.ops, "/readyz") == 200 && time.Since(begin) < lameDuck/2 {
		time.Sleep(10 * time.Millisecond)
	}
	s.want(s.ops, "/readyz", 503)
	s.want(s.ops, "/healthz", 200)
	s.want(s.front, "/readiness", 200)
	if s.endsWithin(lameDuck + 5*time.Second); time.Since(begin) < lameDuck {
		t.Errorf("it ended after %v", time.Since(begin))
	}
	s.want(s.ops, "/readyz", 0)
}

// A client that sends a form one byte at a time does not keep the server from ending,
// and is told what happened.
func TestASlowFormDoesNotDelayTheEnd(t *testing.T) {
	s := startOn(t, newInstance(t), 0)
	conn, err := net.Dial("tcp", s.front)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /theme HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Type: "+
		"application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n")
	stopSending := make(chan struct{})
	go func() {
		for {
			select {
			case <-stopSending:
				return
			case <-time.After(50 * time.Millisecond):
				if _, err := conn.Write([]byte("x")); err != nil {
					return
				}
			}
		}
	}()
	defer close(stopSending)
	time.Sleep(200 * time.Millisecond)
	if took := s.endsWithin(arrivalTime + 4*time.Second); took < arrivalTime/2 {
		t.Errorf("it ended after %v: the form was not on its way", took)
	}
	_ = conn.SetReadDeadline(time.Now().Add(time.Second))
	answer := make([]byte, 200)
	n, _ := conn.Read(answer)
	if !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 408 ") {
		t.Errorf("the client reads %q", answer[:n])
	}
}
