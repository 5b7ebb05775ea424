package review_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"pgregory.net/rapid"
)

// everyEvent is one event of each kind with every field set, by its canonical
// form: what is stored, and what the trail's hashes cover. A line here never
// changes once a version was released.
var everyEvent = []struct {
	event review.Event
	json  string
}{
	{review.ProjectCreated{Key: "k-1", Name: "N", Summary: "S", Team: "T", Tier: 2, Exposure: "pilot", Owner: 1, Deputy: 2, Target: "2026-12-01", Restricted: true, Profile: plan.Profile{"ml", "pii"}, Unanswered: []plan.Flag{"ml"}, Template: plan.Ref{Key: "small", Version: 3, Digest: "d"},
		Origination: plan.Migration, Proposed: 1, Reason: "R", Start: "build"},
		`{"key":"k-1","name":"N","summary":"S","team":"T","tier":2,"exposure":"pilot","owner":1,"deputy":2,"target":"2026-12-01","restricted":true,"profile":["ml","pii"],"unanswered":["ml"],"template":{"key":"small","version":3,"digest":"d"},"origination":"legacy-migration","proposed":1,"reason":"R","start":"build"}`},
	{review.ProjectEdited{Changes: []review.Change{{Field: "name", From: "M", To: "N"}}, Name: "N", Summary: "S", Team: "T", Tier: 1, Exposure: "general", Target: "2026-12-01", Restricted: true, Profile: plan.Profile{"ml"}, Unanswered: []plan.Flag{"ml"}, Reason: "R",
		Origination: plan.Growth, Start: "build"},
		`{"changes":[{"field":"name","from":"M","to":"N"}],"name":"N","summary":"S","team":"T","tier":1,"exposure":"general","target":"2026-12-01","restricted":true,"profile":["ml"],"unanswered":["ml"],"reason":"R","origination":"growth","start":"build"}`},
	{review.RetractionAsked{Back: []review.TakenBack{{Question: "pii", To: review.ReplyNotYet}}, Reason: "R"}, `{"back":[{"question":"pii","to":"not yet"}],"reason":"R"}`},
	{review.AnswersRetracted{Back: []review.TakenBack{{Question: "pii", To: review.ReplyNo}}, Reason: "R", Asked: 3, For: 4},
		`{"back":[{"question":"pii","to":"no"}],"reason":"R","asked":3,"for":4}`},
	{review.RetractionRefused{Reason: "R"}, `{"reason":"R"}`},
	{review.ProfileConfirmed{Profile: plan.Profile{"pii"}, No: []plan.Flag{"ml"}}, `{"profile":["pii"],"no":["ml"]}`},
	{review.DutySet{Person: 3, From: "member", Duty: "owner", Reason: "R"}, `{"person":3,"from":"member","duty":"owner","reason":"R"}`},
	{review.ProjectTagged{Tags: []string{"a", "b"}, Was: []string{"b", "c"}}, `{"tags":["a","b"],"before":["b","c"]}`},
	{review.StatusChanged{From: "active", To: "on hold", Reason: "R"}, `{"from":"active","to":"on hold","reason":"R"}`},
	{review.ItemAnswered{Stage: "design", Item: "adr", Version: 2, From: "open", To: "met", FromNote: "F", Note: "N", FromChoices: plan.NoneOf, Choices: "a b", Risk: "none"},
		`{"stage":"design","item":"adr","version":2,"from":"open","to":"met","from_note":"F","note":"N","from_choices":[],"choices":["a","b"],"risk":"none"}`},
	{review.NotApplicableApproved{Stage: "design", Item: "adr", Version: 2, For: 4}, `{"stage":"design","item":"adr","version":2,"for":4}`},
	{review.ItemAssigned{Stage: "design", Item: "adr", From: 1, Person: 2, Due: "2026-12-01", FromDue: "2026-11-01", Reason: "R"},
		`{"stage":"design","item":"adr","from":1,"person":2,"due":"2026-12-01","from_due":"2026-11-01","reason":"R"}`},
	{review.CommentAdded{Stage: "design", Item: "adr", No: 4, Text: "T", Once: "o", Mentions: []review.PersonID{2, 3}},
		`{"stage":"design","item":"adr","no":4,"text":"T","once":"o","mentions":[2,3]}`},
	{review.EvidenceAdded{Stage: "design", Item: "adr", No: 1, URL: "https://a.example", Title: "T", Type: "doc", Effective: "2026-03-01", Expires: "2026-04-01", Commit: "c", Renews: 2, From: 8},
		`{"stage":"design","item":"adr","no":1,"url":"https://a.example","title":"T","type":"doc","effective":"2026-03-01","expires":"2026-04-01","commit":"c","renews":2,"from":8}`},
	{review.AnswerOffered{Stage: "design", Item: "adr", Text: "T"}, `{"stage":"design","item":"adr","text":"T"}`},
	{review.OfferWithdrawn{Stage: "design", Item: "adr"}, `{"stage":"design","item":"adr"}`},
	{review.AnswerInherited{Stage: "design", Item: "adr", From: 8, Of: "adr", Seal: "s", Lost: "not-met"}, `{"stage":"design","item":"adr","from":8,"of":"adr","seal":"s","lost":"not-met"}`},
	{review.InheritanceEnded{Stage: "design", Item: "adr"}, `{"stage":"design","item":"adr"}`},
	{review.RecordOpened{No: 3, Type: "risk", Record: review.RecordFields{Title: "T", Text: "X", Owner: 4, Due: "2026-12-01", Stage: "design", Item: "adr",
		Values: record.Values{"impact": "5", "likelihood": "2"}, Links: []review.RecordLink{{URL: "https://a.example", Title: "L"}}},
		Gates: []review.GateThen{{Stage: "design", Name: "D", State: review.GatePassed, Needed: true}}},
		`{"no":3,"type":"risk","record":{"title":"T","text":"X","owner":4,"due":"2026-12-01","stage":"design","item":"adr","values":{"impact":"5","likelihood":"2"},"links":[{"url":"https://a.example","title":"L"}]},"gates":[{"stage":"design","name":"D","state":3,"needed":true}]}`},
	{review.RecordEdited{No: 3, Type: "debt", Was: "design", Record: review.RecordFields{Title: "T"}, Changes: []review.Change{{Field: "title", From: "S", To: "T"}}},
		`{"no":3,"type":"debt","was":"design","record":{"title":"T"},"changes":[{"field":"title","from":"S","to":"T"}]}`},
	{review.RecordHandedOn{No: 3, Type: "risk", Stage: "design", From: 2, Owner: 4, Reason: "R"},
		`{"no":3,"type":"risk","stage":"design","from":2,"owner":4,"reason":"R"}`},
	{review.RecordMoved{No: 3, Type: "risk", Stage: "design", From: "open", To: "treated", Set: record.Values{"treatment": "T"}, Due: "2026-12-01", About: "adr", Reason: "R",
		Gates: []review.GateThen{{Stage: "run", Name: "R"}}},
		`{"no":3,"type":"risk","stage":"design","from":"open","to":"treated","set":{"treatment":"T"},"due":"2026-12-01","about":"adr","reason":"R","gates":[{"stage":"run","name":"R","state":0}]}`},
	{review.RecordDiscussed{No: 3, Type: "risk", Stage: "design", Comment: 2, Text: "T", Once: "o", Mentions: []review.PersonID{2, 3}},
		`{"no":3,"type":"risk","stage":"design","comment":2,"text":"T","once":"o","mentions":[2,3]}`},
	{review.ReadingNoted{No: 3, Type: "objective", Stage: "design", Reading: 2, Value: 99_500_000, At: "2026-12-01T10:00", Note: "N", URL: "https://x.example"},
		`{"no":3,"type":"objective","stage":"design","reading":2,"value":"99.5","at":"2026-12-01T10:00","note":"N","url":"https://x.example"}`},
	{review.ReadingStruck{No: 3, Type: "objective", Stage: "design", Reading: 2, Reason: "R"},
		`{"no":3,"type":"objective","stage":"design","reading":2,"reason":"R"}`},
	{review.EvidenceRemoved{Stage: "design", Item: "adr", No: 1}, `{"stage":"design","item":"adr","no":1}`},
	{review.SignOffRequested{Stage: "build", Round: 2, Digest: "d", Policy: plan.Policy{Quorum: 1, Seats: []plan.Seat{"qa"}, Mandatory: []plan.Seat{"qa"}}, SoD: true, Early: []string{"Design"}, Reason: "R", Exclusion: "all", Format: 2},
		`{"stage":"build","round":2,"digest":"d","policy":{"quorum":1,"seats":["qa"],"mandatory":["qa"]},"separation_of_duties":true,"early":["Design"],"reason":"R","exclusion":"all","format":2}`},
	{review.GateSigned{Stage: "build", Round: 2, No: 1, Seat: "qa", Decision: "go", Digest: "d", Note: "N", For: 4, Effort: "5-15"},
		`{"stage":"build","round":2,"no":1,"seat":"qa","decision":"go","digest":"d","note":"N","for":4,"effort":"5-15"}`},
	{review.FindingRaised{Stage: "build", Round: 2, No: 1, Text: "T"}, `{"stage":"build","round":2,"no":1,"text":"T"}`},
	{review.FindingAnswered{Stage: "build", No: 1, Answer: "A"}, `{"stage":"build","no":1,"answer":"A"}`},
	{review.RoundClosed{Stage: "build", Round: 2, Outcome: "passed", Digest: "d", Reason: "R"}, `{"stage":"build","round":2,"outcome":"passed","digest":"d","reason":"R"}`},
	{review.FindingAccepted{Stage: "build", No: 1, For: 4}, `{"stage":"build","no":1,"for":4}`},
	{review.FindingReopened{Stage: "build", No: 1, Reason: "R", For: 4}, `{"stage":"build","no":1,"reason":"R","for":4}`},
	{review.ConditionSet{Stage: "build", Round: 2, No: 1, Text: "T", Owner: 3, Due: "2026-12-01"}, `{"stage":"build","round":2,"no":1,"text":"T","owner":3,"due":"2026-12-01"}`},
	{review.ConditionHandedOn{Stage: "build", No: 1, From: 3, Owner: 4, Reason: "R"}, `{"stage":"build","no":1,"from":3,"owner":4,"reason":"R"}`},
	{review.ConditionMet{Stage: "build", No: 1, Note: "N"}, `{"stage":"build","no":1,"note":"N"}`},
	{review.ConditionConfirmed{Stage: "build", No: 1, For: 4}, `{"stage":"build","no":1,"for":4}`},
	{review.ConditionReopened{Stage: "build", No: 1, Reason: "R", For: 4}, `{"stage":"build","no":1,"reason":"R","for":4}`},
	{review.ConditionReleased{Stage: "build", No: 1, Reason: "R", For: 4}, `{"stage":"build","no":1,"reason":"R","for":4}`},
	{review.WaiverRequested{Stage: "build", Item: "tests", No: 1, Reason: "R", Risk: "K", Measure: "M", Until: "2026-12-01"},
		`{"stage":"build","item":"tests","no":1,"reason":"R","risk":"K","measure":"M","until":"2026-12-01"}`},
	{review.WaiverGranted{Stage: "build", Item: "tests", No: 1, Reason: "R", For: 4}, `{"stage":"build","item":"tests","no":1,"reason":"R","for":4}`},
	{review.WaiverDenied{Stage: "build", Item: "tests", No: 1, Reason: "R", For: 4}, `{"stage":"build","item":"tests","no":1,"reason":"R","for":4}`},
	{review.WaiverExtended{Stage: "build", Item: "tests", No: 1, From: "2026-12-01", Until: "2026-12-31", Reason: "R", For: 4},
		`{"stage":"build","item":"tests","no":1,"from":"2026-12-01","until":"2026-12-31","reason":"R","for":4}`},
	{review.WaiverRevoked{Stage: "build", Item: "tests", No: 1, Reason: "R", For: 4}, `{"stage":"build","item":"tests","no":1,"reason":"R","for":4}`},
	{review.GateForced{Stage: "build", Round: 2, Digest: "d", Policy: plan.Policy{Quorum: 1, Seats: []plan.Seat{"qa"}}, Reason: "R", ReviewDue: "2026-12-01", Exclusion: "all", Format: 2},
		`{"stage":"build","round":2,"digest":"d","policy":{"quorum":1,"seats":["qa"]},"reason":"R","review_due":"2026-12-01","exclusion":"all","format":2}`},
	{review.StagePlanned{Stage: "build", Plan: review.StagePlan{Stage: "build", Owner: 4, Deputy: 5, Target: "2026-12-01", Milestones: []review.Milestone{{Name: "M", Due: "2026-11-01", Done: true}}}, Was: review.StagePlan{Stage: "build"}, Reason: "R"},
		`{"stage":"build","plan":{"stage":"build","owner":4,"deputy":5,"target":"2026-12-01","milestones":[{"name":"M","due":"2026-11-01","done":true}]},"before":{"stage":"build"},"reason":"R"}`},
	{review.ResponsibilitiesSet{Rows: []review.Responsibility{{Team: "T", Parts: []review.Part{"runs"}}, {Person: 4, Parts: []review.Part{"approves", "informed"}}}, Was: []review.Responsibility{{Person: 5, Parts: []review.Part{"informed"}}}, Reason: "R"},
		`{"rows":[{"team":"T","parts":["runs"]},{"person":4,"parts":["approves","informed"]}],"before":[{"person":5,"parts":["informed"]}],"reason":"R"}`},
	{review.GateReopened{Stage: "build", Round: 2, Reason: "R", Impact: "I", Authorised: 4}, `{"stage":"build","round":2,"reason":"R","impact":"I","authorised_by":4}`},
	{review.RetrospectiveClosed{Stage: "build", Round: 2, Note: "N", For: 4}, `{"stage":"build","round":2,"note":"N","for":4}`},
	{review.ModuleAttached{Module: plan.Ref{Key: "gdpr", Version: 2, Digest: "d"}, Asks: []plan.Flag{"ml"}, Reason: "R"},
		`{"module":{"key":"gdpr","version":2,"digest":"d"},"asks":["ml"],"reason":"R"}`},
	{review.ModuleDetached{Module: plan.Ref{Key: "gdpr", Version: 2, Digest: "d"}, Reason: "R"}, `{"module":{"key":"gdpr","version":2,"digest":"d"},"reason":"R"}`},
	{review.DefinitionPinned{Definition: plan.Ref{Key: "terms", Version: 2, Digest: "d"}, Reason: "R"}, `{"definition":{"key":"terms","version":2,"digest":"d"},"reason":"R"}`},
	{review.PolicyAttached{Policy: plan.Ref{Key: "changes", Version: 2, Digest: "d"}, Reason: "R"}, `{"policy":{"key":"changes","version":2,"digest":"d"},"reason":"R"}`},
	{review.PolicyDetached{Policy: plan.Ref{Key: "changes", Version: 2, Digest: "d"}, Reason: "R"}, `{"policy":{"key":"changes","version":2,"digest":"d"},"reason":"R"}`},
	{review.EnvironmentAdded{Environment: plan.Environment{Key: "fra", Name: "Frankfurt", Kind: "production"}, Reconfirm: []plan.ItemKey{"tests@fra"}, Reason: "R"},
		`{"environment":{"key":"fra","name":"Frankfurt","kind":"production"},"reconfirm":["tests@fra"],"reason":"R"}`},
	{review.EnvironmentRenamed{Environment: "fra", From: "A", To: "B", Reason: "R"}, `{"environment":"fra","from":"A","to":"B","reason":"R"}`},
	{review.EnvironmentRemoved{Environment: "fra", Name: "A", Retired: true, Reconfirm: []plan.ItemKey{"tests"}, Reason: "R"},
		`{"environment":"fra","name":"A","retired":true,"reconfirm":["tests"],"reason":"R"}`},
	{review.ItemAdded{Stage: "build", Item: "own-x", Added: plan.Item{Key: "own-x", Title: "T", Why: "W", Done: "D", Show: "S", Levels: [3]plan.Level{"must", "must", "must"}, Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{"qa"}, Quality: []string{"value"}}},
		`{"stage":"build","item":"own-x","added":{"key":"own-x","title":"T","why":"W","done_when":"D","show":"S","levels":["must","must","must"],"evidence":["doc"],"seats":["qa"],"quality":["value"]}}`},
	{review.ItemDropped{Stage: "build", Item: "own-x", Reason: "R"}, `{"stage":"build","item":"own-x","reason":"R"}`},
	{review.LevelRaised{Stage: "build", Item: "tests", From: "may", To: "must", Reason: "R"}, `{"stage":"build","item":"tests","from":"may","to":"must","reason":"R"}`},
	{review.LevelLowered{Stage: "build", Item: "tests", From: "must", To: "may", Tier: 2, Reason: "R", Asked: 3, For: 4},
		`{"stage":"build","item":"tests","from":"must","to":"may","tier":2,"reason":"R","asked":3,"for":4}`},
	{review.LoweringAsked{Stage: "build", Item: "tests", From: "must", To: "may", Reason: "R"}, `{"stage":"build","item":"tests","from":"must","to":"may","reason":"R"}`},
	{review.LoweringRefused{Stage: "build", Item: "tests", Reason: "R"}, `{"stage":"build","item":"tests","reason":"R"}`},
	{review.CoreMarked{Stage: "build", Item: "tests", Core: true, Reason: "R"}, `{"stage":"build","item":"tests","core":true,"reason":"R"}`},
	{review.PlanUpgraded{Lifecycle: plan.Ref{Key: "gdpr", Version: 2, Digest: "d"}, Modules: []plan.Ref{{Key: "gdpr", Version: 2, Digest: "d"}}, Definition: plan.Ref{Key: "terms", Version: 2, Digest: "d"}, Reconfirm: []plan.ItemKey{"tests"}, Asks: []plan.Flag{"ml"}, Reason: "R"},
		`{"lifecycle":{"key":"gdpr","version":2,"digest":"d"},"modules":[{"key":"gdpr","version":2,"digest":"d"}],"definition":{"key":"terms","version":2,"digest":"d"},"reconfirm":["tests"],"asks":["ml"],"reason":"R"}`},
	{review.UpgradeUndone{Confirmed: []plan.ItemKey{"tests"}, Reason: "R"}, `{"confirmed":["tests"],"reason":"R"}`},
	{review.ReviewStarted{No: 2, Reason: "R", Conditions: []review.ConditionRef{{Stage: "build", No: 3}}}, `{"no":2,"reason":"R","conditions":[{"stage":"build","no":3}]}`},
	{review.SeatDelegated{Person: 5, No: 1, To: 6, Seat: "qa", Scope: 7, Starts: "2026-12-01", Ends: "2026-12-31", Zone: "Europe/Berlin", Reason: "R"},
		`{"person":5,"no":1,"to":6,"seat":"qa","scope":7,"starts":"2026-12-01","ends":"2026-12-31","zone":"Europe/Berlin","reason":"R"}`},
	{review.DelegationEnded{Person: 5, No: 1}, `{"person":5,"no":1}`},
	{review.PersonJoined{Person: 5}, `{"person":5}`},
	{review.RightGranted{Person: 5, Role: "viewer", Seat: "qa", Scope: 7, Source: "group"}, `{"person":5,"role":"viewer","seat":"qa","scope":7,"source":"group"}`},
	{review.RightRevoked{Person: 5, Role: "viewer", Seat: "qa", Scope: 7, Source: "admin", Reason: "R"}, `{"person":5,"role":"viewer","seat":"qa","scope":7,"source":"admin","reason":"R"}`},
	{review.PersonBlocked{Person: 5, Reason: "R"}, `{"person":5,"reason":"R"}`},
	{review.PersonUnblocked{Person: 5, Reason: "R"}, `{"person":5,"reason":"R"}`},
	{review.PersonErased{Person: 5, Reason: "R"}, `{"person":5,"reason":"R"}`},
	{review.GroupsUnknown{Person: 5, Why: "missing"}, `{"person":5,"why":"missing"}`},
	{review.DocumentPublished{Document: "gdpr", Sort: "module", Version: 2, Digest: "d", Reason: "R", ValidatedBy: 3, ValidatedOn: "2026-12-01", Owner: 4},
		`{"document":"gdpr","kind":"module","version":2,"digest":"d","reason":"R","validated_by":3,"validated_on":"2026-12-01","owner":4}`},
	{review.VersionRetired{Document: "gdpr", Version: 2, Reason: "R"}, `{"document":"gdpr","version":2,"reason":"R"}`},
	{review.DefaultNamed{Document: "terms", Default: true, Reason: "R"}, `{"document":"terms","default":true,"reason":"R"}`},
	{review.OwnerChanged{Document: "gdpr", From: 3, Owner: 4}, `{"document":"gdpr","from":3,"owner":4}`},
}

