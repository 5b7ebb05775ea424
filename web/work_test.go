package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

func TestMyWork(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	today := time.Now().UTC()
	for i, item := range []plan.ItemKey{"scope-set", "risks-listed", "demo-shown"} {
		f.change("owner", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Assign(who, "idea", item, f.person("member"), today.AddDate(0, 0, i-1).Format(time.DateOnly), at)
		})
	}
	f.change("member", p, "live", func(r *review.Review, who review.Actor, at time.Time) error {
		ev := review.NewEvidence{URL: "https://ci.example.test/restore", Title: "Restore drill", Type: "test-report", Effective: today.AddDate(0, 0, -25).Format(time.DateOnly)}
		return r.AddEvidence(who, "live", "restore-tested", ev, at)
	})
	work := f.browse("member").get(page.WorkURL).want(200)
	if got := words(work.one("#overdue li")); !strings.Contains(got, "Scope is set") || !strings.Contains(got, "overdue") {
		t.Errorf("overdue is %q", got)
	}
	items := work.find("#items li")
	if items.Length() != 2 {
		t.Fatalf("%d items beside the overdue one, want 2", items.Length())
	}
	if got := words(items.First()); !strings.Contains(got, "Risks are listed") || !strings.Contains(got, "Unanswered") || strings.Contains(got, "overdue") {
		t.Errorf("the item of today reads %q", got)
	}
	for href, want := range map[string]string{"#overdue": "1 Overdue", "#items": "3 Assigned"} {
		if got := words(work.one(`.tallies a[href="` + href + `"]`)); got != want {
			t.Errorf("the number that leads to %s is %q, want %q", href, got, want)
		}
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

// A waived item is never overdue and says until when it is waived.
func TestMyWorkOfWhatIsWaived(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	f.change("owner", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "idea", "risks-listed", f.person("member"), at.AddDate(0, 0, -4).Format(time.DateOnly), at)
	})
	f.waive("owner", "sre", p, "idea", "risks-listed", 40)
	work := f.browse("member").get(page.WorkURL).want(200)
	if work.find("#overdue").Length() != 0 {
		t.Error("a waived item is overdue")
	}
	if got := words(work.one("#items li")); !strings.Contains(got, "Waived until ") || strings.Contains(got, "overdue") {
		t.Errorf("a waived item reads %q", got)
	}
	if got := words(work.find(".tallies")); !strings.Contains(got, "0 Overdue") || !strings.Contains(got, "0 Assigned") {
		t.Errorf("the numbers on top are %q", got)
	}
}

// What a list leaves out it counts, and leads to.
func TestMyWorkIsCutAndSaysSo(t *testing.T) {
	f := smallFixture(t)
	for i := range page.WorkShown + 2 {
		f.create(fmt.Sprintf("service-%02d", i))
	}
	owner := f.browse("owner")
	work := owner.get(page.WorkURL).want(200)
	if n := work.find("#projects tbody tr").Length(); n != page.WorkShown {
		t.Errorf("%d projects are listed, want %d", n, page.WorkShown)
	}
	more := work.one(`#projects > p a[href="` + page.WorkListURL("projects") + `"]`)
	if got := words(more); !strings.Contains(got, "and 2 more") {
		t.Errorf("of the rest it says %q", got)
	}
	whole := owner.get(page.WorkListURL("projects")).want(200)
	if n := whole.find("#projects tbody tr").Length(); n != page.WorkShown+2 || whole.find(".sec").Length() != 1 {
		t.Errorf("alone, %d projects and %d lists are shown", n, whole.find(".sec").Length())
	}
	if got := words(whole.one("h1")); got != "My projects" {
		t.Errorf("its heading is %q", got)
	}
	if got := words(owner.get(page.WorkListURL("items")).want(200).one(".empty")); !strings.Contains(got, "Nothing is left here") {
		t.Errorf("a list with nothing left says %q", got)
	}
	if got := words(owner.get(page.WorkListURL("nonsense")).want(200).one("h1")); got != "My work" {
		t.Errorf("a list that there is not shows %q", got)
	}
}

// Somebody to whom nothing is assigned is shown where there is work.
func TestMyWorkNamesTheNextStep(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	empty := f.browse("member").get(page.WorkURL).want(200).one(".empty")
	if got := words(empty.Find(`a[href="` + page.StageURL(p, "idea") + `?show=open"]`)); !strings.Contains(got, "unassigned items in ") || !strings.Contains(got, "take some") {
		t.Errorf("the next step is %q of %q", got, words(empty))
	}
}

// A mention is read as text: without marks, and without what it quotes.
func TestMyWorkShowsMentionsAsText(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	text := "> an older remark\n\n**Please** look at [the plan](https://wiki.example.test/plan), @" + f.name("member") + "\n- `make` it & ship"
	f.browse("owner").post(page.CommentsURL(p, "idea", "scope-set"), "text", text)
	got := words(f.browse("member").get(page.WorkURL).want(200).one("#mentions li a"))
	if got != "Please look at the plan, @"+f.name("member")+" make it & ship" {
		t.Errorf("the mention reads %q", got)
	}
}

func TestMyWorkMarksWhatToSignAgain(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	f.signGo("product", p, "idea", plan.SeatProduct)
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
	row := func(stage plan.StageKey) string {
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

// The records that somebody owns stand on their work, what is overdue first, until
// they are closed.
func TestMyWorkListsOwnRecords(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	for _, due := range []string{"", "2099-01-02", "2020-01-02", "2020-01-03"} {
		f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
			_, err := r.OpenRecord(who, "risk", review.NewRecord{RecordFields: review.RecordFields{
				Title: "Due " + due, Due: due, Owner: f.person("member"), Values: record.Values{"likelihood": "2", "impact": "2"},
			}}, at)
			return err
		})
	}
	f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		rec, err := r.Record(4)
		if err != nil {
			return err
		}
		return r.MoveRecord(who, 4, rec.Digest(), review.RecordMove{To: "closed", Reason: "Gone."}, at)
	})
	work := f.browse("member").get(page.WorkURL).want(200)
	lines := work.find("#records li")
	want := []string{"Overdue R3 Due 2020-01-02 Project ledger-api Risk, look at it again by overdue: 2 Jan 2020", "Open R2 Due 2099-01-02", "Open R1 Due"}
	if lines.Length() != len(want) {
		t.Fatalf("%d lines, want %d", lines.Length(), len(want))
	}
	for i, w := range want {
		if got := words(lines.Eq(i)); !strings.HasPrefix(strings.ToLower(got), strings.ToLower(w)) {
			t.Errorf("line %d is %q, want %q", i+1, got, w)
		}
	}
	work.one(`#records a[href="` + page.RecordURL(p, "risk", 3) + `"]`)
	if n := f.browse("member").get(page.WorkListURL("records")).want(200).find("#records li").Length(); n != 3 {
		t.Errorf("alone it has %d lines", n)
	}
	f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusStopped, "No.", at)
	})
	if n := f.browse("member").get(page.WorkURL).find("#records").Length(); n != 0 {
		t.Error("records of a stopped project are listed")
	}
}
