package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// The people of project $1 as their tables have them. Its own row has them too: each
// page and each change reads them, and reading the row costs nothing more.
const (
	membersSQL          = `array(select person_id from project_member where project_id = $1 order by person_id)`
	dutiesSQL           = `array(select duty from project_member where project_id = $1 order by person_id)`
	responsibilitiesSQL = `(select jsonb_agg(jsonb_build_object('person', coalesce(person_id, 0), 'team', team, 'parts', parts) order by coalesce(person_id, 0), team collate "C")
		  from responsibility where project_id = $1)`
)

// writeMembers brings the project's row up to the table of its people.
func writeMembers(b *pgx.Batch, id int64) {
	b.Queue(`update project set members = `+membersSQL+`, duties = `+dutiesSQL+` where id = $1`, id)
}

// people checks that the project's row and the tables of its people say the same.
func (v *Verified) people(ctx context.Context, tx source, r *review.Review) error {
	var same bool
	err := tx.QueryRow(ctx, `
		select members = `+membersSQL+` and duties = `+dutiesSQL+` and responsibilities is not distinct from `+responsibilitiesSQL+`
		  from project where id = $1`, int64(r.Project.ID)).Scan(&same)
	if err != nil {
		return batchError("reading who is on a project", err)
	}
	if !same {
		v.wrong("has other people in its own row than in their tables")
	}
	return nil
}