// earlierForms are events as they were stored before they got more fields.
var earlierForms = []struct {
	event review.Event
	json  string
}{
	{review.ProjectCreated{Key: "k-1", Name: "N", Team: "T", Tier: 2, Exposure: "pilot", Owner: 1, Profile: plan.Profile{"pii"}, Template: plan.Ref{Key: "small", Version: 3, Digest: "d"}},
		`{"key":"k-1","name":"N","team":"T","tier":2,"exposure":"pilot","owner":1,"profile":["pii"],"template":{"key":"small","version":3,"digest":"d"}}`},
	{review.ProjectEdited{Changes: []review.Change{{Field: "name", From: "M", To: "N"}}, Name: "N", Team: "T", Tier: 1, Exposure: "general"},
		`{"changes":[{"field":"name","from":"M","to":"N"}],"name":"N","team":"T","tier":1,"exposure":"general","profile":null}`},
	{review.ModuleAttached{Module: plan.Ref{Key: "gdpr", Version: 2, Digest: "d"}, Reason: "R"}, `{"module":{"key":"gdpr","version":2,"digest":"d"},"reason":"R"}`},
	{review.PlanUpgraded{Lifecycle: plan.Ref{Key: "gdpr", Version: 2, Digest: "d"}, Reason: "R"}, `{"lifecycle":{"key":"gdpr","version":2,"digest":"d"},"reason":"R"}`},
	{review.ProjectTagged{}, `{}`},
	{review.DutySet{Person: 3, From: "member", Duty: "owner"}, `{"person":3,"from":"member","duty":"owner"}`},
	{review.ItemAnswered{Stage: "design", Item: "adr", Version: 2, From: "open", To: "met", FromNote: "F", Note: "N"},
		`{"stage":"design","item":"adr","version":2,"from":"open","to":"met","from_note":"F","note":"N"}`},
	{review.CommentAdded{Stage: "design", Item: "adr", No: 4, Text: "T", Once: "o"}, `{"stage":"design","item":"adr","no":4,"text":"T","once":"o"}`},
	{review.NotApplicableApproved{Stage: "design", Item: "adr", Version: 2}, `{"stage":"design","item":"adr","version":2}`},
	{review.ItemAssigned{Stage: "design", Item: "adr", From: 1, Person: 2, Due: "2026-12-01"}, `{"stage":"design","item":"adr","from":1,"person":2,"due":"2026-12-01"}`},
	{review.EvidenceAdded{Stage: "build", Item: "tests", No: 1, URL: "https://x", Title: "T", Type: "ci-run", Effective: "2026-11-01"},
		`{"stage":"build","item":"tests","no":1,"url":"https://x","title":"T","type":"ci-run","effective":"2026-11-01"}`},
	{review.FindingAccepted{Stage: "build", No: 1}, `{"stage":"build","no":1}`},
	{review.FindingReopened{Stage: "build", No: 1, Reason: "R"}, `{"stage":"build","no":1,"reason":"R"}`},
	{review.ConditionConfirmed{Stage: "build", No: 1}, `{"stage":"build","no":1}`},
	{review.ConditionReopened{Stage: "build", No: 1, Reason: "R"}, `{"stage":"build","no":1,"reason":"R"}`},
	{review.WaiverGranted{Stage: "build", Item: "tests", No: 1, Reason: "R"}, `{"stage":"build","item":"tests","no":1,"reason":"R"}`},
	{review.WaiverDenied{Stage: "build", Item: "tests", No: 1, Reason: "R"}, `{"stage":"build","item":"tests","no":1,"reason":"R"}`},
	{review.WaiverExtended{Stage: "build", Item: "tests", No: 1, From: "2026-12-01", Until: "2026-12-31", Reason: "R"},
		`{"stage":"build","item":"tests","no":1,"from":"2026-12-01","until":"2026-12-31","reason":"R"}`},
	{review.WaiverRevoked{Stage: "build", Item: "tests", No: 1, Reason: "R"}, `{"stage":"build","item":"tests","no":1,"reason":"R"}`},
	{review.SignOffRequested{Stage: "build", Round: 2, Digest: "d", Policy: plan.Policy{Quorum: 1, Seats: []plan.Seat{"qa"}}, SoD: true, Reason: "R"},
		`{"stage":"build","round":2,"digest":"d","policy":{"quorum":1,"seats":["qa"]},"separation_of_duties":true,"reason":"R"}`},
	{review.GateForced{Stage: "build", Round: 2, Digest: "d", Policy: plan.Policy{Quorum: 1, Seats: []plan.Seat{"qa"}}, Reason: "R", ReviewDue: "2026-12-01"},
		`{"stage":"build","round":2,"digest":"d","policy":{"quorum":1,"seats":["qa"]},"reason":"R","review_due":"2026-12-01"}`},
	{review.RetrospectiveClosed{Stage: "build", Round: 2, Note: "N"}, `{"stage":"build","round":2,"note":"N"}`},
	{review.ReviewStarted{No: 2, Reason: "R"}, `{"no":2,"reason":"R"}`},
	{review.SeatDelegated{Person: 5, No: 1, To: 6, Seat: "qa", Scope: 7, Starts: "2026-12-01", Ends: "2026-12-31", Reason: "R"},
		`{"person":5,"no":1,"to":6,"seat":"qa","scope":7,"starts":"2026-12-01","ends":"2026-12-31","reason":"R"}`},
}

