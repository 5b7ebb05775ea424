package web

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// A seat in which nobody can sign stands in the way by itself on every page of
// the project, and on the work of those who can see to it.
func TestNobodyCanSignIsShownEverywhere(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	key, first := f.create("alone"), f.tmpl.Stages[0]
	f.fill("owner", key, first.Key)
	f.requestSignOff("owner", key, first.Key)
	var seat plan.Seat
	for _, s := range first.Gate.Seats {
		if s.MustSign(plan.TierCritical) && len(s.When) == 0 {
			seat = s.Seat
		}
	}
	pages := map[string][]string{ // address: where it is said
		page.ProjectURL(key):           {"#blockers"},
		page.GateURL(key, first.Key):   {"#blockers"},
		page.ReportURL(key):            {"#stage-" + string(first.Key)},
		page.PortfolioURL + "?q=alone": {".heat a.vacant"},
		page.WorkURL:                   {"#nobody"},
		page.WorkListURL("nobody"):     {"#nobody"},
	}
	said := func() (n int) {
		for url, where := range pages {
			for _, name := range []string{"owner", "admin"} {
				p := f.browse(name).get(url).want(200)
				for _, sel := range where {
					if strings.Contains(words(p.find(sel)), "obody") {
						n++
					}
				}
			}
		}
		return n
	}
	if n := said(); n != 0 {
		t.Errorf("said %d times while somebody holds the seat", n)
	}
	f.join(string(seat), review.Right{Role: review.RoleViewer})
	if seat == plan.SeatSRE || seat == plan.SeatSecurity {
		f.join("two-seats", review.Right{Role: review.RoleViewer})
	}
	if n := said(); n != 2*len(pages) {
		t.Errorf("said %d times, want %d", n, 2*len(pages))
	}
	line := words(f.browse("admin").get(page.WorkURL).want(200).find("#nobody"))
	for _, want := range []string{"Nobody can sign as " + seat.Label(), "Project alone", first.Name, "Grant the seat to somebody"} {
		if !strings.Contains(line, want) {
			t.Errorf("the admin's work says %q, not %q", line, want)
		}
	}
}

// A blocked person is waited for nowhere and offered nowhere, and a project that
// nobody leads says so.
func TestTheBlockedAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	key := f.create("alone")
	block := func(name string) {
		_, err := f.Store.ChangeRights(t.Context(), f.as("admin"), f.people[name], func(e *review.Entitlements, who review.Actor, at time.Time) error {
			return e.Block(who, "They left.", at)
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Store.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	shows := func(url, where string, want, not string) {
		t.Helper()
		text := words(f.browse("admin").get(url).want(200).find(where))
		if !strings.Contains(text, want) || not != "" && strings.Contains(text, not) {
			t.Errorf("%s says %q in %s; want %q and not %q", url, text, where, want, not)
		}
	}
	first := f.tmpl.Stages[0]
	block("owner")
	shows(page.ProjectURL(key), "#people", "Owner Person (blocked)", "Deputy Person (blocked)")
	shows(page.ProjectURL(key), "#blockers", "Deputy Person", "Owner Person")
	shows(page.GateURL(key, first.Key), "#items", "Deputy Person", "Owner Person")
	shows(page.ReportURL(key), "#stage-"+string(first.Key), "Deputy Person", "Owner Person")
	shows(page.PortfolioURL+"?q=alone", ".heat tbody a[href$='#blockers']", "Deputy Person", "Owner Person")
	f.change("deputy", key, first.Key, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, first.Key, first.Items[0].Key, f.people["member"], "", at)
	})
	shows(page.MembersURL(key)+"?remove="+strconv.FormatInt(int64(f.people["member"]), 10), "select[name=to]", "Deputy Person", "Owner Person")
	block("deputy")
	shows(page.ProjectURL(key), "#blockers", "Nobody leads the project: neither owner nor deputy can sign in", "Deputy Person")
	shows(page.PortfolioURL+"?q=alone", ".heat a.vacant", "Nobody", "")
	shows(page.WorkURL, "#nobody", "Nobody leads the project", "")
}

// Forms are forged: whoever cannot be chosen cannot be named by number either.
func TestNobodyGivesAnythingToTheBlocked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	key, stage, item := f.itemAt("forged")
	gone := f.person("viewer")
	_, err := f.Store.ChangeRights(t.Context(), f.as("admin"), f.person("sre"), func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Grant(who, review.Right{Seat: plan.SeatSRE}, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Store.ChangeRights(t.Context(), f.as("admin"), gone, func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Block(who, "They left.", at)
	})
	if err != nil {
		t.Fatal(err)
	}
	id, seq := fmt.Sprint(gone), f.seq(key)
	owner := f.browse("owner")
	for _, duty := range []review.Duty{review.DutyOwner, review.DutyDeputy, review.DutyMember} {
		if r := owner.post(page.MembersURL(key), "person", id, "duty", string(duty)).want(422); !strings.Contains(r.text(), "is blocked, so cannot do anything here") {
			t.Errorf("%s: %s", duty, r.text())
		}
	}
	owner.post(page.AssignURL(key, stage, item), "person", id, "join", page.JoinValue).want(422)
	owner.post(page.AssignURL(key, stage, item), "person", id).want(422)
	owner.post(page.HandOverURL(f.person("owner")), "project", string(key), "to", id, "reason", "Left.").want(422)
	f.browse("sre").post(page.DelegateURL(f.person("sre")), "to", id, "seat", "sre", "ends", inDays(5)).want(422)
	if f.seq(key) != seq {
		t.Error("something was recorded")
	}
	for name, in := range map[string]review.NewProject{
		"owner": {Owner: gone}, "deputy": {Owner: f.person("owner"), Deputy: gone}, "member": {Owner: f.person("owner"), Members: []review.PersonID{gone}},
	} {
		in.Key, in.Name, in.Team, in.Tier, in.Exposure = "new-"+name, "New "+name, "Core", plan.TierStandard, review.ExposurePilot
		var invalid *review.Invalid
		if _, err := f.Store.Create(t.Context(), f.as("manager"), f.ref, in); !errors.As(err, &invalid) || invalid.Fields[0].Field != "person" {
			t.Errorf("%s of a new project: %v", name, err)
		}
	}
}
