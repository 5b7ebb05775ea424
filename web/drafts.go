package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/edit"
	"github.com/slipway-prr/slipway/web/ui"
)

func documentKey(r *http.Request) string { return chi.URLParam(r, "template") }

// editorMeta is the frame of a page on which documents are written.
func (s *Server) editorMeta(w http.ResponseWriter, r *http.Request, v *store.Viewer, title string) ui.PageMeta {
	m := s.meta(w, r, v, title, ui.NavLibrary)
	m.Editor, m.Width = true, ui.Wide
	return m
}

// newDocument shows the form with which a document is begun, empty or as a copy.
func (s *Server) newDocument(w http.ResponseWriter, r *http.Request) error {
	d := &edit.New{From: r.URL.Query().Get("from")}
	if d.From != "" && !plan.ValidKey(d.From) {
		return review.ErrNotFound
	}
	d.Version, _ = strconv.Atoi(r.URL.Query().Get("version")) // what is no number is found nowhere
	return s.showNew(w, r, http.StatusOK, d)
}

func (s *Server) showNew(w http.ResponseWriter, r *http.Request, status int, d *edit.New) error {
	v, err := s.Store.Who(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	if err := review.May(v.Actor, review.EditLibrary, nil); err != nil {
		return err
	}
	if d.From != "" {
		copied, err := s.Store.Document(r.Context(), d.From, d.Version)
		if err != nil {
			return err
		}
		if d.Name == "" {
			d.Name = copied.Name() + ", ours"
		}
	}
	m := s.editorMeta(w, r, v, "Begin a document")
	m.ErrorCount, m.Width = len(d.Errors), ui.Slim
	return s.render(w, r, status, edit.NewPage(m, d))
}

// createDocument begins the draft of a new document.
func (s *Server) createDocument(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "key", "name", "start", "from", "version")
	if err != nil {
		return err
	}
	in := &edit.New{
		Key: strings.TrimSpace(form.Get("key")), Name: strings.TrimSpace(form.Get("name")), Start: form.Get("start"), From: form.Get("from"),
	}
	if in.From != "" && !plan.ValidKey(in.From) {
		return review.ErrNotFound
	}
	in.Version, _ = strconv.Atoi(form.Get("version"))
	v, err := s.Store.Who(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	if err := review.May(v.Actor, review.EditLibrary, nil); err != nil {
		return err
	}
	in.Errors = map[string]string{}
	if in.Key == "" {
		in.Key = fold.Key(in.Name)
	}
	switch {
	case in.Key == "":
		in.Errors["key"] = "is missing: write lower-case words joined by single hyphens, such as house-rules"
	case !plan.ValidKey(in.Key) || reservedKey(in.Key):
		in.Errors["key"] = "cannot be used: write lower-case words joined by single hyphens, 2 to 40 characters, and not new or import"
	}
	var d plan.Document
	switch {
	case in.From != "":
		if d, err = s.Store.Document(r.Context(), in.From, in.Version); err != nil {
			return err
		}
		if d, err = d.As(in.Key, in.Name); err != nil {
			return err
		}
	case in.Start == "module":
		d = plan.NewModule(in.Key, in.Name)
	case in.Start == "definition":
		d = plan.NewDefinition(in.Key, in.Name)
	case in.Start == "policy":
		d = plan.NewPolicy(in.Key, in.Name)
	case in.Start == "phases", in.Start == "empty":
		d = plan.NewLifecycle(in.Key, in.Name, in.Start == "phases")
	default:
		in.Errors["start"] = "choose what to begin with"
	}
	if len(in.Errors) == 0 {
		head, _ := edit.Head().Values(d)
		if fields, bad := fieldErrors(edit.Head().Put(d, head)); bad {
			in.Errors = fields
		}
	}
	if len(in.Errors) == 0 {
		_, err = s.Store.StartDraft(r.Context(), s.by(r), d, 0)
		if err == nil {
			return s.done(w, r, page.DraftURL(in.Key), flashDraft)
		}
		fields, invalid := fieldErrors(err)
		if !invalid {
			return err
		}
		in.Errors = fields
	}
	return s.showNew(w, r, http.StatusUnprocessableEntity, in)
}

// versions shows a document with its versions.
func (s *Server) versions(w http.ResponseWriter, r *http.Request) error {
	return s.showVersions(w, r, http.StatusOK, &edit.Document{})
}

func (s *Server) showVersions(w http.ResponseWriter, r *http.Request, status int, d *edit.Document) error {
	v, err := s.Store.Shelf(r.Context(), s.by(r), documentKey(r))
	if err != nil {
		return err
	}
	d.Published, d.Title, d.Now, d.Names, d.Owner = v.Published, v.Name, v.Now, v.Names.Of, v.Published.Owner
	d.May = review.May(v.Actor, review.EditLibrary, nil) == nil
	d.Draft = d.May && v.Draft
	if d.May {
		if d.People, err = s.validators(r); err != nil {
			return err
		}
	}
	m := s.meta(w, r, &v.Viewer, d.Title, ui.NavLibrary)
	m.ErrorCount = len(d.Errors)
	return s.render(w, r, status, edit.DocumentPage(m, d))
}

// validators are people to choose from; none for whoever may not look people up.
func (s *Server) validators(r *http.Request) ([]page.Choice, error) {
	found, err := s.Store.FindPeople(r.Context(), s.by(r), "", maxChoices)
	var denied *review.Denied
	if errors.As(err, &denied) {
		return nil, nil
	}
	return choices(found), err
}

// retire keeps new projects from following a version.
func (s *Server) retire(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "reason")
	if err != nil {
		return err
	}
	version, err := number(r, "version")
	if err != nil || version > page.MostVersions {
		return review.ErrNotFound
	}
	key := documentKey(r)
	_, err = s.Store.Retire(r.Context(), s.by(r), key, version, form.Get("reason"))
	if fields, invalid := fieldErrors(err); invalid {
		return s.showVersions(w, r, http.StatusUnprocessableEntity, &edit.Document{Errors: fields, Reason: form.Get("reason"), Retire: version})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, page.DocumentURL(key), flashRetired)
}

