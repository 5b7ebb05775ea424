package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// StageView is a project with one stage loaded, as somebody sees it.
type StageView struct {
	Review  *review.Review
	Rollups []review.StageRollup // one a stage
	Actor   review.Actor
	Now     time.Time
	Names   Names
	Stage   plan.StageKey   // one that the template has
	Past    bool            // Now is not the present: nothing can be done here
	Reader  review.PersonID // who looks at the past, where Actor is nobody
	Forced  []review.Forced // gates of the project that were passed by break-glass and wait for review
	Others  review.Others   // projects whose answers are taken over
}

func (v *StageView) index() int           { return v.Review.Plan.StageIndex(v.Stage) }
func (v *StageView) stage() *review.Stage { return v.Review.Stage(v.Stage) }
func (v *StageView) url() string          { return StageURL(v.Review.Project.Key, v.Stage) }

// title is the stage's name with its number.
func (v *StageView) title() string { return strconv.Itoa(v.index()+1) + ". " + v.stage().Def.Name }

// neighbour is the address of the stage so many steps away; empty beyond the
// ends.
func (v *StageView) neighbour(step int) string {
	i := v.index() + step
	if i < 0 || i >= len(v.Review.Stages) {
		return ""
	}
	return StageURL(v.Review.Project.Key, v.Review.Stages[i].Def.Key)
}

// may reports whether the viewer would be let do something that needs a
// project which was not stopped.
func (v *StageView) may(a review.Action) bool {
	return v.Review.Project.Status != review.StatusStopped && review.May(v.Actor, a, &v.Review.Project) == nil
}

// me is whose items the filter "Mine" lists.
func (v *StageView) me() review.PersonID {
	if v.Past {
		return v.Reader
	}
	return v.Actor.Person
}

// Show is which items of a stage a checklist lists; it travels in the address.
type Show string

// What a checklist can list.
const (
	ShowAll      Show = ""
	ShowOpen     Show = "open"
	ShowMine     Show = "mine"
	ShowMust     Show = "must"
	ShowNeeds    Show = "needs-evidence"
	ShowExpiring Show = "expiring"
	ShowWaived   Show = "waived"
	ShowApproval Show = "approval"
	ShowNA       Show = "not-applicable-list"
)

// shows are the filters of a checklist's head, in order.
var shows = [...]struct {
	show  Show
	label string
}{
	{ShowAll, "All"}, {ShowOpen, "Open"}, {ShowMine, "Mine"}, {ShowMust, "Required"},
	{ShowNeeds, "Needs evidence"}, {ShowExpiring, "Expiring"}, {ShowWaived, "Waived"}, {ShowApproval, "To approve"},
}

// Query is the filter as addresses carry it, together with a text to look for.
// What no checklist can list is left out.
func (s Show) Query(text string) string {
	known := s == ShowNA || s.quality() != ""
	for i := range shows {
		known = known || s == shows[i].show
	}
	if !known {
		s = ShowAll
	}
	if text != "" {
		return url.Values{"q": {text}, "show": {string(s)}}.Encode()
	}
	if s == ShowAll {
		return ""
	}
	return "show=" + string(s)
}

// entry is an item of the list with what its row is made of.
type entry struct {
	item    *review.Item
	need    review.BlockerKind
	late    bool           // its due date is over
	open    bool           // it applies until somebody answers a question about the project
	links   int            // live pieces of evidence
	counts  bool           // one of them is of a kind that the item demands
	forever bool           // one of those never expires
	until   time.Time      // when the last of those expires
	waived  *review.Waiver // in force
	asked   bool           // a waiver waits for a decision
	row     *ui.ItemRow
}

