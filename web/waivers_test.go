package web

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/gate"
)

// at runs domain commands as somebody at a moment, past or to come.
func (f *fixture) at(when time.Time, name string, p review.ProjectKey, stage plan.StageKey, decide store.Decide) {
	f.t.Helper()
	if _, err := f.Store.Change(context.Background(), store.ByPerson(f.person(name), when), store.Target{Project: p, Stage: stage}, decide); err != nil {
		f.t.Fatalf("%s: %v", name, err)
	}
}

func inDays(n int) string { return review.FormatDate(time.Now().UTC().AddDate(0, 0, n)) }

var goodWaiver = []string{"reason", "The vendor is late.", "risk", "A slow failover.", "measure", "Somebody watches it."}

// waive asks for a waiver past the web and, unless nobody is named, has it
// granted; returns its id.
func (f *fixture) waive(by, decider string, p review.ProjectKey, sk plan.StageKey, ik plan.ItemKey, days int) string {
	f.t.Helper()
	no := 0
	f.change(by, p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		err := r.RequestWaiver(who, sk, ik, review.NewWaiver{Reason: "The vendor is late.", Risk: "A slow failover.", Measure: "Somebody watches it.", Until: inDays(days)}, at)
		no = len(r.Stage(sk).Waivers)
		return err
	})
	if decider != "" {
		f.change(decider, p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.GrantWaiver(who, sk, no, r.Stage(sk).Waivers[no-1].Digest(), "", at)
		})
	}
	return page.WaiverID(p, sk, no)
}

// lapse grants a waiver in the past that has run out since.
func (f *fixture) lapse(p review.ProjectKey, sk plan.StageKey, ik plan.ItemKey) {
	f.t.Helper()
	then := time.Now().UTC().AddDate(0, 0, -20)
	f.at(then, "member", p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RequestWaiver(who, sk, ik, review.NewWaiver{Reason: "The vendor is late.", Risk: "A slow failover.", Measure: "Somebody watches it.", Until: inDays(-3)}, at)
	})
	f.at(then.Add(time.Hour), "manager", p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.GrantWaiver(who, sk, 1, r.Stage(sk).Waivers[0].Digest(), "", at)
	})
}

func (f *fixture) waiverState(id string) review.WaiverState {
	f.t.Helper()
	p, sk, no, _ := page.ReadWaiverID(id)
	return f.stage(p, sk).Waivers[no-1].State(time.Now())
}

// The whole way with the forms that the pages hold.
func TestWaiverJourney(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	item := page.ItemURL(p, sk, ik)
	id := page.WaiverID(p, sk, 1)
	asked := f.browse("member").get(item).submit(page.ItemWaiversURL(p, sk, ik), append(goodWaiver, "until", inDays(40))...).follow().want(200)
	if !strings.Contains(words(asked.one("#waiver")), "Waiting") || asked.find("#waiver form").Length() != 0 {
		t.Errorf("after asking: %s", words(asked.one("#waiver")))
	}
	if got := words(f.browse("owner").get(page.StageURL(p, sk)).one(rowSelector(ik) + " a.badge")); got != "Waiver asked" {
		t.Errorf("flag: %q", got)
	}
	manager := f.browse("manager")
	if got := words(manager.get("/").one("#waivers")); !strings.Contains(got, f.def(sk, ik).Title) || !strings.Contains(got, f.name("member")) {
		t.Errorf("my work: %s", got)
	}
	register := manager.get(page.WaiversURL).want(200)
	granted := register.submit(page.WaiverURL(id, page.WaiverGrant), "reason", "Until the vendor delivers.").follow().want(200)
	if got := words(granted.one("tbody tr")); !strings.Contains(got, "In force") || !strings.Contains(got, "is blocked without it") {
		t.Errorf("register: %s", got)
	}
	t.Run("it shows everywhere", func(t *testing.T) {
		r := f.browse("member").get(page.StageURL(p, sk) + "?show=waived")
		if got := words(r.one(rowSelector(ik) + ".s-waived a.badge.s-waived")); !strings.HasPrefix(got, "Waived until ") {
			t.Errorf("flag: %q", got)
		}
		gate := f.browse("viewer").get(page.GateURL(p, sk)).want(200)
		if got := words(gate.one("#waivers")); !strings.Contains(got, "A slow failover.") || !strings.Contains(got, "Somebody watches it.") || !strings.Contains(got, f.name("manager")) {
			t.Errorf("gate: %s", got)
		}
		for _, b := range gate.find("#blockers a").EachIter() {
			if strings.Contains(b.AttrOr("href", ""), string(ik)) {
				t.Errorf("a waived item blocks: %s", words(b))
			}
		}
	})
	onItem := page.WaiverURL(id, page.WaiverExtend) + "?from=item"
	seat := string(f.stage(p, sk).Def.Gate.Policy(plan.TierCritical, nil).Seats[0])
	f.browse(seat).get(item).submit(onItem, "until", inDays(60), "reason", "The vendor is later still.").follow().want(200)
	if got := f.stage(p, sk).Waivers[0].Until; review.FormatDate(got) != inDays(60) {
		t.Errorf("extended until %s", got)
	}
	revoked := manager.get(item).submit(page.WaiverURL(id, page.WaiverRevoke)+"?from=item", "reason", "It came back.").follow().want(200)
	if f.waiverState(id) != review.WaiverTakenBack || !strings.Contains(words(revoked.one("#waiver")), "It came back.") {
		t.Errorf("revoked: %s", words(revoked.one("#waiver")))
	}
	f.browse("member").get(item).one(`form[action="` + page.ItemWaiversURL(p, sk, ik) + `"]`)
}

func TestAskingForAWaiverKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	to := page.ItemWaiversURL(p, sk, ik)
	b := f.browse("member")
	for name, c := range map[string]struct {
		change []string
		status int
		field  string
	}{
		"no reason":      {[]string{"reason", " "}, 422, "reason"},
		"no risk":        {[]string{"risk", ""}, 422, "risk"},
		"no measure":     {[]string{"measure", ""}, 422, "measure"},
		"no date":        {[]string{"until", ""}, 422, "until"},
		"a past date":    {[]string{"until", inDays(-1)}, 422, "until"},
		"too far":        {[]string{"until", inDays(400)}, 422, "until"},
		"no such date":   {[]string{"until", "2031-02-30"}, 422, "until"},
		"NUL":            {[]string{"reason", "a\x00b"}, 422, "reason"},
		"bidi":           {[]string{"risk", "a\u202eb"}, 422, "risk"},
		"a megabyte":     {[]string{"measure", strings.Repeat("x", 1<<20)}, 422, "measure"},
		"unknown field":  {[]string{"granted_by", "1"}, 422, ""},
		"hostile markup": {[]string{"reason", `<script>alert(1)</script>`, "until", ""}, 422, "until"},
	} {
		fields := map[string]string{"reason": "The vendor is late.", "risk": "A slow failover.", "measure": "Somebody watches it.", "until": inDays(20)}
		for i := 0; i < len(c.change); i += 2 {
			fields[c.change[i]] = c.change[i+1]
		}
		var list []string
		for k, v := range fields {
			list = append(list, k, v)
		}
		r := b.post(to, list...).want(c.status)
		if len(f.stage(p, sk).Waivers) != 0 {
			t.Fatalf("%s: a waiver is there", name)
		}
		if r.find("#waiver script").Length() != 0 {
			t.Errorf("%s: markup got through", name)
		}
		if c.field == "" {
			continue
		}
		if r.find("#f-waiver-"+c.field+"[aria-invalid=true]").Length() != 1 || r.one(`.errors a[href="#f-waiver-`+c.field+`"]`).Text() == "" {
			t.Errorf("%s: nothing at the field", name)
		}
		for k := range fields {
			got, isText := r.one("#f-waiver-" + k).Attr("value")
			if !isText {
				got = r.one("#f-waiver-" + k).Text()
			}
			if want := fields[k]; strings.TrimSpace(got) != strings.TrimSpace(want) && name != "NUL" {
				t.Errorf("%s: %s came back as %.40q", name, k, got)
			}
		}
	}
	fields := append(goodWaiver, "until", inDays(20))
	b.post(to, fields...).want(303)
	b.post(to, fields...).want(303)
	if n := len(f.stage(p, sk).Waivers); n != 1 {
		t.Errorf("sent twice, %d waivers", n)
	}
	again := f.browse("owner").post(to, "reason", "Mine.", "risk", "R", "measure", "M", "until", inDays(9)).want(409)
	if !strings.Contains(again.one("#kept").Text(), "Mine.") {
		t.Errorf("what was typed is lost: %s", again.text())
	}
}

