package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// beginDocument makes a draft through the pages, whose lifecycle has one stage.
func (b *browser) beginDocument(key string) {
	b.f.t.Helper()
	b.post(page.LibraryURL, "key", key, "name", "House rules", "start", "empty").want(http.StatusSeeOther)
}

// shown is what a part's form carries.
func (r *reply) shown(action string) string {
	r.Browser.f.t.Helper()
	return r.one(`form[action="`+action+`"] [name=shown]`).AttrOr("value", "")
}

// A lifecycle is begun, written, previewed and published without scripts, and a
// project follows it.
func TestADocumentIsWrittenAndPublished(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("admin")
	b.beginDocument("house")
	draft, stage := page.DraftURL("house"), page.DraftStageURL("house", "work")
	over := b.get(draft).want(200)
	b.post(draft+"/head", "shown", over.shown(draft+"/head"), "name", "House rules", "summary", "Ours.", "order", "free").follow().want(200)
	b.post(draft+"/questions", "shown", over.shown(draft+"/questions"), "questions", "pii | Data | It holds personal data").follow().want(200)
	at := b.get(stage).want(200)
	var phases []string
	for _, p := range plan.Phases() {
		phases = append(phases, "phases", string(p))
	}
	b.post(stage, append(phases, "shown", at.shown(stage), "name", "Work", "purpose", "All of it.")...).follow().want(200)
	gate := []string{
		"shown", at.shown(stage + "/gate"), "name", "Done", "exit", "It is done.", "quorum", "1", "quorum", "1", "quorum", "1", "repeats", "",
		"sits", "sre-1", "sits", "sre-2", "sits", "sre-3", "must", "sre-1", "sits", "product-1", "records", "objective",
	}
	for _, s := range plan.Seats() {
		when := ""
		if s == plan.SeatProduct {
			when = "pii"
		}
		gate = append(gate, "when", when)
	}
	b.post(stage+"/gate", gate...).follow().want(200)
	for _, title := range []string{"Rehearse the rollback", "Name an owner", "Delete personal data"} {
		b.post(stage+"/items", "title", title).follow().want(200)
	}
	item := page.DraftItemURL("house", "delete-personal-data")
	form := b.get(item).want(200)
	b.post(item, "shown", form.shown(item), "title", "Delete personal data", "level", "must", "level", "should", "level", "", "why", "Law.", "done", "It is.",
		"show", "The job.", "evidence", "runbook", "seats", "sre", "when", "pii", "valid", "90", "core", "yes", "quality", "compliance", "key", "erase-data",
		"choices", "job: A job deletes it\r\n  help: Every night.\r\nhand: Somebody deletes it", "rules", "none: job\r\nmedium: hand").follow().want(200)
	b.post(draft+"/move", "up", "name-an-owner").follow().want(200)
	if got := b.get(stage).want(200).find(".edits > li").First().AttrOr("data-item", ""); got != "name-an-owner" {
		t.Errorf("the first item is %q", got)
	}
	if got := b.post(draft+"/preview", "tier", "1", "flags", "pii").want(200).text(); !strings.Contains(got, "3 items, 3 required") || !strings.Contains(got, "Product and SRE sign; SRE has to.") {
		t.Errorf("the preview says %q", got)
	}
	if got := b.post(draft+"/preview", "tier", "2").want(200).text(); !strings.Contains(got, "2 items, 2 required") {
		t.Errorf("the preview for tier 2 says %q", got)
	}
	publish := b.get(draft + "/publish").want(200)
	saved := publish.one(`[name=saved]`).AttrOr("value", "")
	if b.post(draft+"/publish", "saved", saved, "reason", "").want(422).one("#f-reason").AttrOr("aria-invalid", "") != "true" {
		t.Error("publishing without a reason does not say so at the field")
	}
	done := b.post(draft+"/publish", "saved", saved, "reason", "Our own.", "validated-by", fmt.Sprint(f.person("auditor")), "validated-on", "").follow().want(200)
	if !strings.Contains(done.text(), "Published.") || done.find("#item-erase-data").Length() != 1 {
		t.Errorf("it is shown as %q", done.text())
	}
	for _, want := range []string{"Somebody deletes it", "Every night.", "Met if you chose “A job deletes it”.", "High risk otherwise, since no rule decides about the rest.", "The project keeps an objective by then."} {
		if !strings.Contains(done.text(), want) {
			t.Errorf("the question does not say %q", want)
		}
	}
	whole := f.browse("viewer").get(page.DocumentURL("house")).want(200)
	for _, want := range []string{"Published by Admin Person", "Our own.", "Auditor Person"} {
		if !strings.Contains(whole.text(), want) {
			t.Errorf("the document does not say %q: %s", want, whole.text())
		}
	}
	ref, err := f.Store.Lifecycle(context.Background(), "house", 1)
	if err != nil {
		t.Fatal(err)
	}
	in := review.NewProject{Key: "by-house", Name: "By house", Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: f.person("owner"), Deputy: f.person("deputy")}
	if _, err := f.Store.Create(context.Background(), f.as("owner"), ref, in); err != nil {
		t.Fatal(err)
	}
	f.browse("owner").get(page.GateURL("by-house", "work")).want(200).one(`#blockers a[href="` + page.NewRecordURL("by-house", "objective", "work", "") + `"]`)

	// The next version renames an item under our eyes: the page asks.
	b.post(draft, "version", "1").want(http.StatusSeeOther)
	b.post(item, "shown", "").want(404)
	again := page.DraftItemURL("house", "name-an-owner")
	b.post(again+"/remove", "shown", b.get(again).want(200).shown(again)).follow().want(200)
	b.post(stage+"/items", "title", "Name an owner of it").follow().want(200)
	reworded := page.DraftItemURL("house", "rehearse-the-rollback")
	b.post(reworded, "shown", b.get(reworded).want(200).shown(reworded), "title", "Rehearse going back", "level", "must", "level", "must", "level", "must",
		"why", "Law.", "done", "It is.", "show", "The job.").follow().want(200)
	publish = b.get(draft + "/publish").want(200)
	choice := publish.one(`[name=was] option:nth-child(2)`).AttrOr("value", "")
	b.post(draft+"/publish", "saved", publish.one(`[name=saved]`).AttrOr("value", ""), "reason", "Clearer.", "was", choice, "same", "rehearse-the-rollback").follow().want(200)
	if d, err := f.Store.Document(context.Background(), "house", 2); err != nil || fmt.Sprint(d.Lifecycle.Stages[0].Items[2].Was) != "[name-an-owner]" {
		t.Errorf("version 2 is %+v, %v", d, err)
	} else if it, _ := d.Item("rehearse-the-rollback"); fmt.Sprint(it.SameAs) != "[Rehearse the rollback]" {
		t.Errorf("of what was only reworded version 2 says %q", it.SameAs)
	}
	b.post(page.RetireURL("house", 1), "reason", "").want(422)
	if got := b.post(page.RetireURL("house", 1), "reason", "Too vague.").follow().want(200).text(); !strings.Contains(got, "Too vague.") {
		t.Errorf("after it is retired the document says %q", got)
	}
}