// nameDefault says whether new projects pin a readiness definition.
func (s *Server) nameDefault(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "default", "reason")
	if err != nil {
		return err
	}
	on := form.Get("default") == "yes"
	if !on && form.Get("default") != "no" {
		return invalidField("form", "does nothing that this page knows; open the page again")
	}
	key := documentKey(r)
	err = s.Store.NameDefault(r.Context(), s.by(r), key, on, form.Get("reason"))
	if fields, invalid := fieldErrors(err); invalid {
		return s.showVersions(w, r, http.StatusUnprocessableEntity, &edit.Document{Errors: fields, Reason: form.Get("reason"), Naming: true})
	}
	if err != nil {
		return err
	}
	if on {
		return s.done(w, r, page.DocumentURL(key), flashDefault)
	}
	return s.done(w, r, page.DocumentURL(key), flashNoDefault)
}

// giveDocument changes a document's owner.
func (s *Server) giveDocument(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "owner")
	if err != nil {
		return err
	}
	err = s.Store.GiveDocument(r.Context(), s.by(r), documentKey(r), personNumber(form.Get("owner")))
	if fields, invalid := fieldErrors(err); invalid {
		return s.showVersions(w, r, http.StatusUnprocessableEntity, &edit.Document{Errors: fields})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, page.DocumentURL(documentKey(r)), flashSaved)
}

// startDraft begins the next version of a document.
func (s *Server) startDraft(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "version")
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil || version < 1 || version > page.MostVersions {
		return review.ErrNotFound
	}
	key := documentKey(r)
	d, err := s.Store.Document(r.Context(), key, version)
	if err != nil {
		return err
	}
	if d, err = d.Draft(); err != nil {
		return err
	}
	_, err = s.Store.StartDraft(r.Context(), s.by(r), d, version)
	if _, there := fieldErrors(err); there { // somebody was faster: theirs is the one
		return s.done(w, r, page.DraftURL(key), flashAlready)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, page.DraftURL(key), flashDraft)
}

// draftOf is what every page of a draft has.
func (s *Server) draftOf(r *http.Request, v *store.DraftView) (edit.Draft, error) {
	around, err := s.Store.Surroundings(r.Context())
	if err != nil {
		return edit.Draft{}, err
	}
	d := edit.Draft{
		Document: v.Document, From: v.From, Saved: v.Saved, By: v.Names.Of(v.By), At: v.At, Now: v.Now, Forms: map[string]edit.Form{},
	}
	v.Document.Number(v.Published.Next()) // as it would be published
	found := plan.Check(v.Document, around.Asked)
	d.Wrong = store.Unpublishable(v.Document, found)
	for _, p := range found {
		if p.Style {
			d.Advice = append(d.Advice, p)
		}
	}
	d.Advice = append(d.Advice, plan.Advise(v.Document, around.Asked, func(seat plan.Seat) bool { return around.Held[seat] })...)
	if p := v.Document.Policy; p != nil {
		unknown, err := s.Store.UnknownItems(r.Context(), p)
		if err != nil {
			return edit.Draft{}, err
		}
		for _, k := range unknown {
			d.Advice = append(d.Advice, plan.Problem{Where: "requirements", Message: "no item of the library has the key “" + string(k) + "”", Style: true})
		}
	}
	return d, nil
}