func TestDecidingOnAWaiver(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	id := f.waive("member", "", p, sk, ik, 30)
	manager := f.browse("manager")
	for _, from := range []string{"", "?from=item"} {
		r := manager.post(page.WaiverURL(id, page.WaiverDeny)+from, "reason", " ").want(422)
		r.one(`textarea[aria-invalid=true][id="f-` + id + `-verdict-reason"]`)
		r.one(`.errors a[href="#f-` + id + `-verdict-reason"]`)
		r = manager.post(page.WaiverURL(id, page.WaiverGrant)+from, "reason", "Fine.", "until", inDays(300)).want(422)
		if got := r.one(`[id="f-` + id + `-verdict-reason"]`).Text(); got != "Fine." {
			t.Errorf("an unknown field loses the reason: %q", got)
		}
		r = manager.post(page.WaiverURL(id, page.WaiverRevoke)+from, "reason", "Not yet granted.").want(409)
		if !strings.Contains(r.one("#kept").Text(), "Not yet granted.") {
			t.Errorf("a decision that came too early loses the reason")
		}
	}
	waiting := f.read(id)
	manager.post(page.WaiverURL(id, page.WaiverGrant), append(waiting, "reason", "")...).want(303)
	manager.post(page.WaiverURL(id, page.WaiverGrant), append(waiting, "reason", "")...).want(303)
	if n := len(f.entriesOf(p, "WaiverGranted")); n != 1 {
		t.Errorf("granted %d times", n)
	}
	late := f.browse("admin")
	late.post(page.WaiverURL(id, page.WaiverDeny), "reason", "x").want(403)
	for _, from := range []string{"", "?from=item"} {
		r := manager.post(page.WaiverURL(id, page.WaiverDeny)+from, append(waiting, "reason", "Too late.")...).want(409)
		if got := words(r.one(".note-box.s-bad")); !strings.Contains(got, "Waiting In force") || !strings.Contains(got, "Granted by Manager Person") || !strings.Contains(r.one("#kept").Text(), "Too late.") {
			t.Errorf("what was read and what there is now: %q", got)
		}
	}
	for _, bad := range []string{"", inDays(-1), inDays(400), inDays(5), "soon"} {
		r := manager.post(page.WaiverURL(id, page.WaiverExtend), append(f.read(id), "until", bad, "reason", "Longer.")...).want(422)
		if r.one(`[id="f-`+id+`-extend-until"][aria-invalid=true]`).AttrOr("value", "") != bad || r.one(`[id="f-`+id+`-extend-reason"]`).Text() != "Longer." {
			t.Errorf("until %q: what was typed is lost", bad)
		}
	}
	granted := f.read(id)
	manager.post(page.WaiverURL(id, page.WaiverExtend), append(granted, "until", inDays(60), "reason", "Longer.")...).want(303)
	r := manager.post(page.WaiverURL(id, page.WaiverExtend), append(granted, "until", inDays(90), "reason", "Even longer.")...).want(409)
	if got := words(r.one(".note-box.s-bad")); !strings.Contains(got, "Until") || r.one(`[id="f-`+id+`-extend-reason"]`).Text() != "Even longer." {
		t.Errorf("what was read and what there is now: %q", got)
	}
	for range 2 {
		r.submit(page.WaiverURL(id, page.WaiverRevoke), "reason", "Over.").want(303)
	}
	if f.waiverState(id) != review.WaiverTakenBack || len(f.entriesOf(p, "WaiverRevoked")) != 1 {
		t.Error("not revoked once")
	}
}

// read are the hidden fields of the forms of somebody who reads a waiver now.
func (f *fixture) read(id string) []string {
	f.t.Helper()
	p, sk, no, _ := page.ReadWaiverID(id)
	return []string{"shown", string(f.stage(p, sk).Waivers[no-1].Digest()), "seen", strconv.FormatInt(f.seq(p), 10)}
}

// entriesOf are a project's entries of one kind.
func (f *fixture) entriesOf(p review.ProjectKey, kind string) []review.Entry {
	f.t.Helper()
	h, err := f.Store.History(context.Background(), f.as("admin"), p, store.HistoryFilter{})
	if err != nil {
		f.t.Fatal(err)
	}
	var out []review.Entry
	for _, en := range h.Entries {
		if en.Event.Kind() == kind {
			out = append(out, en)
		}
	}
	return out
}

