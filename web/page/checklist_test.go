package page

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

const (
	owner  review.PersonID = 1
	viewer review.PersonID = 2
	signer review.PersonID = 3
)

// smallView is a stage of a handful of items, seen by the project's owner.
func smallView() StageView {
	must, should := plan.LevelMust, plan.LevelShould
	all := func(l plan.Level) [3]plan.Level { return [3]plan.Level{l, l, l} }
	tmpl := &plan.Lifecycle{Key: "small", Version: 1, Name: "Small", Flags: []plan.Question{{Key: "database", Label: "It uses a database"}},
		Stages: []plan.Stage{{
			Key: "idea", Name: "Idea", Items: []plan.Item{
				{Key: "scope-set", Title: "Scope is set", Levels: all(must), Evidence: []plan.EvidenceKind{"doc"}, ValidDays: 90},
				{Key: "risks-listed", Title: "Risks are listed", Levels: all(must)},
				{Key: "demo-shown", Title: "A demo was shown", Levels: all(should)},
				{Key: "data-sketched", Title: "Data is sketched", Levels: all(must), When: []plan.Flag{"database"}},
				{Key: "tier-one", Title: "Only at the top", Levels: [3]plan.Level{must, plan.LevelNone, plan.LevelNone}},
			},
			Gate: plan.Gate{Name: "Worth building", Quorum: 1, Seats: []plan.GateSeat{{Seat: plan.SeatProduct}, {Seat: plan.SeatSRE}}},
		}, {Key: "live", Name: "Live"}},
	}
	p := review.Project{ID: 5, Key: "ledger", Name: "Ledger", Tier: plan.TierStandard, Status: review.StatusActive, Members: []review.Member{{Person: owner, Duty: review.DutyOwner}}}
	r := review.Blank(p, 1, plan.Bare(tmpl, plan.Ref{}))
	r.Load(0)
	names := []string{"Slipway", "Ana", "Ben", "Chi"}
	return StageView{
		Review: r, Rollups: make([]review.StageRollup, 2), Actor: review.Actor{Person: owner}, Now: noon,
		Names: func(p review.PersonID) string { return names[p] }, Stage: "idea",
	}
}

// met answers an item as met and links one document that expires as said.
func met(v StageView, k plan.ItemKey, expires time.Time) {
	s := v.stage()
	s.Item(k).Answer = review.Answer{State: review.Met, By: owner, At: noon, Version: 1}
	s.Evidence = append(s.Evidence, review.Evidence{No: len(s.Evidence) + 1, Item: k, URL: "https://wiki.example.test/" + review.SafeURL(k), Title: "Doc", Type: "doc", Expires: review.Today(expires), By: owner})
}

func rowOf(t *testing.T, v StageView, k plan.ItemKey) ui.ItemRow {
	t.Helper()
	_, row, ok := CheckRow(v, k)
	if !ok {
		t.Fatalf("no row for %s", k)
	}
	return row
}

