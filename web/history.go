package web

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// history is the audit trail of a project; as of a moment, its overview then.
func (s *Server) history(w http.ResponseWriter, r *http.Request) error {
	if asksPast(r) {
		return s.projectAt(w, r)
	}
	f, err := s.historyFilter(r)
	if err != nil {
		return err
	}
	v, err := s.Store.History(r.Context(), s.by(r), projectKey(r), storeHistory(f))
	if err != nil {
		return err
	}
	d := historyData(v, f)
	d.People = peopleByName(v, f.Person)
	if !f.Narrows() && f.Before == 0 {
		days, err := s.Store.BurnUp(r.Context(), s.by(r), v.Review.Project.Key)
		if err != nil {
			return err
		}
		for _, day := range days {
			d.Burn = append(d.Burn, page.BurnUpDay(day))
		}
	}
	return s.render(w, r, http.StatusOK, page.History(s.projectMeta(w, r, &v.Viewer, v.Review, "History, "+v.Review.Project.Name, ui.NavPortfolio), d))
}

func storeHistory(f page.HistoryFilter) store.HistoryFilter {
	return store.HistoryFilter{Stage: f.Stage, Kind: f.Kind, Person: f.Person, From: f.From, To: f.To, Before: f.Before}
}

func historyData(v *store.HistoryView, f page.HistoryFilter) page.HistoryData {
	d := page.HistoryData{
		Project: &v.Review.Project, Template: &v.Review.Plan.Lifecycle, Now: v.Now, Name: v.Names.Of, Others: v.Others, Entries: v.Entries,
		Filter: f, More: v.More,
	}
	for _, h := range v.Hashes {
		d.Hashes = append(d.Hashes, hex.EncodeToString(h[:]))
	}
	return d
}

// exportHistory sends all that the trail lists, over all its pages, as a file.
func (s *Server) exportHistory(w http.ResponseWriter, r *http.Request) error {
	f, err := s.historyFilter(r)
	if err != nil {
		return err
	}
	return s.sendTable(w, r, func(t *table) error {
		return s.Store.WholeHistory(r.Context(), s.by(r), projectKey(r), storeHistory(f), exportStretch, func(v *store.HistoryView) error {
			d := historyData(v, f)
			if t.Writer == nil {
				if err := t.begin(string(d.Project.Key)+"-history-"+v.Now.Format(time.DateOnly), "History", page.HistoryColumns()); err != nil {
					return err
				}
			}
			return d.SheetRows(s.Origin, t.Row)
		})
	})
}

// historyFilter reads what the address narrows the trail to.
func (s *Server) historyFilter(r *http.Request) (page.HistoryFilter, error) {
	q := r.URL.Query()
	f := page.HistoryFilter{Stage: plan.StageKey(q.Get("stage")), Kind: q.Get("kind")}
	var bad review.Invalid
	whole := func(name, what string) int64 {
		if q.Get(name) == "" {
			return 0
		}
		n, err := strconv.ParseInt(q.Get(name), 10, 64)
		if err != nil || n < 1 {
			bad.Add(name, "is not the number of "+what)
		}
		return n
	}
	if f.Stage != "" && !plan.ValidKey(string(f.Stage)) {
		bad.Add("stage", "is not the key of a stage")
	}
	f.Person, f.Before = review.PersonID(whole("person", "a person")), whole("before", "an entry")
	if f.Kind != "" && !page.KnownKind(f.Kind) {
		bad.Add("kind", "is nothing that the trail of a project holds")
	}
	if err := bad.Err(); err != nil {
		return f, err
	}
	var err error
	if f.From, err = s.moment(r, "from", startOfDay); err != nil {
		return f, err
	}
	f.To, err = s.moment(r, "to", endOfDay)
	f.FromText, f.ToText = q.Get("from"), q.Get("to")
	return f, err
}

// peopleByName are those whom the filter offers: the people of the project and
// of this page.
func peopleByName(v *store.HistoryView, chosen review.PersonID) []review.PersonID {
	ids := make([]review.PersonID, 0, len(v.Names)+1)
	for id := range v.Names {
		if id != review.System {
			ids = append(ids, id)
		}
	}
	if chosen != 0 && !slices.Contains(ids, chosen) {
		ids = append(ids, chosen)
	}
	slices.SortFunc(ids, func(a, b review.PersonID) int {
		return strings.Compare(strings.ToLower(v.Names.Of(a)), strings.ToLower(v.Names.Of(b)))
	})
	return ids
}
