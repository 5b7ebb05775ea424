package review_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"pgregory.net/rapid"
)

// planner does whatever people do to a project whose plan changes again and
// again, between versions of a lifecycle that have little in common.
type planner struct {
	t      *rapid.T
	r      *review.Review
	shelf  shelf
	now    time.Time
	n      int // makes what is said and linked unlike anything else
	people map[review.PersonID]review.Actor
	linked map[string]bool   // every link ever made
	waived map[string]bool   // every waiver ever asked for
	number map[string]string // what a number of a stage was ever given to
}

var planKeys = []plan.ItemKey{"it-0", "it-1", "it-2", "it-3", "it-4", "it-5"}

// randomVersion has some of the keys in some of the stages, and says of some of
// the others that they were what it has.
func randomVersion(t *rapid.T, n int) *plan.Lifecycle {
	l := &plan.Lifecycle{Key: "way", Version: n, Name: "The way", Order: plan.OrderFree, Flags: []plan.Question{{Key: "pii", Label: "P"}}}
	for _, k := range []plan.StageKey{"st-a", "st-b", "st-c"} {
		if dice(t, "stage", 4) > 0 {
			l.Stages = append(l.Stages, plan.Stage{Key: k, Name: "Stage " + string(k), Gate: plan.Gate{
				Name: "Gate", Quorum: 1, Seats: []plan.GateSeat{{Seat: plan.SeatEngineering}, {Seat: plan.SeatQA}}[:1+dice(t, "seats", 2)],
			}})
		}
	}
	if len(l.Stages) == 0 {
		l.Stages = []plan.Stage{{Key: "st-d", Name: "Stage d", Gate: plan.Gate{Name: "Gate", Quorum: 1, Seats: []plan.GateSeat{{Seat: plan.SeatEngineering}}}}}
	}
	for i, p := range plan.Phases() {
		s := &l.Stages[i%len(l.Stages)]
		s.Phases = append(s.Phases, p)
	}
	var rest []plan.ItemKey
	for _, k := range planKeys {
		if dice(t, "has", 3) == 0 {
			rest = append(rest, k)
			continue
		}
		s := &l.Stages[dice(t, "in", len(l.Stages))]
		level := []plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay}[dice(t, "level", 3)]
		it := plan.Item{
			Key: k, Title: string(k) + []string{"", " in other words"}[dice(t, "title", 2)], Levels: [3]plan.Level{level, level, level},
			Evidence: []plan.EvidenceKind{"doc"}, ValidDays: 90 * dice(t, "repeats", 2),
		}
		if k >= "it-4" || dice(t, "question", 4) == 0 {
			ask(&it, []string{"stop", "alarm && stop", "!slow"}[dice(t, "rule", 3)], plan.RiskNone, "alarm", plan.RiskMedium)
			it.Choices = it.Choices[:2+dice(t, "choices", 2)]
		}
		if dice(t, "by environment", 3) == 0 {
			it.Environments = plan.EnvironmentKinds()[dice(t, "kinds", 3):]
		}
		s.Items = append(s.Items, it)
	}
	for i := range l.Stages {
		if dice(t, "decides", 3) == 0 {
			l.Stages[i].Gate.Environments = []plan.EnvironmentKind{[]plan.EnvironmentKind{"staging", "production"}[dice(t, "on", 2)]}
		}
	}
	for _, k := range rest {
		s := &l.Stages[dice(t, "heir", len(l.Stages))]
		if len(s.Items) > 0 && dice(t, "was", 3) > 0 {
			it := &s.Items[dice(t, "heir", len(s.Items))]
			it.Was = append(it.Was, k)
		}
	}
	for i := range len(l.Stages) - 1 {
		if dice(t, "by exposure", 4) == 0 {
			l.Stages[i].Gate.From = review.ExposureLimited
		}
	}
	l.Index()
	return l
}

