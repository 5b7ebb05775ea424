package bench

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/bench/load"
	"github.com/slipway-prr/slipway/bench/yardstick"
)

// ruler is a yardstick server with its database.
type ruler struct {
	shape    yardstick.Shape
	database string // a superuser's URL
	server   *process
}

// ruler starts a yardstick of a shape. Rulers of different names have databases of their own.
func (l *lab) ruler(ctx context.Context, name string, shape yardstick.Shape) (*ruler, error) {
	binary, err := l.build(ctx, "bench/cmd/yardstick")
	if err != nil {
		return nil, err
	}
	db, err := l.database(ctx, name)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, db.superuser)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", name, err)
	}
	defer conn.Close(ctx)
	if err := shape.Seed(ctx, conn); err != nil {
		return nil, err
	}
	server, err := startYardstick(name, binary, db.superuser)
	if err != nil {
		return nil, err
	}
	l.servers = append(l.servers, server)
	l.onClose(server.stop)
	return &ruler{shape: shape, database: db.superuser, server: server}, nil
}

// tickRaw is the tick-raw yardstick on the ruler's database.
func (l *lab) tickRaw(r *ruler, clients int) (Contender, error) {
	tool, err := findPgbench(l.postgres.BinDir)
	if err != nil {
		return Contender{}, err
	}
	script := filepath.Join(l.dir, "tick.sql")
	if err := os.WriteFile(script, []byte(yardstick.TickScript), 0o600); err != nil {
		return Contender{}, fmt.Errorf("tick script: %w", err)
	}
	bench := pgbench{
		path: tool, database: r.database, script: script,
		variables: map[string]int{"projects": r.shape.Projects, "items": r.shape.Items},
	}
	return Contender{Name: "tick-raw", Clients: clients, Run: bench.run}, nil
}

// traffic asks for the same thing of every project, as person 1 where somebody has to be signed in.
func (r *ruler) traffic(format string, check func(int, *load.Response) error) Traffic {
	requests := make([][]byte, r.shape.Projects)
	for i := range requests {
		requests[i] = load.Get(fmt.Sprintf(format, i+1), load.Header{Name: "Cookie", Value: "sid=" + yardstick.Cookie(1)})
	}
	return Traffic{Next: anyOf(requests), Check: check}
}

// Names of the yardsticks.

func (r *ruler) db1(clients int) Contender {
	return overHTTP("db1", clients, r.server, r.traffic("/db1/%d", wantBody(http.StatusOK, 1)))
}

func (r *ruler) page(name string, clients, bytes int) Contender {
	return overHTTP(name, clients, r.server, r.traffic("/hyb/%d", wantPage(bytes*9/10)))
}

func (r *ruler) floor(clients, bytes int) Contender {
	return overHTTP("page-floor", clients, r.server, r.traffic("/floor/%d", wantPage(bytes*9/10)))
}

func (r *ruler) bare(clients, bytes int) Contender {
	request := load.Get(fmt.Sprintf("/bare/%d", bytes))
	return overHTTP("bare", clients, r.server, Traffic{
		Next: func(int) []byte { return request }, Check: wantBody(http.StatusOK, bytes),
	})
}
