-- A stack that grows: one area, one page fault after the other.
--
-- The kernel gives a program a small stack area. Each touch below it makes the area grow; nothing else does. The hook
-- sees the growth, the page table shows which pages came of it.

local m = machine.new{ memory = {frames = 64} }
local p = m:load("testdata/programs/recurse", {argv = {"recurse", "400"}})

local function stack()
  for _, a in ipairs(p:maps()) do
    if a.name == "[stack]" then return a end
  end
end

describe("deep recursion", function()
  local before = stack()
  local growth = m:count("vma.grow")

  it("starts with 132 KiB of stack, hardly any of it in memory", function()
    assert.equals(132 * 1024, before.stop - before.start)
    assert.resident(p, before.stop - 1)
    assert.unmapped(p, before.start - 1)
    assert.not_resident(p, before.start)
  end)

  it("grows downwards as it is touched", function()
    m:run()
    local after = stack()
    assert.equals(0, p.status)
    assert.equals(before.stop, after.stop)
    assert.is_true(after.start < before.start)
    assert.is_true(growth.total > 0)
    assert.is_true(after.stop - after.start > 400 * 1024)
    print(string.format("the stack grew %d times, from %d to %d KiB", growth.total,
      (before.stop - before.start) / 1024, (after.stop - after.start) / 1024))
  end)

  it("goes to swap when frames run out, and comes back right", function()
    assert.is_true(m.stats.write_backs > 0)
    assert.matches("^recurse 400: ", p.stdout)
  end)
end)