// matches reports whether a filter lists the item.
func (e *entry) matches(s Show, v *StageView) bool {
	switch s {
	case ShowOpen:
		return e.item.Answer.State == review.Open || e.item.Reattest
	case ShowMine:
		return e.item.Assignee != 0 && e.item.Assignee == v.me()
	case ShowMust:
		return e.item.Level == plan.LevelMust
	case ShowNeeds:
		return e.need == review.EvidenceMissing || e.need == review.EvidenceExpired
	case ShowExpiring:
		return e.expired(v.Now) || e.expiring(v.Now) || e.waived != nil && e.waived.Expiring(v.Now) || e.need == review.WaiverRanOut
	case ShowWaived:
		return e.waived != nil
	case ShowApproval:
		return e.need == review.NAUnapproved || e.asked
	}
	if q := s.quality(); q != "" {
		return slices.Contains(e.item.Def.Quality, q)
	}
	return true
}

// wrongKind reports whether the item has links, but none of a kind that it
// demands.
func (e *entry) wrongKind() bool {
	return e.links > 0 && !e.counts && e.item.Answer.State != review.NotApplicable
}

// asksForKind says which kinds of evidence count for an item.
func asksForKind(d *plan.Item) string {
	words := kindWords(d.Evidence)
	for i, w := range words {
		words[i] = "a " + w
	}
	return "This item asks for " + Enumerate(words, "or")
}

// expired reports whether all evidence that counts has expired.
func (e *entry) expired(now time.Time) bool {
	return e.counts && !e.forever && review.Over(e.until, now)
}

// expiring reports whether it soon will have.
func (e *entry) expiring(now time.Time) bool {
	return e.counts && !e.forever && review.Soon(e.until, now)
}

// Checked is a stage's checklist, ready to be shown: the rows of the items
// that apply, and the sums over them.
type Checked struct {
	view                 StageView
	entries              []entry      // of the items that apply
	at                   []int32      // the entry of each item of the template; -1: it has none
	rows                 []ui.ItemRow // theirs
	musts, mustTotal     int
	shoulds, shouldTotal int
	lapsed               bool // evidence or a waiver that the gate rests on has run out
	canLink              bool // the viewer may link evidence
	counts               [len(shows)]int
	room                 *checkRoom
}

// checkRoom is what a checklist is worked out in. It is a third of what a page
// costs the garbage collector, so it is used again.
type checkRoom struct {
	entries []entry
	at      []int32
	rows    []ui.ItemRow
	linked  []int32 // of each piece of evidence, its row
	links   []ui.ItemLink
	flags   []ui.ItemFlag
}

var checkRooms = sync.Pool{New: func() any { return new(checkRoom) }}

// roomKept is of how many items the room of a checklist is kept.
const roomKept = 1024

// Release gives back what the checklist was worked out in, once the answer is
// written: neither it nor its rows may be used after that. Whoever leaves it out
// leaves it to the garbage collector.
func (c *Checked) Release() {
	room := c.room
	if room == nil || max(cap(room.entries), cap(room.linked)) > roomKept {
		return
	}
	clear(room.entries) // keep no review alive
	clear(room.rows)
	clear(room.links)
	clear(room.flags)
	checkRooms.Put(room)
	*c = Checked{}
}

// sized is a slice of n, in the room of one that is no longer used if that is enough.
func sized[T any](room []T, n int) []T {
	if cap(room) < n {
		return make([]T, n)
	}
	return room[:n]
}

// Check works out a checklist. It makes few allocations whatever its length:
// this page is opened more often than all others.
func Check(v StageView) *Checked {
	c := checkItems(v)
	c.room.rows = sized(c.room.rows, len(c.entries))
	c.rows = c.room.rows
	for i := range c.entries {
		c.entries[i].row = &c.rows[i]
	}
	c.finish()
	return c
}

// CheckRow works out the sums over a checklist and the row of one item, which
// is what answering it shows; false when the item does not apply.
func CheckRow(v StageView, k plan.ItemKey) (*Checked, ui.ItemRow, bool) {
	c := checkItems(v)
	i := slices.IndexFunc(c.entries, func(e entry) bool { return e.item.Def.Key == k })
	if i < 0 {
		c.Release()
		return nil, ui.ItemRow{}, false
	}
	c.room.rows = sized(c.room.rows, 1)
	c.rows = c.room.rows
	c.entries[i].row = &c.rows[0]
	c.finish()
	return c, c.rows[0], true
}

