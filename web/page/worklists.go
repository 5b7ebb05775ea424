package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// WorkShown is how many lines of each list my work shows beside the others.
const WorkShown = 20

// The lists of my work, as they stand in addresses.
const (
	listOverdue  = "overdue"
	listGates    = "gates"
	listItems    = "items"
	listReturned = "returned"
	listOwed     = "conditions"
	listRecords  = "records"
	listPolicies = "policies"
	listConfirm  = "confirm"
	listWaivers  = "waivers"
	listForced   = "forced"
	listFallen   = "fallen"
	listMentions = "mentions"
	listDecided  = "decisions"
	listExpiring = "expiring"
	listProjects = "projects"
	listNobody   = "nobody"
	listAsked    = "answers"
	listLower    = "levels"
	listLessons  = "lessons"
	listLost     = "shared"
)

// workTitles are the headings of the lists that my work can show alone. Gates
// and waivers have pages of their own.
var workTitles = map[string]string{
	listOverdue:  "Overdue",
	listItems:    "Assigned to me",
	listReturned: "Returned to my projects",
	listOwed:     "My conditions",
	listRecords:  "My records",
	listPolicies: "Policies to review",
	listConfirm:  "Conditions to confirm",
	listForced:   "Break-glass to review",
	listFallen:   "Gates to renew",
	listMentions: "Mentions",
	listDecided:  "Decided lately",
	listExpiring: "My evidence that expires",
	listProjects: "My projects",
	listNobody:   "Nobody can act",
	listAsked:    "Answers to take back",
	listLower:    "Items to lower",
	listLessons:  "Lessons to decide on",
	listLost:     "No longer taken over",
}

// WorkListURL is my work with one list alone, to its end.
func WorkListURL(id string) string { return WorkURL + "?all=" + id }

// IsWorkList reports whether my work has a list of this name to show alone.
func IsWorkList(id string) bool { return workTitles[id] != "" }

// Title is the heading of the page.
func (d *WorkData) Title() string {
	if d.Whole != "" {
		return workTitles[d.Whole]
	}
	return "My work"
}

// workList is one list of the page: how much of it is shown, and where the
// rest is.
type workList struct {
	id, title    string
	shown, total int
	least        bool   // the total may be larger
	whole        string // address of the rest; empty: there is no page with more
	also         string // what that address offers also when nothing is left out; may be empty
}

// list describes one list, of which the page has some lines.
func (d *WorkData) list(id string, have, total int) workList {
	l := workList{id: id, title: workTitles[id], shown: min(have, d.most(id)), total: max(total, have)}
	if d.Whole == "" {
		l.whole = WorkListURL(id)
	}
	return l
}

// most is how many lines of a list are shown.
func (d *WorkData) most(id string) int {
	if d.Whole == id {
		return int(^uint(0) >> 1)
	}
	return WorkShown
}

func (d *WorkData) gateList() workList {
	l := d.list(listGates, len(d.Gates), len(d.Gates))
	l.title, l.least, l.whole, l.also = "Gates to sign", d.GatesFull, SignOffsURL, "All sign-offs"
	return l
}

func (d *WorkData) itemList(items []AssignedItem) workList {
	l := d.list(listItems, len(items), len(items))
	l.least = d.ItemsFull
	return l
}

func (d *WorkData) expiringList() workList {
	l := d.list(listExpiring, len(d.Expiring), len(d.Expiring))
	l.least = d.ExpiringFull
	return l
}

func (d *WorkData) waiverList() workList {
	l := d.list(listWaivers, len(d.Waivers), len(d.Waivers))
	l.title, l.least, l.also = "Waivers to decide", d.WaiversFull, "Decide in the register"
	l.whole = WaiversURL + WaiverFilter{Kind: "waiting", Mine: true}.Query()
	return l
}

// shows reports whether the page has room for a list with something in it.
func (d *WorkData) shows(l *workList) bool {
	return l.total > 0 && (d.Whole == "" || d.Whole == l.id)
}

func (l *workList) count() string { return atLeast(l.total, l.least) }

func atLeast(n int, least bool) string {
	if least {
		return strconv.Itoa(n) + "+"
	}
	return strconv.Itoa(n)
}

// more says how much of the list is not shown; empty when nothing.
func (l *workList) more() string {
	switch n := l.total - l.shown; {
	case n <= 0 && !l.least:
		return ""
	case l.least:
		return "and at least " + strconv.Itoa(max(n, 1)) + " more"
	default:
		return "and " + strconv.Itoa(n) + " more"
	}
}

// duties are what the reader has to do until a day.
type duties struct {
	Forced []ForcedGate
	Owed   []OpenCondition
	Items  []AssignedItem
}

func (t *duties) len() int { return len(t.Forced) + len(t.Owed) + len(t.Items) }

