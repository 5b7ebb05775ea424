package review

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// Bounds on records.
const (
	maxRecords     = 2000 // of a project, of all kinds
	maxRecordLinks = 10   // of one record
)

// Record is something that a project keeps beside its checklists: a risk, a debt,
// an incident. Records belong to the project, and go on from one review to the
// next.
type Record struct {
	No int // within the project, whatever its kind
	RecordFields
	Kind     record.Key
	State    record.StateKey
	Version  int // counts up with whatever a gate decides on
	By       PersonID
	At       time.Time
	MovedBy  PersonID // who brought it where it stands; 0: it began there
	MovedAt  time.Time
	Why      string // it was brought there
	Comments int
	Latest   *Reading   // what was read of it last; nil: nothing
	Readings []Reading  // in the order in which they were noted; nil unless all records are loaded
	Gates    *GatesThen `json:",omitempty"` // how they stood when it last came where that is kept; nil: nowhere
}

// RecordFields are what a person says of a record.
type RecordFields struct {
	Title  string        `json:"title"`
	Text   string        `json:"text,omitempty"`
	Owner  PersonID      `json:"owner,omitempty"` // 0: nobody in particular
	Due    string        `json:"due,omitempty"`
	Stage  plan.StageKey `json:"stage,omitempty"` // at whose gate it counts; empty: at all that are still to pass
	Item   plan.ItemKey  `json:"item,omitempty"`  // what it came up with
	Values record.Values `json:"values,omitempty"`
	Links  []RecordLink  `json:"links,omitempty"`
}

// RecordLink is a link of a record.
type RecordLink struct {
	URL   SafeURL `json:"url"`
	Title string  `json:"title,omitempty"`
}

// Def is the record's kind. What a trail has of a kind that this version does not
// know is an error before it becomes a record.
func (rec *Record) Def() *record.Kind { return record.Of(rec.Kind) }

// Name is what the record is called in a sentence: R4.
func (rec *Record) Name() string { return fmt.Sprintf("%s%d", rec.Def().Mark, rec.No) }

// Standing is the state in which the record is.
func (rec *Record) Standing() *record.State { return rec.Def().State(rec.State) }

// Closed reports whether nothing more has to be done about the record.
func (rec *Record) Closed() bool { return rec.Standing().Closed }

// DueDay is the record's date; zero: none.
func (f *RecordFields) DueDay() time.Time { return parseDate(f.Due) }

// Overdue reports whether the record's date has gone by while something has to be
// done about it.
func (rec *Record) Overdue(at time.Time) bool {
	due := rec.DueDay()
	return !due.IsZero() && !rec.Closed() && Over(due, at)
}

// Digest is the hash of all that a page shows of the record but its discussion and
// what was read of it.
func (rec *Record) Digest() Digest {
	shown := *rec
	shown.Comments, shown.Latest, shown.Readings = 0, nil, nil
	return digestOf(shown)
}

// SignedRecord is what a signature binds to of a record.
type SignedRecord struct {
	No      int             `json:"no"`
	Kind    record.Key      `json:"kind"`
	State   record.StateKey `json:"state"`
	Version int             `json:"version"`
	By      PersonID        `json:"by"`
	At      time.Time       `json:"at"`
	MovedBy PersonID        `json:"moved_by,omitempty"`
	MovedAt time.Time       `json:"moved_at,omitzero"`
	Why     string          `json:"why,omitempty"`
	Gates   *GatesThen      `json:"gates,omitempty"`
	RecordFields
}

// Signed is the record as a signature binds to it.
func (rec *Record) Signed() SignedRecord {
	return SignedRecord{
		No: rec.No, Kind: rec.Kind, State: rec.State, Version: rec.Version, By: rec.By, At: rec.At.UTC(), MovedBy: rec.MovedBy, MovedAt: rec.MovedAt.UTC(),
		Why: rec.Why, Gates: rec.Gates, RecordFields: rec.RecordFields,
	}
}

// Record is the record as it was signed.
func (s *SignedRecord) Record() Record {
	return Record{
		No: s.No, RecordFields: s.RecordFields, Kind: s.Kind, State: s.State, Version: s.Version, By: s.By, At: s.At, MovedBy: s.MovedBy, MovedAt: s.MovedAt, Why: s.Why,
		Gates: s.Gates,
	}
}

// AtGate are the records on which the stage's gate decides now, by number.
func (r *Review) AtGate(s *Stage) []*Record {
	var out []*Record
	for i := range r.Records {
		rec := &r.Records[i]
		if rec.Standing().AtGate && (rec.Stage == "" || rec.Stage == s.Def.Key) {
			out = append(out, rec)
		}
	}
	return out
}

