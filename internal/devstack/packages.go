// Package devstack is what the rooms of the run mode share: the demo people, the
// tie to the parent process, and the installing of packages.
package devstack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// ErrCannotInstall says that this process may not install system packages.
// The error that wraps it holds the line to type instead.
var ErrCannotInstall = errors.New("this process may not install it")

// InstallPackages installs Debian packages without asking, without recommended
// extras, and without leaving a started service behind. What the package
// manager says goes to out. Where that is not possible (no apt-get, not root)
// the error wraps ErrCannotInstall and says what to type.
func InstallPackages(ctx context.Context, out io.Writer, packages ...string) error {
	apt, err := exec.LookPath("apt-get")
	if err != nil {
		return fmt.Errorf("%w: install %s with your system's package manager", ErrCannotInstall, strings.Join(packages, ", "))
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w: type: sudo apt-get install -y --no-install-recommends %s", ErrCannotInstall, strings.Join(packages, " "))
	}
	install := append([]string{"install", "-y", "--no-install-recommends"}, packages...)
	err = runApt(ctx, out, apt, install...)
	if err == nil || ctx.Err() != nil {
		return err
	}
	// A fresh image has no package lists, an old one outdated lists.
	if err := runApt(ctx, out, apt, "update"); err != nil {
		return err
	}
	return runApt(ctx, out, apt, install...)
}

func runApt(ctx context.Context, out io.Writer, apt string, args ...string) error {
	fmt.Fprintf(out, "+ apt-get %s\n", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, apt, append([]string{"-q", "-o", "DPkg::Lock::Timeout=120"}, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("apt-get %s: %w", args[0], err)
	}
	return nil
}
