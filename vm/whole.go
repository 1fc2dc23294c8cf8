package vm

import (
	"errors"
	"fmt"

	"memlab/loader"
	"memlab/paging/addr"
	"memlab/paging/alloc"
	"memlab/paging/area"
	"memlab/paging/contig"
	"memlab/vm/linux"
)

// This file makes the older worlds: machines without pages, where a program lies in memory as a whole.
//
// A program in a partition sees the addresses that it was linked for, from its first segment's on; base and
// limit move them to where the partition is. Linux's address space is folded to fit: behind the image comes
// the heap, and at the end of the partition the stack; what mmap gives lies between the two. A program that
// can be put anywhere (PIE) begins at lowOrigin. Under scheme direct the base is 0, and the partition all
// of memory, so that a program linked for 0x400000 lies there, and needs a memory that reaches so far.

// The schemes of Config.Allocation beside paged.
const (
	direct    = "direct"
	fixed     = "fixed"
	dynamic   = "dynamic"
	segmented = "segmented"
)

// lowOrigin is where a program begins that can be put anywhere: the lowest address that mmap gives.
const lowOrigin = 64 << 10

// allocate makes the memory of a machine without pages.
func (m *Machine) allocate() error {
	a := &m.cfg.Allocation
	size := uint64(m.cfg.Memory.Frames) * m.cfg.Memory.PageSize
	c := contig.Config{
		Swap: uint64(m.cfg.Memory.Swap) * m.cfg.Memory.PageSize, Compact: a.Compaction == "on_failure",
	}
	var err error
	switch a.Scheme {
	case "paged":
		return nil
	case direct:
		c.Scheme = contig.Direct
		c.Allocator, err = alloc.NewFixed(alloc.FixedConfig{Partitions: []uint64{size &^ (addr.ABIPage - 1)}})
	case fixed:
		c.Scheme = contig.Partitioned
		c.Allocator, err = m.fixedPartitions(size)
	case dynamic:
		c.Scheme = contig.Partitioned
		c.Allocator, err = m.dynamicPartitions(size)
	case segmented:
		c.Scheme = contig.Segmented
		c.Allocator, err = m.dynamicPartitions(size)
	default:
		const schemes = "direct, fixed, dynamic, segmented or paged"
		return fmt.Errorf("allocation scheme %q: must be %s", a.Scheme, schemes)
	}
	if err != nil {
		return fmt.Errorf("allocation scheme %s: %w", a.Scheme, err)
	}
	if m.cfg.Memory.PageSize > addr.ABIPage {
		return fmt.Errorf("allocation scheme %s: memory in units of %d bytes: must be at most %d",
			a.Scheme, m.cfg.Memory.PageSize, addr.ABIPage)
	}
	m.whole, err = contig.New(c, m.pager.MMU, &m.bus)
	return err
}

// defaultPartitions is into how many equal ones memory is cut if nobody says otherwise.
const defaultPartitions = 4

func (m *Machine) fixedPartitions(size uint64) (alloc.Allocator, error) {
	a := &m.cfg.Allocation
	c := alloc.FixedConfig{Partitions: a.Partitions}
	if len(c.Partitions) == 0 {
		each := size / defaultPartitions &^ (addr.ABIPage - 1)
		c.Partitions = alloc.EqualPartitions(defaultPartitions, each)
	}
	if a.Fit == "best" {
		c.Fit = alloc.BestFit
	}
	if a.Queue == "each" {
		c.Queueing = alloc.QueuePerSize
	}
	sum := uint64(0)
	for _, p := range c.Partitions {
		if p%addr.ABIPage != 0 {
			return nil, fmt.Errorf("a partition of %d bytes: must be a multiple of %d", p, addr.ABIPage)
		}
		if sum += p; sum > size || p > size {
			return nil, fmt.Errorf("the partitions are larger than the memory of %d bytes", size)
		}
	}
	return alloc.NewFixed(c)
}

func (m *Machine) dynamicPartitions(size uint64) (alloc.Allocator, error) {
	a := &m.cfg.Allocation
	if a.Fit == "buddy" {
		if a.Scheme == segmented {
			return nil, errors.New("fit buddy: a segment must be able to grow and to be cut")
		}
		units := size / addr.ABIPage
		return alloc.NewBuddy(alloc.BuddyConfig{
			Units: units, Unit: addr.ABIPage, MaxOrder: buddyOrders(units),
		})
	}
	c := alloc.DynamicConfig{Size: size &^ (addr.ABIPage - 1), Align: addr.ABIPage}
	for fit, name := range []string{"first", "best", "worst", "next"} {
		if a.Fit == name {
			c.Fit = alloc.Fit(fit)
		}
	}
	if a.Coalesce == "off" {
		c.Coalesce = alloc.JoinNone
	}
	return alloc.NewDynamic(c)
}

// buddyOrders is the largest order of blocks: all of memory if it is a power of two.
func buddyOrders(units uint64) int {
	order := 0
	for units>>(order+1) > 0 {
		order++
	}
	return order
}

// roomError says that a program can never be loaded.
type roomError struct{ reason string }

func (e *roomError) Error() string { return e.reason }

// Unwrap is execve's error.
func (e *roomError) Unwrap() error { return loader.ENOMEM }

