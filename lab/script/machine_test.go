//nolint:dupword // Lua repeats its words
package script

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// programs resolves names to the prebuilt programs of testdata/programs, which the guest sees as /lab.
func programs(tb testing.TB) func(*Options) {
	tb.Helper()
	root, err := os.OpenRoot("../../testdata")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = root.Close() })
	tree := root.FS()
	return func(o *Options) {
		o.Verify = true
		o.Resolve = func(name string) (string, fs.FS, error) {
			_, err := fs.Stat(tree, path.Join("programs", name))
			return "/programs/" + name, tree, err
		}
	}
}

// passes runs a scenario on real programs that must pass, and returns its output.
func passes(t *testing.T, src string) string {
	t.Helper()
	r, out, err := runScript(t, src, programs(t))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Passed {
		var b strings.Builder
		if err := r.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		t.Fatal(b.String())
	}
	return out
}

// TestDesignExample is the scenario of the design's section 4, as it stands there but for the program's
// arguments and bounds that hold.
func TestDesignExample(t *testing.T) {
	passes(t, `
local m = machine.new{ memory = {frames = 24}, replacement = {policy = "clock"} }
local p = m:load("matrix", {argv = {"matrix", "24"}, strategy = "demand"})

describe("demand paging", function()
  it("brings the entry page in on the first fetch", {points = 2}, function()
    local first
    m:on("page.fault", {once = true}, function(ev) first = ev end)
    m:run{ until_ = "main" }
    assert.equals(p.entry_page, first.page)
    assert.equals("x", first.access)
    assert.mapped(p, "main", "r-x")
  end)
  it("stays under 40 major faults", function()
    m:run()
    assert.faults(m):major_at_most(40)
    assert.fragmentation(m):internal_at_most(16384)
  end)
end)`)
}

func TestRun(t *testing.T) {
	out := passes(t, `
local m = machine.new{memory = {frames = 64}}
local p = m:load("hello", {argv = {"hello"}})
assert.is_false(p.exited)
assert.is_nil(p.status)
assert.equals(p.entry, m.cpu.rip)
local reason, d = m:run{until_ = "main"}
assert.equals("until", reason)
assert.equals(p:symbol("main"), d.pc)
assert.equals("main", d.symbol)
local before = m.stats.instructions
assert.equals(before, d.instructions)
assert.equals("steps", (m:step()))
assert.equals(before + 1, m.stats.instructions)
assert.equals("steps", (m:run{steps = 10}))
assert.equals(before + 11, m.stats.instructions)
assert.equals("exited", (m:run()))
assert.equals(0, p.status)
assert.is_true(p.exited)
assert.is_nil(p.signal)
assert.equals(m.stats.faults.total, m.stats.faults.major + m.stats.faults.minor)
assert.is_true(m:check())
print(p.stdout)
print(tostring(p):match("process 1: hello"), m.config.memory.frames)
local q = machine.new{cpu = {max_instructions = 100}}
q:load("hello")
assert.equals("limit", (q:run()))
assert.equals(100, q.stats.instructions)
local n = 0
local again = machine.new()
again:load("hello")
again:on("page.fault", function() n = n + 1 if n == 3 then return "stop" end end)
assert.equals("stopped", (again:run()))
assert.equals(3, n)
assert.equals("exited", (again:run()))
`)
	if !strings.HasPrefix(out, "Hello") && !strings.HasPrefix(out, "hello") || !strings.Contains(out, "process 1: hello\t64\n") {
		t.Errorf("output %q", out)
	}
}

func TestStdinStdout(t *testing.T) {
	out := passes(t, `
local m = machine.new()
local p = m:load("args", {argv = {"args", "one", "two words"}, env = {LAB = "yes"}, cwd = "/programs", stdout = "inherit"})
m:run()
assert.matches("two words", p.stdout)
assert.matches("LAB=yes", p.stdout)
assert.equals("", p.stderr)`)
	if !strings.Contains(out, "two words") {
		t.Errorf("inherited output: %q", out)
	}
}

