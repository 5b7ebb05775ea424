package gate

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// trial is a gate to try views on: person 1 owns the project, 2 has answered
// its one item and linked the evidence, product is held by 3 and 2.
type trial struct {
	r   *review.Review
	now time.Time
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	tmpl := &plan.Lifecycle{
		Key: "small", Version: 1, Name: "Small", Order: plan.OrderAdvisory, SoD: true,
		Stages: []plan.Stage{{
			Key: "idea", Name: "Idea",
			Items: []plan.Item{{Key: "scope-set", Title: "Scope is set", Levels: [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMust}}},
			Gate:  plan.Gate{Name: "Worth building", Quorum: 1, Seats: []plan.GateSeat{{Seat: plan.SeatProduct, Mandatory: true}, {Seat: plan.SeatQA}}},
		}},
	}
	ref, err := tmpl.Ref()
	if err != nil {
		t.Fatal(err)
	}
	p := review.Project{
		ID: 7, Key: "ledger-api", Name: "Ledger API", Tier: 1, Status: review.StatusActive,
		Members: []review.Member{{Person: 1, Duty: review.DutyOwner}, {Person: 2, Duty: review.DutyMember}},
	}
	b := &trial{review.Blank(p, 1, plan.Bare(tmpl, ref)), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	b.r.Load(0)
	b.r.Holders = map[review.PersonID][]review.SeatHeld{}
	b.answer(t, "See the page.")
	return b
}

func (b *trial) tick() time.Time {
	b.now = b.now.Add(time.Hour)
	return b.now
}

func (b *trial) answer(t *testing.T, note string) {
	t.Helper()
	it := &b.r.Stages[0].Items[0]
	if err := b.r.Answer(review.Actor{Person: 2}, "idea", "scope-set", review.Met, note, it.Answer.Version, b.tick()); err != nil {
		t.Fatal(err)
	}
}

func (b *trial) request(t *testing.T) {
	t.Helper()
	if err := b.r.Request(review.Actor{Person: 1}, "idea", "", "", b.tick()); err != nil {
		t.Fatal(err)
	}
}

func seated(p review.PersonID, seats ...plan.Seat) review.Actor {
	a := review.Actor{Person: p}
	for _, s := range seats {
		a.Seats = append(a.Seats, review.SeatHeld{Seat: s})
	}
	return a
}

func (b *trial) view(a review.Actor) *view {
	changes := slices.Clone(b.r.Recorded())
	slices.Reverse(changes)
	return newView(Data{
		Changes: changes, Review: b.r, Stage: &b.r.Stages[0], Actor: a, Now: b.tick(), Seq: 1,
		Name:    func(p review.PersonID) string { return "P" + strconv.Itoa(int(p)) },
		Holders: map[plan.Seat]SeatHolders{plan.SeatProduct: {People: []review.PersonID{2, 3}, Total: 9}},
		Able:    map[plan.Seat]SeatHolders{plan.SeatProduct: {People: []review.PersonID{3}, Total: 8}},
	})
}

func TestSigningSaysExactlyWhyNot(t *testing.T) {
	b := newTrial(t)
	if why := b.view(seated(3, plan.SeatProduct)).signing().why; !strings.Contains(why, "No request") {
		t.Errorf("before the request: %q", why)
	}
	b.request(t)
	for _, c := range []struct {
		who  review.Actor
		want string
	}{
		{seated(3, plan.SeatProduct), ""},
		{seated(4, plan.SeatData), "none of this gate's seats: Product or QA"},
		{seated(4), "none of this gate's seats"},
		{seated(2, plan.SeatProduct), "Separation of duties"},
	} {
		why := b.view(c.who).signing().why
		if c.want == "" && why != "" || !strings.Contains(why, c.want) {
			t.Errorf("person %d with %v: %q, want %q", c.who.Person, c.who.Seats, why, c.want)
		}
	}
	b.r.Project.Status = review.StatusOnHold
	if why := b.view(seated(3, plan.SeatProduct)).signing().why; !strings.Contains(why, "on hold") {
		t.Errorf("on hold: %q", why)
	}
}

// A seat that is at the gate only because nobody has answered a question says so.
func TestSeatRowsSayUntilWhatTheySit(t *testing.T) {
	b := newTrial(t)
	g := &b.r.Plan.Stages[0].Gate
	g.Seats = append(slices.Clone(g.Seats), plan.GateSeat{Seat: plan.SeatData, When: []plan.Flag{"moon"}})
	b.r.Plan.Flags = append(slices.Clone(b.r.Plan.Flags), plan.Question{Key: "moon", Label: "It runs on the moon"})
	b.r.Project.Profile, b.r.Project.Unanswered = plan.Profile{"moon"}, []plan.Flag{"moon"}
	rows := b.view(seated(3)).seatRows()
	if got := rows[len(rows)-1]; got.Name != "Data" || got.Until != "Sits here until somebody answers “It runs on the moon”" || rows[0].Until != "" {
		t.Errorf("the seats: %+v", rows)
	}
	if v := b.view(seated(3)); v.canAnswerQuestions() {
		t.Error("a signer is led to the settings")
	}
	if v := b.view(review.Actor{Person: 9, Roles: []review.Role{review.RoleManager}}); !v.canAnswerQuestions() {
		t.Error("a manager is not led to the settings")
	}
	b.r.Project.Unanswered = nil
	if rows := b.view(seated(3)).seatRows(); rows[len(rows)-1].Until != "" {
		t.Errorf("answered: %+v", rows)
	}
}

func TestSeatRowsSayOnWhichContent(t *testing.T) {
	b := newTrial(t)
	b.r.Plan.Stages[0].Gate.Quorum = 2
	b.request(t)
	rows := b.view(seated(3)).seatRows()
	if len(rows) != 2 || rows[0].Person != "P3 or 7 others" || rows[0].State != ui.Wait || !rows[0].Mandatory {
		t.Fatalf("before any signature: %+v", rows)
	}
	if !strings.Contains(rows[1].Person, "nobody holds this seat") || rows[1].Mandatory {
		t.Errorf("a seat without holders: %+v", rows[1])
	}
	product := seated(3, plan.SeatProduct)
	in := review.NewSignOff{Seat: plan.SeatProduct, Decision: review.Go, Note: "Fine.", Digest: b.r.Digest(&b.r.Stages[0])}
	if err := b.r.SignOff(product, "idea", in, b.tick()); err != nil {
		t.Fatal(err)
	}
	rows = b.view(product).seatRows()
	if rows[0].State != ui.Met || rows[0].Word != "Approved, on this content" || rows[0].Note != "Fine." {
		t.Errorf("after the signature: %+v", rows[0])
	}
	b.answer(t, "Another note.")
	v := b.view(product)
	rows = v.seatRows()
	if len(rows) != 3 || rows[0].State != ui.Warn || rows[0].Word != "Approved, out of date" || rows[1].State != ui.Wait {
		t.Errorf("after a change: %+v", rows)
	}
	if s := v.signing(); s.stale == nil || s.signed != nil || !s.form() {
		t.Errorf("the signer is told %+v", s)
	}
	if v.since.word != "you signed" || v.itemGroups()[0].rows[0].changed.IsZero() {
		t.Error("the item that changed after my signature is not marked")
	}
	if other := b.view(seated(4)); other.since.word != "sign-off was requested" || other.itemGroups()[0].rows[0].changed.IsZero() {
		t.Errorf("somebody else compares with %q", other.since.word)
	}
}

func TestItemGroups(t *testing.T) {
	b := newTrial(t)
	if g := b.view(seated(3)).itemGroups(); len(g) != 1 || g[0].title != "Met" {
		t.Fatalf("groups: %+v", g)
	}
	if err := b.r.Answer(review.Actor{Person: 2}, "idea", "scope-set", review.NotApplicable, "No data at all.", 1, b.tick()); err != nil {
		t.Fatal(err)
	}
	if g := b.view(seated(3)).itemGroups(); g[0].title != "Missing" || g[0].rows[0].lacks == "" || g[0].rows[0].state != ui.Warn {
		t.Errorf("a must that waits for approval: %+v", g)
	}
	if err := b.r.ApproveNotApplicable(seated(3, plan.SeatProduct), "idea", "scope-set", 2, b.tick()); err != nil {
		t.Fatal(err)
	}
	if g := b.view(seated(3)).itemGroups(); g[0].title != "Not applicable" || g[0].rows[0].approval != "Approved by P3" {
		t.Errorf("an approved one: %+v", g)
	}
}

func TestBlockersLeadToWhereToAct(t *testing.T) {
	for _, c := range []struct {
		b    review.Blocker
		href string
	}{
		{review.Blocker{Kind: review.MustOpen, Stage: "s", Item: "i"}, "/projects/p/stages/s/items/i#answer"},
		{review.Blocker{Kind: review.NAUnapproved, Stage: "s", Item: "i"}, "/projects/p/stages/s/items/i#answer"},
		{review.Blocker{Kind: review.EvidenceExpired, Stage: "s", Item: "i"}, "/projects/p/stages/s/items/i#evidence"},
		{review.Blocker{Kind: review.FindingOpen, Stage: "s", Finding: 3}, "/projects/p/stages/s/gate#finding-3"},
		{review.Blocker{Kind: review.SeatMissing, Stage: "s", Seat: plan.SeatQA}, "/projects/p/stages/s/gate#seats"},
		{review.Blocker{Kind: review.ProjectNotActive, Stage: "s"}, "/projects/p/stages/s/gate#status"},
		{review.Blocker{Kind: review.ContentChanged, Stage: "s"}, "/projects/p/stages/s/gate#request"},
		{review.Blocker{Kind: review.EarlierGate, Stage: "s"}, "/projects/p#stages"},
	} {
		if got := page.BlockerHref("p", &c.b); got != c.href {
			t.Errorf("%s leads to %s, want %s", c.b.Kind, got, c.href)
		}
	}
	text := page.BlockerText(&review.Blocker{Subject: "Name the owner.\nAnd the budget.", What: "A reviewer's finding waits for the team's answer."})
	if text != "Name the owner: a reviewer's finding waits for the team's answer" {
		t.Errorf("the text is %q", text)
	}
}

func TestEnumerateAndCut(t *testing.T) {
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := page.Enumerate(words, "or"); got != want {
			t.Errorf("%v: %q, want %q", words, got, want)
		}
	}
	if got := page.Cut("äöü", 2); got != "äö…" {
		t.Errorf("cut in the middle: %q", got)
	}
}

