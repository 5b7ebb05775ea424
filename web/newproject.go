package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

const (
	maxChoices     = 100 // people in a list to choose from
	doubleSubmit   = 2 * time.Minute
	keyIsTaken     = "is taken by another project; choose another"
	personNotKnown = "is nobody we know; choose a person from the list"
)

// draft is a project that somebody is about to start.
type draft struct {
	who  *store.Viewer
	ref  review.TemplateRef
	tmpl *review.Template
	form page.ProjectForm
	find string
}

// newProject shows the first step.
func (s *Server) newProject(w http.ResponseWriter, r *http.Request) error {
	d, err := s.draft(r, nil)
	if err != nil {
		return err
	}
	return s.showStep(w, r, http.StatusOK, page.StepWhat, d)
}

// createProject takes the forms of all steps. Nothing is stored before the
// last one; a form that names no step creates the project at once.
func (s *Server) createProject(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "go", "name", "key", "team", "summary", "template", "exposure", "profile", "tier", "owner", "deputy", "target", "restricted", "find")
	if err != nil {
		return err
	}
	d, err := s.draft(r, form)
	if err != nil {
		return err
	}
	switch to := form.Get("go"); to {
	case page.StepWhat, page.StepProfile, page.StepPeople:
		return s.goToStep(w, r, to, d)
	case page.GoFind:
		return s.showStep(w, r, http.StatusOK, page.StepPeople, d)
	case "", page.GoCreate:
		return s.create(w, r, d)
	}
	return &review.Invalid{Fields: []review.FieldError{{Field: "go", Message: "names no step of this form"}}}
}

// draft reads what was typed, for somebody who may start projects.
func (s *Server) draft(r *http.Request, form url.Values) (*draft, error) {
	who, err := s.Store.Who(r.Context(), s.by(r))
	if err != nil {
		return nil, err
	}
	if err := review.May(who.Actor, review.CreateProject, nil); err != nil {
		return nil, err
	}
	d := &draft{who: who, form: page.ProjectForm{
		Key: form.Get("key"), Name: form.Get("name"), Summary: form.Get("summary"), Team: form.Get("team"), Tier: form.Get("tier"),
		Exposure: form.Get("exposure"), Target: form.Get("target"), Restricted: form.Get("restricted") == page.RestrictedValue,
		Profile: form["profile"], Template: form.Get("template"), Owner: personNumber(form.Get("owner")), Deputy: personNumber(form.Get("deputy")), Errors: map[string]string{},
	}, find: searchWords(form.Get("find"))}
	if !form.Has("owner") {
		d.form.Owner = who.Actor.Person
	}
	if d.ref, err = s.templateNamed(r.Context(), form.Get("template")); err != nil {
		return nil, err
	}
	d.tmpl, err = s.Store.Template(r.Context(), d.ref)
	return d, err
}

// templateNamed is the newest version of a template; the default one when none
// is named.
func (s *Server) templateNamed(ctx context.Context, key string) (review.TemplateRef, error) {
	if key == "" {
		return s.Store.DefaultTemplate(ctx)
	}
	refs, err := s.Store.LatestTemplates(ctx)
	if err != nil {
		return review.TemplateRef{}, err
	}
	i := slices.IndexFunc(refs, func(ref review.TemplateRef) bool { return ref.Key == key })
	if i < 0 {
		return review.TemplateRef{}, &review.Invalid{Fields: []review.FieldError{{Field: "template", Message: "is not the key of a template"}}}
	}
	return refs[i], nil
}

// goToStep shows a step, or the first one before it that is not right yet.
func (s *Server) goToStep(w http.ResponseWriter, r *http.Request, to string, d *draft) error {
	if to == page.StepWhat {
		return s.showStep(w, r, http.StatusOK, to, d)
	}
	if err := s.checkDraft(r, d); err != nil {
		return err
	}
	for _, step := range page.NewProjectSteps() {
		if step == to {
			break
		}
		if wrong := d.wrongAt(step); len(wrong) > 0 {
			d.form.Errors = wrong
			return s.showStep(w, r, http.StatusUnprocessableEntity, step, d)
		}
	}
	d.form.Errors = nil // the fields of later steps are still empty
	return s.showStep(w, r, http.StatusOK, to, d)
}

// checkDraft finds what is wrong with a draft by the domain's own rules,
// without storing anything. An empty key is taken from the name.
func (s *Server) checkDraft(r *http.Request, d *draft) error {
	if d.form.Key == "" {
		key, err := s.freeKey(r, d.form.Name)
		if err != nil {
			return err
		}
		d.form.Key = key
	} else if taken, err := s.keyTaken(r, d.form.Key); err != nil {
		return err
	} else if taken {
		d.form.Errors["key"] = keyIsTaken
	}
	_, err := review.Create(d.who.Actor, 0, d.tmpl, d.ref, d.form.NewProject(), d.who.Now)
	fields, ok := fieldErrors(err)
	if err != nil && !ok {
		return err
	}
	for field, message := range fields {
		d.form.Errors[field] = message
	}
	return nil
}

