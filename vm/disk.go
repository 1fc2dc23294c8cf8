package vm

import "memlab/vm/linux"

// The disk of a machine: file and swap are behind one, which serves one request after the other.
//
// A task whose access faulted, or whose call moved memory, has by then made the disk read and write so many
// pages. It has its bytes and completes the instruction or call; then it sleeps until the disk is done with
// what others have asked for before, and with its own (Linux: a major fault sleeps in folio_wait_bit; here
// the page that it waits for is used at once, so that no other can take it first). Others run meanwhile. So
//
//	CPU use = busy time ÷ simulated time
//
// falls when all wait for the disk, which is what thrashing is (P. J. Denning, "Thrashing: its causes and
// prevention", AFIPS FJCC 1968). It is the process that sleeps, with all its threads: if another of them ran
// on, it would take the pages away that the first has waited for, and in little memory none would get
// anywhere. While there is one process only, nobody could run meanwhile: time simply passes, and the run need
// not be left at each fault.
type disk struct {
	charged  uint64 // ns of its work that time has passed for, or that some task sleeps for
	done     uint64 // when it has done all that was asked for
	overlaps bool   // others can run while one task waits
}

// diskTime is how long all transfers up to now take by themselves.
func (m *Machine) diskTime() uint64 {
	cost, s := &m.cfg.Costs, &m.pager.Stats
	reads, writes := s.FileReads+s.SwapReads, s.WriteBacks
	if m.whole != nil {
		reads, writes = m.diskReads(), m.diskWrites()
	}
	return reads*uint64(cost.DiskRead) + writes*uint64(cost.DiskWrite)
}

// owed is the time of transfers that has not been charged to anybody.
func (m *Machine) owed() uint64 { return m.diskTime() - m.disk.charged }

// settle lets t wait for the transfers that have been made on its behalf; with t nil, or when t is the only
// one there is, the time passes.
func (m *Machine) settle(t *linux.Task) {
	d := &m.disk
	if owed := m.owed(); owed > 0 {
		now := m.now(m.instructions())
		if !d.overlaps {
			now -= owed // it has been seen as passed
		}
		d.charged += owed
		d.done = max(d.done, now) + owed
		if t == nil || !d.overlaps {
			m.rest(d.done - now)
		} else {
			m.kernel.Hold(t, d.done)
		}
	}
	d.overlaps = m.whole == nil && m.kernel != nil && !m.kernel.OneProcess()
}

// writeBehind leaves to the disk what has been written and nobody waits for.
func (m *Machine) writeBehind() {
	d, owed := &m.disk, m.owed()
	if !d.overlaps {
		return // then it passes with the next settle
	}
	d.charged += owed
	d.done = max(d.done, m.now(m.instructions())) + owed
}

// rest lets time pass in which nobody runs.
func (m *Machine) rest(ns uint64) {
	m.slept += ns
	if m.kernel != nil {
		m.kernel.Rest(ns)
	}
}

// drain lets the disk finish what programs that have ended have left to it.
func (m *Machine) drain() {
	if now := m.now(m.instructions()); m.disk.done > now {
		m.rest(m.disk.done - now)
	}
}

// faulted is called after each fault that was resolved: a task that has to wait for the disk is left behind
// its instruction.
func (m *Machine) faulted() error {
	if m.disk.overlaps && m.running && m.owed() > 0 {
		m.current.CPU.Interrupt()
	}
	if m.curve.wants(m.pager.Stats.Faults) {
		m.curve.note(m.point())
	}
	if m.cfg.Verify && m.broken == nil {
		m.broken = m.Check()
	}
	return m.broken
}
