package web

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// A waiver leads to the form of a risk that is filled in with it, and lists the risk.
func TestAWaiverRaisesRecords(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger")
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RequestWaiver(who, "idea", "scope-agreed", review.NewWaiver{
			Reason: "The sponsor is away.", Risk: "We build too much. It costs a month.", Measure: "A short list.", Until: review.FormatDate(at.AddDate(0, 1, 0)),
		}, at)
	})
	item := page.ItemURL(p, "idea", "scope-agreed")
	m := f.browse("member")
	shown := m.get(item).want(200)
	for _, kind := range []record.Key{"risk", "debt"} {
		form := m.get(shown.one(`#waiver a[href="`+page.RecordFromURL(p, kind, "1/idea/w1")+`"]`).AttrOr("href", "")).want(200)
		if form.one(`[name=value-source] option[selected]`).AttrOr("value", "") != "1/idea/w1" || form.one(`[name=item]`).AttrOr("value", "") != "scope-agreed" ||
			form.one("[name=due]").AttrOr("value", "") != review.FormatDate(review.Today(time.Now()).AddDate(0, 1, 0)) || form.one("[name=text]").Text() != "The sponsor is away." {
			t.Errorf("the form of a %s does not say what the waiver says", kind)
		}
	}
	risk := m.get(page.RecordFromURL(p, "risk", "1/idea/w1"))
	if title, does := risk.one("[name=title]").AttrOr("value", ""), risk.one("[name=value-treatment]").Text(); title != "We build too much" || does != "A short list." {
		t.Errorf("it would be %q, treated with %q", title, does)
	}
	m.post(page.RecordKindURL(p, "risk"), "title", "We build too much", "text", "", "owner", "", "due", "2099-01-02", "stage", "idea", "item", "scope-agreed", "links", "",
		"value-likelihood", "2", "value-impact", "2", "value-treatment", "", "value-source", "1/idea/w1").want(303)
	if back := m.get(page.RecordURL(p, "risk", 1)).want(200).one(`a[href="` + item + `#waiver"]`).Text(); !strings.Contains(back, "The waiver of “") {
		t.Errorf("the risk says it came up with %q", back)
	}
	m.get(item).one(`#waiver a[href="` + page.RecordURL(p, "risk", 1) + `"]`)
	if f.browse("viewer").get(item).want(200).find(`#waiver a[href*="/new"]`).Length() != 0 {
		t.Error("a viewer is offered to add one")
	}
	if m.get(page.NewRecordURL(p, "debt", "", "")).want(200).find("[name=value-source] option").Length() != 2 {
		t.Error("the waiver is no choice in the form of a debt")
	}
}

// What came up at a gate that has passed is proposed for the next that can still count it.
func TestARecordIsProposedForAGateThatCounts(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger")
	m := f.browse("member")
	item := f.tmpl.Stages[0].Items[0].Key
	proposed := func(stage plan.StageKey, item plan.ItemKey, want plan.StageKey) {
		t.Helper()
		if got := m.get(page.NewRecordURL(p, "risk", stage, item)).want(200).one(`[name=stage] option[selected]`).AttrOr("value", ""); got != string(want) {
			t.Errorf("in %q at %q it is proposed for %q, want %q", stage, item, got, want)
		}
	}
	first, next := f.tmpl.Stages[0].Key, f.tmpl.Stages[1].Key
	proposed("", "", first)
	proposed("", item, first)
	proposed(next, "", next)
	f.passGate(p, first, plan.SeatProduct, plan.SeatEngineering)
	proposed("", "", next)
	proposed("", item, next)
	proposed(first, "", next)
}

// A finding leads to debts and lessons that are filled in with it.
func TestAFindingRaisesRecords(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger")
	m := f.browse("member")
	if m.get(page.NewRecordURL(p, "risk", "", "")).want(200).find("[name=value-source]").Length() != 0 {
		t.Error("the form asks where it came up while there is nowhere")
	}
	f.fill("member", p, "idea")
	f.requestSignOff("owner", p, "idea")
	f.change("product", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{
			Seat: plan.SeatProduct, Decision: review.Return, Findings: []string{"Nobody pays. Find out who does."}, Digest: r.Digest(r.Stage("idea")),
		}, at)
	})
	gate := m.get(page.GateURL(p, "idea")).want(200)
	debt := m.get(gate.one(`#finding-1 a[href="`+page.RecordFromURL(p, "debt", "1/idea/f1")+`"]`).AttrOr("href", "")).want(200)
	if debt.one("[name=title]").AttrOr("value", "") != "Nobody pays" || debt.one("[name=text]").Text() != "Nobody pays. Find out who does." || debt.one(`[name=stage] option[selected]`).AttrOr("value", "") != "idea" {
		t.Error("the form of a debt does not say what the finding says")
	}
	lesson := m.get(gate.one(`#finding-1 a[href="`+page.RecordFromURL(p, "lesson", "1/idea/f1")+`"]`).AttrOr("href", "")).want(200)
	if lesson.one("[name=value-from] option[selected]").AttrOr("value", "") != "return" || lesson.one("[name=value-source] option[selected]").AttrOr("value", "") != "1/idea/f1" {
		t.Error("the form of a lesson does not say where it comes from")
	}
	m.post(page.RecordKindURL(p, "debt"), "title", "Nobody pays", "text", "", "owner", "", "due", "2099-01-02", "stage", "idea", "item", "", "links", "",
		"value-cost", "All of it", "value-ticket", "", "value-source", "1/idea/f1").want(303)
	m.get(page.RecordURL(p, "debt", 1)).want(200).one(`a[href="` + page.GateURL(p, "idea") + `#finding-1"]`)
	m.get(page.GateURL(p, "idea")).one(`#finding-1 a[href="` + page.RecordURL(p, "debt", 1) + `"]`)
}

// The page of a gate lists what was learnt from its returns, and of no other.
func TestAGateListsItsLessons(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger")
	f.fill("member", p, "idea")
	f.requestSignOff("owner", p, "idea")
	f.change("product", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{Seat: plan.SeatProduct, Decision: review.Return, Findings: []string{"Who pays?"}, Digest: r.Digest(r.Stage("idea"))}, at)
	})
	for _, source := range []string{"1/idea/1", "1/idea/f1", ""} {
		from := "return"
		if source == "" {
			from = "retrospective"
		}
		f.change("member", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
			_, err := r.OpenRecord(who, "lesson", review.NewRecord{RecordFields: review.RecordFields{
				Title: "From " + source, Values: record.Values{"from": from, record.CameFrom: source},
			}}, at)
			return err
		})
	}
	m := f.browse("member")
	for _, at := range []string{"", "?at=" + page.MomentText(time.Now())} {
		gate := m.get(page.GateURL(p, "idea") + at).want(200)
		if got := gate.find("#lessons li"); got.Length() != 2 || !strings.Contains(got.First().Text(), "From 1/idea/f1") || !strings.Contains(got.First().Text(), "Noted") {
			t.Errorf("the gate lists %q", got.Text())
		}
		gate.one(`#lessons a[href="` + page.RecordURL(p, "lesson", 1) + `"]`)
	}
	if m.get(page.GateURL(p, "live")).want(200).find("#lessons").Length() != 0 {
		t.Error("another gate lists them")
	}
}