// room decides how large a program's partition is, and where its addresses begin. See loader.Request.Room.
func (m *mapper) room(e loader.Extent) (addr.VAddr, error) {
	a := &m.machine.cfg.Allocation
	low, high := e.Low, e.High
	if e.Movable {
		low, high = lowOrigin, lowOrigin+(e.High-e.Low)+e.Interp
	}
	stack := a.Stack + uint64(addr.VAddr(e.Strings).ABIUp())
	need := (high - low) + a.Heap + stack
	if need < high-low {
		return 0, &roomError{"the program takes the whole address space"}
	}
	need = uint64(addr.VAddr(need).ABIUp())
	if a.Scheme == direct {
		size := uint64(m.machine.cfg.Memory.Frames) * m.machine.cfg.Memory.PageSize &^ (addr.ABIPage - 1)
		if size < high || size-high < need-(high-low) {
			return 0, &roomError{fmt.Sprintf("at physical addresses %#x to %#x with %d bytes of heap "+
				"and stack behind: memory ends at %#x", low, high, need-(high-low), size)}
		}
		m.extent = contig.Extent{Size: size}
		return addr.VAddr(size), nil
	}
	if most := m.machine.largest(); need > most {
		return 0, &roomError{fmt.Sprintf("it needs a partition of %d bytes (%d of them for heap and stack): "+
			"the largest there can be has %d", need, need-(high-low), most)}
	}
	m.extent = contig.Extent{Origin: addr.VAddr(low), Size: need}
	return addr.VAddr(low + need), nil
}

// largest is the size of the largest partition that there can be.
func (m *Machine) largest() (most uint64) {
	a := m.whole.Allocator()
	for _, h := range a.Holes() {
		most = max(most, h.Size)
	}
	for _, b := range a.Blocks() {
		most = max(most, b.Size)
	}
	if _, cut := a.(*alloc.Dynamic); cut {
		return uint64(m.cfg.Memory.Frames) * m.cfg.Memory.PageSize &^ (addr.ABIPage - 1)
	}
	if b, cut := a.(*alloc.Buddy); cut {
		return addr.ABIPage << (len(b.FreeCounts()) - 1)
	}
	return most
}

// within folds Linux's layout into a partition.
func (m *Machine) within(l *area.Layout, e contig.Extent) {
	l.MmapBase = (l.TaskSize - addr.VAddr(m.cfg.Allocation.Stack)).ABIDown()
	l.BottomUpBase = e.Origin
	l.MmapMinHint, l.MmapMinFixed = max(e.Origin, addr.ABIPage), max(e.Origin, addr.ABIPage)
	l.Privileged = false
	l.HugeAlignFile, l.HugeAlignAnon = false, false
}

// admission is what the kernel asks before a process runs; nil: nothing.
func (m *Machine) admission() func(*linux.Process) bool {
	if m.whole == nil && m.load == nil {
		return nil
	}
	if m.whole == nil {
		return m.admits
	}
	return func(lp *linux.Process) bool {
		p := m.process(lp)
		s, ok := p.space.(*contig.Space)
		return !ok || m.whole.Admit(s)
	}
}

// resident reports whether the memory of t's process is there.
func (m *Machine) resident(t *linux.Task) bool {
	if m.whole == nil {
		return m.load == nil || m.admits(t.Process)
	}
	s, ok := m.process(t.Process).space.(*contig.Space)
	return !ok || s.In()
}

// used is how many frames are in use, the most there have been, and how many pages of swap are.
func (m *Machine) used() (now, peak, swapped int) {
	if m.whole == nil {
		now, peak = m.pager.Used()
		return now, peak, m.pager.SwapUsed()
	}
	n, most := m.whole.Used()
	size := m.cfg.Memory.PageSize
	return int(n / size), int(most / size), int((m.whole.Swapped() + size - 1) / size)
}

// diskReads is how many pages' worth of bytes a machine without pages has read from files and swap.
func (m *Machine) diskReads() uint64 {
	size := m.cfg.Memory.PageSize
	return (m.whole.Stats.FileBytes+size-1)/size + (m.whole.Stats.BytesIn+size-1)/size
}

// diskWrites is how many it has written to swap.
func (m *Machine) diskWrites() uint64 {
	size := m.cfg.Memory.PageSize
	return (m.whole.Stats.BytesOut + size - 1) / size
}

// moving is the time that compaction has taken: each word of 8 bytes is read and written.
func (m *Machine) moving() uint64 {
	return m.whole.Stats.BytesMoved / 8 * 2 * uint64(m.cfg.Costs.Memory)
}

var errPaged = errors.New(
	"only programs in partitions and segments can be moved: machine.allocation.scheme is paged")

// Compact moves all programs to the start of memory, and returns how many bytes have moved. It must not be
// called by a listener while the machine runs.
func (m *Machine) Compact() (moved uint64, err error) {
	if m.whole == nil {
		return 0, errPaged
	}
	if m.stepping {
		return 0, errStepping
	}
	moved, ok := m.whole.Compact()
	if !ok {
		return 0, fmt.Errorf("the blocks of scheme %s, fit %s cannot be moved",
			m.cfg.Allocation.Scheme, m.cfg.Allocation.Fit)
	}
	return moved, nil
}

var errStepping = errors.New("programs cannot be moved while the machine runs: stop it first")

// SwapOut puts a process that is not running out of memory.
func (p *Process) SwapOut() error {
	s, ok := p.space.(*contig.Space)
	switch {
	case !ok:
		return errPaged
	case p.machine.stepping:
		return errStepping
	case !p.machine.whole.SwapOut(s):
		return fmt.Errorf("process %d cannot be put out: it is not in memory, or swap has no room for it",
			p.PID())
	}
	return nil
}

// InMemory reports whether the process's memory is there: on a machine with pages, unless load control has
// suspended it.
func (p *Process) InMemory() bool {
	if s := p.paged(); s != nil {
		return !s.Suspended()
	}
	s, ok := p.space.(*contig.Space)
	return !ok || s.In()
}

// Segments are where the process lies in physical memory: one under partitions. Nil on a machine with pages.
func (p *Process) Segments() alloc.Segments {
	if s, ok := p.space.(*contig.Space); ok {
		return s.Segments()
	}
	return nil
}
