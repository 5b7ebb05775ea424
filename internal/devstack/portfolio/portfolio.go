// Package portfolio fills a database with the demo portfolio, through the same
// commands that pages use.
package portfolio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/devstack"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

const (
	peopleJoined = 300 // days before the portfolio is made: every right is older than what it was used for
	fillAtOnce   = 4   // stories told at the same time
)

// demoProject is a project of the demo portfolio. People stand for their ids.
type demoProject struct {
	key        review.ProjectKey
	name       string
	summary    string
	team       string
	tier       plan.Tier
	exposure   review.Exposure
	target     int // days from the day on; negative: past; 0: none
	restricted bool
	profile    string // flags; with a ? behind one that nobody has answered yet
	owner      string
	deputy     string
	members    string
	granted    string // seats that hold for this project alone, as person=seat
	na         string // items that it says do not apply
	began      int    // days ago
	past       []chapter
	own        map[plan.ItemKey]ownLink // its own evidence instead of invented links
}

func (p *demoProject) flags() plan.Profile {
	var out plan.Profile
	for _, f := range strings.Fields(p.profile) {
		out = append(out, plan.Flag(strings.TrimSuffix(f, "?")))
	}
	slices.Sort(out)
	return out
}

// unanswered are those of the flags that nobody has answered yet.
func (p *demoProject) unanswered() []plan.Flag {
	var out []plan.Flag
	for _, f := range strings.Fields(p.profile) {
		if open, ok := strings.CutSuffix(f, "?"); ok {
			out = append(out, plan.Flag(open))
		}
	}
	return out
}

func (p *demoProject) seats() []signer {
	var out []signer
	for _, pair := range strings.Fields(p.granted) {
		who, seat, _ := strings.Cut(pair, "=")
		out = append(out, signer{who, plan.Seat(seat)})
	}
	return out
}

// demoProjects lists the portfolio in the order in which the projects began.
func demoProjects() []demoProject {
	all := slices.Concat(paymentsProjects(), checkoutProjects(), identityProjects(), dataProjects(), logisticsProjects(), toolsProjects())
	slices.SortStableFunc(all, func(a, b demoProject) int { return b.began - a.began })
	return all
}

// Fill fills an empty database with the demo portfolio, about forty
// projects with up to nine months of history, and returns how many it made.
// Everything goes through the commands that people use.
//
// It makes 0 projects when there are others already, or when all are there:
// the project that began last is made last, so its existence says that the
// rest is complete. What an interrupted call left is continued by the next.
func Fill(ctx context.Context, st *store.Store, issuer string, groups auth.GroupMap, role review.Role) (int, error) {
	all := demoProjects()
	keys := make([]review.ProjectKey, len(all))
	for i := range all {
		keys[i] = all[i].key
	}
	there, others, err := st.Existing(ctx, keys)
	if err != nil {
		return 0, err
	}
	complete, begun := slices.Contains(there, keys[len(keys)-1]), slices.Contains(there, keys[0])
	if complete || (!begun && (others || len(there) > 0)) {
		return 0, nil
	}
	ref, err := st.Lifecycle(ctx, lifecycleKey, lifecycleVersion)
	if err != nil {
		return 0, err
	}
	tmpl, err := st.Template(ctx, ref)
	if err != nil {
		return 0, err
	}
	f := &filler{st: st, ref: ref, tmpl: tmpl, there: there, day: time.Now().UTC().Truncate(24 * time.Hour),
		people: map[string]review.PersonID{}}
	if err := f.join(ctx, issuer, groups, role); err != nil {
		return 0, err
	}
	if err := f.define(ctx, 1, peopleJoined-1, "We said it differently in every team."); err != nil {
		return 0, err
	}
	return len(all) - len(there), f.fill(ctx, all)
}

// The demo's projects began by the first version, and their stories name its items.
const (
	lifecycleKey     = "prototype-to-production"
	lifecycleVersion = 1
)

// filler makes the projects of one call.
type filler struct {
	st     *store.Store
	ref    plan.Ref
	tmpl   *plan.Lifecycle
	there  []review.ProjectKey // made by an earlier call that was interrupted
	day    time.Time           // midnight of the day that all history leads up to
	people map[string]review.PersonID
}

