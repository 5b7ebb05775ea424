package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// passGate takes a stage of the small template to a passed gate.
func (f *fixture) passGate(p review.ProjectKey, stage plan.StageKey, seats ...plan.Seat) {
	f.t.Helper()
	f.fill("member", p, stage)
	f.requestSignOff("owner", p, stage)
	for _, seat := range seats {
		f.signGo(string(seat), p, stage, seat)
	}
}

// moments is a project with a passed first gate whose content changed after
// that, and the moments in between.
func (f *fixture) moments(key string) (p review.ProjectKey, passed, changed time.Time) {
	f.t.Helper()
	p = f.create(key)
	f.passGate(p, "idea", plan.SeatProduct, plan.SeatEngineering)
	passed = f.stage(p, "idea").LastRound().ClosedAt
	c := f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "scope-set", review.NotMet, "It grew.", 1, at)
	})
	return p, passed, c.Now
}

func pastPages(p review.ProjectKey) []string {
	return []string{page.ProjectURL(p), page.HistoryURL(p), page.StageURL(p, "idea"), page.GateURL(p, "idea"), page.ItemURL(p, "idea", "scope-set"), page.RecordsURL(p), page.RecordKindURL(p, "risk")}
}

func TestThePastIsAsItWas(t *testing.T) {
	f := smallFixture(t)
	p, passed, _ := f.moments("ledger-api")
	owner := f.browse("owner")
	if got := words(owner.get(page.GateURL(p, "idea")).want(200).find(".head .badge")); got != "Changed since sign-off" {
		t.Fatalf("now the gate says %q", got)
	}
	if got := words(owner.get(page.At(page.GateURL(p, "idea"), passed)).want(200).find(".head .badge")); got != "Passed" {
		t.Errorf("then the gate said %q", got)
	}
	row := owner.get(page.At(page.StageURL(p, "idea"), passed)).want(200).one("#item-scope-set")
	if !strings.Contains(words(row), "Met") || strings.Contains(words(row), "It grew") {
		t.Errorf("then the row said %q", words(row))
	}
	item := owner.get(page.At(page.ItemURL(p, "idea", "scope-set"), passed)).want(200)
	if got := words(item.find("#history")); strings.Contains(got, "not met") {
		t.Errorf("the item's history knows the future: %q", got)
	}
	for _, path := range []string{page.ProjectURL(p), page.HistoryURL(p)} {
		r := owner.get(page.At(path, passed)).want(200)
		if got := words(r.find("#stages li").First()); !strings.Contains(got, "Passed") {
			t.Errorf("%s then showed the stage as %q", path, got)
		}
		if got := words(r.find("#activity")); strings.Contains(got, "changed the answer") {
			t.Errorf("%s knows the future: %q", path, got)
		}
	}
	owner.get(page.At(page.ProjectURL(p), time.Now().Add(-24*time.Hour))).want(404)
	owner.get(page.At(page.StageURL(p, "nowhere"), passed)).want(404)
	owner.get(page.At(page.GateURL(p, "nowhere"), passed)).want(404)
	owner.get(page.At(page.ItemURL(p, "idea", "nothing"), passed)).want(404)
}

// search is the one form of a page of the past: it changes only what is listed.
const search = "form[method=get][role=search], form[role=search] *"

// Every page of the past says so, leads back, keeps its moment and changes
// nothing, whoever looks.
func TestThePastHasNoForms(t *testing.T) {
	f := smallFixture(t)
	p, passed, changed := f.moments("ledger-api")
	waiting, version := f.stage(p, "idea").LastRound().RequestedAt, f.seq(p)
	for _, name := range []string{"owner", "member", "product", "manager", "auditor"} {
		b := f.browse(name)
		for _, at := range []time.Time{waiting, passed, changed} {
			for _, path := range pastPages(p) {
				r := b.get(page.At(path, at)).want(200)
				if n := r.find("main form, main button, main input, main textarea, #sign, #request").Not(search).Length(); n != 0 {
					t.Errorf("%s, %s at %s: %d controls", name, path, at, n)
				}
				notice := r.find("main .note-box").First()
				if got := words(notice); !strings.Contains(got, "As it was on "+page.Moment(at)) {
					t.Errorf("%s says %q", path, got)
				}
				back := notice.Find("a").AttrOr("href", "")
				if want := strings.TrimSuffix(path, "/history"); back != want {
					t.Errorf("%s leads back to %s", path, back)
				}
				r.find("main a").Each(func(_ int, a *goquery.Selection) {
					href := a.AttrOr("href", "")
					if u, err := url.Parse(href); err != nil || a.Text() == "Back to now" || u.Path != page.ProjectURL(p) && !strings.HasPrefix(u.Path, page.ProjectURL(p)+"/stages/") {
						return
					} else if got := u.Query().Get("at"); got != at.Format(time.RFC3339Nano) {
						t.Errorf("%s: the link %s loses its moment", path, href)
					}
				})
				if got := r.Header.Get("Cache-Control"); got != "private, no-store" {
					t.Errorf("%s: Cache-Control %q", path, got)
				}
			}
		}
	}
	if f.seq(p) != version {
		t.Error("looking changed something")
	}
}

