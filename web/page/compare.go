package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// CompareData is a project at two moments. Before is nil until a first moment
// is chosen.
type CompareData struct {
	Project  *review.Project // as it is now
	Template *plan.Lifecycle
	Now      time.Time
	Name     Names
	Others   review.Others // that records are about
	Before   *review.Review
	After    *review.Review
	From, To time.Time
	Entries  []review.Entry // up to To, oldest first
	Moved    []review.Entry // one a stage: what brought its gate to where it stands
	Reviews  []time.Time    // when each review started
	// The form's fields as they were typed, and what is wrong with them.
	FromText, ToText string
	Errors           map[string]string
}

// compareFrom compares a moment with now.
func compareFrom(p review.ProjectKey, from time.Time) string {
	return CompareURL(p) + "?from=" + url.QueryEscape(MomentText(from))
}

// compare is where the project is compared; from the past, that with now.
func (v *projectView) compare() string {
	if v.Past {
		return compareFrom(v.key(), v.Now)
	}
	return CompareURL(v.key())
}

// difference is one thing that is not what it was.
type difference struct {
	what     string
	from, to string
	who      string // empty: nobody, only time went by
	at       time.Time
}

// differing is something with its differences.
type differing struct {
	title, href string
	rows        []difference
}

// stageDifferences are a stage's gate and items that differ.
type stageDifferences struct {
	id, title string
	parts     []differing
}

// preset is a first moment that people often want.
type preset struct{ label, href string }

func (d *CompareData) presets() []preset {
	var out []preset
	for _, en := range slices.Backward(d.Entries) {
		if _, ok := en.Event.(review.GateSigned); ok {
			out = append(out, d.preset("Since the last sign-off", d.minuteAfter(en.At)))
			break
		}
	}
	if n := len(d.Reviews); n > 1 {
		out = append(out, d.preset("Since review "+strconv.Itoa(n)+" started", d.minuteBefore(lastMoment(d.Reviews[n-1]))))
	} else {
		// A moment shortly before the project was started stands for its start.
		out = append(out, d.preset("Since the review started", d.Project.Created.Truncate(time.Minute)))
	}
	if week := d.Now.AddDate(0, 0, -7); week.After(d.Project.Created) {
		out = append(out, d.preset("Last 7 days", week.Truncate(time.Minute)))
	}
	return out
}

func (d *CompareData) preset(label string, from time.Time) preset {
	text := MomentText(from)
	if from.Equal(from.Truncate(time.Minute)) {
		text = from.UTC().Format(localTime)
	}
	return preset{label, CompareURL(d.Project.Key) + "?from=" + url.QueryEscape(text)}
}

// minuteAfter is the end of a moment's minute where the project was the same
// then, else the moment itself. With a day, dates run out.
func (d *CompareData) minuteAfter(t time.Time) time.Time {
	m := t.Truncate(time.Minute)
	if m.Before(t) {
		m = m.Add(time.Minute)
	}
	there := m.In(d.Now.Location())
	midnight := there.Hour() == 0 && there.Minute() == 0
	if m.After(d.To) || d.happened(t, m) || midnight && !m.Equal(t) {
		return t
	}
	return m
}

// minuteBefore is the beginning of a moment's minute where the project was the
// same then, else the moment itself.
func (d *CompareData) minuteBefore(t time.Time) time.Time {
	m := t.Truncate(time.Minute)
	if d.happened(m, t) {
		return t
	}
	return m
}

// happened reports whether anything changed after one moment, up to another.
func (d *CompareData) happened(after, upTo time.Time) bool {
	return slices.ContainsFunc(d.Entries, func(en review.Entry) bool { return en.At.After(after) && !en.At.After(upTo) })
}

// fields are the form's two moments.
func (d *CompareData) fields() (from, to ui.Field) {
	from = ui.Field{Name: "from", Label: "From (UTC)", Value: d.FromText, Error: d.Errors["from"]}
	to = ui.Field{Name: "to", Label: "To (UTC), empty for now", Value: d.ToText, Error: d.Errors["to"]}
	return from, to
}

func (d *CompareData) problems() []ui.FieldError {
	from, to := d.fields()
	return summary([]ui.Field{from, to})
}

// localTime is how a browser's field for a moment writes it.
const localTime = "2006-01-02T15:04"

// MomentField is a moment of an address as a field shows it, in UTC: one to the
// minute as a browser's own field writes it, a more exact one to be read.
// Anything else is as it was typed.
func MomentField(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		return text
	case t.Equal(t.Truncate(time.Minute)):
		return t.UTC().Format(localTime)
	}
	return t.UTC().Format("2006-01-02 15:04:05.999999")
}

func compareInput(text string) string {
	if _, err := time.Parse(localTime, text); text != "" && err != nil {
		return "text"
	}
	return "datetime-local"
}

// last is the newest change between the two moments of which is is true.
func (d *CompareData) last(is func(review.Event) bool) (who string, at time.Time) {
	for _, en := range slices.Backward(d.Entries) {
		if !en.At.After(d.From) {
			break
		}
		if is(en.Event) {
			return d.Name(en.Actor), en.At
		}
	}
	return "", time.Time{}
}

// note adds a difference when there is one.
func (d *CompareData) note(rows []difference, what, from, to string, is func(review.Event) bool) []difference {
	if from == to {
		return rows
	}
	row := difference{what: what, from: from, to: to}
	row.who, row.at = d.last(is)
	return append(rows, row)
}

// projectFields are the project's own fields that differ.
func (d *CompareData) projectFields() []difference {
	a, b := d.projectWords(d.Before), d.projectWords(d.After)
	var rows []difference
	for i := range a {
		rows = d.note(rows, Capital(fieldWord(a[i].name)), a[i].text, b[i].text, a[i].changes)
	}
	return rows
}

// fieldText is a field in words, with the events that change it.
type fieldText struct {
	name, text string
	changes    func(review.Event) bool
}

func (d *CompareData) projectWords(r *review.Review) []fieldText {
	p := &r.Project
	field := func(name, text string) fieldText { return fieldText{name, text, edited(name)} }
	duty := func(d review.Duty) func(review.Event) bool {
		return func(e review.Event) bool {
			ev, ok := e.(review.DutySet)
			return ok && (ev.From == d || ev.Duty == d)
		}
	}
	return []fieldText{
		field("name", p.Name), field("summary", p.Summary), field("team", p.Team), field("tier", strconv.Itoa(int(p.Tier))),
		field("kind", FieldValue("kind", string(p.Kind))), field("start", stageName(&r.Plan.Lifecycle, string(r.Begins()))), field("exposure", string(p.Exposure)), field("target", review.FormatDate(p.Target)),
		field("restricted", FieldValue("restricted", strconv.FormatBool(p.Restricted))),
		{"tags", TagText(p.Tags), func(e review.Event) bool { _, ok := e.(review.ProjectTagged); return ok }},
		{"profile", d.repliesThatDiffer(r), either(edited("profile", "unanswered"), replans)},
		{"lifecycle and modules", planNames(r), replans},
		{"answers", NewConfirmation(r, review.Actor{}, d.Name, true).Words(), func(e review.Event) bool { _, ok := e.(review.ProfileConfirmed); return ok }},
		{"status", string(p.Status), func(e review.Event) bool { _, ok := e.(review.StatusChanged); return ok }},
		{"owner", NameOrNone(d.Name, p.Holder(review.DutyOwner)), duty(review.DutyOwner)},
		{"deputy", NameOrNone(d.Name, p.Holder(review.DutyDeputy)), duty(review.DutyDeputy)},
		{"stage owners and dates", stagePlansText(r, d.Name), func(e review.Event) bool { _, ok := e.(review.StagePlanned); return ok || startsReview(e) }},
		{"policies", policyNames(r), func(e review.Event) bool {
			switch e.(type) {
			case review.PolicyAttached, review.PolicyDetached:
				return true
			}
			return false
		}},
		{"environments", environmentsText(&r.Plan.Origin), func(e review.Event) bool {
			switch e.(type) {
			case review.EnvironmentAdded, review.EnvironmentRenamed, review.EnvironmentRemoved:
				return true
			}
			return false
		}},
		{"responsibilities", strings.Join(responsibilityLines(p.Responsibilities, d.Name), "\n"), func(e review.Event) bool { _, ok := e.(review.ResponsibilitiesSet); return ok }},
		{"members", memberNames(p, d.Name), duty(review.DutyMember)},
		{"readiness definition", pinnedDefinition(r), pins},
		{"review", strconv.Itoa(r.No), startsReview},
	}
}