// standing is the round with which the stage's gate has passed, while nothing was
// changed since; nil otherwise.
func (s *Stage) standing() *Round {
	if last := s.LastRound(); last.inForce() {
		return last
	}
	return nil
}

// Decided are the records on which the gate of a stage decided when it passed, as
// they were then; nil while it has not passed or has to pass again.
func (s *Stage) Decided() []SignedRecord {
	if ro := s.standing(); ro != nil {
		return ro.Records
	}
	return nil
}

// RecordsAt are the records that the signatures of a stage bind to. With those of
// a gate that has passed the project goes on working: a risk that is closed a month
// later takes nothing back.
func (r *Review) RecordsAt(s *Stage) []SignedRecord {
	if ro := s.standing(); ro != nil {
		return ro.Records
	}
	return r.signedRecords(s)
}

// signedRecords are the records of a round that is open, or would open now.
func (r *Review) signedRecords(s *Stage) []SignedRecord {
	var out []SignedRecord
	for _, rec := range r.AtGate(s) {
		out = append(out, rec.Signed())
	}
	return out
}

// recordBlockers are the records that keep a gate from being asked for.
func (r *Review) recordBlockers(s *Stage, at time.Time) []Blocker {
	bs := append(r.missingRecords(s), r.looseObjectives(s, at)...)
	for _, rec := range r.AtGate(s) {
		def := rec.Def()
		if def.Stops == nil {
			continue
		}
		why := def.Stops(rec.State, rec.Values)
		if why == "" {
			continue
		}
		b := Blocker{
			Kind: RecordUndecided, Stage: s.Def.Key, Record: rec.No, Type: rec.Kind, Subject: rec.Name() + " " + rec.Title, What: why, Owner: r.keeper(s, rec),
			Since: latest(rec.At, rec.MovedAt),
		}
		bs = append(bs, b)
	}
	return bs
}

// missingRecords are the kinds of records for which the gate asks and of which the
// project keeps none.
func (r *Review) missingRecords(s *Stage) []Blocker {
	var bs []Blocker
	for _, key := range s.Def.Gate.Records {
		k := record.Of(key)
		if k == nil || slices.ContainsFunc(r.Records, func(rec Record) bool { return rec.Kind == key && !rec.Closed() }) {
			continue
		}
		bs = append(bs, Blocker{
			Kind: RecordMissing, Stage: s.Def.Key, Type: key, Subject: "No " + k.One + " is kept", What: "This gate asks for one; add one, or reopen one that is closed.", Owner: r.leads(s.Def.Key),
			Since: r.Project.Created,
		})
	}
	return bs
}

// keeper is who has to do something about a record at a gate: its owner, or who
// answers for the stage while there is none or they cannot sign in.
func (r *Review) keeper(s *Stage, rec *Record) PersonID {
	if rec.Owner != 0 && !r.away(rec.Owner) {
		return rec.Owner
	}
	return r.leads(s.Def.Key)
}

// everyRecord makes sure that all records are loaded.
func (r *Review) everyRecord() error {
	if !r.AllRecords {
		r.partial = true
		return fmt.Errorf("the records of project %d: %w", r.Project.ID, ErrPartial)
	}
	return nil
}

// Record finds a record. All of them have to be loaded, not only those on which
// gates decide.
func (r *Review) Record(no int) (*Record, error) {
	if err := r.everyRecord(); err != nil {
		return nil, err
	}
	if no < 1 || no > len(r.Records) {
		return nil, ErrNotFound
	}
	return &r.Records[no-1], nil
}

// Kept finds a record among those that are loaded; nil when it is not.
func (r *Review) Kept(no int) *Record {
	for i := range r.Records {
		if r.Records[i].No == no {
			return &r.Records[i]
		}
	}
	return nil
}

// NewRecord is what a person types about a record.
type NewRecord struct {
	RecordFields        // but for its links
	Links        string // one a line, a title beside it
	Rules        LinkRules
}