// checkItems starts with what each item lacks: required items first, in the
// template's order.
func checkItems(v StageView) *Checked {
	s := v.stage()
	room := checkRooms.Get().(*checkRoom)
	room.at = sized(room.at, len(s.Items))
	c := &Checked{view: v, entries: sized(room.entries, len(s.Items))[:0], at: room.at, room: room}
	for i := range s.Items {
		c.at[i] = -1
	}
	for _, level := range [...]plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay} {
		for i := range s.Items {
			if it := &s.Items[i]; it.Level == level {
				c.at[i] = int32(len(c.entries))
				open := len(v.Review.Project.AppliesUntil(it.Def.When)) > 0
				c.entries = append(c.entries, entry{item: it, need: s.Lacks(it, v.Now), late: s.Overdue(it, v.Now), open: open})
			}
		}
	}
	room.entries = c.entries
	return c
}

// finish counts all items, and fills in the rows of those that have one.
func (c *Checked) finish() {
	canAnswer := c.view.may(review.AnswerItem)
	c.canLink = c.view.may(review.LinkEvidence)
	c.link(c.view.stage())
	c.address()
	flags := sized(c.room.flags, len(c.rows))[:0]
	for i := range c.entries {
		e := &c.entries[i]
		c.count(e)
		if e.row == nil {
			continue
		}
		from := len(flags)
		flags = appendFlags(flags, e, c.view.Now)
		e.dress(&c.view, canAnswer)
		e.row.Flags = flags[from:len(flags):len(flags)]
	}
	c.room.flags = flags
}

// of finds the entry of an item; -1 when it has none.
func (c *Checked) of(s *review.Stage, k plan.ItemKey) int32 {
	if i := s.Def.Place(k); i >= 0 && i < len(c.at) {
		return c.at[i]
	}
	return -1
}

// link gives each row its live evidence, all out of one slice.
func (c *Checked) link(s *review.Stage) {
	c.room.linked = sized(c.room.linked, len(s.Evidence))
	row, total := c.room.linked, 0 // none: -1
	for i := range s.Evidence {
		row[i] = -1
		if j := c.of(s, s.Evidence[i].Item); j >= 0 && !s.Evidence[i].Removed() {
			c.entries[j].note(&s.Evidence[i])
			if c.entries[j].row != nil {
				row[i] = j
				total++
			}
		}
	}
	for i := range s.Waivers {
		if j := c.of(s, s.Waivers[i].Item); j >= 0 {
			c.entries[j].noteWaiver(&s.Waivers[i], c.view.Now)
		}
	}
	c.room.links = sized(c.room.links, total)
	links := c.room.links
	for i := range c.entries {
		if e := &c.entries[i]; e.row != nil {
			e.row.Evidence, links = links[:0:e.links], links[e.links:]
		}
	}
	for i, j := range row {
		if j >= 0 {
			r := c.entries[j].row
			r.Evidence = append(r.Evidence, c.itemLink(&s.Evidence[i]))
		}
	}
}

// itemLink is a piece of evidence as a row shows it. Whoever gave it may change its
// title and kind there.
func (c *Checked) itemLink(e *review.Evidence) ui.ItemLink {
	l := ui.ItemLink{Title: e.Title, URL: string(e.URL), Kind: e.Type.Label()}
	if e.By == c.view.Actor.Person && e.From == 0 && c.canLink {
		l.No = e.No
	}
	return l
}

// note takes in a live piece of evidence.
func (e *entry) note(ev *review.Evidence) {
	e.links++
	if !demands(e.item.Def, ev.Type) {
		return
	}
	e.counts = true
	if ev.Expires.IsZero() {
		e.forever = true
	} else if ev.Expires.After(e.until) {
		e.until = ev.Expires
	}
}

