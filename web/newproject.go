package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

const (
	maxChoices     = 100 // people in a list to choose from
	keyIsTaken     = "is taken by another project; choose another"
	personNotKnown = "is nobody we know; choose a person from the list"
	noSuchSource   = "names no project that you can see; type its key or its whole name"
	draftIDLength  = 26
	draftField     = 5000 // bytes of a field that are kept of a draft that is too long
)

// draft is a project that somebody is about to start. What was typed is kept
// at the server from step to step, so that each step is a page with an address
// of its own.
type draft struct {
	id   string
	who  *store.Viewer
	ref  plan.Ref
	tmpl *plan.Lifecycle
	form page.ProjectForm
	find string

	offers   []store.Offer
	proposal *plan.Proposal // nil: nothing is proposed
}

// newProject leads to the first step of a new draft, which is stored once
// something was typed.
func (s *Server) newProject(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.starter(r); err != nil {
		return err
	}
	to := page.NewProjectStepURL(newDraftID(), page.StepWhat)
	if from := searchText(r, "from"); from != "" {
		to += "?from=" + url.QueryEscape(from)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// newDraftID is a name that nobody guesses.
func newDraftID() string { return strings.ToLower(rand.Text())[:draftIDLength] }

func validDraftID(id string) bool {
	return len(id) == draftIDLength && !strings.ContainsFunc(id, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}

// starter is who asks, when they may start projects.
func (s *Server) starter(r *http.Request) (*store.Viewer, error) {
	who, err := s.Store.Who(r.Context(), s.by(r))
	if err != nil {
		return nil, err
	}
	return who, review.May(who.Actor, review.CreateProject, nil)
}

// step shows one step of a draft; with "check" in the address also what is
// wrong with it.
func (s *Server) step(w http.ResponseWriter, r *http.Request) error {
	d, step, err := s.openDraft(r)
	if err != nil {
		return err
	}
	if d.form.Made != "" {
		http.Redirect(w, r, page.ProjectURL(d.form.Made), http.StatusSeeOther)
		return nil
	}
	d.find = searchText(r, "find")
	if d.form.From == "" {
		d.form.From = searchText(r, "from")
	}
	if !r.URL.Query().Has("check") {
		d.form.Errors = map[string]string{}
		return s.showStep(w, r, http.StatusOK, step, d)
	}
	found := d.form.Errors
	if err := s.checkDraft(r, d); err != nil {
		return err
	}
	for field, message := range found { // what only the last step could find out
		d.form.Errors[field] = message
	}
	d.form.Errors = d.wrongAt(step)
	return s.showStep(w, r, http.StatusOK, step, d)
}

// saveStep takes the form of one step and leads on by redirecting, so that going
// back and reloading never send anything again.
func (s *Server) saveStep(w http.ResponseWriter, r *http.Request) error {
	form, err := readProjectForm(
		r, "go", "name", "key", "team", "summary", "tags", "template", "from", "exposure", page.AnswerField+each, page.QuestionField+each, "tier",
		"kind", "why", "start", "module"+several, "owner", "deputy", "member"+several, "target", "late", "restricted", "find",
	)
	if err != nil {
		return err
	}
	d, step, err := s.openDraft(r)
	if err != nil {
		return err
	}
	if d.form.Made != "" {
		return s.done(w, r, page.ProjectURL(d.form.Made), flashCreated)
	}
	d.form.Errors = map[string]string{}
	before := d.form.Template
	d.take(step, form)
	if d.form.Template != before {
		if err := s.pin(r.Context(), d); err != nil {
			return err
		}
		d.form.KeepAsked(d.tmpl)
	}
	if err := s.propose(r.Context(), d); err != nil {
		return err
	}
	to, err := s.nextStep(r, d, step, form)
	if err != nil {
		return err
	}
	if to == "" {
		return errNoStep
	}
	if to == stepCreate {
		return s.createDraft(w, r, d, step)
	}
	whole, err := s.saveDraft(r.Context(), d)
	if err != nil {
		return err
	}
	if !whole { // too long for any field: shown at once, as it was typed
		if err := s.checkDraft(r, d); err != nil {
			return err
		}
		return s.showStep(w, r, http.StatusUnprocessableEntity, step, d)
	}
	http.Redirect(w, r, page.NewProjectStepURL(d.id, to), http.StatusSeeOther)
	return nil
}

// stepCreate is where the last step leads.
const stepCreate = "create"

var errNoStep = &review.Invalid{Fields: []review.FieldError{{Field: "go", Message: "names no step of this form"}}}

// nextStep says where a button leads: a step, perhaps with a query.
func (s *Server) nextStep(r *http.Request, d *draft, step string, form url.Values) (string, error) {
	steps := page.NewProjectSteps()
	at := slices.Index(steps, step)
	switch form.Get("go") {
	case page.GoBack:
		return steps[max(at-1, 0)], nil
	case page.GoStay, page.GoRest:
		if form.Get("go") == page.GoRest {
			d.form.AnswerRest(d.tmpl)
		}
		if step != page.StepProfile {
			return step, nil
		}
		d.form.TakeProposal(d.tmpl, d.proposal)
		return step + "#f-tier", nil
	case page.GoFind:
		return step + "?find=" + url.QueryEscape(searchWords(form.Get("find"))) + "#f-member", nil
	case page.GoCopy:
		if err := s.copyInto(r, d); err != nil {
			return "", err
		}
		if len(d.form.Errors) > 0 {
			return step + "?check=1", nil
		}
		return step, nil
	case "", page.GoOn:
		// Typed, and Enter pressed; but not what a draft of the tab brought back
		// after the copy was made.
		if step == page.StepWhat && strings.TrimSpace(d.form.From) != "" && d.form.Copied == "" {
			form.Set("go", page.GoCopy)
			return s.nextStep(r, d, step, form)
		}
		d.form.From = ""
		if step == page.StepProfile && d.form.TakeProposal(d.tmpl, d.proposal) {
			return step + "#f-tier", nil // to be seen before it goes on
		}
	default:
		return "", nil
	}
	if err := s.checkDraft(r, d); err != nil {
		return "", err
	}
	if at+1 == len(steps) && d.form.Errors["key"] == keyIsTaken && s.madeBefore(r, d) {
		return stepCreate, nil // by the first of two presses, after this one had read the draft
	}
	for _, earlier := range steps[:at+1] {
		if len(d.wrongAt(earlier)) > 0 {
			return earlier + "?check=1", nil
		}
	}
	d.form.Errors = map[string]string{}
	if at+1 < len(steps) {
		return steps[at+1], nil
	}
	if page.PastTarget(d.form.Target, d.who.Now) && form.Get("late") != d.form.Target {
		d.form.Errors["target"] = "is in the past, so the project would start as overdue. If you mean that, create it again; otherwise change the date"
		return step + "?check=1", nil
	}
	return stepCreate, nil
}

// createDraft makes the project, or leads to the first step that is not right.
func (s *Server) createDraft(w http.ResponseWriter, r *http.Request, d *draft, step string) error {
	made, err := s.make(r, d)
	if err != nil {
		return err
	}
	if made != "" {
		// Only where it led is left, for whoever presses twice or goes back.
		d.form = page.ProjectForm{Made: made}
		if _, err := s.saveDraft(r.Context(), d); err != nil {
			return err
		}
		return s.done(w, r, page.ProjectURL(made), flashCreated)
	}
	for _, earlier := range page.NewProjectSteps() {
		if len(d.wrongAt(earlier)) > 0 {
			step = earlier
			break
		}
	}
	if _, err := s.saveDraft(r.Context(), d); err != nil {
		return err
	}
	http.Redirect(w, r, page.NewProjectStepURL(d.id, step+"?check=1"), http.StatusSeeOther)
	return nil
}

// createProject takes a whole project in one form. What is wrong with it is
// shown at the step that asks for it.
func (s *Server) createProject(w http.ResponseWriter, r *http.Request) error {
	form, err := readProjectForm(
		r, "name", "key", "team", "summary", "tags", "template", "exposure", page.AnswerField+each, page.QuestionField+each, page.AnswerRest, "tier",
		"kind", "why", "start", "module"+several, "owner", "deputy", "member"+several, "target", "restricted",
	)
	if err != nil {
		return err
	}
	who, err := s.starter(r)
	if err != nil {
		return err
	}
	d := &draft{
		id: newDraftID(), who: who, form: page.ProjectForm{Template: form.Get("template"), Owner: who.Actor.Person, Errors: map[string]string{}},
	}
	for _, step := range page.NewProjectSteps() {
		d.take(step, form)
	}
	if err := s.pin(r.Context(), d); err != nil {
		return err
	}
	if form.Get(page.AnswerRest) != "" {
		d.form.AnswerRest(d.tmpl)
	}
	if err := s.propose(r.Context(), d); err != nil {
		return err
	}
	d.form.Proposed = page.ProposedTier(d.proposal)
	made, err := s.make(r, d)
	if err != nil {
		return err
	}
	if made != "" {
		return s.done(w, r, page.ProjectURL(made), flashCreated)
	}
	if _, err := s.saveDraft(r.Context(), d); err != nil {
		return err
	}
	for _, step := range page.NewProjectSteps() {
		if len(d.wrongAt(step)) > 0 {
			return s.showStep(w, r, http.StatusUnprocessableEntity, step, d)
		}
	}
	return errNoStep
}

// openDraft reads the draft that the address names, for somebody who may start
// projects. One that is not stored is empty: it may just have been begun, or be
// somebody else's, which saving finds out.
func (s *Server) openDraft(r *http.Request) (*draft, string, error) {
	id, step := chi.URLParam(r, "draft"), chi.URLParam(r, "step")
	if !validDraftID(id) || !slices.Contains(page.NewProjectSteps(), step) {
		return nil, "", errNoPage
	}
	who, err := s.starter(r)
	if err != nil {
		return nil, "", err
	}
	body, err := s.Store.ProjectDraft(r.Context(), who.Actor.Person, id)
	if err != nil {
		return nil, "", err
	}
	d := &draft{id: id, who: who, form: page.ProjectForm{Owner: who.Actor.Person}}
	if body != nil {
		if err := json.Unmarshal(body, &d.form); err != nil {
			return nil, "", fmt.Errorf("reading a draft: %w", err)
		}
	}
	if d.form.Errors == nil {
		d.form.Errors = map[string]string{}
	}
	return d, step, s.pin(r.Context(), d)
}

// pin finds the template by which the draft is filled in.
func (s *Server) pin(ctx context.Context, d *draft) (err error) {
	if d.ref, err = s.templateNamed(ctx, d.form.Template); err != nil {
		return err
	}
	d.tmpl, err = s.Store.Template(ctx, d.ref)
	return err
}

// propose works out what is proposed for the draft.
func (s *Server) propose(ctx context.Context, d *draft) (err error) {
	if d.form.Kind == "" {
		return nil
	}
	if d.offers, err = s.Store.Offers(ctx); err != nil {
		return err
	}
	d.proposal = d.form.Propose(d.tmpl, modulesOf(d.offers))
	return nil
}

func modulesOf(offers []store.Offer) []*plan.Module {
	modules := make([]*plan.Module, len(offers))
	for i, o := range offers {
		modules[i] = o.Module
	}
	return modules
}

// modules are those with which the project starts: what is chosen of the proposal.
func (d *draft) modules() []store.StartModule {
	if d.proposal == nil {
		return nil
	}
	var out []store.StartModule
	for _, m := range d.proposal.Modules {
		i := slices.IndexFunc(d.offers, func(o store.Offer) bool { return o.Module == m.Module })
		if slices.Contains(d.form.Modules, m.Module.Key) {
			out = append(out, store.StartModule{Ref: d.offers[i].Ref, Reason: "Proposed at the start, by the answers: " + strings.Join(m.Because, "; ") + "."})
		}
	}
	return out
}

// planned is the lifecycle with the modules that the project starts with: they bring items,
// and keep gates that the exposure alone would not need. Where they do not go together,
// which the last step says, it is the lifecycle alone.
func (d *draft) planned() *plan.Plan {
	alone := &plan.Plan{Lifecycle: *d.tmpl, Base: d.tmpl}
	o := plan.Origin{Lifecycle: d.ref}
	var chosen []*plan.Module
	for _, m := range d.modules() {
		i := slices.IndexFunc(d.offers, func(offer store.Offer) bool { return offer.Ref == m.Ref })
		o.Modules, chosen = append(o.Modules, m.Ref), append(chosen, d.offers[i].Module)
	}
	if len(chosen) == 0 {
		return alone
	}
	p, err := plan.Compose(o, d.tmpl, chosen)
	if err != nil {
		return alone
	}
	return p
}

// saveDraft keeps the draft, and reports whether all of it could be kept: what no
// field could hold is cut. No text can hold a NUL; checking the field says so
// before anything is kept.
func (s *Server) saveDraft(ctx context.Context, d *draft) (whole bool, err error) {
	form := d.form
	b, err := json.Marshal(form)
	if err == nil && len(b) > store.MaxDraft {
		for _, text := range []*string{&form.Name, &form.Key, &form.Team, &form.Summary, &form.Tags, &form.From, &form.Exposure, &form.Tier, &form.Target} {
			*text = strings.ToValidUTF8((*text)[:min(len(*text), draftField)], "")
		}
		form.Profile, form.No = slices.Clone(form.Profile), slices.Clone(form.No)
		form.KeepAsked(d.tmpl)
		form.Members = form.Members[:min(len(form.Members), maxChoices)]
		form.Errors = nil
		whole = false
		b, err = json.Marshal(form)
	} else {
		whole = true
	}
	if err != nil {
		return false, fmt.Errorf("keeping a draft: %w", err)
	}
	b = []byte(strings.ReplaceAll(string(b), `\u0000`, `\ufffd`))
	return whole, s.Store.SaveProjectDraft(ctx, d.who.Actor.Person, d.id, b)
}

// take puts the fields of a step into the draft.
func (d *draft) take(step string, form url.Values) {
	f := &d.form
	switch step {
	case page.StepWhat:
		if form.Has("template") {
			f.Template = form.Get("template")
		}
		f.Name, f.Key, f.Team, f.Summary, f.From = form.Get("name"), strings.TrimSpace(form.Get("key")), form.Get("team"), form.Get("summary"), form.Get("from")
		f.Tags = form.Get("tags")
	case page.StepProfile:
		f.Exposure, f.Tier, f.Kind, f.Why, f.Start = form.Get("exposure"), form.Get("tier"), form.Get("kind"), form.Get("why"), form.Get("start")
		f.Modules = form["module"]
		takeAnswers(f, form)
	case page.StepPeople:
		if form.Has("owner") {
			f.Owner = personNumber(form.Get("owner"))
		}
		f.Deputy, f.Target, f.Restricted = personNumber(form.Get("deputy")), form.Get("target"), form.Get("restricted") == page.RestrictedValue
		f.Members = nil
		for _, m := range form["member"] {
			if id := personNumber(m); id != 0 && !slices.Contains(f.Members, id) {
				f.Members = append(f.Members, id)
			}
		}
	}
}

// copyInto fills the draft in from a project that the person may see: its team, tags,
// profile, tier and people, not its answers.
func (s *Server) copyInto(r *http.Request, d *draft) error {
	key, err := s.sourceKey(r, d.form.From)
	if err != nil {
		return err
	}
	if key == "" {
		d.form.Errors["from"] = noSuchSource
		return nil
	}
	view, err := s.Store.Project(r.Context(), s.by(r), key)
	if errors.Is(err, review.ErrNotFound) {
		d.form.Errors["from"] = noSuchSource
		return nil
	}
	if err != nil {
		return err
	}
	d.form.CopyFrom(view.Review, d.tmpl)
	return nil
}

// sourceKey is the key of the project that somebody names by its key or its
// name; empty when they see none, or several.
func (s *Server) sourceKey(r *http.Request, typed string) (review.ProjectKey, error) {
	typed = searchWords(typed)
	if plan.ValidKey(typed) {
		if _, err := s.Store.Scope(r.Context(), s.by(r), review.ProjectKey(typed)); err == nil {
			return review.ProjectKey(typed), nil
		} else if !errors.Is(err, review.ErrNotFound) {
			return "", err
		}
	}
	found, err := s.Store.Namesakes(r.Context(), s.by(r), typed)
	if err != nil || len(found) != 1 {
		return "", err
	}
	return found[0].Key, nil
}

// templateNamed is the newest version of a lifecycle; the default one when none
// is named.
func (s *Server) templateNamed(ctx context.Context, key string) (plan.Ref, error) {
	if key == "" {
		return s.Store.DefaultLifecycle(ctx)
	}
	ref, err := s.Store.Lifecycle(ctx, key, 0)
	if errors.Is(err, review.ErrNotFound) {
		return plan.Ref{}, &review.Invalid{Fields: []review.FieldError{{Field: "template", Message: "is not the key of a lifecycle"}}}
	}
	return ref, err
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
	_, err := review.Create(d.who.Actor, 0, plan.Bare(d.tmpl, d.ref), d.form.NewProject(d.tmpl), d.who.Now)
	fields, ok := fieldErrors(err)
	if err != nil && !ok {
		return err
	}
	for field, message := range fields {
		d.form.Errors[field] = message
	}
	if d.form.Key == "" { // it will be made of the name, once there is one
		delete(d.form.Errors, "key")
	}
	return nil
}

// freeKey suggests a key for a name that, as far as the person may know, no
// project has. A name in a script that the tables do not spell gets a neutral
// one. There is none without a name.
func (s *Server) freeKey(r *http.Request, name string) (string, error) {
	if fold.Text(name) == "" {
		return "", nil
	}
	base := fold.Key(name)
	if base == "" || base == "new" || base == "upgrades" {
		base = "project"
	}
	key := base
	for n := 2; n < 10; n++ {
		if base != "project" { // one that says nothing needs a number
			taken, err := s.keyTaken(r, key)
			if err != nil {
				return "", err
			}
			if !taken {
				return key, nil
			}
			key = fmt.Sprintf("%s-%d", base, n)
			continue
		}
		break
	}
	return base + "-" + shortNumber(), nil
}

// shortNumber is one that a key ends with where nothing better is known: four
// digits, so that it tells nothing about other projects.
func shortNumber() string {
	n := 0
	for _, c := range []byte(rand.Text()[:8]) {
		n = (n*31 + int(c)) % 9000
	}
	return fmt.Sprint(n + 1000)
}

// keyTaken reports whether the person may see a project with the key. One that
// they may not see is found out when the project is made.
func (s *Server) keyTaken(r *http.Request, key string) (bool, error) {
	if !plan.ValidKey(key) {
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

// make creates the project and returns its key; empty when the form is not
// right, which its errors then say.
func (s *Server) make(r *http.Request, d *draft) (review.ProjectKey, error) {
	if d.form.Key == "" {
		key, err := s.freeKey(r, d.form.Name)
		if err != nil {
			return "", err
		}
		d.form.Key = key
	}
	changed, err := s.Store.Create(r.Context(), s.by(r), d.ref, d.form.NewProject(d.tmpl), d.modules()...)
	if err == nil {
		return changed.Review.Project.Key, nil
	}
	fields, ok := fieldErrors(err)
	if !ok {
		return "", err
	}
	if fields["key"] != "" && s.madeBefore(r, d) {
		return review.ProjectKey(d.form.Key), nil
	}
	if d.form.Key == "" {
		delete(fields, "key")
	}
	d.form.Errors = fields
	if fields["person"] != "" {
		known, err := s.Store.FindPeople(r.Context(), s.by(r), "", 1, d.form.People()...)
		if err != nil {
			return "", err
		}
		d.nameStrangers(choices(known))
	}
	return "", nil
}

// madeBefore reports whether the same form made the project before, so that a
// button that was pressed twice leads where the first press led.
func (s *Server) madeBefore(r *http.Request, d *draft) bool {
	if !plan.ValidKey(d.form.Key) {
		return false
	}
	view, err := s.Store.Checklist(r.Context(), s.by(r), review.ProjectKey(d.form.Key), d.tmpl.Stages[0].Key)
	if err != nil {
		return false
	}
	return d.form.NewProject(d.tmpl).Made(&view.Review.Project, view.Now)
}

// showStep renders one step of the form.
func (s *Server) showStep(w http.ResponseWriter, r *http.Request, status int, step string, d *draft) error {
	if step != page.StepWhat {
		if err := s.propose(r.Context(), d); err != nil {
			return err
		}
	}
	data := &page.NewProjectData{Draft: d.id, Step: step, Template: d.tmpl, Find: d.find, Now: d.who.Now}
	if step == page.StepWhat {
		all, err := s.Store.Lifecycles(r.Context())
		if err != nil {
			return err
		}
		data.Lifecycles = all
	}
	if step == page.StepPeople {
		found, err := s.Store.FindPeople(r.Context(), s.by(r), d.find, maxChoices, d.form.People()...)
		if err != nil {
			return err
		}
		data.People, data.Many = choices(found), len(found) >= maxChoices
	}
	if d.form.Name != "" {
		twins, err := s.Store.Namesakes(r.Context(), s.by(r), d.form.Name)
		if err != nil {
			return err
		}
		for _, t := range twins {
			data.Twins = append(data.Twins, page.Twin{Key: t.Key, Name: t.Name, Team: t.Team})
		}
	}
	data.Form, data.Proposal, data.Planned = d.form, d.proposal, d.planned()
	m := s.meta(w, r, d.who, "New project", ui.NavNone)
	m.Width, m.ErrorCount, m.Path = ui.Slim, len(d.form.Errors), page.NewProjectStepURL(d.id, step)
	return s.render(w, r, status, page.NewProject(m, data))
}

// nameStrangers puts the store's complaint about a person at the field that
// names nobody.
func (d *draft) nameStrangers(known []page.Choice) {
	delete(d.form.Errors, "person")
	stranger := func(id review.PersonID) bool {
		return id != 0 && !slices.ContainsFunc(known, func(c page.Choice) bool { return c.ID == id })
	}
	for field, id := range map[string]review.PersonID{"owner": d.form.Owner, "deputy": d.form.Deputy} {
		if stranger(id) {
			d.form.Errors[field] = personNotKnown
		}
	}
	if slices.ContainsFunc(d.form.Members, stranger) {
		d.form.Errors["member"] = personNotKnown
	}
	d.form.Members = slices.DeleteFunc(d.form.Members, stranger)
}

func choices(found []store.Somebody) []page.Choice {
	out := make([]page.Choice, len(found))
	for i, p := range found {
		out[i] = page.Choice{ID: p.ID, Name: p.Name, Email: p.Email}
	}
	return out
}