// check cleans and checks what was typed. has is what the record says so far; a
// stage or an owner that it has may stay although nobody could choose it now. st is where
// the record stands. All that is wrong is said at once, of each field one thing.
func (r *Review) checkRecord(kind *record.Kind, st *record.State, in NewRecord, has RecordFields, at time.Time) (RecordFields, error) {
	var c input
	out := RecordFields{Owner: in.Owner, Stage: in.Stage, Item: in.Item}
	out.Title = c.line("title", in.Title, MaxName)
	c.require("title", out.Title, "say it in a few words")
	out.Text = c.text("text", in.Text, MaxReason)
	if kind.Due != "" {
		if due := c.date("due", in.Due); !due.IsZero() {
			out.Due = FormatDate(due)
		}
	}
	switch {
	case in.Owner == 0 || in.Owner == has.Owner:
	case r.away(in.Owner):
		c.problems.Add("owner", isAway)
	case !r.able(in.Owner, ViewProject):
		c.problems.Add("owner", "may not see this project; choose somebody else")
	}
	if in.Stage != "" && in.Stage != has.Stage && r.Plan.StageIndex(in.Stage) < 0 {
		c.problems.Add("stage", "is no stage of this project")
	}
	if in.Item != "" && in.Item != has.Item && r.item(in.Item) == nil {
		c.problems.Add("item", "is no item of this project")
	}
	out.Links = c.recordLinks(in.Links, in.Rules)
	out.Values = c.values(kind, r.placed(&c, kind, in.Values, has.Values), has.Values, in.Rules)
	r.checkPlace(&c, kind, out.Values)
	r.checkSources(&c, kind, out.Values, has.Values)
	r.otherProjects(&c, kind, out.Values, has.Values)
	r.workOutDeadlines(&c, kind, out.Values)
	if kind.Check != nil {
		for _, p := range kind.Check(out.Values) {
			c.also(string(p.Field), p.Message)
		}
	}
	out.lacks(&c, st)
	out.fits(&c, kind, st.Key, at)
	return out, c.problems.Err()
}

// checkSources makes sure that what a record comes from is there. What it has came
// from an earlier review, perhaps, and stays.
func (r *Review) checkSources(in *input, kind *record.Kind, values, has record.Values) {
	for i := range kind.Fields {
		f := &kind.Fields[i]
		if v := values[f.Key]; f.Type == record.Source && v != "" && v != has[f.Key] && !r.HasSource(f, v) {
			in.problems.Add(string(f.Key), "is nothing of this project that it could come from; choose one of the list")
		}
	}
}

// HasSource reports whether the project has a record, or its review something at a
// gate, that a field can hold.
func (r *Review) HasSource(f *record.Field, v string) bool {
	if k, no := record.SplitNumber(v); k != nil {
		return slices.Contains(f.Of, k.Key) && no <= len(r.Records) && r.Records[no-1].Kind == k.Key
	}
	p := record.SplitPoint(v)
	return slices.Contains(f.From, p.What) && r.HasPoint(p)
}

// values cleans and checks the fields that the kind has. What the program filled in
// stays.
func (in *input) values(kind *record.Kind, typed, has record.Values, rules LinkRules) record.Values {
	out := record.Values{}
	for i := range kind.Fields {
		f := &kind.Fields[i]
		if f.Given {
			if has[f.Key] != "" {
				out[f.Key] = has[f.Key]
			}
			continue
		}
		said := typed[f.Key]
		if f.Type == record.Number && kind.Reads != nil {
			said = kind.Reads.Bare(typed, said)
		}
		v := in.value(f, said, rules)
		if v != "" {
			out[f.Key] = v
		} else if f.Required {
			in.require(string(f.Key), strings.TrimSpace(typed[f.Key]), "has to be filled in")
		}
	}
	if len(out) == 0 {
		return nil // as it is read again
	}
	return out
}

// value cleans and checks what was typed into a field; empty: nothing.
func (in *input) value(f *record.Field, typed string, rules LinkRules) string {
	name := string(f.Key)
	switch f.Type {
	case record.Text:
		return in.text(name, typed, MaxReason)
	case record.Line, record.Source, record.Project, record.Environment:
		return in.line(name, typed, MaxTitle)
	case record.Link:
		return string(in.link(name, typed, rules))
	case record.Choice:
		if typed != "" && f.Option(typed) == nil {
			in.problems.Add(name, "choose one of the list")
			return ""
		}
		return typed
	case record.Date, record.Commit, record.Digest:
		return in.exact(name, f.Type, typed)
	case record.Moment:
		return in.moment(name, typed)
	case record.Number:
		if d, ok := in.decimal(name, typed); ok {
			return d.String()
		}
	}
	return ""
}

// link cleans and checks an address; empty: none.
func (in *input) link(name, typed string, rules LinkRules) SafeURL {
	if strings.TrimSpace(typed) == "" {
		return ""
	}
	u, err := rules.Parse(typed)
	if err != nil {
		in.problems.Add(name, err.Error())
	}
	return u
}

