package faults

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/proof"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

const (
	quickUpheavals = 45
	allKindsFrom   = 500 // upheavals, in which every kind of event has to occur
)

// upheaval is a history in which what concerns a whole project changes while
// people work on its gates: it is put on hold, changes its tier, its exposure, its
// profile and its people, keeps records, and begins its next review. No model says what they have to be
// answered. In the end the tables have to say what the trail says.
type upheaval struct {
	*world
	project review.ProjectKey
	id      review.ProjectID
	hut     plan.Ref            // a module
	next    map[string]plan.Ref // the second version of each template
	tally   *kindTally
	// The versions of a policy and of a definition that it may be asked for.
	policies, definitions []plan.Ref
	guest                 atomic.Int64 // a person who comes and goes; 0: nobody came yet
	platform              atomic.Int64 // the number of the project whose answers it took over last; 0: none

	mu     sync.Mutex
	broken error
}

// kindTally counts what happened, by kind of event.
type kindTally struct {
	mu        sync.Mutex
	histories int
	requests  int
	given     int // requests that were given up
	kept      int // rounds that keep records
	moved     int // rounds of which a record was changed since
	follows   int // answers that follow another project at the end
	lost      int // answers that did, and have lost it
	kinds     map[string]int
}

// hill is a template of three stages in which tier and profile decide on items
// and seats, a pilot does not need the second gate, and the last one repeats. The second version moves an item, asks
// something else of one, drops one, and has others sign.
func hill(order plan.Order, version int) *plan.Lifecycle {
	must, should, none := plan.LevelMust, plan.LevelShould, plan.LevelNone
	product := []plan.Seat{plan.SeatProduct}
	t := &plan.Lifecycle{
		Key: "hill-" + string(order), Version: version, Name: "Hill", Order: order, SoD: true,
		Flags: []plan.Question{{Key: "pii", Group: "Data", Label: "It keeps personal data"}},
	}
	for i, key := range []plan.StageKey{"plan", "build", "run"} {
		g := plan.Gate{Name: "Gate " + string(key), Quorum: 1 + i%2, Seats: []plan.GateSeat{
			{Seat: plan.SeatProduct, Mandatory: true}, {Seat: plan.SeatSRE}, {Seat: plan.SeatSecurity, Mandatory: true,
				When: []plan.Flag{"pii"}},
		}}
		switch i {
		case 1:
			g.From = plan.ExposureLimited
		case 2:
			g.RepeatsDays = 20
		}
		t.Stages = append(t.Stages, plan.Stage{Key: key, Name: "Stage " + string(key), Gate: g, Phases: hillPhases[i], Items: []plan.Item{
			{Key: hillKey(key, "plain"), Title: "Plain", Levels: [3]plan.Level{must, must, should}, Seats: product},
			{Key: hillKey(key, "proved"), Title: "Proved", Levels: [3]plan.Level{must, must, none}, Seats: product, Evidence: []plan.EvidenceKind{"doc"},
				ValidDays: 3},
			{Key: hillKey(key, "private"), Title: "Private", Levels: [3]plan.Level{must, must, must}, Seats: product, When: []plan.Flag{"pii"}},
		}})
	}
	if version == 2 {
		plan, build, run := &t.Stages[0], &t.Stages[1], &t.Stages[2]
		plan.Items[0].Title = "Plainer"
		build.Items, run.Items = build.Items[1:], append(run.Items, build.Items[0])
		run.Items[0].Key, run.Items[0].Was = "run-simple", append(run.Items[0].Was, hillKey("run", "plain"))
		build.Gate.Seats[1].Mandatory = true
	}
	return t
}

// hillKey is the key of an item, of which each stage has one.
func hillKey(stage plan.StageKey, item plan.ItemKey) plan.ItemKey {
	return plan.ItemKey(stage) + "-" + item
}

// hut is a module that adds to two stages, and a seat to one.
func hut() *plan.Module {
	must := [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelShould}
	product := []plan.Seat{plan.SeatProduct}
	return &plan.Module{
		Kind: plan.KindModule, Key: "hut", Version: 1, Name: "Hut",
		Seats: []plan.ModuleSeat{{Phase: "operation", GateSeat: plan.GateSeat{Seat: plan.SeatSecurity, Mandatory: true}}},
		Items: []plan.ModuleItem{
			{Phase: "idea", Item: plan.Item{Key: "hut-drawn", Title: "Drawn", Levels: must, Seats: product, Evidence: []plan.EvidenceKind{"doc"}}},
			{Phase: "operation", Item: plan.Item{Key: "hut-heated", Title: "Heated", Levels: must, Seats: product, Environments: []plan.EnvironmentKind{"staging", "production"}}},
		},
	}
}

var (
	hillPhases = [][]plan.Phase{
		{"idea", "validation", "design"}, {"build", "delivery", "environments", "security", "performance"}, {"release", "operation"},
	}
	hillStages = []plan.StageKey{"plan", "build", "run"}
	hillItems  = []plan.ItemKey{"plain", "proved", "private"}
)