func newPlanner(t *rapid.T) *planner {
	k := &planner{t: t, now: base, linked: map[string]bool{}, waived: map[string]bool{}, number: map[string]string{}, people: map[review.PersonID]review.Actor{
		owner: {Person: owner}, member: {Person: member}, mate: {Person: mate}, manager: {Person: manager, Roles: []review.Role{review.RoleManager}},
		enya: {Person: enya, Seats: everywhere(plan.SeatEngineering)}, enzo: {Person: enzo, Seats: everywhere(plan.SeatEngineering)},
	}}
	for n := range 3 {
		k.shelf.lifecycles = append(k.shelf.lifecycles, randomVersion(t, n+1))
	}
	newer := &plan.Module{
		Kind: plan.KindModule, Key: "mod", Version: 2, Name: "Module",
		Flags: []plan.Question{{Key: "mod-on", Label: "It is on"}, {Key: "mod-off", Label: "It is off"}},
		Items: []plan.ModuleItem{moduleItem("operation", "mod-a", plan.LevelMust), moduleItem("build", "mod-c", plan.LevelMay)},
	}
	newer.Items[1].When = []plan.Flag{"mod-on", "pii"}
	newer.Items[1].Was = []plan.ItemKey{"mod-b"}
	newer.Items[0].Environments = []plan.EnvironmentKind{"production"}
	k.shelf.modules = []*plan.Module{{
		Kind: plan.KindModule, Key: "mod", Version: 1, Name: "Module",
		Flags: []plan.Question{{Key: "mod-on", Label: "It is on"}},
		Items: []plan.ModuleItem{moduleItem("design", "mod-a", plan.LevelMust), moduleItem("build", "mod-b", plan.LevelShould)},
	}, newer}
	k.shelf.definitions = terms()
	for n := range 2 {
		p := changes(n + 1)
		p.Requirements = []plan.Requirement{
			{Key: "one", Level: plan.LevelMust, Text: "One of two.", Items: []plan.ItemKey{"it-0", planKeys[3+n]}},
			{Key: "of-module", Level: plan.LevelMust, Text: "Of a module.", Items: []plan.ItemKey{"mod-b", "it-1"}[:2-n]},
		}
		k.shelf.policies = append(k.shelf.policies, p)
	}
	first := k.shelf.lifecycles[0]
	in := review.NewProject{Key: "payments-api", Name: "P", Team: "T", Tier: plan.TierStandard, Exposure: review.ExposurePilot, Owner: owner, Members: []review.PersonID{member, mate}}
	r, err := review.Create(k.people[manager], project, plan.Bare(first, version(first, 1)), in, k.tick())
	if err != nil {
		t.Fatal(err)
	}
	r.Plans, r.Named = k.shelf.plans, k.people
	k.r = r
	return k
}

func (k *planner) tick() time.Time {
	k.now = k.now.Add(time.Second)
	return k.now
}

func (k *planner) next(what string) string {
	k.n++
	return fmt.Sprintf("%s-%d", what, k.n)
}

// done demands that a command did something or was refused properly.
func (k *planner) done(err error) bool {
	k.t.Helper()
	if refusal(err) == "broken" {
		k.t.Fatalf("broken: %v", err)
	}
	return err == nil
}

// item chooses an item of the plan.
func (k *planner) item() (*review.Stage, *review.Item) {
	s := &k.r.Stages[dice(k.t, "stage", len(k.r.Stages))]
	if len(s.Items) == 0 {
		return s, nil
	}
	return s, &s.Items[dice(k.t, "item", len(s.Items))]
}

// work does something within the plan.
func (k *planner) work() {
	s, it := k.item()
	if it == nil {
		return
	}
	sk, ik := s.Def.Key, it.Def.Key
	switch dice(k.t, "work", 9) {
	case 0, 1:
		to := []review.State{review.Met, review.Met, review.NotMet, review.NotApplicable}[dice(k.t, "to", 4)]
		k.answer(sk, it, to)
	case 2, 3:
		url := "https://a.example/" + k.next("link")
		if k.done(k.r.AddEvidence(k.people[mate], sk, ik, review.NewEvidence{URL: url, Type: "doc"}, k.tick())) {
			k.linked[url] = true
		}
	case 4:
		if n := len(s.Evidence); n > 0 {
			e := s.Evidence[dice(k.t, "link", n)]
			k.done(k.r.RemoveEvidence(k.people[mate], sk, e.Item, e.No, k.tick()))
		}
	case 5:
		in := review.NewWaiver{Reason: k.next("waiver"), Risk: "x", Measure: "y", Until: "2026-06-01"}
		if k.done(k.r.RequestWaiver(k.people[member], sk, ik, in, k.tick())) {
			k.waived[in.Reason] = true
		}
		if n := len(s.Waivers); n > 0 && dice(k.t, "grant", 2) == 0 {
			w := &s.Waivers[dice(k.t, "waiver", n)]
			k.done(k.r.GrantWaiver(k.people[manager], sk, w.No, w.Digest(), "", k.tick()))
		}
	case 6:
		k.done(k.r.Assign(k.people[owner], sk, ik, []review.PersonID{0, mate, member}[dice(k.t, "whom", 3)], "", k.tick()))
	case 7:
		k.done(k.r.Discuss(k.people[member], sk, ik, k.next("text"), k.next("once"), k.tick()))
	case 8:
		f := k.r.Project.Fields()
		f.Exposure, f.Reason = []review.Exposure{review.ExposurePilot, review.ExposureGeneral}[dice(k.t, "exposure", 2)], k.next("open to")
		k.done(k.r.Edit(k.people[manager], f, k.tick()))
	}
}