// decimal cleans and checks a figure. ok is false where there is none.
func (in *input) decimal(name, typed string) (d record.Decimal, ok bool) {
	if strings.TrimSpace(typed) == "" {
		return 0, false
	}
	d, err := record.ParseDecimal(typed)
	if err != nil {
		in.problems.Add(name, err.Error())
	}
	return d, err == nil
}

// moment cleans and checks a moment; empty: none.
func (in *input) moment(name, typed string) string {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return ""
	}
	at, err := time.Parse(record.MomentLayout, typed)
	if err != nil || at.Year() < 1970 || at.Year() > 2199 {
		in.problems.Add(name, "is no date with a time; write it as 2026-11-20T14:30, in UTC")
		return ""
	}
	return typed
}

// recordLinks reads links, one a line, each with a title beside it or without one.
func (in *input) recordLinks(text string, rules LinkRules) []RecordLink {
	var out []RecordLink
	for i, line := range strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n"), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if len(out) == maxRecordLinks {
			in.problems.Add("links", fmt.Sprintf("are more than %d; put the others on a page and link to that", maxRecordLinks))
			break
		}
		link, title := splitLine(line)
		u, err := rules.Parse(link)
		if err != nil {
			in.problems.Add("links", fmt.Sprintf("line %d %s", i+1, err))
			continue
		}
		out = append(out, RecordLink{u, in.line("links", title, MaxTitle)})
	}
	return out
}

// PastedLinks is how the record's links are typed.
func (f *RecordFields) PastedLinks() string {
	lines := make([]string, len(f.Links))
	for i, l := range f.Links {
		lines[i] = strings.TrimSpace(string(l.URL) + " " + l.Title)
	}
	return strings.Join(lines, "\n")
}

// same reports whether two records say the same.
func (f *RecordFields) same(g *RecordFields) bool {
	return f.Title == g.Title && digestOf(f) == digestOf(g)
}

// OpenRecord adds a record. The same form sent twice adds one.
func (r *Review) OpenRecord(by Actor, kind record.Key, in NewRecord, at time.Time) (no int, err error) {
	if err := May(by, KeepRecords, &r.Project); err != nil {
		return 0, err
	}
	k := record.Of(kind)
	if k == nil {
		return 0, ErrNotFound
	}
	if err := r.MayAddKind(k); err != nil {
		return 0, err
	}
	if err := r.everyRecord(); err != nil {
		return 0, err
	}
	fields, err := r.checkRecord(k, &k.States[0], in, RecordFields{}, at)
	if err != nil {
		return 0, err
	}
	for i := range r.Records {
		rec := &r.Records[i]
		if rec.Kind == kind && rec.By == by.Person && at.Sub(rec.At) < pressedTwice && rec.same(&fields) {
			return rec.No, nil
		}
	}
	if err := r.Project.stopped(); err != nil {
		return 0, err
	}
	if len(r.Records) >= maxRecords {
		return 0, refuse("A project keeps %d records at most.", maxRecords)
	}
	gates, err := r.gatesFor(k, &k.States[0], fields.Values, at)
	if err != nil {
		return 0, err
	}
	no = len(r.Records) + 1
	return no, r.record(by, at, RecordOpened{No: no, Type: kind, Record: fields, Gates: gates})
}

// MayAddKind refuses a kind of records that the project's lifecycle does not use. Those
// that there are stay as they are.
func (r *Review) MayAddKind(k *record.Kind) error {
	if r.Plan.Uses(k.Key) {
		return nil
	}
	return refuse("Projects that follow %s keep no %s. What there is can still be read and moved on.", r.Plan.Lifecycle.Name, k.Many)
}

// OpenRecords adds records of a kind, all or none, but for those whose title one has
// that is not closed.
func (r *Review) OpenRecords(by Actor, kind record.Key, in []NewRecord, at time.Time) error {
	if err := May(by, KeepRecords, &r.Project); err != nil {
		return err
	}
	if err := r.everyRecord(); err != nil {
		return err
	}
	for i := range in {
		if slices.ContainsFunc(r.Records, func(rec Record) bool { return rec.Kind == kind && !rec.Closed() && rec.Title == in[i].Title }) {
			continue
		}
		if _, err := r.OpenRecord(by, kind, in[i], at); err != nil {
			return fmt.Errorf("adding %q: %w", in[i].Title, err)
		}
	}
	return nil
}

