//go:build linux && amd64

package vm_test

import (
	"bytes"
	"errors"
	"os/exec"
	"syscall"
	"testing"
)

// native says that this host can run the programs itself.
const native = true

// onHost runs a program natively.
func onHost(t *testing.T, argv []string) outcome {
	t.Helper()
	cmd := exec.Command("./"+argv[0], argv[1:]...) //nolint:gosec // the repository's own programs
	cmd.Dir, cmd.Env = programs, environment
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if _, ok := errors.AsType[*exec.ExitError](cmd.Run()); !ok && cmd.ProcessState == nil {
		t.Fatalf("%v cannot be run", argv)
	}
	status := cmd.ProcessState.ExitCode()
	if w, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		status = 128 + int(w.Signal())
	}
	return outcome{argv, status, out.String(), errs.String()}
}
