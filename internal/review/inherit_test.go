package review_test

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// platformID is the number of the project in tests that offers answers.
const platformID review.ProjectID = 8

// offers are what a platform offers now.
func (w *world) offers() *review.Offering {
	o := w.r.Offers()
	o.From = platformID
	return &o
}

// platform is a project that offers what its items say.
func platform(t *testing.T, items ...plan.ItemKey) *world {
	t.Helper()
	w := newWorld(t)
	for _, sk := range []plan.StageKey{design, build, run} {
		w.fill(sk)
	}
	for _, k := range items {
		w.ok(w.r.OfferAnswer(w.actor(owner), w.stageOf(k), k, "all services of the till", w.tick()))
	}
	return w
}

func (w *world) stageOf(k plan.ItemKey) plan.StageKey {
	for i := range w.r.Stages {
		if w.r.Stages[i].Item(k) != nil {
			return w.r.Stages[i].Def.Key
		}
	}
	w.Fatalf("no item %s", k)
	return ""
}

func (w *world) item(k plan.ItemKey) *review.Item { return w.stage(w.stageOf(k)).Item(k) }

func (w *world) inherit(p review.PersonID, from *world, k plan.ItemKey) error {
	return w.r.InheritAnswer(w.actor(p), w.stageOf(k), k, platformID, from.offers().Answer(k), w.tick())
}

func (w *world) follow(from *world) {
	w.Helper()
	w.ok(w.r.FollowOffers(from.offers(), w.tick()))
}

// linked are the addresses of an item's evidence that is still there.
func (w *world) linked(k plan.ItemKey) (urls []string) {
	s := w.stage(w.stageOf(k))
	for i := range s.Evidence {
		if e := &s.Evidence[i]; e.Item == k && !e.Removed() {
			urls = append(urls, string(e.URL))
		}
	}
	return urls
}

// An answer that is taken over is met with the other project's evidence, and is
// held against whoever took it over when it comes to signing.
func TestInheritAnswer(t *testing.T) {
	from := platform(t, "adr")
	w := newWorld(t)
	w.leave(design, "naming", "2026-05-01")
	w.blocked(design, "must-open adr")
	w.ok(w.inherit(member, from, "adr"))

	it, e := w.item("adr"), w.stage(design).Evidence
	if it.Answer.State != review.Met || it.Answer.By != member || it.Inherited == nil || it.Inherited.From != platformID || it.Inherited.Lost != "" {
		t.Errorf("it is %+v of %+v", it.Answer, it.Inherited)
	}
	if len(e) != 1 || e[0].From != platformID || e[0].By != member || e[0].URL != "https://wiki.example.com/adr" {
		t.Errorf("the evidence is %+v", e)
	}
	w.blocked(design)
	if why := w.stage(design).Excluded(nil, member); why == "" {
		t.Error("whoever took the answer over may sign for it")
	}
	w.ok(w.silent(func() error { return w.inherit(mate, from, "adr") }))

	// It cannot be changed by hand, nor taken apart.
	w.refused(w.silent(func() error { return w.answer(member, design, "adr", review.NotMet, "") }), "refused")
	w.refused(w.silent(func() error { return w.r.RemoveEvidence(w.actor(member), design, "adr", 1, w.tick()) }), "refused")
	w.ok(w.link(mate, design, "adr", "https://wiki.example.com/ours", "doc")) // but there may be more
	w.ok(w.r.RemoveEvidence(w.actor(member), design, "adr", 2, w.tick()))

	w.ok(w.r.KeepInherited(w.actor(member), design, "adr", w.tick()))
	w.ok(w.silent(func() error { return w.r.KeepInherited(w.actor(member), design, "adr", w.tick()) }))
	if it := w.item("adr"); it.Inherited != nil || it.Answer.State != review.Met || len(w.linked("adr")) != 1 {
		t.Errorf("kept, it is %+v", it)
	}
	w.ok(w.answer(member, design, "adr", review.NotMet, "")) // it is the project's own now
	from.ok(from.r.WithdrawOffer(from.actor(owner), design, "adr", from.tick()))
	w.ok(w.silent(func() error { return w.r.FollowOffers(from.offers(), w.tick()) }))
	w.replays()
}

