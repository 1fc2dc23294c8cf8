package vm

// Bill is what bringing programs into memory has cost up to now: of the whole machine, and at one moment.
// Taken again and again, at main and at the exit, it draws the curves in which loading strategies differ:
// eager loading pays before the first instruction, demand loading with each page that is touched first,
// hybrid loading in between.
type Bill struct {
	Instructions uint64 // retired
	SimulatedNS  uint64
	BusyNS       uint64 // of them: the processor worked for a program; the ratio is CPU use
	Faults       uint64 // Major + Minor
	Major        uint64 // that had to read file or swap
	Minor        uint64
	BytesRead    uint64 // from files, in whole pages: by faults and by loading ahead
	BytesSwapped uint64 // from swap, likewise
	Ahead        uint64 // pages brought without a fault of their own
	Resident     int    // frames in use
	Peak         int    // most that ever were
}

// Bill is the bill up to now. It may be asked for while a listener is called.
func (m *Machine) Bill() Bill {
	p, size := &m.pager.Stats, m.cfg.Memory.PageSize
	b := Bill{
		Instructions: m.instructions(), Faults: p.Faults, Major: p.Major, Minor: p.Faults - p.Major,
		BytesRead: p.FileReads * size, BytesSwapped: p.SwapReads * size, Ahead: p.Ahead,
	}
	b.SimulatedNS, b.BusyNS = m.now(b.Instructions), m.busy(b.Instructions)
	b.Resident, b.Peak = m.pager.Used()
	return b
}
