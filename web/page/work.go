package page

import (
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// WaitingGate is a gate at which the reader's signature would help.
type WaitingGate struct {
	Project   review.ProjectKey
	Name      string // of the project
	Team      string
	Tier      plan.Tier
	Owner     string
	Stage     plan.StageKey
	StageName string
	Round     int
	Since     time.Time
	OpenSeats []plan.Seat
	MySeats   []plan.Seat
	Outdated  bool // the reader signed earlier content of this round
	Target    time.Time
	Live      review.Live // where a running service stands in its review calendar
}

func (g *WaitingGate) href() string { return GateURL(g.Project, g.Stage) }

func (g *WaitingGate) look() ui.State {
	if g.Outdated {
		return ui.Warn
	}
	return ui.Wait
}

// late reports whether the project is overdue. Gates wait in active projects only,
// and one that waits has not passed.
func (g *WaitingGate) late(now time.Time) bool {
	return targetMissed(g.Target, review.StatusActive, g.Live, []review.StageRollup{{Gate: review.GateWaiting}}, now)
}

// onlyMine reports whether the gate lacks nothing but the reader's signature.
func (g *WaitingGate) onlyMine() bool { return len(g.OpenSeats) == 1 && len(g.MySeats) == 1 }

// others are the seats that are open beside the reader's own.
func (g *WaitingGate) others() string {
	var seats []plan.Seat
	for _, s := range g.OpenSeats {
		if !slices.Contains(g.MySeats, s) {
			seats = append(seats, s)
		}
	}
	return SeatWords(seats, "and")
}

// AssignedItem is an item that waits for the reader, or that is waived.
type AssignedItem struct {
	Project review.ProjectKey
	Name    string // of the project
	Stage   plan.StageKey
	Item    plan.ItemKey
	Title   string
	Level   plan.Level
	Ask     review.Ask
	Until   time.Time // when its evidence expires, or its waiver
	Due     time.Time // date; zero: none
}

// overdue reports whether the item's day is over.
func (it *AssignedItem) overdue(now time.Time) bool {
	return it.Ask.Overdue(it.Due, now)
}

func (it *AssignedItem) look() ui.State {
	switch it.Ask {
	case review.AskMeet, review.AskUnwaived, review.AskRenew:
		return ui.Bad
	case review.AskEvidence, review.AskRenewSoon, review.AskReconfirm:
		return ui.Warn
	case review.AskWaived:
		return ui.Waived
	}
	return ui.Open
}

// needs says what the item needs.
func (it *AssignedItem) needs() string {
	switch it.Ask {
	case review.AskMeet:
		return "Not met"
	case review.AskEvidence:
		return "Needs evidence"
	case review.AskRenew:
		return "Evidence expired"
	case review.AskRenewSoon:
		return "Evidence expires " + DayOrNone(it.Until)
	case review.AskReconfirm:
		return "Reconfirm"
	case review.AskUnwaived:
		return "Waiver expired"
	case review.AskWaived:
		return "Waived until " + DayOrNone(it.Until)
	}
	return "Unanswered"
}

// href is where the item gets what it needs.
func (it *AssignedItem) href() string {
	at := ItemURL(it.Project, it.Stage, it.Item)
	switch it.Ask {
	case review.AskEvidence, review.AskRenew, review.AskRenewSoon:
		return at + "#evidence"
	case review.AskUnwaived, review.AskWaived:
		return at + "#waiver"
	}
	return at
}

// Untaken is a project in whose current stage there are items that nobody has
// answered and that are assigned to nobody.
type Untaken struct {
	Project review.ProjectKey
	Name    string
	Stage   plan.StageKey
	Items   int
}

func (u *Untaken) href() string { return StageURL(u.Project, u.Stage) + "?" + ShowOpen.Query("") }

func (u *Untaken) words() string {
	return CountOf(u.Items, "unassigned item") + " in " + u.Name + ": take some"
}

// FallenGate is a gate of one of the reader's projects that was sent back, or
// that had passed and no longer stands.
type FallenGate struct {
	Project   review.ProjectKey
	Name      string
	Stage     plan.StageKey
	StageName string
	State     review.GateState
	Since     time.Time // when its last round ended or, of a changed gate, when the content changed
	Findings  int       // still to be answered
}

func (g *FallenGate) returned() bool { return g.State == review.GateReturned }

// next is how the gate stands, where its mark alone does not tell, and what the
// team has to do.
func (g *FallenGate) next() string {
	switch {
	case g.State == review.GateChanged:
		return "changed since sign-off: request it again"
	case g.State == review.GateOpenAgain:
		return "reopened on purpose: request sign-off again"
	case g.State == review.GateLapsed:
		return "lapsed: renew expired evidence, or request sign-off again"
	case g.State == review.GateOverdue:
		return "condition overdue: meet it"
	case g.Findings == 0:
		return "all findings answered: request sign-off again"
	}
	return CountOf(g.Findings, "finding") + " to answer"
}

// href is where that is done.
func (g *FallenGate) href() string {
	at := GateURL(g.Project, g.Stage)
	switch g.State {
	case review.GateReturned:
		return at + "#findings"
	case review.GateOverdue:
		return at + "#conditions"
	}
	return at
}

// happened says what the moment beside the gate is.
func (g *FallenGate) happened() string {
	switch g.State {
	case review.GateLapsed, review.GateOverdue:
		return "passed"
	case review.GateChanged:
		return "changed"
	case review.GateOpenAgain:
		return "reopened"
	}
	return ""
}

// ForcedGate is a gate that was passed by break-glass and waits for the
// reader's review.
type ForcedGate struct {
	Project   review.ProjectKey
	Name      string // of the project
	Stage     plan.StageKey
	StageName string
	By        string
	At        time.Time
	Due       time.Time // date: the last day on which the review is in time
}

func (g *ForcedGate) overdue(now time.Time) bool { return review.Over(g.Due, now) }

func (g *ForcedGate) look(now time.Time) ui.State {
	if g.overdue(now) {
		return ui.Bad
	}
	return ui.Warn
}

// ExpiringEvidence is evidence of the reader's that soon stops counting, or
// that just has.
type ExpiringEvidence struct {
	Project review.ProjectKey
	Name    string
	Stage   plan.StageKey
	Item    plan.ItemKey
	Title   string
	Subject string // title of the item
	Expires time.Time
}

func (e *ExpiringEvidence) look(now time.Time) ui.State {
	if review.Over(e.Expires, now) {
		return ui.Bad
	}
	return ui.Warn
}

func (e *ExpiringEvidence) word(now time.Time) string {
	if review.Over(e.Expires, now) {
		return "expired"
	}
	return "expires"
}

// OpenCondition is a condition of a go that waits for the reader.
type OpenCondition struct {
	Project   review.ProjectKey
	Name      string // of the project
	Stage     plan.StageKey
	StageName string
	No        int // within the stage
	Text      string
	Owner, By string
	Due       time.Time // date: the last day on which it is in time
	Reported  bool      // as met; it waits to be confirmed
	Reopened  string    // why the report before did not do
}

func (c *OpenCondition) href() string { return GateURL(c.Project, c.Stage) + "#" + ConditionID(c.No) }

func (c *OpenCondition) overdue(now time.Time) bool { return review.Over(c.Due, now) }

// owed says to whoever has to meet it what it is a condition of.
func (c *OpenCondition) owed() string {
	if c.Reported {
		return "Condition of " + c.StageName + ", reported as met"
	}
	return "Condition of " + c.StageName
}

// look says how it stands for its owner.
func (c *OpenCondition) look(now time.Time) (ui.State, string) {
	switch {
	case c.overdue(now):
		return ui.Bad, "Overdue"
	case c.Reported:
		return ui.Wait, "Reported as met"
	case c.Reopened != "":
		return ui.Warn, "Not met yet"
	}
	return ui.Part, "Open"
}

// OwnProject is a project in which the reader has a part.
type OwnProject struct {
	Project   review.ProjectKey
	Name      string
	Duty      review.Duty
	Status    review.Status
	Ready     int // musts done, in percent
	Current   int // index of the stage that it is in
	Stages    []review.StageRollup
	Lifecycle *plan.Lifecycle // that it follows
	Target    time.Time
	Live      review.Live
	ReviewDue time.Time // when its last gate has to pass again; zero: never
}

// WorkData is everything that waits for the reader. Of some lists it has a part,
// and says how long they are.
type WorkData struct {
	Actor       review.Actor
	Now         time.Time
	Whole       string // the list that alone is shown, to its end; empty: all of them, cut
	Gates       []WaitingGate
	GatesFull   bool     // there may be more
	Waivers     []Waiver // that wait for the reader's decision
	WaiversFull bool     // there may be more
	Names       Names
	Items       []AssignedItem
	ToTake      []Untaken
	Fallen      []FallenGate // sent back, or passed once and standing no longer
	ReturnedAll int
	FallenAll   int
	Forced      []ForcedGate // for the reader to review
	Expiring    []ExpiringEvidence
	Projects    []OwnProject
	ProjectsAll int
	StandIns    []StandIn       // in which the reader stands in
	Owed        []OpenCondition // that the reader has to meet
	Confirm     []OpenCondition // reported as met, for the reader to decide on
	Mentions    []Mention
	MentionsAll int
	Decisions   []Decision // of which the reader is to be informed
	DecidedAll  int
	// There may be more items and links that expire than these.
	ItemsFull, ExpiringFull bool
	Vacancies               []Vacancy // what nobody can do, and the reader can see to
	VacantAll               int       // how many there are
	AskedBack               []AskedBackLine
	AskedBackAll            int
	Records                 []OwnRecord // by their date
	RecordsAll              int
	Policies                []OwnPolicy // whose review is overdue
	AskedLower              []AskedLowerLine
	AskedLowerAll           int
	Lost                    []LostAnswer     // that need an answer of the project's own
	Lessons                 []ProposedLesson // on which the reader decides
	LessonsAll              int
}

// stranger reports whether the reader has no right at all yet.
func (d *WorkData) stranger() bool {
	return len(d.Actor.Roles) == 0 && len(d.Actor.Seats) == 0 && len(d.Projects) == 0
}

// fallen are the gates that were sent back, or those that no longer stand.
func (d *WorkData) fallen(returned bool) []FallenGate {
	var out []FallenGate
	for _, g := range d.Fallen {
		if g.returned() == returned {
			out = append(out, g)
		}
	}
	return out
}

func (d *WorkData) mayCreate() bool { return review.May(d.Actor, review.CreateProject, nil) == nil }

func (d *WorkData) nothing() bool {
	return len(d.Gates)+len(d.Waivers)+len(d.Owed)+len(d.Confirm)+len(d.Items)+len(d.Fallen)+len(d.Forced)+len(d.Expiring)+len(d.Mentions)+len(d.Vacancies)+len(d.AskedBack)+len(d.AskedLower)+len(d.Lessons)+len(d.Lost)+len(d.Records)+len(d.Policies) == 0
}

// advice tells somebody for whom nothing waits what will appear here, by what
// they may do.
func (d *WorkData) advice() string {
	var appear []string
	if len(d.Actor.Seats) > 0 {
		appear = append(appear, "gates that need your signature", "waivers that others ask for")
	}
	if len(d.Projects) > 0 {
		appear = append(appear, "items assigned to you", "gates that were returned", "evidence of yours that expires")
	} else {
		appear = append(appear, "items that somebody assigns to you")
	}
	if review.May(d.Actor, review.EditLibrary, nil) == nil {
		appear = append(appear, "lessons that propose something to the library")
	}
	text := Capital(Enumerate(appear, "and")) + " appear here."
	switch {
	case len(d.ToTake) > 0:
		return text + " To go on, take some of what nobody has taken."
	case len(d.Projects) > 0:
		return text + " To go on, open one of your projects below."
	case d.mayCreate():
		return text + " To begin, start a project or look at one."
	}
	return text + " To look around, open the portfolio."
}

func (p *OwnProject) overdue(now time.Time) bool {
	return targetMissed(p.Target, p.Status, p.Live, p.Stages, now)
}

func (p *OwnProject) segments() []ui.StageSegment {
	return segments(p.Project, p.Lifecycle.Stages, p.Stages, p.Current)
}

func (p *OwnProject) stage() string {
	if p.Current < 0 || p.Current >= len(p.Lifecycle.Stages) {
		return ""
	}
	return p.Lifecycle.Stages[p.Current].Name
}
