//go:build unix && !linux

package postgres

import (
	"os"
	"syscall"
)

func userCandidates(uid, gid int) []identity { return []identity{{uid: uid, gid: gid}} }

func rootCandidates() []identity { return nil }

func (id identity) sysProcAttr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if id.uid >= 0 {
		attr.Credential = &syscall.Credential{Uid: uint32(id.uid), Gid: uint32(id.gid)}
	}
	return attr
}

func lockThreadForChild() {}

func tieToParent(pid int) (release func(), err error) { return watchdog(pid) }

func scratchDir() string { return os.TempDir() }
