package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// What the form of the plan's page does.
const (
	PlanAttach  = "attach"
	PlanDetach  = "detach"
	PlanDefine  = "define"
	PlanUpgrade = "upgrade"
	PlanUndo    = "undo"

	PlanPolicyAttach = "policy" // also of a newer version
	PlanPolicyDetach = "detach-policy"

	PlanEnvironments = "environments" // on a page of their own
)

// PlanData is the page of a project's plan.
type PlanData struct {
	Review   *review.Review
	Actor    review.Actor
	Now      time.Time
	Names    Names
	Titles   map[plan.ItemKey]string // also of items that are no longer asked
	Attached []PlanModule
	Offered  []PlanModule // those that the profile proposes first
	Policies []PlanPolicy // that could be attached
	Newest   []plan.Ref   // of each document that is not retired
	// Definitions are the newest versions of readiness definitions that can be pinned.
	Definitions []PlanDefinition
	Pinned      *review.Entry  // that pinned the present one; nil where that is not known
	Do          string         // what is looked at before it is done; empty: nothing
	Key         string         // of the module that it is about
	Then        *review.Review // nil where that cannot be told
	Why         string         // it cannot be done; empty: it can
	Form        PlanForm
}

// PlanForm is what was typed into a form that was refused.
type PlanForm struct {
	Reason  string
	Errors  map[string]string
	Problem string
}

// PlanModule is a module that the plan has or could have.
type PlanModule struct {
	Ref      plan.Ref
	Module   *plan.Module
	Proposed string        // by which answer it is proposed; empty: it is not
	Since    *review.Entry // that attached it; nil where that is not known
}

// MayPlan reports whether the person may change the plan.
func (d *PlanData) MayPlan() bool { return mayPlan(d.Actor, &d.Review.Project) }

func mayPlan(who review.Actor, p *review.Project) bool {
	return review.May(who, review.ChangePlan, p) == nil && p.Status != review.StatusStopped
}

// mayDo reports whether the person may do what is looked at: a plan that asks less
// takes more than changing it.
func (d *PlanData) mayDo() bool {
	return !d.asksLess() && !d.dropsPolicy() || review.May(d.Actor, review.DropSeat, &d.Review.Project) == nil
}

func (d *PlanData) asksLess() bool {
	other := d.Do == PlanDefine && d.Review.Plan.Origin.Definition.Key != d.Key
	return (other || d.Do == PlanDetach) && d.Review.AsksLess(d.Then)
}

func (d *PlanData) key() review.ProjectKey { return d.Review.Project.Key }

func (d *PlanData) reason() ui.Field {
	return ui.Field{
		Name: "reason", Label: "Why", Hint: "People who come later read it in the history.", Value: d.Form.Reason, Error: d.Form.Errors["reason"],
	}
}

// name is what the module or the policy is called that a change is about.
func (d *PlanData) name() string {
	for _, r := range []*review.Review{d.Then, d.Review} {
		if r != nil && r.Policy(d.Key) != nil {
			return r.Policy(d.Key).Name
		}
	}
	if d.aboutPolicy() {
		return "the policy"
	}
	for _, m := range slices.Concat(d.Attached, d.Offered) {
		if m.Ref.Key == d.Key {
			return m.Module.Name
		}
	}
	for _, def := range d.Definitions {
		if def.Ref.Key == d.Key {
			return "“" + def.Definition.Name + "”, version " + strconv.Itoa(def.Ref.Version)
		}
	}
	return "the module"
}

// title says what is looked at.
func (d *PlanData) title() string {
	switch d.Do {
	case PlanAttach:
		return "Attach " + d.name()
	case PlanPolicyAttach:
		if p := d.Review.Policy(d.Key); p != nil {
			return "Update " + p.Name
		}
		return "Attach " + d.name()
	case PlanDetach, PlanPolicyDetach:
		return "Detach " + d.name()
	case PlanDefine:
		return "Pin " + d.name()
	case PlanUndo:
		return "Undo the upgrade"
	}
	return "Upgrade to the newest versions"
}

func (d *PlanData) button() string {
	if d.Do == PlanPolicyAttach && d.Review.Policy(d.Key) != nil {
		return "Update"
	}
	return map[string]string{
		PlanAttach: "Attach", PlanDetach: "Detach", PlanPolicyAttach: "Attach", PlanPolicyDetach: "Detach", PlanDefine: "Pin this version",
		PlanUndo: "Undo the upgrade", PlanUpgrade: "Upgrade",
	}[d.Do]
}

