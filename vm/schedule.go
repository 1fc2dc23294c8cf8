package vm

import "memlab/vm/linux"

// defaultQuantum is the length of a turn if the configuration has none.
const defaultQuantum = 20000

// undisturbed is how many instructions a task can make at least before the clock interrupts it: without
// that, one that sleeps for a nanosecond again and again would leave the others no time at all.
const undisturbed = 256

// turns say who runs and for how long. A task whose turn the clock interrupts, because a sleeper's time is
// over, goes on with what is left of it when the sleeper sleeps again, or has had a turn of its own.
type turns struct {
	current *linux.Task // that runs, or ran last
	turn    uint64      // instructions that it may still make before others have their turn
	calm    uint64      // instructions that it may still make before the clock interrupts it

	moved uint64 // transfers when its turn began, or went on

	cut     *linux.Task // whose turn was interrupted; nil: nobody's
	cutTurn uint64      // what is left of it
}

// schedule is the task that runs next: the same as before until its turn is over, it has to wait, or the
// clock interrupts it. nil: all processes have ended.
func (m *Machine) schedule() (*linux.Task, error) {
	if m.kernel == nil {
		return nil, nil //nolint:nilnil // documented: nothing has been loaded
	}
	for {
		t := m.current
		if t == nil || m.turn == 0 || !t.Runnable() || !m.resident(t) {
			next, err := m.nextTurn()
			if next == nil || err != nil {
				return nil, err
			}
			continue
		}
		if m.calm > 0 || m.untilDue() > 0 {
			return t, nil
		}
		if m.transfers() != m.moved {
			// It has waited for pages, and they would be gone when it went on: where frames are short and
			// sleepers many, nobody would get anywhere. So it keeps its turn.
			m.calm = m.turn
			return t, nil
		}
		next, err := m.kernel.Interrupt(t)
		if err != nil {
			return nil, err
		}
		if m.calm = undisturbed; next != t {
			if m.cut == nil {
				m.cut, m.cutTurn = t, m.turn
			}
			m.current, m.turn, m.moved = next, m.quantum(), m.transfers()
		}
	}
}

// nextTurn gives the rest of its turn to the task that was interrupted, or a turn to the next. It returns
// whose it is.
func (m *Machine) nextTurn() (*linux.Task, error) {
	if t := m.cut; t != nil {
		m.cut = nil
		if err := m.kernel.Resume(t); err != nil {
			return nil, err
		}
		if t.Runnable() && m.resident(t) {
			m.current, m.turn, m.calm, m.moved = t, m.cutTurn, undisturbed, m.transfers()
			return t, nil
		}
	}
	t, err := m.kernel.Next(m.current)
	if t != nil {
		m.current, m.turn, m.calm, m.moved = t, m.quantum(), 0, m.transfers()
	}
	return t, err
}

// transfers is how many pages have moved between memory and disk.
func (m *Machine) transfers() uint64 {
	if m.whole != nil {
		return m.diskReads() + m.diskWrites()
	}
	s := &m.pager.Stats
	return s.FileReads + s.SwapReads + s.WriteBacks
}

// quantum is the length of a turn in instructions.
func (m *Machine) quantum() uint64 {
	if m.cfg.CPU.Quantum == 0 {
		return defaultQuantum
	}
	return m.cfg.CPU.Quantum
}

// untilDue is how many instructions the running task makes before the clock interrupts it, or fewer. What
// they will cost is not known: each is taken to access memory once besides its fetch, which is more than
// programs do for long. So most of the time is over after a first step, and the last ones are of one
// instruction. 0: it is due.
func (m *Machine) untilDue() uint64 {
	at, ran := m.kernel.Due()
	n := ^uint64(0)
	cost := &m.cfg.Costs
	if ran != n && cost.Instruction > 0 {
		n = (ran + uint64(cost.Instruction) - 1) / uint64(cost.Instruction)
	}
	if at == ^uint64(0) {
		return n
	}
	left := at - min(at, m.now(m.retired))
	if each := uint64(cost.Instruction + 2*cost.Memory + 2*cost.TLBHit); left > 0 && each > 0 {
		left = max(left/each, 1)
	}
	return min(n, left)
}

// spend takes n instructions off the turn. A task that is alone may make more than the turn had: then it had
// another, and another, as if it had been asked at the end of each, so that it does not matter to whoever
// comes next how the run was cut into pieces.
func (m *Machine) spend(n uint64) {
	m.calm -= min(m.calm, n)
	if n <= m.turn {
		m.turn -= n
		return
	}
	whole := m.quantum()
	if over := (n - m.turn) % whole; over > 0 {
		m.turn = whole - over
	} else {
		m.turn = 0
	}
}
