package review

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Templates finds the exact template that a review is pinned to.
type Templates func(TemplateRef) (*Template, error)

// Replay rebuilds a review from its trail. The entries are those of one
// project's stream, oldest first; stop early to see the project as it was.
func Replay(id ProjectID, entries []Entry, templates Templates) (*Review, error) {
	if len(entries) == 0 {
		return nil, fmt.Errorf("replaying project %d: no entries", id)
	}
	first, ok := entries[0].Event.(ProjectCreated)
	if !ok {
		return nil, fmt.Errorf("replaying project %d: the first entry is %s", id, entries[0].Event.Kind())
	}
	tmpl, err := templates(first.Template)
	if err != nil {
		return nil, fmt.Errorf("replaying project %d: %w", id, err)
	}
	r := &Review{Project: Project{ID: id}, No: 1, Template: tmpl, Ref: first.Template}
	for i, e := range entries {
		if err := r.apply(e); err != nil {
			return nil, fmt.Errorf("replaying project %d, entry %d: %w", id, i+1, err)
		}
	}
	return r, nil
}

// apply folds one entry into the state. It is the only code that changes a
// review: commands go through it by recording, the trail by [Replay].
func (r *Review) apply(en Entry) error {
	if err := r.fold(en); err != nil {
		return fmt.Errorf("%s: %w", en.Event.Kind(), err)
	}
	r.settle(en.At)
	return nil
}

func (r *Review) fold(en Entry) error {
	switch e := en.Event.(type) {
	case ProjectCreated:
		if r.Project.Status != "" {
			return errors.New("the project exists already")
		}
		r.foldCreated(en, e)
		return nil
	case ProjectEdited:
		r.foldEdited(e)
		return nil
	case DutySet:
		r.foldDuty(e)
		return nil
	case StatusChanged:
		r.Project.Status = e.To
		return nil
	case ItemAnswered, NotApplicableApproved, ItemAssigned, CommentAdded:
		return r.foldItem(en)
	case EvidenceAdded, EvidenceRemoved:
		return r.foldEvidence(en)
	default:
		return r.foldGate(en)
	}
}

// Settle brings the state of the loaded gates up to a moment: evidence may
// have expired since the last event.
func (r *Review) Settle(at time.Time) { r.settle(at) }

// settle marks passed gates whose content no longer is what was signed, and
// brings the state of each loaded gate up to date.
func (r *Review) settle(at time.Time) {
	for i := range r.Stages {
		s := &r.Stages[i]
		if !s.Loaded {
			continue
		}
		if last := s.LastRound(); last != nil && last.Outcome == OutcomePassed && last.ChangedAt.IsZero() && r.Digest(s) != last.Closing {
			last.ChangedAt = at
		}
		s.Gate = r.Standing(s, at)
	}
}

func (r *Review) foldCreated(en Entry, e ProjectCreated) {
	p := Project{
		ID: r.Project.ID, Key: e.Key, Name: e.Name, Summary: e.Summary, Team: e.Team, Tier: e.Tier, Exposure: e.Exposure,
		Target: parseDate(e.Target), Restricted: e.Restricted, Profile: e.Profile, Status: StatusActive, Created: en.At,
		Members: []Member{{e.Owner, DutyOwner}},
	}
	if e.Deputy != 0 {
		p.Members = append(p.Members, Member{e.Deputy, DutyDeputy})
	}
	*r = *Blank(p, r.No, r.Template, r.Ref)
	r.sortMembers()
	for i := range r.Stages {
		r.Load(i)
	}
}

func (r *Review) sortMembers() {
	slices.SortFunc(r.Project.Members, func(a, b Member) int { return int(a.Person - b.Person) })
}

func (r *Review) foldEdited(e ProjectEdited) {
	p := &r.Project
	p.Name, p.Summary, p.Team, p.Tier, p.Exposure = e.Name, e.Summary, e.Team, e.Tier, e.Exposure
	p.Target, p.Restricted, p.Profile = parseDate(e.Target), e.Restricted, e.Profile
	for i := range r.Stages {
		for j := range r.Stages[i].Items {
			it := &r.Stages[i].Items[j]
			it.Level = it.Def.LevelFor(p.Tier, p.Profile)
		}
	}
}

func (r *Review) foldDuty(e DutySet) {
	p := &r.Project
	p.Members = slices.DeleteFunc(slices.Clone(p.Members), func(m Member) bool { return m.Person == e.Person })
	if e.Duty != "" {
		p.Members = append(p.Members, Member{e.Person, e.Duty})
	}
	r.sortMembers()
}

