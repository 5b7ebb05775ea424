package web

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// smallModule is one that the answer "users" proposes.
func smallModule(f *fixture) *plan.Module {
	return &plan.Module{
		Kind: plan.KindModule, Key: "printing", Version: 1, Name: "Printing",
		Summary: "For what prints.", ProposedWhen: []plan.Flag{f.tmpl.Flags[0].Key},
		Seats: []plan.ModuleSeat{{Phase: "design", GateSeat: plan.GateSeat{Seat: plan.SeatData, MandatoryAt: []plan.Tier{1, 2, 3}}}},
		Items: []plan.ModuleItem{{Phase: "design", Item: plan.Item{
			Key: "printing-paper", Title: "Paper <is> ordered", Why: "It runs out.", Done: "It is there.", Show: "The order.",
			Levels:   [3]plan.Level{"must", "must", "must"},
			Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{plan.SeatData}, Quality: []string{"operability"},
		}}},
	}
}

// planForm reads the preview of a change and what its form sends with a reason.
func planForm(b *browser, p review.ProjectKey, query, reason string) (preview *reply, fields []string) {
	preview = b.get(page.PlanURL(p) + "?" + query).want(200)
	form := preview.one(`#change form[action="` + page.PlanURL(p) + `"]`)
	for _, name := range []string{"do", "module", "shown", "to"} {
		fields = append(fields, name, form.Find(`[name="`+name+`"]`).AttrOr("value", ""))
	}
	return preview, append(fields, "reason", reason)
}

// A module is proposed by an answer, shows what it adds before it is attached,
// and can be detached by who may let a gate ask less.
func TestModulesAreAttachedAndDetached(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.publishDocument(plan.Document{Module: smallModule(f)})
	other := smallModule(f)
	other.Key, other.Name, other.ProposedWhen, other.Items[0].Key = "abacus", "Abacus", nil, "abacus-beads"
	f.publishDocument(plan.Document{Module: other})
	p := f.create("payments", func(in *review.NewProject) { in.Profile = plan.Profile{f.tmpl.Flags[0].Key} })
	to, b := page.PlanURL(p), f.browse("owner")
	b.get(page.ProjectURL(p)).want(200).one(`nav a[href="` + to + `"]`)
	offers := b.get(to).want(200).find("#modules article")
	if offers.Length() != 2 || offers.First().AttrOr("id", "") != "module-printing" {
		t.Errorf("what the profile proposes is not first: %s", words(offers))
	}
	if got := words(offers.First()); !strings.Contains(got, "Because you answered yes: "+f.tmpl.Flags[0].Label) {
		t.Errorf("the page does not say why a module is proposed: %s", got)
	}
	preview, attach := planForm(b, p, "attach=printing", "We <do> print.")
	for _, want := range []string{"New: 1 required item.", "Paper <is> ordered (required)", "the Data seat has to sign", "No other stage"} {
		if !strings.Contains(words(preview.one("#change")), want) {
			t.Errorf("the preview lacks %q: %s", want, words(preview.one("#change")))
		}
	}
	b.post(to, append(attach[:8:8], "reason", "")...).want(422).one(`#change [aria-invalid="true"]`)
	for _, wrong := range []int{5, 7} { // it was shown another plan, or another version
		fields := append([]string{}, attach...)
		fields[wrong] = "old"
		if kept := b.post(to, fields...).want(409).one("#change textarea"); kept.Text() != "We <do> print." {
			t.Errorf("what was typed is lost: %q", kept.Text())
		}
	}
	b.post(to, attach...).want(303)
	if got := words(b.get(to).want(200).find(".note-box.s-met").First()); got != "Done: Attached: Printing. 1 item in 1 gate." {
		t.Errorf("what was attached is not said: %q", got)
	}
	stage := f.tmpl.Stages[f.tmpl.Covering(&plan.Stage{Phases: []plan.Phase{"design"}})].Key
	if it := f.stage(p, stage).Item("printing-paper"); it == nil || it.Level != plan.LevelMust {
		t.Fatalf("the item is %+v", it)
	}
	before := f.seq("payments")
	b.post(to, attach...).want(303)
	if f.seq("payments") != before {
		t.Error("sent twice, the form changes something twice")
	}
	got := words(b.get(to).want(200).one("#made-of #module-printing"))
	if !strings.Contains(got, "Attached by "+f.name("owner")) || !strings.Contains(got, "We <do> print.") {
		t.Errorf("the page does not say who attached the module and why: %s", got)
	}
	b.post(page.AnswerURL(p, stage, "printing-paper"), "answer", "met", "version", "0", "note", "Ten boxes.").want(303)

	asked := b.get(to + "?detach=printing").want(200).one("#change")
	if asked.Find("form").Length() != 0 || !strings.Contains(words(asked), "Managers and admins may decide that") {
		t.Errorf("the owner is not told who may detach it: %s", words(asked))
	}
	manager := f.browse("manager")
	preview, detach := planForm(manager, p, "detach=printing", "They do not print.")
	if got = words(preview.one("#change")); !strings.Contains(got, "Set aside 1") || !strings.Contains(got, "No longer asked: 1 required item.") {
		t.Errorf("the preview does not say what goes: %s", got)
	}
	if kept := b.post(to, detach...).want(403).one("#change textarea"); kept.Text() != "They do not print." {
		t.Errorf("what was typed is lost: %q", kept.Text())
	}
	for _, who := range []string{"viewer", "member"} {
		if f.browse(who).get(to+"?detach=printing").want(200).find("form[action='"+to+"'], #change").Length() != 0 {
			t.Errorf("a %s sees a form", who)
		}
		f.browse(who).post(to, detach...).want(403)
		f.browse(who).post(to, attach...).want(403)
	}
	manager.post(to, detach...).want(303)
	if got := words(manager.get(to).want(200).find(".note-box.s-met").First()); !strings.HasPrefix(got, "Done: Detached: Printing.") {
		t.Errorf("what was detached is not said: %q", got)
	}
	if f.stage(p, stage).Item("printing-paper") != nil {
		t.Error("the item is still there")
	}
	aside := words(b.get(to).want(200).one("#aside details"))
	for _, want := range []string{"1 item set aside", "Paper <is> ordered", "Met, " + f.name("owner"), "Ten boxes."} {
		if !strings.Contains(aside, want) {
			t.Errorf("what is no longer asked lacks %q: %s", want, aside)
		}
	}
	b.post(to, "do", "attach", "module", "nothing", "reason", "Again.", "shown", "old").want(409)
	b.post(to, "do", "fly", "reason", "Up.").want(422)
	b.get(to + "?attach=nothing").want(200)
	if got := words(b.get(to + "?attach=" + f.tmpl.Key).want(200).one("#change")); !strings.Contains(got, "is no module") {
		t.Errorf("attaching a lifecycle shows %s", got)
	}
	b.get(to + "?upgrade=1").want(200)
	b.get(to + "?undo=1").want(200)
}