// answer answers an item, or a question by choices that may come to something else.
func (k *planner) answer(sk plan.StageKey, it *review.Item, to review.State) {
	note := k.next("note")
	if !it.Def.IsQuestion() || to == review.NotApplicable {
		k.done(k.r.Answer(k.people[member], sk, it.Def.Key, to, note, it.Answer.Version, k.tick()))
		return
	}
	chosen := []plan.Chosen{"stop", "alarm stop", "alarm", "slow", plan.NoneOf}[dice(k.t, "choices", 5)]
	k.done(k.r.Choose(k.people[member], sk, it.Def.Key, chosen, &note, it.Answer.Version, k.tick()))
}

// pass brings a stage to its gate, as far as it gets.
func (k *planner) pass() {
	s := &k.r.Stages[dice(k.t, "pass", len(k.r.Stages))]
	for i := range s.Items {
		it := &s.Items[i]
		if it.Level != plan.LevelNone && (it.Answer.State != review.Met || it.Reattest) {
			k.answer(s.Def.Key, it, review.Met)
			url := "https://a.example/" + k.next("link")
			if k.done(k.r.AddEvidence(k.people[mate], s.Def.Key, it.Def.Key, review.NewEvidence{URL: url, Type: "doc"}, k.tick())) {
				k.linked[url] = true
			}
		}
	}
	if !k.done(k.r.Request(k.people[owner], s.Def.Key, k.r.Digest(s), "early", k.tick())) || dice(k.t, "leave open", 4) == 0 {
		return
	}
	k.r.Holders = map[review.PersonID][]review.SeatHeld{enya: k.people[enya].Seats}
	k.done(k.r.SignOff(k.people[enya], s.Def.Key, review.NewSignOff{Seat: plan.SeatEngineering, Decision: review.Go, Digest: k.r.Digest(s)}, k.tick()))
}

func (k *planner) upgrade() bool {
	l := k.shelf.lifecycles[dice(k.t, "version", len(k.shelf.lifecycles))]
	var modules []plan.Ref
	if len(k.r.Plan.Origin.Modules) > 0 {
		modules = append(modules, modRef(k.shelf.modules[dice(k.t, "module", 2)]))
	}
	to := plan.Origin{Lifecycle: version(l, l.Version), Modules: modules}
	if k.r.Plan.Origin.Definition.Version > 0 {
		to.Definition = defRef(1 + dice(k.t, "definition", 2))
	}
	n := len(k.r.Recorded())
	return k.done(k.r.Upgrade(k.people[manager], to, k.r.PlanDigest(), "newer", k.tick())) && len(k.r.Recorded()) > n
}

// undo takes the last upgrade back, which does what was shown before.
func (k *planner) undo() bool {
	was := items(k.r)
	then, err := k.r.PreviewUndo()
	if is := items(k.r); !slices.Equal(was, is) {
		k.t.Fatalf("looking at what undoing does changes\n%s\nto\n%s", strings.Join(was, "\n"), strings.Join(is, "\n"))
	}
	if !k.done(k.r.UndoUpgrade(k.people[owner], k.r.PlanDigest(), "back", k.tick())) {
		return false
	}
	if err != nil {
		k.t.Fatalf("undone, and shown was: %v", err)
	}
	if shown, is := items(then), items(k.r); !slices.Equal(shown, is) {
		k.t.Fatalf("undoing was shown as\n%s\nand is\n%s", strings.Join(shown, "\n"), strings.Join(is, "\n"))
	}
	return true
}

