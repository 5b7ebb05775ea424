//go:build unix

package postgres

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// watchdog ties a process to this one where the kernel does not offer it: a
// shell that waits for its input to end, which happens when we do, and then
// asks the process to shut down. release ends the watchdog; the process must
// have ended before, or it is asked to.
func watchdog(pid int) (release func(), err error) {
	ours, theirs := (*os.File)(nil), (*os.File)(nil)
	if theirs, ours, err = os.Pipe(); err != nil {
		return nil, fmt.Errorf("make a watchdog's pipe: %w", err)
	}
	defer theirs.Close()
	cmd := exec.Command("/bin/sh", "-c", `read -r _; kill -INT "$0" 2>/dev/null`, strconv.Itoa(pid))
	cmd.Stdin = theirs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is not for it
	if err := cmd.Start(); err != nil {
		ours.Close()
		return nil, fmt.Errorf("start a watchdog: %w", err)
	}
	return func() {
		ours.Close()
		_ = cmd.Wait()
	}, nil
}