// demands reports whether evidence of a kind counts for the item; every kind
// does where none is demanded.
func demands(d *plan.Item, k plan.EvidenceKind) bool {
	if len(d.Evidence) == 0 {
		return true
	}
	for _, demanded := range d.Evidence {
		if demanded == k {
			return true
		}
	}
	return false
}

// address gives each row the address of its item, all out of one string.
func (c *Checked) address() {
	base := ItemURL(c.view.Review.Project.Key, c.view.Stage, "")
	size := 0
	for i := range c.entries {
		if c.entries[i].row != nil {
			size += len(base) + len(c.entries[i].item.Def.Key)
		}
	}
	var b strings.Builder
	b.Grow(size)
	for i := range c.entries {
		if c.entries[i].row != nil {
			b.WriteString(base)
			b.WriteString(string(c.entries[i].item.Def.Key))
		}
	}
	all := b.String()
	for i := range c.entries {
		if e := &c.entries[i]; e.row != nil {
			n := len(base) + len(e.item.Def.Key)
			e.row.Href, all = all[:n], all[n:]
		}
	}
}

func (c *Checked) count(e *entry) {
	done := 0
	if c.view.stage().Satisfied(e.item, c.view.Now) {
		done = 1
	}
	switch e.item.Level {
	case plan.LevelMust:
		c.musts, c.mustTotal = c.musts+done, c.mustTotal+1
		c.lapsed = c.lapsed || e.need == review.EvidenceExpired || e.need == review.WaiverRanOut
	case plan.LevelShould:
		c.shoulds, c.shouldTotal = c.shoulds+done, c.shouldTotal+1
		c.lapsed = c.lapsed || e.need == review.WaiverRanOut
	}
	for i := range shows {
		if e.matches(shows[i].show, &c.view) {
			c.counts[i]++
		}
	}
}

// dress fills in the rest of the row.
func (e *entry) dress(v *StageView, canAnswer bool) {
	it, r := e.item, e.row
	r.Key, r.Title, r.Level = string(it.Def.Key), it.Def.Title, string(it.Level)
	r.Answer, r.Note, r.Version = string(it.Answer.State), it.Answer.Note, it.Answer.Version
	if it.Answer.OldNote() {
		r.NoteFor = string(it.Answer.NoteFor)
	}
	r.State, r.ReadOnly, r.Follows, r.Question = e.look(v.Now), !canAnswer, it.Inherited.Follows(), ask(it)
	if it.Assignee != 0 {
		r.Assignee = v.Names(it.Assignee)
	}
	if !it.Due.IsZero() && !e.late {
		r.Due = dueWords(it.Due, v.Now)
	}
}

// itemTarget finds a row of the list. What stands between the keys of an item and of an
// environment has a meaning of its own there.
func itemTarget(key string) string { return "#item-" + strings.ReplaceAll(key, "@", `\@`) }

// dueWords is a date as the list says it: without the year where that is this
// one. Days that many items share are made once.
func dueWords(due, now time.Time) string {
	if due.Year() == now.Year() {
		return due.Format("due 2 Jan")
	}
	return due.Format("due 2 Jan 2006")
}

// look is the row's shape and colour: the answer's, unless it lacks something.
func (e *entry) look(now time.Time) ui.State {
	switch {
	case e.need == review.EvidenceExpired, e.need == review.WaiverRanOut:
		return ui.Bad
	case e.waived != nil && !e.settled(now):
		return ui.Waived
	case e.need == review.EvidenceMissing, e.item.Reattest, e.item.Answer.State == review.Met && e.expired(now):
		return ui.Warn
	case e.need == review.NAUnapproved:
		return ui.Wait
	}
	return ui.AnswerState(string(e.item.Answer.State))
}

