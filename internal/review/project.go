package review

import (
	"cmp"
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Exposure says who the running thing is open to. Plans know it, since a gate can
// be needed from one of them on only.
type Exposure = plan.Exposure

const (
	ExposureSandbox = plan.ExposureSandbox
	ExposurePilot   = plan.ExposurePilot
	ExposureLimited = plan.ExposureLimited
	ExposureGeneral = plan.ExposureGeneral
)

// Status says whether work on the project goes on.
type Status string

const (
	StatusActive  Status = "active"
	StatusOnHold  Status = "on hold"
	StatusStopped Status = "stopped"
)

// Project is what is being made ready.
type Project struct {
	ID         ProjectID
	Key        ProjectKey
	Name       string
	Summary    string
	Team       string
	Tier       plan.Tier
	Exposure   Exposure
	Target     time.Time // date; zero: none
	Restricted bool
	Profile    plan.Profile // what applies: answered yes, or not answered yet
	Unanswered []plan.Flag  // those of the profile that nobody has answered yet, sorted
	Answers    Answers      // who gave and confirmed them
	Retraction *Retraction  // that answers be taken back, which waits for approval; nil: none does
	Status     Status
	Kind       plan.Origination // empty: nobody said
	Start      plan.StageKey    // where it begins, as somebody chose; empty: with the first stage
	Created    time.Time
	Tags       []string    // words by which people find it, sorted; nil: none
	Members    []Member    // sorted by person
	StagePlans []StagePlan // by stage; nil: nothing is said of any

	Responsibilities []Responsibility // teams by name, then people; nil: nothing is said beside what follows
}

// Member is a person's part in a project.
type Member struct {
	Person PersonID
	Duty   Duty
}

// Duty is the person's part in the project; empty when there is none.
func (p *Project) Duty(id PersonID) Duty {
	for _, m := range p.Members {
		if m.Person == id {
			return m.Duty
		}
	}
	return ""
}

// Holder is the person with a duty that one person has, such as the owner; 0
// when nobody has it.
func (p *Project) Holder(d Duty) PersonID {
	for _, m := range p.Members {
		if m.Duty == d {
			return m.Person
		}
	}
	return 0
}

// NewProject is what a person types to start a project.
type NewProject struct {
	Key        string
	Name       string
	Summary    string
	Team       string
	Tier       plan.Tier
	Exposure   Exposure
	Owner      PersonID
	Deputy     PersonID
	Members    []PersonID // beside them; who is named twice has the first of the parts
	Target     string
	Restricted bool
	Profile    []plan.Flag
	Unanswered []plan.Flag // as in [ProjectFields]
	Kind       plan.Origination
	Proposed   plan.Tier     // what the kind and the answers propose; 0: nothing
	Reason     string        // why another tier was chosen
	Start      plan.StageKey // empty: the first stage
	Tags       []string
}

// People are all whom the new project names, each once.
func (in NewProject) People() []PersonID {
	all := append([]PersonID{in.Owner, in.Deputy}, in.Members...)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(p PersonID) bool { return p == 0 })
}

// pressedTwice is within which time the same form is the same press again.
const pressedTwice = 2 * time.Minute

// Made reports whether this form made the project a moment ago, and has only
// been sent twice.
func (in NewProject) Made(p *Project, now time.Time) bool {
	same := string(p.Key) == strings.TrimSpace(in.Key) && p.Name == in.Name && p.Holder(DutyOwner) == in.Owner
	return same && now.Sub(p.Created) < pressedTwice
}

// ProjectFields is what can be edited later.
type ProjectFields struct {
	Name       string
	Summary    string
	Team       string
	Tier       plan.Tier
	Exposure   Exposure
	Target     string
	Restricted bool
	Profile    []plan.Flag
	Unanswered []plan.Flag      // questions that nobody has answered yet; they belong to the profile, said twice or not
	Kind       plan.Origination `json:",omitempty"` // empty: as it is
	Start      plan.StageKey    `json:",omitempty"` // empty: as it is
	Reason     string           `json:"-"`          // why the answers ask less than those before, where they do
}

