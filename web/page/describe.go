package page

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// Names gives what pages call a person.
type Names func(review.PersonID) string

// Standing names who did something and, where they stood in for the holder of a
// seat, for whom; nobody is empty.
func (n Names) Standing(p, holder review.PersonID) string {
	switch {
	case p == 0:
		return ""
	case holder == 0:
		return n(p)
	}
	return n(p) + ", standing in for " + n(holder)
}

// Teller puts entries of a trail into words. Project and Template are those of
// the stream; the directory's stream has neither.
type Teller struct {
	Project  review.ProjectKey
	Template *plan.Lifecycle
	Names    Names
	Others   review.Others // that records are about; nil: nobody looked them up
}

// Describe says what happened: who, what, to which thing, and what was typed.
func (t Teller) Describe(en review.Entry) ui.Entry {
	out := ui.Entry{State: ui.Part, Who: t.Names(en.Actor), At: en.At}
	switch e := en.Event.(type) {
	case review.ProjectCreated, review.ProjectEdited, review.ProfileConfirmed, review.ProjectTagged, review.DutySet, review.StatusChanged,
		review.RetractionAsked, review.AnswersRetracted, review.RetractionRefused:
		t.project(&out, en.Event)
	case review.PersonJoined, review.RightGranted, review.RightRevoked, review.PersonBlocked, review.PersonUnblocked, review.PersonErased, review.GroupsUnknown:
		t.right(&out, en.Event)
	case review.DocumentPublished, review.VersionRetired, review.OwnerChanged, review.DefaultNamed:
		t.library(&out, en.Event)
	case review.ItemAnswered, review.NotApplicableApproved, review.ItemAssigned, review.CommentAdded, review.EvidenceAdded, review.EvidenceRemoved:
		sk, ik := en.Event.Subject()
		t.toItem(&out, sk, ik)
		t.item(&out, en.Event, en.Actor)
	case review.AnswerOffered, review.OfferWithdrawn, review.AnswerInherited, review.InheritanceEnded:
		sk, ik := en.Event.Subject()
		t.toItem(&out, sk, ik)
		t.shared(&out, en.Event)
	case review.SignOffRequested, review.GateSigned, review.FindingRaised, review.FindingAnswered, review.RoundClosed:
		sk, _ := en.Event.Subject()
		t.toGate(&out, sk)
		t.gate(&out, en.Event)
	case review.ModuleAttached, review.ModuleDetached, review.DefinitionPinned, review.ItemAdded, review.ItemDropped, review.CoreMarked, review.PlanUpgraded, review.UpgradeUndone,
		review.LevelRaised, review.LevelLowered, review.LoweringAsked, review.LoweringRefused, review.PolicyAttached, review.PolicyDetached,
		review.EnvironmentAdded, review.EnvironmentRenamed, review.EnvironmentRemoved:
		t.plan(&out, en.Event)
	case review.ResponsibilitiesSet:
		out.What, out.Thing, out.Href = "changed the project's", "responsibilities", ResponsibilitiesURL(t.Project)
		out.Why = strings.TrimSpace(responsibilityChanges(e, t.Names) + "\n" + e.Reason)
	case review.StagePlanned:
		t.toGate(&out, e.Stage)
		if s := t.stage(e.Stage); s != nil {
			out.Thing, out.Href = s.Name, StageURL(t.Project, e.Stage)
		}
		out.What, out.Why = "changed owner and dates of", stagePlanChanges(e, t.Names)
	case review.ReviewStarted:
		out.What, out.Why = "started review "+strconv.Itoa(e.No)+" of the project", e.Reason
		if n := len(e.Conditions); n > 0 {
			out.Why += "\n" + CountOf(n, "open condition") + " carried over."
		}
	case review.WaiverRequested, review.WaiverGranted, review.WaiverDenied, review.WaiverExtended, review.WaiverRevoked:
		sk, ik := en.Event.Subject()
		t.toItem(&out, sk, ik)
		t.waiver(&out, en.Event)
	case review.SeatDelegated, review.DelegationEnded:
		t.right(&out, en.Event)
	case review.ConditionSet, review.ConditionHandedOn, review.ConditionMet, review.ConditionConfirmed, review.ConditionReopened, review.ConditionReleased,
		review.FindingAccepted, review.FindingReopened, review.GateForced, review.GateReopened, review.RetrospectiveClosed:
		sk, _ := en.Event.Subject()
		t.toGate(&out, sk)
		t.followUp(&out, en.Event)
	case review.RecordOpened, review.RecordEdited, review.RecordMoved, review.RecordHandedOn, review.RecordDiscussed, review.ReadingNoted, review.ReadingStruck:
		t.record(&out, en.Event)
	default:
		out.What = "recorded " + e.Kind()
	}
	return out
}