// appendFlags adds what the item lacks, the gravest first. What the answer
// itself says, such as an open must, needs no flag.
func appendFlags(flags []ui.ItemFlag, e *entry, now time.Time) []ui.ItemFlag {
	if in := e.item.Inherited; in.Follows() {
		flags = append(flags, ui.ItemFlag{State: ui.Part, Text: "Taken over", Anchor: "answer"})
	} else if in != nil {
		flags = append(flags, ui.ItemFlag{State: ui.Warn, Text: "No longer taken over", Anchor: "answer"})
	}
	switch e.need {
	case review.WaiverRanOut:
		flags = append(flags, ui.ItemFlag{State: ui.Bad, Text: "Waiver ran out", Anchor: "waiver"})
	case review.EvidenceExpired:
		flags = append(flags, ui.ItemFlag{State: ui.Bad, Text: "Evidence expired", Anchor: "evidence"})
	case review.EvidenceMissing:
		if !e.wrongKind() {
			flags = append(flags, ui.ItemFlag{State: ui.Warn, Text: "Needs evidence", Anchor: "evidence"})
		}
	case review.NAUnapproved:
		flags = append(flags, ui.ItemFlag{State: ui.Wait, Text: "Waits for approval", Anchor: "answer"})
	case review.ShouldUnexplained:
		if e.item.Answer.State == review.NotMet { // an open one says so itself
			flags = append(flags, ui.ItemFlag{State: ui.Warn, Text: "Needs a reason", Anchor: "note"})
		}
	}
	if e.wrongKind() {
		flags = append(flags, ui.ItemFlag{State: ui.Warn, Text: asksForKind(e.item.Def), Anchor: "evidence"})
	}
	flags = appendWaiverFlags(flags, e, now)
	if e.item.Reattest {
		flags = append(flags, ui.ItemFlag{State: ui.Warn, Text: "Reconfirm", Anchor: "answer"})
	}
	switch {
	case e.expiring(now):
		flags = append(flags, ui.ItemFlag{State: ui.Warn, Text: "Evidence expires " + dayAway(e.until, now), Anchor: "evidence"})
	case e.expired(now) && e.need != review.EvidenceExpired:
		flags = append(flags, ui.ItemFlag{State: ui.Warn, Text: "Evidence expired", Anchor: "evidence"})
	}
	if e.open {
		flags = append(flags, ui.ItemFlag{State: ui.Wait, Text: "Until answered", Anchor: "about"})
	}
	if e.late {
		flags = append(flags, ui.ItemFlag{State: ui.Warn, Text: "Due " + e.item.Due.Format("2 Jan"), Anchor: "assign"})
	}
	return flags
}

// gate is the state of the stage's gate now. The rollup is as of the last
// event; that evidence has expired since, only the clock tells.
func (c *Checked) gate() review.GateState {
	g := c.view.Rollups[c.view.index()].Gate
	if c.lapsed {
		return g.Lapse()
	}
	return g
}

// gateWord says how far the gate is.
func (c *Checked) gateWord() string {
	g := c.gate()
	if left := c.mustTotal - c.musts; g == review.GateBlocked && left > 0 {
		return strconv.Itoa(left) + " required to go"
	}
	return g.Label()
}

// ChecklistData is what the page of a stage shows.
type ChecklistData struct {
	*Checked
	Show  Show
	Query string
	Bulk  BulkForm // as it was sent, where it could not be carried out
	Said  Said     // of the change that led here
}

// Title is the page's.
func (d ChecklistData) Title() string {
	return d.view.stage().Def.Name + ", " + d.view.Review.Project.Name
}

