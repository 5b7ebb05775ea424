//go:build unix

package e2e

import "syscall"

// alive reports whether there is a process, be it one that has ended and waits for
// its parent to notice.
func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }
