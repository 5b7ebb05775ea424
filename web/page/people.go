package page

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// PeopleFilter narrows the directory, as its address says it. Zero values
// narrow nothing.
type PeopleFilter struct {
	Search string
	Right  string // key of a role or a seat
	Page   int    // from 1
}

func (f PeopleFilter) narrows() bool { return f.Search != "" || f.Right != "" }

func (f PeopleFilter) url(page int) string {
	q := url.Values{}
	if f.Search != "" {
		q.Set("q", f.Search)
	}
	if f.Right != "" {
		q.Set("right", f.Right)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return PeopleURL
	}
	return PeopleURL + "?" + q.Encode()
}

// PersonURL shows one person's rights.
func PersonURL(id review.PersonID) string {
	return PeopleURL + "?person=" + strconv.FormatInt(int64(id), 10)
}

// PeopleData is one page of the directory.
type PeopleData struct {
	Actor    review.Actor
	Now      time.Time
	Filter   PeopleFilter
	Template *plan.Lifecycle // for who signs what
	Words    plan.Words      // that published documents add
	People   []Person
	First    int // position of the first person in the whole list, from 1
	More     bool
	Odd      []Oddity // for admins
}

// Oddity is an account that admins should look at.
type Oddity struct {
	Person review.PersonID
	Name   string
	Lacks  review.GroupsGap // why rights from groups do not count in a session
	Twin   bool             // somebody else has the same name and address
}

func (o *Oddity) words() string {
	if o.Twin {
		return "somebody else has the same name and address; they may be one person"
	}
	return "signed in without rights from groups, because " + GroupsGapWords(o.Lacks)
}

// GroupsGapWords say, after "because", why somebody's groups are not known.
func GroupsGapWords(why review.GroupsGap) string {
	switch why {
	case review.GroupsElsewhere:
		return "the sign-in service says that they are in too many groups to list"
	case review.GroupsFailed:
		return "the sign-in service did not answer when asked for the groups"
	case review.GroupsTooMany:
		return "the sign-in service named more than 1,000 groups"
	case review.GroupsUnreadable:
		return "the list of groups from the sign-in service cannot be read"
	}
	return "the sign-in service sent no list of groups"
}

// SuspendedWords tell somebody that their rights from groups do not count in
// their session.
func SuspendedWords(why review.GroupsGap) string {
	return "Rights from your groups do not count in this session, because " + GroupsGapWords(why) +
		". Nothing was taken from you: sign out and in again, and tell your administrator if it stays so."
}

// Person is somebody with the rights that the reader may know of.
type Person struct {
	ID          review.PersonID
	Name, Email string
	Blocked     time.Time // since then; zero: not blocked
	Erased      time.Time
	Rights      []HeldRight
}

// HeldRight is a right and where it comes from.
type HeldRight struct {
	review.Right
	Source      review.Source
	By          string // who granted it
	At          time.Time
	Project     review.ProjectKey // empty: everywhere
	ProjectName string
}

// The two forms that change a right.
const (
	FormGrant  = "grant"
	FormRevoke = "revoke"
)

// RightForm is what was typed into one of the two forms, and what is wrong
// with it by field. The zero value is an empty form.
type RightForm struct {
	What                   string // FormGrant or FormRevoke
	Right, Project, Reason string
	Errors                 map[string]string
}

// RightValue is how a right stands in a form.
func RightValue(t review.Right) string {
	if t.Seat != "" {
		return "seat:" + string(t.Seat)
	}
	return "role:" + string(t.Role)
}

// ParseRight reads what [RightValue] wrote; the scope travels apart.
func ParseRight(s string) (review.Right, bool) {
	if key, ok := strings.CutPrefix(s, "seat:"); ok && plan.Seat(key).Valid() {
		return review.Right{Seat: plan.Seat(key)}, true
	}
	if key, ok := strings.CutPrefix(s, "role:"); ok && review.Role(key).Valid() {
		return review.Right{Role: review.Role(key)}, true
	}
	return review.Right{}, false
}

func (d *PeopleData) mayGrant() bool { return review.May(d.Actor, review.GrantRights, nil) == nil }

func (d *PeopleData) maySeeTrail() bool { return review.May(d.Actor, review.ViewDirectory, nil) == nil }