func (d ChecklistData) head() ui.StageHeadData {
	v := &d.view
	at := ""
	if v.Past {
		at = MomentText(v.Now)
	}
	return ui.StageHeadData{
		Title: v.title(), Previous: v.neighbour(-1), Next: v.neighbour(1),
		Musts: d.musts, MustTotal: d.mustTotal, Shoulds: d.shoulds, ShouldTotal: d.shouldTotal,
		GateHref: GateURL(v.Review.Project.Key, v.Stage), GateState: GateLook(d.gate()), GateWord: d.gateWord(),
		Chips: d.chips(d.Show, d.Query), Action: v.url(), At: at, Query: d.Query, Show: string(d.Show),
	}
}

// chips are the filters with how many items each lists.
func (c *Checked) chips(now Show, query string) []ui.Chip {
	base := c.view.url()
	chips := make([]ui.Chip, 0, len(shows))
	for i, s := range shows {
		if c.counts[i] == 0 && s.show != ShowAll && s.show != now {
			continue // nothing to see there
		}
		href := base
		if q := s.show.Query(query); q != "" {
			href += "?" + q
		}
		chips = append(chips, ui.Chip{Label: s.label, Href: href, Count: c.counts[i], Current: s.show == now})
	}
	if q := now.quality(); q != "" {
		n := 0
		for i := range c.entries {
			if c.entries[i].matches(now, &c.view) {
				n++
			}
		}
		chips = append(chips, ui.Chip{Label: Capital(q), Href: base + "?" + now.Query(query), Count: n, Current: true})
	}
	return chips
}

// listed are the rows that the filter lists.
func (d ChecklistData) listed() []ui.ItemRow {
	for i := range d.rows {
		d.rows[i].Picked = d.Bulk.Picked[plan.ItemKey(d.rows[i].Key)]
	}
	for _, l := range d.Said.Left {
		if i := d.of(d.view.stage(), l.Item); i >= 0 {
			d.rows[i].Problem = d.leftProblem(l)
		}
	}
	if d.Show == ShowAll && d.Query == "" {
		return d.rows
	}
	rows := make([]ui.ItemRow, 0, len(d.entries))
	query, filter := fold.Text(d.Query), d.Show.Query(d.Query)
	for i := range d.entries {
		e := &d.entries[i]
		if e.matches(d.Show, &d.view) && (query == "" || e.says(query)) {
			e.row.Filter = filter
			rows = append(rows, *e.row)
		}
	}
	return rows
}

// says reports whether the row shows a text, given as [fold.Text] writes it.
func (e *entry) says(text string) bool {
	for _, s := range [...]string{e.row.Title, e.row.Note, e.row.Assignee, e.row.Key} {
		if fold.Has(s, text) {
			return true
		}
	}
	return false
}

// outside are the items that do not apply to the project.
func (d ChecklistData) outside() []*review.Item {
	var items []*review.Item
	s := d.view.stage()
	for i := range s.Items {
		if s.Items[i].Level == plan.LevelNone {
			items = append(items, &s.Items[i])
		}
	}
	return items
}

// untilLine says how many items apply only until somebody answers a question about
// the project, and which questions these are; empty when none does.
func (d ChecklistData) untilLine() string {
	n := 0
	var asked []plan.Flag
	for i := range d.entries {
		if e := &d.entries[i]; e.open {
			n++
			asked = append(asked, d.view.Review.Project.AppliesUntil(e.item.Def.When)...)
		}
	}
	if n == 0 {
		return ""
	}
	verb := " apply"
	if n == 1 {
		verb = " applies"
	}
	return CountOf(n, "item") + verb + " until somebody answers: " + Questions(&d.view.Review.Plan.Lifecycle, asked) + "."
}

// Questions names those of a plan in its order, the first few of them.
func Questions(tmpl *plan.Lifecycle, asked []plan.Flag) string {
	var labels []string
	for _, q := range tmpl.Flags {
		if slices.Contains(asked, q.Key) {
			labels = append(labels, "“"+q.Label+"”")
		}
	}
	if len(labels) > untilShown {
		labels = append(labels[:untilShown], strconv.Itoa(len(labels)-untilShown)+" more")
	}
	return Enumerate(labels, "and")
}

