package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// offerable is an item whose answer can be offered.
func (f *fixture) offerable(p review.ProjectKey, stage plan.StageKey) plan.ItemKey {
	f.t.Helper()
	st := f.stage(p, stage)
	for i := range st.Items {
		if it := &st.Items[i]; st.Offerable(it) == nil {
			return it.Def.Key
		}
	}
	f.t.Fatal("no answer can be offered")
	return ""
}

// A project offers its answer, another takes it over in one press, and both say so
// wherever the answer counts. When it no longer holds there, it no longer does here.
func TestSharedAnswers(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	from, to := f.create("platform"), f.create("payments")
	owner := f.browse("owner")
	if text := owner.get(page.SharedURL(to)).want(200).text(); !strings.Contains(text, "Nothing to share yet") {
		t.Errorf("before anything is answered: %s", text)
	}
	f.fill("member", from, "idea")
	key := f.offerable(from, "idea")
	item := string(key)
	shared := page.SharedURL(from)
	bad := owner.post(shared, "do", "offer", "item", item, "text", "").want(422)
	if bad.one("#f-text").AttrOr("aria-invalid", "") != "true" || bad.find(`#offer-form [name="item"][checked]`).Length() != 1 {
		t.Errorf("without a word for whom: %s", bad.text())
	}
	if got := owner.post(shared, "do", "offer", "text", "all").want(422).text(); !strings.Contains(got, "Choose at least one item") {
		t.Errorf("without an item: %s", got)
	}
	owner.post(shared, "do", "nothing", "item", item).want(422)
	owner.post(shared, "do", "offer", "item", "no-such", "text", "all").want(404)
	f.browse("member").post(shared, "do", "offer", "item", item, "text", "all").want(403)
	owner.post(shared, "do", "offer", "item", item, "text", "all that stands on it").want(303)

	// Whoever fills in the other finds it there, and at the item.
	member := f.browse("member")
	list := member.get(page.SharedURL(to)).want(200)
	if list.find(`#take-platform [name="item"][value="`+item+`"][checked]`).Length() != 1 || !strings.Contains(list.text(), "all that stands on it") {
		t.Errorf("it is not offered: %s", list.text())
	}
	before := f.seq(to)
	member.post(page.SharedURL(to), "do", "take", "from", "no-such", "item", item).want(422)
	member.post(page.SharedURL(to), "do", "take", "from", "payments", "item", item).want(409)
	f.browse("viewer").post(page.SharedURL(to), "do", "take", "from", "platform", "item", item).want(403)
	if n := f.seq(to) - before; n != 0 {
		t.Errorf("refused, %d entries", n)
	}
	member.post(page.SharedURL(to), "do", "take", "from", "platform", "item", item, "back", "item").want(303)
	for _, where := range []string{page.SharedURL(to), page.ItemURL(to, "idea", key), page.GateURL(to, "idea"), page.ReportURL(to), page.HistoryURL(to)} {
		if got := member.get(where).want(200).text(); !strings.Contains(strings.ToLower(got), "from project platform") {
			t.Errorf("%s does not say whose answer it is: %s", where, got)
		}
	}
	row := member.get(page.StageURL(to, "idea")).want(200).one("#item-" + item)
	if row.Find("button[name=answer]").Length() != 0 || !strings.Contains(words(row), "Taken over") {
		t.Errorf("the row is %s", words(row))
	}
	if got := owner.get(shared).want(200).one("#offered").Text(); !strings.Contains(got, "Project payments") {
		t.Errorf("who takes it over: %s", got)
	}
	member.post(page.AnswerURL(to, "idea", key)+"?from=item", "version", "1", "answer", "not-met", "note", "No.").want(409)

	owner.post(shared, "do", "withdraw", "item", item).want(303)
	if n, err := f.Store.FollowOffers(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d projects followed (%v)", n, err)
	}
	for _, where := range []string{page.SharedURL(to), page.ItemURL(to, "idea", key), page.HistoryURL(to)} {
		if got := member.get(where).want(200).text(); !strings.Contains(got, "no longer offers it") {
			t.Errorf("%s does not say that it is lost: %s", where, got)
		}
	}
	if got := words(member.get(page.WorkURL).want(200).one("#shared")); !strings.Contains(got, "Because the other project no longer offers it") {
		t.Errorf("my work says %s", got)
	}
	member.post(page.SharedURL(to), "do", "keep", "item", item).want(303)
	if member.get(page.WorkURL).want(200).find("#shared").Length() != 0 {
		t.Error("my work lists what is kept")
	}
	if got := member.get(page.SharedURL(to)).want(200); got.find("#taken").Length() != 0 {
		t.Errorf("kept, it says %s", got.text())
	}
}

// An answer whose evidence the gate here does not count is not chosen beforehand, and
// the reason is said in words; so it is of one that was taken over.
func TestSharedAnswersThatDoNotCount(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	from, to := f.create("platform"), f.create("payments")
	f.fill("member", from, "idea")
	key := f.offerable(from, "idea")
	f.change("owner", from, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.OfferAnswers(who, []plan.ItemKey{key}, "all", at)
	})
	next := f.tmpl.Draft()
	next.Version++
	next.Stages[0].Items = slices.Clone(next.Stages[0].Items)
	for i := range next.Stages[0].Items {
		if it := &next.Stages[0].Items[i]; it.Key == key {
			it.Evidence, it.Show = []plan.EvidenceKind{"test-report"}, "The report."
		}
	}
	f.publishDocument(plan.Document{Lifecycle: next})
	ref, err := plan.Document{Lifecycle: next}.Ref()
	if err != nil {
		t.Fatal(err)
	}
	f.change("owner", to, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Upgrade(who, r.Plan.Origin.On(ref), r.PlanDigest(), "Reports alone.", at)
	})
	m := f.browse("member")
	list := m.get(page.SharedURL(to)).want(200)
	if list.find(`#take-platform [name="item"][value="`+string(key)+`"]:not([checked])`).Length() != 1 {
		t.Errorf("it is chosen beforehand: %s", list.text())
	}
	const why = "the gate here counts only a test report. Taken over, the item would still need evidence."
	for _, at := range []string{page.SharedURL(to), page.ItemURL(to, "idea", key)} {
		if got := words(m.get(at).want(200).one("main")); !strings.Contains(got, why) {
			t.Errorf("%s does not say why: %s", at, got)
		}
	}
	m.post(page.SharedURL(to), "do", "take", "from", "platform", "item", string(key)).want(303)
	if got := words(m.get(page.SharedURL(to)).want(200).one("#taken")); !strings.Contains(got, "Marked as met, but needs a test report link.") {
		t.Errorf("taken over, it says %s", got)
	}
}

// Nobody learns of a project that they may not see from what was taken over.
func TestSharedAnswersOfAHiddenProject(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	from, to := f.create("platform"), f.create("payments")
	f.fill("member", from, "idea")
	owner := f.browse("owner")
	item := string(f.offerable(from, "idea"))
	owner.post(page.SharedURL(from), "do", "offer", "item", item, "text", "all").want(303)
	owner.post(page.SharedURL(to), "do", "take", "from", "platform", "item", item).want(303)
	f.restrict(from)
	viewer := f.browse("viewer")
	for _, where := range []string{page.SharedURL(to), page.StageURL(to, "idea"), page.GateURL(to, "idea"), page.ReportURL(to), page.HistoryURL(to)} {
		if got := viewer.get(where).want(200).text(); strings.Contains(got, "Project platform") {
			t.Errorf("%s names it: %s", where, got)
		}
	}
	viewer.post(page.SharedURL(to), "do", "take", "from", "platform", "item", "x").want(422)
}
