package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Part is what a team or somebody has to do with a project.
type Part string

const (
	PartBuilds   Part = "builds"
	PartRuns     Part = "runs"
	PartApproves Part = "approves"
	PartInformed Part = "informed"
)

// Parts lists every part in the order of the columns.
func Parts() []Part { return []Part{PartBuilds, PartRuns, PartApproves, PartInformed} }

// Label is what pages call it.
func (p Part) Label() string {
	if p == PartInformed {
		return "Is informed"
	}
	return strings.ToUpper(string(p[:1])) + string(p[1:])
}

// Responsibility is the parts of a team or of somebody in a project, beside those
// that follow from what is said elsewhere, see [Project.Matrix].
type Responsibility struct {
	Person PersonID `json:"person,omitempty"` // 0: a team
	Team   string   `json:"team,omitempty"`
	Parts  []Part   `json:"parts"` // in their order
}

// Has reports whether a part is among them.
func (r *Responsibility) Has(p Part) bool { return slices.Contains(r.Parts, p) }

// words are its parts in a few words: "Runs, approves".
func (r *Responsibility) words() string {
	words := make([]string, len(r.Parts))
	for i, p := range r.Parts {
		if words[i] = p.Label(); i > 0 {
			words[i] = strings.ToLower(words[i])
		}
	}
	return strings.Join(words, ", ")
}

// of reports whether two are about the same team or person.
func (r *Responsibility) of(o Responsibility) bool { return r.Person == o.Person && r.Team == o.Team }

// join adds the parts of another.
func (r *Responsibility) join(parts []Part) {
	r.Parts = slices.DeleteFunc(Parts(), func(p Part) bool { return !slices.Contains(r.Parts, p) && !slices.Contains(parts, p) })
}

// MaxResponsibilities is how many rows are said of a project at the most.
const MaxResponsibilities = 50

// MatrixRow is a row as pages show it: all parts, and those of them that follow
// from the team that builds the project, or from being on it.
type MatrixRow struct {
	Responsibility
	Follows []Part
	Duty    Duty // of somebody on the project
}

// Matrix are all who have to do with the project: the team that builds it, other
// teams, the people on it, and others.
func (p *Project) Matrix() []MatrixRow {
	builds := []Part{PartBuilds}
	rows := []MatrixRow{{Responsibility: Responsibility{Team: p.Team, Parts: builds}, Follows: builds}}
	for _, d := range Duties() {
		for _, m := range p.Members {
			if m.Duty == d {
				rows = append(rows, MatrixRow{Responsibility{Person: m.Person, Parts: builds}, builds, d})
			}
		}
	}
	for _, said := range p.Responsibilities {
		i := slices.IndexFunc(rows, func(r MatrixRow) bool { return r.of(said) })
		if i < 0 {
			rows = append(rows, MatrixRow{Responsibility: said})
			continue
		}
		rows[i].join(said.Parts)
	}
	rank := func(r MatrixRow) int {
		switch {
		case r.Team != "":
			return 0
		case r.Duty != "":
			return 1
		}
		return 2
	}
	slices.SortStableFunc(rows, func(a, b MatrixRow) int { return rank(a) - rank(b) })
	return rows
}

// Approvers are the people who are named to approve: the first to be asked for a
// signature, as far as they hold a seat.
func (p *Project) Approvers() []PersonID {
	var out []PersonID
	for i := range p.Responsibilities {
		if r := &p.Responsibilities[i]; r.Person != 0 && r.Has(PartApproves) {
			out = append(out, r.Person)
		}
	}
	return out
}

// ResponsibilitiesDigest stands for what is said, as somebody was shown it.
func (p *Project) ResponsibilitiesDigest() Digest {
	if len(p.Responsibilities) == 0 {
		return digestOf([]Responsibility{})
	}
	return digestOf(p.Responsibilities)
}

// SetResponsibilities says who has which part in the project, all of it anew. Rows
// without a part are left out. shown is [Project.ResponsibilitiesDigest] as the
// person saw it.
func (r *Review) SetResponsibilities(by Actor, shown Digest, rows []Responsibility, at time.Time) error {
	p := &r.Project
	if err := May(by, ManageMembers, p); err != nil {
		return err
	}
	rows, err := r.checkResponsibilities(rows)
	if err != nil {
		return err
	}
	if slices.EqualFunc(rows, p.Responsibilities, sameResponsibility) {
		return nil
	}
	if err := unchanged("list of responsibilities", shown, p.ResponsibilitiesDigest()); err != nil {
		return err
	}
	return r.record(by, at, ResponsibilitiesSet{Rows: rows, Was: p.Responsibilities})
}