// Two people save the same part: the second is told by whom it was changed, sees
// both texts, and decides. Different parts are never in the way.
func TestTwoEditorsSeeEachOther(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	first, second := f.browse("admin"), f.browse("librarian")
	first.beginDocument("house")
	stage := page.DraftStageURL("house", "work")
	for _, title := range []string{"Item one", "Item two"} {
		first.post(stage+"/items", "title", title).follow()
	}
	one, two := page.DraftItemURL("house", "item-one"), page.DraftItemURL("house", "item-two")
	old := first.get(one).want(200).shown(one)
	levels := []string{"level", "must", "level", "must", "level", "must"}
	save := func(b *browser, shown, title string) *reply {
		return b.post(one, append(levels, "shown", shown, "title", title, "why", "", "done", "", "show", "", "valid", "")...)
	}
	save(first, old, "Hers").want(http.StatusSeeOther)
	two200 := second.get(two).want(200)
	second.post(two, append(levels, "shown", two200.shown(two), "title", "Two", "why", "", "done", "", "show", "", "valid", "")...).want(http.StatusSeeOther)
	conflict := save(second, old, "His").want(http.StatusConflict)
	for _, want := range []string{"Admin Person changed this meanwhile", "Hers", "His"} {
		if !strings.Contains(conflict.text(), want) {
			t.Errorf("the conflict does not say %q: %s", want, conflict.text())
		}
	}
	fragment := second.htmx()
	swap := save(fragment, old, "His").want(http.StatusConflict)
	if swap.find("html body main").Length() != 0 || !strings.Contains(swap.Body, "Hers") {
		t.Errorf("a script gets %s", swap.Body)
	}
	save(second, conflict.shown(one), "His").want(http.StatusSeeOther)
	if got := first.get(one).want(200).one(`[name=title]`).AttrOr("value", ""); got != "His" {
		t.Errorf("the title is %q", got)
	}
	save(first, old, "His").want(http.StatusSeeOther) // the same text is no conflict
	// Different fields are put together, by a page and by what is saved while one types.
	whole := func(b *browser, shown, title, why string) *reply {
		return b.post(one, append(levels, "shown", shown, "title", title, "why", why, "done", "", "show", "", "valid", "")...)
	}
	old = first.get(one).want(200).shown(one)
	whole(first, old, "His", "Law.").want(http.StatusSeeOther)
	if r := whole(second, old, "Theirs", "").want(http.StatusSeeOther).follow(); !strings.Contains(r.text(), "together with what somebody else changed") {
		t.Error("the page does not say that a change of somebody else was kept")
	}
	if r := first.get(one).want(200); r.one(`[name=title]`).AttrOr("value", "") != "Theirs" || r.one(`[name=why]`).Text() != "Law." {
		t.Errorf("two changes of different fields became %q and %q", r.one(`[name=title]`).AttrOr("value", ""), r.one(`[name=why]`).Text())
	}
	typing := whole(second.htmx(), old, "Theirs", "").want(200)
	if !strings.Contains(typing.text(), "Somebody else changed Why meanwhile") {
		t.Errorf("saved while typing, it says %q", typing.text())
	}
	whole(second.htmx(), typing.one("[data-shown]").AttrOr("data-shown", ""), "Theirs", "").want(200)
	if got := first.get(one).want(200).one(`[name=why]`).Text(); got != "Law." {
		t.Errorf("going on typing undid the change of somebody else: %q", got)
	}
	// Of what both changed, a tick keeps what is there.
	both := whole(second, old, "Mine", "Mine.").want(http.StatusConflict)
	if both.find(`[name=theirs]`).Length() != 2 {
		t.Errorf("it is asked about %d fields", both.find(`[name=theirs]`).Length())
	}
	second.post(one, append(levels, "shown", both.shown(one), "title", "Mine", "why", "Mine.", "done", "", "show", "", "valid", "", "theirs", "why")...).want(http.StatusSeeOther)
	if r := first.get(one).want(200); r.one(`[name=title]`).AttrOr("value", "") != "Mine" || r.one(`[name=why]`).Text() != "Law." {
		t.Errorf("decided by field it became %q and %q", r.one(`[name=title]`).AttrOr("value", ""), r.one(`[name=why]`).Text())
	}
	saved := first.htmx().get(one).want(200)
	answer := save(first.htmx(), saved.shown(one), "Typed on").want(200)
	if len(answer.Body) > 2000 || answer.one("[data-shown]").AttrOr("data-shown", "") == "" {
		t.Errorf("saving while one types is answered with %d bytes: %s", len(answer.Body), answer.Body)
	}
	stale := first.get(page.DraftURL("house") + "/publish")
	if stale.find(`[name=saved]`).Length() != 0 {
		t.Error("a draft with problems can be published")
	}
	first.post(page.DraftURL("house")+"/publish", "saved", "1", "reason", "R").want(http.StatusConflict)
}