// DescribeAll puts entries into words, in the order given.
func (t Teller) DescribeAll(entries []review.Entry) []ui.Entry {
	out := make([]ui.Entry, len(entries))
	for i := range entries {
		out[i] = t.Describe(entries[i])
	}
	return out
}

func (t Teller) toItem(out *ui.Entry, sk plan.StageKey, ik plan.ItemKey) {
	out.Thing, out.Href = string(ik), ItemURL(t.Project, sk, ik)
	if d := t.find(sk, ik); d != nil {
		out.Thing = d.Title
	}
}

// find is an item of the template; nil when it has none.
func (t Teller) find(sk plan.StageKey, ik plan.ItemKey) *plan.Item {
	s := t.stage(sk)
	if s == nil {
		return nil
	}
	if i := s.Place(ik); i >= 0 {
		return &s.Items[i]
	}
	return nil
}

func (t Teller) toGate(out *ui.Entry, sk plan.StageKey) {
	out.Thing, out.Href = string(sk), GateURL(t.Project, sk)
	if s := t.stage(sk); s != nil {
		out.Thing = s.Name
	}
}

func (t Teller) stage(sk plan.StageKey) *plan.Stage {
	if t.Template == nil {
		return nil
	}
	if i := t.Template.StageIndex(sk); i >= 0 {
		return &t.Template.Stages[i]
	}
	return nil
}

// stageName is what the plan calls a stage; its key where it no longer has it.
func (t Teller) stageName(key string) string {
	if t.Template == nil {
		return key
	}
	return stageName(t.Template, key)
}

func (t Teller) project(out *ui.Entry, ev review.Event) {
	switch e := ev.(type) {
	case review.ProjectCreated:
		out.What, out.Thing, out.Href = "started the project", e.Name, ProjectURL(e.Key)
		out.Why = fmt.Sprintf("Owner %s%s. Team %s, tier %d, exposure %s%s. Lifecycle %s, version %d.",
			t.Names(e.Owner), prefixed(", deputy ", t.nameOf(e.Deputy)), e.Team, e.Tier, e.Exposure, prefixed(", target ", day(e.Target)), e.Template.Key, e.Template.Version)
		if e.Restricted {
			out.Why += " Restricted."
		}
		if e.Origination != "" {
			out.Why += " " + e.Origination.Label() + "."
		}
		if s := t.stage(e.Start); s != nil {
			out.Why += " Starts with " + s.Name + "."
		}
		if e.Reason != "" {
			out.Why += fmt.Sprintf(" Tier %d was proposed: %s", e.Proposed, e.Reason)
		}
		if n := len(e.Unanswered); n > 0 {
			out.Why += " " + CountOf(n, "question") + " about it not answered yet."
		}
	case review.ProjectEdited:
		out.What = "changed the project's " + changedFields(e.Changes)
		out.Why = strings.Join(append(t.changeLines(e.Changes), replyLines(t.Template, e.Replies())...), "\n")
		if e.Reason != "" {
			out.Why += "\n" + e.Reason
		}
	case review.ProfileConfirmed:
		out.State, out.What = ui.Met, "confirmed the answers about the project"
		out.Why = "Yes: " + OrNone(strings.Join(flagLabels(t.Template, e.Profile), "; ")) + "\nNo: " + OrNone(strings.Join(flagLabels(t.Template, e.No), "; "))
	case review.RetractionAsked:
		out.State, out.What = ui.Wait, "asked to take answers about the project back"
		out.Why = strings.Join(append(backLines(t.Template, e.Back), e.Reason), "\n")
	case review.AnswersRetracted:
		out.State, out.What = ui.Waived, "approved"+strings.TrimSuffix(t.aside(e.For), ",")+", as "+t.Names(e.Asked)+" asked, taking answers about the project back"
		out.Why = strings.Join(append(backLines(t.Template, e.Back), e.Reason), "\n")
	case review.RetractionRefused:
		out.State, out.What, out.Why = ui.Bad, "turned down taking answers about the project back", e.Reason
	case review.ProjectTagged:
		out.What, out.Why = "changed the project's tags", tagChanges(e)
	case review.DutySet:
		out.What, out.Why = dutyWords(e, t.Names), e.Reason
	case review.StatusChanged:
		out.State, out.What = statusWords(e.To)
		out.Why = e.Reason
	}
}

