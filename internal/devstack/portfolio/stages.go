package portfolio

import (
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// stagePlans says who answers for the stages that a project is in and for the next
// one, and by when they are to be done. A quarter of the projects do without.
func (s *story) stagePlans() {
	odd, team := len(s.p.key)%4, s.team()
	if odd == 0 || len(team) == 0 {
		return
	}
	from, to := len(s.tmpl.Stages), 0
	passed := map[int]bool{}
	for _, ch := range s.p.past {
		i := s.tmpl.StageIndex(ch.stage)
		switch ch.end {
		case stopped:
			return
		case endsPassed, endsReturnedThenPassed, endsConditional, forced:
			passed[i], to = true, max(to, i+1)
		case renews, drifted, slipped, held, resumed:
		default:
			from, to, passed[i] = min(from, i), max(to, i+1), false
		}
	}
	from = min(from, to)
	for i := from; i <= min(to, len(s.tmpl.Stages)-1); i++ {
		if passed[i] {
			continue
		}
		sp := review.StagePlan{Stage: s.tmpl.Stages[i].Key, Owner: s.people[team[i%len(team)]], Target: s.date(14*(i-from+1) - 9*(odd-1))}
		if len(team) > 1 {
			sp.Deputy = s.people[team[(i+1)%len(team)]]
		}
		if i == from {
			sp.Milestones = []review.Milestone{
				{Name: "Walked through with the team", Due: s.date(-12), Done: true}, {Name: "Open questions closed", Due: s.date(5 - 4*(odd-1))}, {Name: "Papers with the signers", Due: s.date(9)},
			}
		}
		s.do(s.after(1), s.p.owner, sp.Stage, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.PlanStage(who, r.Project.StagePlan(sp.Stage).Digest(), sp, at)
		})
	}
}
