//nolint:dupword // Lua repeats its words
package script

import (
	"hash/maphash"
	"strings"
	"testing"

	"memlab/lab"
	"memlab/paging/addr"
	"memlab/vm"
)

// ended is what a program leaves behind on a script's machine.
type ended struct {
	stats  vm.Stats
	regs   [16]uint64
	rip    uint64
	memory uint64
	status int
	output string
}

// endOf runs a scenario that loads one program and runs m.
func endOf(t *testing.T, seed maphash.Seed, scenario string) ended {
	t.Helper()
	var out strings.Builder
	o := Options{Name: "test.lua", Source: []byte(scenario), Config: lab.Defaults(), Stdout: &out, Stderr: &out}
	programs(t)(&o)
	o.Verify, o.Config.Limits = false, lab.Limits{}
	s := newState(o)
	defer s.close()
	if err := s.runAll(); err != nil {
		t.Fatalf("%v\n%s", err, scenario)
	}
	m := s.machines[0]
	p := m.procs[0].vm
	e := ended{stats: m.vm.Stats(), rip: p.CPU().RIP, output: out.String()}
	copy(e.regs[:], p.CPU().Regs[:16])
	_, x := p.Exited()
	e.status = x.Status()
	var h maphash.Hash
	h.SetSeed(seed)
	page := make([]byte, addr.ABIPage)
	for _, a := range p.Areas() {
		for va := a.Start; va < a.End; va += addr.ABIPage {
			_, _ = h.Write(page[:p.Peek(va, page)])
		}
	}
	e.memory = h.Sum64()
	if err := m.vm.Check(); err != nil {
		t.Error(err)
	}
	return e
}

// TestHooksChangeNothing runs programs without hooks and with hooks and counters of many kinds: registers,
// memory, output and bill must be equal.
func TestHooksChangeNothing(t *testing.T) {
	seed := maphash.MakeSeed()
	for _, load := range []string{
		`"hello"`, `"matrix", {argv = {"matrix", "8"}}`, `"belady"`, `"bigbss"`, `"nullderef"`, `"rowrite"`,
		`"recurse", {argv = {"recurse", "30"}}`, `"wordcount", {argv = {"wordcount", "hello.c"}}`,
		`"sweep", {argv = {"sweep", "40", "1"}}`, `"args", {argv = {"args", "one"}}`, `"hello-glibc"`,
		`"sigchld"`, `"forktree"`, `"wordcount-pie", {argv = {"wordcount-pie", "hello.c"}}`,
	} {
		var want ended
		for i, hooks := range []string{
			"",
			`m:on({"syscall.enter", "syscall.exit", "page.fault", "frame.evict", "tlb.miss"}, function(ev) x = ev.pc end)`,
			`m:count({"insn", "block", "call", "ret", "tlb.*", "walk.level"}, {by = "pc"})`,
			`m:on({"syscall.*", "vma.*", "frame.*", "page.*"}, function(ev) return ev:copy().none end)`,
			`m:on("link.*", function(ev) x = ev:copy() end)`,
			`m:on("insn", {every = 1000}, function(ev) x = ev.sym end)`,
			`m:on("insn", {every = 7}, function(ev) x = ev.va return "continue" end)`,
			`m:on({"mem.read", "mem.write"}, {every = 5}, function(ev) x = ev.value + ev.va % 7 end)`,
			`m:on({"call", "ret"}, function(ev) x = ev.target end) m:on("mem.write", {first = 20}, function(ev) x = ev end)`,
			`m:count({"mem.read", "mem.write", "insn"}, {by = "page"}) m:count("insn", {by = "pc"})`,
			`local h h = m:on("page.fault", function(ev)
				if h2 then h2:remove() end
				h2 = m:on("mem.*", {first = 3}, function() end)
				c = m:count("mem.read", {by = "page", every = 3})
				if c0 then x = c0.total c0:remove() end
				c0 = c
			end)`,
		} {
			got := endOf(t, seed, `local m = machine.new{memory = {frames = 24}, replacement = {policy = "lru"}, cpu = {quantum = 997}}
x, h2, c, c0 = nil, nil, nil, nil
m:load(`+load+`)
`+hooks+`
m:run()`)
			if i == 0 {
				want = got
			} else if got != want {
				t.Errorf("%s with %s:\n%+v\nwithout:\n%+v", load, hooks, got, want)
			}
		}
	}
}

// TestCountersAgree compares the ways in which counters count: those without a filter, those that look at
// events afterwards, and those that are told of each, with one another and with a hook.
func TestCountersAgree(t *testing.T) {
	passes(t, `
for _, program in ipairs{"hello", "forktree", "hello-glibc"} do
  for _, kinds in ipairs{"insn", {"mem.read", "mem.write"}, "tlb.miss", "syscall.enter", {"mem.fetch", "page.fault"}} do
    local m = machine.new{memory = {frames = 64}}
    m:load(program)
    local heard, pages = 0, {}
    local function listen(ev)
      heard = heard + 1
      local va = ev.kind == "syscall.enter" and ev.pc or ev.va
      local page = math.floor(va / 4096)
      pages[page] = (pages[page] or 0) + 1
    end
    local all = m:count(kinds)
    local tallied = m:count(kinds, {by = "page"})
    local later = m:count(kinds, {by = "page", every = 1})
    local user = m:count(kinds, {by = "page", when = "user"})
    local hundred = m:count(kinds, {by = "pid", first = 100})
    local tenth = m:count(kinds, {by = "frame", every = 10})
    local halfway
    m:on("page.fault", {every = 9}, function() halfway = {all.total, tallied.total, later.total, heard} end)
    m:on(kinds, listen)
    m:run()
    assert.equals(heard, all.total)
    assert.equals(heard, tallied.total)
    assert.equals(heard, later.total)
    assert.equals(math.min(heard, 100), hundred.total)
    assert.equals(math.floor(heard / 10), tenth.total)
    assert.is_true(user.total <= heard)
    for page, n in pairs(pages) do
      assert.equals(n, tallied[page])
      assert.equals(n, later[page])
    end
    if halfway then assert.equals(halfway[1], halfway[2]) assert.equals(halfway[1], halfway[3]) end
  end
end`)
}
