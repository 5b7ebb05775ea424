package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// metrics are what /metrics shows beside the runtime's own figures.
type metrics struct {
	requests  *prometheus.CounterVec
	latency   *prometheus.HistogramVec
	decisions *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer, st *store.Store) metrics {
	m := metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slipway_http_requests_total", Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "slipway_http_request_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"route"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slipway_gate_decisions_total", Help: "Gate decisions: signatures by decision, rounds by outcome.",
		}, []string{"what"}),
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	reg.MustRegister(m.requests, m.latency, m.decisions,
		gauge("slipway_db_connections", "Open database connections.", func() float64 { return float64(st.Pool().TotalConns()) }),
		gauge("slipway_db_connections_in_use", "Database connections at work.", func() float64 { return float64(st.Pool().AcquiredConns()) }),
		gauge("slipway_db_connections_max", "Most database connections that the pool opens.", func() float64 { return float64(st.Pool().MaxConns()) }),
		gauge("slipway_db_waits", "Times that a request waited for a connection.", func() float64 { return float64(st.Pool().EmptyAcquireCount()) }),
	)
	return m
}

func (m metrics) request(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(route).Observe(took.Seconds())
}

// decided counts what a change decided at a gate.
func (m metrics) decided(events []review.Entry) {
	for _, en := range events {
		switch e := en.Event.(type) {
		case review.GateSigned:
			m.decisions.WithLabelValues("signed " + string(e.Decision)).Inc()
		case review.GateForced:
			m.decisions.WithLabelValues("round " + string(review.OutcomeForced)).Inc()
		case review.RoundClosed:
			m.decisions.WithLabelValues("round " + string(e.Outcome)).Inc()
		}
	}
}

// healthz says that the process runs.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) error {
	return plain(w, http.StatusOK, "ok\n")
}

// readyz says that it can serve: the database answers and has the schema that
// this program knows, and goes on serving.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	if s.leaving.Load() {
		return plain(w, http.StatusServiceUnavailable, "stopping\n")
	}
	if err := s.Ready(r.Context()); err != nil {
		s.Log.WarnContext(r.Context(), "not ready", "err", err)
		return plain(w, http.StatusServiceUnavailable, "not ready\n")
	}
	return plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, text string) error {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
	return nil
}
