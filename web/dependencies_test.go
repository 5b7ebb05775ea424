package web

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// dependency is the form of a dependency on a project here.
func dependency(on string) []string {
	return []string{"title", "Tokens", "text", "", "owner", "", "due", "2099-01-02", "stage", "idea", "item", "", "links", "", "value-project", on, "value-system", "", "value-promised", "Tokens for card numbers", "value-contact", "#vault"}
}

// dependsOn has somebody add a dependency on another project, who may see it.
func (f *fixture) dependsOn(who string, p, on review.ProjectKey) {
	f.t.Helper()
	_, err := f.Store.Change(f.t.Context(), f.as(who), store.Target{Project: p, Seen: []review.ProjectKey{on}}, func(r *review.Review, a review.Actor, at time.Time) error {
		_, err := r.OpenRecord(a, "dependency", review.NewRecord{RecordFields: review.RecordFields{
			Title: "Tokens", Due: "2099-01-02", Stage: "idea", Values: record.Values{"project": string(on), "promised": "Tokens for card numbers", "contact": "#vault"},
		}}, at)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// A dependency on a project here tells how that stands, at both ends, and says more
// the more there is.
func TestADependencyFromEnd(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p, vault := f.create("ledger"), f.create("vault")
	b := f.browse("member")
	if got := b.post(page.RecordKindURL(p, "dependency"), dependency("ledger")...).want(422); !strings.Contains(got.one(".errors").Text(), "this project itself") {
		t.Errorf("refused with %s", got.one(".errors").Text())
	}
	b.post(page.RecordKindURL(p, "dependency"), dependency("vault")...).want(303)
	own := page.RecordURL(p, "dependency", 1)
	if text := b.get(page.RecordKindURL(p, "dependency")).one("main").Text(); !strings.Contains(text, "1 dependency") {
		t.Errorf("the list says %s", text)
	}
	shown := b.get(own).want(200)
	shown.one(`#facts a[href="` + page.ProjectURL(vault) + `"]`)
	name := f.project(vault).Name
	say := func(when, words string) {
		t.Helper()
		for what, at := range map[string]string{
			"its page": own, "the list": page.RecordKindURL(p, "dependency") + "?all=1", "the project": page.ProjectURL(p), "the gate": page.GateURL(p, "idea"),
		} {
			if text := b.get(at).want(200).one("main").Text(); !strings.Contains(text, name+" "+words) {
				t.Errorf("%s, %s does not say that it %s", when, what, words)
			}
		}
	}
	say("at first", "is not live yet")
	if text := b.get(page.RecordsURL(p)).one("#dependency").Text(); !strings.Contains(text, name+" is not live yet") {
		t.Errorf("the overview of records says %s", text)
	}
	if text := b.get(page.ProjectURL(vault)).want(200).one("#resting").Text(); !strings.Contains(text, "Tokens") || !strings.Contains(text, "Asked for, needed by 2 Jan 2099") {
		t.Errorf("the other project says %s", text)
	}
	form := b.get(page.EditRecordURL(p, "dependency", 1))
	if got := form.one("[name=value-project]").AttrOr("value", ""); got != name {
		t.Errorf("the form says %q", got)
	}
	if form.one(`[name=value-project][list=projects]`); form.find(`datalist#projects option[value="`+name+`"]`).Length() != 1 || form.find("datalist#projects option").Length() != 1 {
		t.Error("the form offers other projects than there are")
	}
	f.change("manager", vault, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusStopped, "Nobody wants it.", at)
	})
	f.change("member", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.MoveRecord(who, 1, r.Records[0].Digest(), review.RecordMove{To: "met", Reason: "It was there."}, at)
	})
	say("later", "is stopped")
	if kind := b.get(page.ProjectURL(p)).find(".note-box.s-warn").Text(); !strings.Contains(kind, "is stopped") {
		t.Errorf("the project warns of %q", kind)
	}
	past := b.get(own + "?at=" + page.MomentText(time.Now().Add(-time.Millisecond))).want(200)
	if text := past.one("main").Text(); strings.Contains(text, "is stopped") || !strings.Contains(text, name) {
		t.Error("the past says how the other project stands now")
	}
	for _, at := range []string{page.HistoryURL(p), page.ReportURL(p)} {
		if text := b.get(at).want(200).one("main").Text(); !strings.Contains(text, "Project here: "+name) {
			t.Errorf("%s does not name the other project", at)
		}
	}
}