func dutyWords(e review.DutySet, names Names) string {
	switch {
	case e.Duty == "":
		return fmt.Sprintf("removed %s (%s) from the project", names(e.Person), e.From)
	case e.From == "":
		return fmt.Sprintf("made %s %s of the project", names(e.Person), e.Duty)
	}
	return fmt.Sprintf("made %s (%s until then) %s of the project", names(e.Person), e.From, e.Duty)
}

func statusWords(to review.Status) (ui.State, string) {
	switch to {
	case review.StatusOnHold:
		return ui.Hold, "put the project on hold"
	case review.StatusStopped:
		return ui.Stop, "stopped the project"
	}
	return ui.Part, "resumed the project"
}

func (t Teller) item(out *ui.Entry, ev review.Event, actor review.PersonID) {
	switch e := ev.(type) {
	case review.ItemAnswered:
		t.answered(out, e)
	case review.NotApplicableApproved:
		out.State, out.What = ui.NA, "approved not applicable"+t.aside(e.For)+" for"
	case review.ItemAssigned:
		out.What, out.Why = t.assigned(e, actor), prefixed("Due ", day(e.Due))
		if e.Reason != "" {
			out.Why = strings.TrimSpace(out.Why + "\n" + e.Reason)
		}
	case review.CommentAdded:
		out.What, out.Why = "commented on", e.Text
	case review.EvidenceAdded:
		out.What = "linked evidence to"
		if e.Renews > 0 {
			out.What = "renewed the evidence for"
		}
		out.Why = fmt.Sprintf("%s: %s\n%s\nEffective %s%s%s", e.Type.Label(), e.Title, e.URL, day(e.Effective),
			prefixed(", expires ", day(e.Expires)), prefixed(", for commit ", e.Commit))
	case review.EvidenceRemoved:
		out.State, out.What = ui.Warn, "removed evidence "+strconv.Itoa(e.No)+" from"
	}
}

func (t Teller) answered(out *ui.Entry, e review.ItemAnswered) {
	out.State, out.Why = ui.AnswerState(string(e.To)), e.Note
	if e.Note == "" && e.FromNote != "" {
		out.Why = "The note was removed. It said: " + e.FromNote
	}
	if e.FromChoices != e.Choices && !e.Choices.IsZero() {
		out.Why = strings.TrimSpace("Chosen: " + ChosenWords(t.find(e.Stage, e.Item), e.Choices) + "\n" + out.Why)
	}
	to, from := strings.ToLower(e.To.Label()), strings.ToLower(e.From.Label())
	if e.Risk == plan.RiskMedium || e.Risk == plan.RiskHigh {
		to += " (" + strings.ToLower(e.Risk.Label()) + ")"
	}
	switch {
	case e.From == e.To && e.FromChoices != e.Choices:
		out.What = "changed the choices, " + to + ", of"
	case e.From == e.To && e.Note == e.FromNote:
		out.What = "confirmed again that it is " + to + ":"
	case e.From == e.To:
		out.What = "changed the note of"
	case e.From == review.Open || e.From == "":
		out.What = "answered " + to + " for"
	default:
		out.What = "changed the answer from " + from + " to " + to + " for"
	}
}

func (t Teller) assigned(e review.ItemAssigned, actor review.PersonID) string {
	switch {
	case e.Person == 0:
		return "unassigned " + t.Names(e.From) + " from"
	case e.Person == e.From:
		return "changed the due date for " + t.Names(e.Person) + " on"
	case e.Person == actor:
		return "assigned themselves to"
	case e.From != 0:
		return "assigned " + t.Names(e.Person) + " instead of " + t.Names(e.From) + " to"
	}
	return "assigned " + t.Names(e.Person) + " to"
}

