//go:build !unix

package e2e

import "os"

// alive reports whether there is a process.
func alive(pid int) bool {
	_, err := os.FindProcess(pid)
	return err == nil
}
