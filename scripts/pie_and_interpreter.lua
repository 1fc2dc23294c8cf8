-- A position-independent program and its interpreter: two ELF files for one execve.
--
-- The program's PT_INTERP names musl's dynamic linker. The kernel maps both, the program at two thirds of the address space
-- and the linker below the stack, and starts the linker: the auxiliary vector tells it where the program is. The
-- linker relocates itself and the program, which may lie anywhere, and jumps to the program's entry.

local m = machine.new{ memory = {frames = 256} }
local segments, base = {}, nil
m:on("load.segment", function(ev) segments[#segments + 1] = ev:copy() end)
m:on("load.interp", function(ev) base = ev.va end)
local order = {}
m:on("link.map", function(ev) order[#order + 1] = ev.object:match("[^/]*$") end)
local p = m:load("dynamic/pie", {argv = {"pie", "and", "more"}})

local function area(address)
  for _, a in ipairs(p:maps()) do
    if a.start <= address and address < a.stop then return a.name:match("[^/]*$") end
  end
end

describe("a PIE", function()
  it("is mapped before its interpreter", function()
    local seen = false
    for _, g in ipairs(segments) do
      assert.equals(g.va >= base, g.interpreter)
      assert.is_true(g.interpreter or not seen)
      seen = seen or g.interpreter
    end
    assert.is_true(seen)
    assert.equals(0x555555554000, segments[1].va)
  end)
  it("starts in the interpreter", function()
    assert.equals("ld-musl-x86_64.so.1", area(p.entry))
    assert.equals(p.entry, m.cpu.rip)
    assert.is_nil((p:link_map()))
  end)
  it("comes to its own code when everything is bound", function()
    m:run{until_ = "main"}
    assert.equals("pie", area(m.cpu.rip))
    assert.equals(0x555555554000, p:link_map()[1].base)
    assert.equals(base, p:link_map()[2].base)
    for _, g in ipairs(p:got("pie")) do assert.is_true(g.state == "bound" or g.state == "zero", g.symbol) end
    local calls = p:plt("pie")
    assert.is_true(#calls > 0)
    for _, g in ipairs(calls) do                         -- musl binds nothing lazily
      assert.equals("bound", g.state)
      assert.equals(g.target, g.value)
      print(string.format("%-20s %s in %s", g.symbol, hex(g.value), g.to:match("[^/]*$")))
    end
  end)
  it("shows its linker, which is the C library too, once", function()
    assert.same({"pie", "ld-musl-x86_64.so.1"}, {order[1], order[2]})
    assert.matches("ld%-musl", p:resolve("printf").object)
  end)
  it("runs", function()
    m:run()
    assert.equals(0, p.status)
    assert.matches("^0: pie\n1: and\n2: more\n", p.stdout)
  end)
end)
