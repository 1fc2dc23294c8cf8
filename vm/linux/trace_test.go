package linux

import (
	"strings"
	"testing"

	"memlab/vm/linux/strace"
)

// TestDescribed: every call that memlab has is written with its arguments decoded, in both ABIs.
func TestDescribed(t *testing.T) {
	d := strace.New()
	absent := absentCalls() // they are refused, whatever their arguments are
	for abi, table := range syscallTables() {
		for _, e := range table {
			if _, refused := absent[e.name]; e.fn != nil && !refused && !d.Describes(e.name) {
				t.Errorf("%v: strace does not know %s", ABI(abi), e.name)
			}
		}
	}
}

// traced is a rig whose calls are written down.
func tracedRig(t *testing.T) (*rig, *strings.Builder) {
	t.Helper()
	r := newRig(t, rigOptions{})
	r.k.cfg.OnUnknown = ENOSYSOnUnknown
	var out strings.Builder
	r.k.trace = &tracer{to: &out, decoder: strace.New()}
	return r, &out
}

func TestTraceLines(t *testing.T) {
	r, out := tracedRig(t)
	_, _ = r.call("getpid")
	_, _ = r.call("close", 77)
	_, _ = r.call("acct", 0)
	_, _ = r.call("exit_group", 3)
	want := `getpid()                                = 1
close(77)                               = -1 EBADF (Bad file descriptor)
acct(0, 0, 0, 0, 0, 0)                  = -1 ENOSYS (Function not implemented)
exit_group(3)                           = ?
+++ exited with 3 +++
`
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestTraceSignal: a signal is announced behind the call that sends it, and the end behind the signal.
func TestTraceSignal(t *testing.T) {
	r, out := tracedRig(t)
	_, _ = r.call("kill", 1, SIGURG) // ignored by default, and yet shown
	_, _ = r.call("kill", 1, SIGTERM)
	want := `kill(1, SIGURG)                         = 0
--- SIGURG {si_signo=SIGURG, si_code=SI_USER, si_pid=1, si_uid=0} ---
kill(1, SIGTERM)                        = 0
--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---
+++ killed by SIGTERM +++
`
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
