package script

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/lab"
	"memlab/paging/addr"
	"memlab/paging/event"
)

// filter says which events of its kinds a hook wants. It is evaluated in Go, so that events nobody wants
// never enter Lua.
type filter struct {
	ranged   bool
	from, to addr.VAddr // half-open; to 0: up to the end of the address space
	symbol   string
	pid      int32 // 0: any
	access   []addr.Access
	every    uint64
	first    uint64
	phase    phase
	passed   uint64 // events that fit, before every and first
}

// phase is who causes an event.
type phase uint8

const (
	anytime phase = iota
	byUser
	byLoader
)

// aliases are short names of kinds for people who come from other tools.
func alias(name string) string {
	switch name {
	case "code":
		return "insn"
	case "read":
		return "mem.read"
	case "write":
		return "mem.write"
	case "fault":
		return "page.fault"
	case "sys_pre":
		return "syscall.enter"
	case "sys":
		return "syscall.exit"
	case "intr":
		return "signal"
	}
	return name
}

var errNoKinds = errors.New("the list of kinds is empty")

// kindsOf reads a kind, a family "tlb.*", or a list of them.
func kindsOf(v lua.LValue) (event.Mask, error) {
	switch v := v.(type) {
	case lua.LString:
		return kindsNamed(string(v))
	case *lua.LTable:
		var mask event.Mask
		for i := 1; i <= v.Len(); i++ {
			name, ok := v.RawGetInt(i).(lua.LString)
			if !ok {
				return 0, fmt.Errorf("kinds of events are names, got a %s", v.RawGetInt(i).Type().String())
			}
			m, err := kindsNamed(string(name))
			if err != nil {
				return 0, err
			}
			mask |= m
		}
		if mask == 0 {
			return 0, errNoKinds
		}
		return mask, nil
	}
	return 0, fmt.Errorf("a kind of event expected, as \"page.fault\", got a %s", v.Type().String())
}