// items are what is asked and what is set aside, with the answers.
func items(r *review.Review) []string {
	out := []string{fmt.Sprint(r.Project.Profile, r.Project.Unanswered)}
	for _, s := range r.All() {
		for _, it := range s.Known() {
			_, asked := r.Plan.Find(it.Def.Key)
			out = append(out, fmt.Sprint(s.Def.Key, it.Def.Key, asked != nil, it.Level, it.Answer, it.Reattest, it.Was))
		}
	}
	return out
}

// thereAndBack upgrades and takes that back at once, which leaves nothing.
func (k *planner) thereAndBack() {
	before := k.replayed()
	before.Upgraded = nil
	if !k.upgrade() {
		return
	}
	k.kept("upgrading")
	if !k.undo() {
		k.t.Fatal("the upgrade cannot be undone at once")
	}
	for i := range before.Stages {
		was, is := before.Stages[i].LastRound(), k.r.Stages[i].LastRound()
		if was != nil && was.Outcome == review.OutcomeOpen && is.Outcome == review.OutcomeWithdrawn { // others had to sign, and it stays so
			*was, before.Stages[i].Gate = *is, k.r.Stages[i].Gate
		}
		if was == nil || is == nil || was.ChangedAt.IsZero() {
			continue
		}
		// A gate that stood again in between changed when that ended. One whose
		// content is what was signed, such as with a link that came and went since,
		// stands again after any change of the plan.
		if !is.ChangedAt.IsZero() || k.r.Stands(&k.r.Stages[i]) {
			was.ChangedAt, before.Stages[i].Gate = is.ChangedAt, k.r.Stages[i].Gate
		}
	}
	for i := range before.Former { // one that is not in the plan may have changed while it was
		if was := before.Former[i].LastRound(); was != nil {
			was.ChangedAt = k.r.Keeping(before.Former[i].Def.Key).LastRound().ChangedAt
		}
	}
	numbersOf(k.t, before, k.r)
	if d := review.Differences(before, k.r); len(d) > 0 {
		k.t.Fatalf("undoing does not bring back what was:\n%s", strings.Join(d, "\n"))
	}
	if was, is := digestsOf(before), digestsOf(k.r); !maps.Equal(was, is) {
		k.t.Fatalf("digests were %v, are %v", was, is)
	}
}

// replan changes the plan, in all ways that there are.
func (k *planner) replan() {
	_, it := k.item()
	switch dice(k.t, "replan", 20) {
	case 0, 1, 2:
		k.upgrade()
	case 3, 4:
		k.undo()
	case 5:
		k.thereAndBack()
	case 6:
		k.done(k.r.AttachModule(k.people[owner], modRef(k.shelf.modules[dice(k.t, "module", 2)]), k.r.PlanDigest(), "more", k.tick()))
	case 7:
		k.done(k.r.DetachModule(k.people[manager], "mod", k.r.PlanDigest(), "less", k.tick()))
	case 8:
		s := &k.r.Stages[dice(k.t, "own", len(k.r.Stages))]
		k.done(k.r.AddItem(k.people[owner], s.Def.Key, ownItem([]string{"Ours", "More of ours"}[dice(k.t, "title", 2)]), k.tick()))
	case 9:
		if it != nil {
			k.done(k.r.DropItem(k.people[owner], it.Def.Key, k.r.PlanDigest(), "no", k.tick()))
			k.done(k.r.RaiseLevel(k.people[owner], it.Def.Key, plan.LevelMust, k.r.PlanDigest(), "more", k.tick()))
		}
	case 11:
		k.profile()
	case 12:
		k.done(k.r.PinDefinition(k.people[manager], defRef(1+dice(k.t, "definition", 2)), k.r.PlanDigest(), "terms", k.tick()))
	case 13:
		k.done(k.r.AttachPolicy(k.people[owner], policyRef(k.shelf.policies[dice(k.t, "policy", 2)]), k.r.PlanDigest(), "audit", k.tick()))
	case 14:
		k.done(k.r.DetachPolicy(k.people[manager], "changes", k.r.PlanDigest(), "no audit", k.tick()))
	case 15, 16, 17:
		in := []review.NewEnvironment{{Name: "Stage", Key: "stage", Kind: "staging"}, {Name: "Frankfurt", Key: "fra", Kind: "production"}, {Name: "Berlin", Key: "ber", Kind: "production"}}[dice(k.t, "where", 3)]
		k.done(k.r.AddEnvironment(k.people[owner], in, k.r.PlanDigest(), "there too", k.tick()))
	case 18:
		where := []plan.EnvironmentKey{"stage", "fra", "ber"}[dice(k.t, "where", 3)]
		k.done(k.r.RemoveEnvironment(k.people[manager], where, k.r.PlanDigest(), "not there", k.tick()))
	case 19:
		k.renamed()
	case 10:
		if it != nil {
			to := []plan.Level{plan.LevelNone, plan.LevelMay}[dice(k.t, "lower", 2)]
			k.done(k.r.AskLowering(k.people[owner], it.Def.Key, to, k.r.PlanDigest(), "less", k.tick()))
		}
		for _, w := range slices.Clone(k.r.Wishes) {
			if dice(k.t, "decide", 2) == 0 {
				k.done(k.r.ApproveLowering(k.people[enzo], w.Item, w.Digest(), k.tick()))
			}
		}
	}
}