// A change that touches a passed gate or an open request says so before.
func TestThePlanSaysWhichGatesItTouches(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	m := smallModule(f)
	first := f.tmpl.Stages[0]
	m.Items[0].Phase, m.Seats = first.Phases[0], nil
	f.publishDocument(plan.Document{Module: m})
	p := f.create("payments")
	b := f.browse("owner")
	f.fill("owner", p, first.Key)
	f.requestSignOff("owner", p, first.Key)
	text := words(b.get(page.PlanURL(p) + "?attach=printing").want(200).one("#change"))
	if !strings.Contains(text, "The open request for sign-off goes on, and what was signed in it so far is out of date.") {
		t.Errorf("the open request is not spoken of: %s", text)
	}
	for _, seat := range first.Gate.Policy(plan.TierCritical, nil).Seats {
		if f.stage(p, first.Key).OpenRound() != nil {
			f.signGo(string(seat), p, first.Key, seat)
		}
	}
	text = words(b.get(page.PlanURL(p) + "?attach=printing").want(200).one("#change"))
	if !strings.Contains(text, first.Name+" New: 1 required item. This gate has passed. Its signatures go out of date") {
		t.Errorf("the passed gate is not spoken of: %s", text)
	}
}

// A seat that a module asks for and that sits at its gate already is said so, and
// what does not apply is counted, so that the totals agree.
func TestThePreviewCountsWhatAModuleAdds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("payments")
	st := f.tmpl.Stages[f.tmpl.Covering(&plan.Stage{Phases: []plan.Phase{"design"}})]
	tier := f.projectOf(p).Tier
	m := smallModule(f)
	m.Seats[0].Seat, m.Flags = st.Gate.Seats[0].Seat, []plan.Question{{Key: "printing-red", Label: "It prints red"}}
	never, unless := m.Items[0], m.Items[0]
	never.Key, never.Title, never.Levels[tier-1] = "printing-never", "Never asked", plan.LevelNone
	unless.Key, unless.Title, unless.When = "printing-red-ink", "Red ink", []plan.Flag{f.tmpl.Flags[0].Key}
	m.Items = append(m.Items, never, unless)
	f.publishDocument(plan.Document{Module: m})
	got := words(f.browse("owner").get(page.PlanURL(p) + "?attach=printing").want(200).one("#change"))
	for _, want := range []string{
		"1 of its 3 items, in 1 gate. 1 is not asked at tier 1. 1 is not asked with the project’s profile as it is.",
		"The module asks for the " + m.Seats[0].Seat.Label() + " seat, which sits at this gate already.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the preview lacks %q: %s", want, got)
		}
	}
}

// A project of an older version is upgraded, with what becomes of its answers said
// before, and that is undone.
func TestPlansAreUpgraded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	old, err := catalog.Version(store.UsualLifecycle, 1)
	if err != nil {
		t.Fatal(err)
	}
	f.publishDocument(plan.Document{Lifecycle: old})
	if f.ref, err = old.Ref(); err != nil {
		t.Fatal(err)
	}
	p := f.create("payments")
	sk := old.Stages[0].Key
	to, b := page.PlanURL(p), f.browse("owner")
	for i := range old.Stages[0].Items {
		b.post(page.AnswerURL(p, sk, old.Stages[0].Items[i].Key), "answer", "not-met", "version", "0", "note", "As agreed.")
	}
	for _, at := range []string{to, page.ProjectURL(p)} {
		r := b.get(at).want(200)
		if !strings.Contains(r.text(), "has a newer version, 2.") || r.find(`a[href="`+to+`?upgrade=1"]`).Length() != 1 {
			t.Errorf("%s does not say that there is a newer version", at)
		}
	}
	if f.browse("viewer").get(page.ProjectURL(p)).want(200).find(`a[href="`+to+`?upgrade=1"]`).Length() != 0 {
		t.Error("a viewer is led to the upgrade")
	}
	preview, upgrade := planForm(b, p, "upgrade=1", "Newer.")
	for _, want := range []string{
		"Answers kept", "To confirm again", "Set aside", "New items", "Items that became part of others", "answer to confirm again", "answer kept",
	} {
		if !strings.Contains(words(preview.one("#change")), want) {
			t.Errorf("the preview does not say %q: %s", want, words(preview.one("#change")))
		}
	}
	b.post(to, upgrade...).want(303)
	if got := words(b.get(to).want(200).find(".note-box.s-met").First()); !strings.HasPrefix(got, "Done: Upgraded to "+f.tmpl.Name+" version 2. ") || !strings.Contains(got, "to confirm again.") {
		t.Errorf("what the upgrade did is not said: %q", got)
	}
	if got := f.stage(p, sk); got.Def.Phases == nil {
		t.Error("the plan is still the old one")
	}
	before := f.seq("payments")
	b.post(to, upgrade...).want(303)
	if got := words(b.get(to).want(200).find(".note-box.s-met").First()); !strings.Contains(got, "Nothing had to be changed") {
		t.Errorf("sent again, it says %q", got)
	}
	b.get(to).want(200).one(`#undo a[href="` + to + `?undo=1"]`)
	if got := words(b.get(to + "?undo=1").want(200).one("#change").Parent()); !strings.Contains(got, "Given since the upgrade none") || !strings.Contains(got, "To confirm again 0") {
		t.Errorf("before undoing: %.400s", got)
	}
	f.change("member", p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		it := r.Stage(sk).Items[1]
		return r.Answer(who, sk, it.Def.Key, review.NotMet, "Since then.", it.Answer.Version, at)
	})
	before++
	if got := words(b.get(to + "?undo=1").want(200).one("#change").Parent()); !strings.Contains(got, "Given since the upgrade 1 answer, ") {
		t.Errorf("before undoing, with an answer since: %.400s", got)
	}
	_, undo := planForm(b, p, "undo=1", "Too early.")
	f.browse("member").post(to, undo...).want(403)
	b.post(to, undo...).want(303)
	b.post(to, undo...).want(303)
	if got := f.seq("payments"); got != before+1 {
		t.Errorf("%d entries after an upgrade and its undoing were sent twice each, want 1", got-before)
	}
	if it := f.stage(p, sk).Item(old.Stages[0].Items[0].Key); it == nil || it.Answer.Note != "As agreed." {
		t.Errorf("the answer is %+v", it)
	}
}

