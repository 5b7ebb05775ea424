package web

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// keep writes the snapshot of so many days ago, of what there is now.
func (f *fixture) keep(daysAgo int) time.Time {
	f.t.Helper()
	at := time.Now().UTC().Truncate(time.Microsecond)
	if _, err := f.Store.SnapshotAt(f.t.Context(), at); err != nil {
		f.t.Fatal(err)
	}
	day := review.Today(at).AddDate(0, 0, -daysAgo)
	if daysAgo > 0 {
		_, err := f.db.OwnerPool(f.t).Exec(f.t.Context(), `
			with kept as (insert into snapshot (day, taken_at) select $1, taken_at from snapshot where day = $2 returning day),
			     moved as (update snapshot_project p set day = kept.day from kept where p.day = $2 returning p.day)
			delete from snapshot where day = $2 and exists (select from moved)`, day, review.Today(at))
		if err != nil {
			f.t.Fatal(err)
		}
	}
	return day
}

// The portfolio of a past day is what was kept, in words, in links, and as a file.
func TestThePortfolioOnAPastDay(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	viewer := f.browse("viewer")
	if got := words(viewer.get(page.PastURL).want(200).one("main")); !strings.Contains(got, "No day has been kept yet.") {
		t.Errorf("before there is any: %q", got)
	}
	f.create("ledger", func(p *review.NewProject) { p.Target = "2020-02-03"; p.Name = "=1+1" })
	f.create("vault", func(p *review.NewProject) { p.Target = "2020-02-03" })
	day := f.keep(10)
	f.restrict("vault")
	f.change("owner", "ledger", "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusOnHold, "Budget", at)
	})
	f.create("later")
	f.keep(0)
	on := page.PastURL + "?on=" + day.Format(time.DateOnly)
	r := viewer.get(on).want(200)
	rows := r.find("table.dense tbody tr")
	if got := words(rows); rows.Length() != 1 || !strings.Contains(got, "=1+1 3 Feb 2020 Idea Not ready Late ") {
		t.Errorf("%d projects: %q", rows.Length(), got)
	}
	if href := rows.Find("th a").AttrOr("href", ""); !strings.HasPrefix(href, "/projects/ledger?at=20") {
		t.Errorf("a name leads to %s", href)
	}
	if got := words(r.one(".tallies")); !strings.Contains(got, "1 Projects") || !strings.Contains(got, "1 Late") {
		t.Errorf("figures: %q", got)
	}
	file := viewer.get(page.PastURL + "/export/csv?on=" + day.Format(time.DateOnly)).want(200).csvRows()
	if len(file) != 1 || file[0]["Project"] != "'=1+1" || file[0]["Late"] != "yes" || file[0]["Day"] != day.Format(time.DateOnly) || file[0]["State"] != "Not ready" {
		t.Errorf("the file has %v", file)
	}
	if n := f.browse("auditor").get(on).want(200).find("table.dense tbody tr").Length(); n != 2 {
		t.Errorf("an auditor sees %d projects", n)
	}
	if got := words(viewer.get(page.PastURL).want(200).one("table.dense tbody")); !strings.Contains(got, "On hold") || !strings.Contains(got, "later") {
		t.Errorf("the newest day: %q", got)
	}
	if got := words(viewer.get(on + "&show=lapsed").want(200).one("main")); !strings.Contains(got, "No project that you see matches.") {
		t.Errorf("what had lapsed: %q", got)
	}
	if r := f.browse("outsider").get(on).want(200); r.find("table.dense").Length() != 0 || !strings.Contains(words(r.one(".tallies")), "0 Projects") {
		t.Errorf("an outsider sees %q", words(r.one("main")))
	}
}

// Days that are not kept, and what is no day, are said to be so.
func TestDaysThatAreNotKept(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	f.create("ledger")
	first, last := f.keep(10), f.keep(0)
	viewer := f.browse("viewer")
	said := func(day time.Time) string { return day.Format("2 Jan 2006") }
	for _, k := range []struct {
		on, want string
		status   int
	}{
		{first.AddDate(0, 0, 2).Format(time.DateOnly), "Slipway did not run then", 200},
		{first.AddDate(0, 0, -2).Format(time.DateOnly), "The first day that is kept is " + said(first), 200},
		{last.AddDate(1, 0, 0).Format(time.DateOnly), "The newest day that is kept is " + said(last), 200},
		{"2026-02-30", "“2026-02-30” is not a day", 422}, {"yesterday", "“yesterday” is not a day", 422}, {"0001-01-01", "is not a day", 422},
	} {
		r := viewer.get(page.PastURL + "?on=" + k.on).want(k.status)
		if got := words(r.one("main")); !strings.Contains(got, k.want) || r.find("table").Length() != 0 {
			t.Errorf("%s: %q", k.on, got)
		}
		if got := r.one(`[name="on"]`).AttrOr("value", ""); got != k.on {
			t.Errorf("%s: the field has %q", k.on, got)
		}
		status := 404
		if k.status == 422 {
			status = 422
		}
		viewer.get(page.PastURL + "/export/csv?on=" + k.on).want(status)
	}
	near := viewer.get(page.PastURL + "?on=" + first.AddDate(0, 0, 2).Format(time.DateOnly)).want(200)
	if before, after := near.one(`[rel="prev"]`).AttrOr("href", ""), near.one(`[rel="next"]`).AttrOr("href", ""); !strings.HasSuffix(before, first.Format(time.DateOnly)) || !strings.HasSuffix(after, last.Format(time.DateOnly)) {
		t.Errorf("the nearest days are %s and %s", before, after)
	}
}

// The history of a project draws how its items got done, unless it is narrowed to something.
func TestHistoryDrawsTheBurnUp(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	f.create("ledger")
	f.keep(9)
	member := f.browse("member")
	if n := member.get("/projects/ledger/history").want(200).find("#burn-up").Length(); n != 0 {
		t.Error("one day is drawn")
	}
	f.fill("member", "ledger", "idea")
	f.keep(0)
	r := member.get("/projects/ledger/history").want(200)
	if got := r.one("#burn-up svg").AttrOr("aria-label", ""); !strings.HasPrefix(got, "Items done: 0 of ") {
		t.Errorf("the picture says %q", got)
	}
	if n := r.find("#burn-up tbody tr").Length(); n != 2 {
		t.Errorf("the table has %d days", n)
	}
	if n := member.get("/projects/ledger/history?stage=idea").want(200).find("#burn-up").Length(); n != 0 {
		t.Error("a narrowed history draws it too")
	}
}
