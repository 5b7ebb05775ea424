package portfolio

import (
	"github.com/slipway-prr/slipway/internal/plan"
)

// voice says whose turn it is in an exchange.
type voice int

const (
	fromTeam     voice = iota // who works on the item
	fromOwner                 // the project's owner
	fromReviewer              // somebody in a seat that cares about the item
)

type remark struct {
	voice voice
	text  string
}

// exchanges are short discussions at an item.
var exchanges = map[plan.ItemKey][]remark{
	"demand-shown": {
		{fromReviewer, "Had the people who signed up seen the price?"},
		{fromTeam, "Two thirds of them. I added a column for it."},
		{fromReviewer, "Good, that is the number that counts."},
	},
	"scope-agreed": {
		{fromOwner, "Exports keep coming up in every conversation. Do we move them in?"},
		{fromTeam, "No. They are on the not-doing list with a date to look again."},
	},
	"stubs-inventoried": {
		{fromTeam, "The address check always answers yes. That is a stub, too."},
		{fromOwner, "Indeed. Please give it a ticket like the others."},
	},
	"threats-sketched": {
		{fromReviewer, "Who could be tempted to misuse this from the inside?"},
		{fromTeam, "Support, through the look-up by name. Noted, with the control we thought of."},
	},
	"assumptions-published": {
		{fromOwner, "Number four is settled since the call with the carrier."},
		{fromTeam, "Struck out, with the date."},
	},
	"negative-findings-answered": {
		{fromReviewer, "The finding about screen readers is marked accepted. By whom?"},
		{fromTeam, "By nobody. I have reopened it and it is being fixed."},
	},
	"feasibility-studied": {
		{fromReviewer, "Is the one person who knows the old interface still with us next quarter?"},
		{fromOwner, "Half of the week until the end of the year. The plan now says so."},
	},
	"quality-targets-agreed": {
		{fromReviewer, "Three nines over a month or over a quarter?"},
		{fromTeam, "Over 28 days, rolling. Added to the first line."},
	},
	"running-cost-modelled": {
		{fromOwner, "Log volume is missing in the model, it was a fifth of the bill last time."},
		{fromTeam, "Added. It moves the figure by half a cent a user."},
	},
	"production-design-approved": {
		{fromReviewer, "The diagram shows two writers on the ledger table."},
		{fromTeam, "The second one is the yearly correction run. I have drawn it in another colour."},
	},
	"permissions-tested": {
		{fromReviewer, "Does the matrix also try a valid person of another customer?"},
		{fromTeam, "Since this morning, yes. It found nothing."},
	},
	"failures-walked-through": {
		{fromReviewer, "What happens when the clock of one node is off?"},
		{fromTeam, "Tokens get refused. It is now a line of its own in the table."},
	},
	"objectives-set": {
		{fromOwner, "Are we sure about four nines? It costs us a second region."},
		{fromReviewer, "Your users cannot tell. I would take three and a half and spend the money on the failover."},
		{fromTeam, "Changed, Product agrees."},
	},
	"data-validated": {
		{fromReviewer, "What is the largest file that the upload takes?"},
		{fromTeam, "Ten megabytes, refused before it is read. Test is in the linked run."},
	},
	"critical-logic-unit-tested": {
		{fromReviewer, "Coverage fell by six points last week."},
		{fromTeam, "New package, tests are in review. It is back up with the merge."},
	},
	"journeys-automated": {
		{fromTeam, "The last journey fails one time in thirty."},
		{fromReviewer, "Then it is not a test yet. Please do not mark this as met."},
		{fromTeam, "Found it, a race in our own test data. Two hundred runs without a failure now."},
	},
	"second-person-reviews": {
		{fromReviewer, "Are admins exempt from the rule?"},
		{fromTeam, "They were. Switched off, see the linked settings."},
	},
	"security-checks-block": {
		{fromReviewer, "Please show one run that was actually blocked."},
		{fromTeam, "Linked the one from Tuesday with the planted key."},
	},
	"production-deployed": {
		{fromOwner, "Do we have to deploy to production before anything is live?"},
		{fromReviewer, "Yes, an empty service behind a closed door is enough."},
	},
	"network-default-deny": {
		{fromReviewer, "Why may the importer talk to the whole internet?"},
		{fromTeam, "It may not any more: two hosts, by name."},
	},
	"disaster-recovery-planned": {
		{fromReviewer, "Where does the plan itself live when the wiki is down?"},
		{fromTeam, "In the repository, and printed in the on-call folder. Not a joke."},
	},
	"alerts-reach-on-duty": {
		{fromTeam, "Test page sent at three in the morning, with apologies."},
		{fromReviewer, "Received after one minute. Apology accepted."},
	},
	"permissions-reviewed": {
		{fromReviewer, "The deploy account can still read the backups."},
		{fromTeam, "Removed. It had been needed for the move."},
	},
	"dependencies-pinned-and-scanned": {
		{fromTeam, "The scanner is down today, I will renew this on Monday."},
		{fromReviewer, "Fine, the old run is good until then."},
	},
	"penetration-test-closed": {
		{fromOwner, "Two low findings are left. Do they hold us up?"},
		{fromReviewer, "Not with a date on each."},
	},
	"load-test-passed": {
		{fromReviewer, "Was the cache warm?"},
		{fromTeam, "Cold for the first ten minutes, the figures are from all of it."},
	},
	"breaking-point-known": {
		{fromReviewer, "How did you see that it had recovered?"},
		{fromTeam, "Error share under 0.1 % for five minutes, no restart. It is in the report."},
	},
	"rollback-rehearsed": {
		{fromReviewer, "With a schema change in it?"},
		{fromTeam, "With the ugliest one we have."},
	},
	"alert-runbooks-tried": {
		{fromTeam, "The runbook for the full disk sent people to a page that is gone."},
		{fromTeam, "Corrected and tried again."},
	},
	"go-no-go-held": {
		{fromOwner, "Everybody said go. One follow-up: Support gets a second briefing."},
	},
	"incidents-reviewed-blamelessly": {
		{fromReviewer, "Are the actions of the first review closed?"},
		{fromTeam, "Five of six. The last one needs the new queue."},
	},
}

