-- First faults: what happens in memory before a program prints its first byte.
--
-- A program that is loaded on demand starts with areas and an empty page table. The first instruction faults, the page
-- that holds it comes from the file, and so on: this scenario watches loader, MMU and CPU do it, from execve to exit.

local m = machine.new{ memory = {frames = 16}, replacement = {policy = "fifo"} }

local story = {}
local function tell(format, ...) story[#story + 1] = string.format(format, ...) end

m:on("load.segment", function(ev)
  tell("loader  maps %s at %s, %d bytes in memory", ev.prot, hex(ev.va), ev.size)
end)
m:on("load.stack", function(ev) tell("loader  writes the stack: sp = %s", hex(ev.va)) end)
m:on("load.done", function(ev) tell("loader  is done: entry at %s", hex(ev.va)) end)
m:on("page.fault", function(ev)
  tell("fault   %s of %s at instruction %d%s", ev.access, hex(ev.va), ev.insn, ev.major and ", from disk" or "")
end)
local walks = m:count("walk.level")
local faults = m:count("page.fault", {by = "page"})

local p = m:load("testdata/programs/hello")

describe("a program loaded on demand", function()
  it("has areas, but only its stack in memory", function()
    assert.mapped(p, "main", "r-x")
    assert.not_resident(p, "main")
    assert.unmapped(p, 0)
    assert.resident(p, m.cpu.rsp)
  end)

  it("faults on its very first instruction", function()
    assert.not_resident(p, p.entry)
    m:step()
    assert.resident(p, p.entry)
    assert.equals(1, p:page(p.entry).faults)
    assert.is_true(p:page(p.entry).accessed)
    assert.is_false(p:page(p.entry).dirty)
  end)

  it("reaches main, prints, and ends", function()
    m:run{until_ = "main"}
    assert.equals(p:symbol("main"), m.cpu.rip)
    assert.equals("exited", (m:run()))
    assert.equals("hello, memory\n", p.stdout)
    assert.equals(0, p.status)
  end)

  it("has brought in only what it touched", function()
    assert.faults(m):total_at_most(12)
    assert.equals(m.stats.faults.loads, m.stats.frames.peak)
    assert.equals(0, m.stats.evictions)
    assert.equals(m.stats.faults.total, faults.total)
    assert.is_true(walks.total >= 4 * m.stats.tlb.misses - 3 * faults.total) -- a walk stops where nothing is present
  end)
end)

after_each(function()
  for _, line in ipairs(story) do print(line) end
  story = {}
end)