// TestSeatRowsAfterAReturn: a round that ended asks nobody any more, and says
// who ended it.
func TestSeatRowsAfterAReturn(t *testing.T) {
	b := newTrial(t)
	if rows := b.view(seated(3)).seatRows(); rows[0].Word != "Not asked yet" {
		t.Errorf("before the first round: %+v", rows[0])
	}
	b.request(t)
	in := review.NewSignOff{Seat: plan.SeatProduct, Decision: review.Return, Note: "Too thin.", Findings: []string{"Name the owner."}, Digest: b.r.Digest(&b.r.Stages[0])}
	if err := b.r.SignOff(seated(3, plan.SeatProduct), "idea", in, b.tick()); err != nil {
		t.Fatal(err)
	}
	at := b.now
	rows := b.view(seated(3)).seatRows()
	if len(rows) != 2 || rows[0].Word != "Returned" || rows[0].Person != "P3" || rows[0].Note != "Too thin." || !rows[0].At.Equal(at) {
		t.Errorf("the seat that returned: %+v", rows[0])
	}
	if rows[1].Word != "Not signed" {
		t.Errorf("the seat that said nothing: %+v", rows[1])
	}
}

// TestSeatRowsAfterAPass: nobody is asked to sign a gate that stands passed.
func TestSeatRowsAfterAPass(t *testing.T) {
	b := newTrial(t)
	b.request(t)
	in := review.NewSignOff{Seat: plan.SeatProduct, Decision: review.Go, Digest: b.r.Digest(&b.r.Stages[0])}
	if err := b.r.SignOff(seated(3, plan.SeatProduct), "idea", in, b.tick()); err != nil {
		t.Fatal(err)
	}
	if rows := b.view(seated(3)).seatRows(); rows[0].Word != "Approved" || rows[1].Word != "Not signed" || rows[1].Person != "" {
		t.Errorf("after the pass: %+v", rows)
	}
}

