package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// plan shows what a project's plan is made of, and before a change of it what
// that would do.
func (s *Server) plan(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	do, key := "", ""
	switch {
	case q.Get("attach") != "":
		do, key = page.PlanAttach, q.Get("attach")
	case q.Get("detach") != "":
		do, key = page.PlanDetach, q.Get("detach")
	case q.Get("define") != "":
		do, key = page.PlanDefine, q.Get("define")
	case q.Get("policy") != "":
		do, key = page.PlanPolicyAttach, q.Get("policy")
	case q.Get("detach-policy") != "":
		do, key = page.PlanPolicyDetach, q.Get("detach-policy")
	case q.Get("upgrade") != "":
		do = page.PlanUpgrade
	case q.Get("undo") != "":
		do = page.PlanUndo
	}
	return s.showPlan(w, r, http.StatusOK, do, key, page.PlanForm{})
}

func (s *Server) showPlan(w http.ResponseWriter, r *http.Request, status int, do, key string, form page.PlanForm) error {
	v, err := s.Store.ProjectPlan(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	d := &page.PlanData{Review: v.Review, Actor: v.Actor, Now: v.Now, Names: v.Names.Of, Titles: v.Titles, Newest: v.Newest, Form: form}
	listModules(v, d)
	d.Policies = offeredPolicies(v)
	if do != "" && d.MayPlan() {
		d.Do, d.Key = do, key
		if err := lookAhead(v, d); err != nil {
			return err
		}
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, "Plan, "+v.Review.Project.Name, ui.NavPortfolio)
	m.Path, m.ErrorCount = page.PlanURL(v.Review.Project.Key), len(form.Errors)
	s.tellPlanChange(r, v, d, &m)
	return s.render(w, r, status, page.Plan(m, d))
}

// planFlashes say what changed a plan. Where the plan's page is shown, it says more.
func planFlashes(ev review.Event) flash {
	switch ev.(type) {
	case review.ModuleAttached:
		return flashAttached
	case review.ModuleDetached:
		return flashDetached
	case review.DefinitionPinned:
		return flashDefined
	case review.PolicyAttached:
		return flashPolicyAttached
	case review.PolicyDetached:
		return flashPolicyDetached
	case review.EnvironmentAdded:
		return flashEnvironmentAdded
	case review.EnvironmentRenamed:
		return flashEnvironmentRenamed
	case review.EnvironmentRemoved:
		return flashEnvironmentRemoved
	case review.PlanUpgraded:
		return flashUpgraded
	case review.UpgradeUndone:
		return flashUpgradeUndone
	case review.ItemAdded:
		return flashItemAdded
	case review.ItemDropped:
		return flashItemDropped
	case review.LevelRaised:
		return flashRaised
	case review.LevelLowered:
		return flashLowered
	case review.LoweringAsked:
		return flashLowering
	case review.LoweringRefused:
		return flashLoweringRefused
	case review.CoreMarked:
		return flashCore
	}
	return flashNone
}

// donePlan goes on after a change of a plan, and has the next page say what changed.
func (s *Server) donePlan(w http.ResponseWriter, r *http.Request, changed *store.Changed, to string) error {
	s.metrics.decided(changed.Events)
	for _, en := range changed.Events {
		if f := planFlashes(en.Event); f != flashNone {
			return s.done(w, r, to, f.about(entrySpan([]review.Entry{en})))
		}
	}
	return s.done(w, r, to, flashAlready)
}

// tellPlanChange has the word on a change of the viewer's own name what it changed.
func (s *Server) tellPlanChange(r *http.Request, v *store.PlanView, d *page.PlanData, m *ui.PageMeta) {
	f, span := flash(read(r, s.cookies.flashName)).parts()
	first, _, ok := readSpan(span)
	if !ok || len(m.Banners) == 0 {
		return
	}
	for _, en := range v.Entries {
		if en.Seq != first || en.Actor != v.Actor.Person || planFlashes(en.Event) != f {
			continue
		}
		if words := d.Changed(en.Event); words != "" {
			m.Banners[len(m.Banners)-1].Text = words
		}
	}
}

// listModules says which modules the plan has and could have, those first that
// the profile proposes.
func listModules(v *store.PlanView, d *page.PlanData) {
	o := v.Review.Plan.Origin
	for i, ref := range o.Modules {
		d.Attached = append(d.Attached, page.PlanModule{Ref: ref, Module: v.Review.Plan.Modules[i], Since: attached(v.Entries, ref.Key)})
	}
	d.Pinned = pinned(v.Entries, o.Definition)
	var others []page.PlanModule
	for _, ref := range v.Newest {
		doc, _ := v.Document(ref.Key)
		if doc.Definition != nil {
			d.Definitions = append(d.Definitions, page.PlanDefinition{Ref: ref, Definition: doc.Definition})
		}
		if doc.Module == nil || o.Module(ref.Key).Key != "" {
			continue
		}
		m := page.PlanModule{
			Ref: ref, Module: doc.Module,
			Proposed: strings.Join(plan.Because(&v.Review.Plan.Lifecycle, doc.Module, v.Review.Project.Yes()), "; "),
		}
		if m.Proposed == "" {
			others = append(others, m)
			continue
		}
		d.Offered = append(d.Offered, m)
	}
	d.Offered = append(d.Offered, others...)
}

// attached finds the entry that attached a module.
func attached(entries []review.Entry, key string) *review.Entry {
	for i := range entries { // the newest first
		if e, ok := entries[i].Event.(review.ModuleAttached); ok && e.Module.Key == key {
			return &entries[i]
		}
	}
	return nil
}

// pinned finds the entry that brought a version of a readiness definition.
func pinned(entries []review.Entry, ref plan.Ref) *review.Entry {
	for i := range entries { // the newest first
		switch e := entries[i].Event.(type) {
		case review.DefinitionPinned:
			if e.Definition == ref {
				return &entries[i]
			}
		case review.PlanUpgraded:
			if ref.Version > 0 && e.Definition == ref {
				return &entries[i]
			}
		}
	}
	return nil
}

// lookAhead works out what a change would make of the plan.
func lookAhead(v *store.PlanView, d *page.PlanData) error {
	o, err := target(v.Review, v.Newest, d.Do, d.Key)
	switch {
	case err != nil:
	case d.Do == page.PlanUndo:
		d.Then, err = v.Review.PreviewUndo()
	case d.Do == page.PlanAttach && v.Review.Plan.Origin.Module(d.Key).Key != "":
		err = &review.Refused{Why: "The plan has this module already."}
	case d.Do == page.PlanPolicyAttach && v.Review.Plan.Origin.Policy(d.Key) == o.Policy(d.Key):
		err = &review.Refused{Why: "The project has the newest version of this policy already."}
	case d.Do == page.PlanPolicyDetach && v.Review.Plan.Origin.Policy(d.Key).Key == "":
		err = &review.Refused{Why: "The project does not have this policy."}
	case d.Do == page.PlanDetach && v.Review.Plan.Origin.Module(d.Key).Key == "":
		err = &review.Refused{Why: "The plan does not have this module."}
	case d.Do == page.PlanDefine && v.Review.Plan.Origin.Definition == o.Definition:
		err = &review.Refused{Why: "The project pins this version already."}
	case d.Do != page.PlanUpgrade:
		d.Then, err = v.Review.Preview(o)
	case len(page.NewerVersions(v.Review.Plan, v.Newest)) == 0:
		err = &review.Refused{Why: "The plan has the newest versions already."}
	default:
		d.Then, err = v.Review.PreviewUpgrade(o)
	}
	var refused *review.Refused
	if errors.As(err, &refused) {
		d.Why = refused.Why
		return nil
	}
	return err
}

// target is what a plan would be made of after a change.
func target(rv *review.Review, newest []plan.Ref, do, key string) (plan.Origin, error) {
	o := rv.Plan.Origin
	switch do {
	case page.PlanAttach:
		ref := newestOf(newest, plan.Ref{Key: key})
		if ref.Version == 0 {
			return o, &review.Refused{Why: "There is no such module to attach."}
		}
		return o.With(ref), nil
	case page.PlanDetach:
		return o.Without(key), nil
	case page.PlanDefine:
		ref := newestOf(newest, plan.Ref{Key: key})
		if ref.Version == 0 {
			return o, &review.Refused{Why: "There is no such readiness definition to pin."}
		}
		return o.Defined(ref), nil
	case page.PlanPolicyAttach:
		ref := newestOf(newest, o.Policy(key))
		if ref.Key == "" {
			ref = newestOf(newest, plan.Ref{Key: key})
		}
		if ref.Version == 0 {
			return o, &review.Refused{Why: "There is no such policy to attach."}
		}
		return o.WithPolicy(ref), nil
	case page.PlanPolicyDetach:
		return o.WithoutPolicy(key), nil
	case page.PlanUpgrade:
		return upgraded(o, newest), nil
	case page.PlanUndo:
		if err := rv.CanUndo(); err != nil {
			return o, err
		}
		return rv.Upgraded.From, nil
	}
	return o, invalidField("form", "does nothing that this page knows; open the page again")
}

// upgraded is a plan of the newest versions of what it is made of.
func upgraded(o plan.Origin, newest []plan.Ref) plan.Origin {
	o.Lifecycle, o.Definition = newestOf(newest, o.Lifecycle), newestOf(newest, o.Definition)
	for _, ref := range o.Modules {
		o = o.With(newestOf(newest, ref))
	}
	return o
}

// newestOf is the newest version of a document, or the present one where that is
// the newer.
func newestOf(newest []plan.Ref, has plan.Ref) plan.Ref {
	for _, ref := range newest {
		if ref.Key == has.Key && ref.Version > has.Version {
			return ref
		}
	}
	return has
}

// changePlan does what the page showed.
func (s *Server) changePlan(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "do", "module", "reason", "shown", "to")
	do, key := posted.Get("do"), posted.Get("module")
	form := page.PlanForm{Reason: posted.Get("reason")}
	var changed *store.Changed
	if err == nil {
		changed, err = s.replan(r, posted)
	}
	if err == nil {
		return s.donePlan(w, r, changed, page.PlanURL(projectKey(r)))
	}
	var denied *review.Denied
	var refused bool
	form.Errors, form.Problem, refused = formRefusal(err)
	switch {
	case errors.As(err, &denied) && denied.Action == review.DropSeat:
		form.Problem = explain(err).text
	case !refused:
		return err
	}
	if !slices.Contains([]string{page.PlanAttach, page.PlanDetach, page.PlanDefine, page.PlanUpgrade, page.PlanUndo, page.PlanPolicyAttach, page.PlanPolicyDetach}, do) {
		do = ""
	}
	return s.showPlan(w, r, explain(err).status, do, key, form)
}

