package page

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// WaiverDecision is what can be done to a waiver: the last part of its
// address.
type WaiverDecision string

// The decisions on a waiver.
const (
	WaiverGrant  WaiverDecision = "grant"
	WaiverDeny   WaiverDecision = "deny"
	WaiverExtend WaiverDecision = "extend"
	WaiverRevoke WaiverDecision = "revoke"
)

// WaiverForm is a decision that was sent and could not be carried out. It is
// shown again with all that was typed.
type WaiverForm struct {
	ID       string // of the waiver; empty when none was sent
	Decision WaiverDecision
	Reason   string
	Until    string
	Errors   map[string]string // by field
	Problem  string            // why nothing was changed, where no field is at fault
	Reread   []Reread          // what differs from what the person had read
}

// dayAway says how far off a date is in days of the calendar, as people count
// them who read it.
func dayAway(date, now time.Time) string {
	today := review.Today(now)
	if date.Equal(today) {
		return "today"
	}
	return ui.Ago(date, today)
}

// WaiverLook is how a waiver looks, and the word for how it stands.
func WaiverLook(w *review.Waiver, now time.Time) (ui.State, string) {
	switch w.State(now) {
	case review.WaiverInForce:
		if w.Expiring(now) {
			return ui.Warn, "Ends " + dayAway(w.Until, now)
		}
		return ui.Waived, "In force"
	case review.WaiverExpired:
		if w.GrantedAt.IsZero() {
			return ui.NA, "Never decided"
		}
		return ui.Bad, "Expired " + dayAway(w.Until, now)
	case review.WaiverTurnedDown:
		return ui.Bad, "Denied"
	case review.WaiverTakenBack:
		return ui.Stop, "Revoked"
	}
	return ui.Wait, "Waiting"
}