// PlanChangeURL is where a change of a plan is looked at before it is made.
func PlanChangeURL(p review.ProjectKey, do, key string) string {
	return PlanURL(p) + "?" + do + "=" + key
}

// NewerVersions says which documents of a plan have a newer version, a line each.
func NewerVersions(p *plan.Plan, newest []plan.Ref) []string {
	var out []string
	note := func(name string, has plan.Ref) {
		for _, ref := range newest {
			if ref.Key == has.Key && ref.Version > has.Version {
				out = append(out, name+" has a newer version, "+strconv.Itoa(ref.Version)+".")
			}
		}
	}
	note(p.Base.Name, p.Ref())
	for i, ref := range p.Origin.Modules {
		note(p.Modules[i].Name, ref)
	}
	if p.Definition != nil {
		note(p.Definition.Name, p.Origin.Definition)
	}
	return out
}

// PlanEffect is what would be different in a stage.
type PlanEffect struct {
	Stage string
	Lines []string
	Added []string // items, with what they weigh
	Gone  []string
	Moved []string // between gates, or asked for an environment by themselves
}

// effects says what would be different in each stage that a change touches.
func (d *PlanData) effects() []PlanEffect {
	var out []PlanEffect
	moved := d.relocations()
	for i := range d.Then.Stages {
		to := &d.Then.Stages[i]
		e := PlanEffect{Stage: to.Def.Name}
		from := d.Review.Stage(to.Def.Key)
		if from == nil {
			e.Lines = append(e.Lines, "The stage is new, with "+CountOf(applicable(to), "item")+" that apply.")
		} else {
			if d.Do == PlanAttach || d.Do == PlanDetach || d.Do == PlanEnvironments {
				e.moves(to, moved)
				e.items(from, to, moved)
			}
			e.Lines = append(e.Lines, d.gateEffects(from, to)...)
			if d.Do == PlanAttach {
				if already := d.seated(from, to); already != "" {
					e.Lines = append(e.Lines, already)
				}
			}
		}
		if len(e.Lines) > 0 {
			out = append(out, e)
		}
	}
	for i := range d.Review.Stages {
		if s := &d.Review.Stages[i]; d.Then.Stage(s.Def.Key) == nil {
			gone := []string{"The stage is no longer there. What was said in it is set aside."}
			out = append(out, PlanEffect{Stage: s.Def.Name, Lines: gone})
		}
	}
	return out
}

// gateEffects says what a change does to the gate of a stage and to the
// signatures that it has.
func (d *PlanData) gateEffects(from, to *review.Stage) []string {
	var lines []string
	switch needed := d.Then.Needed(to); {
	case d.Review.Needed(from) && !needed:
		lines = append(lines, review.NotNeeded(d.Review.Project.Exposure)+" The stage is passed over from then on.")
	case !d.Review.Needed(from) && needed:
		lines = append(lines, "The gate is needed for "+d.Review.Project.Exposure.Words()+" from then on.")
	case !needed:
		return nil
	}
	p, then := &d.Review.Project, &d.Then.Project
	policy := policyLine(from.Def.Gate.Policy(p.Tier, p.Profile), to.Def.Gate.Policy(p.Tier, then.Profile))
	if d.Then.Needed(to) {
		if policy != "" {
			lines = append(lines, policy)
		}
		for _, demand := range gateDemands(&from.Def.Gate, &to.Def.Gate) {
			lines = append(lines, "The gate "+demand+".")
		}
	}
	if from.OpenRound() != nil && !d.Then.Needed(to) {
		return append(lines, "The open request for sign-off is withdrawn.")
	}
	changed := d.Review.Digest(from) != d.Then.Digest(to)
	last := from.LastRound()
	switch {
	case from.OpenRound() != nil && policy != "":
		lines = append(lines, "The open request for sign-off is withdrawn, because other people have to sign.")
	case from.OpenRound() != nil && changed:
		lines = append(lines, "The open request for sign-off goes on, and what was signed in it so far is out of date.")
	case d.outdates(from, to):
		lines = append(lines, "This gate has passed. Its signatures go out of date, and it has to be signed again.")
	case last != nil && last.Outcome.Passes() && !last.ChangedAt.IsZero() && d.Then.Stands(to):
		lines = append(lines, "The signatures of this gate hold again.")
	}
	return lines
}

// outdates reports whether a change takes away that a gate has passed and stands so.
func (d *PlanData) outdates(from, to *review.Stage) bool {
	last := from.LastRound()
	return last != nil && last.Outcome.Passes() && last.ChangedAt.IsZero() && d.Review.Digest(from) != d.Then.Digest(to)
}

func applicable(s *review.Stage) int {
	n := 0
	for i := range s.Items {
		if applies(&s.Items[i]) {
			n++
		}
	}
	return n
}

// items says which items a stage gains and loses, without those that only move.
func (e *PlanEffect) items(from, to *review.Stage, moved []relocation) {
	moves := func(it *review.Item) bool {
		return slices.ContainsFunc(moved, func(m relocation) bool { return m.was.Def.Key == it.Def.Key || m.is.Def.Key == it.Def.Key })
	}
	joins, goes := map[plan.Level]int{}, map[plan.Level]int{}
	for i := range to.Items {
		if it := &to.Items[i]; applies(it) && !applies(from.Item(it.Def.Key)) && !moves(it) {
			e.Added = append(e.Added, it.Def.Title+" ("+weight(it.Level)+")")
			joins[it.Level]++
		}
	}
	for i := range from.Items {
		if it := &from.Items[i]; applies(it) && !applies(to.Item(it.Def.Key)) && !moves(it) {
			e.Gone = append(e.Gone, it.Def.Title+" ("+weight(it.Level)+")")
			goes[it.Level]++
		}
	}
	if len(e.Added) > 0 {
		e.Lines = append(e.Lines, "New: "+byLevel(joins)+".")
	}
	if len(e.Gone) > 0 {
		e.Lines = append(e.Lines, "No longer asked: "+byLevel(goes)+".")
	}
}

// byLevel says how many items of each level there are, such as "1 required and 2
// optional items".
func byLevel(n map[plan.Level]int) string {
	var parts []string
	noun := "items"
	for _, l := range []plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay} {
		if n[l] > 0 {
			parts = append(parts, strconv.Itoa(n[l])+" "+weight(l))
			if noun = "items"; n[l] == 1 {
				noun = "item"
			}
		}
	}
	return Enumerate(parts, "and") + " " + noun
}

// policyLine says how a gate asks for other signatures; empty when it does not.
func policyLine(a, b plan.Policy) string {
	without := func(seats, others []plan.Seat) []plan.Seat {
		return slices.DeleteFunc(slices.Clone(seats), func(s plan.Seat) bool { return slices.Contains(others, s) })
	}
	var parts []string
	say := func(seats []plan.Seat, one, several string) {
		switch len(seats) {
		case 0:
		case 1:
			parts = append(parts, "the "+SeatWords(seats, "and")+" seat "+one)
		default:
			parts = append(parts, "the "+SeatWords(seats, "and")+" seats "+several)
		}
	}
	say(without(b.Seats, a.Seats), "joins", "join")
	say(without(a.Seats, b.Seats), "leaves", "leave")
	say(without(b.Mandatory, a.Mandatory), "has to sign", "have to sign")
	var optional []plan.Seat
	for _, s := range without(a.Mandatory, b.Mandatory) {
		if slices.Contains(b.Seats, s) {
			optional = append(optional, s)
		}
	}
	say(optional, "no longer has to sign", "no longer have to sign")
	if a.Quorum != b.Quorum {
		parts = append(parts, CountOf(b.Quorum, "signature")+" instead of "+strconv.Itoa(a.Quorum))
	}
	if len(parts) == 0 {
		return ""
	}
	return "At the gate: " + Enumerate(parts, "and") + "."
}

// answers counts what becomes of the answers that there are.
func (d *PlanData) answers() (kept, again, aside int) {
	before := answersAside(d.Review)
	for i := range d.Then.Stages {
		for j := range d.Then.Stages[i].Items {
			switch it := &d.Then.Stages[i].Items[j]; {
			case it.Answer.State == review.Open:
			case it.Reattest && d.replaces() && !d.awaits(it.Def.Key):
				again++
			default:
				kept++
			}
		}
	}
	for k := range answersAside(d.Then) {
		if !before[k] {
			aside++
		}
	}
	return kept, again, aside
}