// untilShown is how many questions are named that wait for an answer.
const untilShown = 3

// mayAnswer reports whether the reader may answer questions about the project.
func (d ChecklistData) mayAnswer() bool { return !d.view.Past && d.view.may(review.EditProject) }

// outsideLine counts them in words; empty where the stage as a whole is passed over.
func (d ChecklistData) outsideLine(n int) string {
	switch {
	case d.gate() == review.GateNotNeeded:
		return CountOf(n, "item") + " would be asked."
	case n == 1:
		return "1 item does not apply to this project’s tier and profile."
	}
	return strconv.Itoa(n) + " items do not apply to this project’s tier and profile."
}

// whyOutside says why an item does not apply.
func whyOutside(r *review.Review, s *review.Stage, d *plan.Item) string {
	if !r.Needed(s) && d.LevelFor(r.Project.Tier, r.Project.Profile) != plan.LevelNone {
		return strings.ToLower(strings.TrimSuffix(review.NotNeeded(r.Project.Exposure), "."))
	}
	if !r.Project.Profile.HasAny(d.When) {
		return "only where: " + strings.Join(flagLabels(&r.Plan.Lifecycle, d.When), "; or: ")
	}
	return "not asked at tier " + strconv.Itoa(int(r.Project.Tier))
}

// flagLabels are profile statements in words.
func flagLabels(t *plan.Lifecycle, flags []plan.Flag) []string {
	labels := make([]string, len(flags))
	for i, f := range flags {
		labels[i] = string(f)
		if t == nil {
			continue
		}
		for _, def := range t.Flags {
			if def.Key == f {
				labels[i] = def.Label
			}
		}
	}
	return labels
}

// notice warns of what a change would undo, or says what is asked next; empty
// when there is nothing to say.
func (d ChecklistData) notice() (kind ui.NoticeKind, text string) {
	if d.view.Past {
		return ui.Info, ""
	}
	switch d.gate() {
	case review.GateNotNeeded:
		return ui.Info, PassedOver(d.view.Review, d.view.stage())
	case review.GateWaiting:
		return ui.Info, "Sign-off is under way. Whoever changes an answer or evidence now puts the signatures given so far out of date."
	case review.GatePassed:
		return ui.Info, "The gate has passed. Whoever changes an answer or evidence puts its signatures out of date and has to ask for a new round."
	case review.GateConditional:
		return ui.Info, "The gate has passed with conditions that are still open. Whoever changes an answer or evidence puts its signatures out of date."
	case review.GateOverdue:
		return ui.Warning, "A condition of the gate is overdue, so the gate no longer counts as passed."
	case review.GateChanged:
		return ui.Warning, "Something changed after the gate had passed, so its signatures are out of date. It takes a new round."
	case review.GateOpenAgain:
		return ui.Warning, "The gate had passed and was reopened on purpose; its page says why. It takes a new round."
	case review.GateReturned:
		n := d.view.stage().OpenFindings()
		if n == 0 {
			return ui.Info, "The reviewers sent this stage back, and all their findings are answered. Sign-off can be requested again once nothing else stands in the way."
		}
		return ui.Warning, "The reviewers sent this stage back with findings, which stand at the gate: " + CountOf(n, "finding") + " to answer before sign-off can be requested again."
	case review.GateLapsed:
		return ui.Warning, "Evidence or a waiver that the gate rests on has run out, so it no longer counts as passed. The items concerned are marked."
	}
	return ui.Info, ""
}

// readOnly says why the viewer cannot answer; empty when they can.
func (d ChecklistData) readOnly() string {
	switch {
	case d.view.Past, d.view.may(review.AnswerItem):
		return ""
	case d.view.Review.Project.Status == review.StatusStopped:
		return "The project was stopped. Nothing can be changed until it is resumed."
	}
	return "You can read this checklist. Its answers come from the project’s owner, deputy and members."
}
