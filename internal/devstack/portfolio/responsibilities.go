package portfolio

import (
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// named is somebody of the demo, or a team, with their parts.
type named struct {
	who, team string
	parts     []review.Part
}

// responsibilities says in a few projects who runs them, who is asked first for a
// signature, and who wants to hear of decisions.
func (s *story) responsibilities() {
	const runs, approves, informed = review.PartRuns, review.PartApproves, review.PartInformed
	var rows []named
	switch s.p.key {
	case "payments-gateway":
		rows = []named{{team: "Payments on call", parts: []review.Part{runs}}, {who: "omar", parts: []review.Part{runs}}, {who: "ines", parts: []review.Part{approves}},
			{who: "tom", parts: []review.Part{approves, informed}}, {who: "marcus", parts: []review.Part{informed}}, {who: "lena", parts: []review.Part{informed}}}
	case "checkout-web":
		rows = []named{{team: "Web operations", parts: []review.Part{runs}}, {who: "diego", parts: []review.Part{approves}}, {who: "marcus", parts: []review.Part{informed}}}
	case "chargeback-desk":
		rows = []named{{team: "Payments on call", parts: []review.Part{runs}}, {who: "sam", parts: []review.Part{approves}}, {who: "marcus", parts: []review.Part{informed}}, {who: "viktor", parts: []review.Part{informed}}}
	default:
		return
	}
	var said []review.Responsibility
	var knows []string
	for _, n := range rows {
		said = append(said, review.Responsibility{Person: s.people[n.who], Team: n.team, Parts: n.parts})
		if n.who != "" {
			knows = append(knows, n.who)
		}
	}
	s.do(s.after(1), s.p.owner, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetResponsibilities(who, r.Project.ResponsibilitiesDigest(), said, at)
	})
	s.steps[len(s.steps)-1].knows = knows
}
