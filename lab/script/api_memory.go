package script

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/paging/addr"
)

// memoryFunctions look at memory and change it without touching anything else: no fault, no event, no mark,
// no count.
func (s *state) memoryFunctions() []Function {
	of := func(t *metatables) *lua.LTable { return t.machine }
	f := func(name, sig, doc, example string, call lua.LGFunction) Function {
		return Function{
			Table: onMachine, Name: name, Signature: sig, Doc: doc, Example: example, call: call,
			method: of,
		}
	}
	s.registerProxy()
	list := []Function{
		f("peek", "m:peek(address, n) -> string",
			"n bytes of the current process, without side effects; raises where they are not mapped.",
			`m:peek("table", 16)`, s.peek),
		f("poke", "m:poke(address, bytes)", "Writes bytes without side effects.",
			`m:poke("buffer", "hi\0")`, s.poke),
		f("read_cstring", "m:read_cstring(address [, most]) -> string",
			"The bytes up to the next zero byte, at most `most` (4096).", `m:read_cstring(m.cpu.rdi)`,
			s.readCString),
		f("cstring", "m:cstring(address [, most]) -> string", "The same as m:read_cstring.", "",
			s.readCString),
	}
	for _, size := range []int{1, 2, 4, 8} {
		bits := itoa(8 * size)
		list = append(list,
			f("read_u"+bits, "m:read_u"+bits+"(address) -> number",
				"An unsigned little-endian number of "+bits+" bits.", "", s.reader(size, false)),
			f("read_i"+bits, "m:read_i"+bits+"(address) -> number",
				"A signed little-endian number of "+bits+" bits.", "", s.reader(size, true)),
			f("write_u"+bits, "m:write_u"+bits+"(address, value)", "Writes the low "+bits+" bits.", "",
				s.writer(size)),
		)
	}
	for _, fn := range slices.Clone(list) { // processes have them too
		fn.Table, fn.Signature = onProcess, "p"+strings.TrimPrefix(fn.Signature, "m")
		fn.method = func(t *metatables) *lua.LTable { return t.process }
		list = append(list, fn)
	}
	return list
}

// peekAt reads n bytes or raises.
func (p *process) peekAt(ls *lua.LState, va addr.VAddr, n int) []byte {
	b := make([]byte, n)
	if got := p.vm.Peek(va, b); got < n {
		ls.RaiseError("%s", p.unmapped(va, got, n))
	}
	return b
}

// unmapped says what is wrong with an address.
func (p *process) unmapped(va addr.VAddr, got, n int) string {
	bad := va + addr.VAddr(got)
	return fmt.Sprintf("%d bytes at %s: nothing is mapped at %s (%s)", n, va, bad, p.nearest(bad))
}

// nearest says which area lies around or next to an address.
func (p *process) nearest(va addr.VAddr) string {
	best, dist := "", ^uint64(0)
	for _, a := range p.vm.Areas() {
		d := uint64(a.Start - va)
		if va >= a.End {
			d = uint64(va-a.End) + 1
		} else if va >= a.Start {
			d = 0
		}
		if d < dist {
			best, dist = strings.TrimSpace(fmt.Sprintf("%s-%s %s %s", a.Start, a.End, a.Prot,
				p.vm.AreaName(a))), d
		}
	}
	if best == "" {
		return "no area is mapped at all"
	}
	return "nearest area: " + best
}

func (s *state) peek(ls *lua.LState) int {
	p := processArg(ls)
	va := p.address(ls, ls.Get(2))
	n := checkWord(ls, 3)
	if n > maxPeek {
		s.limit(ls, "peek", bytesText(n), bytesText(maxPeek))
	}
	s.charge(int(n) / 16)
	return s.pushString(ls, string(p.peekAt(ls, va, int(n))))
}

func (s *state) poke(ls *lua.LState) int {
	p := processArg(ls)
	va := p.address(ls, ls.Get(2))
	b := []byte(s.str(ls, 3))
	s.charge(len(b) / 16)
	p.pokeAt(ls, va, b)
	return 0
}

func (p *process) pokeAt(ls *lua.LState, va addr.VAddr, b []byte) {
	probe := make([]byte, len(b))
	if got := p.vm.Peek(va, probe); got < len(b) {
		ls.RaiseError("%s", p.unmapped(va, got, len(b)))
	}
	if got := p.vm.Poke(va, b); got < len(b) {
		ls.RaiseError("%d bytes at %s: only %d could be written", len(b), va, got)
	}
}

func (s *state) readCString(ls *lua.LState) int {
	p := processArg(ls)
	va := p.address(ls, ls.Get(2))
	most := 4096
	if ls.Get(3) != lua.LNil {
		most = int(min(checkWord(ls, 3), maxPeek))
	}
	s.charge(most / 16)
	b := make([]byte, most)
	got := p.vm.Peek(va, b)
	text, _, found := strings.Cut(string(b[:got]), "\x00")
	if !found && got < most {
		ls.RaiseError("%s", p.unmapped(va, got, most))
	}
	return s.pushString(ls, text)
}

func (s *state) reader(size int, signed bool) lua.LGFunction {
	return func(ls *lua.LState) int {
		p := processArg(ls)
		var b [8]byte
		copy(b[:], p.peekAt(ls, p.address(ls, ls.Get(2)), size))
		v := binary.LittleEndian.Uint64(b[:])
		if signed {
			shift := uint(64 - 8*size)
			ls.Push(lua.LNumber(int64(v<<shift) >> shift))
			return 1
		}
		ls.Push(s.word(v))
		return 1
	}
}

func (s *state) writer(size int) lua.LGFunction {
	return func(ls *lua.LState) int {
		p := processArg(ls)
		va := p.address(ls, ls.Get(2))
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], checkWord(ls, 3))
		p.pokeAt(ls, va, b[:size])
		return 0
	}
}

func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}