// awaits reports whether an answer is to be confirmed already, whatever becomes of the
// environments.
func (d *PlanData) awaits(k plan.ItemKey) bool {
	if d.Do != PlanEnvironments {
		return false
	}
	_, s := d.Review.Plan.Find(k)
	return s != nil && d.Review.Stage(s.Key).Item(k).Reattest
}

func (d *PlanData) fates() []ui.Fact {
	kept, again, aside := d.answers()
	facts := []ui.Fact{{Term: "Answers kept", Text: strconv.Itoa(kept)}}
	if d.replaces() {
		facts = append(facts, ui.Fact{Term: "To confirm again", Text: strconv.Itoa(again)})
	}
	facts = append(facts, ui.Fact{Term: "Set aside", Text: strconv.Itoa(aside)})
	if d.Do == PlanUndo {
		facts = append(facts, ui.Fact{Term: "Given since the upgrade", Text: d.sinceUpgrade()})
	}
	return facts
}

// replaces reports whether other versions take the place of those that the plan has.
func (d *PlanData) replaces() bool {
	return d.Do == PlanUpgrade || d.Do == PlanUndo || d.Do == PlanEnvironments
}

// sinceUpgrade says what becomes of the answers that were given since the upgrade that is
// to be undone.
func (d *PlanData) sinceUpgrade() string {
	all, aside := 0, 0
	for _, s := range d.Then.All() {
		for _, it := range s.Known() {
			if it.Answer.State == review.Open || !it.Answer.At.After(d.Review.Upgraded.At) {
				continue
			}
			all++
			if _, asked := d.Then.Plan.Find(it.Def.Key); asked == nil {
				aside++
			}
		}
	}
	switch {
	case all == 0:
		return "none"
	case aside == 0:
		return CountOf(all, "answer") + ", kept"
	}
	return CountOf(all, "answer") + ", " + strconv.Itoa(aside) + " of them set aside"
}

func answersAside(r *review.Review) map[plan.ItemKey]bool {
	out := map[plan.ItemKey]bool{}
	for _, s := range r.All() {
		for i := range s.Aside {
			if it := &s.Aside[i]; it.Answer.State != review.Open {
				out[it.Def.Key] = true
			}
		}
	}
	return out
}

// PlanItemChange is an item that would not be what it is.
type PlanItemChange struct {
	Stage, Title string
	Was          string // what was different; empty: nothing to say
	Answer       string // what becomes of its answer; empty: there is none
}

// itemChanges are what an upgrade changes in items that apply to the project, by
// kind.
func (d *PlanData) itemChanges() map[plan.Fate][]PlanItemChange {
	out := map[plan.Fate][]PlanItemChange{}
	difference := plan.Compare(&d.Review.Plan.Lifecycle, &d.Then.Plan.Lifecycle)
	for i := range difference.Items {
		c := &difference.Items[i]
		var before, after *review.Item
		if s := stageOf(d.Review, c.From); s != nil && c.Old != nil {
			before = s.Item(c.Old.Key)
		}
		if s := stageOf(d.Then, c.To); s != nil && c.New != nil {
			after = s.Item(c.New.Key)
		}
		if !applies(before) && !applies(after) {
			continue
		}
		change := PlanItemChange{Was: differs(c), Answer: d.answerFate(c, before, after)}
		if c.Fate == plan.Merged || c.New == nil {
			change.Title, change.Stage = c.Old.Title, c.From.Name
		} else {
			change.Title, change.Stage = c.New.Title, c.To.Name
		}
		out[c.Fate] = append(out[c.Fate], change)
	}
	return out
}

func stageOf(r *review.Review, s *plan.Stage) *review.Stage {
	if s == nil {
		return nil
	}
	return r.Stage(s.Key)
}

func applies(it *review.Item) bool { return it != nil && it.Level != plan.LevelNone }

// answerFate says what becomes of the answer to an item.
func (d *PlanData) answerFate(c *plan.ItemChange, before, after *review.Item) string {
	gone := c.Fate == plan.Removed || c.Fate == plan.Merged && (after == nil || after.Was != c.Old.Key)
	switch {
	case gone && before != nil && before.Answer.State != review.Open:
		return "answer set aside"
	case gone || after == nil || after.Answer.State == review.Open:
		return ""
	case after.Reattest:
		return "answer to confirm again"
	}
	return "answer kept"
}