func sameResponsibility(a, b Responsibility) bool { return a.of(b) && slices.Equal(a.Parts, b.Parts) }

// checkResponsibilities cleans what was typed: each team and person once, with the
// parts that do not follow from anything else. Whoever is named already may stay.
func (r *Review) checkResponsibilities(rows []Responsibility) ([]Responsibility, error) {
	var c input
	var out []Responsibility
	for i, in := range rows {
		field := func(name string) string { return ResponsibilityField(name, i+1) }
		in.Team = c.line(field("team"), in.Team, MaxName)
		switch {
		case in.Person != 0 && in.Team != "":
			c.problems.Add(field("team"), "is one row, and the person another; leave one of them empty")
		case in.Person == 0 && in.Team == "" && len(in.Parts) > 0:
			c.problems.Add(field("person"), "choose somebody, or type the name of a team")
		}
		for _, part := range in.Parts {
			if !slices.Contains(Parts(), part) {
				c.problems.Add(field("person"), "has a part that this page does not know")
			}
		}
		if in.Person != 0 && len(in.Parts) > 0 {
			r.checkPart(&c, field("person"), in)
		}
		if in.Team == r.Project.Team || r.Project.Duty(in.Person) != "" {
			in.Parts = slices.DeleteFunc(slices.Clone(in.Parts), func(p Part) bool { return p == PartBuilds })
		}
		if len(in.Parts) == 0 || in.Person == 0 && in.Team == "" {
			continue
		}
		at := slices.IndexFunc(out, func(o Responsibility) bool { return o.of(in) })
		if at < 0 {
			at = len(out)
			out = append(out, Responsibility{Person: in.Person, Team: in.Team})
		}
		out[at].join(in.Parts)
	}
	if len(out) > MaxResponsibilities {
		c.problems.Add(ResponsibilityField("person", len(rows)), fmt.Sprintf("is one too many: a project has at most %d rows", MaxResponsibilities))
	}
	sortResponsibilities(out)
	return out, c.problems.Err()
}

// checkPart checks whether somebody can have the parts that they are given.
func (r *Review) checkPart(c *input, field string, in Responsibility) {
	if in.Has(PartBuilds) && r.Project.Duty(in.Person) == "" {
		c.problems.Add(field, "is not on this project, so does not build it; add them as a member first")
	}
	if slices.ContainsFunc(r.Project.Responsibilities, in.of) {
		return
	}
	switch {
	case r.away(in.Person):
		c.problems.Add(field, isAway)
	case !r.able(in.Person, ViewProject):
		c.problems.Add(field, "cannot see this project; choose somebody who can, or add them as a member first")
	}
}

// ResponsibilityField names a field of a row of the form, from 1: its person or team.
func ResponsibilityField(name string, no int) string { return fmt.Sprintf("%s-%d", name, no) }

// sortResponsibilities brings rows into their order: teams by their names, then people.
func sortResponsibilities(rows []Responsibility) {
	slices.SortFunc(rows, func(a, b Responsibility) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), strings.Compare(a.Team, b.Team))
	})
}

// handOverParts says who has the parts of somebody who leaves. Without a successor
// they keep those parts while they can see the project.
func (r *Review) handOverParts(from, to PersonID, reason string) []Event {
	was := r.Project.Responsibilities
	i := slices.IndexFunc(was, func(o Responsibility) bool { return from != 0 && o.Person == from })
	if i < 0 || to == 0 && r.able(from, ViewProject) {
		return nil
	}
	rows := slices.Delete(slices.Clone(was), i, i+1)
	if to != 0 {
		at := slices.IndexFunc(rows, func(o Responsibility) bool { return o.Person == to })
		if at < 0 {
			at = len(rows)
			rows = append(rows, Responsibility{Person: to})
		}
		rows[at].join(was[i].Parts)
		sortResponsibilities(rows)
	}
	return []Event{ResponsibilitiesSet{Rows: rows, Was: was, Reason: reason}}
}
