package review

import (
	"cmp"
	"errors"
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"time"
)

// Events of a project's stream that concern the project as a whole.
type (
	// ProjectCreated starts a project and its launch review.
	ProjectCreated struct {
		Key        ProjectKey   `json:"key"`
		Name       string       `json:"name"`
		Summary    string       `json:"summary,omitempty"`
		Team       string       `json:"team"`
		Tier       plan.Tier    `json:"tier"`
		Exposure   Exposure     `json:"exposure"`
		Owner      PersonID     `json:"owner"`
		Deputy     PersonID     `json:"deputy,omitempty"`
		Target     string       `json:"target,omitempty"` // date
		Restricted bool         `json:"restricted,omitempty"`
		Profile    plan.Profile `json:"profile"`
		Unanswered []plan.Flag  `json:"unanswered,omitempty"` // of the profile
		Template   plan.Ref     `json:"template"`

		Origination plan.Origination `json:"origination,omitempty"`
		Proposed    plan.Tier        `json:"proposed,omitempty"` // the tier that was proposed
		Reason      string           `json:"reason,omitempty"`   // why another tier was chosen
		Start       plan.StageKey    `json:"start,omitempty"`    // where it begins
	}
	// ProjectEdited changes the project's own fields.
	ProjectEdited struct {
		Changes    []Change     `json:"changes"`
		Name       string       `json:"name"`
		Summary    string       `json:"summary,omitempty"`
		Team       string       `json:"team"`
		Tier       plan.Tier    `json:"tier"`
		Exposure   Exposure     `json:"exposure"`
		Target     string       `json:"target,omitempty"`
		Restricted bool         `json:"restricted,omitempty"`
		Profile    plan.Profile `json:"profile"`
		Unanswered []plan.Flag  `json:"unanswered,omitempty"` // of the profile
		Reason     string       `json:"reason,omitempty"`     // why gates are no longer needed; of older entries, why the answers asked less than before

		Origination plan.Origination `json:"origination,omitempty"` // empty: as it was
		Start       plan.StageKey    `json:"start,omitempty"`       // where it begins; empty: as it was
	}
	// ProfileConfirmed confirms what was answered about the project. Nothing was
	// unanswered then.
	ProfileConfirmed struct {
		Profile plan.Profile `json:"profile"`
		No      []plan.Flag  `json:"no,omitempty"` // questions that the plan asks, answered with no
	}
	// DutySet gives a person a part in the project; an empty duty takes it away.
	DutySet struct {
		Person PersonID `json:"person"`
		From   Duty     `json:"from,omitempty"`
		Duty   Duty     `json:"duty,omitempty"`
		Reason string   `json:"reason,omitempty"`
	}
	// ProjectTagged says by which words people find the project.
	ProjectTagged struct {
		Tags []string `json:"tags,omitempty"` // sorted
		Was  []string `json:"before,omitempty"`
	}
	// StatusChanged holds, stops or resumes the project.
	StatusChanged struct {
		From   Status `json:"from"`
		To     Status `json:"to"`
		Reason string `json:"reason"`
	}
	// ReviewStarted begins the next pass of the project through the template:
	// answers, evidence, waivers and open conditions carry over, what repeats has
	// to be attested anew.
	ReviewStarted struct {
		No     int    `json:"no"`
		Reason string `json:"reason"`
		// Conditions that carry over, since they are still open. In each stage
		// they are numbered anew, from 1 in this order.
		Conditions []ConditionRef `json:"conditions,omitempty"`
	}
)

func (ProjectCreated) Kind() string   { return "ProjectCreated" }
func (ProjectEdited) Kind() string    { return "ProjectEdited" }
func (ProfileConfirmed) Kind() string { return "ProfileConfirmed" }
func (DutySet) Kind() string          { return "DutySet" }
func (ProjectTagged) Kind() string    { return "ProjectTagged" }
func (StatusChanged) Kind() string    { return "StatusChanged" }
func (ReviewStarted) Kind() string    { return "ReviewStarted" }

func (ProjectCreated) Subject() (plan.StageKey, plan.ItemKey)   { return "", "" }
func (ProjectEdited) Subject() (plan.StageKey, plan.ItemKey)    { return "", "" }
func (ProfileConfirmed) Subject() (plan.StageKey, plan.ItemKey) { return "", "" }
func (DutySet) Subject() (plan.StageKey, plan.ItemKey)          { return "", "" }
func (ProjectTagged) Subject() (plan.StageKey, plan.ItemKey)    { return "", "" }
func (StatusChanged) Subject() (plan.StageKey, plan.ItemKey)    { return "", "" }
func (ReviewStarted) Subject() (plan.StageKey, plan.ItemKey)    { return "", "" }

