package vm

import "memlab/vm/linux"

// process finds the machine's side of one of the kernel's processes.
func (m *Machine) process(lp *linux.Process) *Process {
	for i := len(m.procs) - 1; i >= 0; i-- { // those that run are mostly young
		if m.procs[i].linux == lp {
			return m.procs[i]
		}
	}
	return nil
}

// ended frees the memory of a process that has ended. The last one's is kept until another program is loaded:
// a machine that has stopped can be looked at.
func (m *Machine) ended(lp *linux.Process) {
	p := m.process(lp)
	if p == nil || !m.living() {
		return
	}
	m.leave(p)
}

// living reports whether any process has not ended.
func (m *Machine) living() bool {
	for _, p := range m.procs {
		if ended, _ := p.Exited(); !ended {
			return true
		}
	}
	return false
}

// leave takes the address space from p, and frees it unless another process uses it too.
func (m *Machine) leave(p *Process) {
	if p.space.Ended() {
		return
	}
	for _, other := range m.procs {
		if ended, _ := other.Exited(); other != p && !ended && other.space == p.space {
			return
		}
	}
	p.space.Destroy()
}

// bury frees the memory of all processes that have ended.
func (m *Machine) bury() {
	for _, p := range m.procs {
		if ended, _ := p.Exited(); ended {
			m.leave(p)
		}
	}
}
