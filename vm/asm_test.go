package vm_test

import (
	"fmt"
	"testing"

	"memlab/paging/event"
	"memlab/vm"
)

// asmPrograms check themselves: what user mode sees of the processor and of the signals that its exceptions become. They
// print "ok", or the number of the check that failed.
var asmPrograms = []string{"align", "bases", "cpuid", "faults", "insns32", "modes", "segments32", "smc", "steps", "syscalls"}

// TestAsmPrograms runs them on the host, if it can, and in machines with few and with many frames, in the fast loop and
// observed.
func TestAsmPrograms(t *testing.T) {
	for _, name := range asmPrograms {
		path := "asm/" + name
		if native && runs32() {
			if o := onHost(t, []string{path}); o.Stdout != "ok\n" || o.Status != 0 {
				t.Errorf("%s on the host: %+v", name, o)
			}
		}
		argv := []string{path}
		if name == "cpuid" {
			argv = append(argv, "exactly")
		}
		for _, frames := range []int{16, 256} {
			for _, observed := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d/%v", name, frames, observed), func(t *testing.T) {
					runAsm(t, argv, frames, observed)
				})
			}
		}
	}
}

func runAsm(t *testing.T, argv []string, frames int, observed bool) {
	t.Helper()
	cfg := config()
	cfg.Memory.Frames, cfg.Verify = frames, true
	cfg.CPU.MaxInstructions = 1 << 20
	m, p, o := start(t, cfg, argv, func(m *vm.Machine) {
		if observed {
			m.Bus().Subscribe(event.PerInstruction|event.PerAccess, func(*event.Event) event.Verdict { return event.Continue })
		}
	})
	if got := run(t, m, p, o); got.Stdout != "ok\n" || got.Status != 0 {
		t.Errorf("%+v", got)
	}
}
