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

// From the incident where somebody learns something to the draft of the library that
// says it.
func TestALessonFromEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger")
	f.change("member", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		_, err := r.OpenRecord(who, "incident", review.NewRecord{RecordFields: review.RecordFields{
			Title: "Cards were refused", Values: record.Values{"severity": "2", "started": "2026-03-01T10:00"},
		}}, at)
		return err
	})
	m := f.browse("member")
	from := page.RecordFromURL(p, record.Lesson, "I1")
	m.get(page.RecordURL(p, "incident", 1)).want(200).one(`#raised a[href="` + from + `"]`)
	form := m.get(from).want(200)
	if form.one(`[name=value-from] option[selected]`).AttrOr("value", "") != "incident" || form.one(`[name=value-source] option[selected]`).AttrOr("value", "") != "I1" {
		t.Error("the form does not know where the lesson comes from")
	}
	if form.find(`[name=value-document]`).Length() != 0 || form.find(`select[name=stage]`).Length() != 0 {
		t.Error("the form asks for what nobody types")
	}
	m.get(page.RecordFromURL(p, record.Lesson, "I9")).want(200).one(`[name=value-source] option[value=""][selected]`)
	fields := []string{
		"title", "Try it with a real card", "text", "", "owner", f.id("member"), "due", "", "stage", "", "item", "scope-agreed", "links", "",
		"value-from", "incident", "value-source", "I1", "value-part", "done", "value-wording", "Somebody paid with a real card.\nAnd got it back.",
	}
	kind := page.RecordKindURL(p, "lesson")
	m.post(kind, append(fields, "value-document", "house")...).want(422)
	m.post(kind, fields...).want(303)
	m.get(page.RecordURL(p, "incident", 1)).one(`#raised .lines a[href="` + page.RecordURL(p, "lesson", 2) + `"]`)
	url := page.RecordURL(p, "lesson", 2)
	shown := func(b *browser) string {
		return b.get(url).want(200).one(`input[name=shown]`).AttrOr("value", "")
	}
	m.post(page.MoveRecordURL(p, "lesson", 2), "to", "proposed", "shown", shown(m), "item", "no-such", "value-part", "done", "value-wording", "x").want(422)
	m.post(page.MoveRecordURL(p, "lesson", 2), "to", "proposed", "shown", shown(m), "item", "scope-agreed", "value-part", "done",
		"value-wording", "Somebody paid with a real card.\nAnd got it back.").want(303)
	if text := m.get(url).one("main").Text(); !strings.Contains(text, "somebody who may edit the library") || strings.Contains(text, "Into which document") {
		t.Errorf("to whoever owns it, the page says %s", text)
	}

	a := f.browse("admin")
	a.get(page.LibraryURL).want(200).one(`#lessons a[href="` + url + `"]`)
	a.get(page.WorkURL).want(200).one(`#lessons a[href="` + url + `"]`)
	if m.get(page.WorkURL).find("#lessons").Length() != 0 {
		t.Error("my work lists proposals to those who cannot decide on them")
	}
	if m.get(page.LibraryURL).find("#lessons").Length() != 0 {
		t.Error("the library lists proposals to those who cannot decide on them")
	}
	ask := a.get(url).want(200)
	if text := ask.one("#moves").Text(); !strings.Contains(text, "a copy of") {
		t.Errorf("it can go into %s", text)
	}
	say := func(r *reply, name string) string {
		return r.one(`form[action="`+page.AcceptLessonURL(p, 2)+`"] input[name=`+name+`]`).AttrOr("value", "")
	}
	send := []string{"into", say(ask, "into"), "says", say(ask, "says"), "shown", say(ask, "shown")}
	m.post(page.AcceptLessonURL(p, 2), send...).want(403)
	f.browse("manager").post(page.AcceptLessonURL(p, 2), send...).want(403)
	a.post(page.AcceptLessonURL(p, 2), "into", "nowhere", "says", send[3], "shown", send[5]).want(422)
	a.post(page.AcceptLessonURL(p, 2), "into", send[1], "says", "x", "shown", send[5]).want(409)
	a.post(page.MoveRecordURL(p, "lesson", 2), "to", "accepted", "shown", send[5]).want(409)
	a.post(page.AcceptLessonURL(p, 1), send...).want(404) // an incident, by the address of a lesson
	a.post(page.AcceptLessonURL(p, 2), send...).want(303)
	a.post(page.AcceptLessonURL(p, 2), send...).want(303) // twice
	draft := page.DraftURL(send[1])
	a.get(url).want(200).one(`#proposal a[href="` + draft + `/items/scope-agreed"]`)
	a.get(draft + "/items/scope-agreed").want(200)
	if a.get(page.WorkURL).find("#lessons").Length() != 0 {
		t.Error("my work lists what is decided")
	}
	if m.get(url).want(200).find(`#proposal a`).Length() != 0 {
		t.Error("the page leads to a draft those who may not see it")
	}
	a.get(draft).want(200).one(`#lessons a[href="` + url + `"]`)
	if text := a.get(draft + "/items/scope-agreed").want(200).one(`textarea[name=done]`).Text(); !strings.Contains(text, "Somebody paid with a real card.\nAnd got it back.") {
		t.Errorf("the draft says %q", text)
	}
	if text := a.get(draft + "/publish").want(200).one(`textarea[name=reason]`).Text(); !strings.Contains(text, "Takes up L2 of ledger: Try it with a real card") {
		t.Errorf("it would be published because of %q", text)
	}
	if text := a.get(page.HistoryURL(p)).want(200).one("main").Text(); !strings.Contains(text, "moved the lesson from “proposed” to “accepted”") {
		t.Error("the trail does not say that it was accepted")
	}
	past := a.get(url + "?at=" + page.MomentText(time.Now())).want(200)
	if text := past.one("#proposal").Text(); !strings.Contains(text, send[1]) || past.find("form[method=post][action*=records]").Length() != 0 {
		t.Errorf("as of then, the page says %s", text)
	}
}

