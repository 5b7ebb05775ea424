package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// byExposure publishes a version of the fixture's lifecycle whose second gate is
// needed from limited exposure on.
func (f *fixture) byExposure() *plan.Stage {
	f.t.Helper()
	next := f.tmpl.Draft()
	var err error
	next.Version += 10
	next.Stages[1].Gate.From = review.ExposureLimited
	f.publishDocument(plan.Document{Lifecycle: next})
	if f.ref, err = (plan.Document{Lifecycle: next}).Ref(); err != nil {
		f.t.Fatal(err)
	}
	return &next.Stages[1]
}

// Pages say which stage is passed over and why; the settings say beforehand which
// gates an exposure brings, who may leave one out again, and ask why.
func TestGatesByExposure(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stage := f.byExposure()
	key := f.create("ledger") // a pilot
	b := f.browse("owner")
	for address, want := range map[string]string{
		page.ProjectURL(key):                        "Not needed for a pilot: " + stage.Name + " (from limited exposure on).",
		page.StageURL(key, stage.Key):               "Not needed for a pilot. Its items and signatures are asked for from limited exposure on",
		page.GateURL(key, stage.Key):                "Not needed for a pilot.",
		page.ReportURL(key):                         "Not needed for a pilot.",
		page.LifecycleURL(f.ref.Key, f.ref.Version): "Needed from limited exposure on.",
	} {
		if got := words(b.get(address).want(200).one("main")); !strings.Contains(got, want) {
			t.Errorf("%s does not say %q", address, want)
		}
	}
	if got := words(b.get(page.ProjectURL(key)).one(".track li:nth-child(2)")); !strings.Contains(got, "Not needed for a pilot") {
		t.Errorf("the track says %q", got)
	}
	if b.get(page.GateURL(key, stage.Key)).find(`form[action$="/request"]`).Length() != 0 {
		t.Error("sign-off of what is not needed can be requested")
	}
	whole := words(b.get(page.StageURL(key, stage.Key) + "?show=" + string(page.ShowNA)).want(200).one("#outside"))
	if !strings.Contains(whole, "not needed for a pilot") {
		t.Errorf("its items are listed as %q", whole)
	}
	settings := page.SettingsURL(key)
	hint := func(e, want string) {
		t.Helper()
		if got := words(b.get(settings).want(200).find(`input[name=exposure][value="` + e + `"]`).Parent()); !strings.Contains(got, want) {
			t.Errorf("%s says %q, want %q", e, got, want)
		}
	}
	hint("general", "Comes into force: the gate of "+stage.Name+".")
	hint("pilot", "Not needed: the gate of "+stage.Name+".")
	b.get(settings).fillIn(settings, url.Values{"exposure": {"limited"}}).want(303)
	saved := words(b.get(page.ProjectURL(key)).one("main"))
	if want := "The changes are saved. Comes into force: the gate of " + stage.Name + "."; !strings.Contains(saved, want) {
		t.Errorf("after saving it does not say %q", want)
	}
	if got := f.stage(key, stage.Key).Gate; got == review.GateNotNeeded {
		t.Error("it is not needed for limited exposure")
	}
	hint("sandbox", "No longer needed: the gate of "+stage.Name+".")

	denied := b.get(settings).fillIn(settings, url.Values{"exposure": {"pilot"}, "name": {"Kept"}}).want(403)
	if denied.one("#f-exposure .err, #f-exposure + .err, .err").Text() == "" || denied.form(settings).Get("name") != "Kept" {
		t.Error("the owner is not told at the field, or loses what they typed")
	}
	m := f.browse("manager")
	asked := m.get(settings).fillIn(settings, url.Values{"exposure": {"pilot"}}).want(422)
	if got := words(asked.one("main")); !strings.Contains(got, "the gate of “"+stage.Name+"” is no longer needed then") {
		t.Errorf("asked is %q", got)
	}
	asked.fillIn(settings, url.Values{"reason": {"A trial after all."}}).want(303)
	if got := f.stage(key, stage.Key).Gate; got != review.GateNotNeeded {
		t.Errorf("the gate is %s", got.Label())
	}
	if got := words(b.get(page.HistoryURL(key)).one("main")); !strings.Contains(got, "A trial after all.") {
		t.Error("the trail does not say why")
	}
}

// Beside an exposure that would leave a gate out stands which module keeps it, and so
// it does after saving.
func TestModulesKeepGates(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stage := f.byExposure()
	law := plan.Module{
		Kind: plan.KindModule, Key: "law", Version: 1, Name: "The law",
		Seats: []plan.ModuleSeat{{Phase: stage.Phases[0], GateSeat: plan.GateSeat{Seat: plan.SeatCompliance, Mandatory: true}}},
	}
	f.publishDocument(plan.Document{Module: &law})
	ref, err := plan.Document{Module: &law}.Ref()
	if err != nil {
		t.Fatal(err)
	}
	key := f.create("ledger") // a pilot
	f.change("owner", key, stage.Key, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachModule(who, ref, r.PlanDigest(), "It applies.", at)
	})
	b, settings := f.browse("owner"), page.SettingsURL(key)
	want := "Still needed, because a module asks for it: the gate of " + stage.Name + " (The law)."
	for e, says := range map[string]bool{"sandbox": true, "pilot": true, "limited": false} {
		if got := words(b.get(settings).want(200).find(`input[name=exposure][value="` + e + `"]`).Parent()); strings.Contains(got, want) != says {
			t.Errorf("%s says %q", e, got)
		}
	}
	b.get(settings).fillIn(settings, url.Values{"exposure": {"sandbox"}}).want(303)
	if got := words(b.get(page.ProjectURL(key)).one("main")); !strings.Contains(got, want) {
		t.Error("after saving it does not say what is kept")
	}
}

// A live service that is opened to more people is told which gates come first.
func TestLiveForMorePeopleIsTold(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stage := f.byExposure()
	key := f.create("ledger")
	last := &f.tmpl.Stages[len(f.tmpl.Stages)-1]
	f.change("manager", key, last.Key, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Force(who, last.Key, r.Digest(r.Stage(last.Key)), "It is live already.", at.AddDate(0, 0, 3).Format(review.DateLayout), at)
	})
	told := func() bool {
		return strings.Contains(words(f.browse("owner").get(page.ProjectURL(key)).want(200).one("main")), "Live, but not yet for general exposure. That needs more gates, which do not stand as passed: "+stage.Name)
	}
	if told() {
		t.Error("a pilot is told of gates that it does not need")
	}
	settings := page.SettingsURL(key)
	f.browse("owner").get(settings).fillIn(settings, url.Values{"exposure": {"general"}}).want(303)
	if !told() {
		t.Errorf("it is not told what comes first: %s", words(f.browse("owner").get(page.ProjectURL(key)).one("main")))
	}
}