// Whatever happens to a project as a whole while people work on it, the tables
// say what the trail says, and every gate has passed by its rules.
func TestUpheavalsAreWhatTheTrailSays(t *testing.T) {
	want, first := setting(t, upheavalsVar, quickUpheavals), uint64(setting(t, seedVar, 1))
	tally := &kindTally{kinds: map[string]int{}}
	begin := time.Now()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var wg sync.WaitGroup
	for i := range worlds {
		w := newWorld(t)
		refs := w.hills(t)
		w.shelve(t)
		wg.Go(func() {
			for n := i; n < want && ctx.Err() == nil; n += worlds {
				seed := first + uint64(n)
				if err := w.upheave(ctx, seed, refs, tally); err != nil {
					if ctx.Err() == nil {
						t.Errorf("upheaval %d: %v", seed, err)
					}
					stop()
				}
			}
			if !t.Failed() {
				w.verify(t)
				w.audit(t, tally)
				w.rebuild(t)
				w.move(t)
			}
		})
	}
	wg.Wait()
	t.Logf("%s in %v", tally.String(), time.Since(begin).Round(time.Millisecond))
	tally.enough(t, want)
}

// hills publishes the template in each order, and makes adam a manager.
func (w *world) hills(t *testing.T) []plan.Ref {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, w.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var refs []plan.Ref
	for _, d := range append(demands(), plan.Document{Module: hut()}) {
		if err := store.Publish(ctx, conn, d); err != nil {
			t.Fatal(err)
		}
	}
	for _, order := range []plan.Order{plan.OrderFree, plan.OrderAdvisory, plan.OrderStrict} {
		tmpl := hill(order, 1)
		for _, l := range []*plan.Lifecycle{tmpl, hill(order, 2)} {
			if err := store.Publish(ctx, conn, plan.Document{Lifecycle: l}); err != nil {
				t.Fatal(err)
			}
		}
		ref, err := tmpl.Ref()
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref)
	}
	_, err = w.stores[0].Join(ctx, store.Identity{
		Issuer: "http://127.0.0.1:9", Subject: w.rules.Cast[adam].Name, Name: "Person adam",
		Rights: []review.Right{{Role: review.RoleViewer}, {Role: review.RoleAdmin}, {Role: review.RoleManager}},
	}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return refs
}

