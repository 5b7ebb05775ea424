package bench

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/bench/seed"
	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/store"
)

const (
	usesModule   = 100   // projects that have it
	usesTailored = 3_000 // projects with a plan of their own
)

// tailorSQL gives the first projects a plan each, as if they had marked an item
// that they want to keep. Pages that compose such a plan find that of the first.
const tailorSQL = `
	with own as (
	    select r.project_id, r.no, encode(sha256(r.project_id::text::bytea), 'hex') as digest,
	           jsonb_set(p.origin::jsonb, '{tailoring}', '{"core": ["success-written-down"]}') as origin
	      from review r join plan p on p.digest = r.plan join project t on t.id = r.project_id
	     where t.key like 'fresh-%' order by r.project_id limit $1),
	made as (insert into plan (digest, origin) select digest, origin::json from own)
	update review r set plan = own.digest from own where own.project_id = r.project_id and own.no = r.no`

// usesPlans keeps how PostgreSQL finds the projects that use a document, where
// thousands have a plan of their own: a lifecycle, which most of them follow, and
// a module, which few have.
func usesPlans(ctx context.Context, w *seed.World, superuser, dir string, out io.Writer) error {
	conn, err := pgx.Connect(ctx, superuser)
	if err != nil {
		return fmt.Errorf("connect to tailor plans: %w", err)
	}
	defer conn.Close(ctx)
	m, err := catalog.Module("gdpr", 1)
	if err != nil {
		return err
	}
	l, err := catalog.Version(store.UsualLifecycle, 2)
	if err != nil {
		return err
	}
	module := plan.Document{Module: m}
	for _, d := range []plan.Document{{Lifecycle: l}, module} {
		if err := store.Publish(ctx, conn, d); err != nil {
			return err
		}
	}
	ref, err := module.Ref()
	if err != nil {
		return err
	}
	if err := w.Moduled(ctx, "moduled", l, ref); err != nil {
		return err
	}
	if err := seed.Copy(ctx, conn, []seed.Pattern{{Key: "moduled", Copies: usesModule - 1}}); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, tailorSQL, usesTailored); err != nil {
		return fmt.Errorf("tailor plans: %w", err)
	}
	if _, err := conn.Exec(ctx, `vacuum (analyze)`); err != nil {
		return fmt.Errorf("before the plans of what uses a document: %w", err)
	}
	of := fmt.Sprintf(
		"%d projects of which %d have a plan of their own and %d a module", planProjects+planWaiting+usesModule, usesTailored, usesModule,
	)
	for name, key := range map[string]string{"uses-lifecycle": l.Key, "uses-module": m.Key} {
		if err := portfolioPlan(ctx, w.Store, seed.By(w.Busy), name, of, store.PortfolioFilter{Uses: key}, dir, out); err != nil {
			return err
		}
	}
	return portfolioPlan(ctx, w.Store, seed.By(w.Busy), "behind", of, store.PortfolioFilter{Behind: true}, dir, out)
}
