//go:build !linux

package devstack

// StopWithParent does nothing here: the system has no such signal, and a
// terminal's Ctrl-C reaches this process by itself.
func StopWithParent() error { return nil }
