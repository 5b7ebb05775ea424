package web

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/web/page"
)

// A project adds an item of its own; it is asked like any other, and can be
// dropped.
func TestAProjectAddsItsOwnItems(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("payments")
	sk := f.tmpl.Stages[0].Key
	to := page.NewItemURL(p, sk)
	b := f.browse("owner")
	b.get(page.StageURL(p, sk)).want(200).one(`a[href="` + to + `"]`)
	good := []string{
		"title", "Printers are <warned>", "why", "They jam.", "done", "A mail went out.", "show", "", "level", "should", "evidence", "doc", "evidence", "ticket", "seats", "sre",
	}
	for name, bad := range map[string]struct {
		fields []string
		says   string
	}{
		"nothing":  {nil, "Say what has to be true"},
		"no level": {append([]string{}, good[:8]...), "Choose required, recommended or optional"},
		"long":     {[]string{"title", strings.Repeat("x", 81)}, "80"},
		"bidi":     {[]string{"title", "a\u202eb"}, "What has to be true"},
	} {
		if r := b.post(to, bad.fields...).want(422); !strings.Contains(r.find(`[role="alert"], .errors`).Text(), bad.says) && !strings.Contains(r.text(), bad.says) {
			t.Errorf("%s: %q is not said", name, bad.says)
		}
	}
	b.post(to, good...).want(303)
	before := f.seq("payments")
	b.post(to, good...).want(303) // the same form sent twice
	if f.seq("payments") != before {
		t.Error("sent twice, the form adds two items")
	}
	it := f.stage(p, sk).Item("own-printers-are-warned")
	if it == nil || it.Level != plan.LevelShould || !it.Def.Own {
		t.Fatalf("the item is %+v", it)
	}
	r := b.get(page.ItemURL(p, sk, it.Def.Key)).want(200)
	if !strings.Contains(r.text(), "The project added this item itself.") {
		t.Error("the page does not say whose the item is")
	}
	if strings.Contains(r.one("#about").Text(), "Show") {
		t.Error("the page has a heading over nothing")
	}
	for _, who := range []string{"viewer", "member"} {
		f.browse(who).get(to).want(403)
		f.browse(who).post(to, good...).want(403)
	}
	drop := r.one(`#level form:has([name="do"][value="drop"])`)
	b.post(page.ItemLevelURL(p, sk, it.Def.Key), "do", "drop", "reason", "Gone.", "shown", drop.Find(`[name="shown"]`).AttrOr("value", "")).want(303)
	if f.stage(p, sk).Item("own-printers-are-warned") != nil {
		t.Error("the item is still there")
	}
}

// From the plan's page an item is added to a stage that is chosen, and the way leads
// back there, with what was added.
func TestOwnItemsAreAddedFromThePlan(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("payments")
	sk := f.tmpl.Stages[1].Key
	to, b := page.NewPlanItemURL(p), f.browse("owner")
	b.get(page.PlanURL(p)).want(200).one(`a[href="` + to + `"]`)
	b.get(to).want(200).one(`form[action="` + to + `"] select[name="stage"]`)
	good := []string{"title", "Printers are <warned>", "why", "They jam.", "done", "A mail went out.", "show", "", "level", "should", "evidence", "doc", "seats", "sre"}
	for _, stage := range []string{"", "nothing"} {
		r := b.post(to, append([]string{"stage", stage}, good...)...).want(422)
		if r.one(`select[name="stage"]`).AttrOr("aria-invalid", "") != "true" || r.one(`[name="title"]`).AttrOr("value", "") != "Printers are <warned>" {
			t.Errorf("stage %q: the field is not marked, or what was typed is lost", stage)
		}
	}
	good = append(good, "stage", string(sk))
	if at := b.post(to, good...).want(303).Header.Get("Location"); at != page.PlanURL(p) {
		t.Errorf("it leads to %s", at)
	}
	if got := words(b.get(page.PlanURL(p)).want(200).find(".note-box.s-met")); !strings.Contains(got, "Added: “Printers are <warned>”, in "+f.tmpl.Stages[1].Name+".") {
		t.Errorf("what was added is not said: %s", got)
	}
	if it := f.stage(p, sk).Item("own-printers-are-warned"); it == nil || !it.Def.Own {
		t.Fatalf("the item is %+v", it)
	}
	for _, who := range []string{"viewer", "member"} {
		if f.browse(who).get(page.PlanURL(p)).want(200).find(`a[href="`+to+`"]`).Length() != 0 {
			t.Errorf("a %s is led to what is refused", who)
		}
		f.browse(who).get(to).want(403)
		f.browse(who).post(to, good...).want(403)
		f.browse(who).post(to, "stage", "nothing", "title", "x").want(403)
	}
}

// Levels go up at once; they go down when somebody at the gate who did not ask
// approves.
func TestLevelsGoUpFreelyAndDownWithApproval(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("payments")
	sk := f.tmpl.Stages[0].Key
	s := f.stage(p, sk)
	var must, should plan.ItemKey
	for i := range s.Items {
		switch it := &s.Items[i]; {
		case it.Def.Core || len(it.Def.When) > 0:
		case it.Level == plan.LevelMust:
			must = it.Def.Key
		case it.Level == plan.LevelShould:
			should = it.Def.Key
		}
	}
	b := f.browse("owner")
	level := func(b *browser, k plan.ItemKey, do string, fields ...string) *reply {
		t.Helper()
		form := b.get(page.ItemURL(p, sk, k)).want(200).find(`#level form:has([name="do"][value="` + do + `"])`)
		shown := form.Find(`[name="shown"]`).AttrOr("value", "none")
		return b.post(page.ItemLevelURL(p, sk, k), append(fields, "do", do, "shown", shown)...)
	}
	level(b, should, "change", "level", "must").want(422) // without a reason
	level(b, should, "change", "reason", "It matters.").want(422)
	level(b, should, "change", "level", "must", "reason", "It matters.").want(303)
	if got := f.stage(p, sk).Item(should).Level; got != plan.LevelMust {
		t.Errorf("raised to %s", got)
	}
	level(b, must, "change", "level", "none", "reason", "We have <none>.").want(303)
	if got := f.stage(p, sk).Item(must).Level; got != plan.LevelMust {
		t.Errorf("asked for, it is %s at once", got)
	}
	level(b, must, "approve").want(403)
	level(f.browse("member"), must, "approve").want(403)
	b.post(page.ItemLevelURL(p, sk, must), "do", "change", "level", "may", "reason", "x", "shown", "old").want(409)
	signer := f.browse(string(f.tmpl.Stages[0].Gate.Seats[0].Seat))
	if !strings.Contains(signer.get(page.ItemURL(p, sk, must)).want(200).text(), "We have <none>.") {
		t.Error("who approves does not read the reason")
	}
	wish := signer.get("/").want(200).one("#levels li")
	if got := words(wish); !strings.Contains(got, f.name("owner")) || !strings.Contains(got, f.tmpl.Stages[0].Name) || !strings.Contains(got, s.Item(must).Def.Title) {
		t.Errorf("the work of who approves: %s", got)
	}
	if to := wish.Find("a").AttrOr("href", ""); to != page.ItemURL(p, sk, must)+"#level" {
		t.Errorf("it leads to %s", to)
	}
	signer.get(page.WorkListURL("levels")).want(200).one("#levels li")
	if b.get("/").want(200).find("#levels").Length() != 0 {
		t.Error("who asked for it is told to decide on it")
	}
	level(signer, must, "approve").want(303)
	if signer.get("/").want(200).find("#levels").Length() != 0 {
		t.Error("what was decided stays on the list")
	}
	if got := f.stage(p, sk).Item(must).Level; got != plan.LevelNone {
		t.Errorf("lowered to %s", got)
	}
	level(b, should, "core", "reason", "Ours.").want(303)
	if !f.stage(p, sk).Item(should).Def.Core {
		t.Error("not marked as core")
	}
}
