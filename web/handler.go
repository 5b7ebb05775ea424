package web

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// handler answers a request or says what went wrong; errors.go makes a page
// of that.
type handler func(w http.ResponseWriter, r *http.Request) error

// adapt is a handler for the router.
func (s *Server) adapt(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

// guard puts a route's access rule and its limit in front of its handler.
func (s *Server) guard(e route, limit limiter) http.Handler {
	h := s.inTime(e, s.adapt(wellFormed(e)))
	switch e.access {
	case public, signIn, signedIn: // who it is, the store finds out with the page's own query
		h = s.sameOrigin(h)
	case provider, operator:
	default:
		panic("route " + e.method + " " + e.pattern + " has no access rule")
	}
	h = limit(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		factsOf(r).access = e.access
		h.ServeHTTP(w, r)
	})
}

// params are the forms of the parts of addresses. What has another form is not
// found, and never reaches a handler or the database.
var params = map[string]func(string) bool{
	"key": plan.ValidKey, "template": plan.ValidKey, "stage": plan.ValidKey,
	"item": func(s string) bool { return plan.ItemKey(s).Valid() },
	"no":   positive, "round": positive, "version": positive, "person": positive,
	"id":    func(s string) bool { _, _, _, ok := page.ReadWaiverID(s); return ok },
	"draft": validDraftID, "import": validDraftID, "view": validDraftID, "feed": feedName, "format": writable, tableParam: isTable,
	"kind": func(s string) bool { return record.Of(record.Key(s)) != nil },
	"step": func(s string) bool { return slices.Contains(page.NewProjectSteps(), s) },
}

func positive(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && n > 0 && strconv.FormatInt(n, 10) == s
}

// paramNames are the parts of a pattern that an address fills in.
func paramNames(pattern string) (names []string) {
	for part := range strings.SplitSeq(pattern, "/") {
		if strings.HasPrefix(part, "{") {
			names = append(names, strings.Trim(part, "{}"))
		}
	}
	return names
}

// wellFormed lets only addresses of the right form through to a route's handler,
// with every parameter at most once.
func wellFormed(e route) handler {
	handle := e.handle
	if e.method == http.MethodPost && e.access == signedIn {
		handle = withoutSecrets(e.handle)
	}
	names := paramNames(e.pattern)
	for _, name := range names {
		if params[name] == nil {
			panic("route " + e.method + " " + e.pattern + " has a parameter of no known form")
		}
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		for _, name := range names {
			if !params[name](chi.URLParam(r, name)) {
				return review.ErrNotFound
			}
		}
		if err := once(r); err != nil {
			return err
		}
		if tidy, empty := withoutEmpty(r); empty && e.access == signedIn && r.Method == http.MethodGet && !htmx(r) {
			http.Redirect(w, r, tidy, http.StatusSeeOther)
			return nil
		}
		return handle(w, r)
	}
}

// How long a request may take, its wait for the database included. What the
// server sends has to be on its way before its own limit, 30 seconds.
const (
	requestTime = 10 * time.Second
	bundleTime  = 25 * time.Second // a whole project is replayed, a whole list is written, or a file arrives
	statusTime  = 2 * time.Second  // monitoring asks often, and has to hear soon
)

// inTime gives a request its deadline.
func (s *Server) inTime(e route, next http.Handler) http.Handler {
	limit := s.Deadline
	switch {
	case e.access == operator:
		limit = statusTime
	case strings.HasSuffix(e.pattern, "/bundle"), strings.HasSuffix(e.pattern, "/{"+tableParam+"}"), e.method == http.MethodPost && e.pattern == page.ImportURL:
		limit = max(limit, bundleTime)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// by is who sends the request, as far as a cookie can tell. A form that was kept for
// somebody is taken from nobody else.
func (s *Server) by(r *http.Request) store.By {
	by := s.looker(r)
	if typed := r.PostForm.Get(page.TypedBy); typed != "" {
		return by.Only(personNumber(typed))
	}
	return by
}

// looker is who sends the request, whoever typed it.
func (s *Server) looker(r *http.Request) store.By {
	return store.BySession(s.token(r)).Noting(&factsOf(r).person)
}

func (s *Server) token(r *http.Request) store.Token { return store.HashToken(s.cookies.session(r)) }

// inTurn waits until the person may make one more project anew from its trail.
func (s *Server) inTurn(r *http.Request) (leave func(), err error) {
	who := &factsOf(r).person
	if *who == 0 { // nothing that was read before has told
		if _, err := s.Store.Who(r.Context(), s.by(r)); err != nil {
			return nil, err
		}
	}
	return s.replays.enter(r.Context(), *who)
}

func projectKey(r *http.Request) review.ProjectKey { return review.ProjectKey(chi.URLParam(r, "key")) }
func stageKey(r *http.Request) plan.StageKey       { return plan.StageKey(chi.URLParam(r, "stage")) }
func itemKey(r *http.Request) plan.ItemKey         { return plan.ItemKey(chi.URLParam(r, "item")) }

// number reads a positive number from the address.
func number(r *http.Request, name string) (int, error) {
	n, err := strconv.Atoi(chi.URLParam(r, name))
	if err != nil || n < 1 {
		return 0, review.ErrNotFound
	}
	return n, nil
}

// htmx reports whether the request comes from a swap, not from a whole page.
func htmx(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// meta is the frame of a page for whoever looks.
func (s *Server) meta(w http.ResponseWriter, r *http.Request, v *store.Viewer, title string, nav ui.NavItem) ui.PageMeta {
	m := ui.PageMeta{Title: title, Nav: nav, Theme: s.cookies.theme(r), Path: r.URL.RequestURI(), Version: s.Version, Assets: s.assets}
	if r.Method == http.MethodPost {
		m.Path, m.Posted = page.Of(r.URL.EscapedPath()), v != nil // without v the page may hold the only copy of what was typed: sending it again is right
	}
	if v != nil {
		m.Zone = page.ZoneWords(s.Store.Zone())
		m.Person, m.Who = v.Name, strconv.FormatInt(int64(v.Actor.Person), 10)
		if v.Gap != "" {
			m.Banners = append(m.Banners, ui.Banner{Kind: ui.Warning, Text: page.SuspendedWords(v.Gap)})
		}
		m.CanCreate = review.May(v.Actor, review.CreateProject, nil) == nil
	}
	if b, ok := s.cookies.takeFlash(w, r); ok {
		m.Banners = append(m.Banners, b)
	}
	return m
}

// projectMeta is the frame of a page of a project, with the way to its other pages.
func (s *Server) projectMeta(
	w http.ResponseWriter, r *http.Request, v *store.Viewer, rv *review.Review, title string, nav ui.NavItem,
) ui.PageMeta {
	m := s.meta(w, r, v, title, nav)
	m.Local = page.ProjectNav(rv, v.Actor, m.Path)
	return m
}

// buffers are reused between pages, so that a page costs no big allocation.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxKept is the largest buffer that is kept for the next page.
const maxKept = 512 << 10

func release(buf *bytes.Buffer) {
	if buf.Cap() <= maxKept {
		buf.Reset()
		buffers.Put(buf)
	}
}

// render writes a page whole or not at all.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer release(buf)
	if err := c.Render(r.Context(), buf); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // the client went away: nothing left to tell it
	return nil
}

// done leads on to a page after a change, with a word on what happened there.
func (s *Server) done(w http.ResponseWriter, r *http.Request, to string, f flash) error {
	s.cookies.setFlash(w, f)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
