package vm

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/cpu"
	"memlab/vm/linux"
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
	StopLimit                       // cpu.max_instructions were made, or calls moved too many bytes for them
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
//
// A task that has stopped before a break passes it when it runs again, whoever runs meanwhile: each arrival
// is told once.
func (m *Machine) Run(o RunOptions) (StopReason, error) {
	m.stepping = true
	defer func() { m.stepping = false }()
	m.cache.SetBreaks(o.Until)
	defer m.cache.SetBreaks(nil)
	m.until = o.Until
	defer m.bus.Flush()
	left := o.Steps
	if left == 0 {
		left = ^uint64(0)
	}
	first := true
	maps.DeleteFunc(m.atBreak, func(t *linux.Task, _ bool) bool { return t.Ended() })
	for {
		t, err := m.schedule()
		if t == nil || err != nil {
			m.drain()
			return StopExited, errors.Join(m.broken, err)
		}
		if o.Cancelled != nil {
			if err := o.Cancelled(); err != nil {
				return StopCancelled, err
			}
		}
		limit := min(slice, max(m.untilDue(), m.calm))
		if !m.kernel.Alone() {
			limit = min(limit, m.turn)
		}
		if most := m.cfg.CPU.MaxInstructions; most > 0 {
			limit = min(limit, most-min(most, m.retired))
			if limit == 0 || m.kernel.Copied() > maxCopied(most) {
				return StopLimit, nil
			}
		}
		if left == 0 {
			return StopSteps, nil
		}
		before := m.retired
		t.CPU.PassBreak = first && len(m.atBreak) == 0 || m.atBreak[t]
		if t.CPU.PassBreak && !m.atBreak[t] && m.linking.arrived(t) {
			m.atBreak[t] = true // told: a break of the caller's at this place is still passed
		}
		reason, stop, err := m.step(t, min(limit, left))
		left -= min(m.retired-before, left)
		first = first && m.retired == before
		if stop || err != nil {
			return reason, err
		}
	}
}

// killedByListener is the report of a process that a verdict has ended.
const killedByListener = "killed by a listener's verdict"

// maxCopied is how many bytes the calls of programs that may make so many instructions may move. One call
// can move 2 GiB; without a bound, a program that does nothing but write would keep the host busy for days
// within its limit of instructions.
func maxCopied(instructions uint64) uint64 {
	const perInstruction, start = 16, 64 << 20
	if instructions > 1<<58 {
		return ^uint64(0)
	}
	return start + perInstruction*instructions
}

// step lets t run until something has to be done for it, and does it.
func (m *Machine) step(t *linux.Task, budget uint64) (reason StopReason, stop bool, err error) {
	p := m.process(t.Process)
	m.settle(nil) // what others than programs have asked for
	m.load.begins(p)
	if s := p.paged(); s != nil {
		s.SetNice(p.linux.Nice())
	}
	p.switchTo()
	m.bus.Now.PID = p.linux.PID
	before := m.retired
	exit := m.execute(p, t, budget)
	if m.retired != before {
		delete(m.atBreak, t)
	}
	switch exit.Kind {
	case cpu.ExitSyscall:
		try := p.searching(t, linux.ABI64)
		err = m.kernel.Syscall(t)
		p.searched(t, try)
	case cpu.ExitInt80:
		try := p.searching(t, linux.ABI32)
		err = m.kernel.Int80(t)
		p.searched(t, try)
	case cpu.ExitException:
		err = m.kernel.Exception(t, t.CPU.Exception())
	case cpu.ExitUnsupported:
		err = p.located(exit.Err)
	case cpu.ExitBreak:
		m.linking.arrived(t)
		m.atBreak[t] = true
		if slices.Contains(m.until, addr.VAddr(t.CPU.RIP)) {
			if m.bus.TakePending() == event.Kill {
				m.kernel.Kill(p.linux, killedByListener)
			}
			return StopUntil, true, nil
		}
	default: // the budget is used up, or a listener wants to stop
	}
	m.settle(t)
	m.load.look(m.turn == 0 || t.Ended())
	if m.broken != nil {
		return 0, true, m.broken
	}
	switch m.bus.TakePending() {
	case event.Stop:
		return StopVerdict, true, err
	case event.Kill:
		if ended, _ := p.linux.Exited(); !ended {
			m.kernel.Kill(p.linux, killedByListener)
		}
	default: // nothing else is remembered
	}
	return 0, false, err
}

// execute lets t's processor run. It counts with the machine's count of instructions, so that events and the
// time-stamp counter show one time whoever runs.
func (m *Machine) execute(p *Process, t *linux.Task, budget uint64) cpu.Exit {
	t.CPU.Insns = m.retired
	m.running = true
	exit := t.CPU.Run(budget)
	m.running = false
	n := t.CPU.Insns - m.retired
	m.retired = t.CPU.Insns
	t.Insns += n
	p.insns += n
	m.spend(n)
	return exit
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
	if m.running {
		return m.current.CPU.Insns
	}
	return m.retired
}
