// Package page holds one templ file a page, with typed input. It turns what
// the store read into the parts of package ui; it asks nobody anything.
package page

import (
	"net/url"
	"strconv"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/sheet"
)

// Addresses of pages. Handlers, templates and tests take them from here.
const (
	WorkURL       = "/"
	PortfolioURL  = "/portfolio"
	NewProjectURL = "/projects/new"
	ProjectsURL   = "/projects"
	SignOffsURL   = "/sign-offs"
	WaiversURL    = "/waivers"
	PeopleURL     = "/people"
	RightsURL     = "/people/trail"
	StandInsURL   = "/people/stand-ins"
	AccountURL    = "/account"
	EndSessionURL = "/account/sessions/end"
	EndOthersURL  = "/account/sessions/end-others"
	ReadinessURL  = "/readiness"
	LibraryURL    = "/templates"
	LoginURL      = "/login"
	LogoutURL     = "/logout"
)

// NewProjectStepURL is one step of a draft.
func NewProjectStepURL(draft, step string) string { return NewProjectURL + "/" + draft + "/" + step }

// LifecycleURL is one version of a lifecycle; #item-KEY leads to an item.
func LifecycleURL(key string, version int) string {
	return LibraryURL + "/" + key + "/" + strconv.Itoa(version)
}

// ProjectURL is a project's overview.
func ProjectURL(p review.ProjectKey) string { return ProjectsURL + "/" + string(p) }

// StagesURL leads to the checklist of the stage that the project is at.
func StagesURL(p review.ProjectKey) string { return ProjectURL(p) + "/stages" }

// SettingsURL is where a project's own fields are edited.
func SettingsURL(p review.ProjectKey) string { return ProjectURL(p) + "/settings" }

// ProfileURL is where the questions about a project are answered.
func ProfileURL(p review.ProjectKey) string { return SettingsURL(p) + "#f-profile" }

// ConfirmAnswersURL is where the answers about a project are confirmed.
func ConfirmAnswersURL(p review.ProjectKey) string { return SettingsURL(p) + "/confirm" }

// ResponsibilitiesURL is who builds, runs and approves a project, and who is informed of it.
func ResponsibilitiesURL(p review.ProjectKey) string { return ProjectURL(p) + "/responsibilities" }

// MembersURL is where people are put on a project.
func MembersURL(p review.ProjectKey) string { return ProjectURL(p) + "/members" }

// HistoryURL is a project's trail.
func HistoryURL(p review.ProjectKey) string { return ProjectURL(p) + "/history" }

// ItemsTableURL is a project's items as a file.
func ItemsTableURL(p review.ProjectKey, f sheet.Format) string {
	return ProjectURL(p) + "/items/export/" + string(f)
}

// RecordsTableURL is a list of a project's records of one kind as a file.
func RecordsTableURL(p review.ProjectKey, k record.Key, f sheet.Format) string {
	return RecordKindURL(p, k) + "/export/" + string(f)
}

// ReportURL is a project's printable record.
func ReportURL(p review.ProjectKey) string { return ProjectURL(p) + "/report" }

// CompareURL is where a project is compared at two moments.
func CompareURL(p review.ProjectKey) string { return ProjectURL(p) + "/compare" }

// ReviewsURL is where the next review is started.
func ReviewsURL(p review.ProjectKey) string { return ProjectURL(p) + "/reviews" }

// BundleURL is where a project's proof bundle is downloaded.
func BundleURL(p review.ProjectKey) string { return ProjectURL(p) + "/bundle" }

// StageURL is a stage's checklist.
func StageURL(p review.ProjectKey, s plan.StageKey) string {
	return ProjectURL(p) + "/stages/" + string(s)
}

// BulkURL is where several items of a stage are changed at once.
func BulkURL(p review.ProjectKey, s plan.StageKey) string { return StageURL(p, s) + "/bulk" }

// UndoURL is where a change to items of a stage is taken back.
func UndoURL(p review.ProjectKey, s plan.StageKey) string { return StageURL(p, s) + "/undo" }

// ItemURL is one item's page.
func ItemURL(p review.ProjectKey, s plan.StageKey, i plan.ItemKey) string {
	return StageURL(p, s) + "/items/" + string(i)
}

// AnswerURL is where an item's answer is posted.
func AnswerURL(p review.ProjectKey, s plan.StageKey, i plan.ItemKey) string {
	return ItemURL(p, s, i) + "/answer"
}

// ApproveURL is where it is confirmed that a must does not apply.
func ApproveURL(p review.ProjectKey, s plan.StageKey, i plan.ItemKey) string {
	return ItemURL(p, s, i) + "/approve"
}

// AssignURL is where an item is given to a person.
func AssignURL(p review.ProjectKey, s plan.StageKey, i plan.ItemKey) string {
	return ItemURL(p, s, i) + "/assign"
}

// CommentsURL is where an item's discussion goes on.
func CommentsURL(p review.ProjectKey, s plan.StageKey, i plan.ItemKey) string {
	return ItemURL(p, s, i) + "/comments"
}

// EvidenceURL is where evidence is linked to an item.
func EvidenceURL(p review.ProjectKey, s plan.StageKey, i plan.ItemKey) string {
	return ItemURL(p, s, i) + "/evidence"
}

// RemoveEvidenceURL is where one link is taken away.
func RemoveEvidenceURL(p review.ProjectKey, s plan.StageKey, i plan.ItemKey, no int) string {
	return EvidenceURL(p, s, i) + "/" + strconv.Itoa(no) + "/remove"
}

// ReviseEvidenceURL is where the title and kind of one link are corrected.
func ReviseEvidenceURL(p review.ProjectKey, s plan.StageKey, i plan.ItemKey, no int) string {
	return EvidenceURL(p, s, i) + "/" + strconv.Itoa(no) + "/edit"
}

// ItemWaiversURL is where a waiver for an item is asked for.
func ItemWaiversURL(p review.ProjectKey, s plan.StageKey, i plan.ItemKey) string {
	return ItemURL(p, s, i) + "/waivers"
}

// ItemLevelURL is where it is changed how much an item weighs.
func ItemLevelURL(p review.ProjectKey, s plan.StageKey, i plan.ItemKey) string {
	return ItemURL(p, s, i) + "/level"
}

// RetractionURL is where somebody decides whether answers about the project are
// taken back.
func RetractionURL(p review.ProjectKey) string { return ProjectURL(p) + "/retraction" }

// PlanURL is the page of a project's plan.
func PlanURL(p review.ProjectKey) string { return ProjectURL(p) + "/plan" }

// NewItemURL is where a project adds an item of its own to a stage.
func NewItemURL(p review.ProjectKey, s plan.StageKey) string { return StageURL(p, s) + "/new-item" }

// NewPlanItemURL is where it adds one to a stage that is chosen there.
func NewPlanItemURL(p review.ProjectKey) string { return PlanURL(p) + "/new-item" }

// WaiverURL is where a waiver is decided on.
func WaiverURL(id string, d WaiverDecision) string { return WaiversURL + "/" + id + "/" + string(d) }

// SharedURL is where a project takes over answers of others, and offers its own.
func SharedURL(p review.ProjectKey) string { return ProjectURL(p) + "/shared" }

// GatesURL is where several gates of a project are decided in one press.
func GatesURL(p review.ProjectKey) string { return ProjectURL(p) + "/gates" }

// GateURL is a stage's gate.
func GateURL(p review.ProjectKey, s plan.StageKey) string { return StageURL(p, s) + "/gate" }

// WithRights is the address of the same proof bundle with the trail of rights.
func WithRights(bundle string) string { return bundle + "?rights=1" }

// GateBundleURL is where the proof bundle of one gate is downloaded.
func GateBundleURL(p review.ProjectKey, s plan.StageKey) string { return GateURL(p, s) + "/bundle" }

// RequestURL, WithdrawURL, SignURL and StatusURL are the decisions at a gate.
func RequestURL(p review.ProjectKey, s plan.StageKey) string  { return GateURL(p, s) + "/request" }
func WithdrawURL(p review.ProjectKey, s plan.StageKey) string { return GateURL(p, s) + "/withdraw" }
func SignURL(p review.ProjectKey, s plan.StageKey) string     { return GateURL(p, s) + "/sign" }
func StatusURL(p review.ProjectKey, s plan.StageKey) string   { return GateURL(p, s) + "/status" }

// FindingURL is where a reviewer's finding is answered.
func FindingURL(p review.ProjectKey, s plan.StageKey, no int) string {
	return GateURL(p, s) + "/findings/" + strconv.Itoa(no)
}

// AcceptFindingURL and ReopenFindingURL are where a reviewer judges the answer
// to a finding.
func AcceptFindingURL(p review.ProjectKey, s plan.StageKey, no int) string {
	return FindingURL(p, s, no) + "/accept"
}
func ReopenFindingURL(p review.ProjectKey, s plan.StageKey, no int) string {
	return FindingURL(p, s, no) + "/reopen"
}

// ConditionURL is a condition of a go; what happens to it is posted under it.
func ConditionURL(p review.ProjectKey, s plan.StageKey, no int) string {
	return GateURL(p, s) + "/conditions/" + strconv.Itoa(no)
}

