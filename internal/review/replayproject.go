package review

import (
	"fmt"
	"slices"
)

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
		s, it, err := r.place(e.Stage, e.Item)
		if err != nil {
			return err
		}
		it.Earlier = s.answeredBefore(it, en.Actor)
		it.Answer = Answer{State: e.To, Note: e.Note, By: en.Actor, At: en.At, Version: e.Version, NoteFor: it.Answer.noteFor(e)}
		it.Reattest = false
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