// repliesThatDiffer are the answers about the project that are not the same at both
// moments, as they are in r.
func (d *CompareData) repliesThatDiffer(r *review.Review) string {
	asks := func(r *review.Review, f plan.Flag) bool {
		return slices.ContainsFunc(r.Plan.Flags, func(q plan.Question) bool { return q.Key == f })
	}
	var lines []string
	for _, q := range r.Plan.Flags {
		if asks(d.Before, q.Key) != asks(d.After, q.Key) || d.Before.Project.Reply(q.Key) != d.After.Project.Reply(q.Key) {
			lines = append(lines, q.Label+": "+string(r.Project.Reply(q.Key)))
		}
	}
	return strings.Join(lines, "\n")
}

// planNames are the lifecycle and the modules of a project's plan with their versions, a
// line each.
func planNames(r *review.Review) string {
	lines := []string{r.Plan.Name + ", version " + strconv.Itoa(r.Plan.Origin.Lifecycle.Version)}
	for _, m := range r.Plan.Modules {
		lines = append(lines, m.Name+", version "+strconv.Itoa(m.Version))
	}
	return strings.Join(lines, "\n")
}

// replans reports whether an event makes the plan ask something else.
func replans(e review.Event) bool {
	switch e.(type) {
	case review.PlanUpgraded, review.UpgradeUndone, review.ModuleAttached, review.ModuleDetached, review.EnvironmentAdded, review.EnvironmentRemoved:
		return true
	}
	return false
}

// reconfirms reports whether an event has an answer confirmed again.
func reconfirms(e review.Event, ik plan.ItemKey) bool {
	switch ev := e.(type) {
	case review.PlanUpgraded:
		return slices.Contains(ev.Reconfirm, ik)
	case review.EnvironmentAdded:
		return slices.Contains(ev.Reconfirm, ik)
	case review.EnvironmentRemoved:
		return slices.Contains(ev.Reconfirm, ik)
	}
	return false
}

// pinnedDefinition is the readiness definition that a project pins; empty: none.
func pinnedDefinition(r *review.Review) string {
	if r.Plan.Definition == nil {
		return ""
	}
	return DefinitionName(r.Plan.Definition)
}

// pins reports whether an event may bring another version of the readiness definition.
func pins(e review.Event) bool {
	switch ev := e.(type) {
	case review.DefinitionPinned, review.UpgradeUndone:
		return true
	case review.PlanUpgraded:
		return ev.Definition.Version > 0
	}
	return false
}

// edited are the edits of any of these fields of the project.
func edited(fields ...string) func(review.Event) bool {
	return func(e review.Event) bool {
		if _, ok := e.(review.AnswersRetracted); ok {
			return slices.Contains(fields, "profile")
		}
		ev, ok := e.(review.ProjectEdited)
		return ok && slices.ContainsFunc(ev.Changes, func(c review.Change) bool { return slices.Contains(fields, c.Field) })
	}
}

// about are the events of these kinds that concern the item or, when that is
// empty, the gate of the stage.
func about(sk plan.StageKey, ik plan.ItemKey, kinds ...review.Event) func(review.Event) bool {
	return func(e review.Event) bool {
		stage, item := e.Subject()
		return stage == sk && item == ik && slices.ContainsFunc(kinds, func(k review.Event) bool { return k.Kind() == e.Kind() })
	}
}

// either is whether one of several is true of an event.
func either(is ...func(review.Event) bool) func(review.Event) bool {
	return func(e review.Event) bool {
		return slices.ContainsFunc(is, func(f func(review.Event) bool) bool { return f(e) })
	}
}

// NameOrNone is what pages call a person; empty for nobody.
func NameOrNone(name Names, p review.PersonID) string {
	if p == 0 {
		return ""
	}
	return name(p)
}

func memberNames(p *review.Project, name Names) string {
	var names []string
	for _, m := range p.Members {
		if m.Duty == review.DutyMember {
			names = append(names, name(m.Person))
		}
	}
	slices.Sort(names)
	return strings.Join(names, "\n")
}

func startsReview(e review.Event) bool { _, ok := e.(review.ReviewStarted); return ok }

