package page

import (
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// What the forms about shared answers do.
const (
	ShareTake     = "take"
	ShareKeep     = "keep"
	ShareOffer    = "offer"
	ShareWithdraw = "withdraw"
)

// BackToItem of the field "back" leads back to the item's page.
const BackToItem = "item"

// SharedData is the page on which a project takes over answers of others, and
// offers its own.
type SharedData struct {
	Review    *review.Review
	Actor     review.Actor
	Now       time.Time
	Names     Names
	Others    review.Others
	Offers    []OfferFound // of other projects, by the name of the project
	Followers []Follower
	Followed  int // how many there are
	// What was typed into a form that was refused.
	Do      string
	From    review.ProjectKey
	Picked  []string
	Text    string
	Errors  map[string]string
	Problem string
}

// OfferFound is an answer that another project offers for an item of this one.
type OfferFound struct {
	Project review.ProjectKey
	Name    string // of the project
	Item    plan.ItemKey
	Offer   review.Offer
	Links   []review.OfferedLink // its evidence, without the addresses
}

// Follower is a project that takes over answers of this one.
type Follower struct {
	Project review.ProjectKey
	Name    string
	Answers int
}

// LostAnswer is an item of the reader's whose answer another project no longer gives.
type LostAnswer struct {
	Project review.ProjectKey
	Name    string // of the project
	Stage   plan.StageKey
	Item    plan.ItemKey
	Title   string
	Why     review.WhyLost
	At      time.Time
}

func (l *LostAnswer) href() string { return ItemURL(l.Project, l.Stage, l.Item) }

// InheritedWords say whose answer an item has.
func InheritedWords(in *review.Inherited, others review.Others) string {
	if in.Follows() {
		return "Taken over from " + OtherCalled(others, in.From)
	}
	return "No longer taken over from " + OtherCalled(others, in.From) + ", because " + in.Lost.Because()
}

// sharedText says how much of the project's readiness is of others, and how much it
// offers them; for who may change either, also that there is nothing yet.
func (v *projectView) sharedText() string {
	taken, lost, offered := 0, 0, 0
	for i := range v.Review.Stages {
		for j := range v.Review.Stages[i].Items {
			it := &v.Review.Stages[i].Items[j]
			switch {
			case it.Offer != nil:
				offered++
			case it.Inherited.Follows():
				taken++
			case it.Inherited != nil:
				lost++
			}
		}
	}
	var parts []string
	if taken > 0 {
		parts = append(parts, CountOf(taken, "answer")+" taken over from other projects.")
	}
	if lost > 0 {
		parts = append(parts, CountOf(lost, "answer")+" no longer taken over.")
	}
	if offered > 0 {
		parts = append(parts, CountOf(offered, "answer")+" offered to other projects.")
	}
	if len(parts) == 0 && (v.may(review.AnswerItem) || v.may(review.ShareAnswers)) {
		return "No answers shared with other projects yet."
	}
	return strings.Join(parts, " ")
}

func (d *SharedData) key() review.ProjectKey { return d.Review.Project.Key }

func (d *SharedData) may(a review.Action) bool {
	return review.May(d.Actor, a, &d.Review.Project) == nil && d.Review.Project.Status != review.StatusStopped
}

// sharedRow is an item on the page.
type sharedRow struct {
	item        plan.ItemKey
	title, href string
	stage       string
	state       ui.State
	word        string
	lines       []string
	picked      bool
	at          time.Time
	who         string
	holds       string // of an offer: for whom
	no          int    // its place in the plan
}

// row is an item as all lists have it.
func (d *SharedData) row(s *review.Stage, it *review.Item) sharedRow {
	_, lacks := s.Need(it, d.Now)
	row := sharedRow{
		item: it.Def.Key, title: it.Def.Title, href: ItemURL(d.key(), s.Def.Key, it.Def.Key), stage: s.Def.Name,
		state: AnswerLook(it.Answer.State, lacks != ""), word: AnswerWord(&it.Answer),
	}
	if it.Answer.State == review.Met && lacks != "" {
		row.lines = []string{lacks}
	}
	return row
}

// rows are the items for which there is something to say, in the order of the plan.
func (d *SharedData) rows(of func(*review.Stage, *review.Item) (sharedRow, bool)) []sharedRow {
	var out []sharedRow
	for i := range d.Review.Stages {
		s := &d.Review.Stages[i]
		for j := range s.Items {
			if row, ok := of(s, &s.Items[j]); ok {
				out = append(out, row)
			}
		}
	}
	return out
}

// taken are the items whose answers follow other projects.
func (d *SharedData) taken() []sharedRow {
	return d.rows(func(s *review.Stage, it *review.Item) (sharedRow, bool) {
		in := it.Inherited
		if in == nil {
			return sharedRow{}, false
		}
		row := d.row(s, it)
		row.who, row.at = d.Names(in.By), in.At
		row.lines = append([]string{"From " + OtherCalled(d.Others, in.From)}, row.lines...)
		if in.Lost != "" {
			row.state, row.word = ui.Warn, "No longer taken over"
			row.lines = append(row.lines, "Because "+in.Lost.Because()+". It comes back when that changes; or answer it here.")
		}
		return row, true
	})
}

// offered are the items whose answers this project offers.
func (d *SharedData) offered() []sharedRow {
	return d.rows(func(s *review.Stage, it *review.Item) (sharedRow, bool) {
		if it.Offer == nil {
			return sharedRow{}, false
		}
		row := d.row(s, it)
		row.who, row.at = d.Names(it.Offer.By), it.Offer.At
		row.lines = append([]string{"Holds for: " + it.Offer.Text}, row.lines...)
		return row, true
	})
}

// offerable are the items whose answers it could offer.
func (d *SharedData) offerable() []sharedRow {
	return d.rows(func(s *review.Stage, it *review.Item) (sharedRow, bool) {
		if it.Offer != nil || it.Level == plan.LevelNone || s.Offerable(it) != nil {
			return sharedRow{}, false
		}
		row := d.row(s, it)
		row.picked = d.Do == ShareOffer && slices.Contains(d.Picked, string(it.Def.Key))
		return row, true
	})
}

// offering is what one other project offers.
type offering struct {
	project review.ProjectKey
	name    string
	holds   string // for whom all of it does; empty where that differs
	rows    []sharedRow
}

// offerings are what other projects offer and this one has not taken over from
// them, a project each. What this project has not answered, and with the evidence that
// is offered would have, is chosen beforehand.
func (d *SharedData) offerings() []offering {
	var out []offering
	for _, o := range d.Offers {
		i := slices.IndexFunc(d.Review.Stages, func(s review.Stage) bool { return s.Item(o.Item) != nil })
		if i < 0 {
			continue
		}
		s := &d.Review.Stages[i]
		it := s.Item(o.Item)
		if it.Def.IsQuestion() || it.Inherited != nil && it.Inherited.Lost == "" {
			continue
		}
		row := d.row(s, it)
		row.holds, row.no = o.Offer.Text, placeOf(d.Review, s, it)
		if it.Answer.State != review.Open {
			row.lines = append(row.lines, "Answered here already; taking over replaces that answer.")
		}
		lacks := offerLacks(it, &o, d.Now)
		if lacks != "" {
			row.lines = append(row.lines, lacks)
		}
		row.picked = it.Answer.State == review.Open && lacks == ""
		if d.Do == ShareTake && d.From == o.Project {
			row.picked = slices.Contains(d.Picked, string(o.Item))
		}
		if n := len(out); n == 0 || out[n-1].project != o.Project {
			out = append(out, offering{project: o.Project, name: o.Name, holds: o.Offer.Text})
		}
		last := &out[len(out)-1]
		last.rows = append(last.rows, row)
		if last.holds != o.Offer.Text {
			last.holds = ""
		}
	}
	for i := range out {
		o := &out[i]
		slices.SortFunc(o.rows, func(a, b sharedRow) int { return a.no - b.no })
		for j := range o.rows {
			if o.holds == "" {
				o.rows[j].lines = append([]string{"Holds for: " + o.rows[j].holds}, o.rows[j].lines...)
			}
		}
	}
	return out
}

// offerLacks says why an item would not count at its gate with the evidence that is
// offered; empty: it would.
func offerLacks(it *review.Item, o *OfferFound, now time.Time) string {
	if len(o.Links) == 0 {
		return "The other project has no evidence for it at present, so it cannot be taken over."
	}
	switch it.LacksOffered(o.Links, now) {
	case review.EvidenceMissing:
		var kinds []plan.EvidenceKind
		for _, l := range o.Links {
			if !slices.Contains(kinds, l.Type) {
				kinds = append(kinds, l.Type)
			}
		}
		return "Its evidence there is " + Article(Enumerate(kindWords(kinds), "and")) + "; the gate here counts only " + Article(Enumerate(kindWords(it.Def.Evidence), "or")) +
			". Taken over, the item would still need evidence."
	case review.EvidenceExpired:
		return "Its evidence there has expired, so the gate here would not count it."
	}
	return ""
}

// placeOf counts the items of the plan up to one.
func placeOf(r *review.Review, s *review.Stage, it *review.Item) int {
	return r.Plan.StageIndex(s.Def.Key)*review.MaxPicked + s.Def.Place(it.Def.Key)
}

// field is one of the forms' fields; what was typed and what is wrong belong to the
// form that was refused.
func (d *SharedData) field(do, name, label, hint string) ui.Field {
	f := ui.Field{Name: name, Label: label, Hint: hint}
	if d.Do == do {
		f.Value, f.Error = d.Text, d.Errors[name]
	}
	return f
}

func (d *SharedData) text() ui.Field {
	return d.field(ShareOffer, "text", "For whom these answers hold", "For example: everything that runs on the shared cluster.")
}

// errors are for the summary at the head of the page.
func (d *SharedData) errors() []ui.FieldError {
	chosen := ui.Field{Name: "item", Label: "Items", Error: d.Errors["item"]}
	from := ui.Field{Name: "from", Label: "Project", Error: d.Errors["from"]}
	return summary([]ui.Field{chosen, from, d.text()})
}

func (d *SharedData) empty(taken, offered []sharedRow, offerings []offering, offerable []sharedRow) bool {
	return len(taken)+len(offered)+len(offerings)+len(offerable) == 0
}

// followersText says how many take over, where more than those listed do.
func (d *SharedData) followersText() string {
	if n := d.Followed - len(d.Followers); n > 0 {
		return "And " + CountOf(n, "more project") + "."
	}
	return ""
}
