package store_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// fixture is a database with a small template, people in every role, and one
// project.
type fixture struct {
	*store.Store
	t      testing.TB
	db     *storetest.DB
	ref    plan.Ref
	tmpl   *plan.Lifecycle
	people map[string]review.PersonID
}

const issuer = "https://id.example.test"

func newFixture(t testing.TB) *fixture {
	t.Helper()
	ctx := context.Background()
	db := storetest.New(t)
	owner, err := pgx.Connect(ctx, db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(ctx)
	tmpl := smallTemplate()
	if err := store.Publish(ctx, owner, plan.Document{Lifecycle: tmpl}); err != nil {
		t.Fatal(err)
	}
	ref, err := tmpl.Ref()
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, db.AppURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	f := &fixture{Store: s, t: t, db: db, ref: ref, tmpl: tmpl, people: map[string]review.PersonID{}}
	for name, rights := range map[string][]review.Right{
		"olga":  {{Role: review.RoleViewer}},
		"mike":  {{Role: review.RoleViewer}},
		"adam":  {{Role: review.RoleAdmin}},
		"mona":  {{Role: review.RoleManager}},
		"audit": {{Role: review.RoleAuditor}},
		"pat":   {{Role: review.RoleViewer}, {Seat: plan.SeatProduct}},
		"eng":   {{Role: review.RoleViewer}, {Seat: plan.SeatEngineering}},
		"sre":   {{Role: review.RoleViewer}, {Seat: plan.SeatSRE}},
		"both":  {{Role: review.RoleViewer}, {Seat: plan.SeatSRE}, {Seat: plan.SeatEngineering}},
		"out":   nil,
	} {
		id, err := s.Join(ctx, store.Identity{Issuer: issuer, Subject: name, Name: "Person " + name, Rights: rights}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		f.people[name] = id
	}
	return f
}

func smallTemplate() *plan.Lifecycle {
	must, should := plan.LevelMust, plan.LevelShould
	return &plan.Lifecycle{
		Key: "small", Version: 1, Name: "Small", Order: plan.OrderAdvisory, SoD: true,
		Flags: []plan.Question{{Key: "database", Group: "Parts", Label: "It uses a database"}, {Key: "pages", Group: "Parts", Label: "It serves web pages"}},
		Stages: []plan.Stage{
			{
				Key: "idea", Name: "Idea", Items: []plan.Item{
					{Key: "scope-set", Title: "Scope is set", Levels: [3]plan.Level{must, must, must}, Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{plan.SeatProduct}},
					{Key: "risks-listed", Title: "Risks are listed", Levels: [3]plan.Level{must, must, ""}, Seats: []plan.Seat{plan.SeatSRE}},
					{Key: "data-sketched", Title: "Data is sketched", Levels: [3]plan.Level{must, must, must}, When: []plan.Flag{"database"}, Seats: []plan.Seat{plan.SeatEngineering}},
					{Key: "demo-shown", Title: "A demo was shown", Levels: [3]plan.Level{should, should, should}, Seats: []plan.Seat{plan.SeatProduct}},
				},
				Gate: plan.Gate{Name: "Worth building", Quorum: 2, Seats: []plan.GateSeat{{Seat: plan.SeatProduct, Mandatory: true}, {Seat: plan.SeatEngineering}, {Seat: plan.SeatSRE}}},
			},
			{
				Key: "live", Name: "Live", Items: []plan.Item{
					{Key: "restore-tested", Title: "Restore is tested", Levels: [3]plan.Level{must, must, must}, Evidence: []plan.EvidenceKind{"test-report"}, ValidDays: 30, Seats: []plan.Seat{plan.SeatSRE}},
					{
						Key: "way-back", Title: "Is there a way back?", Levels: [3]plan.Level{plan.LevelMay, plan.LevelMay, plan.LevelMay}, Seats: []plan.Seat{plan.SeatSRE},
						Choices: []plan.Choice{{Key: "switch", Title: "A switch turns it off"}, {Key: "older", Title: "The older version runs on the newer data"}},
						Rules:   []plan.Rule{{When: "switch && older", Risk: plan.RiskNone}, {When: "switch || older", Risk: plan.RiskMedium}, {When: "default", Risk: plan.RiskHigh}},
					},
				},
				Gate: plan.Gate{Name: "Go live", Quorum: 1, Seats: []plan.GateSeat{{Seat: plan.SeatSRE, Mandatory: true}}},
			},
		},
	}
}

// as is a person acting now.
func (f *fixture) as(name string) store.By {
	f.t.Helper()
	id, ok := f.people[name]
	if !ok {
		f.t.Fatalf("no person %q", name)
	}
	return store.ByPerson(id, time.Time{})
}

// create starts a tier 1 project owned by olga with mike as deputy.
func (f *fixture) create(key string) *store.Changed {
	f.t.Helper()
	c, err := f.Create(context.Background(), f.as("olga"), f.ref, review.NewProject{
		Key: key, Name: "Project " + key, Team: "Blue", Tier: 1, Exposure: review.ExposurePilot,
		Owner: f.people["olga"], Deputy: f.people["mike"], Kind: plan.Migration, Proposed: 2, Reason: "It moves much money.", Start: f.tmpl.Stages[1].Key,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

// change runs domain commands as a person and fails the test on an error.
func (f *fixture) change(name string, t store.Target, decide store.Decide) *store.Changed {
	f.t.Helper()
	c, err := f.Change(context.Background(), f.as(name), t, decide)
	if err != nil {
		f.t.Fatalf("%s: %v", name, err)
	}
	return c
}

// answerIdea answers the first stage of a project so that it can be requested.
func (f *fixture) answerIdea(key review.ProjectKey) {
	f.t.Helper()
	f.change("mike", store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Answer(who, "idea", "scope-set", review.Met, "See the note.", 0, at); err != nil {
			return err
		}
		if err := r.AddEvidence(who, "idea", "scope-set", review.NewEvidence{URL: "https://wiki.example.test/scope", Title: "Scope", Type: "doc"}, at); err != nil {
			return err
		}
		if err := r.Answer(who, "idea", "risks-listed", review.Met, "", 0, at); err != nil {
			return err
		}
		return r.Answer(who, "idea", "demo-shown", review.NotMet, "Next week.", 0, at)
	})
}

// sign signs what the gate now shows.
func (f *fixture) sign(name string, key review.ProjectKey, stage plan.StageKey, seat plan.Seat) (*store.Changed, error) {
	return f.Change(context.Background(), f.as(name), store.Target{Project: key, Stage: stage}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, stage, review.NewSignOff{Seat: seat, Decision: review.Go, Digest: r.Digest(r.Stage(stage))}, at)
	})
}