// Nor where waivers, conditions, findings and a broken glass wait for somebody.
func TestAnEventfulPastHasNoForms(t *testing.T) {
	f := smallFixture(t)
	p := f.eventful("ledger-api")
	at := f.changedAt(p)
	pages := append(pastPages(p), page.GateURL(p, "live"), page.ItemURL(p, "idea", "risks-listed"), page.ItemURL(p, "live", "restore-tested"), page.ReportURL(p))
	for _, name := range []string{"owner", "member", "product", "sre", "manager", "admin"} {
		b := f.browse(name)
		for _, path := range pages {
			r := b.get(page.At(path, at)).want(200)
			if n := r.find("main form, main button, main input, main textarea, main select").Not(search).Length(); n != 0 {
				t.Errorf("%s sees %d controls on %s", name, n, path)
			}
			if r.find("main [data-forced]").Length() == 0 && !strings.Contains(path, "/items/") {
				t.Errorf("%s does not say that a gate was passed by break-glass", path)
			}
		}
	}
}

func TestThePastCanBeFiltered(t *testing.T) {
	f := smallFixture(t)
	p, passed, _ := f.moments("ledger-api")
	now := f.change("owner", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "idea", "scope-set", f.person("member"), "", at)
	}).Now
	member := f.browse("member")
	list := member.get(page.At(page.StageURL(p, "idea"), now)).want(200)
	form := list.one("main form[role=search]")
	q := url.Values{"q": {"scope"}}
	form.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) { q.Set(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	if got := member.get(form.AttrOr("action", "") + "?" + q.Encode()).want(200); got.find("[data-row]").Length() != 1 || got.find("#item-scope-set").Length() != 1 || !strings.Contains(got.text(), "As it was on "+page.Moment(now)) {
		t.Error("looking for a text in the past finds another item, or leads to the present")
	}
	mine := list.one(`.chips a[href*="show=mine"]`).AttrOr("href", "")
	if got := member.get(mine).want(200); got.find("[data-row]").Length() != 1 || got.find("#item-scope-set").Length() != 1 {
		t.Error("the items of the reader are not listed")
	}
	if n := f.browse("owner").get(mine).want(200).find("[data-row]").Length(); n != 0 {
		t.Errorf("the owner has %d items of somebody else's", n)
	}
	before := page.StageURL(p, "idea") + "?show=mine&at=" + url.QueryEscape(passed.Format(time.RFC3339Nano))
	if n := member.get(before).want(200).find("[data-row]").Length(); n != 0 {
		t.Errorf("%d items were the reader's before they were given", n)
	}
}

func TestMomentsOfAnAddress(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	owner := f.browse("owner")
	day := time.Now().UTC()
	next := day.AddDate(0, 0, 2)
	for text, status := range map[string]int{
		day.Format(time.DateOnly):                        200, // today: as it is now
		"a second later":                                 422, // than when it is asked for
		next.Format(time.DateOnly):                       422,
		next.Format("2006-01-02T15:04"):                  422,
		day.AddDate(0, 0, -1).Format(time.DateOnly):      404,
		day.AddDate(0, 0, -1).Format("2006-01-02T15:04"): 404,
		"yesterday":               422,
		"2026-13-01":              422,
		"2026-11-03 14:05":        422,
		"1793714700":              422,
		"\x00":                    422,
		"2026-11-03T14:05:00Z'--": 422,
		"0000-01-01":              404,
	} {
		for _, path := range pastPages(p) {
			at := text
			if text == "a second later" {
				at = time.Now().Add(time.Second).UTC().Format(time.RFC3339Nano)
			}
			r := owner.get(path + "?at=" + url.QueryEscape(at)).want(status)
			if status == 422 && !strings.Contains(r.text(), "2026-11-03T14:05") && !strings.Contains(r.text(), "lies in the future") {
				t.Errorf("%q is refused without saying what is right: %s", text, r.text())
			}
		}
	}
	// An offset whose plus sign nobody escaped.
	owner.get(page.ProjectURL(p) + "?at=" + time.Now().Add(-time.Millisecond).UTC().Add(2*time.Hour).Format("2006-01-02T15:04:05.999") + "+02:00").want(200)
}

func TestThePastIsHiddenWithThePresent(t *testing.T) {
	f := smallFixture(t)
	p, passed, _ := f.moments("ledger-api")
	f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		q := r.Project
		return r.Edit(who, review.ProjectFields{Name: q.Name, Team: q.Team, Tier: q.Tier, Exposure: q.Exposure, Restricted: true}, at)
	})
	paths := append(pastPages(p), page.CompareURL(p), page.ReportURL(p))
	for _, path := range paths {
		address := page.At(path, passed)
		f.browse("viewer").get(address).want(404)
		f.browse("outsider").get(address).want(404)
		f.browse("auditor").get(address).want(200)
		if to := f.stranger().get(address).want(303).Header.Get("Location"); to != page.LoginTo(address) {
			t.Errorf("%s leads a stranger to %s", path, to)
		}
	}
}