// MeetURL, ConfirmURL, ReopenURL and ReleaseURL are what happens to a condition.
func MeetURL(p review.ProjectKey, s plan.StageKey, no int) string {
	return ConditionURL(p, s, no) + "/met"
}
func ConfirmURL(p review.ProjectKey, s plan.StageKey, no int) string {
	return ConditionURL(p, s, no) + "/confirm"
}
func ReopenURL(p review.ProjectKey, s plan.StageKey, no int) string {
	return ConditionURL(p, s, no) + "/reopen"
}

func ReleaseURL(p review.ProjectKey, s plan.StageKey, no int) string {
	return ConditionURL(p, s, no) + "/release"
}

// TimesURL is how long decisions take.
const TimesURL = SignOffsURL + "/times"

// ViewsURL is where lists of the portfolio are saved.
const ViewsURL = PortfolioURL + "/views"

// StartViewURL is where somebody has a saved view come after signing in, and RemoveViewURL
// where they let go of it.
func StartViewURL(id string) string  { return ViewsURL + "/" + id + "/start" }
func RemoveViewURL(id string) string { return ViewsURL + "/" + id + "/remove" }

// TrendsURL is how the portfolio went on.
const TrendsURL = PortfolioURL + "/trends"

// WaitingForURL are the projects that wait for a seat.
func WaitingForURL(s plan.Seat) string { return PortfolioFilter{Waits: string(s)}.url() }

// StageDatesURL is where somebody says who answers for a stage, and by when it is to
// be done.
func StageDatesURL(p review.ProjectKey, s plan.StageKey) string { return StageURL(p, s) + "/dates" }

// ForceURL is where a gate is passed by break-glass.
func ForceURL(p review.ProjectKey, s plan.StageKey) string { return GateURL(p, s) + "/break-glass" }

// ReopenGateURL is where a gate that has passed is reopened.
func ReopenGateURL(p review.ProjectKey, s plan.StageKey, round int) string {
	return GateURL(p, s) + "/reopen/" + strconv.Itoa(round)
}

// RetrospectiveURL is where others review that.
func RetrospectiveURL(p review.ProjectKey, s plan.StageKey, round int) string {
	return GateURL(p, s) + "/retrospective/" + strconv.Itoa(round)
}

// DelegateURL is where a seat's holder names a stand-in.
func DelegateURL(id review.PersonID) string {
	return PeopleURL + "/" + strconv.FormatInt(int64(id), 10) + "/delegate"
}

// EndDelegationURL ends a delegation before its date.
func EndDelegationURL(id review.PersonID, no int) string {
	return PeopleURL + "/" + strconv.FormatInt(int64(id), 10) + "/delegations/" + strconv.Itoa(no) + "/end"
}

// GrantURL and RevokeURL change a person's rights.
func GrantURL(id review.PersonID) string {
	return PeopleURL + "/" + strconv.FormatInt(int64(id), 10) + "/grant"
}
func RevokeURL(id review.PersonID) string {
	return PeopleURL + "/" + strconv.FormatInt(int64(id), 10) + "/revoke"
}

// LoginTo is sign-in that lands at a page afterwards.
func LoginTo(path string) string { return LoginURL + "?to=" + url.QueryEscape(path) }

// LoginAgain is the same for somebody who has signed in, and has to do it again
// for a decision.
func LoginAgain(path string) string { return LoginTo(path) + "&again=1" }

// FindingID and ConditionID are where a gate's page shows one of its findings
// and conditions.
func FindingID(no int) string   { return "finding-" + strconv.Itoa(no) }
func ConditionID(no int) string { return "condition-" + strconv.Itoa(no) }

// BlockURL, UnblockURL and EraseURL are where a person is kept out, let in again,
// and reduced to their number.
func BlockURL(id review.PersonID) string   { return personPath(id) + "/block" }
func UnblockURL(id review.PersonID) string { return personPath(id) + "/unblock" }
func EraseURL(id review.PersonID) string   { return personPath(id) + "/erase" }

// HandOverURL is where what hangs on a person is given to another.
func HandOverURL(id review.PersonID) string { return personPath(id) + "/hand-over" }

func personPath(id review.PersonID) string { return PeopleURL + "/" + strconv.FormatInt(int64(id), 10) }

// NewDocumentURL is where a document of the library is begun; NewDocumentFrom begins
// it as a copy.
const NewDocumentURL = LibraryURL + "/new"

// NewDocumentFrom is where a version is copied as a new document.
func NewDocumentFrom(key string, version int) string {
	return NewDocumentURL + "?from=" + key + "&version=" + strconv.Itoa(version)
}