func (t Teller) gate(out *ui.Entry, ev review.Event) {
	switch e := ev.(type) {
	case review.SignOffRequested:
		out.State, out.What, out.Why = ui.Wait, "requested sign-off of", e.Reason
		if len(e.Early) > 0 {
			out.Why = strings.TrimSpace(e.Reason + "\nEarlier gates had not passed: " + strings.Join(e.Early, ", ") + ".")
		}
	case review.GateSigned:
		out.State, out.What = decisionWords(e)
		out.What += t.inPlaceOf(e.For) + " on"
		out.Why = e.Note
		if took := e.Effort.Label(); took != "" {
			out.Why = strings.TrimSpace(out.Why + "\nIt took: " + strings.ToLower(took) + ".")
		}
	case review.FindingRaised:
		out.State, out.What, out.Why = ui.Bad, "raised finding "+strconv.Itoa(e.No)+" on", e.Text
	case review.FindingAnswered:
		out.State, out.What, out.Why = ui.Met, "answered finding "+strconv.Itoa(e.No)+" on", e.Answer
	case review.RoundClosed:
		out.State, out.What = outcomeWords(e.Outcome)
		out.Why = e.Reason
	}
}

func decisionWords(e review.GateSigned) (ui.State, string) {
	switch e.Decision {
	case review.Conditional:
		return ui.Part, "approved with conditions as " + e.Seat.Label()
	case review.Return:
		return ui.Bad, "decided to return as " + e.Seat.Label()
	case review.Recuse:
		return ui.NA, "recused themselves as " + e.Seat.Label()
	}
	return ui.Met, "approved as " + e.Seat.Label()
}

func outcomeWords(o review.Outcome) (ui.State, string) {
	switch o {
	case review.OutcomePassed:
		return ui.Met, "completed the quorum and passed the gate of"
	case review.OutcomeConditional:
		return ui.Part, "completed the quorum and passed with conditions the gate of"
	case review.OutcomeReturned:
		return ui.Bad, "returned the gate of"
	case review.OutcomeWithdrawn:
		return ui.NA, "withdrew the request for sign-off of"
	case review.OutcomeOnHold:
		return ui.Hold, "put the project on hold, which ended the sign-off round of"
	case review.OutcomeStopped:
		return ui.Stop, "stopped the project, which ended the sign-off round of"
	}
	return ui.Part, "ended the round of"
}

func (t Teller) library(out *ui.Entry, ev review.Event) {
	switch e := ev.(type) {
	case review.DocumentPublished:
		out.State, out.Why = ui.Met, e.Reason
		out.What, out.Thing, out.Href = "published", e.Document+" version "+strconv.Itoa(e.Version), LifecycleURL(e.Document, e.Version)
	case review.VersionRetired:
		out.State, out.Why = ui.NA, e.Reason
		out.What, out.Thing, out.Href = "retired", e.Document+" version "+strconv.Itoa(e.Version), LifecycleURL(e.Document, e.Version)
	case review.DefaultNamed:
		out.What, out.Thing, out.Href, out.Why = "has new projects pin", e.Document, DocumentURL(e.Document), e.Reason
		if !e.Default {
			out.State, out.What = ui.NA, "has new projects no longer pin"
		}
	case review.OwnerChanged:
		out.What = "made " + t.Names(e.Owner) + " the owner of " + e.Document
		if e.Owner == 0 {
			out.What = "left " + e.Document + " without an owner"
		}
	}
}

