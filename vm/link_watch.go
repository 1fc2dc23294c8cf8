package vm

import (
	"cmp"
	"slices"

	"memlab/loader/elf"
	"memlab/loader/link"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/linux"
)

// linkWatch tells of what dynamic linkers do, to whoever listens to the link.* kinds. It looks on from
// outside:
//
//	link.map    the run pauses, uncounted, where the linker enters the function that r_brk names, and the
//	            link map is read and compared with the one before
//	link.init   it pauses likewise where the initialisers and finishers of the mapped objects begin
//	link.bind   writes of the program are listened to, and those to slots are told
//
// Nothing is planted in the program, and while nobody listens nothing is watched.
type linkWatch struct {
	m       *Machine
	wants   event.Mask          // of the kinds below, those that somebody listens to
	writes  *event.Subscription // to the writes of programs, while link.bind is wanted
	entries []addr.VAddr        // where the run pauses
	of      map[*Process]*linkProgress
}

// linkProgress is how far the linking of one program has been told.
type linkProgress struct {
	space  any // that it belongs to: execve brings another
	brk    addr.VAddr
	known  []link.Entry
	inits  map[addr.VAddr]initCall
	told   map[initCall]bool
	slots  map[addr.VAddr]slotPlace // by address
	copied map[addr.VAddr]bool      // slots that are variables, and have been told
	linker [2]addr.VAddr            // from the first to behind the last address of the linker's code
	sealed bool                     // the collections are up to date
}

// initCall is one function that a linker calls when an object comes or goes.
type initCall struct {
	kind   uint64 // as LinkInit has it
	object uint64 // base
	number uint64 // in its array, from 0
}

// slotPlace is a slot of an object that may not be in the link map yet.
type slotPlace struct {
	reloc  uint64 // as LinkBind has it
	size   uint64
	copied bool // a variable: the linker's first write is the copy, the rest are the program's values
}

const linkKinds = event.Mask(1<<event.LinkMap | 1<<event.LinkBind | 1<<event.LinkInit)

// newLinkWatch makes the watch of a machine, which hears of it when listeners come and go.
func newLinkWatch(m *Machine) *linkWatch {
	w := &linkWatch{m: m, of: map[*Process]*linkProgress{}}
	before := m.bus.Changed
	m.bus.Changed = func(mask event.Mask) {
		before(mask)
		w.listen(mask & linkKinds)
	}
	return w
}

// listen takes up what is wanted now.
func (w *linkWatch) listen(wants event.Mask) {
	if wants == w.wants {
		return
	}
	w.wants = wants
	binds := wants&event.MaskOf(event.LinkBind) != 0
	if wants == 0 {
		clear(w.of)
	}
	for _, g := range w.of {
		g.sealed = false
	}
	switch {
	case binds && w.writes == nil:
		w.writes = w.m.bus.Subscribe(event.MaskOf(event.MemWrite), w.wrote)
	case !binds && w.writes != nil:
		w.writes.Remove()
		w.writes = nil
	}
	w.refresh()
}

// refresh collects the places to watch of all processes that are not ended.
func (w *linkWatch) refresh() {
	var entries []addr.VAddr
	if w.wants != 0 {
		for _, p := range w.m.procs {
			if ended, _ := p.Exited(); ended {
				delete(w.of, p)
				continue
			}
			g := w.progress(p)
			if g.brk != 0 {
				entries = append(entries, g.brk)
			}
			for va := range g.inits {
				entries = append(entries, va)
			}
		}
	}
	slices.Sort(entries)
	entries = slices.Compact(entries)
	if !slices.Equal(entries, w.entries) {
		w.entries = entries
		w.m.cache.SetEntries(entries)
	}
}

// progress is that of p, brought up to date.
func (w *linkWatch) progress(p *Process) *linkProgress {
	g := w.of[p]
	if g == nil || g.space != any(p.space) {
		g = &linkProgress{space: p.space, told: map[initCall]bool{}, copied: map[addr.VAddr]bool{}}
		w.of[p] = g
		if l, err := p.Links(); err == nil { // it began before anybody listened
			g.known = l.Map.Entries
		}
	}
	if !g.sealed {
		g.sealed = true
		g.collect(p, w.wants)
	}
	return g
}

// mapped tells the watch that a process's areas may have changed.
func (w *linkWatch) mapped(p *Process) {
	if w.wants == 0 {
		return
	}
	if g := w.of[p]; g != nil {
		g.sealed = false
	}
	w.refresh()
}

