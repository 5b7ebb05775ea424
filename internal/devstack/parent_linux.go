package devstack

import (
	"fmt"
	"syscall"
)

// StopWithParent has the kernel send this process SIGTERM when the process
// that started it ends, however that ends: `make run` that is killed must not
// leave a server behind. Call it from main, whose thread lasts. Not for
// servers that are started to outlive a shell.
func StopWithParent() error {
	_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGTERM), 0)
	if errno != 0 {
		return fmt.Errorf("tie this process to its parent: %w", errno)
	}
	return nil
}
