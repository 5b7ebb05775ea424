package postgres

import (
	"os"
	"runtime"
	"syscall"
)

const (
	capDACOverride   = 1 // pass file permissions; containers usually allow it
	capDACReadSearch = 2 // read files and enter folders only; containers often forbid it

	// minScratch is what a test run may fill; a container's /dev/shm is often 64 MiB.
	minScratch = 2 << 30
)

// userCandidates run the server as another user: plainly, else with the
// capability to enter folders closed to that user (a checkout or an npm
// install under root's home).
func userCandidates(uid, gid int) []identity {
	return []identity{
		{uid: uid, gid: gid},
		{uid: uid, gid: gid, caps: []uintptr{capDACReadSearch}},
		{uid: uid, gid: gid, caps: []uintptr{capDACOverride}},
	}
}

// rootCandidates are for where root cannot become another user.
func rootCandidates() []identity {
	return []identity{{uid: -1, gid: -1, userNS: true}}
}

// sysProcAttr puts the server in its own process group, so that Ctrl-C reaches
// us first, and has the kernel shut it down when our thread ends.
func (id identity) sysProcAttr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	if id.userNS {
		attr.Cloneflags = syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 65534, HostID: os.Geteuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 65534, HostID: os.Getegid(), Size: 1}}
	}
	if id.uid >= 0 {
		attr.Credential = &syscall.Credential{Uid: uint32(id.uid), Gid: uint32(id.gid)}
		attr.AmbientCaps = id.caps
	}
	return attr
}

// lockThreadForChild keeps the calling goroutine on its thread: Linux sends
// Pdeathsig when the thread that started the child ends, not the process.
func lockThreadForChild() { runtime.LockOSThread() }

// tieToParent has nothing to do here: sysProcAttr did it.
func tieToParent(int) (release func(), err error) { return func() {}, nil }

// scratchDir prefers memory: a test database is cloned there in a quarter of the time.
func scratchDir() string {
	const shm = "/dev/shm"
	var st syscall.Statfs_t
	if err := syscall.Statfs(shm, &st); err != nil || st.Bavail*uint64(st.Bsize) < minScratch {
		return os.TempDir()
	}
	probe, err := os.CreateTemp(shm, temporaryPrefix+"probe")
	if err != nil {
		return os.TempDir()
	}
	probe.Close()
	os.Remove(probe.Name())
	return shm
}
