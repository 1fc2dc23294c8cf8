//go:build !linux || !amd64

package vm_test

import "testing"

// native says that this host can run the programs itself.
const native = false

func runs32() bool { return false }

func command(t *testing.T, program string) []string {
	t.Helper()
	return []string{program}
}

func zeroPage(*testing.T) bool { return true }

func onHost(t *testing.T, _ []string) outcome {
	t.Helper()
	t.Fatal("this host does not run Linux x86-64 programs")
	return outcome{}
}