func TestRowSaysWhatAnItemLacks(t *testing.T) {
	day := 24 * time.Hour
	cases := []struct {
		name  string
		do    func(v *StageView)
		state ui.State
		flags []string
	}{
		{"open must", func(*StageView) {}, ui.Open, nil},
		{"met without evidence", func(v *StageView) { v.stage().Item("scope-set").Answer.State = review.Met }, ui.Warn, []string{"Needs evidence"}},
		{"evidence of another kind", func(v *StageView) {
			met(*v, "scope-set", time.Time{})
			v.stage().Evidence[0].Type = "ticket"
		}, ui.Warn, []string{"This item asks for a document"}},
		{"good evidence", func(v *StageView) { met(*v, "scope-set", time.Time{}) }, ui.Met, nil},
		{"expires in 15 days", func(v *StageView) { met(*v, "scope-set", noon.Add(15*day)) }, ui.Met, nil},
		{"expires in 5 days", func(v *StageView) { met(*v, "scope-set", noon.Add(5*day)) }, ui.Met, []string{"Evidence expires in 5 days"}},
		{"one of two expires", func(v *StageView) {
			met(*v, "scope-set", noon.Add(5*day))
			met(*v, "scope-set", noon.Add(50*day))
		}, ui.Met, nil},
		{"expires today", func(v *StageView) { met(*v, "scope-set", noon) }, ui.Met, []string{"Evidence expires today"}},
		{"expired yesterday", func(v *StageView) { met(*v, "scope-set", noon.Add(-day)) }, ui.Bad, []string{"Evidence expired"}},
		{"removed evidence", func(v *StageView) {
			met(*v, "scope-set", time.Time{})
			v.stage().Evidence[0].RemovedAt = noon
		}, ui.Warn, []string{"Needs evidence"}},
		{"n/a waits", func(v *StageView) {
			v.stage().Item("scope-set").Answer = review.Answer{State: review.NotApplicable, Note: "None."}
		}, ui.Wait, []string{"Waits for approval"}},
		{"n/a approved", func(v *StageView) {
			v.stage().Item("scope-set").Answer = review.Answer{State: review.NotApplicable, Note: "None.", ApprovedBy: signer}
		}, ui.NA, nil},
		{"overdue", func(v *StageView) { v.stage().Item("scope-set").Due = noon.Add(-2 * day).Truncate(day) }, ui.Open, []string{"Due 18 Nov"}},
		{"due today", func(v *StageView) { v.stage().Item("scope-set").Due = noon.Truncate(day) }, ui.Open, nil},
	}
	for _, c := range cases {
		v := smallView()
		c.do(&v)
		row := rowOf(t, v, "scope-set")
		var flags []string
		for _, f := range row.Flags {
			flags = append(flags, f.Text)
		}
		if row.State != c.state || !slices.Equal(flags, c.flags) {
			t.Errorf("%s: %s %q, want %s %q", c.name, row.State, flags, c.state, c.flags)
		}
	}
}

func TestShouldThatIsNotMetAsksForItsReason(t *testing.T) {
	v := smallView()
	v.stage().Item("demo-shown").Answer.State = review.NotMet
	if row := rowOf(t, v, "demo-shown"); len(row.Flags) != 1 || row.Flags[0].Text != "Needs a reason" {
		t.Errorf("flags %v", row.Flags)
	}
	v.stage().Item("demo-shown").Answer.State = review.Open
	if row := rowOf(t, v, "demo-shown"); len(row.Flags) != 0 {
		t.Errorf("an open should is flagged: %v", row.Flags)
	}
}

func TestChecklistCountsAndFilters(t *testing.T) {
	v := smallView()
	met(v, "scope-set", noon.Add(time.Hour))
	v.stage().Item("risks-listed").Assignee = owner
	v.stage().Item("risks-listed").Answer.Note = "Ask Legal"
	d := ChecklistData{Checked: Check(v)}
	if d.musts != 1 || d.mustTotal != 2 || d.shoulds != 0 || d.shouldTotal != 1 {
		t.Errorf("counted %d of %d musts, %d of %d shoulds", d.musts, d.mustTotal, d.shoulds, d.shouldTotal)
	}
	want := map[Show][]string{
		ShowAll: {"scope-set", "risks-listed", "demo-shown"}, ShowOpen: {"risks-listed", "demo-shown"}, ShowMine: {"risks-listed"},
		ShowMust: {"scope-set", "risks-listed"}, ShowNeeds: nil, ShowExpiring: {"scope-set"}, ShowApproval: nil,
		"nonsense": {"scope-set", "risks-listed", "demo-shown"},
	}
	for show, keys := range want {
		d.Show = show
		var got []string
		for _, r := range d.listed() {
			got = append(got, r.Key)
		}
		if !slices.Equal(got, keys) {
			t.Errorf("%q lists %v, want %v", show, got, keys)
		}
	}
	var chips []string
	for _, chip := range d.chips(ShowMine, "") {
		chips = append(chips, fmt.Sprint(chip.Label, " ", chip.Count))
		if chip.Current != (chip.Label == "Mine") {
			t.Errorf("chip %+v", chip)
		}
	}
	if got := strings.Join(chips, ", "); got != "All 3, Open 2, Mine 1, Required 2, Expiring 1" {
		t.Errorf("chips %s: one that lists nothing is left out", got)
	}
	if got := d.chips(ShowApproval, ""); got[len(got)-1].Label != "To approve" {
		t.Errorf("the filter that is on has to be seen: %+v", got)
	}
	d.Show = ShowAll
	for query, n := range map[string]int{"scope": 1, "LEGAL": 1, "ana": 1, "demo-": 1, "zzz": 0} {
		if d.Query = query; len(d.listed()) != n {
			t.Errorf("%q finds %d rows, want %d", query, len(d.listed()), n)
		}
	}
	if n := len(d.outside()); n != 2 {
		t.Errorf("%d items outside, want 2", n)
	}
}