// questions are those about the project that a change adds.
func (d *PlanData) questions() []string {
	var out []string
	for _, q := range d.Then.Plan.Flags {
		if !d.Review.Plan.HasFlag(q.Key) {
			out = append(out, q.Label)
		}
	}
	return out
}

// PlanAside is an item that the plan no longer asks, with what was said of it.
type PlanAside struct {
	Title, Said, Note string
	Evidence          []review.Evidence
}

// aside are the items that the plan no longer asks.
func (d *PlanData) aside() []PlanAside {
	var out []PlanAside
	for _, s := range d.Review.All() {
		for i := range s.Aside {
			it := &s.Aside[i]
			a := PlanAside{Title: d.titleOf(it.Def.Key), Said: AnswerWord(&it.Answer), Note: it.Answer.Note}
			if it.Answer.By != 0 {
				a.Said += ", " + d.Names(it.Answer.By) + ", " + it.Answer.At.Format("2 Jan 2006")
			}
			for k := range s.Evidence {
				if e := &s.Evidence[k]; e.Item == it.Def.Key && !e.Removed() {
					a.Evidence = append(a.Evidence, *e)
				}
			}
			out = append(out, a)
		}
	}
	return out
}

func (d *PlanData) titleOf(k plan.ItemKey) string {
	if title := d.Titles[k]; title != "" {
		return title
	}
	if e := d.Review.Plan.Origin.Environment(k.Environment()); e != nil && d.Titles[k.Bare()] != "" {
		return d.Titles[k.Bare()] + " (" + e.Name + ")"
	}
	return string(k)
}

// undoWhy says why the last upgrade cannot be undone; empty when it can.
func (d *PlanData) undoWhy() string {
	if err := d.Review.CanUndo(); err != nil {
		return err.Error()
	}
	return ""
}

// PlanTailored is something that the project made of an item.
type PlanTailored struct{ Title, Href, Detail string }

// PlanTailoring is what the project changed in one way.
type PlanTailoring struct {
	Term  string
	Items []PlanTailored
}

// tailoring are what the project made of its plan itself, and what waits.
func (d *PlanData) tailoring() []PlanTailoring {
	t := d.Review.Plan.Origin.Tailoring
	all := []PlanTailoring{
		{Term: "Own items"}, {Term: "Raised items"}, {Term: "Lowered items"}, {Term: "Items marked as core"},
		{Term: "Waiting for approval to be lowered"},
	}
	add := func(at int, k plan.ItemKey, detail string) {
		it := PlanTailored{Title: d.titleOf(k), Detail: detail}
		if _, stage := d.Review.Plan.Find(k); stage != nil {
			it.Href = ItemURL(d.key(), stage.Key, k) + "#level"
		}
		all[at].Items = append(all[at].Items, it)
	}
	for i := range t.Own {
		add(0, t.Own[i].Key, "")
	}
	for _, r := range t.Raised {
		add(1, r.Item, "to "+weight(r.Level))
	}
	for _, l := range t.Lowered {
		add(2, l.Item, loweredTo(l.Level))
	}
	for _, k := range t.Core {
		add(3, k, "")
	}
	for i := range d.Review.Wishes {
		w := &d.Review.Wishes[i]
		add(4, w.Item, loweredTo(w.To)+", asked by "+d.Names(w.By)+" on "+w.At.Format("2 Jan 2006"))
	}
	return slices.DeleteFunc(all, func(p PlanTailoring) bool { return len(p.Items) == 0 })
}

func loweredTo(l plan.Level) string {
	if l == plan.LevelNone {
		return "left out"
	}
	return "to " + weight(l)
}

// since says who attached a module, when and why.
func (d *PlanData) since(m *PlanModule) string {
	if m.Since == nil {
		return ""
	}
	words := "Attached by " + d.Names(m.Since.Actor) + " on " + m.Since.At.Format("2 Jan 2006")
	if e, ok := m.Since.Event.(review.ModuleAttached); ok {
		words += ": " + strings.TrimSpace(e.Reason)
	}
	return words
}