func TestSeatThatNobodyCanFill(t *testing.T) {
	b := newTrial(t)
	b.request(t)
	v := b.view(seated(3))
	v.Holders[plan.SeatProduct] = SeatHolders{People: []review.PersonID{2}, Total: 1}
	clear(v.Able)
	for i, why := range []string{"P2 may not: separation of duties", "nobody holds this seat"} {
		if row := v.seatRows()[i]; row.Word != "Nobody can sign" || row.State != ui.Warn || !strings.Contains(row.Person, why) {
			t.Errorf("%s: %+v, want %q", row.Name, row, why)
		}
	}
}

// TestMissingSignaturesNameTheOpenSeats: on every page that lists blockers,
// whoever could fill the seats.
func TestMissingSignaturesNameTheOpenSeats(t *testing.T) {
	b := newTrial(t)
	b.r.Plan.Stages[0].Gate.Quorum = 2
	b.request(t)
	owners := map[string]string{}
	s := &b.r.Stages[0]
	for _, line := range page.BlockerLines(b.r, s, b.r.Blockers(s, b.tick()), b.view(seated(3)).Name) {
		owners[line.What] = line.Owner
	}
	if got := owners["Worth building: 0 of 2 signatures"]; got != "Product or QA seat" {
		t.Errorf("who has to act: %q in %v", got, owners)
	}
}