// shelve has adam publish a document, give it away and retire it, and say which
// readiness definition new projects pin.
func (w *world) shelve(t *testing.T) {
	t.Helper()
	ctx, st, adam := context.Background(), w.stores[0], w.by(adam)
	d := plan.NewLifecycle("spare", "Spare", false)
	d.Lifecycle.Summary = "Ours."
	s := &d.Lifecycle.Stages[0]
	s.Purpose, s.Gate.Exit = "All.", "It is done."
	must := plan.LevelMust
	s.Items = []plan.Item{{Key: "works-well", Title: "It works", Levels: [3]plan.Level{must, must, must}, Evidence: []plan.EvidenceKind{"doc"}}}
	if _, err := st.StartDraft(ctx, adam, d, 0); err != nil {
		t.Fatal(err)
	}
	v, err := st.DocumentDraft(ctx, adam, "spare")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.PublishDraft(ctx, adam, "spare", v.Saved, review.Publication{Reason: "Ours."}, func(plan.Document) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := st.GiveDocument(ctx, adam, "spare", w.people[olga]); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Retire(ctx, adam, "spare", 1, "Nobody needs it."); err != nil {
		t.Fatal(err)
	}
	if err := st.NameDefault(ctx, adam, slope(1).Key, true, "It is steep."); err != nil {
		t.Fatal(err)
	}
}

// upheave lets people loose on a new project twice, with days between, and
// verifies it.
func (w *world) upheave(ctx context.Context, seed uint64, refs []plan.Ref, tally *kindTally) error {
	rng := rand.New(rand.NewPCG(seed, 7))
	w.made++
	u := &upheaval{world: w, project: hillNo(w.made), tally: tally, next: map[string]plan.Ref{}}
	var err error
	if u.hut, err = (plan.Document{Module: hut()}).Ref(); err != nil {
		return err
	}
	for _, d := range demands() {
		ref, err := d.Ref()
		if err != nil {
			return err
		}
		if d.Policy != nil {
			u.policies = append(u.policies, ref)
		} else {
			u.definitions = append(u.definitions, ref)
		}
	}
	for _, order := range []plan.Order{plan.OrderFree, plan.OrderAdvisory, plan.OrderStrict} {
		next, err := hill(order, 2).Ref()
		if err != nil {
			return err
		}
		u.next[next.Key] = next
	}
	in := review.NewProject{
		Key: string(u.project), Name: "Hill", Team: "Blue", Tier: plan.Tier(1 + rng.IntN(3)), Exposure: plan.Exposures()[1+rng.IntN(3)],
		Owner: w.people[olga], Deputy: w.people[dave], Restricted: rng.IntN(6) == 0,
	}
	if rng.IntN(2) == 0 {
		in.Profile = []plan.Flag{"pii"}
	} else if rng.IntN(2) == 0 {
		in.Unanswered = []plan.Flag{"pii"}
	}
	if rng.IntN(3) == 0 {
		in.Kind, in.Proposed, in.Start = plan.Migration, in.Tier, hillStages[1]
	}
	made, err := w.stores[0].Create(ctx, w.by(olga), refs[rng.IntN(len(refs))], in)
	if err != nil {
		return fmt.Errorf("starting %s: %w", u.project, err)
	}
	u.id = made.Review.Project.ID
	alone := rand.New(rand.NewPCG(seed, 8))
	for range rng.IntN(22) { // somewhere on its way, or over the hill
		u.climb(ctx, alone)
		if alone.IntN(3) == 0 {
			u.follow(ctx, alone)
		}
		if alone.IntN(6) == 0 {
			u.keep(ctx, alone)
		}
		if alone.IntN(6) == 0 {
			u.share(ctx, alone)
		}
		if alone.IntN(9) == 0 {
			u.demand(ctx, alone)
		}
	}
	for range 2 {
		var wg sync.WaitGroup
		for i := range 3 + rng.IntN(3) {
			own := rand.New(rand.NewPCG(seed, 10+uint64(i)))
			wg.Go(func() {
				for range 3 + own.IntN(4) {
					u.turn(ctx, own)
				}
			})
		}
		wg.Wait()
		if err := w.settled(ctx); err != nil {
			return err
		}
		if err := u.verified(ctx); err != nil {
			return err
		}
		if err := w.setDay(ctx, w.day+1+rng.IntN(12)*rng.IntN(2)); err != nil {
			return fmt.Errorf("moving the clock: %w", err)
		}
	}
	tally.mu.Lock()
	tally.histories++
	tally.mu.Unlock()
	return errors.Join(u.broken, u.followed(ctx), u.verified(ctx), u.kept(ctx))
}

// verified sweeps, and compares the project's tables with its trail. What a
// client gave up may reach the database later than the sweep.
func (u *upheaval) verified(ctx context.Context) error {
	var v *store.Verified
	for tries := 0; v == nil || v.Stale; tries++ {
		if tries == 20 {
			return errors.New("the sweep leaves it to be swept")
		}
		n, err := u.stores[1].Refresh(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if v, err = u.stores[0].VerifyStream(ctx, u.id); err != nil {
			return err
		}
		if v.Stale {
			time.Sleep(5 * time.Millisecond)
		}
	}
	var wrong []error
	for _, p := range v.Problems {
		wrong = append(wrong, errors.New(p.String()))
	}
	if len(wrong) > 0 {
		for _, en := range v.Entries {
			wrong = append(wrong, fmt.Errorf("%d %s %T%+v by %d", en.Seq, en.At.Format(time.RFC3339Nano), en.Event, en.Event, en.Actor))
		}
	}
	return errors.Join(wrong...)
}

// audit decides again about every gate, as the command verify does.
func (w *world) audit(t *testing.T, tally *kindTally) {
	ctx := context.Background()
	ids, err := w.stores[0].Streams(ctx)
	if err != nil {
		t.Error(err)
		return
	}
	var directory []review.Entry
	for _, id := range ids {
		v, err := w.stores[0].VerifyStream(ctx, id)
		if err != nil {
			t.Error(err)
			return
		}
		tally.count(v.Entries)
		if id == review.Directory {
			directory = v.Entries
			continue
		}
		if id == review.Library {
			continue // it has no gates
		}
		found, err := proof.Audit(id, v.Entries, directory, v.Documents)
		if err != nil {
			t.Error(err)
		}
		for _, p := range found {
			t.Errorf("project %s, %s", v.Key, p)
		}
	}
}

// turn is one request by somebody: a step up the hill, or something wild.
func (u *upheaval) turn(ctx context.Context, rng *rand.Rand) {
	u.tally.mu.Lock()
	u.tally.requests++
	u.tally.mu.Unlock()
	if rng.IntN(25) == 0 { // the client goes away before the answer
		u.tally.mu.Lock()
		u.tally.given++
		u.tally.mu.Unlock()
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(200+rng.IntN(6000))*time.Microsecond)
		defer cancel()
	}
	switch n := rng.IntN(100); {
	case n < 10:
		u.replan(ctx, rng)
	case n < 13:
		u.demand(ctx, rng)
	case n < 15:
		u.visit(ctx, rng)
	case n < 20:
		u.keep(ctx, rng)
	case n < 26:
		u.share(ctx, rng)
	case n < 51:
		u.climb(ctx, rng)
	case n < 65:
		u.follow(ctx, rng)
	case n < 74:
		u.rights(ctx, rng)
	case n < 87:
		u.upset(ctx, rng)
	default:
		u.wild(ctx, rng)
	}
}

// change runs a command through either server's store. How much is loaded at
// first is left to chance: it must not matter.
func (u *upheaval) change(ctx context.Context, rng *rand.Rand, who int, stage plan.StageKey, decide store.Decide) {
	switch rng.IntN(6) {
	case 0:
		stage = ""
	case 1:
		stage = hillStages[rng.IntN(len(hillStages))]
	}
	_, err := u.stores[rng.IntN(2)].Change(ctx, u.by(who), store.Target{Project: u.project, Stage: stage}, decide)
	u.expect(ctx, "a change", err)
}

// expect takes down what the program never may answer.
func (u *upheaval) expect(ctx context.Context, what string, err error) {
	var denied *review.Denied
	var stale *review.StaleDigest
	var outdated *review.Outdated
	var refused *review.Refused
	var blocked *review.Blocked
	var invalid *review.Invalid
	var conflict *review.AnswerConflict
	switch {
	case err == nil, ctx.Err() != nil, errors.Is(err, review.ErrNotFound), errors.Is(err, store.ErrOverloaded), errors.Is(err,
		store.ErrUncertain), driverTimeout(err.Error()):
	case errors.As(err, &denied), errors.As(err, &stale), errors.As(err, &outdated), errors.As(err, &refused), errors.As(err, &blocked),
		errors.As(err, &invalid), errors.As(err, &conflict):
	default:
		u.mu.Lock()
		defer u.mu.Unlock()
		u.broken = errors.Join(u.broken, fmt.Errorf("%s: %w", what, err))
	}
}

// post sends a form as a browser does; which answers are right is for others to
// say, but no failure is.
func (u *upheaval) submit(ctx context.Context, rng *rand.Rand, who int, path string, fields map[string]string) {
	values := map[string][]string{}
	for k, v := range fields {
		values[k] = []string{v}
	}
	a, err := u.send(ctx, rng.IntN(2), who, http.MethodPost, path, values)
	if err == nil && a.status >= http.StatusInternalServerError {
		u.expect(ctx, "POST "+path, u.excused("POST "+path, a))
	}
}

// wordFor is a text that is rarely the same twice.
func wordFor(rng *rand.Rand) string { return "word " + strconv.Itoa(rng.IntN(1000)) }

// climb does what the project needs next, as far as a look at it tells.
func (u *upheaval) climb(ctx context.Context, rng *rand.Rand) {
	v, err := u.stores[rng.IntN(2)].Project(ctx, u.by(olga), u.project)
	if err != nil {
		u.expect(ctx, "reading the project", err)
		return
	}
	if v.Review.Project.Status != review.StatusActive {
		u.status(ctx, rng, olga, review.StatusActive)
		return
	}
	for i := range v.Review.Stages {
		s := &v.Review.Stages[i]
		if v.Review.Standing(s, v.Now).Passed() {
			continue
		}
		u.step(ctx, rng, v.Review, s)
		return
	}
	u.submit(ctx, rng, []int{olga, dave, adam}[rng.IntN(3)], page.ReviewsURL(u.project),
		map[string]string{"reason": wordFor(rng), "review": strconv.Itoa(v.Review.No)})
}

// step is what a stage needs next.
func (u *upheaval) step(ctx context.Context, rng *rand.Rand, r *review.Review, s *review.Stage) {
	stage := s.Def.Key
	switch {
	case s.Unanswered():
		u.change(ctx, rng, dave, stage, func(r *review.Review, who review.Actor, at time.Time) error {
			fs := r.Stage(stage).Findings
			no := 1 + slices.IndexFunc(fs, func(f review.Finding) bool { return !f.Answered() })
			return r.AnswerFinding(who, stage, no, shown(fs, no), "So it is.", at)
		})
	case s.OpenRound() != nil:
		seats := r.OpenSeats(s)
		seat := plan.SeatProduct
		if len(seats) > 0 {
			seat = seats[rng.IntN(len(seats))]
		}
		who := map[plan.Seat][]int{plan.SeatProduct: {pat}, plan.SeatSRE: {sam, lee, flo}, plan.SeatSecurity: {sue}}[seat]
		u.sign(ctx, rng, who[rng.IntN(len(who))], stage, seat)
	case len(r.RequestBlockers(s, time.Time{})) == 0 || rng.IntN(3) == 0:
		u.change(ctx, rng, []int{olga, dave}[rng.IntN(2)], stage, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Request(who, stage, "", "It is time.", at)
		})
	default:
		u.change(ctx, rng, olga, stage, func(r *review.Review, who review.Actor, at time.Time) error { return fill(r, who, stage, at) })
	}
}

