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
	return ReplayEach(id, entries, templates, func(Entry, *Review) {})
}

// ReplayEach is [Replay] that shows the review as it stood right after each
// entry. What it shows is the same review every time, so nobody keeps it.
func ReplayEach(id ProjectID, entries []Entry, templates Templates, each func(Entry, *Review)) (*Review, error) {
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
		each(e, r)
	}
	return r, nil
}

// apply folds one entry into the state. It is the only code that changes a
// review: commands go through it by recording, the trail by [Replay].
func (r *Review) apply(en Entry) error {
	if err := r.fold(en); err != nil {
		return fmt.Errorf("%s: %w", en.Event.Kind(), err)
	}
	stage, _ := Subject(en.Event)
	r.settle(en.At, stage)
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
	case ReviewStarted:
		if e.No != r.No+1 {
			return fmt.Errorf("review %d follows %d", e.No, r.No)
		}
		r.foldReview(e)
		return nil
	case WaiverRequested, WaiverGranted, WaiverDenied, WaiverExtended, WaiverRevoked:
		return r.foldWaiver(en)
	case ConditionSet, ConditionMet, ConditionConfirmed, ConditionReopened, FindingAccepted, FindingReopened:
		return r.foldFollowUp(en)
	case GateForced:
		return r.foldForced(en, e)
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
func (r *Review) Settle(at time.Time) { r.settle(at, "") }

// settle marks passed gates whose content no longer is what was signed, and
// brings the state of each loaded gate up to date. Only the content of one
// stage can have changed; empty: that of any. Digests are dear, and a long
// trail would take one of every passed stage for every entry.
func (r *Review) settle(at time.Time, only StageKey) {
	for i := range r.Stages {
		s := &r.Stages[i]
		if !s.Loaded {
			continue
		}
		if last := s.LastRound(); (only == "" || only == s.Def.Key) && last != nil && last.Outcome.Passes() && last.ChangedAt.IsZero() && r.Digest(s) != last.Closing {
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
		round.SignOffs = append(round.SignOffs, SignOff{e.No, en.Actor, e.Seat, e.Decision, e.Note, e.Digest, en.At, e.For})
		r.Stage(e.Stage).dropConditions(e.Round, en.Actor, en.At)
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
		f.AcceptedBy, f.AcceptedAt, f.Reopened = 0, time.Time{}, ""
		return nil
	case RetrospectiveClosed:
		_, round, err := r.round(e.Stage, e.Round)
		if err != nil {
			return err
		}
		if round.Outcome != OutcomeForced {
			return fmt.Errorf("round %d was not passed by break-glass", e.Round)
		}
		round.ReviewedBy, round.ReviewedAt, round.ReviewNote = en.Actor, en.At, e.Note
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

// dropConditions takes away what a person asked for when they sign anew.
func (s *Stage) dropConditions(round int, p PersonID, at time.Time) {
	for i := range s.Conditions {
		if c := &s.Conditions[i]; c.Round == round && c.By == p && !c.Closed() {
			c.DroppedAt = at
		}
	}
}

func (r *Review) foldForced(en Entry, e GateForced) error {
	s, err := r.loaded(e.Stage)
	if err != nil {
		return err
	}
	if s.OpenRound() == nil && e.Round == len(s.Rounds)+1 {
		s.Rounds = append(s.Rounds, Round{No: e.Round, RequestedBy: en.Actor, RequestedAt: en.At, Digest: e.Digest, Policy: e.Policy, SoD: r.Template.SoD})
	}
	if e.Round < 1 || e.Round != len(s.Rounds) {
		return fmt.Errorf("round %d follows %d", e.Round, len(s.Rounds))
	}
	ro := &s.Rounds[e.Round-1]
	if ro.Outcome != OutcomeOpen {
		return fmt.Errorf("round %d has ended", e.Round)
	}
	ro.Outcome, ro.ClosedBy, ro.ClosedAt, ro.Closing, ro.Why = OutcomeForced, en.Actor, en.At, e.Digest, e.Reason
	ro.ReviewDue = parseDate(e.ReviewDue)
	return nil
}

func (r *Review) foldWaiver(en Entry) error {
	sk, ik := Subject(en.Event)
	s, _, err := r.place(sk, ik)
	if err != nil {
		return err
	}
	if e, ok := en.Event.(WaiverRequested); ok {
		if e.No != len(s.Waivers)+1 {
			return fmt.Errorf("waiver %d follows %d", e.No, len(s.Waivers))
		}
		s.Waivers = append(s.Waivers, Waiver{
			No: e.No, Item: e.Item, Reason: e.Reason, Risk: e.Risk, Measure: e.Measure, Until: parseDate(e.Until), RequestedBy: en.Actor, RequestedAt: en.At,
		})
		return nil
	}
	find := func(no int) (*Waiver, error) {
		if no < 1 || no > len(s.Waivers) || s.Waivers[no-1].Item != ik {
			return nil, fmt.Errorf("no waiver %d of item %s", no, ik)
		}
		return &s.Waivers[no-1], nil
	}
	switch e := en.Event.(type) {
	case WaiverGranted:
		w, err := find(e.No)
		if err != nil {
			return err
		}
		w.GrantedBy, w.GrantedAt, w.Why = en.Actor, en.At, e.Reason
	case WaiverDenied:
		w, err := find(e.No)
		if err != nil {
			return err
		}
		w.DeniedBy, w.DeniedAt, w.Why = en.Actor, en.At, e.Reason
	case WaiverExtended:
		w, err := find(e.No)
		if err != nil {
			return err
		}
		w.Until, w.Why = parseDate(e.Until), e.Reason
	case WaiverRevoked:
		w, err := find(e.No)
		if err != nil {
			return err
		}
		w.RevokedBy, w.RevokedAt, w.Why = en.Actor, en.At, e.Reason
	}
	return nil
}

func (r *Review) foldFollowUp(en Entry) error {
	sk, _ := Subject(en.Event)
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	if e, ok := en.Event.(ConditionSet); ok {
		if e.No != len(s.Conditions)+1 {
			return fmt.Errorf("condition %d follows %d", e.No, len(s.Conditions))
		}
		if e.Round < 1 || e.Round > len(s.Rounds) {
			return fmt.Errorf("no round %d", e.Round)
		}
		s.Conditions = append(s.Conditions, Condition{No: e.No, Round: e.Round, Text: e.Text, Owner: e.Owner, Due: parseDate(e.Due), By: en.Actor, At: en.At})
		return nil
	}
	condition := func(no int) (*Condition, error) {
		if no < 1 || no > len(s.Conditions) {
			return nil, fmt.Errorf("no condition %d", no)
		}
		return &s.Conditions[no-1], nil
	}
	finding := func(no int) (*Finding, error) {
		if no < 1 || no > len(s.Findings) {
			return nil, fmt.Errorf("no finding %d", no)
		}
		return &s.Findings[no-1], nil
	}
	switch e := en.Event.(type) {
	case ConditionMet:
		c, err := condition(e.No)
		if err != nil {
			return err
		}
		c.Note, c.MetBy, c.MetAt, c.Reopened = e.Note, en.Actor, en.At, ""
	case ConditionConfirmed:
		c, err := condition(e.No)
		if err != nil {
			return err
		}
		c.ConfirmedBy, c.ConfirmedAt = en.Actor, en.At
	case ConditionReopened:
		c, err := condition(e.No)
		if err != nil {
			return err
		}
		c.MetBy, c.MetAt, c.Reopened = 0, time.Time{}, e.Reason
	case FindingAccepted:
		f, err := finding(e.No)
		if err != nil {
			return err
		}
		f.AcceptedBy, f.AcceptedAt = en.Actor, en.At
	case FindingReopened:
		f, err := finding(e.No)
		if err != nil {
			return err
		}
		f.Answer, f.AnsweredBy, f.AnsweredAt, f.Reopened = "", 0, time.Time{}, e.Reason
	}
	return nil
}
