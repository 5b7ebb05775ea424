//go:build !linux

package faults

import "testing"

// smallDisk is a folder on a small file system of its own: there is none here.
func smallDisk(*testing.T) string { return "" }