// fill meets everything that a stage lacks.
func fill(r *review.Review, who review.Actor, stage plan.StageKey, at time.Time) error {
	s := r.Stage(stage)
	if !s.Loaded { // the command has to say so
		return r.Answer(who, stage, hillKey(stage, hillItems[0]), review.Met, "", 0, at)
	}
	for i := range s.Items {
		it := &s.Items[i]
		if it.Level == plan.LevelNone {
			continue
		}
		if s.Lacks(it, at) != "" && (it.Answer.State != review.Met || it.Reattest) {
			if err := r.Answer(who, stage, it.Def.Key, review.Met, "", it.Answer.Version, at); err != nil {
				return err
			}
		}
		if s.Lacks(it, at) != "" {
			link := review.NewEvidence{URL: "https://wiki.example.test/" + at.Format("20060102150405.000000"), Type: "doc"}
			if err := r.AddEvidence(who, stage, it.Def.Key, link, at); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u *upheaval) sign(ctx context.Context, rng *rand.Rand, who int, stage plan.StageKey, seat plan.Seat) {
	in := review.NewSignOff{Seat: seat, Decision: review.Go}
	due := date(u.day + rng.IntN(4))
	switch rng.IntN(12) {
	case 0:
		in.Decision, in.Findings = review.Return, []string{wordFor(rng)}
	case 1:
		in.Decision, in.Note = review.Recuse, wordFor(rng)
	case 2, 3, 4:
		in.Decision, in.Conditions = review.Conditional, []review.NewCondition{{Text: wordFor(rng), Owner: u.people[olga], Due: due}}
	}
	u.change(ctx, rng, who, stage, func(r *review.Review, who review.Actor, at time.Time) error {
		in := in
		in.Digest = r.Digest(r.Stage(stage))
		return r.SignOff(who, stage, in, at)
	})
}

func (u *upheaval) status(ctx context.Context, rng *rand.Rand, who int, to review.Status) {
	stage := hillStages[rng.IntN(len(hillStages))]
	u.submit(ctx, rng, who, page.StatusURL(u.project, stage), map[string]string{"status": string(to), "reason": wordFor(rng)})
}

// upset changes what concerns the project as a whole.
func (u *upheaval) upset(ctx context.Context, rng *rand.Rand) {
	who := []int{olga, olga, dave, adam}[rng.IntN(4)]
	switch rng.IntN(9) {
	case 0:
		u.status(ctx, rng, who, review.StatusOnHold)
	case 1:
		u.status(ctx, rng, who, review.StatusStopped)
	case 2, 3:
		u.status(ctx, rng, who, review.StatusActive)
	case 4, 5, 6:
		flip := rng.IntN(9)
		exposure := plan.Exposures()[rng.IntN(4)]
		tier := plan.Tier(1 + rng.IntN(3))
		name := wordFor(rng)
		u.change(ctx, rng, who, hillStages[rng.IntN(3)], func(r *review.Review, who review.Actor, at time.Time) error {
			p := r.Project
			f := review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: p.Restricted, Profile: p.Profile, Unanswered: p.Unanswered, Reason: name}
			if tier == 3 && flip < 6 {
				return r.Retag(who, []string{name[:min(len(name), 9)]}, p.Tags[:len(p.Tags)/2], at)
			}
			switch flip {
			case 6:
				return r.ConfirmProfile(who, p.AnswersDigest(), at)
			case 0:
				f.Restricted = !f.Restricted
			case 1:
				f.Name = name
			case 2, 3:
				f.Tier = tier
			case 7, 8:
				f.Exposure = exposure
			default:
				switch {
				case len(f.Unanswered) > 0: // yes, or no
					if f.Unanswered = nil; flip == 4 {
						f.Profile = nil
					}
				case len(f.Profile) > 0:
					f.Profile = nil
				case flip == 4:
					f.Unanswered = []plan.Flag{"pii"}
				default:
					f.Profile = []plan.Flag{"pii"}
				}
			}
			return r.Edit(who, f, at)
		})
	default:
		duty := []review.Duty{review.DutyOwner, review.DutyDeputy, review.DutyMember, review.DutyMember, ""}[rng.IntN(5)]
		person := u.people[[]int{olga, dave, flo, sam, vic}[rng.IntN(5)]]
		u.submit(ctx, rng, who, page.MembersURL(u.project), map[string]string{"person": fmt.Sprint(person), "duty": string(duty)})
	}
}

// replan changes the project's plan in one of the ways that there are.
func (u *upheaval) replan(ctx context.Context, rng *rand.Rand) {
	who := []int{olga, dave, adam, adam}[rng.IntN(4)]
	stage, item := hillStages[rng.IntN(3)], hillItems[rng.IntN(3)]
	what, word, luck := rng.IntN(16), wordFor(rng), rng.IntN(9)
	to := []plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay, plan.LevelNone}[rng.IntN(4)]
	u.change(ctx, rng, []int{who, who, pat, sue, pat, sue, who, who}[max(0, what-8)], "", func(r *review.Review, who review.Actor, at time.Time) error {
		key, shown, o := hillKey(stage, item), r.PlanDigest(), r.Plan.Origin
		if own := o.Tailoring.Own; len(own) > 0 && (luck < 3 || what == 6) {
			key = own[luck%len(own)].Key
		}
		if len(r.Wishes) > 0 && what >= 9 {
			key = r.Wishes[luck%len(r.Wishes)].Item
		}
		wish := r.Wish(key)
		switch {
		case what >= 14:
			return u.settle(r, who, shown, word, luck, at)
		case what >= 12 && luck > 5:
			return r.RefuseRetraction(who, r.RetractionDigest(), word, at)
		case what >= 12:
			return r.ApproveRetraction(who, r.RetractionDigest(), at)
		case what == 0:
			return r.AttachModule(who, u.hut, shown, word, at)
		case what == 1:
			return r.DetachModule(who, u.hut.Key, shown, word, at)
		case what == 2, what == 3:
			return r.Upgrade(who, o.On(u.next[o.Lifecycle.Key]), shown, word, at)
		case what == 4:
			return r.UndoUpgrade(who, shown, word, at)
		case what == 5:
			return r.AddItem(who, stage, review.NewItem{
				Title: word, Why: "It broke.", Done: "It was tried.", Level: to, Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{plan.SeatProduct},
			}, at)
		case what == 6:
			return r.DropItem(who, key, shown, word, at)
		case what == 7:
			return r.RaiseLevel(who, key, to, shown, word, at)
		case what == 8 && luck == 8:
			return r.MarkCore(who, key, true, shown, word, at)
		case what == 8, wish == nil:
			return r.AskLowering(who, key, to, shown, word, at)
		case luck == 8:
			return r.RefuseLowering(who, key, wish.Digest(), word, at)
		}
		return r.ApproveLowering(who, key, wish.Digest(), at)
	})
}