// renamed gives an environment another name, which changes nothing that was signed.
func (k *planner) renamed() {
	was, gates := digestsOf(k.r), []review.GateState{}
	for i := range k.r.Stages {
		gates = append(gates, k.r.Stages[i].Gate)
	}
	where := []plan.EnvironmentKey{"stage", "fra", "ber"}[dice(k.t, "where", 3)]
	if !k.done(k.r.RenameEnvironment(k.people[owner], where, k.next("Site"), k.r.PlanDigest(), "another name", k.tick())) {
		return
	}
	if is := digestsOf(k.r); !maps.Equal(was, is) {
		k.t.Fatalf("renaming changes what is signed: %v, %v", was, is)
	}
	for i := range k.r.Stages {
		if k.r.Stages[i].Gate != gates[i] {
			k.t.Fatalf("renaming changes the gate of %s from %d to %d", k.r.Stages[i].Def.Key, gates[i], k.r.Stages[i].Gate)
		}
	}
}

// profile answers one of the questions that the plan asks, or takes that back.
func (k *planner) profile() {
	f := k.r.Project.Fields()
	q := k.r.Plan.Flags[dice(k.t, "question", len(k.r.Plan.Flags))].Key
	is := func(other plan.Flag) bool { return other == q }
	f.Profile = slices.DeleteFunc(slices.Clone(f.Profile), is)
	f.Unanswered = slices.DeleteFunc(slices.Clone(f.Unanswered), is)
	switch dice(k.t, "answer", 3) {
	case 0:
		f.Profile = append(f.Profile, q)
	case 1:
		f.Unanswered = append(f.Unanswered, q)
	}
	f.Reason = "We looked again."
	k.done(k.r.Edit(k.people[manager], f, k.tick()))
	if k.r.Project.Retraction != nil {
		k.done(k.r.ApproveRetraction(k.people[enzo], k.r.RetractionDigest(), k.tick()))
	}
}

// kept checks that nothing is lost, doubled or out of place.
func (k *planner) kept(after string) {
	k.t.Helper()
	links, waivers := map[string]bool{}, map[string]bool{}
	items := map[plan.ItemKey]bool{}
	for _, stages := range [][]review.Stage{k.r.Stages, k.r.Former} {
		for i := range stages {
			s := &stages[i]
			for _, list := range [][]review.Item{s.Items, s.Aside} {
				for j := range list {
					key := list[j].Def.Key
					if items[key] {
						k.t.Fatalf("after %s: item %s is there twice", after, key)
					}
					items[key] = true
					k.founded(after, &list[j])
				}
			}
			last := 0
			for _, e := range s.Evidence {
				if links[string(e.URL)] || e.No <= last {
					k.t.Fatalf("after %s: in %s link %d, %s, comes twice or out of order", after, s.Def.Key, e.No, string(e.URL))
				}
				links[string(e.URL)], last = true, e.No
				k.numbered(after, s, "link", e.No, string(e.URL))
				k.placed(after, s, e.Item)
			}
			last = 0
			for _, w := range s.Waivers {
				if waivers[w.Reason] || w.No <= last {
					k.t.Fatalf("after %s: in %s waiver %d comes twice or out of order", after, s.Def.Key, w.No)
				}
				waivers[w.Reason], last = true, w.No
				k.numbered(after, s, "waiver", w.No, w.Reason)
				k.placed(after, s, w.Item)
			}
		}
	}
	if !maps.Equal(links, k.linked) || !maps.Equal(waivers, k.waived) {
		k.t.Fatalf("after %s: links %v of %v, waivers %v of %v", after, links, k.linked, waivers, k.waived)
	}
}

