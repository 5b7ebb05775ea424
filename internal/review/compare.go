package review

import (
	"encoding/json"
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"maps"
	"reflect"
	"slices"
)

// Differences compares two pictures of the same review, such as what the
// tables say and what the trail says, and lists where they differ: the place,
// then both values. Templates are not compared, nor who holds which seat.
func Differences(a, b *Review) []string {
	var d differences
	p, q := a.Project, b.Project
	if len(p.Profile) == 0 && len(q.Profile) == 0 {
		p.Profile, q.Profile = nil, nil
	}
	if len(p.Unanswered) == 0 && len(q.Unanswered) == 0 {
		p.Unanswered, q.Unanswered = nil, nil
	}
	d.compare("the project", p, q)
	d.compare("the number of the review", a.No, b.No)
	d.compare("when the review started", a.Started, b.Started)
	d.compare("when the last gate passed in the review before", a.PassedBefore, b.PassedBefore)
	compareEach(&d, "record", a.Records, b.Records, func(rec Record) any { return rec })
	return append(d, StageDifferences(a, b)...)
}

// StageDifferences is [Differences] of the stages alone.
func StageDifferences(a, b *Review) []string {
	var d differences
	d.compare("the plan", a.Plan.Origin, b.Plan.Origin)
	if len(a.Stages) != len(b.Stages) {
		d.compare("the number of stages", len(a.Stages), len(b.Stages))
		return d
	}
	for i := range a.Stages {
		d.stage(&a.Stages[i], &b.Stages[i])
	}
	if len(a.Wishes)+len(b.Wishes) > 0 {
		d.compare("the wishes to lower items", a.Wishes, b.Wishes)
	}
	if len(a.Asked)+len(b.Asked) > 0 {
		d.compare("since when items are asked", a.Asked, b.Asked)
	}
	d.compare("the upgrade that can be undone", a.Upgraded, b.Upgraded)
	if len(a.Former) != len(b.Former) {
		d.compare("the number of former stages", len(a.Former), len(b.Former))
		return d
	}
	for i := range a.Former {
		d.stage(&a.Former[i], &b.Former[i])
	}
	return d
}

type differences []string

// compare notes two values that do not come out the same as JSON; of two
// objects, the fields that do not.
func (d *differences) compare(place string, a, b any) {
	if reflect.DeepEqual(a, b) { // nearly always, and without encoding either
		return
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	if errX != nil || errY != nil {
		*d = append(*d, fmt.Sprintf("%s cannot be compared: %v, %v", place, errX, errY))
		return
	}
	if string(x) == string(y) {
		return
	}
	var fieldsX, fieldsY map[string]json.RawMessage
	if json.Unmarshal(x, &fieldsX) != nil || json.Unmarshal(y, &fieldsY) != nil {
		*d = append(*d, fmt.Sprintf("%s: %s against %s", place, x, y))
		return
	}
	names := slices.Sorted(maps.Keys(fieldsX))
	for name := range fieldsY { // both are of one type, but one may lack what is empty in it
		if _, both := fieldsX[name]; !both {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if string(fieldsX[name]) != string(fieldsY[name]) {
			*d = append(*d, fmt.Sprintf("%s, %s: %s against %s", place, name, fieldsX[name], fieldsY[name]))
		}
	}
}

func (d *differences) stage(a, b *Stage) {
	place := "stage " + string(a.Def.Key)
	d.compare(place+", loaded", a.Loaded, b.Loaded)
	d.compare(place+", gate", a.Gate.Label(), b.Gate.Label())
	d.compare(place+", numbers given out", a.Gone, b.Gone)
	compareEach(d, place+", item", a.Items, b.Items, plainItem)
	compareEach(d, place+", item that is no longer asked", a.Aside, b.Aside, plainItem)
	compareEach(d, place+", evidence", a.Evidence, b.Evidence, func(e Evidence) any { return e })
	compareEach(d, place+", round", a.Rounds, b.Rounds, plainRound)
	compareEach(d, place+", finding", a.Findings, b.Findings, func(f Finding) any { return f })
	compareEach(d, place+", waiver", a.Waivers, b.Waivers, func(w Waiver) any { return w })
	compareEach(d, place+", condition", a.Conditions, b.Conditions, func(c Condition) any { return c })
}

func compareEach[T any](d *differences, place string, a, b []T, plain func(T) any) {
	if len(a) != len(b) {
		d.compare(place+"s, how many", len(a), len(b))
		return
	}
	for i := range a {
		d.compare(fmt.Sprintf("%s %d", place, i+1), plain(a[i]), plain(b[i]))
	}
}

func plainItem(it Item) any {
	it.Def = &plan.Item{Key: it.Def.Key}
	return it
}

// plainRound evens out what an empty list is written as.
func plainRound(r Round) any {
	if len(r.Early) == 0 {
		r.Early = nil
	}
	if len(r.Policy.Mandatory) == 0 {
		r.Policy.Mandatory = nil
	}
	if len(r.Records) == 0 {
		r.Records = nil
	}
	if len(r.SignOffs) == 0 {
		r.SignOffs = nil
	}
	return r
}