// Create starts a project, and with it the launch review by the template. The
// store gives the id and checks that the key is free.
func Create(by Actor, id ProjectID, pl *plan.Plan, in NewProject, at time.Time) (*Review, error) {
	if err := May(by, CreateProject, nil); err != nil {
		return nil, err
	}
	var c input
	key := strings.TrimSpace(in.Key)
	if !plan.ValidKey(key) {
		c.problems.Add("key", "must be 2 to 40 lower-case letters, digits and single hyphens, starting with a letter, such as payments-api")
	} else if key == "new" || key == "upgrades" {
		c.problems.Add("key", "is taken by a page of Slipway's own; choose another")
	}
	f := c.fields(&pl.Lifecycle, nil, ProjectFields{
		Name: in.Name, Summary: in.Summary, Team: in.Team, Tier: in.Tier, Exposure: in.Exposure, Target: in.Target, Restricted: in.Restricted,
		Profile: in.Profile, Unanswered: in.Unanswered,
	})
	c.proposed(pl, &in)
	if in.Tags = c.tags(in.Tags); len(in.Tags) > MaxTags {
		c.problems.Add("tags", tooManyTags(len(in.Tags)))
	}
	if in.Owner == 0 {
		c.problems.Add("owner", "choose who is accountable for the project")
	}
	if in.Deputy != 0 && in.Deputy == in.Owner {
		c.problems.Add("deputy", "must be somebody else than the owner")
	}
	if err := c.problems.Err(); err != nil {
		return nil, err
	}
	r := &Review{Project: Project{ID: id}, No: 1, Plan: pl, AllRecords: true}
	if err := r.record(by, at, ProjectCreated{
		Key: ProjectKey(key), Name: f.Name, Summary: f.Summary, Team: f.Team, Tier: f.Tier, Exposure: f.Exposure,
		Owner: in.Owner, Deputy: in.Deputy, Target: f.Target, Restricted: f.Restricted, Profile: f.Profile, Unanswered: f.Unanswered, Template: pl.Ref(),
		Origination: in.Kind, Proposed: in.Proposed, Reason: in.Reason, Start: in.Start,
	}); err != nil {
		return nil, err
	}
	for _, m := range in.Members {
		if m == 0 || r.Project.Duty(m) != "" {
			continue
		}
		if err := r.record(by, at, DutySet{Person: m, Duty: DutyMember}); err != nil {
			return nil, err
		}
	}
	if len(in.Tags) > 0 {
		if err := r.record(by, at, ProjectTagged{Tags: in.Tags}); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// minReason is how many words say why another tier than the proposed one was chosen.
const minReason = 3

// proposed checks what was made of a proposal.
func (in *input) proposed(pl *plan.Plan, p *NewProject) {
	if p.Kind != "" && !slices.Contains(plan.Originations(), p.Kind) {
		in.problems.Add("kind", "choose one of the kinds")
	}
	if p.Start != "" && pl.StageIndex(p.Start) < 0 {
		in.problems.Add("start", "choose a stage of the lifecycle")
	}
	p.Reason = in.text("why", p.Reason, MaxReason)
	if p.Proposed == 0 || p.Proposed == p.Tier {
		p.Reason = ""
	} else if len(strings.Fields(p.Reason)) < minReason {
		in.problems.Add("why", fmt.Sprintf("say in a few words why it is not tier %d, which is proposed", p.Proposed))
	}
}

// AttachAtStart attaches a module with which a project starts: whoever starts it
// chooses that like the lifecycle, so it needs no right of its own. It is refused
// once the project is there.
func (r *Review) AttachAtStart(by Actor, module plan.Ref, reason string, at time.Time) error {
	if err := r.starting(by); err != nil {
		return err
	}
	if r.Plan.Origin.Module(module.Key).Key != "" {
		return nil
	}
	then, err := r.Preview(r.Plan.Origin.With(module))
	if err != nil {
		return err
	}
	reason, err = needReason(reason, "say why, so that people who come later understand")
	if err != nil {
		return err
	}
	return r.record(by, at, ModuleAttached{module, r.opens(then.Plan), reason})
}

// starting makes sure that it is the same person who starts the project right now.
func (r *Review) starting(by Actor) error {
	if len(r.recorded) > 0 && r.recorded[0].Actor == by.Person {
		if first, ok := r.recorded[0].Event.(ProjectCreated); ok && first.Key == r.Project.Key {
			return nil
		}
	}
	return refuse("The project has started. Change its plan instead.")
}

// stopped refuses changes of a project that was stopped.
func (p *Project) stopped() error {
	if p.Status == StatusStopped {
		return refuse("The project was stopped. Resume it before changing anything.")
	}
	return nil
}

// fields cleans and checks what projects have in common when new and edited. An
// answer that the project has stays when the plan no longer asks the question.
func (in *input) fields(tmpl *plan.Lifecycle, has plan.Profile, f ProjectFields) ProjectFields {
	f.Name = in.line("name", f.Name, MaxName)
	in.require("name", f.Name, "enter a name")
	f.Summary = in.text("summary", f.Summary, MaxReason)
	f.Team = in.line("team", f.Team, MaxName)
	in.require("team", f.Team, "enter the team that builds it")
	if !f.Tier.Valid() {
		in.problems.Add("tier", "choose tier 1, 2 or 3")
	}
	if !f.Exposure.Valid() {
		in.problems.Add("exposure", "choose sandbox, pilot, limited or general")
	}
	if d := in.date("target", f.Target); d.IsZero() {
		f.Target = ""
	} else {
		f.Target = d.Format(DateLayout)
	}
	f.sortAnswers()
	for _, flag := range f.Unanswered {
		if !tmpl.HasFlag(flag) {
			in.problems.Add("profile", fmt.Sprintf("%q is not a question of this template, so it needs no answer", flag))
		}
	}
	for _, flag := range f.Profile {
		if !tmpl.HasFlag(flag) && !slices.Contains(has, flag) {
			in.problems.Add("profile", fmt.Sprintf("%q is not a question of this template", flag))
		}
	}
	return f
}

// sortAnswers brings the answers into their order, each once, with what is not
// answered among what applies.
func (f *ProjectFields) sortAnswers() {
	f.Unanswered = slices.Compact(slices.Sorted(slices.Values(f.Unanswered)))
	f.Profile = slices.Compact(slices.Sorted(slices.Values(slices.Concat(f.Profile, f.Unanswered))))
}

// Fields are the project's own fields as they are now.
func (p *Project) Fields() ProjectFields {
	return ProjectFields{
		Name: p.Name, Summary: p.Summary, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure,
		Target: FormatDate(p.Target), Restricted: p.Restricted, Profile: p.Profile, Unanswered: p.Unanswered,
		Kind: p.Kind, Start: p.Start,
	}
}

// Begins is the stage with which the project begins: the one that was chosen, unless
// the plan no longer has it.
func (r *Review) Begins() plan.StageKey {
	if r.Plan.StageIndex(r.Project.Start) < 0 {
		return r.Plan.Stages[0].Key
	}
	return r.Project.Start
}

// keeping fills in what fields leave as it is.
func (r *Review) keeping(f ProjectFields) ProjectFields {
	f.Kind = cmp.Or(f.Kind, r.Project.Kind)
	if f.Start == "" || f.Start == r.Begins() {
		f.Start = r.Project.Start
	}
	return f
}

// placed checks the kind and the stage that fields change.
func (in *input) placed(r *Review, f ProjectFields) {
	if f.Kind != r.Project.Kind && !slices.Contains(plan.Originations(), f.Kind) {
		in.problems.Add("kind", "choose one of the kinds")
	}
	if f.Start != r.Project.Start && r.Plan.StageIndex(f.Start) < 0 {
		in.problems.Add("start", "choose a stage of the lifecycle")
	}
}

// EditShown is [Review.Edit] for somebody who was shown the fields that the
// digest stands for. What others changed since is not overwritten; the same form
// sent twice changes nothing and is no error.
func (r *Review) EditShown(by Actor, shown Digest, f ProjectFields, at time.Time) error {
	if err := May(by, EditProject, &r.Project); err != nil {
		return err
	}
	now, f := r.Project.Fields(), r.keeping(f)
	if f.Digest() == now.Digest() || r.asked(by, f) {
		return nil
	}
	if err := unchanged("settings", shown, now.Digest()); err != nil {
		return err
	}
	return r.Edit(by, f, at)
}

// Edit changes the project's own fields. A tier or profile that changes which
// items apply puts the sign-offs on the affected stages out of date. An exposure that
// leaves gates out asks for a reason, and for who may lower the tier. Answers of yes
// stay where a gate would ask less without them; that they be taken back is asked
// for, with a reason.
func (r *Review) Edit(by Actor, f ProjectFields, at time.Time) error {
	if err := May(by, EditProject, &r.Project); err != nil {
		return err
	}
	p := &r.Project
	var c input
	f = c.fields(&r.Plan.Lifecycle, p.Profile, r.keeping(f))
	c.placed(r, f)
	if err := c.problems.Err(); err != nil {
		return err
	}
	if err := r.wholly(); err != nil {
		return err
	}
	if f.Tier > p.Tier {
		if err := May(by, LowerTier, p); err != nil {
			return err
		}
	}
	back, f := r.retracting(f)
	reason, err := r.mayAsk(back, f.Reason)
	if err != nil {
		return err
	}
	narrowed, err := r.mayNarrow(by, f.Exposure, f.Reason)
	if err != nil {
		return err
	}
	e := ProjectEdited{
		Name: f.Name, Summary: f.Summary, Team: f.Team, Tier: f.Tier, Exposure: f.Exposure, Target: f.Target, Restricted: f.Restricted,
		Profile: f.Profile, Unanswered: f.Unanswered, Reason: narrowed,
	}
	note := func(field, from, to string) {
		if from != to {
			e.Changes = append(e.Changes, Change{field, from, to})
		}
	}
	note("name", p.Name, f.Name)
	note("summary", p.Summary, f.Summary)
	note("team", p.Team, f.Team)
	note("tier", strconv.Itoa(int(p.Tier)), strconv.Itoa(int(f.Tier)))
	note("exposure", string(p.Exposure), string(f.Exposure))
	note("target", FormatDate(p.Target), f.Target)
	note("restricted", strconv.FormatBool(p.Restricted), strconv.FormatBool(f.Restricted))
	note(fieldProfile, joinFlags(p.Profile), joinFlags(f.Profile))
	note(fieldUnanswered, joinFlags(p.Unanswered), joinFlags(f.Unanswered))
	if f.Kind != p.Kind {
		e.Origination = f.Kind
		note("kind", string(p.Kind), string(f.Kind))
	}
	if f.Start != p.Start {
		e.Start = f.Start
		note("start", string(r.Begins()), string(f.Start))
	}
	if len(e.Changes) > 0 {
		if err := r.record(by, at, e); err != nil {
			return err
		}
	}
	if err := r.askRetraction(by, back, reason, at); err != nil {
		return err
	}
	return r.dropOutdatedRounds(by, at)
}

// dropOutdatedRounds takes back open requests whose gate now asks other seats, since
// a round is decided by the policy under which it was opened, or is not needed now.
func (r *Review) dropOutdatedRounds(by Actor, at time.Time) error {
	for i := range r.Stages {
		s := &r.Stages[i]
		why := "The project's tier, profile or plan changed, and with it who has to sign."
		if !r.Needed(s) {
			why = NotNeeded(r.Project.Exposure)
		}
		round := s.OpenRound()
		if round == nil || r.Needed(s) && samePolicy(round.Policy, s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile)) {
			continue
		}
		e := RoundClosed{
			Stage: s.Def.Key, Round: round.No, Outcome: OutcomeWithdrawn, Digest: r.Digest(s),
			Reason: why,
		}
		if err := r.record(by, at, e); err != nil {
			return err
		}
	}
	return nil
}

func samePolicy(a, b plan.Policy) bool {
	return a.Quorum == b.Quorum && slices.Equal(a.Seats, b.Seats) && slices.Equal(a.Mandatory, b.Mandatory)
}

// SetDuty makes a person owner, deputy or member, or with an empty duty takes
// the person off the project as [Review.RemoveMember] does. A project always has one owner: naming a new one
// makes the former owner a member.
func (r *Review) SetDuty(by Actor, person PersonID, d Duty, at time.Time) error {
	p := &r.Project
	if err := May(by, ManageMembers, p); err != nil {
		return err
	}
	if person == 0 {
		return invalid("person", "choose a person")
	}
	if d != "" && !slices.Contains(Duties(), d) {
		return invalid("duty", "choose owner, deputy or member")
	}
	from := p.Duty(person)
	if from == d {
		return nil
	}
	if d == "" {
		return r.RemoveMember(by, person, 0, at)
	}
	if r.away(person) {
		return invalid("person", isAway)
	}
	if from == DutyOwner {
		return refuse("A project needs an owner. Name the new owner first; the present one then becomes a member.")
	}
	if d == DutyOwner || d == DutyDeputy {
		if former := p.Holder(d); former != 0 {
			if err := r.record(by, at, DutySet{Person: former, From: d, Duty: DutyMember}); err != nil {
				return err
			}
		}
	}
	return r.record(by, at, DutySet{Person: person, From: from, Duty: d})
}

// SetStatus holds, stops or resumes the project. An open round of the stage
// on whose gate page this was decided ends with that outcome.
func (r *Review) SetStatus(by Actor, stage plan.StageKey, to Status, reason string, at time.Time) error {
	p := &r.Project
	if err := May(by, HoldProject, p); err != nil {
		return err
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	c.require("reason", reason, "say why, so that people who come later understand")
	if to != StatusActive && to != StatusOnHold && to != StatusStopped {
		c.problems.Add("status", "choose active, on hold or stopped")
	}
	if err := c.problems.Err(); err != nil {
		return err
	}
	if p.Status == to {
		return nil // the same form again, or somebody was quicker: it is as they want it
	}
	if stage != "" && to != StatusActive {
		if err := r.endRound(by, stage, to, reason, at); err != nil {
			return err
		}
	}
	return r.record(by, at, StatusChanged{From: p.Status, To: to, Reason: reason})
}

// endRound ends the stage's open round, if it has one, with the outcome that
// goes with the project's new status.
func (r *Review) endRound(by Actor, stage plan.StageKey, to Status, reason string, at time.Time) error {
	s, err := r.loaded(stage)
	if err != nil {
		return err
	}
	round := s.OpenRound()
	if round == nil {
		return nil
	}
	outcome := OutcomeOnHold
	if to == StatusStopped {
		outcome = OutcomeStopped
	}
	return r.record(by, at, RoundClosed{Stage: stage, Round: round.No, Outcome: outcome, Digest: r.Digest(s), Reason: reason})
}

// FormatDate writes a date; the zero time is the empty string.
func FormatDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(DateLayout)
}

func parseDate(s string) time.Time {
	t, _ := time.Parse(DateLayout, s)
	return t
}

func joinFlags(fs []plan.Flag) string {
	ss := make([]string, len(fs))
	for i, f := range fs {
		ss[i] = string(f)
	}
	return strings.Join(ss, " ")
}
