package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

func TestMyWork(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	today := time.Now().UTC()
	for i, item := range []review.ItemKey{"scope-set", "risks-listed", "demo-shown"} {
		f.change("owner", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Assign(who, "idea", item, f.person("member"), today.AddDate(0, 0, i-1).Format(time.DateOnly), at)
		})
	}
	f.change("member", p, "live", func(r *review.Review, who review.Actor, at time.Time) error {
		ev := review.NewEvidence{URL: "https://ci.example.test/restore", Title: "Restore drill", Type: "test-report", Effective: today.AddDate(0, 0, -25).Format(time.DateOnly)}
		return r.AddEvidence(who, "live", "restore-tested", ev, at)
	})
	work := f.browse("member").get(page.WorkURL).want(200)
	items := work.find("#items li")
	if items.Length() != 3 {
		t.Fatalf("%d items, want 3", items.Length())
	}
	if got := words(items.First()); !strings.Contains(got, "Scope is set") || !strings.Contains(got, "overdue") {
		t.Errorf("the overdue item does not come first, or is not marked: %q", got)
	}
	if n := strings.Count(words(items), "overdue"); n != 1 {
		t.Errorf("%d items are marked overdue; the one of today is not", n)
	}
	work.one(`#expiring a[href="` + page.ItemURL(p, "live", "restore-tested") + `#evidence"]`)
	work.one(`#projects a[href="` + page.ProjectURL(p) + `"]`)
	if work.find("#projects svg[role=img]").Length() != 1 {
		t.Error("the project has no track")
	}
	if work.find("#gates, #returned, .empty").Length() != 0 {
		t.Error("parts with nothing in them are shown")
	}
}

func TestMyWorkMarksWhatToSignAgain(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	f.signGo("product", p, "idea", review.SeatProduct)
	product := f.browse("product")
	if product.get(page.WorkURL).find("#gates").Length() != 0 {
		t.Error("a gate that I signed still waits for me")
	}
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.Met, "One more.", 1, at)
	})
	if got := words(product.get(page.WorkURL).find("#gates li")); !strings.Contains(got, "changed since you signed") {
		t.Errorf("my work says %q", got)
	}
	if got := words(product.get(page.SignOffsURL).find("tbody tr")); !strings.Contains(got, "Changed since you signed") {
		t.Errorf("the queue says %q", got)
	}
}

func TestMyWorkOfPeopleForWhomNothingWaits(t *testing.T) {
	f := smallFixture(t)
	for name, want := range map[string]struct {
		title, text string
		create      bool
	}{
		"outsider": {"You have no role yet", "Ask an admin", false},
		"viewer":   {"Nothing waits for you", "start a project", true},
		"auditor":  {"Nothing waits for you", "portfolio", false},
		"sre":      {"Nothing waits for you", "Gates that need your signature", true},
	} {
		work := f.browse(name).get(page.WorkURL).want(200)
		if got := words(work.find(".empty")); !strings.Contains(got, want.title) || !strings.Contains(got, want.text) {
			t.Errorf("%s reads %q", name, got)
		}
		if got := work.find(`.empty a[href="`+page.NewProjectURL+`"]`).Length() == 1; got != want.create {
			t.Errorf("%s is offered a new project: %v", name, got)
		}
	}
	if got := words(f.browse("viewer").get(page.SignOffsURL).find(".empty")); !strings.Contains(got, "You hold no seat") {
		t.Errorf("the queue of somebody without a seat says %q", got)
	}
}

func TestSignOffsMarkWhatHangsOnThePersonAlone(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api", func(in *review.NewProject) { in.Target = "2020-02-03" })
	f.fill("member", p, "live")
	f.requestSignOff("owner", p, "live")
	queue := f.browse("sre").get(page.SignOffsURL).want(200)
	row := func(stage review.StageKey) string {
		return words(queue.one(`tbody tr:has(a[href="` + page.GateURL(p, stage) + `"])`))
	}
	if got := row("idea"); strings.Contains(got, "Only yours is missing") || !strings.Contains(got, "Product") || !strings.Contains(got, "3 Feb 2020 overdue") {
		t.Errorf("with other seats open: %q", got)
	}
	if got := row("live"); !strings.Contains(got, "Only yours is missing") {
		t.Errorf("with no other seat: %q", got)
	}
}

func TestSignOffsQueue(t *testing.T) {
	f := smallFixture(t)
	for i := range 5 {
		f.open(fmt.Sprintf("service-%d", i), func(in *review.NewProject) { in.Team = []string{"Blue", "Green"}[i%2] })
	}
	f.fill("member", "service-0", "live")
	f.requestSignOff("owner", "service-0", "live")
	sre := f.browse("sre")
	queue := sre.get(page.SignOffsURL).want(200)
	if n := queue.find("tbody tr").Length(); n != 6 {
		t.Fatalf("%d gates, want 6", n)
	}
	if got := queue.find("tbody tr").First().Find("th a").AttrOr("href", ""); got != page.GateURL("service-0", "idea") {
		t.Errorf("the oldest is not first: %s", got)
	}
	if n := sre.get(page.SignOffsURL + "?q=GREEN").find("tbody tr").Length(); n != 2 {
		t.Errorf("%d gates of team Green, want 2", n)
	}
	none := sre.get(page.SignOffsURL + "?q=nowhere").want(200)
	if !strings.Contains(words(none.find(".empty")), "6 gates") {
		t.Error("an empty result does not say that the filter is why")
	}
	if n := f.browse("product").get(page.SignOffsURL + "?seat=product").find("tbody tr").Length(); n != 5 {
		t.Errorf("%d gates for the product seat, want 5", n)
	}
	if n := f.browse("security").get(page.SignOffsURL).find("tbody tr").Length(); n != 0 {
		t.Errorf("%d gates for a seat that no gate asks", n)
	}
	f.change("manager", "service-3", "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusOnHold, "Later.", at)
	})
	if n := sre.get(page.SignOffsURL).find(`a[href="` + page.GateURL("service-3", "idea") + `"]`).Length(); n != 0 {
		t.Error("a gate of a project on hold stands in the queue")
	}
}