// place finds the stage and item that an event speaks of, whatever the item's
// level: entries stay valid when a profile changes later.
func (r *Review) place(sk StageKey, ik ItemKey) (*Stage, *Item, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, nil, err
	}
	it := s.Item(ik)
	if it == nil {
		return nil, nil, fmt.Errorf("no item %s in stage %s", ik, sk)
	}
	return s, it, nil
}

func (r *Review) foldItem(en Entry) error {
	switch e := en.Event.(type) {
	case ItemAnswered:
		_, it, err := r.place(e.Stage, e.Item)
		if err != nil {
			return err
		}
		it.Answer = Answer{State: e.To, Note: e.Note, By: en.Actor, At: en.At, Version: e.Version}
	case NotApplicableApproved:
		_, it, err := r.place(e.Stage, e.Item)
		if err != nil {
			return err
		}
		it.Answer.ApprovedBy, it.Answer.ApprovedAt = en.Actor, en.At
	case ItemAssigned:
		_, it, err := r.place(e.Stage, e.Item)
		if err != nil {
			return err
		}
		it.Assignee, it.Due = e.Person, parseDate(e.Due)
	case CommentAdded:
		_, it, err := r.place(e.Stage, e.Item)
		if err != nil {
			return err
		}
		it.Comments = e.No
	}
	return nil
}

func (r *Review) foldEvidence(en Entry) error {
	switch e := en.Event.(type) {
	case EvidenceAdded:
		s, _, err := r.place(e.Stage, e.Item)
		if err != nil {
			return err
		}
		if e.No != len(s.Evidence)+1 {
			return fmt.Errorf("evidence %d follows %d", e.No, len(s.Evidence))
		}
		s.Evidence = append(s.Evidence, Evidence{
			No: e.No, Item: e.Item, URL: e.URL, Title: e.Title, Type: e.Type, Effective: parseDate(e.Effective),
			Expires: parseDate(e.Expires), Commit: e.Commit, By: en.Actor, At: en.At,
		})
	case EvidenceRemoved:
		s, _, err := r.place(e.Stage, e.Item)
		if err != nil {
			return err
		}
		if e.No < 1 || e.No > len(s.Evidence) {
			return fmt.Errorf("no evidence %d", e.No)
		}
		s.Evidence[e.No-1].RemovedBy, s.Evidence[e.No-1].RemovedAt = en.Actor, en.At
	}
	return nil
}

func (r *Review) foldGate(en Entry) error {
	switch e := en.Event.(type) {
	case SignOffRequested:
		s, err := r.loaded(e.Stage)
		if err != nil {
			return err
		}
		if e.Round != len(s.Rounds)+1 {
			return fmt.Errorf("round %d follows %d", e.Round, len(s.Rounds))
		}
		s.Rounds = append(s.Rounds, Round{
			No: e.Round, RequestedBy: en.Actor, RequestedAt: en.At, Reason: e.Reason, Early: e.Early,
			Digest: e.Digest, Policy: e.Policy, SoD: e.SoD,
		})
		return nil
	case GateSigned:
		_, round, err := r.round(e.Stage, e.Round)
		if err != nil {
			return err
		}
		round.SignOffs = append(round.SignOffs, SignOff{e.No, en.Actor, e.Seat, e.Decision, e.Note, e.Digest, en.At})
		return nil
	case FindingRaised:
		s, _, err := r.round(e.Stage, e.Round)
		if err != nil {
			return err
		}
		s.Findings = append(s.Findings, Finding{No: e.No, Round: e.Round, Text: e.Text, By: en.Actor, At: en.At})
		return nil
	case FindingAnswered:
		s, err := r.loaded(e.Stage)
		if err != nil {
			return err
		}
		if e.No < 1 || e.No > len(s.Findings) {
			return fmt.Errorf("no finding %d", e.No)
		}
		f := &s.Findings[e.No-1]
		f.Answer, f.AnsweredBy, f.AnsweredAt = e.Answer, en.Actor, en.At
		return nil
	case RoundClosed:
		_, round, err := r.round(e.Stage, e.Round)
		if err != nil {
			return err
		}
		round.Outcome, round.ClosedBy, round.ClosedAt, round.Closing, round.Why = e.Outcome, en.Actor, en.At, e.Digest, e.Reason
		return nil
	}
	return fmt.Errorf("not an event of a project")
}

func (r *Review) round(sk StageKey, no int) (*Stage, *Round, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, nil, err
	}
	if no < 1 || no > len(s.Rounds) {
		return nil, nil, fmt.Errorf("no round %d", no)
	}
	return s, &s.Rounds[no-1], nil
}
