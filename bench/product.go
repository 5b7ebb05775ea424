package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/bench/load"
	"github.com/slipway-prr/slipway/bench/seed"
)

// product is Slipway's own server with a database of its own.
type product struct {
	world    *seed.World
	database database
	server   *process
}

// product fills a database and starts a server on it. fill makes patterns and says how often to copy each.
func (l *lab) product(ctx context.Context, name string, fill func(context.Context, *seed.World) ([]seed.Pattern, error)) (*product, error) {
	p := &product{}
	var err error
	if p.database, err = l.database(ctx, name); err != nil {
		return nil, err
	}
	if err := seed.Migrate(ctx, p.database.owner); err != nil {
		return nil, err
	}
	if p.world, err = seed.NewWorld(ctx, p.database.owner, p.database.app); err != nil {
		return nil, err
	}
	l.onClose(func() error { p.world.Store.Close(); return nil })
	patterns, err := fill(ctx, p.world)
	if err != nil {
		return nil, err
	}
	if err := p.multiply(ctx, patterns); err != nil {
		return nil, err
	}
	if p.server, err = l.serve(ctx, name, p.database.app); err != nil {
		return nil, err
	}
	l.servers = append(l.servers, p.server)
	l.onClose(p.server.stop)
	return p, nil
}

func (p *product) multiply(ctx context.Context, patterns []seed.Pattern) error {
	conn, err := pgx.Connect(ctx, p.database.superuser)
	if err != nil {
		return fmt.Errorf("connect to fill: %w", err)
	}
	defer conn.Close(ctx)
	return seed.Copy(ctx, conn, patterns)
}

// serve starts the product as an operator would, and waits until it is ready. Its log is written as always, to wherever the lab
// wants logs; a request in the log is part of what a request costs.
func (l *lab) serve(ctx context.Context, name, database string) (*process, error) {
	p, err := l.launch(ctx, name, database)
	if err != nil {
		return nil, err
	}
	if err := p.await(load.Get("/readyz"), wantBody(http.StatusOK, 1)); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// launch starts the product without waiting.
func (l *lab) launch(ctx context.Context, name, database string) (*process, error) {
	binary, err := l.slipway(ctx)
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, "serve")
	cmd.Stdout, cmd.Stderr = l.log, l.log
	cmd.Env = []string{
		"SLIPWAY_ADDR=" + addr, "SLIPWAY_DATABASE_URL=" + database, "SLIPWAY_WITH_PARENT=1", "SLIPWAY_LIMIT_ADDRESS=0",
		// Nobody balances a load: a server that is told to stop need not wait until somebody has noticed.
		"SLIPWAY_LAME_DUCK_SECONDS=0",
		// Nobody signs in during a run: sessions are there already, and nothing listens at this address.
		"SLIPWAY_OIDC_ISSUER=http://127.0.0.1:9",
		// As the operators' guide says.
		"GOGC=400", "GOMEMLIMIT=" + cmp.Or(l.limit, memoryLimit),
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return &process{name: name, cmd: cmd, addr: addr, end: func() error { return cmd.Process.Signal(syscall.SIGTERM) }}, nil
}

// memoryLimit leaves the runtime's own part and the program's text below the goal of 64 MiB.
const memoryLimit = "36MiB"

// largeMemoryLimit does the same below the goal of 160 MiB, for servers that keep the totals of 100,000 projects.
const largeMemoryLimit = "110MiB"

// slipway is the product's program, built once.
func (l *lab) slipway(ctx context.Context) (string, error) {
	if l.binary == "" {
		binary, err := l.build(ctx, "cmd/server")
		if err != nil {
			return "", err
		}
		l.binary = binary
	}
	return l.binary, nil
}

// await asks a starting server again and again until the answer is accepted.
func (p *process) await(request []byte, accept func(int, *load.Response) error) error {
	err := errors.New("not asked yet")
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(500 * time.Microsecond) {
		if err = p.ask(request, accept); err == nil {
			return nil
		}
		if p.gone() {
			break
		}
	}
	return fmt.Errorf("start %s: %w", p.name, err)
}

func (p *process) ask(request []byte, accept func(int, *load.Response) error) error {
	c, err := load.Dial(context.Background(), p.addr)
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(startTimeout))
	answer, err := c.Do(request)
	if err != nil {
		return err
	}
	return accept(0, answer)
}

// gone reports whether the process has ended: what has ended and was not waited for has no memory left.
func (p *process) gone() bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	return err != nil || strings.Contains(string(status), "State:\tZ")
}

// freeAddr finds a loopback address that nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// cookie is the header with a person's session. Without https the port is part of the cookie's name.
func (p *process) cookie(person seed.Person) load.Header {
	_, port, _ := net.SplitHostPort(p.addr)
	return load.Header{Name: "Cookie", Value: "slipway-" + port + "=" + person.Secret}
}

// get asks for a page as somebody, once.
func (p *product) get(path string, person seed.Person, accept func(int, *load.Response) error, headers ...load.Header) error {
	if err := p.server.ask(load.Get(path, append(headers, p.server.cookie(person))...), accept); err != nil {
		return fmt.Errorf("%s of %s: %w", path, p.server.name, err)
	}
	return nil
}