// readDraft reads a draft for one of its pages.
func (s *Server) readDraft(r *http.Request) (*store.DraftView, edit.Draft, error) {
	v, err := s.Store.DocumentDraft(r.Context(), s.by(r), documentKey(r))
	if err != nil {
		return nil, edit.Draft{}, err
	}
	d, err := s.draftOf(r, v)
	return v, d, err
}

// draft shows the overview of a draft.
func (s *Server) draft(w http.ResponseWriter, r *http.Request) error {
	v, d, err := s.readDraft(r)
	if err != nil {
		return err
	}
	d.Exports, err = exports(v.Document, func(format string) string { return page.DraftExportURL(d.Key(), format) })
	if err != nil {
		return err
	}
	lessons, all, err := s.Store.AnsweredLessons(r.Context(), s.by(r), d.Key(), v.Published.Next())
	if err != nil {
		return err
	}
	d.Lessons, d.AllLessons = proposedLessons(lessons), all
	return s.render(w, r, http.StatusOK, edit.DraftPage(s.editorMeta(w, r, &v.Viewer, d.Title()), &d))
}

// draftStage shows one stage of a draft, or one phase of a module.
func (s *Server) draftStage(w http.ResponseWriter, r *http.Request) error {
	v, d, err := s.readDraft(r)
	if err != nil {
		return err
	}
	here, there := d.Section(stageKey(r))
	if !there {
		return review.ErrNotFound
	}
	return s.render(w, r, http.StatusOK, edit.StagePage(s.editorMeta(w, r, &v.Viewer, here.Name+", "+d.Title()), &edit.StageData{Draft: d, Here: here}))
}

// draftItem shows one item, as a page or as the form that stands below its row.
func (s *Server) draftItem(w http.ResponseWriter, r *http.Request) error {
	v, d, err := s.readDraft(r)
	if err != nil {
		return err
	}
	return s.showDraftItem(w, r, http.StatusOK, v, d, nil)
}

func (s *Server) showDraftItem(w http.ResponseWriter, r *http.Request, status int, v *store.DraftView, d edit.Draft, typed *edit.Form) error {
	it, in := d.Item(itemKey(r))
	if it == nil {
		return review.ErrNotFound
	}
	data := &edit.ItemData{Draft: d, Item: it, In: in, Form: edit.FormOf(edit.Item(it.Key), d.Document)}
	if typed != nil {
		data.Form = *typed
	}
	if htmx(r) {
		return s.render(w, r, status, edit.ItemForm(data))
	}
	m := s.editorMeta(w, r, &v.Viewer, it.Title+", "+d.Title())
	m.ErrorCount = len(data.Form.Errors)
	return s.render(w, r, status, edit.ItemPage(m, data))
}

// preview shows a draft as a project would see it. What a project would be like is a
// form that is posted, since an address takes no list of answers; it changes nothing.
func (s *Server) preview(w http.ResponseWriter, r *http.Request) error {
	form := url.Values{}
	if r.Method == http.MethodPost {
		var err error
		if form, err = readForm(r, "tier", "flags"+several); err != nil {
			return err
		}
	}
	v, d, err := s.readDraft(r)
	if err != nil {
		return err
	}
	if !d.Composed() {
		return review.ErrNotFound
	}
	out := &edit.Preview{Draft: d, Tier: plan.TierCritical, Plan: d.Lifecycle, Asked: d.Questions()}
	if n, err := strconv.Atoi(form.Get("tier")); err == nil && plan.Tier(n).Valid() {
		out.Tier = plan.Tier(n)
	}
	if d.Module != nil {
		if err := s.previewModule(r, out); err != nil {
			return err
		}
	}
	for _, q := range out.Asked {
		if slices.Contains(form["flags"], string(q.Key)) {
			out.Profile = append(out.Profile, q.Key)
		}
	}
	return s.render(w, r, http.StatusOK, edit.PreviewPage(s.editorMeta(w, r, &v.Viewer, "Preview of "+d.Title()), out))
}