// stages are those in which something differs.
func (d *CompareData) stages() []stageDifferences {
	var out []stageDifferences
	for i := range d.After.Stages {
		if s, ok := d.stage(i); ok {
			out = append(out, s)
		}
	}
	return out
}

// same names the stages in which nothing differs.
func (d *CompareData) same() []string {
	var names []string
	for i := range d.After.Stages {
		if _, ok := d.stage(i); !ok {
			names = append(names, StageTitle(i, d.After.Stages[i].Def))
		}
	}
	return names
}

// StageTitle is a stage with its place: "3. Architecture".
func StageTitle(i int, def *plan.Stage) string { return strconv.Itoa(i+1) + ". " + def.Name }

func (d *CompareData) stage(i int) (stageDifferences, bool) {
	b := &d.After.Stages[i]
	a := d.Before.Stage(b.Def.Key)
	out := stageDifferences{id: "stage-" + string(b.Def.Key), title: StageTitle(i, b.Def)}
	if a == nil {
		return out, false
	}
	if rows := d.gateRows(a, b, d.Moved[i]); len(rows) > 0 {
		out.parts = append(out.parts, differing{"Gate: " + b.Def.Gate.Name, GateURL(d.Project.Key, b.Def.Key), rows})
	}
	for j := range b.Items {
		x, y := a.Item(b.Items[j].Def.Key), &b.Items[j]
		if x == nil || x.Level == plan.LevelNone && y.Level == plan.LevelNone {
			continue
		}
		if rows := d.itemRows(a, b, x, y); len(rows) > 0 {
			out.parts = append(out.parts, differing{y.Def.Title, ItemURL(d.Project.Key, b.Def.Key, y.Def.Key), rows})
		}
	}
	return out, len(out.parts) > 0
}

func (d *CompareData) gateRows(a, b *review.Stage, moved review.Entry) []difference {
	sk := b.Def.Key
	signs := about(sk, "", review.SignOffRequested{}, review.GateSigned{}, review.RoundClosed{}, review.GateForced{})
	follows := about(
		sk, "", review.ConditionSet{}, review.ConditionHandedOn{}, review.ConditionMet{}, review.ConditionConfirmed{}, review.ConditionReopened{},
		review.ConditionReleased{}, review.GateForced{},
	)
	passes := func(e review.Event) bool { // which puts conditions in force
		ev, ok := e.(review.RoundClosed)
		return ok && ev.Stage == sk && ev.Outcome.Passes()
	}
	finds := about(sk, "", review.FindingRaised{}, review.FindingAnswered{}, review.FindingAccepted{}, review.FindingReopened{})
	var rows []difference
	if from, to := d.Before.Standing(a, d.From).Label(), d.After.Standing(b, d.To).Label(); from != to {
		row := difference{what: "State", from: from, to: to}
		if moved.At.After(d.From) {
			row.who, row.at = d.Name(moved.Actor), moved.At
		}
		rows = append(rows, row)
	}
	rows = d.note(rows, "Signatures", d.signatures(a), d.signatures(b), either(signs, startsReview))
	rows = d.note(rows, "Conditions", d.conditions(a, d.From), d.conditions(b, d.To), either(follows, passes, startsReview))
	return d.note(rows, "Findings", d.findings(a), d.findings(b), either(finds, startsReview))
}

// signatures are those of the newest round, a line each.
func (d *CompareData) signatures(s *review.Stage) string {
	last := s.LastRound()
	if last == nil {
		return ""
	}
	lines := []string{"Round " + strconv.Itoa(last.No) + prefixed(": ", string(last.Outcome))}
	for _, so := range last.SignOffs {
		_, word := DecisionLook(so.Decision)
		lines = append(lines, so.Seat.Label()+": "+strings.ToLower(word)+", "+d.Name(so.Person))
	}
	return strings.Join(lines, "\n")
}

func (d *CompareData) conditions(s *review.Stage, at time.Time) string {
	var lines []string
	for _, c := range s.GateConditions() {
		lines = append(lines, strconv.Itoa(c.No)+". "+c.Text+" ("+ConditionWord(&c, at)+")")
	}
	return strings.Join(lines, "\n")
}