// EditRecord changes what a record says. shown is the [Record.Digest] of what the
// actor read.
func (r *Review) EditRecord(by Actor, no int, shown Digest, in NewRecord, at time.Time) error {
	rec, err := r.recordToChange(by, no)
	if err != nil {
		return err
	}
	fields, err := r.checkRecord(rec.Def(), rec.Standing(), in, rec.RecordFields, at)
	if err != nil {
		return err
	}
	if rec.same(&fields) {
		return nil
	}
	if err := unchanged("record", shown, rec.Digest()); err != nil {
		return err
	}
	if rec.Standing().Decided() {
		return refuse("%s is %s: that was decided on what it says. Open it again to change it.", rec.Name(), strings.ToLower(rec.Standing().Label))
	}
	return r.record(by, at, RecordEdited{No: no, Type: rec.Kind, Was: rec.Stage, Record: fields, Changes: rec.changes(&fields)})
}

// lacks says what has to be filled in of a record for it to be in a state.
func (f *RecordFields) lacks(in *input, st *record.State) {
	need := func(field, value, message string) {
		if value == "" {
			in.also(field, message)
		}
	}
	for _, key := range st.Needs {
		need(string(key), f.Values[key], "has to be filled in")
	}
	if st.Dated {
		need("due", f.Due, "has to be filled in")
	}
	if st.NeedsItem {
		need("item", string(f.Item), "choose one")
	}
}

// changes are the fields in which a record will say something else.
func (rec *Record) changes(f *RecordFields) []Change {
	var out []Change
	note := func(field, from, to string) {
		if from != to {
			out = append(out, Change{field, from, to})
		}
	}
	note("title", rec.Title, f.Title)
	note("text", rec.Text, f.Text)
	note("due", rec.Due, f.Due)
	note("stage", string(rec.Stage), string(f.Stage))
	note("item", string(rec.Item), string(f.Item))
	for _, field := range rec.Def().Fields {
		note(string(field.Key), rec.Values[field.Key], f.Values[field.Key])
	}
	note("links", rec.PastedLinks(), f.PastedLinks())
	return out
}

// recordToChange finds a record that the actor may change.
func (r *Review) recordToChange(by Actor, no int) (*Record, error) {
	if err := May(by, ViewProject, &r.Project); err != nil {
		return nil, err
	}
	rec, err := r.Record(no)
	if err != nil {
		return nil, err
	}
	if rec.Owner != by.Person { // whoever owns it may
		if err := May(by, KeepRecords, &r.Project); err != nil {
			return nil, err
		}
	}
	return rec, r.Project.stopped()
}

// handOverRecords are the events by which a person's records that are not closed
// go to somebody else. To 0 they go to the project's owner, where the person can
// no longer see them.
func (r *Review) handOverRecords(from, to PersonID, reason string) ([]Event, error) {
	if from == 0 || to == 0 && r.able(from, ViewProject) {
		return nil, nil
	}
	if err := r.everyRecord(); err != nil {
		return nil, err
	}
	if to == 0 {
		to = r.Project.Holder(DutyOwner)
	}
	var out []Event
	for i := range r.Records {
		if rec := &r.Records[i]; rec.Owner == from && !rec.Closed() {
			out = append(out, RecordHandedOn{No: rec.No, Type: rec.Kind, Stage: rec.Stage, From: from, Owner: to, Reason: reason})
		}
	}
	return out, nil
}

// RecordMove is what a person says when a record goes to another state.
type RecordMove struct {
	To     record.StateKey
	Reason string
	Values record.Values // of the fields that the state needs
	Due    string        // where it needs the date
	Item   plan.ItemKey  // where it needs the item
	Rules  LinkRules

	Given record.Values // what the program fills in; nobody types it
}