// founded checks that the answer to a question is what its rules make of the
// choices, or is to be said again.
func (k *planner) founded(after string, it *review.Item) {
	k.t.Helper()
	d, a := it.Def, it.Answer
	if _, asked := k.r.Plan.Find(d.Key); asked == nil || it.Reattest || a.State == review.Open || a.State == review.NotApplicable {
		return
	}
	if !d.IsQuestion() {
		if !a.Choices.IsZero() {
			k.t.Fatalf("after %s: statement %s was answered with choices %s", after, d.Key, string(a.Choices))
		}
		return
	}
	if out, err := d.Outcome(a.Choices); err != nil || out.Risk != a.Risk || (a.Risk == plan.RiskNone) != (a.State == review.Met) {
		k.t.Fatalf("after %s: item %s is %s with risk %s by choices %s, its rules say %s (%v)", after, d.Key, a.State, a.Risk, string(a.Choices), out.Risk, err)
	}
}

// numbered checks that a number of a stage is only ever given to one thing.
func (k *planner) numbered(after string, s *review.Stage, what string, no int, of string) {
	k.t.Helper()
	name := fmt.Sprint(what, " ", no, " of ", s.Def.Key)
	if was := k.number[name]; was != "" && was != of {
		k.t.Fatalf("after %s: %s is %s, and was %s", after, name, of, was)
	}
	k.number[name] = of
}

// placed checks that what is of an item which is asked is in its stage.
func (k *planner) placed(after string, s *review.Stage, item plan.ItemKey) {
	k.t.Helper()
	if _, in := k.r.Plan.Find(item); in != nil && in.Key != s.Def.Key {
		k.t.Fatalf("after %s: something of item %s is in %s, and the item in %s", after, item, s.Def.Key, in.Key)
	}
}

// said are all answers that there are, by their notes.
func (k *planner) said() []string {
	var out []string
	for _, stages := range [][]review.Stage{k.r.Stages, k.r.Former} {
		for i := range stages {
			for _, list := range [][]review.Item{stages[i].Items, stages[i].Aside} {
				for _, it := range list {
					if it.Answer.Version > 0 {
						out = append(out, it.Answer.Note)
					}
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// replayed is what the trail says, by way of the form in which it is stored.
func (k *planner) replayed() *review.Review {
	k.t.Helper()
	r, err := review.Replay(project, recode(k.t, k.r.Recorded()), k.shelf.plans)
	if err != nil {
		k.t.Fatalf("replaying: %v", err)
	}
	return r
}

// However often a plan changes, nothing that people said, linked or asked for is
// lost or doubled, an upgrade is undone without a trace, and the trail leads to
// the same.
func TestPlansThatChangeLoseNothing(t *testing.T) {
	for range 3 {
		rapid.Check(t, changePlans)
	}
}

func changePlans(t *rapid.T) {
	k := newPlanner(t)
	for range 5 + dice(t, "steps", 40) {
		switch dice(t, "step", 9) {
		case 0, 1, 2, 3:
			k.work()
			k.kept("work")
		case 4:
			k.pass()
			k.kept("passing")
		case 5:
			k.done(k.r.StartReview(k.people[owner], k.r.No, "again", k.tick()))
			k.kept("the next review")
		default:
			before := k.said()
			k.replan()
			k.kept("another plan")
			if after := k.said(); !slices.Equal(before, after) {
				t.Fatalf("answers were %v, are %v", before, after)
			}
		}
	}
	again := k.replayed()
	if d := review.Differences(again, k.r); len(d) > 0 {
		t.Fatalf("the trail says otherwise:\n%s", strings.Join(d, "\n"))
	}
	if was, is := digestsOf(again), digestsOf(k.r); !maps.Equal(was, is) {
		t.Fatalf("digests are %v by the trail, %v here", was, is)
	}
}
