package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// methods refuses what no route takes before a request leaves any trace but a
// count: a method is whatever a client likes to send.
func (s *Server) methods(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodPost:
			next.ServeHTTP(w, r)
			return
		}
		s.metrics.requests.WithLabelValues(unmatched, "other", strconv.Itoa(http.StatusMethodNotAllowed)).Inc()
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "This address does not take that kind of request.", http.StatusMethodNotAllowed)
	})
}

// facts are what is known of a request while it is answered. Whoever finds
// something out notes it here.
type facts struct {
	id     string // ours alone: one that a client sends would confuse the logs
	access access // of the route; 0: none matched
	person review.PersonID
	why    string   // it is refused
	fields []string // of the form that it should be
	parsed bool     // its form was read before its handler did
	unread error    // why that could not be done
}

type factsKey struct{}

func factsOf(r *http.Request) *facts {
	if a, ok := r.Context().Value(factsKey{}).(*facts); ok {
		return a
	}
	return &facts{}
}

func requestID(r *http.Request) string { return factsOf(r).id }

// address is where a request comes from, as far as the proxies in front of us
// can be believed.
func address(r *http.Request) string {
	return httprate.CanonicalizeIP(middleware.GetClientIP(r.Context()))
}

// loggedPath is the most characters of a path in the log.
const loggedPath = 200

// observe gives each request an id, logs it and counts it.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		a := &facts{id: rand.Text()}
		r = r.WithContext(context.WithValue(r.Context(), factsKey{}, a))
		rec := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		rec.Header().Set("X-Request-Id", a.id)
		next.ServeHTTP(rec, r)
		status := rec.Status()
		if status == 0 {
			status = http.StatusOK
		}
		took := time.Since(start)
		s.metrics.request(routeOf(r), r.Method, status, took)
		s.refusal(r, status)
		level := slog.LevelInfo
		if quiet(r) || status == http.StatusTooManyRequests {
			level = slog.LevelDebug
		}
		s.event(r, level, "request",
			slog.String("method", r.Method), slog.String("route", routeOf(r)), slog.String("path", pathToLog(r)),
			slog.Int("status", status), slog.Int("bytes", rec.BytesWritten()), slog.Duration("took", took))
	})
}

// pathToLog is the path of a request, without the secret of a calendar's address, whether a
// route matched it or not.
func pathToLog(r *http.Request) string {
	if strings.HasPrefix(strings.ToLower(r.URL.Path), page.CalendarPath) {
		return page.CalendarPath + "…"
	}
	return printable(r.URL.Path, loggedPath)
}

// event logs what an investigation may ask for, with who did it and from where.
func (s *Server) event(r *http.Request, level slog.Level, what string, attrs ...slog.Attr) {
	a := factsOf(r)
	all := append(
		make([]slog.Attr, 0, len(attrs)+3), slog.String("request", a.id), slog.String("address", middleware.GetClientIP(r.Context())),
	)
	if a.person != 0 {
		all = append(all, slog.Int64("person", int64(a.person)))
	}
	s.Log.LogAttrs(r.Context(), level, what, append(all, attrs...)...)
}

// refusal logs that somebody was refused, if they were.
func (s *Server) refusal(r *http.Request, status int) {
	why := factsOf(r).why
	switch {
	case status == http.StatusTooManyRequests && !s.floods.allows(time.Now()):
		return
	case status == http.StatusTooManyRequests && why == "":
		why = "too many requests"
	case status == http.StatusForbidden && why == "":
		why = "not allowed"
	case status != http.StatusForbidden && status != http.StatusTooManyRequests:
		return
	}
	s.event(r, slog.LevelWarn, "refused", slog.String("why", why), slog.String("method", r.Method), slog.String("route", routeOf(r)))
}

// floodLines is how many refusals for asking too often are logged in a minute:
// whoever floods the server must not flood the log.
const floodLines = 60

// budget allows so many things a minute. Its zero value is full.
type budget struct {
	mu     sync.Mutex
	minute int64
	used   int
}

func (b *budget) allows(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m := now.Unix() / 60; m != b.minute {
		b.minute, b.used = m, 0
	}
	b.used++
	return b.used <= floodLines
}

// quiet requests come in a steady stream and tell nothing.
func quiet(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/static/") || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || r.URL.Path == "/metrics"
}