// What was stored before an event got another field still means what it meant,
// and has the bytes that the trail's hashes cover.
func TestEarlierFormsOfEvents(t *testing.T) {
	for _, e := range earlierForms {
		got, err := review.DecodeEvent(e.event.Kind(), []byte(e.json))
		if err != nil || !reflect.DeepEqual(got, e.event) {
			t.Errorf("%s is decoded as %+v, %v", e.json, got, err)
		}
		if b, err := review.EncodeEvent(e.event); err != nil || string(b) != e.json {
			t.Errorf("%+v is encoded as %s, %v", e.event, b, err)
		}
	}
}

func TestEventsKeepTheirForm(t *testing.T) {
	for _, e := range everyEvent {
		t.Run(e.event.Kind(), func(t *testing.T) {
			if v := reflect.ValueOf(e.event); v.Type().Name() != e.event.Kind() {
				t.Errorf("%T calls itself %s", e.event, e.event.Kind())
			} else {
				for i := range v.NumField() {
					if v.Field(i).IsZero() {
						t.Errorf("%s is not set, so its name is not tested", v.Type().Field(i).Name)
					}
				}
			}
			b, err := review.EncodeEvent(e.event)
			if err != nil || string(b) != e.json {
				t.Fatalf("encoded as\n%s, %v, want\n%s", b, err, e.json)
			}
			back, err := review.DecodeEvent(e.event.Kind(), b)
			if err != nil || !reflect.DeepEqual(back, e.event) {
				t.Fatalf("decoded as %+v, %v", back, err)
			}
		})
	}
}