// settle names an environment of the project, gives it another name, or leaves it.
func (u *upheaval) settle(r *review.Review, who review.Actor, shown review.Digest, word string, luck int, at time.Time) error {
	in := []review.NewEnvironment{
		{Name: "Base camp", Key: "base", Kind: "staging"}, {Name: "North face", Key: "north", Kind: "production"}, {Name: "South face", Key: "south", Kind: "production"},
	}[luck%3]
	switch {
	case luck < 5:
		return r.AddEnvironment(who, in, shown, word, at)
	case luck < 7:
		return r.RenameEnvironment(who, plan.EnvironmentKey(in.Key), word, shown, word, at)
	}
	return r.RemoveEnvironment(who, plan.EnvironmentKey(in.Key), shown, word, at)
}

// rights gives seats and takes them, for this project and everywhere, and lets
// people stand in.
func (u *upheaval) rights(ctx context.Context, rng *rand.Rand) {
	person := []int{flo, flo, vic, sam}[rng.IntN(4)]
	right := review.Right{Seat: []plan.Seat{plan.SeatProduct, plan.SeatSRE, plan.SeatSecurity}[rng.IntN(3)], Scope: review.Scope(u.id)}
	if rng.IntN(4) == 0 {
		right.Scope = review.Everywhere
	}
	kind := rng.IntN(9)
	by := adam
	holder := []int{pat, sam, sue, flo}[rng.IntN(4)]
	if kind >= 6 {
		person, by = holder, holder
	}
	ends := date(u.day + 1 + rng.IntN(5))
	_, err := u.stores[rng.IntN(2)].ChangeRights(ctx, u.by(by), u.people[person],
		func(e *review.Entitlements, who review.Actor, at time.Time) error {
			switch {
			case kind < 3:
				return e.Grant(who, right, at)
			case kind < 6:
				right := right
				for _, g := range e.Granted {
					if g.Source == review.FromAdmin { // one that there is
						right = g.Right
					}
				}
				return e.Revoke(who, right, "Moved on.", at)
			case kind == 6 && len(e.Granted) > 0:
				held := e.Granted[len(e.Granted)-1].Right
				return e.Delegate(who, review.NewDelegation{To: u.people[vic], Seat: held.Seat, Scope: held.Scope, Ends: ends, Reason: "Away."}, at)
			}
			return e.EndDelegation(who, len(e.Delegated), at)
		})
	u.expect(ctx, "a change of rights", err)
}

