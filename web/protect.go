package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
)

// observe gives each request an id, logs it and counts it.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, rand.Text()))
		rec := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		rec.Header().Set("X-Request-Id", requestID(r))
		next.ServeHTTP(rec, r)
		status := rec.Status()
		if status == 0 {
			status = http.StatusOK
		}
		took := time.Since(start)
		s.metrics.request(routeOf(r), r.Method, status, took)
		level := slog.LevelInfo
		if quiet(r) {
			level = slog.LevelDebug
		}
		s.Log.LogAttrs(r.Context(), level, "request",
			slog.String("request", requestID(r)), slog.String("method", r.Method), slog.String("route", routeOf(r)), slog.String("path", r.URL.Path),
			slog.Int("status", status), slog.Int("bytes", rec.BytesWritten()), slog.Duration("took", took))
	})
}

// requestKey finds a request's id in its context. The id is ours alone: one
// that a client sends would confuse the logs.
type requestKey struct{}

// quiet requests come in a steady stream and tell nothing.
func quiet(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/static/") || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || r.URL.Path == "/metrics"
}

func requestID(r *http.Request) string {
	id, _ := r.Context().Value(requestKey{}).(string)
	return id
}

// routeOf is the pattern that matched, which is safe to log and to count by.
func routeOf(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		return c.RoutePattern()
	}
	return "unmatched"
}

func (s *Server) recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			s.Log.ErrorContext(r.Context(), "panic", "request", requestID(r), "route", routeOf(r), "value", v, "stack", string(debug.Stack()))
			http.Error(w, "Something went wrong on our side. Number: "+requestID(r), http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}

// headers keep a page to its own site: nothing inline, no frames, forms only
// to us and to the provider at which a sign-out goes on.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "+
			"form-action "+strings.Join(append([]string{"'self'"}, s.Auth.Origins()...), " ")+"; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if s.cookies.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if r.Method == http.MethodPost {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses changes that another site sends. A browser says where a
// request comes from; a change without that word is refused too.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			if r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" || protection.Check(r) != nil {
				s.fail(w, r, errCrossOrigin)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// limit slows a flood down before it reaches the database: per address, per
// session, and more strictly for sign-in.
func (s *Server) limit(next http.Handler) http.Handler {
	if s.Limits == (Limits{}) {
		return next
	}
	refuse := httprate.WithLimitHandler(s.adapt(func(http.ResponseWriter, *http.Request) error { return errTooMany }))
	quiet := httprate.WithResponseHeaders(httprate.ResponseHeaders{})
	address := func(r *http.Request) (string, error) {
		return httprate.CanonicalizeIP(middleware.GetClientIP(r.Context())), nil
	}
	session := func(r *http.Request) (string, error) {
		if secret := s.cookies.session(r); secret != "" {
			return secret, nil
		}
		return address(r)
	}
	all := httprate.LimitBy(s.Limits.Session, time.Minute, session, refuse, quiet)(next)
	all = httprate.LimitBy(s.Limits.Address, time.Minute, address, refuse, quiet)(all)
	logins := httprate.LimitBy(s.Limits.SignIn, time.Minute, address, refuse, quiet)(next)
	limited := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" || strings.HasPrefix(r.URL.Path, "/auth/") {
			logins.ServeHTTP(w, r)
			return
		}
		all.ServeHTTP(w, r)
	})
	return s.clientIP(limited)
}

// clientIP finds the address that the limits count by: the peer's own, or what
// a trusted proxy in front of us says of it.
func (s *Server) clientIP(next http.Handler) http.Handler {
	if len(s.Proxies) == 0 {
		return middleware.ClientIPFromRemoteAddr(next)
	}
	return middleware.ClientIPFromXFF(s.Proxies...)(next)
}
