package web

import (
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// eventful is a project in which nearly everything has happened that a record
// has to tell of.
func (f *fixture) eventful(key string) review.ProjectKey {
	f.t.Helper()
	p := f.create(key)
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RequestWaiver(who, "idea", "risks-listed", review.NewWaiver{
			Reason: "The analyst is ill.", Risk: "We miss one.", Measure: "The lead looks daily.", Until: at.AddDate(0, 1, 0).Format(time.DateOnly),
		}, at)
	})
	f.change("sre", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.GrantWaiver(who, "idea", 1, r.Stage("idea").Waivers[0].Digest(), "Until she is back.", at)
	})
	f.fill("member", p, "idea")
	f.requestSignOff("owner", p, "idea")
	f.change("product", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{Seat: plan.SeatProduct, Decision: review.Return, Findings: []string{"Who pays?"}, Digest: r.Digest(r.Stage("idea"))}, at)
	})
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AnswerFinding(who, "idea", 1, r.Stage("idea").Findings[0].Digest(), "The shop does.", at)
	})
	f.change("product", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AcceptFinding(who, "idea", 1, r.Stage("idea").Findings[0].Digest(), at)
	})
	f.requestSignOff("owner", p, "idea")
	f.change("sre", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{Seat: plan.SeatSRE, Decision: review.Recuse, Note: "My team builds it.", Digest: r.Digest(r.Stage("idea"))}, at)
	})
	f.signGo("engineering", p, "idea", plan.SeatEngineering)
	f.change("product", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{
			Seat: plan.SeatProduct, Decision: review.Conditional, Digest: r.Digest(r.Stage("idea")),
			Conditions: []review.NewCondition{{Text: "Write the price down.", Owner: f.person("member"), Due: at.AddDate(0, 0, 9).Format(time.DateOnly)}},
		}, at)
	})
	f.change("manager", p, "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Force(who, "live", r.Digest(r.Stage("live")), "The old one burns.", at.AddDate(0, 0, 5).Format(time.DateOnly), at)
	})
	return p
}

func TestReportTellsWhatWasDecided(t *testing.T) {
	f := smallFixture(t)
	p := f.eventful("ledger-api")
	r := f.browse("auditor").get(page.ReportURL(p)).want(200)
	idea := words(r.one("#stage-idea"))
	for _, want := range []string{
		"Passed with conditions", "Round 2: Passed with conditions", "Round 1: Returned",
		"Product Approved with conditions " + f.name("product"), "Engineering Approved " + f.name("engineering"), "SRE Recused", "My team builds it.",
		"Conditions", "Write the price down.", f.name("member"), "Open, due",
		"Waivers", "Risks are listed The analyst is ill. Risk: We miss one. Mitigation: The lead looks daily.", "In force", "granted by " + f.name("sre"), "Until she is back.",
		"Findings", "Who pays?", "The shop does.", "Accepted " + f.name("product"),
		"Waived until", "Items: 3", "Scope is set Required Met " + f.name("member"), "Digest of what was decided on: ",
	} {
		if !strings.Contains(idea, want) {
			t.Errorf("the first stage lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(idea)
	}
	live := words(r.one("#stage-live"))
	for _, want := range []string{"Passed by break-glass", "Passed alone by " + f.name("manager"), "The old one burns.", "Review by others due"} {
		if !strings.Contains(live, want) {
			t.Errorf("the second stage lacks %q: %s", want, live)
		}
	}
	s := f.stage(p, "idea")
	if got := string(s.LastRound().Closing); !strings.Contains(idea, got) {
		t.Errorf("the digest %s is not printed in full", got)
	}
	link := r.one(`#stage-idea a[href="https://wiki.example.test/scope-set/doc"]`)
	if link.AttrOr("rel", "") == "" { // print shows the address of links that have one
		t.Error("the address of evidence is not printed")
	}
}

func TestReportSaysHowToVerifyIt(t *testing.T) {
	f := smallFixture(t)
	p := f.eventful("ledger-api")
	v, err := f.Store.AsOf(t.Context(), f.as("admin"), p, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	r := f.browse("viewer").get(page.ReportURL(p)).want(200)
	got := words(r.one("#proof"))
	for _, want := range []string{strconv.FormatInt(f.seq(p), 10), hex.EncodeToString(v.Head.Hash[:]), "slipway verify FILE.zip --key KEY", "slipway key", "docs/proof.md", f.ref.Digest} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q: %s", want, got)
		}
	}
	if !strings.Contains(r.text(), "Made by "+f.name("viewer")+" on ") {
		t.Error("it does not say who made it")
	}
	r.one(`main a[href="` + page.BundleURL(p) + `"]`)
	if n := r.find("main form").Length(); n != 0 {
		t.Errorf("%d forms on paper", n)
	}
	f.browse("viewer").get(page.ProjectURL(p)).want(200).one(`nav a[href="` + page.ReportURL(p) + `"]`)
	f.browse("viewer").get(page.GateURL(p, "idea")).want(200).one(`main a[href^="` + page.ReportURL(p) + `"]`)
}

func TestReportAsOfThen(t *testing.T) {
	f := smallFixture(t)
	p, passed, _ := f.moments("ledger-api")
	owner := f.browse("owner")
	then := owner.get(page.At(page.ReportURL(p), passed)).want(200)
	if got := words(then.one("#readiness")); !strings.Contains(got, "1. Idea Passed") {
		t.Errorf("then: %s", got)
	}
	now := owner.get(page.ReportURL(p)).want(200)
	if got := words(now.one("#stage-idea")); !strings.Contains(got, "Changed since sign-off") || !strings.Contains(got, "Blockers") {
		t.Errorf("now: %s", got)
	}
	if then.find(`a[href*="bundle"]`).Length() != 0 {
		t.Error("the proof of now is offered as that of then")
	}
	if then.Header.Get("Cache-Control") != "private, no-store" {
		t.Error("a record is kept by the browser")
	}
}