// cut keeps the first so many.
func (t *duties) cut(most int) duties {
	var out duties
	out.Forced = head(t.Forced, most)
	out.Owed = head(t.Owed, most-len(out.Forced))
	out.Items = head(t.Items, most-len(out.Forced)-len(out.Owed))
	return out
}

func head[T any](list []T, most int) []T { return list[:min(len(list), most)] }

// duties parts what is overdue from what is not.
func (d *WorkData) duties() (late, rest duties) {
	for _, g := range d.Forced {
		t := &rest
		if g.overdue(d.Now) {
			t = &late
		}
		t.Forced = append(t.Forced, g)
	}
	for _, c := range d.Owed {
		t := &rest
		if c.overdue(d.Now) {
			t = &late
		}
		t.Owed = append(t.Owed, c)
	}
	for _, it := range d.Items {
		t := &rest
		if it.overdue(d.Now) {
			t = &late
		}
		t.Items = append(t.Items, it)
	}
	return late, rest
}

// asking counts the items that ask something: all that are not waived.
func asking(items []AssignedItem) int {
	n := 0
	for i := range items {
		if items[i].Ask != review.AskWaived {
			n++
		}
	}
	return n
}

// needs sums up what a list of items needs, and how many stand among what is
// overdue: "12 unanswered, 3 not met, 1 waived; 2 more are overdue".
func needs(items []AssignedItem, late int) string {
	asks := []struct {
		ask  review.Ask
		word string
	}{
		{review.AskAnswer, "unanswered"}, {review.AskMeet, "not met"}, {review.AskUnwaived, "with an expired waiver"}, {review.AskEvidence, "without evidence"},
		{review.AskRenew, "with expired evidence"}, {review.AskRenewSoon, "with evidence that expires"}, {review.AskReconfirm, "to reconfirm"},
		{review.AskWaived, "waived"},
	}
	var words []string
	for _, a := range asks {
		n := 0
		for i := range items {
			if items[i].Ask == a.ask {
				n++
			}
		}
		if n > 0 {
			words = append(words, strconv.Itoa(n)+" "+a.word)
		}
	}
	out := strings.Join(words, ", ")
	switch late {
	case 0:
		return out
	case 1:
		return out + "; 1 more is overdue"
	}
	return out + "; " + strconv.Itoa(late) + " more are overdue"
}

// tally is a number on top of the page, and where what it counts stands.
type tally struct {
	count string // empty: nothing
	word  string
	href  string
	state ui.State
	on    bool // the page shows just what it counts
}

// tallies are the numbers on top. The first ones stand there also when there is
// nothing: that is good to know.
func (d *WorkData) tallies(late, rest *duties) []tally {
	var out []tally
	add := func(always bool, id, word string, n int, least bool, state ui.State) {
		t := tally{word: word, state: ui.None}
		if n > 0 {
			t.count, t.href, t.state = atLeast(n, least), "#"+id, state
		}
		if n > 0 || always {
			out = append(out, t)
		}
	}
	returned := slices.ContainsFunc(d.Fallen, func(g FallenGate) bool { return g.returned() })
	add(true, listOverdue, "Overdue", late.len(), false, ui.Bad)
	add(len(d.Actor.Seats) > 0, listGates, "To sign", len(d.Gates), d.GatesFull, ui.Wait)
	assigned := listItems
	if len(rest.Items) == 0 {
		assigned = listOverdue
	}
	add(true, assigned, "Assigned", asking(d.Items), d.ItemsFull, ui.Open)
	if returned {
		add(false, listReturned, "Returned", d.ReturnedAll, false, ui.Bad)
	}
	add(false, listNobody, "Nobody can act", max(d.VacantAll, len(d.Vacancies)), false, ui.Bad)
	add(false, listLost, "To answer here", len(d.Lost), false, ui.Warn)
	add(false, listOwed, "Conditions", len(rest.Owed), false, ui.Part)
	add(false, listRecords, "Records", d.RecordsAll, false, ui.Open)
	add(false, listPolicies, "Policies", len(d.Policies), false, ui.Bad)
	add(false, listConfirm, "To confirm", len(d.Confirm), false, ui.Wait)
	add(false, listAsked, "To take back", max(d.AskedBackAll, len(d.AskedBack)), false, ui.Wait)
	add(false, listLower, "To lower", max(d.AskedLowerAll, len(d.AskedLower)), false, ui.Wait)
	add(false, listLessons, "Lessons", max(d.LessonsAll, len(d.Lessons)), false, ui.Wait)
	add(false, listWaivers, "Waivers", len(d.Waivers), d.WaiversFull, ui.Waived)
	add(false, listFallen, "To renew", d.FallenAll, false, ui.Warn)
	add(false, listMentions, "Mentions", d.MentionsAll, false, ui.Wait)
	return out
}
