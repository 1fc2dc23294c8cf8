package vm

import (
	"fmt"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/cpu"
)

// RunOptions bound a run.
type RunOptions struct {
	Steps     uint64       // stop after so many instructions; 0: no bound
	Until     []addr.VAddr // stop before the instruction at one of these, but for the first executed
	Cancelled func() error // asked now and then; an error stops the run with StopCancelled
}

// StopReason says why Run returned.
type StopReason int

// The reasons.
const (
	StopExited    StopReason = iota // no process is left to run
	StopSteps                       // RunOptions.Steps were made
	StopUntil                       // an address of RunOptions.Until is next
	StopVerdict                     // a listener said Stop
	StopLimit                       // cpu.max_instructions were made
	StopCancelled                   // RunOptions.Cancelled returned an error
)

// String is the reason in one word.
func (r StopReason) String() string {
	return [...]string{"exited", "steps", "until", "stopped", "limit", "cancelled"}[r]
}

// slice is how many instructions run between two looks at what is outside the machine. In so many a program
// can write 256 MiB of pages to swap, which bounds how far it can overshoot its owner's limits.
const slice = 1 << 16

// Run runs the machine's processes until one of the reasons to stop. The error is not nil when the machine
// cannot go on: an instruction or system call that memlab lacks, a failed check, a cancelled run.
func (m *Machine) Run(o RunOptions) (StopReason, error) {
	m.cache.SetBreaks(o.Until)
	defer m.cache.SetBreaks(nil)
	left := o.Steps
	if left == 0 {
		left = ^uint64(0)
	}
	first := true
	for {
		p := m.runnable()
		if p == nil {
			return StopExited, m.broken
		}
		if o.Cancelled != nil {
			if err := o.Cancelled(); err != nil {
				return StopCancelled, err
			}
		}
		limit := uint64(slice)
		if most := m.cfg.CPU.MaxInstructions; most > 0 {
			limit = min(limit, most-min(most, m.instructions()))
			if limit == 0 {
				return StopLimit, nil
			}
		}
		if left == 0 {
			return StopSteps, nil
		}
		before := p.cpu.Insns
		p.cpu.PassBreak = first
		reason, stop, err := m.step(p, min(limit, left))
		left -= min(p.cpu.Insns-before, left)
		first = first && p.cpu.Insns == before
		if stop || err != nil {
			return reason, err
		}
	}
}

// runnable is the process that runs next.
func (m *Machine) runnable() *Process {
	for _, p := range m.procs {
		if ended, _ := p.linux.Exited(); !ended {
			return p
		}
	}
	return nil
}

// step lets p run until something has to be done for it, and does it.
func (m *Machine) step(p *Process, budget uint64) (reason StopReason, stop bool, err error) {
	m.pager.MMU.Switch(p.space)
	m.bus.Now.PID = p.linux.PID
	exit := p.cpu.Run(budget)
	task := p.linux.Tasks[0]
	switch exit.Kind {
	case cpu.ExitSyscall:
		err = m.kernel.Syscall(task)
	case cpu.ExitException:
		err = m.kernel.Exception(task, p.cpu.Exception())
	case cpu.ExitUnsupported:
		err = p.located(exit.Err)
	case cpu.ExitBreak:
		return StopUntil, true, nil
	case cpu.ExitBudget, cpu.ExitStop:
	default:
		err = fmt.Errorf("pid %d: int 0x80 in 64-bit code at %s is not served",
			p.linux.PID, addr.VAddr(p.cpu.RIP))
	}
	if m.broken != nil {
		return 0, true, m.broken
	}
	if ended, _ := p.linux.Exited(); ended && err == nil {
		p.end()
	}
	switch m.bus.TakePending() {
	case event.Stop:
		return StopVerdict, true, err
	case event.Kill:
		if ended, _ := p.linux.Exited(); !ended {
			m.kernel.Kill(p.linux, "killed by a listener's verdict")
			p.end()
		}
	default: // nothing else is remembered
	}
	return 0, false, err
}

// located adds the symbol to an error about an instruction.
func (p *Process) located(e *cpu.UnsupportedError) error {
	if name, off, ok := p.Symbol(e.Addr); ok {
		return fmt.Errorf("pid %d: %w <%s+%#x>", p.linux.PID, e, name, off)
	}
	return fmt.Errorf("pid %d: %w", p.linux.PID, e)
}

// instructions is how many instructions the machine has retired.
func (m *Machine) instructions() uint64 {
	n := uint64(0)
	for _, p := range m.procs {
		n += p.cpu.Insns
	}
	return n
}
