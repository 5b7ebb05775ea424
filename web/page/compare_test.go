package page

import (
	"net/url"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// A preset is a moment to the minute, which the form's field can show and
// change, where that is the same state of the project; else it stays exact.
func TestPresetsAreWholeMinutes(t *testing.T) {
	moment := func(text string) time.Time {
		at, err := time.Parse("2006-01-02 15:04:05.999999", text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	const created, signed = "2026-11-02 09:30:00.123456", "2026-11-13 17:47:03.38975"
	tests := []struct {
		name        string
		signed, now string
		others      []string // when anything else happened
		reviews     []string // when reviews after the launch started
		want        []string
	}{
		{"quiet", signed, "2026-11-13 17:48:00", nil, nil, []string{"2026-11-13T17:48", "2026-11-02T09:30", "2026-11-06T17:48"}},
		{"the minute is not over", signed, "2026-11-13 17:47:59.999999", nil, nil, []string{"2026-11-13T17:47:03.38975Z", "2026-11-02T09:30", "2026-11-06T17:47"}},
		{"something followed in that minute", signed, "2026-11-14 09:00:00", []string{"2026-11-13 17:48:00"}, nil, []string{"2026-11-13T17:47:03.38975Z", "2026-11-02T09:30", "2026-11-07T09:00"}},
		{"something followed after it", signed, "2026-11-14 09:00:00", []string{"2026-11-13 17:48:00.000001"}, nil, []string{"2026-11-13T17:48", "2026-11-02T09:30", "2026-11-07T09:00"}},
		{"on the minute", "2026-11-13 17:47:00", "2026-11-14 09:00:00", []string{"2026-11-13 17:47:00.000001"}, nil, []string{"2026-11-13T17:47", "2026-11-02T09:30", "2026-11-07T09:00"}},
		{"days end in between", "2026-11-13 23:59:03", "2026-11-14 09:00:00", nil, nil, []string{"2026-11-13T23:59:03Z", "2026-11-02T09:30", "2026-11-07T09:00"}},
		{"right after it was started", "2026-11-02 09:30:00.2", "2026-11-02 10:00:00", nil, nil, []string{"2026-11-02T09:31", "2026-11-02T09:30"}},
		{"a later review", signed, "2026-11-19 09:00:00", nil, []string{"2026-11-18 10:20:30.5"}, []string{"2026-11-13T17:48", "2026-11-18T10:20", "2026-11-12T09:00"}},
		{"a later review on the minute", signed, "2026-11-19 09:00:00", nil, []string{"2026-11-18 10:20:00"}, []string{"2026-11-13T17:48", "2026-11-18T10:19", "2026-11-12T09:00"}},
		{"something before it in its minute", signed, "2026-11-19 09:00:00", []string{"2026-11-18 10:20:00.000001"}, []string{"2026-11-18 10:20:30.5"}, []string{"2026-11-13T17:48", "2026-11-18T10:20:30.499999Z", "2026-11-12T09:00"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &CompareData{Project: &review.Project{Key: "led", Created: moment(created)}, Now: moment(tt.now), To: moment(tt.now)}
			d.Entries = []review.Entry{{At: moment(created), Event: review.ProjectCreated{}}, {At: moment(tt.signed), Event: review.GateSigned{}}}
			for _, at := range tt.others {
				d.Entries = append(d.Entries, review.Entry{At: moment(at), Event: review.CommentAdded{}})
			}
			d.Reviews = []time.Time{moment(created)}
			for _, at := range tt.reviews {
				d.Entries = append(d.Entries, review.Entry{At: moment(at), Event: review.ReviewStarted{}})
				d.Reviews = append(d.Reviews, moment(at))
			}
			got := d.presets()
			if len(got) != len(tt.want) {
				t.Fatalf("%v, want %v", got, tt.want)
			}
			for i, p := range got {
				if want := CompareURL("led") + "?from=" + url.QueryEscape(tt.want[i]); p.href != want {
					t.Errorf("%s: %s, want %s", p.label, p.href, want)
				}
			}
		})
	}
}

// Of the answers about a project only those that differ are told, and an item that the
// plan asks otherwise is not changed by the clock.
func TestWhatAChangedPlanMakesDifferent(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	lifecycle := plan.Lifecycle{Key: "l", Version: 2, Name: "Ours", Flags: []plan.Question{{Key: "users", Label: "People use it"}, {Key: "cloud", Label: "It runs in a cloud"}}}
	older := lifecycle
	older.Version, older.Flags = 1, append([]plan.Question{{Key: "old", Label: "It is old"}}, lifecycle.Flags...)
	def := &plan.Item{Key: "scope", Title: "Scope"}
	stage := func(it review.Item) []review.Stage {
		it.Def = def
		return []review.Stage{{Def: &plan.Stage{Key: "idea", Name: "Idea"}, Items: []review.Item{it}, Loaded: true}}
	}
	d := &CompareData{
		From: at.Add(-time.Hour), To: at.Add(time.Hour), Name: func(p review.PersonID) string { return map[review.PersonID]string{1: "Ana", 2: "Ben"}[p] },
		Before:  &review.Review{Plan: &plan.Plan{Lifecycle: older, Origin: plan.Origin{Lifecycle: plan.Ref{Version: 1}}}, Project: review.Project{Profile: plan.Profile{"users"}}, Stages: stage(review.Item{Answer: review.Answer{State: review.Met}})},
		After:   &review.Review{Plan: &plan.Plan{Lifecycle: lifecycle, Origin: plan.Origin{Lifecycle: plan.Ref{Version: 2}}}, Project: review.Project{Profile: plan.Profile{"cloud", "users"}}, Stages: stage(review.Item{Answer: review.Answer{State: review.Met}, Reattest: true})},
		Entries: []review.Entry{{At: at, Actor: 1, Event: review.PlanUpgraded{Reconfirm: []plan.ItemKey{"scope"}}}, {At: at, Actor: 2, Event: review.ModuleAttached{}}},
	}
	if got, want := d.repliesThatDiffer(d.Before)+"|"+d.repliesThatDiffer(d.After), "It is old: no\nIt runs in a cloud: no|It runs in a cloud: yes"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := planNames(d.Before)+"|"+planNames(d.After), "Ours, version 1|Ours, version 2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	a, b := &d.Before.Stages[0], &d.After.Stages[0]
	rows := d.itemRows(a, b, &a.Items[0], &b.Items[0])
	if len(rows) != 1 || rows[0].what != "Answer" || rows[0].who != "Ana" {
		t.Errorf("%+v", rows)
	}
}
