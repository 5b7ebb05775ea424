//go:build !unix

package postgres

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
)

var (
	errLocked      = errors.New("locked by another process")
	errUnsupported = errors.New("a private PostgreSQL cannot be started on this operating system: set SLIPWAY_DATABASE_URL to a " +
		"server's address")
)

type identity struct{}

func chooseIdentity(context.Context, *clusterFolder, binaries) (identity, error) {
	return identity{}, errUnsupported
}

func (identity) mkdir(string) error                { return errUnsupported }
func (identity) writeFile(string, string) error    { return errUnsupported }
func (identity) throughShell() bool                { return false }
func (identity) sysProcAttr() *syscall.SysProcAttr { return nil }

func lockFile(string) (*os.File, error) { return nil, errUnsupported }
func unlock(*os.File)                   {}
func ownedByUs(fs.FileInfo) bool        { return false }
func lockThreadForChild()               {}
func tieToParent(int) (func(), error)   { return nil, errUnsupported }
func scratchDir() string                { return os.TempDir() }