func (t Teller) right(out *ui.Entry, ev review.Event) {
	switch e := ev.(type) {
	case review.PersonJoined:
		out.Who, out.What = t.Names(e.Person), "signed in for the first time"
	case review.RightGranted:
		out.State = ui.Met
		out.What = "granted " + t.Names(e.Person) + " " + rightWords(e.Role, e.Seat, e.Scope) + sourceWords(e.Source)
	case review.RightRevoked:
		out.State, out.Why = ui.Bad, e.Reason
		out.What = "removed " + t.Names(e.Person) + " from " + rightWords(e.Role, e.Seat, e.Scope) + sourceWords(e.Source)
	case review.SeatDelegated:
		out.State, out.Why = ui.Part, e.Reason
		out.What = "named " + t.Names(e.To) + " to stand in for " + t.Names(e.Person) + " in " + rightWords("", e.Seat, e.Scope) + spanWords(e.Starts, e.Ends)
	case review.PersonBlocked:
		out.State, out.Why = ui.Stop, e.Reason
		out.What = "blocked " + t.Names(e.Person) + " and ended all their sessions"
	case review.PersonUnblocked:
		out.State, out.Why = ui.Met, e.Reason
		out.What = "unblocked " + t.Names(e.Person)
	case review.PersonErased:
		out.State, out.Why = ui.NA, e.Reason
		out.What = "erased the name and address of person " + strconv.FormatInt(int64(e.Person), 10)
	case review.GroupsUnknown:
		out.State, out.Who = ui.Part, t.Names(e.Person)
		out.What = "signed in without rights from groups, because " + GroupsGapWords(e.Why)
	case review.DelegationEnded:
		out.State, out.What = ui.NA, "ended delegation "+strconv.Itoa(e.No)+" of "+t.Names(e.Person)
	}
}

func rightWords(r review.Role, s plan.Seat, in review.Scope) string {
	words := "the role " + string(r)
	if s != "" {
		words = "the " + s.Label() + " seat"
	}
	if in != review.Everywhere {
		words += " in one project"
	}
	return words
}

func sourceWords(s review.Source) string {
	if s == review.FromGroup {
		return ", as their groups say at sign-in"
	}
	return ""
}

// inPlaceOf says for whom a stand-in did something; empty when nobody stood in.
func (t Teller) inPlaceOf(holder review.PersonID) string {
	return prefixed(", standing in for ", t.nameOf(holder))
}

// aside is the same in the middle of a sentence.
func (t Teller) aside(holder review.PersonID) string {
	if holder == 0 {
		return ""
	}
	return t.inPlaceOf(holder) + ","
}

func (t Teller) nameOf(p review.PersonID) string {
	if p == 0 {
		return ""
	}
	return t.Names(p)
}

// prefixed is s behind a prefix, and nothing when s is empty.
func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func changedFields(cs []review.Change) string {
	var names []string
	for _, c := range cs {
		if word := fieldWord(c.Field); !slices.Contains(names, word) {
			names = append(names, word)
		}
	}
	return Enumerate(names, "and")
}

func fieldWord(field string) string {
	switch field {
	case "target":
		return "target date"
	case "restricted":
		return "visibility"
	case "unanswered":
		return "profile"
	case "start":
		return "starting stage"
	}
	return field
}

// changeLines says each change on a line of its own, but for answers; see [replyLines].
func (t Teller) changeLines(cs []review.Change) []string {
	var lines []string
	for _, c := range cs {
		if fieldWord(c.Field) == "profile" {
			continue
		}
		from, to := FieldValue(c.Field, c.From), FieldValue(c.Field, c.To)
		if c.Field == "start" {
			from, to = t.stageName(from), t.stageName(to)
		}
		lines = append(lines, Capital(fieldWord(c.Field))+": "+OrNone(from)+" → "+OrNone(to))
	}
	return lines
}

// FieldValue is a project's field in words.
func FieldValue(field, v string) string {
	switch field {
	case "target":
		return day(v)
	case "kind":
		return plan.Origination(v).Label()
	}
	if field != "restricted" {
		return v
	}
	if v == "true" {
		return "restricted"
	}
	return "open to all with a role"
}

// OrNone says "none" for an empty text.
func OrNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// OrNobody says "nobody" for an empty name.
func OrNobody(s string) string {
	if s == "" {
		return "nobody"
	}
	return s
}

// Capital begins a text with a capital letter.
func Capital(s string) string {
	if s == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	if first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// day is a date as events keep it, for people: 9 Dec 2026. What is no date stays as it is.
func day(s string) string {
	d, err := time.Parse(review.DateLayout, s)
	if err != nil {
		return s
	}
	return d.Format("2 Jan 2006")
}

// spanWords are the days from one date up to, not including, another, in words
// that name the last day.
func spanWords(starts, ends string) string {
	from, err := time.Parse(review.DateLayout, starts)
	until, err2 := time.Parse(review.DateLayout, ends)
	if err != nil || err2 != nil {
		return " from " + starts + " to before " + ends
	}
	return " from " + from.Format("2 Jan 2006") + " until " + until.AddDate(0, 0, -1).Format("2 Jan 2006")
}