// concern is what a reviewer finds, and what the team answers.
type concern struct{ finding, answer string }

// concerns are findings by stage; none but these are raised.
var concerns = map[plan.StageKey][]concern{
	"idea": {
		{"The objectives cannot fail: none of them names a number or a date.", "Each objective now has a number and a quarter."},
		{"The threat sketch covers outsiders only.", "Added a section on support staff and on the deploy account."},
	},
	"evaluation": {
		{"The cost model leaves out the people who run the service.", "Half a position is in the model now; the decision holds."},
		{"Nobody outside the team has confirmed that the problem is solved.", "Eleven people from two branches tried it; report is linked."},
		{"The gap list has no sizes, so the plan cannot be judged.", "Sizes added, the two large ones are split."},
	},
	"architecture": {
		{"The design does not say what happens to writes while the database fails over.", "They are refused for up to 40 seconds and the client retries; written down in chapter 4."},
		{"Objectives are stated for answers only. How fresh is the data allowed to be?", "Freshness objective added: five minutes for 99 in 100."},
		{"The permission matrix does not try another customer's data.", "Added, 36 more cells, all refused."},
	},
	"code": {
		{"Two of the journey tests passed on a build whose sign-in was broken.", "They checked the wrong page. Both corrected and tried against that build."},
		{"The coverage report leaves out the generated clients and with them the retry code.", "Retry code was moved out of the generated part and is at 91 %."},
	},
	"pipeline": {
		{"The dependency scan reports and does not block.", "It blocks from severity high; linked a run that was stopped."},
		{"Production uses another image digest than the one that passed staging.", "A leftover of the old job. It is deleted, both now name the same digest."},
	},
	"environments": {
		{"Restoring was timed with an empty database.", "Repeated with a copy of production's size: 52 minutes."},
		{"The paging test went to the author of the alert, not to who was on duty.", "Repeated through the rota, at night."},
	},
	"security": {
		{"The scan skips the admin port.", "Included, two medium findings, both fixed."},
		{"Local service accounts are missing in the permission review.", "Two were found and removed; the review lists all of them."},
	},
	"performance": {
		{"Test data has one customer; the real ones differ by three orders of magnitude.", "Repeated with the distribution of the past year, figures are 8 % lower."},
		{"The outage of the payment provider was simulated as an error, not as silence.", "Added the silent case. The deadline was too long and is now two seconds."},
	},
	"release": {
		{"The abort points say 'when errors rise' and give no number.", "Numbers and the panel to read them from are in each step."},
		{"The rollback rehearsal left out the schema change.", "Repeated with it, nine minutes."},
	},
	"operations": {
		{"The error budget was spent in the first month and the plan has no date.", "Plan with three dates is linked; feature work is paused until the first."},
		{"Two evidence links show the quarter before.", "Replaced with the present quarter."},
	},
}