// previewModule has a module join the lifecycle that new projects get.
func (s *Server) previewModule(r *http.Request, out *edit.Preview) error {
	ref, err := s.Store.DefaultLifecycle(r.Context())
	if err != nil {
		return err
	}
	l, err := s.Store.Template(r.Context(), ref)
	if err != nil {
		return err
	}
	own := plan.Ref{Key: out.Key(), Version: out.Module.Version}
	p, err := plan.Compose(plan.Origin{Lifecycle: ref, Modules: []plan.Ref{own}}, l, []*plan.Module{out.Module})
	var conflict *plan.Conflict
	if errors.As(err, &conflict) {
		out.Refused = conflict.Message
		return nil
	}
	if err != nil {
		return err
	}
	out.Plan, out.Asked = &p.Lifecycle, p.Flags
	return nil
}

// discard throws a draft away.
func (s *Server) discard(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "saved")
	if err != nil {
		return err
	}
	saved, err := strconv.ParseInt(form.Get("saved"), 10, 64)
	if err != nil {
		return &review.Refused{Why: "Open the draft's page and discard it there."}
	}
	if err := s.Store.DropDraft(r.Context(), s.by(r), documentKey(r), saved); err != nil {
		return err
	}
	return s.done(w, r, page.LibraryURL, flashDiscarded)
}

// toPublish shows what publishing a draft would mean.
func (s *Server) toPublish(w http.ResponseWriter, r *http.Request) error {
	reason, err := s.lessonReason(r)
	if err != nil {
		return err
	}
	return s.showPublish(w, r, http.StatusOK, &edit.Publish{Reason: reason})
}

func (s *Server) showPublish(w http.ResponseWriter, r *http.Request, status int, out *edit.Publish) error {
	v, d, err := s.readDraft(r)
	if err != nil {
		return err
	}
	out.Draft = d
	if newest := v.Published.Newest(); newest != nil {
		before, err := s.Store.Document(r.Context(), d.Key(), newest.Ref.Version)
		if err != nil {
			return err
		}
		out.Before, out.BeforeWords = before.Lifecycle, before
		out.Renamed = edit.MaybeRenamed(before, d.Document)
		out.Reworded = edit.MaybeReworded(before, d.Document)
		for i := range out.Reworded {
			if r := &out.Reworded[i]; status != http.StatusOK { // as it was ticked
				r.Same = slices.Contains(out.Same, string(r.New.Key))
			}
		}
	}
	if out.People, err = s.validators(r); err != nil {
		return err
	}
	m := s.editorMeta(w, r, &v.Viewer, "Publish "+d.Title())
	m.ErrorCount = len(out.Errors)
	return s.render(w, r, status, edit.PublishPage(m, out))
}

// publish makes a draft the next version of its document.
func (s *Server) publish(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "saved", "reason", "validated-by", "validated-on", "was"+several, "same"+several)
	if err != nil {
		return err
	}
	if err := s.mayDecide(r); err != nil {
		return err
	}
	key := documentKey(r)
	saved, _ := strconv.ParseInt(form.Get("saved"), 10, 64) // what is no number is of no draft
	in := review.Publication{
		Reason: form.Get("reason"), ValidatedBy: personNumber(form.Get("validated-by")), ValidatedOn: strings.TrimSpace(form.Get("validated-on")),
	}
	v, err := s.Store.DocumentDraft(r.Context(), s.by(r), key)
	if err != nil {
		return err
	}
	var before plan.Document
	if newest := v.Published.Newest(); newest != nil {
		if before, err = s.Store.Document(r.Context(), key, newest.Ref.Version); err != nil {
			return err
		}
	}
	p, err := s.Store.PublishDraft(r.Context(), s.by(r), key, saved, in, func(d plan.Document) error {
		if before.Composed() {
			edit.Reword(before, d, form["same"])
		}
		return edit.Rename(before, d, form["was"])
	})
	if err == nil {
		return s.done(w, r, page.LifecycleURL(key, p.Newest().Ref.Version), flashPublished)
	}
	again := &edit.Publish{Reason: in.Reason, By: in.ValidatedBy, On: in.ValidatedOn, Same: form["same"]}
	var unfit *store.NotPublishable
	switch fields, invalid := fieldErrors(err); {
	case invalid:
		again.Errors = fields
		return s.showPublish(w, r, http.StatusUnprocessableEntity, again)
	case errors.As(err, &unfit):
		return s.showPublish(w, r, http.StatusUnprocessableEntity, again)
	}
	return err
}

