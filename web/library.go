package web

import (
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// library lists the lifecycles and modules that are published, or what of them a
// search finds.
func (s *Server) library(w http.ResponseWriter, r *http.Request) error {
	search := searchText(r, "q")
	v, err := s.Store.Library(r.Context(), s.by(r), search)
	if err != nil {
		return err
	}
	d := &page.LibraryData{
		May:    review.May(v.Actor, review.EditLibrary, nil) == nil,
		Search: search, Lifecycles: libraryEntries(v.Lifecycles), Modules: libraryEntries(v.Modules), Definitions: libraryEntries(v.Definitions), Questions: v.Questions,
		Policies: libraryEntries(v.Policies), Now: v.Now,
	}
	if d.May && search == "" {
		drafts, err := s.Store.DraftsInWork(r.Context())
		if err != nil {
			return err
		}
		for _, e := range drafts {
			d.Drafts = append(d.Drafts, page.DraftInWork(e))
		}
		proposed, all, err := s.Store.ProposedLessons(r.Context(), s.by(r))
		if err != nil {
			return err
		}
		d.Lessons, d.AllLessons = proposedLessons(proposed), all
	}
	if v.Found != nil {
		d.All = v.Found.All
		d.Documents = v.Found.Documents
		for _, it := range v.Found.Items {
			d.Items = append(d.Items, page.LibraryItem(it))
		}
	}
	return s.render(w, r, http.StatusOK, page.Library(s.meta(w, r, &v.Viewer, "Library", ui.NavLibrary), d))
}

func libraryEntries(all []store.DocumentVersions) []page.LibraryEntry {
	out := make([]page.LibraryEntry, len(all))
	for i, d := range all {
		out[i] = page.LibraryEntry(d)
	}
	return out
}

// document shows one version of a lifecycle or module, and what it changes.
func (s *Server) document(w http.ResponseWriter, r *http.Request) error {
	version, err := strconv.Atoi(chi.URLParam(r, "version"))
	if err != nil || version < 1 || version > page.MostVersions {
		return errNoPage
	}
	v, err := s.Store.DocumentVersion(r.Context(), s.by(r), chi.URLParam(r, "template"), version)
	if err != nil {
		return err
	}
	if v.Document.Definition != nil {
		return s.definition(w, r, v)
	}
	if v.Document.Policy != nil {
		return s.policy(w, r, v)
	}
	d := page.NewDocument(v.Document, v.Before, v.Questions)
	d.Ref, d.Versions = v.Ref, v.Versions
	d.May = review.May(v.Actor, review.EditLibrary, nil) == nil
	if d.Exports, err = exports(v.Document, func(format string) string { return page.ExportURL(v.Ref.Key, v.Ref.Version, format) }); err != nil {
		return err
	}
	for _, u := range v.Uses {
		d.Uses = append(d.Uses, page.DocumentUse(u))
	}
	m := s.meta(w, r, &v.Viewer, d.Title(), ui.NavLibrary)
	if v.Document.Kind() == plan.KindModule {
		return s.render(w, r, http.StatusOK, page.Module(m, d))
	}
	return s.render(w, r, http.StatusOK, page.Lifecycle(m, d))
}

// definition shows one version of a readiness definition, and what it changes.
func (s *Server) definition(w http.ResponseWriter, r *http.Request, v *store.DocumentView) error {
	d := &page.DefinitionData{
		Definition: v.Document.Definition, Ref: v.Ref, Versions: v.Versions, May: review.May(v.Actor, review.EditLibrary, nil) == nil,
	}
	if v.Before != nil {
		d.Before = v.Before.Definition
	}
	var err error
	if d.Exports, err = exports(v.Document, func(format string) string { return page.ExportURL(v.Ref.Key, v.Ref.Version, format) }); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Definition(s.meta(w, r, &v.Viewer, d.Title(), ui.NavLibrary), d))
}
