package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// work is the front page: what waits for whoever looks.
func (s *Server) work(w http.ResponseWriter, r *http.Request) error {
	read := s.Store.MyWork
	whole := r.URL.Query().Get("all")
	if !page.IsWorkList(whole) {
		whole = ""
	}
	if whole != "" {
		read = s.Store.MyWholeWork
	}
	v, err := read(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	d := page.WorkData{
		Actor: v.Actor, Now: v.Now, Whole: whole,
		Gates: waitingGates(v.Stages, v.Names, v.Gates), GatesFull: len(v.Gates) == store.QueuePage,
		Waivers: waiverLines(v.Waivers), WaiversFull: len(v.Waivers) == store.WaiverPage, Names: v.Names.Of,
		ItemsFull: v.ItemsFull, ExpiringFull: v.ExpiringFull, ReturnedAll: v.ReturnedAll, FallenAll: v.FallenAll, ProjectsAll: v.ProjectsAll, MentionsAll: v.MentionsAll, DecidedAll: v.DecisionsAll, VacantAll: v.VacantAll,
		AskedBackAll: v.AskedBackAll, AskedLowerAll: v.AskedLowerAll, RecordsAll: v.RecordsAll, Lessons: proposedLessons(v.Lessons), LessonsAll: v.LessonsAll,
	}
	for _, it := range v.Items {
		d.Items = append(d.Items, page.AssignedItem(it))
	}
	for _, u := range v.ToTake {
		d.ToTake = append(d.ToTake, page.Untaken(u))
	}
	for _, g := range v.Fallen {
		d.Fallen = append(d.Fallen, page.FallenGate{
			Project: g.Project, Name: g.Name, Stage: g.Stage, StageName: v.Stages.StageName(g.Stage), State: g.State, Since: g.Since, Findings: g.Findings,
		})
	}
	for _, g := range v.Forced {
		d.Forced = append(d.Forced, page.ForcedGate{
			Project: g.Project, Name: g.Name, Stage: g.Stage, StageName: v.Stages.StageName(g.Stage), By: v.Names.Of(g.By), At: g.At, Due: g.Due,
		})
	}
	for _, n := range v.Mentions {
		d.Mentions = append(d.Mentions, page.Mention{Project: n.Project, Name: n.Name, Stage: n.Stage, Item: n.Item, Kind: n.Kind, Record: n.Record, By: v.Names.Of(n.By), At: n.At, Text: n.Text})
	}
	for _, c := range v.Decisions {
		d.Decisions = append(d.Decisions, page.Decision{Project: c.Project, Name: c.Name, Stage: c.Stage, StageName: v.Stages.StageName(c.Stage), By: v.Names.Of(c.By), At: c.At, Event: c.Event})
	}
	for _, c := range v.Vacancies {
		d.Vacancies = append(d.Vacancies, page.Vacancy{
			Project: c.Project, Name: c.Name, Stage: c.Stage, StageName: v.Stages.StageName(c.Stage), Duty: c.Duty, Seat: c.Seat, No: c.No, Since: c.Since,
		})
	}
	for _, a := range v.AskedBack {
		line := page.AskedBackLine{Project: a.Project, Name: a.Name, By: v.Names.Of(a.By), At: a.At}
		for _, sk := range a.Stages {
			line.Stages = append(line.Stages, v.Stages.StageName(sk))
		}
		d.AskedBack = append(d.AskedBack, line)
	}
	for _, a := range v.AskedLower {
		d.AskedLower = append(d.AskedLower, page.AskedLowerLine{
			Project: a.Project, Name: a.Name, Stage: a.Stage, StageName: v.Stages.StageName(a.Stage), Item: a.Item, Title: a.Title, By: v.Names.Of(a.By), At: a.At,
		})
	}
	d.StandIns, d.Owed, d.Confirm = standInList(v.Names, v.StandIns), openConditions(v, v.Owed), openConditions(v, v.Confirm)
	for _, rec := range v.Records {
		d.Records = append(d.Records, page.OwnRecord(rec))
	}
	for _, p := range v.Policies {
		d.Policies = append(d.Policies, page.OwnPolicy(p))
	}
	for _, l := range v.Lost {
		d.Lost = append(d.Lost, page.LostAnswer(l))
	}
	for _, e := range v.Expiring {
		d.Expiring = append(d.Expiring, page.ExpiringEvidence(e))
	}
	for _, p := range v.Projects {
		d.Projects = append(d.Projects, page.OwnProject{
			Project: p.Key, Name: p.Name, Duty: p.Duty, Status: p.Status, Ready: p.Ready, Current: p.Current, Stages: p.Stages, Target: p.Target,
			Live: p.Live, ReviewDue: p.ReviewDue, Lifecycle: p.Lifecycle,
		})
	}
	m := s.meta(w, r, &v.Viewer, d.Title(), ui.NavWork)
	m.Waiting = len(v.Gates)
	return s.render(w, r, http.StatusOK, page.Work(m, d))
}

func openConditions(v *store.MyWorkView, list []store.OpenCondition) []page.OpenCondition {
	out := make([]page.OpenCondition, len(list))
	for i, c := range list {
		out[i] = page.OpenCondition{
			Project: c.Project, Name: c.Name, Stage: c.Stage, StageName: v.Stages.StageName(c.Stage), No: c.No, Text: c.Text,
			Owner: v.Names.Of(c.Owner), By: v.Names.Of(c.By), Due: c.Due.UTC(), Reported: c.Reported, Reopened: c.Reopened,
		}
	}
	return out
}

// signOffs is the approvers' queue.
func (s *Server) signOffs(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Store.Queue(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	d := page.SignOffsData{
		Actor: v.Actor, Now: v.Now, Search: strings.TrimSpace(q.Get("q")), Seat: plan.Seat(q.Get("seat")), Seats: seatsOf(v.Actor),
		Gates: waitingGates(v.Stages, v.Names, v.Gates), Excluded: waitingGates(v.Stages, v.Names, v.Excluded),
		Full: len(v.Gates)+len(v.Excluded) == store.QueuePage,
	}
	all := len(d.Gates)
	d.Gates = slices.DeleteFunc(d.Gates, func(g page.WaitingGate) bool { return !matches(&g, d.Search, d.Seat) })
	d.Hidden = all - len(d.Gates)
	m := s.meta(w, r, &v.Viewer, "Sign-offs", ui.NavSignOffs)
	m.Waiting = all
	return s.render(w, r, http.StatusOK, page.SignOffs(m, d))
}

// times says how long decisions take.
func (s *Server) times(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Store.DecisionTimes(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	d := &page.TimesData{Days: store.TimesDays}
	place := func(t *store.StageTimes) int {
		for _, l := range v.Lifecycles {
			if l.Key == t.Lifecycle {
				return l.StageIndex(t.Stage)
			}
		}
		return -1
	}
	slices.SortStableFunc(v.Stages, func(a, b store.StageTimes) int {
		return cmp.Or(strings.Compare(a.Lifecycle, b.Lifecycle), cmp.Compare(uint(place(&a)), uint(place(&b)))) // what a lifecycle no longer has comes last
	})
	for _, t := range v.Stages {
		d.Add(v.Lifecycles, t.Lifecycle, t.Stage, page.StageTimes{Decisions: t.Decisions, Median: t.Median, Said: t.Said, Effort: t.Effort})
	}
	m := s.meta(w, r, &v.Viewer, "How long decisions take", ui.NavSignOffs)
	return s.render(w, r, http.StatusOK, page.Times(m, d))
}

// matches reports whether a gate passes the queue's filter.
func matches(g *page.WaitingGate, search string, seat plan.Seat) bool {
	if seat != "" && !slices.Contains(g.MySeats, seat) {
		return false
	}
	search = fold.Text(search)
	return slices.ContainsFunc([]string{g.StageName, g.Name, g.Team, string(g.Project)}, func(s string) bool { return fold.Has(s, search) })
}

// seatsOf are the seats that somebody holds anywhere, each once, in the order
// of pages.
func seatsOf(a review.Actor) []plan.Seat {
	var held plan.Words
	for _, h := range a.Seats {
		held.Seats = append(held.Seats, h.Seat)
	}
	return slices.DeleteFunc(held.AllSeats(), func(s plan.Seat) bool { return !slices.Contains(held.Seats, s) })
}

func waitingGates(stages store.Lifecycles, names store.Names, gates []store.WaitingGate) []page.WaitingGate {
	out := make([]page.WaitingGate, len(gates))
	for i, g := range gates {
		out[i] = page.WaitingGate{
			Project: g.Project, Name: g.Name, Team: g.Team, Tier: g.Tier, Owner: names.Of(g.Owner), Stage: g.Stage, StageName: stages.StageName(g.Stage),
			Round: g.Round, Since: g.Since, OpenSeats: g.OpenSeats, MySeats: g.MySeats, Outdated: g.Outdated, Target: g.Target, Live: g.Live,
		}
	}
	return out
}
