package script

import (
	lua "github.com/yuin/gopher-lua"

	"memlab/paging/addr"
)

func vaOf(w uint64) addr.VAddr { return addr.VAddr(w) }

// Names that are fields of a report and of events.
const (
	nameFree        = "free"
	nameLargestHole = "largest_hole"
)

// fragmentationCounts are what assert.fragmentation bounds. With pages, internal is that of the current
// process alone.
func fragmentationCounts(c *assertCall, m *machine) []namedCount {
	f := m.vm.Fragmentation()
	internal := f.Internal
	if m.vm.Config().Allocation.Scheme == "paged" {
		p := m.current()
		if p == nil {
			c.L.RaiseError("assert.fragmentation: no program is loaded")
		}
		granted, requested := p.vm.Granted()
		internal = granted - min(requested, granted)
	}
	return []namedCount{
		{"internal", internal},
		{"external_permille", uint64(f.External*1000 + 0.5)},
		{"holes", uint64(f.Holes)},
		{nameFree, f.Free},
		{nameLargestHole, f.LargestHole},
	}
}

// fragmentation is m:fragmentation.
func (s *state) fragmentation(ls *lua.LState) int {
	f := machineArg(ls).vm.Fragmentation()
	t := ls.NewTable()
	t.RawSetString("scheme", lua.LString(f.Scheme))
	t.RawSetString("external", lua.LNumber(f.External))
	for _, v := range []struct {
		name  string
		value uint64
	}{
		{"internal", f.Internal},
		{"requested", f.Requested},
		{"granted", f.Granted},
		{"blocks", uint64(f.Blocks)},
		{"holes", uint64(f.Holes)},
		{nameFree, f.Free},
		{nameLargestHole, f.LargestHole},
	} {
		t.RawSetString(v.name, lua.LNumber(v.value))
	}
	if f.Indices != nil {
		t.RawSetString("extfrag_index", numbers(ls, f.Indices.Extfrag))
		t.RawSetString("unusable_index", numbers(ls, f.Indices.Unusable))
	}
	ls.Push(t)
	return 1
}

// numbers is a list of numbers; that of order 0 has index 1.
func numbers(ls *lua.LState, list []int) *lua.LTable {
	t := ls.NewTable()
	for _, n := range list {
		t.Append(lua.LNumber(n))
	}
	return t
}

// compact is m:compact.
func (s *state) compact(ls *lua.LState) int {
	m := machineArg(ls)
	moved, err := m.vm.Compact()
	if err != nil {
		ls.RaiseError("m:compact: %s", clip(err.Error()))
	}
	ls.Push(lua.LNumber(moved))
	return 1
}

// swapOut is p:swap_out.
func (s *state) swapOut(ls *lua.LState) int {
	if err := processArg(ls).vm.SwapOut(); err != nil {
		ls.RaiseError("p:swap_out: %s", clip(err.Error()))
	}
	return 0
}

// placement is p:placement.
func (s *state) placement(ls *lua.LState) int {
	p := processArg(ls)
	out := ls.NewTable()
	in := p.vm.InMemory()
	for _, seg := range p.vm.Segments() {
		t := ls.NewTable()
		t.RawSetString("start", s.word(uint64(seg.From())))
		t.RawSetString("limit", s.word(seg.Limit))
		if in {
			t.RawSetString("base", s.word(uint64(seg.Low())))
		}
		t.RawSetString("prot", lua.LString(seg.Prot.String()))
		t.RawSetString("down", lua.LBool(seg.Down))
		out.Append(t)
	}
	ls.Push(out)
	return 1
}
