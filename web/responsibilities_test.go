package web

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// Everybody who sees the project reads who has which part in it; its owner and deputy
// say it. What is wrong stays typed, and what somebody else said is not overwritten.
func TestResponsibilities(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger-api")
	at := page.ResponsibilitiesURL(p)
	for _, who := range []string{"member", "sre"} {
		b := f.browse(who)
		if n := b.get(at).want(200).find(`form[action="` + at + `"]`).Length(); n != 0 {
			t.Errorf("%s is offered to change it", who)
		}
		b.post(at, "shown", "x", "person-1", "", "team-1", "Night", "part-1-runs", "yes").want(403)
	}
	owner := f.browse("owner")
	owner.get(page.ProjectURL(p)).one(`#people a[href="` + at + `"]`)
	form := owner.get(at).want(200)
	blue := form.one(`tbody tr:first-child`)
	if got := words(blue); !strings.HasPrefix(got, "Blue Team Yes") {
		t.Errorf("the team that builds it stands as %q", got)
	}
	bad := form.submit(at, "team-5", "", "person-5", f.id("outsider"), "part-5-informed", "yes").want(422)
	if got := words(bad.one("main")); !strings.Contains(got, "cannot see this project") || bad.one(`[name="part-5-informed"]`).AttrOr("checked", "no") == "no" {
		t.Errorf("somebody who sees nothing: %q", got)
	}
	stale := owner.get(at).want(200)
	owner.get(at).submit(at, "part-1-runs", "yes", "person-5", f.id("sre"), "team-5", "", "part-5-approves", "yes", "part-5-informed", "yes").want(303)
	old := stale.submit(at, "team-5", "Night watch", "person-5", "", "part-5-runs", "yes").want(409)
	if got := words(old.one("main")); !strings.Contains(got, "was changed after you opened the page") || !strings.Contains(got, "Sre Person: approves and is informed") {
		t.Errorf("an old page says %q", got)
	}
	for _, where := range []string{at, page.ReportURL(p), page.HistoryURL(p)} {
		if got := words(owner.get(where).want(200).one("main")); !strings.Contains(got, "Sre Person") {
			t.Errorf("%s does not name who approves", where)
		}
	}
	gate := words(owner.get(page.GateURL(p, "idea")).want(200).one("#seats"))
	if !strings.Contains(gate, "Asked first: Sre Person.") && !strings.Contains(gate, "Named to approve without a seat here: Sre Person.") {
		t.Errorf("the gate says %q", gate)
	}
	f.change("manager", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusOnHold, "The vendor is late.", at)
	})
	told := func(who string) string {
		d := f.browse(who).get(page.WorkURL).want(200).find("#decisions")
		if d.Length() == 0 {
			return ""
		}
		return words(d)
	}
	if got := told("sre"); !strings.Contains(got, "On hold The project Project ledger-api Manager Person") {
		t.Errorf("who is informed reads %q", got)
	}
	if got := told("member"); got != "" {
		t.Errorf("who is not informed reads %q", got)
	}
	f.restrict(p)
	if got := told("sre"); got != "" {
		t.Errorf("who no longer sees the project reads %q", got)
	}
	f.browse("sre").get(at).want(404)
	f.browse("sre").post(at, "shown", "x").want(404)
}

// Who leaves is said to be named, and somebody else takes that over.
func TestResponsibilitiesAreHandedOver(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger-api")
	f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetResponsibilities(who, r.Project.ResponsibilitiesDigest(), []review.Responsibility{{Person: f.person("member"), Parts: []review.Part{review.PartRuns}}}, at)
	})
	owner := f.browse("owner")
	ask := owner.get(page.MembersURL(p) + "?remove=" + f.id("member")).want(200)
	if got := words(ask.one("main")); !strings.Contains(got, "Runs named in the responsibilities") {
		t.Errorf("removing says %q", got)
	}
	done := owner.post(page.MembersURL(p), "person", f.id("member"), "duty", page.NoDuty, "to", f.id("deputy")).follow().want(200)
	if got := words(done.one("main")); !strings.Contains(done.text(), "a row of the responsibilities went to Deputy Person") {
		t.Errorf("handing over says %q", got)
	}
	if rows := f.project(p).Responsibilities; len(rows) != 1 || rows[0].Person != f.person("deputy") {
		t.Errorf("left are %+v", rows)
	}
}
