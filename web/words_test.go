package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// A document with a seat and a kind of evidence of its own is written, published,
// granted, filled in and waited for by pages, without scripts.
func TestDocumentsWithSeatsOfTheirOwn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("admin")
	b.beginDocument("house")
	draft, stage := page.DraftURL("house"), page.DraftStageURL("house", "work")
	head := func(seats, kinds string) *reply {
		shown := b.get(draft).want(200).shown(draft + "/head")
		return b.post(draft+"/head", "shown", shown, "name", "House rules", "summary", "Ours.", "order", "free", "seats", seats, "kinds", kinds)
	}
	refused := head("legal, The Board", "contract").want(422)
	if got := refused.one("#f-head-seats"); got.AttrOr("aria-invalid", "") != "true" || got.AttrOr("value", "") != "legal, The Board" {
		t.Error("what cannot be a key is not shown at its field, as it was typed")
	}
	head("legal, data-protection", "contract").follow().want(200)
	if got := b.get(draft).want(200).one("#f-head-seats").AttrOr("value", ""); got != "legal, data-protection" {
		t.Errorf("the draft's seats are %q", got)
	}
	at := b.get(stage).want(200)
	var phases []string
	for _, p := range plan.Phases() {
		phases = append(phases, "phases", string(p))
	}
	b.post(stage, append(phases, "shown", at.shown(stage), "name", "Work", "purpose", "All of it.")...).follow().want(200)
	if rows := at.text(); !strings.Contains(rows, "Data protection") {
		t.Error("the table of the gate does not have the new seats")
	}
	gate := []string{
		"shown", at.shown(stage + "/gate"), "name", "Done", "exit", "It is done.", "quorum", "1", "quorum", "1", "quorum", "1", "repeats", "",
		"sits", "legal-1", "sits", "legal-2", "sits", "legal-3", "must", "legal-1", "sits", "data-protection-1",
	}
	for range len(plan.Seats()) + 2 {
		gate = append(gate, "when", "")
	}
	b.post(stage+"/gate", gate...).follow().want(200)
	b.post(stage+"/items", "title", "Sign the contract").follow().want(200)
	item := page.DraftItemURL("house", "sign-the-contract")
	b.post(item, "shown", b.get(item).want(200).shown(item), "title", "Sign the contract", "level", "must", "level", "must", "level", "must", "why", "Law.",
		"done", "It is.", "show", "The contract.", "evidence", "contract", "seats", "legal", "when", "", "valid", "", "quality", "compliance",
		"key", "sign-the-contract", "choices", "", "rules", "").follow().want(200)
	publish := b.get(draft + "/publish").want(200)
	b.post(draft+"/publish", "saved", publish.one(`[name=saved]`).AttrOr("value", ""), "reason", "Our own.").follow().want(200)

	if got := f.browse("viewer").get(page.LifecycleURL("house", 1)).want(200).text(); !strings.Contains(got, "Legal and Data protection") {
		t.Errorf("the version does not say what it adds: %s", got)
	}
	if b.get(page.PeopleURL).want(200).find(`[name=right] option[value=data-protection]`).Length() != 1 {
		t.Error("people cannot be filtered by the new seat")
	}
	person := page.PersonURL(f.person("viewer"))
	if got := b.get(person).want(200).one(`option[value="seat:legal"]`).Text(); got != "Seat: Legal" {
		t.Errorf("the right to grant is called %q", got)
	}
	b.post(page.GrantURL(f.person("viewer")), "right", "seat:legal", "project", "").want(303)
	b.post(page.GrantURL(f.person("viewer")), "right", "seat:leagl", "project", "").want(422)

	ref, err := f.Store.Lifecycle(context.Background(), "house", 1)
	if err != nil {
		t.Fatal(err)
	}
	in := review.NewProject{Key: "by-house", Name: "By house", Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: f.person("owner"), Deputy: f.person("deputy")}
	if _, err := f.Store.Create(context.Background(), f.as("owner"), ref, in); err != nil {
		t.Fatal(err)
	}
	owner := f.browse("owner")
	to := page.ItemURL("by-house", "work", "sign-the-contract")
	if got := strings.TrimSpace(owner.get(to).want(200).find(`select[name=kind] option`).First().Text()); got != "Contract" {
		t.Errorf("the kind that is offered first is %q", got)
	}
	owner.post(page.EvidenceURL("by-house", "work", "sign-the-contract"), "url", "https://wiki.example.test/contract", "title", "Contract", "kind", "contract",
		"effective", "", "expires", "", "commit", "").follow().want(200)
	owner.post(page.AnswerURL("by-house", "work", "sign-the-contract"), "answer", "met", "version", "0", "note", "").want(303)
	f.change("owner", "by-house", "work", func(r *review.Review, who review.Actor, now time.Time) error {
		return r.Request(who, "work", r.Digest(r.Stage("work")), "", now)
	})
	if got := b.get(page.PortfolioURL + "?waits=Legal").want(200); !strings.Contains(got.text(), "By house") || !strings.Contains(got.text(), "Legal") {
		t.Errorf("the portfolio does not find what waits for the seat: %s", got.text())
	}
	if got := f.browse("viewer").get(page.SignOffsURL).want(200).text(); !strings.Contains(got, "By house") {
		t.Errorf("the holder's queue says %q", got)
	}
}

// A form that is saved by itself says what of it keeps the draft from being
// published, and nothing about other forms.
func TestSavedByItselfSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("admin")
	b.beginDocument("house")
	stage := page.DraftStageURL("house", "work")
	gate := func(quorum string) string {
		fields := []string{"shown", b.get(stage).want(200).shown(stage + "/gate"), "name", "Done", "exit", "It is done.", "quorum", quorum, "quorum", "1", "quorum", "1",
			"repeats", "", "sits", "sre-1", "sits", "sre-2", "sits", "sre-3"}
		for range plan.Seats() {
			fields = append(fields, "when", "")
		}
		return b.htmx().post(stage+"/gate", fields...).want(200).text()
	}
	if got := gate("9"); !strings.Contains(got, "Saved.") || !strings.Contains(got, "Before it can be published: “Signatures” is 9 at tier 1") || strings.Contains(got, "items") {
		t.Errorf("nine signatures of one seat: %q", got)
	}
	if got := strings.TrimSpace(gate("1")); got != "Saved." {
		t.Errorf("one signature: %q", got)
	}
}

// A document without a key gets one that is made of its name.
func TestADocumentsKeyIsMadeOfItsName(t *testing.T) {
	t.Parallel()
	b := newFixture(t).browse("admin")
	if got := b.post(page.LibraryURL, "key", "", "name", "Our House Rules", "start", "empty").want(303).Header.Get("Location"); got != page.DraftURL("our-house-rules") {
		t.Errorf("it leads to %s", got)
	}
	for _, name := range []string{"", "new"} {
		b.post(page.LibraryURL, "key", "", "name", name, "start", "empty").want(422).one("#f-key[aria-invalid=true]")
	}
}
