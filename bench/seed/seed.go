// Package seed fills a database of the product for measuring: a few pattern projects made through the domain's own commands, so
// that they have the shape of real ones, and then as many copies of them as a measurement asks for.
package seed

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/migrations"
)

// TeamSize is how many people are on each pattern project: the 16 that the goals let tick one project at once.
const TeamSize = 16

// SmallTeam is how many of them are on the patterns of the built-in template.
const SmallTeam = 4

const issuer = "https://bench.example.test"

// World is what every database has before there are projects: a schema, two templates, people who are signed in.
type World struct {
	Store *store.Store
	// Team works on the projects; the first owns them, the second is deputy. None of them sits in a seat.
	Team []Person
	// Signers hold one seat each, everywhere.
	Signers map[plan.Seat]Person
	// Busy has items and gates waiting, and sits in the product seat.
	Busy Person

	templates templates
}

// Person is somebody with a session.
type Person struct {
	ID     review.PersonID
	Secret string // of the session cookie
}

// Migrate brings an empty database's schema up to date, as its owner.
func Migrate(ctx context.Context, ownerURL string) error {
	cfg, err := pgx.ParseConfig(ownerURL)
	if err != nil {
		return fmt.Errorf("seed: database address: %w", err)
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		return fmt.Errorf("seed: read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("seed: migrate: %w", err)
	}
	return nil
}

// NewWorld fills a migrated database. Close its Store after use.
func NewWorld(ctx context.Context, ownerURL, appURL string) (_ *World, err error) {
	owner, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return nil, fmt.Errorf("seed: connect: %w", err)
	}
	defer owner.Close(ctx)
	w := &World{Signers: map[plan.Seat]Person{}}
	if w.templates, err = publish(ctx, owner); err != nil {
		return nil, err
	}
	if w.Store, err = store.Open(ctx, appURL, store.Options{}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			w.Store.Close()
		}
	}()
	return w, w.signIn(ctx)
}

func (w *World) signIn(ctx context.Context) error {
	viewer := review.Right{Role: review.RoleViewer}
	for i := range TeamSize {
		p, err := w.person(ctx, fmt.Sprintf("Engineer %02d", i+1), viewer)
		if err != nil {
			return err
		}
		w.Team = append(w.Team, p)
	}
	for _, seat := range plan.Seats() {
		p, err := w.person(ctx, seat.Label()+" signer", viewer, review.Right{Seat: seat})
		if err != nil {
			return err
		}
		w.Signers[seat] = p
	}
	var err error
	w.Busy, err = w.person(ctx, "Busy Signer", viewer, review.Right{Seat: plan.SeatProduct})
	return err
}

func (w *World) person(ctx context.Context, name string, rights ...review.Right) (Person, error) {
	secret := rand.Text()
	id, err := w.Store.SignIn(ctx, store.Identity{
		Issuer: issuer, Subject: name, Name: name, Email: "someone@example.test", Rights: rights,
	}, store.HashToken(secret), 24*time.Hour)
	if err != nil {
		return Person{}, fmt.Errorf("seed: sign in %s: %w", name, err)
	}
	return Person{ID: id, Secret: secret}, nil
}
