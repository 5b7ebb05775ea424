package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"strings"
	"time"
)

// Role is an organisation-wide role.
type Role string

const (
	RoleViewer  Role = "viewer"
	RoleManager Role = "manager"
	RoleAdmin   Role = "admin"
	RoleAuditor Role = "auditor"
	RoleLibrary Role = "library"
)

// Roles lists every organisation-wide role.
func Roles() []Role { return []Role{RoleViewer, RoleManager, RoleAdmin, RoleAuditor, RoleLibrary} }

// Valid reports whether r is a known role.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Duty is a person's part in one project.
type Duty string

const (
	DutyOwner  Duty = "owner"
	DutyDeputy Duty = "deputy"
	DutyMember Duty = "member"
)

// Duties lists every project duty.
func Duties() []Duty { return []Duty{DutyOwner, DutyDeputy, DutyMember} }

// SeatHeld is a seat that a person holds, and since when without a break. A
// sign-off given before that moment does not count.
type SeatHeld struct {
	Seat  plan.Seat
	Scope Scope
	Since time.Time
	For   PersonID // who holds the seat, when this person stands in; 0: this person
}

// in reports whether the seat is held in a project.
func (h SeatHeld) in(p ProjectID) bool { return h.Scope == Everywhere || h.Scope == Scope(p) }

// Scope says where a right holds: everywhere, or in one project only.
type Scope ProjectID

// Everywhere is the scope of rights that hold in every project.
const Everywhere Scope = 0

// Nowhere is the scope of a project that does not exist, or that whoever names it
// may not see. Nobody holds a right there.
const Nowhere Scope = -1

// Actor is who asks, with the rights that the store read for this request.
type Actor struct {
	Person  PersonID
	Roles   []Role
	Seats   []SeatHeld
	Machine bool // a token or another program: it never signs
	Away    bool // cannot sign in now: blocked or erased. Of others than who acts, in [Review.Named]
}

// HasRole reports whether the actor holds the role.
func (a Actor) HasRole(r Role) bool { return slices.Contains(a.Roles, r) }

// Sits reports whether the actor holds the seat in the project.
func (a Actor) Sits(s plan.Seat, p ProjectID) bool {
	return slices.ContainsFunc(a.Seats, func(h SeatHeld) bool { return h.Seat == s && h.in(p) })
}

// sitting is how the actor sits in one of the seats in the project in a way that
// fits: in their own right before as a stand-in.
func (a Actor) sitting(seats []plan.Seat, p ProjectID, fits func(SeatHeld) bool) (SeatHeld, bool) {
	var lent SeatHeld
	for _, h := range a.Seats {
		switch {
		case !slices.Contains(seats, h.Seat) || !h.in(p) || !fits(h):
		case h.For == 0:
			return h, true
		case lent.For == 0:
			lent = h
		}
	}
	return lent, lent.For != 0
}

// apart fits a seat that is not held in the place of a person: what somebody may
// not decide, nobody decides in their place.
func apart(from PersonID) func(SeatHeld) bool {
	return func(h SeatHeld) bool { return h.For == 0 || h.For != from }
}

// seatsIn lists how the actor holds a seat in the project: in their own right
// before as a stand-in.
func (a Actor) seatsIn(s plan.Seat, p ProjectID) []SeatHeld {
	var own, lent []SeatHeld
	for _, h := range a.Seats {
		switch {
		case h.Seat != s || !h.in(p):
		case h.For == 0:
			own = append(own, h)
		default:
			lent = append(lent, h)
		}
	}
	return append(own, lent...)
}

// Action is something that a person may or may not do.
type Action string

const (
	ViewProject        Action = "view project"
	CreateProject      Action = "create project"
	EditProject        Action = "edit project"
	LowerTier          Action = "lower the tier"
	NarrowExposure     Action = "narrow the exposure"
	DropSeat           Action = "take a seat off a gate"
	ConfirmProfile     Action = "confirm the profile"
	ChangePlan         Action = "change the plan"
	ApproveLowering    Action = "approve lowering an item"
	ApproveRetraction  Action = "approve taking a yes back"
	ManageMembers      Action = "manage members"
	AnswerItem         Action = "answer items"
	LinkEvidence       Action = "link evidence"
	ShareAnswers       Action = "share answers"
	AssignItem         Action = "assign items"
	Comment            Action = "comment"
	ApproveNA          Action = "approve not applicable"
	RequestGate        Action = "request sign-off"
	SignGate           Action = "sign"
	HoldProject        Action = "hold, stop or resume"
	RequestWaiver      Action = "request waivers"
	DecideWaiver       Action = "decide on waivers"
	CloseCondition     Action = "report a condition as met"
	ReopenGate         Action = "reopen a gate"
	BreakGlass         Action = "pass a gate by break-glass"
	CloseRetrospective Action = "close a retrospective review"
	StartReview        Action = "start the next review"
	DelegateSeat       Action = "name a stand-in"
	ViewPeople         Action = "view people"
	GrantRights        Action = "grant roles and seats"
	BlockPerson        Action = "block people"
	ErasePerson        Action = "erase people"
	ViewDirectory      Action = "view the trail of rights"
	EditLibrary        Action = "edit the library"
	KeepRecords        Action = "keep records"
	DecideRecord       Action = "decide on records"
)