// wild is any other request that a person on or near the project may make.
func (u *upheaval) wild(ctx context.Context, rng *rand.Rand) {
	stage := hillStages[rng.IntN(3)]
	item := hillKey(stage, hillItems[rng.IntN(3)])
	if stage == "run" && rng.IntN(4) == 0 { // as far as the module is attached
		item = []plan.ItemKey{"hut-heated", "hut-heated@base", "hut-heated@north", "hut-heated@south"}[rng.IntN(4)]
	}
	who := []int{olga, dave, pat, sam, sue, flo, adam}[rng.IntN(7)]
	team := []int{olga, dave}[rng.IntN(2)]
	word, no, day := wordFor(rng), 1+rng.IntN(2), u.day+1+rng.IntN(6)
	state := []review.State{review.Met, review.NotMet, review.NotApplicable, review.Open}[rng.IntN(4)]
	person := u.people[[]int{olga, dave, flo}[rng.IntN(3)]]
	command := func(who int, do func(r *review.Review, s *review.Stage, who review.Actor, at time.Time) error) {
		u.change(ctx, rng, who, stage, func(r *review.Review, who review.Actor, at time.Time) error { return do(r, r.Stage(stage), who, at) })
	}
	version := func(s *review.Stage) int {
		if it := s.Item(item); it != nil {
			return it.Answer.Version
		}
		return 0
	}
	switch rng.IntN(13) {
	case 0, 1, 2:
		command(team, func(r *review.Review, s *review.Stage, who review.Actor, at time.Time) error {
			return r.Answer(who, stage, item, state, word, version(s), at)
		})
	case 3:
		command(team, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
			return r.Assign(who, stage, item, person, date(day), at)
		})
	case 4:
		command(team, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
			return r.Discuss(who, stage, item, word, word, at)
		})
	case 5:
		command(team, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
			return r.RemoveEvidence(who, stage, hillKey(stage, "proved"), no, at)
		})
	case 6, 7:
		command(team, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
			return r.RequestWaiver(who, stage, item, review.NewWaiver{Reason: word, Risk: "Some.", Measure: "By hand.", Until: date(day)}, at)
		})
	case 8:
		command(olga, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
			return r.HandOver(who, u.people[dave], person, word, at)
		})
	case 10:
		command(olga, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
			in := review.StagePlan{Stage: stage, Owner: person, Target: date(day), Milestones: []review.Milestone{{Name: word, Due: date(day)}}}
			return r.PlanStage(who, r.Project.StagePlan(stage).Digest(), in, at)
		})
	case 9:
		command(adam, func(r *review.Review, s *review.Stage, who review.Actor, at time.Time) error {
			return r.Force(who, stage, r.Digest(s), word, date(day), at)
		})
	default:
		command(team, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
			return r.Withdraw(who, stage, word, at)
		})
	}
	if rng.IntN(3) == 0 {
		u.sign(ctx, rng, who, stage, []plan.Seat{plan.SeatProduct, plan.SeatSRE, plan.SeatSecurity}[rng.IntN(3)])
	}
}