// Where the project follows none of the documents into which a lesson can go, none is
// chosen beforehand.
func TestIntoWhichDocumentALessonGoes(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger")
	other, err := plan.Document{Lifecycle: f.tmpl}.As("pilots-first", "Pilots first")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Store.StartDraft(t.Context(), f.as("admin"), other, 0); err != nil {
		t.Fatal(err)
	}
	f.change("member", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		_, err := r.OpenRecord(who, record.Lesson, review.NewRecord{RecordFields: review.RecordFields{
			Title: "It takes an hour", Item: f.tmpl.Stages[0].Items[0].Key, Values: record.Values{"from": "retrospective", "part": "title", "wording": "Better"},
		}}, at)
		if err != nil {
			return err
		}
		rec, err := r.Record(1)
		if err != nil {
			return err
		}
		return r.MoveRecord(who, 1, rec.Digest(), review.RecordMove{To: record.LessonProposed}, at)
	})
	a := f.browse("admin")
	ask := a.get(page.RecordURL(p, record.Lesson, 1)).want(200)
	if got := ask.find(`select[name=into] option`); got.Length() != 3 || got.First().AttrOr("value", "x") != "" || ask.find(`select[name=into] option[selected]`).Length() != 0 {
		t.Errorf("it can go into %s", words(ask.one("select[name=into]")))
	}
	send := func(into string) *reply {
		at := `form[action="` + page.AcceptLessonURL(p, 1) + `"] input[name=`
		return a.post(page.AcceptLessonURL(p, 1), "into", into, "says", ask.one(at+`says]`).AttrOr("value", ""), "shown", ask.one(at+`shown]`).AttrOr("value", ""))
	}
	if send("").want(422).one("select[name=into]").AttrOr("aria-invalid", "") != "true" {
		t.Error("that none was chosen is not said at the field")
	}
	send("pilots-first").want(303)
}

// Where a gate was returned, a lesson is offered that comes from it.
func TestALessonOfAReturnedGate(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger")
	f.fill("member", p, "idea")
	f.requestSignOff("owner", p, "idea")
	f.change("product", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{
			Seat: plan.SeatProduct, Decision: review.Return, Findings: []string{"Who pays?"}, Digest: r.Digest(r.Stage("idea")),
		}, at)
	})
	link := f.browse("member").get(page.GateURL(p, "idea")).want(200).one(`a[href="`+page.RecordFromURL(p, record.Lesson, "1/idea/1")+`"]`).AttrOr("href", "")
	form := f.browse("member").get(link).want(200)
	if form.one(`[name=value-from] option[selected]`).AttrOr("value", "") != "return" || !strings.Contains(form.one(`[name=value-source] option[selected]`).Text(), "returned in round 1") {
		t.Error("the form does not know where the lesson comes from")
	}
	if f.browse("viewer").get(page.GateURL(p, "idea")).find(`a[href*="/lesson/"]`).Length() != 0 {
		t.Error("a viewer is offered to add one")
	}
}