// TestChangesAreNet: what changed since a signature is the difference, not the
// way there.
func TestChangesAreNet(t *testing.T) {
	b := newTrial(t)
	b.r.Plan.Stages[0].Gate.Quorum = 2
	b.request(t)
	in := review.NewSignOff{Seat: plan.SeatProduct, Decision: review.Go, Digest: b.r.Digest(&b.r.Stages[0])}
	if err := b.r.SignOff(seated(3, plan.SeatProduct), "idea", in, b.tick()); err != nil {
		t.Fatal(err)
	}
	before := b.r.Stages[0].Items[0].Answer.Note
	tell := func() string {
		v := b.view(seated(3, plan.SeatProduct))
		var lines []string
		for _, c := range v.changes() {
			lines = append(lines, c.what+"|"+c.from+"|"+c.to+"|"+c.who)
		}
		return strings.Join(lines, "\n")
	}
	if got := tell(); got != "" {
		t.Errorf("before any change: %q", got)
	}
	for _, note := range []string{"One.", "Two.", "Three.", "Four."} {
		b.answer(t, note)
	}
	if got, want := tell(), "Scope is set: note changed|"+before+"|Four.|P2"; got != want {
		t.Errorf("after four edits: %q, want %q", got, want)
	}
	b.answer(t, before)
	if got, want := tell(), "Scope is set: said again as before|||P2"; got != want {
		t.Errorf("back as it was: %q, want %q", got, want)
	}
	link := review.NewEvidence{URL: "https://wiki.example/plan", Title: "Plan", Type: "doc", Effective: b.now.Format(review.DateLayout)}
	if err := b.r.AddEvidence(review.Actor{Person: 2}, "idea", "scope-set", link, b.tick()); err != nil {
		t.Fatal(err)
	}
	if got := tell(); !strings.Contains(got, "Scope is set: evidence linked||Plan|P2") {
		t.Errorf("a link: %q", got)
	}
	if err := b.r.RemoveEvidence(review.Actor{Person: 2}, "idea", "scope-set", len(b.r.Stages[0].Evidence), b.tick()); err != nil {
		t.Fatal(err)
	}
	if got := tell(); strings.Contains(got, "evidence") {
		t.Errorf("a link that came and went: %q", got)
	}
}