func (d *PeopleData) pager() ui.Page {
	p := ui.Page{From: d.First, To: d.First + len(d.People) - 1, Noun: "people"}
	if d.More {
		p.Next = d.Filter.url(d.Filter.Page + 1)
	} else {
		p.Total = p.To
	}
	if d.Filter.Page > 1 {
		p.Prev = d.Filter.url(d.Filter.Page - 1)
	}
	return p
}

// roles and seats are a person's rights in words.
func (p *Person) roles() string {
	var out []string
	for _, r := range p.Rights {
		if r.Role != "" && !slices.Contains(out, string(r.Role)) { // a role can come from a group and by hand
			out = append(out, string(r.Role))
		}
	}
	return strings.Join(out, ", ")
}

// seats are the seats that the person holds everywhere, in words.
func (p *Person) seats() string {
	var out []string
	for _, r := range p.Rights {
		if r.Seat != "" && r.Project == "" && !slices.Contains(out, r.Seat.Label()) { // a seat, too
			out = append(out, r.Seat.Label())
		}
	}
	return strings.Join(out, ", ")
}

// projectSeats are the seats that the person holds in single projects.
func (p *Person) projectSeats() []HeldRight {
	var out []HeldRight
	for _, r := range p.Rights {
		if r.Seat != "" && r.Project != "" {
			out = append(out, r)
		}
	}
	return out
}

// source says where a right comes from, before its date.
func (r *HeldRight) source() string {
	if r.Source == review.FromGroup {
		return "from a group, at sign-in"
	}
	return "granted by " + r.By
}

// name is the right in words.
func (r *HeldRight) name() string {
	if r.Seat != "" {
		return r.Right.Label()
	}
	return "Role " + string(r.Role)
}

// rightOptions offers every role and seat; chosen is the one to select.
func rightOptions(words plan.Words, chosen, none string) []ui.Option {
	options := []ui.Option{{Label: none}}
	for _, role := range review.Roles() {
		v := RightValue(review.Right{Role: role})
		options = append(options, ui.Option{Value: v, Label: "Role: " + string(role), Selected: v == chosen})
	}
	for _, seat := range words.AllSeats() {
		v := RightValue(review.Right{Seat: seat})
		options = append(options, ui.Option{Value: v, Label: "Seat: " + seat.Label(), Selected: v == chosen})
	}
	return options
}

// filterOptions offers the same by the keys that addresses use.
func (d *PeopleData) filterOptions() []ui.Option {
	options := rightOptions(d.Words, "", "Any")
	for i := range options {
		if _, key, ok := strings.Cut(options[i].Value, ":"); ok {
			options[i].Value, options[i].Selected = key, key == d.Filter.Right
		}
	}
	return options
}

// fieldErrors lists what is wrong with the form that was sent; a field that the
// form does not show is named by the form itself.
func (f RightForm) fieldErrors(what string) []ui.FieldError {
	if f.What != what {
		return nil
	}
	var out []ui.FieldError
	for _, name := range []string{"right", "project", "reason", "form"} {
		if f.Errors[name] != "" {
			out = append(out, ui.FieldError{Name: name, Text: FieldSentence(fieldName(name), f.Errors[name])})
		}
	}
	return out
}

// wrong is the error of a field of one of the two forms.
func (f RightForm) wrong(what, name string) string {
	if f.What != what || f.Errors[name] == "" {
		return ""
	}
	return FieldSentence(fieldName(name), f.Errors[name])
}

// typed is what stood in a field of one of the two forms.
func (f RightForm) typed(what, value string) string {
	if f.What != what {
		return ""
	}
	return value
}

// fieldName is a field as its label says it.
func fieldName(field string) string {
	switch field {
	case "target":
		return "Target date"
	case "form":
		return "The form"
	case "profile":
		return "The profile"
	case "reason":
		return "The reason"
	}
	return Capital(field)
}

// seatAt is a seat of a gate; nil when it does not sit there.
func seatAt(g *plan.Gate, seat plan.Seat) *plan.GateSeat {
	for i := range g.Seats {
		if g.Seats[i].Seat == seat {
			return &g.Seats[i]
		}
	}
	return nil
}

// seatWord says at which tiers a seat has to sign and at which it may.
func seatWord(s *plan.GateSeat) string {
	must, may := tiersWhere(s.MustSign), tiersWhere(func(t plan.Tier) bool { return s.SitsAt(t) && !s.MustSign(t) })
	switch {
	case len(must) == 3:
		return "required"
	case len(may) == 3:
		return "optional"
	case len(may) == 0:
		return "required at " + tierWords(must)
	case len(must) == 0:
		return "optional at " + tierWords(may)
	}
	return "required at " + tierWords(must) + ", optional at " + tierWords(may)
}

func tiersWhere(holds func(plan.Tier) bool) (out []plan.Tier) {
	for t := plan.TierCritical; t <= plan.TierStarter; t++ {
		if holds(t) {
			out = append(out, t)
		}
	}
	return out
}

func tierWords(tiers []plan.Tier) string {
	words := make([]string, len(tiers))
	for i, t := range tiers {
		words[i] = strconv.Itoa(int(t))
	}
	if len(words) == 1 {
		return "tier " + words[0]
	}
	return "tiers " + Enumerate(words, "and")
}

// quorumCell is how many people have to sign a gate, by tier where that differs.
func quorumCell(g *plan.Gate) string {
	a, b, c := g.QuorumAt(plan.TierCritical), g.QuorumAt(plan.TierStandard), g.QuorumAt(plan.TierStarter)
	if a == b && b == c {
		return strconv.Itoa(a)
	}
	return fmt.Sprintf("%d, %d, %d", a, b, c)
}

// flagWords are profile questions as their labels say them.
func flagWords(tmpl *plan.Lifecycle, flags []plan.Flag) []string {
	words := make([]string, len(flags))
	for i, f := range flags {
		words[i] = string(f)
		for _, d := range tmpl.Flags {
			if d.Key == f {
				words[i] = strings.ToLower(d.Label[:1]) + d.Label[1:]
			}
		}
	}
	return words
}

// allowed are the marks of one row of the permission table: for each role,
// each duty, and seat holders.
func allowed(r review.Rule) []bool {
	var out []bool
	for _, role := range review.Roles() {
		out = append(out, slices.Contains(r.Roles, role))
	}
	for _, duty := range review.Duties() {
		out = append(out, slices.Contains(r.Duties, duty))
	}
	return append(out, r.AnySeat)
}

// allowedColumns heads the permission table.
func allowedColumns() []ui.Column {
	columns := []ui.Column{{Label: "Action"}}
	for _, role := range review.Roles() {
		columns = append(columns, ui.Column{Label: Capital(string(role))})
	}
	for _, duty := range review.Duties() {
		columns = append(columns, ui.Column{Label: "Project's " + string(duty)})
	}
	return append(columns, ui.Column{Label: "Seat holder"})
}

// RightsTrailData is one page of the trail of rights, newest first.
type RightsTrailData struct {
	Now     time.Time
	Entries []ui.Entry
	Newest  bool  // the page begins with the newest entry
	More    bool  // there are older ones
	Last    int64 // number of the oldest entry on the page
}

func (d *RightsTrailData) older() string {
	return RightsURL + "?before=" + strconv.FormatInt(d.Last, 10)
}

// DescribeRight is [Teller.Describe] for the directory's stream; it links the
// project for which a right was given.
func (t Teller) DescribeRight(en review.Entry, projects map[review.Scope]review.ProjectKey, titles map[review.ProjectKey]string) ui.Entry {
	out := t.Describe(en)
	var scope review.Scope
	switch e := en.Event.(type) {
	case review.RightGranted:
		scope = e.Scope
	case review.RightRevoked:
		scope = e.Scope
	case review.SeatDelegated:
		scope = e.Scope
	}
	if key := projects[scope]; scope != review.Everywhere && key != "" {
		out.What = strings.Replace(out.What, " in one project", " in the project", 1)
		out.Thing, out.Href = titles[key], ProjectURL(key)
	}
	return out
}

func rightColumns(revoke bool) []ui.Column {
	columns := []ui.Column{{Label: "Right"}, {Label: "Where"}, {Label: "From"}, {Label: "Since"}}
	if revoke {
		columns = append(columns, ui.Column{Label: "Change"})
	}
	return columns
}