// ShortDate is a date as a sentence says it; its year only where it is not
// this one.
func ShortDate(t, now time.Time) string {
	if t.Year() == now.Year() {
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// waiverAct is something that somebody did about a waiver.
type waiverAct struct {
	what string
	at   time.Time
}

func waiverActs(w *review.Waiver, name Names) []waiverAct {
	acts := []waiverAct{{"Asked for by " + name(w.RequestedBy), w.RequestedAt}}
	if !w.GrantedAt.IsZero() {
		acts = append(acts, waiverAct{"granted by " + name.Standing(w.GrantedBy, w.GrantedFor), w.GrantedAt})
	}
	if !w.DeniedAt.IsZero() {
		acts = append(acts, waiverAct{"denied by " + name.Standing(w.DeniedBy, w.DeniedFor), w.DeniedAt})
	}
	if !w.RevokedAt.IsZero() {
		acts = append(acts, waiverAct{"revoked by " + name.Standing(w.RevokedBy, w.RevokedFor), w.RevokedAt})
	}
	return acts
}

// waiverPanel holds the forms with which a waiver is decided.
type waiverPanel struct {
	id    string
	state review.WaiverState
	until time.Time
	shown review.Digest // of the waiver, as the page shows it
	seen  int64         // the project's version then
	title string        // of the item, where the page lists several
	query string        // of the page to come back to, with its question mark
	form  WaiverForm
}

func newWaiverPanel(p review.ProjectKey, s plan.StageKey, w *review.Waiver, seq int64, now time.Time, query string, form WaiverForm) waiverPanel {
	v := waiverPanel{id: WaiverID(p, s, w.No), state: w.State(now), until: w.Until, shown: w.Digest(), seen: seq, query: query}
	if form.ID == v.id {
		v.form = form
	}
	return v
}

// about says which waiver a button acts on, to those who hear the page; on an
// item's own page there is no other.
func (v *waiverPanel) about() string {
	if v.title == "" {
		return ""
	}
	return ": " + v.title
}

func (v *waiverPanel) action(d WaiverDecision) string { return WaiverURL(v.id, d) + v.query }

// sent reports whether it is one of these forms that was refused.
func (v *waiverPanel) sent(ds ...WaiverDecision) bool {
	for _, d := range ds {
		if v.form.Decision == d {
			return true
		}
	}
	return false
}

func (v *waiverPanel) field(base, name, label string, ds ...WaiverDecision) ui.Field {
	f := ui.Field{ID: v.id + "-" + base + "-" + name, Name: name, Label: label}
	if v.sent(ds...) {
		f.Error = v.form.Errors[name]
		f.Value = v.form.Reason
		if name == "until" {
			f.Value = v.form.Until
		}
	}
	return f
}

// verdict is the reason with which a waiver is granted or denied.
func (v *waiverPanel) verdict() ui.Field {
	f := v.field("verdict", "reason", "Reason", WaiverGrant, WaiverDeny)
	f.Hint = "Needed to deny it."
	return f
}

func (v *waiverPanel) extension() (until, reason ui.Field) {
	until = v.field("extend", "until", "Until", WaiverExtend)
	if !v.sent(WaiverExtend) {
		until.Value = review.FormatDate(v.until)
	}
	reason = v.field("extend", "reason", "Why does it need longer?", WaiverExtend)
	return until, reason
}

func (v *waiverPanel) revocation() ui.Field {
	return v.field("revoke", "reason", "Why does it end now?", WaiverRevoke)
}

// problems are the fields at fault.
func (v *waiverPanel) problems() []ui.FieldError {
	until, longer := v.extension()
	return summary([]ui.Field{v.verdict(), until, longer, v.revocation()})
}

// Waiver is one line of the register.
type Waiver struct {
	Project  review.ProjectKey
	Name     string // of the project
	Team     string
	Stage    plan.StageKey
	Gate     string
	GateIs   review.GateState
	Title    string // of the item
	Level    plan.Level
	Waiver   review.Waiver
	Lacks    review.BlockerKind // what the item lacks without the waiver; empty: nothing
	Followed bool               // a newer waiver for the item is in force
	Mine     bool               // the reader may decide on it
	Seq      int64              // the project's version
	Source   string             // as records name it
	Raises   []*record.Kind     // that the reader may add because of it
}

func (w *Waiver) id() string { return WaiverID(w.Project, w.Stage, w.Waiver.No) }

func (w *Waiver) href() string { return ItemURL(w.Project, w.Stage, w.Waiver.Item) + "#waiver" }

// effect says what hangs on the waiver.
func (w *Waiver) effect(now time.Time) (ui.State, string) {
	gate := "“" + w.Gate + "”"
	state := w.Waiver.State(now)
	switch {
	case w.Level == plan.LevelNone:
		return ui.None, "None: the item no longer applies"
	case w.Followed && state != review.WaiverInForce:
		return ui.None, "None: a newer waiver is in force"
	case w.Lacks == "":
		return ui.None, "None: the item is settled without it"
	case state == review.WaiverInForce && w.GateIs.Passed():
		return ui.Met, gate + " passed with it"
	case state == review.WaiverInForce:
		return ui.Part, gate + " is blocked without it"
	case state == review.WaiverExpired && (w.GateIs.Passed() || w.GateIs == review.GateLapsed):
		return ui.Bad, gate + " has lapsed with it"
	case state == review.WaiverExpired:
		return ui.Warn, gate + " is blocked"
	}
	return ui.Open, gate + " is blocked"
}

// WaiverFilter is what narrows the register, as its address says it.
type WaiverFilter struct {
	Kind    string // one of the parts of the register; empty: waiting or in force
	Team    string
	Project string // part of its name or key
	Mine    bool   // only what the reader may decide on
	Page    int    // from 1
}

// waiverKinds are the parts of the register, in the order of its chips.
var waiverKinds = [...]struct{ kind, label string }{
	{"", "Current"}, {"waiting", "Waiting"}, {"in-force", "In force"}, {"expiring", "Ends within 14 days"},
	{"expired", "Expired"}, {"denied", "Denied"}, {"revoked", "Revoked"},
}

// ValidWaiverKind reports whether an address names a part of the register.
func ValidWaiverKind(s string) bool {
	for _, k := range waiverKinds {
		if k.kind == s {
			return true
		}
	}
	return false
}

func (f WaiverFilter) narrows() bool { return f.Team != "" || f.Project != "" || f.Mine }

// Query is the filter in an address, with its question mark; empty when it
// narrows nothing.
func (f WaiverFilter) Query() string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("show", f.Kind)
	set("team", f.Team)
	set("project", f.Project)
	if f.Mine {
		q.Set("decide", "me")
	}
	if f.Page > 1 {
		q.Set("page", strconv.Itoa(f.Page))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (f WaiverFilter) show(kind string) string {
	f.Kind, f.Page = kind, 1
	return WaiversURL + f.Query()
}

func (f WaiverFilter) turn(page int) string {
	f.Page = page
	return WaiversURL + f.Query()
}

// WaiverCounts says how many waivers each part of the register holds.
type WaiverCounts struct{ Waiting, InForce, Expiring, Expired, Denied, Revoked int }

// WaiversData is one page of the register of waivers.
type WaiversData struct {
	Actor   review.Actor
	Now     time.Time
	Name    Names
	Filter  WaiverFilter
	Waivers []Waiver
	First   int // position of the first in the whole list, from 1
	More    bool
	Counts  WaiverCounts // under the filter
	ToMe    int          // waiting for the reader's decision
	Teams   []string
	Form    WaiverForm
}

func (d *WaiversData) chips() []ui.Chip {
	c := d.Counts
	counts := [...]int{c.Waiting + c.InForce, c.Waiting, c.InForce, c.Expiring, c.Expired, c.Denied, c.Revoked}
	chips := make([]ui.Chip, len(waiverKinds))
	for i, k := range waiverKinds {
		chips[i] = ui.Chip{Label: k.label, Href: d.Filter.show(k.kind), Count: counts[i], Current: d.Filter.Kind == k.kind}
	}
	return chips
}

func (d *WaiversData) lead() string {
	switch {
	case d.ToMe > 0 && !d.Filter.Mine:
		return decideWord(d.ToMe) + " your decision."
	case len(d.Waivers) > 0:
		return "Time-limited permission to pass without an item: who granted it, until when, and its effect on the gate."
	}
	return ""
}

func decideWord(n int) string {
	if n == 1 {
		return "1 needs"
	}
	return strconv.Itoa(n) + " need"
}

// toMe is the register of what waits for the reader.
func (d *WaiversData) toMe() string {
	return WaiversURL + WaiverFilter{Kind: "waiting", Team: d.Filter.Team, Project: d.Filter.Project, Mine: true}.Query()
}

func (d *WaiversData) teamOptions() []ui.Option {
	options := []ui.Option{{Label: "All"}}
	known := d.Filter.Team == ""
	for _, t := range d.Teams {
		known = known || t == d.Filter.Team
		options = append(options, ui.Option{Value: t, Label: t, Selected: t == d.Filter.Team})
	}
	if !known {
		options = append(options, ui.Option{Value: d.Filter.Team, Label: d.Filter.Team, Selected: true})
	}
	return options
}

func (d *WaiversData) mineOptions() []ui.Option {
	return []ui.Option{{Label: "Anyone"}, {Value: "me", Label: "Me", Selected: d.Filter.Mine}}
}

func (d *WaiversData) pager() ui.Page {
	p := ui.Page{From: d.First, To: d.First + len(d.Waivers) - 1, Noun: "waivers"}
	if d.More {
		p.Next = d.Filter.turn(d.Filter.Page + 1)
	} else {
		p.Total = p.To
	}
	if d.Filter.Page > 1 {
		p.Prev = d.Filter.turn(d.Filter.Page - 1)
	}
	return p
}

func (d *WaiversData) panel(w *Waiver) waiverPanel {
	v := newWaiverPanel(w.Project, w.Stage, &w.Waiver, w.Seq, d.Now, d.Filter.Query(), d.Form)
	v.title = w.Title + ", " + w.Name
	return v
}

// refused is the panel of the form that was sent; nil when the page does not
// show it.
func (d *WaiversData) refused() *waiverPanel {
	for i := range d.Waivers {
		if w := &d.Waivers[i]; w.Mine && w.id() == d.Form.ID {
			v := d.panel(w)
			return &v
		}
	}
	return nil
}

func (d *WaiversData) summary() []ui.FieldError {
	if v := d.refused(); v != nil {
		return v.problems()
	}
	return nil
}

// problem says why a decision was not taken, where no form of the page does.
func (d *WaiversData) problem() string {
	if d.Form.ID == "" || d.Form.Problem != "" || d.refused() != nil {
		return d.Form.Problem
	}
	return "This waiver is no longer on the page, so nothing was changed."
}

// kept is typed text whose form is no longer on the page.
func (d *WaiversData) kept() []ui.Field {
	v := d.refused()
	if d.Form.Reason == "" || v != nil && v.shows(d.Form.Decision) {
		return nil
	}
	return []ui.Field{{Name: "kept-reason", Label: "Reason", Value: d.Form.Reason, Optional: true}}
}

// shows reports whether the panel has the form of a decision.
func (v *waiverPanel) shows(d WaiverDecision) bool {
	if d == WaiverGrant || d == WaiverDeny {
		return v.state == review.WaiverWaiting
	}
	return v.state == review.WaiverInForce
}

// WaiverID names a waiver in addresses: keys hold no dots.
func WaiverID(p review.ProjectKey, s plan.StageKey, no int) string {
	return string(p) + "." + string(s) + "." + strconv.Itoa(no)
}

// ReadWaiverID is WaiverID's way back.
func ReadWaiverID(id string) (p review.ProjectKey, s plan.StageKey, no int, ok bool) {
	parts := strings.Split(id, ".")
	if len(parts) != 3 || !plan.ValidKey(parts[0]) || !plan.ValidKey(parts[1]) {
		return "", "", 0, false
	}
	no, err := strconv.Atoi(parts[2])
	if err != nil || no < 1 || strconv.Itoa(no) != parts[2] {
		return "", "", 0, false
	}
	return review.ProjectKey(parts[0]), plan.StageKey(parts[1]), no, true
}

// WaiverStateLook is how a waiver looks where there is room for its state alone.
func WaiverStateLook(s review.WaiverState) ui.State {
	switch s {
	case review.WaiverInForce:
		return ui.Waived
	case review.WaiverWaiting:
		return ui.Wait
	case review.WaiverExpired:
		return ui.Bad
	}
	return ui.NA
}