func TestSlotsCountSignatures(t *testing.T) {
	b := newTrial(t)
	b.r.Plan.Stages[0].Gate.Quorum = 2
	b.request(t)
	in := review.NewSignOff{Seat: plan.SeatProduct, Decision: review.Go, Digest: b.r.Digest(&b.r.Stages[0])}
	if err := b.r.SignOff(seated(3, plan.SeatProduct), "idea", in, b.tick()); err != nil {
		t.Fatal(err)
	}
	v := b.view(seated(4))
	if got := v.slots(); v.slotText() != "1 of 2 signatures" || len(got) != 2 || got[0] != (slot{"P", "P3, Product"}) || got[1] != (slot{}) {
		t.Errorf("%q: %+v", v.slotText(), got)
	}
	b.answer(t, "Another note.")
	if v := b.view(seated(4)); v.slotText() != "0 of 2 signatures" {
		t.Errorf("after a change: %q", v.slotText())
	}
	for name, want := range map[string]string{"Ana Lima": "AL", "Mononym": "M", "Ana de la Cruz": "AC", "見 積": "見積", "": ""} {
		if got := initials(name); got != want {
			t.Errorf("initials of %q: %q, want %q", name, got, want)
		}
	}
}

// TestEachBlockerStandsOnce: items that lack something are counted, and told
// where the items are.
func TestEachBlockerStandsOnce(t *testing.T) {
	b := newTrial(t)
	if err := b.r.Answer(review.Actor{Person: 2}, "idea", "scope-set", review.NotMet, "No.", 1, b.tick()); err != nil {
		t.Fatal(err)
	}
	v := b.view(seated(3))
	if got := v.obstacles(v.blockers()); len(got) != 1 || got[0].what != "1 item missing" || got[0].href != "#items" {
		t.Errorf("blockers: %+v", got)
	}
	row := v.itemGroups()[0].rows[0]
	if row.turn.who != "P1" || row.turn.since.IsZero() || row.lacks != "Required, not met." {
		t.Errorf("the item's row: %+v", row)
	}
}

// TestNothingIsChosenBeforehand: a decision is explicit, but who signs again
// finds what they chose.
func TestNothingIsChosenBeforehand(t *testing.T) {
	b := newTrial(t)
	b.r.Plan.Stages[0].Gate.Quorum = 2
	b.request(t)
	product := seated(3, plan.SeatProduct)
	chosen := func() (out []string) {
		v := b.view(product)
		for _, o := range v.decisionOptions(v.signing()) {
			if o.Selected {
				out = append(out, o.Value)
			}
		}
		return out
	}
	if got := chosen(); got != nil {
		t.Errorf("before any decision: %v", got)
	}
	in := review.NewSignOff{Seat: plan.SeatProduct, Decision: review.Go, Digest: b.r.Digest(&b.r.Stages[0])}
	if err := b.r.SignOff(product, "idea", in, b.tick()); err != nil {
		t.Fatal(err)
	}
	b.answer(t, "Another note.")
	if got := chosen(); len(got) != 1 || got[0] != "go" {
		t.Errorf("signing again: %v", got)
	}
}

// TestEarlierGatesSayWhatBecameOfThem: one that had passed is not said never to
// have.
func TestEarlierGatesSayWhatBecameOfThem(t *testing.T) {
	b := newTrial(t)
	r := *b.r
	r.Stages = []review.Stage{{Def: &plan.Stage{Name: "Design"}}, {Def: &plan.Stage{Name: "Build"}}, {Def: &plan.Stage{Name: "Test"}}, b.r.Stages[0]}
	r.Stages[0].Gate, r.Stages[1].Gate, r.Stages[2].Gate = review.GatePassed, review.GateLapsed, review.GateReturned
	v := b.view(seated(1))
	v.Review = &r
	if got, want := strings.Join(v.early(), ", "), "Build (passed once; lapsed), Test"; got != want {
		t.Errorf("early gates: %q, want %q", got, want)
	}
}