func TestKilledProgram(t *testing.T) {
	passes(t, `
local m = machine.new()
local p = m:load("nullderef")
local sig
m:on("signal", function(ev) sig = ev:copy() end)
m:run()
assert.equals(139, p.status)
assert.equals(11, p.signal)
assert.matches("SIGSEGV", p.report)
assert.equals(11, sig.signo)
assert.unmapped(p, 0)
local w = machine.new()
local q = w:load("rowrite")
w:run()
assert.equals(139, q.status)`)
}

func TestLookingWithoutTouching(t *testing.T) {
	passes(t, `
local m = machine.new{memory = {frames = 64}}
local p = m:load("hello")
m:run{until_ = "main"}
local before = m.stats.faults.total
-- the ELF header lies at the image's start, resident or not
local base = p:maps()[1].start
assert.equals("\127ELF", m:peek(base, 4))
assert.equals(0x464c457f, m:read_u32(base))
assert.equals(0x7f, m:read_u8(base))
assert.equals(0x457f, m:read_u16(base))
assert.equals(0x464c457f, m:read_i32(base))
assert.equals("\127ELF\2\1\1", m:read_cstring(base))
assert.memory(p, base, "\127ELF")
local sp = m.cpu.rsp
m:write_u64(sp - 64, 0xfedcba9876543210)
assert.equals(0xfedcba9876543210, m:read_u64(sp - 64))
assert.equals(-1, (function() m:write_u64(sp - 64, -1) return m:read_i64(sp - 64) end)())
assert.equals(-2, (function() m:write_u16(sp - 64, -2) return m:read_i16(sp - 64) end)())
m:poke(sp - 64, "abc\0def")
assert.equals("abc", m:cstring(sp - 64))
assert.equals("abc", p:read_cstring(sp - 64))
assert.equals(before, m.stats.faults.total)
assert.has_error(function() m:peek(0, 1) end, "nothing is mapped at 0x0 (nearest area: ")
assert.has_error(function() m:peek("nowhere", 1) end, 'symbol "nowhere" is not in the program')
m.cpu.rax = 5
assert.equals(5, m.cpu.rax)
m.cpu.rbx = -1
assert.equals(u64"0xffffffffffffffff", m.cpu.rbx)
assert.registers(p, {rax = 5, rbx = -1})
assert.has_error(function() return m.cpu.rxa end, 'there is no register "rxa"; did you mean "rax"?')
assert.equals(bit.band(m.cpu.rflags, 2), 2)
assert.equals("main", (p:lookup(p:symbol("main"))))
local name, off = p:lookup("main+4")
assert.equals("main", name)
assert.equals(4, off)
local page = p:page("main")
assert.is_true(page.mapped)
assert.equals("r-x", page.prot)
assert.has_error(function() return m.stats.fault end, 'did you mean "faults"?')
assert.has_error(function() return p.statsu end, 'a process has no field "statsu"')
assert.has_error(function() m.stats = 1 end, "cannot be set")
local text = tostring(p:maps())
assert.matches("r%-xp.-hello", text)
local n = 0
for _, a in ipairs(p:maps()) do n = n + 1 assert.less_than(a.start, a.stop) assert.equals(a.stop, a["end"]) end
assert.equals(n + 1, select(2, text:gsub("\n", "\n")), "the text has vsyscall too")
`)
}

