package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// risk adds a risk to a project, which counts at the gate of a stage.
func (f *fixture) risk(p review.ProjectKey, sk plan.StageKey, likelihood, impact string) {
	f.t.Helper()
	f.change("member", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		_, err := r.OpenRecord(who, "risk", review.NewRecord{RecordFields: review.RecordFields{
			Title: "Risk " + strconv.Itoa(len(r.Records)+1), Stage: sk, Values: record.Values{"likelihood": likelihood, "impact": impact},
		}}, at)
		return err
	})
}

// From the gate where somebody thinks of it to the manager who accepts it: what
// people do with a risk, and what they see of it.
func TestARiskFromEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger")
	m := f.browse("member")
	m.get(page.GateURL(p, "idea")).want(200).one(`#records a[href="` + page.NewRecordURL(p, "risk", "idea", "") + `"]`)
	form := m.get(page.NewRecordURL(p, "risk", "idea", "scope-agreed")).want(200)
	if got := form.one(`select[name=stage] option[selected]`).Text(); !strings.Contains(got, "Idea") {
		t.Errorf("the form proposes the gate %q", got)
	}
	fields := []string{"title", "The provider is down", "text", "At <b>night</b>.", "owner", f.id("member"), "due", "2099-01-02", "stage", "idea", "item", "scope-agreed", "links", "https://wiki.example.test/p How it fails", "value-likelihood", "4", "value-impact", "4", "value-treatment", ""}
	m.post(page.RecordKindURL(p, "risk"), append(fields, "value-likelihood", "9")...).want(422) // twice
	fields[15] = "9"
	if got := m.post(page.RecordKindURL(p, "risk"), fields...).want(422); !strings.Contains(got.one(".errors").Text(), "Choose one of the list") || got.one("[name=title]").AttrOr("value", "") != "The provider is down" {
		t.Errorf("refused with %s", got.one(".errors").Text())
	}
	fields[15] = "4"
	if to := m.post(page.RecordKindURL(p, "risk"), fields...).want(303).Header.Get("Location"); to != page.RecordURL(p, "risk", 1) {
		t.Fatalf("it leads to %s", to)
	}
	shown := m.get(page.RecordURL(p, "risk", 1)).want(200)
	for _, want := range []string{"R1 The provider is down", "High, 16 of 25", "At <b>night</b>.", "How it fails"} {
		if !strings.Contains(shown.one("main").Text(), want) {
			t.Errorf("its page does not say %q", want)
		}
	}
	if !strings.Contains(m.get(page.GateURL(p, "idea")).one("#blockers").Text(), "R1 The provider is down: a high risk is neither treated nor accepted") {
		t.Error("the gate does not say that the risk is in its way")
	}
	if n := shown.find(`form input[name=to][value=accepted]`).Length(); n != 0 {
		t.Error("who owns it is offered to accept it")
	}
	b := f.browse("manager")
	digest := b.get(page.RecordURL(p, "risk", 1)).want(200).one(`form:has(input[value=accepted]) input[name=shown]`).AttrOr("value", "")
	if got := b.post(page.MoveRecordURL(p, "risk", 1), "to", "accepted", "shown", digest, "due", "2099-01-02", "reason", "").want(422); !strings.Contains(got.one(".errors").Text(), "Say why") {
		t.Errorf("%s", got.one(".errors").Text())
	}
	b.post(page.MoveRecordURL(p, "risk", 1), "to", "accepted", "shown", digest, "due", "2099-01-02", "reason", "We refund.").want(303)
	m.post(page.MoveRecordURL(p, "risk", 1), "to", "closed", "shown", digest, "reason", "Gone.").want(409)
	m.post(page.RecordCommentsURL(p, "risk", 1), "text", "Thanks, @Manager Person.", "once", "k").want(303)
	b.get(page.WorkURL).want(200).one(`#mentions a[href="` + page.RecordURL(p, "risk", 1) + `#discussion"]`)
	done := m.get(page.RecordURL(p, "risk", 1)).want(200)
	if text := done.one("main").Text(); !strings.Contains(text, "We refund.") || !strings.Contains(text, "Thanks,") || !strings.Contains(text, "moved the risk") {
		t.Error("its page does not say what became of it")
	}
	if got := m.get(page.GateURL(p, "idea")).one("#records").Text(); !strings.Contains(got, "Accepted") || !strings.Contains(got, "We refund.") {
		t.Errorf("the gate says %s", got)
	}
	m.get(page.RecordURL(p, "debt", 1)).want(404)
	past := m.get(page.RecordURL(p, "risk", 1) + "?at=" + page.MomentText(time.Now().Add(-time.Millisecond))).want(200)
	if past.find("form[method=post][action*=records]").Length() != 0 {
		t.Error("the past can be changed")
	}
}

