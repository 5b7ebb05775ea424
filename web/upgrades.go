package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// behind lists the projects whose plan is behind a version, with what an upgrade
// would do to each.
func (s *Server) behind(w http.ResponseWriter, r *http.Request) error {
	return s.showBehind(w, r, http.StatusOK, &page.UpgradesData{All: r.URL.Query().Get("all") != ""})
}

func (s *Server) showBehind(w http.ResponseWriter, r *http.Request, status int, d *page.UpgradesData) error {
	d.Page, d.Most = pageNumber(r), store.BehindPage
	v, err := s.Store.Behind(r.Context(), s.by(r), d.Page)
	if err != nil {
		return err
	}
	d.More, d.Total, d.Newest = v.More, v.Total, namesOf(v.Newest)
	for _, p := range v.Projects { // one after the other: a hundred reviews at once are a lot of memory
		err := s.addBehind(r, d, v, p)
		if err != nil && !errors.Is(err, review.ErrNotFound) { // hidden from the person meanwhile
			return err
		}
	}
	m := s.meta(w, r, &v.Viewer, "Projects behind their version", ui.NavPortfolio)
	m.Path, m.ErrorCount = page.UpgradesURL, len(d.Errors)
	m.Saved = len(d.Errors) == 0 && len(d.Left) == 0 && (len(d.Done) > 0 || d.Run != nil)
	return s.render(w, r, status, page.Upgrades(m, d))
}

// addBehind looks ahead for one project.
func (s *Server) addBehind(r *http.Request, d *page.UpgradesData, v *store.BehindView, p store.BehindProject) error {
	view, err := s.Store.Project(r.Context(), s.by(r), p.Key)
	if err != nil {
		return err
	}
	rv := view.Review
	newer := page.NewerVersions(rv.Plan, v.Newest)
	if len(newer) == 0 || review.May(view.Actor, review.ChangePlan, &rv.Project) != nil {
		return nil
	}
	rv.Plans = s.Store.Plans(r.Context())
	why := ""
	then, err := rv.PreviewUpgrade(upgraded(rv.Plan.Origin, v.Newest))
	var refused *review.Refused
	if errors.As(err, &refused) {
		why, err = refused.Why, nil
	}
	if err != nil {
		return err
	}
	d.Add(newer, page.NewUpgradable(p.Name, rv, then, why))
	return nil
}

// upgradeMany upgrades the chosen projects, each by itself. What cannot be is
// listed with why, and what is done already stays as it is, so that pressing again
// is safe.
func (s *Server) upgradeMany(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "project"+several, "reason", "all", "done", "left", "total", "after")
	d := &page.UpgradesData{Picked: posted["project"], Reason: posted.Get("reason"), Errors: map[string]string{}}
	fields, invalid := fieldErrors(err)
	if err != nil && (!invalid || fields["form"] != "") {
		return err
	}
	all := posted.Get("all") != ""
	if len(d.Picked) == 0 && !all {
		d.Errors["project"] = "select at least one project"
	}
	if len(d.Picked) > store.BehindPage && !all {
		d.Errors["project"] = "select " + strconv.Itoa(store.BehindPage) + " projects at most at a time"
	}
	if strings.TrimSpace(d.Reason) == "" {
		d.Errors["reason"] = "say why, so that people who come later understand"
	}
	if len(d.Errors) > 0 {
		return s.showBehind(w, r, http.StatusUnprocessableEntity, d)
	}
	if all {
		return s.upgradeAll(w, r, posted)
	}
	newest, err := s.Store.Newest(r.Context())
	if err != nil {
		return err
	}
	for _, pick := range d.Picked {
		key, versions, _ := strings.Cut(pick, ".")
		seen, to, _ := strings.Cut(versions, ".")
		changed, err := s.upgradeOne(r, review.ProjectKey(key), newest, review.Digest(seen), review.Digest(to), d.Reason)
		if err == nil {
			s.metrics.decided(changed.Events)
			d.Done = append(d.Done, page.UpgradeDone{Key: changed.Review.Project.Key, Name: changed.Review.Project.Name})
			continue
		}
		if fields, ok := fieldErrors(err); ok && fields["reason"] != "" {
			d.Errors["reason"] = fields["reason"] // of all projects alike
			return s.showBehind(w, r, http.StatusUnprocessableEntity, d)
		}
		if !refuses(err) {
			return err // those before are done; pressing again leaves them as they are
		}
		d.Left = append(d.Left, page.UpgradeLeft{Key: printable(key, 40), Why: explain(err).text})
	}
	if len(d.Left) == 0 {
		d.Picked, d.Reason = nil, ""
	}
	return s.showBehind(w, r, http.StatusOK, d)
}

// upgradeOne upgrades a project to what the person was shown, while that is the
// newest.
func (s *Server) upgradeOne(
	r *http.Request, key review.ProjectKey, newest []plan.Ref, seen, to review.Digest, reason string,
) (*store.Changed, error) {
	return s.Store.Change(r.Context(), s.by(r), store.Target{Project: key}, func(rv *review.Review, who review.Actor, at time.Time) error {
		return planChange{page.PlanUpgrade, "", reason, seen, to}.make(rv, newest, who, at)
	})
}