func TestHooks(t *testing.T) {
	out := passes(t, `
local m = machine.new{memory = {frames = 32}}
local p = m:load("hello")
local kinds, seqs = {}, 0
m:on({"page.fault", "page.in", "page.zero"}, {first = 4}, function(ev) kinds[#kinds + 1] = ev.kind assert.greater_than(ev.seq, seqs) seqs = ev.seq end)
local loading = m.stats.faults.total
local faults = m:count("page.fault", {by = "page"})
local misses, earlier = m:count("tlb.miss"), m.stats.tlb.misses
local bysym = m:count("page.fault", {by = "symbol"})
local calls = {}
local h = m:on("syscall.enter", function(ev) calls[#calls + 1] = ev.name .. "(" .. ev.args[1] .. ")" end)
local results = {}
m:on("syscall.exit", function(ev) if ev.name:match("^write") then results[#results + 1] = ev.result end end)
local escaped
m:on("page.fault", function(ev) escaped = ev end)
m:run()
print(kinds[1], kinds[2])
assert.equals(m.stats.faults.total, loading + faults.total)
assert.equals(m.stats.tlb.misses, earlier + misses.total)
local top, sum = faults:top(100), 0
for i, row in ipairs(top) do
  sum = sum + row.count
  assert.equals(row.count, faults[row.key])
  if i > 1 then assert.at_most(row.count, top[i - 1].count) end
end
assert.equals(faults.total, sum)
assert.equals(faults.total, bysym.total)
assert.has_error(function() return escaped.va end, "event used after its hook returned")
assert.equals(#calls, h.hits)
assert.is_true(h.active)
h:remove() h:remove()
assert.is_false(h.active)
assert.matches("exit_group%(0%)", table.concat(calls, " "))
assert.greater_than(results[1], 0)
assert.has_error(function() return misses[1] end, "this counter has no keys")
`)
	if out != "page.fault\tpage.in\n" {
		t.Errorf("output %q", out)
	}
}

// TestCallText: events of system calls carry them as strace writes them, also when they are kept.
func TestCallText(t *testing.T) {
	passes(t, `
local m = machine.new()
local p = m:load("hello")
local before, after, kept = {}, {}, nil
m:on("syscall.enter", function(ev) before[#before + 1] = ev.text end)
m:on("syscall.exit", function(ev) after[#after + 1] = ev.text end)
m:on("syscall.enter", {once = true}, function(ev) kept = ev end)
local missing = m:count("syscall.missing")
m:run()
assert.equals(before[1], kept.text)
assert.equals("exit_group(0", before[#before])
assert.matches("^write.*hello.*= %d+$", table.concat(after, ";"):match("write.-= %d+"))
assert.equals(0, missing.total)
`)
}

func TestHookVerdicts(t *testing.T) {
	passes(t, `
local m = machine.new()
local p = m:load("hello")
m:on("syscall.enter", function(ev)
  if ev.name == "write" or ev.name == "writev" then ev:set_result(ev.args[3]) return "skip" end
end)
m:run()
assert.equals("", p.stdout)
local k = machine.new()
local q = k:load("hello")
k:on("syscall.enter", function(ev) return "kill" end)
k:run()
assert.equals(137, q.status)
local s = machine.new()
local r = s:load("hello")
local hits = 0
local h
h = s:on("insn", {every = 10, first = 5}, function(ev) hits = hits + 1 assert.equals(ev.pc, ev.va) if hits == 2 then s.cpu.r15 = 77 end end)
s:run{steps = 1000}
assert.equals(5, hits)
assert.is_false(h.active)
local rip
s:on("insn", {once = true}, function(ev) rip = s.cpu.rip end)
local at = s.cpu.rip
s:step()
assert.equals(at, rip)
`)
}