// collect finds the places to watch: those of all objects that are mapped, whether the linker has listed them
// yet or not.
func (g *linkProgress) collect(p *Process, wants event.Mask) {
	g.inits, g.slots, g.linker = nil, nil, [2]addr.VAddr{}
	g.brk = p.linkBreak()
	seen := map[uint64]bool{}
	for _, a := range p.space.Areas() {
		if a.File == nil {
			continue
		}
		f := p.linked(a.File)
		if f == nil || f.linking == nil {
			continue
		}
		if p.image.Interp != nil && f.path == p.image.Interp.Path() && a.Prot&addr.ProtExec != 0 {
			g.linker = [2]addr.VAddr{a.Start, a.End}
		}
		base, ok := baseOf(f.file, a.Offset, a.Start)
		if !ok || seen[base] {
			continue
		}
		seen[base] = true
		if wants&event.MaskOf(event.LinkInit) != 0 {
			g.addInits(p, f, base)
		}
		if wants&event.MaskOf(event.LinkBind) != 0 {
			g.addSlots(p.image.Class, f.linking, base)
		}
	}
}

// baseOf is the load bias of a file of which offset off is mapped at va, if a segment begins there.
func baseOf(f *elf.File, off uint64, va addr.VAddr) (uint64, bool) {
	for i := range f.Progs {
		s := &f.Progs[i]
		if s.Type == elf.ProgLoad && s.Off&^(addr.ABIPage-1) == off {
			return uint64(va) - s.VAddr&^(addr.ABIPage-1), true
		}
	}
	return 0, false
}

// linkBreak is the function that the linker calls when the link map changes; 0: not known. Before r_debug is
// made, the linker's own symbol tells.
func (p *Process) linkBreak() addr.VAddr {
	if debug, err := p.debug(); err == nil {
		if m, err := link.Read(p, p.image.Class, debug); err == nil && m.Break != 0 {
			return m.Break
		}
	}
	if f := p.linked(p.image.Interp); f != nil && f.file != nil {
		symbols, _ := f.file.Symbols()
		if s, ok := symbols.Lookup("_dl_debug_state"); ok {
			return addr.VAddr(s.Value) + p.image.InterpBase
		}
	}
	return 0
}

// addInits notes the functions of one object. Their addresses stand in memory once the linker has relocated
// the arrays, and in the file before.
func (g *linkProgress) addInits(p *Process, f *linkedFile, base uint64) {
	l := f.linking
	if g.inits == nil {
		g.inits = map[addr.VAddr]initCall{}
	}
	add := func(at, kind, number uint64) {
		if at != 0 && at != ^uint64(0) {
			g.inits[addr.VAddr(at)] = initCall{kind, base, number}
		}
	}
	if l.Init != 0 {
		add(base+l.Init, 1, 0)
	}
	if l.Fini != 0 {
		add(base+l.Fini, 4, 0)
	}
	const most = 1 << 12 // functions of one array
	word := uint64(p.image.Class.Bits() / 8)
	for _, t := range []struct {
		kind  uint64
		array elf.Array
	}{{0, l.Preinit}, {2, l.InitArray}, {3, l.FiniArray}} {
		for i := range min(t.array.Size/word, most) {
			var b [8]byte
			at := base + t.array.Addr + i*word
			if p.Peek(addr.VAddr(at), b[:word]) < int(word) {
				break
			}
			v := wordOf(b[:word])
			if v != 0 && v < base { // not relocated yet
				v += base
			}
			add(v, t.kind, i)
		}
	}
}

// wordOf is a little-endian number.
func wordOf(b []byte) uint64 {
	v := uint64(0)
	for i := range b {
		v |= uint64(b[i]) << (8 * i)
	}
	return v
}

// addSlots notes where the relocations of one object with symbols are.
func (g *linkProgress) addSlots(c elf.Class, l *elf.Linking, base uint64) {
	if g.slots == nil {
		g.slots = map[addr.VAddr]slotPlace{}
	}
	for j, relocs := range [][]elf.Reloc{l.Relocs, l.JmpRel} {
		for i := range relocs {
			r := &relocs[i]
			if r.Sym == 0 {
				continue
			}
			size := uint64(c.Bits() / 8)
			if link.IsCopy(r) && int(r.Sym) < len(l.Symbols) {
				size = l.Symbols[r.Sym].Size
			}
			g.slots[addr.VAddr(base+r.Off)] = slotPlace{uint64(j)<<32 | uint64(i), size, link.IsCopy(r)}
		}
	}
}