// Rule is one row of the permission table: who may do an action.
type Rule struct {
	Action      Action
	Description string // printed on the people page
	Roles       []Role
	Duties      []Duty
	AnySeat     bool // any seat holder; commands narrow it to the seats of the gate
}

// PermissionTable is the one place that says who may do what.
func PermissionTable() []Rule { return permissionTable }

var permissionTable = []Rule{
	{ViewProject, "See a project, its checklists, gates and trail", []Role{RoleViewer, RoleManager, RoleAdmin, RoleAuditor}, Duties(), true},
	{CreateProject, "Start a project", []Role{RoleViewer, RoleManager, RoleAdmin}, nil, false},
	{EditProject, "Change a project's name, dates, profile and tier", []Role{RoleManager, RoleAdmin}, []Duty{DutyOwner, DutyDeputy}, false},
	{LowerTier, "Move a project to a less critical tier", []Role{RoleManager, RoleAdmin}, nil, false},
	{NarrowExposure, "Open a project to fewer people, where that leaves a gate out", []Role{RoleManager, RoleAdmin}, nil, false},
	{DropSeat, "Detach modules, pin another readiness definition, or go back to an older version, so that a required item goes, fewer people have to sign a gate, a seat no longer has to, or more risk is tolerated", []Role{RoleManager, RoleAdmin}, nil, false},
	{ConfirmProfile, "Confirm what others answered about a project", []Role{RoleManager, RoleAdmin}, []Duty{DutyOwner, DutyDeputy}, true},
	{ChangePlan, "Attach modules, pin a readiness definition, add items, change levels and upgrade a project's plan", []Role{RoleManager, RoleAdmin}, []Duty{DutyOwner, DutyDeputy}, false},
	{ApproveLowering, "Approve that an item weighs less, which others asked for", nil, nil, true},
	{ApproveRetraction, "Approve that a yes about a project is taken back although a gate then asks less, which others asked for", nil, nil, true},
	{ManageMembers, "Choose owner, deputy and members", []Role{RoleManager, RoleAdmin}, []Duty{DutyOwner, DutyDeputy}, false},
	{AnswerItem, "Answer items and findings", nil, Duties(), false},
	{LinkEvidence, "Link and remove evidence", nil, Duties(), false},
	{ShareAnswers, "Offer answers to other projects, which then follow them, and withdraw that", []Role{RoleManager, RoleAdmin}, []Duty{DutyOwner, DutyDeputy}, false},
	{AssignItem, "Assign items to people", []Role{RoleManager}, Duties(), false},
	{Comment, "Discuss items", []Role{RoleViewer, RoleManager, RoleAdmin}, Duties(), true},
	{ApproveNA, "Approve that a required item does not apply", nil, nil, true},
	{RequestGate, "Request sign-off and withdraw the request", nil, Duties(), false},
	{SignGate, "Sign a gate in a seat", nil, nil, true},
	{HoldProject, "Put a project on hold, stop it or resume it", []Role{RoleManager}, []Duty{DutyOwner}, false},
	{RequestWaiver, "Ask to pass without an item for a while", nil, Duties(), false},
	{DecideWaiver, "Grant, deny, extend and revoke waivers that others asked for", []Role{RoleManager}, nil, true},
	{KeepRecords, "Add and change records, such as risks, debts and incidents", []Role{RoleManager}, Duties(), true},
	{DecideRecord, "Accept a risk, keep a debt for good, or take over what is handed over, where somebody else owns it", []Role{RoleManager}, nil, true},
	{CloseCondition, "Report that a condition is met that one was given", []Role{RoleViewer, RoleManager, RoleAdmin}, Duties(), true},
	{ReopenGate, "Reopen a gate that has passed, with a reason", []Role{RoleManager}, []Duty{DutyOwner, DutyDeputy}, true},
	{BreakGlass, "Pass a gate alone in an emergency; it is loud and reviewed afterwards", []Role{RoleManager}, nil, false},
	{CloseRetrospective, "Review a gate that somebody else passed by break-glass", []Role{RoleManager}, nil, true},
	{StartReview, "Start the next review of a project", []Role{RoleManager}, []Duty{DutyOwner, DutyDeputy}, false},
	{DelegateSeat, "Name a stand-in for a seat of one's own between two dates, and end that", []Role{RoleAdmin}, nil, true},
	{ViewPeople, "See who may do what", []Role{RoleViewer, RoleManager, RoleAdmin, RoleAuditor}, Duties(), true},
	{GrantRights, "Grant and revoke roles and seats", []Role{RoleAdmin}, nil, false},
	{BlockPerson, "Block a person, which ends their sessions, and unblock them", []Role{RoleAdmin}, nil, false},
	{ErasePerson, "Erase a person's name and address", []Role{RoleAdmin}, nil, false},
	{ViewDirectory, "See the trail of granted rights", []Role{RoleAdmin, RoleAuditor}, nil, false},
	{EditLibrary, "Write, publish and retire lifecycles and modules, and decide on what lessons propose", []Role{RoleAdmin, RoleLibrary}, nil, false},
}