// What is taken over follows the other project: its note and evidence, and that it
// no longer holds. The gate that leaned on it then has to be signed again.
func TestInheritedAnswersFollow(t *testing.T) {
	from := platform(t, "adr", "tests")
	from.refused(from.r.OfferAnswer(from.actor(owner), design, "naming", "all", from.tick()), "refused") // without evidence
	from.ok(from.link(mate, design, "naming", "https://wiki.example.com/naming", "doc"))
	w := newWorld(t)
	w.ok(w.inherit(member, from, "adr"))
	w.ok(w.inherit(member, from, "tests"))
	w.fill(design, "adr")
	w.ok(w.request(owner, design))
	w.signAll(design)
	w.ok(w.silent(func() error { return w.r.FollowOffers(from.offers(), w.tick()) }))

	from.ok(from.answer(member, design, "adr", review.NotMet, "the decisions got lost"))
	w.follow(from)
	if it := w.item("adr"); it.Answer.State != review.Open || it.Answer.By != member || it.Inherited.Lost != review.LostUnmet || len(w.linked("adr")) != 0 {
		t.Errorf("lost, it is %+v of %+v with %v", it.Answer, it.Inherited, w.linked("adr"))
	}
	w.gate(design, review.GateChanged)
	w.ok(w.silent(func() error { return w.r.FollowOffers(from.offers(), w.tick()) }))

	from.ok(from.answer(member, design, "adr", review.Met, "found again"))
	w.follow(from)
	if it := w.item("adr"); it.Answer.State != review.Met || it.Answer.Note != "found again" || it.Inherited.Lost != "" || len(w.linked("adr")) != 1 {
		t.Errorf("found again, it is %+v of %+v with %v", it.Answer, it.Inherited, w.linked("adr"))
	}
	w.gate(design, review.GateChanged) // what was signed is not what there is
	last := w.r.Recorded()[len(w.r.Recorded())-1]
	if last.Actor != review.System {
		t.Errorf("the trail says that %d did it", last.Actor)
	}

	// Other evidence there is other evidence here.
	from.ok(from.link(mate, build, "tests", newer, "ci-run"))
	w.follow(from)
	if got := w.linked("tests"); len(got) != 2 {
		t.Errorf("the evidence is %v", got)
	}
	from.ok(from.r.RemoveEvidence(from.actor(member), build, "tests", 1, from.tick()))
	w.follow(from)
	if got := w.linked("tests"); len(got) != 1 || got[0] != newer {
		t.Errorf("the evidence is %v", got)
	}

	// Once lost, an answer of one's own takes its place.
	from.ok(from.r.WithdrawOffer(from.actor(owner), build, "tests", from.tick()))
	w.follow(from)
	if it := w.item("tests"); it.Inherited.Lost != review.LostWithdrawn {
		t.Errorf("withdrawn, it is %+v", it.Inherited)
	}
	w.ok(w.answer(mate, build, "tests", review.Met, "we run our own"))
	if it := w.item("tests"); it.Inherited != nil || it.Answer.By != mate {
		t.Errorf("answered here, it is %+v of %+v", it.Answer, it.Inherited)
	}
	w.replays()
	from.replays()
}

// Evidence that came from elsewhere expires here when it does there, and no later
// than the item allows; what is added there after the gate has passed renews here.
func TestInheritedEvidenceExpires(t *testing.T) {
	from := platform(t, "tests")
	w := newWorld(t)
	w.ok(w.inherit(member, from, "tests"))
	w.fill(build, "tests")
	w.ok(w.request(owner, build))
	w.signAll(build)
	w.now = expiry(w, build).Add(-day)
	from.now = w.now
	w.gate(build, review.GatePassed)
	from.ok(from.link(mate, build, "tests", newer, "ci-run"))
	w.follow(from)
	w.gate(build, review.GatePassed)
	if got := w.renewed(build); len(got) != 1 {
		t.Errorf("renewed by %v", got)
	}
	w.now = w.now.Add(2 * day)
	w.gate(build, review.GatePassed)
	w.now = w.now.Add(100 * day)
	w.gate(build, review.GateLapsed)
	w.replays()

	old := from.offers().Answer("tests")
	old.Links[0].Expires = "2028-01-01"
	late := newWorld(t)
	late.ok(late.r.InheritAnswer(late.actor(member), build, "tests", platformID, old, late.tick()))
	if got := late.stage(build).Evidence[0].Expires.Sub(late.stage(build).Evidence[0].Effective); got != 90*day {
		t.Errorf("it is good for %v", got)
	}
}

