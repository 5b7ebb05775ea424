package review_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// actors are one of each sort of person, with exactly one right each.
var actors = []struct {
	name  string
	actor review.Actor
}{
	{"viewer", review.Actor{Person: 101, Roles: []review.Role{review.RoleViewer}}},
	{"manager", review.Actor{Person: 102, Roles: []review.Role{review.RoleManager}}},
	{"admin", review.Actor{Person: 103, Roles: []review.Role{review.RoleAdmin}}},
	{"auditor", review.Actor{Person: 104, Roles: []review.Role{review.RoleAuditor}}},
	{"owner", review.Actor{Person: 105}},
	{"deputy", review.Actor{Person: 106}},
	{"member", review.Actor{Person: 107}},
	{"seat", review.Actor{Person: 108, Seats: everywhere(plan.SeatQA)}},
	{"here", review.Actor{Person: 109, Seats: heldIn(review.Scope(project), plan.SeatQA)}},
	{"elsewhere", review.Actor{Person: 110, Seats: heldIn(review.Scope(project+1), plan.SeatQA)}},
	{"nobody", review.Actor{Person: 111}},
	{"system", review.Actor{Person: review.System, Roles: review.Roles(), Seats: everywhere(plan.Seats()...)}},
}

var team = []review.Member{{Person: 105, Duty: review.DutyOwner}, {Person: 106, Duty: review.DutyDeputy}, {Person: 107, Duty: review.DutyMember}}

var actions = []review.Action{
	review.ViewProject, review.CreateProject, review.EditProject, review.LowerTier, review.NarrowExposure, review.DropSeat, review.ConfirmProfile, review.ChangePlan, review.ApproveLowering, review.ApproveRetraction, review.ManageMembers, review.AnswerItem, review.LinkEvidence, review.ShareAnswers,
	review.AssignItem, review.Comment, review.ApproveNA, review.RequestGate, review.SignGate, review.HoldProject,
	review.RequestWaiver, review.DecideWaiver, review.CloseCondition, review.ReopenGate, review.BreakGlass, review.CloseRetrospective, review.StartReview, review.DelegateSeat, review.ViewPeople, review.GrantRights, review.ViewDirectory,
	review.BlockPerson, review.ErasePerson, review.EditLibrary, review.KeepRecords, review.DecideRecord,
}