func TestOneRowIsAsInTheWholeList(t *testing.T) {
	v := smallView()
	v.stage().Item("risks-listed").Answer = review.Answer{State: review.NotMet, Note: "Later.", By: viewer, At: noon, Version: 2}
	v.stage().Item("risks-listed").Assignee = viewer
	met(v, "scope-set", noon.Add(time.Hour))
	met(v, "scope-set", noon.AddDate(0, 0, -1))
	met(v, "demo-shown", time.Time{})
	whole := Check(v)
	if len(whole.rows) != 3 {
		t.Fatalf("%d rows", len(whole.rows))
	}
	for _, want := range whole.rows {
		c, row, ok := CheckRow(v, plan.ItemKey(want.Key))
		if !ok {
			t.Fatalf("no row for %s", want.Key)
		}
		var one, all bytes.Buffer
		if err := errors.Join(Ticked(c, row, ShowAll, "", Said{}).Render(t.Context(), &one), Ticked(whole, want, ShowAll, "", Said{}).Render(t.Context(), &all)); err != nil {
			t.Fatal(err)
		}
		if one.String() != all.String() {
			t.Errorf("%s:\n%s\nin the whole list:\n%s", want.Key, &one, &all)
		}
	}
	if _, _, ok := CheckRow(v, "data-sketched"); ok {
		t.Error("an item that does not apply has a row")
	}
}

func TestRowSaysWhoAndUntilWhen(t *testing.T) {
	v := smallView()
	it := v.stage().Item("scope-set")
	it.Assignee, it.Due = viewer, noon.AddDate(0, 0, 3)
	if r := rowOf(t, v, "scope-set"); r.Assignee != "Ben" || r.Due != "due 23 Nov" {
		t.Errorf("%q, %q", r.Assignee, r.Due)
	}
	it.Due = noon.AddDate(1, 0, 0)
	if r := rowOf(t, v, "scope-set"); r.Due != "due 20 Nov 2027" {
		t.Errorf("next year: %q", r.Due)
	}
	it.Due = noon.AddDate(0, 0, -3)
	if r := rowOf(t, v, "scope-set"); r.Due != "" || len(r.Flags) != 1 {
		t.Errorf("a date that has passed is said once, as a flag: %q %v", r.Due, r.Flags)
	}
}

func TestRequiredItemsComeFirst(t *testing.T) {
	v := smallView()
	s := v.stage()
	s.Items[0].Level, s.Items[1].Level, s.Items[2].Level = plan.LevelMay, plan.LevelShould, plan.LevelMust
	met(v, "risks-listed", time.Time{})
	var got []string
	for _, r := range Check(v).rows {
		got = append(got, r.Key+":"+fmt.Sprint(len(r.Evidence)))
	}
	if !slices.Equal(got, []string{"demo-shown:0", "risks-listed:1", "scope-set:0"}) {
		t.Errorf("order %v", got)
	}
}

// Only who gave a link may change its title and kind, which is what its number in the row offers.
func TestOwnLinksCanBeChangedInTheRow(t *testing.T) {
	v := smallView()
	met(v, "scope-set", time.Time{})
	if l := rowOf(t, v, "scope-set").Evidence[0]; l.No != 1 || l.Kind != "Document" {
		t.Errorf("own link: %+v", l)
	}
	v.stage().Evidence[0].By = viewer
	if l := rowOf(t, v, "scope-set").Evidence[0]; l.No != 0 {
		t.Errorf("a colleague's link: %+v", l)
	}
}