func TestWhatCannotBeOfferedOrInherited(t *testing.T) {
	from := platform(t, "adr")
	w := newWorld(t)
	w.refused(w.silent(func() error { return w.r.OfferAnswer(w.actor(owner), design, "adr", "all", w.tick()) }), "refused") // not met
	from.refused(from.r.OfferAnswer(from.actor(owner), design, "naming", "", from.tick()), "invalid")
	from.refused(from.r.OfferAnswer(from.actor(member), design, "adr", "all", from.tick()), "denied")
	from.refused(from.r.OfferAnswer(from.actor(nobody), design, "adr", "all", from.tick()), "not found")
	from.refused(from.r.WithdrawOffer(from.actor(member), design, "adr", from.tick()), "denied")
	from.ok(from.silent(func() error {
		return from.r.OfferAnswer(from.actor(deputy), design, "adr", "all services of the till", from.tick())
	}))
	from.ok(from.silent(func() error { return from.r.WithdrawOffer(from.actor(owner), build, "tests", from.tick()) }))

	w.refused(w.silent(func() error { return w.inherit(viewer, from, "adr") }), "denied")
	w.refused(w.silent(func() error { return w.inherit(member, from, "tests") }), "refused") // not offered
	own := from.offers().Answer("adr")
	w.refused(w.silent(func() error {
		return w.r.InheritAnswer(w.actor(member), design, "adr", project, own, w.tick())
	}), "refused")
	strange := own
	strange.Links = []review.OfferedLink{{URL: "https://a.example", Title: "T", Type: "horoscope", Effective: "2026-03-01"}}
	w.refused(w.silent(func() error {
		return w.r.InheritAnswer(w.actor(member), design, "adr", platformID, strange, w.tick())
	}), "refused")
	w.refused(w.silent(func() error { return from.inherit(member, from, "adr") }), "refused") // it offers that itself

	// Nobody offers on what they took over: two projects would hold each other up.
	w.ok(w.inherit(member, from, "adr"))
	w.refused(w.silent(func() error { return w.r.OfferAnswer(w.actor(owner), design, "adr", "all", w.tick()) }), "refused")

	// A project that is stopped offers nothing, and one that is changes all the same.
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusStopped, "no money", w.tick()))
	w.refused(w.silent(func() error { return w.r.KeepInherited(w.actor(member), design, "adr", w.tick()) }), "refused")
	from.ok(from.r.SetStatus(from.actor(owner), "", review.StatusStopped, "no money", from.tick()))
	w.follow(from)
	if it := w.item("adr"); it.Inherited.Lost != review.LostStopped || it.Answer.State != review.Open {
		t.Errorf("stopped, it is %+v of %+v", it.Answer, it.Inherited)
	}
	w.replays()
}

// What is taken over and offered goes on into the next review and with a change of
// the plan; an item that is asked by another name there is found by its old one.
func TestInheritedAnswersCarryOver(t *testing.T) {
	from := platform(t, "adr", "tests")
	w := newWorld(t)
	for _, sk := range []plan.StageKey{design, build, run} {
		w.fill(sk)
	}
	w.ok(w.inherit(member, from, "adr"))
	w.ok(w.inherit(member, from, "tests"))
	for _, sk := range []plan.StageKey{design, build, run} {
		w.ok(w.request(owner, sk))
		w.signAll(sk)
	}
	w.ok(w.r.StartReview(w.actor(owner), w.r.No, "a year has passed", w.tick()))
	if it := w.item("tests"); it.Inherited == nil || !it.Reattest {
		t.Errorf("in the next review it is %+v", it)
	}
	w.ok(w.answer(member, build, "tests", review.Met, "")) // said again
	if it := w.item("tests"); it.Inherited == nil || it.Reattest {
		t.Errorf("said again, it is %+v", it)
	}
	o := from.offers()
	o.Answers[0].Item, o.Answers[0].Was = "decisions", []plan.ItemKey{"adr"}
	o.Answers[0].Note = "said anew"
	w.ok(w.r.FollowOffers(o, w.tick()))
	if it := w.item("adr"); it.Answer.Note != "said anew" || it.Inherited.Of != "decisions" {
		t.Errorf("it is %+v of %+v", it.Answer, it.Inherited)
	}
	w.replays()
}

// What another project offers counts where it is of a kind that the item demands and has
// not expired; of an item that is not required, whatever it is.
func TestWhatAnOfferLacks(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	must := review.Item{Def: &plan.Item{Evidence: []plan.EvidenceKind{"ci-run", "test-report"}}, Level: plan.LevelMust}
	should, undemanding := must, must
	should.Level, undemanding.Def = plan.LevelShould, &plan.Item{}
	for _, c := range []struct {
		it    review.Item
		links []review.OfferedLink
		want  review.BlockerKind
	}{
		{must, []review.OfferedLink{{Type: "doc"}, {Type: "test-report"}}, ""},
		{must, []review.OfferedLink{{Type: "doc"}}, review.EvidenceMissing},
		{must, []review.OfferedLink{{Type: "ci-run", Expires: "2026-03-09"}}, review.EvidenceExpired},
		{must, []review.OfferedLink{{Type: "ci-run", Expires: "2026-03-10"}}, ""},
		{should, []review.OfferedLink{{Type: "doc"}}, ""},
		{undemanding, []review.OfferedLink{{Type: "doc"}}, ""},
	} {
		if got := c.it.LacksOffered(c.links, now); got != c.want {
			t.Errorf("%v of a %s item lacks %q, want %q", c.links, c.it.Level, got, c.want)
		}
	}
}
