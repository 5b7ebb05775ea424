package page

import (
	"net/url"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// HistoryFilter is what narrows the trail, as its address says it.
type HistoryFilter struct {
	Stage  plan.StageKey
	Kind   string
	Person review.PersonID
	Before int64 // only entries with a smaller number; 0: from the newest
	From   time.Time
	To     time.Time
	// The two moments as they were typed.
	FromText, ToText string
}

// Narrows reports whether entries are left out.
func (f HistoryFilter) Narrows() bool {
	return f.Stage != "" || f.Kind != "" || f.Person != 0 || f.FromText != "" || f.ToText != ""
}

// url is the trail of a project with this filter.
func (f HistoryFilter) url(p review.ProjectKey) string { return HistoryURL(p) + f.query() }

// query is the filter in an address, with its question mark; empty when it narrows nothing.
func (f HistoryFilter) query() string {
	q := url.Values{}
	if f.Stage != "" {
		q.Set("stage", string(f.Stage))
	}
	if f.Kind != "" {
		q.Set("kind", f.Kind)
	}
	if f.Person != 0 {
		q.Set("person", strconv.FormatInt(int64(f.Person), 10))
	}
	if f.FromText != "" {
		q.Set("from", f.FromText)
	}
	if f.ToText != "" {
		q.Set("to", f.ToText)
	}
	if f.Before != 0 {
		q.Set("before", strconv.FormatInt(f.Before, 10))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// HistoryData is one page of a project's trail, newest first.
type HistoryData struct {
	Project  *review.Project
	Template *plan.Lifecycle
	Now      time.Time
	Name     Names
	Others   review.Others // that records are about
	Entries  []review.Entry
	Hashes   []string          // of the entries, hexadecimal
	People   []review.PersonID // to filter by, by name
	Filter   HistoryFilter
	More     bool
	Burn     []BurnUpDay // days that are kept, oldest first
}

// kinds are the events of a project's trail with what a person calls them.
var kinds = []struct{ kind, label string }{
	{review.ItemAnswered{}.Kind(), "Answers"},
	{review.NotApplicableApproved{}.Kind(), "Approvals of not applicable"},
	{review.EvidenceAdded{}.Kind(), "Evidence linked"},
	{review.EvidenceRemoved{}.Kind(), "Evidence removed"},
	{review.AnswerInherited{}.Kind(), "Answers taken over"},
	{review.InheritanceEnded{}.Kind(), "Answers no longer taken over"},
	{review.AnswerOffered{}.Kind(), "Answers offered"},
	{review.OfferWithdrawn{}.Kind(), "Offers withdrawn"},
	{review.ItemAssigned{}.Kind(), "Assignments"},
	{review.CommentAdded{}.Kind(), "Comments"},
	{review.SignOffRequested{}.Kind(), "Requests for sign-off"},
	{review.GateSigned{}.Kind(), "Signatures"},
	{review.FindingRaised{}.Kind(), "Findings"},
	{review.FindingAnswered{}.Kind(), "Findings answered"},
	{review.FindingAccepted{}.Kind(), "Findings accepted"},
	{review.FindingReopened{}.Kind(), "Findings reopened"},
	{review.RoundClosed{}.Kind(), "Outcomes of rounds"},
	{review.ConditionSet{}.Kind(), "Conditions"},
	{review.ConditionHandedOn{}.Kind(), "Conditions handed over"},
	{review.ConditionMet{}.Kind(), "Conditions reported as met"},
	{review.ConditionConfirmed{}.Kind(), "Conditions confirmed"},
	{review.ConditionReopened{}.Kind(), "Conditions reopened"},
	{review.ConditionReleased{}.Kind(), "Conditions released"},
	{review.WaiverRequested{}.Kind(), "Requests for waivers"},
	{review.WaiverGranted{}.Kind(), "Waivers granted"},
	{review.WaiverDenied{}.Kind(), "Waivers denied"},
	{review.WaiverExtended{}.Kind(), "Waivers extended"},
	{review.WaiverRevoked{}.Kind(), "Waivers revoked"},
	{review.GateForced{}.Kind(), "Break-glass"},
	{review.StagePlanned{}.Kind(), "Owners and dates of stages"},
	{review.ResponsibilitiesSet{}.Kind(), "Responsibilities"},
	{review.GateReopened{}.Kind(), "Gates reopened"},
	{review.RetrospectiveClosed{}.Kind(), "Reviews of break-glass"},
	{review.ModuleAttached{}.Kind(), "Modules attached"},
	{review.ModuleDetached{}.Kind(), "Modules detached"},
	{review.DefinitionPinned{}.Kind(), "Readiness definitions pinned"},
	{review.PolicyAttached{}.Kind(), "Policies attached"},
	{review.PolicyDetached{}.Kind(), "Policies detached"},
	{review.EnvironmentAdded{}.Kind(), "Environments added"},
	{review.EnvironmentRenamed{}.Kind(), "Environments renamed"},
	{review.EnvironmentRemoved{}.Kind(), "Environments removed"},
	{review.ItemAdded{}.Kind(), "Own items added"},
	{review.ItemDropped{}.Kind(), "Own items dropped"},
	{review.LevelRaised{}.Kind(), "Items raised"},
	{review.LoweringAsked{}.Kind(), "Requests to lower items"},
	{review.LevelLowered{}.Kind(), "Items lowered"},
	{review.LoweringRefused{}.Kind(), "Requests to lower turned down"},
	{review.CoreMarked{}.Kind(), "Core items marked"},
	{review.PlanUpgraded{}.Kind(), "Upgrades of the plan"},
	{review.UpgradeUndone{}.Kind(), "Upgrades undone"},
	{review.RecordOpened{}.Kind(), "Records added"},
	{review.RecordEdited{}.Kind(), "Records changed"},
	{review.RecordMoved{}.Kind(), "Records moved on"},
	{review.RecordHandedOn{}.Kind(), "Records handed over"},
	{review.ReadingNoted{}.Kind(), "Values noted"},
	{review.ReadingStruck{}.Kind(), "Values struck out"},
	{review.RecordDiscussed{}.Kind(), "Comments on records"},
	{review.ReviewStarted{}.Kind(), "Starts of reviews"},
	{review.ProjectCreated{}.Kind(), "Start of the project"},
	{review.ProjectEdited{}.Kind(), "Changes of the project"},
	{review.ProjectTagged{}.Kind(), "Tags"},
	{review.ProfileConfirmed{}.Kind(), "Confirmed answers about it"},
	{review.RetractionAsked{}.Kind(), "Requests to take answers back"},
	{review.AnswersRetracted{}.Kind(), "Answers taken back"},
	{review.RetractionRefused{}.Kind(), "Requests to take answers back turned down"},
	{review.DutySet{}.Kind(), "People of the project"},
	{review.StatusChanged{}.Kind(), "Hold, stop and resume"},
}

// KnownKind reports whether a kind of event can stand in a project's trail.
func KnownKind(kind string) bool {
	for _, k := range kinds {
		if k.kind == kind {
			return true
		}
	}
	return false
}

func (d *HistoryData) kindOptions() []ui.Option {
	options := []ui.Option{{Label: "Anything"}}
	for _, k := range kinds {
		options = append(options, ui.Option{Value: k.kind, Label: k.label, Selected: k.kind == d.Filter.Kind})
	}
	return options
}

func (d *HistoryData) stageOptions() []ui.Option {
	options := []ui.Option{{Label: "All"}}
	for i := range d.Template.Stages {
		s := &d.Template.Stages[i]
		options = append(options, ui.Option{Value: string(s.Key), Label: strconv.Itoa(i+1) + ". " + s.Name, Selected: s.Key == d.Filter.Stage})
	}
	return options
}

func (d *HistoryData) personOptions() []ui.Option {
	options := []ui.Option{{Label: "Anybody"}}
	for _, p := range d.People {
		options = append(options, ui.Option{Value: strconv.FormatInt(int64(p), 10), Label: d.Name(p), Selected: p == d.Filter.Person})
	}
	return options
}

// historyRow is an entry with its place in the chain.
type historyRow struct {
	ui.Entry
	seq  int64
	hash string
}

func (d *HistoryData) rows() []historyRow {
	teller := Teller{Project: d.Project.Key, Template: d.Template, Names: d.Name, Others: d.Others}
	rows := make([]historyRow, len(d.Entries))
	for i, en := range d.Entries {
		rows[i] = historyRow{teller.Describe(en), en.Seq, d.Hashes[i]}
	}
	return rows
}

// then is the project right after the entry.
func (d *HistoryData) then(r *historyRow) string { return At(ProjectURL(d.Project.Key), r.At) }

// momentInput is the kind of field that shows a moment as it was typed.
func momentInput(text string) string {
	if _, err := time.Parse(time.DateOnly, text); text != "" && err != nil {
		return "text"
	}
	return "date"
}

// when is the exact moment of the entry, to the second.
func (r *historyRow) when() string { return r.At.UTC().Format("2 Jan 2006, 15:04:05 MST") }

func (r *historyRow) short() string { return r.hash[:min(8, len(r.hash))] }

// newest and older lead to the other pages.
func (d *HistoryData) newest() string {
	f := d.Filter
	f.Before = 0
	return f.url(d.Project.Key)
}

func (d *HistoryData) older() string {
	f := d.Filter
	f.Before = d.Entries[len(d.Entries)-1].Seq
	return f.url(d.Project.Key)
}