// TestHookErrors: a wrong hook ends the run with its message, the guest's position and a traceback.
func TestHookErrors(t *testing.T) {
	const head = "local m = machine.new()\nlocal p = m:load('hello')\n"
	for src, want := range map[string]string{
		"m:on('page.fault', function(ev)\nerror('bad hook') end)\nm:run()": "test.lua:4: bad hook",
		"m:on('page.fault', function(ev) return 'halt' end)\nm:run()":      `test.lua:3: unknown verdict "halt"; verdicts: continue, stop, skip, retry, kill`,
		"m:on('page.fault', function(ev) return 'sotp' end)\nm:run()":      `test.lua:3: unknown verdict "sotp"; did you mean "stop"?`,
		"m:on('page.in', function(ev) return 'retry' end)\nm:run()":        `test.lua:3: page.in events cannot honour the verdict "retry"`,
		"m:on('page.in', function(ev) return true end)\nm:run()":           "test.lua:3: a hook returns nothing or a word, got a boolean",
		"m:on('page.in', function(ev) return ev.level end)\nm:run()":       `test.lua:3: a page.in event has no field "level"`,
		"m:on('page.fault', function(ev) m:run() end)\nm:run()":            "test.lua:3: m:run: the machine is running: a hook cannot run it",
		"m:on('page.fault', function(ev) m:load('hello') end)\nm:run()":    "test.lua:3: m:load: the machine is running: a hook cannot load a program",
		"m:on('page.fault', function(ev) ev.va = 1 end)\nm:run()":          "test.lua:3: an event cannot be changed",
		"m:on('page.fault', function(ev) coroutine.yield() end)\nm:run()":  "test.lua:3: attempt to yield from outside a coroutine, or across pcall, a hook or a test",
		"m:on('page.fault', function(ev) m.cpu.rip = 1 end)\nm:run()":      "test.lua:3: rip can be set between runs and in insn hooks, not in a page.fault hook",
		"m:on('page.in', function(ev) ev:set_result(1) end)\nm:run()":      "test.lua:3: ev:set_result: a page.in event has no result",
	} {
		_, _, err := runScript(t, head+src, programs(t))
		e, ok := errors.AsType[*Error](err)
		if !ok || !strings.HasPrefix(e.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", src, err, want)
			continue
		}
		if e.PC == 0 || e.Symbol == "" || !strings.Contains(e.Traceback, "test.lua:") {
			t.Errorf("%s: pc %#x %q, traceback %q", src, e.PC, e.Symbol, e.Traceback)
		}
	}
	for src, want := range map[string]string{
		"m:on('page.falt', print)":                       `test.lua:3: m:on: unknown kind of event "page.falt"; did you mean "page.fault"?`,
		"m:on('page.fault', {form = 1}, print)":          `test.lua:3: m:on: unknown option "form"; did you mean "from"?`,
		"m:on('page.fault', {from = 9, to = 9}, print)":  "test.lua:3: m:on: the range [0x9, 0x9) is empty: from must be below to, which is not included",
		"m:on('page.fault', {from = 9, to = 3}, print)":  "test.lua:3: m:on: the range [0x9, 0x3) is empty: from must be below to, which is not included",
		"m:on('page.fault', {addr = 9, len = 0}, print)": "test.lua:3: m:on: the range of 0 bytes from 0x9 on is empty or passes the end of the address space",
		"m:on('page.fault', {addr = 9, to = 10}, print)": "test.lua:3: m:on: give from and to, or addr and len, not both",
		"m:on('page.fault', {len = 9}, print)":           "test.lua:3: m:on: len goes with addr",
		"m:on('page.fault', {access = 'rq'}, print)":     "test.lua:3: m:on: access is made of the letters r, w and x, got 'q'",
		"m:on('page.fault', {when = 'now'}, print)":      `test.lua:3: m:on: when must be "user" or "loader", got "now"`,
		"m:on('page.fault', {from = 1.5}, print)":        "test.lua:3: m:on: from: address: 1.5 is not a whole number",
		"m:on('page.fault')":                             "test.lua:3: bad argument #3 to on (a function expected: m:on(kinds, [filter,] function(ev) … end))",
		"m:count('page.fault', {by = 'colour'})":         `test.lua:3: m:count: by must be page, pc, symbol, pid or frame, got "colour"`,
		"m:run{untl_ = 'main'}":                          `test.lua:3: m:run: unknown option "untl_"; did you mean "until_"?`,
		"m:run{until_ = 'mian'}":                         `test.lua:3: m:run: until_: symbol "mian" is not in the program`,
		"m:load('hello', {strategy = 'lazy'})":           `test.lua:3: m:load: strategy: machine.loader.strategy: "lazy" is not allowed; allowed: eager, demand, hybrid`,
		"m:load('absent')":                               "test.lua:3: m:load: statat programs/absent: no such file or directory",
		"m:load('hello.c')":                              "test.lua:3: m:load: hello.c: ",
		"machine.new{memory = {farmes = 3}}":             `test.lua:3: machine.new: unknown key "farmes" in machine.memory; did you mean "frames"?`,
		"machine.new{memory = {frames = 'many'}}":        "test.lua:3: machine.new: machine.memory.frames: ",
		"machine.new{memory = {frames = 1e15}}":          "test.lua:3: machine.new: machine.memory.frames: ",
		"machine.new():run()":                            "test.lua:3: m:run: no program is loaded; call m:load first",
		"m.run()":                                        "test.lua:3: bad argument #1 to run (machine expected: call it as m:name(…))",
		"m:step(0)":                                      "test.lua:3: m:step: at least one step",
	} {
		_, _, err := runScript(t, head+src, programs(t))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", src, err, want)
		}
	}
}

