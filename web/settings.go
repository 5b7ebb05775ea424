package web

import (
	"errors"
	"maps"
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

// settings shows a project's own fields, to be changed.
func (s *Server) settings(w http.ResponseWriter, r *http.Request) error {
	return s.showSettings(w, r, http.StatusOK, settingsTyped{})
}

// settingsTyped is what a refused form held; nil for the form that was not
// sent.
type settingsTyped struct {
	form     *page.ProjectForm
	was      review.Digest // of what the form was shown
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
		AskedBack: page.NewAskedBack(view.Review, view.Names.Of, view.Now, false),
		Actor:     view.Actor, Project: p, Plan: view.Review.Plan, Template: &view.Review.Plan.Lifecycle, Names: view.Names.Of,
		Confirm: page.NewConfirmation(view.Review, view.Actor, view.Names.Of, false),
		Form:    page.FormOf(p, &view.Review.Plan.Lifecycle), Was: p.Fields().Digest(),
	}
	if typed.form == nil && p.Kind != "" {
		offers, err := s.Store.Offers(r.Context())
		if err != nil {
			return err
		}
		d.Proposal, d.Attached = d.Form.Propose(d.Template, modulesOf(offers)), view.Review.Plan.Origin.Modules
	}
	if typed.form != nil {
		d.Form, d.Was = *typed.form, typed.was
	}
	if typed.conflict {
		d.Was = p.Fields().Digest()
		d.Theirs = page.Differences(p, typed.form, d.Template)
	}
	m := s.projectMeta(w, r, &view.Viewer, view.Review, "Settings, "+p.Name, ui.NavPortfolio)
	m.Path, m.ErrorCount = page.SettingsURL(p.Key), len(d.Form.Errors)
	if err := s.tellExposure(r, view.Review, &m); err != nil {
		return err
	}
	return s.render(w, r, status, page.Settings(m, d))
}

// saveSettings changes the project's own fields, unless somebody else did so
// since the form was opened.
func (s *Server) saveSettings(w http.ResponseWriter, r *http.Request) error {
	form, err := readProjectForm(r, "was", "tagged", "name", "team", "summary", "tags", "exposure", page.AnswerField+each, page.QuestionField+each, page.AnswerRest, "reason",
		"tier", "target", "restricted", "kind", "start")
	if err != nil {
		return err
	}
	typed, was := settingsForm(form), review.Digest(form.Get("was"))
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r)}, func(rv *review.Review, who review.Actor, at time.Time) error {
		if form.Get(page.AnswerRest) != "" {
			typed.AnswerRest(&rv.Plan.Lifecycle)
		}
		add, remove := typed.Retagged()
		if err := rv.Retag(who, add, remove, at); err != nil {
			return err
		}
		return rv.EditShown(who, was, typed.Fields(&rv.Plan.Lifecycle), at)
	})
	if err == nil {
		done, to := flashSaved, "" // where the kind changed, to what it proposes
		for _, en := range changed.Events {
			if _, asked := en.Event.(review.RetractionAsked); asked {
				done = flashAskedBack
			}
			if e, ok := en.Event.(review.ProjectEdited); ok && e.Origination != "" && review.May(changed.Actor, review.EditProject, &changed.Review.Project) == nil {
				to = page.SettingsURL(projectKey(r)) + "#proposed"
			}
		}
		done = done.about(entrySpan(changed.Events))
		if to != "" {
			return s.done(w, r, to, done)
		}
		return s.doneSettings(w, r, changed, page.ProjectURL(projectKey(r)), done)
	}
	var denied *review.Denied
	var outdated *review.Outdated
	fields, invalid := fieldErrors(err)
	switch {
	case errors.As(err, &outdated):
		return s.showSettings(w, r, http.StatusConflict, settingsTyped{form: typed, conflict: true})
	case invalid:
		typed.Errors = fields
		return s.showSettings(w, r, http.StatusUnprocessableEntity, settingsTyped{form: typed, was: was})
	case errors.As(err, &denied) && denied.Action == review.LowerTier:
		typed.Errors = map[string]string{"tier": denied.Why}
		return s.showSettings(w, r, http.StatusForbidden, settingsTyped{form: typed, was: was})
	case errors.As(err, &denied) && denied.Action == review.NarrowExposure:
		typed.Errors = map[string]string{"exposure": denied.Why}
		return s.showSettings(w, r, http.StatusForbidden, settingsTyped{form: typed, was: was})
	}
	return err
}

// tellExposure adds to the word on saved settings which gates came and went with the
// exposure.
func (s *Server) tellExposure(r *http.Request, rv *review.Review, m *ui.PageMeta) error {
	f, span := flash(read(r, s.cookies.flashName)).parts()
	first, last, ok := readSpan(span)
	if f != flashSaved && f != flashAskedBack || !ok || len(m.Banners) == 0 {
		return nil
	}
	entries, err := s.Store.Entries(r.Context(), s.by(r), rv.Project.Key, "", first, last)
	if err != nil {
		return err
	}
	if words := page.ExposureSaved(entries, rv.Plan); words != "" {
		m.Banners[len(m.Banners)-1].Text += " " + words
	}
	return nil
}

// confirmProfile confirms the answers about a project, as the person was shown them.
func (s *Server) confirmProfile(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "shown")
	if err != nil {
		return err
	}
	if err := s.mayDecide(r); err != nil {
		return err
	}
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r)}, func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.ConfirmProfile(who, shown(form), at)
	})
	if err != nil {
		return err
	}
	if len(changed.Events) == 0 {
		return s.done(w, r, page.ProjectURL(projectKey(r)), flashAlready)
	}
	return s.done(w, r, page.ProjectURL(projectKey(r)), flashProfile)
}

// readProjectForm is readForm of a form with answers about the project. The words
// of the questions, which it carries for pages that do not know them, are dropped.
func readProjectForm(r *http.Request, fields ...string) (url.Values, error) {
	form, err := readForm(r, fields...)
	if err != nil {
		return nil, err
	}
	answers := url.Values{}
	for name, values := range form {
		if strings.HasPrefix(name, page.AnswerField) && !(&page.ProjectForm{}).Answer(name, values[0]) {
			return nil, invalidField("profile", "is answered with yes, no or not yet")
		}
		if !strings.HasPrefix(name, page.QuestionField) {
			answers[name] = values
		}
	}
	return answers, nil
}

// takeAnswers puts the answers of a form in their place, in the order of their
// questions.
func takeAnswers(f *page.ProjectForm, form url.Values) {
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if question, ok := strings.CutPrefix(name, page.AnswerField); ok {
			f.Answer(question, form.Get(name))
		}
	}
}

func settingsForm(form url.Values) *page.ProjectForm {
	f := &page.ProjectForm{
		Name: form.Get("name"), Summary: form.Get("summary"), Team: form.Get("team"), Tier: form.Get("tier"), Exposure: form.Get("exposure"),
		Target: form.Get("target"), Restricted: form.Get("restricted") == page.RestrictedValue, Reason: form.Get("reason"),
		Kind: form.Get("kind"), Start: form.Get("start"), Tags: form.Get("tags"), Tagged: form.Get("tagged"),
	}
	takeAnswers(f, form)
	return f
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