// DocumentURL is a document with all its versions.
func DocumentURL(key string) string { return LibraryURL + "/" + key }

// DefaultURL is where the library says whether new projects pin a readiness definition.
func DefaultURL(key string) string { return DocumentURL(key) + "/default" }

// RetireURL is where new projects are kept from following a version.
func RetireURL(key string, version int) string { return LifecycleURL(key, version) + "/retire" }

// DocumentOwnerURL is where a document gets another owner.
func DocumentOwnerURL(key string) string { return DocumentURL(key) + "/owner" }

// DraftURL is the draft of a document; what is changed in it is posted under it.
func DraftURL(key string) string { return DocumentURL(key) + "/draft" }

// DraftStageURL is a stage of a draft.
func DraftStageURL(key string, s plan.StageKey) string { return DraftURL(key) + "/stages/" + string(s) }

// DraftItemURL is an item of a draft.
func DraftItemURL(key string, i plan.ItemKey) string { return DraftURL(key) + "/items/" + string(i) }

// ImportURL is where a file is chosen that becomes a draft; ImportingURL shows what was
// read from one, and ImportDraftURL is where it is stored.
const ImportURL = LibraryURL + "/import"

func ImportingURL(id string) string   { return ImportURL + "/" + id }
func ImportDraftURL(id string) string { return ImportingURL(id) + "/draft" }

// ExportURL is a version in a format, and DraftExportURL a draft.
func ExportURL(key string, version int, format string) string {
	return LifecycleURL(key, version) + "/export/" + format
}
func DraftExportURL(key, format string) string { return DraftURL(key) + "/export/" + format }

// RecordsURL is where everything that a project keeps beside its checklists is listed.
func RecordsURL(p review.ProjectKey) string { return ProjectURL(p) + "/records" }

// RecordKindURL lists a project's records of one kind.
func RecordKindURL(p review.ProjectKey, k record.Key) string { return RecordsURL(p) + "/" + string(k) }

// NewRecordURL is the form of a new record, about a stage and an item where they are given.
func NewRecordURL(p review.ProjectKey, k record.Key, s plan.StageKey, i plan.ItemKey) string {
	q := url.Values{}
	if s != "" {
		q.Set("stage", string(s))
	}
	if i != "" {
		q.Set("item", string(i))
	}
	if len(q) == 0 {
		return RecordKindURL(p, k) + "/new"
	}
	return RecordKindURL(p, k) + "/new?" + q.Encode()
}

// RecordFromURL is the form of a record that comes from another one or from something
// at a gate; see [record.Point].
func RecordFromURL(p review.ProjectKey, k record.Key, source string) string {
	return RecordKindURL(p, k) + "/new?" + url.Values{"source": {source}}.Encode()
}

// AcceptLessonURL is where what a lesson proposes is taken up.
func AcceptLessonURL(p review.ProjectKey, no int) string {
	return RecordURL(p, record.Lesson, no) + "/accept"
}

// RecordURL is a record's page.
func RecordURL(p review.ProjectKey, k record.Key, no int) string {
	return RecordKindURL(p, k) + "/" + strconv.Itoa(no)
}

// ReadingsURL is where figures that were read of a record are noted.
func ReadingsURL(p review.ProjectKey, k record.Key, no int) string {
	return RecordURL(p, k, no) + "/readings"
}

// StrikeReadingURL is where one of them is struck out.
func StrikeReadingURL(p review.ProjectKey, k record.Key, no int) string {
	return ReadingsURL(p, k, no) + "/strike"
}

// ImportObjectivesURL is where objectives in the OpenSLO form are pasted.
func ImportObjectivesURL(p review.ProjectKey) string {
	return RecordKindURL(p, record.Objective) + "/import"
}

// ExportObjectivesURL is where a project's objectives are had in the OpenSLO form.
func ExportObjectivesURL(p review.ProjectKey) string {
	return RecordKindURL(p, record.Objective) + "/export"
}

// EditRecordURL is where it is changed what a record says.
func EditRecordURL(p review.ProjectKey, k record.Key, no int) string {
	return RecordURL(p, k, no) + "/edit"
}

// MoveRecordURL is where a record is brought into another state.
func MoveRecordURL(p review.ProjectKey, k record.Key, no int) string {
	return RecordURL(p, k, no) + "/move"
}

// ToldURL is where it is noted that somebody was told of an incident.
func ToldURL(p review.ProjectKey, no int) string {
	return RecordURL(p, record.Incident, no) + "/told"
}

// RecordCommentsURL is where a record's discussion goes on.
func RecordCommentsURL(p review.ProjectKey, k record.Key, no int) string {
	return RecordURL(p, k, no) + "/comments"
}