func TestWhyAnItemIsOutside(t *testing.T) {
	v := smallView()
	items := v.Review.Plan.Stages[0].Items
	if got := whyOutside(v.Review, v.stage(), &items[3]); got != "only where: It uses a database" {
		t.Error(got)
	}
	if got := whyOutside(v.Review, v.stage(), &items[4]); got != "not asked at tier 2" {
		t.Error(got)
	}
}

// The rollup is as old as the last event; evidence can have expired since.
func TestGateFollowsTheClock(t *testing.T) {
	v := smallView()
	met(v, "scope-set", noon.AddDate(0, 0, -1))
	for stored, want := range map[review.GateState]review.GateState{
		review.GatePassed: review.GateLapsed, review.GateReady: review.GateBlocked, review.GateWaiting: review.GateWaiting, review.GateReturned: review.GateReturned,
	} {
		v.Rollups[0].Gate = stored
		if got := Check(v).gate(); got != want {
			t.Errorf("%v shows as %v, want %v", stored, got, want)
		}
	}
	v.Rollups[0].Gate = review.GateBlocked
	if got := Check(v).gateWord(); got != "2 required to go" {
		t.Errorf("gate says %q", got)
	}
}

func TestReadersGetNoButtons(t *testing.T) {
	v := smallView()
	v.Actor = review.Actor{Person: viewer, Roles: []review.Role{review.RoleViewer}}
	d := ChecklistData{Checked: Check(v)}
	if !d.listed()[0].ReadOnly || !strings.Contains(d.readOnly(), "owner, deputy and members") {
		t.Errorf("a viewer: %+v, %q", d.listed()[0], d.readOnly())
	}
	v.Actor = review.Actor{Person: owner}
	v.Review.Project.Status = review.StatusStopped
	if d := (ChecklistData{Checked: Check(v)}); !d.listed()[0].ReadOnly || !strings.Contains(d.readOnly(), "stopped") {
		t.Errorf("a stopped project: %q", d.readOnly())
	}
	v.Review.Project.Status = review.StatusOnHold
	if d := (ChecklistData{Checked: Check(v)}); d.listed()[0].ReadOnly || d.readOnly() != "" {
		t.Errorf("a held project: %q", d.readOnly())
	}
}

// longView is a stage of 120 items half way through, as the largest are.
func longView() StageView {
	v := smallView()
	stage := &plan.Stage{Key: "long", Name: "Security and compliance", Purpose: strings.Repeat("It settles something. ", 6), Gate: plan.Gate{Name: "Cleared", Exit: strings.Repeat("All is well. ", 10)}}
	topics := []string{"stored data", "internal connections", "service accounts", "rate limits", "access reviews", "log retention", "key rotation", "dependency updates", "restore drills", "alert routing", "tenant borders"}
	for i := range 120 {
		level := []plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMust, plan.LevelMay}[i%4]
		stage.Items = append(stage.Items, plan.Item{
			Key: plan.ItemKey(fmt.Sprintf("%s-%d", strings.ReplaceAll(topics[i%11], " ", "-"), i)), Title: fmt.Sprintf("Show how %s is handled in part %d", topics[i%11], i),
			Levels: [3]plan.Level{level, level, level}, Evidence: []plan.EvidenceKind{"doc", "test-report"},
		})
	}
	v.Review.Plan.Stages = []plan.Stage{*stage}
	v.Review = review.Blank(v.Review.Project, 1, v.Review.Plan)
	v.Review.Load(0)
	v.Rollups, v.Stage = v.Rollups[:1], "long"
	for i := range v.stage().Items {
		it := &v.stage().Items[i]
		switch i % 10 {
		case 0, 1, 2, 5, 6, 8:
			met(v, it.Def.Key, time.Time{})
		case 3:
			it.Answer = review.Answer{State: review.NotMet, Note: fmt.Sprintf("Ticket %d is planned for the next release.", 800+i), Version: 2, By: owner}
		case 4:
			it.Answer = review.Answer{State: review.NotApplicable, Note: "No such data is held.", Version: 1, By: owner}
		case 9:
			it.Answer = review.Answer{State: review.Met, Version: 1, By: owner}
		}
		it.Assignee = review.PersonID(i % 4)
	}
	return v
}