func kindsNamed(name string) (event.Mask, error) {
	if k, ok := event.ByName(alias(name)); ok {
		return event.MaskOf(k), nil
	}
	family, isFamily := strings.CutSuffix(name, "*")
	var mask event.Mask
	var known []string
	for k := event.None + 1; k < event.Kinds; k++ {
		known = append(known, k.String())
		if isFamily && strings.HasPrefix(k.String(), family) {
			mask |= event.MaskOf(k)
		}
	}
	if mask != 0 {
		return mask, nil
	}
	hint := "; kinds: " + strings.Join(known, " ")
	if near, ok := lab.Suggest(name, known); ok {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return 0, fmt.Errorf("unknown kind of event %q%s", clip(name), hint)
}

// filterOf reads a filter's table. what is the function's name, for messages.
func (m *machine) filterOf(o *options) *filter {
	f := &filter{}
	f.addresses(o, m)
	f.symbol = o.str("symbol", "")
	f.pid = int32(min(o.count(namePID, 0), 1<<30))
	f.access = accessesOf(o)
	f.every = o.count("every", 0)
	f.first = o.count("first", 0)
	if o.boolean("once") {
		f.first = 1
	}
	switch when := o.str("when", ""); when {
	case "":
	case "user":
		f.phase = byUser
	case "loader":
		f.phase = byLoader
	default:
		o.L.RaiseError("%s: when must be \"user\" or \"loader\", got %q", o.what, clip(when))
	}
	return f
}

// addresses reads from, to or addr, len.
func (f *filter) addresses(o *options, m *machine) {
	from, to, at, length := o.get("from"), o.get("to"), o.get("addr"), o.get("len")
	if at != lua.LNil && (from != lua.LNil || to != lua.LNil) {
		o.L.RaiseError("%s: give from and to, or addr and len, not both", o.what)
	}
	if length != lua.LNil && at == lua.LNil {
		o.L.RaiseError("%s: len goes with addr", o.what)
	}
	if from != lua.LNil {
		f.ranged = true
		f.from = m.addressOf(o.L, o.what+": from", from)
	}
	if to != lua.LNil {
		f.ranged = true
		f.to = m.addressOf(o.L, o.what+": to", to)
		if f.to <= f.from {
			o.L.RaiseError("%s: the range [%s, %s) is empty: from must be below to, which is not included",
				o.what, f.from, f.to)
		}
	}
	if at == lua.LNil {
		return
	}
	n := uint64(1)
	if length != lua.LNil {
		n = o.count("len", 1)
	}
	f.ranged = true
	f.from = m.addressOf(o.L, o.what+": addr", at)
	f.to = f.from + addr.VAddr(n)
	if n == 0 || f.to < f.from && f.to != 0 {
		o.L.RaiseError(
			"%s: the range of %d bytes from %s on is empty or passes the end of the address space", o.what,
			n, f.from)
	}
}

func accessesOf(o *options) []addr.Access {
	var list []addr.Access
	for _, c := range o.str("access", "") {
		i := strings.IndexRune("rwx", c)
		if i < 0 {
			o.L.RaiseError("%s: access is made of the letters r, w and x, got %q", o.what, c)
		}
		list = append(list, []addr.Access{addr.Read, addr.Write, addr.Fetch}[i])
	}
	return list
}

// aboutPC are the kinds without an address.
const aboutPC = event.Mask(1<<event.SyscallEnter | 1<<event.SyscallExit | 1<<event.SyscallMiss |
	1<<event.Exit | 1<<event.Clone | 1<<event.TLBFlush | 1<<event.ExecStart | 1<<event.ExecFormat |
	1<<event.ExecCheck | 1<<event.ExecRefuse | 1<<event.ExecFail | 1<<event.ExecCommit)

// span is what an event is about: the bytes [va, va+size). Kinds without an address are about their
// instruction.
func span(ev *event.Event) (va addr.VAddr, size uint64) {
	if aboutPC&(1<<ev.Kind) != 0 {
		return ev.PC, 1
	}
	return ev.VA, max(ev.Size, 1)
}

// accessOf is the access that an event is about.
func accessOf(ev *event.Event) (addr.Access, bool) {
	switch ev.Kind { //nolint:exhaustive // all others are no accesses
	case event.MemRead:
		return addr.Read, true
	case event.MemWrite:
		return addr.Write, true
	case event.MemFetch:
		return addr.Fetch, true
	case event.PageFault, event.SegFault, event.TLBHit, event.TLBMiss, event.WalkLevel:
		return ev.Access, true
	}
	return 0, false
}

// idle reports whether every event passes.
func (f *filter) idle() bool {
	return !f.ranged && f.symbol == "" && f.pid == 0 && f.access == nil && f.every == 0 && f.first == 0 &&
		f.phase == anytime
}

// lasting reports whether an event that is looked at later passes as it would have when it happened.
func (f *filter) lasting() bool { return f.symbol == "" && f.phase == anytime }

// fits reports whether ev is in the filter, apart from every and first. An access that overlaps the range
// is
// in it, also when it begins below.
func (f *filter) fits(ev *event.Event, loading bool, symbolOf func(addr.VAddr) string) bool {
	if f.pid != 0 && f.pid != ev.PID {
		return false
	}
	if f.phase == byUser && (loading || ev.Flags&event.Kernel != 0) {
		return false
	}
	if f.phase == byLoader && !loading {
		return false
	}
	if f.access != nil {
		if a, ok := accessOf(ev); !ok || !slices.Contains(f.access, a) {
			return false
		}
	}
	va, size := span(ev)
	if f.ranged {
		last := va + addr.VAddr(size-1)
		if last < va {
			last = ^addr.VAddr(0)
		}
		if last < f.from || f.to != 0 && va >= f.to {
			return false
		}
	}
	return f.symbol == "" || symbolOf(va) == f.symbol
}

// take counts an event that fits and says whether it is one of those that every and first let through, and
// whether it is the last one.
func (f *filter) take() (fire, last bool) {
	f.passed++
	n := f.passed
	if f.every > 1 {
		if n%f.every != 0 {
			return false, false
		}
		n /= f.every
	}
	if f.first == 0 {
		return true, false
	}
	return n <= f.first, n >= f.first
}
