//go:build unix

package faults

import "syscall"

func stopProcess(pid int) error { return syscall.Kill(pid, syscall.SIGSTOP) }

func continueProcess(pid int) error { return syscall.Kill(pid, syscall.SIGCONT) }

func killProcess(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }
