package vm

import (
	"math/bits"

	"memlab/loader"
	"memlab/loader/elf"
	"memlab/paging/addr"
	"memlab/paging/alloc"
	"memlab/paging/area"
)

// Fragmentation is the report on a machine's memory, whatever its scheme.
type Fragmentation struct {
	Scheme string `json:"scheme"`
	alloc.Report

	// Indices are Linux's, by order of blocks of one frame and more: of the buddy system, and on a machine
	// with pages of the free frames as the buddy system would hold them. Otherwise there are none.
	Indices *alloc.Indices `json:"indices,omitempty"`
}

// Fragmentation looks at memory now. What was requested and granted is, under partitions, what programs
// asked for and the partitions that they got; with pages and segments it is what the areas of the living
// programs asked for to the byte (segments of files, the break) and the whole pages or segments that they
// take.
func (m *Machine) Fragmentation() Fragmentation {
	f := Fragmentation{Scheme: m.cfg.Allocation.Scheme}
	if m.whole == nil {
		holes, free := m.freeFrames()
		f.Report = alloc.ReportOf(nil, holes)
		indices := alloc.LinuxIndices(free)
		f.Indices = &indices
		m.sumAreas(&f)
		return f
	}
	a := m.whole.Allocator()
	f.Report = alloc.Measure(a)
	if b, ok := a.(*alloc.Buddy); ok {
		indices := alloc.LinuxIndices(b.FreeCounts())
		f.Indices = &indices
	}
	if f.Scheme == segmented {
		granted, blocks := f.Granted, f.Blocks
		m.sumAreas(&f)
		f.Granted, f.Blocks = granted, blocks
		f.Internal = granted - min(granted, f.Requested)
	}
	return f
}

// sumAreas sets what the areas of the living processes take and have asked for.
func (m *Machine) sumAreas(f *Fragmentation) {
	f.Blocks, f.Granted, f.Requested = 0, 0, 0
	seen := map[space]bool{} // tasks may share one
	for _, p := range m.procs {
		if p.space == nil || p.space.Ended() || seen[p.space] {
			continue
		}
		seen[p.space] = true
		granted, requested := p.Granted()
		f.Granted += granted
		f.Requested += requested
		f.Blocks += len(p.Areas())
	}
	f.Internal = f.Granted - min(f.Granted, f.Requested)
}

// freeFrames are the runs of free frames, and how many free blocks of each order the buddy system would
// make of them.
func (m *Machine) freeFrames() (holes []alloc.Hole, free []uint64) {
	size := m.cfg.Memory.PageSize
	free = make([]uint64, alloc.LinuxMaxOrder+1)
	table := m.pager.Mem.Table
	for f := 0; f < len(table); f++ {
		start := f
		for f < len(table) && table[f].Owner == 0 {
			f++
		}
		if f == start {
			continue
		}
		holes = append(holes, alloc.Hole{Start: uint64(start) * size, Size: uint64(f-start) * size})
		for at := start; at < f; {
			order := min(alloc.LinuxMaxOrder, bits.Len(uint(f-at))-1)
			if at > 0 {
				order = min(order, bits.TrailingZeros(uint(at)))
			}
			free[order]++
			at += 1 << order
		}
	}
	return holes, free
}

// Granted is how many bytes the process's areas take in whole pages of the machine, and how many of them were
// asked for. Two areas may share a page.
func (p *Process) Granted() (granted, requested uint64) {
	size := max(p.machine.cfg.Memory.PageSize, 1)
	next := uint64(0) // first page that is not counted yet
	for _, a := range p.Areas() {
		first, last := max(uint64(a.Start)/size, next), (uint64(a.End)-1)/size
		if last >= first {
			granted += (last - first + 1) * size
			next = last + 1
		}
		requested += p.requested(&a)
	}
	return granted, requested
}

// requested is how many bytes of an area were asked for: of the heap those below the break, of an image those
// that its segments have. Everything else (mmap, the stack) asks for whole ABI pages.
func (p *Process) requested(a *area.Area) uint64 {
	if brk := p.space.List().Break(); p.AreaName(*a) == "[heap]" && brk > a.Start && brk <= a.End {
		return uint64(brk - a.Start)
	}
	var sum uint64
	touched := false
	for _, s := range p.segments() {
		if from, to := max(a.Start, s.start), min(a.End, s.end); from < to {
			sum += uint64(to - from)
			touched = true
		}
	}
	if !touched {
		return uint64(a.End - a.Start)
	}
	return sum
}

// extent is a range of addresses.
type extent struct{ start, end addr.VAddr }

// segments are the PT_LOADs of program and interpreter where they lie, to the byte.
func (p *Process) segments() []extent {
	if !p.loadsRead {
		p.loadsRead = true
		p.loads = appendLoads(nil, p.image.Program, p.image.LoadBias)
		if p.image.Interp != nil {
			p.loads = appendLoads(p.loads, p.image.Interp, uint64(p.image.InterpBase))
		}
	}
	return p.loads
}

// appendLoads adds a file's PT_LOADs; none if it cannot be read any more.
func appendLoads(out []extent, f loader.File, bias uint64) []extent {
	file, err := elf.Parse(f, f.Size())
	if err != nil {
		return out
	}
	for _, ph := range file.Progs {
		if ph.Type == elf.ProgLoad {
			start := addr.VAddr(bias + ph.VAddr)
			out = append(out, extent{start, start + addr.VAddr(ph.MemSz)})
		}
	}
	return out
}
