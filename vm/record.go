package vm

import "memlab/paging"

// Record hands every reference to a page that programs make from now on, and the kernel on their behalf, to
// fn, in order, some at a time; fn must not keep the slice. It must be called before the first program is
// loaded, and FlushRecord at the end. A machine without pages records nothing.
func (m *Machine) Record(fn func([]paging.Reference)) { m.pager.Record(fn) }

// FlushRecord hands over the last references.
func (m *Machine) FlushRecord() { m.pager.FlushRecord() }

// References is how many references to pages were made, on a machine that counts them one by one: one that
// records, or whose policy asks for it. Otherwise it is 0.
func (m *Machine) References() uint64 { return m.pager.References() }
