//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// identity is whom the server runs as. PostgreSQL refuses to run as root.
type identity struct {
	uid, gid int       // -1: as ourselves
	caps     []uintptr // Linux: kept although the user changes, to reach folders closed to that user
	userNS   bool      // Linux: as ourselves, but seen as user 65534 from inside a user namespace
}

var ourselves = identity{uid: -1, gid: -1}

// chooseIdentity returns the first identity that can run the server and enter
// the folder, and gives it the folder.
func chooseIdentity(ctx context.Context, f *clusterFolder, bin binaries) (identity, error) {
	if os.Geteuid() != 0 {
		return ourselves, nil
	}
	candidates, err := f.candidates()
	if err != nil {
		return identity{}, err
	}
	var failures []error
	for _, id := range candidates {
		if err := id.try(ctx, f, bin); err != nil {
			failures = append(failures, err)
			continue
		}
		return id, nil
	}
	return identity{}, fmt.Errorf("PostgreSQL does not run as root, and no other user can run it in %s: set SLIPWAY_DATA_DIR to a "+
		"folder that user postgres can reach, such as /var/tmp/slipway\n%w",
		f.dir, errors.Join(failures...))
}

// candidates are tried in order. An existing cluster must be run by its owner.
func (f *clusterFolder) candidates() ([]identity, error) {
	info, err := os.Stat(f.data())
	if err == nil {
		owner := info.Sys().(*syscall.Stat_t)
		if owner.Uid == 0 {
			return rootCandidates(), nil
		}
		return userCandidates(int(owner.Uid), int(owner.Gid)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look at the cluster: %w", err)
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		gid, err := strconv.Atoi(u.Gid)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		return append(userCandidates(uid, gid), rootCandidates()...), nil
	}
	return rootCandidates(), nil
}

func (id identity) try(ctx context.Context, f *clusterFolder, bin binaries) error {
	if err := id.own(f.dir); err != nil {
		return err
	}
	// --show changes nothing, but looks for all that a real start needs, and
	// runs in the folder, so entering it is tried too.
	cmd := exec.CommandContext(ctx, filepath.Join(bin.dir, "initdb"), "--show", "-D", filepath.Join(f.dir, "none"))
	f.prepare(cmd, id)
	if out, err := runTied(cmd); err != nil {
		return fmt.Errorf("as user %d: %w %s", id.uid, err, out)
	}
	return nil
}

// throughShell says that a program must be reached by way of a shell: kept
// capabilities take effect with the first program that is run, not before, so
// entering the folder and finding the program need one in between.
func (id identity) throughShell() bool { return len(id.caps) > 0 }

// own makes a path the identity's.
func (id identity) own(path string) error {
	uid, gid := id.uid, id.gid
	if uid < 0 {
		uid, gid = os.Geteuid(), os.Getegid()
	}
	if err := os.Chown(path, uid, gid); err != nil {
		return fmt.Errorf("give %s to user %d: %w", path, uid, err)
	}
	return nil
}

// mkdir makes a folder that is the identity's alone; it may exist.
func (id identity) mkdir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make a folder: %w", err)
	}
	return id.own(path)
}

// writeFile writes a file that only the identity can read.
func (id identity) writeFile(path, content string) error {
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return fmt.Errorf("write a file: %w", err)
	}
	return id.own(path)
}

func ownedByUs(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && (os.Geteuid() == 0 || int(st.Uid) == os.Geteuid())
}

var errLocked = errors.New("locked by another process")

// lockFile opens a file and takes its lock, or returns errLocked. The lock
// lasts until the last copy of the open file is closed, in whichever process.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errLocked
	}
	return nil, err
}

// unlock lets go of a lock file. Closing it alone would leave it locked as long as
// a process that was being started at that moment has a copy of it.
func unlock(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	f.Close()
}