// Each kind of event is in the table: what is not could change unseen.
func TestEveryEventIsInTheTable(t *testing.T) {
	files, err := filepath.Glob("events*.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, e := range everyEvent {
		listed[e.event.Kind()] = true
	}
	n := 0
	for _, file := range files {
		src, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range src.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "Kind" {
				kind, ok := f.Recv.List[0].Type.(*ast.Ident)
				if n++; !ok || !listed[kind.Name] {
					t.Errorf("%v is not in the table", f.Recv.List[0].Type)
				}
			}
		}
	}
	if n != len(everyEvent) {
		t.Errorf("%d kinds of events, %d in the table", n, len(everyEvent))
	}
}

// An event says which stage, item and people it concerns.
func TestSubjectsAndMentions(t *testing.T) {
	for _, e := range everyEvent {
		var f struct {
			Stage  plan.StageKey
			Item   plan.ItemKey
			Was    plan.StageKey // of records
			Record *struct{ Stage plan.StageKey }
		}
		if err := json.Unmarshal([]byte(e.json), &f); err != nil {
			t.Fatal(err)
		}
		if f.Record != nil && f.Was == "" { // that it had, and still has
			f.Stage = f.Record.Stage
		}
		if sk, ik := e.event.Subject(); sk != f.Stage || ik != f.Item {
			t.Errorf("%s concerns %q %q", e.event.Kind(), sk, ik)
		}
		var want []review.PersonID
		for v, i := reflect.ValueOf(e.event), 0; i < v.NumField(); i++ {
			if id, ok := v.Field(i).Interface().(review.PersonID); ok {
				want = append(want, id)
			}
			if ids, ok := v.Field(i).Interface().([]review.PersonID); ok {
				want = append(want, ids...)
			}
			if rows, ok := v.Field(i).Interface().([]review.Responsibility); ok {
				for _, row := range rows {
					if row.Person != 0 {
						want = append(want, row.Person)
					}
				}
			}
			if rec, ok := v.Field(i).Interface().(review.RecordFields); ok {
				want = append(want, rec.Owner)
			}
			if sp, ok := v.Field(i).Interface().(review.StagePlan); ok {
				want = append(want, sp.Owner, sp.Deputy)
			}
		}
		if got := e.event.People(); !slices.Equal(got, want) {
			t.Errorf("%s mentions %v, want %v", e.event.Kind(), got, want)
		}
	}
}

