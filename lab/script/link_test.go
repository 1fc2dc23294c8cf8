//nolint:dupword // Lua repeats its words
package script

import (
	"io/fs"
	"os"
	"testing"
	"testing/fstest"
)

// dynamic lets a scenario load what lies in scripts/dynamic, which the guest sees as /lab/dynamic.
func dynamic(tb testing.TB) func(*Options) {
	tb.Helper()
	root := fstest.MapFS{}
	entries, err := os.ReadDir("../../scripts/dynamic")
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile("../../scripts/dynamic/" + e.Name())
		if err != nil {
			tb.Fatal(err)
		}
		root["lab/dynamic/"+e.Name()] = &fstest.MapFile{Data: b, Mode: 0o755}
	}
	return func(o *Options) {
		o.Resolve = func(name string) (string, fs.FS, error) { return "/lab/dynamic/" + name, root, nil }
	}
}

// TestLinking asks for every field of the link map, the slots, look-ups and searches.
func TestLinking(t *testing.T) {
	report, out, err := runScript(t, `
local m = machine.new{memory = {frames = 64}}
local p = m:load("lazy")
assert.same({}, p:searches())
assert.equals("the dynamic linker has not made its link map yet", select(2, p:got()))
m:run{until_ = "main"}
local map = p:link_map()
assert.equals(3, #map)
local o = map[1]
assert.equals(0, o.index)
assert.equals("", o.name)
assert.equals("/lab/dynamic/lazy", o.path)
assert.equals(0, o.base)
assert.equals("/lab/nothing:$ORIGIN", o.runpath)
assert.is_nil(o.rpath)
assert.is_false(o.bind_now)
assert.same({"init_array", "fini_array"}, {o.init[1].how, o.init[2].how})
assert.equals("up", (p:lookup(o.init[1].address)))
assert.equals("down", (p:lookup(o.init[2].address)))
assert.equals("libcount.so", map[2].soname)
assert.same({"libtext.so"}, map[2].needed)
assert.equals("consistent", map.state)
assert.is_true(map.debug > 0 and map.brk > 0)
local seen = {}
for _, g in ipairs(p:plt()) do
  seen[#seen + 1] = g.object:match("[^/]*$") .. " " .. g.symbol .. " " .. g.state .. " " .. g.type
end
assert.same({"lazy say bound R_X86_64_JUMP_SLOT", "lazy count lazy R_X86_64_JUMP_SLOT",
  "libcount.so say bound R_X86_64_JUMP_SLOT", "libcount.so who lazy R_X86_64_JUMP_SLOT",
  "libtext.so say bound R_X86_64_JUMP_SLOT"}, seen)
assert.equals(2, #p:plt("/lab/dynamic/lazy"))
assert.equals(0, #p:plt("nothing"))
local r = p:resolve("count")
assert.same({"/lab/dynamic/libcount.so", 1, "count", false, "FUNC"}, {r.object, r.index, r.symbol, r.weak, r.kind})
assert.is_true(r.address > map[2].base and r.size > 0)
assert.equals("no object of the link map defines nowhere", select(2, p:resolve("nowhere")))
assert.equals(4, #p:searches())
local b = m:bill()
assert.equals(m.stats.faults.total, b.faults)
assert.equals(b.faults, b.major + b.minor)
assert.equals(m.stats.pages_in.file * 4096, b.bytes_read)
assert.equals(m.stats.frames.used, b.resident)
`, dynamic(t))
	if err != nil || report == nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestLinkHooksChangeNothing is TestHooksChangeNothing for programs that are linked dynamically.
func TestLinkHooksChangeNothing(t *testing.T) {
	for _, program := range []string{"lazy", "pie"} {
		var want string
		for i, hooks := range []string{
			"", `m:on("link.*", function(ev) x = ev:copy() end)`, `m:on({"link.map", "link.init"}, function() end)`,
			`m:count("link.bind")`, `m:on("block", function() end)`, `m:on("syscall.exit", {once = true}, function()
				m:on("link.*", function() end) end)`,
		} {
			_, out, err := runScript(t, `
local m = machine.new{memory = {frames = 40}, replacement = {policy = "lru"}}
x = nil
`+hooks+`
local p = m:load("`+program+`")
local blocks = m:count("block")
m:run()
local b, s = m:bill(), m.stats
print(p.status, p.stdout, b.instructions, b.time_ns, b.faults, b.bytes_read, b.resident, blocks.total,
  s.accesses.fetches, s.accesses.data, s.tlb.hits, s.tlb.misses, s.page_walks, hex(m.cpu.rsp))
for _, a in ipairs(p:maps()) do
  for va = a.start, a.stop - 1, 4096 do
    if p:page(va).resident and a.prot:match("w") then
      local sum = 0
      for i = 0, 511 do sum = (sum * 31 + m:read_u32(va + 8 * i)) % 4294967291 end
      print(hex(va), sum)
    end
  end
end`, dynamic(t))
			if err != nil {
				t.Fatalf("%s with %s: %v\n%s", program, hooks, err, out)
			}
			if i == 0 {
				want = out
			} else if out != want {
				t.Errorf("%s with %s:\n%s\nwithout:\n%s", program, hooks, out, want)
			}
		}
	}
}