// follow decides on something that waits for a decision, or undoes one, as far
// as a look at the project tells: what is there is one of many, and who decides
// may be somebody who may not.
func (u *upheaval) follow(ctx context.Context, rng *rand.Rand) {
	v, err := u.stores[rng.IntN(2)].Project(ctx, u.by(olga), u.project)
	if err != nil {
		u.expect(ctx, "reading the project", err)
		return
	}
	type decision func(r *review.Review, s *review.Stage, who review.Actor, at time.Time) error
	type open struct {
		stage  plan.StageKey
		judges []int
		decide decision
	}
	var all []open
	word, later, turn := wordFor(rng), date(u.day+3+rng.IntN(9)), rng.IntN(4)
	bySeat := map[plan.Seat][]int{plan.SeatProduct: {pat, adam}, plan.SeatSRE: {sam, lee, dave}, plan.SeatSecurity: {sue, dave}}
	if v.Review.Project.Retraction != nil {
		all = append(all, open{"", []int{pat, sue, olga}, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
			if turn < 2 {
				return r.RefuseRetraction(who, r.RetractionDigest(), word, at)
			}
			return r.ApproveRetraction(who, r.RetractionDigest(), at)
		}})
	}
	for i := range v.Review.Stages {
		s := &v.Review.Stages[i]
		stage := s.Def.Key
		add := func(judges []int, decide decision) { all = append(all, open{stage, judges, decide}) }
		for j := range s.Items {
			if a := &s.Items[j].Answer; a.State == review.NotApplicable && a.ApprovedBy == 0 {
				item, version := s.Items[j].Def.Key, a.Version
				add([]int{pat}, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
					return r.ApproveNotApplicable(who, stage, item, version, at)
				})
			}
		}
		for j := range s.Waivers {
			w := &s.Waivers[j]
			no, waits := w.No, w.State(v.Now) == review.WaiverWaiting
			add([]int{pat, adam, adam}, func(r *review.Review, s *review.Stage, who review.Actor, at time.Time) error {
				switch {
				case waits && turn == 0:
					return r.DenyWaiver(who, stage, no, shown(s.Waivers, no), word, at)
				case waits:
					return r.GrantWaiver(who, stage, no, shown(s.Waivers, no), "", at)
				case turn < 2:
					return r.ExtendWaiver(who, stage, no, shown(s.Waivers, no), later, word, at)
				}
				return r.RevokeWaiver(who, stage, no, shown(s.Waivers, no), word, at)
			})
		}
		for j := range s.Conditions {
			c := &s.Conditions[j]
			no, met := c.No, !c.MetAt.IsZero()
			if c.Closed() {
				continue
			}
			if turn == 2 && rng.IntN(2) == 0 {
				next := u.people[[]int{olga, dave, flo}[rng.IntN(3)]]
				add([]int{olga, adam}, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
					return r.HandOnCondition(who, stage, no, next, word, at)
				})
				continue
			}
			judges := bySeat[c.Seat]
			if !met && turn < 3 {
				judges = []int{olga, dave}
			}
			add(judges, func(r *review.Review, s *review.Stage, who review.Actor, at time.Time) error {
				switch {
				case !met && turn == 3:
					return r.ReleaseCondition(who, stage, no, shown(s.Conditions, no), word, at)
				case !met:
					return r.MeetCondition(who, stage, no, shown(s.Conditions, no), word, at)
				case turn == 0:
					return r.ReopenCondition(who, stage, no, shown(s.Conditions, no), word, at)
				}
				return r.ConfirmCondition(who, stage, no, shown(s.Conditions, no), at)
			})
		}
		for j := range s.Findings {
			if f := &s.Findings[j]; f.Answered() {
				no := f.No
				add([]int{pat, sam, sue}, func(r *review.Review, s *review.Stage, who review.Actor, at time.Time) error {
					if turn == 0 {
						return r.ReopenFinding(who, stage, no, shown(s.Findings, no), word, at)
					}
					return r.AcceptFinding(who, stage, no, shown(s.Findings, no), at)
				})
			}
		}
		if ro := s.LastRound(); ro != nil && ro.Outcome.Passes() && rng.IntN(4) == 0 {
			in := review.NewReopening{Round: ro.No, Reason: word, Impact: later}
			add([]int{olga, adam, sam, flo}, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
				return r.Reopen(who, stage, in, at)
			})
		}
		for _, ro := range s.Rounds {
			if no := ro.No; ro.Outcome == review.OutcomeForced {
				add([]int{pat, sam, sue}, func(r *review.Review, _ *review.Stage, who review.Actor, at time.Time) error {
					return r.CloseRetrospective(who, stage, no, word, at)
				})
			}
		}
	}
	if len(all) == 0 {
		u.wild(ctx, rng)
		return
	}
	o := all[rng.IntN(len(all))]
	u.change(ctx, rng, o.judges[rng.IntN(len(o.judges))], o.stage, func(r *review.Review, who review.Actor, at time.Time) error {
		return o.decide(r, r.Stage(o.stage), who, at)
	})
}