// signNotes are what signers write beside their go.
var signNotes = map[plan.Seat][]string{
	plan.SeatProduct:      {"The scope is what we agreed.", "Fine from the product side. Please keep the not-doing list.", "Go. The sponsor is informed.", "Numbers are honest, including the bad ones."},
	plan.SeatEngineering:  {"Read what is behind the links, not just the titles. Go.", "Good work.", "Go; what is left open is acceptable.", "Spot-checked five items."},
	plan.SeatArchitecture: {"The boundaries make sense now.", "Go. I would look at the write path again next year.", "Compared with the dependency map, consistent.", "Agreed in the design forum."},
	plan.SeatQA:           {"Tried two journeys by hand as well.", "The failure of last week is understood. Go.", "Reports are complete.", "Go."},
	plan.SeatSRE:          {"Read with our last three incidents in mind. Go.", "We can run this.", "Fine for the rota.", "Go. Please keep the dashboards as honest as this."},
	plan.SeatSecurity:     {"No serious finding open today.", "Looked for the obvious ways in and found none.", "Go; the two low findings have dates.", "Compared with the threat sketch."},
	plan.SeatCompliance:   {"Clearance is on file.", "Nothing further applies in our view.", "Retention periods match the register.", "Go."},
}

// returnNotes are what signers write when they send a gate back.
var returnNotes = []string{
	"Close, but not yet. Please see the findings.",
	"I would like to sign this; the points below are in the way.",
	"Most of it is good. These points need an answer first.",
}

// drifts are what changes after a gate has passed: a must of the stage that
// applies in every tier, and its new note.
var drifts = map[plan.StageKey]struct {
	item plan.ItemKey
	note string
}{
	"idea":         {"scope-agreed", "Exports moved into scope after the first customer visit."},
	"evaluation":   {"quality-targets-agreed", "Response time target tightened to 250 ms at the sponsor's wish."},
	"architecture": {"objectives-set", "Objective raised to 99.9 % with the second market; budget recomputed."},
	"code":         {"critical-logic-unit-tested", "Rounding rules were rewritten for the second currency; new run linked."},
	"pipeline":     {"production-deployed", "Moved to the shared pipeline library; first run through it is linked."},
	"environments": {"alerts-reach-on-duty", "On-call moved to the joint rota; route tested again."},
	"security":     {"tls-enforced-everywhere", "New internal listener; scan repeated."},
	"performance":  {"load-test-passed", "Repeated after the change of the pool size."},
	"release":      {"rollback-rehearsed", "Rehearsed again after the move to the new database version."},
	"operations":   {"platforms-supported", "Runtime upgraded; list of versions is current."},
}

// earlyReasons explain a request while an earlier gate is open.
var earlyReasons = []string{
	"The open points of the earlier stage do not touch this one; both teams want to use the waiting time.",
	"The earlier gate waits for signatures only. We would like to keep the reviewers' date.",
	"Renewal of the earlier evidence runs in parallel and is expected this week.",
	"Agreed with the reviewers: this stage first, since the freeze is coming up.",
}
