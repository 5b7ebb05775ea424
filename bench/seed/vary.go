package seed

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ownedByOne is how many projects the owner that Vary is given gets, however many there are.
const ownedByOne = 60

// Vary makes the portfolio's rows differ as those of a real portfolio do: tiers, states, readiness, dates, stages. Lists read
// nothing else; the projects behind the rows stay as they are. conn is a superuser's.
func Vary(ctx context.Context, conn *pgx.Conn, owner Person) error {
	for _, statement := range []string{
		// Each share by another prime, so that no two of them go together.
		`update portfolio
		    set tier = 1 + project_id * 7 % 3, ready = project_id * 7919 % 101, current = project_id * 31 % cardinality(gates),
		        status = case when project_id % 12 = 0 then 'on hold' when project_id % 97 = 0 then 'stopped' else 'active' end,
		        target = case when project_id % 5 = 0 then null else current_date + (project_id * 13 % 700)::int - 100 end`,
		`insert into person (issuer, subject, name, search, folded)
		 select 'https://vary.example.test', n::text, 'Holder ' || n, ' holder ' || n, 'holder ' || n from generate_series(1, 400) n on conflict do nothing`,
		// One in ten stays with whoever made it.
		`update portfolio f set owner_id = p.id from person p
		  where p.issuer = 'https://vary.example.test' and p.subject = (f.project_id * 37 % 400 + 1)::text and f.project_id % 10 <> 0`,
		fmt.Sprintf(`update portfolio set owner_id = %d
		    where project_id %% (select greatest(1, count(*) / %d) from portfolio) = 0`, owner.ID, ownedByOne),
		`vacuum (analyze, full) portfolio`, `analyze person`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("seed: vary: %w", err)
		}
	}
	return nil
}