// A signature that was given on other records than those there are now is not
// counted; a gate that has passed tells what it decided on, and what became of it.
func TestGatesTellOfRecords(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger")
	f.risk(p, "", "2", "3")
	f.passGate(p, "idea", plan.SeatProduct, plan.SeatEngineering)
	f.change("member", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.MoveRecord(who, 1, r.Records[0].Digest(), review.RecordMove{To: "closed", Reason: "Gone."}, at)
	})
	b := f.browse("member")
	got := b.get(page.GateURL(p, "idea")).want(200)
	if text := got.one("#records").Text(); !strings.Contains(text, "Open") || !strings.Contains(text, "Since then closed.") {
		t.Errorf("the gate says %s", text)
	}
	if text := b.get(page.RecordURL(p, "risk", 1)).want(200).one("#signed").Text(); !strings.Contains(text, "It has changed since.") {
		t.Errorf("the record says %s", text)
	}
}

// A long list comes in pages, with what needs somebody most on the first.
func TestManyRecords(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger")
	for from := 0; from < 230; from += 46 { // a change holds its transaction open, and the race detector is slow
		f.change("member", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
			for i := from; i < from+46; i++ {
				_, err := r.OpenRecord(who, "risk", review.NewRecord{RecordFields: review.RecordFields{
					Title: fmt.Sprintf("Risk %d", i+1), Values: record.Values{"likelihood": strconv.Itoa(i%5 + 1), "impact": "5"},
				}}, at)
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	b := f.browse("viewer")
	first := b.get(page.RecordKindURL(p, "risk")).want(200)
	if n := first.find("tbody tr").Length(); n != 100 || !strings.Contains(first.find("tbody tr").First().Text(), "25") {
		t.Errorf("%d rows, the first %s", n, first.find("tbody tr").First().Text())
	}
	if n := b.get(page.RecordKindURL(p, "risk") + "?page=3").want(200).find("tbody tr").Length(); n != 30 {
		t.Errorf("%d rows on the last page", n)
	}
	if n := b.get(page.RecordKindURL(p, "risk") + "?page=99").want(200).find("tbody tr").Length(); n != 30 {
		t.Errorf("%d rows beyond the end", n)
	}
	if b.get(page.RecordsURL(p)).want(200).find("#risk .lines li").Length() != 5 {
		t.Error("the overview shows not five")
	}
	if b.get(page.RecordsURL(p)).find(`main a[href*="/new"]`).Length() != 0 {
		t.Error("a viewer is offered to add records")
	}
}

// Records are written and read again as they were typed.
func TestARecordIsChanged(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger")
	b := f.browse("member")
	b.post(page.RecordKindURL(p, "incident"), "title", "Cards were refused", "text", "", "owner", "", "due", "2099-01-02", "stage", "", "item", "", "links", "",
		"value-severity", "2", "value-started", "2026-03-01T10:00", "value-authority", "The DPA", "value-deadline", "2026-03-04T10:00").want(303)
	form := b.get(page.EditRecordURL(p, "incident", 1)).want(200)
	send := []string{"title", "Cards were refused again", "text", "", "owner", f.id("owner"), "due", "2099-01-02", "stage", "", "item", "", "links", "",
		"shown", form.one(`[name=shown]`).AttrOr("value", ""), "value-severity", "2", "value-started", form.one(`[name=value-started]`).AttrOr("value", ""),
		"value-authority", "The DPA", "value-deadline", "2026-03-04T10:00"}
	b.post(page.EditRecordURL(p, "incident", 1), send...).want(303)
	shown := b.get(page.RecordURL(p, "incident", 1)).want(200)
	if text := shown.one("main").Text(); !strings.Contains(text, "Cards were refused again") || !strings.Contains(text, "The deadline to tell The DPA passed on") || !strings.Contains(text, "2026-03-01 10:00 UTC") {
		t.Errorf("its page says %s", text)
	}
	if text := b.get(page.ProjectURL(p)).want(200).one(`.note-box:has(a[href="` + page.RecordURL(p, "incident", 1) + `"])`).Text(); !strings.Contains(text, "1 incident going on") {
		t.Errorf("the project says %s", text)
	}
	if over := b.get(page.RecordsURL(p)).want(200); over.find("#incident .lines li").Length() != 1 || over.find("#none li").Length() != len(record.Kinds())-1 {
		t.Errorf("the overview has %d kinds of which there is none", over.find("#none li").Length())
	}
	send[1] = "Somebody else's"
	b.post(page.EditRecordURL(p, "incident", 1), send...).want(409)
	b.post(page.EditRecordURL(p, "incident", 1), append(send, "value-impact", "1")...).want(422)
	f.browse("viewer").get(page.EditRecordURL(p, "incident", 1)).want(403)
	f.browse("viewer").get(page.NewRecordURL(p, "incident", "", "")).want(403)
}

// What was read of an objective: from the form to what project and gate show of it.
func TestFiguresOfAnObjective(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger")
	m := f.browse("member")
	fields := []string{"title", "Payments are confirmed", "text", "", "owner", f.id("member"), "due", "2099-01-02", "stage", "idea", "item", "", "links", "", "value-indicator", "within a second, of all", "value-objective", "99,9", "value-window", "30d", "value-method", "", "value-source", "", "value-spent", ""}
	m.post(page.RecordKindURL(p, "objective"), fields...).want(303)
	own := page.RecordURL(p, "objective", 1)
	if text := m.get(own).want(200).one("#facts").Text(); !strings.Contains(text, "43.2 minutes of 30 days") {
		t.Errorf("the facts are %s", text)
	}
	note := page.ReadingsURL(p, "objective", 1)
	refused := m.post(note, "value", "101", "at", "2025-11-01T10:00", "note", "By hand", "url", "").want(422)
	if refused.one("details[open] [name=note]").Text() != "By hand" || !strings.Contains(refused.one(".errors").Text(), "lies between 0 and 100") {
		t.Errorf("refused with %s", refused.one(".errors").Text())
	}
	m.post(note, "value", "99.95", "at", "2025-11-01T10:00", "note", "By hand", "url", "").want(303)
	m.post(note, "value", "99.1", "at", "2025-11-02T10:00", "note", "", "url", "https://figures.example.test").want(303)
	shown := m.get(own).want(200)
	if label := shown.one("#values svg").AttrOr("aria-label", ""); !strings.Contains(label, "2 values") || !strings.Contains(label, "at least 99.9") {
		t.Errorf("the chart is %q", label)
	}
	for _, at := range []string{own, page.ProjectURL(p), page.GateURL(p, "idea"), page.RecordKindURL(p, "objective"), page.ReportURL(p)} {
		if text := m.get(at).want(200).one("main").Text(); !strings.Contains(text, "99.1\u00a0%") {
			t.Errorf("%s does not tell the latest value", at)
		}
	}
	strike := page.StrikeReadingURL(p, "objective", 1)
	m.post(strike, "reading", "2", "reason", "").want(422).one("[name=reading] option[value='2'][selected]")
	m.post(strike, "reading", "7", "reason", "Wrong.").want(404)
	m.post(strike, "reading", "2", "reason", "The wrong line.").want(303)
	if text := m.get(own).want(200).one("#values").Text(); !strings.Contains(text, "The wrong line.") || !strings.Contains(text, "On target") {
		t.Errorf("it shows %s", text)
	}
	f.browse("viewer").post(note, "value", "9", "at", "2025-11-01T10:00").want(403)
	m.post(page.ReadingsURL(p, "risk", 1), "value", "9", "at", "2025-11-01T10:00").want(404)
}

// A release is planned, goes out while gates are open, and says so wherever somebody
// sees it.
func TestAReleaseFromEnd(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger")
	b := f.browse("member")
	fields := []string{"title", "Refunds", "text", "", "owner", f.id("member"), "due", "2099-01-02", "stage", "idea", "item", "", "links", "",
		"value-subject", "service", "value-version", "4.2", "value-registry", "", "value-environment", "production", "value-time", "2026-03-01T10:00", "value-because", "Asked for.",
		"value-expected", "", "value-commit", "main", "value-digest", "", "value-ticket", "", "value-rollback", "", "value-rehearsed", "2025-01-01", "value-authorised", "", "value-actual", ""}
	if got := b.post(page.RecordKindURL(p, "release"), fields...).want(422); !strings.Contains(got.one(".errors").Text(), "Commit is no commit") || got.one("[name=value-commit]").AttrOr("value", "") != "main" {
		t.Errorf("refused with %s", got.one(".errors").Text())
	}
	fields[slices.Index(fields, "value-commit")+1] = "9f86d081"
	b.post(page.RecordKindURL(p, "release"), fields...).want(303)
	shown := b.get(page.RecordURL(p, "release", 1)).want(200)
	if text := shown.one("main").Text(); !strings.Contains(text, "424 days before the release") || strings.Contains(text, "It went to production") || !strings.Contains(text, "1 Jan 2025") {
		t.Errorf("planned, it says %s", text)
	}
	if n := shown.find("#gates li").Length(); n != len(twoStages().Stages) {
		t.Errorf("it tells of %d gates", n)
	}
	digest := shown.one(`form:has(input[value=out]) input[name=shown]`).AttrOr("value", "")
	b.post(page.MoveRecordURL(p, "release", 1), "to", "out", "shown", digest, "due", "2099-01-02", "value-time", "2026-03-01T10:00", "value-authorised", "The board").want(303)
	const early = "It went to production before"
	for name, main := range map[string]string{
		"its page": page.RecordURL(p, "release", 1), "the list": page.RecordKindURL(p, "release"), "the overview": page.RecordsURL(p), "the gate": page.GateURL(p, "idea"), "the report": page.ReportURL(p),
	} {
		if text := b.get(main).want(200).one("main").Text(); !strings.Contains(text, early) || !strings.Contains(text, "424 days") {
			t.Errorf("%s does not say that it was early: %s", name, text)
		}
	}
	f.passGate(p, "idea", plan.SeatProduct, plan.SeatEngineering)
	if text := b.get(page.RecordURL(p, "release", 1)).want(200).find("#gates li").First().Text(); !strings.Contains(text, "Not ready") || !strings.Contains(text, "now passed") {
		t.Errorf("its first gate is told as %s", text)
	}
}

// A record that a gate asks for is proposed for that gate, others for the next one.
func TestANewRecordIsProposedForTheGateThatAsksForIt(t *testing.T) {
	t.Parallel()
	l := twoStages()
	l.Stages[1].Gate.Records = []record.Key{record.Objective}
	f := newFixtureWith(t, "http://127.0.0.1:8080", l)
	p := f.create("ledger")
	for kind, want := range map[record.Key]plan.StageKey{record.Objective: l.Stages[1].Key, "risk": l.Stages[0].Key} {
		form := f.browse("member").get(page.NewRecordURL(p, kind, "", "")).want(200)
		if got := form.one(`select[name=stage] option[selected]`).AttrOr("value", ""); got != string(want) {
			t.Errorf("a new %s counts at the gate of %q, want %q", kind, got, want)
		}
	}
}
