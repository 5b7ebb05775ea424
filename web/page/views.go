package page

import (
	"strings"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// SavedView is a list of the portfolio under a name.
type SavedView struct {
	ID            string
	Name          string
	Query         string // of its address
	By            string // who shared it; empty: the reader's own
	Shared, Start bool
}

// href is the list.
func (v *SavedView) href() string {
	if v.Query == "" {
		return PortfolioURL
	}
	return PortfolioURL + "?" + v.Query
}

// label names the view, whose it is, and whether it comes after signing in.
func (v *SavedView) label() string {
	switch {
	case v.By != "":
		return v.Name + " (" + v.By + ")"
	case v.Start:
		return v.Name + ", my start page"
	}
	return v.Name
}

// SaveView is what was typed into the form that saves a view.
type SaveView struct {
	Name          string
	Shared, Start bool
	Errors        []review.FieldError
}

// ViewQuery is the query of the list, without its page: what a view keeps.
func (f PortfolioFilter) ViewQuery() string {
	f.Page = 1
	return strings.TrimPrefix(strings.TrimPrefix(f.url(), PortfolioURL), "?")
}

// saved are the views as chips.
func (d *PortfolioData) saved() []ui.Chip {
	now := d.Filter.ViewQuery()
	chips := make([]ui.Chip, len(d.Views))
	for i := range d.Views {
		v := &d.Views[i]
		chips[i] = ui.Chip{Label: v.label(), Href: v.href(), Current: v.Query == now, Count: -1}
	}
	return chips
}

// current is the view that the page shows; the reader's own first; nil where it is none.
func (d *PortfolioData) current() *SavedView {
	now := d.Filter.ViewQuery()
	for i := range d.Views {
		if d.Views[i].Query == now {
			return &d.Views[i]
		}
	}
	return nil
}

// mayRemove reports whether the reader may let go of a view.
func (d *PortfolioData) mayRemove(v *SavedView) bool {
	return v.By == "" || d.Actor.HasRole(review.RoleAdmin)
}

// saves reports whether there is anything to be saved: a list that is not all projects in
// the usual order, and no view yet.
func (d *PortfolioData) saves() bool {
	return len(d.Save.Errors) > 0 || d.Filter.ViewQuery() != "" && d.current() == nil
}