// editDraft leads back to a page of the draft after a change without a conflict.
func (s *Server) editDraft(w http.ResponseWriter, r *http.Request, to string, change store.Edit) error {
	if _, err := s.Store.EditDraft(r.Context(), s.by(r), documentKey(r), change); err != nil {
		var conflict *plan.Conflict
		if errors.As(err, &conflict) {
			return &review.Refused{Why: conflict.Message}
		}
		return err
	}
	if htmx(r) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return s.done(w, r, to, flashSaved)
}

// addStage adds a stage at the end.
func (s *Server) addStage(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "title")
	if err != nil {
		return err
	}
	return s.editDraft(w, r, page.DraftURL(documentKey(r))+"#stages", func(d *store.DocumentDraft) (string, error) {
		return "", edit.AddStage(d.Document, form.Get("title"))
	})
}

// moveStage moves a stage up or down.
func (s *Server) moveStage(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "by")
	if err != nil {
		return err
	}
	by := 1
	if form.Get("by") == "-1" {
		by = -1
	}
	return s.editDraft(w, r, page.DraftURL(documentKey(r))+"#stages", func(d *store.DocumentDraft) (string, error) {
		return "", edit.MoveStage(d.Document, stageKey(r), by)
	})
}

// removeStage removes a stage that has no items.
func (s *Server) removeStage(w http.ResponseWriter, r *http.Request) error {
	if _, err := readForm(r); err != nil {
		return err
	}
	return s.editDraft(w, r, page.DraftURL(documentKey(r))+"#stages", func(d *store.DocumentDraft) (string, error) {
		return "", edit.RemoveStage(d.Document, stageKey(r))
	})
}

// addDraftItem adds an item at the end of a stage.
func (s *Server) addDraftItem(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "title")
	if err != nil {
		return err
	}
	in := stageKey(r)
	return s.editDraft(w, r, page.DraftStageURL(documentKey(r), in)+"#items", func(d *store.DocumentDraft) (string, error) {
		key, err := edit.AddItem(d.Document, in, form.Get("title"))
		return edit.Item(key).Name, err
	})
}

// moveItem moves an item: up or down, before another, or to the end of a stage.
func (s *Server) moveItem(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "up", "down", "item", "before", "to")
	if err != nil {
		return err
	}
	moved := plan.ItemKey(form.Get("item") + form.Get("up") + form.Get("down"))
	to := page.DraftURL(documentKey(r))
	return s.editDraft(w, r, to, func(d *store.DocumentDraft) (string, error) {
		switch {
		case form.Get("up") != "":
			return "", d.Document.Step(moved, -1)
		case form.Get("down") != "":
			return "", d.Document.Step(moved, 1)
		}
		return "", d.Document.Move(moved, plan.StageKey(form.Get("to")), plan.ItemKey(form.Get("before")))
	})
}

// removeItem takes an item out, unless somebody changed it meanwhile.
func (s *Server) removeItem(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "shown")
	if err != nil {
		return err
	}
	key := itemKey(r)
	return s.editDraft(w, r, page.DraftURL(documentKey(r)), func(d *store.DocumentDraft) (string, error) {
		now, there := edit.Item(key).Values(d.Document)
		if !there {
			return "", nil
		}
		if edit.Item(key).Shown(now) != form.Get("shown") {
			return "", &review.Refused{Why: "Somebody changed this item meanwhile. Look at it before you remove it."}
		}
		d.Document.Remove(key)
		return "", nil
	})
}

