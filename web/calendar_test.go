package web

import (
	"bytes"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// calendarOf has somebody make an address for their calendar: its path.
func (f *fixture) calendarOf(name string) string {
	f.t.Helper()
	r := f.browse(name).post(page.MakeCalendarURL).want(200)
	address := r.one("#f-calendar").AttrOr("value", "")
	path, ours := strings.CutPrefix(address, f.Origin)
	if !ours || !regexp.MustCompile(`^/calendar/[a-z2-7]{26}\.ics$`).MatchString(path) {
		f.t.Fatalf("the address is %q", address)
	}
	return path
}

// unfolded are the lines of a feed.
func (r *reply) unfolded() string { return strings.ReplaceAll(r.Body, "\r\n ", "") }

func TestACalendarIsReadWithoutASession(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api", func(p *review.NewProject) { p.Target = "2199-05-06" })
	sk, items := f.musts(0, 2)
	f.change("owner", p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, sk, items[0], f.person("member"), "2199-01-02", at)
	})
	f.change("owner", p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		was := r.Project.StagePlan(sk)
		return r.PlanStage(who, was.Digest(), review.StagePlan{Stage: sk, Owner: f.person("member"), Target: "2199-03-04"}, at)
	})
	path := f.calendarOf("member")
	r := f.stranger().get(path).want(200)
	if got := r.Header.Get("Content-Type"); got != "text/calendar; charset=utf-8" || r.Header.Get("Cache-Control") != "private, no-store" || r.Header.Get("Set-Cookie") != "" {
		t.Errorf("sent as %q, %v", got, r.Header)
	}
	title := f.stage(p, sk).Item(items[0]).Def.Title
	for _, want := range []string{
		"SUMMARY:Due: " + strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`).Replace(title), "DTSTART;VALUE=DATE:21990102", "DTEND;VALUE=DATE:21990103",
		"UID:due" + page.ItemURL(p, sk, items[0]) + "@127.0.0.1:8080", "URL:" + f.Origin + page.ItemURL(p, sk, items[0]),
		"DTSTART;VALUE=DATE:21990304", "UID:gate" + page.GateURL(p, sk) + "@",
	} {
		if !strings.Contains(r.unfolded(), want) {
			t.Errorf("%q is not in\n%s", want, r.unfolded())
		}
	}
	if strings.Contains(r.Body, "21990506") {
		t.Error("a member is told the date of the launch, which is the owner's")
	}
	if owners := f.stranger().get(f.calendarOf("owner")).want(200); !strings.Contains(owners.Body, "DTSTART;VALUE=DATE:21990506") || strings.Contains(owners.Body, "21990102") {
		t.Errorf("the owner's calendar:\n%s", owners.Body)
	}
	// The address is shown once, and made anew it is another.
	b := f.browse("member")
	account := b.get(page.AccountURL).want(200)
	if secret := path[len("/calendar/") : len("/calendar/")+26]; strings.Contains(account.Body, secret) || !strings.Contains(words(account.one("#calendar")), "cannot be shown again") {
		t.Errorf("the account shows %q", words(account.one("#calendar")))
	}
	second := f.calendarOf("member")
	f.stranger().get(path).want(404)
	f.stranger().get(second).want(200)
	b.post(page.EndCalendarURL).want(303).follow().want(200)
	f.stranger().get(second).want(404)
	for _, bad := range []string{"/calendar/", "/calendar/x.ics", strings.TrimSuffix(path, ".ics"), strings.ToUpper(path), "/calendar/" + strings.Repeat("a", 26) + ".ics"} {
		if r := f.stranger().get(bad); r.Status != 404 {
			t.Errorf("%s: %d", bad, r.Status)
		}
	}
	f.stranger().post(page.MakeCalendarURL).want(401)
}

// The days of a stage are those of its owner and its deputy, and of one without them those of
// the project's; milestones that were reached are left out.
func TestDaysOfStagesInACalendar(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	first, _ := f.musts(0, 1)
	second, _ := f.musts(1, 1)
	set := func(sp review.StagePlan) {
		f.change("owner", p, sp.Stage, func(r *review.Review, who review.Actor, at time.Time) error {
			was := r.Project.StagePlan(sp.Stage)
			return r.PlanStage(who, was.Digest(), sp, at)
		})
	}
	set(review.StagePlan{Stage: first, Owner: f.person("member"), Deputy: f.person("deputy"), Target: "2199-03-04", Milestones: []review.Milestone{
		{Name: "Load test, done", Due: "2199-02-02", Done: true}, {Name: "Go; no go", Due: "2199-02-03"},
	}})
	set(review.StagePlan{Stage: second, Target: "2199-04-05"})
	for who, want := range map[string]string{"member": "0203 0304", "deputy": "0203 0304 0405", "owner": "0405", "viewer": ""} {
		r := f.stranger().get(f.calendarOf(who)).want(200)
		var days []string
		for _, day := range []string{"0202", "0203", "0304", "0405"} {
			if strings.Contains(r.Body, "DTSTART;VALUE=DATE:2199"+day) {
				days = append(days, ""+day)
			}
		}
		if got := strings.Join(days, " "); got != want {
			t.Errorf("%s has the days %q, want %q", who, got, want)
		}
	}
	if r := f.stranger().get(f.calendarOf("member")).want(200); !strings.Contains(r.unfolded(), `: Go\; no go (Project ledger-api)`) {
		t.Errorf("the milestone has no name in\n%s", r.unfolded())
	}
}

// A calendar shows what its person may see now, and nothing of projects that they no
// longer may.
func TestACalendarFollowsRights(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create(canary)
	sk, ik := f.pick(0, plan.LevelMust, 0)
	f.change("owner", p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, sk, ik, f.person("member"), "2199-01-02", at)
	})
	path := f.calendarOf("member")
	f.restrict(p)
	if r := f.stranger().get(path).want(200); !strings.Contains(r.Body, canary) {
		t.Error("whoever is on a restricted project finds nothing of it")
	}
	if r := f.stranger().get(f.calendarOf("viewer")).want(200); strings.Contains(r.Body, canary) {
		t.Error("a restricted project is in the calendar of somebody outside it")
	}
	f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.person("member"), "", at)
	})
	if r := f.stranger().get(path).want(200); strings.Contains(r.unfolded(), canary) || strings.Contains(r.Body, "BEGIN:VEVENT") {
		t.Errorf("somebody taken off a restricted project goes on reading of it:\n%s", r.Body)
	}
	f.browse("admin").post(page.BlockURL(f.person("member")), "reason", "Left").want(303)
	f.stranger().get(path).want(404)
}

// The secret of a calendar's address is in no log, whether it is right, mistyped or of no
// route.
func TestTheSecretOfACalendarIsNotLogged(t *testing.T) {
	f := newFixture(t)
	path := f.calendarOf("member")
	var log bytes.Buffer
	f.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	secret := path[len("/calendar/") : len("/calendar/")+26]
	for _, way := range []string{path, path + "x", path + "/more", "/calendar/" + secret, "/CALENDAR/" + secret + ".ics", path + "?x=1&x=2"} {
		f.stranger().get(way)
	}
	f.stranger().post(path)
	if log.Len() == 0 || strings.Contains(strings.ToLower(log.String()), secret) {
		t.Errorf("logged:\n%s", log.String())
	}
	if !strings.Contains(log.String(), "/calendar/{feed}") {
		t.Errorf("requests do not say their route:\n%s", log.String())
	}
}
