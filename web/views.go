package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// yesValue is what a ticked box sends.
const yesValue = "yes"

// saveView keeps a list of the portfolio under a name. What its address says that the
// portfolio does not know is not kept.
func (s *Server) saveView(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "name", "query", "shared", "start")
	if err != nil {
		return err
	}
	f := portfolioFilter(&http.Request{URL: &url.URL{RawQuery: form.Get("query")}})
	save := page.SaveView{Name: form.Get("name"), Shared: form.Get("shared") == yesValue, Start: form.Get("start") == yesValue}
	err = s.Store.SaveView(r.Context(), s.by(r), store.SavedView{Name: save.Name, Query: f.ViewQuery(), Shared: save.Shared, Start: save.Start})
	var bad *review.Invalid
	if errors.As(err, &bad) {
		save.Errors = bad.Fields
		return s.showPortfolio(w, r, http.StatusUnprocessableEntity, f, save)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, f.URL(), flashViewSaved)
}

// startView has a view come after signing in, or no longer.
func (s *Server) startView(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "start")
	if err != nil {
		return err
	}
	if err := s.Store.StartWithView(r.Context(), s.by(r), chi.URLParam(r, "view"), form.Get("start") == yesValue); err != nil {
		return err
	}
	return s.done(w, r, page.PortfolioURL, flashSaved)
}

// removeView lets go of a view.
func (s *Server) removeView(w http.ResponseWriter, r *http.Request) error {
	if _, err := readForm(r); err != nil {
		return err
	}
	if err := s.Store.RemoveView(r.Context(), s.by(r), chi.URLParam(r, "view")); err != nil {
		return err
	}
	return s.done(w, r, page.PortfolioURL, flashViewRemoved)
}

// firstPage is where somebody comes who signs in without having been anywhere: the view that
// they chose, or their work.
func (s *Server) firstPage(r *http.Request, person review.PersonID) (string, error) {
	query, chosen, err := s.Store.StartView(r.Context(), person)
	if err != nil || !chosen {
		return page.WorkURL, err
	}
	if query == "" {
		return page.PortfolioURL, nil
	}
	return page.PortfolioURL + "?" + query, nil
}