// savePart answers the form of a part that the address names.
func (s *Server) savePart(of func(*http.Request) edit.Part, to func(*http.Request) string, in func(*http.Request) plan.StageKey) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		part := of(r)
		fields := []string{"shown", "theirs" + several}
		for _, f := range part.Fields {
			name := f.Name
			if f.Takes == edit.Several || f.Takes == edit.Ticks {
				name += several
			}
			fields = append(fields, name)
		}
		form, err := readForm(r, fields...)
		if err != nil {
			return err
		}
		shown, take := form.Get("shown"), form["theirs"]
		form.Del("shown")
		form.Del("theirs")
		var stale *outdated
		var merged edit.Merged
		v, err := s.Store.EditDraft(r.Context(), s.by(r), documentKey(r), func(d *store.DocumentDraft) (string, error) {
			now, there := part.Values(d.Document)
			if !there {
				return "", review.ErrNotFound
			}
			if merged = part.Merge(now, form, shown, take); len(merged.Overlaps) > 0 {
				return "", &outdated{merged, d.Touched[part.Name]}
			}
			return part.Name, part.Put(d.Document, merged.Values)
		})
		invalid, isInvalid := fieldErrors(err)
		switch {
		case errors.As(err, &stale):
			return s.partConflict(w, r, part, form, stale, to(r))
		case isInvalid:
			return s.partRefused(w, r, part, in(r), edit.Form{Values: form, Shown: shown, Errors: invalid})
		case err != nil:
			return err
		}
		if !htmx(r) && len(merged.Theirs) > 0 {
			return s.done(w, r, to(r), flashMerged)
		}
		if !htmx(r) {
			return s.done(w, r, to(r), flashSaved)
		}
		d, err := s.draftOf(r, v)
		if err != nil {
			return err
		}
		it, stage := v.Document.Item(itemKey(r))
		if it == nil {
			stage = in(r)
		}
		return s.render(w, r, http.StatusOK, edit.SavedPart(&d, merged.Kept(edit.FormOf(part, v.Document).Shown), merged.Theirs, it, part.Wrong(&d, stage, itemKey(r))))
	}
}

// outdated means that somebody else saved the same part.
type outdated struct {
	merged edit.Merged
	touch  store.Touch
}

func (e *outdated) Error() string { return "this part of the draft was changed meanwhile" }

func (s *Server) partConflict(w http.ResponseWriter, r *http.Request, part edit.Part, mine url.Values, stale *outdated, to string) error {
	v, d, err := s.readDraft(r)
	if err != nil {
		return err
	}
	c := &edit.Conflict{
		By: v.Names.Of(stale.touch.By), Own: stale.touch.By == v.Actor.Person, At: stale.touch.At, Other: stale.merged.Overlaps, Part: part,
		Mine: mine, Shown: stale.merged.Shown, To: to, Post: r.URL.EscapedPath(), Draft: &d,
	}
	if htmx(r) {
		return s.render(w, r, http.StatusConflict, edit.ConflictPart(c))
	}
	return s.render(w, r, http.StatusConflict, edit.ConflictPage(s.editorMeta(w, r, &v.Viewer, "Changed meanwhile"), c))
}

func (s *Server) partRefused(w http.ResponseWriter, r *http.Request, part edit.Part, in plan.StageKey, typed edit.Form) error {
	if htmx(r) {
		return s.render(w, r, http.StatusUnprocessableEntity, edit.RefusedPart(typed.Errors))
	}
	v, d, err := s.readDraft(r)
	if err != nil {
		return err
	}
	if itemKey(r) != "" {
		return s.showDraftItem(w, r, http.StatusUnprocessableEntity, v, d, &typed)
	}
	d.Forms[part.Name] = typed
	m := s.editorMeta(w, r, &v.Viewer, d.Title())
	m.ErrorCount = len(typed.Errors)
	return s.render(w, r, http.StatusUnprocessableEntity, edit.PartPage(m, &d, part, in))
}

// The parts of a draft that have forms.
func headPart(*http.Request) edit.Part       { return edit.Head() }
func questionsPart(*http.Request) edit.Part  { return edit.Questions() }
func definitionPart(*http.Request) edit.Part { return edit.Definition() }
func policyPart(*http.Request) edit.Part     { return edit.Policy() }
func stagePart(r *http.Request) edit.Part    { return edit.Stage(stageKey(r)) }
func gatePart(r *http.Request) edit.Part     { return edit.Gate(stageKey(r)) }
func itemPart(r *http.Request) edit.Part     { return edit.Item(itemKey(r)) }

func draftPage(r *http.Request) string      { return page.DraftURL(documentKey(r)) }
func draftStagePage(r *http.Request) string { return page.DraftStageURL(documentKey(r), stageKey(r)) }

// draftItemPage is the item under the key that it has now.
func draftItemPage(r *http.Request) string {
	if key := strings.TrimSpace(r.PostForm.Get("key")); plan.ValidKey(key) {
		return page.DraftItemURL(documentKey(r), plan.ItemKey(key))
	}
	return page.DraftItemURL(documentKey(r), itemKey(r))
}