func TestHistoryLeadsToEachMoment(t *testing.T) {
	f := smallFixture(t)
	p, passed, _ := f.moments("ledger-api")
	owner := f.browse("owner")
	r := owner.get(page.HistoryURL(p)).want(200)
	if n := r.find("table.trail tbody tr").Length(); n == 0 || n != r.find(`table.trail a[href^="`+page.ProjectURL(p)+`?at="]`).Length() {
		t.Error("not each entry leads to the project as of its moment")
	}
	then := page.At(page.ProjectURL(p), passed)
	row := r.find(`table.trail tr:has(a[href="` + then + `"])`).First()
	if exact := passed.UTC().Format("2 Jan 2006, 15:04:05 MST"); !strings.Contains(words(row), exact) {
		t.Errorf("the row says %q, without %s", words(row), exact)
	}
	if got := owner.get(then).want(200).text(); !strings.Contains(got, "As it was on "+page.Moment(passed)) {
		t.Errorf("what is shown says %q", got)
	}
}

func TestHistoryBetweenTwoMoments(t *testing.T) {
	f := smallFixture(t)
	p, passed, changed := f.moments("ledger-api")
	owner := f.browse("owner")
	at := func(query url.Values) *reply { return owner.get(page.HistoryURL(p) + "?" + query.Encode()).want(200) }
	all := len(numbers(t, at(nil)))
	since := at(url.Values{"from": {passed.Add(time.Microsecond).Format(time.RFC3339Nano)}})
	if got := numbers(t, since); len(got) != 1 || got[0] != all {
		t.Errorf("since the gate passed: entries %v of %d", got, all)
	}
	before := at(url.Values{"to": {changed.Add(-time.Microsecond).Format(time.RFC3339Nano)}})
	if got := numbers(t, before); len(got) != all-1 {
		t.Errorf("before the change: %d entries of %d", len(got), all)
	}
	if got := before.one(`main input[name=to]`).AttrOr("value", ""); !strings.HasPrefix(got, changed.Format("2006-01-02T15")) {
		t.Errorf("the filter shows %q", got)
	}
	today := time.Now().UTC().Format(time.DateOnly)
	if got := numbers(t, at(url.Values{"from": {today}, "to": {today}})); len(got) != all {
		t.Errorf("today: %d entries of %d", len(got), all)
	}
	yesterday := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	if at(url.Values{"from": {yesterday}, "to": {yesterday}}).find(".empty").Length() != 1 {
		t.Error("yesterday nothing happened")
	}
	refused := owner.get(page.HistoryURL(p) + "?from=soon").want(422)
	if got := refused.one("main a.btn").AttrOr("href", ""); got != page.HistoryURL(p) {
		t.Errorf("a filter that is refused leads on to %q", got)
	}
	owner.get(page.HistoryURL(p) + "?to=%00").want(422)
}