// Nobody without the right sees a draft or changes anything, by any address.
func TestOnlyTheLibrarySeesDrafts(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.browse("admin").beginDocument("house")
	for _, name := range []string{"viewer", "manager", "auditor", "outsider", "sre"} {
		b := f.browse(name)
		for _, e := range f.table() {
			if !strings.Contains(e.pattern, "/draft") && e.pattern != "/templates/new" && e.pattern != "/templates" && !strings.HasPrefix(e.pattern, "/templates/import") {
				continue
			}
			path := strings.NewReplacer("{template}", "house", "{stage}", "work", "{item}", "some-item", "{import}", "zyxwvutsrqponmlkjihgfedcba", "{format}", "csv").Replace(e.pattern)
			switch {
			case e.method == http.MethodPost && e.pattern == "/templates/{template}/draft":
				b.post(path, "version", "1").want(404)
			case e.method == http.MethodPost:
				if r := b.post(path); r.Status < 400 {
					t.Errorf("%s posts to %s and gets %d", name, path, r.Status)
				}
			case e.pattern != "/templates":
				b.get(path).want(403)
			}
		}
	}
	if v, err := f.Store.DocumentDraft(context.Background(), f.as("admin"), "house"); err != nil || v.Saved != 1 {
		t.Errorf("the draft was changed or is gone: %v", err)
	}
}

// A save of one item of 500 is small and quick, and so is the list.
func TestALargeDraftIsQuick(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	d := plan.NewLifecycle("large", "Large", true)
	must := plan.LevelMust
	for i := range 500 {
		it := plan.Item{
			Key: plan.ItemKey(fmt.Sprintf("item-%d", i)), Title: fmt.Sprintf("Item number %d is as it should be", i), Levels: [3]plan.Level{must, must, ""},
			Why: strings.Repeat("Because. ", 8), Done: strings.Repeat("It is done. ", 12), Show: strings.Repeat("Show it. ", 8), Evidence: []plan.EvidenceKind{"doc"},
		}
		if err := d.Insert(it, "build", ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Store.StartDraft(context.Background(), f.as("admin"), d, 0); err != nil {
		t.Fatal(err)
	}
	b := f.browse("admin")
	list := b.get(page.DraftStageURL("large", "build")).want(200)
	if n := list.find(".edits > li").Length(); n != 500 {
		t.Fatalf("%d items are listed", n)
	}
	item := page.DraftItemURL("large", "item-250")
	var form, saved *reply
	took := time.Hour
	for i := range 3 { // what else this machine does meanwhile is not what is asked
		form = b.htmx().get(item).want(200)
		began := time.Now()
		saved = b.htmx().post(item, "shown", form.shown(item), "title", fmt.Sprintf("Else %d", i), "why", "", "done", "", "show", "", "valid", "", "level", "must", "level", "", "level", "").want(200)
		took = min(took, time.Since(began))
	}
	t.Logf("the list has %d KiB, the form %d, the answer to a save %d bytes in %s", len(list.Body)>>10, len(form.Body)>>10, len(saved.Body), took)
	if len(saved.Body) > 2000 || took > 2*time.Second || len(list.Body) > 700<<10 {
		t.Errorf("the list has %d KiB, a save is answered with %d bytes in %s", len(list.Body)>>10, len(saved.Body), took)
	}
}