// peopleOnly are the decisions that no machine takes, whatever rights its
// token has.
var peopleOnly = []Action{
	ConfirmProfile, ApproveNA, ApproveLowering, ApproveRetraction, SignGate, RequestWaiver, DecideWaiver, CloseCondition, ReopenGate, BreakGlass, CloseRetrospective, StartReview, DelegateSeat,
	BlockPerson, ErasePerson, EditLibrary, DecideRecord,
}

// May is the permission check. It returns nil, [ErrNotFound] when the actor
// may not even know of the project, or a [Denied]. The project is nil for
// actions that concern none.
func May(a Actor, act Action, p *Project) error {
	if p != nil && !sees(a, p) {
		return ErrNotFound
	}
	if allowed(a, act, p) {
		return nil
	}
	return &Denied{Action: act, Why: whoMay(act)}
}

func allowed(a Actor, act Action, p *Project) bool {
	if a.Person == System || a.Machine && slices.Contains(peopleOnly, act) {
		return false
	}
	i := slices.IndexFunc(permissionTable, func(r Rule) bool { return r.Action == act })
	if i < 0 {
		return false
	}
	rule := permissionTable[i]
	for _, r := range a.Roles {
		if slices.Contains(rule.Roles, r) {
			return true
		}
	}
	if p == nil {
		return rule.AnySeat && len(a.Seats) > 0
	}
	if slices.Contains(rule.Duties, p.Duty(a.Person)) {
		return true
	}
	return rule.AnySeat && slices.ContainsFunc(a.Seats, func(h SeatHeld) bool { return h.in(p.ID) })
}

// sees hides restricted projects from everybody but the people on them, those
// who hold a seat for just this project, admins and auditors.
func sees(a Actor, p *Project) bool {
	if !allowed(a, ViewProject, p) {
		return false
	}
	if !p.Restricted || p.Duty(a.Person) != "" || a.HasRole(RoleAdmin) || a.HasRole(RoleAuditor) {
		return true
	}
	return slices.ContainsFunc(a.Seats, func(h SeatHeld) bool { return h.Scope == Scope(p.ID) })
}

// partsOfForms are asked for among other things that the same person may do, so that a
// refusal has to say what it is about.
var partsOfForms = []Action{LowerTier, NarrowExposure}

// whoMay is the sentence that a refused person reads.
func whoMay(act Action) string {
	for _, r := range permissionTable {
		if r.Action != act {
			continue
		}
		var who []string
		for _, d := range r.Duties {
			who = append(who, "the project's "+string(d))
		}
		for _, role := range r.Roles {
			who = append(who, "people with the role "+string(role))
		}
		if r.AnySeat {
			who = append(who, "seat holders")
		}
		what := "do this"
		if slices.Contains(partsOfForms, act) {
			what = strings.ToLower(r.Description[:1]) + r.Description[1:]
		}
		return "Only " + joinOr(who) + " may " + what + "."
	}
	return "Nobody may do this."
}

func joinOr(ss []string) string {
	switch len(ss) {
	case 0:
		return "nobody"
	case 1:
		return ss[0]
	}
	out := ss[0]
	for _, s := range ss[1 : len(ss)-1] {
		out += ", " + s
	}
	return out + " or " + ss[len(ss)-1]
}
