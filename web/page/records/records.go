// Package records holds the pages of what a project keeps beside its checklists.
// They are made of what kinds declare: see package record.
package records

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// View is what all pages of records rest on.
type View struct {
	Review *review.Review // with all its records
	Actor  review.Actor
	Now    time.Time
	Name   page.Names
	Forced []review.Forced
	Others review.Others // that records are about
	Past   bool          // as of a moment; nothing can be changed
}

func (v *View) key() review.ProjectKey { return v.Review.Project.Key }

// keeps reports whether whoever looks may add records.
func (v *View) keeps() bool {
	return v.may(review.KeepRecords)
}

// adds reports whether whoever looks may add records of a kind.
func (v *View) adds(k *record.Kind) bool { return v.keeps() && v.Review.Plan.Uses(k.Key) }

// may reports whether whoever looks would be let do something about records.
func (v *View) may(a review.Action) bool {
	return v.changes() && review.May(v.Actor, a, &v.Review.Project) == nil
}

// changes reports whether anything can be changed here.
func (v *View) changes() bool { return !v.Past && v.Review.Project.Status != review.StatusStopped }

// of are the records of a kind, those first that need somebody most: open before
// closed, by score, then the newest.
func (v *View) of(k *record.Kind) []*review.Record {
	var out []*review.Record
	for i := range v.Review.Records {
		if rec := &v.Review.Records[i]; rec.Kind == k.Key {
			out = append(out, rec)
		}
	}
	rank := func(rec *review.Record) int {
		n := 0
		if k.Score != nil {
			n = k.Score(rec.Values).Figure
		}
		if rec.Closed() {
			n -= 1000
		}
		return n
	}
	slices.SortStableFunc(out, func(a, b *review.Record) int { return cmp.Or(rank(b)-rank(a), b.No-a.No) })
	return out
}

// group is a kind with its records.
type group struct {
	*record.Kind
	all           []*review.Record
	open, overdue int
}

func (v *View) group(k *record.Kind) group {
	g := group{Kind: k, all: v.of(k)}
	for _, rec := range g.all {
		if !rec.Closed() {
			g.open++
		}
		if rec.Overdue(v.Now) {
			g.overdue++
		}
	}
	return g
}

// shownOfKind is how many records of each kind the overview shows.
const shownOfKind = 5

// first are the open ones that the overview shows.
func (g *group) first() []*review.Record { return g.all[:min(g.open, shownOfKind)] }

// words say how many there are.
func (g *group) words() string {
	if g.open == 0 {
		return "None is open; " + g.count(len(g.all)) + " closed."
	}
	s := g.count(g.open) + " open"
	if g.overdue > 0 {
		s += ", " + strconv.Itoa(g.overdue) + " overdue"
	}
	if n := len(g.all) - g.open; n > 0 {
		s += ", " + strconv.Itoa(n) + " closed"
	}
	return s + "."
}

func (g *group) count(n int) string {
	if n == 1 {
		return "1 " + g.One
	}
	return strconv.Itoa(n) + " " + g.Many
}

// groups are the kinds of which the project has a record, or those of which it has
// none.
func (v *View) groups(kept bool) []group {
	var out []group
	for _, k := range record.Kinds() {
		if g := v.group(k); len(g.all) > 0 == kept && (kept || v.Review.Plan.Uses(k.Key)) {
			out = append(out, g)
		}
	}
	return out
}

// badge is how a record stands.
func (v *View) badge(rec *review.Record) (ui.State, string) {
	st := rec.Standing()
	return page.RecordLook(st, rec.Overdue(v.Now)), st.Label
}

// score is the record's figure, in words: "High, 20 of 25".
func score(rec *review.Record) string {
	def := rec.Def()
	if def.Score == nil {
		return ""
	}
	s := def.Score(rec.Values)
	return page.Capital(s.Word)
}

