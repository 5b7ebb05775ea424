package page

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

func teller() Teller {
	tmpl := &plan.Lifecycle{Stages: []plan.Stage{{
		Key: "idea", Name: "Idea", Items: []plan.Item{{Key: "scope-set", Title: "Scope is set"}},
	}}}
	names := map[review.PersonID]string{0: "Slipway", 1: "Ana", 2: "Ben", 3: "Chi"}
	return Teller{Project: "ledger", Template: tmpl, Names: func(p review.PersonID) string { return names[p] }}
}

// sentence is what a reader of the timeline reads.
func sentence(e ui.Entry) string {
	s := strings.Join(strings.Fields(e.Who+" "+e.What+" "+e.Thing), " ")
	if e.Why != "" {
		s += " | " + e.Why
	}
	return s
}

func TestEntriesAreToldInWords(t *testing.T) {
	const item, gate = "/projects/ledger/stages/idea/items/scope-set", "/projects/ledger/stages/idea/gate"
	cases := []struct {
		ev         review.Event
		want, href string
		state      ui.State
	}{
		{review.ProjectCreated{Key: "ledger", Name: "Ledger", Team: "Blue", Tier: 1, Exposure: "pilot", Owner: 1, Deputy: 2, Target: "2027-01-01", Restricted: true, Template: plan.Ref{Key: "small", Version: 3}},
			"Ana started the project Ledger | Owner Ana, deputy Ben. Team Blue, tier 1, exposure pilot, target 1 Jan 2027. Lifecycle small, version 3. Restricted.", "/projects/ledger", ui.Part},
		{review.ProjectEdited{Changes: []review.Change{{Field: "tier", From: "2", To: "1"}, {Field: "restricted", From: "false", To: "true"}, {Field: "target", From: "", To: "2027-01-01"}}},
			"Ana changed the project's tier, visibility and target date | Tier: 2 → 1\nVisibility: open to all with a role → restricted\nTarget date: none → 1 Jan 2027", "", ui.Part},
		{review.ProjectEdited{Changes: []review.Change{{Field: "kind", From: "", To: "growth"}, {Field: "start", From: "idea", To: "gone"}}},
			"Ana changed the project's kind and starting stage | Kind: none → Analytics or machine learning that grows into a service\nStarting stage: Idea → gone", "", ui.Part},
		{review.ProjectTagged{Tags: []string{"mobile", "pci"}, Was: []string{"pci", "trial"}}, "Ana changed the project's tags | Added: mobile\nRemoved: trial", "", ui.Part},
		{review.ProjectTagged{Was: []string{"pci", "trial"}}, "Ana changed the project's tags | Removed: pci, trial", "", ui.Part},
		{review.DutySet{Person: 2, Duty: review.DutyMember}, "Ana made Ben member of the project", "", ui.Part},
		{review.DutySet{Person: 2, From: review.DutyMember, Duty: review.DutyOwner}, "Ana made Ben (member until then) owner of the project", "", ui.Part},
		{review.DutySet{Person: 2, Duty: review.DutyOwner, Reason: "Chi left."}, "Ana made Ben owner of the project | Chi left.", "", ui.Part},
		{review.DutySet{Person: 2, From: review.DutyMember}, "Ana removed Ben (member) from the project", "", ui.Part},
		{review.StatusChanged{From: review.StatusActive, To: review.StatusOnHold, Reason: "No people."}, "Ana put the project on hold | No people.", "", ui.Hold},
		{review.StatusChanged{To: review.StatusStopped, Reason: "Bought instead."}, "Ana stopped the project | Bought instead.", "", ui.Stop},
		{review.StatusChanged{To: review.StatusActive, Reason: "Back."}, "Ana resumed the project | Back.", "", ui.Part},
		{review.ItemAnswered{Stage: "idea", Item: "scope-set", From: review.Open, To: review.Met, Note: "See wiki."}, "Ana answered met for Scope is set | See wiki.", item, ui.Met},
		{review.ItemAnswered{Stage: "idea", Item: "scope-set", From: review.Met, To: review.NotMet, FromNote: "Old."}, "Ana changed the answer from met to not met for Scope is set | The note was removed. It said: Old.", item, ui.Bad},
		{review.ItemAnswered{Stage: "idea", Item: "scope-set", From: review.Met, To: review.Met}, "Ana confirmed again that it is met: Scope is set", item, ui.Met},
		{review.ItemAnswered{Stage: "idea", Item: "scope-set", From: review.Met, To: review.Met, Note: "New."}, "Ana changed the note of Scope is set | New.", item, ui.Met},
		{review.ItemAnswered{Stage: "idea", Item: "scope-set", From: review.NotApplicable, To: review.Open}, "Ana changed the answer from not applicable to open for Scope is set", item, ui.Open},
		{review.NotApplicableApproved{Stage: "idea", Item: "scope-set"}, "Ana approved not applicable for Scope is set", item, ui.NA},
		{review.ItemAssigned{Stage: "idea", Item: "scope-set", Person: 2, Due: "2026-12-04"}, "Ana assigned Ben to Scope is set | Due 4 Dec 2026", item, ui.Part},
		{review.ItemAssigned{Stage: "idea", Item: "scope-set", From: 2, Person: 3}, "Ana assigned Chi instead of Ben to Scope is set", item, ui.Part},
		{review.ItemAssigned{Stage: "idea", Item: "scope-set", From: 2, Person: 2, Due: "2026-12-05"}, "Ana changed the due date for Ben on Scope is set | Due 5 Dec 2026", item, ui.Part},
		{review.ItemAssigned{Stage: "idea", Item: "scope-set", Person: 1}, "Ana assigned themselves to Scope is set", item, ui.Part},
		{review.ItemAssigned{Stage: "idea", Item: "scope-set", From: 2}, "Ana unassigned Ben from Scope is set", item, ui.Part},
		{review.CommentAdded{Stage: "idea", Item: "scope-set", Text: "Is it?"}, "Ana commented on Scope is set | Is it?", item, ui.Part},
		{review.NotApplicableApproved{Stage: "idea", Item: "scope-set", For: 3}, "Ana approved not applicable, standing in for Chi, for Scope is set", item, ui.NA},
		{review.EvidenceAdded{Stage: "idea", Item: "scope-set", No: 1, URL: "https://wiki.example.test/s", Title: "Scope", Type: "doc", Effective: "2026-11-01", Expires: "2027-11-01", Commit: "abc123"},
			"Ana linked evidence to Scope is set | Document: Scope\nhttps://wiki.example.test/s\nEffective 1 Nov 2026, expires 1 Nov 2027, for commit abc123", item, ui.Part},
		{review.EvidenceAdded{Stage: "idea", Item: "scope-set", No: 2, URL: "https://wiki.example.test/s", Title: "Scope", Type: "doc", Effective: "2026-11-01", Renews: 1},
			"Ana renewed the evidence for Scope is set | Document: Scope\nhttps://wiki.example.test/s\nEffective 1 Nov 2026", item, ui.Part},
		{review.EvidenceRemoved{Stage: "idea", Item: "scope-set", No: 4}, "Ana removed evidence 4 from Scope is set", item, ui.Warn},
		{review.AnswerOffered{Stage: "idea", Item: "scope-set", Text: "all of Blue"}, "Ana offered to other projects the answer to Scope is set | It holds for: all of Blue", item, ui.Part},
		{review.OfferWithdrawn{Stage: "idea", Item: "scope-set"}, "Ana withdrew from other projects the answer to Scope is set", item, ui.Warn},
		{review.AnswerInherited{Stage: "idea", Item: "scope-set", From: 9, Of: "scope-set", Seal: "s"}, "Ana took over from another project here the answer to Scope is set", item, ui.Part},
		{review.AnswerInherited{Stage: "idea", Item: "scope-set", From: 9, Of: "scope-set", Lost: review.LostGone},
			"Ana no longer takes over from another project here the answer to Scope is set | Because the other project is no longer asked this.", item, ui.Warn},
		{review.InheritanceEnded{Stage: "idea", Item: "scope-set"}, "Ana made this project's own the answer to Scope is set", item, ui.Part},
		{review.SignOffRequested{Stage: "idea", Reason: "In a hurry.", Early: []string{"Zero"}}, "Ana requested sign-off of Idea | In a hurry.\nEarlier gates had not passed: Zero.", gate, ui.Wait},
		{review.GateSigned{Stage: "idea", Seat: plan.SeatSRE, Decision: review.Go, Note: "Fine."}, "Ana approved as SRE on Idea | Fine.", gate, ui.Met},
		{review.GateSigned{Stage: "idea", Seat: plan.SeatSRE, Decision: review.Go, Note: "Fine.", Effort: review.EffortOver60}, "Ana approved as SRE on Idea | Fine.\nIt took: over an hour.", gate, ui.Met},
		{review.GateSigned{Stage: "idea", Seat: plan.SeatSRE, Decision: review.Return}, "Ana decided to return as SRE on Idea", gate, ui.Bad},
		{review.FindingRaised{Stage: "idea", No: 2, Text: "Why?"}, "Ana raised finding 2 on Idea | Why?", gate, ui.Bad},
		{review.FindingAnswered{Stage: "idea", No: 2, Answer: "Because."}, "Ana answered finding 2 on Idea | Because.", gate, ui.Met},
		{review.RoundClosed{Stage: "idea", Outcome: review.OutcomePassed}, "Ana completed the quorum and passed the gate of Idea", gate, ui.Met},
		{review.RoundClosed{Stage: "idea", Outcome: review.OutcomeReturned}, "Ana returned the gate of Idea", gate, ui.Bad},
		{review.RoundClosed{Stage: "idea", Outcome: review.OutcomeWithdrawn, Reason: "Too early."}, "Ana withdrew the request for sign-off of Idea | Too early.", gate, ui.NA},
		{review.RoundClosed{Stage: "idea", Outcome: review.OutcomeOnHold}, "Ana put the project on hold, which ended the sign-off round of Idea", gate, ui.Hold},
		{review.RoundClosed{Stage: "idea", Outcome: review.OutcomeStopped}, "Ana stopped the project, which ended the sign-off round of Idea", gate, ui.Stop},
		{review.GateSigned{Stage: "idea", Seat: plan.SeatSRE, Decision: review.Conditional, For: 3}, "Ana approved with conditions as SRE, standing in for Chi on Idea", gate, ui.Part},
		{review.GateSigned{Stage: "idea", Seat: plan.SeatSRE, Decision: review.Recuse, Note: "I built it."}, "Ana recused themselves as SRE on Idea | I built it.", gate, ui.NA},
		{review.RoundClosed{Stage: "idea", Outcome: review.OutcomeConditional}, "Ana completed the quorum and passed with conditions the gate of Idea", gate, ui.Part},
		{review.ConditionSet{Stage: "idea", No: 1, Text: "Link it.", Owner: 2, Due: "2026-12-01"}, "Ana set condition 1 for Ben, due 1 Dec 2026, on Idea | Link it.", gate, ui.Part},
		{review.ConditionHandedOn{Stage: "idea", No: 1, From: 2, Owner: 3, Reason: "Ben left."}, "Ana handed condition 1 from Ben to Chi on Idea | Ben left.", gate, ui.Part},
		{review.ConditionMet{Stage: "idea", No: 1, Note: "Linked."}, "Ana reported condition 1 as met on Idea | Linked.", gate, ui.Wait},
		{review.ConditionConfirmed{Stage: "idea", No: 1}, "Ana confirmed condition 1 on Idea", gate, ui.Met},
		{review.ConditionReopened{Stage: "idea", No: 1, Reason: "Empty."}, "Ana reopened condition 1 on Idea | Empty.", gate, ui.Bad},
		{review.ConditionConfirmed{Stage: "idea", No: 1, For: 3}, "Ana confirmed condition 1, standing in for Chi on Idea", gate, ui.Met},
		{review.ConditionReopened{Stage: "idea", No: 1, Reason: "Empty.", For: 3}, "Ana reopened condition 1, standing in for Chi on Idea | Empty.", gate, ui.Bad},
		{review.ConditionReleased{Stage: "idea", No: 1, Reason: "Off.", For: 3}, "Ana released condition 1, standing in for Chi on Idea | Off.", gate, ui.Stop},
		{review.FindingAccepted{Stage: "idea", No: 2}, "Ana accepted the answer to finding 2 on Idea", gate, ui.Met},
		{review.FindingReopened{Stage: "idea", No: 2, Reason: "Half."}, "Ana reopened finding 2 on Idea | Half.", gate, ui.Bad},
		{review.GateForced{Stage: "idea", Reason: "Fire.", ReviewDue: "2026-12-01"}, "Ana used break-glass, alone, to pass the gate of Idea | Fire.\nTo be reviewed by 1 Dec 2026.", gate, ui.Bad},
		{review.ResponsibilitiesSet{Rows: []review.Responsibility{{Team: "Night", Parts: []review.Part{"runs"}}, {Person: 3, Parts: []review.Part{"approves", "informed"}}}, Was: []review.Responsibility{{Person: 2, Parts: []review.Part{"informed"}}}},
			"Ana changed the project's responsibilities | No longer Ben: is informed\nNight: runs\nChi: approves and is informed", "/projects/ledger/responsibilities", ui.Part},
		{review.StagePlanned{Stage: "idea", Was: review.StagePlan{Stage: "idea", Owner: 2, Milestones: []review.Milestone{{Name: "Half", Due: "2026-12-01"}, {Name: "Gone", Due: "2026-12-01"}}},
			Plan: review.StagePlan{Stage: "idea", Owner: 3, Deputy: 2, Target: "2026-12-09", Milestones: []review.Milestone{{Name: "Half", Due: "2026-12-01", Done: true}}}, Reason: "Ben left."},
			"Ana changed owner and dates of Idea | Owner: Ben → Chi\nDeputy: none → Ben\nTarget: none → 9 Dec 2026\nMilestone no longer: Half, 1 Dec 2026\nMilestone no longer: Gone, 1 Dec 2026\nMilestone: Half, 1 Dec 2026, reached\nBen left.", "/projects/ledger/stages/idea", ui.Part},
		{review.GateReopened{Stage: "idea", Reason: "A leak.", Impact: "The launch waits."}, "Ana reopened the gate of Idea | A leak.\nExpected impact: The launch waits.", gate, ui.Warn},
		{review.GateReopened{Stage: "idea", Reason: "A leak.", Impact: "It waits.", Authorised: 3}, "Ana reopened the gate of Idea | A leak.\nExpected impact: It waits.\nAuthorised by Chi.", gate, ui.Warn},
		{review.RetrospectiveClosed{Stage: "idea", Note: "Right."}, "Ana reviewed the break-glass decision on Idea | Right.", gate, ui.Met},
		{review.RetrospectiveClosed{Stage: "idea", Note: "Right.", For: 3}, "Ana reviewed the break-glass decision, standing in for Chi on Idea | Right.", gate, ui.Met},
		{review.WaiverRequested{Stage: "idea", Item: "scope-set", No: 1, Reason: "Late.", Risk: "Small.", Measure: "By hand.", Until: "2027-01-01"},
			"Ana asked for a waiver until 1 Jan 2027 for Scope is set | Late.\nRisk: Small.\nMitigation: By hand.", item, ui.Wait},
		{review.WaiverGranted{Stage: "idea", Item: "scope-set", No: 1}, "Ana granted waiver 1 for Scope is set", item, ui.Waived},
		{review.WaiverGranted{Stage: "idea", Item: "scope-set", No: 1, For: 3}, "Ana granted waiver 1, standing in for Chi, for Scope is set", item, ui.Waived},
		{review.WaiverDenied{Stage: "idea", Item: "scope-set", No: 1, Reason: "No."}, "Ana denied waiver 1 for Scope is set | No.", item, ui.Bad},
		{review.WaiverExtended{Stage: "idea", Item: "scope-set", No: 1, From: "2027-01-01", Until: "2027-02-01", Reason: "More."}, "Ana extended waiver 1 from 1 Jan 2027 to 1 Feb 2027 for Scope is set | More.", item, ui.Waived},
		{review.WaiverRevoked{Stage: "idea", Item: "scope-set", No: 1, Reason: "Over."}, "Ana revoked waiver 1 for Scope is set | Over.", item, ui.Bad},
		{review.RecordOpened{No: 4, Type: "risk", Record: review.RecordFields{Title: "It is down", Owner: 2}}, "Ana added the risk R4 | It is down\nOwned by Ben", "/projects/ledger/records/risk/4", ui.Open},
		{review.RecordEdited{No: 4, Type: "risk", Changes: []review.Change{{Field: "impact", From: "1", To: "2"}, {Field: "text", From: "Old."}}},
			"Ana changed the risk R4 | Impact: 2: a nuisance to some; it was: 1: hardly noticed\nWhy, and what would it do to whom? removed; it was: Old.", "/projects/ledger/records/risk/4", ui.Part},
		{review.RecordEdited{No: 4, Type: "risk", Record: review.RecordFields{Owner: 3}}, "Ana changed the risk R4 | Owner: Chi", "/projects/ledger/records/risk/4", ui.Part},
		{review.RecordMoved{No: 4, Type: "risk", From: "open", To: "treated", Set: record.Values{"treatment": "Two of them."}, Reason: "So."},
			"Ana moved the risk from “open” to “being treated”: R4 | So.\nWhat is done about it: Two of them.", "/projects/ledger/records/risk/4", ui.Part},
		{review.RecordOpened{No: 5, Type: "release", Record: review.RecordFields{Title: "4.2"}, Gates: []review.GateThen{{Name: "Idea", State: review.GatePassed}}},
			"Ana added the release V5 | 4.2\nEvery gate had passed.", "/projects/ledger/records/release/5", ui.Open},
		{review.RecordMoved{No: 5, Type: "release", From: "planned", To: "out", Set: record.Values{"authorised": "Dan"}, Gates: []review.GateThen{{Name: "Idea", State: review.GatePassed}, {Name: "Code"}}},
			"Ana moved the release from “planned” to “out”: V5 | Authorised by: Dan\n1 of 2 gates had passed; not Code (not ready).", "/projects/ledger/records/release/5", ui.Part},
		{review.RecordHandedOn{No: 4, Type: "risk", From: 2, Owner: 3, Reason: "Gone."}, "Ana handed the risk from Ben to Chi: R4 | Gone.", "/projects/ledger/records/risk/4", ui.Part},
		{review.RecordDiscussed{No: 4, Type: "debt", Text: "When?"}, "Ana commented on D4 | When?", "/projects/ledger/records/debt/4", ui.Part},
		{review.ReadingNoted{No: 4, Type: "objective", Reading: 2, Value: 99_500_000, At: "2026-11-20T10:00", Note: "By hand."}, "Ana noted a value of S4 | 99.5 at 2026-11-20 10:00 UTC\nBy hand.", "/projects/ledger/records/objective/4", ui.Part},
		{review.ReadingStruck{No: 4, Type: "objective", Reading: 2, Reason: "The wrong line."}, "Ana struck out value 2 of S4 | The wrong line.", "/projects/ledger/records/objective/4", ui.Part},
		{review.ReviewStarted{No: 2, Reason: "Yearly."}, "Ana started review 2 of the project | Yearly.", "", ui.Part},
		{review.ReviewStarted{No: 2, Reason: "Yearly.", Conditions: []review.ConditionRef{{Stage: "idea", No: 1}}}, "Ana started review 2 of the project | Yearly.\n1 open condition carried over.", "", ui.Part},
		{review.RetractionAsked{Back: []review.TakenBack{{Question: "users", To: review.ReplyNo}}, Reason: "None."},
			"Ana asked to take answers about the project back | users: yes → no\nNone.", "", ui.Wait},
		{review.AnswersRetracted{Back: []review.TakenBack{{Question: "users", To: review.ReplyNotYet}}, Reason: "None.", Asked: 2, For: 3},
			"Ana approved, standing in for Chi, as Ben asked, taking answers about the project back | users: yes → not yet\nNone.", "", ui.Waived},
		{review.RetractionRefused{Reason: "There are."}, "Ana turned down taking answers about the project back | There are.", "", ui.Bad},
		{review.ProfileConfirmed{Profile: plan.Profile{"database"}, No: []plan.Flag{"users"}},
			"Ana confirmed the answers about the project | Yes: database\nNo: users", "", ui.Met},
		{review.ModuleAttached{Module: plan.Ref{Key: "gdpr", Version: 2}, Reason: "EU."}, "Ana attached module gdpr, version 2 | EU.", "/templates/gdpr/2", ui.Part},
		{review.PolicyAttached{Policy: plan.Ref{Key: "changes", Version: 2}, Reason: "Audit."}, "Ana attached policy changes, version 2 | Audit.", "/templates/changes/2", ui.Part},
		{review.PolicyDetached{Policy: plan.Ref{Key: "changes", Version: 2}, Reason: "No."}, "Ana detached policy changes, version 2 | No.", "/templates/changes/2", ui.Stop},
		{review.EnvironmentAdded{Environment: plan.Environment{Key: "fra", Name: "Frankfurt", Kind: "production"}, Reconfirm: []plan.ItemKey{"x@fra"}, Reason: "Users there."},
			"Ana added the production environment Frankfurt | Users there.\n1 answer to confirm again.", "/projects/ledger/environments", ui.Part},
		{review.EnvironmentRenamed{Environment: "fra", From: "Frankfurt", To: "Main", Reason: "Moved."}, "Ana renamed the environment Frankfurt to Main | Moved.", "/projects/ledger/environments", ui.Part},
		{review.EnvironmentRemoved{Environment: "fra", Name: "Main", Retired: true, Reason: "Closed."}, "Ana removed the environment Main | Closed.", "/projects/ledger/environments", ui.Stop},
		{review.ModuleDetached{Module: plan.Ref{Key: "gdpr", Version: 2}, Reason: "No EU."}, "Ana detached module gdpr, version 2 | No EU.", "/templates/gdpr/2", ui.Stop},
		{review.DefinitionPinned{Definition: plan.Ref{Key: "terms", Version: 2}, Reason: "Newer."}, "Ana pinned the readiness definition terms, version 2 | Newer.", "/templates/terms/2", ui.Part},
		{review.ItemAdded{Stage: "idea", Item: "own-x", Added: plan.Item{Key: "own-x", Title: "Printers", Why: "Jams."}}, "Ana added the project's own item Printers | Jams.", "/projects/ledger/stages/idea/items/own-x", ui.Part},
		{review.ItemDropped{Stage: "idea", Item: "own-x", Reason: "Gone."}, "Ana dropped the project's own item own-x | Gone.", "", ui.Stop},
		{review.LevelRaised{Stage: "idea", Item: "scope-set", From: "may", To: "must", Reason: "Big."}, "Ana raised from optional to required: Scope is set | Big.", item, ui.Part},
		{review.LoweringAsked{Stage: "idea", Item: "scope-set", From: "must", Reason: "Small."}, "Ana asked to lower from required to not asked: Scope is set | Small.", item, ui.Wait},
		{review.LevelLowered{Stage: "idea", Item: "scope-set", From: "must", To: "may", Tier: 2, Reason: "Small.", Asked: 2}, "Ana approved, as Ben asked, lowering from required to optional: Scope is set | Small.", item, ui.Waived},
		{review.LevelLowered{Stage: "idea", Item: "scope-set", From: "must", To: "may", Tier: 2, Reason: "Small.", Asked: 2, For: 3},
			"Ana approved, standing in for Chi, as Ben asked, lowering from required to optional: Scope is set | Small.", item, ui.Waived},
		{review.LoweringRefused{Stage: "idea", Item: "scope-set", Reason: "No."}, "Ana turned down lowering Scope is set | No.", item, ui.Bad},
		{review.CoreMarked{Stage: "idea", Item: "scope-set", Core: true, Reason: "Ours."}, "Ana marked as core: Scope is set | Ours.", item, ui.Part},
		{review.CoreMarked{Stage: "idea", Item: "scope-set", Reason: "Off."}, "Ana took the core mark off Scope is set | Off.", item, ui.Part},
		{review.PlanUpgraded{Lifecycle: plan.Ref{Key: "small", Version: 2}, Reconfirm: []plan.ItemKey{"scope-set"}, Reason: "Newer."},
			"Ana upgraded the plan to small, version 2 | Newer.\n1 answer to confirm again.", "/templates/small/2", ui.Part},
		{review.PlanUpgraded{Lifecycle: plan.Ref{Key: "small", Version: 2}, Definition: plan.Ref{Key: "terms", Version: 2}, Reason: "Newer."},
			"Ana upgraded the plan to small, version 2 | Newer.\nReadiness definition terms, version 2.", "/templates/small/2", ui.Part},
		{review.UpgradeUndone{Reason: "Early."}, "Ana undid the last upgrade of the plan | Early.", "", ui.Stop},
		{review.SeatDelegated{Person: 2, No: 1, To: 3, Seat: plan.SeatQA, Starts: "2026-12-01", Ends: "2026-12-15", Reason: "Leave."},
			"Ana named Chi to stand in for Ben in the QA seat from 1 Dec 2026 until 14 Dec 2026 | Leave.", "", ui.Part},
		{review.DelegationEnded{Person: 2, No: 1}, "Ana ended delegation 1 of Ben", "", ui.NA},
		{review.PersonJoined{Person: 2}, "Ben signed in for the first time", "", ui.Part},
		{review.RightGranted{Person: 2, Role: review.RoleAdmin, Source: review.FromAdmin}, "Ana granted Ben the role admin", "", ui.Met},
		{review.RightGranted{Person: 2, Seat: plan.SeatQA, Scope: 7, Source: review.FromGroup}, "Ana granted Ben the QA seat in one project, as their groups say at sign-in", "", ui.Met},
		{review.RightRevoked{Person: 2, Seat: plan.SeatQA, Source: review.FromAdmin, Reason: "Left."}, "Ana removed Ben from the QA seat | Left.", "", ui.Bad},
		{review.PersonBlocked{Person: 2, Reason: "Left."}, "Ana blocked Ben and ended all their sessions | Left.", "", ui.Stop},
		{review.PersonUnblocked{Person: 2, Reason: "Back."}, "Ana unblocked Ben | Back.", "", ui.Met},
		{review.PersonErased{Person: 2, Reason: "Asked."}, "Ana erased the name and address of person 2 | Asked.", "", ui.NA},
		{review.GroupsUnknown{Person: 2, Why: review.GroupsMissing},
			"Ben signed in without rights from groups, because the sign-in service sent no list of groups", "", ui.Part},
		{review.DocumentPublished{Document: "house", Sort: plan.KindLifecycle, Version: 2, Digest: "d", Reason: "More."}, "Ana published house version 2 | More.", "/templates/house/2", ui.Met},
		{review.VersionRetired{Document: "house", Version: 1, Reason: "Old."}, "Ana retired house version 1 | Old.", "/templates/house/1", ui.NA},
		{review.DefaultNamed{Document: "terms", Default: true, Reason: "Ours."}, "Ana has new projects pin terms | Ours.", "/templates/terms", ui.Part},
		{review.DefaultNamed{Document: "terms", Reason: "None."}, "Ana has new projects no longer pin terms | None.", "/templates/terms", ui.NA},
		{review.OwnerChanged{Document: "house", From: 1, Owner: 2}, "Ana made Ben the owner of house", "", ui.Part},
		{review.OwnerChanged{Document: "house", From: 1}, "Ana left house without an owner", "", ui.Part},
	}
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	told := map[string]bool{}
	for _, c := range cases {
		told[c.ev.Kind()] = true
		got := teller().Describe(review.Entry{At: at, Actor: 1, Event: c.ev})
		if sentence(got) != c.want || got.Href != c.href || got.State != c.state || !got.At.Equal(at) {
			t.Errorf("%s:\n got %s (%s, %s)\nwant %s (%s, %s)", c.ev.Kind(), sentence(got), got.Href, got.State, c.want, c.href, c.state)
		}
	}
	for _, kind := range eventKinds(t) {
		if !told[kind] {
			t.Errorf("no case for %s", kind)
		}
	}
}

// Whatever can stand in a project's trail can be filtered by.
func TestEveryKindCanBeFilteredBy(t *testing.T) {
	directory := []string{"SeatDelegated", "DelegationEnded", "PersonJoined", "RightGranted", "RightRevoked", "PersonBlocked", "PersonUnblocked", "PersonErased", "GroupsUnknown", "DocumentPublished", "VersionRetired", "OwnerChanged", "DefaultNamed"}
	for _, kind := range eventKinds(t) {
		if KnownKind(kind) == slices.Contains(directory, kind) {
			t.Errorf("%s: known is %t", kind, KnownKind(kind))
		}
	}
}

// eventKinds reads which kinds a trail can hold from the code that decodes
// them, so that a new one cannot stay without words.
func eventKinds(t *testing.T) []string {
	t.Helper()
	src, err := os.ReadFile("../../internal/review/codec.go")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, m := range regexp.MustCompile(`case "(\w+)":`).FindAllStringSubmatch(string(src), -1) {
		kinds = append(kinds, m[1])
	}
	if len(kinds) < 18 {
		t.Fatalf("found only %d kinds: %v", len(kinds), kinds)
	}
	return kinds
}

// A trail may name a stage or an item that the template at hand lacks, and an
// entry may be as empty as its kind allows: it is told all the same.
func TestEveryKindIsToldWhateverItHolds(t *testing.T) {
	for _, kind := range eventKinds(t) {
		ev, err := review.DecodeEvent(kind, []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		for _, te := range []Teller{teller(), {Names: teller().Names}} {
			got := te.Describe(review.Entry{Actor: 1, Event: ev})
			if got.What == "" || strings.HasPrefix(got.What, "recorded ") {
				t.Errorf("%s: %s", kind, fmt.Sprint(got))
			}
		}
	}
}
