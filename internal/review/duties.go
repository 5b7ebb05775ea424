package review

import (
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// Task is something that a person was given to do in a project: an item
// assigned to them, a condition or a record that they own, a stage that they
// answer for, or what they are named for.
type Task struct {
	Person    PersonID
	Stage     plan.StageKey
	Item      plan.ItemKey // of an assignment
	Condition int          // of a condition, its number in the stage; 0: an assignment
	Record    int          // of a record, its number; 0: none
	Type      record.Key   // of that record
	Leads     bool         // the stage itself, as its owner or deputy
	Named     bool         // their parts in the project, which the title lists
	Title     string
	Due       time.Time // date; zero: none
}

// notOnProject is what somebody reads who gives an item to a person who cannot
// answer it.
const notOnProject = "is not on this project, so cannot answer its items; choose somebody who is, or add them as a member too"

// isAway is what somebody reads who gives something to a person who cannot sign in.
const isAway = "is blocked, so cannot do anything here; choose somebody else"

// able reports whether a person may do something in the project, going by
// their part in it and by their rights in [Review.Named].
func (r *Review) able(p PersonID, act Action) bool {
	a := r.Named[p]
	a.Person = p
	if r.away(p) {
		return false
	}
	return May(a, act, &r.Project) == nil
}

// CanAnswer reports whether a person may answer items: an item is assigned to
// nobody else.
func (r *Review) CanAnswer(p PersonID) bool { return r.able(p, AnswerItem) }

// CanFollow reports whether a person may see the project and report a condition
// as met: a condition is given to nobody else. For people who are not on the
// project it goes by [Review.Named].
func (r *Review) CanFollow(p PersonID) bool { return r.able(p, CloseCondition) }

// Responsible is who has to do something about an item: whom it was assigned to
// while they are on the project and can sign in, otherwise who answers for the
// stage; 0 while nobody does.
func (r *Review) Responsible(s *Stage, it *Item) PersonID {
	if it.Assignee != 0 && r.Project.Duty(it.Assignee) != "" && !r.away(it.Assignee) {
		return it.Assignee
	}
	return r.leads(s.Def.Key)
}

// lead is who answers for the project: its owner or, while they cannot sign in,
// its deputy; 0 while neither can.
func (r *Review) lead() PersonID {
	for _, d := range []Duty{DutyOwner, DutyDeputy} {
		if p := r.Project.Holder(d); p != 0 && !r.away(p) {
			return p
		}
	}
	return 0
}

// away reports whether a person cannot sign in, be they on the project or named by
// the one who acts.
func (r *Review) away(p PersonID) bool {
	_, away := slices.BinarySearch(r.Away, p)
	return away || r.Named[p].Away
}

// Tasks lists what a person was given to do in the loaded stages and what is
// still asked for: items that apply, open conditions, and records that are not
// closed. Pages show it before the person leaves.
func (r *Review) Tasks(p PersonID) []Task {
	out := r.tasks(func(t Task) bool { return t.Person == p })
	for i := range r.Stages {
		sp := r.Project.StagePlan(r.Stages[i].Def.Key)
		if p != 0 && (sp.Owner == p || sp.Deputy == p) {
			out = append(out, Task{Person: p, Stage: sp.Stage, Leads: true, Title: r.Stages[i].Def.Name, Due: sp.TargetDay()})
		}
	}
	for i := range r.Project.Responsibilities {
		if said := &r.Project.Responsibilities[i]; p != 0 && said.Person == p {
			out = append(out, Task{Person: p, Named: true, Title: said.words()})
		}
	}
	for i := range r.Records {
		if rec := &r.Records[i]; p != 0 && rec.Owner == p && !rec.Closed() {
			out = append(out, Task{Person: p, Stage: rec.Stage, Record: rec.No, Type: rec.Kind, Title: rec.Name() + " " + rec.Title, Due: rec.DueDay()})
		}
	}
	return out
}

// Done counts the items assigned to a person that ask for nothing now, since
// they are answered, do not apply or are no longer asked. They change hands with
// the person's tasks.
func (r *Review) Done(p PersonID) int {
	n := 0
	for _, s := range r.All() {
		for _, it := range s.Known() {
			if it.Assignee == p && !it.waits() {
				n++
			}
		}
	}
	return n
}

// Stranded lists what is left with people who cannot do it, since they are no
// longer on the project or may not see it. It needs the rights of conditions'
// owners in [Review.Named].
func (r *Review) Stranded() []Task {
	return r.tasks(func(t Task) bool {
		if t.Condition == 0 {
			return !r.CanAnswer(t.Person)
		}
		return !r.CanFollow(t.Person)
	})
}

func (r *Review) tasks(fits func(Task) bool) []Task {
	var out []Task
	for i := range r.Stages {
		s := &r.Stages[i]
		for j := range s.Items {
			it := &s.Items[j]
			if t := (Task{Person: it.Assignee, Stage: s.Def.Key, Item: it.Def.Key, Title: it.Def.Title, Due: it.Due}); it.Assignee != 0 && it.waits() && fits(t) {
				out = append(out, t)
			}
		}
		for j := range s.Conditions {
			c := &s.Conditions[j]
			if t := (Task{Person: c.Owner, Stage: s.Def.Key, Condition: c.No, Title: c.Text, Due: c.Due}); s.asksFor(c) && fits(t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// waits reports whether an item is still to be worked on: it applies, and is not
// answered as met or not applicable.
func (it *Item) waits() bool {
	return it.Level != plan.LevelNone && (it.Answer.State == Open || it.Answer.State == NotMet || it.Reattest)
}

// asksFor reports whether a condition is still to be closed: one on which the
// gate passed, or that a signature in the open round sets.
func (s *Stage) asksFor(c *Condition) bool {
	return !c.Closed() && (s.Binds(c) || s.Rounds[c.Round-1].Outcome == OutcomeOpen)
}

// AssignJoining is [Review.Assign] to somebody who becomes a member of the
// project with it, unless they are on it already.
func (r *Review) AssignJoining(by Actor, sk plan.StageKey, ik plan.ItemKey, person PersonID, due string, at time.Time) error {
	if err := May(by, AssignItem, &r.Project); err != nil {
		return err
	}
	if person != 0 && r.Project.Duty(person) == "" {
		if _, _, err := r.work(sk, ik); err != nil {
			return err
		}
		if _, err := checkAssignment(person, due); err != nil {
			return err
		}
		if err := r.SetDuty(by, person, DutyMember, at); err != nil {
			return err
		}
	}
	return r.Assign(by, sk, ik, person, due, at)
}

// RemoveMember takes a person off the project and hands what they had to do to
// somebody on it. With to 0 their items are no longer assigned to anybody, and
// conditions that they may no longer follow become the project owner's. All
// stages have to be loaded.
func (r *Review) RemoveMember(by Actor, person, to PersonID, at time.Time) error {
	p := &r.Project
	if err := May(by, ManageMembers, p); err != nil {
		return err
	}
	switch from := p.Duty(person); {
	case person == 0:
		return invalid("person", "choose a person")
	case from == "":
		return nil
	case from == DutyOwner:
		return refuse("A project needs an owner. Name the new owner first; the present one then becomes a member.")
	}
	if to != 0 {
		if err := r.mayTakeOver(person, to); err != nil {
			return err
		}
	}
	if err := r.wholly(); err != nil {
		return err
	}
	if err := r.record(by, at, DutySet{Person: person, From: p.Duty(person)}); err != nil {
		return err
	}
	return r.handOver(by, person, to, "", at)
}

// HandOver gives everything that a person has to do in the project to another:
// all items assigned to them, and all open conditions and all records not closed
// that they own. All stages have to be loaded.
func (r *Review) HandOver(by Actor, from, to PersonID, reason string, at time.Time) error {
	if err := May(by, ManageMembers, &r.Project); err != nil {
		return err
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	if from == 0 {
		c.problems.Add("person", "choose whose work is handed over")
	}
	if err := c.problems.Err(); err != nil {
		return err
	}
	if err := r.mayTakeOver(from, to); err != nil {
		return err
	}
	if err := r.wholly(); err != nil {
		return err
	}
	return r.handOver(by, from, to, reason, at)
}

// mayTakeOver checks who is to go on with a person's work.
func (r *Review) mayTakeOver(from, to PersonID) error {
	switch {
	case to == 0:
		return invalid("to", "choose who takes the work over")
	case to == from:
		return invalid("to", "must be somebody else")
	case r.Project.Duty(to) == "":
		return invalid("to", "is not on this project, so cannot do its work; choose somebody who is, or add them first")
	case r.away(to):
		return invalid("to", isAway)
	}
	return nil
}

// handOver records who goes on with a person's work. To 0 it takes away only
// what the person can no longer do.
func (r *Review) handOver(by Actor, from, to PersonID, reason string, at time.Time) error {
	var events []Event
	for _, s := range r.All() {
		for _, it := range s.Known() {
			if it.Assignee != from {
				continue // one that does not apply may apply again, and one that is no longer asked may return
			}
			e := ItemAssigned{Stage: s.Def.Key, Item: it.Def.Key, From: from, Person: to, Reason: reason}
			if to != 0 {
				e.Due = FormatDate(it.Due)
			}
			events = append(events, e)
		}
		for j := range s.Conditions {
			c := &s.Conditions[j]
			next := to
			if next == 0 {
				next = r.Project.Holder(DutyOwner)
			}
			if c.Owner != from || !s.asksFor(c) || to == 0 && r.CanFollow(from) {
				continue
			}
			events = append(events, ConditionHandedOn{Stage: s.Def.Key, No: c.No, From: from, Owner: next, Reason: reason})
		}
	}
	handed, err := r.handOverRecords(from, to, reason)
	if err != nil {
		return err
	}
	for _, e := range slices.Concat(r.handOverParts(from, to, reason), r.handOverStages(from, to, reason), events, handed) {
		if err := r.record(by, at, e); err != nil {
			return err
		}
	}
	return nil
}

// HandOnCondition gives an open condition to another owner. Those who manage the
// project's people do that, and who owns it now.
func (r *Review) HandOnCondition(by Actor, sk plan.StageKey, no int, to PersonID, reason string, at time.Time) error {
	if err := May(by, CloseCondition, &r.Project); err != nil {
		return err
	}
	s, c, err := r.condition(sk, no)
	if err != nil {
		return err
	}
	if by.Person != c.Owner {
		if err := May(by, ManageMembers, &r.Project); err != nil {
			return err
		}
	}
	var in input
	reason = in.text("reason", reason, MaxReason)
	switch {
	case to == 0:
		in.problems.Add("to", "choose who has to do it")
	case r.away(to):
		in.problems.Add("to", isAway)
	case !r.CanFollow(to):
		in.problems.Add("to", cannotFollow)
	}
	if err := in.problems.Err(); err != nil {
		return err
	}
	if c.Owner == to {
		return nil
	}
	if !s.asksFor(c) {
		return refuse("The condition is closed.")
	}
	return r.record(by, at, ConditionHandedOn{Stage: sk, No: no, From: c.Owner, Owner: to, Reason: reason})
}

// cannotFollow is what somebody reads who gives a condition to a person who
// cannot see to it.
const cannotFollow = "cannot see this project or do anything in it; choose somebody on it, or add them as a member first"

// Had reports whether a person has to meet the condition, or once had to.
func (c *Condition) Had(p PersonID) bool { return c.Owner == p || slices.Contains(c.Former, p) }
