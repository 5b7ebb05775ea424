package web

import (
	"net/http"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// policy shows one version of a policy, which items show it, and what it changes.
func (s *Server) policy(w http.ResponseWriter, r *http.Request, v *store.DocumentView) error {
	shelf, err := s.Store.Shelf(r.Context(), s.by(r), v.Ref.Key)
	if err != nil {
		return err
	}
	d := &page.PolicyData{
		PolicyDocument: v.Document.Policy, Ref: v.Ref, Versions: v.Versions, May: review.May(v.Actor, review.EditLibrary, nil) == nil,
		Showing: map[plan.ItemKey][]page.LibraryItem{}, Owner: shelf.Names.Of(shelf.Owner), Now: v.Now,
	}
	if v.Before != nil {
		d.Before = v.Before.Policy
	}
	for k, items := range v.Showing {
		for _, it := range items {
			d.Showing[k] = append(d.Showing[k], page.LibraryItem(it))
		}
	}
	if d.Exports, err = exports(v.Document, func(format string) string { return page.ExportURL(v.Ref.Key, v.Ref.Version, format) }); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Policy(s.meta(w, r, &v.Viewer, d.Title(), ui.NavLibrary), d))
}