// freeKey suggests a key for a name that, as far as the person may know, no
// project has.
func (s *Server) freeKey(r *http.Request, name string) (string, error) {
	base := page.SuggestKey(name)
	if base == "" {
		return "", nil
	}
	key := base
	for n := 2; n < 10; n++ {
		taken, err := s.keyTaken(r, key)
		if err != nil {
			return "", err
		}
		if !taken {
			break
		}
		key = fmt.Sprintf("%s-%d", base, n)
	}
	return key, nil
}

// keyTaken reports whether the person may see a project with the key. One that
// they may not see is found out when the project is made.
func (s *Server) keyTaken(r *http.Request, key string) (bool, error) {
	if !review.ValidKey(key) {
		return false, nil
	}
	_, err := s.Store.Scope(r.Context(), s.by(r), review.ProjectKey(key))
	if errors.Is(err, review.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// wrongAt are the errors of the fields that a step asks for.
func (d *draft) wrongAt(step string) map[string]string {
	out := map[string]string{}
	for field, message := range d.form.Errors {
		if page.StepOf(field) == step {
			out[field] = message
		}
	}
	return out
}

// create makes the project, or shows the first step that is not right.
func (s *Server) create(w http.ResponseWriter, r *http.Request, d *draft) error {
	if d.form.Key == "" {
		d.form.Key = page.SuggestKey(d.form.Name)
	}
	changed, err := s.Store.Create(r.Context(), s.by(r), d.ref, d.form.NewProject())
	if err == nil {
		return s.done(w, r, page.ProjectURL(changed.Review.Project.Key), flashCreated)
	}
	fields, ok := fieldErrors(err)
	if !ok {
		return err
	}
	if fields["key"] != "" && s.madeBefore(r, d) {
		return s.done(w, r, page.ProjectURL(review.ProjectKey(d.form.Key)), flashCreated)
	}
	d.form.Errors = fields
	for _, step := range page.NewProjectSteps() {
		if len(d.wrongAt(step)) > 0 {
			return s.showStep(w, r, http.StatusUnprocessableEntity, step, d)
		}
	}
	return err
}

// madeBefore reports whether the very same form made the project a moment ago:
// a button that was pressed twice leads where the first press led.
func (s *Server) madeBefore(r *http.Request, d *draft) bool {
	if !review.ValidKey(d.form.Key) {
		return false
	}
	view, err := s.Store.Checklist(r.Context(), s.by(r), review.ProjectKey(d.form.Key), d.tmpl.Stages[0].Key)
	if err != nil {
		return false
	}
	p, in := &view.Review.Project, d.form.NewProject()
	return p.Name == in.Name && p.Holder(review.DutyOwner) == in.Owner && view.Now.Sub(p.Created) < doubleSubmit
}

// showStep renders one step of the form.
func (s *Server) showStep(w http.ResponseWriter, r *http.Request, status int, step string, d *draft) error {
	data := &page.NewProjectData{Step: step, Template: d.tmpl, Find: d.find}
	if step == page.StepPeople {
		found, err := s.Store.FindPeople(r.Context(), s.by(r), d.find, maxChoices, d.form.Owner, d.form.Deputy)
		if err != nil {
			return err
		}
		data.People, data.Many = choices(found), len(found) >= maxChoices
		if d.form.Errors["person"] != "" {
			d.nameStrangers(data.People)
		}
	}
	data.Form = d.form
	m := s.meta(w, r, d.who, "New project", ui.NavNone)
	m.Width, m.ErrorCount, m.Path = ui.Slim, len(d.form.Errors), page.NewProjectURL
	return s.render(w, r, status, page.NewProject(m, data))
}

// nameStrangers puts the store's complaint about a person at the field that
// names nobody.
func (d *draft) nameStrangers(known []page.Choice) {
	delete(d.form.Errors, "person")
	for field, id := range map[string]review.PersonID{"owner": d.form.Owner, "deputy": d.form.Deputy} {
		if id != 0 && !slices.ContainsFunc(known, func(c page.Choice) bool { return c.ID == id }) {
			d.form.Errors[field] = personNotKnown
		}
	}
}

func choices(found []store.Somebody) []page.Choice {
	out := make([]page.Choice, len(found))
	for i, p := range found {
		out[i] = page.Choice{ID: p.ID, Name: p.Name, Email: p.Email}
	}
	return out
}