// unmatched stands for the route of a request that none takes.
const unmatched = "unmatched"

// routeOf is the pattern that matched, which is safe to log and to count by.
func routeOf(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		return c.RoutePattern()
	}
	return unmatched
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
	always := http.Header{
		"X-Content-Type-Options":     {"nosniff"},
		"Referrer-Policy":            {"same-origin"},
		"Cross-Origin-Opener-Policy": {"same-origin"},
		"Permissions-Policy":         {"camera=(), geolocation=(), microphone=()"},
		"Cache-Control":              {"private, no-store"}, // unless a handler knows better
	}
	if s.cookies.secure {
		always.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		maps.Copy(h, always)
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "+
			"form-action "+strings.Join(append([]string{"'self'"}, s.Auth.Origins()...), " ")+"; base-uri 'none'; frame-ancestors 'none'")
		if r.Method == http.MethodPost {
			body := s.forms.expect(w, r.Body)
			defer body.arrived() // a handler may leave it unread
			most := int64(maxBody)
			if r.URL.Path == page.ImportURL || strings.HasSuffix(r.URL.Path, page.PasteEnd) {
				most = maxUpload
			}
			r.Body = http.MaxBytesReader(w, body, most)
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses changes that another site sends. A browser says where a
// request comes from: it has to be our public address, whatever name the request
// came in by. A change without that word is refused too.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	protection, ours := http.NewCrossOriginProtection(), canonicalOrigin(s.Origin)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		from := r.Header.Get("Origin")
		var err error
		switch {
		case from == "" && r.Header.Get("Sec-Fetch-Site") == "" || protection.Check(r) != nil:
			err = errCrossOrigin
		case from != "" && from != ours:
			err = &elsewhere{s.Origin}
		}
		if err != nil {
			factsOf(r).why = "another site"
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// canonicalOrigin is an origin as browsers write it.
func canonicalOrigin(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return origin
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme + "://" + host
}

// limiter keeps requests of one kind of route within bounds.
type limiter func(http.Handler) http.Handler

// limiters slow a flood down before it reaches the database: per address and per
// session, more strictly for sign-in. The provider has a limit of its own, so
// that no flood of others keeps it from ending sessions, and monitoring none.
func (s *Server) limiters() map[access]limiter {
	free := func(next http.Handler) http.Handler { return next }
	if s.Limits == (Limits{}) {
		return map[access]limiter{public: free, signIn: free, signedIn: free, provider: free, operator: free}
	}
	refuse := httprate.WithLimitHandler(s.adapt(func(http.ResponseWriter, *http.Request) error { return errTooMany }))
	quiet := httprate.WithResponseHeaders(httprate.ResponseHeaders{RetryAfter: "Retry-After"})
	where := func(r *http.Request) (string, error) { return address(r), nil }
	session := func(r *http.Request) (string, error) {
		if secret := s.cookies.session(r); secret != "" {
			return secret, nil
		}
		return where(r)
	}
	perSession := httprate.LimitBy(s.Limits.Session, time.Minute, session, refuse, quiet)
	perAddress := httprate.LimitBy(s.Limits.Address, time.Minute, where, refuse, quiet)
	pages := func(next http.Handler) http.Handler { return perAddress(perSession(next)) }
	changes := free
	if s.Limits.Changes > 0 {
		changes = httprate.LimitBy(s.Limits.Changes, time.Minute, session, refuse, quiet)
	}
	work := func(next http.Handler) http.Handler {
		changing := changes(next)
		return pages(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				changing.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		}))
	}
	return map[access]limiter{
		public: pages, signedIn: work, operator: free,
		signIn:   httprate.LimitBy(s.Limits.SignIn, time.Minute, where, refuse, quiet),
		provider: httprate.LimitBy(s.Limits.Address, time.Minute, where, refuse, quiet),
	}
}

// clientIP finds the address that the limits count by: the peer's own, or what
// a trusted proxy in front of us says of it.
func (s *Server) clientIP(next http.Handler) http.Handler {
	if len(s.Proxies) == 0 {
		return middleware.ClientIPFromRemoteAddr(next)
	}
	return middleware.ClientIPFromXFF(s.Proxies...)(next)
}
