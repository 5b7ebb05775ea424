package portfolio

import (
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// fate is what became of a demo waiver.
type fate int

const (
	fateWaits fate = iota
	fateGranted
	fateExtended // granted for a short time first
	fateDenied
	fateRevoked
)

// leave is a waiver of the demo portfolio: an item that the project could not
// meet when the stage went to its gate, or when it was last worked on.
type leave struct {
	stage                 plan.StageKey
	item                  plan.ItemKey
	until                 int // days from the day on; negative: it has run out
	fate                  fate
	reason, risk, measure string
	why                   string // of the decision
}

// leaves are the waivers of the demo portfolio, by project.
var leaves = map[review.ProjectKey][]leave{
	"fraud-scoring": {{
		"performance", "dependency-outages-simulated", 45, fateGranted,
		"The card scheme offers its test double for outages only from next month on.",
		"A scheme that answers slowly instead of not at all could hold payments up.",
		"The call is cut off after 300 ms and the payment goes to manual review; tried by hand with a blocked port.",
		"The cut-off was shown to us. Please bring the simulated outage before the next tier of traffic.",
	}},
	"parcel-tracking": {{
		"security", "penetration-test-closed", 9, fateGranted,
		"The tester fell ill; the new date is in two weeks.",
		"A hole in the public look-up would show other people's parcels.",
		"Look-ups are limited per address and Security reads the access log daily.",
		"Acceptable for the limited release, not for the general one.",
	}},
	"passkey-enrolment": {{
		"evaluation", "scale-estimated", -6, fateGranted,
		"The number of customers with a suitable phone is not known before the survey.",
		"The enrolment could be too slow on the first day.",
		"Enrolment opens for one customer in a hundred only.",
		"Fine until the survey is in.",
	}},
	"sso-portal": {{
		"environments", "survives-node-or-zone-loss", 12, fateGranted,
		"The second zone is delivered with the new contract in the coming month.",
		"If the zone fails nobody can sign in to any staff tool.",
		"A cold stand-by in the old data centre, started by hand in twenty minutes; tried twice.",
		"I have seen the stand-by start. Not longer than this, though.",
	}},
	"warehouse-loader": {{
		"operations", "incidents-reviewed-blamelessly", 80, fateExtended,
		"There has been no serious incident yet from which to hold a review.",
		"The first review would be held without practice.",
		"The team sits in on the reviews of the event lake.",
		"Still no incident, which is good news. Extended to the end of the quarter.",
	}},
	"chargeback-desk": {{
		"performance", "test-setup-realistic", 50, fateRevoked,
		"Anonymised case files are not available before the data protection review.",
		"Figures from made-up cases could be too good.",
		"Limits are set at half of what was measured.",
		"The review came early and the files are there: please measure with them.",
	}},
	"feature-store": {{
		"security", "vulnerability-scans-scheduled", 120, fateDenied,
		"The scanner does not support our base image.",
		"Known holes in libraries would be found late.",
		"Somebody reads the announcements of the five main libraries.",
		"Reading announcements does not scale to 140 libraries. Move to the supported base image; Yuki can help.",
	}},
	"payments-gateway": {{
		"pipeline", "safe-deployment-defined", 60, fateWaits,
		"The settlement team has to agree on the quiet hours and meets in three weeks.",
		"A deployment during settlement could hold money back for a day.",
		"Until then we deploy on Tuesdays and Wednesdays before noon only.",
		"",
	}},
	"consent-service": {{
		"performance", "breaking-point-known", 75, fateWaits,
		"The load generator cannot produce more than twice our peak.",
		"We do not know how the service breaks beyond that.",
		"Requests above twice the peak are turned away at the gateway.",
		"",
	}},
	"device-registry": {{
		"release", "recovery-drilled", 40, fateWaits,
		"The spare scanners for the drill are held up at customs.",
		"Restoring the registry while the hall is working has not been rehearsed.",
		"The drill was done with simulated scanners.",
		"",
	}},
	"incident-notebook": {{
		"environments", "staging-mirrors-production", 90, fateWaits,
		"Staging runs on one node until the shared cluster is enlarged.",
		"A fault that needs two nodes shows in production first.",
		"Releases go to one of the two production nodes for an hour first.",
		"",
	}},
}

// leaveFor is the project's waiver for an item; nil when it has none.
func (s *story) leaveFor(stage plan.StageKey, item plan.ItemKey) *leave {
	all := leaves[s.p.key]
	for i := range all {
		if all[i].stage == stage && all[i].item == item {
			return &all[i]
		}
	}
	return nil
}

// waive has the team ask for the stage's waivers, and others decide.
func (s *story) waive(stage plan.StageKey) {
	for i := range leaves[s.p.key] {
		if l := &leaves[s.p.key][i]; l.stage == stage {
			s.askLeave(l)
		}
	}
}

func (s *story) askLeave(l *leave) {
	until := s.day.AddDate(0, 0, l.until)
	first := until
	if l.fate == fateExtended {
		first = s.day.AddDate(0, 0, 5)
	}
	s.do(s.after(2), pick(s, s.team()), l.stage, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RequestWaiver(who, l.stage, l.item, review.NewWaiver{Reason: l.reason, Risk: l.risk, Measure: l.measure,
			Until: review.FormatDate(first)}, at)
	})
	if l.fate == fateWaits {
		return
	}
	decider := s.reviewer(l.stage)
	decide := func(after int, f func(r *review.Review, who review.Actor, no int, at time.Time) error) {
		s.do(s.after(after), decider, l.stage, func(r *review.Review, who review.Actor, at time.Time) error {
			return f(r, who, len(r.Stage(l.stage).Waivers), at)
		})
	}
	if l.fate == fateDenied {
		decide(5, func(r *review.Review, who review.Actor, no int, at time.Time) error {
			return r.DenyWaiver(who, l.stage, no, r.Stage(l.stage).Waivers[no-1].Digest(), l.why, at)
		})
		return
	}
	reason := l.why
	if l.fate != fateGranted {
		reason = ""
	}
	decide(5, func(r *review.Review, who review.Actor, no int, at time.Time) error {
		return r.GrantWaiver(who, l.stage, no, r.Stage(l.stage).Waivers[no-1].Digest(), reason, at)
	})
	switch l.fate {
	case fateExtended:
		decide(9, func(r *review.Review, who review.Actor, no int, at time.Time) error {
			return r.ExtendWaiver(who, l.stage, no, r.Stage(l.stage).Waivers[no-1].Digest(), review.FormatDate(until), l.why, at)
		})
	case fateRevoked:
		decide(9, func(r *review.Review, who review.Actor, no int, at time.Time) error {
			return r.RevokeWaiver(who, l.stage, no, r.Stage(l.stage).Waivers[no-1].Digest(), l.why, at)
		})
	}
}