func (e ProjectCreated) People() []PersonID { return []PersonID{e.Owner, e.Deputy} }
func (ProjectEdited) People() []PersonID    { return nil }
func (ProfileConfirmed) People() []PersonID { return nil }
func (e DutySet) People() []PersonID        { return []PersonID{e.Person} }
func (ProjectTagged) People() []PersonID    { return nil }
func (StatusChanged) People() []PersonID    { return nil }
func (ReviewStarted) People() []PersonID    { return nil }

// Documents are those that the project's plan is made of from then on.
func (e ProjectCreated) Documents() []plan.Ref { return []plan.Ref{e.Template} }

func (e ProjectCreated) fold(r *Review, en Entry) error {
	if r.Project.Status != "" {
		return errors.New("the project exists already")
	}
	p := Project{
		ID: r.Project.ID, Key: e.Key, Name: e.Name, Summary: e.Summary, Team: e.Team, Tier: e.Tier, Exposure: e.Exposure,
		Target: parseDate(e.Target), Restricted: e.Restricted, Profile: e.Profile, Unanswered: e.Unanswered, Status: StatusActive, Kind: e.Origination, Start: e.Start, Created: en.At,
		Answers: Answers{By: en.Actor},
		Members: []Member{{e.Owner, DutyOwner}},
	}
	if e.Deputy != 0 {
		p.Members = append(p.Members, Member{e.Deputy, DutyDeputy})
	}
	plans := r.Plans
	*r = *Blank(p, r.No, r.Plan)
	r.Started, r.Plans, r.AllRecords = en.At, plans, true
	r.sortMembers()
	for i := range r.Stages {
		r.Load(i)
	}
	return nil
}

func (e ProjectEdited) fold(r *Review, en Entry) error {
	p := &r.Project
	if replies := e.Replies(); len(replies) > 0 {
		p.Answers.replied(en.Actor)
		p.Retraction = p.Retraction.answered(replies)
	}
	p.Name, p.Summary, p.Team, p.Tier, p.Exposure = e.Name, e.Summary, e.Team, e.Tier, e.Exposure
	p.Target, p.Restricted, p.Profile, p.Unanswered = parseDate(e.Target), e.Restricted, e.Profile, e.Unanswered
	p.Kind, p.Start = cmp.Or(e.Origination, p.Kind), cmp.Or(e.Start, p.Start)
	r.weigh(en.At)
	return nil
}

// weigh has each item weigh what it does for the project as it has become at a
// moment. What did not apply before is asked from then on.
func (r *Review) weigh(at time.Time) {
	var begun []plan.ItemKey
	for i := range r.Stages {
		for j := range r.Stages[i].Items {
			it := &r.Stages[i].Items[j]
			was := it.Level
			it.Level = r.weight(r.Stages[i].Def, it.Def)
			if was == plan.LevelNone && it.Level != plan.LevelNone {
				begun = append(begun, it.Def.Key)
			}
		}
	}
	r.Asked = since(r.Asked, Asked{Since: at, Items: begun})
}

func (e ProfileConfirmed) fold(r *Review, en Entry) error {
	p := &r.Project
	if len(p.Unanswered) > 0 || !slices.Equal(e.Profile, p.Profile) || !slices.Equal(e.No, r.answeredNo()) {
		return errors.New("the answers are not those that were confirmed")
	}
	if en.Actor == p.Answers.By {
		return errors.New("whoever gave the answers confirmed them")
	}
	p.Answers.Confirmed, p.Answers.At, p.Answers.Changed = en.Actor, en.At, false
	return nil
}

func (e DutySet) fold(r *Review, _ Entry) error {
	p := &r.Project
	p.Members = slices.DeleteFunc(slices.Clone(p.Members), func(m Member) bool { return m.Person == e.Person })
	if e.Duty != "" {
		p.Members = append(p.Members, Member{e.Person, e.Duty})
	}
	r.sortMembers()
	return nil
}

func (r *Review) sortMembers() {
	slices.SortFunc(r.Project.Members, func(a, b Member) int { return int(a.Person - b.Person) })
}

func (e ProjectTagged) fold(r *Review, _ Entry) error {
	if !slices.Equal(e.Was, r.Project.Tags) {
		return errors.New("the tags were others before")
	}
	r.Project.Tags = e.Tags
	return nil
}

func (e StatusChanged) fold(r *Review, _ Entry) error {
	r.Project.Status = e.To
	return nil
}

func (e ReviewStarted) fold(r *Review, en Entry) error {
	if e.No != r.No+1 {
		return fmt.Errorf("review %d follows %d", e.No, r.No)
	}
	return r.foldReview(e, en.At)
}
