//go:build !unix

package faults

import (
	"errors"
	"os"
)

// Processes that stand still are there on Unix only.
func stopProcess(int) error { return errors.ErrUnsupported }

func continueProcess(int) error { return errors.ErrUnsupported }

func killProcess(pid int) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Kill()
}
