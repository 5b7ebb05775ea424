package web

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// search looks everywhere for what was typed. The palette asks for the same page.
func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	d := &page.SearchData{Text: searchText(r, "q"), Kind: q.Get("kind"), PerPage: store.SearchPage}
	if d.Kind != "" && !slices.Contains(store.SearchKinds(), store.SearchKind(d.Kind)) {
		d.Ignored = append(d.Ignored, page.Ignored{Name: "kind", Value: printable(d.Kind, 40), Known: true})
		d.Kind = ""
	}
	v, err := s.Store.Search(r.Context(), s.by(r), store.Searched{Text: d.Text, Kind: store.SearchKind(d.Kind), Page: pageNumber(r)})
	if err != nil {
		return err
	}
	d.Cut = v.Cut || utf8.RuneCountInString(strings.TrimSpace(q.Get("q"))) > review.MaxName
	d.Blank, d.Instead, d.Page, d.Documents = v.Blank, v.Instead, v.Page, v.Documents
	for _, c := range v.Counts {
		d.Counts = append(d.Counts, page.SearchCount{Kind: string(c.Kind), N: c.N, More: c.More})
	}
	in := func(f store.FoundIn) page.FoundIn { return page.FoundIn{Project: f.Project, Name: f.Name} }
	for i := range v.Projects {
		p := &v.Projects[i]
		d.Projects = append(d.Projects, page.FoundProject{FoundIn: in(p.FoundIn), Team: p.Team, Status: p.Status})
	}
	for i := range v.Items {
		it := &v.Items[i]
		d.Items = append(d.Items, page.FoundItem{
			LibraryItem: page.LibraryItem(it.LibraryItem), FoundIn: in(it.FoundIn), Projects: it.Projects, Stage: it.Stage, Key: it.Key, Title: it.Title,
		})
	}
	for i := range v.Evidence {
		e := &v.Evidence[i]
		d.Evidence = append(d.Evidence, page.FoundEvidence{FoundIn: in(e.FoundIn), Stage: e.Stage, Item: e.Item, Asked: e.Asked, Title: e.Title, URL: e.URL})
	}
	for i := range v.Records {
		rec := &v.Records[i]
		d.Records = append(d.Records, page.FoundRecord{FoundIn: in(rec.FoundIn), Kind: rec.Kind, No: rec.No, Title: rec.Title, State: rec.State})
	}
	for _, p := range v.People {
		d.People = append(d.People, page.FoundPerson(p))
	}
	return s.render(w, r, http.StatusOK, page.Search(s.meta(w, r, &v.Viewer, d.Heading(), ui.NavSearch), d))
}
