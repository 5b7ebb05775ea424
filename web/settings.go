package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// errSettingsChanged means that somebody else changed the settings after the
// form was opened.
var errSettingsChanged = errors.New("the settings changed meanwhile")

// settings shows a project's own fields, to be changed.
func (s *Server) settings(w http.ResponseWriter, r *http.Request) error {
	return s.showSettings(w, r, http.StatusOK, settingsTyped{})
}

// settingsTyped is what a refused form held; nil for the form that was not
// sent.
type settingsTyped struct {
	form     *page.ProjectForm
	was      string // what the form was shown
	conflict bool
}

func (s *Server) showSettings(w http.ResponseWriter, r *http.Request, status int, typed settingsTyped) error {
	view, err := s.Store.Project(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	p := &view.Review.Project
	if err := review.May(view.Actor, review.EditProject, p); err != nil {
		return err
	}
	d := &page.SettingsData{
		Actor: view.Actor, Project: p, Template: view.Review.Template, Names: view.Names.Of,
		Form: page.FormOf(p), Was: fieldsDigest(page.FormOf(p)),
	}
	if typed.form != nil {
		d.Form, d.Was = *typed.form, typed.was
	}
	if typed.conflict {
		d.Was = fieldsDigest(page.FormOf(p))
		d.Theirs = page.Differences(p, typed.form, d.Template)
	}
	m := s.meta(w, r, &view.Viewer, "Settings, "+p.Name, ui.NavPortfolio)
	m.Path, m.ErrorCount = page.SettingsURL(p.Key), len(d.Form.Errors)
	return s.render(w, r, status, page.Settings(m, d))
}

// fieldsDigest stands for the values of a settings form. What was typed with
// other spaces around it counts as the same.
func fieldsDigest(f page.ProjectForm) string {
	in := f.Fields()
	in.Name, in.Summary, in.Team = strings.TrimSpace(in.Name), strings.TrimSpace(strings.ReplaceAll(in.Summary, "\r\n", "\n")), strings.TrimSpace(in.Team)
	slices.Sort(in.Profile)
	in.Profile = slices.Compact(in.Profile)
	if in.Profile == nil {
		in.Profile = []review.Flag{}
	}
	b, err := json.Marshal(in)
	if err != nil { // strings, numbers and bools always encode
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// saveSettings changes the project's own fields, unless somebody else did so
// since the form was opened.
func (s *Server) saveSettings(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "was", "name", "team", "summary", "exposure", "profile"+several, "tier", "target", "restricted")
	if err != nil {
		return err
	}
	typed := settingsForm(form)
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r)}, func(rv *review.Review, who review.Actor, at time.Time) error {
		if err := review.May(who, review.EditProject, &rv.Project); err != nil {
			return err
		}
		switch now := fieldsDigest(page.FormOf(&rv.Project)); now {
		case fieldsDigest(*typed): // nothing to change, or the same form for the second time
			return nil
		case form.Get("was"):
			return rv.Edit(who, typed.Fields(), at)
		}
		return errSettingsChanged
	})
	if err == nil {
		return s.doneSettings(w, r, changed, page.ProjectURL(projectKey(r)), flashSaved)
	}
	var denied *review.Denied
	fields, invalid := fieldErrors(err)
	switch {
	case errors.Is(err, errSettingsChanged):
		return s.showSettings(w, r, http.StatusConflict, settingsTyped{form: typed, conflict: true})
	case invalid:
		typed.Errors = fields
		return s.showSettings(w, r, http.StatusUnprocessableEntity, settingsTyped{form: typed, was: form.Get("was")})
	case errors.As(err, &denied) && (denied.Action == review.LowerTier || denied.Action == review.DropSeat):
		field := map[review.Action]string{review.LowerTier: "tier", review.DropSeat: "profile"}[denied.Action]
		typed.Errors = map[string]string{field: denied.Why}
		return s.showSettings(w, r, http.StatusForbidden, settingsTyped{form: typed, was: form.Get("was")})
	}
	return err
}

func settingsForm(form url.Values) *page.ProjectForm {
	return &page.ProjectForm{
		Name: form.Get("name"), Summary: form.Get("summary"), Team: form.Get("team"), Tier: form.Get("tier"), Exposure: form.Get("exposure"),
		Target: form.Get("target"), Restricted: form.Get("restricted") == page.RestrictedValue, Profile: form["profile"],
	}
}

// doneSettings leads on, as near to the wanted page as the person may still
// go: who takes themselves off a project may lose sight of it.
func (s *Server) doneSettings(w http.ResponseWriter, r *http.Request, changed *store.Changed, to string, f flash) error {
	p := &changed.Review.Project
	if review.May(changed.Actor, review.ViewProject, p) != nil {
		return s.done(w, r, page.PortfolioURL, f)
	}
	if review.May(changed.Actor, review.ManageMembers, p) != nil {
		to = page.ProjectURL(p.Key)
	}
	return s.done(w, r, to, f)
}
