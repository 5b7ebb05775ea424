package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const module = "github.com/slipway-prr/slipway"

// build compiles a command of this module, without symbols, and returns where it is.
func (l *lab) build(ctx context.Context, command string) (string, error) {
	binary := filepath.Join(l.dir, path.Base(command))
	args := []string{"build", "-ldflags=-s -w", "-o", binary}
	if l.released {
		args = append(args, "-trimpath")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, module+"/"+command)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", command, err, out)
	}
	return binary, nil
}

// process is a server under test. It was started for this run alone: what an earlier run left in its memory would be measured too.
type process struct {
	name string // for the report
	cmd  *exec.Cmd
	addr string
	end  func() error // asks the process to end
}

const (
	startTimeout = 30 * time.Second
	stopTimeout  = 15 * time.Second // the product lets running requests finish for 10 s
)

// startYardstick starts the yardstick server and waits for the address that it prints. The server ends when it is stopped, or with
// this program: a context that ends would kill it in the middle of an answer.
func startYardstick(name, binary, database string) (*process, error) {
	cmd := exec.Command(binary, "-database", database)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start yardstick: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start yardstick: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start yardstick: %w", err)
	}
	p := &process{name: name, cmd: cmd, end: stdin.Close}
	late := time.AfterFunc(startTimeout, func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	late.Stop()
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "listening ")
	if err != nil || !ok {
		return nil, errors.Join(fmt.Errorf("start yardstick: it said %q", line), err, p.stop())
	}
	p.addr = addr
	return p, nil
}

// stop ends the process, by force when asking does not help.
func (p *process) stop() error {
	_ = p.end()
	late := time.AfterFunc(stopTimeout, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("stop %s: %w", filepath.Base(p.cmd.Path), err)
	}
	return nil
}

// memory is the physical memory that the process uses now and that it used at most, in MiB. Linux only.
func (p *process) memory() (now, most float64, err error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, fmt.Errorf("memory: %w", err)
	}
	return parseMemory(string(raw))
}

func parseMemory(status string) (now, most float64, err error) {
	for line := range strings.Lines(status) {
		name, value, _ := strings.Cut(line, ":")
		var into *float64
		switch name {
		case "VmRSS":
			into = &now
		case "VmHWM":
			into = &most
		default:
			continue
		}
		kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		if err != nil {
			return 0, 0, fmt.Errorf("memory: %w", err)
		}
		*into = kib / 1024
	}
	if now == 0 || most == 0 {
		return 0, 0, errors.New("memory: the process status does not tell")
	}
	return now, most, nil
}