func TestMachineAssertions(t *testing.T) {
	const head = "local m = machine.new{memory = {frames = 32}}\nlocal p = m:load('hello')\nm:run{until_ = 'main'}\n"
	passes(t, head+`
assert.mapped(p, "main")
assert.mapped(p, "main", "r-xp")
assert.resident(p, "main")
assert.accessed(p, "main")
assert.not_dirty(p, "main")
assert.is_not.resident(p, 0)
assert.not_mapped(p, 0)
assert.unmapped(p, 0)
assert.faults(m):total_at_least(1):major_at_least(1):at_most(1000)
assert.fragmentation(m):internal_at_least(0)`)
	for src, want := range map[string]string{
		`assert.mapped(p, "main", "rw-")`:          "should be mapped / mapped rw- / r-x at ",
		`assert.mapped(p, 0)`:                      "0x0 should be mapped / mapped / nothing is mapped at 0x0; nearest area: ",
		`assert.unmapped(p, "main")`:               "nothing mapped expected / no area / r-x at ",
		`assert.resident(p, 0)`:                    "the page of 0x0 should be resident / resident / not mapped",
		`assert.faults(m):total_at_most(0)`:        "total faults: at most 0 expected / at most 0 / ",
		`assert.faults(m):major_equals(0)`:         "major faults: equals 0 expected / equals 0 / ",
		`assert.registers(p, {rsp = 1})`:           "other registers expected / rsp=0x1 / rsp=0x7",
		`assert.memory(p, p:maps()[1].start, "x")`: "other bytes expected at 0x400000 / 78 / 7f",
	} {
		r, _, err := runScript(t, head+src, programs(t))
		if err == nil || r.Failure == nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		f := r.Failure
		if got := f.Message + " / " + f.Expected + " / " + f.Actual; !strings.Contains(got, want) {
			t.Errorf("%s\n got %s\nwant %s", src, got, want)
		}
		if len(f.Doing) != 2 || !strings.Contains(f.Doing[0], "machine 1: 32 frames of 4096 bytes, ") ||
			!strings.Contains(f.Doing[0], " main after ") || !strings.HasPrefix(f.Doing[1], "last events: #") {
			t.Errorf("%s: doing %q", src, f.Doing)
		}
	}
}

// TestGuestsAreBounded: the script's clock ends a guest, and a hook draws on the script's budget.
func TestGuestsAreBounded(t *testing.T) {
	const head = "local m = machine.new()\nm:load('matrix', {argv = {'matrix', '60'}})\n"
	looks := 0
	_, _, err := runScript(t, head+"pcall(m.run, m)", programs(t), func(o *Options) {
		o.Verify = false
		o.Expired = func() bool { looks++; return looks > 2 }
	})
	checkEnding(t, err, "time")
	_, _, err = runScript(t, head+"pcall(m.run, m)\nm:on('insn', function() for i = 1, 100 do end end)\nm:run()", programs(t), func(o *Options) {
		o.Verify = false
		o.Config.Limits.LuaInstructions = 100_000
		o.Config.Machine.CPU.MaxInstructions = 5000
	})
	if err != nil {
		t.Errorf("the guest's own limit: %v", err)
	}
	_, _, err = runScript(t, head+"m:on('insn', function() for i = 1, 100 do end end)\nm:run()", programs(t), func(o *Options) {
		o.Config.Limits.LuaInstructions = 100_000
	})
	checkEnding(t, err, "instructions")
}