// join brings the demo people in, long before their first act.
func (f *filler) join(ctx context.Context, issuer string, groups auth.GroupMap, role review.Role) error {
	builtIn, err := auth.ParseGroupMap(devstack.DemoGroupMap())
	if err != nil {
		return err
	}
	at := f.day.AddDate(0, 0, -peopleJoined).Add(9 * time.Hour)
	for i, p := range devstack.People() {
		id := auth.Identity{Groups: p.Groups, GroupsKnown: true}
		rights := rightsOf(groups.For(id))
		for _, need := range rightsOf(builtIn.For(id)) {
			if !slices.Contains(rights, need) {
				return fmt.Errorf("%s has to have the %s for the demo portfolio, and SLIPWAY_GROUPS gives it to none of their groups", p.Name,
					need.Label())
			}
		}
		if everybody := (review.Right{Role: role}); role != "" && !slices.Contains(rights, everybody) {
			rights = append(rights, everybody)
		}
		person, err := f.st.Join(ctx, store.Identity{Issuer: issuer, Subject: p.ID, Name: p.Name, Email: p.Email, Rights: rights},
			at.Add(time.Duration(i)*time.Minute))
		if err != nil {
			return err
		}
		f.people[p.ID] = person
	}
	return nil
}

func rightsOf(grants []auth.Grant) []review.Right {
	var out []review.Right
	for _, g := range grants {
		out = append(out, review.Right{Role: review.Role(g.Role), Seat: plan.Seat(g.Seat)})
	}
	return out
}

// fill begins the projects one after the other, so that their numbers are
// always the same, tells their stories side by side, and begins the last.
func (f *filler) fill(ctx context.Context, all []demoProject) error {
	if len(f.there) > 0 { // go on from the day of the interrupted call
		view, err := f.st.Project(ctx, f.by(all[0].owner, time.Now()), all[0].key)
		if err != nil {
			return fmt.Errorf("reading demo project %s: %w", all[0].key, err)
		}
		f.day = all[0].dayOf(view.Review.Project.Created)
	}
	if err := f.checkRights(ctx, all[0].began); err != nil {
		return err
	}
	last := len(all) - 1
	for i := range all[:last] {
		if all[i].began <= secondTerms {
			if err := f.define(ctx, 2, secondTerms, "Nobody could wait two hours for the shop, and we were never told how slow is too slow."); err != nil {
				return err
			}
		}
		if err := f.begin(ctx, &all[i]); err != nil {
			return err
		}
	}
	if err := f.publish(ctx); err != nil {
		return err
	}
	if err := f.tellAll(ctx, all[:last]); err != nil {
		return err
	}
	if _, err := f.st.Refresh(ctx); err != nil { // evidence may have expired since a story's end
		return err
	}
	if err := f.standIn(ctx); err != nil {
		return err
	}
	if err := f.acceptLesson(ctx); err != nil {
		return err
	}
	if err := f.share(ctx); err != nil {
		return err
	}
	return f.begin(ctx, &all[last])
}

// standIn has Lena name Mei for the days around this one, and Mei sign a gate
// for her. Told twice, it happens once.
func (f *filler) standIn(ctx context.Context) error {
	told, starts := f.day.AddDate(0, 0, -4).Add(15*time.Hour), f.day.AddDate(0, 0, -3)
	_, err := f.st.ChangeRights(ctx, f.by("lena", told), f.people["lena"], func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Delegate(who, review.NewDelegation{
			To: f.people["mei"], Seat: plan.SeatCompliance, Starts: review.FormatDate(starts), Ends: review.FormatDate(f.day.AddDate(0, 0,
				11)), Reason: "Two weeks of leave.",
		}, at)
	})
	if err != nil {
		return fmt.Errorf("naming a stand-in: %w", err)
	}
	_, err = f.st.Change(ctx, f.by("mei", f.day.Add(-3*time.Hour)), store.Target{Project: standInProject, Stage: standInStage},
		func(r *review.Review, who review.Actor, at time.Time) error {
			return r.SignOff(who, standInStage, review.NewSignOff{
				Seat: plan.SeatCompliance, Decision: review.Go, Note: "Read together with Lena before she left.", Digest: r.Digest(r.Stage(standInStage)),
			}, at)
		})
	if err != nil {
		return fmt.Errorf("signing as a stand-in: %w", err)
	}
	return nil
}

// The gate that a stand-in signs: one that waits, with a seat for compliance.
const (
	standInProject review.ProjectKey = "chargeback-desk"
	standInStage   plan.StageKey     = "security"
)

// checkRights refuses a past in which people sign before they may.
func (f *filler) checkRights(ctx context.Context, began int) error {
	first := f.day.AddDate(0, 0, -began)
	for _, p := range devstack.People() {
		v, err := f.st.Who(ctx, f.by(p.ID, first))
		if err != nil {
			return err
		}
		if slices.ContainsFunc(v.Actor.Seats, func(h review.SeatHeld) bool { return h.Scope == review.Everywhere && h.Since.After(first) }) {
			return errors.New("the demo portfolio needs an empty database, but people have signed in to this one before; empty it with: make reset")
		}
	}
	return nil
}

func (f *filler) by(person string, at time.Time) store.By {
	return store.ByPerson(f.people[person], at)
}

