package web

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// boxes are what can be chosen in one of the two forms of the page.
func boxes(r *reply, do string) []string {
	var out []string
	r.find(`#` + do + `-form [name="gate"]`).Each(func(_ int, box *goquery.Selection) { out = append(out, "gate", box.AttrOr("value", "")) })
	return out
}

// Two gates are asked for in one press and approved in another; each has its own
// round, and what changed at one of them keeps both from being signed.
func TestGatesAreDecidedInOnePress(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	f.join("sre", review.Right{Seat: plan.SeatSRE})
	p := f.create("payments")
	to, b := page.GatesURL(p), f.browse("owner")
	if text := b.get(to).want(200).text(); !strings.Contains(text, "Nothing to decide here") {
		t.Errorf("before anything is answered: %s", text)
	}
	f.fill("member", p, "idea")
	f.fill("member", p, "live")
	if b.get(page.ProjectURL(p)).want(200).find(`a[href="`+to+`"]`).Length() != 1 {
		t.Error("the project does not lead to both gates")
	}
	asks := boxes(b.get(to).want(200), page.GatesRequest)
	if len(asks) != 4 {
		t.Fatalf("%q can be asked for, want both", asks)
	}
	b.post(to, "do", "request", "text", "Together.").want(422)
	empty := b.post(to, append(asks, "do", "request", "text", "")...).want(422)
	if !strings.Contains(empty.text(), "say why this one goes first") || empty.find(`[name="gate"][checked]`).Length() != 2 {
		t.Errorf("without a reason: %s", empty.text())
	}
	f.browse("viewer").post(to, append(asks, "do", "request", "text", "Together.")...).want(403)
	b.post(to, append(asks, "do", "nothing", "text", "Together.")...).want(422)
	before := f.seq(p)
	b.post(to, append(asks, "do", "request", "text", "Together.")...).want(303)
	b.post(to, append(asks, "do", "request", "text", "Together.")...).want(303)
	if n := f.seq(p) - before; n != 2 {
		t.Errorf("%d entries, want a request for each gate", n)
	}

	sri := f.browse("sre")
	if sri.get(page.SignOffsURL).want(200).find(`a[href="`+to+`"]`).Length() != 1 {
		t.Error("the queue does not lead to both gates")
	}
	signs := append(boxes(sri.get(to).want(200), page.GatesSign), "do", "sign", "text", "Read both.")
	if len(signs) != 8 {
		t.Fatalf("%q can be signed, want both", signs)
	}
	f.browse("member").post(to, signs...).want(403)
	f.browse("member").post(page.AnswerURL(p, "live", "restore-tested"), "answer", "met", "version", "1", "note", "Again today.").want(303)
	before = f.seq(p)
	stale := sri.post(to, signs...).want(409)
	if !strings.Contains(stale.text(), "Live: It changed") || stale.one(`#sign-form [name="text"]`).Text() != "Read both." || f.seq(p) != before {
		t.Errorf("after a change: %s", stale.text())
	}
	signs = append(boxes(stale, page.GatesSign), "do", "sign", "text", "Read both.")
	if odd := sri.post(to, append(signs, "effort", "years")...).want(422); odd.find(`#sign-form [name="gate"][checked]`).Length() != 2 || !strings.Contains(odd.one(".errors").Text(), "Choose one of the list") {
		t.Errorf("another effort: %s", odd.text())
	}
	signs = append(signs, "effort", string(review.EffortTo15))
	sri.post(to, signs...).want(303)
	sri.post(to, signs...).want(303)
	if got := f.stage(p, "live").LastRound(); got.Outcome != review.OutcomePassed || len(got.SignOffs) != 1 || got.SignOffs[0].Effort != review.EffortTo15 {
		t.Errorf("the round of Live is %+v", got)
	}
	if got := f.stage(p, "idea").OpenRound(); got == nil || len(got.SignOffs) != 1 || got.SignOffs[0].Seat != plan.SeatSRE {
		t.Errorf("the round of Idea is %+v", got)
	}
}
