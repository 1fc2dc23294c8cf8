package script

import (
	"memlab/paging/addr"
	"memlab/paging/event"
)

func vaOf(w uint64) addr.VAddr { return addr.VAddr(w) }

// request is a range of bytes that a program asked for, before anything was rounded.
type request struct{ start, end addr.VAddr }

// requests collects, by process, what the loader and brk asked for to the byte. Everything else (mmap, the
// stack) asks for whole pages of 4 KiB.
type requests struct {
	segments map[int32][]request
	brk      map[int32]addr.VAddr
}

func (r *requests) listen(bus *event.Bus) {
	r.segments, r.brk = make(map[int32][]request), make(map[int32]addr.VAddr)
	bus.Subscribe(event.MaskOf(event.LoadSegment, event.Brk, event.ExecStart),
		func(ev *event.Event) event.Verdict {
			pid := ev.PID
			switch ev.Kind { //nolint:exhaustive // it hears these only
			case event.ExecStart:
				delete(r.segments, ev.PID)
				delete(r.brk, ev.PID)
			case event.LoadSegment:
				if len(r.segments[ev.PID]) < 1<<12 {
					r.segments[pid] = append(r.segments[pid], request{ev.VA, ev.VA + addr.VAddr(ev.Size)})
				}
			case event.Brk:
				r.brk[ev.PID] = ev.VA
			}
			return event.Continue
		})
}

// internalFragmentation is granted minus requested bytes of the current process: whole pages of the machine
// that its areas touch, against what was asked for.
func internalFragmentation(c *assertCall, m *machine) []namedCount {
	p := m.current()
	if p == nil {
		c.L.RaiseError("assert.fragmentation: no program is loaded")
	}
	size := max(m.vm.Config().Memory.PageSize, 1)
	pid := int32(p.vm.PID())
	var granted, requested uint64
	next := uint64(0) // first page that is not counted yet: two areas may share one
	for _, a := range p.vm.Areas() {
		first, last := uint64(a.Start)/size, (uint64(a.End)-1)/size
		first = max(first, next)
		if last >= first {
			granted += (last - first + 1) * size
			next = last + 1
		}
		requested += m.asked.within(pid, request{a.Start, a.End}, p.vm.AreaName(a))
	}
	return []namedCount{{"internal", granted - min(requested, granted)}}
}

// within is how many bytes of an area were asked for.
func (r *requests) within(pid int32, a request, name string) uint64 {
	if brk, ok := r.brk[pid]; ok && name == "[heap]" && brk > a.start && brk <= a.end {
		return uint64(brk - a.start)
	}
	var sum uint64
	touched := false
	for _, s := range r.segments[pid] {
		from, to := max(a.start, s.start), min(a.end, s.end)
		if from < to {
			sum += uint64(to - from)
			touched = true
		}
	}
	if !touched {
		return uint64(a.end - a.start)
	}
	return sum
}
