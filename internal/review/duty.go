package review

import (
	"maps"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// Duties are whom the project's modules have it tell of an incident, the soonest first.
func (r *Review) Duties() []plan.DutyOf { return r.Plan.Duties(plan.Profile(r.Project.Profile)) }

// workOutDeadlines fills in by when authorities have to be told that modules of the
// project name, where nobody typed that. One that stands there twice is told twice.
func (r *Review) workOutDeadlines(in *input, kind *record.Kind, values record.Values) {
	if kind.Key != record.Incident {
		return
	}
	told := map[string]int{}
	for _, t := range record.Tellings() {
		authority := strings.ToLower(values[t.Authority])
		duty, found := r.Plan.Duty(plan.Profile(r.Project.Profile), authority, told[authority])
		told[authority]++
		if !found || values[t.Deadline] != "" {
			continue
		}
		detected, err := time.Parse(record.MomentLayout, values["detected"])
		if err != nil {
			in.problems.Add("detected", "say when it was detected, so that the deadline can be worked out from it; or type the deadline")
			return
		}
		values[t.Deadline] = duty.By(detected).Format(record.MomentLayout)
	}
}

// Told notes that somebody has been told of an incident, now. Of somebody who has been
// told already it changes nothing. When it was can be put right by editing the incident.
func (r *Review) Told(by Actor, no int, whom string, at time.Time) error {
	rec, err := r.recordToChange(by, no)
	if err != nil {
		return err
	}
	if rec.Kind != record.Incident {
		return ErrNotFound
	}
	fields, named := rec.RecordFields, false
	for _, t := range record.Tellings() {
		if whom == "" || rec.Values[t.Authority] != whom {
			continue
		}
		if named = true; rec.Values[t.Notified] == "" {
			fields.Values = maps.Clone(rec.Values)
			fields.Values[t.Notified] = at.UTC().Format(record.MomentLayout)
			break
		}
	}
	if !named {
		return &Outdated{What: "incident"}
	}
	if rec.same(&fields) {
		return nil
	}
	var c input
	for _, p := range rec.Def().Check(fields.Values) {
		c.problems.Add(string(p.Field), p.Message)
	}
	if err := c.problems.Err(); err != nil {
		return err
	}
	return r.record(by, at, RecordEdited{No: no, Type: rec.Kind, Was: rec.Stage, Record: fields, Changes: rec.changes(&fields)})
}