func TestDecodeRefusesWhatItDoesNotUnderstand(t *testing.T) {
	for _, tt := range []struct{ kind, body string }{
		{"", `{}`}, {"itemAnswered", `{}`}, {"WaiverLost", `{}`},
		{"PersonJoined", ``}, {"PersonJoined", `{"person":5`}, {"PersonJoined", `[]`}, {"PersonJoined", `{"person":"5"}`}, {"PersonJoined", `{"person":5.5}`},
		{"PersonJoined", `{"person":5,"name":"E"}`}, {"PersonJoined", `{"person":5} {"person":6}`}, {"PersonJoined", `{"person":5}x`}, {"PersonJoined", `{"person":5}}`},
	} {
		if e, err := review.DecodeEvent(tt.kind, []byte(tt.body)); err == nil || e != nil {
			t.Errorf("%s %q was read as %+v", tt.kind, tt.body, e)
		}
	}
	if e, err := review.DecodeEvent("PersonJoined", []byte(" {\"person\":5}\n")); err != nil {
		t.Errorf("space around an event: %v, %v", e, err)
	}
}

// Whatever is read can be written, and reads the same from then on.
func FuzzDecodeEvent(f *testing.F) {
	for _, e := range everyEvent {
		f.Add(e.event.Kind(), []byte(e.json))
	}
	f.Add("PersonJoined", []byte(`null`))
	f.Add("ProjectCreated", []byte(`{"profile":null,"name":"\ud800"}`))
	f.Add("Nothing", []byte(`{}`))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		e, err := review.DecodeEvent(kind, body)
		if err != nil {
			if e != nil {
				t.Fatalf("an error and an event: %v, %v", e, err)
			}
			return
		}
		if e.Kind() != kind || !json.Valid(body) {
			t.Fatalf("%s %q was read as %s", kind, body, e.Kind())
		}
		once, err := review.EncodeEvent(e)
		if err != nil {
			t.Fatal(err)
		}
		again, err := review.DecodeEvent(kind, once)
		if err != nil {
			t.Fatalf("%q became %q, which is refused: %v", body, once, err)
		}
		twice, err := review.EncodeEvent(again)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%q, then %q: %v", once, twice, err)
		}
	})
}

// recode sends entries through their stored form.
func recode(tb rapid.TB, entries []review.Entry) []review.Entry {
	tb.Helper()
	out := make([]review.Entry, len(entries))
	for i, en := range entries {
		b, err := review.EncodeEvent(en.Event)
		if err != nil {
			tb.Fatal(err)
		}
		if en.Event, err = review.DecodeEvent(en.Event.Kind(), b); err != nil {
			tb.Fatal(err)
		}
		out[i] = en
	}
	return out
}
