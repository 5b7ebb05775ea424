package web

import (
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// library lists the lifecycles that are published.
func (s *Server) library(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Store.Library(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	d := &page.LibraryData{}
	for _, l := range v.Lifecycles {
		d.Lifecycles = append(d.Lifecycles, page.LibraryEntry(l))
	}
	return s.render(w, r, http.StatusOK, page.Library(s.meta(w, r, &v.Viewer, "Lifecycles", ui.NavNone), d))
}

// lifecycle shows one version, and what it changes.
func (s *Server) lifecycle(w http.ResponseWriter, r *http.Request) error {
	version, err := strconv.Atoi(chi.URLParam(r, "version"))
	if err != nil || version < 1 || version > page.MostVersions {
		return errNoPage
	}
	v, err := s.Store.LifecycleVersion(r.Context(), s.by(r), chi.URLParam(r, "template"), version)
	if err != nil {
		return err
	}
	d := &page.LifecycleData{Lifecycle: v.Lifecycle, Ref: v.Ref, Before: v.Before, Newest: v.Newest}
	return s.render(w, r, http.StatusOK, page.Lifecycle(s.meta(w, r, &v.Viewer, d.Title(), ui.NavNone), d))
}