// figure is the figure of a score where it is worked out of others.
func figure(rec *review.Record) string {
	if s := rec.Def().Score(rec.Values); s.Of > 5 {
		return ", " + strconv.Itoa(s.Figure)
	}
	return ""
}

// scoreLook is the shape and colour of a record's score.
func scoreLook(rec *review.Record) ui.State {
	switch rec.Def().Score(rec.Values).Level {
	case record.High:
		return ui.Bad
	case record.Medium:
		return ui.Warn
	}
	return ui.None
}

// due says by when something has to be done, and what is so when that has gone by.
func (v *View) due(rec *review.Record) string {
	d := rec.DueDay()
	if d.IsZero() {
		return ""
	}
	if rec.Overdue(v.Now) {
		return page.ShortDate(d, v.Now) + ", " + rec.Def().Overdue
	}
	return page.ShortDate(d, v.Now)
}

// remarks are what people should know who see a record, and how the project stands
// that it is about.
func (v *View) remarks(rec *review.Record) []string {
	out := append(rec.Warnings(), page.TermsRemarks(v.Review, rec, v.Now)...)
	if v.Past {
		return out
	}
	if text, _ := page.OtherStands(rec, v.Others, v.Now); text != "" {
		out = append(out, text)
	}
	for _, t := range v.tellings(rec) {
		if t.late {
			out = append(out, t.text)
		}
	}
	return out
}

// otherFails reports whether the project that the record is about asks for attention.
func (v *View) otherFails(rec *review.Record) bool {
	_, warn := page.OtherStands(rec, v.Others, v.Now)
	return warn && !v.Past
}

// telling is somebody who has to be told of a record and was not yet.
type telling struct {
	whom, text string
	late       bool
}

// tellings are those who have to be told and were not yet, each with by when.
func (v *View) tellings(rec *review.Record) []telling {
	k := rec.Def()
	if k.Deadlines == nil {
		return nil
	}
	var out []telling
	for _, d := range k.Deadlines(rec.Values) {
		if d.Told {
			continue
		}
		t := telling{whom: d.Whom, late: v.Now.After(d.By)}
		if t.late {
			t.text = "The deadline to tell " + d.Whom + " passed on " + page.Moment(d.By) + ", and they were not told."
		} else {
			t.text = page.Capital(page.TimeLeft(d.By.Sub(v.Now))) + " left to tell " + d.Whom + ", until " + page.Moment(d.By) + "."
		}
		out = append(out, t)
	}
	return out
}

// untold reports whether an incident names nobody who has to be told, or somebody who
// was not.
func untold(rec *review.Record) bool {
	all := rec.Def().Deadlines(rec.Values)
	return len(all) == 0 || slices.ContainsFunc(all, func(d record.Deadline) bool { return !d.Told })
}

// where says at whose gate a record counts.
func (v *View) where(rec *review.Record) (text, href string) {
	if rec.Stage == "" {
		return "Every gate that is still to pass", ""
	}
	i := v.Review.Plan.StageIndex(rec.Stage)
	if i < 0 {
		return string(rec.Stage) + ", which the plan no longer has", ""
	}
	return page.StageTitle(i, &v.Review.Plan.Stages[i]), page.GateURL(v.key(), rec.Stage)
}

// item is what a record came up with.
func (v *View) item(rec *review.Record) (text, href string) {
	if rec.Item == "" {
		return "", ""
	}
	d, stage := v.Review.Plan.Find(rec.Item)
	if named := v.Review.Plan.Showing(rec.Item); d == nil && len(named) > 0 && named[0].Item.Environment != nil { // it is asked for environments now
		return named[0].Item.Claim() + ", in each environment", page.EnvironmentsURL(v.key())
	}
	if d == nil {
		return string(rec.Item) + ", which the plan no longer asks", ""
	}
	return d.Title, page.ItemURL(v.key(), stage.Key, rec.Item)
}

// cell is what a list shows of a field.
func (v *View) cell(rec *review.Record, f record.FieldKey) string {
	field := rec.Def().Field(f)
	text := page.RecordValue(field, rec.Values[f], v.Others)
	if field.Type == record.Choice { // the list has no room for what it means
		text, _, _ = strings.Cut(text, ": ")
	}
	return text
}

func (v *View) crumbs(more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Text: v.Review.Project.Name, Href: page.ProjectURL(v.key())}, {Text: "Records", Href: page.RecordsURL(v.key())}}, more...)
}

// ListData is a list of the records of one kind.
type ListData struct {
	View
	Kind *record.Kind
	All  bool // closed ones too
	Page int  // from 1
}

// perPage is how many records a page of a list has.
const perPage = 100

// list is what a page of a list shows.
type list struct {
	*ListData
	group
	rows  []*review.Record
	total int
	from  int
}

func newList(d *ListData) *list {
	l := &list{ListData: d, group: d.group(d.Kind)}
	all := l.listed()
	l.total = len(all)
	l.from = min((max(d.Page, 1)-1)*perPage, max(0, (l.total-1)/perPage*perPage))
	l.rows = all[l.from:min(l.from+perPage, l.total)]
	return l
}

// listed are the records of all pages.
func (l *list) listed() []*review.Record {
	if l.All {
		return l.all
	}
	return l.all[:l.open]
}

func (l *list) kind() *record.Kind { return l.ListData.Kind }

// Title is the page's.
func (d *ListData) Title() string { return page.Capital(d.Kind.Many) + ", " + d.Review.Project.Name }

func (l *list) url(all bool, n int) string {
	u := page.RecordKindURL(l.key(), l.kind().Key)
	var q []string
	if all {
		q = append(q, "all=1")
	}
	if n > 1 {
		q = append(q, "page="+strconv.Itoa(n))
	}
	if len(q) == 0 {
		return u
	}
	return u + "?" + strings.Join(q, "&")
}

func (l *list) chips() []ui.Chip {
	return []ui.Chip{
		{Label: "Open", Href: l.url(false, 1), Count: l.open, Current: !l.All},
		{Label: "All", Href: l.url(true, 1), Count: len(l.all), Current: l.All},
	}
}

func (l *list) pager() ui.Page {
	p := ui.Page{From: l.from + 1, To: l.from + len(l.rows), Total: l.total, Noun: l.Many}
	n := l.from/perPage + 1
	if n > 1 {
		p.Prev = l.url(l.All, n-1)
	}
	if l.from+perPage < l.total {
		p.Next = l.url(l.All, n+1)
	}
	return p
}

func (l *list) columns() []ui.Column {
	cols := []ui.Column{{Label: "No."}, {Label: page.Capital(l.One)}}
	if l.Score != nil {
		cols = append(cols, ui.Column{Label: "Score"})
	}
	for _, f := range l.Columns {
		cols = append(cols, ui.Column{Label: l.Field(f).Label})
	}
	if l.Reads != nil {
		cols = append(cols, ui.Column{Label: "Latest value"}, ui.Column{Label: "Target"})
	}
	cols = append(cols, ui.Column{Label: "State"}, ui.Column{Label: "Owner"})
	if l.Due != "" {
		cols = append(cols, ui.Column{Label: l.Due})
	}
	return cols
}

// stages are the gates at which a record can count.
func (v *View) stages(chosen plan.StageKey) []ui.Option {
	out := []ui.Option{{Value: "", Label: "Every gate that is still to pass", Selected: chosen == ""}}
	known := chosen == ""
	for i := range v.Review.Plan.Stages {
		s := &v.Review.Plan.Stages[i]
		out = append(out, ui.Option{Value: string(s.Key), Label: page.StageTitle(i, s), Selected: s.Key == chosen})
		known = known || s.Key == chosen
	}
	if !known {
		out = append(out, ui.Option{Value: string(chosen), Label: string(chosen) + ", which the plan no longer has", Selected: true})
	}
	return out
}