// ConditionWord says how a condition stands.
func ConditionWord(c *review.Condition, at time.Time) string {
	switch {
	case c.DroppedBy != 0:
		return "released"
	case !c.DroppedAt.IsZero():
		return "replaced"
	case !c.ConfirmedAt.IsZero():
		return "confirmed"
	case c.Overdue(at):
		return "overdue since " + c.Due.Format("2 Jan 2006")
	case !c.MetAt.IsZero():
		return "reported as met"
	}
	return "open, due " + c.Due.Format("2 Jan 2006")
}

func (d *CompareData) findings(s *review.Stage) string {
	var lines []string
	for i := range s.Findings {
		f := &s.Findings[i]
		lines = append(lines, strconv.Itoa(f.No)+". "+f.Text+" ("+FindingWord(f)+")")
	}
	return strings.Join(lines, "\n")
}

// FindingWord says how a finding stands.
func FindingWord(f *review.Finding) string {
	switch {
	case !f.AcceptedAt.IsZero():
		return "accepted"
	case f.Answered():
		return "answered"
	}
	return "to be answered"
}

func (d *CompareData) itemRows(a, b *review.Stage, x, y *review.Item) []difference {
	sk, ik := b.Def.Key, y.Def.Key
	answers := func(e review.Event) bool {
		ev, ok := e.(review.ItemAnswered)
		if !ok || ev.Stage != sk || ev.Item != ik {
			return false
		}
		// With a new note alone it stays the answer, unless it was to be said
		// again or an approval goes with it.
		return ev.From != ev.To || ev.Choices != ev.FromChoices || ev.Note == ev.FromNote || x.Reattest || ev.To == review.NotApplicable
	}
	carried := func(e review.Event) bool { return y.Reattest && (startsReview(e) || reconfirms(e, ik)) }
	moved := func(e review.Event) bool { return y.Was != x.Was && replans(e) }
	notes := func(e review.Event) bool {
		ev, ok := e.(review.ItemAnswered)
		return ok && ev.Stage == sk && ev.Item == ik && ev.Note != ev.FromNote
	}
	rows := d.note(
		nil, "Answer", answerWords(x, d.Name), answerWords(y, d.Name), either(answers, about(sk, ik, review.NotApplicableApproved{}), carried),
	)
	rows = d.note(rows, "Note", x.Answer.Note, y.Answer.Note, notes)
	rows = d.note(
		rows, "Evidence", evidenceLines(a, ik, d.From), evidenceLines(b, ik, d.To),
		either(about(sk, ik, review.EvidenceAdded{}, review.EvidenceRemoved{}), moved),
	)
	rows = d.note(rows, "Waivers", waiverLines(a, ik, d.From), waiverLines(b, ik, d.To),
		about(sk, ik, review.WaiverRequested{}, review.WaiverGranted{}, review.WaiverDenied{}, review.WaiverExtended{}, review.WaiverRevoked{}))
	return d.note(rows, "Level", x.Level.Label(), y.Level.Label(), either(edited("tier", "profile"), replans))
}

func answerWords(it *review.Item, name Names) string {
	text := AnswerWord(&it.Answer)
	if chosen := ChosenWords(it.Def, it.Answer.Choices); chosen != "" {
		text += ": " + chosen
	}
	if it.Answer.ApprovedBy != 0 {
		text += ", approved by " + name(it.Answer.ApprovedBy)
	}
	if it.Reattest {
		text += ", to be reconfirmed"
	}
	return text
}

func evidenceLines(s *review.Stage, ik plan.ItemKey, at time.Time) string {
	var lines []string
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if e.Item != ik || e.Removed() {
			continue
		}
		line := e.Title + ", " + KindWord(e.Type) + ", true on " + review.FormatDate(e.Effective)
		switch {
		case e.Expired(at):
			line += ", expired " + review.FormatDate(e.Expires)
		case !e.Expires.IsZero():
			line += ", until " + review.FormatDate(e.Expires)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func waiverLines(s *review.Stage, ik plan.ItemKey, at time.Time) string {
	var lines []string
	for i := range s.Waivers {
		if w := &s.Waivers[i]; w.Item == ik {
			lines = append(lines, "Waiver "+strconv.Itoa(w.No)+": "+string(w.State(at))+", until "+review.FormatDate(w.Until))
		}
	}
	return strings.Join(lines, "\n")
}

// nothing reports whether the two moments show no difference at all.
func (d *CompareData) nothing() bool {
	return len(d.projectFields()) == 0 && len(d.records()) == 0 && len(d.stages()) == 0
}