func (t *kindTally) count(entries []review.Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, en := range entries {
		t.kinds[en.Event.Kind()]++
	}
}

func (t *kindTally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d upheavals, %d requests, %d of them given up; %d rounds keep records, of %d one was changed since",
		t.histories, t.requests, t.given, t.kept, t.moved)
	for _, kind := range slices.Sorted(maps.Keys(t.kinds)) {
		fmt.Fprintf(&b, "\n%7d %s", t.kinds[kind], kind)
	}
	return b.String()
}

// enough fails a run in which what it is for never happened; one that is long
// enough for the rarest, in which any kind of event did not: a new kind has to get
// a request of its own here.
func (t *kindTally) enough(tb testing.TB, want int) {
	tb.Helper()
	if tb.Failed() || want < quickUpheavals {
		return
	}
	kinds := []string{"StatusChanged", "ProjectEdited", "DutySet", "ReviewStarted", "RightGranted", "RightRevoked", "GateSigned",
		"RoundClosed", "PlanUpgraded", "RecordOpened", "RecordEdited", "RecordMoved", "RecordDiscussed", "ReadingNoted", "AnswerOffered", "AnswerInherited",
		"PolicyAttached", "DefinitionPinned"}
	if want >= allKindsFrom {
		kinds = everyKind(tb)
	}
	if t.kept == 0 || t.moved == 0 {
		tb.Errorf("%d rounds keep records, %d of which were changed: nothing is proven about them", t.kept, t.moved)
	}
	if t.follows == 0 || want >= allKindsFrom && t.lost == 0 {
		tb.Errorf("%d answers follow another project, %d have lost it: nothing is proven about them", t.follows, t.lost)
	}
	for _, kind := range kinds {
		if t.kinds[kind] == 0 {
			tb.Errorf("in %d upheavals there was no %s: nothing is proven about it", t.histories, kind)
		}
	}
}

// everyKind is every kind of event, by its method.
func everyKind(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("../../internal/review/events*.go")
	if err != nil {
		tb.Fatal(err)
	}
	var kinds []string
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			tb.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.Name == "Kind" {
				kinds = append(kinds, fn.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	if len(kinds) < 30 {
		tb.Fatalf("found %d kinds of events only", len(kinds))
	}
	return kinds
}