// Many projects are upgraded in one press, each by itself: those that cannot be
// are listed with why, and nobody is shown what they may not change.
func TestManyPlansAreUpgraded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	old, err := catalog.Version(store.UsualLifecycle, 1)
	if err != nil {
		t.Fatal(err)
	}
	f.publishDocument(plan.Document{Lifecycle: old})
	newest := f.ref
	if f.ref, err = old.Ref(); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"ledger", "payments", "sealed"} {
		f.create(key)
	}
	f.restrict("sealed")
	// The newest version of what this one follows has no place for its sign-off.
	small := &plan.Lifecycle{Kind: plan.KindLifecycle, Key: "small", Version: 1, Name: "Small", Order: plan.OrderFree, Flags: old.Flags, Stages: old.Stages[:2]}
	smaller := &plan.Lifecycle{Kind: plan.KindLifecycle, Key: "small", Version: 2, Name: "Small", Order: plan.OrderFree, Flags: old.Flags, Stages: old.Stages[1:2]}
	f.publishDocument(plan.Document{Lifecycle: small})
	if f.ref, err = (plan.Document{Lifecycle: small}).Ref(); err != nil {
		t.Fatal(err)
	}
	f.create("waiting")
	f.publishDocument(plan.Document{Lifecycle: smaller})
	sk := old.Stages[0].Key
	f.fill("owner", "waiting", sk)
	f.requestSignOff("owner", "waiting", sk)
	f.ref = newest
	f.create("modern")
	list := func(who string) (keys string, picks []string) {
		r := f.browse(who).get(page.UpgradesURL).want(200)
		r.find(`tbody a[href$="?upgrade=1"]`).Each(func(_ int, a *goquery.Selection) {
			keys += strings.Split(a.AttrOr("href", ""), "/")[2] + " "
		})
		r.find(`[name="project"]`).Each(func(_ int, box *goquery.Selection) { picks = append(picks, box.AttrOr("value", "")) })
		return keys, picks
	}
	for who, want := range map[string]string{
		"owner": "ledger payments sealed waiting ", "manager": "ledger payments waiting ", "viewer": "", "member": "", "outsider": "",
	} {
		if keys, _ := list(who); keys != want {
			t.Errorf("%s is shown %q, want %q", who, keys, want)
		}
	}
	b := f.browse("manager")
	if text := b.get(page.UpgradesURL).text(); !strings.Contains(text, "The new version has no stage “"+old.Stages[0].Name+"”, and its sign-off is under way") {
		t.Error("the page does not say why a project has to wait")
	}
	if n := b.get(page.UpgradesURL + "?all=1").want(200).find(`[name="project"][checked]`).Length(); n != 2 {
		t.Errorf("%d projects are selected, want both that can be upgraded", n)
	}
	_, picks := list("manager")
	b.post(page.UpgradesURL, "reason", "New rules.").want(422)
	kept := b.post(page.UpgradesURL, "project", picks[0], "reason", "").want(422)
	if kept.find(`[name="project"][checked]`).Length() != 1 {
		t.Error("what was selected is lost")
	}
	_, all := list("owner")
	hidden := all[len(all)-1]
	if !strings.HasPrefix(hidden, "sealed.") {
		t.Fatalf("the owner can choose %q", all)
	}
	fields := []string{
		"project", picks[0], "project", picks[1], "project", hidden, "project", "nothing" + hidden[len("sealed"):],
		"project", "waiting" + picks[0][len("ledger"):], "reason", "New <rules>.",
	}
	text := b.post(page.UpgradesURL, fields...).want(200).text()
	for _, want := range []string{
		"2 projects upgraded.", "3 projects not upgraded.", "sealed There is nothing at this address",
		"nothing There is nothing at this address", "waiting The new version has no stage",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the outcome lacks %q", want)
		}
	}
	before := f.seq("ledger")
	b.post(page.UpgradesURL, fields...).want(200)
	if f.seq("ledger") != before {
		t.Error("pressed again, it changes a project again")
	}
	if keys, _ := list("manager"); keys != "waiting " {
		t.Errorf("%q are still behind", keys)
	}
	f.browse("member").post(page.UpgradesURL, "project", "waiting"+picks[0][len("ledger"):], "reason", "Mine.").want(200)
}