// What each sort of person may do: yes, no, or a question mark where they may
// not even know of the project. "here" and "elsewhere" hold a seat for just
// this or just another project.
const mayInProject = `
                             viewer manager admin auditor owner deputy member seat here elsewhere nobody system
view project                 yes    yes     yes   yes     yes   yes    yes    yes  yes  ?         ?      ?
create project               yes    yes     yes   no      no    no     no     no   no   ?         ?      ?
edit project                 no     yes     yes   no      yes   yes    no     no   no   ?         ?      ?
lower the tier               no     yes     yes   no      no    no     no     no   no   ?         ?      ?
narrow the exposure          no     yes     yes   no      no    no     no     no   no   ?         ?      ?
take a seat off a gate       no     yes     yes   no      no    no     no     no   no   ?         ?      ?
confirm the profile          no     yes     yes   no      yes   yes    no     yes  yes  ?         ?      ?
change the plan              no     yes     yes   no      yes   yes    no     no   no   ?         ?      ?
approve lowering an item     no     no      no    no      no    no     no     yes  yes  ?         ?      ?
approve taking a yes back    no     no      no    no      no    no     no     yes  yes  ?         ?      ?
manage members               no     yes     yes   no      yes   yes    no     no   no   ?         ?      ?
answer items                 no     no      no    no      yes   yes    yes    no   no   ?         ?      ?
link evidence                no     no      no    no      yes   yes    yes    no   no   ?         ?      ?
share answers                no     yes     yes   no      yes   yes    no     no   no   ?         ?      ?
assign items                 no     yes     no    no      yes   yes    yes    no   no   ?         ?      ?
comment                      yes    yes     yes   no      yes   yes    yes    yes  yes  ?         ?      ?
approve not applicable       no     no      no    no      no    no     no     yes  yes  ?         ?      ?
request sign-off             no     no      no    no      yes   yes    yes    no   no   ?         ?      ?
sign                         no     no      no    no      no    no     no     yes  yes  ?         ?      ?
hold, stop or resume         no     yes     no    no      yes   no     no     no   no   ?         ?      ?
request waivers              no     no      no    no      yes   yes    yes    no   no   ?         ?      ?
decide on waivers            no     yes     no    no      no    no     no     yes  yes  ?         ?      ?
report a condition as met    yes    yes     yes   no      yes   yes    yes    yes  yes  ?         ?      ?
reopen a gate                no     yes     no    no      yes   yes    no     yes  yes  ?         ?      ?
pass a gate by break-glass   no     yes     no    no      no    no     no     no   no   ?         ?      ?
close a retrospective review no     yes     no    no      no    no     no     yes  yes  ?         ?      ?
start the next review        no     yes     no    no      yes   yes    no     no   no   ?         ?      ?
name a stand-in              no     no      yes   no      no    no     no     yes  yes  ?         ?      ?
view people                  yes    yes     yes   yes     yes   yes    yes    yes  yes  ?         ?      ?
grant roles and seats        no     no      yes   no      no    no     no     no   no   ?         ?      ?
view the trail of rights     no     no      yes   yes     no    no     no     no   no   ?         ?      ?
block people                 no     no      yes   no      no    no     no     no   no   ?         ?      ?
erase people                 no     no      yes   no      no    no     no     no   no   ?         ?      ?
edit the library             no     no      yes   no      no    no     no     no   no   ?         ?      ?
keep records                 no     yes     no    no      yes   yes    yes    yes  yes  ?         ?      ?
decide on records            no     yes     no    no      no    no     no     yes  yes  ?         ?      ?
`

const mayInRestrictedProject = `
                             viewer manager admin auditor owner deputy member seat here elsewhere nobody system
view project                 ?      ?       yes   yes     yes   yes    yes    ?    yes  ?         ?      ?
create project               ?      ?       yes   no      no    no     no     ?    no   ?         ?      ?
edit project                 ?      ?       yes   no      yes   yes    no     ?    no   ?         ?      ?
lower the tier               ?      ?       yes   no      no    no     no     ?    no   ?         ?      ?
narrow the exposure          ?      ?       yes   no      no    no     no     ?    no   ?         ?      ?
take a seat off a gate       ?      ?       yes   no      no    no     no     ?    no   ?         ?      ?
confirm the profile          ?      ?       yes   no      yes   yes    no     ?    yes  ?         ?      ?
change the plan              ?      ?       yes   no      yes   yes    no     ?    no   ?         ?      ?
approve lowering an item     ?      ?       no    no      no    no     no     ?    yes  ?         ?      ?
approve taking a yes back    ?      ?       no    no      no    no     no     ?    yes  ?         ?      ?
manage members               ?      ?       yes   no      yes   yes    no     ?    no   ?         ?      ?
answer items                 ?      ?       no    no      yes   yes    yes    ?    no   ?         ?      ?
link evidence                ?      ?       no    no      yes   yes    yes    ?    no   ?         ?      ?
share answers                ?      ?       yes   no      yes   yes    no     ?    no   ?         ?      ?
assign items                 ?      ?       no    no      yes   yes    yes    ?    no   ?         ?      ?
comment                      ?      ?       yes   no      yes   yes    yes    ?    yes  ?         ?      ?
approve not applicable       ?      ?       no    no      no    no     no     ?    yes  ?         ?      ?
request sign-off             ?      ?       no    no      yes   yes    yes    ?    no   ?         ?      ?
sign                         ?      ?       no    no      no    no     no     ?    yes  ?         ?      ?
hold, stop or resume         ?      ?       no    no      yes   no     no     ?    no   ?         ?      ?
request waivers              ?      ?       no    no      yes   yes    yes    ?    no   ?         ?      ?
decide on waivers            ?      ?       no    no      no    no     no     ?    yes  ?         ?      ?
report a condition as met    ?      ?       yes   no      yes   yes    yes    ?    yes  ?         ?      ?
reopen a gate                ?      ?       no    no      yes   yes    no     ?    yes  ?         ?      ?
pass a gate by break-glass   ?      ?       no    no      no    no     no     ?    no   ?         ?      ?
close a retrospective review ?      ?       no    no      no    no     no     ?    yes  ?         ?      ?
start the next review        ?      ?       no    no      yes   yes    no     ?    no   ?         ?      ?
name a stand-in              ?      ?       yes   no      no    no     no     ?    yes  ?         ?      ?
view people                  ?      ?       yes   yes     yes   yes    yes    ?    yes  ?         ?      ?
grant roles and seats        ?      ?       yes   no      no    no     no     ?    no   ?         ?      ?
view the trail of rights     ?      ?       yes   yes     no    no     no     ?    no   ?         ?      ?
block people                 ?      ?       yes   no      no    no     no     ?    no   ?         ?      ?
erase people                 ?      ?       yes   no      no    no     no     ?    no   ?         ?      ?
edit the library             ?      ?       yes   no      no    no     no     ?    no   ?         ?      ?
keep records                 ?      ?       no    no      yes   yes    yes    ?    yes  ?         ?      ?
decide on records            ?      ?       no    no      no    no     no     ?    yes  ?         ?      ?
`

// Without a project, parts in projects say nothing.
const mayWithoutProject = `
                             viewer manager admin auditor owner deputy member seat here elsewhere nobody system
view project                 yes    yes     yes   yes     no    no     no     yes  yes  yes       no     no
create project               yes    yes     yes   no      no    no     no     no   no   no        no     no
edit project                 no     yes     yes   no      no    no     no     no   no   no        no     no
lower the tier               no     yes     yes   no      no    no     no     no   no   no        no     no
narrow the exposure          no     yes     yes   no      no    no     no     no   no   no        no     no
take a seat off a gate       no     yes     yes   no      no    no     no     no   no   no        no     no
confirm the profile          no     yes     yes   no      no    no     no     yes  yes  yes       no     no
change the plan              no     yes     yes   no      no    no     no     no   no   no        no     no
approve lowering an item     no     no      no    no      no    no     no     yes  yes  yes       no     no
approve taking a yes back    no     no      no    no      no    no     no     yes  yes  yes       no     no
manage members               no     yes     yes   no      no    no     no     no   no   no        no     no
answer items                 no     no      no    no      no    no     no     no   no   no        no     no
link evidence                no     no      no    no      no    no     no     no   no   no        no     no
share answers                no     yes     yes   no      no    no     no     no   no   no        no     no
assign items                 no     yes     no    no      no    no     no     no   no   no        no     no
comment                      yes    yes     yes   no      no    no     no     yes  yes  yes       no     no
approve not applicable       no     no      no    no      no    no     no     yes  yes  yes       no     no
request sign-off             no     no      no    no      no    no     no     no   no   no        no     no
sign                         no     no      no    no      no    no     no     yes  yes  yes       no     no
hold, stop or resume         no     yes     no    no      no    no     no     no   no   no        no     no
request waivers              no     no      no    no      no    no     no     no   no   no        no     no
decide on waivers            no     yes     no    no      no    no     no     yes  yes  yes       no     no
report a condition as met    yes    yes     yes   no      no    no     no     yes  yes  yes       no     no
reopen a gate                no     yes     no    no      no    no     no     yes  yes  yes       no     no
pass a gate by break-glass   no     yes     no    no      no    no     no     no   no   no        no     no
close a retrospective review no     yes     no    no      no    no     no     yes  yes  yes       no     no
start the next review        no     yes     no    no      no    no     no     no   no   no        no     no
name a stand-in              no     no      yes   no      no    no     no     yes  yes  yes       no     no
view people                  yes    yes     yes   yes     no    no     no     yes  yes  yes       no     no
grant roles and seats        no     no      yes   no      no    no     no     no   no   no        no     no
view the trail of rights     no     no      yes   yes     no    no     no     no   no   no        no     no
block people                 no     no      yes   no      no    no     no     no   no   no        no     no
erase people                 no     no      yes   no      no    no     no     no   no   no        no     no
edit the library             no     no      yes   no      no    no     no     no   no   no        no     no
keep records                 no     yes     no    no      no    no     no     yes  yes  yes       no     no
decide on records            no     yes     no    no      no    no     no     yes  yes  yes       no     no
`