// MoveRecord brings a record into another state. shown is the [Record.Digest] of
// what the actor read: of two people who move one record, the second is told.
func (r *Review) MoveRecord(by Actor, no int, shown Digest, in RecordMove, at time.Time) error {
	if err := May(by, ViewProject, &r.Project); err != nil {
		return err
	}
	rec, err := r.Record(no)
	if err != nil {
		return err
	}
	kind := rec.Def()
	to := kind.State(in.To)
	if to == nil {
		return invalid("to", "choose what becomes of it")
	}
	if err := r.MayMove(by, rec, to); err != nil {
		return err
	}
	if err := r.Project.stopped(); err != nil {
		return err
	}
	reason, set, fields, err := r.moving(rec, to, in, at)
	if err != nil {
		return err
	}
	if rec.State == in.To && rec.MovedBy == by.Person && rec.Why == reason && rec.same(&fields) {
		return nil // the same form sent twice
	}
	if err := unchanged("record", shown, rec.Digest()); err != nil {
		return err
	}
	if !slices.Contains(to.From, rec.State) {
		return refuse("%s is %s, and cannot become %s from there.", rec.Name(), strings.ToLower(rec.Standing().Label), strings.ToLower(to.Label))
	}
	if why := r.Exceeds(rec); to.Bounded && why != "" {
		return refuse("%s %s. Make it less likely or less bad first.", rec.Name(), why)
	}
	gates, err := r.gatesFor(kind, to, fields.Values, at)
	if err != nil {
		return err
	}
	ev := RecordMoved{
		No: no, Type: rec.Kind, Stage: rec.Stage, From: rec.State, To: in.To, Set: set, Due: fields.Due, Reason: reason, Gates: gates,
	}
	if fields.Item != rec.Item {
		ev.About = fields.Item
	}
	return r.record(by, at, ev)
}

// moving checks what was typed to bring a record into a state: the reason, the
// fields that are filled in with it, and what the record says then.
func (r *Review) moving(rec *Record, to *record.State, in RecordMove, at time.Time) (reason string, set record.Values, fields RecordFields, err error) {
	var c input
	kind := rec.Def()
	fields = rec.RecordFields
	for _, key := range to.Needs {
		v := c.value(kind.Field(key), in.Values[key], in.Rules)
		if v == "" || v == rec.Values[key] {
			continue
		}
		if set == nil {
			set = record.Values{}
		}
		set[key] = v
	}
	for _, key := range to.Gives {
		v := in.Given[key]
		if v == "" {
			return "", nil, fields, refuse("%s cannot become %s like this. Decide on its page.", rec.Name(), strings.ToLower(to.Label))
		}
		if set == nil {
			set = record.Values{}
		}
		set[key] = v
	}
	fields.Values = kind.Standing(to.Key, rec.Values.With(set))
	if to.NeedsItem {
		if in.Item != "" {
			fields.Item = in.Item
		}
		if why := r.noLibraryItem(fields.Item); why != "" && rec.State != to.Key {
			c.problems.Add("item", why)
		}
	}
	if to.Dated && strings.TrimSpace(in.Due) != "" {
		fields.Due = FormatDate(c.date("due", in.Due))
	}
	if to.Why != "" {
		reason = c.text("reason", in.Reason, MaxReason)
		c.require("reason", reason, "say why, so that people who come later understand")
	}
	fields.lacks(&c, to)
	if kind.Check != nil {
		for _, p := range kind.Check(fields.Values) {
			c.also(string(p.Field), p.Message)
		}
	}
	fields.fits(&c, kind, to.Key, at)
	return reason, set, fields, c.problems.Err()
}

// MayMove reports whether the actor may bring a record into a state. What the
// organisation decides, nobody decides about a record of their own.
func (r *Review) MayMove(by Actor, rec *Record, to *record.State) error {
	if !to.Decided() {
		if rec.Owner == by.Person {
			return nil
		}
		return May(by, KeepRecords, &r.Project)
	}
	act := DecideRecord
	if to.By == record.Librarians {
		act = EditLibrary
		if err := May(by, act, nil); err != nil {
			return err
		}
	} else if err := May(by, act, &r.Project); err != nil {
		return err
	}
	if rec.Owner == by.Person || rec.Owner == 0 && rec.By == by.Person {
		return &Denied{act, "It is your own; somebody else has to decide that."}
	}
	return nil
}

// DiscussRecord adds a comment to a record. once and mentioned are as in
// [Review.Discuss].
func (r *Review) DiscussRecord(by Actor, no int, text, once string, at time.Time, mentioned ...PersonID) error {
	if err := May(by, Comment, &r.Project); err != nil {
		return err
	}
	rec, err := r.Record(no)
	if err != nil {
		return err
	}
	if err := r.Project.stopped(); err != nil {
		return err
	}
	var c input
	text = c.text("text", text, MaxNote)
	c.require("text", text, "write something first")
	once = c.line("once", once, 64)
	if err := c.problems.Err(); err != nil {
		return err
	}
	return r.record(by, at, RecordDiscussed{
		No: no, Type: rec.Kind, Stage: rec.Stage, Comment: rec.Comments + 1, Text: text, Once: once, Mentions: r.mentioned(by, mentioned),
	})
}