// Wherever a waiver that a stand-in granted is told of, so is for whom.
func TestWaiverGrantedByAStandIn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	id := f.waive("member", "", p, sk, ik, 30)
	seat := f.stage(p, sk).Def.Gate.Policy(plan.TierCritical, nil).Seats[0]
	holder := string(seat)
	_, err := f.Store.ChangeRights(context.Background(), f.as(holder), f.person(holder), func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Delegate(who, review.NewDelegation{To: f.person("viewer"), Seat: seat, Ends: inDays(5)}, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	b := f.browse("viewer")
	b.get(page.WaiversURL).submit(page.WaiverURL(id, page.WaiverGrant), "reason", "Until the vendor delivers.").want(303)
	for _, at := range []string{page.WaiversURL, page.ItemURL(p, sk, ik), page.GateURL(p, sk), page.ReportURL(p), page.HistoryURL(p)} {
		if got := words(b.get(at).want(200).one("main")); !strings.Contains(strings.ToLower(got), "standing in for "+holder+" person") {
			t.Errorf("%s does not say for whom: %s", at, got)
		}
	}
}

func TestWaiversFromOutside(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	hidden := f.create("hidden-one", func(in *review.NewProject) { in.Restricted = true })
	id, secret := f.waive("member", "", p, sk, ik, 30), f.waive("member", "", hidden, sk, ik, 30)
	forged := f.stranger()
	forged.setCookie(f.cookies.sessionName, "made-up")
	seq, hiddenSeq := f.seq(p), f.seq(hidden)
	for _, d := range []page.WaiverDecision{page.WaiverGrant, page.WaiverDeny, page.WaiverExtend, page.WaiverRevoke} {
		f.browse("manager").postFrom("https://evil.example.test", page.WaiverURL(id, d), "reason", "x").want(403)
		f.browse("manager").post(page.WaiverURL(secret, d), "reason", "x").want(404)
		f.browse("outsider").post(page.WaiverURL(id, d), "reason", "x").want(404)
		for _, name := range []string{"viewer", "auditor", "admin", "member", "owner"} {
			f.browse(name).post(page.WaiverURL(id, d), "reason", "typed text").want(403)
		}
		if r := forged.post(page.WaiverURL(id, d), "reason", "typed text").want(401); r.find("[name=reason]").Text() != "typed text" {
			t.Errorf("%s: what was typed is lost", d)
		}
		if r := f.browse("manager").send("POST", page.WaiverURL(id, d), "text/plain", "x"); r.Status != 415 {
			t.Errorf("%s takes text/plain: %d", d, r.Status)
		}
		for _, none := range []string{"ledger-api", "ledger-api." + string(sk), "ledger-api." + string(sk) + ".2", "ledger-api." + string(sk) + ".01", "ledger-api.none.1", "none.x.1", "a.b.c.1", "ledger-api." + string(sk) + ".99999999999999999999"} {
			f.browse("manager").post(page.WaiverURL(none, d), "reason", "x", "until", inDays(3))
			if r := f.browse("manager").post("/waivers/"+none+"/"+string(d), "reason", "x"); r.Status != 404 {
				t.Errorf("%s of %s: %d", d, none, r.Status)
			}
		}
	}
	f.browse("viewer").post(page.ItemWaiversURL(p, sk, ik), append(goodWaiver, "until", inDays(9))...).want(403)
	f.browse("viewer").post(page.ItemWaiversURL(hidden, sk, ik), append(goodWaiver, "until", inDays(9))...).want(404)
	if f.seq(p) != seq || f.seq(hidden) != hiddenSeq {
		t.Error("a stranger changed something")
	}
	if got := f.browse("manager").get(page.WaiversURL).text(); strings.Contains(got, "hidden-one") {
		t.Error("the register shows a restricted project")
	}
	if r := f.browse("auditor").get(page.WaiversURL); r.find("tbody tr").Length() != 2 || r.find("tbody form").Length() != 0 {
		t.Errorf("auditor: %s", r.text())
	}
	f.stranger().get(page.WaiversURL).want(303)
}

// A seat that was revoked decides nothing any more.
func TestRevokedSeatDecidesNoWaiver(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	id := f.waive("member", "", p, sk, ik, 30)
	seat := string(f.stage(p, sk).Def.Gate.Policy(plan.TierCritical, nil).Seats[0])
	b := f.browse(seat)
	b.get(page.ItemURL(p, sk, ik)).one(`form[action="` + page.WaiverURL(id, page.WaiverGrant) + `?from=item"]`)
	f.join(seat, review.Right{Role: review.RoleViewer})
	r := b.post(page.WaiverURL(id, page.WaiverGrant)+"?from=item", "reason", "Fine.").want(403)
	if !strings.Contains(r.one("#kept").Text(), "Fine.") || f.waiverState(id) != review.WaiverWaiting {
		t.Errorf("after the seat was revoked: %s", r.text())
	}
}

// What rested on a waiver reopens when it runs out, on every page.
func TestWaiverThatRanOut(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	f.lapse(p, sk, ik)
	r := f.browse("member").get(page.StageURL(p, sk)).want(200)
	if got := words(r.one(rowSelector(ik) + ".s-bad a.badge.s-bad")); got != "Waiver ran out" {
		t.Errorf("flag: %q", got)
	}
	item := f.browse("member").get(page.ItemURL(p, sk, ik)).want(200)
	if got := words(item.one("#waiver .badge.s-bad")); got != "Expired 2 days ago" && got != "Expired 3 days ago" {
		t.Errorf("item: %q", got)
	}
	item.one(`form[action="` + page.ItemWaiversURL(p, sk, ik) + `"]`)
	gate := f.browse("viewer").get(page.GateURL(p, sk)).want(200)
	if gate.find("#waivers .badge.s-bad").Length() != 1 {
		t.Errorf("gate: %s", words(gate.find("#waivers")))
	}
	gate.one(`#items a[href="` + page.ItemURL(p, sk, ik) + `#waiver"]`)
	row := f.browse("viewer").get(page.WaiversURL + "?show=expired").one("tbody tr")
	if got := words(row); !strings.Contains(got, "is blocked") {
		t.Errorf("register: %s", got)
	}
}

func TestWaiverRegisterFilters(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	_, second := f.pick(0, plan.LevelMust, 1)
	f.waive("member", "manager", p, sk, ik, 10)
	f.waive("member", "", p, sk, second, 40)
	b := f.browse("manager")
	for query, n := range map[string]int{
		"": 2, "?show=waiting": 1, "?show=in-force": 1, "?show=expiring": 1, "?show=expired": 0, "?show=denied": 0, "?show=made-up": 2,
		"?team=Blue": 2, "?team=Red": 0, "?project=LEDGER": 2, "?project=other": 0, "?decide=me": 2, "?page=2": 0, "?page=-1": 2, "?project=%25": 0, "?team=%00": 2,
	} {
		if got := b.get(page.WaiversURL + query).want(200).find("tbody tr").Length(); got != n {
			t.Errorf("%s lists %d, want %d", query, got, n)
		}
	}
	r := f.browse("member").get(page.WaiversURL + "?decide=me")
	if r.find("tbody tr").Length() != 0 {
		t.Error("who asked would decide")
	}
	r = b.get(page.WaiversURL + "?team=Blue")
	if got := words(r.one(".chips a[aria-current]")); got != "Current 2" {
		t.Errorf("chip: %q", got)
	}
	if got := r.find(".chips a").Eq(1).AttrOr("href", ""); got != page.WaiversURL+"?show=waiting&team=Blue" {
		t.Errorf("chip leads to %s", got)
	}
	for _, from := range []string{"/", "/portfolio"} {
		b.get(from).one(`header nav a[href="` + page.WaiversURL + `"]`)
	}
}

// A session that ends over a form keeps all of its text in sight.
func TestTextOutlivesTheSession(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger-api")
	sk, ik := f.pick(0, plan.LevelMust, 0)
	condition := gate.ConditionField("text", 1)
	for path, texts := range map[string][]string{
		page.ItemWaiversURL(p, sk, ik): {"reason", "risk", "measure"},
		page.SignURL(p, sk):            {"note", condition},
	} {
		fields := []string{"until", "2031-05-01"}
		for _, name := range texts {
			fields = append(fields, name, "Words of "+name)
		}
		r := f.stranger().post(path, fields...).want(401)
		for _, name := range texts {
			if got := r.one("main textarea[name='" + name + "']").Text(); got != "Words of "+name {
				t.Errorf("%s: the text of %s is %q", path, name, got)
			}
		}
		if got := r.one("main input[name=until]").AttrOr("value", ""); got != "2031-05-01" {
			t.Errorf("%s: the day is %q", path, got)
		}
	}
}

// The register leads to the same forms of records as the item's page: for those who may
// keep records of the project, and to the waiver as records name it.
func TestTheRegisterLeadsToRecords(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	f.waive("member", "", p, sk, ik, 40)
	links := func(r *reply, within string) []string {
		var out []string
		for _, a := range r.find(within + ` a[href*="/new?"]`).EachIter() {
			out = append(out, a.AttrOr("href", ""))
		}
		return out
	}
	m := f.browse("member")
	item, register := links(m.get(page.ItemURL(p, sk, ik)).want(200), "#waiver"), links(m.get(page.WaiversURL).want(200), "main")
	if len(item) == 0 || !slices.Equal(item, register) {
		t.Errorf("the item leads to %v, the register to %v", item, register)
	}
	m.get(register[0]).want(200)
	if got := links(f.browse("viewer").get(page.WaiversURL).want(200), "main"); len(got) != 0 {
		t.Errorf("a viewer is led to %v", got)
	}
}