func TestPermissions(t *testing.T) {
	for _, status := range []review.Status{review.StatusActive, review.StatusOnHold, review.StatusStopped} {
		t.Run(string(status), func(t *testing.T) {
			p := &review.Project{ID: project, Status: status, Members: team}
			compareTables(t, rights(p), mayInProject)
			p.Restricted = true
			compareTables(t, rights(p), mayInRestrictedProject)
		})
	}
	t.Run("no project", func(t *testing.T) { compareTables(t, rights(nil), mayWithoutProject) })
}

// rights writes the table for a project as it is.
func rights(p *review.Project) string {
	row := func(b *strings.Builder, label string, cell func(i int) string) {
		line := fmt.Sprintf("%-28s", label)
		for i, a := range actors {
			line += fmt.Sprintf(" %-*s", len(a.name), cell(i))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	var b strings.Builder
	b.WriteString("\n")
	row(&b, "", func(i int) string { return actors[i].name })
	for _, act := range actions {
		row(&b, string(act), func(i int) string {
			err := review.May(actors[i].actor, act, p)
			var denied *review.Denied
			switch {
			case err == nil:
				return "yes"
			case errors.Is(err, review.ErrNotFound):
				return "?"
			case errors.As(err, &denied) && denied.Action == act && strings.HasPrefix(denied.Why, "Only "):
				return "no"
			}
			return err.Error()
		})
	}
	return b.String()
}

// compareTables shows the lines in which two tables differ.
func compareTables(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if strings.TrimSpace(a) != strings.TrimSpace(b) {
			t.Errorf("line %d\n got  %s\n want %s", i, a, b)
		}
	}
}

// The table has a rule for each action, and this test knows all of them.
func TestEveryActionHasItsRule(t *testing.T) {
	seen := map[review.Action]bool{}
	for _, rule := range review.PermissionTable() {
		if seen[rule.Action] || rule.Description == "" {
			t.Errorf("%s: described as %q, a second time: %t", rule.Action, rule.Description, seen[rule.Action])
		}
		seen[rule.Action] = true
	}
	for _, act := range actions {
		if !seen[act] {
			t.Errorf("no rule for %s", act)
		}
		delete(seen, act)
	}
	if len(seen) > 0 {
		t.Errorf("the tables of this test lack %v", seen)
	}
	everything := review.Actor{Person: 103, Roles: review.Roles(), Seats: everywhere(plan.Seats()...)}
	if err := review.May(everything, "open the vault", nil); refusal(err) != "denied" {
		t.Errorf("an action without a rule: %v", err)
	}
}

// Whatever rights a machine is given, it takes none of the decisions that are
// for people.
func TestMachinesDoNotSign(t *testing.T) {
	for _, restricted := range []bool{false, true} {
		p := &review.Project{ID: project, Restricted: restricted, Members: team}
		for _, a := range actors {
			m := a.actor
			m.Machine = true
			m.Seats = append(everywhere(plan.Seats()...), heldIn(review.Scope(project), plan.Seats()...)...)
			for _, act := range []review.Action{
				review.SignGate, review.ApproveNA, review.RequestWaiver, review.DecideWaiver, review.CloseCondition, review.DecideRecord,
				review.ReopenGate, review.BreakGlass, review.CloseRetrospective, review.StartReview, review.DelegateSeat,
			} {
				if err := review.May(m, act, p); err == nil {
					t.Errorf("a machine with the rights of %s may %s", a.name, act)
				}
				if err := review.May(m, act, nil); err == nil {
					t.Errorf("a machine with the rights of %s may %s", a.name, act)
				}
			}
		}
	}
}

// The sentences that refused people read.
func TestWhoMay(t *testing.T) {
	p := &review.Project{ID: project, Members: team}
	for act, want := range map[review.Action]string{
		review.SignGate:    "Only seat holders may do this.",
		review.LowerTier:   "Only people with the role manager or people with the role admin may move a project to a less critical tier.",
		review.RequestGate: "Only the project's owner, the project's deputy or the project's member may do this.",
	} {
		var denied *review.Denied
		if !errors.As(review.May(actors[0].actor, act, p), &denied) || denied.Why != want {
			t.Errorf("%s: %+v", act, denied)
		}
	}
}

// What each command answers to each sort of person, by the project's status:
// the rights as they are really asked for. The gate is the one of "build",
// whose sign-off was requested where a command needs it.
const commandsByPerson = `
                           viewer    manager   admin     auditor   owner     deputy    member    seat      here      elsewhere nobody    system
answer       active        denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
answer       on hold       denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
answer       stopped       denied    denied    denied    denied    refused   refused   refused   denied    denied    not found not found not found
link         active        denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
link         on hold       denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
link         stopped       denied    denied    denied    denied    refused   refused   refused   denied    denied    not found not found not found
remove       active        denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
remove       on hold       denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
remove       stopped       denied    denied    denied    denied    refused   refused   refused   denied    denied    not found not found not found
assign       active        denied    ok        denied    denied    ok        ok        ok        denied    denied    not found not found not found
assign       on hold       denied    ok        denied    denied    ok        ok        ok        denied    denied    not found not found not found
assign       stopped       denied    refused   denied    denied    refused   refused   refused   denied    denied    not found not found not found
comment      active        ok        ok        ok        denied    ok        ok        ok        ok        ok        not found not found not found
comment      on hold       ok        ok        ok        denied    ok        ok        ok        ok        ok        not found not found not found
comment      stopped       refused   refused   refused   denied    refused   refused   refused   refused   refused   not found not found not found
approve      active        denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
approve      on hold       denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
approve      stopped       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
request      active        denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
request      on hold       denied    denied    denied    denied    blocked   blocked   blocked   denied    denied    not found not found not found
request      stopped       denied    denied    denied    denied    blocked   blocked   blocked   denied    denied    not found not found not found
withdraw     active        denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
withdraw     on hold       denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
withdraw     stopped       denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
sign         active        denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
sign         on hold       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
sign         stopped       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
return       active        denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
return       on hold       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
return       stopped       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
waive        active        denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
waive        on hold       denied    denied    denied    denied    ok        ok        ok        denied    denied    not found not found not found
waive        stopped       denied    denied    denied    denied    refused   refused   refused   denied    denied    not found not found not found
grant        active        denied    ok        denied    denied    denied    denied    denied    ok        ok        not found not found not found
grant        on hold       denied    ok        denied    denied    denied    denied    denied    ok        ok        not found not found not found
grant        stopped       denied    refused   denied    denied    denied    denied    denied    refused   refused   not found not found not found
deny         active        denied    ok        denied    denied    denied    denied    denied    ok        ok        not found not found not found
deny         on hold       denied    ok        denied    denied    denied    denied    denied    ok        ok        not found not found not found
deny         stopped       denied    refused   denied    denied    denied    denied    denied    refused   refused   not found not found not found
extend       active        denied    ok        denied    denied    denied    denied    denied    ok        ok        not found not found not found
extend       on hold       denied    ok        denied    denied    denied    denied    denied    ok        ok        not found not found not found
extend       stopped       denied    refused   denied    denied    denied    denied    denied    refused   refused   not found not found not found
revoke       active        denied    ok        denied    denied    denied    denied    denied    ok        ok        not found not found not found
revoke       on hold       denied    ok        denied    denied    denied    denied    denied    ok        ok        not found not found not found
revoke       stopped       denied    refused   denied    denied    denied    denied    denied    refused   refused   not found not found not found
meet         active        denied    denied    denied    denied    ok        ok        denied    denied    denied    not found not found not found
meet         on hold       denied    denied    denied    denied    ok        ok        denied    denied    denied    not found not found not found
meet         stopped       refused   refused   refused   denied    refused   refused   refused   refused   refused   not found not found not found
confirm      active        denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
confirm      on hold       denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
confirm      stopped       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
not met      active        denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
not met      on hold       denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
not met      stopped       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
accept       active        denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
accept       on hold       denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
accept       stopped       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
reopen       active        denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
reopen       on hold       denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
reopen       stopped       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
step back    active        denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
step back    on hold       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
step back    stopped       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
sign if      active        denied    denied    denied    denied    denied    denied    denied    ok        ok        not found not found not found
sign if      on hold       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
sign if      stopped       denied    denied    denied    denied    denied    denied    denied    refused   refused   not found not found not found
force        active        denied    ok        denied    denied    denied    denied    denied    denied    denied    not found not found not found
force        on hold       denied    refused   denied    denied    denied    denied    denied    denied    denied    not found not found not found
force        stopped       denied    refused   denied    denied    denied    denied    denied    denied    denied    not found not found not found
take back    active        denied    ok        denied    denied    ok        ok        denied    ok        ok        not found not found not found
take back    on hold       denied    refused   denied    denied    refused   refused   denied    refused   refused   not found not found not found
take back    stopped       denied    refused   denied    denied    refused   refused   denied    refused   refused   not found not found not found
look back    active        denied    ok        denied    denied    denied    denied    denied    ok        ok        not found not found not found
look back    on hold       denied    ok        denied    denied    denied    denied    denied    ok        ok        not found not found not found
look back    stopped       denied    ok        denied    denied    denied    denied    denied    ok        ok        not found not found not found
next review  active        denied    ok        denied    denied    ok        ok        denied    denied    denied    not found not found not found
next review  on hold       denied    refused   denied    denied    refused   refused   denied    denied    denied    not found not found not found
next review  stopped       denied    refused   denied    denied    refused   refused   denied    denied    denied    not found not found not found
rename       active        denied    ok        ok        denied    ok        ok        denied    denied    denied    not found not found not found
rename       on hold       denied    ok        ok        denied    ok        ok        denied    denied    denied    not found not found not found
rename       stopped       denied    ok        ok        denied    ok        ok        denied    denied    denied    not found not found not found
raise tier   active        denied    ok        ok        denied    ok        ok        denied    denied    denied    not found not found not found
raise tier   on hold       denied    ok        ok        denied    ok        ok        denied    denied    denied    not found not found not found
raise tier   stopped       denied    ok        ok        denied    ok        ok        denied    denied    denied    not found not found not found
lower tier   active        denied    ok        ok        denied    denied    denied    denied    denied    denied    not found not found not found
lower tier   on hold       denied    ok        ok        denied    denied    denied    denied    denied    denied    not found not found not found
lower tier   stopped       denied    ok        ok        denied    denied    denied    denied    denied    denied    not found not found not found
add member   active        denied    ok        ok        denied    ok        ok        denied    denied    denied    not found not found not found
add member   on hold       denied    ok        ok        denied    ok        ok        denied    denied    denied    not found not found not found
add member   stopped       denied    ok        ok        denied    ok        ok        denied    denied    denied    not found not found not found
change state active        denied    ok        denied    denied    ok        denied    denied    denied    denied    not found not found not found
change state on hold       denied    ok        denied    denied    ok        denied    denied    denied    denied    not found not found not found
change state stopped       denied    ok        denied    denied    ok        denied    denied    denied    denied    not found not found not found
`

func TestCommandsByPersonAndStatus(t *testing.T) {
	type command struct {
		name   string
		waits  bool // needs an open round
		before func(w *world)
		do     func(w *world, by review.Actor) error
	}
	sign := func(d review.Decision) func(*world, review.Actor) error {
		return func(w *world, by review.Actor) error {
			in := review.NewSignOff{Seat: plan.SeatQA, Decision: d, Digest: w.digest(build)}
			if d == review.Return {
				in.Findings = []string{"x"}
			}
			return w.r.SignOff(by, build, in, w.tick())
		}
	}
	edit := func(change func(*review.ProjectFields)) func(*world, review.Actor) error {
		return func(w *world, by review.Actor) error {
			w.roles[by.Person], w.seats[by.Person] = by.Roles, by.Seats
			return w.edit(by.Person, change)
		}
	}
	// What the commands of the waivers, conditions and findings find.
	asked := func(w *world) { w.ok(w.waive(mate, build, "tests", "2026-04-01")) }
	granted := func(w *world) {
		w.roles[nobody] = []review.Role{review.RoleManager}
		asked(w)
		w.ok(w.r.GrantWaiver(w.actor(nobody), build, 1, shown(w.r, build, "waiver", 1), "", w.tick()))
	}
	conditional := func(w *world) {
		w.ok(w.request(member, build))
		w.ok(w.signIf(quinn, build, qa, "2026-04-01", "x"))
	}
	met := func(w *world) {
		conditional(w)
		w.ok(w.r.MeetCondition(w.actor(owner), build, 1, shown(w.r, build, "condition", 1), "done", w.tick()))
	}
	answered := func(w *world) {
		w.ok(w.request(member, build))
		w.ok(w.sendBack(quinn, build, qa, "x"))
		w.ok(w.r.AnswerFinding(w.actor(mate), build, 1, shown(w.r, build, "finding", 1), "y", w.tick()))
	}
	commands := []command{
		{"answer", false, nil, func(w *world, by review.Actor) error {
			return w.r.Answer(by, build, "style", review.Met, "", 0, w.tick())
		}},
		{"link", false, nil, func(w *world, by review.Actor) error {
			return w.r.AddEvidence(by, build, "style", review.NewEvidence{URL: "https://a.example", Type: "doc"}, w.tick())
		}},
		{"remove", false, nil, func(w *world, by review.Actor) error { return w.r.RemoveEvidence(by, build, "tests", 1, w.tick()) }},
		{"assign", false, nil, func(w *world, by review.Actor) error { return w.r.Assign(by, build, "style", mate, "", w.tick()) }},
		{"comment", false, nil, func(w *world, by review.Actor) error { return w.r.Discuss(by, build, "style", "Hm", "", w.tick()) }},
		{"approve", false, func(w *world) { w.ok(w.answer(member, build, "tests", review.NotApplicable, "no code")) },
			func(w *world, by review.Actor) error {
				return w.r.ApproveNotApplicable(by, build, "tests", w.stage(build).Item("tests").Answer.Version, w.tick())
			}},
		{"request", false, nil, func(w *world, by review.Actor) error { return w.r.Request(by, build, "", "", w.tick()) }},
		{"withdraw", true, nil, func(w *world, by review.Actor) error { return w.r.Withdraw(by, build, "x", w.tick()) }},
		{"sign", true, nil, sign(review.Go)},
		{"return", true, nil, sign(review.Return)},
		{"waive", false, nil, func(w *world, by review.Actor) error {
			in := review.NewWaiver{Reason: "x", Risk: "y", Measure: "z", Until: "2026-04-01"}
			return w.r.RequestWaiver(by, build, "tests", in, w.tick())
		}},
		{"grant", false, asked, func(w *world, by review.Actor) error {
			return w.r.GrantWaiver(by, build, 1, shown(w.r, build, "waiver", 1), "", w.tick())
		}},
		{"deny", false, asked, func(w *world, by review.Actor) error {
			return w.r.DenyWaiver(by, build, 1, shown(w.r, build, "waiver", 1), "x", w.tick())
		}},
		{"extend", false, granted, func(w *world, by review.Actor) error {
			return w.r.ExtendWaiver(by, build, 1, shown(w.r, build, "waiver", 1), "2026-05-01", "x", w.tick())
		}},
		{"revoke", false, granted, func(w *world, by review.Actor) error {
			return w.r.RevokeWaiver(by, build, 1, shown(w.r, build, "waiver", 1), "x", w.tick())
		}},
		{"meet", false, conditional, func(w *world, by review.Actor) error {
			return w.r.MeetCondition(by, build, 1, shown(w.r, build, "condition", 1), "x", w.tick())
		}},
		{"confirm", false, met, func(w *world, by review.Actor) error {
			return w.r.ConfirmCondition(by, build, 1, shown(w.r, build, "condition", 1), w.tick())
		}},
		{"not met", false, met, func(w *world, by review.Actor) error {
			return w.r.ReopenCondition(by, build, 1, shown(w.r, build, "condition", 1), "x", w.tick())
		}},
		{"accept", false, answered, func(w *world, by review.Actor) error {
			return w.r.AcceptFinding(by, build, 1, shown(w.r, build, "finding", 1), w.tick())
		}},
		{"reopen", false, answered, func(w *world, by review.Actor) error {
			return w.r.ReopenFinding(by, build, 1, shown(w.r, build, "finding", 1), "x", w.tick())
		}},
		{"step back", true, nil, func(w *world, by review.Actor) error {
			return w.r.SignOff(by, build, review.NewSignOff{Seat: qa, Decision: review.Recuse, Note: "x", Digest: w.digest(build)}, w.tick())
		}},
		{"sign if", true, nil, func(w *world, by review.Actor) error {
			in := review.NewSignOff{Seat: qa, Decision: review.Conditional, Conditions: []review.NewCondition{{Text: "x", Owner: owner, Due: "2026-04-01"}}, Digest: w.digest(build)}
			return w.r.SignOff(by, build, in, w.tick())
		}},
		{"force", false, nil, func(w *world, by review.Actor) error {
			return w.r.Force(by, build, w.r.Digest(w.r.Stage(build)), "x", "2026-03-20", w.tick())
		}},
		{"take back", false, func(w *world) { w.pass(build) }, func(w *world, by review.Actor) error {
			return w.r.Reopen(by, build, review.NewReopening{Round: 1, Reason: "x", Impact: "y"}, w.tick())
		}},
		{"look back", false, func(w *world) { w.ok(w.force(manager, build)) }, func(w *world, by review.Actor) error {
			return w.r.CloseRetrospective(by, build, 1, "x", w.tick())
		}},
		{"next review", false, func(w *world) { w.pass(run) }, func(w *world, by review.Actor) error { return w.r.StartReview(by, w.r.No, "x", w.tick()) }},
		{"rename", false, nil, edit(func(f *review.ProjectFields) { f.Name = "Till" })},
		{"raise tier", false, nil, edit(func(f *review.ProjectFields) { f.Tier = 1 })},
		{"lower tier", false, nil, edit(func(f *review.ProjectFields) { f.Tier = 3 })},
		{"add member", false, nil, func(w *world, by review.Actor) error { return w.r.SetDuty(by, viewer, review.DutyMember, w.tick()) }},
		{"change state", false, nil, func(w *world, by review.Actor) error {
			to := review.StatusActive
			if w.r.Project.Status == to {
				to = review.StatusStopped
			}
			return w.r.SetStatus(by, "", to, "x", w.tick())
		}},
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-26s", "")
	for _, a := range actors {
		fmt.Fprintf(&b, " %-9s", a.name)
	}
	for _, c := range commands {
		for _, status := range []review.Status{review.StatusActive, review.StatusOnHold, review.StatusStopped} {
			fmt.Fprintf(&b, "\n%-12s %-13s", c.name, status)
			for _, a := range actors {
				w := newWorld(t)
				for _, m := range team {
					w.ok(w.r.SetDuty(w.actor(manager), m.Person, m.Duty, w.tick()))
				}
				w.fill(build)
				if c.before != nil {
					c.before(w)
				}
				if c.waits {
					w.ok(w.request(member, build))
				}
				if status != review.StatusActive {
					w.ok(w.r.SetStatus(w.actor(manager), "", status, "x", w.tick()))
				}
				before := len(w.r.Recorded())
				err := c.do(w, a.actor)
				if (err == nil) != (len(w.r.Recorded()) > before) {
					t.Errorf("%s by %s while %s: %v, %d events", c.name, a.name, status, err, len(w.r.Recorded())-before)
				}
				fmt.Fprintf(&b, " %-9s", refusal(err))
			}
		}
	}
	compareTables(t, b.String()+"\n", commandsByPerson)
}