// wrote is told of every write of a program while link.bind is wanted.
func (w *linkWatch) wrote(ev *event.Event) event.Verdict {
	p := w.processOf(ev.PID)
	if p == nil {
		return event.Continue
	}
	g := w.of[p]
	if g == nil {
		return event.Continue
	}
	s, ok := g.slots[ev.VA]
	if !ok || ev.PC < g.linker[0] || ev.PC >= g.linker[1] || g.copied[ev.VA] {
		return event.Continue
	}
	if s.copied {
		g.copied[ev.VA] = true
	}
	return w.m.bus.Emit(&event.Event{
		Kind: event.LinkBind, VA: ev.VA, Size: s.size, Arg: ev.Arg, Arg2: s.reloc,
	})
}

func (w *linkWatch) processOf(pid int32) *Process {
	for _, p := range w.m.procs {
		if p.linux != nil && p.linux.PID == pid {
			return p
		}
	}
	return nil
}

// arrived is called where the run has paused, or begins, at t's next instruction. It reports whether that is
// one of the places to watch, and has told of it.
func (w *linkWatch) arrived(t *linux.Task) bool {
	va := addr.VAddr(t.CPU.RIP)
	if _, watched := slices.BinarySearch(w.entries, va); !watched {
		return false
	}
	p := w.m.process(t.Process)
	g := w.of[p]
	if g == nil {
		return true
	}
	now := &w.m.bus.Now
	now.PC, now.Insn, now.PID = va, w.m.retired, p.linux.PID
	if va == g.brk {
		w.changed(p, g)
	}
	if c, ok := g.inits[va]; ok && w.m.bus.On(event.LinkInit) && !g.told[c] {
		g.told[c] = true
		w.m.bus.Emit(&event.Event{
			Kind: event.LinkInit, VA: va, Arg: c.kind, Arg2: g.number(c.object), Arg3: c.number,
		})
	}
	return true
}

// number is that of the object with this base in the link map as it was told last, or ^0.
func (g *linkProgress) number(base uint64) uint64 {
	return uint64(slices.IndexFunc(g.known, func(e link.Entry) bool { return e.Base == base }))
}

// changed compares the link map with the one before.
func (w *linkWatch) changed(p *Process, g *linkProgress) {
	l, err := p.Links()
	if err != nil {
		return // the linker says that it is about to begin
	}
	before := g.known
	g.known = l.Map.Entries
	for i, e := range before {
		if !slices.Contains(g.known, e) {
			w.tellMap(i, &e, 1)
		}
	}
	for i, e := range g.known {
		if !slices.Contains(before, e) {
			w.tellMap(i, &e, 0)
		}
	}
	g.forget()
	g.sealed = false
	w.refresh()
}

func (w *linkWatch) tellMap(i int, e *link.Entry, removed uint64) {
	if w.m.bus.On(event.LinkMap) {
		w.m.bus.Emit(&event.Event{Kind: event.LinkMap, VA: addr.VAddr(e.Base), Arg: uint64(i), Arg2: removed})
	}
}

// forget drops the calls of objects that have gone: one that comes back is initialised again.
func (g *linkProgress) forget() {
	for c := range g.told {
		if g.number(c.object) == ^uint64(0) {
			delete(g.told, c)
		}
	}
}

// Initialiser is a function that the linker calls when an object comes or goes.
type Initialiser struct {
	Addr   addr.VAddr
	Kind   string // "preinit", "init", "init_array", "fini_array", "fini"
	Number int    // in its array, from 0
}

// Initialisers are those of object n, in the order in which a linker runs them when it comes; those that run
// when it goes follow in the order of memory.
func (l *Links) Initialisers(n int) []Initialiser {
	o := l.Scope.Objects[n]
	g := &linkProgress{}
	if o.Linking == nil {
		return nil
	}
	g.addInits(l.p, &linkedFile{linking: o.Linking}, o.Base)
	var out []Initialiser
	for va, c := range g.inits {
		out = append(out, Initialiser{va, InitKind(c.kind), int(c.number)})
	}
	slices.SortFunc(out, func(a, b Initialiser) int {
		ca, cb := g.inits[a.Addr], g.inits[b.Addr]
		return cmp.Or(cmp.Compare(ca.kind, cb.kind), cmp.Compare(ca.number, cb.number))
	})
	return out
}

// InitKind is the word for the first argument of link.init.
func InitKind(kind uint64) string {
	words := [...]string{"preinit", "init", "init_array", "fini_array", "fini"}
	if kind < uint64(len(words)) {
		return words[kind]
	}
	return ""
}
