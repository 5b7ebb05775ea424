package web

import (
	"errors"
	"net/http"
	"net/url"
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

// An upgrade of all projects goes on from page to page, each a few projects or a
// few seconds further, so that no request is long and stopping is safe anywhere.
const (
	stretchProjects = 50
	stretchTime     = 2 * time.Second
)

// upgradeAll upgrades the next stretch of all projects that are behind.
func (s *Server) upgradeAll(w http.ResponseWriter, r *http.Request, posted url.Values) error {
	run := page.UpgradeRun{Newest: posted.Get("all"), Reason: posted.Get("reason")}
	for name, into := range map[string]*int{"done": &run.Done, "left": &run.Left, "total": &run.Total, "after": &run.After} {
		n, err := strconv.Atoi(posted.Get(name))
		if posted.Get(name) != "" && (err != nil || n < 0) {
			return invalidField("form", "has a number that is none; open the page again")
		}
		*into = n
	}
	v, err := s.Store.BehindAfter(r.Context(), s.by(r), review.ProjectID(run.After), stretchProjects)
	if err != nil {
		return err
	}
	if namesOf(v.Newest) != run.Newest {
		return s.showBehind(w, r, http.StatusConflict, &page.UpgradesData{
			Reason: run.Reason, Errors: map[string]string{"project": "newer versions were published since you looked; look at what they change, and press again"},
		})
	}
	more, err := s.stretch(r, v, &run)
	if fields, invalid := fieldErrors(err); invalid && fields["reason"] != "" {
		return s.showBehind(w, r, http.StatusUnprocessableEntity, &page.UpgradesData{Reason: run.Reason, Errors: fields})
	}
	if err != nil {
		return err
	}
	if more {
		m := s.meta(w, r, &v.Viewer, "Upgrading", ui.NavPortfolio)
		m.Path = page.UpgradesURL
		return s.render(w, r, http.StatusOK, page.Upgrading(m, &run))
	}
	return s.showBehind(w, r, http.StatusOK, &page.UpgradesData{Run: &run})
}

// stretch upgrades the projects of a stretch, and reports whether there are more.
func (s *Server) stretch(r *http.Request, v *store.BehindView, run *page.UpgradeRun) (more bool, err error) {
	began := time.Now()
	for _, p := range v.Projects {
		if time.Since(began) > stretchTime {
			return true, nil
		}
		changed, err := s.upgradeTo(r, p.Key, v.Newest, run.Reason)
		switch {
		case err == nil:
			s.metrics.decided(changed.Events)
			run.Done++
		case refuses(err):
			run.Left++
		default:
			return false, err // those before are done; going on leaves them as they are
		}
		run.After = int(p.ID)
	}
	return v.More, nil
}

// refuses reports whether an error is about one project, so that the others go on.
func refuses(err error) bool {
	_, invalid := fieldErrors(err)
	return !invalid && !errors.Is(err, store.ErrNoSession) && explain(err).status < http.StatusInternalServerError
}

// upgradeTo upgrades a project to the newest of everything, from whatever it has.
func (s *Server) upgradeTo(r *http.Request, key review.ProjectKey, newest []plan.Ref, reason string) (*store.Changed, error) {
	return s.Store.Change(r.Context(), s.by(r), store.Target{Project: key}, func(rv *review.Review, who review.Actor, at time.Time) error {
		to := upgraded(rv.Plan.Origin, newest)
		return rv.Upgrade(who, to, rv.PlanDigest(), reason, at)
	})
}

// namesOf says which versions are the newest, so that a form can tell whether
// they still are.
func namesOf(newest []plan.Ref) string {
	names := make([]string, len(newest))
	for i, ref := range newest {
		names[i] = ref.Key + "@" + strconv.Itoa(ref.Version)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}