func longMeta() ui.PageMeta {
	return ui.PageMeta{Title: "Security and compliance, Ledger", Person: "Ana Ruiz", Nav: ui.NavPortfolio, Width: ui.Wide, CanCreate: true, Path: "/projects/ledger/stages/long", Version: "0.1.0",
		Assets: ui.Assets{CSS: "/static/app.0123456789ab.css", JS: "/static/app.0123456789ab.js", HTMX: "/static/htmx.0123456789ab.js", Icon: "/static/icon.0123456789ab.svg"}}
}

func longPage() templ.Component {
	return Checklist(longMeta(), ChecklistData{Checked: Check(longView())})
}

// A page of 120 items: at most 1,400 elements and 14 KiB compressed.
func TestChecklistStaysLight(t *testing.T) {
	var b bytes.Buffer
	if err := longPage().Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if n := doc.Find(".items [data-row]").Length(); n != 120 {
		t.Fatalf("%d rows, want 120", n)
	}
	if n := doc.Find("*").Length(); n > 1400 {
		t.Errorf("%d elements, want at most 1400", n)
	}
	var z bytes.Buffer
	zw := gzip.NewWriter(&z)
	if _, err := zw.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	if z.Len() > 14<<10 {
		t.Errorf("%d bytes compressed, want at most %d", z.Len(), 14<<10)
	}
	t.Logf("%d bytes, %d compressed, %d elements", b.Len(), z.Len(), doc.Find("*").Length())
}

// A checklist is worked out where another one was, and shows nothing of it.
func TestReleasedChecklistsLeaveNothingBehind(t *testing.T) {
	m := longMeta()
	render := func(v StageView) string {
		c := Check(v)
		defer c.Release()
		var b strings.Builder
		if err := Checklist(m, ChecklistData{Checked: c}).Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	long, short := longView(), longView()
	st := short.stage()
	st.Items, st.Evidence = st.Items[:7], nil
	for i := range st.Items {
		st.Items[i].Answer, st.Items[i].Assignee, st.Items[i].Due = review.Answer{State: review.Open}, 0, time.Time{}
	}
	wantLong, wantShort := render(long), render(short)
	for range 20 { // whether a room is used again is chance
		if render(long) != wantLong || render(short) != wantShort {
			t.Fatal("a page is not what it was in a room of its own")
		}
		if _, row, ok := CheckRow(short, st.Items[0].Def.Key); !ok || len(row.Evidence)+len(row.Flags) > 1 {
			t.Fatalf("a row alone: %+v", row)
		}
	}
}

// From what the store read to the last byte: at most 300 allocations, as `make test` compiles pages,
// which is without inlining. As they are released, there are 216.
func TestChecklistAllocatesLittle(t *testing.T) {
	v, m := longView(), longMeta()
	n := math.Inf(1)
	for range 50 { // the least of many: the race detector has pools forget now and then
		n = min(n, testing.AllocsPerRun(1, func() {
			c := Check(v)
			if err := Checklist(m, ChecklistData{Checked: c}).Render(context.Background(), io.Discard); err != nil {
				t.Fatal(err)
			}
			c.Release()
		}))
	}
	if n > 300 {
		t.Errorf("%v allocations, want at most 300", n)
	}
	t.Logf("%v allocations", n)
}

func BenchmarkChecklist(b *testing.B) {
	v, m := longView(), longMeta()
	b.ReportAllocs()
	for b.Loop() {
		c := Check(v)
		if err := Checklist(m, ChecklistData{Checked: c}).Render(context.Background(), io.Discard); err != nil {
			b.Fatal(err)
		}
		c.Release()
	}
}