// Another project is found by its name or a part of it; where several have that part, the
// field says which.
func TestADependencyByName(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger")
	named := func(key, name string) {
		f.create(key, func(in *review.NewProject) { in.Name = name })
	}
	named("vault", "Card Vault")
	named("vault-2", "Token Vault")
	named("twin", "Card Vault")
	named("plain", "Vault")
	b := f.browse("member")
	at := page.RecordKindURL(p, "dependency")
	for typed, want := range map[string]string{"token": "vault-2", "VAULT-2": "vault-2", " Vault ": "vault", "Card Vault (twin)": "twin"} {
		form := dependency(typed)
		form[1] = "Tokens of " + typed // another record each time
		to := b.post(at, form...).want(303).Header.Get("Location")
		if b.get(to).want(200).find(`#facts a[href="`+page.ProjectURL(review.ProjectKey(want))+`"]`).Length() != 1 {
			t.Errorf("%q is not %s", typed, want)
		}
	}
	for typed, want := range map[string]string{
		"ault":    "has several matches; type one of them in full: Card Vault (vault); Card Vault (twin); Token Vault; Vault",
		"nothing": "is neither the name nor the key of a project that you can see",
	} {
		got := b.post(at, dependency(typed)...).want(422)
		if text := words(got.one(".errors")); !strings.Contains(text, want) || got.one("[name=value-project]").AttrOr("value", "") != typed {
			t.Errorf("%q gives %s", typed, text)
		}
	}
}

// Who may not see a project learns neither its key nor its name from what depends on
// it, cannot tell it from one that there is not, and keeps it in what they edit.
func TestADependencyKeepsTheSecret(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	f.withKey()
	p := f.create("ledger")
	f.create(canary)
	f.dependsOn("owner", p, canary)
	f.passGate(p, "idea", plan.SeatProduct, plan.SeatEngineering)
	f.restrict(canary)
	secret := f.project(canary).Name
	b := f.browse("manager") // who changes records here, and is not let into restricted projects
	b.get(page.ProjectURL(canary)).want(404)
	now := page.MomentText(time.Now())
	for _, at := range []string{
		page.ProjectURL(p), page.RecordsURL(p), page.RecordKindURL(p, "dependency"), page.RecordURL(p, "dependency", 1), page.EditRecordURL(p, "dependency", 1),
		page.NewRecordURL(p, "dependency", "", ""), page.GateURL(p, "idea"), page.HistoryURL(p), page.ReportURL(p), page.CompareURL(p) + "?from=" + time.Now().UTC().Format(time.DateOnly),
		page.RecordURL(p, "dependency", 1) + "?at=" + now, page.ProjectURL(p) + "?at=" + now, page.GateURL(p, "idea") + "?at=" + now, page.BundleURL(p), page.GateBundleURL(p, "idea"), "/portfolio", "/",
	} {
		r := b.get(at).want(200)
		if strings.Contains(r.Body, canary) || strings.Contains(r.Body, secret) {
			t.Errorf("%s tells of the hidden project", at)
		}
	}
	if text := b.get(page.RecordURL(p, "dependency", 1)).want(200).one("#facts").Text(); !strings.Contains(text, "a project that you may not see") {
		t.Errorf("its page says %s", text)
	}
	hidden, none := b.post(page.RecordKindURL(p, "dependency"), dependency(canary)...).want(422), b.post(page.RecordKindURL(p, "dependency"), dependency(absent)...).want(422)
	if got, want := hidden.outcome(canary), none.outcome(absent); got != want {
		t.Errorf("they differ\n%s", firstDifference(got, want))
	}
	form := b.get(page.EditRecordURL(p, "dependency", 1)).want(200)
	send := append(dependency(form.one("[name=value-project]").AttrOr("value", "")), "shown", form.one("[name=shown]").AttrOr("value", ""))
	send[1] = "Tokens, soon"
	b.post(page.EditRecordURL(p, "dependency", 1), send...).want(303)
	if text := f.browse("owner").get(page.RecordURL(p, "dependency", 1)).want(200).one("main").Text(); !strings.Contains(text, secret) || !strings.Contains(text, "Tokens, soon") {
		t.Errorf("after the edit its page says %s", text)
	}
	// The hidden project is told of those who rest on it, and an open one not of hidden ones.
	f.browse("owner").get(page.ProjectURL(canary)).want(200).one("#resting")
	f.dependsOn("owner", canary, p)
	f.browse("owner").get(page.ProjectURL(p)).want(200).one("#resting")
	if n := b.get(page.ProjectURL(p)).want(200).find("#resting").Length(); n != 0 {
		t.Error("it is told that a hidden project rests on this one")
	}
}
