package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// meter reads processor times. Linux only; elsewhere, and where it cannot tell, they are zero.
type meter struct{ postmaster string }

// spent is processor time: of a server, and of the database with all its connections.
type spent struct{ server, database time.Duration }

func (s spent) since(before spent) spent {
	return spent{s.server - before.server, s.database - before.database}
}

func (s spent) per(answers int) spent {
	if answers == 0 {
		return spent{}
	}
	return spent{s.server / time.Duration(answers), s.database / time.Duration(answers)}
}

// meter finds the database's main process, the parent of whatever serves a connection.
func (l *lab) meter(ctx context.Context) (*meter, error) {
	conn, err := pgx.Connect(ctx, l.postgres.SuperuserURL)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	var pid int
	if err := conn.QueryRow(ctx, `select pg_backend_pid()`).Scan(&pid); err != nil {
		return nil, fmt.Errorf("ask PostgreSQL for its process: %w", err)
	}
	return &meter{postmaster: statOf(strconv.Itoa(pid)).parent}, nil
}

// read is the time that was spent up to now. A server of nil has spent none, a meter of nil knows of none.
func (m *meter) read(server *process) spent {
	var s spent
	if m == nil || m.postmaster == "" {
		return s
	}
	if server != nil {
		s.server = statOf(strconv.Itoa(server.cmd.Process.Pid)).own
	}
	main := statOf(m.postmaster)
	s.database = main.own + main.ended
	processes, _ := filepath.Glob("/proc/[0-9]*") // the pattern is right
	for _, dir := range processes {
		if stat := statOf(filepath.Base(dir)); stat.parent == m.postmaster {
			s.database += stat.own
		}
	}
	return s
}

// stat is what /proc tells of a process: its parent, its own time, and that of those of its children that have ended.
type stat struct {
	parent     string
	own, ended time.Duration
}

// tick is the unit of /proc on all Linux systems.
const tick = 10 * time.Millisecond

func statOf(pid string) stat {
	raw, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return stat{} // it has ended meanwhile
	}
	// The name, in brackets, may hold anything.
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	if len(fields) < 15 {
		return stat{}
	}
	ticks := func(from int) time.Duration {
		user, _ := strconv.Atoi(fields[from]) // the kernel writes numbers
		system, _ := strconv.Atoi(fields[from+1])
		return time.Duration(user+system) * tick
	}
	return stat{parent: fields[1], own: ticks(11), ended: ticks(13)}
}