// planChange is a change that the person was shown: from the plan as it was, to
// the very versions that the form names.
type planChange struct {
	do, module, reason string
	shown, to          review.Digest
}

func (s *Server) replan(r *http.Request, posted url.Values) (*store.Changed, error) {
	newest, err := s.Store.Newest(r.Context())
	if err != nil {
		return nil, err
	}
	c := planChange{posted.Get("do"), posted.Get("module"), posted.Get("reason"), shown(posted), review.Digest(posted.Get("to"))}
	at := store.Target{Project: projectKey(r)}
	return s.Store.Change(r.Context(), s.by(r), at, func(rv *review.Review, who review.Actor, at time.Time) error {
		return c.make(rv, newest, who, at)
	})
}

// make makes the change. Where the plan is what it is to be, nothing is left to do.
func (c planChange) make(rv *review.Review, newest []plan.Ref, who review.Actor, at time.Time) error {
	if err := review.May(who, review.ChangePlan, &rv.Project); err != nil {
		return err
	}
	if c.to != "" && rv.PlanDigest() == c.to {
		return nil
	}
	o, err := target(rv, newest, c.do, c.module)
	if err != nil {
		return err
	}
	made, err := o.Digest()
	if err != nil {
		return err
	}
	if rv.PlanDigest() == c.shown && review.Digest(made) != c.to { // published meanwhile
		return &review.Outdated{What: "library"}
	}
	switch c.do {
	case page.PlanAttach:
		return rv.AttachModule(who, o.Module(c.module), c.shown, c.reason, at)
	case page.PlanDetach:
		return rv.DetachModule(who, c.module, c.shown, c.reason, at)
	case page.PlanDefine:
		return rv.PinDefinition(who, o.Definition, c.shown, c.reason, at)
	case page.PlanPolicyAttach:
		return rv.AttachPolicy(who, o.Policy(c.module), c.shown, c.reason, at)
	case page.PlanPolicyDetach:
		return rv.DetachPolicy(who, c.module, c.shown, c.reason, at)
	case page.PlanUpgrade:
		return rv.Upgrade(who, o, c.shown, c.reason, at)
	}
	return rv.UndoUpgrade(who, c.shown, c.reason, at)
}
