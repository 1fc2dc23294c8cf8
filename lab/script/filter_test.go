package script

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"memlab/paging/addr"
	"memlab/paging/event"
)

// TestFilter: which events a filter lets through, apart from every and first.
func TestFilter(t *testing.T) {
	at := func(va addr.VAddr, size uint64) event.Event {
		return event.Event{Kind: event.MemRead, VA: va, Size: size, PID: 1, PC: 0x500}
	}
	inRange := filter{ranged: true, from: 0x100, to: 0x200}
	for name, c := range map[string]struct {
		f       filter
		ev      event.Event
		loading bool
		want    bool
	}{
		"everything":                   {filter{}, at(5, 1), false, true},
		"first byte":                   {inRange, at(0x100, 1), false, true},
		"last byte":                    {inRange, at(0x1ff, 1), false, true},
		"the end is not included":      {inRange, at(0x200, 1), false, false},
		"below":                        {inRange, at(0xff, 1), false, false},
		"crosses into the range":       {inRange, at(0xfc, 8), false, true},
		"ends just below":              {inRange, at(0xf8, 8), false, false},
		"crosses out of the range":     {inRange, at(0x1fc, 8), false, true},
		"covers the range":             {inRange, at(0, 0x1000), false, true},
		"no upper end":                 {filter{ranged: true, from: 0x100}, at(^addr.VAddr(0), 1), false, true},
		"wraps at the top":             {filter{ranged: true, from: ^addr.VAddr(0)}, at(^addr.VAddr(3), 8), false, true},
		"pid":                          {filter{pid: 1}, at(0, 1), false, true},
		"another pid":                  {filter{pid: 2}, at(0, 1), false, false},
		"access":                       {filter{access: []addr.Access{addr.Write, addr.Read}}, at(0, 1), false, true},
		"another access":               {filter{access: []addr.Access{addr.Write}}, at(0, 1), false, false},
		"no access at all":             {filter{access: []addr.Access{addr.Read}}, event.Event{Kind: event.FrameAlloc}, false, false},
		"fault's access":               {filter{access: []addr.Access{addr.Fetch}}, event.Event{Kind: event.PageFault, Access: addr.Fetch}, false, true},
		"symbol":                       {filter{symbol: "low"}, at(0x10, 1), false, true},
		"another symbol":               {filter{symbol: "low"}, at(0x5000, 1), false, false},
		"user":                         {filter{phase: byUser}, at(0, 1), false, true},
		"user while loading":           {filter{phase: byUser}, at(0, 1), true, false},
		"user, but the kernel's":       {filter{phase: byUser}, event.Event{Kind: event.MemRead, Flags: event.Kernel}, false, false},
		"loader":                       {filter{phase: byLoader}, at(0, 1), true, true},
		"loader, later":                {filter{phase: byLoader}, at(0, 1), false, false},
		"no address: the instruction":  {filter{ranged: true, from: 0x500, to: 0x501}, event.Event{Kind: event.SyscallEnter, PC: 0x500}, false, true},
		"no address: not the va field": {inRange, event.Event{Kind: event.SyscallEnter, VA: 0x100, PC: 0x500}, false, false},
	} {
		symbolOf := func(va addr.VAddr) string {
			if va < 0x1000 {
				return "low"
			}
			return "high"
		}
		if got := c.f.fits(&c.ev, c.loading, symbolOf); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestFilterTake(t *testing.T) {
	for name, c := range map[string]struct {
		f    filter
		want string // of ten events: . not, x fires, ! fires last
	}{
		"all":                {filter{}, "xxxxxxxxxx"},
		"every third":        {filter{every: 3}, "..x..x..x."},
		"every 1":            {filter{every: 1}, "xxxxxxxxxx"},
		"once":               {filter{first: 1}, "!"},
		"first three":        {filter{first: 3}, "xx!"},
		"two of every third": {filter{every: 3, first: 2}, "..x..!"},
	} {
		got := ""
		for range 10 {
			fire, last := c.f.take()
			switch {
			case fire && last:
				got += "!"
			case fire:
				got += "x"
			default:
				got += "."
			}
			if last {
				break
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestKinds(t *testing.T) {
	list := func(names ...string) lua.LValue {
		l := &lua.LTable{Metatable: lua.LNil}
		for i, n := range names {
			l.RawSetInt(i+1, lua.LString(n))
		}
		return l
	}
	for _, c := range []struct {
		v    lua.LValue
		want event.Mask
		err  string
	}{
		{lua.LString("page.fault"), event.MaskOf(event.PageFault), ""},
		{lua.LString("fault"), event.MaskOf(event.PageFault), ""},
		{lua.LString("code"), event.MaskOf(event.Insn), ""},
		{lua.LString("read"), event.MaskOf(event.MemRead), ""},
		{lua.LString("write"), event.MaskOf(event.MemWrite), ""},
		{lua.LString("sys"), event.MaskOf(event.SyscallExit), ""},
		{lua.LString("sys_pre"), event.MaskOf(event.SyscallEnter), ""},
		{lua.LString("intr"), event.MaskOf(event.Signal), ""},
		{lua.LString("tlb.*"), event.MaskOf(event.TLBHit, event.TLBMiss, event.TLBEvict, event.TLBFlush), ""},
		{lua.LString("*"), event.Mask(1)<<event.Kinds - 2, ""},
		{list("brk", "tlb.hit"), event.MaskOf(event.Brk, event.TLBHit), ""},
		{list(), 0, "the list of kinds is empty"},
		{lua.LString("tlb.hits"), 0, `unknown kind of event "tlb.hits"; did you mean "tlb.hit"?`},
		{lua.LNumber(1), 0, `a kind of event expected, as "page.fault", got a number`},
	} {
		got, err := kindsOf(c.v)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != c.want || text != c.err {
			t.Errorf("%s: %#x %q, want %#x %q", c.v, got, text, c.want, c.err)
		}
	}
}

func TestVerdictWords(t *testing.T) {
	for _, c := range []struct {
		word string
		kind event.Kind
		want event.Verdict
		err  string
	}{
		{"continue", event.MemRead, event.Continue, ""},
		{"stop", event.MemRead, event.Stop, ""},
		{"kill", event.TLBHit, event.Kill, ""},
		{"skip", event.SyscallEnter, event.Skip, ""},
		{"skip", event.Insn, event.Skip, ""},
		{"skip", event.Signal, event.Skip, ""},
		{"skip", event.SyscallExit, 0, `syscall.exit events cannot honour the verdict "skip"`},
		{"retry", event.PageFault, event.Retry, ""},
		{"retry", event.MemRead, 0, `mem.read events cannot honour the verdict "retry"`},
		{"Stop", event.MemRead, 0, `unknown verdict "Stop"; did you mean "stop"?`},
		{"", event.MemRead, 0, `unknown verdict ""; verdicts: continue, stop, skip, retry, kill`},
	} {
		got, err := verdictWord(lua.LString(c.word), c.kind)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != c.want || text != c.err {
			t.Errorf("%s for %s: %v %q, want %v %q", c.word, c.kind, got, text, c.want, c.err)
		}
	}
}

// TestHooksOfOneBus uses the bus alone: order, removal inside a hook, subscription inside a hook.
func TestHooksOfOneBus(t *testing.T) {
	passes(t, `
local m = machine.new()
local p = m:load("hello")
local log = {}
local a, b, c
a = m:on("page.fault", function() log[#log + 1] = "a" a:remove() end)
b = m:on("page.fault", {first = 2}, function()
  log[#log + 1] = "b"
  if not c then c = m:on("page.fault", {once = true}, function() log[#log + 1] = "c" end) end
end)
m:run()
assert.equals("a b c b", table.concat(log, " "))
assert.equals(1, a.hits) assert.equals(2, b.hits) assert.equals(1, c.hits)
assert.is_false(a.active) assert.is_false(b.active)`)
}

// TestReference: every function of the reference says what it is, is bound, and its example compiles.
func TestReference(t *testing.T) {
	s := newState(Options{Name: "reference"})
	defer s.close()
	seen := make(map[string]bool)
	for _, f := range Functions() {
		name := f.Table + "." + f.Name
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		if f.Doc == "" || f.Signature == "" {
			t.Errorf("%s has no documentation", name)
		}
		if f.Example == "" {
			continue
		}
		_, statement := s.load(f.Example, "example")
		_, expression := s.load("return "+f.Example, "example")
		if statement != nil && expression != nil {
			t.Errorf("%s: the example %q: %v", name, f.Example, statement)
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d functions", len(seen))
	}
}