// begin creates a project, and has an admin grant the seats that hold in it.
func (f *filler) begin(ctx context.Context, p *demoProject) error {
	s := newStory(p, f.tmpl, f.people, f.day)
	if !slices.Contains(f.there, p.key) {
		_, err := f.st.Create(ctx, f.by(p.owner, s.began), f.ref, review.NewProject{
			Key: string(p.key), Name: p.name, Summary: p.summary, Team: p.team, Tier: p.tier, Exposure: p.exposure,
			Owner: f.people[p.owner], Deputy: f.people[p.deputy], Target: s.firstTarget(), Restricted: p.restricted,
			Profile: p.flags(), Unanswered: p.unanswered(), Tags: tags(p.key),
		})
		if err != nil {
			return fmt.Errorf("beginning demo project %s: %w", p.key, err)
		}
	}
	if p.granted == "" {
		return nil
	}
	view, err := f.st.Project(ctx, f.by(p.owner, s.began), p.key)
	if err != nil {
		return fmt.Errorf("reading demo project %s: %w", p.key, err)
	}
	for _, own := range p.seats() {
		right := review.Right{Seat: own.seat, Scope: review.Scope(view.Review.Project.ID)}
		_, err := f.st.ChangeRights(ctx, f.by("ada", s.began.Add(time.Hour)), f.people[own.who],
			func(e *review.Entitlements, who review.Actor, at time.Time) error {
				return e.Grant(who, right, at)
			})
		if err != nil {
			return fmt.Errorf("granting a seat in demo project %s: %w", p.key, err)
		}
	}
	return nil
}

// keptDays is of how many days before this one the demo portfolio has snapshots.
const keptDays = 70

// telling is what is left of a project's story.
type telling struct {
	p     *demoProject
	steps []step
}

// tellAll tells the stories side by side: what was before the first day that is kept, then
// day by day, each of which is kept as the server keeps it, right after midnight.
func (f *filler) tellAll(ctx context.Context, all []demoProject) error {
	left := make([]telling, len(all))
	for i := range all {
		steps, err := f.untold(ctx, &all[i])
		if err != nil {
			return err
		}
		left[i] = telling{&all[i], steps}
	}
	for ago := keptDays; ago > 0; ago-- {
		at := f.day.AddDate(0, 0, -ago).Add(time.Minute)
		if err := f.tellUntil(ctx, left, at); err != nil {
			return err
		}
		if _, err := f.st.SnapshotAt(ctx, at); err != nil {
			return err
		}
	}
	return f.tellUntil(ctx, left, f.day.AddDate(1, 0, 0))
}

// untold are the steps of a project's story that were not carried out before.
func (f *filler) untold(ctx context.Context, p *demoProject) ([]step, error) {
	steps := newStory(p, f.tmpl, f.people, f.day).plan()
	if !slices.Contains(f.there, p.key) {
		return steps, nil
	}
	h, err := f.st.History(ctx, f.by(p.owner, time.Now()), p.key, store.HistoryFilter{})
	if err != nil {
		return nil, fmt.Errorf("reading demo project %s: %w", p.key, err)
	}
	done := h.Entries[0].At // there is at least the entry of its beginning
	return slices.DeleteFunc(steps, func(st step) bool { return !st.at.After(done) }), nil
}

// tellUntil tells several stories at a time, up to a moment; the first error ends them all.
func (f *filler) tellUntil(ctx context.Context, left []telling, at time.Time) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan *telling)
	var wg sync.WaitGroup
	for range fillAtOnce {
		wg.Go(func() {
			for t := range next {
				if err := f.tell(ctx, t, at); err != nil {
					cancel(fmt.Errorf("telling demo project %s: %w", t.p.key, err))
				}
			}
		})
	}
	for i := range left {
		next <- &left[i]
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// tell carries out the steps of a project's story up to a moment.
func (f *filler) tell(ctx context.Context, t *telling, until time.Time) error {
	for len(t.steps) > 0 && t.steps[0].at.Before(until) {
		st := t.steps[0]
		t.steps = t.steps[1:]
		to := store.Target{Project: t.p.key, Stage: st.stage, Seen: st.sees}
		for _, person := range st.knows {
			to.Others = append(to.Others, f.people[person])
		}
		_, err := f.st.Change(ctx, f.by(st.who, st.at), to, st.run)
		if err != nil {
			return fmt.Errorf("%s in stage %s on %s: %w", st.who, st.stage, st.at.Format(time.DateTime), err)
		}
	}
	return nil
}

func (st step) run(r *review.Review, who review.Actor, at time.Time) error {
	for _, act := range st.acts {
		if err := act(r, who, at); err != nil {
			return err
		}
	}
	return nil
}
