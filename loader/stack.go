package loader

import (
	"bytes"
	"encoding/binary"

	"memlab/loader/elf"
	"memlab/paging/addr"
	"memlab/paging/event"
)

// stackExpand is how much room below the strings the stack area gets at once (setup_arg_pages).
const stackExpand = 128 << 10

// Stack says where the parts of the first stack lie. From its top down:
//
//	Top-8             8 zero bytes
//	ExecFn            the path given to execve
//	Envp, Argv        strings, the last one highest
//	Platform          "x86_64" or "i686", below a multiple of 16
//	Random            16 bytes
//	AuxEnd            end of the auxiliary vector; zeros up to Random
//	SP                argc, argv[], 0, envp[], 0, auxv pairs; a multiple of 16
type Stack struct {
	SP, Top, Start           addr.VAddr // Start: of the area, as made or grown
	Argv, Envp               []addr.VAddr
	AuxEnd                   addr.VAddr
	Random, Platform, ExecFn addr.VAddr
	Prot                     addr.Prot
}

// mapStack makes the stack area and puts the strings at its top (setup_arg_pages).
func (l *load) mapStack() error {
	strs := l.args.bytes()
	l.stackTop = l.randomTop()
	low := l.stackTop - uint64(len(strs))
	expand := min(l.req.StackLimit&^(addr.ABIPage-1), uint64(len(strs))+stackExpand)
	l.stackLow = min(low, l.stackTop-expand)
	st := &l.res.Stack
	st.Prot = addr.ProtRead | addr.ProtWrite
	kind := l.prog.stackKind()
	switch {
	case kind == stackX, kind == stackDefault && l.readImpliesExec():
		st.Prot |= addr.ProtExec
	}
	_, err := l.m.Map(Mapping{
		Addr: addr.VAddr(l.stackLow), Len: l.stackTop - l.stackLow, Prot: st.Prot, Flags: Fixed | GrowsDown,
	})
	if err != nil {
		return fatal(RuleStackStrings, errnoOf(err), l.req.Path, "the stack at %#x cannot be mapped: %v",
			l.stackLow, err)
	}
	if err := l.m.Write(addr.VAddr(low), strs); err != nil {
		return fatal(RuleStackStrings, errnoOf(err), l.req.Path,
			"arguments and environment cannot be written at %#x: %v", low,
			err)
	}
	rule := [...]Rule{stackDefault: RuleStackDefault, stackNX: RuleStackNX, stackX: RuleStackX}[kind]
	l.tell(rule, RuleStackStrings, event.Event{
		Kind: event.LoadArgs, VA: addr.VAddr(l.stackLow), Size: l.stackTop - l.stackLow, Prot: st.Prot,
		Arg: l.stackTop - l.args.depth,
	})
	return nil
}

// platform is what AT_PLATFORM points to.
func platform(c elf.Class) string {
	if c == elf.Class64 {
		return "x86_64"
	}
	return "i686"
}

// writeTables writes what lies below the strings (create_elf_tables).
func (l *load) writeTables() error {
	st, mm := &l.res.Stack, &l.res.MM
	mm.ArgStart = l.stackTop - l.args.depth
	name := platform(l.class) + "\x00"
	p := l.alignStack(mm.ArgStart) - uint64(len(name))
	st.Platform = addr.VAddr(p)
	p -= uint64(len(l.req.Random))
	st.Random = addr.VAddr(p)
	st.ExecFn = addr.VAddr(l.stackTop - l.args.execDepth)
	st.Top = addr.VAddr(l.stackTop)
	l.res.Auxv = l.auxv()

	word := uint64(l.class.Bits() / 8)
	words := uint64(1+l.args.argc+1+l.args.envc+1) + 2*uint64(len(l.res.Auxv))
	sp := (p - words*word) &^ 15
	st.SP, mm.StartStack = addr.VAddr(sp), sp
	st.AuxEnd = addr.VAddr(sp + words*word)
	st.Start = addr.VAddr(min(l.stackLow, pageDown(sp)))
	if err := l.m.Write(addr.VAddr(p), append(l.req.Random[:], name...)); err != nil {
		return l.stackFault(p, err)
	}
	if err := l.findStrings(); err != nil {
		return err
	}
	table := l.table(int(word), int(words))
	if err := l.m.Write(st.SP, table); err != nil {
		return l.stackFault(sp, err)
	}
	l.tell(RuleTables, NoRule, event.Event{Kind: event.LoadStack, VA: st.SP, Size: l.stackTop - sp})
	return nil
}

func (l *load) stackFault(va uint64, err error) error {
	return fatal(RuleTables, errnoOf(err), l.prog.file.Path(), "the first stack cannot be written at %#x", va)
}

// table is argc, the pointers and the auxiliary vector.
func (l *load) table(word, words int) []byte {
	b := make([]byte, 0, word*words)
	put := func(v uint64) {
		if word == 8 {
			b = binary.LittleEndian.AppendUint64(b, v)
		} else {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
	}
	st := &l.res.Stack
	put(uint64(l.args.argc))
	for _, p := range st.Argv {
		put(uint64(p))
	}
	put(0)
	for _, p := range st.Envp {
		put(uint64(p))
	}
	put(0)
	for _, a := range l.res.Auxv {
		put(a.Type)
		put(a.Value)
	}
	return b
}

// findStrings fills Argv and Envp. Like the kernel it looks for the ends of the strings in the program's
// memory, which a segment may have replaced meanwhile.
func (l *load) findStrings() error {
	st, mm := &l.res.Stack, &l.res.MM
	w := stringWalk{m: l.m, at: mm.ArgStart}
	var ok bool
	if st.Argv, ok = w.take(l.args.argc); ok {
		mm.ArgEnd, mm.EnvStart = w.at, w.at
		st.Envp, ok = w.take(l.args.envc)
		mm.EnvEnd = w.at
	}
	if !ok {
		return fatal(RuleArgsGone, EINVAL, l.prog.file.Path(),
			"the arguments at %#x are gone: a segment lies over the stack", w.at)
	}
	return nil
}

// stringWalk steps through strings in the program's memory, reading each page once.
type stringWalk struct {
	m    Mapper
	at   uint64
	page []byte // what is left of the page that at lies in
}

// take returns the addresses of the next n strings.
func (w *stringWalk) take(n int) ([]addr.VAddr, bool) {
	var out []addr.VAddr
	for range n {
		out = append(out, addr.VAddr(w.at))
		if !w.skip() {
			return nil, false
		}
	}
	return out, true
}

// skip moves behind the next NUL, which must come within maxString bytes (strnlen_user).
func (w *stringWalk) skip() bool {
	start := w.at
	for w.at-start < maxString {
		if len(w.page) == 0 {
			w.page = make([]byte, addr.ABIPage-pageOff(w.at))
			if w.m.Read(addr.VAddr(w.at), w.page) != nil {
				return false
			}
		}
		n := bytes.IndexByte(w.page, 0) + 1
		if n == 0 {
			w.at += uint64(len(w.page))
			w.page = nil
			continue
		}
		w.at += uint64(n)
		w.page = w.page[n:]
		return w.at-start <= maxString
	}
	return false
}
